//! Delimited text: which delimiter, then rows of cells.
//!
//! The delimiter is beyond doubt when the header has only one of the four, or when only one of them cuts the first
//! rows into equally many cells. Otherwise the mapping must name it. A first line `sep=;`, as spreadsheets write
//! it, names it too.

use super::records::Records;
use super::text::decode;
use crate::builder::Rows;
use crate::cell::Cell;
use crate::error::ImportError;
use crate::header::Expectation;
use ::bytes::Bytes;
use std::borrow::Cow;

const DELIMITERS: [(u8, &str); 4] = [(b',', ","), (b';', ";"), (b'\t', "tab"), (b'|', "|")];

/// How many rows are looked at to tell the delimiter.
const SAMPLE_ROWS: usize = 50;

/// Reads a text file into rows.
pub(crate) fn read(bytes: &Bytes, expect: Expectation<'_>, rows: &mut dyn Rows) -> Result<(), ImportError> {
    let mapping = expect.mapping;
    if let Some(sheet) = &mapping.sheet {
        let what = format!(
            "is a text file, but the mapping names the sheet `{sheet}`; remove `sheet` from the mapping"
        );
        return Err(ImportError::file(expect.file, what));
    }
    let text = decode(expect.file, bytes, mapping.encoding)?;
    let (named, first_line) = named_by_sep(&text);
    let header_line = mapping.header_row.map_or(first_line, |row| u64::from(row) - 1);
    let delimiter = match mapping.delimiter.or(named) {
        Some(delimiter) => delimiter,
        None => recognise(expect.file, &text, header_line)?,
    };
    let mut records = Records::new(&text, delimiter);
    records.skip_lines(header_line);
    let mut texts: Vec<Cow<'_, str>> = Vec::new();
    match records.next(&mut texts) {
        Ok(Some(line)) => {
            let names: Vec<String> = texts.iter().map(|name| name.to_string()).collect();
            rows.header(Some(line), &names)?;
        }
        Ok(None) => {
            return Err(ImportError::file(
                expect.file,
                "has no header, expected the names of the columns in its first row",
            ));
        }
        Err(fault) => {
            return Err(ImportError::file(
                expect.file,
                format!("can't be read in row {}: {}", fault.line, fault.what),
            ));
        }
    }
    let mut cells: Vec<Cell<'_>> = Vec::new();
    loop {
        match records.next(&mut texts) {
            Ok(Some(line)) => {
                cells.clear();
                cells.extend(texts.drain(..).map(Cell::Text));
                rows.row(line, &cells)?;
            }
            Ok(None) => return Ok(()),
            Err(fault) => {
                rows.problem(fault.line, None, fault.what);
                return Ok(());
            }
        }
    }
}

/// The delimiter of a `sep=;` line, and how many lines that takes.
fn named_by_sep(text: &str) -> (Option<u8>, u64) {
    let line = text.lines().next().unwrap_or_default().trim_end_matches('\r');
    match line.strip_prefix("sep=").map(str::as_bytes) {
        Some([delimiter]) if DELIMITERS.iter().any(|(known, _)| known == delimiter) => (Some(*delimiter), 1),
        _ => (None, 0),
    }
}

fn recognise(file: &str, text: &str, header_line: u64) -> Result<u8, ImportError> {
    let widths = |delimiter: u8| -> Vec<usize> {
        let mut records = Records::new(text, delimiter);
        records.skip_lines(header_line);
        let mut cells = Vec::new();
        let mut widths = Vec::new();
        while widths.len() < SAMPLE_ROWS && matches!(records.next(&mut cells), Ok(Some(_))) {
            widths.push(cells.len());
        }
        widths
    };
    let in_header: Vec<(u8, &str, Vec<usize>)> = DELIMITERS
        .iter()
        .map(|(delimiter, name)| (*delimiter, *name, widths(*delimiter)))
        .filter(|(_, _, widths)| widths.first().is_some_and(|width| *width > 1))
        .collect();
    let even = |widths: &[usize]| widths.iter().all(|width| Some(width) == widths.first());
    match in_header.as_slice() {
        [] => Ok(b','),
        [(delimiter, ..)] => Ok(*delimiter),
        several => {
            let mut fitting = several.iter().filter(|(_, _, widths)| even(widths));
            match (fitting.next(), fitting.next()) {
                (Some((delimiter, ..)), None) => Ok(*delimiter),
                _ => {
                    let names: Vec<&str> = several.iter().map(|(_, name, _)| *name).collect();
                    Err(ImportError::file(
                        file,
                        format!(
                            "may be delimited by `{}`; name the delimiter in the mapping, such as `delimiter = \"{}\"`",
                            names.join("` or `"),
                            names.first().unwrap_or(&",")
                        ),
                    ))
                }
            }
        }
    }
}
