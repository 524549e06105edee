//! What a plan sets, and what the rule makes of it once a batch.

use attain_sdk::prelude::*;

/// What a plan sets: each cause that takes something back, and how much.
#[derive(Parameters)]
pub struct Terms {
    /// A customer who leaves.
    lost: Option<Lost>,
    /// Goods or an order that come back, by the input `returned`.
    returned: Option<Part>,
    /// Debt that is written off, by the input `bad_debt`.
    bad_debt: Option<Part>,
    /// A receivable that is overdue, by the input `days_overdue`.
    overdue: Option<Overdue>,
    /// What several causes take together; never more than was earned.
    #[parameter(default = "sum")]
    together: Together,
    /// Whether what was taken back before is given back where less is to be taken now, such as when an overdue
    /// receivable is paid after all.
    #[parameter(default = false)]
    gives_back: bool,
    /// How what is taken back becomes whole cents.
    #[parameter(default = "half-up")]
    round: Round,
}

/// A customer who leaves.
#[derive(Parameters, Clone, Copy)]
pub struct Lost {
    /// How many months from the start on something is taken back.
    #[parameter(min = "1", max = "1200")]
    pub within_months: i32,
    /// How months are counted.
    #[parameter(default = "completed")]
    pub months: Months,
    /// What is taken back.
    #[parameter(default = "pro-rata")]
    pub takes: LostTakes,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Months {
    /// By whole months: begun on the 15th, month 2 begins on the next 15th.
    Completed,
    /// By the calendar: the month of the start is month 1, whatever the day.
    Calendar,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum LostTakes {
    /// Of a window of n months, (n + 1 - m) / n for a customer who leaves in month m.
    ProRata,
    /// All that was earned.
    All,
    /// This share of it.
    Share(Ratio<6>),
}

/// What comes back in part or whole.
#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Part {
    /// What was earned on it: its share of the deal's amount.
    InProportion,
    /// All that was earned, however small the part.
    All,
    /// This share of it, however small the part.
    Share(Ratio<6>),
}

/// A receivable that is overdue.
#[derive(Parameters, Clone, Copy)]
pub struct Overdue {
    /// Up to so many days nothing is taken back.
    #[parameter(min = "0")]
    pub more_than_days: i32,
    /// What is taken back.
    #[parameter(default = "all")]
    pub takes: OverdueTakes,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum OverdueTakes {
    /// All that was earned.
    All,
    /// This share of it.
    Share(Ratio<6>),
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Together {
    /// What each takes is added up.
    Sum,
    /// Only the one that takes the most counts.
    Greatest,
}

/// What the rule works with.
pub struct Plan {
    pub lost: Option<Lost>,
    pub returned: Option<Part>,
    pub bad_debt: Option<Part>,
    pub overdue: Option<Overdue>,
    pub together: Together,
    pub gives_back: bool,
    pub round: Round,
    pub last_day: Date,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, period: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        let Terms { lost, returned, bad_debt, overdue, together, gives_back, round } = terms;
        if lost.is_none() && returned.is_none() && bad_debt.is_none() && overdue.is_none() {
            let message = "nothing takes anything back, expected at least one of `lost`, `returned`, `bad_debt` \
                           and `overdue`";
            wrong.add("no-cause", message.to_owned());
        }
        let mut share = |at: &str, share: Ratio<6>| {
            if share.units() < 0 || share.exact() > Exact::ONE {
                wrong.at(at, "out-of-range", format!("`{share}` is no share, expected 0 to 1"));
            }
        };
        if let Some(Lost { takes: LostTakes::Share(taken), .. }) = lost {
            share("lost.takes.share", taken);
        }
        if let Some(Part::Share(taken)) = returned {
            share("returned.share", taken);
        }
        if let Some(Part::Share(taken)) = bad_debt {
            share("bad_debt.share", taken);
        }
        if let Some(Overdue { takes: OverdueTakes::Share(taken), .. }) = overdue {
            share("overdue.takes.share", taken);
        }
        Some(Plan { lost, returned, bad_debt, overdue, together, gives_back, round, last_day: period.last })
    }
}

impl Lost {
    /// The month in which a customer leaves, the first being 1.
    pub fn month(self, start: Date, lost: Date) -> i32 {
        let months = match self.months {
            Months::Completed => start.months_to(lost),
            Months::Calendar => start.calendar_months_to(lost),
        };
        // Who leaves before the start leaves in month 1.
        months.saturating_add(1).max(1)
    }

    /// The share of what was earned that is taken back when a customer leaves in a month of the window.
    pub fn share(self, month: i32) -> Exact {
        match self.takes {
            LostTakes::All => Exact::ONE,
            LostTakes::Share(share) => share.exact(),
            LostTakes::ProRata => {
                let window = i64::from(self.within_months);
                let left = Exact::whole(window.saturating_add(1).saturating_sub(month.into()));
                left.over(Exact::whole(window)).unwrap_or(Exact::ZERO)
            }
        }
    }
}

impl Plan {
    pub fn leaving(&self) -> Need {
        Need::if_so(self.lost.is_some())
    }

    pub fn returning(&self) -> Need {
        Need::if_so(self.returned.is_some())
    }

    pub fn owing(&self) -> Need {
        Need::if_so(self.bad_debt.is_some())
    }

    pub fn late(&self) -> Need {
        Need::if_so(self.overdue.is_some())
    }

    pub fn amount(&self) -> Need {
        let proportion = Some(Part::InProportion);
        Need::if_so(self.returned == proportion || self.bad_debt == proportion)
    }
}
