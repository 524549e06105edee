//! Curves: from what was measured to a score.

use attain_sdk::prelude::*;
use std::fmt::Display;

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

impl Curve {
    /// Ready for use, or what is wrong with it.
    pub fn line(&self, better: Better, at: &dyn Display, wrong: &mut Wrong<'_, '_>) -> Option<Line> {
        match self {
            Curve::Linear { floor, target, floor_score, target_score } => {
                let points = [(*floor, *floor_score), (*target, *target_score)];
                Line::straight(&format_args!("{at}.linear"), &["floor", "target"], &points, better, wrong)
            }
            Curve::Steps(steps) => {
                let steps: Vec<_> = steps.iter().map(|step| (step.from, step.score)).collect();
                Line::steps(&format_args!("{at}.steps"), &steps, better, wrong)
            }
        }
    }

    /// What is worse than its first point scores.
    pub fn worst(&self) -> Exact {
        match self {
            Curve::Linear { floor_score, .. } => floor_score.exact(),
            Curve::Steps(_) => Exact::ZERO,
        }
    }
}
