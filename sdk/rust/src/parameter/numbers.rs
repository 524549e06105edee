//! Numbers as parameters. A decimal is a text (`"0.02"`), so that no reader on its way makes it binary.

use super::{Choice, Parameter, Path, Reading, Schema};
use crate::exact::Exact;
use crate::json::Json;
use crate::number::{Count, DECIMALS_MAX, Days, Kind, Money, NO_VALUE, Points, Ratio, power_of_ten, written};
use crate::period::{Date, Period};
use crate::round::Round;
use std::cmp::Ordering;
use std::fmt;

/// A decimal of up to nine places, exactly as the plan wrote it, whatever unit it turns out to have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    units: i64,
    decimals: u8,
}

impl Decimal {
    /// Nothing.
    pub const ZERO: Decimal = Decimal { units: 0, decimals: 0 };
    /// One.
    pub const ONE: Decimal = Decimal { units: 1, decimals: 0 };

    /// Reads `-12.34`; zeros at the end are left off.
    ///
    /// ```
    /// use attain_sdk::prelude::*;
    /// let rate = Decimal::parse("0.0250").unwrap();
    /// assert_eq!((rate.units(), rate.decimals()), (25, 3));
    /// assert_eq!(rate.to_units(4), Some(250));
    /// assert_eq!(rate.to_units(2), None);
    /// ```
    pub fn parse(text: &str) -> Option<Decimal> {
        let mut units = parse(text, DECIMALS_MAX).ok()?;
        let mut decimals = DECIMALS_MAX;
        while decimals > 0 && units % 10 == 0 {
            (units, decimals) = (units / 10, decimals - 1);
        }
        Some(Decimal { units, decimals })
    }

    /// As a count of its smallest part.
    pub fn units(self) -> i64 {
        self.units
    }

    /// The places it needs.
    pub fn decimals(self) -> u8 {
        self.decimals
    }

    /// As a count of units of so many decimals; none when digits would be lost or it doesn't fit.
    pub fn to_units(self, decimals: u8) -> Option<i64> {
        let more = decimals.checked_sub(self.decimals)?;
        self.units.checked_mul(power_of_ten(more)).filter(|units| *units != NO_VALUE)
    }

    /// As a count of the smallest part of a kind of number.
    pub fn in_kind(self, kind: Kind, period: &Period) -> Option<i64> {
        self.to_units(kind.decimals(period))
    }

    /// As an exact value.
    // A plan's decimals are computed with once a batch: out of line, the code is there once.
    #[inline(never)]
    pub fn exact(self) -> Exact {
        Exact::over_scale(self.units, power_of_ten(self.decimals))
    }
}

impl From<Decimal> for Exact {
    fn from(decimal: Decimal) -> Exact {
        decimal.exact()
    }
}

impl<T: Into<Exact>> std::ops::Mul<T> for Decimal {
    type Output = Exact;
    fn mul(self, other: T) -> Exact {
        times(self, other.into())
    }
}

/// Of weights, say.
impl std::iter::Sum<Decimal> for Exact {
    fn sum<I: Iterator<Item = Decimal>>(decimals: I) -> Exact {
        decimals.fold(Exact::ZERO, plus)
    }
}

#[inline(never)]
pub(super) fn plus(sum: Exact, decimal: Decimal) -> Exact {
    sum + decimal
}

impl PartialEq<Decimal> for Exact {
    #[inline(never)]
    fn eq(&self, other: &Decimal) -> bool {
        *self == other.exact()
    }
}

#[inline(never)]
fn times(decimal: Decimal, other: Exact) -> Exact {
    decimal.exact() * other
}

