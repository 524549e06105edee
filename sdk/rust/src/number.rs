//! The numbers of a rule: integers of a unit's smallest part, by type.
//!
//! `Money(1234)` is 12.34 where the currency has two decimals; a `Ratio<4>` of 825 is 8.25 %. Sums of one type
//! stay in the type; products and quotients are [`Exact`] until the rule rounds them. What doesn't fit leaves
//! the mark of [`crate::overflow`].

use crate::exact::Exact;
use crate::overflow;
use crate::period::Period;
use std::cmp::Ordering;
use std::fmt;
use std::iter::Sum;
use std::num::NonZeroI64;
use std::ops::{Add, AddAssign, Mul, Neg, Sub, SubAssign};

/// A cell without a value, wherever numbers travel in columns. It is not zero.
pub const NO_VALUE: i64 = i64::MIN;

/// The most decimals a number may declare.
pub const DECIMALS_MAX: u8 = 9;

/// 10 to the power of `exponent`, for up to 18.
pub const fn power_of_ten(exponent: u8) -> i64 {
    let mut power: i64 = 1;
    let mut i = 0;
    while i < exponent && i < 18 {
        power *= 10;
        i += 1;
    }
    power
}

/// What numbers mean, as manifests name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// An amount in the plan's currency.
    Money,
    /// A share or a rate: 0.05 is five per cent.
    Ratio,
    /// Points of a score.
    Points,
    /// A number of things.
    Count,
    /// A number of days.
    Days,
    /// A calendar day.
    Date,
    /// 0 or 1.
    Flag,
    /// 0 none, 1 blue, 2 yellow, 3 red.
    Level,
    /// An index into listed labels.
    Label,
    /// Names.
    Text,
}

impl Unit {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Unit::Money => "money",
            Unit::Ratio => "ratio",
            Unit::Points => "points",
            Unit::Count => "count",
            Unit::Days => "days",
            Unit::Date => "date",
            Unit::Flag => "flag",
            Unit::Level => "level",
            Unit::Label => "label",
            Unit::Text => "text",
        }
    }
}

/// Unit and decimals of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// What is counted.
    pub unit: Unit,
    /// Digits after the point.
    pub decimals: Decimals,
}

/// How many digits a number has after its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decimals {
    /// So many.
    Fixed(u8),
    /// Those of the plan's currency.
    Currency,
}

impl Kind {
    /// Money of the plan's currency.
    pub const MONEY: Kind = Kind { unit: Unit::Money, decimals: Decimals::Currency };

    /// A unit with so many decimals.
    pub const fn new(unit: Unit, decimals: u8) -> Kind {
        Kind { unit, decimals: Decimals::Fixed(decimals) }
    }

    /// How many decimals that is for a batch.
    pub fn decimals(self, period: &Period) -> u8 {
        match self.decimals {
            Decimals::Fixed(decimals) => decimals,
            Decimals::Currency => period.money_decimals,
        }
    }
}

/// What a cell of a column of numbers can hold.
pub trait Value: Copy {
    /// Its unit and decimals.
    const KIND: Kind;
    /// What its values are called, in each language, where it is a label.
    const LABELS: &'static [&'static [(&'static str, &'static str)]] = &[];
    /// The cell.
    fn to_cell(self) -> i64;
    /// The value of a cell; none of one without a value.
    fn of_cell(cell: i64) -> Option<Self>;
}

/// A number that an exact value can be rounded to.
pub trait Number: Value + Into<Exact> {
    /// How many of its smallest part make one.
    const SCALE: i64;
    /// From a count of its smallest part. [`NO_VALUE`] is an overflow.
    fn from_units(units: i64) -> Self;
    /// As a count of its smallest part.
    fn units(self) -> i64;
}

/// A cell that has a value, turned so that none is zero: an optional number is one register, and no value is
/// recognised by nothing more than reading it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Turned(NonZeroI64);

impl Turned {
    /// Zero, turned.
    const ZERO: Turned = Turned(NonZeroI64::MIN);

    /// None of a cell without a value.
    #[inline(always)]
    fn of_cell(cell: i64) -> Option<Turned> {
        NonZeroI64::new(cell ^ NO_VALUE).map(Turned)
    }

    /// The sum, if it is one; otherwise what stands for it and the mark.
    #[inline(always)]
    fn kept(sum: Option<i64>) -> Turned {
        sum.and_then(Turned::of_cell).unwrap_or_else(Turned::overflowed)
    }

    /// What stands for one that doesn't fit, and the mark.
    #[cold]
    #[inline(never)]
    fn overflowed() -> Turned {
        Turned::of_cell(overflow::mark()).unwrap_or(Turned::ZERO)
    }

    #[inline(always)]
    const fn units(self) -> i64 {
        self.0.get() ^ NO_VALUE
    }
}

