//! Months since hire set the share of the target, what is judged, and what is guaranteed.
//!
//! A newcomer is judged on process first and on results step by step; the target grows with them, and for the
//! first months pay is guaranteed. The last step of the ramp is what everybody else has.

mod ramp;

use attain_sdk::prelude::*;
use ramp::{Guarantee, Plan, Stage};

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Row {
    /// The first day of work. Who has none is past the ramp.
    #[input(when = Plan::always)]
    hire_date: Option<Date>,
    /// The full target.
    #[input(kind = Plan::figures)]
    target: Option<Amount>,
    /// What was reported, before the share that is credited.
    #[input(kind = Plan::figures)]
    reported: Option<Amount>,
    /// The score of results.
    #[input(kind = Plan::scores)]
    results: Option<Amount>,
    /// The score of process: visits, calls, quality of leads.
    #[input(kind = Plan::scores)]
    process: Option<Amount>,
    /// What the period pays without the guarantee.
    #[input(when = Plan::earned)]
    earned: Option<Money>,
}

#[derive(Outputs)]
#[outputs(plan = Plan)]
struct Ramped {
    /// The month of work, the first being 1.
    #[output(info)]
    month: Option<Count>,
    /// The share of the target that counts.
    #[output(info, kind = Plan::figures)]
    ramped_target: Option<Amount>,
    /// The share of what was reported that counts.
    #[output(info, kind = Plan::figures)]
    credited: Option<Amount>,
    /// What results count for.
    #[output(info)]
    results_weight: Ratio<6>,
    /// What process counts for.
    #[output(info)]
    process_weight: Ratio<6>,
    /// Results and process, weighted; no value where one that counts has none.
    #[output(score, kind = Plan::scores)]
    score: Option<Amount>,
    /// What is paid on top.
    #[output(pay)]
    top_up: Money,
    /// What was earned and what is paid on top.
    #[output(info)]
    total: Option<Money>,
}

#[derive(Rules)]
enum Step {
    /// month {month} of work
    #[zh("入职第 {month} 个月")]
    Month { month: Count },
    /// no date of hire, so past the ramp
    #[zh("没有入职日期，视为已过爬坡期")]
    NoDate,
    /// not hired yet
    #[zh("尚未入职")]
    NotHired,
    /// {share} of the target of {target} counts: {ramped}
    #[zh("目标 {target} 按 {share} 计：{ramped}")]
    Target {
        share: Ratio<6>,
        #[place(like = "target")]
        target: Amount,
        #[place(like = "target")]
        ramped: Amount,
    },
    /// {share} of the reported {reported} is credited: {credited}
    #[zh("上报 {reported} 按 {share} 计入：{credited}")]
    Credit {
        share: Ratio<6>,
        #[place(like = "reported")]
        reported: Amount,
        #[place(like = "reported")]
        credited: Amount,
    },
    /// results of {results} count {weight}: {points}
    #[zh("结果得分 {results}，权重 {weight}：{points}")]
    Results {
        #[place(like = "results")]
        results: Amount,
        weight: Ratio<6>,
        #[place(like = "score")]
        points: Amount,
    },
    /// process of {process} counts {weight}: {points}
    #[zh("过程得分 {process}，权重 {weight}：{points}")]
    Process {
        #[place(like = "process")]
        process: Amount,
        weight: Ratio<6>,
        #[place(like = "score")]
        points: Amount,
    },
    /// rounding: {change}
    #[zh("舍入：{change}")]
    Rounding {
        #[place(like = "score")]
        change: Amount,
    },
    /// {guarantee} is guaranteed and {earned} was earned: {top_up}
    #[zh("保底 {guarantee}，已得 {earned}，补足：{top_up}")]
    TopUp { guarantee: Money, earned: Money, top_up: Money },
    /// {top_up} is added to what was earned
    #[zh("在已得之外另加 {top_up}")]
    Added { top_up: Money },
}

