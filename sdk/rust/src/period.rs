//! The period that a batch is about, and days as people write them.

use crate::contract::exports::attain::policy::rules::Context;
use crate::number::{Kind, Unit, Value};
use std::fmt;

/// The period of a batch. Both ends belong to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// `day`, `week`, `month`, `quarter` or `year`.
    pub kind: String,
    /// Its first day.
    pub first: Date,
    /// Its last day.
    pub last: Date,
    /// The first day of the fiscal year it lies in.
    pub year_first: Date,
    /// The last day of that year.
    pub year_last: Date,
    /// Decimals of a money value.
    pub money_decimals: u8,
}

impl Period {
    /// From what the host passes.
    pub fn new(context: &Context) -> Period {
        Period {
            kind: context.period_kind.clone(),
            first: Date(context.first_day),
            last: Date(context.last_day),
            year_first: Date(context.year_first_day),
            year_last: Date(context.year_last_day),
            money_decimals: context.money_decimals.min(crate::number::DECIMALS_MAX),
        }
    }
}

/// A calendar day, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i32);

impl Date {
    /// The day so many days after 1970-01-01.
    pub const fn from_days(days: i32) -> Date {
        Date(days)
    }

    /// Days after 1970-01-01.
    pub const fn days(self) -> i32 {
        self.0
    }

