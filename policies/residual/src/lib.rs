//! A rate on the first year's contract, then one on monthly recurring revenue.
//!
//! Months are counted by the calendar from the month in which a customer begins, which is month 1. The residual is
//! paid for each month of the period that lies inside the window, as long as the customer is retained.

use attain_sdk::prelude::*;

/// What a plan sets.
#[derive(Parameters)]
struct Terms {
    /// The share of the first year's contract that is paid in month 1.
    #[parameter(default = "0", min = "0")]
    initial_rate: Ratio<6>,
    /// What the first year's contract is.
    #[parameter(default = "contract")]
    first_year: FirstYear,
    /// The share of each month's recurring revenue.
    #[parameter(default = "0", min = "0")]
    residual_rate: Ratio<6>,
    /// The month from which on the residual is paid.
    #[parameter(default = 1, min = "1", max = "1200")]
    residual_from: i32,
    /// How many months the window has, counted from month 1. None means that it never closes.
    #[parameter(min = "1", max = "1200")]
    window_months: Option<i32>,
    /// How each of the two becomes whole cents.
    #[parameter(default = "half-up")]
    round: Round,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum FirstYear {
    /// The input `contract`.
    Contract,
    /// Twelve times the monthly recurring revenue.
    TwelveMonths,
}

/// What the rule works with.
struct Plan {
    terms: Terms,
    first: Date,
    last: Date,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, period: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        if !["month", "quarter", "year"].contains(&period.kind.as_str()) {
            let message = format!(
                "a residual is paid by the month and the plan's period is a {}; expected a month, quarter or year",
                period.kind
            );
            wrong.add("wrong-period", message);
        }
        if terms.initial_rate == Ratio::ZERO && terms.residual_rate == Ratio::ZERO {
            let message = "nothing is paid; set `initial_rate`, `residual_rate` or both".to_owned();
            wrong.add("no-rate", message);
        }
        if let Some(window) = terms.window_months
            && window < terms.residual_from
        {
            let message = format!("the window closes after month {window}, before the residual begins");
            wrong.at("residual_from", "out-of-range", message);
        }
        Some(Plan { terms, first: period.first, last: period.last })
    }
}

impl Plan {
    fn always(&self) -> Need {
        Need::Required
    }

    fn contract(&self) -> Need {
        Need::if_so(self.terms.initial_rate > Ratio::ZERO && self.terms.first_year == FirstYear::Contract)
    }

    fn mrr(&self) -> Need {
        let of_twelve =
            self.terms.initial_rate > Ratio::ZERO && self.terms.first_year == FirstYear::TwelveMonths;
        Need::if_so(self.terms.residual_rate > Ratio::ZERO || of_twelve)
    }

    /// The last month of the window.
    fn window(&self) -> i32 {
        self.terms.window_months.unwrap_or(i32::MAX)
    }
}

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Customer {
    /// A day of the customer's first month. Who has none hasn't begun.
    #[input(when = Plan::always)]
    start_date: Option<Date>,
    /// What the first year's contract is worth.
    #[input(when = Plan::contract)]
    contract: Option<Money>,
    /// The revenue that recurs each month.
    #[input(when = Plan::mrr)]
    mrr: Option<Money>,
    /// Whether the customer is still there; who has no value is.
    retained: Option<bool>,
}

#[derive(Outputs)]
struct Earned {
    /// What the first year's contract pays.
    #[output(pay, fold = "sum")]
    initial: Money,
    /// What the recurring revenue pays.
    #[output(pay, fold = "sum")]
    residual: Money,
    /// The month that the period ends in, the first being 1; no value before it.
    #[output(info, fold = "max")]
    month: Option<Count>,
    /// Whether a month of the period lies inside the window.
    #[output(info, fold = "any")]
    inside: bool,
}

