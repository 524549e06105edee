//! Conversion and dwell time per stage against benchmarks: which stage holds the funnel up.
//!
//! Where the first stage is on target and a later one yet stays thin, the share that goes on from each stage says
//! where the loss is: the stage that lies furthest under its benchmark is the bottleneck. How long one stays in
//! a stage is held against its limit, whatever the target.

mod terms;

use attain_sdk::prelude::*;
use terms::{Plan, ReadyStage};

#[derive(Inputs)]
#[inputs(plan = Plan)]
struct Row<'a> {
    /// The stages that the parameters name: how many came into each, and how long they stay.
    #[input(each = Plan::inputs)]
    stages: Cells<'a>,
}

#[derive(Outputs)]
struct Found {
    /// The worse of what conversion and dwell time say; no value where nothing could be judged.
    #[output(alert)]
    level: Option<Level>,
    /// The stage that lies furthest under its benchmark, counted from 1; no value where none lies under it.
    #[output(info)]
    bottleneck: Option<Count>,
    /// The share that goes on from the bottleneck.
    #[output(info)]
    conversion: Option<Ratio<6>>,
    /// The stage that is longest over its limit, by its share of it, counted from 1.
    #[output(info)]
    slowest: Option<Count>,
}

#[derive(Rules)]
enum Step {
    /// {next} {next|is|are} {conversion} of the {value} of {stage}, which is under the {benchmark} that should go on
    #[zh("{stage} {value} 个，转入下一阶段 {next} 个，转化率 {conversion}，低于基准 {benchmark}")]
    Under {
        stage: InputName,
        #[place(like = "stage")]
        value: Amount,
        next: Count,
        conversion: Ratio<6>,
        benchmark: Ratio<6>,
    },
    /// {next} {next|is|are} {conversion} of the {value} of {stage}, and {benchmark} should go on
    #[zh("{stage} {value} 个，转入下一阶段 {next} 个，转化率 {conversion}，达到基准 {benchmark}")]
    Reached {
        stage: InputName,
        #[place(like = "stage")]
        value: Amount,
        next: Count,
        conversion: Ratio<6>,
        benchmark: Ratio<6>,
    },
    /// the bottleneck is {stage}: go through the last cases together and find where they were lost
    #[zh("瓶颈在 {stage}：一起复盘最近的案例，找出流失的环节")]
    Bottleneck { stage: InputName },
    /// {stage} is {value}, on its target of {target}
    #[zh("{stage} 为 {value}，已达目标 {target}")]
    OnTarget {
        stage: InputName,
        #[place(like = "stage")]
        value: Amount,
        #[place(like = "stage")]
        target: Amount,
    },
    /// {stage} is {value}, under its target of {target}: more of it comes first, so conversion isn't judged
    #[zh("{stage} 为 {value}，未达目标 {target}：先把数量做足，不评价转化率")]
    UnderTarget {
        stage: InputName,
        #[place(like = "stage")]
        value: Amount,
        #[place(like = "stage")]
        target: Amount,
    },
    /// {stage} or its target isn't known, so conversion isn't judged
    #[zh("{stage} 或其目标没有数值，不评价转化率")]
    NoTarget { stage: InputName },
    /// {stage} or the stage after it isn't known, or too few came into it, so its conversion isn't judged
    #[zh("{stage} 或其下一阶段没有数值，或数量太少，不评价其转化率")]
    NotJudged { stage: InputName },
    /// one stays in {stage} for {days} day{days|s}, over the limit of {limit}
    #[zh("在 {stage} 平均停留 {days} 天，超过上限 {limit} 天")]
    TooLong { stage: InputName, days: Days<2>, limit: Days<2> },
    /// one stays in {stage} for {days} day{days|s}, within the limit of {limit}
    #[zh("在 {stage} 平均停留 {days} 天，未超过上限 {limit} 天")]
    InTime { stage: InputName, days: Days<2>, limit: Days<2> },
}

#[policy(each, rules = Step, zh = "各阶段转化率与停留时间对照基准，找出漏斗瓶颈")]
fn funnel(plan: &Plan, row: Row<'_>, why: &mut impl Why) -> Result<Found> {
    let mut found = Found { level: None, bottleneck: None, conversion: None, slowest: None };
    if on_target(plan, row.stages, why) {
        conversion(plan, row.stages, &mut found, why);
    }
    dwell(plan, row.stages, &mut found, why);
    Ok(found)
}

