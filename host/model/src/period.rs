//! Periods of a company's calendar: a day, ISO week, month, quarter or year, and which days they are.
//!
//! Quarters and years are fiscal: `2025` begins with the company's first fiscal month in calendar year 2025,
//! and `2025-Q1` is its first three months. Days, weeks and months are the calendar's.

use jiff::ToSpan;
use jiff::civil::{Date, ISOWeekDate, Weekday, date};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How long a period is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PeriodKind {
    /// One day.
    Day,
    /// Monday to Sunday, ISO 8601.
    Week,
    /// A calendar month.
    Month,
    /// Three months of the fiscal year.
    Quarter,
    /// The fiscal year.
    Year,
}

impl PeriodKind {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            PeriodKind::Day => "day",
            PeriodKind::Week => "week",
            PeriodKind::Month => "month",
            PeriodKind::Quarter => "quarter",
            PeriodKind::Year => "year",
        }
    }

    /// Whether whole periods of this kind fill a fiscal year. Weeks don't.
    pub fn nests_in_year(self) -> bool {
        self != PeriodKind::Week
    }
}

/// Which month a company's fiscal year begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// 1 to 12.
    pub fiscal_year_start: u8,
}

/// Days from the first to the last, both included, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// The first day.
    pub first_day: i32,
    /// The last day.
    pub last_day: i32,
}

/// A period by its name. Years are 1900 to 2999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    kind: PeriodKind,
    year: i16,
    /// Day of the year, week, month or quarter; 0 for a year.
    number: u16,
}

/// A text that isn't a period.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a period, expected a day `2025-11-22`, week `2025-W47`, month `2025-11`, quarter `2025-Q4` or year `2025`, from 1900 to 2999"
)]
pub struct NotAPeriod(pub String);

/// Days from 1970-01-01 to a civil date.
fn days_from_epoch(day: Date) -> i32 {
    day.since(date(1970, 1, 1)).map_or(0, |span| span.get_days())
}

/// The civil date of a day, such as `2025-11-22`; empty where there is none.
pub fn day_text(day: i64) -> String {
    let span = i32::try_from(day).ok().and_then(|day| date(1970, 1, 1).checked_add(day.days()).ok());
    span.map_or_else(String::new, |day| day.to_string())
}

/// Days from 1970-01-01 to an ISO date of four-digit year, two-digit month and day.
///
/// ```
/// use attain_model::period::parse_day;
/// assert_eq!(parse_day("1970-01-02"), Some(1));
/// assert_eq!(parse_day("2025-02-29"), None);
/// assert_eq!(parse_day("2025-2-9"), None);
/// ```
pub fn parse_day(text: &str) -> Option<i32> {
    let shape =
        text.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
    if text.len() != 10 || !shape {
        return None;
    }
    text.parse::<Date>().ok().map(days_from_epoch)
}

impl Period {
    /// Reads a period's name.
    pub fn parse(text: &str) -> Result<Period, NotAPeriod> {
        Period::read(text)
            .filter(|p| (1900..=2999).contains(&p.year))
            .ok_or_else(|| NotAPeriod(text.to_owned()))
    }

    fn read(text: &str) -> Option<Period> {
        let digits = |part: &str, len: usize| -> Option<i16> {
            (part.len() == len && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok())?
        };
        let Some((year_text, rest)) = text.split_once('-') else {
            return Some(Period { kind: PeriodKind::Year, year: digits(text, 4)?, number: 0 });
        };
        let year = digits(year_text, 4)?;
        let numbered = |kind, number: i16, most: i16| {
            let number = (1..=most).contains(&number).then_some(number)?;
            Some(Period { kind, year, number: u16::try_from(number).ok()? })
        };
        if let Some(quarter) = rest.strip_prefix('Q') {
            return numbered(PeriodKind::Quarter, digits(quarter, 1)?, 4);
        }
        if let Some(week) = rest.strip_prefix('W') {
            let week = digits(week, 2)?;
            ISOWeekDate::new(year, i8::try_from(week).ok()?, Weekday::Monday).ok()?;
            return numbered(PeriodKind::Week, week, 53);
        }
        if rest.len() == 2 {
            return numbered(PeriodKind::Month, digits(rest, 2)?, 12);
        }
        parse_day(text)?;
        let day: Date = text.parse().ok()?;
        numbered(PeriodKind::Day, day.day_of_year(), 366)
    }