impl PartialOrd for Decimal {
    #[inline(never)]
    fn partial_cmp(&self, other: &Decimal) -> Option<Ordering> {
        self.exact().partial_cmp(&other.exact())
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&written(self.units, self.decimals))
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a text isn't a decimal.
#[derive(Debug, PartialEq, Eq)]
enum NoDecimal {
    NotOne,
    TooManyDecimals,
    TooLarge,
}

/// `-?digits(.digits)?`, as a count of units of so many decimals. Zeros past them are allowed.
fn parse(text: &str, decimals: u8) -> Result<i64, NoDecimal> {
    let (negative, digits) = match text.as_bytes() {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    let point = digits.iter().position(|byte| *byte == b'.').unwrap_or(digits.len());
    let (mut units, mut left) = (Some(0i64), decimals);
    let mut lost = false;
    for (i, byte) in digits.iter().enumerate() {
        match byte {
            b'.' if i == point && i > 0 && i + 1 < digits.len() => continue,
            b'0'..=b'9' => {}
            _ => return Err(NoDecimal::NotOne),
        }
        if i > point {
            lost |= left == 0 && *byte != b'0';
            match left.checked_sub(1) {
                Some(fewer) => left = fewer,
                None => continue,
            }
        }
        units = shifted(units, byte.wrapping_sub(b'0'));
    }
    if digits.is_empty() {
        return Err(NoDecimal::NotOne);
    }
    if lost {
        return Err(NoDecimal::TooManyDecimals);
    }
    let units = (0..left).fold(units, |units, _| shifted(units, 0)).ok_or(NoDecimal::TooLarge)?;
    Ok(if negative { units.wrapping_neg() } else { units })
}

/// One more digit.
#[inline(never)]
fn shifted(units: Option<i64>, digit: u8) -> Option<i64> {
    units?.checked_mul(10)?.checked_add(digit.into())
}

/// Reads a decimal of at most so many places.
fn read_units(value: &Json, at: &Path<'_>, reading: &mut Reading<'_>, decimals: u8) -> Option<i64> {
    let text = match value {
        Json::Text(text) => text,
        Json::Number(number) if whole(number) => number,
        Json::Number(number) => {
            let message = format!(
                "`{number}` is a number with a fraction: write a decimal as a string, such as \"0.5\""
            );
            return reading.refuse(at, "not-a-decimal", message);
        }
        other => return reading.wrong_type(at, other, "a decimal such as \"0.5\""),
    };
    let message = match parse(text, decimals) {
        Ok(units) => return Some(units),
        Err(NoDecimal::NotOne) => {
            format!("`{text}` is not a decimal, expected digits and at most one point, such as \"0.5\"")
        }
        Err(NoDecimal::TooManyDecimals) => {
            format!("`{text}` has more decimals than the {decimals} allowed here")
        }
        Err(NoDecimal::TooLarge) => format!("`{text}` is too large for a number with {decimals} decimals"),
    };
    reading.refuse(at, "not-a-decimal", message)
}

fn whole(number: &str) -> bool {
    number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}

fn compare_exact(value: Exact, bound: &str) -> Option<Ordering> {
    value.partial_cmp(&Decimal::parse(bound)?.exact())
}

impl Parameter for Decimal {
    const SCHEMA: Schema = Schema::Decimal(Some(DECIMALS_MAX));
    fn read(value: &Json, at: &Path<'_>, reading: &mut Reading<'_>) -> Option<Decimal> {
        let units = read_units(value, at, reading, DECIMALS_MAX)?;
        Decimal::parse(&written(units, DECIMALS_MAX))
    }
    fn compare(&self, bound: &str) -> Option<Ordering> {
        compare_exact(self.exact(), bound)
    }
}

impl Parameter for Money {
    const SCHEMA: Schema = Schema::Decimal(None);
    fn read(value: &Json, at: &Path<'_>, reading: &mut Reading<'_>) -> Option<Money> {
        let decimals = reading.period().money_decimals;
        read_units(value, at, reading, decimals).map(Money::from_units)
    }
    /// Of money only the sign is compared: a bound has no currency.
    fn compare(&self, bound: &str) -> Option<Ordering> {
        (bound == "0").then(|| self.units().cmp(&0))
    }
}

macro_rules! decimals {
    ($($name:ident)*) => {$(
        impl<const D: u8> Parameter for $name<D> {
            const SCHEMA: Schema = Schema::Decimal(Some(D));
            fn read(value: &Json, at: &Path<'_>, reading: &mut Reading<'_>) -> Option<Self> {
                read_units(value, at, reading, D).map(Self::from_units)
            }
            fn compare(&self, bound: &str) -> Option<Ordering> {
                compare_exact(self.exact(), bound)
            }
        }
    )*};
}
decimals!(Ratio Points Count Days);

/// Reads a whole number between two.
fn read_whole(value: &Json, at: &Path<'_>, reading: &mut Reading<'_>, least: i64, most: i64) -> Option<i64> {
    let Json::Number(number) = value else { return reading.wrong_type(at, value, "a whole number") };
    let read: Option<i64> = number.parse().ok();
    // `-0` is a number below zero to whoever wrote it.
    let fits = |read: &i64| (least..=most).contains(read) && (least < 0 || !number.starts_with('-'));
    read.filter(fits).or_else(|| {
        let message = format!("`{number}` is not a whole number from {least} to {most}");
        reading.refuse(at, "not-a-whole-number", message)
    })
}

macro_rules! integers {
    ($($name:ident)*) => {$(
        impl Parameter for $name {
            const SCHEMA: Schema = Schema::Whole($name::MIN as i64, $name::MAX as i64);
            fn read(value: &Json, at: &Path<'_>, reading: &mut Reading<'_>) -> Option<Self> {
                Self::try_from(read_whole(value, at, reading, $name::MIN.into(), $name::MAX.into())?).ok()
            }
            fn compare(&self, bound: &str) -> Option<Ordering> {
                Some(i64::from(*self).cmp(&bound.parse().ok()?))
            }
        }
    )*};
}
integers!(u8 u16 u32 i32 i64);

impl Parameter for Date {
    const SCHEMA: Schema = Schema::Plain("\"type\":\"string\",\"format\":\"date\"");
    fn read(value: &Json, at: &Path<'_>, reading: &mut Reading<'_>) -> Option<Date> {
        let expected = "a day such as \"2025-01-31\"";
        match value {
            Json::Text(text) => Date::parse(text).or_else(|| {
                reading.refuse(at, "not-a-date", format!("`{text}` is not a day, expected {expected}"))
            }),
            other => reading.wrong_type(at, other, expected),
        }
    }
    fn compare(&self, bound: &str) -> Option<Ordering> {
        Some(self.cmp(&Date::parse(bound)?))
    }
}

/// The words for [`Round::ALL`].
const MODES: &[Choice] = &[
    Choice::word("half-up", "Half away from zero: 0.005 to 0.01, -0.005 to -0.01."),
    Choice::word("half-even", "Half to the even neighbour: 0.005 to 0.00, 0.015 to 0.02."),
    Choice::word("toward-zero", "Toward zero."),
    Choice::word("away-from-zero", "Away from zero."),
    Choice::word("floor", "Toward negative infinity."),
    Choice::word("ceiling", "Toward positive infinity."),
];

impl Round {
    /// The words for the modes, in their order.
    pub fn names() -> Vec<&'static str> {
        MODES.iter().map(|choice| choice.name).collect()
    }

    /// The mode of a word.
    pub fn named(name: &str) -> Option<Round> {
        let place = MODES.iter().position(|choice| choice.name == name)?;
        Round::ALL.get(place).copied()
    }
}

impl Parameter for Round {
    const SCHEMA: Schema = Schema::Choice(MODES);
    fn read(value: &Json, at: &Path<'_>, reading: &mut Reading<'_>) -> Option<Round> {
        Round::ALL.get(reading.word(value, at, MODES)?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_decimals_are_read() {
        for bad in ["", "-", ".", ".5", "5.", "+1", "1e3", "1,000", " 1", "１", "--1", "1.2.3", "NaN", "0x1"]
        {
            assert_eq!(parse(bad, 2), Err(NoDecimal::NotOne), "{bad}");
        }
        assert_eq!(parse("-0.05", 2), Ok(-5));
        assert_eq!(parse("12.3400", 2), Ok(1234));
        assert_eq!(parse("0.005", 2), Err(NoDecimal::TooManyDecimals));
        assert_eq!(parse("9223372036854775807", 0), Ok(i64::MAX));
        assert_eq!(parse("9223372036854775808", 0), Err(NoDecimal::TooLarge));
        assert_eq!(parse("-9223372036854775808", 0), Err(NoDecimal::TooLarge));
        assert_eq!(parse(&"9".repeat(1000), 0), Err(NoDecimal::TooLarge));
    }
}