#[derive(Rules)]
enum Step {
    /// the customer hasn't begun
    #[zh("客户的合作尚未开始")]
    NotBegun,
    /// the period ends in month {month}
    #[zh("本期末为合作的第 {month} 个月")]
    Month { month: Count },
    /// the window of {window} month{window|s} has closed
    #[zh("{window} 个月的窗口期已结束")]
    Closed { window: Count },
    /// the first year's contract of {contract} earns {rate}: {pay}
    #[zh("首年合同金额 {contract} 按 {rate} 计提：{pay}")]
    Initial { contract: Money, rate: Ratio<6>, pay: Money },
    /// {months} month{months|s} of {mrr} {months|earns|each earn} {rate}: {pay}
    #[zh("{months} 个月，每月 {mrr}，按 {rate} 计提：{pay}")]
    Residual { months: Count, mrr: Money, rate: Ratio<6>, pay: Money },
    /// the customer isn't retained, so recurring revenue earns nothing
    #[zh("客户已流失，经常性收入不再计提")]
    NotRetained,
    /// rounding of the first year: {change}
    #[zh("首年部分舍入：{change}")]
    RoundingInitial { change: Money },
    /// rounding: {change}
    #[zh("舍入：{change}")]
    Rounding { change: Money },
}

#[policy(each, table = "customers", rules = Step, zh = "首年合同按比例计提，此后按月度经常性收入计提")]
fn residual(plan: &Plan, customer: Customer, why: &mut impl Why) -> Result<Earned> {
    let mut earned = Earned { initial: Money::ZERO, residual: Money::ZERO, month: None, inside: false };
    let month_of = |start: Date, day: Date| start.calendar_months_to(day).saturating_add(1);
    let months = customer.start_date.map(|start| (month_of(start, plan.first), month_of(start, plan.last)));
    let Some((first, last)) = months.filter(|(_, last)| *last >= 1) else {
        why.notes(|| Step::NotBegun);
        return Ok(earned);
    };
    let month = Count::from_units(last.into());
    earned.month = Some(month);
    earned.inside = first <= plan.window();
    why.notes(|| Step::Month { month });
    if !earned.inside {
        why.notes(|| Step::Closed { window: Count::from_units(plan.window().into()) });
        return Ok(earned);
    }
    if first <= 1 && plan.terms.initial_rate > Ratio::ZERO {
        earned.initial = initial(plan, &customer, why)?;
    }
    let paid_from = first.max(plan.terms.residual_from);
    let months = i64::from(last.min(plan.window())) - i64::from(paid_from) + 1;
    if months > 0 && plan.terms.residual_rate > Ratio::ZERO {
        earned.residual = recurring(plan, &customer, Count::from_units(months), why)?;
    }
    Ok(earned)
}

/// What the first year's contract pays.
fn initial(plan: &Plan, customer: &Customer, why: &mut impl Why) -> Result<Money> {
    let rate = plan.terms.initial_rate;
    let contract = match plan.terms.first_year {
        FirstYear::Contract => needed(customer.contract, "contract")?,
        FirstYear::TwelveMonths => (needed(customer.mrr, "mrr")? * Exact::whole(12)).round(plan.terms.round),
    };
    let pay = (contract * rate).round(plan.terms.round);
    why.adds(Earned::INITIAL, contract * rate, |pay| Step::Initial { contract, rate, pay });
    why.settles(Earned::INITIAL, pay, |change| Step::RoundingInitial { change });
    Ok(pay)
}

/// What so many months of recurring revenue pay.
fn recurring(plan: &Plan, customer: &Customer, months: Count, why: &mut impl Why) -> Result<Money> {
    if customer.retained == Some(false) {
        why.notes(|| Step::NotRetained);
        return Ok(Money::ZERO);
    }
    let (mrr, rate) = (needed(customer.mrr, "mrr")?, plan.terms.residual_rate);
    let exact = mrr * months * rate;
    let pay = exact.round(plan.terms.round);
    why.adds(Earned::RESIDUAL, exact, |pay| Step::Residual { months, mrr, rate, pay });
    why.settles(Earned::RESIDUAL, pay, |change| Step::Rounding { change });
    Ok(pay)
}

#[cfg(test)]
attain_cases::cases!();
