//! What a plan sets, and what the rule makes of it once a batch.

use crate::curve::{Curve, Scoring};
use attain_sdk::prelude::*;

/// What a plan sets.
#[derive(Parameters)]
pub struct Terms {
    /// The metrics, by the name of the input that each is read from.
    metrics: Named<Metric>,
    /// What the weights add up to.
    #[parameter(default = "1")]
    weights_total: Decimal,
    /// What a metric without a value does.
    #[parameter(default = "no-score")]
    missing: Missing,
    /// Among whom `min-max` looks for the least and the greatest.
    #[parameter(default = "company")]
    group: Group,
    /// Decimals of what each metric adds; none means that it is exact and only the sum is rounded.
    #[parameter(max = "9")]
    round_metric_to: Option<u8>,
    /// Decimals of the score.
    #[parameter(default = 2, max = "9")]
    decimals: u8,
    /// How scores are rounded.
    #[parameter(default = "half-up")]
    round: Round,
    /// The most that a score can be. None means no cap.
    cap: Option<Decimal>,
    /// The score that makes a factor of 1.
    #[parameter(default = "100")]
    factor_of_one: Decimal,
    /// The least factor.
    #[parameter(default = "0", min = "0")]
    factor_min: Ratio,
    /// The greatest factor. None means no bound.
    #[parameter(min = "0")]
    factor_max: Option<Ratio>,
}

