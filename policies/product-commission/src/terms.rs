//! What a plan sets, and what the rule makes of it once a batch.

use attain_sdk::{hint, power_of_ten, prelude::*};

/// What a plan sets.
#[derive(Parameters)]
pub struct Terms {
    /// What each product line earns: a share of the base, or an amount per unit.
    rates: Named<Decimal>,
    /// What every other line earns, and a deal without one. None means that such a deal is refused.
    #[parameter(min = "0")]
    default_rate: Option<Decimal>,
    /// What a rate applies to.
    #[parameter(default = "revenue")]
    base: Base,
    /// Taken off the base of each deal first: an amount, or a quantity.
    #[parameter(default = "0", min = "0")]
    subtract: Decimal,
    /// Multiplies the quantity that is left.
    #[parameter(min = "0")]
    quantity_multiplier: Option<Ratio<6>>,
    /// What each line earns on the part of a deal past target, which the input `past_target` says. A line that
    /// isn't here earns its usual rate there, too.
    past_target: Option<Named<Decimal>>,
    /// What a customer's first contract pays, by the customer's grade.
    first_signing: Option<Named<FirstSigning>>,
    /// What a base below zero, such as a return or a loss, earns.
    #[parameter(default = "nothing")]
    below_zero: BelowZero,
    /// How a deal's commission becomes whole cents.
    #[parameter(default = "half-up")]
    round: Round,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Base {
    /// The deal's price.
    Revenue,
    /// The price less the cost.
    Margin,
    /// The number of units; a rate is an amount per unit.
    Quantity,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum BelowZero {
    /// Nothing.
    Nothing,
    /// The usual rates, so that what a deal had earned is taken back.
    TakenBack,
}

/// What a first contract pays.
#[derive(Parameters, Clone, Copy)]
pub struct FirstSigning {
    /// How many times the usual commission.
    #[parameter(default = "1", min = "0")]
    pub multiple: Ratio<6>,
    /// A fixed award on top.
    #[parameter(default = "0", min = "0")]
    pub award: Money,
}

/// What a line earns on each smallest part of the base.
#[derive(Clone, Copy)]
pub struct Line {
    pub usual: Exact,
    pub past_target: Option<Exact>,
}

/// What the rule works with.
pub struct Plan {
    lines: Named<Line>,
    default: Option<Line>,
    pub base: Base,
    pub subtract: Amount,
    pub multiplier: Exact,
    first_signing: Named<FirstSigning>,
    pub below_zero: BelowZero,
    pub round: Round,
    /// How many smallest parts of the base make one.
    pub scale: Exact,
    tells_past_target: bool,
}

/// What the base counts in.
fn kind(base: Base) -> Kind {
    if base == Base::Quantity { Kind::new(Unit::Count, 2) } else { Kind::MONEY }
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, period: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        let decimals = kind(terms.base).decimals(period);
        let subtract = wrong.amount("subtract", terms.subtract, kind(terms.base));
        if terms.quantity_multiplier.is_some() && terms.base != Base::Quantity {
            let message = "there is no quantity to multiply; leave it out, or set `base` to `quantity`";
            wrong.at("quantity_multiplier", "unused-field", message.to_owned());
        }
        if terms.rates.is_empty() && terms.default_rate.is_none() {
            let message = "no line has a rate, expected at least one, or a `default_rate`".to_owned();
            wrong.at("rates", "no-rates", message);
        }
        let scale = match terms.base {
            Base::Quantity => Exact::whole(power_of_ten(decimals)),
            Base::Revenue | Base::Margin => Exact::ONE,
        };
        let mut rate = |at: String, rate: Decimal| {
            let exact = exact_rate(terms.base, rate, period);
            if rate.units() < 0 {
                wrong.at(&at, "out-of-range", format!("`{rate}` is below 0, the least it may be"));
            } else if exact.is_none() {
                let allowed = if terms.base == Base::Quantity { period.money_decimals } else { 6 };
                let message = format!("`{rate}` has more than {allowed} decimals, or is too large");
                wrong.at(at, "not-a-decimal", message);
            }
            exact.and_then(|exact| exact.over(scale)).unwrap_or(Exact::ZERO)
        };
        let default = terms
            .default_rate
            .map(|default| Line { usual: rate("default_rate".to_owned(), default), past_target: None });
        let mut lines = Named::new();
        for (name, usual) in &terms.rates {
            let usual = rate(place("rates", name), *usual);
            lines.insert(name, Line { usual, past_target: None });
        }
        let past: Vec<(&str, Exact)> = terms
            .past_target
            .iter()
            .flatten()
            .map(|(name, past)| (name, rate(place("past_target", name), *past)))
            .collect();
        for (name, past) in past {
            let known = lines.get(name).copied().or(default);
            if let Some(line) = known {
                lines.insert(name, Line { past_target: Some(past), ..line });
            } else {
                let known: Vec<&str> = terms.rates.keys().collect();
                let message = format!("line `{name}` has no usual rate in `rates`{}", hint(name, &known));
                wrong.at(place("past_target", name), "unknown-line", message);
            }
        }
        Some(Plan {
            lines,
            default,
            base: terms.base,
            subtract,
            multiplier: terms.quantity_multiplier.map_or(Exact::ONE, Exact::from),
            first_signing: terms.first_signing.unwrap_or_default(),
            below_zero: terms.below_zero,
            round: terms.round,
            scale,
            tells_past_target: terms.past_target.is_some(),
        })
    }
}

/// A share of the base, or an amount in whole cents; none where it has too many digits.
fn exact_rate(base: Base, rate: Decimal, period: &Period) -> Option<Exact> {
    match base {
        Base::Quantity => rate.in_kind(Kind::MONEY, period).map(Exact::whole),
        Base::Revenue | Base::Margin => rate.to_units(6).map(|_| rate.exact()),
    }
}

/// Where a line's rate stands, as a path has it.
fn place(map: &str, name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    let is_plain = !name.is_empty() && name.bytes().all(plain);
    if is_plain { format!("{map}.{name}") } else { format!("{map}[{name:?}]") }
}

impl Plan {
    /// What a line earns, and whether that is what every other line does.
    pub fn line(&self, name: Option<&str>) -> Result<(Line, bool)> {
        if let Some(line) = name.and_then(|name| self.lines.get(name)) {
            return Ok((*line, false));
        }
        self.default.map(|line| (line, true)).ok_or_else(|| self.no_rate(name))
    }