macro_rules! number {
    ($(#[$doc:meta])* $name:ident $(<const $d:ident: u8 = $default:literal>)?, $kind:expr, $scale:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name $(<const $d: u8 = $default>)? (Turned);

        impl $(<const $d: u8>)? $name $(<$d>)? {
            /// Nothing.
            pub const ZERO: Self = Self(Turned::ZERO);

            /// From a count of its smallest part. [`NO_VALUE`] is an overflow.
            #[inline]
            pub fn from_units(units: i64) -> Self {
                Self(Turned::kept(Some(units)))
            }

            /// As a count of its smallest part.
            #[inline]
            pub const fn units(self) -> i64 {
                self.0.units()
            }

            /// As an exact value.
            #[inline]
            pub fn exact(self) -> Exact {
                self.into()
            }

            /// Divided by another value; none where that is zero.
            #[inline]
            pub fn over(self, divisor: impl Into<Exact>) -> Option<Exact> {
                self.exact().over(divisor)
            }
        }

        impl $(<const $d: u8>)? Default for $name $(<$d>)? {
            #[inline]
            fn default() -> Self {
                Self::ZERO
            }
        }

        impl $(<const $d: u8>)? PartialOrd for $name $(<$d>)? {
            #[inline]
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl $(<const $d: u8>)? Ord for $name $(<$d>)? {
            #[inline]
            fn cmp(&self, other: &Self) -> Ordering {
                self.units().cmp(&other.units())
            }
        }

        impl $(<const $d: u8>)? Value for $name $(<$d>)? {
            const KIND: Kind = $kind;
            #[inline]
            fn to_cell(self) -> i64 {
                self.units()
            }
            #[inline]
            fn of_cell(cell: i64) -> Option<Self> {
                Turned::of_cell(cell).map(Self)
            }
        }

        impl $(<const $d: u8>)? Number for $name $(<$d>)? {
            const SCALE: i64 = $scale;
            #[inline]
            fn from_units(units: i64) -> Self {
                Self::from_units(units)
            }
            #[inline]
            fn units(self) -> i64 {
                self.0.units()
            }
        }

        impl $(<const $d: u8>)? From<$name $(<$d>)?> for Exact {
            #[inline]
            fn from(number: $name $(<$d>)?) -> Exact {
                scaled(number.units(), $scale)
            }
        }

        impl $(<const $d: u8>)? Add for $name $(<$d>)? {
            type Output = Self;
            #[inline]
            fn add(self, other: Self) -> Self {
                Self(Turned::kept(self.units().checked_add(other.units())))
            }
        }

        impl $(<const $d: u8>)? Sub for $name $(<$d>)? {
            type Output = Self;
            #[inline]
            fn sub(self, other: Self) -> Self {
                Self(Turned::kept(self.units().checked_sub(other.units())))
            }
        }

        impl $(<const $d: u8>)? Neg for $name $(<$d>)? {
            type Output = Self;
            #[inline]
            fn neg(self) -> Self {
                Self(Turned::kept(self.units().checked_neg()))
            }
        }

        impl $(<const $d: u8>)? AddAssign for $name $(<$d>)? {
            #[inline]
            fn add_assign(&mut self, other: Self) {
                *self = *self + other;
            }
        }

        impl $(<const $d: u8>)? SubAssign for $name $(<$d>)? {
            #[inline]
            fn sub_assign(&mut self, other: Self) {
                *self = *self - other;
            }
        }

        impl $(<const $d: u8>)? Sum for $name $(<$d>)? {
            fn sum<I: Iterator<Item = Self>>(numbers: I) -> Self {
                numbers.fold(Self::ZERO, |sum, number| sum + number)
            }
        }

        impl<T: Into<Exact> $(, const $d: u8)?> Mul<T> for $name $(<$d>)? {
            type Output = Exact;
            #[inline]
            fn mul(self, other: T) -> Exact {
                self.exact() * other
            }
        }
    };
}

number! {
    /// An amount in the plan's currency, as a count of its smallest unit (cents, fen, yen).
    Money, Kind::MONEY, 1
}
number! {
    /// A number whose unit and decimals the parameters decide, as a count of its smallest part.
    Amount, Kind::new(Unit::Count, 0), 1
}
number! {
    /// A share or a rate: 0.05 is five per cent.
    Ratio<const D: u8 = 4>, Kind::new(Unit::Ratio, D), const { power_of_ten(D) }
}
number! {
    /// Points of a score.
    Points<const D: u8 = 2>, Kind::new(Unit::Points, D), const { power_of_ten(D) }
}
number! {
    /// A number of things.
    Count<const D: u8 = 0>, Kind::new(Unit::Count, D), const { power_of_ten(D) }
}
number! {
    /// A number of days.
    Days<const D: u8 = 0>, Kind::new(Unit::Days, D), const { power_of_ten(D) }
}

macro_rules! shown {
    ($($name:ident)*) => {$(
        impl<const D: u8> fmt::Display for $name<D> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&written(self.units(), D))
            }
        }
        impl<const D: u8> fmt::Debug for $name<D> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&written(self.units(), D))
            }
        }
    )*};
}
shown!(Ratio Points Count Days);

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Money({})", self.units())
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Amount({})", self.units())
    }
}

