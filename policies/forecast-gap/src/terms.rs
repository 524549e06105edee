//! What a plan sets, and what the rule makes of it once a batch.

use attain_sdk::prelude::*;

/// What a plan sets.
#[derive(Parameters)]
pub struct Terms {
    /// Where the weighted pipeline comes from.
    #[parameter(default = "weighted")]
    pipeline: PipelineOf,
    /// What a stage without a value does.
    #[parameter(default = "no-forecast")]
    missing: Missing,
    /// The coverage under which it is blue. 0: there is no blue.
    #[parameter(default = "1.2", min = "0")]
    blue_under: Ratio<6>,
    /// The coverage under which it is yellow. 0: there is no yellow.
    #[parameter(default = "1", min = "0")]
    yellow_under: Ratio<6>,
    /// The coverage under which it is red. 0: there is no red.
    #[parameter(default = "0.5", min = "0")]
    red_under: Ratio<6>,
    /// How the weighted pipeline is rounded.
    #[parameter(default = "half-up")]
    round: Round,
}

#[derive(Parameters)]
enum PipelineOf {
    /// The input `weighted_pipeline`.
    Weighted,
    /// Open amounts by stage, each counted with its weight: the name of the input, and the weight.
    Stages(Named<Ratio<6>>),
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Missing {
    /// There is no forecast.
    NoForecast,
    /// The stage adds nothing.
    Zero,
}

/// What the rule works with.
pub struct Plan {
    /// The weight of each stage, whose input has the same index; none where the pipeline is weighted already.
    pub weights: Option<Vec<Ratio<6>>>,
    inputs: Vec<Input>,
    pub missing: Missing,
    /// From red to blue.
    levels: Vec<(Ratio<6>, Level)>,
    pub round: Round,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, _: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        let levels = levels(&terms, wrong);
        let (mut inputs, mut weights) = (Vec::new(), None);
        if let PipelineOf::Stages(stages) = terms.pipeline {
            check(&stages, wrong);
            let input = |name: &str| Input {
                name: name.to_owned(),
                kind: Kind::MONEY,
                need: Need::Required,
                doc: format!("The open amount of the stage `{name}`."),
            };
            inputs = stages.keys().map(input).collect();
            weights = Some(stages.values().copied().collect());
        }
        Some(Plan { weights, inputs, missing: terms.missing, levels, round: terms.round })
    }
}

fn check(stages: &Named<Ratio<6>>, wrong: &mut Wrong<'_, '_>) {
    if stages.is_empty() {
        wrong.at("pipeline.stages", "no-stages", "there is no stage, expected at least one".to_owned());
    }
    for (name, weight) in stages {
        let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        let starts = name.starts_with(|c: char| c.is_ascii_lowercase());
        let taken = ["target", "closed", "weighted_pipeline"].contains(&name);
        if !plain || !starts || name.len() > 64 || taken {
            let shape =
                "1 to 64 of `a-z`, `0-9` and `_`, beginning with a letter, and not `target` or `closed`";
            let message = format!("`{name}` can't be the name of a stage, expected {shape}");
            wrong.at(format_args!("pipeline.stages.{name}"), "not-a-name", message);
        }
        if *weight < Ratio::ZERO || weight.exact() > Exact::ONE {
            let message = format!("the weight of `{name}` is {weight}, expected 0 to 1");
            wrong.at(format_args!("pipeline.stages.{name}"), "out-of-range", message);
        }
    }
}

/// From red to blue, each under the next.
fn levels(terms: &Terms, wrong: &mut Wrong<'_, '_>) -> Vec<(Ratio<6>, Level)> {
    let set = [
        ("blue", terms.blue_under, Level::Blue),
        ("yellow", terms.yellow_under, Level::Yellow),
        ("red", terms.red_under, Level::Red),
    ];
    let (mut levels, mut before): (Vec<_>, Option<(&str, Ratio<6>)>) = (Vec::new(), None);
    for (word, under, level) in set.into_iter().filter(|(_, under, _)| *under > Ratio::ZERO) {
        if let Some((milder, begins)) = before
            && under >= begins
        {
            let message = format!("`{under}` is not under `{begins}`, where {milder} begins");
            wrong.at(format_args!("{word}_under"), "not-worse", message);
        }
        before = Some((word, under));
        levels.push((under, level));
    }
    levels.reverse();
    levels
}

impl Plan {
    pub fn stages(&self) -> Vec<Input> {
        self.inputs.clone()
    }

    /// The worst level that a coverage falls under.
    pub fn level(&self, coverage: Exact) -> Option<(Ratio<6>, Level)> {
        self.levels.iter().find(|(under, _)| coverage < under.exact()).copied()
    }

    pub fn always(&self) -> Need {
        Need::Required
    }

    pub fn weighted(&self) -> Need {
        Need::if_so(self.weights.is_none())
    }
}
