//! What a plan sets, and what the rule makes of it once a batch.

use crate::curve::Curve;
use attain_sdk::prelude::*;

/// What a plan sets.
#[derive(Parameters)]
pub struct Terms {
    /// The metrics, by the name of the input that each is read from.
    metrics: Named<Metric>,
    /// What the weights add up to.
    #[parameter(default = "1")]
    weights_total: Decimal,
    /// What a metric without a value does.
    #[parameter(default = "no-score")]
    missing: Missing,
    /// Decimals of the score.
    #[parameter(default = 2, max = "9")]
    decimals: u8,
    /// How the score is rounded.
    #[parameter(default = "half-up")]
    round: Round,
    /// The scores below which there is a warning. None: there is none.
    levels: Option<Levels>,
    /// How renewals at risk are foreseen. None: they aren't.
    renewal: Option<Renewal>,
    /// The day of the period from which days to a renewal are counted.
    #[parameter(default = "last-day")]
    counted_on: CountedOn,
}

/// A metric and what it counts for.
#[derive(Parameters)]
struct Metric {
    /// Its share of the score.
    #[parameter(min = "0")]
    weight: Decimal,
    /// What it counts.
    #[parameter(default = "count")]
    unit: Kind,
    /// Which way is better.
    #[parameter(default = "higher")]
    better: Better,
    /// How it becomes a score.
    curve: Curve,
}

/// The scores below which there is a warning.
#[derive(Parameters)]
struct Levels {
    /// Below it: look at the customer.
    blue: Option<Decimal>,
    /// Below it: talk about the customer.
    yellow: Option<Decimal>,
    /// Below it: act.
    red: Option<Decimal>,
}

/// How renewals at risk are foreseen.
#[derive(Parameters)]
struct Renewal {
    /// How many days ahead, the last included.
    #[parameter(default = 90, max = "3650")]
    days: u32,
    /// The score below which a renewal is at risk.
    below: Decimal,
    /// The warning.
    #[parameter(default = "red")]
    warning: Level,
    /// What a renewal does whose day has passed.
    #[parameter(default = "ignored")]
    overdue: Overdue,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Missing {
    /// There is no score at all.
    NoScore,
    /// The metric adds nothing.
    Zero,
    /// The other metrics' weights are scaled up.
    Reweigh,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
pub enum Overdue {
    /// It is no longer foreseen.
    Ignored,
    /// It is at risk like one that comes up.
    AtRisk,
}

#[derive(Parameters, Clone, Copy, PartialEq)]
enum CountedOn {
    /// The first.
    FirstDay,
    /// The last.
    LastDay,
}

/// A metric, ready for use.
pub struct ReadyMetric {
    /// Which input it is read from.
    pub input: usize,
    pub weight: Exact,
    line: Line,
    /// What is worse than the first point of its line scores.
    worst: Exact,
    /// What makes one of it.
    scale: Exact,
}

impl ReadyMetric {
    /// Its score; none without a value.
    pub fn score(&self, cells: Cells<'_>) -> Option<Exact> {
        let value = Exact::whole(cells.get(self.input)?).over(self.scale)?;
        Some(self.line.at(value).unwrap_or(self.worst))
    }

    /// The input's name for an explanation.
    pub fn name(&self) -> InputName {
        InputName(u16::try_from(self.input).unwrap_or(u16::MAX))
    }
}

/// How renewals at risk are foreseen, ready for use.
pub struct ReadyRenewal {
    pub days: i64,
    pub below: Amount,
    pub warning: Level,
    pub overdue: Overdue,
}

/// What the rule works with.
pub struct Plan {
    pub metrics: Vec<ReadyMetric>,
    pub weights_total: Exact,
    pub missing: Missing,
    pub round: Round,
    /// What makes one point of the score.
    pub scale: Exact,
    /// Scores below which there is a warning, the worst first.
    pub levels: Vec<(Amount, Level)>,
    pub renewal: Option<ReadyRenewal>,
    counted_on: Date,
    decimals: u8,
    inputs: Vec<Input>,
}

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, period: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        wrong.weights(terms.metrics.values().map(|metric| metric.weight), terms.weights_total);
        let (mut metrics, mut inputs) = (Vec::new(), Vec::new());
        for (input, (name, metric)) in terms.metrics.iter().enumerate() {
            let taken = ["renewal_date", "value"];
            wrong.column(format_args!("metrics.{name}"), "a metric", name, &taken);
            inputs.push(Input {
                name: name.to_owned(),
                kind: metric.unit,
                need: Need::Required,
                doc: "A metric that health looks at.".to_owned(),
            });
            let at = format!("metrics.{name}.curve");
            let Some(line) = metric.curve.line(metric.better, &at, wrong) else { continue };
            let scale = Exact::whole(attain_sdk::power_of_ten(metric.unit.decimals(period)));
            metrics.push(ReadyMetric {
                input,
                weight: metric.weight.exact(),
                line,
                worst: metric.curve.worst(),
                scale,
            });
        }
        let levels = levels(terms.levels.as_ref(), terms.decimals, wrong);
        let renewal = terms.renewal.map(|renewal| ReadyRenewal {
            days: renewal.days.into(),
            below: points(renewal.below, terms.decimals, "renewal.below", wrong),
            warning: renewal.warning,
            overdue: renewal.overdue,
        });
        Some(Plan {
            metrics,
            weights_total: terms.weights_total.exact(),
            missing: terms.missing,
            round: terms.round,
            scale: Exact::whole(attain_sdk::power_of_ten(terms.decimals)),
            levels,
            renewal,
            counted_on: if terms.counted_on == CountedOn::FirstDay { period.first } else { period.last },
            decimals: terms.decimals,
            inputs,
        })
    }
}

