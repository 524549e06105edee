//! What a plan sets, and what the rule makes of it once a batch.

use crate::curve::Curve;
use attain_sdk::prelude::*;
use std::fmt::Display;

/// What a plan sets.
#[derive(Parameters)]
pub struct Terms {
    /// The metrics that the functions share, by the name of the input that each is read from.
    metrics: Named<Metric>,
    /// What a team earns where every metric is at its target.
    bonus: BonusOf,
    /// How it is split among the members.
    split: SplitBy,
    /// What the weights add up to.
    #[parameter(default = "1")]
    weights_total: Decimal,
    /// What a metric without a value does.
    #[parameter(default = "zero")]
    missing: Missing,
    /// The most that a team earns, as a multiple of the bonus at target. None means no cap.
    #[parameter(min = "0")]
    cap: Option<Decimal>,
    /// How many functions must have a member who shares, for there to be a bonus.
    #[parameter(default = 1, min = "1")]
    functions_min: u32,
    /// How the team's bonus becomes whole cents.
    #[parameter(default = "half-up")]
    round: Round,
}

/// A metric that the functions share.
#[derive(Parameters)]
struct Metric {
    /// Its share of the bonus.
    #[parameter(min = "0")]
    weight: Decimal,
    /// What it counts.
    #[parameter(default = "ratio")]
    unit: Kind,
    /// The input that it is divided by, exactly, such as leads for leads that were won. It counts the same.
    over: Option<String>,
    /// How the members' rows make the team's value.
    #[parameter(default = "same")]
    rows: Rows,
    /// Which way is better.
    #[parameter(default = "higher")]
    better: Better,
    /// What it pays.
    curve: Curve,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Rows {
    /// They all name the same value, or none: what one function reports counts for all.
    Same,
    /// They add up.
    Sum,
}

#[derive(Parameters, Clone, Copy)]
pub enum BonusOf {
    /// The same for every team.
    Fixed(Money),
    /// So much for each member who shares.
    PerMember(Money),
    /// The input `bonus`, which is the same in each member's row.
    Given,
}

#[derive(Parameters, PartialEq)]
pub enum SplitBy {
    /// Everybody the same.
    Equal,
    /// By the input `weight`.
    Weight,
    /// By the input `function`: each function gets its share whatever the number of its members, who get the same.
    Function(Named<Ratio<6>>),
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Missing {
    /// The metric pays nothing.
    Zero,
    /// The other metrics' weights are scaled up.
    Reweigh,
    /// There is no bonus at all.
    NoBonus,
}

/// A metric, ready for use.
pub struct ReadyMetric {
    /// Which input it is read from.
    pub input: usize,
    /// Which input it is divided by.
    pub over: Option<usize>,
    pub rows: Rows,
    pub weight: Exact,
    /// What it pays: the quotient, or a count of its smallest part where it isn't divided.
    pub curve: Line,
}

impl ReadyMetric {
    /// What a measurement pays: nothing where it is worse than its first point.
    pub fn pays(&self, measured: Exact) -> Exact {
        self.curve.at(measured).unwrap_or(Exact::ZERO)
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
    pub split: SplitBy,
    pub weights_total: Exact,
    pub missing: Missing,
    pub cap: Option<Exact>,
    pub functions_min: u32,
    pub round: Round,
    inputs: Vec<Input>,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, period: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        wrong.weights(terms.metrics.values().map(|metric| metric.weight), terms.weights_total);
        check_bonus(&terms, wrong);
        check_functions(&terms, wrong);
        let (mut metrics, mut inputs) = (Vec::new(), Vec::new());
        for (name, metric) in &terms.metrics {
            let at = format_args!("metrics.{name}");
            let input = input(&mut inputs, name, metric.unit, &at, wrong);
            let over = metric.over.as_ref().map(|over| {
                let at = format_args!("{at}.over");
                if over == name {
                    let message = format!("`{over}` is divided by itself; name another input");
                    wrong.at(at, "same-input", message);
                }
                self::input(&mut inputs, over, metric.unit, &at, wrong)
            });
            let scale = match over {
                None => Exact::whole(attain_sdk::power_of_ten(metric.unit.decimals(period))),
                Some(_) => Exact::ONE,
            };
            let curve = metric.curve.line(metric.better, &format_args!("{at}.curve"), wrong);
            let Some(curve) = curve.map(|line| line.scaled(scale, Exact::ONE)) else { continue };
            let (weight, rows) = (metric.weight.exact(), metric.rows);
            metrics.push(ReadyMetric { input, over, rows, weight, curve });
        }
        Some(Plan {
            metrics,
            bonus: terms.bonus,
            split: terms.split,
            weights_total: terms.weights_total.exact(),
            missing: terms.missing,
            cap: terms.cap.map(Decimal::exact),
            functions_min: terms.functions_min,
            round: terms.round,
            inputs,
        })
    }
}

/// Which input a name stands for; metrics may share what they are divided by.
fn input(
    inputs: &mut Vec<Input>,
    name: &str,
    kind: Kind,
    at: &dyn Display,
    wrong: &mut Wrong<'_, '_>,
) -> usize {
    let reserved = ["team", "eligible", "bonus", "weight", "function"];
    wrong.column(at, "a metric", name, &reserved);
    if let Some(known) = inputs.iter().position(|input| input.name == name) {
        if inputs.get(known).is_some_and(|input| input.kind != kind) {
            let message = format!("`{name}` has another unit elsewhere; give it the same `unit` each time");
            wrong.at(at, "units-differ", message);
        }
        return known;
    }
    inputs.push(Input {
        name: name.to_owned(),
        kind,
        need: Need::Required,
        doc: "A metric that the functions share, or what it is divided by.".to_owned(),
    });
    inputs.len().saturating_sub(1)
}

fn check_bonus(terms: &Terms, wrong: &mut Wrong<'_, '_>) {
    let (at, bonus) = match terms.bonus {
        BonusOf::Fixed(bonus) => ("bonus.fixed", bonus),
        BonusOf::PerMember(bonus) => ("bonus.per-member", bonus),
        BonusOf::Given => return,
    };
    if bonus < Money::ZERO {
        wrong.at(at, "out-of-range", "a bonus below zero, expected at least 0".to_owned());
    }
}

fn check_functions(terms: &Terms, wrong: &mut Wrong<'_, '_>) {
    let SplitBy::Function(weights) = &terms.split else { return };
    for (function, weight) in weights.iter().filter(|(_, weight)| **weight < Ratio::ZERO) {
        let message = format!("the weight of `{function}` is {weight}, expected at least 0");
        wrong.at(format_args!("split.function.{function}"), "out-of-range", message);
    }
    if weights.values().all(|weight| *weight <= Ratio::ZERO) {
        let message = "no function has a weight above 0, expected at least one".to_owned();
        wrong.at("split.function", "no-weight", message);
    }
    if usize::try_from(terms.functions_min).is_ok_and(|least| least > weights.len()) {
        let message = format!(
            "`{}` functions can't be there, {} have a weight in `split.function`",
            terms.functions_min,
            weights.len()
        );
        wrong.at("functions_min", "out-of-range", message);
    }
}

impl Plan {
    /// What an input is called.
    pub fn name_of(&self, input: usize) -> &str {
        self.inputs.get(input).map_or("", |input| input.name.as_str())
    }

    pub fn inputs(&self) -> Vec<Input> {
        self.inputs.clone()
    }

    pub fn bonus(&self) -> Need {
        Need::if_so(matches!(self.bonus, BonusOf::Given))
    }

    pub fn weight(&self) -> Need {
        Need::if_so(self.split == SplitBy::Weight)
    }

    pub fn function(&self) -> Need {
        Need::if_so(self.functions_min > 1 || matches!(self.split, SplitBy::Function(_)))
    }
}
