//! Tier tables: rising thresholds, and what applies from each on.
//!
//! A table is made once a batch and brought to common denominators, so that a row costs a few 64-bit
//! multiplications. Thresholds lie on a basis: on the attainment of a target (`per` is the target), or on the
//! amount itself (`per` is 1). No edge is rounded: credit and edge are compared as exact fractions.

use crate::exact::{Exact, bits};
use crate::json::Json;
use crate::overflow;
use crate::parameter::{Choice, Decimal, Parameter, Path, Reading, Schema, Wrong};
use crate::shelf;

/// Which tier an amount that lies exactly on an edge belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Edge {
    /// The higher one: a tier includes its lower edge.
    #[default]
    Higher,
    /// The lower one: a tier includes its upper edge.
    Lower,
}

/// The words for the two.
const EDGES: &[Choice] = &[
    Choice::word("higher", "At an edge the higher tier applies: a tier includes its lower edge."),
    Choice::word("lower", "At an edge the lower tier applies: a tier includes its upper edge."),
];

impl Parameter for Edge {
    const SCHEMA: Schema = Schema::Choice(EDGES);
    fn read(value: &Json, at: &Path<'_>, reading: &mut Reading<'_>) -> Option<Edge> {
        let word = reading.word(value, at, EDGES)?;
        Some(if word == 0 { Edge::Higher } else { Edge::Lower })
    }
}

/// Why tiers make no table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TierError {
    /// There is none.
    Empty,
    /// The threshold of this tier is below zero.
    Negative(usize),
    /// The threshold of this tier isn't above the one before.
    NotRising(usize),
    /// A threshold or a rate of this tier has too many digits.
    TooLarge(usize),
}

impl TierError {
    /// Says it at its place in the list `at`.
    #[inline(never)]
    fn tell(self, at: &str, tiers: &[(Decimal, Exact)], wrong: &mut Wrong<'_, '_>) {
        let from = |tier: usize| tiers.get(tier).map_or(Decimal::ZERO, |(from, _)| *from);
        let (place, code, message) = match self {
            TierError::Empty => {
                (at.to_owned(), "no-tiers", "there is no tier, expected at least one".to_owned())
            }
            TierError::Negative(i) => {
                (format!("{at}[{i}].from"), "out-of-range", format!("`{}` is below zero", from(i)))
            }
            TierError::NotRising(i) => {
                let (from, before) = (from(i), from(i.saturating_sub(1)));
                let message = format!("`{from}` is not above `{before}`, where the tier before begins");
                (format!("{at}[{i}].from"), "not-rising", message)
            }
            TierError::TooLarge(i) => {
                let message = "the tiers have too many digits to be computed with exactly".to_owned();
                (format!("{at}[{i}]"), "overflow", message)
            }
        };
        wrong.at(place, code, message);
    }
}

/// Tiers, ready for use.
#[derive(Clone, Debug)]
pub struct TierTable {
    /// Thresholds, as counts of `1 / edge_scale`.
    edges: Vec<i64>,
    edge_scale: i64,
    /// What applies, as counts of `1 / rate_scale`.
    rates: Vec<i64>,
    rate_scale: i64,
    /// Both scales multiplied: what a slice times a rate counts.
    pay_scale: i64,
    edge: Edge,
    /// For [`TierTable::marginal`]: each threshold, and by how much the rate rises or falls there.
    turns: Vec<(i64, i64)>,
    /// The most that an amount, and what thresholds are a multiple of, may be before a product needs 128 bits.
    credit_max: u64,
    per_max: u64,
}

/// What lies in one tier.
#[derive(Clone, Copy, Debug)]
pub struct Slice {
    /// Which tier, from 0.
    pub tier: usize,
    credit: i128,
    credit_scale: i64,
    rate: i64,
    rate_scale: i64,
}

impl Slice {
    /// The credit in it.
    #[inline]
    pub fn credit(self) -> Exact {
        Exact::wide(self.credit, self.credit_scale.into())
    }

