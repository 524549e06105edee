//! A target amount times a payout curve over attainment, less what was paid to date.
//!
//! The curve goes through points such as floor, target and excellence, in straight lines or in steps; above the
//! last each point of attainment may add more. A plan that trues up over the year pays what is earned to date
//! less what was paid to date. Attainment and payout are exact; the bonus is rounded once.

mod terms;

use attain_sdk::prelude::*;
use terms::{Overpaid, Payout, Plan, Without};

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Row {
    /// What is paid where the target is met exactly.
    target_amount: Money,
    /// What was reached.
    #[input(kind = Plan::figures, when = Plan::quotient)]
    result: Option<Amount>,
    /// What was to be reached.
    #[input(kind = Plan::figures, when = Plan::quotient)]
    target: Option<Amount>,
    /// What was reached over what was to be reached.
    #[input(when = Plan::value)]
    attainment: Option<Ratio<6>>,
    /// What the year has paid before this period. No value is nothing yet.
    #[input(when = Plan::paid_to_date)]
    paid_to_date: Option<Money>,
}

#[derive(Outputs)]
struct Bonus {
    /// What is paid.
    #[output(pay)]
    bonus: Money,
    /// What is earned, before what was paid to date is taken off.
    #[output(info)]
    earned: Money,
    /// What is earned over the target amount; no value without an attainment.
    #[output(info)]
    payout: Option<Ratio<6>>,
    /// Result over target; no value without a target.
    #[output(info)]
    attainment: Option<Ratio<6>>,
}

#[derive(Rules)]
enum Step {
    /// attainment is {attainment}, below {first}, so nothing is earned
    #[zh("完成率 {attainment} 低于起付线 {first}，不计奖金")]
    Below { attainment: Ratio<6>, first: Ratio<6> },
    /// attainment of {attainment} pays {payout} of {target_amount}: {pay}
    #[zh("完成率 {attainment} 对应目标奖金 {target_amount} 的 {payout}：{pay}")]
    Curve { attainment: Ratio<6>, payout: Ratio<6>, target_amount: Money, pay: Money },
    /// {points} point{points|s} of attainment above {from} pay{points|s|} {per_point} each: {pay}
    #[zh("超过 {from} 的 {points} 个百分点，每个百分点计 {per_point}：{pay}")]
    Beyond { points: Count<2>, from: Ratio<6>, per_point: Ratio<6>, pay: Money },
    /// there is no target, so nothing is earned
    #[zh("没有目标，不计奖金")]
    NoTarget,
    /// there is no target, so the target amount is earned: {pay}
    #[zh("没有目标，按目标奖金计：{pay}")]
    TargetAmount { pay: Money },
    /// at most {cap} of the target amount is earned: {change}
    #[zh("封顶为目标奖金的 {cap}：{change}")]
    Cap { cap: Ratio<6>, change: Money },
    /// rounding: {change}
    #[zh("舍入：{change}")]
    Rounding { change: Money },
    /// {paid} was paid to date: {change}
    #[zh("本年此前已发 {paid}：{change}")]
    PaidToDate { paid: Money, change: Money },
    /// more was paid to date than is earned, and it isn't taken back: {change}
    #[zh("已发多于应得，不追回：{change}")]
    NotTakenBack { change: Money },
}

#[policy(each, rules = Step, zh = "目标奖金按完成率曲线计发，可按年累计多退少补")]
fn target_bonus(plan: &Plan, row: Row, why: &mut impl Why) -> Result<Bonus> {
    let attainment = attainment(&row);
    let payout = attainment.map(|attainment| payout(plan, &row, attainment, why));
    let share = payout.unwrap_or_else(|| without_target(plan, &row, why));
    let earned: Money = (row.target_amount * share).round(plan.round);
    why.settles(Bonus::BONUS, earned, |change| Step::Rounding { change });
    Ok(Bonus {
        bonus: less_paid(plan, earned, row.paid_to_date, why),
        earned,
        payout: payout.map(|payout| payout.round(Round::HalfUp)),
        attainment: attainment.map(|attainment| attainment.round(Round::HalfUp)),
    })
}

/// What was reached over what was to be reached; none without a target above zero.
fn attainment(row: &Row) -> Option<Exact> {
    let quotient = |result: Amount| result.over(row.target.filter(|target| *target > Amount::ZERO)?);
    row.attainment.map(Ratio::exact).or_else(|| row.result.and_then(quotient))
}

/// What an attainment earns, in multiples of the target amount.
fn payout(plan: &Plan, row: &Row, attainment: Exact, why: &mut impl Why) -> Exact {
    let shown = |value: Exact| value.round(Round::HalfUp);
    let amount = row.target_amount;
    let Payout::Earned { curve, beyond } = plan.payout(attainment) else {
        why.notes(|| Step::Below { attainment: shown(attainment), first: shown(plan.first()) });
        return Exact::ZERO;
    };
    why.adds(Bonus::BONUS, amount * curve, |pay| Step::Curve {
        attainment: shown(attainment),
        payout: shown(curve),
        target_amount: amount,
        pay,
    });
    let mut payout = curve;
    if let Some(beyond) = beyond {
        let more = beyond.points * beyond.per_point;
        payout += more;
        why.adds(Bonus::BONUS, amount * more, |pay| Step::Beyond {
            points: beyond.points.round(Round::HalfUp),
            from: shown(beyond.from),
            per_point: shown(beyond.per_point),
            pay,
        });
    }
    if let Some(cap) = plan.cap
        && payout > cap.exact()
    {
        why.changes(Bonus::BONUS, amount * payout, amount * cap, |change| Step::Cap { cap, change });
        payout = cap.exact();
    }
    payout
}

/// What somebody without an attainment earns, in multiples of the target amount.
fn without_target(plan: &Plan, row: &Row, why: &mut impl Why) -> Exact {
    match plan.without_target {
        Without::Nothing => {
            why.notes(|| Step::NoTarget);
            Exact::ZERO
        }
        Without::TargetAmount => {
            why.adds(Bonus::BONUS, row.target_amount, |pay| Step::TargetAmount { pay });
            Exact::ONE
        }
    }
}

/// What is left to be paid of what is earned to date.
fn less_paid(plan: &Plan, earned: Money, paid: Option<Money>, why: &mut impl Why) -> Money {
    if !plan.to_date {
        return earned;
    }
    if let Some(paid) = paid {
        why.adds(Bonus::BONUS, -paid, |change| Step::PaidToDate { paid, change });
    }
    let paid = paid.unwrap_or_default();
    let left = earned - paid;
    if left >= Money::ZERO || plan.overpaid == Overpaid::TakenBack {
        return left;
    }
    why.adds(Bonus::BONUS, -left, |change| Step::NotTakenBack { change });
    Money::ZERO
}

#[cfg(test)]
attain_cases::cases!();
