//! Ratings of a person make one score: trimmed mean, outliers marked, relations weighted.
//!
//! Some of those who rate are hostile, some are friends. What lies far from the median is marked, and doesn't count
//! if the plan says so; of the rest so many are cut off at either end, and the mean is taken. What oneself and the
//! manager say may weigh apart.

mod ratings;
mod terms;

use attain_sdk::prelude::*;
use ratings::Ratings;
use terms::{Missing, Plan, Relation};

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Review<'a> {
    /// What the rater gave.
    #[input(kind = Plan::rating_kind, when = Plan::rating)]
    rating: Option<Amount>,
    /// What the rater is to the rated: a peer, the manager, oneself.
    #[input(when = Plan::relation)]
    relation: Option<&'a str>,
    /// Who is rated, where the rows belong to raters.
    #[input(when = Plan::rated)]
    #[expect(dead_code, reason = "the host groups by it")]
    rated: Option<&'a str>,
}

#[derive(Outputs, Default, Clone)]
struct Marked {
    /// Whether the rating lies too far from the median; no value without a rating.
    #[output(info, fold = "any")]
    outlier: Option<bool>,
}

#[derive(Outputs)]
#[outputs(plan = Plan, per = "group")]
struct Reviewed {
    /// The score; no value where there are too few ratings.
    #[output(score, kind = Plan::score_kind, fold = "first")]
    score: Option<Amount>,
    /// How many ratings there are.
    #[output(info, fold = "first")]
    ratings: Count,
    /// How many of them are outliers.
    #[output(info, fold = "first")]
    outliers: Count,
}

#[derive(Rules)]
enum Step {
    /// there is no rating
    #[zh("没有评分")]
    NoRating,
    /// {rating} lies {distance} from the median of {median}
    #[zh("评分 {rating}，与中位数 {median} 相差 {distance}")]
    Near {
        #[place(like = "rating")]
        rating: Amount,
        distance: Points<4>,
        median: Points<4>,
    },
    /// {rating} lies {distance} from the median of {median}, more than {bound}: an outlier
    #[zh("评分 {rating}，与中位数 {median} 相差 {distance}，超过 {bound}：标记为异常评分")]
    Outlier {
        #[place(like = "rating")]
        rating: Amount,
        distance: Points<4>,
        median: Points<4>,
        bound: Points<4>,
    },
    /// {ratings} rating{ratings|s} count{ratings|s|}, {cut} {cut|is|are} cut off at each end, the mean of the rest is {mean}
    #[zh("计入 {ratings} 个评分，首尾各去掉 {cut} 个，其余平均 {mean}")]
    Mean { ratings: Count, cut: Count, mean: Points<4> },
    /// that counts {weight} of {total}
    #[zh("该类评分权重 {weight}，权重合计 {total}")]
    Weight { weight: Ratio<6>, total: Ratio<6> },
    /// {ratings} rating{ratings|s} of this relation count{ratings|s|}, {needed} {needed|is|are} needed, so it is left out
    #[zh("该类评分计入 {ratings} 个，至少需要 {needed} 个，不计入")]
    RelationTooSmall { ratings: Count, needed: Count },
    /// {ratings} rating{ratings|s}, {needed} {needed|is|are} needed: no score
    #[zh("共 {ratings} 个评分，至少需要 {needed} 个：没有得分")]
    TooFew { ratings: Count, needed: Count },
    /// a relation that counts has too few ratings: no score
    #[zh("有一类评分数量不足：没有得分")]
    RelationMissing,
    /// no rating is left that counts: no score
    #[zh("没有可计入的评分：没有得分")]
    NothingLeft,
    /// the score is {score}
    #[zh("得分 {score}")]
    Score {
        #[place(like = "score")]
        score: Amount,
    },
}

