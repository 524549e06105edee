//! What is missing to the target against the weighted pipeline.
//!
//! What is still missing has to come from open deals, and of those only a part will close. The weighted pipeline
//! over what is missing is the coverage; the less there is, the worse the level, while there is time to fill it.

mod terms;

use attain_sdk::prelude::*;
use terms::{Missing, Plan};

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Row<'a> {
    /// Open amounts of the stages that the parameters name.
    #[input(each = Plan::stages)]
    stages: Cells<'a>,
    /// The target.
    #[input(when = Plan::always)]
    target: Option<Money>,
    /// What was closed for it so far.
    #[input(when = Plan::always)]
    closed: Option<Money>,
    /// Open amounts, each times the chance that it closes in time.
    #[input(when = Plan::weighted)]
    weighted_pipeline: Option<Money>,
}

#[derive(Outputs)]
struct Forecast {
    /// How bad the coverage is; no value where there is no forecast.
    #[output(alert)]
    level: Option<Level>,
    /// What is missing to the target, nothing where it is reached.
    #[output(info)]
    missing: Option<Money>,
    /// The weighted pipeline.
    #[output(info)]
    weighted: Option<Money>,
    /// What was closed, and the weighted pipeline.
    #[output(info)]
    forecast: Option<Money>,
    /// What is missing and the weighted pipeline doesn't cover.
    #[output(info)]
    gap: Option<Money>,
    /// The weighted pipeline over what is missing; no value where nothing is.
    #[output(info)]
    coverage: Option<Ratio<6>>,
}

#[derive(Rules)]
enum Step {
    /// {amount} open in {stage} count {weight}: {weighted}
    #[zh("{stage} 在谈 {amount}，按 {weight} 计：{weighted}")]
    Stage { stage: InputName, amount: Money, weight: Ratio<6>, weighted: Money },
    /// {stage} has no value and adds nothing
    #[zh("{stage} 没有数值，不计入")]
    CountsAsZero { stage: InputName },
    /// {stage} has no value, so there is no forecast
    #[zh("{stage} 没有数值，不作预测")]
    NoStage { stage: InputName },
    /// rounding: {change}
    #[zh("舍入：{change}")]
    Rounding { change: Money },
    /// {closed} of {target} are closed, {missing} are missing
    #[zh("目标 {target}，已成交 {closed}，尚缺 {missing}")]
    StillMissing { closed: Money, target: Money, missing: Money },
    /// the target of {target} is reached with {closed}
    #[zh("已成交 {closed}，目标 {target} 已完成")]
    Reached { closed: Money, target: Money },
    /// a weighted pipeline of {weighted} covers {coverage} of it
    #[zh("加权在谈金额 {weighted}，覆盖缺口的 {coverage}")]
    Coverage { weighted: Money, coverage: Ratio<6> },
    /// under {under}: {level}
    #[zh("低于 {under}：{level}灯")]
    Level { under: Ratio<6>, level: Level },
    /// {gap} are covered by nothing: look for new deals, or move open ones on
    #[zh("还有 {gap} 没有着落：开拓新商机，或推进在谈商机")]
    Gap { gap: Money },
    /// target, closed amount or pipeline isn't known, so there is no forecast
    #[zh("目标、成交或在谈金额不全，不作预测")]
    NotKnown,
}

#[policy(each, rules = Step, zh = "距目标的缺口，与加权后的在谈金额对照")]
fn forecast_gap(plan: &Plan, row: Row<'_>, why: &mut impl Why) -> Result<Forecast> {
    let mut forecast =
        Forecast { level: None, missing: None, weighted: None, forecast: None, gap: None, coverage: None };
    forecast.weighted = weighted(plan, &row, why);
    let target = row.target.filter(|target| *target > Money::ZERO);
    let (Some(weighted), Some(target), Some(closed)) = (forecast.weighted, target, row.closed) else {
        why.notes(|| Step::NotKnown);
        return Ok(forecast);
    };
    forecast.forecast = Some(closed + weighted);
    if closed >= target {
        why.notes(|| Step::Reached { closed, target });
        forecast.missing = Some(Money::ZERO);
        forecast.gap = Some(Money::ZERO);
        forecast.level = Some(Level::None);
        return Ok(forecast);
    }
    let missing = target - closed;
    why.notes(|| Step::StillMissing { closed, target, missing });
    forecast.missing = Some(missing);
    if let Some(coverage) = weighted.over(missing) {
        forecast.level = Some(level(plan, weighted, coverage, why));
        forecast.coverage = Some(coverage.round(Round::HalfUp));
    }
    let gap = if weighted < missing { missing - weighted } else { Money::ZERO };
    if gap > Money::ZERO {
        why.notes(|| Step::Gap { gap });
    }
    forecast.gap = Some(gap);
    Ok(forecast)
}

fn level(plan: &Plan, weighted: Money, coverage: Exact, why: &mut impl Why) -> Level {
    why.notes(|| Step::Coverage { weighted, coverage: coverage.round(Round::HalfUp) });
    let Some((under, level)) = plan.level(coverage) else { return Level::None };
    why.notes(|| Step::Level { under, level });
    level
}

/// The weighted pipeline, added exactly and rounded once; none where a stage isn't known and that means none.
fn weighted(plan: &Plan, row: &Row<'_>, why: &mut impl Why) -> Option<Money> {
    let Some(weights) = &plan.weights else { return row.weighted_pipeline };
    let amount = |index: usize| row.stages.get(index).map(Money::from_units);
    if plan.missing == Missing::NoForecast
        && let Some(index) = (0..weights.len()).find(|index| amount(*index).is_none())
    {
        why.notes(|| Step::NoStage { stage: named(index) });
        return None;
    }
    let mut sum = Exact::ZERO;
    for (index, weight) in weights.iter().enumerate() {
        let stage = named(index);
        let Some(amount) = amount(index) else {
            why.notes(|| Step::CountsAsZero { stage });
            continue;
        };
        why.adds(Forecast::WEIGHTED, amount * *weight, |weighted| Step::Stage {
            stage,
            amount,
            weight: *weight,
            weighted,
        });
        sum += amount * *weight;
    }
    let weighted = sum.round(plan.round);
    why.settles(Forecast::WEIGHTED, weighted, |change| Step::Rounding { change });
    Some(weighted)
}

/// The input's name for an explanation.
fn named(index: usize) -> InputName {
    InputName(u16::try_from(index).unwrap_or(u16::MAX))
}

#[cfg(test)]
attain_cases::cases!();
