//! Tables as CSV files, for first steps with the importer.

use attain_model::period::day_text;
use attain_model::{Column, Data, Table, Unit, number};
use std::io::{self, Write};

/// Writes a table as CSV (RFC 4180, UTF-8, `\n` after each row). The header carries what the numbers mean,
/// as the importer reads it: `revenue:money:2`. A cell without a value is empty.
///
/// Pieces of one table follow each other: only the first has a header.
pub fn write_csv(pieces: impl IntoIterator<Item = Table>, out: &mut dyn Write) -> io::Result<()> {
    for (i, piece) in pieces.into_iter().enumerate() {
        if i == 0 {
            let names: Vec<String> = piece.columns.iter().map(header).collect();
            writeln!(out, "{}", names.join(","))?;
        }
        for row in 0..piece.rows {
            let cells: Vec<String> = piece.columns.iter().map(|column| cell(column, row)).collect();
            writeln!(out, "{}", cells.join(","))?;
        }
    }
    Ok(())
}

/// Writes table `targets` as `attain target import` reads it: a row for each target, `participant,metric,target`.
/// A metric counts what the column of its name in `people` counts.
pub fn write_targets_csv(pieces: impl IntoIterator<Item = Table>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "participant,metric,target")?;
    for piece in pieces {
        let (ids, metrics): (Vec<&Column>, Vec<&Column>) =
            piece.columns.iter().partition(|column| column.kind.unit == Unit::Text);
        for row in 0..piece.rows {
            let id: String = ids.iter().map(|column| cell(column, row)).collect();
            for metric in &metrics {
                writeln!(out, "{id},{},{}", metric.name, cell(metric, row))?;
            }
        }
    }
    Ok(())
}

fn header(column: &Column) -> String {
    let name = &column.name;
    match (column.kind.unit, column.kind.decimals) {
        (Unit::Text, _) => name.clone(),
        // Money without decimals is said to have none, or it would be read with its currency's.
        (unit, 0) if unit != Unit::Money => format!("{name}:{unit}"),
        (unit, decimals) => format!("{name}:{unit}:{decimals}"),
    }
}

fn cell(column: &Column, row: usize) -> String {
    match &column.data {
        Data::Texts(texts) => quoted(texts.get(row).unwrap_or_default()),
        Data::Numbers(numbers) => match numbers.get(row) {
            None | Some(&number::NO_VALUE) => String::new(),
            Some(day) if column.kind.unit == Unit::Date => day_text(*day),
            Some(value) => number::format(*value, column.kind.decimals),
        },
    }
}

fn quoted(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
