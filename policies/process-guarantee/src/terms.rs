//! What a plan sets, and what the rule makes of it once a batch.

use attain_sdk::prelude::*;

/// What a plan sets.
#[derive(Parameters)]
pub struct Terms {
    /// The process metrics, by the name of the input that each is read from.
    metrics: Named<Metric>,
    /// What is guaranteed.
    bonus: BonusOf,
    /// How much of it is paid.
    #[parameter(default = "all")]
    pays: Pays,
    /// What a metric without a value does.
    #[parameter(default = "not-reached")]
    missing: Missing,
    /// How the bonus becomes whole cents.
    #[parameter(default = "half-up")]
    round: Round,
}

/// A process metric and its threshold.
#[derive(Parameters)]
struct Metric {
    /// What reaches it, exactly on it included: the least, or where less is better the most.
    threshold: Decimal,
    /// What it counts.
    #[parameter(default = "count")]
    unit: Kind,
    /// Which way is better.
    #[parameter(default = "higher")]
    better: Better,
    /// How much it weighs where the bonus is paid in proportion. None: 1.
    #[parameter(min = "0")]
    weight: Option<Ratio<6>>,
}

#[derive(Parameters, Clone, Copy)]
pub enum BonusOf {
    /// The same for everybody.
    Fixed(Money),
    /// The input `bonus`.
    Given,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Pays {
    /// All of it where every threshold is reached, otherwise nothing.
    All,
    /// All of it where so many thresholds are reached, otherwise nothing.
    Any(u32),
    /// The weights of the thresholds that are reached, of all weights.
    Reached,
    /// The weights times how far each threshold is reached, at most all of it.
    Attainment,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Missing {
    /// Its threshold isn't reached.
    NotReached,
    /// It doesn't count.
    LeftOut,
}

/// A metric, ready for use.
pub struct ReadyMetric {
    /// Which input it is read from.
    pub input: usize,
    pub threshold: Amount,
    pub weight: Ratio<6>,
    lower_is_better: bool,
}

impl ReadyMetric {
    /// Whether a value reaches the threshold.
    pub fn is_reached(&self, value: Amount) -> bool {
        if self.lower_is_better { value <= self.threshold } else { value >= self.threshold }
    }

    /// How far a value reaches the threshold, from nothing to all of it.
    pub fn attainment(&self, value: Amount) -> Exact {
        if self.is_reached(value) {
            return Exact::ONE;
        }
        // Where less is better, what isn't there yet is above a threshold above zero.
        let (part, whole) =
            if self.lower_is_better { (self.threshold, value) } else { (value, self.threshold) };
        part.over(whole).unwrap_or(Exact::ZERO).at_least(Exact::ZERO)
    }

    /// The input's name for an explanation.
    pub fn name(&self) -> InputName {
        InputName(u16::try_from(self.input).unwrap_or(u16::MAX))
    }
}

/// What the rule works with.
pub struct Plan {
    pub metrics: Vec<ReadyMetric>,
    pub bonus: BonusOf,
    pub pays: Pays,
    pub missing: Missing,
    pub round: Round,
    inputs: Vec<Input>,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, _: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        let in_proportion = matches!(terms.pays, Pays::Reached | Pays::Attainment);
        let count = terms.metrics.len();
        if count == 0 {
            wrong.at("metrics", "no-metrics", "there is no metric, expected at least one".to_owned());
        }
        if let Pays::Any(least) = terms.pays
            && (least == 0 || usize::try_from(least).is_ok_and(|least| least > count))
        {
            let message = format!("`{least}` of {count} metrics can't be asked for, expected 1 to {count}");
            wrong.at("pays.any", "out-of-range", message);
        }
        if let BonusOf::Fixed(bonus) = terms.bonus
            && bonus < Money::ZERO
        {
            let message = "a guaranteed bonus below zero, expected at least 0".to_owned();
            wrong.at("bonus.fixed", "out-of-range", message);
        }
        let (mut metrics, mut inputs) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for (input, (name, metric)) in terms.metrics.iter().enumerate() {
            check(name, metric, in_proportion, terms.pays, wrong);
            let place = format_args!("metrics.{name}.threshold");
            let threshold = wrong.amount(place, metric.threshold, metric.unit);
            metrics.push(ReadyMetric {
                input,
                threshold,
                weight: metric.weight.unwrap_or(Ratio::from_units(1_000_000)),
                lower_is_better: metric.better == Better::Lower,
            });
            inputs.push(Input {
                name: name.to_owned(),
                kind: metric.unit,
                need: Need::Required,
                doc: "A process metric.".to_owned(),
            });
        }
        if in_proportion && count > 0 && metrics.iter().all(|metric| metric.weight == Ratio::ZERO) {
            let message = "no metric has a weight above 0, expected at least one".to_owned();
            wrong.at("metrics", "no-weight", message);
        }
        let Terms { bonus, pays, missing, round, .. } = terms;
        Some(Plan { metrics, bonus, pays, missing, round, inputs })
    }
}

/// What is wrong with a metric by itself.
fn check(name: &str, metric: &Metric, in_proportion: bool, pays: Pays, wrong: &mut Wrong<'_, '_>) {
    wrong.column(format_args!("metrics.{name}"), "a metric", name, &["bonus", "share_of_period"]);
    if metric.weight.is_some() && !in_proportion {
        let message = "weights count where `pays` is `reached` or `attainment` only; leave it out".to_owned();
        wrong.at(format_args!("metrics.{name}.weight"), "unused-field", message);
    }
    if pays == Pays::Attainment && metric.threshold.units() <= 0 {
        let message =
            format!("`{}` can't be reached in part, expected a threshold above 0", metric.threshold);
        wrong.at(format_args!("metrics.{name}.threshold"), "out-of-range", message);
    }
}

impl Plan {
    pub fn inputs(&self) -> Vec<Input> {
        self.inputs.clone()
    }

    pub fn bonus(&self) -> Need {
        Need::if_so(matches!(self.bonus, BonusOf::Given))
    }
}