    /// The day of the Gregorian calendar; none where there is no such day in the years 1 to 9999.
    pub fn from_civil(year: i32, month: u8, day: u8) -> Option<Date> {
        if !(1..=9999).contains(&year)
            || !(1..=12).contains(&month)
            || day == 0
            || day > month_length(year, month)
        {
            return None;
        }
        // Counted from 1 March of the year 0, so that a leap day is the last of its year.
        let shifted = if month > 2 { year } else { year - 1 };
        let month_from_march = (i32::from(month) + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + i32::from(day) - 1;
        let days = 365 * shifted + shifted.div_euclid(4) - shifted.div_euclid(100) + shifted.div_euclid(400);
        Some(Date(days + day_of_year - 719_468))
    }

    /// Year, month and day.
    ///
    /// ```
    /// use attain_sdk::prelude::*;
    /// assert_eq!(Date::from_days(0).civil(), (1970, 1, 1));
    /// assert_eq!(Date::parse("2024-02-29").map(|day| day.civil()), Some((2024, 2, 29)));
    /// assert_eq!(Date::parse("2023-02-29"), None);
    /// ```
    pub fn civil(self) -> (i32, u8, u8) {
        // Neri and Schneider, "Euclidean affine functions and their application to calendar algorithms": three
        // divisions. Counted from a 1 March that is before any day there is; a year there begins in March.
        const ERAS: i64 = 14_700;
        let shifted = (i64::from(self.0) + 719_468 + 146_097 * ERAS).cast_unsigned();
        let quarters = 4 * shifted + 3;
        let century = quarters / 146_097;
        let scaled = 2_939_745 * ((quarters - century * 146_097) / 4 * 4 + 3);
        let (year_of_century, rest) = (scaled >> 32, low(scaled, 32));
        let day_of_year = rest / 2_939_745 / 4;
        let months = 2_141 * day_of_year + 197_913;
        let (month, day) = (months >> 16, low(months.into(), 16) / 2_141 + 1);
        let is_next = day_of_year >= 306;
        let year = (100 * century + year_of_century).cast_signed() - 400 * ERAS + i64::from(is_next);
        let small = |number: u32| u8::try_from(number).unwrap_or(1);
        let month = if is_next { month - 12 } else { month };
        (i32::try_from(year).unwrap_or(i32::MAX), small(month), small(day))
    }

    /// Reads `2025-01-31`.
    pub fn parse(text: &str) -> Option<Date> {
        let (year, rest) = text.split_once('-')?;
        let (month, day) = rest.split_once('-')?;
        let digits = |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
            return None;
        }
        Date::from_civil(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
    }

    /// Whole months from this day to `later`: a month is complete on the day of the same number, or on the
    /// last day of a month that has no such day. Below zero where `later` is earlier.
    ///
    /// ```
    /// use attain_sdk::prelude::*;
    /// let day = |text| Date::parse(text).unwrap();
    /// assert_eq!(day("2025-01-15").months_to(day("2025-04-14")), 2);
    /// assert_eq!(day("2025-01-15").months_to(day("2025-04-15")), 3);
    /// assert_eq!(day("2025-01-31").months_to(day("2025-02-28")), 1);
    /// assert_eq!(day("2025-04-15").months_to(day("2025-01-15")), -3);
    /// ```
    pub fn months_to(self, later: Date) -> i32 {
        if later < self {
            return -later.months_to(self);
        }
        let ((year, month, day), (to_year, to_month, to_day)) = (self.civil(), later.civil());
        let months = (to_year - year) * 12 + i32::from(to_month) - i32::from(month);
        let complete = to_day >= day.min(month_length(to_year, to_month));
        months - i32::from(!complete)
    }

    /// Calendar months from this day's month to that of `later`: 0 within one month, whatever the days.
    pub fn calendar_months_to(self, later: Date) -> i32 {
        let ((year, month, _), (to_year, to_month, _)) = (self.civil(), later.civil());
        (to_year - year) * 12 + i32::from(to_month) - i32::from(month)
    }
}

/// The lowest so many bits of a number, at most 32.
fn low(number: u64, bits: u32) -> u32 {
    u32::try_from(number & ((1 << bits) - 1)).unwrap_or(0)
}

fn month_length(year: i32, month: u8) -> u8 {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl Value for Date {
    const KIND: Kind = Kind::new(Unit::Date, 0);
    #[inline]
    fn to_cell(self) -> i64 {
        self.0.into()
    }
    #[inline]
    fn of_cell(cell: i64) -> Option<Date> {
        // A host holds dates to four-digit years, far inside these bounds.
        let day = || Date(i32::try_from(cell).unwrap_or(if cell < 0 { i32::MIN } else { i32::MAX }));
        (cell != crate::NO_VALUE).then(day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_eight_centuries_is_itself() {
        let first = Date::parse("1600-01-01").unwrap().days();
        let last = Date::parse("2400-12-31").unwrap().days();
        let mut expected = (1600, 1u8, 1u8);
        for days in first..=last {
            let (year, month, day) = Date::from_days(days).civil();
            assert_eq!((year, month, day), expected);
            assert_eq!(Date::from_civil(year, month, day), Some(Date::from_days(days)));
            expected = match (month, day) {
                (12, 31) => (year + 1, 1, 1),
                (month, day) if day == month_length(year, month) => (year, month + 1, 1),
                (month, day) => (year, month, day + 1),
            };
        }
    }

    /// A second way, by eras of 400 years.
    fn by_eras(days: i32) -> (i32, u8, u8) {
        let days = i64::from(days) + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let small = |number: i64| u8::try_from(number).unwrap_or(1);
        (i32::try_from(year).unwrap_or(i32::MAX), small(month), small(day))
    }

    #[test]
    fn days_far_away_are_those_of_a_second_way() {
        let near = |middle: i32| (-800..800).map(move |more| middle.saturating_add(more));
        let far = (i32::MIN..=i32::MAX).step_by(9_973);
        for days in far.chain([i32::MIN, -719_468, 0, i32::MAX].into_iter().flat_map(near)) {
            assert_eq!(Date::from_days(days).civil(), by_eras(days), "{days}");
        }
    }

    #[test]
    fn only_days_that_exist_are_days() {
        for bad in [
            "2025-02-30",
            "2025-13-01",
            "2025-1-01",
            "0000-01-01",
            "2025-01-01 ",
            "20250101",
            "２０２５-01-01",
        ] {
            assert_eq!(Date::parse(bad), None, "{bad}");
        }
        assert_eq!(Date::parse("9999-12-31").unwrap().to_string(), "9999-12-31");
    }
}
