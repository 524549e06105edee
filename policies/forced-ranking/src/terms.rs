//! What a plan sets, and what the rule makes of it once a batch.

use crate::Person;
use attain_sdk::prelude::*;
use std::cmp::Ordering;

/// The most metrics that people are ordered by.
pub const KEYS_MAX: usize = 3;

/// What a plan sets.
#[derive(Parameters)]
pub struct Terms {
    /// What people are ordered by: the first metric; where that is the same, the second, then the third. Who is
    /// the same in all of them stays in the order of participants.
    order: Vec<Key>,
    /// Among whom.
    #[parameter(default = "company")]
    among: Among,
    /// Who is tied, and so shares a rank.
    #[parameter(default = "first")]
    tied: Tied,
    /// What a percentile is.
    #[parameter(default = "of-others")]
    percentile: Percentile,
    /// What somebody without a value of the first metric does.
    #[parameter(default = "unranked")]
    missing: Missing,
    /// Who is rewarded. None: nobody is.
    top: Option<Top>,
    /// Who is at the bottom. None: nobody is.
    bottom: Option<Bottom>,
    /// The least number of ranked people for whom there are bands.
    #[parameter(default = 1, min = "1")]
    group_min: u32,
}

/// A metric that people are ordered by.
#[derive(Parameters)]
struct Key {
    /// The input that it is read from.
    metric: String,
    /// The input that it is divided by, exactly, such as a target.
    over: Option<String>,
    /// What both count.
    #[parameter(default = "money")]
    unit: Kind,
    /// Which way is better.
    #[parameter(default = "higher")]
    better: Better,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum Among {
    /// Everybody.
    Company,
    /// Those with the same input `group`.
    Group,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum Tied {
    /// Who is the same in the first metric.
    First,
    /// Who is the same in all of them.
    All,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum Percentile {
    /// How many did strictly worse, over how many others there are: from 0 to 1. None for somebody alone.
    OfOthers,
    /// How many did strictly worse, over how many there are.
    OfAll,
    /// How many did strictly worse and half of those who are tied, oneself included, over how many there are.
    Middle,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum Missing {
    /// Has no rank, and isn't counted.
    Unranked,
    /// Comes after everybody else, tied with all others without a value.
    Last,
}

/// Who is rewarded.
#[derive(Parameters)]
pub struct Top {
    /// The share of the ranked: `"0.1"` is the first tenth.
    #[parameter(min = "0", max = "1")]
    pub share: Ratio<6>,
    /// How the share becomes a number of people.
    #[parameter(default = "ceiling")]
    round: Round,
    /// What those do who are tied across the cut.
    #[parameter(default = "by-order")]
    cut: Cut,
}

/// Who is at the bottom.
#[derive(Parameters)]
pub struct Bottom {
    /// The share of the ranked: `"0.05"` is the last twentieth.
    #[parameter(min = "0", max = "1")]
    pub share: Ratio<6>,
    /// How the share becomes a number of people.
    #[parameter(default = "floor")]
    round: Round,
    /// What those do who are tied across the cut.
    #[parameter(default = "by-order")]
    cut: Cut,
    /// The warning that they get.
    #[parameter(default = "yellow")]
    pub warning: Level,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum Cut {
    /// Their places decide: the further metrics, then the order of participants.
    ByOrder,
    /// All of them are in.
    In,
    /// None of them is.
    Out,
}

/// A metric, ready for use.
pub struct ReadyKey {
    /// Which input it is read from.
    pub input: usize,
    /// Which input it is divided by.
    pub over: Option<usize>,
    lower_is_better: bool,
}

impl ReadyKey {
    /// The metric, or what it is of the other: none without a value, or without anything above zero to divide by.
    pub fn measured(&self, cells: Cells<'_>) -> Option<Exact> {
        let value = Exact::whole(cells.get(self.input)?);
        match self.over {
            None => Some(value),
            Some(over) => value.over(Exact::whole(cells.get(over).filter(|over| *over > 0)?)),
        }
    }

    /// The same, so that more is better.
    fn merit(&self, cells: Cells<'_>) -> Option<Exact> {
        let measured = self.measured(cells);
        if self.lower_is_better { measured.map(|measured| -measured) } else { measured }
    }

    /// The input's name for an explanation.
    pub fn name(&self) -> InputName {
        InputName(u16::try_from(self.input).unwrap_or(u16::MAX))
    }
}

/// Somebody who is ranked: what the order mostly comes down to, and where the rest of it stands.
#[derive(Clone, Copy)]
pub struct Entry {
    /// The row.
    pub row: usize,
    /// The first metric; more is better.
    first: Exact,
}

/// Less than any metric: what somebody without one has.
const NOTHING: Exact = Exact::whole(i64::MIN);

/// What the rule works with.
pub struct Plan {
    pub keys: Vec<ReadyKey>,
    pub missing_is_last: bool,
    pub top: Option<Top>,
    pub bottom: Option<Bottom>,
    pub group_min: usize,
    tied: Tied,
    percentile: Percentile,
    among: Among,
    inputs: Vec<Input>,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, _: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        if terms.order.is_empty() || terms.order.len() > KEYS_MAX {
            let message = format!(
                "{} metrics to order by, expected 1 to {KEYS_MAX}; leave some out",
                terms.order.len()
            );
            wrong.at("order", "out-of-range", message);
        }
        let shares = terms.top.as_ref().map_or(Ratio::ZERO, |top| top.share)
            + terms.bottom.as_ref().map_or(Ratio::ZERO, |bottom| bottom.share);
        if shares > Ratio::from_units(1_000_000) {
            let message =
                format!("with the share of `top` that is {shares} of the ranked, expected at most 1");
            wrong.at("bottom.share", "out-of-range", message);
        }
        let mut inputs = Vec::new();
        let mut keys = Vec::new();
        for (i, key) in terms.order.iter().enumerate() {
            let input = input(&mut inputs, &key.metric, key.unit, format!("order[{i}].metric"), wrong);
            let over = key
                .over
                .as_ref()
                .map(|over| input_over(&mut inputs, key, over, format!("order[{i}].over"), wrong));
            keys.push(ReadyKey { input, over, lower_is_better: key.better == Better::Lower });
        }
        Some(Plan {
            keys,
            missing_is_last: terms.missing == Missing::Last,
            top: terms.top,
            bottom: terms.bottom,
            group_min: usize::try_from(terms.group_min).unwrap_or(usize::MAX),
            tied: terms.tied,
            percentile: terms.percentile,
            among: terms.among,
            inputs,
        })
    }
}

/// Which input a metric is read from; metrics may share one.
fn input(inputs: &mut Vec<Input>, name: &str, kind: Kind, at: String, wrong: &mut Wrong<'_, '_>) -> usize {
    wrong.column(&at, "an input", name, &["eligible", "group"]);
    if let Some(known) = inputs.iter().position(|input| input.name == name) {
        if inputs.get(known).is_some_and(|input| input.kind != kind) {
            let message = format!("`{name}` has another unit than before; give it the same `unit` each time");
            wrong.at(&at, "units-differ", message);
        }
        return known;
    }
    inputs.push(Input {
        name: name.to_owned(),
        kind,
        need: Need::Required,
        doc: "What people are ordered by, or what that is divided by.".to_owned(),
    });
    inputs.len().saturating_sub(1)
}

fn input_over(
    inputs: &mut Vec<Input>,
    key: &Key,
    over: &str,
    at: String,
    wrong: &mut Wrong<'_, '_>,
) -> usize {
    if over == key.metric {
        let message = format!("`{over}` is divided by itself; name another input, or leave `over` out");
        wrong.at(&at, "same-input", message);
    }
    input(inputs, over, key.unit, at, wrong)
}

impl Plan {
    /// What counts for somebody's place; none where they are not ranked.
    #[inline]
    pub fn entry(&self, row: usize, cells: Cells<'_>) -> Option<Entry> {
        let first = self.keys.first().and_then(|key| key.merit(cells));
        (first.is_some() || self.missing_is_last).then_some(Entry { row, first: first.unwrap_or(NOTHING) })
    }

    /// Sorts from the best down; who is the same in everything stays in the order of rows.
    #[inline(never)]
    pub fn sort(&self, people: &[Person<'_>], ranked: &mut [Entry]) {
        ranked.sort_by(|a, b| self.compare(people, a, b));
    }

    /// By the first metric, and where that is the same by the others.
    #[inline]
    fn compare(&self, people: &[Person<'_>], a: &Entry, b: &Entry) -> Ordering {
        match b.first.partial_cmp(&a.first) {
            Some(Ordering::Equal) | None if self.keys.len() > 1 => self.compare_further(people, a.row, b.row),
            order => order.unwrap_or(Ordering::Equal),
        }
    }

    #[inline(never)]
    fn compare_further(&self, people: &[Person<'_>], a: usize, b: usize) -> Ordering {
        let merit = |key: &ReadyKey, row: usize| {
            people.get(row).and_then(|person| key.merit(person.metrics)).unwrap_or(NOTHING)
        };
        let mut orders = self.keys.iter().skip(1).filter_map(|key| merit(key, b).partial_cmp(&merit(key, a)));
        orders.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }

    /// Whether two share a rank.
    #[inline]
    fn are_tied(&self, people: &[Person<'_>], a: &Entry, b: &Entry) -> bool {
        match self.tied {
            Tied::First => a.first == b.first,
            Tied::All => self.compare(people, a, b).is_eq(),
        }
    }

    /// How many of those who are ranked, from the best down, share a rank with the first of them.
    #[inline]
    pub fn tied(&self, people: &[Person<'_>], ranked: &[Entry]) -> usize {
        let Some((first, others)) = ranked.split_first() else { return 0 };
        1 + others.iter().take_while(|entry| self.are_tied(people, first, entry)).count()
    }

    /// The percentile of somebody whom so many share a rank with, oneself included.
    pub fn percentile(&self, worse: usize, same: usize, people: usize) -> Option<Ratio> {
        let over = |parts: usize, of: usize| whole(parts).over(whole(of));
        let percentile = match self.percentile {
            Percentile::OfOthers => over(worse, people.saturating_sub(1)),
            Percentile::OfAll => over(worse, people),
            Percentile::Middle => over(worse + worse + same, people + people),
        };
        Some(percentile?.round(Round::HalfUp))
    }

    /// How many of the ranked are in the top band, and how many come before the bottom band.
    pub fn cuts(&self, people: &[Person<'_>], ranked: &[Entry]) -> (usize, usize) {
        let n = ranked.len();
        let number = |share: Ratio<6>, round: Round| {
            let number: Count = (share * whole(n)).round(round);
            usize::try_from(number.units()).unwrap_or(0).min(n)
        };
        let (mut top, mut cut_off) = (0, n);
        if let Some(band) = &self.top {
            top = self.moved(people, ranked, number(band.share, band.round), band.cut, true);
        }
        if let Some(band) = &self.bottom {
            let bottom = number(band.share, band.round);
            cut_off = self.moved(people, ranked, n.saturating_sub(bottom), band.cut, false);
        }
        // Nobody who is rewarded is at the bottom as well.
        (top, cut_off.max(top))
    }

    /// A cut, moved to where those begin or end who are tied across it.
    #[inline(never)]
    fn moved(
        &self,
        people: &[Person<'_>],
        ranked: &[Entry],
        cut: usize,
        how: Cut,
        from_the_top: bool,
    ) -> usize {
        let (Some((before, after)), Cut::In | Cut::Out) = (ranked.split_at_checked(cut), how) else {
            return cut;
        };
        let (Some(last), Some(next)) = (before.last(), after.first()) else { return cut };
        if !self.are_tied(people, last, next) {
            return cut;
        }
        if (how == Cut::In) == from_the_top {
            cut + self.tied(people, after)
        } else {
            cut - before.iter().rev().take_while(|entry| self.are_tied(people, entry, next)).count()
        }
    }

    pub fn inputs(&self) -> Vec<Input> {
        self.inputs.clone()
    }

    pub fn group(&self) -> Need {
        Need::if_so(self.among == Among::Group)
    }

    pub fn grouping(&self) -> Grouping {
        match self.among {
            Among::Company => Grouping::All,
            Among::Group => Grouping::By(vec!["group".to_owned()]),
        }
    }
}

fn whole(number: usize) -> Exact {
    Exact::whole(i64::try_from(number).unwrap_or(i64::MAX))
}
