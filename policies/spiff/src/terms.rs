//! What a plan sets, and what the rule makes of it once a batch.

use attain_sdk::prelude::*;

/// What a plan sets. What a deal is rewarded for adds up.
#[derive(Parameters)]
pub struct Terms {
    /// The first day of the campaign. None means that it has always run.
    first_day: Option<Date>,
    /// The last day of it. None means that it has no end.
    last_day: Option<Date>,
    /// The reward for each unit.
    #[parameter(min = "0")]
    per_unit: Option<Money>,
    /// The reward for the first order of a new product.
    #[parameter(min = "0")]
    first_order: Option<Money>,
    /// The reward for waking a customer.
    waking: Option<Waking>,
    /// The share of the deal's eligible amount.
    #[parameter(min = "0")]
    share: Option<Ratio<6>>,
    /// A share of other pay once a threshold is passed.
    kicker: Option<Kicker>,
    /// What units or amounts below zero, such as a return, do.
    #[parameter(default = "nothing")]
    below_zero: BelowZero,
    /// How what a deal earns becomes whole cents.
    #[parameter(default = "half-up")]
    round: Round,
}

/// The reward for waking a customer.
#[derive(Parameters, Clone, Copy)]
pub struct Waking {
    /// How much it is.
    #[parameter(min = "0")]
    pub reward: Money,
    /// How many days without an order make a customer asleep; exactly so many do.
    #[parameter(min = "1")]
    pub idle_days: i32,
    /// The least value of a customer who is worth waking. None means that everybody is.
    #[parameter(min = "0")]
    pub customer_value: Option<Money>,
    /// Whether a customer who never ordered counts as asleep.
    #[parameter(default = "counts")]
    pub never_ordered: NeverOrdered,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum NeverOrdered {
    /// It does.
    Counts,
    /// It doesn't.
    DoesNotCount,
}

/// A share of other pay once a threshold is passed.
#[derive(Parameters, Clone, Copy)]
struct Kicker {
    /// The share.
    #[parameter(min = "0")]
    share: Ratio<6>,
    /// What the input `measure` must pass.
    threshold: Decimal,
    /// Whether the threshold itself is enough.
    #[parameter(default = "passed")]
    once: Once,
    /// What the measure counts.
    #[parameter(default = "money")]
    measure: Kind,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Once {
    /// Only more than the threshold is enough.
    Passed,
    /// The threshold itself is.
    Reached,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum BelowZero {
    /// They are rewarded with nothing.
    Nothing,
    /// They take back what they had earned.
    TakenBack,
}

/// The kicker, ready for use.
#[derive(Clone, Copy)]
pub struct ReadyKicker {
    pub share: Ratio<6>,
    pub threshold: Amount,
    once: Once,
    kind: Kind,
}

impl ReadyKicker {
    /// Whether the measure has done it.
    pub fn is_open(self, measure: Amount) -> bool {
        match self.once {
            Once::Passed => measure > self.threshold,
            Once::Reached => measure >= self.threshold,
        }
    }
}

/// What the rule works with.
pub struct Plan {
    pub first_day: Option<Date>,
    pub last_day: Option<Date>,
    pub per_unit: Option<Money>,
    pub first_order: Option<Money>,
    pub waking: Option<Waking>,
    pub share: Option<Ratio<6>>,
    pub kicker: Option<ReadyKicker>,
    pub below_zero: BelowZero,
    pub round: Round,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, _: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        if let (Some(first), Some(last)) = (terms.first_day, terms.last_day)
            && last < first
        {
            let message = format!("the campaign ends on {last}, before it begins on {first}; change one");
            wrong.at("last_day", "out-of-range", message);
        }
        let is_empty = terms.per_unit.is_none()
            && terms.first_order.is_none()
            && terms.waking.is_none()
            && terms.share.is_none()
            && terms.kicker.is_none();
        if is_empty {
            let message = "nothing is rewarded, expected at least one of `per_unit`, `first_order`, `waking`, \
                           `share` and `kicker`";
            wrong.add("no-reward", message.to_owned());
        }
        Some(Plan {
            first_day: terms.first_day,
            last_day: terms.last_day,
            per_unit: terms.per_unit,
            first_order: terms.first_order,
            waking: terms.waking,
            share: terms.share,
            kicker: terms.kicker.map(|kicker| ready(kicker, wrong)),
            below_zero: terms.below_zero,
            round: terms.round,
        })
    }
}

fn ready(kicker: Kicker, wrong: &mut Wrong<'_, '_>) -> ReadyKicker {
    let Kicker { share, threshold, once, measure: kind } = kicker;
    ReadyKicker { share, threshold: wrong.amount("kicker.threshold", threshold, kind), once, kind }
}

impl Plan {
    /// Whether a day lies in the campaign; both ends do.
    pub fn runs_on(&self, day: Option<Date>) -> bool {
        match day {
            None => self.first_day.is_none() && self.last_day.is_none(),
            Some(day) => {
                self.first_day.is_none_or(|first| first <= day)
                    && self.last_day.is_none_or(|last| day <= last)
            }
        }
    }

    pub fn day(&self) -> Need {
        Need::if_so(self.first_day.is_some() || self.last_day.is_some())
    }

    pub fn units(&self) -> Need {
        Need::if_so(self.per_unit.is_some())
    }

    pub fn first(&self) -> Need {
        Need::if_so(self.first_order.is_some())
    }

    pub fn idle(&self) -> Need {
        Need::if_so(self.waking.is_some())
    }

    pub fn value(&self) -> Need {
        Need::if_so(self.waking.is_some_and(|waking| waking.customer_value.is_some()))
    }

    pub fn amount(&self) -> Need {
        Need::if_so(self.share.is_some())
    }

    pub fn kicks(&self) -> Need {
        Need::if_so(self.kicker.is_some())
    }

    pub fn measure_kind(&self) -> Kind {
        self.kicker.map_or(Kind::MONEY, |kicker| kicker.kind)
    }
}
