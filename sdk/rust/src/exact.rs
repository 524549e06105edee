//! Values between two roundings: exact fractions.
//!
//! Money times a rate, credit over a target: nothing is lost until the rule says `round`. Numerator and
//! denominator have 128 bits; as long as they fit in 64, every operation takes a path of plain 64-bit machine
//! instructions, which in a sandbox is five times as fast.
//!
//! What doesn't fit in 128 bits, even when reduced, leaves the mark of [`crate::overflow`]: the row fails.

use crate::number::Number;
use crate::overflow;
use crate::round::{Round, divide};
use std::cmp::Ordering;
use std::ops::{Add, AddAssign, Mul, Neg, Sub};

/// An exact fraction.
///
/// ```
/// use attain_sdk::prelude::*;
/// let credit = Money::from_units(123_456);                  // 1,234.56
/// let rate = <Ratio>::from_units(825);                      // 8.25 %
/// let pay: Money = (credit * rate).round(Round::HalfUp);    // 101.8512, so 101.85
/// assert_eq!(pay.units(), 10_185);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Exact {
    numerator: i128,
    /// Above zero; zero marks a value that overflowed.
    denominator: i128,
}

impl Exact {
    /// Nothing.
    pub const ZERO: Exact = Exact { numerator: 0, denominator: 1 };
    /// One.
    pub const ONE: Exact = Exact { numerator: 1, denominator: 1 };
    const OVERFLOWED: Exact = Exact { numerator: 0, denominator: 0 };

    /// A whole number.
    #[inline]
    pub const fn whole(number: i64) -> Exact {
        Exact { numerator: number as i128, denominator: 1 }
    }

    /// A number over a scale that is above zero.
    #[inline]
    pub(crate) fn over_scale(numerator: i64, scale: i64) -> Exact {
        Exact { numerator: numerator.into(), denominator: scale.into() }
    }

    /// Divided by another scale that is above zero.
    #[inline]
    pub(crate) fn over_more(self, scale: i64) -> Exact {
        match product(self.denominator, scale.into()) {
            Some(denominator) => Exact { denominator, ..self },
            None => overflowed(),
        }
    }

    /// `numerator / denominator`; none where the denominator is zero.
    #[inline]
    pub fn fraction(numerator: i128, denominator: i128) -> Option<Exact> {
        match denominator.cmp(&0) {
            Ordering::Greater => Some(Exact { numerator, denominator }),
            Ordering::Equal => None,
            Ordering::Less => Some(match (numerator.checked_neg(), denominator.checked_neg()) {
                (Some(numerator), Some(denominator)) => Exact { numerator, denominator },
                _ => overflowed(),
            }),
        }
    }

    /// Divided by another value; none where that is zero: something over nothing is no value.
    #[inline]
    pub fn over(self, divisor: impl Into<Exact>) -> Option<Exact> {
        let divisor = divisor.into();
        if divisor.denominator == 0 {
            return Some(overflowed());
        }
        let inverse = Exact::fraction(divisor.denominator, divisor.numerator)?;
        Some(self * inverse)
    }

    /// The number of so many decimals that is nearest by `mode`.
    #[inline]
    pub fn round<N: Number>(self, mode: Round) -> N {
        let rounded = product(self.numerator, N::SCALE.into())
            .filter(|_| self.denominator != 0)
            .and_then(|numerator| divide(numerator, self.denominator, mode));
        N::from_units(rounded.unwrap_or_else(|| {
            overflow::mark();
            0
        }))
    }

    /// Whether it is nothing.
    #[inline]
    pub fn is_zero(self) -> bool {
        self.numerator == 0 && self.denominator != 0
    }

    /// Whether it is below zero.
    #[inline]
    pub fn is_negative(self) -> bool {
        self.numerator < 0
    }

    /// The lesser of the two.
    #[inline]
    pub fn at_most(self, most: impl Into<Exact>) -> Exact {
        let most = most.into();
        if self > most { most } else { self }
    }

    /// The greater of the two.
    #[inline]
    pub fn at_least(self, least: impl Into<Exact>) -> Exact {
        let least = least.into();
        if self < least { least } else { self }
    }

