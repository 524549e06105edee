//! What a lost customer, a return, bad debt or an overdue receivable takes back of what was earned.
//!
//! Each cause takes a share of what the deal had earned. Shares are exact, and what they take together is never
//! more than was earned; it is rounded once. What earlier periods took already isn't taken again.

mod terms;

use attain_sdk::prelude::*;
use terms::{OverdueTakes, Part, Plan, Together};

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Deal {
    /// What was earned on it.
    earned: Money,
    /// The day from which the months are counted.
    #[input(when = Plan::leaving)]
    start_date: Option<Date>,
    /// The day on which the customer left. Who has none is there.
    #[input(when = Plan::leaving)]
    lost_date: Option<Date>,
    /// What of the amount came back so far. No value is nothing.
    #[input(when = Plan::returning)]
    returned: Option<Money>,
    /// What of the amount was written off so far. No value is nothing.
    #[input(when = Plan::owing)]
    bad_debt: Option<Money>,
    /// The deal's amount, of which a part comes back.
    #[input(when = Plan::amount)]
    amount: Option<Money>,
    /// By how many days payment is overdue. No value is not at all.
    #[input(when = Plan::late)]
    days_overdue: Option<Days>,
    /// What earlier periods took back. No value is nothing.
    taken_before: Option<Money>,
}

#[derive(Outputs)]
struct Taken {
    /// What is owed now, above zero: for a later step to recover.
    #[output(info, fold = "sum")]
    owed: Money,
    /// The same below zero: for a plan that posts it at once.
    #[output(info, fold = "sum")]
    adjustment: Money,
    /// What is taken back in all, with what earlier periods took.
    #[output(info, fold = "sum")]
    taken_to_date: Money,
    /// What is left of what was earned.
    #[output(info, fold = "sum")]
    retained: Money,
    /// The share of what was earned that the causes take.
    #[output(info, fold = "max")]
    taken_share: Ratio<6>,
}

#[derive(Rules)]
enum Step {
    /// the customer left in month {month} of {window}, which takes back {share} of {earned}: {taken}
    #[zh("客户在第 {month} 个月流失（窗口期 {window} 个月），{earned} 追回 {share}：{taken}")]
    Lost { month: Count, window: Count, share: Ratio<6>, earned: Money, taken: Money },
    /// the customer left in month {month}, after the window of {window}
    #[zh("客户在第 {month} 个月流失，已过 {window} 个月的窗口期")]
    LostLater { month: Count, window: Count },
    /// {returned} came back, which takes back {share} of {earned}: {taken}
    #[zh("退货 {returned}，{earned} 追回 {share}：{taken}")]
    Returned { returned: Money, share: Ratio<6>, earned: Money, taken: Money },
    /// {bad_debt} was written off, which takes back {share} of {earned}: {taken}
    #[zh("坏账 {bad_debt}，{earned} 追回 {share}：{taken}")]
    BadDebt { bad_debt: Money, share: Ratio<6>, earned: Money, taken: Money },
    /// payment is overdue by {days} day{days|s}, more than {allowed}, which takes back {share} of {earned}: {taken}
    #[zh("逾期 {days} 天，超过 {allowed} 天，{earned} 追回 {share}：{taken}")]
    Overdue { days: Days, allowed: Days, share: Ratio<6>, earned: Money, taken: Money },
    /// payment is overdue by {days} day{days|s}, no more than {allowed}
    #[zh("逾期 {days} 天，未超过 {allowed} 天")]
    NotYetOverdue { days: Days, allowed: Days },
    /// nothing was earned on it, so there is nothing to take back
    #[zh("该交易没有已得提成，无可追回")]
    NothingEarned,
    /// of {causes} causes, only the one that takes the most counts
    #[zh("共 {causes} 项原因，只按追回最多的一项计")]
    Greatest { causes: Count },
    /// no more than was earned is taken back: {change}
    #[zh("追回不超过已得：{change}")]
    AtMost { change: Money },
    /// rounding: {change}
    #[zh("舍入：{change}")]
    Rounding { change: Money },
    /// {taken} was taken back before: {change}
    #[zh("此前已追回 {taken}：{change}")]
    TakenBefore { taken: Money, change: Money },
    /// what was taken back before isn't given back: {change}
    #[zh("此前已追回的部分不退还：{change}")]
    NotGivenBack { change: Money },
    /// as an adjustment of what was earned: {adjustment}
    #[zh("对已得提成的调整额：{adjustment}")]
    Adjustment { adjustment: Money },
}

#[policy(each, table = "deals", rules = Step, zh = "客户流失、退货、坏账或逾期时追回已得提成")]
fn return_clawback(plan: &Plan, deal: Deal, why: &mut impl Why) -> Result<Taken> {
    let earned = deal.earned.max(Money::ZERO);
    if earned == Money::ZERO {
        why.notes(|| Step::NothingEarned);
    }
    let causes = [
        lost(plan, &deal, why)?,
        part(plan.returned, deal.returned, &deal)?.map(|(share, returned)| Cause::Returned(share, returned)),
        part(plan.bad_debt, deal.bad_debt, &deal)?.map(|(share, bad_debt)| Cause::BadDebt(share, bad_debt)),
        overdue(plan, &deal, why),
    ];
    let share = together(plan, earned, causes, why);
    let taken = (earned * share).round(plan.round);
    why.settles(Taken::OWED, taken, |change| Step::Rounding { change });
    let before = deal.taken_before.unwrap_or_default();
    if before != Money::ZERO {
        why.adds(Taken::OWED, -before, |change| Step::TakenBefore { taken: before, change });
    }
    // What isn't given back stays taken, so that it isn't taken again when the cause grows anew.
    let taken_to_date = if plan.gives_back { taken } else { taken.max(before) };
    let owed = taken_to_date - before;
    why.settles(Taken::OWED, owed, |change| Step::NotGivenBack { change });
    if owed != Money::ZERO {
        why.adds(Taken::ADJUSTMENT, -owed, |adjustment| Step::Adjustment { adjustment });
    }
    Ok(Taken {
        owed,
        adjustment: -owed,
        taken_to_date,
        retained: deal.earned - taken_to_date,
        taken_share: share.round(Round::HalfUp),
    })
}

