//! Results against behaviour: a low result with much interaction questions the target, with little the process.
//!
//! Somebody's interaction with customers is compared with that of their peers. Much of it and a low result point
//! to the market: a lower target is proposed, within a bound. Little of it points to the process. Whoever missed
//! the target several periods in a row while active is found, too.

mod terms;

use attain_sdk::prelude::*;
use terms::{Plan, Together, UnknownPeriod};

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Row<'a> {
    /// What was achieved.
    #[input(kind = Plan::figures, when = Plan::always)]
    result: Option<Amount>,
    /// The target for it.
    #[input(kind = Plan::figures, when = Plan::always)]
    target: Option<Amount>,
    /// How much somebody worked with customers: visits, calls, meetings.
    #[input(kind = Plan::interactions, when = Plan::always)]
    interaction: Option<Amount>,
    /// The target for that. Without one nobody is found to have missed the target while active.
    #[input(kind = Plan::interactions)]
    interaction_target: Option<Amount>,
    /// How many periods in a row before this one the target was missed while active.
    missed_while_active: Option<Count>,
    /// Whose rows are compared with each other.
    #[input(when = Plan::peer_group)]
    #[expect(dead_code, reason = "the host groups by it")]
    peer_group: Option<&'a str>,
}

#[derive(Outputs, Default, Clone)]
#[outputs(plan = Plan)]
struct Judged {
    /// What result and interaction say together; no value where one of them isn't known.
    #[output(info)]
    verdict: Option<Verdict>,
    /// Process and repetition warn; the market doesn't.
    #[output(alert)]
    level: Level,
    /// By how much the target should move: below zero, or nothing.
    #[output(target_change, kind = Plan::figures)]
    target_change: Option<Amount>,
    /// The target with that change.
    #[output(info, kind = Plan::figures)]
    proposed_target: Option<Amount>,
    /// Result over target; no value without a target above zero.
    #[output(info)]
    attainment: Option<Ratio<6>>,
    /// The mean interaction of the peers.
    #[output(info, kind = Plan::interactions)]
    peers_mean: Option<Amount>,
    /// How far the interaction lies above the mean, or below it.
    #[output(info)]
    interaction_deviation: Option<Ratio<6>>,
    /// How many periods in a row the target was missed while active, this one included.
    #[output(carry)]
    missed_while_active: Option<Count>,
}

/// What result and interaction say together.
#[derive(Labels, Clone, Copy, PartialEq)]
enum Verdict {
    /// on course
    #[zh("正常")]
    OnCourse,
    /// market
    #[zh("市场问题")]
    Market,
    /// process
    #[zh("过程问题")]
    Process,
    /// unclear
    #[zh("原因待查")]
    Unclear,
}

#[derive(Rules)]
enum Step {
    /// {result} of a target of {target}: {attainment}
    #[zh("业绩 {result}，目标 {target}，完成率 {attainment}")]
    Attainment {
        #[place(like = "result")]
        result: Amount,
        #[place(like = "target")]
        target: Amount,
        attainment: Ratio<6>,
    },
    /// interaction of {interaction} against a mean of {mean} of {people} {people|person|people}: {deviation}
    #[zh("客户互动 {interaction}，{people} 人的平均值为 {mean}，偏离 {deviation}")]
    Interaction {
        #[place(like = "interaction")]
        interaction: Amount,
        #[place(like = "peers_mean")]
        mean: Amount,
        people: Count,
        deviation: Ratio<6>,
    },
    /// only {people} {people|person has|people have} interaction to compare with and {least} {least|is|are} needed, so it isn't judged
    #[zh("只有 {people} 人的互动数据可比，至少需要 {least} 人，不作判断")]
    FewPeers { people: Count, least: Count },
    /// result, target or interaction isn't known, so there is no verdict
    #[zh("业绩、目标或互动数据不全，不作判断")]
    NotKnown,
    /// the result isn't low, so there is nothing to find
    #[zh("业绩不低，无需查找原因")]
    OnCourse,
    /// the result is low with much interaction, so the market is at fault: {change} to the target is proposed
    #[zh("互动充分而业绩偏低，问题在市场，建议目标调整 {change}")]
    Market {
        #[place(like = "target")]
        change: Amount,
    },
    /// a target moves by at most {most} at a time
    #[zh("单次调整不超过目标的 {most}")]
    Bound { most: Ratio<6> },
    /// the result is low and so is interaction: plan the visits together and go through them every week
    #[zh("业绩偏低，互动也不足：一起排定拜访计划，每周过一遍过程")]
    Process,
    /// the result is low with usual interaction: look for the cause together, in skills, offer and customers
    #[zh("业绩偏低，互动与同事相当：从技能、方案和客户三方面一起查找原因")]
    Unclear,
    /// interaction of {interaction} reached its target of {target}, and the sales target was missed: {periods} period{periods|s} in a row
    #[zh("互动 {interaction} 已达目标 {target}，业绩目标仍未完成：连续 {periods} 期")]
    MissedWhileActive {
        #[place(like = "interaction")]
        interaction: Amount,
        #[place(like = "interaction_target")]
        target: Amount,
        periods: Count,
    },
    /// that is {periods} period{periods|s} or more of missing the target while active: question the target or the approach, not the effort
    #[zh("互动到位却已连续 {periods} 期或更久未完成目标：该检视的是目标或打法，而不是努力程度")]
    Repeated { periods: Count },
    /// this period isn't known, so the count of {periods} period{periods|s} stays
    #[zh("本期数据不全，连续期数 {periods} 保持不变")]
    CountStays { periods: Count },
}

