//! Results against peers, against one's own past, and regions against their own baselines.
//!
//! An index is a value over what it is held against: the mean or the median of one's peers, what one had before, a
//! baseline. Above 1 is better. Regions that aren't held to one number lie closer together: the gap between the best
//! and the worst says by how much.

mod regions;
mod terms;

use attain_sdk::prelude::*;
use terms::{Oneself, OwnPast, Peers, Plan, Reference};

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Person<'a> {
    /// What is compared.
    #[input(kind = Plan::unit, when = Plan::value)]
    value: Option<Amount>,
    /// Whether somebody is compared, and counts for the others; who has no value is.
    eligible: Option<bool>,
    /// What somebody had before, in one period or in several added up.
    #[input(kind = Plan::unit, when = Plan::before)]
    before: Option<Amount>,
    /// Whose peers somebody is.
    #[input(when = Plan::group)]
    group: Option<&'a str>,
    /// The region that somebody sells in.
    #[input(when = Plan::region)]
    region: Option<&'a str>,
    /// What is expected there: of the row, or of one row of the region.
    #[input(kind = Plan::unit, when = Plan::region)]
    baseline: Option<Amount>,
}

impl Person<'_> {
    /// The value, where it counts.
    fn counted(&self) -> Option<Amount> {
        self.value.filter(|_| self.eligible != Some(false))
    }
}

#[derive(Outputs, Default, Clone)]
struct Compared {
    /// The value over the mean or the median of the peers.
    #[output(factor)]
    to_peers: Option<Ratio>,
    /// The value over what somebody had before.
    #[output(factor)]
    to_own_past: Option<Ratio>,
    /// The value over the row's baseline.
    #[output(factor)]
    to_baseline: Option<Ratio>,
    /// The region's value over its baseline.
    #[output(info)]
    region_index: Option<Ratio>,
}

#[derive(Outputs, Default)]
#[outputs(plan = Plan, per = "group")]
struct Span {
    /// Regions and gaps, where there are regions.
    #[output(each = Plan::span)]
    span: Several<3>,
}

#[derive(Rules)]
enum Step {
    /// not eligible, so not compared
    #[zh("不参与比较")]
    NotEligible,
    /// there is no value to compare
    #[zh("没有可比较的数值")]
    NoValue,
    /// {value} against a mean of {reference} among {people}: {index}
    #[zh("{value}，{people} 人的平均值为 {reference}：指数 {index}")]
    ToMean {
        #[place(like = "value")]
        value: Amount,
        #[place(like = "value")]
        reference: Amount,
        people: Count,
        index: Ratio,
    },
    /// {value} against a median of {reference} among {people}: {index}
    #[zh("{value}，{people} 人的中位数为 {reference}：指数 {index}")]
    ToMedian {
        #[place(like = "value")]
        value: Amount,
        #[place(like = "value")]
        reference: Amount,
        people: Count,
        index: Ratio,
    },
    /// the peers have nothing that {value} could be compared with
    #[zh("{value} 没有可参照的同组数值")]
    NoPeers {
        #[place(like = "value")]
        value: Amount,
    },
    /// {value} against {before} before, a period: {index}
    #[zh("{value}，以往每期 {before}：指数 {index}")]
    ToOwnPast {
        #[place(like = "value")]
        value: Amount,
        #[place(like = "value")]
        before: Amount,
        index: Ratio,
    },
    /// there is nothing before that {value} could be compared with
    #[zh("{value} 没有可参照的往期数值")]
    NoPast {
        #[place(like = "value")]
        value: Amount,
    },
    /// {value} against a baseline of {baseline}: {index}
    #[zh("{value}，基准为 {baseline}：指数 {index}")]
    ToBaseline {
        #[place(like = "value")]
        value: Amount,
        #[place(like = "value")]
        baseline: Amount,
        index: Ratio,
    },
    /// the region's {value} against its baseline of {baseline}: {index}
    #[zh("所在区域为 {value}，区域基准为 {baseline}：指数 {index}")]
    Region {
        #[place(like = "value")]
        value: Amount,
        #[place(like = "value")]
        baseline: Amount,
        index: Ratio,
    },
    /// the region has no baseline to be compared with
    #[zh("所在区域没有可参照的基准")]
    NoBaseline,
    /// the best region stands at {best}, the worst at {worst}: a gap of {gap}, where one number for all makes it {before}
    #[zh("最好的区域为 {best}，最差的区域为 {worst}，差距 {gap}；若用同一标准衡量，差距为 {before}")]
    Gap { best: Ratio, worst: Ratio, gap: Ratio, before: Option<Ratio> },
}

