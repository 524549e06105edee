//! Chance that is always the same: the numbers depend on the seed and on what they are for, and on nothing
//! that was drawn before for something else. So any person's month can be made alone, in any order.

/// A sequence of numbers; SplitMix64.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// The sequence for one thing, such as a person's month.
    pub fn of(seed: u64, purpose: u64, which: u64) -> Dice {
        let mut dice = Dice(seed ^ purpose.wrapping_mul(0xd6e8_feb8_6659_fd93));
        let start = dice.next();
        Dice(start ^ which.wrapping_mul(0xa076_1d64_78bd_642f))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to below `count`; 0 when `count` is 0.
    pub fn below(&mut self, count: u64) -> u64 {
        let product = u128::from(self.next()) * u128::from(count);
        u64::try_from(product >> 64).unwrap_or_default()
    }

    /// A number from `low` to `high`, both included; each as likely as the other.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let count = high.abs_diff(low).saturating_add(1);
        low.saturating_add_unsigned(self.below(count))
    }

    /// A number from `low` to `high`, most often near the middle: the mean of three.
    pub fn bell(&mut self, low: i64, high: i64) -> i64 {
        (self.between(low, high) + self.between(low, high) + self.between(low, high)).div_euclid(3)
    }

    /// Whether something happens that does in `percent` of cases.
    pub fn chance(&mut self, percent: i64) -> bool {
        self.between(0, 99) < percent
    }

    /// One of the choices.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        let which = self.below(choices.len() as u64);
        choices.get(usize::try_from(which).ok()?)
    }
}

/// A way to shuffle the numbers below `count` that can be undone without a list.
#[derive(Clone, Copy, Debug)]
pub struct Shuffle {
    count: u64,
    factor: u64,
    inverse: u64,
    offset: u64,
}

impl Shuffle {
    /// The shuffle of this seed; `count` is at least 1 and fits 32 bits.
    pub fn new(seed: u64, count: u32) -> Shuffle {
        let count = u64::from(count.max(1));
        // Near the golden section, neighbours land far apart.
        let mut factor = (count * 618 / 1000).max(1);
        while inverse_of(factor, count).is_none() {
            factor += 1;
        }
        let inverse = inverse_of(factor, count).unwrap_or(1);
        Shuffle { count, factor, inverse, offset: Dice::of(seed, 0, count).below(count) }
    }

    /// Where a number goes.
    pub fn to(&self, number: u64) -> u64 {
        (number % self.count * self.factor + self.offset) % self.count
    }

    /// Which number goes there.
    pub fn from(&self, place: u64) -> u64 {
        (place % self.count + self.count - self.offset) % self.count * self.inverse % self.count
    }
}

/// The number that undoes multiplying by `factor` modulo `count`, when there is one.
fn inverse_of(factor: u64, count: u64) -> Option<u64> {
    let modulus = i128::from(count);
    let (mut rest, mut next_rest) = (modulus, i128::from(factor % count.max(1)));
    let (mut share, mut next_share) = (0i128, 1i128);
    if count == 1 {
        return Some(0);
    }
    while next_rest != 0 {
        let quotient = rest / next_rest;
        (rest, next_rest) = (next_rest, rest - quotient * next_rest);
        (share, next_share) = (next_share, share - quotient * next_share);
    }
    if rest == 1 { u64::try_from(share.rem_euclid(modulus)).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers_for_ever() {
        let mut dice = Dice::of(1, 2, 3);
        let drawn: Vec<i64> = (0..6).map(|_| dice.between(-100, 100)).collect();
        assert_eq!(drawn, [-98, -70, -40, 0, 40, -21]);
    }

    #[test]
    fn numbers_stay_within_their_bounds_and_reach_them() {
        let mut dice = Dice::of(7, 0, 0);
        let drawn: Vec<i64> = (0..2000).map(|_| dice.between(-3, 3)).collect();
        assert_eq!((drawn.iter().min(), drawn.iter().max()), (Some(&-3), Some(&3)));
        let bells: Vec<i64> = (0..2000).map(|_| dice.bell(0, 100)).collect();
        assert!(bells.iter().all(|bell| (0..=100).contains(bell)));
        let middle = bells.iter().filter(|bell| (33..67).contains(*bell)).count();
        assert!(middle > 1000, "{middle} of 2000 are in the middle third");
        assert_eq!(dice.below(0), 0);
    }

    #[test]
    fn a_shuffle_reaches_every_place_once_and_is_undone() {
        for count in [1, 2, 3, 60, 61, 120, 1_000, 4_096, 99_999] {
            let shuffle = Shuffle::new(11, count);
            let mut seen = vec![false; count as usize];
            for number in 0..u64::from(count) {
                let place = shuffle.to(number);
                assert!(!std::mem::replace(&mut seen[place as usize], true), "{place} of {count} twice");
                assert_eq!(shuffle.from(place), number);
            }
        }
    }
}
