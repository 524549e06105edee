//! A team's pool, split among its members to the last cent.
//!
//! The pool is given, or a share of the team's amount that may depend on the team's attainment. What isn't held
//! back is split equally, by contribution, by role or by weight; the cents that are left over go to the largest
//! fractions, ties by participant. A cap cuts what one member gets.

mod terms;

use attain_sdk::prelude::*;
use terms::{Counted, Excess, NegativePool, Plan, Source, SplitBy, Without};

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Member<'a> {
    /// The team that the member belongs to.
    team: &'a str,
    /// What the member adds to the team's amount; none adds nothing.
    #[input(when = Plan::amount)]
    amount: Option<Money>,
    /// What the member adds to the team's target.
    #[input(when = Plan::target)]
    target: Option<Money>,
    /// The team's pool, the same in each member's row.
    #[input(when = Plan::pool)]
    pool: Option<Money>,
    /// Whether the member shares in it; who has no value does.
    eligible: Option<bool>,
    /// What the pool is split by.
    #[input(kind = Plan::contribution_kind, when = Plan::contribution)]
    contribution: Option<Amount>,
    /// How much the member weighs in the split.
    #[input(when = Plan::weight)]
    weight: Option<Ratio<6>>,
    /// The member's role.
    #[input(when = Plan::role)]
    role: Option<&'a str>,
}

#[derive(Outputs, Default, Clone)]
struct Share {
    /// The member's share.
    #[output(pay)]
    share: Money,
}

#[derive(Outputs)]
#[outputs(per = "group")]
struct Team {
    /// The team's pool, before anything is held back.
    #[output(info)]
    pool: Money,
    /// The team's amount over its target; no value without a target.
    #[output(info)]
    team_attainment: Option<Ratio<6>>,
    /// What of the pool nobody gets: the reserve, what caps cut off, and all of it where nobody shares.
    #[output(info)]
    undistributed: Money,
}

#[derive(Rules)]
enum Step {
    /// the team's {amount} at {rate} makes a pool of {pool}
    #[zh("团队金额 {amount} 按 {rate} 形成奖金池 {pool}")]
    Pool { amount: Money, rate: Ratio<6>, pool: Money },
    /// the team stands at {attainment} of its target
    #[zh("团队完成率为 {attainment}")]
    Attainment { attainment: Ratio<6> },
    /// the team's pool is {pool}
    #[zh("团队奖金池为 {pool}")]
    GivenPool { pool: Money },
    /// the pool is below zero, so nobody gets or pays anything
    #[zh("奖金池为负，不分配")]
    NegativePool,
    /// {reserve} of it is held back
    #[zh("其中留存 {reserve}")]
    Reserve { reserve: Money },
    /// split equally among {members}: {share}
    #[zh("由 {members} 人平分：{share}")]
    EqualShare { members: Count, share: Money },
    /// {contribution} of {total} contributed: {share}
    #[zh("贡献 {contribution}，团队合计 {total}：{share}")]
    ContributionShare {
        #[place(like = "contribution")]
        contribution: Amount,
        #[place(like = "contribution")]
        total: Amount,
        share: Money,
    },
    /// a weight of {weight} of {total}: {share}
    #[zh("权重 {weight}，权重合计 {total}：{share}")]
    WeightShare { weight: Ratio<6>, total: Ratio<6>, share: Money },
    /// at most {cap} goes to one member: {change}
    #[zh("每人封顶 {cap}：{change}")]
    Cap { cap: Money, change: Money },
    /// what caps cut off is shared among the others: {change}
    #[zh("超出封顶的部分由其他人分享：{change}")]
    Redistributed { change: Money },
    /// not eligible this period
    #[zh("本期不参与分配")]
    NotEligible,
}

