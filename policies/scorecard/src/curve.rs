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

/// A curve, ready for use.
pub enum Scores {
    /// By the value alone. Where lower is better, it is turned, so that a line always rises.
    Alone { line: Line, lower_is_better: bool },
    /// Compared in the group.
    MinMax { lower_is_better: bool, all_same: Exact, best: Exact },
}

/// What the points of a curve are multiplied by: their values, and their scores.
#[derive(Clone, Copy)]
pub struct Scale {
    pub value: Exact,
    pub score: Exact,
}

impl Curve {
    /// The points of a curve, or what is wrong with it; those of a comparison are none.
    pub fn points(&self, better: Better, at: &str, wrong: &mut Wrong<'_, '_>) -> Option<Vec<(Exact, Exact)>> {
        let named: Vec<(String, Decimal, Decimal)> = match self {
            Curve::MinMax { .. } => return Some(Vec::new()),
            Curve::Linear { floor, target, stretch, floor_score, target_score, stretch_score } => {
                let mut points = vec![("floor", *floor, *floor_score), ("target", *target, *target_score)];
                points.extend(stretch.map(|stretch| ("stretch", stretch, *stretch_score)));
                let place = |(name, value, score)| (format!("{at}.linear.{name}"), value, score);
                points.into_iter().map(place).collect()
            }
            Curve::Steps(levels) => {
                let place =
                    |(i, level): (usize, &Level)| (format!("{at}.steps[{i}].from"), level.from, level.score);
                levels.iter().enumerate().map(place).collect()
            }
        };
        if named.is_empty() {
            let message = "there is no level, expected at least one".to_owned();
            wrong.at(format_args!("{at}.steps"), "no-levels", message);
            return None;
        }
        rising(&named, better, wrong)
    }

    /// Its scores, by the points of it.
    pub fn scores(&self, points: &[(Exact, Exact)], better: Better, scale: Scale) -> Scores {
        let lower_is_better = better == Better::Lower;
        let points: Vec<(Exact, Exact)> =
            points.iter().map(|(value, score)| (*value * scale.value, *score * scale.score)).collect();
        match self {
            Curve::MinMax { all_same } => Scores::MinMax {
                lower_is_better,
                all_same: *all_same * scale.score,
                best: Exact::whole(100) * scale.score,
            },
            Curve::Linear { .. } => Scores::Alone { line: Line::straight(&points), lower_is_better },
            Curve::Steps(_) => Scores::Alone { line: Line::steps(&points), lower_is_better },
        }
    }
}

impl Scores {
    /// The score of a measurement; `among` holds the least and the greatest of the group.
    #[inline]
    pub fn of(&self, measured: Exact, among: Option<(Exact, Exact)>) -> Exact {
        match self {
            Scores::Alone { line, lower_is_better: false } => line.at(measured),
            Scores::Alone { line, lower_is_better: true } => line.at(-measured),
            Scores::MinMax { lower_is_better, all_same, best } => {
                let Some((least, greatest)) = among else { return *all_same };
                let (from, to) = if *lower_is_better { (greatest, least) } else { (least, greatest) };
                let share = (measured - from).over(to - from);
                share.map_or(*all_same, |share| share * *best)
            }
        }
    }
}

/// Thresholds from worse to better, each better than the one before; turned where lower is better.
fn rising(
    points: &[(String, Decimal, Decimal)],
    better: Better,
    wrong: &mut Wrong<'_, '_>,
) -> Option<Vec<(Exact, Exact)>> {
    let (turn, word) = match better {
        Better::Higher => (Exact::ONE, "above"),
        Better::Lower => (-Exact::ONE, "below"),
    };
    let mut rises = true;
    for pair in points.windows(2) {
        if let [(_, before, _), (at, value, _)] = pair
            && *value * turn <= *before * turn
        {
            wrong.at(at, "not-rising", format!("`{value}` is not {word} `{before}`, the point before"));
            rises = false;
        }
    }
    rises.then(|| points.iter().map(|(_, value, score)| (*value * turn, score.exact())).collect())
}
