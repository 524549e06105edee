//! A lead earns on what the team sold or was paid.
//!
//! What the team has is a roll-up that the plan binds. The lead earns one rate of it, or the rate that the
//! team's attainment reaches, for the whole or slice by slice; with or without what the lead sold themselves.
//! Caps are an amount and a share of the lead's own pay.

mod terms;

use attain_sdk::prelude::*;
use terms::{Mode, Negative, Plan, Rates, Without};

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Row {
    /// What the lead's team sold or was paid, added up. No value is no team.
    #[input(when = Plan::always)]
    team_amount: Option<Money>,
    /// The team's targets, added up.
    #[input(when = Plan::team_target)]
    team_target: Option<Money>,
    /// What the lead sold or was paid.
    #[input(when = Plan::own_amount)]
    own_amount: Option<Money>,
    /// The lead's own target.
    #[input(when = Plan::own_target)]
    own_target: Option<Money>,
    /// The lead's own pay, of which the override is at most a share.
    #[input(when = Plan::own_pay)]
    own_pay: Option<Money>,
    /// Whether the person leads a team. Who has no value does where the team has an amount or a target.
    is_lead: Option<bool>,
}

#[derive(Outputs)]
struct Override {
    /// What is paid.
    #[output(pay)]
    override_pay: Money,
    /// What it is earned on.
    #[output(info)]
    counted: Money,
    /// That over the target; no value without a target.
    #[output(info)]
    team_attainment: Option<Ratio<6>>,
    /// The rate that applies, or the one of the tier that is reached.
    #[output(info)]
    rate: Option<Ratio<6>>,
}

#[derive(Rules)]
enum Step {
    /// no team, so no override
    #[zh("没有团队，不计管理提成")]
    NoTeam,
    /// the team has {team} and the lead {own}, which makes {counted}
    #[zh("团队 {team}，本人 {own}，合计 {counted}")]
    WithOwn { team: Money, own: Money, counted: Money },
    /// the team stands at {attainment} of its target of {target}
    #[zh("团队目标 {target}，完成率 {attainment}")]
    Attainment { attainment: Ratio<6>, target: Money },
    /// {amount} earns {rate}: {pay}
    #[zh("{amount} 按 {rate} 计提：{pay}")]
    Rate { amount: Money, rate: Ratio<6>, pay: Money },
    /// {amount} from {from} of the target on earns {rate}: {pay}
    #[zh("完成率 {from} 以上的 {amount} 按 {rate} 计提：{pay}")]
    Slice { amount: Money, from: Ratio<6>, rate: Ratio<6>, pay: Money },
    /// the team lies below the first tier and earns the lead nothing
    #[zh("团队未达到第一档，不计提")]
    BelowTiers,
    /// there is no target, so nothing is earned
    #[zh("没有团队目标，不计提")]
    NoTarget,
    /// the amount of {amount} is below zero and earns nothing
    #[zh("金额 {amount} 为负，不计提")]
    Negative { amount: Money },
    /// at most {share} of the own pay of {own_pay}: {change}
    #[zh("封顶为本人收入 {own_pay} 的 {share}：{change}")]
    CapShare { share: Ratio<6>, own_pay: Money, change: Money },
    /// at most {cap}: {change}
    #[zh("封顶 {cap}：{change}")]
    Cap { cap: Money, change: Money },
    /// rounding: {change}
    #[zh("舍入：{change}")]
    Rounding { change: Money },
}