    /// How long it is.
    pub fn kind(self) -> PeriodKind {
        self.kind
    }

    fn first_date(self, calendar: Calendar) -> Date {
        let fiscal_month = i64::from(calendar.fiscal_year_start.clamp(1, 12)) - 1;
        let year = date(self.year, 1, 1);
        let number = i64::from(self.number);
        let moved = match self.kind {
            PeriodKind::Day => year.checked_add((number - 1).days()),
            PeriodKind::Week => {
                ISOWeekDate::new(self.year, i8::try_from(self.number).unwrap_or(1), Weekday::Monday)
                    .map(|week| week.date())
            }
            PeriodKind::Month => year.checked_add((number - 1).months()),
            PeriodKind::Quarter => year.checked_add((fiscal_month + (number - 1) * 3).months()),
            PeriodKind::Year => year.checked_add(fiscal_month.months()),
        };
        moved.unwrap_or(year)
    }

    fn date_after(self, calendar: Calendar) -> Date {
        let first = self.first_date(calendar);
        let moved = match self.kind {
            PeriodKind::Day => first.checked_add(1.day()),
            PeriodKind::Week => first.checked_add(1.week()),
            PeriodKind::Month => first.checked_add(1.month()),
            PeriodKind::Quarter => first.checked_add(3.months()),
            PeriodKind::Year => first.checked_add(1.year()),
        };
        moved.unwrap_or(first)
    }

    /// Its days in a company's calendar.
    ///
    /// ```
    /// use attain_model::period::{Calendar, Period, day_text};
    /// let span = Period::parse("2025-Q4").unwrap().span(Calendar { fiscal_year_start: 4 });
    /// assert_eq!(day_text(span.first_day.into()), "2026-01-01");
    /// assert_eq!(day_text(span.last_day.into()), "2026-03-31");
    /// ```
    pub fn span(self, calendar: Calendar) -> Span {
        Span {
            first_day: days_from_epoch(self.first_date(calendar)),
            last_day: days_from_epoch(self.date_after(calendar)) - 1,
        }
    }

    /// The days of the fiscal year that its last day lies in.
    pub fn year_span(self, calendar: Calendar) -> Span {
        let span = self.span(calendar);
        let last = date(1970, 1, 1).checked_add(span.last_day.days()).unwrap_or(date(1970, 1, 1));
        let named = |year| Period { kind: PeriodKind::Year, year, number: 0 }.span(calendar);
        let this = named(last.year());
        if this.first_day <= span.last_day { this } else { named(last.year() - 1) }
    }

    /// The period of the same kind that a day lies in.
    pub fn of_day(kind: PeriodKind, day: i32, calendar: Calendar) -> Option<Period> {
        let date = date(1970, 1, 1).checked_add(day.days()).ok()?;
        let number = |n: i64| u16::try_from(n).ok();
        let months = i64::from(date.year()) * 12 + i64::from(date.month())
            - i64::from(calendar.fiscal_year_start.clamp(1, 12));
        let fiscal_year = i16::try_from(months.div_euclid(12)).ok()?;
        let period = match kind {
            PeriodKind::Day => Period { kind, year: date.year(), number: number(date.day_of_year().into())? },
            PeriodKind::Week => {
                let week = date.iso_week_date();
                Period { kind, year: week.year(), number: number(week.week().into())? }
            }
            PeriodKind::Month => Period { kind, year: date.year(), number: number(date.month().into())? },
            PeriodKind::Quarter => {
                Period { kind, year: fiscal_year, number: number(months.rem_euclid(12) / 3 + 1)? }
            }
            PeriodKind::Year => Period { kind, year: fiscal_year, number: 0 },
        };
        (1900..=2999).contains(&period.year).then_some(period)
    }

