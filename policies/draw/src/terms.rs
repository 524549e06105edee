//! What a plan sets, and what the rule makes of it once a batch.

use attain_sdk::prelude::*;

/// What a plan sets.
#[derive(Parameters)]
pub struct Terms {
    /// The draw of a period. None means that each person's own is the input `draw`.
    #[parameter(min = "0")]
    draw: Option<Money>,
    /// How it is paid, and what repays it.
    #[parameter(default = "above-draw")]
    recovery: Recovery,
    /// The share of that which repays.
    #[parameter(default = "1", min = "0", max = "1")]
    recovery_share: Ratio<6>,
    /// The period of the draw from which on it is recovered, the first being 1.
    #[parameter(default = 1, min = "1", max = "1200")]
    recovery_from: i32,
    /// The last period of the draw. None means that it doesn't end.
    #[parameter(min = "1", max = "1200")]
    ends_after: Option<i32>,
    /// Where the period of the draw comes from, if one of these terms asks for it.
    #[parameter(default = "start-date")]
    counted_by: CountedBy,
    /// The most that may be owed: nothing more is drawn. None means no ceiling.
    #[parameter(min = "0")]
    ceiling: Option<Money>,
    /// What of the balance is forgiven. None means that nothing is.
    forgive: Option<Forgive>,
    /// What earnings below zero do. None means `owed`, or `nothing` where nothing is ever owed.
    negative: Option<Negative>,
    /// How a share becomes whole cents.
    #[parameter(default = "half-up")]
    round: Round,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Recovery {
    /// Pay is topped up to the draw. What is earned above the draw repays, so pay never falls below it.
    AboveDraw,
    /// Pay is topped up to the draw. All that is earned repays what was owed before, even where that takes pay
    /// below the draw.
    AllFirst,
    /// The draw is a loan, paid on top of what is earned. All that is earned repays what was owed before.
    Added,
    /// The draw was paid at the start of the period and is owed at once. All that is earned repays it.
    Advanced,
    /// Pay is topped up to the draw, and the company bears the cost: nothing is ever owed.
    Never,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum CountedBy {
    /// From the input `draw_start`: the period in which that day lies is period 1.
    StartDate,
    /// It is the input `draw_period`.
    Number,
}

/// What of the balance is forgiven, and when.
#[derive(Parameters, Clone)]
struct Forgive {
    /// The share of what is then still owed.
    #[parameter(default = "1", min = "0", max = "1")]
    share: Ratio<6>,
    /// The period of the draw at whose end it is forgiven. None means the last one.
    #[parameter(min = "1", max = "1200")]
    after: Option<i32>,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Negative {
    /// What is below zero is owed, and isn't taken from pay now.
    Owed,
    /// It counts as nothing.
    Nothing,
    /// It is taken from pay, below zero if need be.
    Deducted,
}

/// What the rule works with.
pub struct Plan {
    pub draw: Option<Money>,
    pub recovery: Recovery,
    pub recovery_share: Ratio<6>,
    pub recovery_from: i32,
    pub ceiling: Option<Money>,
    /// The share that is forgiven, and after which period.
    pub forgive: Option<(Ratio<6>, i64)>,
    pub negative: Negative,
    pub round: Round,
    ends_after: Option<i32>,
    counted_by: CountedBy,
    first: Date,
    length: Length,
}

/// How long a period is.
enum Length {
    Days(i64),
    Months(i64),
}

/// What applies in somebody's period of the draw.
#[derive(Clone, Copy, PartialEq)]
pub struct Phase {
    pub draws: Draws,
    pub recovers: bool,
    pub forgives: bool,
}

/// Whether there is a draw.
#[derive(Clone, Copy, PartialEq)]
pub enum Draws {
    Yes,
    /// It has no beginning.
    NoStart,
    NotYet,
    NoMore,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, period: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        let never = terms.recovery == Recovery::Never;
        let mut useless = |name: &str, is_set: bool| {
            if never && is_set {
                let message = format!("nothing is ever owed, so `{name}` has no use; leave it out");
                wrong.at(name, "unused-field", message);
            }
        };
        useless("ceiling", terms.ceiling.is_some());
        useless("forgive", terms.forgive.is_some());
        if never && terms.negative == Some(Negative::Owed) {
            let message = "`owed` where nothing is ever owed, expected `nothing` or `deducted`".to_owned();
            wrong.at("negative", "out-of-range", message);
        }
        let forgive = terms.forgive.as_ref().filter(|_| !never).and_then(|forgive| {
            let after = forgive.after.or(terms.ends_after);
            if after.is_none() {
                let message = "the draw has no end, so say after which period the balance is forgiven";
                wrong.at("forgive.after", "missing-field", message.to_owned());
            }
            Some((forgive.share, after?.into()))
        });
        let length = match period.kind.as_str() {
            "day" => Length::Days(1),
            "week" => Length::Days(7),
            "month" => Length::Months(1),
            "quarter" => Length::Months(3),
            _ => Length::Months(12),
        };
        let usual = if never { Negative::Nothing } else { Negative::Owed };
        Some(Plan {
            draw: terms.draw,
            recovery: terms.recovery,
            recovery_share: terms.recovery_share,
            recovery_from: terms.recovery_from,
            ceiling: terms.ceiling,
            forgive,
            negative: terms.negative.unwrap_or(usual),
            round: terms.round,
            ends_after: terms.ends_after,
            counted_by: terms.counted_by,
            first: period.first,
            length,
        })
    }
}

impl Plan {
    /// What applies in the period of the draw that a day or a number stands for.
    pub fn phase(&self, start: Option<Date>, number: Option<Count>) -> Phase {
        if !self.counts() {
            return Phase { draws: Draws::Yes, recovers: true, forgives: false };
        }
        let number = match self.counted_by {
            CountedBy::StartDate => start.map(|start| self.periods_since(start)),
            CountedBy::Number => number.map(Count::units),
        };
        match number {
            None => Phase { draws: Draws::NoStart, recovers: true, forgives: false },
            Some(number) if number < 1 => Phase { draws: Draws::NotYet, recovers: true, forgives: false },
            Some(number) => Phase {
                draws: if self.ends_after.is_some_and(|end| number > i64::from(end)) {
                    Draws::NoMore
                } else {
                    Draws::Yes
                },
                recovers: number >= i64::from(self.recovery_from),
                forgives: self.forgive.is_some_and(|(_, after)| number == after),
            },
        }
    }

    /// The number of this period, counted from the one in which `start` lies; below 1 where that comes later.
    fn periods_since(&self, start: Date) -> i64 {
        let (apart, length) = match self.length {
            Length::Days(length) => (i64::from(self.first.days()) - i64::from(start.days()), length),
            Length::Months(length) => (i64::from(start.calendar_months_to(self.first)), length),
        };
        1 + (apart + length - 1).div_euclid(length)
    }

    /// Whether the number of the period matters.
    fn counts(&self) -> bool {
        self.recovery_from > 1 || self.ends_after.is_some() || self.forgive.is_some()
    }

    pub fn own_draw(&self) -> Need {
        Need::if_so(self.draw.is_none())
    }

    pub fn draw_start(&self) -> Need {
        Need::if_so(self.counts() && self.counted_by == CountedBy::StartDate)
    }

    pub fn draw_period(&self) -> Need {
        Need::if_so(self.counts() && self.counted_by == CountedBy::Number)
    }

    pub fn balance(&self) -> Need {
        Need::if_so(self.recovery != Recovery::Never)
    }
}
