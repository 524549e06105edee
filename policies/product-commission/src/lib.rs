//! Each deal earns the rate of its product line, on revenue, margin or quantity.
//!
//! What the plan subtracts comes off the base first. The part of a deal that lies past target may earn another
//! rate; a customer's first contract may pay a multiple, and an award. A deal is exact until it is rounded once.

mod terms;

use attain_sdk::prelude::*;
use terms::{Base, BelowZero, Line, Plan};

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Deal<'a> {
    /// The product line that was sold.
    #[input(when = Plan::line_need)]
    line: Option<&'a str>,
    /// The deal's price.
    #[input(when = Plan::revenue)]
    revenue: Option<Money>,
    /// What the deal costs the company.
    #[input(when = Plan::cost)]
    cost: Option<Money>,
    /// How many units were sold.
    #[input(kind = Plan::base_kind, when = Plan::quantity)]
    quantity: Option<Amount>,
    /// How much of the base lies past target. Who has no value has none past it.
    #[input(kind = Plan::base_kind, when = Plan::past_target)]
    past_target: Option<Amount>,
    /// Whether it is the customer's first contract; no value is no.
    #[input(when = Plan::signing)]
    first_contract: Option<bool>,
    /// The customer's grade.
    #[input(when = Plan::signing)]
    customer_grade: Option<&'a str>,
}

#[derive(Outputs)]
#[outputs(plan = Plan)]
struct Earned {
    /// What the deal earns.
    #[output(pay, fold = "sum")]
    commission: Money,
    /// What a first contract pays on top.
    #[output(pay, fold = "sum")]
    award: Money,
    /// What the rates applied to: revenue, margin or quantity, less what is subtracted.
    #[output(info, kind = Plan::base_kind, fold = "sum")]
    base: Amount,
}

#[derive(Rules)]
enum Step {
    /// a price of {revenue} less a cost of {cost} leaves a margin of {margin}
    #[zh("售价 {revenue} 减去成本 {cost}，毛利为 {margin}")]
    Margin { revenue: Money, cost: Money, margin: Money },
    /// of {gross}, {subtracted} is taken off first: {left} counts
    #[zh("{gross} 先扣除 {subtracted}，以 {left} 为基数")]
    Subtracted {
        #[place(like = "base")]
        gross: Amount,
        #[place(like = "base")]
        subtracted: Amount,
        #[place(like = "base")]
        left: Amount,
    },
    /// a quantity of {quantity} times {multiplier} is {base}
    #[zh("数量 {quantity} 乘以 {multiplier}，以 {base} 为基数")]
    Multiplied {
        #[place(like = "base")]
        quantity: Amount,
        multiplier: Ratio<6>,
        #[place(like = "base")]
        base: Amount,
    },
    /// the product line has no rate of its own, so the default one applies
    #[zh("该产品线没有单独的提成标准，适用默认标准")]
    DefaultRate,
    /// the base of {base} is below zero, so nothing is earned
    #[zh("计提基数 {base} 为负，不计提")]
    BelowZero {
        #[place(like = "base")]
        base: Amount,
    },
    /// {part} earns {rate}: {pay}
    #[zh("{part} 按 {rate} 计提：{pay}")]
    Rate {
        #[place(like = "base")]
        part: Amount,
        rate: Ratio<6>,
        pay: Money,
    },
    /// {part} past the target earns {rate}: {pay}
    #[zh("超出目标的 {part} 按 {rate} 计提：{pay}")]
    RatePastTarget {
        #[place(like = "base")]
        part: Amount,
        rate: Ratio<6>,
        pay: Money,
    },
    /// {part} unit{part|s} at {amount} each: {pay}
    #[zh("{part} 件，每件 {amount}：{pay}")]
    PerUnit {
        #[place(like = "base")]
        part: Amount,
        amount: Money,
        pay: Money,
    },
    /// {part} unit{part|s} past the target at {amount} each: {pay}
    #[zh("超出目标的 {part} 件，每件 {amount}：{pay}")]
    PerUnitPastTarget {
        #[place(like = "base")]
        part: Amount,
        amount: Money,
        pay: Money,
    },
    /// a first contract with a customer of this grade pays {multiple} of the usual: {change}
    #[zh("该等级客户首次签约，按常规提成的 {multiple} 计：{change}")]
    FirstSigning { multiple: Ratio<6>, change: Money },
    /// a first contract with a customer of this grade is awarded {award}
    #[zh("该等级客户首次签约，另奖 {award}")]
    Award { award: Money },
    /// rounding: {change}
    #[zh("舍入：{change}")]
    Rounding { change: Money },
}

