//! What a plan sets, and what the rule makes of it once a batch.

use attain_sdk::prelude::*;

/// What a plan sets.
#[derive(Parameters)]
pub struct Terms {
    /// Rising thresholds, and what applies from each on. Below the first, nothing is earned.
    tiers: Vec<Tier>,
    /// What a threshold is held against.
    #[parameter(default = "attainment")]
    thresholds: Thresholds,
    /// Whose credit is held against the thresholds. What is paid is this period's either way.
    #[parameter(default = "period")]
    counts: Counts,
    /// What the rate of a tier applies to.
    #[parameter(default = "marginal")]
    mode: Mode,
    /// Where the last tier is filled, in the `proportional` mode: above the last threshold, and held against the
    /// same. Beyond it, the last tier counts whole.
    #[parameter(min = "0")]
    top: Option<Decimal>,
    /// Which tier a credit exactly on an edge belongs to.
    #[parameter(default = "higher")]
    edge: Edge,
    /// The rate that the tiers' multipliers multiply.
    #[parameter(min = "0")]
    base_rate: Option<Ratio<6>>,
    /// A condition on something else than the credit.
    gate: Option<Gate>,
    /// The least that is paid to somebody who is past the gate.
    #[parameter(min = "0")]
    floor: Option<Decimal>,
    /// The most that is paid. None means no cap.
    #[parameter(min = "0")]
    cap: Option<Decimal>,
    /// What somebody without a target, or with one of zero, earns where thresholds are of attainment.
    #[parameter(default = "nothing")]
    without_target: Without,
    /// What a credit below zero, such as a return, earns where tiers begin anew each period. Over a year so far
    /// it takes back what the slices had earned.
    #[parameter(default = "nothing")]
    negative_credit: Without,
    /// How the commission becomes a number of the credit's decimals.
    #[parameter(default = "half-up")]
    round: Round,
    /// When it does.
    #[parameter(default = "once")]
    rounded: Rounded,
    /// What the credit counts. What isn't money isn't paid: it is a score or a figure for a later step.
    #[parameter(default = "money")]
    credit_unit: Kind,
}

