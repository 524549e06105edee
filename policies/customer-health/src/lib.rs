//! The health of a customer from weighted curves, and renewals at risk before they come up.
//!
//! How often there is contact, how well the product fits, how fast answers come: each through a curve, weighted, to a
//! score and a level of warning. A renewal that comes up soon, of a customer who isn't well, is at risk.

mod curve;
mod terms;

use attain_sdk::prelude::*;
use terms::{Missing, Overdue, Plan, ReadyMetric, ReadyRenewal};

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Customer<'a> {
    /// The metrics that the parameters weigh.
    #[input(each = Plan::inputs)]
    metrics: Cells<'a>,
    /// The day on which the contract comes up for renewal. Who has none has no renewal.
    #[input(when = Plan::renewal_date)]
    renewal_date: Option<Date>,
    /// What the contract is worth.
    #[input(when = Plan::value)]
    value: Option<Money>,
}

#[derive(Outputs)]
#[outputs(plan = Plan)]
struct Health {
    /// The weighted score; of a person's customers the greatest.
    #[output(score, kind = Plan::score_kind, fold = "max")]
    health: Option<Amount>,
    /// The warning that the score gives; of a person's customers the worst.
    #[output(alert, fold = "max")]
    level: Option<Level>,
    /// The warning that a renewal is at risk; no value where nothing can be said.
    #[output(alert, fold = "max")]
    renewal_risk: Option<Level>,
    /// 1 where a renewal is at risk; how many of a person's are.
    #[output(info, fold = "sum")]
    at_risk: Option<Count>,
    /// What the contract is worth where its renewal is at risk, otherwise nothing.
    #[output(info, fold = "sum")]
    value_at_risk: Option<Money>,
}

#[derive(Rules)]
enum Step {
    /// {metric} is {value} and scores {score}; with a weight of {weight} that adds {points}
    #[zh("{metric} 为 {value}，得 {score} 分，权重 {weight}，计 {points}")]
    Metric {
        metric: InputName,
        #[place(like = "metric")]
        value: Amount,
        score: Points<4>,
        weight: Ratio<6>,
        #[place(like = "health")]
        points: Amount,
    },
    /// {metric} has no value and adds nothing
    #[zh("{metric} 没有数值，计 0 分")]
    CountsAsZero { metric: InputName },
    /// {metric} has no value and is left out
    #[zh("{metric} 没有数值，不参与计分")]
    LeftOut { metric: InputName },
    /// {metric} has no value, so there is no score
    #[zh("{metric} 没有数值，因此没有得分")]
    NoScore { metric: InputName },
    /// the weights that count add up to {weight}, so the sum is scaled up: {change}
    #[zh("有效权重合计 {weight}，得分按比例放大：{change}")]
    Reweighed {
        weight: Ratio<6>,
        #[place(like = "health")]
        change: Amount,
    },
    /// rounding: {change}
    #[zh("舍入：{change}")]
    Rounding {
        #[place(like = "health")]
        change: Amount,
    },
    /// a health of {health} is below {below}: blue, look at the customer
    #[zh("健康度 {health}，低于 {below}：蓝灯，需关注")]
    Blue {
        #[place(like = "health")]
        health: Amount,
        #[place(like = "health")]
        below: Amount,
    },
    /// a health of {health} is below {below}: yellow, talk about the customer
    #[zh("健康度 {health}，低于 {below}：黄灯，需讨论")]
    Yellow {
        #[place(like = "health")]
        health: Amount,
        #[place(like = "health")]
        below: Amount,
    },
    /// a health of {health} is below {below}: red, act
    #[zh("健康度 {health}，低于 {below}：红灯，需立即行动")]
    Red {
        #[place(like = "health")]
        health: Amount,
        #[place(like = "health")]
        below: Amount,
    },
    /// there is no renewal date
    #[zh("没有续约日期")]
    NoDate,
    /// the renewal was due {days} day{days|s} ago
    #[zh("续约日期已过 {days} 天")]
    Passed { days: Days },
    /// the renewal is due in {days} day{days|s}, which is more than {ahead}
    #[zh("距续约还有 {days} 天，超过 {ahead} 天")]
    NotDue { days: Days, ahead: Days },
    /// the renewal is due in {days} day{days|s}, within {ahead}
    #[zh("距续约还有 {days} 天，在 {ahead} 天以内")]
    Due { days: Days, ahead: Days },
    /// without a score nothing can be said of the renewal
    #[zh("没有得分，无法判断续约风险")]
    NothingToSay,
    /// a health of {health} is below {below}: the renewal is at risk
    #[zh("健康度 {health}，低于 {below}：续约有风险")]
    AtRisk {
        #[place(like = "health")]
        health: Amount,
        #[place(like = "health")]
        below: Amount,
    },
    /// a health of {health} is not below {below}: no risk is seen
    #[zh("健康度 {health}，不低于 {below}：未见续约风险")]
    NoRisk {
        #[place(like = "health")]
        health: Amount,
        #[place(like = "health")]
        below: Amount,
    },
}

