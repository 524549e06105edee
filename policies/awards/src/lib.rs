//! Honours for the best of a group, and rights earned at thresholds, an award each.
//!
//! An honour goes to those with the best value of a metric; a second metric breaks ties, and who is still tied
//! shares it. A right belongs to everybody who reaches its threshold, and may go further from step to step.

mod terms;

use attain_sdk::prelude::*;
use std::cmp::Reverse;
use terms::{AWARDS_MAX, Plan, ReadyHonour, ReadyRight, Tied};

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Person<'a> {
    /// The metrics that the awards look at.
    #[input(each = Plan::inputs)]
    metrics: Cells<'a>,
    /// Whether somebody can have awards; who has no value can.
    eligible: Option<bool>,
    /// Among whom the best are looked for.
    #[input(when = Plan::group)]
    #[expect(dead_code, reason = "the host groups by it")]
    group: Option<&'a str>,
}

#[derive(Outputs, Default, Clone)]
#[outputs(plan = Plan)]
struct Won {
    /// The honours and the rights that the parameters name.
    #[output(each = Plan::outputs)]
    awards: Several<AWARDS_MAX>,
}

#[derive(Rules)]
enum Step {
    /// not eligible for awards
    #[zh("不参与评奖")]
    NotEligible,
    /// {metric} has no value
    #[zh("{metric} 没有数值")]
    NoValue { metric: InputName },
    /// {metric} of {value} misses {threshold}
    #[zh("{metric} 为 {value}，未达到 {threshold}")]
    Misses {
        metric: InputName,
        #[place(like = "metric")]
        value: Amount,
        #[place(like = "metric")]
        threshold: Amount,
    },
    /// {metric} of {value} is tied, so {second} of {tie_breaker} decides
    #[zh("{metric} 为 {value}，出现并列，再比 {second}：{tie_breaker}")]
    Second {
        metric: InputName,
        #[place(like = "metric")]
        value: Amount,
        second: InputName,
        #[place(like = "second")]
        tie_breaker: Option<Amount>,
    },
    /// {metric} of {value} is place {place} of {people}, {winners} can win: won
    #[zh("{metric} 为 {value}，在 {people} 人中排第 {place}，名额 {winners} 个：获奖")]
    Won {
        metric: InputName,
        #[place(like = "metric")]
        value: Amount,
        place: Count,
        people: Count,
        winners: Count,
    },
    /// {metric} of {value} is place {place} of {people}, {winners} can win: not won
    #[zh("{metric} 为 {value}，在 {people} 人中排第 {place}，名额 {winners} 个：未获奖")]
    NotWon {
        metric: InputName,
        #[place(like = "metric")]
        value: Amount,
        place: Count,
        people: Count,
        winners: Count,
    },
    /// {metric} of {value} reaches {threshold}: the right is there
    #[zh("{metric} 为 {value}，达到 {threshold}：享有该项权限")]
    Granted {
        metric: InputName,
        #[place(like = "metric")]
        value: Amount,
        #[place(like = "metric")]
        threshold: Amount,
    },
    /// {metric} of {value} reaches {threshold}: the right goes up to {limit}
    #[zh("{metric} 为 {value}，达到 {threshold}：该项权限的上限为 {limit}")]
    GrantedUpTo {
        metric: InputName,
        #[place(like = "metric")]
        value: Amount,
        #[place(like = "metric")]
        threshold: Amount,
        limit: Ratio,
    },
}

