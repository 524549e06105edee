//! What a plan sets, and what the rule makes of it once a batch.

use attain_sdk::prelude::*;
use std::collections::BTreeSet;

/// The most periods that a run may ask for, and the most that it may pass over.
const PERIODS_MAX: u8 = 12;

/// What a plan sets.
#[derive(Parameters)]
pub struct Terms {
    /// The metrics, by the name of the input that each is read from.
    metrics: Named<Metric>,
    /// What a value exactly on a threshold does.
    #[parameter(default = "warns")]
    at_threshold: AtThreshold,
    /// How many periods without a value a run passes over; the next one ends it.
    #[parameter(default = 1, max = "12")]
    gaps: u8,
    /// The level from which on coaching starts.
    #[parameter(default = "yellow", min = "blue")]
    coaching_from: Level,
}

/// A metric, and when it warns.
#[derive(Parameters)]
struct Metric {
    /// What it counts.
    #[parameter(default = "ratio")]
    unit: Kind,
    /// Which way is better.
    #[parameter(default = "higher")]
    better: Better,
    /// The values at which the levels begin. None means that the value itself doesn't warn.
    thresholds: Option<Thresholds>,
    /// After how many periods of getting worse in a row the levels begin. None means that a run doesn't warn.
    run: Option<RunOf>,
}

/// The values at which the levels begin.
#[derive(Parameters)]
struct Thresholds {
    /// Where blue begins. None: there is no blue.
    blue: Option<Decimal>,
    /// Where yellow begins.
    yellow: Option<Decimal>,
    /// Where red begins.
    red: Option<Decimal>,
}

/// After how many periods of getting worse in a row the levels begin.
#[derive(Parameters)]
struct RunOf {
    /// How many make blue. None: there is no blue.
    #[parameter(min = "1", max = "12")]
    blue: Option<u8>,
    /// How many make yellow.
    #[parameter(min = "1", max = "12")]
    yellow: Option<u8>,
    /// How many make red.
    #[parameter(min = "1", max = "12")]
    red: Option<u8>,
    /// The least change from one period to the next that counts as worse.
    #[parameter(default = "0", min = "0")]
    by: Decimal,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum AtThreshold {
    /// The level begins on it.
    Warns,
    /// The level begins past it.
    Quiet,
}

/// A metric, ready for use.
pub struct ReadyMetric {
    /// Which input holds this period's value; those of the periods before follow.
    input: usize,
    /// How many periods before this one are read.
    depth: usize,
    higher_is_better: bool,
    warns_on_threshold: bool,
    /// From red to blue.
    thresholds: Vec<(Amount, Level)>,
    /// From red to blue.
    runs: Vec<(u8, Level)>,
    by: Amount,
    gaps: u8,
    inputs: Vec<Input>,
}

/// How often in a row a metric got worse, as far as the levels ask.
pub struct Run {
    pub periods: u8,
    /// The value before the first of them.
    pub from: Amount,
    /// How many periods without a value lie in between.
    pub passed: u8,
}

/// What the rule works with.
pub struct Plan {
    pub metrics: Vec<ReadyMetric>,
    pub coaching_from: Level,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, _: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        if terms.metrics.is_empty() {
            wrong.at("metrics", "no-metrics", "there is no metric, expected at least one".to_owned());
        }
        let mut metrics = Vec::new();
        let (mut next, mut taken) = (0, BTreeSet::new());
        for (name, metric) in &terms.metrics {
            if !wrong.part_of_columns(format_args!("metrics.{name}"), "a metric", name, &[]) {
                continue;
            }
            let ready = ready(name, metric, &terms, next, wrong);
            next += ready.inputs.len();
            if let Some(input) = ready.inputs.iter().find(|input| !taken.insert(input.name.clone())) {
                let message = format!(
                    "the input `{}` is already another metric's value of an earlier period; rename one of them",
                    input.name
                );
                wrong.at(format_args!("metrics.{name}"), "name-taken", message);
            }
            metrics.push(ready);
        }
        Some(Plan { metrics, coaching_from: terms.coaching_from })
    }
}

fn ready(name: &str, metric: &Metric, terms: &Terms, input: usize, wrong: &mut Wrong<'_, '_>) -> ReadyMetric {
    let at = format!("metrics.{name}");
    let thresholds = thresholds(metric, &at, wrong);
    let runs = runs(metric, &at, wrong);
    if thresholds.is_empty() && runs.is_empty() {
        let message = "it never warns, expected a level in `thresholds` or in `run`".to_owned();
        wrong.at(&at, "no-levels", message);
    }
    let by = metric.run.as_ref().map_or(Decimal::ZERO, |run| run.by);
    let by = wrong.amount(format_args!("{at}.run.by"), by, metric.unit);
    let longest = runs.iter().map(|(periods, _)| *periods).max().unwrap_or(0);
    let depth = if longest == 0 { 0 } else { longest.min(PERIODS_MAX).saturating_add(terms.gaps) };
    let told = |ago: u8| match ago {
        0 => (name.to_owned(), format!("The metric `{name}`.")),
        ago => (
            format!("{name}_{ago}"),
            format!("The metric `{name}` {ago} periods ago: `prior({name}, {ago})`."),
        ),
    };
    let inputs =
        (0..=depth).map(told).map(|(name, doc)| Input { name, kind: metric.unit, need: Need::Required, doc });
    ReadyMetric {
        input,
        depth: usize::from(depth),
        higher_is_better: metric.better == Better::Higher,
        warns_on_threshold: terms.at_threshold == AtThreshold::Warns,
        thresholds,
        runs,
        by,
        gaps: terms.gaps,
        inputs: inputs.collect(),
    }
}

