//! Other business makes up for part of a missed target.
//!
//! Senior people may count innovation or cross-border business toward a target that they missed: each kind at
//! its rate of exchange, in all at most a share of the target, and never more than is missing.

mod terms;

use attain_sdk::prelude::*;
use terms::Plan;

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Row<'a> {
    /// The other business that the parameters name.
    #[input(each = Plan::inputs)]
    sources: Cells<'a>,
    /// What was credited toward the target.
    #[input(kind = Plan::figures)]
    credit: Amount,
    /// The target.
    #[input(kind = Plan::figures, when = Plan::always)]
    target: Option<Amount>,
    /// The person's role.
    #[input(when = Plan::role)]
    role: Option<&'a str>,
    /// The person's level.
    #[input(when = Plan::level)]
    level: Option<Count>,
}

#[derive(Outputs)]
#[outputs(plan = Plan)]
struct Adjusted {
    /// What other business makes up for.
    #[output(info, kind = Plan::figures)]
    offset: Amount,
    /// Credit and offset.
    #[output(info, kind = Plan::figures)]
    adjusted_credit: Amount,
    /// What is still missing; no value without a target.
    #[output(info, kind = Plan::figures)]
    still_missing: Option<Amount>,
    /// Credit over target; no value without a target.
    #[output(info)]
    attainment: Option<Ratio<6>>,
    /// Credit and offset over target; no value without a target.
    #[output(info)]
    adjusted_attainment: Option<Ratio<6>>,
}

#[derive(Rules)]
enum Step {
    /// there is no target, so there is nothing to make up for
    #[zh("没有目标，无需抵扣")]
    NoTarget,
    /// the target of {target} is met
    #[zh("目标 {target} 已完成，无需抵扣")]
    Met {
        #[place(like = "target")]
        target: Amount,
    },
    /// {missing} of the target of {target} is missing
    #[zh("目标 {target}，尚缺 {missing}")]
    Missing {
        #[place(like = "target")]
        target: Amount,
        #[place(like = "target")]
        missing: Amount,
    },
    /// this role or level may not make up for it
    #[zh("该岗位或级别不适用抵扣")]
    NotEntitled,
    /// {source} of {amount} at {rate}: {offset}
    #[zh("{source} {amount}，按 {rate} 折算：{offset}")]
    Source {
        source: InputName,
        #[place(like = "source")]
        amount: Amount,
        rate: Ratio<6>,
        #[place(like = "offset")]
        offset: Amount,
    },
    /// {source} makes up for at most {share} of the target: {change}
    #[zh("{source} 最多抵扣目标的 {share}：{change}")]
    SourceLimit {
        source: InputName,
        share: Ratio<6>,
        #[place(like = "offset")]
        change: Amount,
    },
    /// in all at most {share} of the target: {change}
    #[zh("合计最多抵扣目标的 {share}：{change}")]
    Limit {
        share: Ratio<6>,
        #[place(like = "offset")]
        change: Amount,
    },
    /// only {missing} is missing: {change}
    #[zh("以缺口 {missing} 为限：{change}")]
    OnlyMissing {
        #[place(like = "target")]
        missing: Amount,
        #[place(like = "offset")]
        change: Amount,
    },
    /// rounding: {change}
    #[zh("舍入：{change}")]
    Rounding {
        #[place(like = "offset")]
        change: Amount,
    },
}

#[policy(each, rules = Step, zh = "符合条件者可用创新、跨境等业务抵扣部分未完成的目标")]
fn target_offset(plan: &Plan, row: Row<'_>, why: &mut impl Why) -> Result<Adjusted> {
    let Some(target) = row.target.filter(|target| *target > Amount::ZERO) else {
        why.notes(|| Step::NoTarget);
        return Ok(Adjusted {
            offset: Amount::ZERO,
            adjusted_credit: row.credit,
            still_missing: None,
            attainment: None,
            adjusted_attainment: None,
        });
    };
    let missing = (target - row.credit).max(Amount::ZERO);
    let offset = if missing == Amount::ZERO {
        why.notes(|| Step::Met { target });
        Amount::ZERO
    } else {
        why.notes(|| Step::Missing { target, missing });
        offset(plan, &row, target, missing, why)
    };
    let attainment = |credit: Amount| credit.over(target).map(|value| value.round(Round::HalfUp));
    let adjusted_credit = row.credit + offset;
    Ok(Adjusted {
        offset,
        adjusted_credit,
        still_missing: Some(missing - offset),
        attainment: attainment(row.credit),
        adjusted_attainment: attainment(adjusted_credit),
    })
}

/// What other business makes up for.
fn offset(plan: &Plan, row: &Row<'_>, target: Amount, missing: Amount, why: &mut impl Why) -> Amount {
    if !plan.admits(row.role, row.level) {
        why.notes(|| Step::NotEntitled);
        return Amount::ZERO;
    }
    let mut sum = Exact::ZERO;
    for (i, source) in plan.sources.iter().enumerate() {
        let Some(amount) = row.sources.get(i).filter(|amount| *amount > 0) else { continue };
        let name = source.name;
        let mut made_up = Exact::whole(amount) * source.exchange;
        why.adds(Adjusted::OFFSET, made_up, |offset| Step::Source {
            source: name,
            amount: Amount::from_units(amount),
            rate: source.rate.round(Round::HalfUp),
            offset,
        });
        if let Some(share) = source.at_most
            && made_up > target * share
        {
            why.changes(Adjusted::OFFSET, made_up, target * share, |change| Step::SourceLimit {
                source: name,
                share,
                change,
            });
            made_up = target * share;
        }
        sum += made_up;
    }
    let (share, most) = (plan.at_most, target * plan.at_most);
    if sum > most {
        why.changes(Adjusted::OFFSET, sum, most, |change| Step::Limit { share, change });
        sum = most;
    }
    if sum > missing.exact() {
        why.changes(Adjusted::OFFSET, sum, missing, |change| Step::OnlyMissing { missing, change });
        sum = missing.exact();
    }
    let offset = sum.round(plan.round);
    why.settles(Adjusted::OFFSET, offset, |change| Step::Rounding { change });
    offset
}

#[cfg(test)]
attain_cases::cases!();