    /// The period of the same kind that ends the day before.
    pub fn previous(self, calendar: Calendar) -> Option<Period> {
        Period::of_day(self.kind, self.span(calendar).first_day - 1, calendar)
    }

    /// The period of the same kind that begins the day after.
    pub fn next(self, calendar: Calendar) -> Option<Period> {
        Period::of_day(self.kind, self.span(calendar).last_day + 1, calendar)
    }

    /// The periods of its kind in its fiscal year, up to and including itself.
    pub fn year_to_date(self, calendar: Calendar) -> Vec<Period> {
        let first_day = self.year_span(calendar).first_day;
        let mut periods = vec![self];
        let mut current = self;
        while let Some(earlier) =
            current.previous(calendar).filter(|p| p.span(calendar).first_day >= first_day)
        {
            periods.push(earlier);
            current = earlier;
        }
        periods.reverse();
        periods
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Period { kind, year, number } = self;
        match kind {
            PeriodKind::Day => write!(f, "{}", self.first_date(Calendar { fiscal_year_start: 1 })),
            PeriodKind::Week => write!(f, "{year:04}-W{number:02}"),
            PeriodKind::Month => write!(f, "{year:04}-{number:02}"),
            PeriodKind::Quarter => write!(f, "{year:04}-Q{number}"),
            PeriodKind::Year => write!(f, "{year:04}"),
        }
    }
}

impl fmt::Debug for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Period {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Period::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALENDAR: Calendar = Calendar { fiscal_year_start: 1 };
    const APRIL: Calendar = Calendar { fiscal_year_start: 4 };

    #[track_caller]
    fn check(text: &str, calendar: Calendar, first: &str, last: &str) {
        let period = Period::parse(text).unwrap();
        assert_eq!(period.to_string(), text);
        let span = period.span(calendar);
        assert_eq!(
            (day_text(span.first_day.into()), day_text(span.last_day.into())),
            (first.into(), last.into())
        );
        assert_eq!(Period::of_day(period.kind(), span.first_day, calendar), Some(period));
        assert_eq!(Period::of_day(period.kind(), span.last_day, calendar), Some(period));
        assert_eq!(period.next(calendar).and_then(|p| p.previous(calendar)), Some(period));
    }

    #[test]
    fn a_period_has_its_days() {
        check("2024-02-29", CALENDAR, "2024-02-29", "2024-02-29");
        check("2025-W01", CALENDAR, "2024-12-30", "2025-01-05");
        check("2020-W53", CALENDAR, "2020-12-28", "2021-01-03");
        check("2024-02", CALENDAR, "2024-02-01", "2024-02-29");
        check("2017-Q1", CALENDAR, "2017-01-01", "2017-03-31");
        check("2025-Q4", APRIL, "2026-01-01", "2026-03-31");
        check("2025", APRIL, "2025-04-01", "2026-03-31");
        check("2025-12-31", APRIL, "2025-12-31", "2025-12-31");
    }

    #[test]
    fn what_is_not_a_period_says_what_is() {
        for bad in [
            "",
            "25",
            "2025-13",
            "2025-00",
            "2025-Q5",
            "2025-Q0",
            "2021-W53",
            "2025-02-29",
            "2025-1",
            "2025/01",
            "+025",
            "3000",
            "1899",
            "2025-W1",
            "２０２５",
        ] {
            let error = Period::parse(bad).unwrap_err().to_string();
            assert!(error.starts_with(&format!("`{bad}` is not a period, expected a day")), "{error}");
        }
    }

    #[test]
    fn a_year_to_date_begins_with_the_fiscal_year() {
        let names = |text: &str, calendar| -> Vec<String> {
            Period::parse(text).unwrap().year_to_date(calendar).iter().map(Period::to_string).collect()
        };
        assert_eq!(names("2025-03", CALENDAR), ["2025-01", "2025-02", "2025-03"]);
        assert_eq!(names("2026-01", APRIL).len(), 10);
        assert_eq!(names("2025-Q2", APRIL), ["2025-Q1", "2025-Q2"]);
        assert_eq!(names("2025", APRIL), ["2025"]);
    }
}
