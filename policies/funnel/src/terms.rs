//! What a plan sets, and what the rule makes of it once a batch.

use attain_sdk::prelude::*;
use std::collections::BTreeSet;

/// What a plan sets.
#[derive(Parameters)]
pub struct Terms {
    /// The stages of the funnel, in order.
    stages: Vec<Stage>,
    /// Whether conversion is judged only where the first stage has reached its target.
    #[parameter(default = "on-target")]
    judged: Judged,
    /// The share of the target of the first stage from which on it is on target.
    #[parameter(default = "1", min = "0")]
    on_target: Ratio<6>,
    /// How many a stage needs for its conversion to be judged.
    #[parameter(default = "1", min = "1")]
    least: Count,
    /// The share of the benchmark at which, and under which, conversion is red instead of yellow.
    #[parameter(default = "0.5", min = "0", max = "1")]
    red_at: Ratio<6>,
}

/// A stage of the funnel.
#[derive(Parameters)]
struct Stage {
    /// The input that counts what came into it.
    name: String,
    /// The share that should go on to the next stage. None: its conversion isn't judged.
    #[parameter(min = "0")]
    benchmark: Option<Ratio<6>>,
    /// The most days that one should stay in it. None: its dwell time isn't judged.
    #[parameter(min = "0")]
    days: Option<Days<2>>,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum Judged {
    /// Only there: with too few visits, visits come first.
    OnTarget,
    /// Always; the target isn't read.
    Always,
}

/// A stage, ready for use.
pub struct ReadyStage {
    /// Which input counts what came into it.
    pub input: usize,
    pub benchmark: Option<Ratio<6>>,
    /// The limit, and which input holds the dwell time.
    pub dwell: Option<(Days<2>, usize)>,
    /// Its number, counted from 1.
    pub number: Count,
}

/// What the rule works with.
pub struct Plan {
    pub stages: Vec<ReadyStage>,
    /// Which input holds the target of the first stage.
    pub target: Option<usize>,
    pub on_target: Ratio<6>,
    pub least: Count,
    pub red_at: Ratio<6>,
    inputs: Vec<Input>,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, _: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        check(&terms, wrong);
        let mut plan = Plan {
            stages: Vec::new(),
            target: None,
            on_target: terms.on_target,
            least: terms.least,
            red_at: terms.red_at,
            inputs: Vec::new(),
        };
        for (stage, number) in terms.stages.iter().zip(1..) {
            let name = &stage.name;
            let count = Kind::new(Unit::Count, 0);
            let input = plan.input(name.clone(), count, format!("How many came into the stage `{name}`."));
            let dwell = stage.days.map(|limit| {
                let doc = format!("How many days one stays in the stage `{name}`, on average.");
                (limit, plan.input(format!("{name}_days"), Kind::new(Unit::Days, 2), doc))
            });
            let number = Count::from_units(number);
            plan.stages.push(ReadyStage { input, benchmark: stage.benchmark, dwell, number });
        }
        if let (Some(first), Judged::OnTarget) = (terms.stages.first(), terms.judged)
            && terms.stages.iter().any(|stage| stage.benchmark.is_some())
        {
            let doc = format!("The target for `{}`.", first.name);
            plan.target = Some(plan.input(format!("target_{}", first.name), Kind::new(Unit::Count, 0), doc));
        }
        let mut taken = BTreeSet::new();
        for input in &plan.inputs {
            if !taken.insert(&input.name) {
                let message = format!("two inputs would be called `{}`; rename a stage", input.name);
                wrong.at("stages", "name-taken", message);
            }
        }
        Some(plan)
    }
}

fn check(terms: &Terms, wrong: &mut Wrong<'_, '_>) {
    if terms.stages.is_empty() {
        wrong.at("stages", "no-stages", "there is no stage, expected at least one".to_owned());
        return;
    }
    for (i, stage) in terms.stages.iter().enumerate() {
        wrong.part_of_columns(format_args!("stages[{i}].name"), "a stage", &stage.name, &[]);
        if i + 1 == terms.stages.len() && stage.benchmark.is_some() {
            let message =
                "nothing comes after the last stage, so nothing goes on from it; leave this out".to_owned();
            wrong.at(format_args!("stages[{i}].benchmark"), "last-stage", message);
        }
        if stage.benchmark == Some(Ratio::ZERO) {
            let message = "`0` is always reached, expected a share above 0".to_owned();
            wrong.at(format_args!("stages[{i}].benchmark"), "out-of-range", message);
        }
    }
    if terms.stages.iter().all(|stage| stage.benchmark.is_none() && stage.days.is_none()) {
        let message = "nothing is judged, expected a `benchmark` or `days` in at least one stage".to_owned();
        wrong.at("stages", "nothing-judged", message);
    }
}

impl Plan {
    fn input(&mut self, name: String, kind: Kind, doc: String) -> usize {
        self.inputs.push(Input { name, kind, need: Need::Required, doc });
        self.inputs.len() - 1
    }

    pub fn inputs(&self) -> Vec<Input> {
        self.inputs.clone()
    }
}
