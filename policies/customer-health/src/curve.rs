//! Curves: from what was measured to a score.

use attain_sdk::prelude::*;

/// How a metric becomes a score.
#[derive(Parameters)]
pub enum Curve {
    /// A straight line from floor to target. Worse than the floor scores what the floor does, better than the
    /// target what the target does.
    Linear {
        /// Where scoring begins.
        floor: Decimal,
        /// What is expected.
        target: Decimal,
        /// The score at the floor.
        #[parameter(default = "0")]
        floor_score: Decimal,
        /// The score at the target.
        #[parameter(default = "100")]
        target_score: Decimal,
    },
    /// The level that is reached, and its score. Worse than the first scores nothing.
    Steps(Vec<Step>),
}

/// A level of a metric.
#[derive(Parameters)]
pub struct Step {
    /// The value from which on it is reached; where lower is better, the value up to which it is.
    from: Decimal,
    /// Its score.
    score: Decimal,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
}

/// A curve, ready for use. Where lower is better, values are turned, so that they always rise.
pub enum Line {
    Straight { turn: Exact, floor: (Exact, Exact), target: (Exact, Exact) },
    Steps { turn: Exact, levels: Vec<(Exact, Exact)> },
}

impl Line {
    /// The line of a curve, or what is wrong with it.
    pub fn new(curve: &Curve, better: Better, at: &str, wrong: &mut Wrong<'_, '_>) -> Option<Line> {
        let (turn, word) = match better {
            Better::Higher => (Exact::ONE, "above"),
            Better::Lower => (-Exact::ONE, "below"),
        };
        let mut rises = |before: Decimal, value: Decimal, at: String| {
            let rises = value * turn > before * turn;
            if !rises {
                wrong.at(at, "not-rising", format!("`{value}` is not {word} `{before}`, the point before"));
            }
            rises
        };
        match curve {
            Curve::Linear { floor, target, floor_score, target_score } => {
                rises(*floor, *target, format!("{at}.linear.target")).then(|| Line::Straight {
                    turn,
                    floor: (*floor * turn, floor_score.exact()),
                    target: (*target * turn, target_score.exact()),
                })
            }
            Curve::Steps(steps) => {
                let mut good = true;
                for (i, pair) in steps.windows(2).enumerate() {
                    if let [before, after] = pair {
                        good &= rises(before.from, after.from, format!("{at}.steps[{}].from", i + 1));
                    }
                }
                if steps.is_empty() {
                    let message = "there is no step, expected at least one".to_owned();
                    wrong.at(format_args!("{at}.steps"), "no-steps", message);
                    return None;
                }
                let levels = steps.iter().map(|step| (step.from * turn, step.score.exact())).collect();
                good.then_some(Line::Steps { turn, levels })
            }
        }
    }

    /// The score of a measurement.
    pub fn score(&self, measured: Exact) -> Exact {
        match self {
            Line::Straight { turn, floor: (floor, floor_score), target: (target, target_score) } => {
                let measured = (measured * *turn).at_least(*floor).at_most(*target);
                // The two differ: the target is better than the floor.
                let share = (measured - *floor).over(*target - *floor).unwrap_or(Exact::ZERO);
                *floor_score + share * (*target_score - *floor_score)
            }
            Line::Steps { turn, levels } => {
                let measured = measured * *turn;
                let reached = levels.iter().rfind(|(from, _)| measured >= *from);
                reached.map_or(Exact::ZERO, |(_, score)| *score)
            }
        }
    }
}
