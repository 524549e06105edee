//! Ranks with ties, percentiles, and bands forced on the first and the last of a group.
//!
//! People are put in an order by up to three metrics, each a figure or one figure over another, exactly. Who is
//! tied shares a rank. The first so many are rewarded, the last so many are at the bottom, whatever they did.

mod terms;

use attain_sdk::prelude::*;
use terms::{Entry, Plan, ReadyKey};

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Person<'a> {
    /// The metrics that the parameters order by.
    #[input(each = Plan::inputs)]
    metrics: Cells<'a>,
    /// Whether somebody is ranked; who has no value is.
    eligible: Option<bool>,
    /// Among whom somebody is ranked.
    #[input(when = Plan::group)]
    #[expect(dead_code, reason = "the host groups by it")]
    group: Option<&'a str>,
}

#[derive(Labels, Clone, Copy)]
enum Band {
    /// top
    #[zh("优秀")]
    Top,
    /// middle
    #[zh("中间")]
    Middle,
    /// bottom
    #[zh("末位")]
    Bottom,
}

#[derive(Outputs, Default, Clone)]
struct Ranked {
    /// 1 and how many did strictly better: after two on rank 1 comes rank 3.
    #[output(info)]
    rank: Option<Count>,
    /// 1 and how many better results there are: after two on rank 1 comes rank 2.
    #[output(info)]
    dense_rank: Option<Count>,
    /// The mean of the places that those who are tied take: two on the first places have rank 1.5.
    #[output(info)]
    average_rank: Option<Count<1>>,
    /// The share of people who did worse.
    #[output(info)]
    percentile: Option<Ratio>,
    /// The place in the order; nobody shares one.
    #[output(info)]
    place: Option<Count>,
    /// The band that the place is in.
    #[output(info)]
    band: Option<Band>,
    /// Whether somebody is in the top band.
    #[output(award)]
    rewarded: Option<bool>,
    /// The warning of the bottom band.
    #[output(alert)]
    warning: Level,
}

#[derive(Outputs)]
#[outputs(per = "group")]
struct Group {
    /// How many are ranked.
    #[output(info)]
    ranked: Count,
    /// How many are in the top band.
    #[output(info)]
    top_count: Count,
    /// How many are in the bottom band.
    #[output(info)]
    bottom_count: Count,
}

#[derive(Rules)]
enum Step {
    /// {metric} is {value}
    #[zh("{metric} 为 {value}")]
    Value {
        metric: InputName,
        #[place(like = "metric")]
        value: Amount,
    },
    /// {metric} is {value} of {over}: {share}
    #[zh("{metric} 为 {value}，基数 {over}，比值 {share}")]
    ValueOver {
        metric: InputName,
        #[place(like = "metric")]
        value: Amount,
        #[place(like = "metric")]
        over: Amount,
        share: Ratio<6>,
    },
    /// {metric} has no value, or nothing to divide it by
    #[zh("{metric} 没有数值，或没有可用的基数")]
    NoValue { metric: InputName },
    /// so there is no rank
    #[zh("因此不参与排名")]
    NotRanked,
    /// not eligible, so there is no rank
    #[zh("不在排名范围内")]
    NotEligible,
    /// rank {rank} of {people}: {better} did better, {same} the same, {worse} worse
    #[zh("{people} 人中排名第 {rank}：{better} 人在前，{same} 人并列，{worse} 人在后")]
    Rank { rank: Count, people: Count, better: Count, same: Count, worse: Count },
    /// place {place} is among the first {count}, so rewarded
    #[zh("排位 {place}，在前 {count} 名之内，予以奖励")]
    InTop { place: Count, count: Count },
    /// place {place} is among the last {count}, so at the bottom
    #[zh("排位 {place}，在末 {count} 名之内，列为末位")]
    AtBottom { place: Count, count: Count },
    /// place {place} lies between the first {top} and the last {bottom}
    #[zh("排位 {place}，介于前 {top} 名与末 {bottom} 名之间")]
    Between { place: Count, top: Count, bottom: Count },
    /// {people} {people|is|are} ranked, and there are bands from {least} on
    #[zh("仅 {people} 人参与排名，不足 {least} 人，不分档")]
    TooFew { people: Count, least: Count },
}

