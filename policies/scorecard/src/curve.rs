//! Curves: from what was measured to a score.

use crate::card::Better;
use attain_sdk::prelude::*;

/// How a metric becomes a score.
#[derive(Parameters)]
pub enum Curve {
    /// Straight lines between floor, target and stretch. Worse than the floor scores nothing; better than the
    /// last point scores what the last point does.
    Linear {
        /// Where scoring begins.
        floor: Decimal,
        /// What is expected.
        target: Decimal,
        /// Where scoring ends. None: at the target.
        stretch: Option<Decimal>,
        /// The score at the floor.
        #[parameter(default = "0")]
        floor_score: Decimal,
        /// The score at the target.
        #[parameter(default = "100")]
        target_score: Decimal,
        /// The score at the stretch.
        #[parameter(default = "150")]
        stretch_score: Decimal,
    },
    /// The level that is reached, and its score. Worse than the first scores nothing.
    Steps(Vec<Level>),
    /// From the worst in the group, 0, to the best, 100.
    MinMax {
        /// What everybody scores where all are the same.
        #[parameter(default = "100")]
        all_same: Decimal,
    },
}

/// A level of a metric.
#[derive(Parameters)]
pub struct Level {
    /// The value from which on it is reached; where lower is better, the value up to which it is.
    from: Decimal,
    /// Its score.
    score: Decimal,
}

/// A curve, ready for use. Where lower is better, values and thresholds are turned, so that it always rises.
pub enum Line {
    /// Points (value, score) that straight lines join.
    Straight { turn: Exact, points: Vec<(Exact, Exact)> },
    /// Levels (from, score).
    Steps { turn: Exact, levels: Vec<(Exact, Exact)> },
    /// Compared in the group.
    MinMax { turn: Exact, all_same: Exact },
}

impl Line {
    /// The line of a curve, or what is wrong with it.
    pub fn new(curve: &Curve, better: Better, at: &str, wrong: &mut Wrong<'_, '_>) -> Option<Line> {
        let turn = if better == Better::Higher { Exact::ONE } else { -Exact::ONE };
        let line = match curve {
            Curve::MinMax { all_same } => return Some(Line::MinMax { turn, all_same: all_same.exact() }),
            Curve::Linear { floor, target, stretch, floor_score, target_score, stretch_score } => {
                let mut points = vec![("floor", *floor, *floor_score), ("target", *target, *target_score)];
                points.extend(stretch.map(|stretch| ("stretch", stretch, *stretch_score)));
                let points = points
                    .into_iter()
                    .map(|(name, value, score)| (format!("{at}.linear.{name}"), value, score));
                Line::Straight { turn, points: rising(points, better, wrong)? }
            }
            Curve::Steps(levels) => {
                if levels.is_empty() {
                    wrong.at(
                        format_args!("{at}.steps"),
                        "no-levels",
                        "there is no level, expected at least one".to_owned(),
                    );
                    return None;
                }
                let place = |i: usize| format!("{at}.steps[{i}].from");
                let levels = levels.iter().enumerate().map(|(i, level)| (place(i), level.from, level.score));
                Line::Steps { turn, levels: rising(levels, better, wrong)? }
            }
        };
        Some(line)
    }

    /// The score of a measurement; `among` holds the least and the greatest of the group.
    pub fn score(&self, measured: Exact, among: Option<(Exact, Exact)>) -> Exact {
        match self {
            Line::Straight { turn, points } => straight(points, measured * *turn),
            Line::Steps { turn, levels } => {
                let measured = measured * *turn;
                let reached = levels.iter().rfind(|(from, _)| measured >= *from);
                reached.map_or(Exact::ZERO, |(_, score)| *score)
            }
            Line::MinMax { turn, all_same } => {
                let Some((least, greatest)) = among else { return *all_same };
                let (worst, best) = if turn.is_negative() { (greatest, least) } else { (least, greatest) };
                let share = (measured - worst).over(best - worst);
                share.map_or(*all_same, |share| share * Exact::whole(100))
            }
        }
    }
}

/// Thresholds from worse to better, each better than the one before.
fn rising(
    points: impl Iterator<Item = (String, Decimal, Decimal)>,
    better: Better,
    wrong: &mut Wrong<'_, '_>,
) -> Option<Vec<(Exact, Exact)>> {
    let turn = if better == Better::Higher { Exact::ONE } else { -Exact::ONE };
    let mut turned: Vec<(Exact, Exact)> = Vec::new();
    let mut before: Option<Decimal> = None;
    let mut good = true;
    for (at, value, score) in points {
        let point = (value * turn, score.exact());
        if let (Some((last, _)), Some(before)) = (turned.last(), before)
            && *last >= point.0
        {
            let word = if better == Better::Higher { "above" } else { "below" };
            wrong.at(at, "not-rising", format!("`{value}` is not {word} `{before}`, the point before"));
            good = false;
        }
        before = Some(value);
        turned.push(point);
    }
    good.then_some(turned)
}

fn straight(points: &[(Exact, Exact)], measured: Exact) -> Exact {
    let Some((first, _)) = points.first() else { return Exact::ZERO };
    if measured < *first {
        return Exact::ZERO;
    }
    for pair in points.windows(2) {
        if let [(from, from_score), (to, to_score)] = pair
            && measured < *to
        {
            // The two differ: the points rise.
            let share = (measured - *from).over(*to - *from).unwrap_or(Exact::ZERO);
            return *from_score + share * (*to_score - *from_score);
        }
    }
    points.last().map_or(Exact::ZERO, |(_, score)| *score)
}
