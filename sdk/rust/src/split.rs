//! Splitting a sum so that the parts add up to it, to the last unit: largest remainder.
//!
//! Everybody gets the whole units of their exact share; the units left over go one each to the largest
//! fractions, ties by the order of the weights, which is the order of rows and so that of participant ids. A
//! negative sum is split as its positive one, mirrored. A weight below zero counts as zero; where all weights
//! are zero, everybody gets nothing.

use crate::number::Number;
use std::cmp::Ordering;

/// The share of each weight in `total`.
///
/// ```
/// use attain_sdk::prelude::*;
/// let shares = split(Money::from_units(100), &[1, 1, 1]);
/// assert_eq!(shares.iter().map(|share| share.units()).collect::<Vec<_>>(), [34, 33, 33]);
/// ```
#[inline(never)]
pub fn split<N: Number>(total: N, weights: &[i64]) -> Vec<N> {
    signed(total, split_size(total.units().unsigned_abs(), weights))
}

/// The same where nobody gets more than `cap`: what is above it goes to the others by their weights, and what
/// nobody can take stays undivided.
///
/// ```
/// use attain_sdk::prelude::*;
/// let shares = split_capped(Money::from_units(100), &[6, 3, 1], Money::from_units(50));
/// assert_eq!(shares.iter().map(|share| share.units()).collect::<Vec<_>>(), [50, 38, 12]);
/// ```
pub fn split_capped<N: Number>(total: N, weights: &[i64], cap: N) -> Vec<N> {
    let cap = u64::try_from(cap.units()).unwrap_or(0);
    signed(total, capped_sizes(total.units().unsigned_abs(), weights, cap))
}

/// A sum in equal parts: the units that don't divide go one each to the first. It is [`split`] by equal weights, without
/// a list.
///
/// ```
/// use attain_sdk::prelude::*;
/// let parts = EqualParts::of(Money::from_units(-100), 3);
/// let all: Vec<i64> = (0..3).map(|place| parts.part::<Money>(place).units()).collect();
/// assert_eq!((all, parts.first::<Money>(2).units()), (vec![-34, -33, -33], -67));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct EqualParts {
    parts: i64,
    each: i64,
    /// It has the sign of the sum, as each part has.
    left: i64,
}

impl EqualParts {
    /// Of a sum; where there are no parts, nothing is divided.
    pub fn of<N: Number>(total: N, parts: usize) -> EqualParts {
        EqualParts::of_units(total.units(), parts)
    }

    fn of_units(units: i64, parts: usize) -> EqualParts {
        let parts = i64::try_from(parts).unwrap_or(i64::MAX).max(1);
        let each = units.checked_div(parts).unwrap_or(0);
        // No part is larger than the sum, nor are all of them: nothing wraps.
        EqualParts { parts, each, left: units.wrapping_sub(each.wrapping_mul(parts)) }
    }

    /// The part at a place, counted from 0.
    #[inline]
    pub fn part<N: Number>(self, place: usize) -> N {
        let place = i64::try_from(place).unwrap_or(i64::MAX);
        let more = if place < self.left.wrapping_abs() { self.left.signum() } else { 0 };
        N::from_units(self.each.wrapping_add(more))
    }

    /// The first so many parts together.
    #[inline]
    pub fn first<N: Number>(self, count: usize) -> N {
        let count = i64::try_from(count).unwrap_or(i64::MAX).min(self.parts);
        N::from_units(self.each.wrapping_mul(count).wrapping_add(self.left.clamp(-count, count)))
    }
}

/// The parts of a size, with the sign of what was split.
#[inline]
fn signed<N: Number>(total: N, sizes: Vec<u64>) -> Vec<N> {
    // A part is no larger than the sum, which is a number.
    let sign = total.units() >> 63;
    let part = |size: u64| N::from_units((size.cast_signed() ^ sign).wrapping_sub(sign));
    sizes.into_iter().map(part).collect()
}

/// The whole units and the rest of `total * weight / sum`.
#[inline]
fn share(total: u64, weight: u64, sum: u128) -> (u64, u128) {
    // Not `checked_mul`, which in a sandbox multiplies in 128 bits.
    let fits = total.leading_zeros().wrapping_add(weight.leading_zeros()) >= 64;
    match u64::try_from(sum) {
        Ok(sum) if fits => {
            let product = total.wrapping_mul(weight);
            let whole = product.checked_div(sum).unwrap_or(0);
            (whole, product.wrapping_sub(whole.wrapping_mul(sum)).into())
        }
        _ => wide_share(total, weight, sum),
    }
}

