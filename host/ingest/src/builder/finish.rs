//! The last look at a table: keys, order, and what only shows when all rows are there.

use super::{Building, TableBuilder};
use crate::error::{Collector, ImportError, Place};
use crate::header::{Expectation, Untyped};
use crate::settings::date::write_iso;
use attain_model::number::{NO_VALUE, format};
use attain_model::table::{NO_TEXT, compare_rows};
use attain_model::{Column, Data, Table, Unit};
use std::cmp::Ordering;

/// Checks and sorts what the builder gathered.
pub(super) fn finish(builder: TableBuilder<'_>) -> Result<Table, ImportError> {
    let TableBuilder { expect, columns, source_rows, mut problems, .. } = builder;
    let mut sources = Vec::new();
    let mut finished = Vec::new();
    for Building { plan, cells } in columns.into_iter().flatten() {
        let (kind, data) = cells.finish();
        sources.push(plan.source);
        finished.push(Column { name: plan.name, kind, data });
    }
    let table = Table { name: expect.schema.table.clone(), rows: source_rows.len(), columns: finished };
    if !problems.is_empty() {
        return Err(ImportError::Rows(problems.into_problems()));
    }
    let may_be_empty = match expect.untyped {
        Untyped::Recognised => false,
        Untyped::Text => true,
        Untyped::Declared => table.name != "people",
    };
    if table.rows == 0 && !may_be_empty {
        return Err(match expect.untyped {
            Untyped::Declared => ImportError::Sql {
                file: expect.file.to_owned(),
                table: table.name,
                what:
                    "the SQL gives no row, expected a row a participant; check its conditions and the period"
                        .to_owned(),
            },
            Untyped::Recognised | Untyped::Text => ImportError::file(
                expect.file,
                "has no row of figures, expected at least one below the header",
            ),
        });
    }
    check_values(&table, &sources, &source_rows, &mut problems);
    check_key(&table, expect, &source_rows, &mut problems);
    if !problems.is_empty() {
        return Err(ImportError::Rows(problems.into_problems()));
    }
    Ok(sorted(table))
}

/// A `people` row needs its participant, and an assignment begins before it ends.
fn check_values(table: &Table, sources: &[String], source_rows: &[u64], problems: &mut Collector) {
    let source_of = |name: &str| {
        let index = table.columns.iter().position(|column| column.name == name);
        index.and_then(|index| sources.get(index)).map(String::as_str)
    };
    if let Some(participants) = table.column("participant").and_then(Column::texts) {
        let missing = participants.codes.iter().zip(source_rows).filter(|(code, _)| **code == NO_TEXT);
        for (_, row) in missing {
            let place = Place { row: Some(*row), column: source_of("participant") };
            problems.add(place, None, || {
                "is empty, expected who the row is about; name them or remove the row".to_owned()
            });
        }
    }
    let days = |name: &str| {
        table.column(name).filter(|column| column.kind.unit == Unit::Date).and_then(Column::numbers)
    };
    if let (Some(from), Some(to)) = (days("from"), days("to")) {
        for ((from, to), row) in from.iter().zip(to).zip(source_rows) {
            if *from != NO_VALUE && *to != NO_VALUE && from > to {
                let place = Place { row: Some(*row), column: source_of("to") };
                problems.add(place, Some(&write_iso(*to)), || {
                    format!("is before `from`, {}; expected the same day or a later one", write_iso(*from))
                });
            }
        }
    }
}

/// The same with its rows in canonical order, a column at a time, so that no two tables are held at once.
fn sorted(table: Table) -> Table {
    let order = table.canonical_order();
    if is_rising(&order) {
        return table;
    }
    let in_order = |column: Column| Column { data: column.data.gather(&order), ..column };
    Table { columns: table.columns.into_iter().map(in_order).collect(), ..table }
}

fn is_rising(order: &[usize]) -> bool {
    order.iter().enumerate().all(|(place, row)| place == *row)
}

/// Rows that agree in the whole key are the same row twice. A part of the key that is no column agrees always.
fn check_key(table: &Table, expect: Expectation<'_>, source_rows: &[u64], problems: &mut Collector) {
    let columns: Vec<&Column> = expect.schema.key.iter().filter_map(|name| table.column(name)).collect();
    if columns.is_empty() {
        return;
    }
    let mut order: Vec<usize> = (0..table.rows).collect();
    // Equal keys come together in the order of the file, so that the first one is named.
    order.sort_unstable_by(|a, b| compare_rows(&columns, *a, *b).then(a.cmp(b)));
    let row_of = |row: usize| source_rows.get(row).copied();
    let mut doubles: Vec<(usize, usize)> = Vec::new();
    let mut first = order.first().copied().unwrap_or_default();
    for row in order.into_iter().skip(1) {
        match compare_rows(&columns, first, row) {
            Ordering::Equal => doubles.push((row, first)),
            _ => first = row,
        }
    }
    doubles.sort_unstable();
    for (row, first) in doubles {
        let place = Place { row: row_of(row), column: columns.first().map(|column| column.name.as_str()) };
        let value = columns.first().map(|column| cell_text(column, row));
        problems.add(place, value.as_deref(), || {
            double(table, &columns, row, row_of(first).unwrap_or_default(), expect.untyped)
        });
    }
}

fn double(table: &Table, columns: &[&Column], row: usize, first_row: u64, from: Untyped) -> String {
    let others =
        columns.iter().skip(1).map(|column| format!("with `{}` {} ", column.name, cell_text(column, row)));
    let advice = match table.name.as_str() {
        "people" => "expected one row for each participant, or a different `from` for each assignment",
        _ => "expected it once; remove one row or add them up",
    };
    let group = if from == Untyped::Declared { "; group by them in the SQL" } else { "" };
    format!("{}is already in row {first_row}; {advice}{group}", others.collect::<String>())
}

fn cell_text(column: &Column, row: usize) -> String {
    match &column.data {
        Data::Texts(texts) => texts.get(row).unwrap_or("(none)").to_owned(),
        Data::Numbers(numbers) => match numbers.get(row) {
            Some(&NO_VALUE) | None => "(none)".to_owned(),
            Some(number) if column.kind.unit == Unit::Date => write_iso(*number),
            Some(number) => format(*number, column.kind.decimals),
        },
    }
}
