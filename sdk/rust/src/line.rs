//! Lines: what a measurement gives, by points from worse to better.

use crate::exact::Exact;
use crate::json::Json;
use crate::parameter::{Choice, Decimal, Parameter, Path, Reading, Schema, Wrong};
use std::cmp::Ordering;
use std::fmt::Display;

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

/// Points from worse to better, ready for use: brought to a rise and a base for each piece, so that a row costs a
/// comparison or two, a product and a sum, whatever the points are. All of it is exact.
#[derive(Clone)]
pub struct Line {
    pieces: Vec<Piece>,
    better: Better,
}

/// From `from` on, a measurement gives `rise` times it and `base`. What is measured is turned so that it rises.
#[derive(Clone)]
struct Piece {
    from: Exact,
    rise: Exact,
    base: Exact,
}

impl Line {
    /// Straight from point to point: what is measured there, and what that gives. `at` is where their `names` stand in
    /// the parameters.
    pub fn straight(
        at: &dyn Display,
        names: &[&str],
        points: &[(Decimal, Decimal)],
        better: Better,
        wrong: &mut Wrong<'_, '_>,
    ) -> Option<Line> {
        Line::new(at, Some(names), points, better, wrong)
    }

    /// In steps: each with where it begins, and what it gives up to the next one. `at` is the list of them in the
    /// parameters.
    pub fn steps(
        at: &dyn Display,
        steps: &[(Decimal, Decimal)],
        better: Better,
        wrong: &mut Wrong<'_, '_>,
    ) -> Option<Line> {
        if steps.is_empty() {
            wrong.at(at, "no-levels", "there is no level, expected at least one".to_owned());
        }
        Line::new(at, None, steps, better, wrong)
    }

    #[inline(never)]
    fn new(
        at: &dyn Display,
        names: Option<&[&str]>,
        points: &[(Decimal, Decimal)],
        better: Better,
        wrong: &mut Wrong<'_, '_>,
    ) -> Option<Line> {
        let mut rises = !points.is_empty();
        let (rising, word) = match better {
            Better::Higher => (Ordering::Greater, "above"),
            Better::Lower => (Ordering::Less, "below"),
        };
        for (i, pair) in (1..).zip(points.windows(2)) {
            let [(before, _), (measured, _)] = pair else { continue };
            if measured.partial_cmp(before) != Some(rising) {
                let message = format!("`{measured}` is not {word} `{before}`, the point before");
                match names.and_then(|names| names.get(i)) {
                    Some(name) => wrong.at(format_args!("{at}.{name}"), "not-rising", message),
                    None => wrong.at(format_args!("{at}[{i}].from"), "not-rising", message),
                }
                rises = false;
            }
        }
        let turned = points.iter().map(|(measured, gives)| (better.turned(measured.exact()), gives.exact()));
        let turned: Vec<(Exact, Exact)> = turned.collect();
        rises.then(|| Line { pieces: pieces(&turned, names.is_some()), better })
    }

    /// The same line for measurements that are counts of which `measured` make one, giving what is `gives` times as
    /// much: made once, so that a row needs no division.
    #[inline(never)]
    pub fn scaled(&self, measured: Exact, gives: Exact) -> Line {
        let scaled = |piece: &Piece| {
            let rise = times(piece.rise, gives).over(measured).unwrap_or(Exact::ZERO);
            let (rise, base) = rise.alike(times(piece.base, gives));
            Piece { from: times(piece.from, measured).reduced(), rise, base }
        };
        Line { pieces: self.pieces.iter().map(scaled).collect(), better: self.better }
    }

    /// What a measurement gives: none where it is worse than the first point; what the last point gives where it is
    /// better than that.
    #[inline]
    pub fn at(&self, measured: Exact) -> Option<Exact> {
        let measured = self.better.turned(measured);
        let piece = self.pieces.iter().rfind(|piece| measured >= piece.from)?;
        Some(measured * piece.rise + piece.base)
    }
}