#[policy(each, table = "customers", rules = Step, zh = "客户健康度评分，并提前发现续约风险")]
fn customer_health(plan: &Plan, customer: Customer<'_>, why: &mut impl Why) -> Result<Health> {
    let health = score(plan, customer.metrics, why);
    let level = health.map(|health| level(plan, health, why));
    let Some(renewal) = &plan.renewal else {
        return Ok(Health { health, level, renewal_risk: None, at_risk: None, value_at_risk: None });
    };
    let at_risk = at_risk(plan, renewal, customer.renewal_date, health, why);
    Ok(Health {
        health,
        level,
        renewal_risk: at_risk.map(|at_risk| if at_risk { renewal.warning } else { Level::None }),
        at_risk: at_risk.map(|at_risk| Count::from_units(at_risk.into())),
        value_at_risk: customer
            .value
            .zip(at_risk)
            .map(|(value, at_risk)| if at_risk { value } else { Money::ZERO }),
    })
}

/// The score; none where a metric without a value means that there is none, or where none has a value.
fn score(plan: &Plan, cells: Cells<'_>, why: &mut impl Why) -> Option<Amount> {
    let weight = counted_weight(plan, cells, why)?;
    let mut sum = Exact::ZERO;
    for metric in &plan.metrics {
        let Some(score) = metric.score(cells) else { continue };
        let points = score * metric.weight * plan.scale;
        sum += points;
        why.adds(Health::HEALTH, points, |points| told(metric, cells, score, points));
    }
    if plan.missing == Missing::Reweigh && weight != plan.weights_total {
        let scaled = sum * plan.weights_total.over(weight)?;
        why.changes(Health::HEALTH, sum, scaled, |change| Step::Reweighed {
            weight: weight.round(Round::HalfUp),
            change,
        });
        sum = scaled;
    }
    let health = sum.round(plan.round);
    why.settles(Health::HEALTH, health, |change| Step::Rounding { change });
    Some(health)
}

/// The weights of the metrics that have a value; none where there is no score.
fn counted_weight(plan: &Plan, cells: Cells<'_>, why: &mut impl Why) -> Option<Exact> {
    let mut weight = Exact::ZERO;
    for metric in &plan.metrics {
        let name = metric.name();
        match (cells.get(metric.input), plan.missing) {
            (Some(_), _) => weight += metric.weight,
            (None, Missing::Zero) => why.notes(|| Step::CountsAsZero { metric: name }),
            (None, Missing::Reweigh) => why.notes(|| Step::LeftOut { metric: name }),
            (None, Missing::NoScore) => {
                why.notes(|| Step::NoScore { metric: name });
                return None;
            }
        }
    }
    (plan.missing != Missing::Reweigh || !weight.is_zero()).then_some(weight)
}

fn told(metric: &ReadyMetric, cells: Cells<'_>, score: Exact, points: Amount) -> Step {
    Step::Metric {
        metric: metric.name(),
        value: Amount::from_units(cells.get(metric.input).unwrap_or(0)),
        score: score.round(Round::HalfUp),
        weight: metric.weight.round(Round::HalfUp),
        points,
    }
}

/// The worst warning that a score gives.
fn level(plan: &Plan, health: Amount, why: &mut impl Why) -> Level {
    let Some((below, level)) = plan.levels.iter().find(|(below, _)| health < *below) else {
        return Level::None;
    };
    let below = *below;
    why.notes(|| match level {
        Level::Red => Step::Red { health, below },
        Level::Yellow => Step::Yellow { health, below },
        Level::Blue | Level::None => Step::Blue { health, below },
    });
    *level
}

/// Whether a renewal is at risk; none where nothing can be said.
fn at_risk(
    plan: &Plan,
    renewal: &ReadyRenewal,
    date: Option<Date>,
    health: Option<Amount>,
    why: &mut impl Why,
) -> Option<bool> {
    let Some(date) = date else {
        why.notes(|| Step::NoDate);
        return Some(false);
    };
    let (left, ahead) = (plan.days_to(date), Days::from_units(renewal.days));
    let days = Days::from_units(left.abs());
    let is_due = match left {
        ..0 => renewal.overdue == Overdue::AtRisk,
        _ => left <= renewal.days,
    };
    why.notes(|| match (left < 0, is_due) {
        (true, _) => Step::Passed { days },
        (false, true) => Step::Due { days, ahead },
        (false, false) => Step::NotDue { days, ahead },
    });
    if !is_due {
        return Some(false);
    }
    let Some(health) = health else {
        why.notes(|| Step::NothingToSay);
        return None;
    };
    let (at_risk, below) = (health < renewal.below, renewal.below);
    why.notes(|| match at_risk {
        true => Step::AtRisk { health, below },
        false => Step::NoRisk { health, below },
    });
    Some(at_risk)
}

#[cfg(test)]
attain_cases::cases!();