#[policy(each, rules = Step, zh = "按入职月数确定目标比例、考核权重和保底收入")]
fn new_hire_ramp(plan: &Plan, row: Row, why: &mut impl Why) -> Result<Ramped> {
    let month = row.hire_date.map(|hired| plan.month(hired));
    match month {
        None => why.notes(|| Step::NoDate),
        Some(month) if month < 1 => {
            why.notes(|| Step::NotHired);
            return Ok(Ramped::nothing(row.earned));
        }
        Some(month) => why.notes(|| Step::Month { month: Count::from_units(month.into()) }),
    }
    let stage = plan.stage(month);
    let ramped_target = row.target.map(|target| {
        let ramped = (target * stage.target_share).round(plan.round);
        why.notes(|| Step::Target { share: stage.target_share, target, ramped });
        ramped
    });
    let credited = row.reported.map(|reported| {
        let credited = (reported * stage.credit_share).round(plan.round);
        why.notes(|| Step::Credit { share: stage.credit_share, reported, credited });
        credited
    });
    let score = score(plan, stage, &row, why);
    let top_up = guarantee(plan, stage, &row, why)?;
    Ok(Ramped {
        month: month.map(|month| Count::from_units(month.into())),
        ramped_target,
        credited,
        results_weight: stage.results_weight,
        process_weight: stage.process_weight(),
        score,
        top_up,
        total: row.earned.map(|earned| earned + top_up),
    })
}

/// Results and process, weighted. What counts for nothing needs no value.
fn score(plan: &Plan, stage: &Stage, row: &Row, why: &mut impl Why) -> Option<Amount> {
    let (results_weight, process_weight) = (stage.results_weight, stage.process_weight());
    let mut sum = Exact::ZERO;
    if results_weight > Ratio::ZERO {
        sum += row.results? * results_weight;
    }
    if process_weight > Ratio::ZERO {
        sum += row.process? * process_weight;
    }
    if let (Some(results), true) = (row.results, results_weight > Ratio::ZERO) {
        why.adds(Ramped::SCORE, results * results_weight, |points| Step::Results {
            results,
            weight: results_weight,
            points,
        });
    }
    if let (Some(process), true) = (row.process, process_weight > Ratio::ZERO) {
        why.adds(Ramped::SCORE, process * process_weight, |points| Step::Process {
            process,
            weight: process_weight,
            points,
        });
    }
    let score = sum.round(plan.round);
    why.settles(Ramped::SCORE, score, |change| Step::Rounding { change });
    Some(score)
}

/// What is paid on top of what was earned.
fn guarantee(plan: &Plan, stage: &Stage, row: &Row, why: &mut impl Why) -> Result<Money> {
    let Some(guarantee) = stage.guarantee else { return Ok(Money::ZERO) };
    let guarantee: Money = (guarantee * plan.share_employed(row.hire_date)).round(plan.round);
    if plan.guarantee == Guarantee::Added {
        why.adds(Ramped::TOP_UP, guarantee, |top_up| Step::Added { top_up });
        return Ok(guarantee);
    }
    let earned = row.earned.ok_or_else(|| {
        Failure::new(
            "missing-value",
            "`earned` has no value and pay is guaranteed; give it one, 0 for nothing earned",
        )
    })?;
    let top_up = if earned < guarantee { guarantee - earned } else { Money::ZERO };
    why.adds(Ramped::TOP_UP, top_up, |top_up| Step::TopUp { guarantee, earned, top_up });
    Ok(top_up)
}

impl Ramped {
    /// For somebody who isn't there yet.
    fn nothing(earned: Option<Money>) -> Ramped {
        Ramped {
            month: None,
            ramped_target: None,
            credited: None,
            results_weight: Ratio::ZERO,
            process_weight: Ratio::ZERO,
            score: None,
            top_up: Money::ZERO,
            total: earned,
        }
    }
}

#[cfg(test)]
attain_cases::cases!();