    /// What applies to it.
    #[inline]
    pub fn rate(self) -> Exact {
        Exact::over_scale(self.rate, self.rate_scale)
    }

    /// The same the other way: what it had earned is taken back.
    #[inline]
    pub fn taken_back(self) -> Slice {
        Slice { credit: -self.credit, ..self }
    }

    /// What it earns.
    #[inline]
    pub fn pay(self) -> Exact {
        self.credit() * self.rate()
    }
}

/// What it earns.
impl From<Slice> for Exact {
    #[inline]
    fn from(slice: Slice) -> Exact {
        slice.pay()
    }
}

impl TierTable {
    /// A table of thresholds and what applies from each on.
    pub fn new(tiers: &[(Exact, Exact)], edge: Edge) -> Result<TierTable, TierError> {
        if tiers.is_empty() {
            return Err(TierError::Empty);
        }
        for (i, (from, _)) in tiers.iter().enumerate() {
            if from.is_negative() {
                return Err(TierError::Negative(i));
            }
            if i.checked_sub(1).and_then(|before| tiers.get(before)).is_some_and(|(before, _)| before >= from)
            {
                return Err(TierError::NotRising(i));
            }
        }
        let (edges, edge_scale) = common(tiers, |(from, _)| *from)?;
        let (rates, rate_scale) = common(tiers, |(_, rate)| *rate)?;
        let last = tiers.len() - 1;
        let pay_scale = edge_scale.checked_mul(rate_scale).ok_or(TierError::TooLarge(last))?;
        let most_bits = |numbers: &[i64]| numbers.iter().map(|n| bits(*n)).max().unwrap_or(0);
        // What a product may have more than its other factor, so that it has 62 bits at most; a sign's bit is free.
        let room = |taken: u32| 62u32.checked_sub(taken).map_or(0, |bits| (1u64 << bits) - 1);
        let before = std::iter::once(0).chain(rates.iter().copied());
        let turns = edges
            .iter()
            .zip(&rates)
            .zip(before)
            .map(|((edge, rate), before)| (*edge, rate.wrapping_sub(before)));
        Ok(TierTable {
            turns: turns.collect(),
            credit_max: room(most_bits(&rates) + bits(edge_scale)),
            per_max: room(most_bits(&edges)),
            edges,
            edge_scale,
            rates,
            rate_scale,
            pay_scale,
            edge,
        })
    }

    /// The same of thresholds as a plan writes them, each times `scale` (one where they are attainment): or all that
    /// is wrong with them, told at their places in the list `at`.
    pub fn checked(
        at: &str,
        tiers: &[(Decimal, Exact)],
        scale: i64,
        edge: Edge,
        wrong: &mut Wrong<'_, '_>,
    ) -> Option<TierTable> {
        let scale = Exact::whole(scale);
        let exact: Vec<(Exact, Exact)> = tiers.iter().map(|(from, rate)| (*from * scale, *rate)).collect();
        TierTable::new(&exact, edge).map_err(|error| error.tell(at, tiers, wrong)).ok()
    }

    /// How many tiers there are.
    pub fn len(&self) -> usize {
        self.edges.len()
    }

    /// Whether there is none, which can't be.
    pub fn is_empty(&self) -> bool {
        self.edges.is_empty()
    }

    /// Where a tier begins.
    pub fn from(&self, tier: usize) -> Exact {
        Exact::over_scale(self.edges.get(tier).copied().unwrap_or(0), self.edge_scale)
    }

    /// What applies in a tier.
    #[inline]
    pub fn rate(&self, tier: usize) -> Exact {
        Exact::over_scale(self.rates.get(tier).copied().unwrap_or(0), self.rate_scale)
    }