/// From a threshold on.
#[derive(Parameters)]
struct Tier {
    /// Attainment (`"1.0"` is the whole target) or amount.
    #[parameter(min = "0")]
    from: Decimal,
    /// The share of the credit that is earned.
    #[parameter(min = "0")]
    rate: Option<Ratio<6>>,
    /// Instead of a rate: how many times the base rate. Above 1 it accelerates, below 1 it slows.
    #[parameter(min = "0")]
    multiplier: Option<Ratio<6>>,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum Thresholds {
    /// Credit over target.
    Attainment,
    /// The credit itself.
    Amount,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Counts {
    /// That of the period: tiers begin anew each period.
    Period,
    /// That of the year so far, the input `credit_to_date`, against a target of the year.
    ToDate,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Mode {
    /// Each slice of credit earns the rate of the tier it falls in.
    Marginal,
    /// The whole credit earns the rate of the tier that is reached.
    Retroactive,
    /// The whole credit earns a blended rate: the whole rate of each tier that is filled, and of the one that is
    /// reached the share that is covered.
    Proportional,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Without {
    /// Nothing.
    Nothing,
    /// All of it the rate of the first tier.
    FirstRate,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Rounded {
    /// Once, when everything is added up and multiplied.
    Once,
    /// What each slice earns, before it is added up, and then the result.
    PerSlice,
}

/// A condition on something else than the credit.
#[derive(Parameters)]
struct Gate {
    /// The least that opens it.
    at_least: Decimal,
    /// What is held against it.
    #[parameter(default = "value")]
    of: GateOf,
    /// What the gate's inputs count: a ratio for a value, things for the parts of a quotient.
    unit: Option<Kind>,
    /// What is earned where it stays closed; it does where there is no value, or nothing to divide by.
    #[parameter(default = "nothing")]
    otherwise: Otherwise,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum GateOf {
    /// The input `gate`.
    Value,
    /// `gate_numerator` over `gate_denominator`, exactly.
    Quotient,
}

#[derive(Parameters, Clone, Copy)]
enum Otherwise {
    /// Nothing, not even the floor.
    Nothing,
    /// Everything at the rate of the first tier.
    FirstRate,
    /// As usual, but no rate is above this one.
    RatesAtMost(Ratio<6>),
}

/// What the rule works with.
pub struct Plan {
    pub mode: Mode,
    pub round: Round,
    pub rounded: Rounded,
    pub table: Table,
    pub on_attainment: bool,
    pub to_date: bool,
    pub without_target: Without,
    pub negative_credit: Without,
    pub floor: Option<Amount>,
    pub cap: Option<Amount>,
    /// Where the last tier is filled; only the proportional mode asks.
    top: Exact,
    gate: Option<ReadyGate>,
    credit_kind: Kind,
}

/// Tiers, and their rates as people see them.
pub struct Table {
    pub tiers: TierTable,
    shown: Vec<Ratio<6>>,
}

impl Table {
    /// The rate of a tier.
    #[inline]
    pub fn shown(&self, tier: usize) -> Ratio<6> {
        self.shown.get(tier).copied().unwrap_or_default()
    }
}

struct ReadyGate {
    /// Of a value a count of its smallest part.
    at_least: Exact,
    kind: Kind,
    of: GateOf,
    /// What applies where it is closed; none where nothing is earned.
    otherwise: Option<Table>,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, period: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        let rates = rates(&terms, wrong);
        let on_attainment = terms.thresholds == Thresholds::Attainment;
        let decimals = terms.credit_unit.decimals(period);
        // Amounts are compared in the smallest part of the credit.
        let scale = if on_attainment { 1 } else { attain_sdk::power_of_ten(decimals) };
        let top = top(&terms, wrong).map_or(Exact::ZERO, |top| top * Exact::whole(scale));
        let table = |rates: Vec<Exact>, wrong: &mut Wrong<'_, '_>| {
            let shown = rates.iter().map(|rate| rate.told()).collect();
            let froms = terms.tiers.iter().map(|tier| tier.from);
            let tiers: Vec<(Decimal, Exact)> = froms.zip(rates).collect();
            Some(Table { tiers: TierTable::checked("tiers", &tiers, scale, terms.edge, wrong)?, shown })
        };
        let first = rates.first().copied().unwrap_or(Exact::ZERO);
        let gate = terms.gate.as_ref().map(|gate| {
            let otherwise = match gate.otherwise {
                Otherwise::Nothing => None,
                Otherwise::FirstRate => table(rates.iter().map(|_| first).collect(), wrong),
                Otherwise::RatesAtMost(most) => {
                    if most < Ratio::ZERO {
                        let message = format!("`{most}` is below 0, the least it may be");
                        wrong.at("gate.otherwise.rates-at-most", "out-of-range", message);
                    }
                    table(rates.iter().map(|rate| rate.at_most(most)).collect(), wrong)
                }
            };
            let usual = if gate.of == GateOf::Value { Unit::Ratio } else { Unit::Count };
            let kind = gate.unit.unwrap_or(Kind::new(usual, if usual == Unit::Ratio { 4 } else { 0 }));
            // A value is compared in its smallest part; in a quotient the parts cancel.
            let decimals = if gate.of == GateOf::Value { kind.decimals(period) } else { 0 };
            let at_least = gate.at_least * Exact::whole(attain_sdk::power_of_ten(decimals));
            ReadyGate { at_least, kind, of: gate.of, otherwise }
        });
        let mut amount = |name: &str, decimal: Option<Decimal>| {
            decimal.map(|decimal| wrong.amount(name, decimal, terms.credit_unit))
        };
        let (floor, cap) = (amount("floor", terms.floor), amount("cap", terms.cap));
        if let (Some(floor), Some(cap)) = (floor, cap)
            && floor > cap
        {
            wrong.at("floor", "out-of-range", "the floor is above the cap".to_owned());
        }
        Some(Plan {
            mode: terms.mode,
            round: terms.round,
            rounded: terms.rounded,
            table: table(rates, wrong)?,
            on_attainment,
            to_date: terms.counts == Counts::ToDate,
            without_target: terms.without_target,
            negative_credit: terms.negative_credit,
            floor,
            cap,
            top,
            gate,
            credit_kind: terms.credit_unit,
        })
    }
}

/// The rate of each tier: its own, or its multiple of the base rate.
fn rates(terms: &Terms, wrong: &mut Wrong<'_, '_>) -> Vec<Exact> {
    let mut multiplied = false;
    let mut rate = |(i, tier): (usize, &Tier)| match (tier.rate, tier.multiplier) {
        (Some(rate), None) => rate.exact(),
        (None, Some(multiplier)) => {
            multiplied = true;
            multiplier * terms.base_rate.unwrap_or_default()
        }
        _ => {
            let message = "a tier has a `rate` or a `multiplier`, one of the two".to_owned();
            wrong.at(format_args!("tiers[{i}]"), "rate-or-multiplier", message);
            Exact::ZERO
        }
    };
    let rates = terms.tiers.iter().enumerate().map(&mut rate).collect();
    match (multiplied, terms.base_rate) {
        (true, None) => {
            let message = "a tier has a `multiplier`, and there is no `base_rate` that it multiplies";
            wrong.at("base_rate", "missing-field", message.to_owned());
        }
        (false, Some(_)) => {
            let message = "no tier has a `multiplier`, so the base rate is never used; leave it out";
            wrong.at("base_rate", "unused-field", message.to_owned());
        }
        _ => {}
    }
    rates
}

/// Where the last tier is filled. Only the proportional mode has a use for it, and needs it.
fn top(terms: &Terms, wrong: &mut Wrong<'_, '_>) -> Option<Decimal> {
    let last = terms.tiers.last().map(|tier| tier.from);
    match (terms.mode, terms.top, last) {
        (Mode::Proportional, None, _) => {
            let message =
                "the last tier counts as far as it is covered, and there is no `top` where it is filled";
            wrong.at("top", "missing-field", message.to_owned());
        }
        (Mode::Proportional, Some(top), Some(last)) if top <= last => {
            let message = format!("`{top}` is not above `{last}`, where the last tier begins");
            wrong.at("top", "not-rising", message);
        }
        (Mode::Marginal | Mode::Retroactive, Some(_), _) => {
            let message = "only the mode `proportional` asks where the last tier is filled; leave it out";
            wrong.at("top", "unused-field", message.to_owned());
        }
        _ => {}
    }
    terms.top
}

impl Without {
    /// What applies.
    pub fn rate(self, table: &Table) -> Exact {
        if self == Without::Nothing { Exact::ZERO } else { table.tiers.rate(0) }
    }
}

impl Plan {
    /// Which share of a tier lies below a place in it; beyond its end, all of it.
    pub fn covered(&self, table: &Table, tier: usize, at: Exact) -> Exact {
        let from = table.tiers.from(tier);
        let end = if tier + 1 < table.tiers.len() { table.tiers.from(tier + 1) } else { self.top };
        (at - from).over(end - from).unwrap_or(Exact::ZERO).at_most(Exact::whole(1))
    }

    /// What applies to somebody: the usual table, another one behind a closed gate, or none.
    #[inline(always)]
    pub fn gate_for(
        &self,
        value: Option<Amount>,
        numerator: Option<Amount>,
        denominator: Option<Amount>,
    ) -> GateResult<'_> {
        let Some(gate) = &self.gate else { return GateResult::NoGate };
        let reached = match gate.of {
            GateOf::Value => value.map(Amount::exact),
            GateOf::Quotient => numerator.and_then(|numerator| numerator.over(denominator?)),
        };
        match reached {
            Some(reached) if reached >= gate.at_least => GateResult::Open,
            _ => GateResult::Closed(gate.otherwise.as_ref()),
        }
    }

    pub fn credit_kind(&self) -> Kind {
        self.credit_kind
    }

    pub fn role(&self) -> Role {
        match self.credit_kind.unit {
            Unit::Money => Role::Pay,
            Unit::Points => Role::Score,
            _ => Role::Info,
        }
    }

    pub fn target(&self) -> Need {
        if self.on_attainment { Need::Required } else { Need::Optional }
    }

    pub fn credit_to_date(&self) -> Need {
        Need::if_so(self.to_date)
    }

    pub fn gate_kind(&self) -> Kind {
        self.gate.as_ref().map_or(Kind::new(Unit::Ratio, 4), |gate| gate.kind)
    }

    pub fn gate_value(&self) -> Need {
        Need::if_so(self.gate.as_ref().is_some_and(|gate| gate.of == GateOf::Value))
    }

    pub fn gate_parts(&self) -> Need {
        Need::if_so(self.gate.as_ref().is_some_and(|gate| gate.of == GateOf::Quotient))
    }
}

/// What the gate says of somebody.
pub enum GateResult<'p> {
    /// There is none.
    NoGate,
    /// It is open.
    Open,
    /// It is closed, and this applies.
    Closed(Option<&'p Table>),
}