#[policy(each, rules = Step, zh = "主管按团队业绩或团队收入计提管理提成")]
fn team_override(plan: &Plan, row: Row, why: &mut impl Why) -> Result<Override> {
    let has = |amount: Option<Money>| amount.is_some_and(|amount| amount != Money::ZERO);
    if !row.is_lead.unwrap_or(has(row.team_amount) || has(row.team_target)) {
        why.notes(|| Step::NoTeam);
        return Ok(Override {
            override_pay: Money::ZERO,
            counted: Money::ZERO,
            team_attainment: None,
            rate: None,
        });
    }
    let (team, own) = (row.team_amount.unwrap_or_default(), row.own_amount.unwrap_or_default());
    let counted = team + own;
    if own != Money::ZERO {
        why.notes(|| Step::WithOwn { team, own, counted });
    }
    let target = row.team_target.unwrap_or_default() + row.own_target.unwrap_or_default();
    let target = (target > Money::ZERO).then_some(target);
    let attainment: Option<Ratio<6>> =
        target.and_then(|target| Some(counted.over(target)?.round(Round::HalfUp)));
    if let (Some(attainment), Some(target)) = (attainment, target) {
        why.notes(|| Step::Attainment { attainment, target });
    }
    let (pay, rate) = earned(plan, counted, target, why);
    Ok(Override {
        override_pay: finished(plan, pay, row.own_pay, why)?,
        counted,
        team_attainment: attainment,
        rate: rate.map(|rate| rate.round(Round::HalfUp)),
    })
}

/// What the amount earns, and at which rate.
fn earned(plan: &Plan, amount: Money, target: Option<Money>, why: &mut impl Why) -> (Exact, Option<Exact>) {
    if amount < Money::ZERO && plan.negative == Negative::Nothing {
        why.notes(|| Step::Negative { amount });
        return (Exact::ZERO, None);
    }
    match (&plan.rates, target) {
        (Rates::One(rate), _) => at(amount, rate.exact(), why),
        (Rates::Tiers(table, _), _) if amount < Money::ZERO => at(amount, table.rate(0), why),
        (Rates::Tiers(table, Mode::Marginal), Some(target)) => {
            let (amount, target) = (amount.units(), target.units());
            let pay = table.marginal(0, amount, target, |slice| {
                why.adds(Override::OVERRIDE_PAY, slice, |pay| Step::Slice {
                    amount: slice.credit().round(Round::HalfUp),
                    from: table.from(slice.tier).round(Round::HalfUp),
                    rate: slice.rate().round(Round::HalfUp),
                    pay,
                });
            });
            let reached = table.reached(amount, target);
            if reached.is_none() {
                why.notes(|| Step::BelowTiers);
            }
            (pay, reached.map(|tier| table.rate(tier)))
        }
        (Rates::Tiers(table, Mode::Retroactive), Some(target)) => {
            match table.reached(amount.units(), target.units()) {
                Some(tier) => at(amount, table.rate(tier), why),
                None => {
                    why.notes(|| Step::BelowTiers);
                    (Exact::ZERO, None)
                }
            }
        }
        (Rates::Tiers(table, _), None) if plan.without_target == Without::FirstRate => {
            at(amount, table.rate(0), why)
        }
        (Rates::Tiers(..), None) => {
            why.notes(|| Step::NoTarget);
            (Exact::ZERO, None)
        }
    }
}

/// The whole amount at one rate.
fn at(amount: Money, rate: Exact, why: &mut impl Why) -> (Exact, Option<Exact>) {
    let pay = amount * rate;
    why.adds(Override::OVERRIDE_PAY, pay, |pay| Step::Rate { amount, rate: rate.round(Round::HalfUp), pay });
    (pay, Some(rate))
}

/// Caps, and the rounding.
fn finished(plan: &Plan, earned: Exact, own_pay: Option<Money>, why: &mut impl Why) -> Result<Money> {
    let mut pay = earned;
    if let Some(share) = plan.cap_share {
        let own_pay = own_pay.ok_or_else(|| {
            let message = "`own_pay` has no value and caps the override; give it one, 0 for nothing";
            Failure::new("missing-value", message)
        })?;
        let most = own_pay.max(Money::ZERO) * share;
        if pay > most {
            why.changes(Override::OVERRIDE_PAY, pay, most, |change| Step::CapShare {
                share,
                own_pay,
                change,
            });
            pay = most;
        }
    }
    if let Some(cap) = plan.cap
        && pay > cap.exact()
    {
        why.changes(Override::OVERRIDE_PAY, pay, cap, |change| Step::Cap { cap, change });
        pay = cap.exact();
    }
    let pay = pay.round(plan.round);
    why.settles(Override::OVERRIDE_PAY, pay, |change| Step::Rounding { change });
    Ok(pay)
}

#[cfg(test)]
attain_cases::cases!();