    /// Each slice of the credit from `start` to `end` by the rate of its tier: the sum of all, exact. `each` sees
    /// every slice that isn't empty, from the lowest up. A period's credit goes from 0 to the credit; that of a
    /// year so far goes from what was there before to what is there now. What is below zero lies in no tier.
    ///
    /// ```
    /// use attain_sdk::prelude::*;
    /// let [zero, five] = [0, 5].map(Exact::whole);
    /// let table = TierTable::new(&[(zero, Exact::ONE), (five, Exact::whole(2))], Edge::Higher).unwrap();
    /// assert_eq!(table.marginal(0, 7, 1, |_| ()), Exact::whole(5 + 4));
    /// assert_eq!(table.marginal(4, 7, 1, |_| ()), Exact::whole(1 + 4));
    /// ```
    #[inline]
    pub fn marginal(&self, start: i64, end: i64, per: i64, mut each: impl FnMut(Slice)) -> Exact {
        if !self.is_narrow(start.unsigned_abs().max(end.unsigned_abs()), per) {
            self.each_wide(start, end, per, &mut each);
            return Exact::shelved(self.shelved_marginal(start, end, per));
        }
        let (start, end) = (start.wrapping_mul(self.edge_scale), end.wrapping_mul(self.edge_scale));
        let end = end.max(start);
        // What lies above a threshold earns by how much the rate rises there. Sums may wrap on the way: what comes
        // out fits.
        let mut pay: i64 = 0;
        for (edge, rise) in &self.turns {
            let from = edge.wrapping_mul(per);
            let above = end.wrapping_sub(from).max(0).wrapping_sub(start.wrapping_sub(from).max(0));
            pay = pay.wrapping_add(above.wrapping_mul(*rise));
        }
        // Nothing is left of this loop where nobody wants the slices.
        for tier in 0..self.edges.len() {
            let (Some(edge), Some(rate)) = (self.edges.get(tier), self.rates.get(tier)) else { break };
            let upper = self.edges.get(tier.wrapping_add(1));
            let from = edge.wrapping_mul(per).max(start);
            let to = upper.map_or(end, |upper| upper.wrapping_mul(per).min(end));
            if to > from {
                each(self.slice(tier, to.wrapping_sub(from).into(), *rate));
            }
        }
        Exact::over_scale(pay, self.pay_scale)
    }

    /// Whether all products of an amount of this size, of `per` and of what is in the table fit in 62 bits.
    #[inline]
    fn is_narrow(&self, size: u64, per: i64) -> bool {
        // As an unsigned number, one below zero is a large one.
        size <= self.credit_max && per.cast_unsigned() <= self.per_max
    }

    /// What all slices earn, in 128 bits: its place on the shelf.
    #[cold]
    #[inline(never)]
    fn shelved_marginal(&self, start: i64, end: i64, per: i64) -> i64 {
        if per < 0 {
            overflow::mark();
        }
        let mut pay = Exact::ZERO;
        self.each_wide(start, end, per, &mut |slice| pay += slice.pay());
        let (n, d) = pay.parts();
        shelf::put(n, d)
    }

    /// Every slice, in 128 bits. Nothing is left of this either where nobody wants the slices: what is passed is no
    /// reference to something unknown.
    fn each_wide(&self, start: i64, end: i64, per: i64, each: &mut impl FnMut(Slice)) {
        // Products of two 64-bit numbers fit in 128 bits.
        let wide = |a: i64, b: i64| i128::from(a) * i128::from(b);
        let (start, end) = (wide(start, self.edge_scale), wide(end, self.edge_scale));
        for (tier, (edge, rate)) in self.edges.iter().zip(&self.rates).enumerate() {
            let from = wide(*edge, per).max(start);
            let upper = self.edges.get(tier + 1).map_or(end, |upper| end.min(wide(*upper, per)));
            if upper > from {
                each(self.slice(tier, upper - from, *rate));
            }
        }
    }

    #[inline]
    fn slice(&self, tier: usize, credit: i128, rate: i64) -> Slice {
        Slice { tier, credit, credit_scale: self.edge_scale, rate, rate_scale: self.rate_scale }
    }

