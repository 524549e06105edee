//! Values between two roundings: exact fractions.
//!
//! Money times a rate, credit over a target: nothing is lost until the rule says `round`. A fraction has 64-bit
//! parts as long as they fit, and every operation on such takes a path of plain 64-bit machine instructions,
//! which in a sandbox is five times as fast; what doesn't fit has 128-bit parts and lies on the [`shelf`](crate::shelf).
//!
//! What doesn't fit in 128 bits, even when reduced, becomes an overflowed value. It stays one through every
//! operation, and leaves the mark of [`crate::overflow`] as soon as it is rounded, compared or asked about: the
//! row fails. Operations themselves leave no mark, so that what nobody looks at is never computed.

use crate::number::{NO_VALUE, Number};
use crate::overflow;
use crate::round::{Round, divide_i64, divide_i128};
use crate::shelf;
use std::cmp::Ordering;
use std::marker::PhantomData;
use std::ops::{Add, AddAssign, Mul, Neg, Sub};

/// An exact fraction. It stays on its thread: a wide one lies on that thread's shelf.
///
/// ```
/// use attain_sdk::prelude::*;
/// let credit = Money::from_units(123_456);                  // 1,234.56
/// let rate = <Ratio>::from_units(825);                      // 8.25 %
/// let pay: Money = (credit * rate).round(Round::HalfUp);    // 101.8512, so 101.85
/// assert_eq!(pay.units(), 10_185);
/// ```
#[derive(Clone, Copy)]
pub struct Exact {
    /// The numerator; of a wide fraction its place on the shelf.
    numerator: i64,
    /// The denominator, which is above zero. Zero marks an overflowed value, [`WIDE`] a wide one: two registers
    /// hold any value, and one comparison tells whether it is narrow.
    denominator: i64,
    thread: PhantomData<*const ()>,
}

/// Instead of a denominator: the fraction lies on the shelf.
const WIDE: i64 = -1;

impl Exact {
    /// Nothing.
    pub const ZERO: Exact = Exact::narrow(0, 1);
    /// One.
    pub const ONE: Exact = Exact::narrow(1, 1);
    const OVERFLOWED: Exact = Exact::narrow(0, 0);

    #[inline(always)]
    const fn narrow(numerator: i64, denominator: i64) -> Exact {
        Exact { numerator, denominator, thread: PhantomData }
    }

    /// Parts of any size. Overflowed is zero over zero.
    #[inline]
    pub(crate) fn wide(numerator: i128, denominator: i128) -> Exact {
        match (i64::try_from(numerator), i64::try_from(denominator)) {
            (Ok(numerator), Ok(denominator)) => Exact::narrow(numerator, denominator),
            _ => Exact::shelved(shelf::put(numerator, denominator)),
        }
    }

    #[inline(always)]
    pub(crate) const fn shelved(place: i64) -> Exact {
        Exact::narrow(place, WIDE)
    }

    /// A whole number.
    #[inline]
    pub const fn whole(number: i64) -> Exact {
        Exact::narrow(number, 1)
    }

    /// A number over a scale that is above zero.
    #[inline(always)]
    pub(crate) const fn over_scale(numerator: i64, scale: i64) -> Exact {
        Exact::narrow(numerator, scale)
    }

    /// `numerator / denominator`; none where the denominator is zero.
    #[inline]
    pub fn fraction(numerator: i128, denominator: i128) -> Option<Exact> {
        match denominator.cmp(&0) {
            Ordering::Greater => Some(Exact::wide(numerator, denominator)),
            Ordering::Equal => None,
            Ordering::Less => Some(match (numerator.checked_neg(), denominator.checked_neg()) {
                (Some(numerator), Some(denominator)) => Exact::wide(numerator, denominator),
                _ => Exact::OVERFLOWED,
            }),
        }
    }

    /// Whether both parts fit in 64 bits; an overflowed value isn't narrow.
    #[inline(always)]
    const fn is_narrow(self) -> bool {
        self.denominator > 0
    }