/// What takes something back, and the share of what was earned that it takes.
#[derive(Clone, Copy)]
enum Cause {
    Lost(Exact, Count, Count),
    Returned(Exact, Money),
    BadDebt(Exact, Money),
    Overdue(Exact, Days, Days),
}

impl Cause {
    fn share(self) -> Exact {
        match self {
            Cause::Lost(share, ..)
            | Cause::Returned(share, _)
            | Cause::BadDebt(share, _)
            | Cause::Overdue(share, ..) => share,
        }
    }

    fn told(self, earned: Money, taken: Money) -> Step {
        let share = self.share().round(Round::HalfUp);
        match self {
            Cause::Lost(_, month, window) => Step::Lost { month, window, share, earned, taken },
            Cause::Returned(_, returned) => Step::Returned { returned, share, earned, taken },
            Cause::BadDebt(_, bad_debt) => Step::BadDebt { bad_debt, share, earned, taken },
            Cause::Overdue(_, days, allowed) => Step::Overdue { days, allowed, share, earned, taken },
        }
    }
}

/// The share that all causes take: their sum, or the greatest; at most everything.
fn together(plan: &Plan, earned: Money, causes: [Option<Cause>; 4], why: &mut impl Why) -> Exact {
    let mut share = Exact::ZERO;
    if plan.together == Together::Greatest {
        let mut greatest: Option<Cause> = None;
        for cause in causes.into_iter().flatten() {
            if greatest.is_none_or(|greatest| cause.share() > greatest.share()) {
                greatest = Some(cause);
            }
        }
        let count: Count = causes.iter().flatten().map(|_| Count::from_units(1)).sum();
        if count > Count::from_units(1) {
            why.notes(|| Step::Greatest { causes: count });
        }
        if let Some(cause) = greatest {
            share = cause.share();
            why.adds(Taken::OWED, earned * share, |taken| cause.told(earned, taken));
        }
        return share;
    }
    for cause in causes.into_iter().flatten() {
        share += cause.share();
        why.adds(Taken::OWED, earned * cause.share(), |taken| cause.told(earned, taken));
    }
    if share > Exact::ONE {
        why.changes(Taken::OWED, earned * share, earned, |change| Step::AtMost { change });
    }
    share.at_most(Exact::ONE)
}

/// A customer who left by the end of the period, inside the window.
fn lost(plan: &Plan, deal: &Deal, why: &mut impl Why) -> Result<Option<Cause>> {
    let Some(lost) = plan.lost else { return Ok(None) };
    let Some(lost_date) = deal.lost_date.filter(|day| *day <= plan.last_day) else { return Ok(None) };
    let start_date = needed(deal.start_date, "start_date")?;
    let month = lost.month(start_date, lost_date);
    let (counted, window) = (Count::from_units(month.into()), Count::from_units(lost.within_months.into()));
    if month > lost.within_months {
        why.notes(|| Step::LostLater { month: counted, window });
        return Ok(None);
    }
    Ok(Some(Cause::Lost(lost.share(month), counted, window)))
}

/// The share that a part which came back takes, and the part. What is below zero came back no more than nothing.
fn part(takes: Option<Part>, part: Option<Money>, deal: &Deal) -> Result<Option<(Exact, Money)>> {
    let (Some(takes), Some(part)) = (takes, part.filter(|part| *part > Money::ZERO)) else { return Ok(None) };
    let share = match takes {
        Part::All => Exact::ONE,
        Part::Share(share) => share.exact(),
        Part::InProportion => {
            let amount = needed(deal.amount, "amount")?;
            let share = part.over(amount.max(Money::ZERO)).ok_or_else(|| {
                let message =
                    "`amount` is not above 0, so what came back has no share of it; give the deal's";
                Failure::new("no-amount", message)
            })?;
            share.at_most(Exact::ONE)
        }
    };
    Ok(Some((share, part)))
}

/// A receivable that is overdue by more days than are allowed.
fn overdue(plan: &Plan, deal: &Deal, why: &mut impl Why) -> Option<Cause> {
    let (overdue, days) = (plan.overdue?, deal.days_overdue.filter(|days| *days > Days::ZERO)?);
    let allowed = Days::from_units(overdue.more_than_days.into());
    if days <= allowed {
        why.notes(|| Step::NotYetOverdue { days, allowed });
        return None;
    }
    let share = match overdue.takes {
        OverdueTakes::All => Exact::ONE,
        OverdueTakes::Share(share) => share.exact(),
    };
    Some(Cause::Overdue(share, days, allowed))
}

#[cfg(test)]
attain_cases::cases!();
