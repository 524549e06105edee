//! Curves: from what was measured to a score.

use attain_sdk::prelude::*;
use std::fmt::Display;

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
pub enum Scoring {
    /// By points.
    By(Line),
    /// Compared in the group.
    MinMax { better: Better, all_same: Exact, best: Exact },
}

impl Curve {
    /// Ready for use, or what is wrong with it.
    pub fn scoring(&self, better: Better, at: &dyn Display, wrong: &mut Wrong<'_, '_>) -> Option<Scoring> {
        let line = match self {
            Curve::MinMax { all_same } => {
                let (all_same, best) = (all_same.exact(), Exact::whole(100));
                return Some(Scoring::MinMax { better, all_same, best });
            }
            Curve::Linear { floor, target, stretch, floor_score, target_score, stretch_score } => {
                let mut points = vec![(*floor, *floor_score), (*target, *target_score)];
                points.extend(stretch.map(|stretch| (stretch, *stretch_score)));
                Line::straight(
                    &format_args!("{at}.linear"),
                    &["floor", "target", "stretch"],
                    &points,
                    better,
                    wrong,
                )
            }
            Curve::Steps(levels) => {
                let steps: Vec<_> = levels.iter().map(|level| (level.from, level.score)).collect();
                Line::steps(&format_args!("{at}.steps"), &steps, better, wrong)
            }
        };
        line.map(Scoring::By)
    }
}

impl Scoring {
    /// The same for measurements that are counts of which `value` make one, and scores that are `score` times as much.
    pub fn scaled(&self, value: Exact, score: Exact) -> Scoring {
        match self {
            Scoring::By(line) => Scoring::By(line.scaled(value, score)),
            Scoring::MinMax { better, all_same, best } => {
                Scoring::MinMax { better: *better, all_same: *all_same * score, best: *best * score }
            }
        }
    }

    /// The score of a measurement; `among` holds the least and the greatest of the group.
    #[inline]
    pub fn of(&self, measured: Exact, among: Option<(Exact, Exact)>) -> Exact {
        match self {
            Scoring::By(line) => line.at(measured).unwrap_or(Exact::ZERO),
            Scoring::MinMax { better, all_same, best } => {
                let Some((least, greatest)) = among else { return *all_same };
                let lower = *better == Better::Lower;
                let (from, to) = if lower { (greatest, least) } else { (least, greatest) };
                let share = (measured - from).over(to - from);
                share.map_or(*all_same, |share| share * *best)
            }
        }
    }
}