#[policy(by = "team", rules = Step, zh = "团队奖金池分给成员，分毫不差")]
fn team_pool(plan: &Plan, members: &[Member<'_>], shares: &mut [Share], why: &mut impl Why) -> Result<Team> {
    let (pool, attainment) = pool(plan, members, why)?;
    let reserve: Money = (pool * plan.reserve).round(plan.round);
    let weights = weights(plan, members)?;
    let base = split(pool - reserve, &weights);
    let capped: Option<Vec<Money>> = plan.cap.map(|cap| match plan.excess {
        Excess::Stays => base.iter().map(|share| *share.min(&cap)).collect(),
        Excess::Redistributed => split_capped(pool - reserve, &weights, cap),
    });
    let paid = capped.as_ref().unwrap_or(&base);
    let mut distributed = Money::ZERO;
    for (i, (((share, member), base), paid)) in
        shares.iter_mut().zip(members).zip(&base).zip(paid).enumerate()
    {
        share.share = *paid;
        distributed += *paid;
        if !shares_in(member) {
            why.of(i).notes(|| Step::NotEligible);
            continue;
        }
        if reserve != Money::ZERO {
            why.of(i).notes(|| Step::Reserve { reserve });
        }
        why.of(i).adds(Share::SHARE, *base, |share| explained(plan, &weights, i, share));
        if let Some(cap) = plan.cap {
            why.of(i).settles(Share::SHARE, *paid, |change| match change < Money::ZERO {
                true => Step::Cap { cap, change },
                false => Step::Redistributed { change },
            });
        }
    }
    Ok(Team {
        pool,
        team_attainment: attainment.map(|attainment| attainment.round(Round::HalfUp)),
        undistributed: pool - distributed,
    })
}

fn shares_in(member: &Member<'_>) -> bool {
    member.eligible.unwrap_or(true)
}

/// The pool in whole cents, and the team's attainment.
fn pool(plan: &Plan, members: &[Member<'_>], why: &mut impl Why) -> Result<(Money, Option<Exact>)> {
    let (mut amount, mut target) = (Money::ZERO, Money::ZERO);
    for member in members {
        if plan.counted == Counted::Everybody || shares_in(member) {
            amount += member.amount.unwrap_or_default();
            target += member.target.unwrap_or_default();
        }
    }
    let attainment = if target > Money::ZERO { amount.over(target) } else { None };
    let rate = match &plan.source {
        Source::Given => {
            let pool = given(members)?;
            each(members, why, || Step::GivenPool { pool });
            return Ok((not_negative(plan, pool, members, why), None));
        }
        Source::Rate(rate) => rate.exact(),
        Source::Tiers(table, without) => match (attainment, without) {
            (Some(_), _) => match table.reached(amount.units(), target.units()) {
                Some(tier) => table.rate(tier),
                None => Exact::ZERO,
            },
            (None, Without::FirstRate) => table.rate(0),
            (None, Without::Nothing) => Exact::ZERO,
        },
    };
    let pool: Money = (amount * rate).round(plan.round);
    if let Some(attainment) = attainment {
        each(members, why, || Step::Attainment { attainment: attainment.round(Round::HalfUp) });
    }
    each(members, why, || Step::Pool { amount, rate: rate.round(Round::HalfUp), pool });
    Ok((not_negative(plan, pool, members, why), attainment))
}

/// Tells every member the same.
fn each(members: &[Member<'_>], why: &mut impl Why, step: impl Fn() -> Step) {
    for i in 0..members.len() {
        why.of(i).notes(&step);
    }
}

fn not_negative(plan: &Plan, pool: Money, members: &[Member<'_>], why: &mut impl Why) -> Money {
    if pool >= Money::ZERO || plan.negative_pool == NegativePool::Shared {
        return pool;
    }
    each(members, why, || Step::NegativePool);
    Money::ZERO
}

/// The pool that all members' rows name.
fn given(members: &[Member<'_>]) -> Result<Money> {
    let mut pool = None;
    for (i, member) in members.iter().enumerate() {
        match (pool, member.pool) {
            (None, named) => pool = named,
            (Some(first), Some(named)) if first != named => {
                let message = format!(
                    "the rows of team `{}` name different pools, expected one and the same",
                    member.team
                );
                return Err(Failure::new("pools-differ", message).in_row(i));
            }
            _ => {}
        }
    }
    pool.ok_or_else(|| {
        let team = members.first().map_or("", |member| member.team);
        Failure::new("missing-value", format!("no row of team `{team}` has a `pool`, expected one in each"))
    })
}

/// What each member weighs in the split; who doesn't share weighs nothing.
fn weights(plan: &Plan, members: &[Member<'_>]) -> Result<Vec<i64>> {
    let mut weights = Vec::with_capacity(members.len());
    for (i, member) in members.iter().enumerate() {
        let weight = match &plan.split {
            _ if !shares_in(member) => 0,
            SplitBy::Equal => 1,
            SplitBy::Contribution => member.contribution.map_or(0, Amount::units),
            SplitBy::Weight => member.weight.map_or(0, Ratio::units),
            SplitBy::Role(weights) => match member.role.and_then(|role| weights.get(role)) {
                Some(weight) => weight.units(),
                None => return Err(no_role(member.role, weights).in_row(i)),
            },
        };
        weights.push(weight.max(0));
    }
    Ok(weights)
}

fn no_role(role: Option<&str>, weights: &Named<Ratio<6>>) -> Failure {
    let known: Vec<&str> = weights.keys().collect();
    let expected =
        format!("expected one of `{}`; give it a weight in `split.role`", attain_sdk::listed(&known));
    match role {
        Some(role) => Failure::new("unknown-role", format!("role `{role}` has no weight, {expected}")),
        None => Failure::new("missing-value", format!("the member has no `role`, {expected}")),
    }
}

fn explained(plan: &Plan, weights: &[i64], i: usize, share: Money) -> Step {
    let weight = weights.get(i).copied().unwrap_or(0);
    let total = || weights.iter().copied();
    match plan.split {
        SplitBy::Equal => Step::EqualShare { members: total().map(Count::from_units).sum(), share },
        SplitBy::Contribution => Step::ContributionShare {
            contribution: Amount::from_units(weight),
            total: total().map(Amount::from_units).sum(),
            share,
        },
        SplitBy::Weight | SplitBy::Role(_) => Step::WeightShare {
            weight: Ratio::from_units(weight),
            total: total().map(Ratio::from_units).sum(),
            share,
        },
    }
}

#[cfg(test)]
attain_cases::cases!();
