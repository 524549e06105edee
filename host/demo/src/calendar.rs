//! The periods that the demo company has figures for: 2024-10 to 2026-10, and the quarters among them.

use attain_model::period::{Calendar, Period, PeriodKind, Span};

/// The company's fiscal year is the calendar's.
pub const CALENDAR: Calendar = Calendar { fiscal_year_start: 1 };

/// How many months have figures.
pub const MONTHS: u32 = 25;

/// Calendar year and month of the first.
const FIRST: (u32, u32) = (2024, 10);

/// A month with figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month {
    /// 0 is the first month that has figures.
    pub number: u32,
    /// 1 to 12.
    pub of_year: u32,
    /// Its days.
    pub span: Span,
}

/// A period that the demo company has no figures for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the demo company has no figures for `{0}`; it has months `2024-10` to `2026-10`, quarters `2024-Q4` to `2026-Q3` and the year `2025`"
)]
pub struct NoFigures(pub Period);

/// Every month that has figures, from the first.
pub fn months() -> impl Iterator<Item = Month> {
    (0..MONTHS).filter_map(month)
}

fn month(number: u32) -> Option<Month> {
    let since_year = FIRST.1 - 1 + number;
    let of_year = since_year % 12 + 1;
    let name = format!("{}-{of_year:02}", FIRST.0 + since_year / 12);
    Some(Month { number, of_year, span: Period::parse(&name).ok()?.span(CALENDAR) })
}

/// The months that make up a month, quarter or year.
pub fn months_of(period: Period) -> Result<Vec<Month>, NoFigures> {
    let span = period.span(CALENDAR);
    let wanted = match period.kind() {
        PeriodKind::Month => 1,
        PeriodKind::Quarter => 3,
        PeriodKind::Year => 12,
        PeriodKind::Day | PeriodKind::Week => return Err(NoFigures(period)),
    };
    let within =
        |month: &Month| month.span.first_day >= span.first_day && month.span.last_day <= span.last_day;
    let found: Vec<Month> = months().filter(within).collect();
    if found.len() == wanted { Ok(found) } else { Err(NoFigures(period)) }
}

/// The periods of a kind that have figures, from the first: 25 months, 8 quarters, 1 year.
pub fn periods(kind: PeriodKind) -> Vec<Period> {
    let mut found: Vec<Period> = Vec::new();
    for month in months() {
        let period = Period::of_day(kind, month.span.first_day, CALENDAR);
        let new = period.filter(|period| found.last() != Some(period) && months_of(*period).is_ok());
        found.extend(new);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(kind: PeriodKind) -> Vec<String> {
        periods(kind).iter().map(Period::to_string).collect()
    }

    #[test]
    fn there_are_two_years_of_months_and_whole_quarters() {
        let months = named(PeriodKind::Month);
        assert_eq!((months.len(), months[0].as_str(), months[24].as_str()), (25, "2024-10", "2026-10"));
        let quarters = named(PeriodKind::Quarter);
        assert_eq!((quarters.len(), quarters[0].as_str(), quarters[7].as_str()), (8, "2024-Q4", "2026-Q3"));
        assert_eq!(named(PeriodKind::Year), ["2025"]);
        assert!(named(PeriodKind::Week).is_empty());
    }

    #[test]
    fn a_period_without_figures_says_which_have_some() {
        let error = months_of(Period::parse("2026-Q4").unwrap()).unwrap_err();
        assert!(
            error.to_string().starts_with("the demo company has no figures for `2026-Q4`; it has months")
        );
        assert!(months_of(Period::parse("2026-W01").unwrap()).is_err());
    }
}