    /// The same value with the smallest numbers.
    pub fn reduced(self) -> Exact {
        let divisor = greatest_common(self.numerator.unsigned_abs(), self.denominator.unsigned_abs());
        match i128::try_from(divisor) {
            Ok(divisor) if divisor > 1 => {
                Exact { numerator: self.numerator / divisor, denominator: self.denominator / divisor }
            }
            _ => self,
        }
    }

    /// Numerator and denominator.
    pub fn parts(self) -> (i128, i128) {
        (self.numerator, self.denominator)
    }

    /// Tries with the numbers as they are, then with the smallest ones.
    #[inline]
    fn try_both(self, other: Exact, operation: impl Fn(Exact, Exact) -> Option<Exact>) -> Exact {
        if self.denominator == 0 || other.denominator == 0 {
            return overflowed();
        }
        if let Some(value) = operation(self, other) {
            return value;
        }
        operation(self.reduced(), other.reduced()).unwrap_or_else(overflowed)
    }
}

#[cold]
#[inline(never)]
fn overflowed() -> Exact {
    overflow::mark();
    Exact::OVERFLOWED
}

/// A product, on the 64-bit path where it is certain to fit.
#[inline]
pub(crate) fn product(a: i128, b: i128) -> Option<i128> {
    if let (Ok(x), Ok(y)) = (i64::try_from(a), i64::try_from(b))
        && bits(x) + bits(y) <= 63
    {
        return Some(x.wrapping_mul(y).into());
    }
    wide_product(a, b)
}

#[cold]
#[inline(never)]
fn wide_product(a: i128, b: i128) -> Option<i128> {
    a.checked_mul(b)
}

/// How many bits the size of a number needs.
#[inline]
pub(crate) fn bits(number: i64) -> u32 {
    64 - (number ^ (number >> 63)).leading_zeros()
}

