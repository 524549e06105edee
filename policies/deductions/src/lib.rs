//! Fees and deductions are taken from an amount, together or one after another.
//!
//! Each is a share or a fixed amount and is rounded by a named mode before it is taken. Shares are of the whole
//! amount, or of what the deductions before have left.

use attain_sdk::prelude::*;
use std::collections::BTreeSet;

/// What a plan sets.
#[derive(Parameters)]
struct Terms {
    /// What is taken, in this order.
    deductions: Vec<Deduction>,
    /// What a share is of.
    #[parameter(default = "aggregate")]
    of: Of,
    /// How a deduction becomes whole cents, unless it says so itself.
    #[parameter(default = "half-up")]
    round: Round,
    /// What happens where more is to be taken than is left.
    #[parameter(default = "stops")]
    at_zero: AtZero,
    /// What is taken from an amount below zero.
    #[parameter(default = "nothing")]
    negative: Negative,
}

/// One deduction.
#[derive(Parameters)]
struct Deduction {
    /// What it is called; also the input that gives somebody's own share or amount.
    name: String,
    /// The share that is taken.
    #[parameter(min = "0", max = "1")]
    share: Option<Ratio<6>>,
    /// Instead of a share: the amount that is taken.
    #[parameter(min = "0")]
    amount: Option<Money>,
    /// How it becomes whole cents.
    round: Option<Round>,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum Of {
    /// The whole amount: the order doesn't matter.
    Aggregate,
    /// What the deductions before have left.
    Cumulative,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum AtZero {
    /// What is left is taken, and nothing more.
    Stops,
    /// It is taken all the same.
    GoesOn,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum Negative {
    /// Nothing.
    Nothing,
    /// Shares of it, which give back, and fixed amounts as usual.
    AsUsual,
}

/// A deduction, ready for use.
struct Taken {
    name: InputName,
    what: What,
    round: Round,
    input: Input,
}

/// What is taken of somebody who has nothing of their own.
#[derive(Clone, Copy)]
enum What {
    Share(Ratio<6>),
    Amount(Money),
}

/// What the rule works with.
struct Plan {
    deductions: Vec<Taken>,
    of: Of,
    at_zero: AtZero,
    negative: Negative,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, _: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        if terms.deductions.is_empty() {
            wrong.at("deductions", "no-deductions", "there is none, expected at least one".to_owned());
        }
        let mut names = BTreeSet::from(["amount"]);
        let mut deductions = Vec::new();
        for (i, deduction) in terms.deductions.iter().enumerate() {
            let name = deduction.name.as_str();
            let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            if !plain || !name.starts_with(|c: char| c.is_ascii_lowercase()) || name.len() > 50 {
                let message = format!(
                    "`{name}` can't be the name of a deduction, expected 1 to 50 of `a-z`, `0-9` and `_`, beginning with a letter"
                );
                wrong.at(format_args!("deductions[{i}].name"), "not-a-name", message);
            } else if !names.insert(name) {
                let message = format!("`{name}` is taken, expected another name for each deduction");
                wrong.at(format_args!("deductions[{i}].name"), "duplicate-name", message);
            }
            let (what, kind) = match (deduction.share, deduction.amount) {
                (Some(share), None) => (What::Share(share), Kind::new(Unit::Ratio, 6)),
                (None, Some(amount)) => (What::Amount(amount), Kind::MONEY),
                _ => {
                    let message = "a deduction has a `share` or an `amount`, one of the two".to_owned();
                    wrong.at(format_args!("deductions[{i}]"), "share-or-amount", message);
                    continue;
                }
            };
            deductions.push(Taken {
                // The first input is the amount.
                name: InputName(u16::try_from(i + 1).unwrap_or(u16::MAX)),
                what,
                round: deduction.round.unwrap_or(terms.round),
                input: Input {
                    name: name.to_owned(),
                    kind,
                    need: Need::Optional,
                    doc: "Somebody's own, instead of what the plan sets.".to_owned(),
                },
            });
        }
        Some(Plan { deductions, of: terms.of, at_zero: terms.at_zero, negative: terms.negative })
    }
}

impl Plan {
    fn inputs(&self) -> Vec<Input> {
        self.deductions.iter().map(|deduction| deduction.input.clone()).collect()
    }
}

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Row<'a> {
    /// What deductions are taken from.
    amount: Money,
    /// What somebody's own deductions are.
    #[input(each = Plan::inputs)]
    own: Cells<'a>,
}

#[derive(Outputs)]
struct Net {
    /// What is left.
    #[output(pay)]
    net: Money,
    /// What was taken in all.
    #[output(info)]
    deducted: Money,
}

#[derive(Rules)]
enum Step {
    /// the amount is {amount}
    #[zh("金额 {amount}")]
    Amount { amount: Money },
    /// the amount is below zero, so nothing is taken
    #[zh("金额为负，不作扣除")]
    Negative,
    /// {name} takes {share} of {of}: {change}
    #[zh("{name} 按 {of} 的 {share} 扣除：{change}")]
    Share { name: InputName, share: Ratio<6>, of: Money, change: Money },
    /// {name} takes a fixed amount: {change}
    #[zh("{name} 扣除固定金额：{change}")]
    Fixed { name: InputName, change: Money },
    /// {name} would take {due}, but only {left} is left: {change}
    #[zh("{name} 应扣除 {due}，但余额仅 {left}：{change}")]
    Limited { name: InputName, due: Money, left: Money, change: Money },
}

#[policy(each, rules = Step, zh = "从金额中扣除各项费用，均按全额计算，或逐项按余额计算")]
fn deductions(plan: &Plan, row: Row<'_>, why: &mut impl Why) -> Result<Net> {
    why.adds(Net::NET, row.amount, |amount| Step::Amount { amount });
    if row.amount < Money::ZERO && plan.negative == Negative::Nothing {
        why.notes(|| Step::Negative);
        return Ok(Net { net: row.amount, deducted: Money::ZERO });
    }
    let mut left = row.amount;
    for (i, deduction) in plan.deductions.iter().enumerate() {
        let of = if plan.of == Of::Aggregate { row.amount } else { left };
        let what = own(deduction, row.own.get(i))?;
        let due: Money = match what {
            What::Share(share) => (of * share).round(deduction.round),
            What::Amount(amount) => amount,
        };
        let name = deduction.name;
        // Nothing takes what is left past zero: neither down, nor up where a share gives back.
        let most = due.clamp(left.min(Money::ZERO), left.max(Money::ZERO));
        if plan.at_zero == AtZero::Stops && due != most {
            why.adds(Net::NET, -most, |change| Step::Limited { name, due, left: most, change });
            left -= most;
            continue;
        }
        why.adds(Net::NET, -due, |change| match what {
            What::Share(share) => Step::Share { name, share, of, change },
            What::Amount(_) => Step::Fixed { name, change },
        });
        left -= due;
    }
    Ok(Net { net: left, deducted: row.amount - left })
}

/// What is taken of somebody: their own share or amount, or the plan's.
fn own(deduction: &Taken, own: Option<i64>) -> Result<What> {
    let Some(own) = own else { return Ok(deduction.what) };
    let most = if matches!(deduction.what, What::Share(_)) { 1_000_000 } else { i64::MAX };
    if !(0..=most).contains(&own) {
        let expected = if most == i64::MAX { "an amount of 0 or more" } else { "a share from 0 to 1" };
        let message = format!("`{}` is out of range, expected {expected}", deduction.input.name);
        return Err(Failure::new("out-of-range", message));
    }
    Ok(match deduction.what {
        What::Share(_) => What::Share(Ratio::from_units(own)),
        What::Amount(_) => What::Amount(Money::from_units(own)),
    })
}

#[cfg(test)]
attain_cases::cases!();
