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

/// A curve, ready for use: points (value, share), turned where lower is better, so that values always rise.
pub struct Line {
    points: Vec<(Exact, Exact)>,
    turn: Exact,
    is_straight: bool,
}

impl Line {
    /// The line of a curve, or what is wrong with it.
    pub fn new(curve: &Curve, better: Better, at: &str, wrong: &mut Wrong<'_, '_>) -> Option<Line> {
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
        let turn = if better == Better::Higher { Exact::ONE } else { -Exact::ONE };
        let word = if better == Better::Higher { "above" } else { "below" };
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
        let points = named.iter().map(|(_, value, pays)| (*value * turn, pays.exact())).collect();
        rises.then_some(Line { points, turn, is_straight: matches!(curve, Curve::Linear { .. }) })
    }

    /// What a measurement pays.
    pub fn pays(&self, measured: Exact) -> Exact {
        let measured = measured * self.turn;
        let mut last: Option<(Exact, Exact)> = None;
        for (value, pays) in &self.points {
            if measured < *value {
                return match last {
                    Some((from, from_pays)) if self.is_straight => {
                        // The two differ: the points rise.
                        let share = (measured - from).over(*value - from).unwrap_or(Exact::ZERO);
                        from_pays + share * (*pays - from_pays)
                    }
                    last => last.map_or(Exact::ZERO, |(_, pays)| pays),
                };
            }
            last = Some((*value, *pays));
        }
        last.map_or(Exact::ZERO, |(_, pays)| pays)
    }
}
