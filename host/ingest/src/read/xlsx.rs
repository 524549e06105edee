//! Workbooks. Formulas count by the value that was saved with them; formats matter only to tell days.
//!
//! A number of a workbook is a binary floating-point number. It stands for the shortest decimal number that is
//! read back as it, and is refused when that takes more than 15 digits: nobody typed it.

use crate::builder::Rows;
use crate::cell::Cell;
use crate::error::{ImportError, shown};
use crate::header::Expectation;
use crate::settings::date::days_of;
use ::bytes::Bytes;
use attain_model::nearest::hint;
use calamine::{DataRef, ExcelDateTime, Reader, SheetVisible, Xlsx};
use std::borrow::Cow;
use std::io::{Cursor, Read};

/// Reads a workbook's sheet into rows.
pub(crate) fn read(bytes: &Bytes, expect: Expectation<'_>, rows: &mut dyn Rows) -> Result<(), ImportError> {
    check_unpacked(bytes, expect)?;
    let broken = |error: calamine::XlsxError| {
        ImportError::file(
            expect.file,
            format!(
                "is no workbook that can be read ({}); save it again as .xlsx",
                shown(&error.to_string())
            ),
        )
    };
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes.clone())).map_err(broken)?;
    let sheet = choose_sheet(&workbook, expect)?;
    let mut cells = workbook.worksheet_cells_reader(&sheet).map_err(broken)?;
    let mut sink = Sheet { expect, rows, row: None, cells: Vec::new(), headed: false };
    while let Some(cell) = cells.next_cell().map_err(broken)? {
        sink.cell(cell.get_position(), value_of(cell.get_value()))?;
    }
    sink.end_row()?;
    if sink.headed {
        Ok(())
    } else {
        Err(ImportError::file(
            expect.file,
            format!("has nothing in sheet `{sheet}`, expected a header and rows"),
        ))
    }
}

/// Gathers cells into rows.
struct Sheet<'a, 'r> {
    expect: Expectation<'a>,
    rows: &'r mut dyn Rows,
    /// The row being gathered; 0 is the first.
    row: Option<u32>,
    cells: Vec<Cell<'static>>,
    headed: bool,
}

impl Sheet<'_, '_> {
    fn cell(&mut self, (row, column): (u32, u32), cell: Cell<'static>) -> Result<(), ImportError> {
        if self.row != Some(row) {
            self.end_row()?;
            if self.row.is_some_and(|last| last > row) {
                return Err(ImportError::file(
                    self.expect.file,
                    "has rows out of order; save it again as .xlsx",
                ));
            }
            self.row = Some(row);
        }
        let column = column as usize;
        if cell == Cell::Empty {
            return Ok(());
        }
        let most = self.expect.limits.columns;
        if column >= most {
            let what = format!(
                "has a value in column {} of row {}, expected at most {most} columns",
                column + 1,
                row + 1
            );
            return Err(ImportError::too_large(self.expect.file, what));
        }
        if self.cells.len() <= column {
            self.cells.resize(column + 1, Cell::Empty);
        }
        if let Some(slot) = self.cells.get_mut(column) {
            *slot = cell;
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), ImportError> {
        let Some(row) = self.row.map(|row| u64::from(row) + 1) else { return Ok(()) };
        let header_row = u64::from(self.expect.mapping.header_row.unwrap_or(1));
        if self.cells.is_empty() || row < header_row {
            self.cells.clear();
            return Ok(());
        }
        if self.headed {
            self.rows.row(row, &self.cells)?;
        } else {
            let names: Vec<String> = self.cells.iter().map(header_text).collect();
            self.rows.header(Some(row), &names)?;
            self.headed = true;
        }
        self.cells.clear();
        Ok(())
    }
}

fn header_text(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Text(text) => text.to_string(),
        other => other.shown(),
    }
}

