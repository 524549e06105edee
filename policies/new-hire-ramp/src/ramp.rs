//! What a plan sets, and what the rule makes of it once a batch.

use attain_sdk::prelude::*;

/// What a plan sets.
#[derive(Parameters)]
pub struct Terms {
    /// What applies from which month of work on. The first begins with month 1; the last is for ever.
    ramp: Vec<Stage>,
    /// How months are counted.
    #[parameter(default = "completed")]
    months: Months,
    /// The day of the period on which they are counted.
    #[parameter(default = "last-day")]
    counted_on: CountedOn,
    /// What a guarantee does.
    #[parameter(default = "top-up")]
    guarantee: Guarantee,
    /// What is guaranteed for a period in which somebody begins.
    #[parameter(default = "whole")]
    first_period: FirstPeriod,
    /// What `target` and `reported` count.
    #[parameter(default = "money")]
    figures: Kind,
    /// What `results` and `process` count, and the score.
    #[parameter(default = "points")]
    scores: Kind,
    /// How targets, credits, scores and guarantees are rounded.
    #[parameter(default = "half-up")]
    round: Round,
}

/// What applies from a month of work on.
#[derive(Parameters, Clone)]
pub struct Stage {
    /// The month of work that it begins with, the first being 1.
    #[parameter(min = "1", max = "1200")]
    pub month: i32,
    /// The share of the target that counts.
    #[parameter(default = "1", min = "0")]
    pub target_share: Ratio<6>,
    /// The share of what was reported that is credited.
    #[parameter(default = "1", min = "0")]
    pub credit_share: Ratio<6>,
    /// What results count for; process counts for the rest.
    #[parameter(default = "1", min = "0", max = "1")]
    pub results_weight: Ratio<6>,
    /// What is guaranteed a period. None means nothing is.
    #[parameter(min = "0")]
    pub guarantee: Option<Money>,
}

impl Stage {
    /// What process counts for.
    pub fn process_weight(&self) -> Ratio<6> {
        Ratio::from_units(1_000_000) - self.results_weight
    }
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum Months {
    /// By whole months worked: hired on the 15th, month 2 begins on the next 15th.
    Completed,
    /// By the calendar: the month of hire is month 1, whatever the day.
    Calendar,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum CountedOn {
    /// The first. Who is hired later in the period is in month 1.
    FirstDay,
    /// The last.
    LastDay,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Guarantee {
    /// Pay is topped up to it; who earned more gets nothing on top.
    TopUp,
    /// It is paid on top of whatever was earned.
    Added,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum FirstPeriod {
    /// All of it.
    Whole,
    /// By the days from the first day of work to the end of the period, both counted.
    ByDays,
}

/// What the rule works with.
pub struct Plan {
    /// From month 1 on.
    first_stage: Stage,
    later: Vec<Stage>,
    months: Months,
    counted_on: Date,
    pub guarantee: Guarantee,
    first_period: FirstPeriod,
    figures: Kind,
    scores: Kind,
    pub round: Round,
    first: Date,
    last: Date,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, period: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        match terms.ramp.first() {
            None => wrong.at("ramp", "no-stages", "there is no stage, expected at least one".to_owned()),
            Some(first) if first.month != 1 => {
                let message = format!("`{}` is where the ramp begins, expected month 1", first.month);
                wrong.at("ramp[0].month", "out-of-range", message);
            }
            Some(_) => {}
        }
        for (i, pair) in terms.ramp.windows(2).enumerate() {
            if let [before, after] = pair
                && after.month <= before.month
            {
                let message = format!(
                    "`{}` is not after month {}, where the stage before begins",
                    after.month, before.month
                );
                wrong.at(format_args!("ramp[{}].month", i + 1), "not-rising", message);
            }
        }
        let mut stages = terms.ramp.into_iter();
        Some(Plan {
            first_stage: stages.next()?,
            later: stages.collect(),
            months: terms.months,
            counted_on: if terms.counted_on == CountedOn::FirstDay { period.first } else { period.last },
            guarantee: terms.guarantee,
            first_period: terms.first_period,
            figures: terms.figures,
            scores: terms.scores,
            round: terms.round,
            first: period.first,
            last: period.last,
        })
    }
}

impl Plan {
    /// The month of work: below 1 for who begins after the period.
    pub fn month(&self, hired: Date) -> i32 {
        if hired > self.last {
            return 0;
        }
        // Who begins after the day on which months are counted is in the first one.
        let on = self.counted_on.max(hired);
        1 + match self.months {
            Months::Completed => hired.months_to(on),
            Months::Calendar => hired.calendar_months_to(on),
        }
    }

    /// What applies in a month of work; without one, what applies in the end.
    pub fn stage(&self, month: Option<i32>) -> &Stage {
        let begun = |stage: &&Stage| month.is_none_or(|month| stage.month <= month);
        self.later.iter().rfind(begun).unwrap_or(&self.first_stage)
    }

    /// The share of the period that somebody was there for, as far as the guarantee asks.
    pub fn share_employed(&self, hired: Option<Date>) -> Exact {
        let days = |from: Date| Exact::whole(i64::from(self.last.days()) - i64::from(from.days()) + 1);
        match (self.first_period, hired) {
            (FirstPeriod::ByDays, Some(hired)) if hired > self.first => {
                days(hired).over(days(self.first)).unwrap_or(Exact::ONE)
            }
            _ => Exact::ONE,
        }
    }

    pub fn always(&self) -> Need {
        Need::Required
    }

    /// What was earned is needed where pay is topped up.
    pub fn earned(&self) -> Need {
        let mut stages = self.later.iter().chain([&self.first_stage]);
        let tops_up = self.guarantee == Guarantee::TopUp && stages.any(|stage| stage.guarantee.is_some());
        if tops_up { Need::Required } else { Need::Optional }
    }

    pub fn figures(&self) -> Kind {
        self.figures
    }

    pub fn scores(&self) -> Kind {
        self.scores
    }
}
