//! Pay doesn't fall when credit rises.
//!
//! Two trials that differ in one figure of one row, or of one group where all its rows name the same, must give pay
//! in the same order. Where parameters make pay fall, they say so: a higher tier with a lower rate is one.

use crate::chance::decimal;
use crate::expression::{Place, worth};
use crate::figures::{Cell, Sheet};
use crate::library::Policy;
use crate::setting::Setting;
use attain_tests::random::Random;
use serde_json::Value;
use std::ops::Range;

/// What is raised.
#[derive(Clone, Copy)]
pub enum Figures {
    /// These together, in one row.
    Row(&'static [&'static str]),
    /// This one, in all rows of a group.
    Group(&'static str),
    /// Each by itself of those that the parameters name, the other way where less is better: in one row.
    Named(fn(&Setting<'_>) -> Vec<(String, Better)>),
    /// The same, in all rows of a group.
    NamedInGroup(fn(&Setting<'_>) -> Vec<(String, Better)>),
}

/// Which way a figure is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// More is.
    Higher,
    /// Less is.
    Lower,
}

/// What makes pay fall.
pub struct Unless {
    /// In words.
    pub doc: &'static str,
    /// Whether it is so with these parameters, in this row.
    pub is_so: fn(&Setting<'_>, &Sheet, usize) -> bool,
}

/// A figure that pay rises with.
pub struct Rising {
    /// The policy.
    pub policy: &'static str,
    /// What is raised.
    pub figures: Figures,
    /// The same in words.
    pub credit: &'static str,
    /// What doesn't fall, as [`crate::expression`] reads it.
    pub pay: &'static str,
    /// By how many units it may fall all the same.
    pub slack: fn(&Setting<'_>) -> i128,
    /// What the slack is for; nothing without one.
    pub slack_doc: &'static str,
    /// What makes it fall.
    pub unless: &'static [Unless],
}

mod table;
pub use table::{NOT_RISING, RISING};

/// A policy's.
pub fn rising(policy: &Policy) -> impl Iterator<Item = &'static Rising> {
    RISING.iter().filter(|rising| rising.policy == policy.name)
}

impl Rising {
    /// What names it among all.
    pub fn label(&self) -> String {
        format!("{}: {} with {}", self.policy, self.pay, self.credit)
    }
}

/// Each figure, raised.
pub fn check(setting: &Setting<'_>, sheet: &Sheet, random: &mut Random) -> Result<(), String> {
    let Ok(before) = setting.evaluate(sheet) else { return Ok(()) };
    let groups = sheet.groups(&setting.binding);
    for rising in rising(setting.policy) {
        let (named, in_group) = match rising.figures {
            Figures::Row(names) => {
                (vec![(names.iter().map(|name| (*name).to_owned()).collect(), Better::Higher)], false)
            }
            Figures::Group(name) => (vec![(vec![name.to_owned()], Better::Higher)], true),
            Figures::Named(names) => (each(names(setting)), false),
            Figures::NamedInGroup(names) => (each(names(setting)), true),
        };
        for (names, better) in named {
            let inputs: Vec<usize> = names.iter().filter_map(|name| setting.input(name)).collect();
            for (group_index, group) in groups.iter().enumerate() {
                for row in group.clone() {
                    let rows = if in_group { group.clone() } else { row..row + 1 };
                    if rising.unless.iter().any(|unless| (unless.is_so)(setting, sheet, row)) {
                        continue;
                    }
                    let Some(raised) = raised(setting, sheet, &inputs, rows, better, random) else {
                        continue;
                    };
                    let Ok(after) = setting.evaluate(&raised) else { continue };
                    let place = |sheet, given| Place {
                        setting,
                        sheet,
                        given,
                        row,
                        group: group.clone(),
                        group_index,
                    };
                    let one = worth(rising.pay, &place(sheet, &before));
                    let other = worth(rising.pay, &place(&raised, &after));
                    let (Some(one), Some(other)) = (one, other) else { continue };
                    crate::trial::tried(&rising.label());
                    if other < one - (rising.slack)(setting) {
                        let cells = |sheet: &Sheet| -> Vec<Cell> {
                            inputs.iter().map(|input| sheet.rows[row].cells[*input].clone()).collect()
                        };
                        return Err(format!(
                            "row {row}: {} falls from {one} to {other} when {names:?} goes from {:?} to {:?}",
                            rising.pay,
                            cells(sheet),
                            cells(&raised)
                        ));
                    }
                }
            }
        }
    }
    Ok(())
}

fn each(names: Vec<(String, Better)>) -> Vec<(Vec<String>, Better)> {
    names.into_iter().map(|(name, better)| (vec![name], better)).collect()
}

/// The same figures, these inputs better in these rows; none where none of them has a value.
fn raised(
    setting: &Setting<'_>,
    sheet: &Sheet,
    inputs: &[usize],
    rows: Range<usize>,
    better: Better,
    random: &mut Random,
) -> Option<Sheet> {
    let first = *inputs.first()?;
    let now = rows.clone().find_map(|row| sheet.rows[row].cells[first].number())?;
    // To a value that a case has, or a little, or much.
    let name = setting.binding.inputs[first].name.as_str();
    let known: Vec<i64> =
        setting.policy.known.get(name).into_iter().flatten().filter_map(Cell::number).collect();
    let to_known =
        known.get(random.below(known.len() as u64) as usize).and_then(|known| known.checked_sub(now));
    let by = match random.below(4) {
        0 => 1,
        1 => to_known.map_or(2, |by| by.saturating_abs()),
        2 => 1 + random.below(1000) as i64,
        _ => 1 + (random.next() >> (10 + random.below(50))) as i64,
    };
    let by = if better == Better::Lower { -by } else { by };
    let mut raised = sheet.clone();
    for row in rows {
        for input in inputs {
            if let Some(number) = raised.rows[row].cells[*input].number() {
                let better = number.checked_add(by).filter(|better| *better != attain_sdk::NO_VALUE)?;
                raised.rows[row].cells[*input] = Cell::Number(better);
            }
        }
    }
    (raised.rows != sheet.rows).then_some(raised)
}

/// A decimal in the parameters, as a count of billionths; none of what isn't one.
fn billionths(value: Option<&Value>) -> Option<i128> {
    let (digits, decimals) = decimal(value?.as_str()?)?;
    digits.checked_mul(10i128.pow(9))?.checked_div(10i128.checked_pow(decimals)?)
}

/// Whether the numbers under a name in a list of tiers, levels or points ever fall; before the first there is nothing.
fn falls(list: &Value, name: &str) -> bool {
    let named = list.as_array().into_iter().flatten().filter_map(|item| billionths(item.get(name)));
    !std::iter::once(0).chain(named).is_sorted()
}

/// Whether a metric's curve gives less for what is better.
fn curve_falls(curve: &Value) -> bool {
    if let Some(steps) = curve.get("steps") {
        return falls(steps, "pays") || falls(steps, "score");
    }
    let Some(linear) = curve.get("linear") else { return false };
    let points = |unit: &str, usual: [i128; 3]| {
        let named = ["floor", "target", "stretch"].into_iter().zip(usual);
        let points = named.filter(|(name, _)| linear.get(name).is_some());
        let points =
            points.map(|(name, usual)| billionths(linear.get(format!("{name}_{unit}"))).unwrap_or(usual));
        points.collect::<Vec<_>>()
    };
    // Worse than the floor is nothing, or what the floor is.
    let sorted = |points: Vec<i128>| std::iter::once(0).chain(points).is_sorted();
    let billion = |tenths: i128| tenths * 100_000_000;
    let pays = points("pays", [0, 10, 15].map(billion));
    let scores = points("score", [0, 1_000, 1_500].map(billion));
    !(sorted(pays) && sorted(scores))
}

/// Whether any metric's curve does.
fn a_curve_falls(setting: &Setting<'_>, _: &Sheet, _: usize) -> bool {
    let metrics = setting.parameters.get("metrics").and_then(Value::as_object);
    metrics.into_iter().flatten().any(|(_, metric)| metric.get("curve").is_some_and(curve_falls))
}

/// The metrics that the parameters name, and which way they are better.
fn metrics(setting: &Setting<'_>) -> Vec<(String, Better)> {
    let metrics = setting.parameters.get("metrics").and_then(Value::as_object).into_iter().flatten();
    metrics.map(|(name, metric)| (name.clone(), better(metric))).collect()
}

fn better(of: &Value) -> Better {
    match of.get("better").and_then(Value::as_str) {
        Some("lower") => Better::Lower,
        _ => Better::Higher,
    }
}

/// The number in a row under an input; none without a value.
fn number(setting: &Setting<'_>, sheet: &Sheet, row: usize, name: &str) -> Option<i64> {
    sheet.rows[row].cells[setting.input(name)?].number()
}