/// A metric and what it counts for.
#[derive(Parameters)]
struct Metric {
    /// Its share of the score.
    #[parameter(min = "0")]
    weight: Decimal,
    /// What it counts.
    #[parameter(default = "ratio")]
    unit: Kind,
    /// What is scored.
    #[parameter(default = "value")]
    of: Of,
    /// Which way is better.
    #[parameter(default = "higher")]
    better: Better,
    /// How it becomes a score.
    curve: Curve,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Of {
    /// The metric itself.
    Value,
    /// The metric over its target, the input `target_` and the metric's name. The curve is of attainment.
    Target,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Missing {
    /// There is no score at all.
    NoScore,
    /// The metric adds nothing.
    Zero,
    /// The other metrics' weights are scaled up.
    Reweigh,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum Group {
    /// Everybody.
    Company,
    /// The input `team`.
    Team,
}

/// A metric, ready for use.
pub struct ReadyMetric {
    /// Which input it is read from.
    pub input: usize,
    /// Which input its target is read from.
    pub target: Option<usize>,
    pub weight: Exact,
    /// What a measurement scores.
    pub scores: Scoring,
    /// What that adds, in the smallest part of the score or of what a metric's part is rounded to.
    pub adds: Scoring,
    inputs: Vec<Input>,
}

/// What the rule works with.
pub struct Plan {
    pub metrics: Vec<ReadyMetric>,
    pub weights_total: Exact,
    pub missing: Missing,
    pub round: Round,
    /// Where each metric's part is rounded: what its smallest part is worth in that of the score.
    pub round_metric: Option<Exact>,
    pub cap: Option<Amount>,
    /// The score that makes a factor of 1, in the smallest part of the score.
    pub factor_of_one: Exact,
    pub factor_min: Ratio,
    pub factor_max: Option<Ratio>,
    grouping: Grouping,
    decimals: u8,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, period: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        wrong.weights(terms.metrics.values().map(|metric| metric.weight), terms.weights_total);
        let scale = Exact::whole(attain_sdk::power_of_ten(terms.decimals));
        let round_metric =
            terms.round_metric_to.map(|decimals| Exact::whole(attain_sdk::power_of_ten(decimals)));
        let unit = round_metric.unwrap_or(scale);
        let mut metrics = Vec::new();
        let mut next = 0;
        for (name, metric) in &terms.metrics {
            let Some(ready) = ready(name, metric, unit, &mut next, period, wrong) else { continue };
            metrics.push(ready);
        }
        let score = Kind::new(Unit::Points, terms.decimals);
        let cap = terms.cap.map(|cap| wrong.amount("cap", cap, score));
        if terms.factor_of_one.units() <= 0 {
            let message = format!("`{}` makes no factor, expected a score above 0", terms.factor_of_one);
            wrong.at("factor_of_one", "out-of-range", message);
        }
        let compares = metrics.iter().any(|metric| metric.compares());
        let grouping = match (compares, terms.group) {
            (false, _) => Grouping::Each,
            (true, Group::Company) => Grouping::All,
            (true, Group::Team) => Grouping::By(vec!["team".to_owned()]),
        };
        Some(Plan {
            metrics,
            weights_total: terms.weights_total.exact(),
            missing: terms.missing,
            round: terms.round,
            round_metric: round_metric.and_then(|of| scale.over(of)),
            cap,
            factor_of_one: terms.factor_of_one * scale,
            factor_min: terms.factor_min,
            factor_max: terms.factor_max,
            grouping,
            decimals: terms.decimals,
        })
    }
}

fn ready(
    name: &str,
    metric: &Metric,
    unit: Exact,
    next: &mut usize,
    period: &Period,
    wrong: &mut Wrong<'_, '_>,
) -> Option<ReadyMetric> {
    if !wrong.part_of_columns(format_args!("metrics.{name}"), "a metric", name, &["team"]) {
        return None;
    }
    let scoring = metric.curve.scoring(metric.better, &format_args!("metrics.{name}.curve"), wrong)?;
    let input = |name: String, doc: &str| Input {
        name,
        kind: metric.unit,
        need: Need::Required,
        doc: doc.to_owned(),
    };
    let mut inputs = vec![input(name.to_owned(), "A metric that is scored.")];
    if metric.of == Of::Target {
        inputs.push(input(format!("target_{name}"), "The target that the metric is held against."));
    }
    let first = *next;
    *next += inputs.len();
    // A value is held against the curve as the count that it comes as, an attainment as it is.
    let value = match metric.of {
        Of::Value => Exact::whole(attain_sdk::power_of_ten(metric.unit.decimals(period))),
        Of::Target => Exact::ONE,
    };
    Some(ReadyMetric {
        input: first,
        target: (metric.of == Of::Target).then_some(first + 1),
        weight: metric.weight.exact(),
        scores: scoring.scaled(value, Exact::ONE),
        adds: scoring.scaled(value, metric.weight * unit),
        inputs,
    })
}

impl ReadyMetric {
    /// What is scored: the value as a count of its smallest part, or the attainment of its target. None without a
    /// value, or with a target of zero.
    #[inline]
    pub fn measured(&self, cells: Cells<'_>) -> Option<Exact> {
        let value = Exact::whole(cells.get(self.input)?);
        match self.target {
            None => Some(value),
            Some(target) => value.over(Exact::whole(cells.get(target)?)),
        }
    }

    /// Whether there is such.
    #[inline]
    pub fn is_measured(&self, cells: Cells<'_>) -> bool {
        let has_target = || self.target.is_none_or(|target| cells.get(target).is_some_and(|of| of != 0));
        cells.get(self.input).is_some() && has_target()
    }

    /// Whether its score depends on the others of the group.
    pub fn compares(&self) -> bool {
        matches!(self.scores, Scoring::MinMax { .. })
    }

    /// The input's name for an explanation.
    pub fn name(&self) -> InputName {
        InputName(u16::try_from(self.input).unwrap_or(u16::MAX))
    }
}

impl Plan {
    pub fn inputs(&self) -> Vec<Input> {
        self.metrics.iter().flat_map(|metric| metric.inputs.iter().cloned()).collect()
    }

    pub fn team(&self) -> Need {
        Need::if_so(matches!(self.grouping, Grouping::By(_)))
    }

    pub fn grouping(&self) -> Grouping {
        self.grouping.clone()
    }

    pub fn score_kind(&self) -> Kind {
        Kind::new(Unit::Points, self.decimals)
    }
}
