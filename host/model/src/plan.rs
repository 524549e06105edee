//! A plan: which policies run, in which order, on whom, with which parameters, from which period on.
//!
//! In: the text of a TOML file. Out: a [`Plan`] whose names, periods and bindings are well formed. Whether
//! they exist is checked against policies and figures when the plan is published.

use crate::company::{NAME_SHAPE, is_column_name, is_name};
use crate::currency::Currency;
use crate::manifest::{Fold, OutputKind};
use crate::nearest::nearest;
use crate::number::DECIMALS_MAX;
use crate::period::{Calendar, Period, PeriodKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// A plan as its file says it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Its name; versions of the same plan share it.
    pub plan: String,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it pays in; the company's currency where it says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// How long its periods are.
    pub period: PeriodKind,
    /// The first period that it applies to.
    pub starts: Period,
    /// Whom it covers; everybody where it says nothing.
    #[serde(default, skip_serializing_if = "Population::is_everybody")]
    pub population: Population,
    /// Its steps, in order.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
    /// Worked examples, computed before it is published.
    #[serde(rename = "example", default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<Example>,
}

/// Whom a plan covers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Population {
    /// For each text column of `people`, the values that are covered. All must hold.
    #[serde(default, rename = "where")]
    pub filter: BTreeMap<String, OneOrMany>,
}

impl Population {
    fn is_everybody(&self) -> bool {
        self.filter.is_empty()
    }
}

/// A value or a list of values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// `role = "rep"`
    One(String),
    /// `role = ["rep", "senior"]`
    Many(Vec<String>),
}

impl OneOrMany {
    /// The values.
    pub fn values(&self) -> &[String] {
        match self {
            OneOrMany::One(value) => std::slice::from_ref(value),
            OneOrMany::Many(values) => values,
        }
    }
}

/// One policy with its parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What later steps and outcomes call it.
    pub name: String,
    /// `name@major`, `name@1.2.3`, or a component's digest.
    pub policy: String,
    /// The table whose rows it reads, where that isn't the policy's own: any rule can look at deals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// Where its inputs come from; an input that isn't named binds to the column of its own name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inputs: BTreeMap<String, String>,
    /// Kinds of outputs that differ from what the policy says.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub outputs: BTreeMap<String, OutputKind>,
    /// How rows of another table than `people` become one value a person, where that differs from what the policy
    /// says.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub folds: BTreeMap<String, Fold>,
    /// What the policy's schema describes.
    #[serde(default = "empty", skip_serializing_if = "is_empty")]
    pub params: serde_json::Value,
}

fn empty() -> serde_json::Value {
    serde_json::Value::Object(serde_json::Map::new())
}

fn is_empty(value: &serde_json::Value) -> bool {
    value.as_object().is_some_and(serde_json::Map::is_empty)
}

/// Rows in, outcome out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows.
    #[serde(default)]
    pub doc: String,
    /// The period it is about; the plan's first where it says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// Columns of `people`, `participant` among them, and `target.<metric>`; cells are written as in a file.
    pub people: BTreeMap<String, Vec<String>>,
    /// Columns of other tables by name, where steps read them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tables: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    /// Columns of the outcome by name, a value for each of the people.
    pub expect: BTreeMap<String, Vec<String>>,
}

/// Where an input comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// A column of the step's table.
    Column(String),
    /// A participant's target for a metric.
    Target(String),
    /// An output of a step.
    Output {
        /// The step.
        step: String,
        /// Its output.
        output: String,
    },
    /// What this step gave for the previous period.
    Carry(String),
    /// The same for everybody.
    Constant(String),
    /// The same name for everybody.
    Word(String),
    /// Over official runs of earlier periods.
    History {
        /// Which periods.
        reach: Reach,
        /// A column, a target or a step's output.
        of: Box<Source>,
    },
    /// What those who belong to a participant had, added up.
    RollUp {
        /// A step's output or a column.
        of: Box<Source>,
        /// The column of `people`, or else of `memberships`, that names whom a row belongs to.
        by: String,
        /// Whether those count, too, who belong to somebody who belongs to them, on all levels.
        deep: bool,
    },
}

/// Which periods a look at history covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// From the fiscal year's first period to this one, added up.
    YearToDate,
    /// From the fiscal year's first period to the one before this, added up.
    YearBefore,
    /// The value so many periods ago.
    Prior(u32),
    /// This period and those before it, so many in all, added up.
    Trailing(u32),
}

