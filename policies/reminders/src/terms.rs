//! What a plan sets, and what the rule makes of it once a batch.

use attain_sdk::prelude::*;

/// What a plan sets.
#[derive(Parameters)]
pub struct Terms {
    /// From how many contact records without progress on a reminder comes. 0: none does.
    #[parameter(default = "10", min = "0")]
    records: Count,
    /// From how many weeks in a row without a new customer on a talk is due. 0: none is.
    #[parameter(default = "2", min = "0")]
    weeks: Count,
    /// What a week without a figure of new customers does to that count.
    #[parameter(default = "keeps")]
    unknown_week: UnknownWeek,
    /// The day on which the weekly report is due.
    #[parameter(default = "friday")]
    report: ReportDay,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum UnknownWeek {
    /// It stays as it was.
    Keeps,
    /// It begins anew.
    Restarts,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum ReportDay {
    /// No report is asked for.
    None,
    /// On Monday.
    Monday,
    /// On Tuesday.
    Tuesday,
    /// On Wednesday.
    Wednesday,
    /// On Thursday.
    Thursday,
    /// On Friday.
    Friday,
    /// On Saturday.
    Saturday,
    /// On Sunday.
    Sunday,
}

impl ReportDay {
    /// Days after Monday; none where no report is asked for.
    fn after_monday(self) -> Option<i32> {
        match self {
            ReportDay::None => None,
            ReportDay::Monday => Some(0),
            ReportDay::Tuesday => Some(1),
            ReportDay::Wednesday => Some(2),
            ReportDay::Thursday => Some(3),
            ReportDay::Friday => Some(4),
            ReportDay::Saturday => Some(5),
            ReportDay::Sunday => Some(6),
        }
    }
}

/// What the rule works with.
pub struct Plan {
    /// None where no reminder of them is asked for.
    pub records: Option<Count>,
    /// None where no talk is asked for.
    pub weeks: Option<Count>,
    pub unknown_week: UnknownWeek,
    /// The day in this week on which the report is due; none where none is.
    pub due: Option<Date>,
    /// The first day of the week.
    pub monday: Date,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, period: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        if period.kind != "week" {
            let message = format!(
                "the plan's period is a {}, and reminders are weekly; write `period = \"week\"` in a plan of their own",
                period.kind
            );
            wrong.add("not-weekly", message);
        }
        let above_zero = |count: Count| (count > Count::ZERO).then_some(count);
        let (records, weeks) = (above_zero(terms.records), above_zero(terms.weeks));
        let after_monday = terms.report.after_monday();
        if records.is_none() && weeks.is_none() && after_monday.is_none() {
            let message = "nothing is reminded of; set `records`, `weeks` or `report`".to_owned();
            wrong.add("no-reminders", message);
        }
        Some(Plan {
            records,
            weeks,
            unknown_week: terms.unknown_week,
            due: after_monday.map(|days| Date::from_days(period.first.days() + days)),
            monday: period.first,
        })
    }
}

impl Plan {
    pub fn for_records(&self) -> Need {
        Need::if_so(self.records.is_some())
    }

    pub fn for_weeks(&self) -> Need {
        Need::if_so(self.weeks.is_some())
    }

    pub fn for_report(&self) -> Need {
        Need::if_so(self.due.is_some())
    }
}
