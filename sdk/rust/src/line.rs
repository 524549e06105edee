//! Lines through points: what a measurement is worth.
//!
//! A line is made once a batch and brought to a rise and a base for each piece, so that a row costs a comparison or
//! two, a product and a sum, whatever the points are. All of it is exact.

use crate::exact::Exact;

/// Points whose values rise, and what a measurement between them is worth. Below the first it is worth nothing, past
/// the last what the last is.
///
/// ```
/// use attain_sdk::prelude::*;
/// let [zero, four, five, ten] = [0, 4, 5, 10].map(Exact::whole);
/// let line = Line::straight(&[(four, zero), (five, ten)]);
/// assert_eq!(line.at(Exact::fraction(9, 2).unwrap()), five);
/// assert_eq!((line.at(zero), line.at(ten)), (zero, ten));
/// let steps = Line::steps(&[(four, five), (five, ten)]);
/// assert_eq!(steps.at(Exact::fraction(9, 2).unwrap()), five);
/// ```
#[derive(Clone, Debug)]
pub struct Line {
    pieces: Vec<Piece>,
}

/// From `from` on, a measurement is worth `rise` times it and `base`.
#[derive(Clone, Debug)]
struct Piece {
    from: Exact,
    rise: Exact,
    base: Exact,
}

impl Line {
    /// Straight lines join the points.
    #[inline(never)]
    pub fn straight(points: &[(Exact, Exact)]) -> Line {
        Line::through(points, true)
    }

    /// Each point holds up to the next.
    #[inline(never)]
    pub fn steps(points: &[(Exact, Exact)]) -> Line {
        Line::through(points, false)
    }

    #[inline(never)]
    fn through(points: &[(Exact, Exact)], is_straight: bool) -> Line {
        let mut pieces = Vec::with_capacity(points.len());
        for (i, (from, worth)) in points.iter().enumerate() {
            let rise = points
                .get(i.saturating_add(1))
                .filter(|_| is_straight)
                .and_then(|(to, to_worth)| difference(*to_worth, *worth).over(difference(*to, *from)))
                .unwrap_or(Exact::ZERO);
            let base = difference(*worth, times(*from, rise));
            let (rise, base) = rise.alike(base);
            pieces.push(Piece { from: from.reduced(), rise, base });
        }
        Line { pieces }
    }

    /// What a measurement is worth.
    #[inline]
    pub fn at(&self, measured: Exact) -> Exact {
        let piece = self.pieces.iter().rfind(|piece| measured >= piece.from);
        piece.map_or(Exact::ZERO, |piece| measured * piece.rise + piece.base)
    }
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
    use proptest::prelude::*;

    /// Point by point, as a line is drawn by hand.
    fn by_hand(points: &[(Exact, Exact)], measured: Exact) -> Exact {
        let mut last = None;
        for (to, to_worth) in points {
            if measured < *to {
                return last.map_or(Exact::ZERO, |(from, worth): (Exact, Exact)| {
                    worth + (measured - from).over(*to - from).unwrap() * (*to_worth - worth)
                });
            }
            last = Some((*to, *to_worth));
        }
        last.map_or(Exact::ZERO, |(_, worth)| worth)
    }

    proptest! {
        #[test]
        fn a_line_is_worth_what_it_is_by_hand(
            steps in proptest::collection::vec((1..9_999i64, -9_999..9_999i64), 0..5),
            first in -9_999..9_999i64,
            decimals in 0..5u32,
            measured in -50_000..50_000i64,
            per in 1..99_999i64,
        ) {
            let fraction = |n: i64, d: i64| Exact::fraction(n.into(), d.into()).unwrap();
            let scale = 10i64.pow(decimals);
            let mut value = first;
            let points: Vec<(Exact, Exact)> = steps
                .iter()
                .map(|(more, worth)| {
                    value += more;
                    (fraction(value, scale), fraction(*worth, 100))
                })
                .collect();
            let (line, levels) = (Line::straight(&points), Line::steps(&points));
            let edges = points.iter().map(|(from, _)| *from);
            for measured in edges.chain([fraction(measured, per), fraction(measured, 1)]) {
                prop_assert_eq!(line.at(measured), by_hand(&points, measured));
                let reached = points.iter().rfind(|(from, _)| measured >= *from);
                prop_assert_eq!(levels.at(measured), reached.map_or(Exact::ZERO, |(_, worth)| *worth));
            }
            prop_assert!(!overflow::take());
        }
    }
}
