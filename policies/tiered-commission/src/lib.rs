//! Credit earns rates that rise, or fall, with attainment or with the amount.
//!
//! *Marginal*: each slice of credit earns the rate of the tier it falls in. *Retroactive*: the whole credit
//! earns the rate of the tier that is reached. *Proportional*: it earns a blend of the rates, of each tier as far
//! as it is filled. Then come the person's multiplier and factor, floor and cap, and
//! the result is rounded. Slices and edges are exact until then.

mod terms;

use attain_sdk::prelude::*;
use terms::{GateResult, Mode, Plan, Rounded, Table, Without};

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Row {
    /// What was credited in the period: sales, margin, units, points.
    #[input(kind = Plan::credit_kind)]
    credit: Amount,
    /// The credit of the year so far, this period's included.
    #[input(kind = Plan::credit_kind, when = Plan::credit_to_date)]
    credit_to_date: Option<Amount>,
    /// The target for it: of the period, or of the year where the year so far counts.
    #[input(kind = Plan::credit_kind, when = Plan::target)]
    target: Option<Amount>,
    /// Multiplies what a person earns: 1.1 for a senior. Where a person has none, it is 1.
    rate_multiplier: Option<Ratio>,
    /// Multiplies the result, such as a score's factor. Where a person has none, it is 1.
    factor: Option<Ratio>,
    /// What the gate asks for.
    #[input(kind = Plan::gate_kind, when = Plan::gate_value)]
    gate: Option<Amount>,
    /// What the gate asks for, exactly: this over `gate_denominator`, such as deals won over deals closed.
    #[input(kind = Plan::gate_kind, when = Plan::gate_parts)]
    gate_numerator: Option<Amount>,
    /// What `gate_numerator` is divided by.
    #[input(kind = Plan::gate_kind, when = Plan::gate_parts)]
    gate_denominator: Option<Amount>,
}

#[derive(Outputs)]
#[outputs(plan = Plan)]
struct Earned {
    /// What is earned.
    #[output(role = Plan::role, kind = Plan::credit_kind)]
    commission: Amount,
    /// Credit over target; no value without a target.
    #[output(info)]
    attainment: Option<Ratio<6>>,
    /// The rate of the tier that is reached, or the blended one.
    #[output(info)]
    rate: Option<Ratio<6>>,
    /// The tier that is reached, counted from 1.
    #[output(info)]
    tier: Option<Count>,
}

#[derive(Rules)]
enum Step {
    /// {credit} of credit from {from} of the target on earns {rate}: {pay}
    #[zh("完成率 {from} 以上的业绩 {credit} 按 {rate} 计提：{pay}")]
    Slice {
        #[place(like = "credit")]
        credit: Amount,
        from: Ratio<6>,
        rate: Ratio<6>,
        #[place(like = "commission")]
        pay: Amount,
    },
    /// {credit} of credit above {from} earns {rate}: {pay}
    #[zh("超过 {from} 的业绩 {credit} 按 {rate} 计提：{pay}")]
    AmountSlice {
        #[place(like = "credit")]
        credit: Amount,
        #[place(like = "credit")]
        from: Amount,
        rate: Ratio<6>,
        #[place(like = "commission")]
        pay: Amount,
    },
    /// tier {tier} is reached, so the whole credit of {credit} earns {rate}: {pay}
    #[zh("达到第 {tier} 档，全部业绩 {credit} 按 {rate} 计提：{pay}")]
    Whole {
        tier: Count,
        #[place(like = "credit")]
        credit: Amount,
        rate: Ratio<6>,
        #[place(like = "commission")]
        pay: Amount,
    },
    /// {share} of tier {tier} is covered, and any tier below it whole, so the whole credit of {credit} earns {rate}: {pay}
    #[zh("第 {tier} 档覆盖 {share}，其下各档全部计入，全部业绩 {credit} 按 {rate} 计提：{pay}")]
    Blended {
        tier: Count,
        share: Ratio<6>,
        #[place(like = "credit")]
        credit: Amount,
        rate: Ratio<6>,
        #[place(like = "commission")]
        pay: Amount,
    },
    /// the credit of {credit} lies below the first tier and earns nothing
    #[zh("业绩 {credit} 未达到第一档，不计提")]
    BelowTiers {
        #[place(like = "credit")]
        credit: Amount,
    },
    /// there is no target, so {credit} earns {rate}: {pay}
    #[zh("没有目标，业绩 {credit} 按 {rate} 计提：{pay}")]
    NoTarget {
        #[place(like = "credit")]
        credit: Amount,
        rate: Ratio<6>,
        #[place(like = "commission")]
        pay: Amount,
    },
    /// the credit of {credit} is below zero and earns {rate}: {pay}
    #[zh("业绩 {credit} 为负，按 {rate} 计提：{pay}")]
    Negative {
        #[place(like = "credit")]
        credit: Amount,
        rate: Ratio<6>,
        #[place(like = "commission")]
        pay: Amount,
    },
    /// the gate is open
    #[zh("已达到门槛")]
    GateOpen,
    /// the gate is closed, so lower rates apply
    #[zh("未达到门槛，适用较低的提成比例")]
    GateLowers,
    /// the gate is closed, so nothing is earned
    #[zh("未达到门槛，不计提")]
    GateClosed,
    /// the personal multiplier is {multiplier}: {change}
    #[zh("个人倍数为 {multiplier}：{change}")]
    Multiplier {
        multiplier: Ratio,
        #[place(like = "commission")]
        change: Amount,
    },
    /// the factor is {factor}: {change}
    #[zh("系数为 {factor}：{change}")]
    Factor {
        factor: Ratio,
        #[place(like = "commission")]
        change: Amount,
    },
    /// at least {floor} is paid: {change}
    #[zh("保底 {floor}：{change}")]
    Floor {
        #[place(like = "commission")]
        floor: Amount,
        #[place(like = "commission")]
        change: Amount,
    },
    /// at most {cap} is paid: {change}
    #[zh("封顶 {cap}：{change}")]
    Cap {
        #[place(like = "commission")]
        cap: Amount,
        #[place(like = "commission")]
        change: Amount,
    },
    /// rounding: {change}
    #[zh("舍入：{change}")]
    Rounding {
        #[place(like = "commission")]
        change: Amount,
    },
}