#[policy(grouping = Plan::grouping, rules = Step, zh = "与同组比、与自己的过去比、各区域与自身基准比")]
fn relative_index(
    plan: &Plan,
    people: &[Person<'_>],
    outs: &mut [Compared],
    why: &mut impl Why,
) -> Result<Span> {
    for (row, person) in people.iter().enumerate().filter(|(_, person)| person.counted().is_none()) {
        why.of(row).notes(|| match person.eligible {
            Some(false) => Step::NotEligible,
            _ => Step::NoValue,
        });
    }
    if let Some(peers) = &plan.peers {
        to_peers(plan, peers, people, outs, why);
    }
    for (row, (person, out)) in people.iter().zip(outs.iter_mut()).enumerate() {
        let Some(value) = person.counted() else { continue };
        if let Some(own_past) = &plan.own_past {
            out.to_own_past = to_own_past(plan, own_past, value, person.before, why.of(row));
        }
        if let (Some(_), Some(baseline)) = (&plan.regions, person.baseline) {
            out.to_baseline = plan.index(value.exact(), baseline.exact()).map(|index| plan.rounded(index));
            if let Some(index) = out.to_baseline {
                why.of(row).notes(|| Step::ToBaseline { value, baseline, index });
            }
        }
    }
    match &plan.regions {
        Some(terms) => regions::compare(plan, terms, people, outs, why),
        None => Ok(Span::default()),
    }
}

/// Everybody against their peers.
fn to_peers(plan: &Plan, peers: &Peers, people: &[Person<'_>], outs: &mut [Compared], why: &mut impl Why) {
    let mut groups: BTreeMap<Option<&str>, Vec<(usize, Amount)>> = BTreeMap::new();
    for (row, person) in people.iter().enumerate() {
        let Some(value) = person.counted() else { continue };
        let group = if plan.by_group() { person.group } else { None };
        groups.entry(group).or_default().push((row, value));
    }
    for members in groups.values() {
        let among = Among::of(members);
        for (row, value) in members {
            let reference = among.reference(peers, *value);
            let index = reference.and_then(|(reference, _)| plan.index(value.exact(), reference));
            let (Some((reference, number)), Some(index)) = (reference, index) else {
                why.of(*row).notes(|| Step::NoPeers { value: *value });
                continue;
            };
            let index = plan.rounded(index);
            if let Some(out) = outs.get_mut(*row) {
                out.to_peers = Some(index);
            }
            let people = Count::from_units(i64::try_from(number).unwrap_or(i64::MAX));
            why.of(*row).notes(|| {
                let (value, reference) = (*value, reference.round(Round::HalfUp));
                match peers.reference {
                    Reference::Mean => Step::ToMean { value, reference, people, index },
                    Reference::Median => Step::ToMedian { value, reference, people, index },
                }
            });
        }
    }
}

/// The values of a group, from the least up, and their sum.
struct Among {
    sorted: Vec<Amount>,
    sum: Amount,
}

impl Among {
    fn of(members: &[(usize, Amount)]) -> Among {
        let mut sorted: Vec<Amount> = members.iter().map(|(_, value)| *value).collect();
        sorted.sort_unstable();
        Among { sum: sorted.iter().copied().sum(), sorted }
    }

    /// What somebody with this value is held against, and how many make it; none where nobody is left.
    fn reference(&self, peers: &Peers, value: Amount) -> Option<(Exact, usize)> {
        let (skipped, sum, number) = match peers.oneself {
            Oneself::Counted => (usize::MAX, self.sum, self.sorted.len()),
            Oneself::LeftOut => {
                let place = self.sorted.partition_point(|other| *other < value);
                (place, self.sum - value, self.sorted.len().saturating_sub(1))
            }
        };
        // The value of this place among those who are left.
        let at = |place: usize| self.sorted.get(if place < skipped { place } else { place + 1 });
        let reference = match peers.reference {
            Reference::Mean => sum.over(Exact::whole(i64::try_from(number).unwrap_or(i64::MAX)))?,
            Reference::Median => {
                let (low, high) = (at(number.checked_sub(1)? / 2)?, at(number / 2)?);
                (low.exact() + *high).over(Exact::whole(2))?
            }
        };
        Some((reference, number))
    }
}

/// Somebody against what they had before, a period.
fn to_own_past(
    plan: &Plan,
    own_past: &OwnPast,
    value: Amount,
    before: Option<Amount>,
    why: &mut impl Why,
) -> Option<Ratio> {
    let before = before.and_then(|before| before.over(Exact::whole(own_past.periods.into())));
    let index = before.and_then(|before| plan.index(value.exact(), before));
    let (Some(before), Some(index)) = (before, index) else {
        why.notes(|| Step::NoPast { value });
        return None;
    };
    let index = plan.rounded(index);
    why.notes(|| Step::ToOwnPast { value, before: before.round(Round::HalfUp), index });
    Some(index)
}

#[cfg(test)]
attain_cases::cases!();
