//! Worked examples of a plan: rows in, outcome out, compared cell by cell.

use crate::error::RunError;
use crate::figures::{Figures, InMemory};
use crate::meter::Unmeasured;
use crate::outcome::{Chunk, Sink};
use crate::prepare::{From, Schema, prepare};
use crate::run::{Settings, run};
use attain_engine::{Limits, Policy};
use attain_model::nearest::hint;
use attain_model::plan::{Example, Plan, PlanProblem};
use attain_model::{
    Calendar, Column, Currency, Data, NO_VALUE, Table, TextColumn, Type, Unit, number, period,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

fn problem(at: &str, message: impl Into<String>) -> PlanProblem {
    PlanProblem { at: at.to_owned(), message: message.into() }
}

/// Computes an example and compares its outcome; all that differs is an error, with its place.
pub fn compute(
    plan: &Plan,
    policies: &[Arc<Policy>],
    example: &Example,
    calendar: Calendar,
    currency: Currency,
    limits: &Limits,
) -> Result<(), Vec<PlanProblem>> {
    let period = example.period.unwrap_or(plan.starts);
    // The types of an example's columns are those that its inputs ask for.
    let asked = prepare(plan, policies, period, calendar, currency, &Schema::default())?;
    let mut types: BTreeMap<String, Type> = BTreeMap::new();
    let mut others: BTreeMap<&str, BTreeMap<String, Type>> = BTreeMap::new();
    for (step, feed) in asked.steps.iter().flat_map(|step| step.feeds.iter().map(move |feed| (step, feed))) {
        match &feed.from {
            From::People(name) => {
                types.insert(name.clone(), feed.kind);
            }
            // What a table's rows read may stand with their people instead.
            From::Own(name) => {
                let table = step.table.as_deref().unwrap_or_default();
                match example.tables.get(table).is_some_and(|table| table.contains_key(name)) {
                    true => others.entry(table).or_default().insert(name.clone(), feed.kind),
                    false => types.insert(name.clone(), feed.kind),
                };
            }
            From::Aligned(place) => {
                if let Some(aligned) = asked.aligned.get(*place) {
                    types.insert(aligned.source.to_string(), feed.kind);
                }
            }
            _ => {}
        }
    }
    let tables = tables_of(example, &types)?;
    let (people, targets) = (InMemory::new(tables.0), tables.1.map(InMemory::new));
    let columns = |table: &Table| table.columns.iter().map(|c| (c.name.clone(), c.kind)).collect::<Vec<_>>();
    let others = other_tables(example, &others)?;
    let schema = Schema {
        people: Some(columns(people.table())),
        targets: targets.as_ref().map(|t| columns(t.table())),
        others: others.iter().map(|(name, table)| (name.clone(), columns(table.table()))).collect(),
    };
    let prepared = prepare(plan, policies, period, calendar, currency, &schema)?;
    let figures = Figures {
        people: &people,
        targets: targets.as_ref().map(|t| t as _),
        others: others.iter().map(|(name, table)| (name.clone(), table as _)).collect(),
        past: Vec::new(),
    };
    let (never, quiet) = (AtomicBool::new(false), |_| {});
    let settings = Settings {
        threads: 1,
        batch_rows: 8192,
        limits,
        cancel: &never,
        progress: &quiet,
        meter: &Unmeasured,
    };
    let mut kept = Kept::default();
    match run(&prepared, &figures, &settings, &mut kept) {
        // An example may show who isn't covered: nobody of them gets anything.
        Ok(_) | Err(RunError::Nobody(_)) => {}
        Err(error) => return Err(vec![problem("", error.to_string())]),
    }
    let mut given: BTreeMap<String, (u8, Vec<i64>)> = BTreeMap::new();
    given.insert("payout".to_owned(), (currency.decimals(), kept.payout));
    for (column, values) in prepared.outcome_columns().into_iter().zip(kept.outputs) {
        given.insert(column.name, (column.kind.decimals, values));
    }
    compare(example, &kept.participants, &given)
}

/// Keeps the few rows of an example.
#[derive(Default)]
struct Kept {
    participants: Vec<String>,
    payout: Vec<i64>,
    outputs: Vec<Vec<i64>>,
}

impl Sink for Kept {
    fn take(&mut self, chunk: &Chunk) -> Result<(), crate::figures::ReadError> {
        self.participants.extend(chunk.participants.iter().map(|id| id.unwrap_or_default().to_owned()));
        self.payout.extend(&chunk.payout);
        self.outputs.resize(chunk.outputs.len(), Vec::new());
        self.outputs.iter_mut().zip(&chunk.outputs).for_each(|(kept, more)| kept.extend(more));
        Ok(())
    }
}

type Tables = (Table, Option<Table>);

fn tables_of(example: &Example, types: &BTreeMap<String, Type>) -> Result<Tables, Vec<PlanProblem>> {
    let Some(ids) = example.people.get("participant") else {
        return Err(vec![problem(
            ".people",
            "has no `participant`, expected the names of the example's people",
        )]);
    };
    let mut problems = Vec::new();
    let mut order: Vec<usize> = (0..ids.len()).collect();
    order.sort_by_key(|row| ids.get(*row));
    let mut tables = [("people", Vec::new()), ("targets", Vec::new())];
    for (name, cells) in &example.people {
        let at = format!(".people.{name}");
        if cells.len() != ids.len() {
            problems.push(problem(&at, format!("has {} values for {} people", cells.len(), ids.len())));
            continue;
        }
        let metric = name.strip_prefix("target.");
        let kind =
            if name == "participant" { Type::TEXT } else { types.get(name).copied().unwrap_or(Type::TEXT) };
        match column_of(metric.unwrap_or(name), kind, cells, &order) {
            Ok(column) => {
                let place = usize::from(metric.is_some());
                if name == "participant" {
                    tables.iter_mut().for_each(|(_, columns)| columns.push(column.clone()));
                } else if let Some((_, columns)) = tables.get_mut(place) {
                    columns.push(column);
                }
            }
            Err((row, message)) => problems.push(problem(&format!("{at}[{row}]"), message)),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let [people, targets] =
        tables.map(|(name, columns)| Table { name: name.to_owned(), rows: ids.len(), columns });
    let has_targets = targets.columns.len() > 1;
    Ok((people, has_targets.then_some(targets)))
}

/// The example's other tables, each in the order of its people.
fn other_tables(
    example: &Example,
    types: &BTreeMap<&str, BTreeMap<String, Type>>,
) -> Result<BTreeMap<String, InMemory>, Vec<PlanProblem>> {
    let (mut tables, mut problems) = (BTreeMap::new(), Vec::new());
    for (name, cells) in &example.tables {
        let at = format!(".tables.{name}");
        let Some(ids) = cells.get("participant") else {
            problems.push(problem(&at, "has no `participant`, expected whose each row is"));
            continue;
        };
        let mut order: Vec<usize> = (0..ids.len()).collect();
        order.sort_by_key(|row| ids.get(*row));
        let mut table = Table { name: name.clone(), rows: ids.len(), columns: Vec::new() };
        for (column, cells) in cells {
            let at = format!("{at}.{column}");
            if cells.len() != ids.len() {
                problems.push(problem(&at, format!("has {} values for {} rows", cells.len(), ids.len())));
                continue;
            }
            let known = types.get(name.as_str()).and_then(|types| types.get(column));
            match column_of(column, known.copied().unwrap_or(Type::TEXT), cells, &order) {
                Ok(column) => table.columns.push(column),
                Err((row, message)) => problems.push(problem(&format!("{at}[{row}]"), message)),
            }
        }
        tables.insert(name.clone(), InMemory::new(table));
    }
    if problems.is_empty() { Ok(tables) } else { Err(problems) }
}

fn column_of(name: &str, kind: Type, cells: &[String], order: &[usize]) -> Result<Column, (usize, String)> {
    let cell = |row: &usize| cells.get(*row).map(String::as_str).unwrap_or_default();
    let data = if kind.unit == Unit::Text {
        Data::Texts(TextColumn::from_rows(
            order.iter().map(|row| Some(cell(row)).filter(|text| !text.is_empty())),
        ))
    } else {
        let mut numbers = Vec::new();
        for row in order {
            numbers.push(number_of(cell(row), kind).map_err(|message| (*row, message))?);
        }
        Data::Numbers(numbers)
    };
    Ok(Column { name: name.to_owned(), kind, data })
}

pub(crate) fn number_of(text: &str, kind: Type) -> Result<i64, String> {
    if text.is_empty() {
        return Ok(NO_VALUE);
    }
    if kind.unit == Unit::Flag && ["true", "false"].contains(&text) {
        return Ok(i64::from(text == "true"));
    }
    if kind.unit == Unit::Date {
        let day = period::parse_day(text).map(i64::from);
        return day.ok_or_else(|| format!("`{text}` is not a day, expected such as `2025-11-22`"));
    }
    number::parse(text, kind.decimals).map_err(|error| format!("`{text}` {error}, as {kind} asks"))
}

fn compare(
    example: &Example,
    covered: &[String],
    given: &BTreeMap<String, (u8, Vec<i64>)>,
) -> Result<(), Vec<PlanProblem>> {
    let mut problems = Vec::new();
    let ids = example.people.get("participant").map(Vec::as_slice).unwrap_or_default();
    let row_of = |id: &str| covered.iter().position(|known| known == id);
    for (name, cells) in &example.expect {
        let at = format!(".expect.{name}");
        let Some((decimals, values)) = given.get(name) else {
            let hint = hint(name, given.keys().map(String::as_str));
            problems.push(problem(&at, format!("the outcome has no column `{name}`{hint}")));
            continue;
        };
        if cells.len() != ids.len() {
            problems.push(problem(&at, format!("has {} values for {} people", cells.len(), ids.len())));
            continue;
        }
        for (i, (id, expected)) in ids.iter().zip(cells).enumerate() {
            let got = row_of(id).and_then(|row| values.get(row)).copied().unwrap_or(NO_VALUE);
            let wanted = if expected.is_empty() { Ok(NO_VALUE) } else { number::parse(expected, *decimals) };
            if wanted != Ok(got) {
                let got = if got == NO_VALUE {
                    "no value".to_owned()
                } else {
                    format!("`{}`", number::format(got, *decimals))
                };
                problems.push(problem(
                    &format!("{at}[{i}]"),
                    format!("`{id}` gets {got}, and the example says `{expected}`"),
                ));
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}