#[inline(never)]
fn pieces(points: &[(Exact, Exact)], is_straight: bool) -> Vec<Piece> {
    let mut pieces = Vec::with_capacity(points.len());
    for (i, (from, gives)) in points.iter().enumerate() {
        let rise = points
            .get(i.saturating_add(1))
            .filter(|_| is_straight)
            .and_then(|(to, to_gives)| difference(*to_gives, *gives).over(difference(*to, *from)))
            .unwrap_or(Exact::ZERO);
        let base = difference(*gives, times(*from, rise));
        let (rise, base) = rise.alike(base);
        pieces.push(Piece { from: from.reduced(), rise, base });
    }
    pieces
}

#[inline(never)]
fn difference(a: Exact, b: Exact) -> Exact {
    a - b
}

#[inline(never)]
fn times(a: Exact, b: Exact) -> Exact {
    a * b
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::overflow;
    use crate::period::{Date, Period};
    use proptest::prelude::*;

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
        let points = [("10", "0"), ("20", "1"), ("30", "4")].map(|(at, gives)| (decimal(at), decimal(gives)));
        let names = ["floor", "target", "stretch"];
        let line = made(|wrong| Line::straight(&"line", &names, &points, Better::Higher, wrong))
            .unwrap_or_else(|_| panic!());
        let at = |measured: i64| line.at(Exact::whole(measured));
        assert_eq!(at(9), None);
        assert_eq!((at(10), at(15)), (Some(Exact::ZERO), Exact::fraction(1, 2)));
        assert_eq!(
            (at(20), at(30), at(31)),
            (Some(Exact::ONE), Some(Exact::whole(4)), Some(Exact::whole(4)))
        );
        let back = |points: [(Decimal, Decimal); 3]| {
            made(|wrong| Line::straight(&"line", &names, &points, Better::Lower, wrong)).err().unwrap()
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
            made(|wrong| Line::steps(&"steps", &steps, Better::Lower, wrong)).unwrap_or_else(|_| panic!());
        let at = |measured: i64| line.at(Exact::whole(measured));
        assert_eq!((at(31), at(30), at(21)), (None, Some(Exact::ONE), Some(Exact::ONE)));
        assert_eq!((at(20), at(-5)), (Some(Exact::whole(5)), Some(Exact::whole(5))));
        let told = made(|wrong| Line::steps(&"steps", &[], Better::Lower, wrong)).err().unwrap();
        assert_eq!(told[0].0, "no-levels");
    }

    /// Point by point, as a line is drawn by hand.
    fn by_hand(points: &[(Exact, Exact)], measured: Exact) -> Option<Exact> {
        let mut last: Option<(Exact, Exact)> = None;
        for (to, to_gives) in points {
            if measured < *to {
                let (from, gives) = last?;
                return Some(gives + (measured - from).over(*to - from).unwrap() * (*to_gives - gives));
            }
            last = Some((*to, *to_gives));
        }
        last.map(|(_, gives)| gives)
    }

    proptest! {
        #[test]
        fn a_line_gives_what_it_does_by_hand(
            steps in proptest::collection::vec((1..9_999i64, -9_999..9_999i64), 1..5),
            first in -9_999..9_999i64,
            decimals in 0..5u32,
            measured in -50_000..50_000i64,
            per in 1..99_999i64,
            scale in 0..5u32,
        ) {
            let fraction = |n: i64, d: i64| Exact::fraction(n.into(), d.into()).unwrap();
            let mut value = first;
            let points: Vec<(Exact, Exact)> = steps
                .iter()
                .map(|(more, gives)| {
                    value += more;
                    (fraction(value, 10i64.pow(decimals)), fraction(*gives, 100))
                })
                .collect();
            let line = |is_straight| Line { pieces: pieces(&points, is_straight), better: Better::Higher };
            let (line, levels) = (line(true), line(false));
            let (scale, half) = (Exact::whole(10i64.pow(scale)), fraction(1, 2));
            let scaled = line.scaled(scale, half);
            let edges = points.iter().map(|(from, _)| *from);
            for measured in edges.chain([fraction(measured, per), fraction(measured, 1)]) {
                prop_assert_eq!(line.at(measured), by_hand(&points, measured));
                let reached = points.iter().rfind(|(from, _)| measured >= *from);
                prop_assert_eq!(levels.at(measured), reached.map(|(_, gives)| *gives));
                prop_assert_eq!(scaled.at(measured * scale), line.at(measured).map(|gives| gives * half));
            }
            prop_assert!(!overflow::take());
        }
    }
}