/// From red to blue, each worse than the next.
fn thresholds(metric: &Metric, at: &str, wrong: &mut Wrong<'_, '_>) -> Vec<(Amount, Level)> {
    let Some(set) = &metric.thresholds else { return Vec::new() };
    let set = [
        ("blue", set.blue, Level::Blue),
        ("yellow", set.yellow, Level::Yellow),
        ("red", set.red, Level::Red),
    ];
    let (mut thresholds, mut before): (Vec<_>, Option<(&str, Decimal)>) = (Vec::new(), None);
    for (word, value, level) in set {
        let Some(value) = value else { continue };
        let place = format!("{at}.thresholds.{word}");
        if let Some((milder, begins)) = before {
            let (worse, side) = match metric.better {
                Better::Higher => (value < begins, "below"),
                Better::Lower => (value > begins, "above"),
            };
            if !worse {
                let message = format!("`{value}` is not {side} `{begins}`, where {milder} begins");
                wrong.at(&place, "not-worse", message);
            }
        }
        before = Some((word, value));
        thresholds.push((wrong.amount(&place, value, metric.unit), level));
    }
    thresholds.reverse();
    thresholds
}

/// From red to blue, each longer than the next.
fn runs(metric: &Metric, at: &str, wrong: &mut Wrong<'_, '_>) -> Vec<(u8, Level)> {
    let Some(set) = &metric.run else { return Vec::new() };
    let set = [
        ("blue", set.blue, Level::Blue),
        ("yellow", set.yellow, Level::Yellow),
        ("red", set.red, Level::Red),
    ];
    let (mut runs, mut before): (Vec<_>, Option<(&str, u8)>) = (Vec::new(), None);
    for (word, periods, level) in set {
        let Some(periods) = periods else { continue };
        if let Some((milder, begins)) = before
            && periods <= begins
        {
            let message = format!("`{periods}` periods are not more than the `{begins}` that make {milder}");
            wrong.at(format_args!("{at}.run.{word}"), "not-rising", message);
        }
        before = Some((word, periods));
        runs.push((periods, level));
    }
    runs.reverse();
    runs
}

impl ReadyMetric {
    /// The value so many periods ago.
    pub fn value(&self, cells: Cells<'_>, ago: usize) -> Option<Amount> {
        cells.get(self.input + ago).map(Amount::from_units)
    }

    /// The input's name for an explanation.
    pub fn name(&self) -> InputName {
        InputName(u16::try_from(self.input).unwrap_or(u16::MAX))
    }

    /// The worst threshold that a value has reached.
    pub fn threshold(&self, value: Amount) -> Option<(Amount, Level)> {
        let reached = |(threshold, _): &&(Amount, Level)| {
            let past = if self.higher_is_better { value < *threshold } else { value > *threshold };
            past || (self.warns_on_threshold && value == *threshold)
        };
        self.thresholds.iter().find(reached).copied()
    }

    /// How often in a row it got worse.
    pub fn run(&self, cells: Cells<'_>, now: Amount) -> Run {
        let longest = self.runs.first().map_or(0, |(periods, _)| *periods);
        let mut run = Run { periods: 0, from: now, passed: 0 };
        let mut passed = 0;
        for ago in 1..=self.depth {
            if run.periods == longest {
                break;
            }
            match self.value(cells, ago) {
                None if passed < self.gaps => passed += 1,
                Some(earlier) if self.is_worse(run.from, earlier) => {
                    run = Run { periods: run.periods + 1, from: earlier, passed };
                }
                _ => break,
            }
        }
        run
    }

    fn is_worse(&self, later: Amount, earlier: Amount) -> bool {
        let change = if self.higher_is_better { earlier - later } else { later - earlier };
        change > Amount::ZERO && change >= self.by
    }

    /// The worst level that a run makes.
    pub fn run_level(&self, run: &Run) -> Option<Level> {
        self.runs.iter().find(|(periods, _)| run.periods >= *periods).map(|(_, level)| *level)
    }
}

impl Plan {
    pub fn inputs(&self) -> Vec<Input> {
        self.metrics.iter().flat_map(|metric| metric.inputs.iter().cloned()).collect()
    }
}