#[policy(grouping = Plan::grouping, rules = Step, zh = "按指标排名，并强制划分首尾两档")]
fn forced_ranking(
    plan: &Plan,
    people: &[Person<'_>],
    outs: &mut [Ranked],
    why: &mut impl Why,
) -> Result<Group> {
    let ranked = ordered(plan, people, why);
    let n = ranked.len();
    let has_bands = n >= plan.group_min && (plan.top.is_some() || plan.bottom.is_some());
    let (top, cut_off) = if has_bands { plan.cuts(people, &ranked) } else { (0, n) };
    let (mut better, mut dense) = (0, 0);
    while let Some(rest) = ranked.get(better..).filter(|rest| !rest.is_empty()) {
        let same = plan.tied(people, rest);
        dense += 1;
        let worse = n - better - same;
        let rank = count(better + 1);
        // What those who are tied have in common.
        let common = Ranked {
            rank: Some(rank),
            dense_rank: Some(count(dense)),
            // Half of the first and the last place together, in tenths.
            average_rank: Some(Count::from_units(count(5 * (better + better + 1 + same)).units())),
            percentile: plan.percentile(worse, same, n),
            ..Ranked::default()
        };
        for (place, entry) in (better + 1..).zip(rest.iter().take(same)) {
            let why = why.of(entry.row);
            why.notes(|| Step::Rank {
                rank,
                people: count(n),
                better: count(better),
                same: count(same - 1),
                worse: count(worse),
            });
            let Some(out) = outs.get_mut(entry.row) else { continue };
            *out = Ranked { place: Some(count(place)), ..common.clone() };
            if !has_bands {
                if n < plan.group_min {
                    why.notes(|| Step::TooFew { people: count(n), least: count(plan.group_min) });
                }
                continue;
            }
            let band = banded(place, top, cut_off, n, why);
            out.band = Some(band);
            out.rewarded = plan.top.is_some().then_some(matches!(band, Band::Top));
            if let (Band::Bottom, Some(bottom)) = (band, &plan.bottom) {
                out.warning = bottom.warning;
            }
        }
        better += same;
    }
    Ok(Group { ranked: count(n), top_count: count(top), bottom_count: count(n - cut_off) })
}

/// Who is ranked, from the best down; who is the same in everything stays in the order of rows.
fn ordered(plan: &Plan, people: &[Person<'_>], why: &mut impl Why) -> Vec<Entry> {
    let mut ranked = Vec::with_capacity(people.len());
    for (row, person) in people.iter().enumerate() {
        let why = why.of(row);
        if person.eligible == Some(false) {
            why.notes(|| Step::NotEligible);
            continue;
        }
        for key in &plan.keys {
            why.notes(|| told(key, person.metrics));
        }
        match plan.entry(row, person.metrics) {
            Some(entry) => ranked.push(entry),
            None => why.notes(|| Step::NotRanked),
        }
    }
    plan.sort(people, &mut ranked);
    ranked
}

fn told(key: &ReadyKey, cells: Cells<'_>) -> Step {
    let metric = key.name();
    let Some(measured) = key.measured(cells) else { return Step::NoValue { metric } };
    let amount = |input: usize| Amount::from_units(cells.get(input).unwrap_or(0));
    let value = amount(key.input);
    match key.over {
        None => Step::Value { metric, value },
        Some(over) => {
            Step::ValueOver { metric, value, over: amount(over), share: measured.round(Round::HalfUp) }
        }
    }
}

/// The band of a place, where the first `top` are rewarded and all after `cut_off` are at the bottom.
fn banded(place: usize, top: usize, cut_off: usize, people: usize, why: &mut impl Why) -> Band {
    let bottom = count(people - cut_off);
    if place <= top {
        why.notes(|| Step::InTop { place: count(place), count: count(top) });
        return Band::Top;
    }
    if place > cut_off {
        why.notes(|| Step::AtBottom { place: count(place), count: bottom });
        return Band::Bottom;
    }
    why.notes(|| Step::Between { place: count(place), top: count(top), bottom });
    Band::Middle
}

fn count(number: usize) -> Count {
    Count::from_units(i64::try_from(number).unwrap_or(i64::MAX))
}

#[cfg(test)]
attain_cases::cases!();

#[cfg(test)]
mod crm;