    fn no_rate(&self, name: Option<&str>) -> Failure {
        let todo = "or set `default_rate`";
        let Some(name) = name else {
            let message = format!("the deal has no product `line`; give it one, {todo}");
            return Failure::new("missing-value", message);
        };
        let known: Vec<&str> = self.lines.keys().collect();
        let near = hint(name, &known);
        let message = format!("product line `{name}` has no rate; give it one in `rates`, {todo}{near}");
        Failure::new("unknown-line", message)
    }

    /// What a first contract with a customer of this grade pays.
    pub fn first_signing(&self, first_contract: Option<bool>, grade: Option<&str>) -> Option<FirstSigning> {
        if first_contract != Some(true) {
            return None;
        }
        self.first_signing.get(grade?).copied()
    }

    pub fn line_need(&self) -> Need {
        Need::Required
    }

    pub fn revenue(&self) -> Need {
        Need::if_so(self.base != Base::Quantity)
    }

    pub fn cost(&self) -> Need {
        Need::if_so(self.base == Base::Margin)
    }

    pub fn quantity(&self) -> Need {
        Need::if_so(self.base == Base::Quantity)
    }

    pub fn past_target(&self) -> Need {
        Need::if_so(self.tells_past_target)
    }

    pub fn signing(&self) -> Need {
        Need::if_so(!self.first_signing.is_empty())
    }

    pub fn base_kind(&self) -> Kind {
        kind(self.base)
    }
}