/// Scores below which there is a warning, the worst first; a worse one begins further down.
fn levels(levels: Option<&Levels>, decimals: u8, wrong: &mut Wrong<'_, '_>) -> Vec<(Amount, Level)> {
    let Some(levels) = levels else { return Vec::new() };
    let named = [
        ("red", levels.red, Level::Red),
        ("yellow", levels.yellow, Level::Yellow),
        ("blue", levels.blue, Level::Blue),
    ];
    let mut ready: Vec<(Amount, Level)> = Vec::new();
    let mut before: Option<(&str, Decimal)> = None;
    for (name, below, level) in named {
        let Some(below) = below else { continue };
        let at = format!("levels.{name}");
        if let Some((worse, value)) = before
            && below <= value
        {
            let message = format!("`{below}` is not above `{value}`, where {worse} begins");
            wrong.at(&at, "not-rising", message);
        }
        before = Some((name, below));
        ready.push((points(below, decimals, &at, wrong), level));
    }
    if ready.is_empty() {
        let message = "no level is set, expected at least one of `blue`, `yellow` and `red`".to_owned();
        wrong.at("levels", "no-levels", message);
    }
    ready
}

fn points(decimal: Decimal, decimals: u8, at: &str, wrong: &mut Wrong<'_, '_>) -> Amount {
    wrong.amount(at, decimal, Kind::new(Unit::Points, decimals))
}

impl Plan {
    /// How many days lie before a renewal; below zero where it has passed.
    pub fn days_to(&self, renewal: Date) -> i64 {
        i64::from(renewal.days()) - i64::from(self.counted_on.days())
    }

    pub fn inputs(&self) -> Vec<Input> {
        self.inputs.clone()
    }

    pub fn renewal_date(&self) -> Need {
        Need::if_so(self.renewal.is_some())
    }

    pub fn value(&self) -> Need {
        if self.renewal.is_some() { Need::Optional } else { Need::Unused }
    }

    pub fn score_kind(&self) -> Kind {
        Kind::new(Unit::Points, self.decimals)
    }
}
