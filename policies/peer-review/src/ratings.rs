//! The ratings of one relation: their median, how far each lies from it, and their mean.

use crate::terms::{Bound, Outliers, Plan};
use attain_sdk::prelude::*;

/// A rating, and the row it stands in.
pub struct Rating {
    pub row: usize,
    pub value: Amount,
    /// How far it lies from the median.
    pub distance: Exact,
    pub is_outlier: bool,
}

/// The ratings of one relation, judged.
pub struct Ratings {
    pub all: Vec<Rating>,
    pub median: Exact,
    /// How far from the median a rating may lie; none where there are no outliers.
    pub bound: Option<Exact>,
    /// How many count: all of them, or those that are no outliers.
    pub counted: usize,
    /// How many of those are cut off at each end.
    pub cut: usize,
    /// The mean of the rest; none where nothing is left.
    pub mean: Option<Exact>,
}

impl Ratings {
    /// Judges ratings: rows and what they say.
    pub fn of(plan: &Plan, given: Vec<(usize, Amount)>) -> Ratings {
        let mut sorted: Vec<Amount> = given.iter().map(|(_, value)| *value).collect();
        sorted.sort_unstable();
        let median = middle(&sorted);
        let bound = plan.bound.as_ref().map(|bound| match bound {
            Bound::Distance(distance) => *distance,
            Bound::Mad { times, least } => {
                let deviation = middle(&distances(&sorted, median));
                (deviation * *times).at_least(*least)
            }
        });
        let judged = |(row, value): (usize, Amount)| {
            let distance = distance(value.exact(), median);
            Rating { row, value, distance, is_outlier: bound.is_some_and(|bound| distance > bound) }
        };
        let all: Vec<Rating> = given.into_iter().map(judged).collect();
        let mut counted = sorted.as_slice();
        if plan.outliers == Outliers::LeftOut {
            // They lie at both ends.
            let outliers = || all.iter().filter(|rating| rating.is_outlier);
            let below = outliers().filter(|rating| rating.value.exact() < median).count();
            let above = outliers().count() - below;
            counted = sorted.get(below..sorted.len() - above).unwrap_or_default();
        }
        let cut = plan.trim.as_ref().map_or(0, |trim| trim.cut(counted.len()));
        let kept = counted.get(cut..counted.len() - cut).unwrap_or_default();
        let sum: Amount = kept.iter().copied().sum();
        let mean = sum.over(Exact::whole(i64::try_from(kept.len()).unwrap_or(i64::MAX)));
        Ratings { median, bound, counted: counted.len(), cut, mean, all }
    }
}

fn distance(value: Exact, from: Exact) -> Exact {
    let distance = value - from;
    if distance.is_negative() { -distance } else { distance }
}

/// How far values that rise lie from something between them, from the furthest on: always one of the two ends.
fn distances(mut rising: &[Amount], from: Exact) -> Vec<Exact> {
    let mut falling = Vec::with_capacity(rising.len());
    while let Some((first, last)) = rising.first().zip(rising.last()) {
        let (below, above) = (distance(first.exact(), from), distance(last.exact(), from));
        let (furthest, others) =
            if below > above { (below, rising.get(1..)) } else { (above, rising.get(..rising.len() - 1)) };
        falling.push(furthest);
        rising = others.unwrap_or_default();
    }
    falling
}

/// The value in the middle of what is sorted; of an even number, the mean of the two. Nothing of nothing.
fn middle<T: Copy + Into<Exact>>(sorted: &[T]) -> Exact {
    let one = sorted.get(sorted.len() / 2);
    let other = sorted.get(sorted.len().saturating_sub(1) / 2);
    let (Some(one), Some(other)) = (one, other) else { return Exact::ZERO };
    let one: Exact = (*one).into();
    (one + *other).over(Exact::whole(2)).unwrap_or(one)
}