/// Writes a number with exactly its decimals: 1234 with 2 is `12.34`.
pub fn written(units: i64, decimals: u8) -> String {
    if decimals == 0 {
        return units.to_string();
    }
    let sign = if units < 0 { "-" } else { "" };
    let scale = power_of_ten(decimals).unsigned_abs();
    let size = units.unsigned_abs();
    format!("{sign}{}.{:0width$}", size / scale, size % scale, width = usize::from(decimals))
}

impl Value for bool {
    const KIND: Kind = Kind::new(Unit::Flag, 0);
    #[inline]
    fn to_cell(self) -> i64 {
        self.into()
    }
    #[inline]
    fn of_cell(cell: i64) -> Option<bool> {
        (cell != NO_VALUE).then_some(cell != 0)
    }
}

/// A warning's colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nothing to say.
    #[default]
    None,
    /// Look at it.
    Blue,
    /// Talk about it.
    Yellow,
    /// Act on it.
    Red,
}

impl Value for Level {
    const KIND: Kind = Kind::new(Unit::Level, 0);
    #[inline]
    fn to_cell(self) -> i64 {
        self as i64
    }
    #[inline]
    fn of_cell(cell: i64) -> Option<Level> {
        match cell {
            NO_VALUE => None,
            1 => Some(Level::Blue),
            2 => Some(Level::Yellow),
            3 => Some(Level::Red),
            _ => Some(Level::None),
        }
    }
}

/// An input of the binding, by its index; an explanation shows the input's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputName(pub u16);

impl Value for InputName {
    const KIND: Kind = Kind::new(Unit::Label, 0);
    #[inline]
    fn to_cell(self) -> i64 {
        self.0.into()
    }
    #[inline]
    fn of_cell(cell: i64) -> Option<InputName> {
        (cell != NO_VALUE).then(|| InputName(u16::try_from(cell).unwrap_or(u16::MAX)))
    }
}

/// A number over its scale, with zeros at its end left off: 1.2000 is 12/10, and 1.0000 is 1. The smaller the
/// numbers, the longer a product stays within 64 bits.
#[inline(always)]
fn scaled(units: i64, scale: i64) -> Exact {
    if scale > 1 && units == scale {
        Exact::ONE
    } else if scale >= 100
        && let Some(hundredth) = hundredth(units)
    {
        Exact::over_scale(hundredth, scale / 100)
    } else {
        Exact::over_scale(units, scale)
    }
}

/// A hundredth of a number that is a multiple of 100: without a division, which in a sandbox is no multiplication
/// in disguise. An odd number has an inverse among the numbers of 64 bits, and a multiple of 25 times the inverse
/// of 25 is the small number that it is a multiple by; no other number gives one that is small enough.
#[inline(always)]
fn hundredth(units: i64) -> Option<i64> {
    const INVERSE_OF_25: i64 = 0x8f5c_28f5_c28f_5c29_u64.cast_signed();
    const MOST: u64 = i64::MAX.unsigned_abs() / 25;
    let multiple = (units >> 2).wrapping_mul(INVERSE_OF_25);
    let is_small = multiple.wrapping_add(MOST.cast_signed()).cast_unsigned() <= 2 * MOST;
    (units & 3 == 0 && is_small).then_some(multiple)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::round::Round;

    #[test]
    fn numbers_are_written_with_their_decimals() {
        assert_eq!(written(-5, 2), "-0.05");
        assert_eq!(written(1234, 2), "12.34");
        assert_eq!(written(-7, 0), "-7");
        assert_eq!(<Ratio>::from_units(825).to_string(), "0.0825");
    }

    #[test]
    fn sums_that_do_not_fit_are_marked() {
        let most = Money::from_units(i64::MAX);
        assert_eq!((most - most).units(), 0);
        assert!(!overflow::take());
        let _ = most + Money::from_units(1);
        assert!(overflow::take());
        let _ = -most - Money::from_units(1);
        assert!(overflow::take(), "the least i64 means no value, it is no number");
    }

    #[test]
    fn a_hundredth_is_found_without_dividing() {
        let near = |middle: i64| (-1_000..=1_000).map(move |more| middle.saturating_add(more));
        for units in [0, 1 << 40, -(1 << 40), i64::MAX, i64::MIN, i64::MAX / 25, i64::MIN / 100]
            .into_iter()
            .flat_map(near)
        {
            assert_eq!(hundredth(units), (units % 100 == 0).then_some(units / 100), "{units}");
        }
    }

    #[test]
    fn leaving_zeros_off_changes_no_value() {
        for units in [-20_000, -100, -1, 0, 1, 99, 100, 101, 9_999, 10_000, 12_300] {
            let number = <Ratio>::from_units(units);
            assert_eq!(number.exact(), Exact::fraction(units.into(), 10_000).unwrap(), "{units}");
            assert_eq!(number.exact().round::<Ratio>(Round::HalfUp), number);
        }
    }
}