#[policy(grouping = Plan::grouping, rules = Step, zh = "评选荣誉，并按门槛授予权限")]
fn awards(plan: &Plan, people: &[Person<'_>], outs: &mut [Won], why: &mut impl Why) -> Result<()> {
    for (row, _) in people.iter().enumerate().filter(|(_, person)| !can_win(person)) {
        why.of(row).notes(|| Step::NotEligible);
    }
    let mut candidates = Vec::with_capacity(people.len());
    for (award, honour) in plan.honours.iter().enumerate() {
        give(honour, award, people, outs, &mut candidates, why);
    }
    for (award, right) in (plan.honours.len()..).zip(&plan.rights) {
        for (row, (person, out)) in people.iter().zip(outs.iter_mut()).enumerate() {
            if can_win(person) {
                grant(right, award, person, out, why.of(row));
            }
        }
    }
    Ok(())
}

fn can_win(person: &Person<'_>) -> bool {
    person.eligible.unwrap_or(true)
}

/// Somebody who can win an honour: merits, the more the better, and the row.
struct Candidate {
    merit: Amount,
    second: Option<Amount>,
    row: usize,
}

/// Gives an honour to the best.
fn give(
    honour: &ReadyHonour,
    award: usize,
    people: &[Person<'_>],
    outs: &mut [Won],
    candidates: &mut Vec<Candidate>,
    why: &mut impl Why,
) {
    candidates.clear();
    let metric = &honour.metric;
    for (row, (person, out)) in people.iter().zip(outs.iter_mut()).enumerate() {
        if !can_win(person) {
            continue;
        }
        let (Some(value), Some(merit)) = (metric.value(person.metrics), metric.merit(person.metrics)) else {
            why.of(row).notes(|| Step::NoValue { metric: metric.name() });
            continue;
        };
        out.awards.set(award, false);
        if let Some(threshold) = honour.at_least
            && !metric.reaches(value, threshold)
        {
            let step = |_| Step::Misses { metric: metric.name(), value, threshold };
            why.of(row).adds(Won::AWARDS.at(award), Amount::ZERO, step);
            continue;
        }
        let second = honour.second.as_ref().and_then(|second| second.merit(person.metrics));
        candidates.push(Candidate { merit, second, row });
    }
    // A stable sort: who is the same in both stays in the order of participants.
    candidates.sort_by_key(|candidate| Reverse((candidate.merit, candidate.second)));
    let people_in = candidates.len();
    let mut better = 0;
    for tied in candidates.chunk_by(|a, b| (a.merit, a.second) == (b.merit, b.second)) {
        for (place, candidate) in (better..).zip(tied) {
            let place = if honour.tied == Tied::Shared { better } else { place };
            let won = place < honour.winners;
            let Some((person, out)) = people.get(candidate.row).zip(outs.get_mut(candidate.row)) else {
                continue;
            };
            out.awards.set(award, won);
            let why = why.of(candidate.row);
            let (name, value) = (metric.name(), metric.value(person.metrics).unwrap_or_default());
            if let Some(second) = &honour.second
                && candidates_tied(candidates, candidate)
            {
                why.notes(|| Step::Second {
                    metric: name,
                    value,
                    second: second.name(),
                    tie_breaker: second.value(person.metrics),
                });
            }
            let (place, people, winners) = (count(place + 1), count(people_in), count(honour.winners));
            let amount = Amount::from_units(won.into());
            why.adds(Won::AWARDS.at(award), amount, |_| match won {
                true => Step::Won { metric: name, value, place, people, winners },
                false => Step::NotWon { metric: name, value, place, people, winners },
            });
        }
        better += tied.len();
    }
}

/// Whether the first metric leaves somebody tied with another; the candidates stand from the best down.
fn candidates_tied(candidates: &[Candidate], one: &Candidate) -> bool {
    let first = candidates.partition_point(|other| other.merit > one.merit);
    candidates.get(first + 1).is_some_and(|next| next.merit == one.merit)
}

/// Gives a right to somebody who reaches its threshold.
fn grant(right: &ReadyRight, award: usize, person: &Person<'_>, out: &mut Won, why: &mut impl Why) {
    let metric = right.metric.name();
    let Some(value) = right.metric.value(person.metrics) else {
        why.notes(|| Step::NoValue { metric });
        return;
    };
    let reached = right.steps.iter().rfind(|(threshold, _)| right.metric.reaches(value, *threshold));
    let lowest = right.steps.first().map_or(Amount::ZERO, |(threshold, _)| *threshold);
    let (threshold, limit) = reached.map_or((lowest, None), |(threshold, limit)| (*threshold, *limit));
    if !right.has_limits {
        out.awards.set(award, reached.is_some());
        why.adds(Won::AWARDS.at(award), Amount::from_units(reached.is_some().into()), |_| match reached {
            Some(_) => Step::Granted { metric, value, threshold },
            None => Step::Misses { metric, value, threshold },
        });
        return;
    }
    let limit = limit.unwrap_or(Ratio::ZERO);
    out.awards.set(award, limit);
    why.adds(Won::AWARDS.at(award), Amount::from_units(limit.units()), |_| match reached {
        Some(_) => Step::GrantedUpTo { metric, value, threshold, limit },
        None => Step::Misses { metric, value, threshold },
    });
}

fn count(number: usize) -> Count {
    Count::from_units(i64::try_from(number).unwrap_or(i64::MAX))
}

#[cfg(test)]
attain_cases::cases!();
