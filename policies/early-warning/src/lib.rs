//! Metrics past a threshold, or worse several periods in a row, warn in blue, yellow and red.
//!
//! Each metric is judged by its value and by how long it has been getting worse; the worst level wins. A warning
//! starts coaching and is never a penalty: nothing here is paid or taken away.

mod terms;

use attain_sdk::prelude::*;
use terms::{Plan, ReadyMetric};

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Row<'a> {
    /// The metrics that the parameters name, and what they were in the periods before.
    #[input(each = Plan::inputs)]
    metrics: Cells<'a>,
}

#[derive(Outputs)]
struct Warning {
    /// The worst level of all metrics; no value where no metric has one.
    #[output(alert)]
    level: Option<Level>,
    /// How many metrics are red.
    #[output(info)]
    reds: Count,
    /// How many are yellow.
    #[output(info)]
    yellows: Count,
    /// How many are blue.
    #[output(info)]
    blues: Count,
    /// Whether the level starts coaching.
    #[output(info)]
    coaching: Option<bool>,
}

#[derive(Rules)]
enum Step {
    /// {metric} stands at {value}, and {level} begins at {threshold}
    #[zh("{metric} 为 {value}，已达{level}灯线 {threshold}")]
    Threshold {
        metric: InputName,
        #[place(like = "metric")]
        value: Amount,
        #[place(like = "metric")]
        threshold: Amount,
        level: Level,
    },
    /// {metric} got worse {periods} period{periods|s} in a row, from {before} to {value}: {level}
    #[zh("{metric} 连续 {periods} 期变差，由 {before} 变为 {value}：{level}灯")]
    GettingWorse {
        metric: InputName,
        periods: Count,
        #[place(like = "metric")]
        before: Amount,
        #[place(like = "metric")]
        value: Amount,
        level: Level,
    },
    /// periods without a value in between, passed over: {periods}
    #[zh("其间因没有数值而跳过的期数：{periods}")]
    PassedOver { periods: Count },
    /// {metric} stands at {value} and gives no warning
    #[zh("{metric} 为 {value}，未触发预警")]
    Quiet {
        metric: InputName,
        #[place(like = "metric")]
        value: Amount,
    },
    /// {metric} has no value in this period and isn't judged
    #[zh("{metric} 本期没有数值，不作判断")]
    NoValue { metric: InputName },
    /// no metric has a value, so there is no level
    #[zh("所有指标本期都没有数值，不评定预警等级")]
    NothingKnown,
    /// blue: keep an eye on it and look at it together next period
    #[zh("蓝灯：保持关注，下期一起复盘")]
    Watch,
    /// yellow: talk about the cause this week and agree on one next step
    #[zh("黄灯：本周内谈清原因，商定一项改进动作")]
    Talk,
    /// red: sit down together now, agree on a plan and look at it every week
    #[zh("红灯：立即面谈，定出改进计划，每周跟进")]
    Act,
    /// coaching starts; it is no penalty and changes no pay
    #[zh("启动辅导；这不是处罚，不影响薪酬")]
    Coaching,
}

#[policy(each, rules = Step, zh = "指标越线或连续变差，按蓝、黄、红三级预警")]
fn early_warning(plan: &Plan, row: Row<'_>, why: &mut impl Why) -> Result<Warning> {
    let (mut worst, mut reds, mut yellows, mut blues) = (None, 0, 0, 0);
    for metric in &plan.metrics {
        let Some(level) = judged(metric, row.metrics, why) else { continue };
        match level {
            Level::Red => reds += 1,
            Level::Yellow => yellows += 1,
            Level::Blue => blues += 1,
            Level::None => {}
        }
        worst = worst.max(Some(level));
    }
    match worst {
        None => why.notes(|| Step::NothingKnown),
        Some(Level::None) => {}
        Some(Level::Blue) => why.notes(|| Step::Watch),
        Some(Level::Yellow) => why.notes(|| Step::Talk),
        Some(Level::Red) => why.notes(|| Step::Act),
    }
    let coaching = worst.map(|level| level >= plan.coaching_from);
    if coaching == Some(true) {
        why.notes(|| Step::Coaching);
    }
    Ok(Warning {
        level: worst,
        reds: Count::from_units(reds),
        yellows: Count::from_units(yellows),
        blues: Count::from_units(blues),
        coaching,
    })
}

/// The worse of what a metric's value and its run say; none where it has no value.
fn judged(metric: &ReadyMetric, cells: Cells<'_>, why: &mut impl Why) -> Option<Level> {
    let name = metric.name();
    let Some(value) = metric.value(cells, 0) else {
        why.notes(|| Step::NoValue { metric: name });
        return None;
    };
    let threshold = metric.threshold(value);
    if let Some((threshold, level)) = threshold {
        why.notes(|| Step::Threshold { metric: name, value, threshold, level });
    }
    let run = metric.run(cells, value);
    let lasting = metric.run_level(&run);
    if let Some(level) = lasting {
        let (periods, before) = (counted(run.periods), run.from);
        why.notes(|| Step::GettingWorse { metric: name, periods, before, value, level });
        if run.passed > 0 {
            why.notes(|| Step::PassedOver { periods: counted(run.passed) });
        }
    }
    let worst = threshold.map(|(_, level)| level).max(lasting);
    if worst.is_none() {
        why.notes(|| Step::Quiet { metric: name, value });
    }
    Some(worst.unwrap_or_default())
}

fn counted(periods: u8) -> Count {
    Count::from_units(periods.into())
}

#[cfg(test)]
attain_cases::cases!();