#[policy(each, rules = Step, zh = "业绩按完成率或金额分档计提")]
fn tiered_commission(plan: &Plan, row: Row, why: &mut impl Why) -> Result<Earned> {
    // What is held against the thresholds: the period's credit, or that of the year so far.
    let reach = if plan.to_date { row.credit_to_date.unwrap_or(row.credit) } else { row.credit };
    let target = row.target.filter(|target| target.units() > 0);
    let attainment = target.and_then(|target| reach.over(target));
    let mut earned = Earned {
        commission: Amount::ZERO,
        attainment: attainment.map(|attainment| attainment.round(Round::HalfUp)),
        rate: None,
        tier: None,
    };
    let table = match plan.gate_for(row.gate, row.gate_numerator, row.gate_denominator) {
        GateResult::NoGate => &plan.table,
        GateResult::Open => {
            why.notes(|| Step::GateOpen);
            &plan.table
        }
        GateResult::Closed(Some(table)) => {
            why.notes(|| Step::GateLowers);
            table
        }
        GateResult::Closed(None) => {
            why.notes(|| Step::GateClosed);
            return Ok(earned);
        }
    };
    // An amount is held against thresholds as it is, which is to say per one.
    let per = if plan.on_attainment { target.map(Amount::units) } else { Some(1) };
    let reached = per.and_then(|per| table.tiers.reached(reach.units(), per));
    earned.tier = reached.map(counted);
    earned.rate = reached.map(|tier| table.shown(tier));
    // Over a year so far, what is below zero takes back what the slices had earned.
    let is_negative = row.credit < Amount::ZERO && !plan.to_date;
    let base = match (per, plan.mode) {
        (None, _) => {
            let earns_nothing = is_negative && plan.negative_credit == Without::Nothing;
            let rate = if earns_nothing { Exact::ZERO } else { plan.without_target.rate(table) };
            why.adds(Earned::COMMISSION, row.credit * rate, |pay| Step::NoTarget {
                credit: row.credit,
                rate: rate.told(),
                pay,
            });
            if plan.without_target == Without::Nothing {
                return Ok(earned);
            }
            row.credit * rate
        }
        (Some(_), _) if is_negative => {
            let rate = plan.negative_credit.rate(table);
            why.adds(Earned::COMMISSION, row.credit * rate, |pay| Step::Negative {
                credit: row.credit,
                rate: rate.told(),
                pay,
            });
            row.credit * rate
        }
        (Some(_), Mode::Retroactive) => whole(table, reached, row.credit, why),
        (Some(per), Mode::Proportional) => {
            let (rate, pay) = blended(plan, table, reached, reach, per, row.credit, why);
            earned.rate = rate;
            pay
        }
        (Some(per), Mode::Marginal) => slices(plan, table, reach - row.credit, reach, per, why),
    };
    earned.commission = finished(plan, base, &row, why);
    Ok(earned)
}

/// The whole credit by the rate of the tier that is reached.
fn whole(table: &Table, reached: Option<usize>, credit: Amount, why: &mut impl Why) -> Exact {
    let Some(tier) = reached else {
        why.notes(|| Step::BelowTiers { credit });
        return Exact::ZERO;
    };
    let pay = credit * table.tiers.rate(tier);
    why.adds(Earned::COMMISSION, pay, |pay| Step::Whole {
        tier: counted(tier),
        credit,
        rate: table.shown(tier),
        pay,
    });
    pay
}