#[policy(
    grouping = Plan::grouping,
    table = "reviews",
    rules = Step,
    zh = "他人评分去掉首尾、标记异常，再按评价关系加权，合成一个得分"
)]
fn peer_review(
    plan: &Plan,
    reviews: &[Review<'_>],
    marks: &mut [Marked],
    why: &mut impl Why,
) -> Result<Reviewed> {
    for (row, _) in reviews.iter().enumerate().filter(|(_, review)| review.rating.is_none()) {
        why.of(row).notes(|| Step::NoRating);
    }
    let relations = by_relation(plan, reviews)?;
    let (mut all, mut outliers) = (0, 0);
    for rating in relations.iter().flat_map(|(ratings, _)| &ratings.all) {
        all += 1;
        outliers += usize::from(rating.is_outlier);
        if let Some(mark) = marks.get_mut(rating.row) {
            mark.outlier = Some(rating.is_outlier);
        }
    }
    for (ratings, relation) in &relations {
        told(plan, ratings, needed(*relation), why);
    }
    let score = score(plan, &relations, all, why);
    for row in 0..reviews.len() {
        match score {
            Ok(score) => why.of(row).notes(|| Step::Score { score }),
            Err(none) => why.of(row).notes(|| none.step(all, plan.ratings_min)),
        }
    }
    Ok(Reviewed { score: score.ok(), ratings: count(all), outliers: count(outliers) })
}

/// The ratings of each relation, and what it counts for; all of them together where relations don't matter.
fn by_relation<'p>(plan: &'p Plan, reviews: &[Review<'_>]) -> Result<Vec<(Ratings, Option<&'p Relation>)>> {
    let ratings = |review: &Review<'_>, row: usize| review.rating.map(|rating| (row, rating));
    let Some(relations) = &plan.relations else {
        let all = reviews.iter().zip(0..).filter_map(|(review, row)| ratings(review, row)).collect();
        return Ok(vec![(Ratings::of(plan, all), None)]);
    };
    let mut given: Vec<Vec<(usize, Amount)>> = relations.keys().map(|_| Vec::new()).collect();
    for (row, review) in reviews.iter().enumerate() {
        let Some(rating) = ratings(review, row) else { continue };
        let place = relations.keys().position(|name| Some(name) == review.relation);
        let given = place.and_then(|place| given.get_mut(place));
        given.ok_or_else(|| no_relation(review.relation, relations).in_row(row))?.push(rating);
    }
    Ok(given.into_iter().map(|given| Ratings::of(plan, given)).zip(relations.values().map(Some)).collect())
}

fn no_relation(relation: Option<&str>, relations: &Named<Relation>) -> Failure {
    let known: Vec<&str> = relations.keys().collect();
    match relation {
        Some(relation) => Failure::new(
            "unknown-relation",
            format!(
                "relation `{relation}` has no weight; give it one in `relations`, 0 where it doesn't count{}",
                attain_sdk::hint(relation, &known)
            ),
        ),
        None => Failure::new(
            "missing-value",
            format!("the rating has no `relation`, expected one of `{}`", known.join("`, `")),
        ),
    }
}

/// Why there is no score.
#[derive(Clone, Copy)]
enum NoScore {
    TooFew,
    RelationMissing,
    NothingLeft,
}

impl NoScore {
    fn step(self, ratings: usize, needed: usize) -> Step {
        match self {
            NoScore::TooFew => Step::TooFew { ratings: count(ratings), needed: count(needed) },
            NoScore::RelationMissing => Step::RelationMissing,
            NoScore::NothingLeft => Step::NothingLeft,
        }
    }
}

/// The means of the relations, weighted.
fn score(
    plan: &Plan,
    relations: &[(Ratings, Option<&Relation>)],
    ratings: usize,
    why: &mut impl Why,
) -> Result<Amount, NoScore> {
    if ratings < plan.ratings_min {
        return Err(NoScore::TooFew);
    }
    let (mut sum, mut total) = (Exact::ZERO, Ratio::ZERO);
    for (ratings, relation) in relations {
        let weight = relation.map_or(Ratio::from_units(1_000_000), |relation| relation.weight);
        match ratings.mean.filter(|_| ratings.counted >= needed(*relation)) {
            Some(mean) => {
                sum += mean * weight;
                total += weight;
            }
            None if plan.missing_relation == Missing::NoScore && weight > Ratio::ZERO => {
                return Err(NoScore::RelationMissing);
            }
            None => {}
        }
    }
    let mean = sum.over(total).ok_or(NoScore::NothingLeft)?;
    for (ratings, relation) in relations {
        let Some(relation) = relation.filter(|_| ratings.counted >= needed(*relation)) else { continue };
        for rating in &ratings.all {
            why.of(rating.row).notes(|| Step::Weight { weight: relation.weight, total });
        }
    }
    let points = mean.over(plan.rating_scale).unwrap_or(Exact::ZERO);
    Ok((points * plan.scale).round(plan.round))
}

/// How many ratings a relation needs to count.
fn needed(relation: Option<&Relation>) -> usize {
    relation.map_or(0, |relation| usize::try_from(relation.ratings_min).unwrap_or(usize::MAX))
}

/// Tells each row how its rating was judged, and what its relation makes.
fn told(plan: &Plan, ratings: &Ratings, needed: usize, why: &mut impl Why) {
    let points = |amount: Exact| -> Points<4> {
        amount.over(plan.rating_scale).unwrap_or(Exact::ZERO).round(Round::HalfUp)
    };
    for rating in &ratings.all {
        let why = why.of(rating.row);
        why.notes(|| {
            let (distance, median) = (points(rating.distance), points(ratings.median));
            match ratings.bound.filter(|_| rating.is_outlier) {
                Some(bound) => Step::Outlier { rating: rating.value, distance, median, bound: points(bound) },
                None => Step::Near { rating: rating.value, distance, median },
            }
        });
        if let Some(mean) = ratings.mean {
            let (counted, cut) = (count(ratings.counted), count(ratings.cut));
            why.notes(|| Step::Mean { ratings: counted, cut, mean: points(mean) });
        }
        if ratings.counted < needed {
            let (ratings, needed) = (count(ratings.counted), count(needed));
            why.notes(|| Step::RelationTooSmall { ratings, needed });
        }
    }
}

fn count(number: usize) -> Count {
    Count::from_units(i64::try_from(number).unwrap_or(i64::MAX))
}

#[cfg(test)]
attain_cases::cases!();
