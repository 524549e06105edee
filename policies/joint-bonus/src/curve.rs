//! Curves: from what was measured to the share of a target bonus that it pays.

use attain_sdk::prelude::*;

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

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
}

/// A curve, ready for use. Where lower is better, what was measured is turned, so that a line always rises.
pub struct Pays {
    line: Line,
    lower_is_better: bool,
}

impl Pays {
    /// What a curve pays for a count of which `scale` make one, or what is wrong with it.
    pub fn new(
        curve: &Curve,
        better: Better,
        scale: Exact,
        at: &str,
        wrong: &mut Wrong<'_, '_>,
    ) -> Option<Pays> {
        let named: Vec<(String, Decimal, Decimal)> = match curve {
            Curve::Linear { floor, target, stretch, floor_pays, target_pays, stretch_pays } => {
                let mut points = vec![("floor", *floor, *floor_pays), ("target", *target, *target_pays)];
                points.extend(stretch.map(|stretch| ("stretch", stretch, *stretch_pays)));
                let place = |(name, value, pays)| (format!("{at}.linear.{name}"), value, pays);
                points.into_iter().map(place).collect()
            }
            Curve::Steps(levels) => {
                let place =
                    |(i, level): (usize, &Level)| (format!("{at}.steps[{i}].from"), level.from, level.pays);
                levels.iter().enumerate().map(place).collect()
            }
        };
        if named.is_empty() {
            let message = "there is no level, expected at least one".to_owned();
            wrong.at(format_args!("{at}.steps"), "no-levels", message);
            return None;
        }
        let (turn, word) = match better {
            Better::Higher => (Exact::ONE, "above"),
            Better::Lower => (-Exact::ONE, "below"),
        };
        let mut rises = true;
        for pair in named.windows(2) {
            if let [(_, before, _), (at, value, _)] = pair
                && *value * turn <= *before * turn
            {
                let message = format!("`{value}` is not {word} `{before}`, the point before");
                wrong.at(at, "not-rising", message);
                rises = false;
            }
        }
        let scale = scale * turn;
        let points: Vec<(Exact, Exact)> =
            named.iter().map(|(_, value, pays)| (*value * scale, pays.exact())).collect();
        let line = match curve {
            Curve::Linear { .. } => Line::straight(&points),
            Curve::Steps(_) => Line::steps(&points),
        };
        rises.then_some(Pays { line, lower_is_better: better == Better::Lower })
    }

    /// What a measurement pays.
    #[inline]
    pub fn of(&self, measured: Exact) -> Exact {
        self.line.at(if self.lower_is_better { -measured } else { measured })
    }
}
