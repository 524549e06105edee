//! Deals in the order of their dates earn the tier that the running measure has reached.
//!
//! A person's deals come together, by date. Each that counts advances the running measure; a deal is split over
//! the tiers that it passes, or takes the one before or after it. Intervals inside the period begin anew.

mod terms;

use attain_sdk::prelude::*;
use terms::{NotCounting, PaidAt, Plan, Rounded, Without};

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Deal<'a> {
    /// The day that says which deal came first. Deals of one day keep the order of their rows.
    #[expect(dead_code, reason = "the host orders by it")]
    close_date: Date,
    /// What the deal is credited with: what it adds to the measure, and what its rate applies to.
    credit: Money,
    /// Whether it advances the measure; a deal without a value does.
    counts: Option<bool>,
    /// The target that the measure is held against: of the period, the year or the interval.
    #[input(when = Plan::target)]
    target: Option<Money>,
    /// What the measure stood at before the first deal here, such as the year so far. None is nothing.
    credit_before: Option<Money>,
    /// The interval in which the deal lies. Each begins anew.
    interval: Option<&'a str>,
}

#[derive(Outputs, Default, Clone)]
struct Paid {
    /// What the deal earns.
    #[output(pay, fold = "sum")]
    commission: Money,
    /// The measure after the deal.
    #[output(info, fold = "last")]
    running: Money,
    /// The measure after the deal over the target; no value without a target.
    #[output(info, fold = "last")]
    attainment: Option<Ratio<6>>,
    /// The tier that is reached after the deal, counted from 1.
    #[output(info, fold = "last")]
    tier: Option<Count>,
}

#[derive(Rules)]
enum Step {
    /// the running measure goes from {before} to {after}
    #[zh("累计业绩由 {before} 变为 {after}")]
    Advances { before: Money, after: Money },
    /// it doesn't count, so the running measure stays at {running}
    #[zh("不计入累计，累计业绩仍为 {running}")]
    Stays { running: Money },
    /// it doesn't count and earns nothing
    #[zh("不计入累计，也不计提")]
    Unpaid,
    /// {credit} from {from} of the target on earns {rate}: {pay}
    #[zh("完成率 {from} 以上的 {credit} 按 {rate} 计提：{pay}")]
    Slice { credit: Money, from: Ratio<6>, rate: Ratio<6>, pay: Money },
    /// {credit} above {from} earns {rate}: {pay}
    #[zh("超过 {from} 的 {credit} 按 {rate} 计提：{pay}")]
    AmountSlice { credit: Money, from: Money, rate: Ratio<6>, pay: Money },
    /// tier {tier} was reached before it, so {credit} earns {rate}: {pay}
    #[zh("此前已达到第 {tier} 档，{credit} 按 {rate} 计提：{pay}")]
    TierBefore { tier: Count, credit: Money, rate: Ratio<6>, pay: Money },
    /// tier {tier} is reached with it, so {credit} earns {rate}: {pay}
    #[zh("计入后达到第 {tier} 档，{credit} 按 {rate} 计提：{pay}")]
    TierAfter { tier: Count, credit: Money, rate: Ratio<6>, pay: Money },
    /// no tier is reached, so {credit} earns nothing
    #[zh("未达到第一档，{credit} 不计提")]
    BelowTiers { credit: Money },
    /// there is no target, so {credit} earns {rate}: {pay}
    #[zh("没有目标，{credit} 按 {rate} 计提：{pay}")]
    NoTarget { credit: Money, rate: Ratio<6>, pay: Money },
    /// rounding: {change}
    #[zh("舍入：{change}")]
    Rounding { change: Money },
}

/// An interval, or the whole period: how far the measure and what it earned have come.
struct Interval<'a> {
    name: Option<&'a str>,
    target: Option<Money>,
    before: Money,
    running: Money,
    earned: Exact,
    paid: Money,
}

