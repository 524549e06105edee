//! What a plan sets, and what the rule makes of it once a batch.

use crate::spans::{Part, Span, WorkingDays, parts};
use attain_sdk::prelude::*;

/// What a plan sets.
#[derive(Parameters)]
pub struct Terms {
    /// What target and variable amount are for.
    #[parameter(default = "period")]
    of: Of,
    /// What is counted.
    #[parameter(default = "calendar-days")]
    by: By,
    /// The days of the week on which nobody works. None means Saturday and Sunday.
    weekend: Option<Vec<Weekday>>,
    /// Other days on which nobody works.
    holidays: Option<Vec<Date>>,
    /// Whether the first day counts.
    #[parameter(default = "counted")]
    start_day: EdgeDay,
    /// Whether the last day counts.
    #[parameter(default = "counted")]
    end_day: EdgeDay,
    /// What a month does in which somebody was there for a part only. None means that it counts.
    part_month: Option<PartMonth>,
    /// What equal parts of the year weigh: four for its quarters, twelve for its months. None means that all of
    /// it weighs the same.
    weights: Option<Vec<Ratio<6>>>,
    /// Decimals of the share.
    #[parameter(default = 6, max = "9")]
    share_decimals: u8,
    /// Which share amounts are multiplied with.
    #[parameter(default = "exact")]
    share_used: ShareUsed,
    /// What the target counts.
    #[parameter(default = "money")]
    figures: Kind,
    /// How the share and the amounts are rounded.
    #[parameter(default = "half-up")]
    round: Round,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum Of {
    /// The period.
    Period,
    /// The fiscal year that it lies in.
    Year,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum By {
    /// All days.
    CalendarDays,
    /// Days on which people work.
    WorkingDays,
    /// Months.
    Months,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Weekday {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum EdgeDay {
    /// It does.
    Counted,
    /// It doesn't.
    NotCounted,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum PartMonth {
    /// It counts as a whole one.
    Counts,
    /// It doesn't count.
    DoesNot,
    /// By its calendar days.
    ByDays,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum ShareUsed {
    /// The exact one; only what is shown of it is rounded.
    Exact,
    /// The rounded one.
    Rounded,
}

/// What the rule works with.
pub struct Plan {
    /// The whole time.
    pub span: Span,
    /// Its parts; one without weights.
    pub parts: Vec<Part>,
    pub by: By,
    pub part_month: PartMonth,
    pub working: WorkingDays,
    /// By how much the first day comes later, and the last one earlier, where it doesn't count.
    pub start_moves: i64,
    pub end_moves: i64,
    pub rounds_share: bool,
    /// What makes one of the share.
    pub share_scale: Exact,
    pub round: Round,
    share_decimals: u8,
    figures: Kind,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, period: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        check_use(&terms, period, wrong);
        let span = match terms.of {
            Of::Period => Span::new(period.first, period.last),
            Of::Year => Span::new(period.year_first, period.year_last),
        };
        let usual = vec![Weekday::Saturday, Weekday::Sunday];
        let working =
            WorkingDays::new(span, &terms.weekend.unwrap_or(usual), &terms.holidays.unwrap_or_default());
        if terms.by == By::WorkingDays && working.among(span) == 0 {
            let message = "nobody works on any day of it, expected at least one working day".to_owned();
            wrong.at("weekend", "no-working-day", message);
        }
        let parts = match &terms.weights {
            Some(weights) if terms.of == Of::Year => weighted(span, weights, wrong)?,
            _ => vec![Part::whole(span)],
        };
        Some(Plan {
            span,
            parts,
            by: terms.by,
            part_month: terms.part_month.unwrap_or(PartMonth::Counts),
            working,
            start_moves: i64::from(terms.start_day == EdgeDay::NotCounted),
            end_moves: i64::from(terms.end_day == EdgeDay::NotCounted),
            rounds_share: terms.share_used == ShareUsed::Rounded,
            share_scale: Exact::whole(attain_sdk::power_of_ten(terms.share_decimals)),
            round: terms.round,
            share_decimals: terms.share_decimals,
            figures: terms.figures,
        })
    }
}

/// What is set must have a use.
fn check_use(terms: &Terms, period: &Period, wrong: &mut Wrong<'_, '_>) {
    for (name, is_set, by, expected) in [
        ("weekend", terms.weekend.is_some(), By::WorkingDays, "working-days"),
        ("holidays", terms.holidays.is_some(), By::WorkingDays, "working-days"),
        ("part_month", terms.part_month.is_some(), By::Months, "months"),
    ] {
        if is_set && terms.by != by {
            let message = format!("`{name}` has no use unless `by` is `{expected}`; leave it out");
            wrong.at(name, "unused-field", message);
        }
    }
    if terms.weights.is_some() && terms.of == Of::Period {
        let message = "weights are of the parts of a year, and `of` is `period`; leave them out";
        wrong.at("weights", "unused-field", message.to_owned());
    }
    if terms.by == By::Months && terms.of == Of::Period && matches!(period.kind.as_str(), "day" | "week") {
        let message = format!("a {} has no months, expected days or working days", period.kind);
        wrong.at("by", "out-of-range", message);
    }
}

/// The parts of a year and what they weigh.
fn weighted(span: Span, weights: &[Ratio<6>], wrong: &mut Wrong<'_, '_>) -> Option<Vec<Part>> {
    for (i, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight < Ratio::ZERO) {
        let message = format!("the weight `{weight}` is below 0, the least it may be");
        wrong.at(format_args!("weights[{i}]"), "out-of-range", message);
    }
    let sum: Ratio<6> = weights.iter().copied().sum();
    if sum.exact() != Exact::ONE {
        let message = format!("the weights add up to {sum}, expected 1");
        wrong.at("weights", "weights-do-not-add-up", message);
    }
    let parts = parts(span, weights);
    if parts.is_none() {
        let message =
            format!("a year has no {} equal parts, expected 1, 2, 3, 4, 6 or 12 weights", weights.len());
        wrong.at("weights", "out-of-range", message);
    }
    parts
}

impl Plan {
    pub fn share_kind(&self) -> Kind {
        Kind::new(Unit::Ratio, self.share_decimals)
    }

    pub fn figures(&self) -> Kind {
        self.figures
    }

    pub fn always(&self) -> Need {
        Need::Required
    }
}
