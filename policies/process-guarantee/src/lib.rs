//! A guaranteed bonus for process metrics that reach their thresholds.
//!
//! Visits, quality of leads, records kept: who does the work has a base, whatever it sold. The bonus is paid where
//! all thresholds are reached, or so many of them, or in proportion; and for the part of the period that counts.

mod terms;

use attain_sdk::prelude::*;
use terms::{BonusOf, Missing, Pays, Plan, ReadyMetric};

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Row<'a> {
    /// The process metrics that the parameters name.
    #[input(each = Plan::inputs)]
    metrics: Cells<'a>,
    /// What is guaranteed.
    #[input(when = Plan::bonus)]
    bonus: Option<Money>,
    /// The part of the period that counts, from 0 to 1. Who has no value has all of it.
    share_of_period: Option<Ratio<6>>,
}

#[derive(Outputs)]
struct Guaranteed {
    /// What is paid.
    #[output(pay)]
    bonus: Money,
    /// How many thresholds are reached.
    #[output(info)]
    reached: Count,
    /// The share of the bonus that the metrics earn, before the part of the period.
    #[output(info)]
    share: Ratio<6>,
}

#[derive(Rules)]
enum Step {
    /// {metric} of {value} meets the threshold of {threshold}
    #[zh("{metric} 为 {value}，达标（门槛 {threshold}）")]
    Reached {
        metric: InputName,
        #[place(like = "metric")]
        value: Amount,
        #[place(like = "metric")]
        threshold: Amount,
    },
    /// {metric} of {value} doesn't meet the threshold of {threshold}
    #[zh("{metric} 为 {value}，未达标（门槛 {threshold}）")]
    Missed {
        metric: InputName,
        #[place(like = "metric")]
        value: Amount,
        #[place(like = "metric")]
        threshold: Amount,
    },
    /// {metric} of {value} against a threshold of {threshold}: an attainment of {attainment}
    #[zh("{metric} 为 {value}，门槛 {threshold}，完成率 {attainment}")]
    InPart {
        metric: InputName,
        #[place(like = "metric")]
        value: Amount,
        attainment: Ratio<6>,
        #[place(like = "metric")]
        threshold: Amount,
    },
    /// {metric} has no value, so its threshold isn't met
    #[zh("{metric} 没有数值，视为未达到门槛")]
    NoValue { metric: InputName },
    /// {metric} has no value and is left out
    #[zh("{metric} 没有数值，不参与考核")]
    LeftOut { metric: InputName },
    /// {reached} of {metrics} threshold{metrics|s} {reached|is|are} met, {needed} {needed|is|are} needed
    #[zh("{metrics} 项门槛中达到 {reached} 项，需达到 {needed} 项")]
    Needed { reached: Count, metrics: Count, needed: Count },
    /// weights of {weight} out of {total} make a share of {share}
    #[zh("权重合计 {total}，计得 {weight}，比例为 {share}")]
    InProportion { weight: Ratio<6>, total: Ratio<6>, share: Ratio<6> },
    /// the guaranteed bonus of {bonus} at {share}: {pay}
    #[zh("保障奖金 {bonus}，按 {share} 发放：{pay}")]
    Paid { bonus: Money, share: Ratio<6>, pay: Money },
    /// {share} of the period counts: {change}
    #[zh("本期按 {share} 折算：{change}")]
    PartOfPeriod { share: Ratio<6>, change: Money },
    /// rounding: {change}
    #[zh("舍入：{change}")]
    Rounding { change: Money },
}

