//! Lines: what a measurement gives, by points from worse to better.

use crate::exact::Exact;
use crate::json::Json;
use crate::parameter::{Choice, Decimal, Parameter, Path, Reading, Schema, Wrong};

/// Which way a metric is better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Better {
    /// More is better.
    #[default]
    Higher,
    /// Less is better.
    Lower,
}

/// The words for the two.
const WAYS: &[Choice] =
    &[Choice::word("higher", "More is better."), Choice::word("lower", "Less is better.")];

impl Parameter for Better {
    const SCHEMA: Schema = Schema::Choice(WAYS);
    fn read(value: &Json, at: &Path<'_>, reading: &mut Reading<'_>) -> Option<Better> {
        let word = reading.word(value, at, WAYS)?;
        Some(if word == 0 { Better::Higher } else { Better::Lower })
    }
}

impl Better {
    /// The same measurement, so that more is better.
    #[inline]
    pub fn turned(self, measured: Exact) -> Exact {
        if self == Better::Higher { measured } else { -measured }
    }
}

/// Points from worse to better, ready for use.
pub struct Line {
    /// What is measured, turned so that it rises, and what that gives.
    points: Vec<(Exact, Exact)>,
    better: Better,
    is_straight: bool,
}

impl Line {
    /// Straight from point to point: each with its name, what is measured there, and what that gives. `at` is where
    /// their names stand in the parameters.
    pub fn straight(
        at: &str,
        points: impl IntoIterator<Item = (&'static str, Decimal, Decimal)>,
        better: Better,
        wrong: &mut Wrong<'_, '_>,
    ) -> Option<Line> {
        let points =
            points.into_iter().map(|(name, measured, gives)| (format!("{at}.{name}"), measured, gives));
        Line::new(points.collect(), better, true, wrong)
    }

    /// In steps: each with where it begins, and what it gives up to the next one. `at` is the list of them in the
    /// parameters.
    pub fn steps(
        at: &str,
        steps: impl IntoIterator<Item = (Decimal, Decimal)>,
        better: Better,
        wrong: &mut Wrong<'_, '_>,
    ) -> Option<Line> {
        let steps = steps.into_iter().enumerate();
        let points: Vec<_> =
            steps.map(|(i, (from, gives))| (format!("{at}[{i}].from"), from, gives)).collect();
        if points.is_empty() {
            wrong.at(at, "no-levels", "there is no level, expected at least one".to_owned());
        }
        Line::new(points, better, false, wrong)
    }

    #[inline(never)]
    fn new(
        points: Vec<(String, Decimal, Decimal)>,
        better: Better,
        is_straight: bool,
        wrong: &mut Wrong<'_, '_>,
    ) -> Option<Line> {
        let mut rises = !points.is_empty();
        for pair in points.windows(2) {
            let [(_, before, _), (at, measured, _)] = pair else { continue };
            let (is_better, word) = match better {
                Better::Higher => (measured > before, "above"),
                Better::Lower => (measured < before, "below"),
            };
            if !is_better {
                let message = format!("`{measured}` is not {word} `{before}`, the point before");
                wrong.at(at, "not-rising", message);
                rises = false;
            }
        }
        let points =
            points.iter().map(|(_, measured, gives)| (better.turned(measured.exact()), gives.exact()));
        rises.then(|| Line { points: points.collect(), better, is_straight })
    }

    /// What a measurement gives: none where it is worse than the first point; what the last point gives where it is
    /// better than that.
    pub fn at(&self, measured: Exact) -> Option<Exact> {
        let measured = self.better.turned(measured);
        let mut last: Option<(Exact, Exact)> = None;
        for (to, gives) in &self.points {
            if measured < *to {
                let (from, given) = last?;
                if !self.is_straight {
                    return Some(given);
                }
                // The two differ: the points rise.
                let share = (measured - from).over(*to - from).unwrap_or(Exact::ZERO);
                return Some(given + share * (*gives - given));
            }
            last = Some((*to, *gives));
        }
        last.map(|(_, gives)| gives)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::period::{Date, Period};

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    /// A line of these, or all that is wrong with them.
    fn made(make: impl FnOnce(&mut Wrong<'_, '_>) -> Option<Line>) -> Result<Line, Vec<(String, String)>> {
        let day = Date::from_days(0);
        let kind = "day".to_owned();
        let period =
            Period { kind, first: day, last: day, year_first: day, year_last: day, money_decimals: 2 };
        let mut reading = Reading::new(&period);
        let line = make(&mut reading.wrong(&Path::Root));
        let told =
            reading.failures().into_iter().map(|failure| (failure.code().to_owned(), format!("{failure:?}")));
        line.ok_or_else(|| told.collect())
    }

    #[test]
    fn a_straight_line_gives_nothing_before_it_and_its_end_after_it() {
        let points = [("floor", "10", "0"), ("target", "20", "1"), ("stretch", "30", "4")];
        let points = points.map(|(name, at, gives)| (name, decimal(at), decimal(gives)));
        let line =
            made(|wrong| Line::straight("line", points, Better::Higher, wrong)).unwrap_or_else(|_| panic!());
        let at = |measured: i64| line.at(Exact::whole(measured));
        assert_eq!(at(9), None);
        assert_eq!((at(10), at(15)), (Some(Exact::ZERO), Exact::fraction(1, 2)));
        assert_eq!(
            (at(20), at(30), at(31)),
            (Some(Exact::ONE), Some(Exact::whole(4)), Some(Exact::whole(4)))
        );
        let back = |points: [(&'static str, Decimal, Decimal); 3]| {
            made(|wrong| Line::straight("line", points, Better::Lower, wrong)).err().unwrap()
        };
        let told = back(points);
        assert_eq!(told.len(), 2);
        assert!(told[0].1.contains("`20` is not below `10`, the point before"), "{told:?}");
        assert!(told[0].1.contains("line.target"), "{told:?}");
    }

    #[test]
    fn steps_hold_up_to_the_next_one() {
        let steps = [("30", "1"), ("20", "5")].map(|(from, gives)| (decimal(from), decimal(gives)));
        let line =
            made(|wrong| Line::steps("steps", steps, Better::Lower, wrong)).unwrap_or_else(|_| panic!());
        let at = |measured: i64| line.at(Exact::whole(measured));
        assert_eq!((at(31), at(30), at(21)), (None, Some(Exact::ONE), Some(Exact::ONE)));
        assert_eq!((at(20), at(-5)), (Some(Exact::whole(5)), Some(Exact::whole(5))));
        let told = made(|wrong| Line::steps("steps", [], Better::Lower, wrong)).err().unwrap();
        assert_eq!(told[0].0, "no-levels");
    }
}