    /// Divided by another value; none where that is zero: something over nothing is no value.
    #[inline(always)]
    pub fn over(self, divisor: impl Into<Exact>) -> Option<Exact> {
        let divisor = divisor.into();
        if !divisor.is_narrow() || divisor.numerator == NO_VALUE {
            let place =
                shelved_quotient(self.numerator, self.denominator, divisor.numerator, divisor.denominator);
            return (place != NOTHING).then(|| Exact::shelved(place));
        }
        if divisor.numerator == 0 {
            return None;
        }
        let sign = divisor.numerator >> 63;
        let turned = |number: i64| (number ^ sign).wrapping_sub(sign);
        // The sign goes to what can't be the least number.
        Some(product(self, Exact::narrow(turned(divisor.denominator), turned(divisor.numerator))))
    }

    /// Whether a computation on the way to it didn't fit; leaves the mark if so.
    #[inline(always)]
    fn is_overflowed(self) -> bool {
        !self.is_narrow() && is_overflowed_wide(self.numerator, self.denominator)
    }

    /// The number of so many decimals that is nearest by `mode`.
    #[inline(always)]
    pub fn round<N: Number>(self, mode: Round) -> N {
        if self.is_narrow() && fits(self.numerator, N::SCALE) {
            return N::from_units(divide_i64(self.numerator.wrapping_mul(N::SCALE), self.denominator, mode));
        }
        N::from_units(round_wide(self.numerator, self.denominator, N::SCALE, mode))
    }

    /// The nearest number, half-up, for a sentence: what is told rather than paid. The code that rounds is there once.
    #[inline]
    pub fn told<N: Number>(self) -> N {
        N::from_units(self.in_units(N::SCALE))
    }

    /// The same as a count of units of which `scale` make one, half-up, for what is told rather than paid.
    #[inline(never)]
    pub(crate) fn in_units(self, scale: i64) -> i64 {
        round_wide(self.numerator, self.denominator, scale, Round::HalfUp)
    }

    /// Whether it is nothing.
    #[inline]
    pub fn is_zero(self) -> bool {
        !self.is_overflowed() && self.parts().0 == 0
    }

    /// Whether it is below zero.
    #[inline]
    pub fn is_negative(self) -> bool {
        !self.is_overflowed() && self.parts().0 < 0
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

    /// The two reduced, and over one denominator where that fits in 64 bits: so a sum of theirs is one addition.
    #[inline(never)]
    pub(crate) fn alike(self, other: Exact) -> (Exact, Exact) {
        let (a, b) = (self.reduced(), other.reduced());
        over_one_denominator(a, b).unwrap_or((a, b))
    }

    /// The smallest numerator and denominator, where both have 64 bits. An overflowed value is zero over zero.
    pub(crate) fn small(self) -> Option<(i64, i64)> {
        let Exact { numerator, denominator, .. } = self.reduced();
        (denominator != WIDE).then_some((numerator, denominator))
    }

    /// The same value with the smallest numbers.
    #[inline(never)]
    pub fn reduced(self) -> Exact {
        let (n, d) = self.parts();
        let (n, d) = reduced(n, d);
        Exact::wide(n, d)
    }

    #[inline(always)]
    fn compared_wide(self, other: Exact) -> Option<Ordering> {
        compared_wide(self.numerator, self.denominator, other.numerator, other.denominator)
    }

    /// Numerator and denominator.
    #[inline]
    pub fn parts(self) -> (i128, i128) {
        parts(self.numerator, self.denominator)
    }
}

/// The parts of a value by its two words.
#[inline]
fn parts(numerator: i64, denominator: i64) -> (i128, i128) {
    if denominator == WIDE { shelf::get(numerator) } else { (numerator.into(), denominator.into()) }
}

impl std::fmt::Debug for Exact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (n, d) = self.parts();
        write!(f, "{n}/{d}")
    }
}

/// Whether a product is certain to have at most 62 bits, so that two of them also add up.
#[inline(always)]
fn fits(a: i64, b: i64) -> bool {
    bits(a).wrapping_add(bits(b)) <= 62
}

