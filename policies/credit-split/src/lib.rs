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
    let credits = whole(plan, amount, shares.iter().map(|share| amount * share.exact), &shares);
    for (i, (credited, credit)) in credited.iter_mut().zip(&credits).enumerate() {
        credited.credit = *credit;
        let share = shares.get(i).map_or(Ratio::ZERO, |share| share.shown);
        if shares.get(i).is_some_and(|share| share.is_equal) {
            let people = Count::from_units(i64::try_from(parts.len()).unwrap_or(i64::MAX));
            why.of(i).notes(|| Step::Equally { people });
        }
        why.of(i).notes(|| Step::Credit { share, amount, credit: *credit });
    }
    let paid = match (&plan.rates, plan.divides) {
        (None, _) => vec![Money::ZERO; parts.len()],
        (Some(Rates::All(rate)), Divides::Money) => divided(plan, amount, *rate, &shares, why),
        (Some(rates), _) => earned(plan, amount, rates, parts, &shares, why)?,
    };
    for (i, ((credited, part), paid)) in credited.iter_mut().zip(parts).zip(paid).enumerate() {
        let fixed = fixed(plan, part, why.of(i)).map_err(|failure| failure.in_row(i))?;
        credited.commission = paid + fixed;
    }
    Ok(Deal {
        deal_credit: credits.into_iter().sum(),
        deal_commission: credited.iter().map(|credited| credited.commission).sum(),
    })
}

/// A person's share: what weighs in a split, exactly, and as a sentence shows it.
struct Share {
    weight: i64,
    exact: Exact,
    shown: Ratio<6>,
    is_equal: bool,
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
fn shares(plan: &Plan, parts: &[Part<'_>]) -> Result<Vec<Share>> {
    let is_equal = plan.without_share == WithoutShare::Equal && parts.iter().all(|part| part.share.is_none());
    if is_equal {
        let people = i64::try_from(parts.len()).unwrap_or(i64::MAX);
        let exact = Exact::ONE.over(Exact::whole(people)).unwrap_or(Exact::ZERO);
        let share = || Share { weight: 1, exact, shown: exact.round(Round::HalfUp), is_equal };
        return Ok(parts.iter().map(|_| share()).collect());
    }
    let share = |(i, part): (usize, &Part<'_>)| match part.share {
        Some(share) if share >= Ratio::ZERO => {
            Ok(Share { weight: share.units(), exact: share.exact(), shown: share, is_equal })
        }
        Some(share) => {
            let message = format!("the share of {share} in deal `{}` is below 0", part.deal);
            Err(Failure::new("out-of-range", message).in_row(i))
        }
        None => {
            let message =
                format!("deal `{}` has no `share` here, expected one in each of its rows", part.deal);
            Err(Failure::new("missing-value", message).in_row(i))
        }
    };
    let shares = parts.iter().enumerate().map(share).collect::<Result<Vec<Share>>>()?;
    let sum: Ratio<6> = shares.iter().map(|share| share.shown).sum();
    if plan.mode == Mode::Split && sum.exact() != Exact::ONE {
        let deal = parts.first().map_or("", |part| part.deal);
        let message = format!("the shares of deal `{deal}` add up to {sum}, expected 1; change a share");
        return Err(Failure::new("shares-do-not-add-up", message));
    }
    Ok(shares)
}

/// Exact parts in whole cents: in a split adding up to the rounded sum, else each rounded.
fn whole(
    plan: &Plan,
    total: impl Into<Exact>,
    exact: impl Iterator<Item = Exact>,
    shares: &[Share],
) -> Vec<Money> {
    match plan.mode {
        Mode::Overlay => exact.map(|part| part.round(plan.round)).collect(),
        Mode::Split => {
            let weights: Vec<i64> = shares.iter().map(|share| share.weight).collect();
            split(total.into().round::<Money>(plan.round), &weights)
        }
    }
}

/// The deal's one commission, divided by the shares.
fn divided(plan: &Plan, amount: Money, rate: Ratio<6>, shares: &[Share], why: &mut impl Why) -> Vec<Money> {
    let commission: Money = (amount * rate).round(plan.round);
    let paid = whole(plan, commission, shares.iter().map(|share| commission * share.exact), shares);
    for (i, (share, paid)) in shares.iter().zip(&paid).enumerate() {
        let why = why.of(i);
        why.notes(|| Step::DealCommission { amount, rate, commission });
        why.adds(Credited::COMMISSION, commission * share.exact, |pay| Step::OfCommission {
            share: share.shown,
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
    shares: &[Share],
    why: &mut impl Why,
) -> Result<Vec<Money>> {
    let mut exact = Vec::with_capacity(parts.len());
    let mut weights = Vec::with_capacity(parts.len());
    for (i, (part, share)) in parts.iter().zip(shares).enumerate() {
        let rate = rate(rates, part).map_err(|failure| failure.in_row(i))?;
        let pay = amount * share.exact * rate;
        weights.push(product(share.weight, rate.units()).ok_or_else(|| too_large().in_row(i))?);
        exact.push(pay);
        why.of(i).adds(Credited::COMMISSION, pay, |pay| Step::Earns {
            share: share.shown,
            amount,
            rate,
            pay,
        });
    }
    let paid: Vec<Money> = match plan.mode {
        Mode::Overlay => exact.into_iter().map(|pay| pay.round(plan.round)).collect(),
        Mode::Split => split(exact.into_iter().sum::<Exact>().round::<Money>(plan.round), &weights),
    };
    for (i, paid) in paid.iter().enumerate() {
        settled(plan, *paid, why.of(i));
    }
    Ok(paid)
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