#[policy(each, table = "deals", rules = Step, zh = "每笔交易按产品线的标准，以收入、毛利或数量计提")]
fn product_commission(plan: &Plan, deal: Deal<'_>, why: &mut impl Why) -> Result<Earned> {
    let (line, is_default) = plan.line(deal.line)?;
    let gross = gross(plan, &deal, why)?;
    let left = left(plan, gross, why);
    let base = left * plan.multiplier;
    let mut earned = Earned { commission: Money::ZERO, award: Money::ZERO, base: base.round(Round::HalfUp) };
    if left < Amount::ZERO && plan.below_zero == BelowZero::Nothing {
        why.notes(|| Step::BelowZero { base: earned.base });
        return Ok(earned);
    }
    if plan.multiplier != Exact::ONE {
        why.notes(|| Step::Multiplied {
            quantity: left,
            multiplier: plan.multiplier.round(Round::HalfUp),
            base: earned.base,
        });
    }
    if is_default {
        why.notes(|| Step::DefaultRate);
    }
    let mut pay = by_line(plan, line, left, deal.past_target, why);
    if let Some(first) = plan.first_signing(deal.first_contract, deal.customer_grade) {
        let usual = pay;
        pay = pay * first.multiple;
        why.changes(Earned::COMMISSION, usual, pay, |change| Step::FirstSigning {
            multiple: first.multiple,
            change,
        });
        if left >= Amount::ZERO && first.award != Money::ZERO {
            earned.award = first.award;
            why.adds(Earned::AWARD, first.award, |award| Step::Award { award });
        }
    }
    earned.commission = pay.round(plan.round);
    why.settles(Earned::COMMISSION, earned.commission, |change| Step::Rounding { change });
    Ok(earned)
}

/// The base, before anything is taken off.
fn gross(plan: &Plan, deal: &Deal<'_>, why: &mut impl Why) -> Result<Amount> {
    let amount = |money: Money| Amount::from_units(money.units());
    match plan.base {
        Base::Revenue => needed(deal.revenue, "revenue").map(amount),
        Base::Quantity => needed(deal.quantity, "quantity"),
        Base::Margin => {
            let (revenue, cost) = (needed(deal.revenue, "revenue")?, needed(deal.cost, "cost")?);
            let margin = revenue - cost;
            why.notes(|| Step::Margin { revenue, cost, margin });
            Ok(amount(margin))
        }
    }
}

/// What is left when the plan's amount or quantity is taken off, toward zero: at most everything. What is below
/// zero is the mirror image, so that a return takes back what the deal had earned.
fn left(plan: &Plan, gross: Amount, why: &mut impl Why) -> Amount {
    if plan.subtract == Amount::ZERO {
        return gross;
    }
    let left = match gross < Amount::ZERO {
        true => (gross + plan.subtract).min(Amount::ZERO),
        false => (gross - plan.subtract).max(Amount::ZERO),
    };
    why.notes(|| Step::Subtracted { gross, subtracted: gross - left, left });
    left
}

/// The usual part and the part past target, each by its rate.
fn by_line(plan: &Plan, line: Line, left: Amount, past: Option<Amount>, why: &mut impl Why) -> Exact {
    let (least, most) = (left.min(Amount::ZERO), left.max(Amount::ZERO));
    let past = past.map_or(Amount::ZERO, |past| past.clamp(least, most));
    let mut pay = Exact::ZERO;
    let parts = match line.past_target {
        Some(rate) => [(false, left - past, line.usual), (true, past, rate)],
        None => [(false, left, line.usual), (true, Amount::ZERO, Exact::ZERO)],
    };
    for (is_past, part, rate) in parts {
        // A part that is empty isn't told, unless the whole deal is.
        if part == Amount::ZERO && (is_past || left != Amount::ZERO) {
            continue;
        }
        let part = part * plan.multiplier;
        pay += part * rate;
        why.adds(Earned::COMMISSION, part * rate, |pay| told(plan, is_past, part, rate, pay));
    }
    pay
}

fn told(plan: &Plan, is_past: bool, part: Exact, rate: Exact, pay: Money) -> Step {
    let part = part.round(Round::HalfUp);
    if plan.base == Base::Quantity {
        let amount = (rate * plan.scale).round(Round::HalfUp);
        return match is_past {
            false => Step::PerUnit { part, amount, pay },
            true => Step::PerUnitPastTarget { part, amount, pay },
        };
    }
    let rate = rate.round(Round::HalfUp);
    match is_past {
        false => Step::Rate { part, rate, pay },
        true => Step::RatePastTarget { part, rate, pay },
    }
}

#[cfg(test)]
attain_cases::cases!();
