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
        let median = median(given.iter().map(|(_, value)| value.exact()).collect());
        let distance = |value: Amount| {
            let distance = value.exact() - median;
            if distance.is_negative() { -distance } else { distance }
        };
        let bound = plan.bound.as_ref().map(|bound| match bound {
            Bound::Distance(distance) => *distance,
            Bound::Mad { times, least } => {
                let deviation = self::median(given.iter().map(|(_, value)| distance(*value)).collect());
                (deviation * *times).at_least(*least)
            }
        });
        let judged = |(row, value): (usize, Amount)| {
            let distance = distance(value);
            Rating { row, value, distance, is_outlier: bound.is_some_and(|bound| distance > bound) }
        };
        let all: Vec<Rating> = given.into_iter().map(judged).collect();
        let counts = |rating: &&Rating| plan.outliers == Outliers::Marked || !rating.is_outlier;
        let mut values: Vec<Amount> = all.iter().filter(counts).map(|rating| rating.value).collect();
        values.sort_unstable();
        let cut = plan.trim.as_ref().map_or(0, |trim| trim.cut(values.len()));
        let kept = values.get(cut..values.len() - cut).unwrap_or_default();
        let sum: Amount = kept.iter().copied().sum();
        let mean = sum.over(Exact::whole(i64::try_from(kept.len()).unwrap_or(i64::MAX)));
        Ratings { median, bound, counted: values.len(), cut, mean, all }
    }
}

/// The value in the middle; of an even number, the mean of the two. Nothing of nothing.
fn median(mut values: Vec<Exact>) -> Exact {
    values.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    let high = values.get(values.len() / 2);
    let low = values.get(values.len().saturating_sub(1) / 2);
    let (Some(low), Some(high)) = (low, high) else { return Exact::ZERO };
    (*low + *high).over(Exact::whole(2)).unwrap_or(*low)
}