impl Reach {
    /// The earlier periods that it reads, and whether this period belongs to it.
    pub fn periods(self, period: Period, calendar: Calendar) -> (Vec<Period>, bool) {
        let before = |n: u32| {
            let mut periods = Vec::new();
            let mut current = period;
            for _ in 0..n {
                let Some(earlier) = current.previous(calendar) else { break };
                periods.push(earlier);
                current = earlier;
            }
            periods.reverse();
            periods
        };
        match self {
            Reach::YearToDate | Reach::YearBefore => {
                let mut periods = period.year_to_date(calendar);
                periods.pop();
                (periods, self == Reach::YearToDate)
            }
            Reach::Trailing(n) => (before(n.saturating_sub(1)), true),
            Reach::Prior(n) => (before(n).into_iter().take(1).collect(), false),
        }
    }

    /// Whether it adds values up.
    pub fn is_sum(self) -> bool {
        !matches!(self, Reach::Prior(_))
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Column(name) => f.write_str(name),
            Source::Target(metric) => write!(f, "target.{metric}"),
            Source::Output { step, output } => write!(f, "{step}.{output}"),
            Source::Carry(output) => write!(f, "carry({output})"),
            Source::Constant(number) => f.write_str(number),
            Source::Word(word) => write!(f, "'{word}'"),
            Source::History { reach: Reach::YearToDate, of } => write!(f, "ytd({of})"),
            Source::History { reach: Reach::YearBefore, of } => write!(f, "ytd_before({of})"),
            Source::History { reach: Reach::Prior(n), of } => write!(f, "prior({of}, {n})"),
            Source::History { reach: Reach::Trailing(n), of } => write!(f, "trailing({of}, {n})"),
            Source::RollUp { of, by, deep } => {
                write!(f, "sum({of} {} {by})", if *deep { "under" } else { "by" })
            }
        }
    }
}

impl Source {
    /// Reads a binding as a plan writes it.
    ///
    /// ```
    /// use attain_model::plan::Source;
    /// let source = Source::parse("ytd(commission.commission)").unwrap();
    /// assert_eq!(source.to_string(), "ytd(commission.commission)");
    /// assert!(Source::parse("ytd(").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Source, String> {
        let text = text.trim();
        if let Some(word) = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
            return Ok(Source::Word(word.to_owned()));
        }
        if crate::number::parse(text, DECIMALS_MAX).is_ok() {
            return Ok(Source::Constant(text.to_owned()));
        }
        if let Some((function, rest)) = text.split_once('(') {
            let inner = rest
                .strip_suffix(')')
                .ok_or_else(|| format!("`{text}` has no closing bracket, expected `{text})`"))?;
            return Source::parse_function(function.trim(), inner.trim(), text);
        }
        let names: Vec<&str> = text.split('.').collect();
        match names.as_slice() {
            ["target", metric] if is_column_name(metric) => Ok(Source::Target((*metric).to_owned())),
            [step, output] if is_name(step) && is_column_name(output) => {
                Ok(Source::Output { step: (*step).to_owned(), output: (*output).to_owned() })
            }
            [column] if is_column_name(column) => Ok(Source::Column((*column).to_owned())),
            _ => Err(format!(
                "`{text}` is not a binding, expected a column, `target.<metric>`, `<step>.<output>`, `ytd(..)`, `ytd_before(..)`, `prior(.., n)`, `trailing(.., n)`, `carry(<output>)`, `sum(.. by <column>)`, `sum(.. under <column>)`, a number or a 'word' in single quotes"
            )),
        }
    }

    fn parse_function(function: &str, inner: &str, text: &str) -> Result<Source, String> {
        // What a function takes is no function itself: a text of a hundred thousand brackets is refused at the second.
        let nested = |of: &str| !of.trim_start().starts_with('\'') && of.contains('(');
        let history = |reach, of: &str| {
            if nested(of) {
                return Err(format!(
                    "`{text}`: history is of a column, a target or a step's output, not of `{}`",
                    of.trim()
                ));
            }
            let of = Source::parse(of)?;
            match of {
                Source::Column(_) | Source::Target(_) | Source::Output { .. } => {
                    Ok(Source::History { reach, of: Box::new(of) })
                }
                _ => Err(format!(
                    "`{text}`: history is of a column, a target or a step's output, not of `{of}`"
                )),
            }
        };
        let counted = || {
            let (of, n) = inner.rsplit_once(',').ok_or_else(|| {
                format!("`{text}` names no number of periods, expected such as `{function}({inner}, 3)`")
            })?;
            let n: u32 = n.trim().parse().ok().filter(|n| (1..=120).contains(n)).ok_or_else(|| {
                format!("`{}` in `{text}` is not a number of periods, expected 1 to 120", n.trim())
            })?;
            Ok::<_, String>((of, n))
        };
        match function {
            "ytd" => history(Reach::YearToDate, inner),
            "ytd_before" => history(Reach::YearBefore, inner),
            "prior" => counted().and_then(|(of, n)| history(Reach::Prior(n), of)),
            "trailing" => counted().and_then(|(of, n)| history(Reach::Trailing(n), of)),
            "carry" if is_column_name(inner) => Ok(Source::Carry(inner.to_owned())),
            "sum" => {
                let by = inner.split_once(" by ").map(|(of, by)| (of, by, false));
                let parts = by.or_else(|| inner.split_once(" under ").map(|(of, by)| (of, by, true)));
                let (of, by, deep) = parts.ok_or_else(|| {
                    format!(
                        "`{text}` doesn't say by what, expected `sum({inner} by manager)`, or `sum({inner} under manager)` for all levels"
                    )
                })?;
                let wrong = || format!("`{text}`: a sum is over a column or a step's output by a column");
                if nested(of) {
                    return Err(wrong());
                }
                let of = Source::parse(of)?;
                if !matches!(of, Source::Column(_) | Source::Output { .. }) || !is_column_name(by.trim()) {
                    return Err(wrong());
                }
                Ok(Source::RollUp { of: Box::new(of), by: by.trim().to_owned(), deep })
            }
            _ => Err(format!(
                "`{function}` is not a function of a binding{}",
                crate::nearest::hint(function, ["ytd", "ytd_before", "prior", "trailing", "carry", "sum"])
            )),
        }
    }
}