#[policy(each, rules = Step, zh = "过程指标达到门槛，发放保障奖金")]
fn process_guarantee(plan: &Plan, row: Row<'_>, why: &mut impl Why) -> Result<Guaranteed> {
    let bonus = bonus(plan, &row)?;
    let part = part_of_period(&row)?;
    let (share, reached) = share(plan, row.metrics, why);
    let mut pay = bonus * share;
    why.adds(Guaranteed::BONUS, pay, |pay| Step::Paid { bonus, share: share.round(Round::HalfUp), pay });
    if let Some(part) = part {
        let whole = pay;
        pay = pay * part;
        why.changes(Guaranteed::BONUS, whole, pay, |change| Step::PartOfPeriod { share: part, change });
    }
    let bonus = pay.round(plan.round);
    why.settles(Guaranteed::BONUS, bonus, |change| Step::Rounding { change });
    Ok(Guaranteed { bonus, reached, share: share.round(Round::HalfUp) })
}

/// What is guaranteed.
fn bonus(plan: &Plan, row: &Row<'_>) -> Result<Money> {
    let bonus = match plan.bonus {
        BonusOf::Fixed(bonus) => return Ok(bonus),
        BonusOf::Given => row.bonus,
    };
    match bonus {
        Some(bonus) if bonus >= Money::ZERO => Ok(bonus),
        Some(_) => Err(Failure::new(
            "out-of-range",
            "`bonus` is below zero, and nobody pays one; give it at least 0",
        )),
        None => Err(Failure::new(
            "missing-value",
            "`bonus` has no value; give it one, 0 for who is guaranteed nothing",
        )),
    }
}

fn part_of_period(row: &Row<'_>) -> Result<Option<Ratio<6>>> {
    match row.share_of_period {
        Some(share) if share < Ratio::ZERO || share.exact() > Exact::ONE => {
            let message = format!("`share_of_period` is {share}, expected 0 to 1");
            Err(Failure::new("out-of-range", message))
        }
        share => Ok(share),
    }
}

/// The share of the bonus that the metrics earn, and how many thresholds are reached.
fn share(plan: &Plan, cells: Cells<'_>, why: &mut impl Why) -> (Exact, Count) {
    let (mut reached, mut counted) = (0u32, 0u32);
    let (mut weight, mut total) = (Exact::ZERO, Ratio::ZERO);
    for metric in &plan.metrics {
        let value = cells.get(metric.input).map(Amount::from_units);
        why.notes(|| told(plan, metric, value));
        if value.is_none() && plan.missing == Missing::LeftOut {
            continue;
        }
        counted += 1;
        total += metric.weight;
        let Some(value) = value else { continue };
        let is_reached = metric.is_reached(value);
        reached += u32::from(is_reached);
        if plan.pays == Pays::Attainment {
            weight += metric.attainment(value) * metric.weight;
        } else if is_reached {
            weight += metric.weight;
        }
    }
    let count = |number: u32| Count::from_units(number.into());
    let needed = match plan.pays {
        Pays::All => counted.max(1),
        Pays::Any(least) => least,
        Pays::Reached | Pays::Attainment => {
            let share = weight.over(total).unwrap_or(Exact::ZERO);
            let (weight, shown) = (weight.round(Round::HalfUp), share.round(Round::HalfUp));
            why.notes(|| Step::InProportion { weight, total, share: shown });
            return (share, count(reached));
        }
    };
    why.notes(|| Step::Needed { reached: count(reached), metrics: count(counted), needed: count(needed) });
    (if reached >= needed { Exact::ONE } else { Exact::ZERO }, count(reached))
}

fn told(plan: &Plan, metric: &ReadyMetric, value: Option<Amount>) -> Step {
    let (name, threshold) = (metric.name(), metric.threshold);
    match (value, plan.missing) {
        (None, Missing::NotReached) => Step::NoValue { metric: name },
        (None, Missing::LeftOut) => Step::LeftOut { metric: name },
        (Some(value), _) if metric.is_reached(value) => Step::Reached { metric: name, value, threshold },
        (Some(value), _) if plan.pays == Pays::Attainment => {
            let attainment = metric.attainment(value).round(Round::HalfUp);
            Step::InPart { metric: name, value, attainment, threshold }
        }
        (Some(value), _) => Step::Missed { metric: name, value, threshold },
    }
}

#[cfg(test)]
attain_cases::cases!();
