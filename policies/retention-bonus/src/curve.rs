//! Curves: from what was measured to the share of a target bonus that it pays.

use attain_sdk::prelude::*;
use std::fmt::Display;

/// What a metric pays, as a share of what its weight is worth at target.
#[derive(Parameters)]
pub enum Curve {
    /// Straight lines between floor, target and stretch. Worse than the floor pays nothing; better than the last
    /// point pays what the last point does.
    Linear {
        /// Where it begins to pay.
        floor: Decimal,
        /// What is expected.
        target: Decimal,
        /// Where it pays no more. None: at the target.
        stretch: Option<Decimal>,
        /// What it pays at the floor.
        #[parameter(default = "0", min = "0")]
        floor_pays: Decimal,
        /// What it pays at the target.
        #[parameter(default = "1", min = "0")]
        target_pays: Decimal,
        /// What it pays at the stretch.
        #[parameter(default = "1.5", min = "0")]
        stretch_pays: Decimal,
    },
    /// What the level that is reached pays. Worse than the first pays nothing.
    Steps(Vec<Level>),
}

/// A level of a metric.
#[derive(Parameters)]
pub struct Level {
    /// The value from which on it is reached; where lower is better, the value up to which it is.
    from: Decimal,
    /// What it pays.
    #[parameter(min = "0")]
    pays: Decimal,
}

impl Curve {
    /// Ready for use, or what is wrong with it.
    pub fn line(&self, better: Better, at: &dyn Display, wrong: &mut Wrong<'_, '_>) -> Option<Line> {
        match self {
            Curve::Linear { floor, target, stretch, floor_pays, target_pays, stretch_pays } => {
                let mut points = vec![(*floor, *floor_pays), (*target, *target_pays)];
                points.extend(stretch.map(|stretch| (stretch, *stretch_pays)));
                Line::straight(
                    &format_args!("{at}.linear"),
                    &["floor", "target", "stretch"],
                    &points,
                    better,
                    wrong,
                )
            }
            Curve::Steps(levels) => {
                let steps: Vec<_> = levels.iter().map(|level| (level.from, level.pays)).collect();
                Line::steps(&format_args!("{at}.steps"), &steps, better, wrong)
            }
        }
    }
}