#[cold]
#[inline(never)]
fn wide_share(total: u64, weight: u64, sum: u128) -> (u64, u128) {
    // Two factors of 64 bits.
    let product = u128::from(total).wrapping_mul(weight.into());
    let whole = product.checked_div(sum).unwrap_or(0);
    // The weight is part of the sum, so the quotient is no larger than the total.
    (u64::try_from(whole).unwrap_or(total), product.wrapping_sub(whole.wrapping_mul(sum)))
}

#[inline(never)]
fn split_size(total: u64, weights: &[i64]) -> Vec<u64> {
    let weight = |weight: &i64| u64::try_from(*weight).unwrap_or(0);
    // So many numbers of 64 bits that their sum takes more than 128 there can't be.
    let sum: u128 = weights.iter().map(weight).fold(0, |sum, weight| sum.wrapping_add(weight.into()));
    let mut shares = Vec::with_capacity(weights.len());
    let mut rests = Vec::with_capacity(weights.len());
    let mut left = total;
    for (whole, rest) in weights.iter().map(|of| share(total, weight(of), sum)) {
        shares.push(whole);
        rests.push(rest);
        left = left.wrapping_sub(whole);
    }
    if left > 0 && sum > 0 {
        if weights.len() <= FEW {
            for _ in 0..left {
                to_the_first_of_the_largest(&mut shares, &mut rests);
            }
            return shares;
        }
        let (least, mut ties) = largest(&mut rests.clone(), usize::try_from(left).unwrap_or(usize::MAX));
        for (share, rest) in shares.iter_mut().zip(&rests) {
            let is_tie = *rest == least && ties > 0;
            ties = ties.wrapping_sub(is_tie.into());
            *share = share.wrapping_add(u64::from(*rest > least || is_tie));
        }
    }
    shares
}

/// Among so many, units are handed out by looking for the largest rest each time.
const FEW: usize = 8;

/// One more unit for the largest rest, which is none any more. There are more rests above zero than units left over:
/// each is less than the unit that they make together.
#[inline]
fn to_the_first_of_the_largest(shares: &mut [u64], rests: &mut [u128]) {
    let (mut largest, mut first) = (0, 0);
    for (i, rest) in rests.iter().enumerate() {
        if *rest > largest {
            (largest, first) = (*rest, i);
        }
    }
    if let (Some(share), Some(rest)) = (shares.get_mut(first), rests.get_mut(first)) {
        *share = share.wrapping_add(1);
        *rest = 0;
    }
}

/// The least of the so many largest values, and how many of these are equal to it. It doesn't sort: whoever splits
/// doesn't ask who comes second. What is larger than a value comes before it, what is smaller after it, and then one
/// of the two sides is all that is left to look at.
#[inline(never)]
fn largest(mut values: &mut [u128], mut count: usize) -> (u128, usize) {
    let mut at = 0usize;
    loop {
        // Any place will do, as long as it is another one each time.
        at = at.wrapping_mul(31).wrapping_add(values.len() / 2).checked_rem(values.len()).unwrap_or(0);
        let Some(pivot) = values.get(at).copied() else { return (0, count) };
        let (mut above, mut i, mut below) = (0usize, 0usize, values.len());
        while i < below {
            match values.get(i).map(|value| value.cmp(&pivot)) {
                Some(Ordering::Greater) => {
                    values.swap(i, above);
                    above = above.wrapping_add(1);
                    i = i.wrapping_add(1);
                }
                Some(Ordering::Less) => {
                    below = below.wrapping_sub(1);
                    values.swap(i, below);
                }
                _ => i = i.wrapping_add(1),
            }
        }
        if count <= above {
            values = values.get_mut(..above).unwrap_or_default();
        } else if count <= below {
            return (pivot, count.wrapping_sub(above));
        } else {
            count = count.wrapping_sub(below);
            values = values.get_mut(below..).unwrap_or_default();
        }
    }
}

