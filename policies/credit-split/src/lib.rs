//! A deal's credit, or its commission, is split among the people who share it, or overlaid.
//!
//! *Split*: shares are parts of one deal. They add up to one, and so do credits and commissions to those of the
//! deal, to the last cent. *Overlay*: each share counts on its own.

mod terms;

use attain_sdk::prelude::*;
use terms::{Divides, Mode, Plan, Rates, WithoutShare, of_role};

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Part<'a> {
    /// The deal that is shared.
    deal: &'a str,
    /// The deal's amount, the same in each of its rows that names one.
    amount: Option<Money>,
    /// The person's share of it.
    #[input(when = Plan::share)]
    share: Option<Ratio<6>>,
    /// What the person did in the deal.
    #[input(when = Plan::role)]
    role: Option<&'a str>,
    /// What the person's credit earns.
    #[input(when = Plan::rate)]
    rate: Option<Ratio<6>>,
    /// The person's meetings, or whatever the fixed amounts are for. Who has no value has none.
    #[input(when = Plan::units)]
    units: Option<Count<2>>,
}

#[derive(Outputs, Default, Clone)]
struct Credited {
    /// The person's part of the deal's credit.
    #[output(info, fold = "sum")]
    credit: Money,
    /// What the person earns on the deal, fixed amounts included.
    #[output(pay, fold = "sum")]
    commission: Money,
}

#[derive(Outputs)]
#[outputs(per = "group")]
struct Deal {
    /// All the credit that the deal gives: its amount, or more or less of it where shares are overlaid.
    #[output(info, fold = "sum")]
    deal_credit: Money,
    /// All that the deal pays.
    #[output(info, fold = "sum")]
    deal_commission: Money,
}

#[derive(Rules)]
enum Step {
    /// {share} of the deal's {amount} is credited: {credit}
    #[zh("交易金额 {amount} 的 {share} 计入业绩：{credit}")]
    Credit { share: Ratio<6>, amount: Money, credit: Money },
    /// the deal is shared equally among {people}
    #[zh("由 {people} 人平分")]
    Equally { people: Count },
    /// {share} of {amount} earns {rate}: {pay}
    #[zh("{amount} 的 {share} 按 {rate} 计提：{pay}")]
    Earns { share: Ratio<6>, amount: Money, rate: Ratio<6>, pay: Money },
    /// the deal's {amount} earns {rate} once: {commission}
    #[zh("整笔交易 {amount} 按 {rate} 计提：{commission}")]
    DealCommission { amount: Money, rate: Ratio<6>, commission: Money },
    /// {share} of the deal's commission of {commission}: {pay}
    #[zh("整笔交易的提成 {commission} 的 {share}：{pay}")]
    OfCommission { share: Ratio<6>, commission: Money, pay: Money },
    /// {units} unit{units|s} at {amount} each: {pay}
    #[zh("数量 {units}，每单位 {amount}：{pay}")]
    PerUnit { units: Count<2>, amount: Money, pay: Money },
    /// rounding, so that the parts add up to the deal's commission: {change}
    #[zh("舍入，使各人之和等于整笔交易的提成：{change}")]
    Remainder { change: Money },
    /// rounding: {change}
    #[zh("舍入：{change}")]
    Rounding { change: Money },
}