/// One thing that is wrong with a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanProblem {
    /// Where: `step[1].inputs.credit`.
    pub at: String,
    /// What, what was expected, and what to do.
    pub message: String,
}

impl fmt::Display for PlanProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.message)
    }
}

impl Plan {
    /// Reads a plan's file and checks what can be checked without policies and figures.
    pub fn parse(toml_text: &str) -> Result<Plan, Vec<PlanProblem>> {
        let plan: Plan = toml::from_str(toml_text).map_err(|error| {
            let line = error
                .span()
                .map(|span| toml_text.get(..span.start).unwrap_or_default().matches('\n').count() + 1);
            vec![PlanProblem {
                at: line.map_or_else(|| "plan".to_owned(), |line| format!("line {line}")),
                message: in_words(error.message()),
            }]
        })?;
        let problems = plan.problems();
        if problems.is_empty() { Ok(plan) } else { Err(problems) }
    }

    fn problems(&self) -> Vec<PlanProblem> {
        let mut problems = Vec::new();
        let mut wrong = |at: String, message: String| problems.push(PlanProblem { at, message });
        if !is_name(&self.plan) {
            wrong("plan".into(), format!("`{}` is not a plan's name, expected {NAME_SHAPE}", self.plan));
        }
        if self.starts.kind() != self.period {
            wrong(
                "starts".into(),
                format!(
                    "`{}` is a {}, but the plan's period is a {}; write the {} that it starts with",
                    self.starts,
                    self.starts.kind().name(),
                    self.period.name(),
                    self.period.name()
                ),
            );
        }
        if self.steps.is_empty() || self.steps.len() > 64 {
            wrong("step".into(), format!("there are {} steps, expected 1 to 64", self.steps.len()));
        }
        for (i, step) in self.steps.iter().enumerate() {
            let reserved = ["target", "participant", "payout"].contains(&step.name.as_str());
            if !is_name(&step.name) || reserved {
                wrong(
                    format!("step[{i}].name"),
                    format!(
                        "`{}` is not a step's name, expected {NAME_SHAPE}, and neither `target`, `participant` nor `payout`",
                        step.name
                    ),
                );
            }
            if self.steps.iter().take(i).any(|earlier| earlier.name == step.name) {
                wrong(
                    format!("step[{i}].name"),
                    format!("`{}` names an earlier step already; names of steps differ", step.name),
                );
            }
            if !step.params.is_object() {
                wrong(format!("step[{i}].params"), "is not a table of parameters".into());
            }
            for (input, source) in &step.inputs {
                if let Err(message) = Source::parse(source) {
                    wrong(format!("step[{i}].inputs.{input}"), message);
                }
            }
        }
        problems
    }

    /// Where an input of a step comes from: as the plan says, or the column of its name.
    pub fn source(step: &Step, input: &str) -> Source {
        match step.inputs.get(input).map(|text| Source::parse(text)) {
            Some(Ok(source)) => source,
            _ => Source::Column(input.to_owned()),
        }
    }
}