fn capped_sizes(total: u64, weights: &[i64], cap: u64) -> Vec<u64> {
    let mut open: Vec<i64> = weights.iter().map(|weight| (*weight).max(0)).collect();
    let mut shares = vec![0; weights.len()];
    let mut left = total;
    // Each round closes somebody or is the last one.
    loop {
        let sum: u128 = open.iter().map(|weight| u128::from(weight.unsigned_abs())).sum();
        let reaches = |weight: i64| {
            weight > 0 && u128::from(left) * u128::from(weight.unsigned_abs()) >= u128::from(cap) * sum
        };
        let closing: Vec<usize> = (0..open.len()).filter(|i| reaches(open[*i])).collect();
        if closing.is_empty() {
            break;
        }
        for i in closing {
            shares[i] = cap.min(left);
            left -= shares[i];
            open[i] = 0;
        }
    }
    for (share, more) in shares.iter_mut().zip(split_size(left, &open)) {
        *share += more;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Money;
    use proptest::prelude::*;
    use std::cmp::Reverse;

    fn units(shares: Vec<Money>) -> Vec<i64> {
        shares.into_iter().map(Money::units).collect()
    }

    #[test]
    fn ties_go_to_the_first_row_and_losses_are_mirrored() {
        assert_eq!(units(split(Money::from_units(2), &[1, 1, 1])), [1, 1, 0]);
        assert_eq!(units(split(Money::from_units(-2), &[1, 1, 1])), [-1, -1, 0]);
        assert_eq!(units(split(Money::from_units(5), &[0, 0])), [0, 0]);
        assert_eq!(units(split(Money::from_units(5), &[-3, 1])), [0, 5]);
        assert_eq!(units(split(Money::from_units(5), &[])), [0i64; 0]);
    }

    #[test]
    fn nobody_gets_more_than_the_cap() {
        let capped = |total, weights: &[i64], cap| {
            units(split_capped(Money::from_units(total), weights, Money::from_units(cap)))
        };
        assert_eq!(capped(100, &[1, 1], 30), [30, 30]);
        assert_eq!(capped(100, &[90, 9, 1], 45), [45, 45, 10]);
        assert_eq!(capped(-100, &[6, 3, 1], 50), [-50, -38, -12]);
        assert_eq!(capped(100, &[1, 1], 0), [0, 0]);
        assert_eq!(capped(7, &[1, 1, 1], 100), [3, 2, 2]);
    }

    proptest! {
        #[test]
        fn the_largest_are_found_as_by_sorting(values in prop::collection::vec(0..9u128, 1..40), count in 1..40usize) {
            let mut sorted = values.clone();
            sorted.sort_by(|a, b| b.cmp(a));
            let count = count.min(values.len());
            let least = sorted[count - 1];
            let ties = count - sorted.iter().filter(|value| **value > least).count();
            prop_assert_eq!(largest(&mut values.clone(), count), (least, ties));
        }

        #[test]
        fn parts_add_up_and_lie_within_a_unit_of_the_exact_share(
            total in (i64::MIN + 1)..=i64::MAX,
            weights in proptest::collection::vec(prop_oneof![0..100i64, 0..=i64::MAX], 1..40),
        ) {
            let shares = units(split(Money::from_units(total), &weights));
            let sum: i128 = weights.iter().copied().map(i128::from).sum();
            if sum == 0 {
                prop_assert!(shares.iter().all(|share| *share == 0));
                return Ok(());
            }
            prop_assert_eq!(shares.iter().copied().map(i128::from).sum::<i128>(), i128::from(total));
            let size = u128::from(total.unsigned_abs());
            let mut up = Vec::new();
            let mut down = Vec::new();
            for (i, (share, weight)) in shares.iter().zip(&weights).enumerate() {
                let product = size * u128::from(weight.unsigned_abs());
                let (whole, rest) = (product / sum.unsigned_abs(), product % sum.unsigned_abs());
                let more = u128::from(share.unsigned_abs()).checked_sub(whole);
                prop_assert!(matches!(more, Some(0 | 1)));
                if more == Some(1) { up.push((Reverse(rest), i)) } else { down.push((Reverse(rest), i)) }
            }
            prop_assert!(up.iter().max() <= down.iter().min() || down.is_empty() || up.is_empty());
        }

        #[test]
        fn equal_parts_are_those_of_equal_weights(total in (i64::MIN + 1)..=i64::MAX, parts in 1..40usize) {
            let total = Money::from_units(total);
            let equal = EqualParts::of(total, parts);
            let split = split(total, &vec![1; parts]);
            prop_assert_eq!((0..parts).map(|place| equal.part(place)).collect::<Vec<Money>>(), split.clone());
            for count in 0..=parts {
                prop_assert_eq!(equal.first::<Money>(count), split.iter().take(count).copied().sum());
            }
        }

        #[test]
        fn capped_parts_add_up_as_far_as_the_cap_allows(
            total in 0..1_000_000i64,
            cap in 0..500_000i64,
            weights in proptest::collection::vec(0..1000i64, 1..20),
        ) {
            let shares = units(split_capped(Money::from_units(total), &weights, Money::from_units(cap)));
            let takers = weights.iter().filter(|weight| **weight > 0).count() as i64;
            prop_assert!(shares.iter().all(|share| (0..=cap).contains(share)));
            prop_assert_eq!(shares.iter().sum::<i64>(), total.min(takers * cap));
        }
    }
}
