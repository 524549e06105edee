//! A bonus on satisfaction, renewals and referrals, each through a curve, instead of one on signing.
//!
//! Each metric is worth its weight of the bonus at target, and its curve says how much of that it pays. The cap
//! bounds the sum; a share of the bonus, or of service revenue, is set beside it for a fund.

mod curve;
mod terms;

use attain_sdk::prelude::*;
use terms::{BonusOf, FundOf, Missing, Plan, ReadyMetric};

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Row<'a> {
    /// The metrics that the parameters weigh.
    #[input(each = Plan::inputs)]
    metrics: Cells<'a>,
    /// What is paid where every metric is at its target.
    #[input(when = Plan::target_bonus)]
    target_bonus: Option<Money>,
    /// What the fund takes its share of.
    #[input(when = Plan::service_revenue)]
    service_revenue: Option<Money>,
}

#[derive(Outputs)]
struct Paid {
    /// What is paid.
    #[output(pay)]
    bonus: Money,
    /// The bonus over the bonus at target, before it is rounded; no value where there is no bonus at all.
    #[output(info)]
    achievement: Option<Ratio<6>>,
    /// What goes to the fund for service innovation; no value without a fund.
    #[output(info)]
    fund: Option<Money>,
}

#[derive(Rules)]
enum Step {
    /// {metric} of {value} pays {pays} of its {weight} of {target}: {pay}
    #[zh("{metric} 为 {value}，目标奖金 {target}，权重 {weight}，按 {pays} 计发：{pay}")]
    Metric {
        metric: InputName,
        #[place(like = "metric")]
        value: Amount,
        pays: Ratio<6>,
        weight: Ratio<6>,
        target: Money,
        pay: Money,
    },
    /// {metric} has no value and pays nothing
    #[zh("{metric} 没有数值，不计奖金")]
    PaysNothing { metric: InputName },
    /// {metric} has no value and is left out
    #[zh("{metric} 没有数值，不参与计算")]
    LeftOut { metric: InputName },
    /// {metric} has no value, so there is no bonus
    #[zh("{metric} 没有数值，因此没有奖金")]
    NoBonus { metric: InputName },
    /// the weights that count add up to {weight}, so the sum is scaled up: {change}
    #[zh("有效权重合计 {weight}，奖金按比例放大：{change}")]
    Reweighed { weight: Ratio<6>, change: Money },
    /// at most {cap} of the bonus at target: {change}
    #[zh("封顶为目标奖金的 {cap}：{change}")]
    Cap { cap: Ratio<6>, change: Money },
    /// rounding: {change}
    #[zh("舍入：{change}")]
    Rounding { change: Money },
    /// {share} of {base} goes to the fund for service innovation: {fund}
    #[zh("{base} 的 {share} 计入服务创新基金：{fund}")]
    Fund { share: Ratio<6>, base: Money, fund: Money },
    /// service revenue has no value, so nothing goes to the fund
    #[zh("没有服务收入数据，不计入服务创新基金")]
    NoFund,
}

#[policy(each, rules = Step, zh = "按满意度、续约和转介绍发放奖金，取代签约奖金")]
fn retention_bonus(plan: &Plan, row: Row<'_>, why: &mut impl Why) -> Result<Paid> {
    let target = target(plan, &row)?;
    let achievement = achievement(plan, row.metrics, target, why);
    let bonus = (target * achievement.unwrap_or(Exact::ZERO)).round(plan.round);
    why.settles(Paid::BONUS, bonus, |change| Step::Rounding { change });
    Ok(Paid {
        bonus,
        achievement: achievement.map(|achievement| achievement.round(Round::HalfUp)),
        fund: fund(plan, bonus, row.service_revenue, why),
    })
}

/// What is paid where every metric is at its target.
fn target(plan: &Plan, row: &Row<'_>) -> Result<Money> {
    let target = match plan.bonus {
        BonusOf::Fixed(target) => return Ok(target),
        BonusOf::Given => row.target_bonus,
    };
    match target {
        Some(target) if target >= Money::ZERO => Ok(target),
        Some(_) => Err(Failure::new(
            "out-of-range",
            "`target_bonus` is below zero, and nobody pays a bonus; give it at least 0",
        )),
        None => Err(Failure::new(
            "missing-value",
            "`target_bonus` has no value; give it one, 0 for who has no such bonus",
        )),
    }
}

/// What the metrics pay in all, as a multiple of the bonus at target; none where there is no bonus.
fn achievement(plan: &Plan, cells: Cells<'_>, target: Money, why: &mut impl Why) -> Option<Exact> {
    let weight = counted_weight(plan, cells, why)?;
    let mut sum = Exact::ZERO;
    for metric in &plan.metrics {
        let Some(pays) = metric.pays(cells) else { continue };
        let part = pays * metric.weight;
        sum += part;
        why.adds(Paid::BONUS, target * part, |pay| told(metric, cells, pays, target, pay));
    }
    if plan.missing == Missing::Reweigh && weight != Exact::ONE {
        let scaled = sum.over(weight)?;
        why.changes(Paid::BONUS, target * sum, target * scaled, |change| Step::Reweighed {
            weight: weight.round(Round::HalfUp),
            change,
        });
        sum = scaled;
    }
    if let Some(cap) = plan.cap
        && sum > cap
    {
        why.changes(Paid::BONUS, target * sum, target * cap, |change| Step::Cap {
            cap: cap.round(Round::HalfUp),
            change,
        });
        sum = cap;
    }
    Some(sum)
}

/// The weights of the metrics that have a value; none where there is no bonus.
fn counted_weight(plan: &Plan, cells: Cells<'_>, why: &mut impl Why) -> Option<Exact> {
    let mut weight = Exact::ZERO;
    for metric in &plan.metrics {
        let name = metric.name();
        match (cells.get(metric.input), plan.missing) {
            (Some(_), _) => weight += metric.weight,
            (None, Missing::Zero) => why.notes(|| Step::PaysNothing { metric: name }),
            (None, Missing::Reweigh) => why.notes(|| Step::LeftOut { metric: name }),
            (None, Missing::NoBonus) => {
                why.notes(|| Step::NoBonus { metric: name });
                return None;
            }
        }
    }
    (plan.missing != Missing::Reweigh || !weight.is_zero()).then_some(weight)
}

fn told(metric: &ReadyMetric, cells: Cells<'_>, pays: Exact, target: Money, pay: Money) -> Step {
    Step::Metric {
        metric: metric.name(),
        value: Amount::from_units(cells.get(metric.input).unwrap_or(0)),
        pays: pays.round(Round::HalfUp),
        weight: metric.weight.round(Round::HalfUp),
        target,
        pay,
    }
}

/// What goes to the fund: nothing that anybody is paid.
fn fund(plan: &Plan, bonus: Money, service_revenue: Option<Money>, why: &mut impl Why) -> Option<Money> {
    let fund = plan.fund.as_ref()?;
    let base = if fund.of == FundOf::Bonus { Some(bonus) } else { service_revenue };
    let Some(base) = base else {
        why.notes(|| Step::NoFund);
        return None;
    };
    let (share, fund) = (fund.share, (base * fund.share).round(plan.round));
    why.notes(|| Step::Fund { share, base, fund });
    Some(fund)
}

#[cfg(test)]
attain_cases::cases!();