    /// The tier that `credit` reaches; none below the first.
    #[inline]
    pub fn reached(&self, credit: i64, per: i64) -> Option<usize> {
        if !self.is_narrow(credit.unsigned_abs(), per) {
            return self.reached_wide(credit, per);
        }
        let reach = credit.wrapping_mul(self.edge_scale);
        let (first, others) = self.edges.split_first()?;
        if reach < first.wrapping_mul(per) {
            return None;
        }
        // Whole numbers: what isn't above an edge doesn't reach it when one less.
        let reach = if self.edge == Edge::Lower { reach.wrapping_sub(1) } else { reach };
        let past = |edge: &i64| usize::from(reach >= edge.wrapping_mul(per));
        Some(others.iter().fold(0usize, |tiers, edge| tiers.wrapping_add(past(edge))))
    }

    #[cold]
    #[inline(never)]
    fn reached_wide(&self, credit: i64, per: i64) -> Option<usize> {
        let reach = i128::from(credit) * i128::from(self.edge_scale);
        let inside = |(tier, edge): (usize, &i64)| {
            let from = i128::from(*edge) * i128::from(per);
            reach > from || (reach == from && (self.edge == Edge::Higher || tier == 0))
        };
        self.edges.iter().enumerate().take_while(|tier| inside(*tier)).count().checked_sub(1)
    }
}

/// One of the two parts of each tier as a count of the largest unit that fits all of them, or the index of the first
/// that has too many digits.
#[inline(never)]
fn common(
    tiers: &[(Exact, Exact)],
    part: fn(&(Exact, Exact)) -> Exact,
) -> Result<(Vec<i64>, i64), TierError> {
    let mut scale: i64 = 1;
    let mut parts = Vec::with_capacity(tiers.len());
    for (i, value) in tiers.iter().map(part).enumerate() {
        let (numerator, denominator) = value.small().ok_or(TierError::TooLarge(i))?;
        let divisor = greatest_common(scale, denominator).max(1);
        scale = scale.checked_mul(denominator / divisor).ok_or(TierError::TooLarge(i))?;
        parts.push((numerator, denominator));
    }
    let mut counts = Vec::with_capacity(tiers.len());
    for (i, (numerator, denominator)) in parts.into_iter().enumerate() {
        counts.push(numerator.checked_mul(scale / denominator.max(1)).ok_or(TierError::TooLarge(i))?);
    }
    Ok((counts, scale))
}