fn greatest_common(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[inline]
fn sum(a: Exact, b: Exact) -> Option<Exact> {
    if a.denominator == b.denominator {
        return Some(Exact { numerator: a.numerator.checked_add(b.numerator)?, denominator: a.denominator });
    }
    let left = product(a.numerator, b.denominator)?;
    let right = product(b.numerator, a.denominator)?;
    Some(Exact { numerator: left.checked_add(right)?, denominator: product(a.denominator, b.denominator)? })
}

#[inline]
fn times(a: Exact, b: Exact) -> Option<Exact> {
    Some(Exact {
        numerator: product(a.numerator, b.numerator)?,
        denominator: product(a.denominator, b.denominator)?,
    })
}

impl<T: Into<Exact>> Add<T> for Exact {
    type Output = Exact;
    #[inline]
    fn add(self, other: T) -> Exact {
        self.try_both(other.into(), sum)
    }
}

impl<T: Into<Exact>> AddAssign<T> for Exact {
    #[inline]
    fn add_assign(&mut self, other: T) {
        *self = *self + other;
    }
}

impl<T: Into<Exact>> Sub<T> for Exact {
    type Output = Exact;
    #[inline]
    fn sub(self, other: T) -> Exact {
        self.try_both(-other.into(), sum)
    }
}

impl<T: Into<Exact>> Mul<T> for Exact {
    type Output = Exact;
    #[inline]
    fn mul(self, other: T) -> Exact {
        self.try_both(other.into(), times)
    }
}

impl Neg for Exact {
    type Output = Exact;
    #[inline]
    fn neg(self) -> Exact {
        match self.numerator.checked_neg() {
            Some(numerator) => Exact { numerator, ..self },
            None => overflowed(),
        }
    }
}

impl std::iter::Sum for Exact {
    fn sum<I: Iterator<Item = Exact>>(values: I) -> Exact {
        values.fold(Exact::ZERO, |sum, value| sum + value)
    }
}

impl PartialEq for Exact {
    #[inline]
    fn eq(&self, other: &Exact) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

/// None, and the mark of an overflow, where one of the two overflowed.
impl PartialOrd for Exact {
    #[inline]
    fn partial_cmp(&self, other: &Exact) -> Option<Ordering> {
        if self.denominator == 0 || other.denominator == 0 {
            overflow::mark();
            return None;
        }
        if self.denominator == other.denominator {
            return Some(self.numerator.cmp(&other.numerator));
        }
        let both = |a: Exact, b: Exact| {
            Some((product(a.numerator, b.denominator)?, product(b.numerator, a.denominator)?))
        };
        let sides = both(*self, *other).or_else(|| both(self.reduced(), other.reduced()));
        let Some((left, right)) = sides else { return Some(compare_wide(*self, *other)) };
        Some(left.cmp(&right))
    }
}

/// Compares what no 128 bits hold: by whole parts, then by the inverses of the rests.
#[cold]
fn compare_wide(a: Exact, b: Exact) -> Ordering {
    let (mut a, mut b, mut turned) = ((a.numerator, a.denominator), (b.numerator, b.denominator), false);
    loop {
        let wholes = a.0.div_euclid(a.1).cmp(&b.0.div_euclid(b.1));
        let rests = (a.0.rem_euclid(a.1), b.0.rem_euclid(b.1));
        let order = match (wholes, rests) {
            (Ordering::Equal, (0, 0)) => Ordering::Equal,
            (Ordering::Equal, (0, _)) => Ordering::Less,
            (Ordering::Equal, (_, 0)) => Ordering::Greater,
            (Ordering::Equal, (x, y)) => {
                (a, b, turned) = ((a.1, x), (b.1, y), !turned);
                continue;
            }
            (unequal, _) => unequal,
        };
        return if turned { order.reverse() } else { order };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Money;
    use proptest::prelude::*;

    fn fraction(n: i64, d: i64) -> Exact {
        Exact::fraction(n.into(), d.into()).unwrap()
    }

    #[test]
    fn thirds_add_up_to_one() {
        let third = fraction(1, 3);
        assert_eq!(third + third + third, Exact::ONE);
        assert_eq!(Exact::ONE.over(Exact::whole(3)).unwrap(), third);
        assert!(Exact::ONE.over(Exact::ZERO).is_none());
    }

    #[test]
    fn an_overflow_leaves_its_mark_and_never_a_number() {
        let huge = Exact::fraction(i128::MAX, 3).unwrap();
        assert!(!overflow::take());
        let product = huge * huge;
        assert!(overflow::take());
        assert!(product.partial_cmp(&Exact::ONE).is_none());
        assert!(overflow::take());
        let _: Money = Exact::whole(i64::MAX).mul(Exact::whole(2)).round(Round::HalfUp);
        assert!(overflow::take());
        let _ = -Exact::fraction(i128::MIN, 1).unwrap();
        assert!(overflow::take());
    }

    #[test]
    fn comparing_never_overflows() {
        let a = Exact::fraction(i128::MAX, i128::MAX - 1).unwrap();
        let b = Exact::fraction(i128::MAX - 1, i128::MAX - 2).unwrap();
        assert_eq!(a.partial_cmp(&b), Some(Ordering::Less));
        assert_eq!((-a).partial_cmp(&-b), Some(Ordering::Greater));
        assert!(!overflow::take());
    }

    proptest! {
        #[test]
        fn sums_products_and_order_are_those_of_fractions(
            a in any::<i32>(), b in 1..=i32::MAX, c in any::<i32>(), d in 1..=i32::MAX,
        ) {
            let (x, y) = (fraction(a.into(), b.into()), fraction(c.into(), d.into()));
            let [a, b, c, d] = [a, b, c, d].map(i128::from);
            let same = |value: Exact, n: i128, d: i128| value.numerator * d == n * value.denominator;
            prop_assert!(same(x + y, a * d + c * b, b * d));
            prop_assert!(same(x - y, a * d - c * b, b * d));
            prop_assert!(same(x * y, a * c, b * d));
            prop_assert_eq!(x.partial_cmp(&y), Some((a * d).cmp(&(c * b))));
            prop_assert_eq!(compare_wide(x, y), (a * d).cmp(&(c * b)));
        }

        #[test]
        fn both_paths_of_a_product_agree(a in any::<i64>(), b in any::<i64>()) {
            prop_assert_eq!(product(a.into(), b.into()), Some(i128::from(a) * i128::from(b)));
        }
    }
}