/// Whether the first stage is on target, as far as that is asked.
fn on_target(plan: &Plan, cells: Cells<'_>, why: &mut impl Why) -> bool {
    let (Some(target), Some(first)) = (plan.target, plan.stages.first()) else { return true };
    let (stage, value) = (first.shown(), amount(cells, first.input));
    let (Some(value), Some(target)) = (value, amount(cells, target).filter(|target| *target > Amount::ZERO))
    else {
        why.notes(|| Step::NoTarget { stage });
        return false;
    };
    let reached = value.exact() >= target * plan.on_target;
    why.notes(|| match reached {
        true => Step::OnTarget { stage, value, target },
        false => Step::UnderTarget { stage, value, target },
    });
    reached
}

/// Judges the share that goes on from each stage with a benchmark.
fn conversion(plan: &Plan, cells: Cells<'_>, found: &mut Found, why: &mut impl Why) {
    // The bottleneck so far: its conversion, that over its benchmark, and the stage.
    let mut worst: Option<(Exact, Exact, &ReadyStage)> = None;
    for pair in plan.stages.windows(2) {
        let [stage, after] = pair else { continue };
        let Some(benchmark) = stage.benchmark else { continue };
        let shown = stage.shown();
        let Some((value, next, conversion)) = goes_on(plan, stage, after, cells) else {
            why.notes(|| Step::NotJudged { stage: shown });
            continue;
        };
        found.level = found.level.max(Some(Level::None));
        let rounded = conversion.round(Round::HalfUp);
        if conversion >= benchmark.exact() {
            why.notes(|| Step::Reached { stage: shown, value, next, conversion: rounded, benchmark });
            continue;
        }
        why.notes(|| Step::Under { stage: shown, value, next, conversion: rounded, benchmark });
        let Some(reached) = conversion.over(benchmark) else { continue };
        if worst.is_none_or(|(_, least, _)| reached < least) {
            worst = Some((conversion, reached, stage));
        }
    }
    let Some((conversion, reached, stage)) = worst else { return };
    why.notes(|| Step::Bottleneck { stage: stage.shown() });
    let level = if reached <= plan.red_at.exact() { Level::Red } else { Level::Yellow };
    found.level = found.level.max(Some(level));
    found.bottleneck = Some(stage.number);
    found.conversion = Some(conversion.round(Round::HalfUp));
}

/// What came into a stage, what came into the next, and the share that went on.
fn goes_on(
    plan: &Plan,
    stage: &ReadyStage,
    after: &ReadyStage,
    cells: Cells<'_>,
) -> Option<(Amount, Count, Exact)> {
    let value = amount(cells, stage.input).filter(|value| value.exact() >= plan.least.exact())?;
    let next = amount(cells, after.input).filter(|next| *next >= Amount::ZERO)?;
    Some((value, Count::from_units(next.units()), next.over(value)?))
}

/// Judges how long one stays in each stage with a limit.
fn dwell(plan: &Plan, cells: Cells<'_>, found: &mut Found, why: &mut impl Why) {
    let mut longest: Option<(Exact, &ReadyStage)> = None;
    for stage in &plan.stages {
        let Some((limit, input)) = stage.dwell else { continue };
        let Some(days) = cells.get(input).map(Days::<2>::from_units) else { continue };
        let shown = stage.shown();
        found.level = found.level.max(Some(Level::None));
        if days <= limit {
            why.notes(|| Step::InTime { stage: shown, days, limit });
            continue;
        }
        why.notes(|| Step::TooLong { stage: shown, days, limit });
        // A limit of no days is passed without bound: the first such stage is the slowest.
        let over = days.over(limit).unwrap_or(Exact::whole(i64::MAX));
        if longest.is_none_or(|(most, _)| over > most) {
            longest = Some((over, stage));
        }
    }
    if let Some((_, stage)) = longest {
        found.level = found.level.max(Some(Level::Blue));
        found.slowest = Some(stage.number);
    }
}

impl ReadyStage {
    /// The input's name for an explanation.
    fn shown(&self) -> InputName {
        InputName(u16::try_from(self.input).unwrap_or(u16::MAX))
    }
}

fn amount(cells: Cells<'_>, input: usize) -> Option<Amount> {
    cells.get(input).map(Amount::from_units)
}

#[cfg(test)]
attain_cases::cases!();