fn greatest_common(mut a: i64, mut b: i64) -> i64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameter::Decimal;
    use proptest::prelude::*;

    fn table(tiers: &[(&str, &str)], edge: Edge) -> TierTable {
        let decimal = |text: &str| Decimal::parse(text).unwrap().exact();
        let tiers: Vec<_> = tiers.iter().map(|(from, rate)| (decimal(from), decimal(rate))).collect();
        TierTable::new(&tiers, edge).unwrap()
    }

    const CRM: [(&str, &str); 5] =
        [("0", "0.02"), ("0.5", "0.04"), ("0.8", "0.06"), ("1", "0.09"), ("1.25", "0.12")];

    #[test]
    fn slices_are_paid_by_the_rates_of_their_tiers() {
        // Darcel Schlecht, 2017-Q2: quota 123,480.50, revenue 310,075, pay 25,663.57325.
        let table = table(&CRM, Edge::Higher);
        let mut slices = Vec::new();
        let pay = table.marginal(0, 31_007_500, 12_348_050, |slice| slices.push(slice));
        assert_eq!(pay, Exact::fraction(2_566_357_325, 1_000).unwrap());
        assert_eq!(slices.len(), 5);
        assert_eq!(slices[3].credit(), Exact::fraction(30_870_125, 10).unwrap());
        assert_eq!(slices.iter().map(|slice| slice.pay()).sum::<Exact>(), pay);
    }

    #[test]
    fn an_edge_belongs_to_the_tier_that_the_rule_says() {
        let amounts = [("25000", "0.01"), ("50000", "0.02"), ("75000", "0.03")];
        assert_eq!(table(&amounts, Edge::Higher).reached(50_000, 1), Some(1));
        assert_eq!(table(&amounts, Edge::Lower).reached(50_000, 1), Some(0));
        assert_eq!(table(&amounts, Edge::Lower).reached(50_001, 1), Some(1));
        assert_eq!(table(&amounts, Edge::Lower).reached(25_000, 1), Some(0), "nothing lies below the first");
        assert_eq!(table(&amounts, Edge::Higher).reached(24_999, 1), None);
    }

    #[test]
    fn tiers_that_make_no_table_are_refused() {
        let half = Exact::fraction(1, 2).unwrap();
        let new = |tiers: &[(Exact, Exact)]| TierTable::new(tiers, Edge::Higher).map(|table| table.len());
        assert_eq!(new(&[]), Err(TierError::Empty));
        assert_eq!(new(&[(-half, half)]), Err(TierError::Negative(0)));
        assert_eq!(new(&[(half, half), (half, Exact::ONE)]), Err(TierError::NotRising(1)));
        let fine = Exact::fraction(1, i128::from(i64::MAX)).unwrap();
        assert_eq!(new(&[(Exact::ZERO, half), (half, fine)]), Err(TierError::TooLarge(1)));
    }

    #[test]
    fn what_does_not_fit_is_marked() {
        let table = table(&[("0", "900000000.123456789")], Edge::Higher);
        let _ = table.marginal(0, i64::MAX, i64::MAX, |_| ());
        let _: crate::Money = table.marginal(0, i64::MAX, i64::MAX, |_| ()).round(crate::Round::HalfUp);
        assert!(overflow::take());
    }

    proptest! {
        #[test]
        fn the_narrow_and_the_wide_way_agree(
            start in -1_000_000_000..1_000_000_000i64,
            credit in -1_000_000_000..1_000_000_000i64,
            per in 0..1_000_000_000i64,
        ) {
            let table = table(&CRM, Edge::Higher);
            let wide = Exact::shelved(table.shelved_marginal(start, credit, per));
            prop_assert_eq!(table.marginal(start, credit, per, |_| ()), wide);
            prop_assert_eq!(table.reached(credit, per), table.reached_wide(credit, per));
        }

        #[test]
        fn both_ways_agree_on_any_numbers(
            start in any::<i64>(), end in any::<i64>(), per in any::<i64>(), shift in 0..60u32, lower in any::<bool>(),
        ) {
            let (start, end, per) = (start >> shift, end >> shift, (per >> shift).max(0));
            let falling = [("0.1", "0.5"), ("0.75", "0.02"), ("1.5", "0"), ("2", "0.3")];
            let table = table(&falling, if lower { Edge::Lower } else { Edge::Higher });
            let (mut one, mut other) = (Vec::new(), Vec::new());
            let pay = table.marginal(start, end, per, |slice| one.push((slice.tier, slice.credit)));
            table.each_wide(start, end, per, &mut |slice| other.push((slice.tier, slice.credit)));
            prop_assert_eq!(pay, Exact::shelved(table.shelved_marginal(start, end, per)));
            prop_assert_eq!(one, other);
            prop_assert_eq!(table.reached(end, per), table.reached_wide(end, per));
        }

        #[test]
        fn a_year_in_two_parts_is_the_year(first in 0..1_000_000i64, second in 0..1_000_000i64, per in 1..1_000_000i64) {
            let table = table(&CRM, Edge::Higher);
            let parts = table.marginal(0, first, per, |_| ()) + table.marginal(first, first + second, per, |_| ());
            prop_assert_eq!(parts, table.marginal(0, first + second, per, |_| ()));
        }

        #[test]
        fn slices_fill_the_credit(credit in 0..=i64::MAX, per in 1..=i64::MAX) {
            let table = table(&CRM, Edge::Higher);
            let mut sum = Exact::ZERO;
            table.marginal(0, credit, per, |slice| sum += slice.credit());
            prop_assert_eq!(sum, Exact::whole(credit));
        }
    }
}