/// What a reader of TOML says, in words for the author of a plan.
fn in_words(message: &str) -> String {
    let message = message.trim().replace('\n', ", ");
    let named = |text: &str| -> Option<(String, Vec<String>)> {
        let mut names = text.split('`').skip(1).step_by(2).map(str::to_owned);
        Some((names.next()?, names.collect()))
    };
    let known = |names: &[String], name: &str| {
        nearest(name, names.iter().map(String::as_str)).map_or_else(
            || format!(", expected one of `{}`", names.join("`, `")),
            |near| format!("; did you mean `{near}`?"),
        )
    };
    let (what, rest) = message.split_at(message.find('`').unwrap_or(message.len()));
    match (what.trim(), named(rest)) {
        ("unknown field", Some((name, names))) => {
            format!("`{name}` is not a key that is known here{}", known(&names, &name))
        }
        ("unknown variant", Some((name, names))) => {
            format!("`{name}` is not a choice here{}", known(&names, &name))
        }
        ("missing field", Some((name, _))) => format!("the key `{name}` is missing"),
        ("duplicate key", _) => format!("{message}; keep one of them"),
        _ => message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: &str = r#"
        plan = "field-sales"
        period = "quarter"
        starts = "2017-Q1"
        [population]
        where = { role = ["rep", "senior"] }
        [[step]]
        name = "commission"
        policy = "tiered-commission@1"
        inputs = { credit = "revenue", target = "target.revenue", factor = "1.0" }
        [step.params]
        tiers = [{ from = "0", rate = "0.02" }]
    "#;

    #[test]
    fn a_plan_reads() {
        let plan = Plan::parse(PLAN).unwrap();
        assert_eq!(Plan::source(&plan.steps[0], "target"), Source::Target("revenue".into()));
        assert_eq!(Plan::source(&plan.steps[0], "factor"), Source::Constant("1.0".into()));
        assert_eq!(Plan::source(&plan.steps[0], "cap"), Source::Column("cap".into()));
        let again: Plan = serde_json::from_value(serde_json::to_value(&plan).unwrap()).unwrap();
        assert_eq!(again, plan);
    }

    /// A binding of fifty thousand brackets was read by as many calls within each other: the server's stack ended, and
    /// with it the server. What a function takes is no function, so the second bracket ends it.
    #[test]
    fn a_binding_of_very_many_brackets_is_refused_at_the_second() {
        let error = Source::parse("ytd( ytd(x) )").unwrap_err();
        assert_eq!(
            error,
            "`ytd( ytd(x) )`: history is of a column, a target or a step's output, not of `ytd(x)`"
        );
        let error = Source::parse("sum(ytd(x) by y)").unwrap_err();
        assert_eq!(error, "`sum(ytd(x) by y)`: a sum is over a column or a step's output by a column");
        let deep = |word: &str, end: &str| format!("{}x{}", word.repeat(50_000), end.repeat(50_000));
        for text in [deep("ytd(", ")"), deep("sum(", " by y)"), deep("prior(", ", 1)")] {
            assert!(Source::parse(&text).is_err());
        }
    }

    #[test]
    fn everything_wrong_is_said_with_its_place() {
        let text = PLAN.replace("\"2017-Q1\"", "\"2017-01\"").replace("\"revenue\"", "\"ytdd(revenue)\"");
        let problems: Vec<String> = Plan::parse(&text).unwrap_err().iter().map(|p| p.to_string()).collect();
        assert_eq!(
            problems,
            [
                "starts: `2017-01` is a month, but the plan's period is a quarter; write the quarter that it starts with",
                "step[0].inputs.credit: `ytdd` is not a function of a binding; did you mean `ytd`?",
            ]
        );
    }

    #[test]
    fn an_unknown_field_names_its_line() {
        let problems = Plan::parse(&PLAN.replace("policy =", "polcy =")).unwrap_err();
        assert_eq!(problems[0].at, "line 9", "{problems:?}");
        assert!(
            problems[0].message.contains("`polcy` is not a key that is known here; did you mean `policy`?"),
            "{problems:?}"
        );
    }

    #[test]
    fn bindings_read_and_write_alike() {
        for text in [
            "revenue",
            "target.revenue",
            "score.factor",
            "ytd(revenue)",
            "ytd_before(target.revenue)",
            "prior(score.factor, 1)",
            "trailing(revenue, 3)",
            "carry(balance)",
            "0.5",
            "'West'",
            "sum(commission.commission by manager)",
        ] {
            assert_eq!(Source::parse(text).unwrap().to_string(), text);
        }
        for bad in [
            "",
            "Revenue",
            "a.b.c",
            "prior(revenue)",
            "prior(revenue, 0)",
            "ytd(ytd(revenue))",
            "sum(revenue)",
            "carry(1)",
            "ytd(revenue",
        ] {
            assert!(Source::parse(bad).is_err(), "{bad}");
        }
    }
}
