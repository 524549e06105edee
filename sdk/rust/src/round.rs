//! Rounding: the named modes, and division that rounds.

use crate::number::NO_VALUE;

/// How an exact value becomes a number of so many decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Round {
    /// Half away from zero: 0.005 to 0.01, -0.005 to -0.01.
    #[default]
    HalfUp,
    /// Half to the even neighbour: 0.005 to 0.00, 0.015 to 0.02.
    HalfEven,
    /// Toward zero.
    TowardZero,
    /// Away from zero.
    AwayFromZero,
    /// Toward negative infinity.
    Floor,
    /// Toward positive infinity.
    Ceiling,
}

impl Round {
    /// Every mode.
    pub const ALL: [Round; 6] = [
        Round::HalfUp,
        Round::HalfEven,
        Round::TowardZero,
        Round::AwayFromZero,
        Round::Floor,
        Round::Ceiling,
    ];

    /// Whether a quotient moves away from its truncated value. `half` compares the rest with half a unit.
    #[inline]
    fn moves(self, half: std::cmp::Ordering, odd: bool, negative: bool) -> bool {
        match self {
            Round::HalfUp => half.is_ge(),
            Round::HalfEven => half.is_gt() || (half.is_eq() && odd),
            Round::TowardZero => false,
            Round::AwayFromZero => true,
            Round::Floor => negative,
            Round::Ceiling => !negative,
        }
    }
}

/// Divides and rounds: the path that nearly every row takes, one machine division. The divisor is above zero, the
/// numerator isn't the least number.
#[inline]
pub(crate) fn divide_i64(numerator: i64, divisor: i64, mode: Round) -> i64 {
    let (size, divisor) = (numerator.unsigned_abs(), divisor.unsigned_abs());
    let quotient = size.checked_div(divisor).unwrap_or(0);
    let rest = size.wrapping_sub(quotient.wrapping_mul(divisor));
    let half = rest.cmp(&divisor.wrapping_sub(rest));
    let moves = rest != 0 && mode.moves(half, quotient & 1 != 0, numerator < 0);
    // The divisor is 2 or more where there is a rest, so the quotient is far from the ends.
    let size = quotient.wrapping_add(u64::from(moves)).cast_signed();
    if numerator < 0 { size.wrapping_neg() } else { size }
}

/// Divides and rounds; none when the result isn't a number, or nothing is divided by. The divisor isn't negative.
#[cold]
#[inline(never)]
pub(crate) fn divide_i128(numerator: i128, divisor: i128, mode: Round) -> Option<i64> {
    let quotient = numerator.checked_div(divisor)?;
    let rest = numerator.checked_rem(divisor)?;
    let half = rest.unsigned_abs().cmp(&(divisor.unsigned_abs() - rest.unsigned_abs()));
    let step = if numerator < 0 { -1 } else { 1 };
    let moves = rest != 0 && mode.moves(half, quotient & 1 != 0, numerator < 0);
    let rounded = if moves { quotient.checked_add(step)? } else { quotient };
    i64::try_from(rounded).ok().filter(|value| *value != NO_VALUE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A second way to the same number: compare twice the rest with the divisor, after flooring.
    fn reference(n: i128, d: i128, mode: Round) -> i128 {
        let floor = n.div_euclid(d);
        let twice = 2 * n.rem_euclid(d);
        if twice == 0 {
            return floor;
        }
        let up = match mode {
            Round::HalfUp => twice > d || (twice == d && n > 0),
            Round::HalfEven => twice > d || (twice == d && floor.rem_euclid(2) == 1),
            Round::TowardZero => n < 0,
            Round::AwayFromZero => n > 0,
            Round::Floor => false,
            Round::Ceiling => true,
        };
        if up { floor + 1 } else { floor }
    }

    #[test]
    fn every_small_quotient_rounds_as_its_mode_says() {
        for mode in Round::ALL {
            for n in -60i128..=60 {
                for d in 1i128..=20 {
                    let expected = i64::try_from(reference(n, d, mode)).ok();
                    assert_eq!(divide_i128(n, d, mode), expected, "{n}/{d} {mode:?}");
                    assert_eq!(
                        Some(divide_i64(n as i64, d as i64, mode)),
                        expected,
                        "{n}/{d} {mode:?} in 64 bits"
                    );
                }
            }
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        assert_eq!(divide_i128(i128::from(i64::MIN), 1, Round::HalfUp), None);
        assert_eq!(divide_i128(i128::from(i64::MAX) + 1, 1, Round::HalfUp), None);
        assert_eq!(divide_i128(i128::from(i64::MAX) * 2, 2, Round::HalfUp), Some(i64::MAX));
        assert_eq!(divide_i128(i128::MAX, 1, Round::Floor), None);
        assert_eq!(divide_i128(i128::from(i64::MIN), 2, Round::Floor), Some(i64::MIN / 2));
    }

    proptest! {
        #[test]
        fn both_widths_agree(n in any::<i64>(), d in 1..=i64::MAX, mode in 0usize..6) {
            let mode = Round::ALL[mode];
            let expected = i64::try_from(reference(n.into(), d.into(), mode)).ok().filter(|v| *v != NO_VALUE);
            prop_assert_eq!(divide_i128(n.into(), d.into(), mode), expected);
        }
    }
}
