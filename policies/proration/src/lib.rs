//! Targets and variable amounts in proportion to the time that somebody was there.
//!
//! The share of a period or of its fiscal year is counted in calendar days, working days or months; parts of a
//! year may weigh differently. The share is exact unless the plan says that the rounded one is used.

mod spans;
mod terms;

use attain_sdk::prelude::*;
use spans::{Part, Span};
use terms::{By, Plan};

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Row {
    /// The first day. Who has none was there before.
    #[input(when = Plan::always)]
    from: Option<Date>,
    /// The last day. Who has none is still there.
    to: Option<Date>,
    /// The target of the whole time.
    #[input(kind = Plan::figures)]
    target: Option<Amount>,
    /// The variable amount of the whole time.
    variable: Option<Money>,
}

#[derive(Outputs)]
#[outputs(plan = Plan)]
struct Prorated {
    /// The share of the time that somebody was there; no value where there is nothing to count.
    #[output(factor, kind = Plan::share_kind)]
    share: Option<Amount>,
    /// The target's part.
    #[output(info, kind = Plan::figures)]
    prorated_target: Option<Amount>,
    /// The variable amount's part.
    #[output(info)]
    prorated_variable: Option<Money>,
}

#[derive(Rules)]
enum Step {
    /// there for none of it
    #[zh("期间内不在岗")]
    NotThere,
    /// there for {there} of {all} day{all|s}: {share}
    #[zh("共 {all} 天，在岗 {there} 天：{share}")]
    Days {
        there: Days,
        all: Days,
        #[place(like = "share")]
        share: Amount,
    },
    /// there for {there} of {all} working day{all|s}: {share}
    #[zh("共 {all} 个工作日，在岗 {there} 个：{share}")]
    WorkingDays {
        there: Days,
        all: Days,
        #[place(like = "share")]
        share: Amount,
    },
    /// there for {there} of {all} month{all|s}: {share}
    #[zh("共 {all} 个月，在岗 {there} 个月：{share}")]
    Months {
        there: Count<2>,
        all: Count,
        #[place(like = "share")]
        share: Amount,
    },
    /// part {part} of the year weighs {weight}, and {there} of it counts
    #[zh("全年第 {part} 段权重 {weight}，其中 {there} 计入")]
    Part { part: Count, weight: Ratio<6>, there: Ratio<6> },
    /// part {part} of the year weighs {weight}, and {there} of it counts: {target} of the target
    #[zh("全年第 {part} 段权重 {weight}，其中 {there} 计入：目标 {target}")]
    PartOfTarget {
        part: Count,
        weight: Ratio<6>,
        there: Ratio<6>,
        #[place(like = "target")]
        target: Amount,
    },
    /// {share} of the year counts
    #[zh("全年按 {share} 计")]
    Weighted {
        #[place(like = "share")]
        share: Amount,
    },
    /// of the target of {target} counts {prorated}
    #[zh("目标 {target} 折算为 {prorated}")]
    Target {
        #[place(like = "target")]
        target: Amount,
        #[place(like = "target")]
        prorated: Amount,
    },
    /// of the variable amount of {variable} counts {prorated}
    #[zh("浮动薪酬 {variable} 折算为 {prorated}")]
    Variable { variable: Money, prorated: Money },
    /// there is nothing to count in a part of the year, so there is no share
    #[zh("有一段时间没有可计的天数，因此算不出比例")]
    NothingToCount,
}

#[policy(each, rules = Step, zh = "目标和浮动薪酬按在岗时间折算")]
fn proration(plan: &Plan, row: Row, why: &mut impl Why) -> Result<Prorated> {
    let there = there(plan, &row);
    let Some(exact) = share(plan, there, row.target, why) else {
        why.notes(|| Step::NothingToCount);
        return Ok(Prorated { share: None, prorated_target: None, prorated_variable: None });
    };
    let share: Amount = (exact * plan.share_scale).round(plan.round);
    explain(plan, there, share, why);
    let used = if plan.rounds_share { share.over(plan.share_scale).unwrap_or(exact) } else { exact };
    let prorated_target = row.target.map(|target| {
        let prorated = (target * used).round(plan.round);
        why.notes(|| Step::Target { target, prorated });
        prorated
    });
    let prorated_variable = row.variable.map(|variable| {
        let prorated = (variable * used).round(plan.round);
        why.notes(|| Step::Variable { variable, prorated });
        prorated
    });
    Ok(Prorated { share: Some(share), prorated_target, prorated_variable })
}

/// The days of the whole time on which somebody was there.
fn there(plan: &Plan, row: &Row) -> Span {
    let day = |date: Date| i64::from(date.days());
    let there = Span {
        first: row.from.map_or(plan.span.first, |from| day(from) + plan.start_moves),
        last: row.to.map_or(plan.span.last, |to| day(to) - plan.end_moves),
    };
    there.within(plan.span)
}

/// What counts of a part of the time, and all that there is of it.
fn counted(plan: &Plan, part: &Part, there: Span) -> (Exact, Exact) {
    let there = there.within(part.span);
    match plan.by {
        By::CalendarDays => (Exact::whole(there.days()), Exact::whole(part.span.days())),
        By::WorkingDays => {
            (Exact::whole(plan.working.among(there)), Exact::whole(plan.working.among(part.span)))
        }
        By::Months => {
            let all = i64::try_from(part.months.len()).unwrap_or(i64::MAX);
            (part.months_there(there, plan.part_month), Exact::whole(all))
        }
    }
}

/// The exact share of the whole time; none where a part has nothing to count.
fn share(plan: &Plan, there: Span, target: Option<Amount>, why: &mut impl Why) -> Option<Exact> {
    let mut share = Exact::ZERO;
    for (number, part) in (1..).zip(&plan.parts) {
        let (counts, all) = counted(plan, part, there);
        let of_part = fraction(counts, all)?;
        share += of_part * part.weight;
        if plan.parts.len() > 1 {
            let (number, weight) = (Count::from_units(number), part.weight);
            let shown = of_part.round(Round::HalfUp);
            why.notes(|| match target {
                None => Step::Part { part: number, weight, there: shown },
                Some(target) => Step::PartOfTarget {
                    part: number,
                    weight,
                    there: shown,
                    target: (target * weight * of_part).round(Round::HalfUp),
                },
            });
        }
    }
    Some(share)
}

/// One over the other. None and all of it are told apart first: most parts are one of the two, and then no
/// fraction has to be added up.
fn fraction(counts: Exact, all: Exact) -> Option<Exact> {
    match counts {
        _ if all.is_zero() => None,
        counts if counts.is_zero() => Some(Exact::ZERO),
        counts if counts == all => Some(Exact::ONE),
        counts => counts.over(all),
    }
}

/// Says how the share came about.
fn explain(plan: &Plan, there: Span, share: Amount, why: &mut impl Why) {
    if there.days() == 0 {
        why.notes(|| Step::NotThere);
    }
    let [part] = plan.parts.as_slice() else {
        why.notes(|| Step::Weighted { share });
        return;
    };
    let (counts, all) = counted(plan, part, there);
    why.notes(|| match plan.by {
        By::CalendarDays => {
            Step::Days { there: counts.round(Round::HalfUp), all: all.round(Round::HalfUp), share }
        }
        By::WorkingDays => {
            Step::WorkingDays { there: counts.round(Round::HalfUp), all: all.round(Round::HalfUp), share }
        }
        By::Months => {
            Step::Months { there: counts.round(Round::HalfUp), all: all.round(Round::HalfUp), share }
        }
    });
}

#[cfg(test)]
attain_cases::cases!();
