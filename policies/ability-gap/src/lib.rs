//! Weak points that a team shares call for training, one person's own for a coaching plan.
//!
//! Scores per ability are held against a bar. Where many of a team lie under it, or the team's mean does, training
//! for all is the answer; a weak point that somebody has alone is theirs, and so is the plan for it.

mod terms;

use attain_sdk::prelude::*;
use terms::{Plan, Standing, gap};

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Member<'a> {
    /// The abilities that the parameters name.
    #[input(each = Plan::inputs)]
    scores: Cells<'a>,
    /// The team that the member belongs to.
    #[expect(dead_code, reason = "the host groups by it")]
    team: Option<&'a str>,
}

#[derive(Outputs, Default, Clone)]
struct Gaps {
    /// The level of a coaching plan, where one is called for; no value where no ability has a score.
    #[output(alert)]
    level: Option<Level>,
    /// How many abilities lie under their bars.
    #[output(info)]
    weak_points: Count,
    /// The ability to coach first, counted from 1: the member's own weak point that lies furthest under its bar.
    #[output(info)]
    coaching: Option<Count>,
}

#[derive(Outputs)]
#[outputs(per = "group")]
struct Team {
    /// The level of a training, where one is called for; no value where no ability has a score.
    #[output(alert)]
    training_level: Option<Level>,
    /// How many weak points the team shares.
    #[output(info)]
    shared_weak_points: Count,
    /// The ability to train first, counted from 1: the shared weak point whose mean lies furthest under its bar.
    #[output(info)]
    training: Option<Count>,
}

#[derive(Rules)]
enum Step {
    /// {ability} is weak in the team: {under} of {members} lie under the bar of {bar}, the mean is {mean}
    #[zh("{ability} 是团队短板：{members} 人中 {under} 人低于标准 {bar}，平均 {mean} 分")]
    Shared {
        ability: InputName,
        under: Count,
        members: Count,
        #[place(like = "ability")]
        bar: Amount,
        #[place(like = "ability")]
        mean: Amount,
    },
    /// the team should train {ability} first, all together
    #[zh("团队应先集中培训 {ability}")]
    Training { ability: InputName },
    /// {ability} is {score}, under the bar of {bar}; the team's training covers it
    #[zh("{ability} 得 {score} 分，低于标准 {bar}，由团队培训解决")]
    WeakWithTheTeam {
        ability: InputName,
        #[place(like = "ability")]
        score: Amount,
        #[place(like = "ability")]
        bar: Amount,
    },
    /// {ability} is {score}, under the bar of {bar}, and the team isn't weak in it
    #[zh("{ability} 得 {score} 分，低于标准 {bar}，属个人短板")]
    WeakAlone {
        ability: InputName,
        #[place(like = "ability")]
        score: Amount,
        #[place(like = "ability")]
        bar: Amount,
    },
    /// a coaching plan begins with {ability}: agree on an exercise, a partner and a day to look again
    #[zh("制定辅导计划，先练 {ability}：约定练习内容、搭档和复查日期")]
    Coaching { ability: InputName },
    /// {ability} has no score and isn't judged
    #[zh("{ability} 没有评分，不作判断")]
    NoScore { ability: InputName },
    /// no ability lies under its bar
    #[zh("各项能力均达到标准")]
    NoGap,
}

#[policy(by = "team", rules = Step, zh = "能力短板：团队共性短板安排培训，个人短板制定辅导计划")]
fn ability_gap(plan: &Plan, members: &[Member<'_>], gaps: &mut [Gaps], why: &mut impl Why) -> Result<Team> {
    let standings: Vec<Standing> = plan
        .abilities
        .iter()
        .enumerate()
        .map(|(index, ability)| {
            plan.standing(ability, members.iter().filter_map(|member| score(member, index)))
        })
        .collect();
    let team = team(plan, &standings);
    for (i, (member, gaps)) in members.iter().zip(gaps).enumerate() {
        told_of_the_team(plan, &standings, &team, why.of(i));
        own(plan, &standings, member, gaps, why.of(i));
    }
    Ok(team)
}

fn score(member: &Member<'_>, index: usize) -> Option<Amount> {
    member.scores.get(index).map(Amount::from_units)
}

/// What the team shares, and what to train first.
fn team(plan: &Plan, standings: &[Standing]) -> Team {
    let is_known = standings.iter().any(|standing| standing.members > Count::ZERO);
    let mut team = Team {
        training_level: is_known.then_some(Level::None),
        shared_weak_points: Count::ZERO,
        training: None,
    };
    let mut widest: Option<Exact> = None;
    for ((ability, standing), number) in plan.abilities.iter().zip(standings).zip(1..) {
        let (true, Some(mean)) = (standing.is_shared, standing.mean) else { continue };
        team.training_level = Some(plan.training_level);
        team.shared_weak_points += Count::from_units(1);
        let gap = gap(ability, mean);
        if widest.is_none_or(|widest| gap > widest) {
            widest = Some(gap);
            team.training = Some(Count::from_units(number));
        }
    }
    team
}

fn told_of_the_team(plan: &Plan, standings: &[Standing], team: &Team, why: &mut impl Why) {
    for (index, (ability, standing)) in plan.abilities.iter().zip(standings).enumerate() {
        let (true, Some(mean)) = (standing.is_shared, standing.mean) else { continue };
        why.notes(|| Step::Shared {
            ability: named(index),
            under: standing.under,
            members: standing.members,
            bar: ability.bar,
            mean: mean.round(Round::HalfUp),
        });
    }
    if let Some(index) = team.training.and_then(index_of) {
        why.notes(|| Step::Training { ability: named(index) });
    }
}

/// What a member is weak in, and what of it is theirs alone.
fn own(plan: &Plan, standings: &[Standing], member: &Member<'_>, gaps: &mut Gaps, why: &mut impl Why) {
    let mut widest: Option<(Exact, usize)> = None;
    let mut is_known = false;
    for (index, (ability, standing)) in plan.abilities.iter().zip(standings).enumerate() {
        let (name, bar) = (named(index), ability.bar);
        let Some(score) = score(member, index) else {
            why.notes(|| Step::NoScore { ability: name });
            continue;
        };
        is_known = true;
        if score >= bar {
            continue;
        }
        gaps.weak_points += Count::from_units(1);
        if standing.is_shared {
            why.notes(|| Step::WeakWithTheTeam { ability: name, score, bar });
            continue;
        }
        why.notes(|| Step::WeakAlone { ability: name, score, bar });
        let gap = gap(ability, score);
        if widest.is_none_or(|(widest, _)| gap > widest) {
            widest = Some((gap, index));
        }
    }
    gaps.level = is_known.then_some(Level::None);
    if let Some((_, index)) = widest {
        why.notes(|| Step::Coaching { ability: named(index) });
        gaps.level = Some(plan.coaching_level);
        gaps.coaching = number(index);
    } else if is_known && gaps.weak_points == Count::ZERO {
        why.notes(|| Step::NoGap);
    }
}

/// The input's name for an explanation.
fn named(index: usize) -> InputName {
    InputName(u16::try_from(index).unwrap_or(u16::MAX))
}

/// An ability as people count.
fn number(index: usize) -> Option<Count> {
    i64::try_from(index + 1).ok().map(Count::from_units)
}

fn index_of(number: Count) -> Option<usize> {
    usize::try_from(number.units()).ok()?.checked_sub(1)
}

#[cfg(test)]
attain_cases::cases!();