/// The whole credit by the blended rate, and that rate as people see it.
fn blended(
    plan: &Plan,
    table: &Table,
    reached: Option<usize>,
    reach: Amount,
    per: i64,
    credit: Amount,
    why: &mut impl Why,
) -> (Option<Ratio<6>>, Exact) {
    let Some(tier) = reached else {
        why.notes(|| Step::BelowTiers { credit });
        return (None, Exact::ZERO);
    };
    let (share, rate, pay) = blend(plan, table, tier, reach, per, credit);
    why.adds(Earned::COMMISSION, pay, |pay| Step::Blended {
        tier: counted(tier),
        share: share.told(),
        credit,
        rate: rate.told(),
        pay,
    });
    (Some(shown(rate)), pay)
}

/// The share of the tier that is covered, the blended rate, and what the credit earns by it.
#[inline(never)]
fn blend(
    plan: &Plan,
    table: &Table,
    tier: usize,
    reach: Amount,
    per: i64,
    credit: Amount,
) -> (Exact, Exact, Exact) {
    let share = plan.covered(table, tier, reach.over(Exact::whole(per)).unwrap_or(Exact::ZERO));
    let filled: Exact = (0..tier).map(|below| table.tiers.rate(below)).sum();
    let rate = filled + share * table.tiers.rate(tier);
    (share, rate, credit * rate)
}

/// Each slice by the rate of its tier: exact, or each rounded. Where the year so far shrank, what its slices
/// had earned is taken back.
#[inline]
fn slices(plan: &Plan, table: &Table, before: Amount, reach: Amount, per: i64, why: &mut impl Why) -> Exact {
    if plan.rounded == Rounded::PerSlice {
        return rounded_slices(plan, table, before, reach, per, why);
    }
    let (shrank, start, end) = span(before, reach);
    let sum = table.tiers.marginal(start, end, per, |slice| {
        let slice = turned(shrank, slice);
        why.adds(Earned::COMMISSION, slice, |pay| told(plan, table, slice, pay));
    });
    if shrank { -sum } else { sum }
}

#[inline(never)]
fn rounded_slices(
    plan: &Plan,
    table: &Table,
    before: Amount,
    reach: Amount,
    per: i64,
    why: &mut impl Why,
) -> Exact {
    let (shrank, start, end) = span(before, reach);
    let mut sum = Amount::ZERO;
    table.tiers.marginal(start, end, per, |slice| {
        let slice = turned(shrank, slice);
        let pay = rounded(slice, plan.round);
        why.adds(Earned::COMMISSION, pay, |pay| told(plan, table, slice, pay));
        sum += pay;
    });
    sum.exact()
}

/// What a slice earns, in whole cents.
#[inline(never)]
fn rounded(slice: Slice, round: Round) -> Amount {
    slice.pay().round(round)
}

/// From where to where, the lower first, and whether the year so far shrank.
#[inline]
fn span(before: Amount, reach: Amount) -> (bool, i64, i64) {
    let shrank = reach < before;
    let (start, end) = if shrank { (reach, before) } else { (before, reach) };
    (shrank, start.units(), end.units())
}

#[inline]
fn turned(shrank: bool, slice: Slice) -> Slice {
    if shrank { slice.taken_back() } else { slice }
}

fn told(plan: &Plan, table: &Table, slice: Slice, pay: Amount) -> Step {
    let (credit, rate) = (slice.credit().told(), table.shown(slice.tier));
    let from = table.tiers.from(slice.tier);
    match plan.on_attainment {
        true => Step::Slice { credit, from: from.told(), rate, pay },
        false => Step::AmountSlice { credit, from: from.told(), rate, pay },
    }
}

/// Multiplier, factor, the rounding, floor and cap. Floor and cap are whole cents, so it makes no difference to the
/// commission that they come last.
#[inline]
fn finished(plan: &Plan, base: Exact, row: &Row, why: &mut impl Why) -> Amount {
    let mut pay = base;
    if let Some(multiplier) = row.rate_multiplier {
        let before = pay;
        pay = pay * multiplier;
        why.changes(Earned::COMMISSION, before, pay, |change| Step::Multiplier { multiplier, change });
    }
    if let Some(factor) = row.factor {
        let before = pay;
        pay = pay * factor;
        why.changes(Earned::COMMISSION, before, pay, |change| Step::Factor { factor, change });
    }
    let mut commission: Amount = pay.round(plan.round);
    why.settles(Earned::COMMISSION, commission, |change| Step::Rounding { change });
    if let Some(floor) = plan.floor.filter(|floor| commission < *floor) {
        why.settles(Earned::COMMISSION, floor, |change| Step::Floor { floor, change });
        commission = floor;
    }
    if let Some(cap) = plan.cap.filter(|cap| commission > *cap) {
        why.settles(Earned::COMMISSION, cap, |change| Step::Cap { cap, change });
        commission = cap;
    }
    commission
}

/// A tier as people count.
fn counted(tier: usize) -> Count {
    Count::from_units(i64::try_from(tier).unwrap_or(i64::MAX - 1) + 1)
}

/// A rate or a threshold as a sentence shows it.
fn shown(rate: Exact) -> Ratio<6> {
    rate.round(Round::HalfUp)
}

#[cfg(test)]
attain_cases::cases!();