#[policy(
    person,
    table = "deals",
    order = "close_date",
    rules = Step,
    zh = "交易按日期先后，以累计业绩已达到的档位计提"
)]
fn running_commission(plan: &Plan, deals: &[Deal<'_>], outs: &mut [Paid], why: &mut impl Why) -> Result<()> {
    let mut intervals: Vec<Interval<'_>> = Vec::with_capacity(1);
    for (i, (deal, out)) in deals.iter().zip(outs).enumerate() {
        let interval = interval(&mut intervals, deal, i)?;
        *out = paid(plan, interval, deal, why.of(i));
    }
    Ok(())
}

/// The interval of a deal, begun if it is its first.
fn interval<'i, 'a>(
    intervals: &'i mut Vec<Interval<'a>>,
    deal: &Deal<'a>,
    row: usize,
) -> Result<&'i mut Interval<'a>> {
    if let Some(first) = intervals.first()
        && first.name.is_some() != deal.interval.is_some()
    {
        let message = "one deal of this person has an `interval` and another has none, expected one in each";
        // Where this one has an interval, it is the first that has none.
        let without = if deal.interval.is_some() { 0 } else { row };
        return Err(Failure::new("missing-value", message).in_row(without));
    }
    // The latest one is the usual one.
    let before = deal.credit_before.unwrap_or_default();
    let known = intervals.iter().rposition(|interval| interval.name == deal.interval);
    let at = known.unwrap_or(intervals.len());
    if known.is_none() {
        intervals.push(Interval {
            name: deal.interval,
            target: deal.target,
            before,
            running: before,
            earned: Exact::ZERO,
            paid: Money::ZERO,
        });
    }
    let interval =
        intervals.get_mut(at).ok_or_else(|| Failure::new("no-interval", "there is no interval"))?;
    let differs = |input: &str, code: &str| {
        let message = format!("`{input}` is another one than in an earlier deal, expected one and the same");
        Failure::new(code, message).in_row(row)
    };
    match () {
        () if interval.target != deal.target => Err(differs("target", "targets-differ")),
        () if interval.before != before => Err(differs("credit_before", "befores-differ")),
        () => Ok(interval),
    }
}

/// What a deal earns, and where the measure stands after it.
fn paid(plan: &Plan, interval: &mut Interval<'_>, deal: &Deal<'_>, why: &mut impl Why) -> Paid {
    let before = interval.running;
    let counts = deal.counts.unwrap_or(true);
    let after = if counts { before + deal.credit } else { before };
    interval.running = after;
    match counts {
        true => why.notes(|| Step::Advances { before, after }),
        false => why.notes(|| Step::Stays { running: after }),
    }
    let per = plan.per(interval.target);
    let pay = earned(plan, per, counts, before, after, deal.credit, why);
    let commission = match plan.rounded {
        Rounded::EachDeal => pay.round(plan.round),
        Rounded::RunningSum => {
            interval.earned += pay;
            let sum: Money = interval.earned.round(plan.round);
            let grown = sum - interval.paid;
            interval.paid = sum;
            grown
        }
    };
    why.settles(Paid::COMMISSION, commission, |change| Step::Rounding { change });
    let target = interval.target.filter(|target| *target > Money::ZERO);
    Paid {
        commission,
        running: after,
        attainment: target.and_then(|target| after.over(target)).map(|share| share.round(Round::HalfUp)),
        tier: per.and_then(|per| plan.tiers.reached(after.units(), per)).map(counted),
    }
}

/// What a deal earns, exactly.
fn earned(
    plan: &Plan,
    per: Option<i64>,
    counts: bool,
    before: Money,
    after: Money,
    credit: Money,
    why: &mut impl Why,
) -> Exact {
    if !counts && plan.not_counting == NotCounting::Unpaid {
        why.notes(|| Step::Unpaid);
        return Exact::ZERO;
    }
    let Some(per) = per else {
        let rate = match plan.without_target {
            Without::Nothing => Exact::ZERO,
            Without::FirstRate => plan.tiers.rate(0),
        };
        let rate_shown = rate.round(Round::HalfUp);
        why.adds(Paid::COMMISSION, credit * rate, |pay| Step::NoTarget { credit, rate: rate_shown, pay });
        return credit * rate;
    };
    // A deal that doesn't advance the measure has the tier that was there before it.
    match if counts { plan.paid_at } else { PaidAt::TierBefore } {
        PaidAt::Split => slices(plan, before, after, per, why),
        PaidAt::TierBefore => whole(plan, before, per, credit, why, |tier, rate, pay| Step::TierBefore {
            tier,
            credit,
            rate,
            pay,
        }),
        PaidAt::TierAfter => whole(plan, after, per, credit, why, |tier, rate, pay| Step::TierAfter {
            tier,
            credit,
            rate,
            pay,
        }),
    }
}

/// Each slice that the measure passed by the rate of its tier. Where it fell, they are taken back.
fn slices(plan: &Plan, before: Money, after: Money, per: i64, why: &mut impl Why) -> Exact {
    let fell = after < before;
    let (start, end) = if fell { (after, before) } else { (before, after) };
    let sum = plan.tiers.marginal(start.units(), end.units(), per, |slice| {
        let slice = if fell { slice.taken_back() } else { slice };
        why.adds(Paid::COMMISSION, slice, |pay| {
            let (credit, rate) = (slice.credit().round(Round::HalfUp), slice.rate().round(Round::HalfUp));
            let from = plan.tiers.from(slice.tier);
            match plan.on_attainment {
                true => Step::Slice { credit, from: from.round(Round::HalfUp), rate, pay },
                false => Step::AmountSlice { credit, from: from.round(Round::HalfUp), rate, pay },
            }
        });
    });
    if fell { -sum } else { sum }
}

/// The whole deal by the tier that the measure reaches.
fn whole(
    plan: &Plan,
    reach: Money,
    per: i64,
    credit: Money,
    why: &mut impl Why,
    told: impl FnOnce(Count, Ratio<6>, Money) -> Step,
) -> Exact {
    let Some(tier) = plan.tiers.reached(reach.units(), per) else {
        why.notes(|| Step::BelowTiers { credit });
        return Exact::ZERO;
    };
    let rate = plan.tiers.rate(tier);
    why.adds(Paid::COMMISSION, credit * rate, |pay| told(counted(tier), rate.round(Round::HalfUp), pay));
    credit * rate
}

/// A tier as people count.
fn counted(tier: usize) -> Count {
    Count::from_units(i64::try_from(tier).unwrap_or(i64::MAX - 1).saturating_add(1))
}

#[cfg(test)]
attain_cases::cases!();