/// How many bits the size of a number needs.
#[inline]
pub(crate) fn bits(number: i64) -> u32 {
    64u32.wrapping_sub((number ^ (number >> 63)).leading_zeros())
}

fn greatest_common(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

// What is wide is passed as words and given back as one: a fraction whose address is taken would live in memory, on
// the usual path too, where no register holds it.

#[cold]
#[inline(never)]
fn round_wide(numerator: i64, denominator: i64, scale: i64, mode: Round) -> i64 {
    let (n, d) = parts(numerator, denominator);
    let rounded = n.checked_mul(scale.into()).and_then(|n| divide_i128(n, d, mode));
    rounded.unwrap_or_else(overflow::mark)
}

#[cold]
#[inline(never)]
fn is_overflowed_wide(numerator: i64, denominator: i64) -> bool {
    let overflowed = parts(numerator, denominator).1 == 0;
    if overflowed {
        overflow::mark();
    }
    overflowed
}

/// The place of a sum on the shelf.
#[cold]
#[inline(never)]
fn shelved_sum(an: i64, ad: i64, bn: i64, bd: i64) -> i64 {
    let ((an, ad), (bn, bd)) = (parts(an, ad), parts(bn, bd));
    let (n, d) = wide_sum(an, ad, bn, bd);
    shelf::put(n, d)
}

/// The place of a product on the shelf.
#[cold]
#[inline(never)]
fn shelved_product(an: i64, ad: i64, bn: i64, bd: i64) -> i64 {
    let ((an, ad), (bn, bd)) = (parts(an, ad), parts(bn, bd));
    let (n, d) = wide_product(an, ad, bn, bd);
    shelf::put(n, d)
}

/// A sum in 128 bits: of the fractions as they are, then of the smallest ones over their least common denominator.
fn wide_sum(an: i128, ad: i128, bn: i128, bd: i128) -> (i128, i128) {
    if ad == 0 || bd == 0 {
        return (0, 0);
    }
    let smallest = || {
        let ((an, ad), (bn, bd)) = (reduced(an, ad), reduced(bn, bd));
        let (b, a) = reduced(ad, bd);
        checked_sum(an, bn, ad, a, b)
    };
    let (a, b) = if ad == bd { (1, 1) } else { (bd, ad) };
    checked_sum(an, bn, ad, a, b).or_else(smallest).unwrap_or((0, 0))
}

/// A sum over one denominator: `ad` times `a`, which is that of the other times `b`.
#[inline(never)]
fn checked_sum(an: i128, bn: i128, ad: i128, a: i128, b: i128) -> Option<(i128, i128)> {
    Some((an.checked_mul(a)?.checked_add(bn.checked_mul(b)?)?, ad.checked_mul(a)?))
}

/// A product in 128 bits: of the fractions as they are, then of the smallest ones.
#[inline(never)]
fn wide_product(an: i128, ad: i128, bn: i128, bd: i128) -> (i128, i128) {
    if ad == 0 || bd == 0 {
        return (0, 0);
    }
    // Reduced each by itself, and across: what is over one and under the other goes away.
    let smallest = || {
        let ((an, ad), (bn, bd)) = (reduced(an, ad), reduced(bn, bd));
        let ((an, bd), (bn, ad)) = (reduced(an, bd), reduced(bn, ad));
        checked_product(an, ad, bn, bd)
    };
    checked_product(an, ad, bn, bd).or_else(smallest).unwrap_or((0, 0))
}

#[inline(never)]
fn checked_product(an: i128, ad: i128, bn: i128, bd: i128) -> Option<(i128, i128)> {
    Some((an.checked_mul(bn)?, ad.checked_mul(bd)?))
}

fn over_one_denominator(a: Exact, b: Exact) -> Option<(Exact, Exact)> {
    if !(a.is_narrow() && b.is_narrow()) {
        return None;
    }
    let (a_times, b_times) = Exact::narrow(b.denominator, a.denominator).small()?;
    Some((
        Exact::narrow(a.numerator.checked_mul(a_times)?, a.denominator.checked_mul(a_times)?),
        Exact::narrow(b.numerator.checked_mul(b_times)?, b.denominator.checked_mul(b_times)?),
    ))
}

#[inline(never)]
fn reduced(n: i128, d: i128) -> (i128, i128) {
    match i128::try_from(greatest_common(n.unsigned_abs(), d.unsigned_abs())) {
        Ok(divisor) if divisor > 1 => (n / divisor, d / divisor),
        _ => (n, d),
    }
}

#[inline(always)]
fn sum(a: Exact, b: Exact) -> Exact {
    if a.is_narrow() && b.is_narrow() {
        let (an, ad, bn, bd) = (a.numerator, a.denominator, b.numerator, b.denominator);
        if ad == bd
            && let Some(sum) = an.checked_add(bn)
        {
            return Exact::narrow(sum, ad);
        }
        if fits(an, bd) && fits(bn, ad) && fits(ad, bd) {
            let sum = an.wrapping_mul(bd).wrapping_add(bn.wrapping_mul(ad));
            return Exact::narrow(sum, ad.wrapping_mul(bd));
        }
    }
    Exact::shelved(shelved_sum(a.numerator, a.denominator, b.numerator, b.denominator))
}

#[inline(always)]
fn product(a: Exact, b: Exact) -> Exact {
    if a.is_narrow() && b.is_narrow() && fits(a.numerator, b.numerator) && fits(a.denominator, b.denominator)
    {
        return Exact::narrow(
            a.numerator.wrapping_mul(b.numerator),
            a.denominator.wrapping_mul(b.denominator),
        );
    }
    Exact::shelved(shelved_product(a.numerator, a.denominator, b.numerator, b.denominator))
}

/// No place on the shelf.
const NOTHING: i64 = 0;

/// The place of a quotient on the shelf; none of what is divided by nothing.
#[cold]
#[inline(never)]
fn shelved_quotient(an: i64, ad: i64, bn: i64, bd: i64) -> i64 {
    let ((an, ad), (bn, bd)) = (parts(an, ad), parts(bn, bd));
    // The divisor turned over, with the sign above.
    let turned = if bn < 0 { bd.checked_neg().zip(bn.checked_neg()) } else { Some((bd, bn)) };
    match (bd, turned) {
        (0, _) | (_, None) => shelf::put(0, 0),
        (_, Some((_, 0))) => NOTHING,
        (_, Some((n, d))) => {
            let (n, d) = wide_product(an, ad, n, d);
            shelf::put(n, d)
        }
    }
}

impl<T: Into<Exact>> Add<T> for Exact {
    type Output = Exact;
    #[inline]
    fn add(self, other: T) -> Exact {
        sum(self, other.into())
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
        sum(self, -other.into())
    }
}

impl<T: Into<Exact>> Mul<T> for Exact {
    type Output = Exact;
    #[inline]
    fn mul(self, other: T) -> Exact {
        product(self, other.into())
    }
}

impl Neg for Exact {
    type Output = Exact;
    #[inline]
    fn neg(self) -> Exact {
        if self.is_narrow()
            && let Some(numerator) = self.numerator.checked_neg()
        {
            return Exact::narrow(numerator, self.denominator);
        }
        let (n, d) = self.parts();
        n.checked_neg().map_or(Exact::OVERFLOWED, |n| Exact::wide(n, d))
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
    #[inline(always)]
    fn partial_cmp(&self, other: &Exact) -> Option<Ordering> {
        match crossed(*self, *other) {
            Some((left, right)) => Some(left.cmp(&right)),
            None => self.compared_wide(*other),
        }
    }

    // Written out: what is derived from the order above asks for all three answers where one will do.
    #[inline(always)]
    fn lt(&self, other: &Exact) -> bool {
        match crossed(*self, *other) {
            Some((left, right)) => left < right,
            None => self.compared_wide(*other) == Some(Ordering::Less),
        }
    }

    #[inline(always)]
    fn gt(&self, other: &Exact) -> bool {
        other < self
    }

    #[inline(always)]
    fn le(&self, other: &Exact) -> bool {
        match crossed(*self, *other) {
            Some((left, right)) => left <= right,
            None => self.compared_wide(*other).is_some_and(Ordering::is_le),
        }
    }

    #[inline(always)]
    fn ge(&self, other: &Exact) -> bool {
        other <= self
    }
}

/// Two numbers that compare as the fractions do, where both are narrow and the products fit.
#[inline(always)]
fn crossed(a: Exact, b: Exact) -> Option<(i64, i64)> {
    if !(a.is_narrow() && b.is_narrow()) {
        return None;
    }
    if a.denominator == b.denominator {
        return Some((a.numerator, b.numerator));
    }
    (fits(a.numerator, b.denominator) && fits(b.numerator, a.denominator))
        .then(|| (a.numerator.wrapping_mul(b.denominator), b.numerator.wrapping_mul(a.denominator)))
}

#[cold]
#[inline(never)]
fn compared_wide(an: i64, ad: i64, bn: i64, bd: i64) -> Option<Ordering> {
    if is_overflowed_wide(an, ad) || is_overflowed_wide(bn, bd) {
        return None;
    }
    let ((an, ad), (bn, bd)) = (parts(an, ad), parts(bn, bd));
    Some(compare_wide(an, ad, bn, bd))
}

/// Compares what may have no product: by whole parts, then by the inverses of the rests.
fn compare_wide(an: i128, ad: i128, bn: i128, bd: i128) -> Ordering {
    let (mut a, mut b, mut turned) = ((an, ad), (bn, bd), false);
    loop {
        let ((whole_a, rest_a), (whole_b, rest_b)) = (floor(a), floor(b));
        let (wholes, rests) = (whole_a.cmp(&whole_b), (rest_a, rest_b));
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

/// The whole part of a fraction, and what is left of its numerator.
#[inline(never)]
fn floor((n, d): (i128, i128)) -> (i128, i128) {
    let whole = n.div_euclid(d);
    (whole, n.wrapping_sub(whole.wrapping_mul(d)))
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
        assert!(!overflow::take(), "nobody has looked at it");
        assert!(
            (product * Exact::ZERO + Exact::ONE).partial_cmp(&Exact::ONE).is_none(),
            "it stays overflowed"
        );
        assert!(overflow::take());
        assert!(product.partial_cmp(&Exact::ONE).is_none());
        assert!(overflow::take());
        let _: Money = Exact::whole(i64::MAX).mul(Exact::whole(2)).round(Round::HalfUp);
        assert!(overflow::take());
        assert!(!(-Exact::fraction(i128::MIN, 1).unwrap()).is_zero());
        assert!(overflow::take());
        assert!((huge * huge).over(Exact::ONE).is_some_and(|value| !value.is_negative()));
        assert!(overflow::take());
    }

    /// Where 64 bits end, and where the usual path may no longer be taken: powers of two multiply to one bit more
    /// than their sizes say.
    #[test]
    fn at_the_edges_of_64_bits_both_paths_agree() {
        let numerators = [
            i64::MIN,
            i64::MIN + 1,
            -(1 << 62),
            -(1 << 32),
            -(1 << 31),
            -1,
            0,
            1,
            1 << 31,
            1 << 62,
            i64::MAX,
        ];
        let fractions =
            numerators.iter().flat_map(|n| [1, 2, 1 << 31, 1 << 62, i64::MAX].map(|d| fraction(*n, d)));
        let fractions: Vec<Exact> = fractions.collect();
        for (x, y) in fractions.iter().flat_map(|x| fractions.iter().map(move |y| (*x, *y))) {
            let ((xn, xd), (yn, yd)) = (x.parts(), y.parts());
            let wide = |(n, d)| Exact::wide(n, d);
            assert_eq!(x * y, wide(wide_product(xn, xd, yn, yd)), "{x:?} * {y:?}");
            assert_eq!(x + y, wide(wide_sum(xn, xd, yn, yd)), "{x:?} + {y:?}");
            assert_eq!(x - y, wide(wide_sum(xn, xd, -yn, yd)), "{x:?} - {y:?}");
            assert_eq!(x.partial_cmp(&y), Some(compare_wide(xn, xd, yn, yd)), "{x:?} and {y:?}");
            match x.over(y) {
                None => assert_eq!(yn, 0),
                Some(quotient) => {
                    assert_eq!(Some(quotient), Exact::fraction(xn * yd, xd * yn), "{x:?} over {y:?}")
                }
            }
            assert_eq!((-x).parts(), (-xn, xd));
            assert_eq!((x.is_zero(), x.is_negative()), (xn == 0, xn < 0));
        }
        assert!(!overflow::take());
    }

    /// An explanation of 98,765.43 at six decimals of rate and edge, times a multiplier, times a factor, was refused:
    /// its steps are differences of fractions whose denominators are powers of ten, and were multiplied all the same.
    #[test]
    fn a_sum_has_the_least_common_denominator_and_a_product_is_reduced_across() {
        let tens = |power: u32| 10i128.pow(power);
        let before = Exact::fraction(9_876_543 * tens(14) + 7, tens(16)).unwrap();
        let after = Exact::fraction(11_834 * tens(18) + 3, tens(20)).unwrap();
        let change = after - before;
        let expected = (11_834 * tens(18) + 3) - (9_876_543 * tens(14) + 7) * tens(4);
        assert_eq!(change.parts(), Exact::fraction(expected, tens(20)).unwrap().reduced().parts());
        let (large, small) = (tens(30) + 1, tens(30) + 3);
        let turned = Exact::fraction(large, small).unwrap() * Exact::fraction(small, large).unwrap();
        assert_eq!(turned, Exact::ONE);
        assert!(!overflow::take());
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
            let same = |value: Exact, n: i128, d: i128| value.parts().0 * d == n * value.parts().1;
            prop_assert!(same(x + y, a * d + c * b, b * d));
            prop_assert!(same(x - y, a * d - c * b, b * d));
            prop_assert!(same(x * y, a * c, b * d));
            prop_assert_eq!(x.partial_cmp(&y), Some((a * d).cmp(&(c * b))));
            prop_assert_eq!(compare_wide(a, b, c, d), (a * d).cmp(&(c * b)));
        }

        #[test]
        fn both_paths_agree(a in any::<i64>(), b in 1..=i64::MAX, c in any::<i64>(), d in 1..=i64::MAX, shift in 0..60u32) {
            let (x, y) = (fraction(a >> shift, (b >> shift).max(1)), fraction(c >> shift, (d >> shift).max(1)));
            let ((an, ad), (bn, bd)) = (x.parts(), y.parts());
            let wide = |(n, d)| Exact::wide(n, d);
            prop_assert_eq!(x + y, wide(wide_sum(an, ad, bn, bd)));
            prop_assert_eq!(x * y, wide(wide_product(an, ad, bn, bd)));
            prop_assert_eq!(x.partial_cmp(&y), Some(compare_wide(an, ad, bn, bd)));
            let (n, d) = (x * y).parts();
            prop_assert_eq!(Exact::fraction(n, d), Some(x * y));
            prop_assert!(!overflow::take());
        }

        #[test]
        fn rounding_is_that_of_the_fraction(a in any::<i64>(), b in 1..=i64::MAX, shift in 0..60u32, mode in 0usize..6) {
            let mode = Round::ALL[mode];
            let x = fraction(a >> shift, b);
            let rounded: crate::Ratio = x.round(mode);
            let wide = divide_i128(i128::from(a >> shift) * 10_000, b.into(), mode);
            prop_assert_eq!(wide.unwrap_or(0), rounded.units());
            prop_assert_eq!(overflow::take(), wide.is_none());
        }
    }
}
