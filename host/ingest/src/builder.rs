//! Rows of cells in, a table out: typed, keyed and sorted, or everything that is wrong with them.
//!
//! Every reader (CSV, XLSX, Parquet, the result of SQL) ends here, so that one rule holds for all. Invariant:
//! the same rows in another order give the same table.

mod column;
mod finish;
mod names;
mod seen;

use crate::cell::Cell;
use crate::error::{Collector, ImportError, Place};
use crate::header::{Expectation, Planned, plan_columns};
use crate::settings::mapping::Mapping;
use attain_model::Table;
use column::Builder;

/// Takes rows as a reader finds them.
pub(crate) trait Rows {
    /// The names of the columns, and the row they stand in.
    fn header(&mut self, row: Option<u64>, names: &[String]) -> Result<(), ImportError>;

    /// A row. Cells past the header are a problem, missing ones are empty, a row of empty cells is skipped.
    fn row(&mut self, row: u64, cells: &[Cell<'_>]) -> Result<(), ImportError>;

    /// A problem that the reader found.
    fn problem(&mut self, row: u64, value: Option<&str>, what: &str);
}

/// Whether rows need the same number of cells as the header, as in a CSV, or end with their last value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowLength {
    Fixed,
    Ragged,
}

/// A table in the making.
pub(crate) struct TableBuilder<'a> {
    expect: Expectation<'a>,
    length: RowLength,
    /// One for each source column; none for those that are left out.
    columns: Vec<Option<Building>>,
    /// The row of the file for each row of the table.
    source_rows: Vec<u64>,
    problems: Collector,
}

/// A column in the making.
struct Building {
    plan: Planned,
    cells: Builder,
}

impl<'a> TableBuilder<'a> {
    pub fn new(expect: Expectation<'a>, table: Option<&str>, length: RowLength) -> Self {
        let problems = Collector::new(expect.file, table, expect.limits.problems);
        TableBuilder { expect, length, columns: Vec::new(), source_rows: Vec::new(), problems }
    }

    /// The table, once all rows are in.
    pub fn finish(self) -> Result<Table, ImportError> {
        finish::finish(self)
    }
}

/// Whether a cell means no value, by itself or by the mapping.
fn is_empty(mapping: &Mapping, cell: &Cell<'_>) -> bool {
    match cell {
        Cell::Empty => true,
        Cell::Text(text) => {
            let text = text.trim();
            text.is_empty() || mapping.empty.iter().any(|empty| empty.trim() == text)
        }
        _ => false,
    }
}

impl Rows for TableBuilder<'_> {
    fn header(&mut self, row: Option<u64>, names: &[String]) -> Result<(), ImportError> {
        let named = names.iter().rposition(|name| !name.trim().is_empty()).map_or(0, |last| last + 1);
        let names = names.get(..named).unwrap_or(names);
        let planned = plan_columns(self.expect, row, names, &mut self.problems)?;
        if !self.problems.is_empty() {
            let none = Collector::new(self.expect.file, None, 0);
            return Err(ImportError::Rows(std::mem::replace(&mut self.problems, none).into_problems()));
        }
        self.columns = planned
            .into_iter()
            .map(|plan| plan.map(|plan| Building { cells: Builder::new(self.expect, &plan), plan }))
            .collect();
        Ok(())
    }

    fn row(&mut self, row: u64, cells: &[Cell<'_>]) -> Result<(), ImportError> {
        let mapping = self.expect.mapping;
        if cells.iter().all(|cell| is_empty(mapping, cell)) {
            return Ok(());
        }
        let most = self.expect.limits.rows;
        let width = self.columns.len();
        let cells_most = self.expect.limits.cells / width.max(1);
        if self.source_rows.len() >= most.min(cells_most) {
            let what = format!("has more than {} rows of {width} columns; split it", most.min(cells_most));
            return Err(ImportError::too_large(self.expect.file, what));
        }
        let surplus = cells.iter().skip(width).any(|cell| !is_empty(mapping, cell));
        if surplus || (self.length == RowLength::Fixed && cells.len() < width) {
            self.problems.add(Place { row: Some(row), column: None }, None, || {
                format!("has {} cells, expected {width} as in the header; a cell that holds the delimiter needs quotes", cells.len())
            });
            return Ok(());
        }
        self.source_rows.push(row);
        for (index, column) in self.columns.iter_mut().enumerate() {
            let Some(Building { plan, cells: builder }) = column else { continue };
            let cell = cells.get(index).unwrap_or(&Cell::Empty);
            let empty = is_empty(mapping, cell);
            let cell = if empty { &Cell::Empty } else { cell };
            if let Err(what) = builder.push(row, cell) {
                let place = Place { row: Some(row), column: Some(&plan.source) };
                let value = cell.shown();
                self.problems.add(place, Some(&value), || what);
            }
        }
        Ok(())
    }

    fn problem(&mut self, row: u64, value: Option<&str>, what: &str) {
        self.problems.add(Place { row: Some(row), column: None }, value, || what.to_owned());
    }
}
