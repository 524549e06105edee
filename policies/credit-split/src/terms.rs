//! What a plan sets, and what the rule makes of it once a batch.

use attain_sdk::{hint, prelude::*, written};

/// What a plan sets.
#[derive(Parameters)]
pub struct Terms {
    /// Whether shares are parts of one deal, or count on their own.
    #[parameter(default = "split")]
    mode: Mode,
    /// What shares are of: the credit, which then earns each person's rate, or the deal's one commission.
    #[parameter(default = "credit")]
    divides: Divides,
    /// What credit earns. None means that only credit is given, for a later step to pay.
    rates: Option<Rates>,
    /// A fixed amount for each of a person's units, such as meetings, by role.
    per_unit: Option<Named<Money>>,
    /// What a deal does in which nobody has a share.
    #[parameter(default = "refused")]
    without_share: WithoutShare,
    /// How credits and commissions become whole cents.
    #[parameter(default = "half-up")]
    round: Round,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Mode {
    /// Shares are parts of one deal and add up to one.
    Split,
    /// Each share counts on its own, whatever they add up to.
    Overlay,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Divides {
    /// The credit.
    Credit,
    /// The deal's commission, which is computed once.
    Money,
}

#[derive(Parameters)]
pub enum Rates {
    /// The same for everybody.
    All(Ratio<6>),
    /// By the input `role`.
    Role(Named<Ratio<6>>),
    /// By the input `rate`: each person's own.
    Own,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum WithoutShare {
    /// It is refused.
    Refused,
    /// It is shared equally.
    Equal,
}

/// What the rule works with.
pub struct Plan {
    pub mode: Mode,
    pub divides: Divides,
    pub rates: Option<Rates>,
    per_unit: Named<Money>,
    pub without_share: WithoutShare,
    pub round: Round,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, period: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        let mut negative = |at: String, is_negative: bool, value: String| {
            if is_negative {
                wrong.at(at, "out-of-range", format!("`{value}` is below 0, the least it may be"));
            }
        };
        match &terms.rates {
            Some(Rates::All(rate)) => negative("rates.all".to_owned(), *rate < Ratio::ZERO, rate.to_string()),
            Some(Rates::Role(rates)) => {
                for (role, rate) in rates {
                    negative(format!("rates.role.{role}"), *rate < Ratio::ZERO, rate.to_string());
                }
            }
            Some(Rates::Own) | None => {}
        }
        for (role, amount) in terms.per_unit.iter().flatten() {
            let is_negative = *amount < Money::ZERO;
            negative(format!("per_unit.{role}"), is_negative, written(amount.units(), period.money_decimals));
        }
        if matches!(&terms.rates, Some(Rates::Role(rates)) if rates.is_empty()) {
            let message = "no role has a rate, expected at least one".to_owned();
            wrong.at("rates.role", "no-rates", message);
        }
        if terms.divides == Divides::Money && !matches!(terms.rates, Some(Rates::All(_))) {
            let message = "the money of a deal is one commission at one rate; set `rates` to { all = ... }, or \
                           divide the `credit`";
            wrong.at("rates", "rate-of-the-deal", message.to_owned());
        }
        Some(Plan {
            mode: terms.mode,
            divides: terms.divides,
            rates: terms.rates,
            per_unit: terms.per_unit.unwrap_or_default(),
            without_share: terms.without_share,
            round: terms.round,
        })
    }
}

impl Plan {
    /// What a unit pays somebody of this role; nothing for a role that has no amount.
    pub fn per_unit(&self, role: Option<&str>) -> Option<Money> {
        self.per_unit.get(role?).copied()
    }

    pub fn has_units(&self) -> bool {
        !self.per_unit.is_empty()
    }

    pub fn share(&self) -> Need {
        if self.without_share == WithoutShare::Equal { Need::Optional } else { Need::Required }
    }

    pub fn role(&self) -> Need {
        Need::if_so(matches!(self.rates, Some(Rates::Role(_))) || self.has_units())
    }

    pub fn rate(&self) -> Need {
        Need::if_so(matches!(self.rates, Some(Rates::Own)))
    }

    pub fn units(&self) -> Need {
        Need::if_so(self.has_units())
    }
}

/// The rate of a role.
pub fn of_role(rates: &Named<Ratio<6>>, role: Option<&str>) -> Result<Ratio<6>> {
    let known: Vec<&str> = rates.keys().collect();
    let Some(role) = role else {
        let message =
            format!("there is no `role` here, expected one of `{}`; give it one", known.join("`, `"));
        return Err(Failure::new("missing-value", message));
    };
    rates.get(role).copied().ok_or_else(|| {
        let near = hint(role, &known);
        let message = format!("role `{role}` has no rate; give it one in `rates.role`{near}");
        Failure::new("unknown-role", message)
    })
}
