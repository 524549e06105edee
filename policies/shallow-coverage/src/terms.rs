//! What a plan sets, and what the rule makes of it once a batch.

use attain_sdk::prelude::*;

/// What a plan sets.
#[derive(Parameters)]
pub struct Terms {
    /// The stages that are first contact, as the input `stage` names them.
    first_contact: Vec<String>,
    /// How many days a deal may stay there; one more and it is stuck.
    #[parameter(default = "14", min = "0")]
    days: Days,
    /// Which deals count.
    #[parameter(default = "visited")]
    counts: Counts,
    /// The share of the customers that count from which on, if they are stuck, coverage is shallow.
    #[parameter(default = "0.8", min = "0", max = "1")]
    share: Ratio<6>,
    /// How many customers must count for somebody to be judged.
    #[parameter(default = "5", min = "1")]
    least_customers: Count,
    /// The level of shallow coverage.
    #[parameter(default = "yellow")]
    level: Level,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Counts {
    /// Those whose customer was visited in the period, by the input `visited_on`.
    Visited,
    /// All of them.
    EveryDeal,
}

/// What the rule works with.
pub struct Plan {
    first_contact: Vec<String>,
    pub days: Days,
    pub counts: Counts,
    pub share: Ratio<6>,
    pub least_customers: Count,
    pub level: Level,
    first: Date,
    last: Date,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, period: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        if terms.first_contact.is_empty() {
            let message = "there is no stage, expected the names of those that are first contact".to_owned();
            wrong.at("first_contact", "no-stages", message);
        }
        for (i, stage) in terms.first_contact.iter().enumerate() {
            if stage.trim() != stage || stage.is_empty() {
                let message = format!("`{stage}` is no stage, expected a name without spaces around it");
                wrong.at(format_args!("first_contact[{i}]"), "not-a-name", message);
            } else if terms.first_contact.iter().take(i).any(|earlier| earlier == stage) {
                let message = format!("the stage `{stage}` is there twice");
                wrong.at(format_args!("first_contact[{i}]"), "name-taken", message);
            }
        }
        if terms.share == Ratio::ZERO {
            let message = "`0` is reached by everybody, expected a share above 0".to_owned();
            wrong.at("share", "out-of-range", message);
        }
        Some(Plan {
            first_contact: terms.first_contact,
            days: terms.days,
            counts: terms.counts,
            share: terms.share,
            least_customers: terms.least_customers,
            level: terms.level,
            first: period.first,
            last: period.last,
        })
    }
}

impl Plan {
    /// Whether a customer was visited in the period, as far as the plan asks.
    pub fn counts(&self, visited_on: Option<Date>) -> bool {
        self.counts == Counts::EveryDeal
            || visited_on.is_some_and(|day| self.first <= day && day <= self.last)
    }

    pub fn is_first_contact(&self, stage: &str) -> bool {
        self.first_contact.iter().any(|first| first == stage)
    }

    /// How many days a deal has been in its stage on the last day of the period; none where it came later.
    pub fn age(&self, since: Date) -> Option<Days> {
        let days = i64::from(self.last.days()) - i64::from(since.days());
        (days >= 0).then(|| Days::from_units(days))
    }

    pub fn visited_on(&self) -> Need {
        Need::if_so(self.counts == Counts::Visited)
    }

    pub fn always(&self) -> Need {
        Need::Required
    }
}