/// The sheet that the mapping names, or the only visible one.
fn choose_sheet(workbook: &Xlsx<Cursor<Bytes>>, expect: Expectation<'_>) -> Result<String, ImportError> {
    let sheets = workbook.sheets_metadata();
    let names = || sheets.iter().map(|sheet| sheet.name.as_str());
    if let Some(named) = &expect.mapping.sheet {
        return match names().find(|name| name == named) {
            Some(name) => Ok(name.to_owned()),
            None => {
                Err(ImportError::file(expect.file, format!("has no sheet `{named}`{}", hint(named, names()))))
            }
        };
    }
    let visible: Vec<&str> = sheets
        .iter()
        .filter(|sheet| sheet.visible == SheetVisible::Visible)
        .map(|sheet| sheet.name.as_str())
        .collect();
    match visible.as_slice() {
        [only] => Ok((*only).to_owned()),
        [] => Err(ImportError::file(
            expect.file,
            "has no visible sheet; name one in the mapping, such as `sheet = \"Q1\"`",
        )),
        [first, ..] => Err(ImportError::file(
            expect.file,
            format!(
                "has {} sheets, `{}`; name the one that is meant in the mapping, such as `sheet = \"{first}\"`",
                visible.len(),
                visible.join("`, `")
            ),
        )),
    }
}

fn value_of(value: &DataRef<'_>) -> Cell<'static> {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::Int(number) => Cell::Scaled(*number, 0),
        DataRef::Float(number) => Cell::Float(*number),
        DataRef::String(text) => Cell::Text(Cow::Owned(text.clone())),
        DataRef::SharedString(text) => Cell::Text(Cow::Owned((*text).to_owned())),
        DataRef::Bool(flag) => Cell::Flag(i64::from(*flag)),
        DataRef::DateTime(day) => day_of(*day),
        DataRef::DateTimeIso(text) => {
            Cell::Text(Cow::Owned(text.strip_suffix("T00:00:00").unwrap_or(text).to_owned()))
        }
        DataRef::DurationIso(text) => Cell::Fault(
            Cow::Owned(text.clone()),
            "is a duration, expected a number or a day; write it as a number of days",
        ),
        DataRef::Error(error) => Cell::Fault(
            Cow::Owned(error.to_string()),
            "is an error of a formula; mend the formula, or empty the cell",
        ),
    }
}

/// A day; a time of day beside it is refused, because whose midnight is meant is a guess.
fn day_of(day: ExcelDateTime) -> Cell<'static> {
    let shown = || Cow::Owned(format!("{day}"));
    if day.is_duration() {
        return Cell::Fault(
            shown(),
            "is a duration, expected a number or a day; write it as a number of days",
        );
    }
    let (year, month, date, hour, minute, second, milli) = day.to_ymd_hms_milli();
    let within = (0.0..2_958_466.0).contains(&day.as_f64());
    let days = i16::try_from(year).ok().and_then(|year| days_of(year, i16::from(month), i16::from(date)));
    match days.filter(|_| within) {
        None => Cell::Fault(shown(), "is formatted as a day, but is none in the calendar"),
        Some(days) if (hour, minute, second, milli) == (0, 0, 0, 0) => Cell::Day(days),
        Some(_) => Cell::Fault(
            Cow::Owned(format!("{year:04}-{month:02}-{date:02} {hour:02}:{minute:02}:{second:02}")),
            "has a time of day, expected a day; write the day alone, such as `=INT(A1)`",
        ),
    }
}

/// Unpacks everything once into nothing: the sizes that a zip states can lie.
fn check_unpacked(bytes: &Bytes, expect: Expectation<'_>) -> Result<(), ImportError> {
    let broken = || ImportError::file(expect.file, "is a damaged zip archive; save it again as .xlsx");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes.clone())).map_err(|_| broken())?;
    if archive.len() > 10_000 {
        return Err(ImportError::too_large(
            expect.file,
            "is a zip archive of more than 10,000 parts, expected a workbook",
        ));
    }
    if archive.index_for_name("xl/workbook.xml").is_none()
        && archive.index_for_name("[Content_Types].xml").is_none()
    {
        return Err(ImportError::file(
            expect.file,
            "is a zip archive, but no workbook; unpack it, or save the workbook as .xlsx",
        ));
    }
    let most = expect.limits.unpacked_bytes;
    let mut left = most;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|_| broken())?;
        let unpacked = std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).map_err(|_| broken())?;
        left = left.checked_sub(unpacked).ok_or_else(|| {
            ImportError::too_large(
                expect.file,
                format!("unpacks to more than {most} bytes; split it, or export it as CSV"),
            )
        })?;
    }
    Ok(())
}
