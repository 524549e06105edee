//! Weighted metrics, each through a curve, make one score.
//!
//! A metric's value, or its attainment of a target, goes through straight lines between floor, target and
//! stretch, through levels, or from worst to best in a group. The scores are weighted and added; the sum is
//! rounded once, unless the plan says that each metric's part is rounded too.

mod card;
mod curve;

use attain_sdk::prelude::*;
use card::{Missing, Plan, ReadyMetric};

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Row<'a> {
    /// The metrics that the parameters weigh.
    #[input(each = Plan::inputs)]
    metrics: Cells<'a>,
    /// The group in which the best and the worst are looked for.
    #[input(when = Plan::team)]
    #[expect(dead_code, reason = "the host groups by it")]
    team: Option<&'a str>,
}

#[derive(Outputs, Default, Clone)]
#[outputs(plan = Plan)]
struct Scored {
    /// The weighted score.
    #[output(score, kind = Plan::score_kind)]
    score: Option<Amount>,
    /// The score as a multiplier for a later step.
    #[output(factor)]
    factor: Option<Ratio>,
}

#[derive(Rules)]
enum Step {
    /// {metric} is {value} and scores {score}; with a weight of {weight} that adds {points}
    #[zh("{metric} 为 {value}，得 {score} 分，权重 {weight}，计 {points}")]
    Metric {
        metric: InputName,
        #[place(like = "metric")]
        value: Amount,
        score: Points<4>,
        weight: Ratio<6>,
        #[place(like = "score")]
        points: Amount,
    },
    /// {metric} is {value} of a target of {target} and scores {score}; with a weight of {weight} that adds {points}
    #[zh("{metric} 为 {value}，目标 {target}，得 {score} 分，权重 {weight}，计 {points}")]
    MetricOfTarget {
        metric: InputName,
        #[place(like = "metric")]
        value: Amount,
        #[place(like = "metric")]
        target: Amount,
        score: Points<4>,
        weight: Ratio<6>,
        #[place(like = "score")]
        points: Amount,
    },
    /// {metric} has no value and adds nothing
    #[zh("{metric} 没有数值，计 0 分")]
    CountsAsZero { metric: InputName },
    /// {metric} has no value and is left out
    #[zh("{metric} 没有数值，不参与计分")]
    LeftOut { metric: InputName },
    /// {metric} has no value, so there is no score
    #[zh("{metric} 没有数值，因此没有得分")]
    NoScore { metric: InputName },
    /// the weights that count add up to {weight}, so the sum is scaled up: {change}
    #[zh("有效权重合计 {weight}，得分按比例放大：{change}")]
    Reweighed {
        weight: Ratio<6>,
        #[place(like = "score")]
        change: Amount,
    },
    /// at most {cap}: {change}
    #[zh("封顶 {cap}：{change}")]
    Cap {
        #[place(like = "score")]
        cap: Amount,
        #[place(like = "score")]
        change: Amount,
    },
    /// rounding: {change}
    #[zh("舍入：{change}")]
    Rounding {
        #[place(like = "score")]
        change: Amount,
    },
}

#[policy(grouping = Plan::grouping, rules = Step, zh = "多个指标经曲线换算、加权，合成一个得分")]
fn scorecard(plan: &Plan, rows: &[Row<'_>], scores: &mut [Scored], why: &mut impl Why) -> Result<()> {
    let among: Vec<Option<(Exact, Exact)>> = match plan.metrics.iter().any(ReadyMetric::compares) {
        true => plan.metrics.iter().map(|metric| range(metric, rows)).collect(),
        false => Vec::new(),
    };
    for (i, (row, scored)) in rows.iter().zip(scores).enumerate() {
        let Some(score) = score(plan, row, &among, why.of(i)) else { continue };
        scored.score = Some(score);
        scored.factor = score.over(plan.factor_of_one).map(|factor| {
            let factor = factor.round::<Ratio>(plan.round).max(plan.factor_min);
            plan.factor_max.map_or(factor, |max| factor.min(max))
        });
    }
    Ok(())
}

/// The least and the greatest of a metric in the group, where its curve asks for them.
fn range(metric: &ReadyMetric, rows: &[Row<'_>]) -> Option<(Exact, Exact)> {
    if !metric.compares() {
        return None;
    }
    let mut range: Option<(Exact, Exact)> = None;
    for measured in rows.iter().filter_map(|row| metric.measured(row.metrics)) {
        range = Some(match range {
            None => (measured, measured),
            Some((least, greatest)) => (least.at_most(measured), greatest.at_least(measured)),
        });
    }
    range
}

/// Somebody's score; none where a metric without a value means that there is none, or where none has a value.
fn score(plan: &Plan, row: &Row<'_>, among: &[Option<(Exact, Exact)>], why: &mut impl Why) -> Option<Amount> {
    let cells = row.metrics;
    let mut weight = Exact::ZERO;
    for metric in &plan.metrics {
        let name = metric.name();
        match (metric.is_measured(cells), plan.missing) {
            (true, Missing::Reweigh) => weight += metric.weight,
            (true, _) => {}
            (false, Missing::Zero) => why.notes(|| Step::CountsAsZero { metric: name }),
            (false, Missing::Reweigh) => why.notes(|| Step::LeftOut { metric: name }),
            (false, Missing::NoScore) => {
                why.notes(|| Step::NoScore { metric: name });
                return None;
            }
        }
    }
    if plan.missing == Missing::Reweigh && weight.is_zero() {
        return None;
    }
    let mut sum = Exact::ZERO;
    for (i, metric) in plan.metrics.iter().enumerate() {
        let Some(measured) = metric.measured(cells) else { continue };
        let among = among.get(i).copied().flatten();
        let mut points = metric.adds.of(measured, among);
        if let Some(worth) = plan.round_metric {
            points = points.round::<Amount>(plan.round) * worth;
        }
        sum += points;
        why.adds(Scored::SCORE, points, |points| {
            told(metric, cells, metric.scores.of(measured, among), points)
        });
    }
    if plan.missing == Missing::Reweigh && weight != plan.weights_total {
        let scaled = sum * plan.weights_total.over(weight)?;
        why.changes(Scored::SCORE, sum, scaled, |change| Step::Reweighed { weight: weight.told(), change });
        sum = scaled;
    }
    if let Some(cap) = plan.cap
        && sum > cap.exact()
    {
        why.changes(Scored::SCORE, sum, cap, |change| Step::Cap { cap, change });
        sum = cap.exact();
    }
    let score = sum.round(plan.round);
    why.settles(Scored::SCORE, score, |change| Step::Rounding { change });
    Some(score)
}

fn told(metric: &ReadyMetric, cells: Cells<'_>, score: Exact, points: Amount) -> Step {
    let amount = |input: usize| Amount::from_units(cells.get(input).unwrap_or(0));
    let (name, value) = (metric.name(), amount(metric.input));
    let (score, weight) = (score.told(), metric.weight.told());
    match metric.target {
        None => Step::Metric { metric: name, value, score, weight, points },
        Some(target) => {
            Step::MetricOfTarget { metric: name, value, target: amount(target), score, weight, points }
        }
    }
}

#[cfg(test)]
attain_cases::cases!();