#[policy(grouping = Plan::grouping, rules = Step, zh = "业绩与行为对照：互动多而业绩低查目标，互动少而业绩低管过程")]
fn deviation(plan: &Plan, rows: &[Row<'_>], judged: &mut [Judged], why: &mut impl Why) -> Result<()> {
    let known = || rows.iter().filter_map(|row| row.interaction);
    let all = Together { sum: known().sum(), people: known().map(|_| Count::from_units(1)).sum() };
    for (i, (row, judged)) in rows.iter().zip(judged).enumerate() {
        let attainment = attainment(row, why.of(i));
        let deviation = interaction(plan, &all, row, judged, why.of(i));
        judged.attainment = attainment.map(|attainment| attainment.round(Round::HalfUp));
        judged.interaction_deviation = deviation.map(|deviation| deviation.round(Round::HalfUp));
        match attainment.zip(deviation) {
            None => why.of(i).notes(|| Step::NotKnown),
            Some((attainment, deviation)) => verdict(plan, attainment, deviation, row, judged, why.of(i)),
        }
        count(plan, attainment, row, judged, why.of(i));
    }
    Ok(())
}

fn attainment(row: &Row<'_>, why: &mut impl Why) -> Option<Exact> {
    let target = row.target.filter(|target| *target > Amount::ZERO)?;
    let result = row.result?;
    let attainment = result.over(target)?;
    why.notes(|| Step::Attainment { result, target, attainment: attainment.round(Round::HalfUp) });
    Some(attainment)
}

/// How far somebody's interaction lies above the mean; none where there is no mean to speak of.
fn interaction(
    plan: &Plan,
    all: &Together,
    row: &Row<'_>,
    judged: &mut Judged,
    why: &mut impl Why,
) -> Option<Exact> {
    let interaction = row.interaction?;
    let (mean, people) = plan.mean(all, interaction);
    if people < plan.least_peers {
        why.notes(|| Step::FewPeers { people, least: plan.least_peers });
        return None;
    }
    let mean = mean.filter(|mean| !mean.is_negative())?;
    judged.peers_mean = Some(mean.round(Round::HalfUp));
    let deviation = interaction.over(mean)? - Exact::ONE;
    why.notes(|| Step::Interaction {
        interaction,
        mean: mean.round(Round::HalfUp),
        people,
        deviation: deviation.round(Round::HalfUp),
    });
    Some(deviation)
}

fn verdict(
    plan: &Plan,
    attainment: Exact,
    deviation: Exact,
    row: &Row<'_>,
    judged: &mut Judged,
    why: &mut impl Why,
) {
    let verdict = if attainment > plan.low_result.exact() {
        why.notes(|| Step::OnCourse);
        Verdict::OnCourse
    } else if deviation >= plan.much_above.exact() {
        propose(plan, row, judged, why);
        Verdict::Market
    } else if deviation <= -plan.thin_below.exact() {
        why.notes(|| Step::Process);
        judged.level = plan.process_level;
        Verdict::Process
    } else {
        why.notes(|| Step::Unclear);
        Verdict::Unclear
    };
    judged.verdict = Some(verdict);
}

/// A lower target: its share of the gap, within the bound. Rounded toward zero, so never past the bound.
fn propose(plan: &Plan, row: &Row<'_>, judged: &mut Judged, why: &mut impl Why) {
    let (Some(result), Some(target)) = (row.result, row.target) else { return };
    let (wanted, most) = ((target - result) * plan.gap_share, target * plan.most_change);
    let change: Amount = (-wanted.at_most(most)).round(Round::TowardZero);
    why.adds(Judged::TARGET_CHANGE, change, |change| Step::Market { change });
    if wanted > most {
        why.notes(|| Step::Bound { most: plan.most_change });
    }
    judged.target_change = Some(change);
    judged.proposed_target = Some(target + change);
}

/// Counts the periods in a row in which the target was missed while active.
fn count(plan: &Plan, attainment: Option<Exact>, row: &Row<'_>, judged: &mut Judged, why: &mut impl Why) {
    let (Some(attainment), Some(interaction), Some(target)) =
        (attainment, row.interaction, row.interaction_target)
    else {
        if plan.unknown_period == UnknownPeriod::Keeps {
            judged.missed_while_active = row.missed_while_active;
            if let Some(periods) = row.missed_while_active {
                why.notes(|| Step::CountStays { periods });
            }
        }
        return;
    };
    let active = interaction.exact() >= target * plan.active_from;
    if attainment >= plan.missed_below.exact() || !active {
        judged.missed_while_active = Some(Count::ZERO);
        return;
    }
    let periods = row.missed_while_active.unwrap_or(Count::ZERO) + Count::from_units(1);
    judged.missed_while_active = Some(periods);
    why.notes(|| Step::MissedWhileActive { interaction, target, periods });
    if periods >= plan.periods {
        why.notes(|| Step::Repeated { periods: plan.periods });
        judged.level = judged.level.max(plan.active_level);
    }
}

#[cfg(test)]
attain_cases::cases!();