#[policy(by = "deal", table = "credits", rules = Step, zh = "一笔交易的业绩或提成在多人之间拆分，或叠加计入")]
fn credit_split(
    plan: &Plan,
    parts: &[Part<'_>],
    credited: &mut [Credited],
    why: &mut impl Why,
) -> Result<Deal> {
    let amount = amount(parts)?;
    let shares = shares(plan, parts)?;
    let credits = whole(plan, amount, &shares);
    for (i, (credited, credit)) in credited.iter_mut().zip(&credits).enumerate() {
        credited.credit = *credit;
        if shares.equal.is_some() {
            let people = Count::from_units(i64::try_from(parts.len()).unwrap_or(i64::MAX));
            why.of(i).notes(|| Step::Equally { people });
        }
        why.of(i).notes(|| Step::Credit { share: shares.shown(i), amount, credit: *credit });
    }
    let paid = match (&plan.rates, plan.divides) {
        (None, _) => Vec::new(),
        (Some(Rates::All(rate)), Divides::Money) => divided(plan, amount, *rate, &shares, why),
        (Some(rates), _) => earned(plan, amount, rates, parts, &shares, why)?,
    };
    let (mut deal_credit, mut deal_commission) = (Money::ZERO, Money::ZERO);
    for (i, (credited, part)) in credited.iter_mut().zip(parts).enumerate() {
        let fixed = fixed(plan, part, why.of(i)).map_err(|failure| failure.in_row(i))?;
        credited.commission = paid.get(i).copied().unwrap_or_default() + fixed;
        deal_credit += credited.credit;
        deal_commission += credited.commission;
    }
    Ok(Deal { deal_credit, deal_commission })
}

/// Everybody's share.
struct Shares {
    /// What weighs in a split: a share's smallest parts, or one each where all are equal.
    weights: Vec<i64>,
    /// The one share of everybody, where nobody has one of their own.
    equal: Option<Exact>,
}

impl Shares {
    /// Somebody's own share, or one part.
    #[inline]
    fn own(&self, i: usize) -> Ratio<6> {
        Ratio::from_units(self.weights.get(i).copied().unwrap_or(0))
    }

    #[inline]
    fn exact(&self, i: usize) -> Exact {
        self.equal.unwrap_or_else(|| self.own(i).exact())
    }

    /// As a sentence shows it.
    fn shown(&self, i: usize) -> Ratio<6> {
        self.equal.map_or_else(|| self.own(i), Exact::told)
    }
}

/// The amount that the deal's rows name.
fn amount(parts: &[Part<'_>]) -> Result<Money> {
    let mut amount = None;
    for (i, part) in parts.iter().enumerate() {
        match (amount, part.amount) {
            (None, named) => amount = named,
            (Some(first), Some(named)) if first != named => {
                let message = format!(
                    "the rows of deal `{}` name different amounts, expected one and the same",
                    part.deal
                );
                return Err(Failure::new("amounts-differ", message).in_row(i));
            }
            _ => {}
        }
    }
    amount.ok_or_else(|| {
        let deal = parts.first().map_or("", |part| part.deal);
        Failure::new(
            "missing-value",
            format!("no row of deal `{deal}` has an `amount`, expected one in each"),
        )
    })
}

/// Everybody's share, in a split adding up to one.
fn shares(plan: &Plan, parts: &[Part<'_>]) -> Result<Shares> {
    if plan.without_share == WithoutShare::Equal && parts.iter().all(|part| part.share.is_none()) {
        let people = i64::try_from(parts.len()).unwrap_or(i64::MAX);
        let equal = Exact::ONE.over(Exact::whole(people)).unwrap_or(Exact::ZERO);
        return Ok(Shares { weights: vec![1; parts.len()], equal: Some(equal) });
    }
    let mut weights = Vec::with_capacity(parts.len());
    let mut sum = Ratio::<6>::ZERO;
    for (i, part) in parts.iter().enumerate() {
        match part.share.filter(|share| *share >= Ratio::ZERO) {
            Some(share) => {
                weights.push(share.units());
                sum += share;
            }
            None => return Err(no_share(part).in_row(i)),
        }
    }
    if plan.mode == Mode::Split && sum.exact() != Exact::ONE {
        let deal = parts.first().map_or("", |part| part.deal);
        let message = format!("the shares of deal `{deal}` add up to {sum}, expected 1; change a share");
        return Err(Failure::new("shares-do-not-add-up", message));
    }
    Ok(Shares { weights, equal: None })
}

#[cold]
#[inline(never)]
fn no_share(part: &Part<'_>) -> Failure {
    let deal = part.deal;
    match part.share {
        Some(share) => {
            Failure::new("out-of-range", format!("the share of {share} in deal `{deal}` is below 0"))
        }
        None => Failure::new(
            "missing-value",
            format!("deal `{deal}` has no `share` here, expected one in each of its rows"),
        ),
    }
}

/// Everybody's part in whole cents: in a split adding up to the total, else each rounded.
#[inline(never)]
fn whole(plan: &Plan, total: Money, shares: &Shares) -> Vec<Money> {
    match plan.mode {
        Mode::Overlay => {
            (0..shares.weights.len()).map(|i| (total * shares.exact(i)).round(plan.round)).collect()
        }
        Mode::Split => split(total, &shares.weights),
    }
}

/// The deal's one commission, divided by the shares.
fn divided(plan: &Plan, amount: Money, rate: Ratio<6>, shares: &Shares, why: &mut impl Why) -> Vec<Money> {
    let commission: Money = (amount * rate).round(plan.round);
    let paid = whole(plan, commission, shares);
    for (i, paid) in paid.iter().enumerate() {
        let why = why.of(i);
        why.notes(|| Step::DealCommission { amount, rate, commission });
        why.adds(Credited::COMMISSION, commission * shares.exact(i), |pay| Step::OfCommission {
            share: shares.shown(i),
            commission,
            pay,
        });
        settled(plan, *paid, why);
    }
    paid
}

/// What everybody's credit earns at their rate.
fn earned(
    plan: &Plan,
    amount: Money,
    rates: &Rates,
    parts: &[Part<'_>],
    shares: &Shares,
    why: &mut impl Why,
) -> Result<Vec<Money>> {
    // In a split shares add up to one: at one rate, the deal's commission is divided as its credit is.
    if let (Mode::Split, Rates::All(rate)) = (plan.mode, rates)
        && product(WHOLE, rate.units()).is_some()
    {
        let paid = split((amount * *rate).round::<Money>(plan.round), &shares.weights);
        for (i, paid) in paid.iter().enumerate() {
            let why = why.of(i);
            if why.listens() {
                earns(amount, shares, i, *rate, why);
            }
            settled(plan, *paid, why);
        }
        return Ok(paid);
    }
    let mut weights = Vec::with_capacity(parts.len());
    let mut paid = Vec::new();
    let mut sum = Exact::ZERO;
    for (i, (part, weight)) in parts.iter().zip(&shares.weights).enumerate() {
        let rate = rate(rates, part).map_err(|failure| failure.in_row(i))?;
        let pay = amount * shares.exact(i) * rate;
        weights.push(product(*weight, rate.units()).ok_or_else(|| too_large().in_row(i))?);
        match plan.mode {
            Mode::Overlay => paid.push(pay.round(plan.round)),
            Mode::Split => sum += pay,
        }
        if why.of(i).listens() {
            earns(amount, shares, i, rate, why.of(i));
        }
    }
    if plan.mode == Mode::Split {
        paid = split(sum.round::<Money>(plan.round), &weights);
    }
    for (i, paid) in paid.iter().enumerate() {
        settled(plan, *paid, why.of(i));
    }
    Ok(paid)
}

/// A share of one, as a count of its smallest part.
const WHOLE: i64 = 1_000_000;

/// Tells what somebody's credit earns.
fn earns(amount: Money, shares: &Shares, i: usize, rate: Ratio<6>, why: &mut impl Why) {
    let share = shares.shown(i);
    why.adds(Credited::COMMISSION, amount * shares.exact(i) * rate, |pay| Step::Earns {
        share,
        amount,
        rate,
        pay,
    });
}

/// Two numbers that aren't below zero multiplied, if that fits. In a sandbox a check takes 128 bits, which numbers of
/// a usual size can do without.
fn product(a: i64, b: i64) -> Option<i64> {
    if (a | b) >> 31 == 0 { Some(a.wrapping_mul(b)) } else { a.checked_mul(b) }
}

fn settled(plan: &Plan, paid: Money, why: &mut impl Why) {
    why.settles(Credited::COMMISSION, paid, |change| match plan.mode {
        Mode::Split => Step::Remainder { change },
        Mode::Overlay => Step::Rounding { change },
    });
}

fn rate(rates: &Rates, part: &Part<'_>) -> Result<Ratio<6>> {
    match rates {
        Rates::All(rate) => Ok(*rate),
        Rates::Role(rates) => of_role(rates, part.role),
        Rates::Own => match part.rate {
            Some(rate) if rate >= Ratio::ZERO => Ok(rate),
            Some(rate) => {
                let message = format!("the `rate` of {rate} in deal `{}` is below 0", part.deal);
                Err(Failure::new("out-of-range", message))
            }
            None => {
                let message = format!("deal `{}` has no `rate` here; give it one of at least 0", part.deal);
                Err(Failure::new("missing-value", message))
            }
        },
    }
}

/// The fixed amounts for a person's units.
fn fixed(plan: &Plan, part: &Part<'_>, why: &mut impl Why) -> Result<Money> {
    let (Some(amount), Some(units)) = (plan.per_unit(part.role), part.units) else { return Ok(Money::ZERO) };
    if units < Count::ZERO {
        let message = format!("deal `{}` has {units} `units` here, expected at least 0", part.deal);
        return Err(Failure::new("out-of-range", message));
    }
    let fixed: Money = (units * amount).round(plan.round);
    why.adds(Credited::COMMISSION, fixed, |pay| Step::PerUnit { units, amount, pay });
    Ok(fixed)
}

fn too_large() -> Failure {
    Failure::new("overflow", "a share and a rate are too large to be computed with; look for too many digits")
}

#[cfg(test)]
attain_cases::cases!();
