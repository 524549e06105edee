//! An open deal's stage, its age, the decision chain and the next step make points and a level.
//!
//! A healthy deal moves: it is not longer in its stage than usual, more than one person decides with us, and the
//! next step has a day. Each of these gives points; the fewer there are, the worse the level.

mod terms;

use attain_sdk::prelude::*;
use terms::{Missing, Plan, ReadyStage};

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Deal<'a> {
    /// The stage that the deal is in.
    #[input(when = Plan::always)]
    stage: Option<&'a str>,
    /// The day on which it came into that stage.
    #[input(when = Plan::always)]
    stage_since: Option<Date>,
    /// How many people of the decision chain are in contact.
    #[input(when = Plan::always)]
    contacts: Option<Count>,
    /// The day of the next step; a deal without one has no next step.
    #[input(when = Plan::next_step_on)]
    next_step_on: Option<Date>,
    /// Whether a next step is set.
    #[input(when = Plan::next_step_flag)]
    next_step: Option<bool>,
    /// What the deal is worth, to add up what is at risk.
    amount: Option<Money>,
}

#[derive(Outputs)]
struct Health {
    /// The deal's points; a person's are those of the healthiest deal.
    #[output(score, fold = "max")]
    points: Option<Points>,
    /// The deal's level; a person's is that of the worst deal.
    #[output(alert, fold = "max")]
    level: Option<Level>,
    /// 1 for a deal at risk, so that a person's are counted.
    #[output(info, fold = "sum")]
    at_risk: Option<Count>,
    /// The amount of a deal at risk.
    #[output(info, fold = "sum")]
    amount_at_risk: Option<Money>,
}

#[derive(Rules)]
enum Step {
    /// the stage gives {worth} of its {most} points: {points}
    #[zh("阶段满分 {most} 分，所处阶段计 {worth}：{points} 分")]
    Stage { worth: Ratio, most: Points, points: Points },
    /// {days} day{days|s} in this stage, where {usual} {usual|is|are} usual: {points} points
    #[zh("在本阶段 {days} 天，通常 {usual} 天：{points} 分")]
    Age { days: Days, usual: Days, points: Points },
    /// {contacts} {contacts|person|people} of the decision chain, where there should be {wanted}: {points} points
    #[zh("已接触决策链 {contacts} 人，应接触 {wanted} 人：{points} 分")]
    Contacts { contacts: Count, wanted: Count, points: Points },
    /// a next step is set: {points} points
    #[zh("已约定下一步：{points} 分")]
    NextSet { points: Points },
    /// no next step is set, or its day is past: agree on one with the customer
    #[zh("没有下一步，或约定日期已过：与客户约定下一步")]
    NextNotSet,
    /// the age isn't known
    #[zh("停留天数不明")]
    NoAge,
    /// the contacts aren't known
    #[zh("接触人数不明")]
    NoContacts,
    /// whether a next step is set isn't known
    #[zh("是否已约定下一步不明")]
    NextNotKnown,
    /// so there are no points
    #[zh("因此不评分")]
    NoPoints,
    /// the deal has no stage, or one that isn't scored
    #[zh("商机没有阶段，或该阶段不评分")]
    NotScored,
    /// rounding: {change}
    #[zh("舍入：{change}")]
    Rounding { change: Points },
    /// {points} points are under {under}: {level}
    #[zh("{points} 分，低于 {under} 分：{level}灯")]
    Level { points: Points, under: Points, level: Level },
    /// {points} points: healthy
    #[zh("{points} 分：健康")]
    Healthy { points: Points },
}

#[policy(each, table = "deals", rules = Step, zh = "商机的阶段、停留天数、决策链与下一步，合成健康分与等级")]
fn opportunity_health(plan: &Plan, deal: Deal<'_>, why: &mut impl Why) -> Result<Health> {
    let mut health = Health { points: None, level: None, at_risk: None, amount_at_risk: None };
    let Some(stage) = deal.stage.and_then(|stage| plan.stage(stage)) else {
        why.notes(|| Step::NotScored);
        return Ok(health);
    };
    let Some(points) = points(plan, stage, &deal, why) else {
        why.notes(|| Step::NoPoints);
        return Ok(health);
    };
    let level = match plan.level(points) {
        None => {
            why.notes(|| Step::Healthy { points });
            Level::None
        }
        Some((under, level)) => {
            why.notes(|| Step::Level { points, under, level });
            level
        }
    };
    let at_risk = level >= plan.at_risk_from;
    health.points = Some(points);
    health.level = Some(level);
    health.at_risk = Some(Count::from_units(at_risk.into()));
    health.amount_at_risk = deal.amount.map(|amount| if at_risk { amount } else { Money::ZERO });
    Ok(health)
}

/// The deal's points; none where a part isn't known and that means that there are none.
fn points(plan: &Plan, stage: &ReadyStage, deal: &Deal<'_>, why: &mut impl Why) -> Option<Points> {
    let age = deal.stage_since.and_then(|since| plan.age(since));
    let contacts = deal.contacts.filter(|contacts| *contacts >= Count::ZERO);
    let next_step = plan.has_next_step(deal.next_step_on, deal.next_step);
    if plan.missing == Missing::NoScore && (age.is_none() || contacts.is_none() || next_step.is_none()) {
        tell_unknown(age, contacts, next_step, why);
        return None;
    }
    let mut sum = plan.stage_points * stage.worth;
    why.adds(Health::POINTS, sum, |points| Step::Stage {
        worth: stage.worth,
        most: plan.stage_points,
        points,
    });
    if let Some(days) = age {
        let part = plan.age_points * plan.freshness(stage, days);
        why.adds(Health::POINTS, part, |points| Step::Age { days, usual: stage.usual, points });
        sum += part;
    }
    if let Some(contacts) = contacts {
        let breadth = contacts.over(stage.contacts).unwrap_or(Exact::ONE).at_most(Exact::ONE);
        let part = plan.contacts_points * breadth;
        let wanted = stage.contacts;
        why.adds(Health::POINTS, part, |points| Step::Contacts { contacts, wanted, points });
        sum += part;
    }
    match next_step {
        Some(true) => {
            why.adds(Health::POINTS, plan.next_step_points, |points| Step::NextSet { points });
            sum += plan.next_step_points;
        }
        Some(false) => why.notes(|| Step::NextNotSet),
        None => {}
    }
    tell_unknown(age, contacts, next_step, why);
    let points = sum.round(plan.round);
    why.settles(Health::POINTS, points, |change| Step::Rounding { change });
    Some(points)
}

fn tell_unknown(age: Option<Days>, contacts: Option<Count>, next_step: Option<bool>, why: &mut impl Why) {
    if age.is_none() {
        why.notes(|| Step::NoAge);
    }
    if contacts.is_none() {
        why.notes(|| Step::NoContacts);
    }
    if next_step.is_none() {
        why.notes(|| Step::NextNotKnown);
    }
}

#[cfg(test)]
attain_cases::cases!();
