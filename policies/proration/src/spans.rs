//! Spans of days, their months, and the working days in them.

use crate::terms::{PartMonth, Weekday};
use attain_sdk::prelude::*;

/// From one day to another, both counted, as days after 1970-01-01. Empty where the last comes before the first.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub first: i64,
    pub last: i64,
}

impl Span {
    pub fn new(first: Date, last: Date) -> Span {
        Span { first: first.days().into(), last: last.days().into() }
    }

    /// How many days it has.
    pub fn days(self) -> i64 {
        self.last.saturating_sub(self.first).saturating_add(1).max(0)
    }

    /// What it shares with another.
    pub fn within(self, other: Span) -> Span {
        Span { first: self.first.max(other.first), last: self.last.min(other.last) }
    }

    /// The months in it, from its first day on; the last one may be cut off.
    pub fn months(self) -> Vec<Span> {
        let mut months = Vec::new();
        let mut first = self.first;
        while first <= self.last {
            let day = Date::from_days(i32::try_from(first).unwrap_or(i32::MAX));
            let (year, month, _) = day.civil();
            let next = match month {
                12 => Date::from_civil(year.saturating_add(1), 1, 1),
                month => Date::from_civil(year, month.saturating_add(1), 1),
            };
            // The last month of the year 9999 has none after it.
            let last = next.map_or(self.last, |next| i64::from(next.days()) - 1).min(self.last);
            months.push(Span { first, last });
            first = last + 1;
        }
        months
    }
}

/// A part of the time, and what it weighs.
pub struct Part {
    pub span: Span,
    pub weight: Ratio<6>,
    pub months: Vec<Span>,
}

impl Part {
    /// All of it.
    pub fn whole(span: Span) -> Part {
        Part { span, weight: Ratio::from_units(1_000_000), months: span.months() }
    }

    /// How many of its months somebody was there.
    pub fn months_there(&self, there: Span, part_month: PartMonth) -> Exact {
        let counts = |month: &Span| {
            let days = month.within(there).days();
            match part_month {
                _ if days == 0 => Exact::ZERO,
                _ if days == month.days() => Exact::ONE,
                PartMonth::Counts => Exact::ONE,
                PartMonth::DoesNot => Exact::ZERO,
                PartMonth::ByDays => {
                    Exact::whole(days).over(Exact::whole(month.days())).unwrap_or(Exact::ZERO)
                }
            }
        };
        self.months.iter().map(counts).sum()
    }
}

/// As many equal parts of a year as there are weights; none where its months don't divide so.
pub fn parts(year: Span, weights: &[Ratio<6>]) -> Option<Vec<Part>> {
    let months = year.months();
    let each = months.len().checked_div(weights.len()).filter(|each| each * weights.len() == months.len())?;
    if each == 0 {
        return None;
    }
    let part = |(months, weight): (&[Span], &Ratio<6>)| {
        let (first, last) = (months.first()?.first, months.last()?.last);
        Some(Part { span: Span { first, last }, weight: *weight, months: months.to_vec() })
    };
    months.chunks(each).zip(weights).map(part).collect()
}

/// The working days of a span, ready to be counted between any two of its days.
pub struct WorkingDays {
    first: i64,
    /// How many there are before each day, and before the day after the last.
    before: Vec<i64>,
}

impl WorkingDays {
    pub fn new(span: Span, weekend: &[Weekday], holidays: &[Date]) -> WorkingDays {
        let mut before = vec![0];
        let mut count = 0;
        for day in span.first..=span.last {
            let is_holiday = holidays.iter().any(|holiday| i64::from(holiday.days()) == day);
            count += i64::from(!is_holiday && !weekend.contains(&weekday(day)));
            before.push(count);
        }
        WorkingDays { first: span.first, before }
    }

    /// How many lie in a part of the span.
    pub fn among(&self, part: Span) -> i64 {
        if part.days() == 0 {
            return 0;
        }
        let before = |day: i64| {
            let index = usize::try_from(day.saturating_sub(self.first)).ok()?;
            self.before.get(index).copied()
        };
        before(part.last + 1).unwrap_or(0) - before(part.first).unwrap_or(0)
    }
}

fn weekday(day: i64) -> Weekday {
    // 1970-01-01 was a Thursday.
    match day.rem_euclid(7) {
        0 => Weekday::Thursday,
        1 => Weekday::Friday,
        2 => Weekday::Saturday,
        3 => Weekday::Sunday,
        4 => Weekday::Monday,
        5 => Weekday::Tuesday,
        _ => Weekday::Wednesday,
    }
}
