//! Where figures come from: tables that can be read a few columns and some rows at a time.

use attain_model::{Data, Period, Table, Type};
use std::collections::BTreeMap;
use std::ops::Range;

/// What went wrong below: a store's damage, a file's end.
pub type ReadError = Box<dyn std::error::Error + Send + Sync>;

/// A table of any size, in canonical order (by `participant`, code point order, where it has one).
pub trait Rows: Sync {
    /// Names and types of its columns. Names that begin with `#` are the host's own.
    fn columns(&self) -> &[(String, Type)];

    /// How many rows.
    fn rows(&self) -> usize;

    /// Some columns of some rows, in the order asked for.
    fn read(&self, columns: &[usize], rows: Range<usize>) -> Result<Vec<Data>, ReadError>;

    /// The place of a column.
    fn find(&self, name: &str) -> Option<usize> {
        self.columns().iter().position(|(column, _)| column == name)
    }
}

/// All that a run may read.
pub struct Figures<'a> {
    /// The `people` table.
    pub people: &'a dyn Rows,
    /// The `targets` table: `participant`, then a column a metric.
    pub targets: Option<&'a dyn Rows>,
    /// The snapshot's other tables by name: `deals`, `customers`, `memberships`.
    pub others: BTreeMap<String, &'a dyn Rows>,
    /// Official runs of earlier periods, in order of time. A period that isn't there has none.
    pub past: Vec<Past<'a>>,
}

/// An official run of an earlier period and the figures it used.
pub struct Past<'a> {
    /// The period.
    pub period: Period,
    /// Its people.
    pub people: &'a dyn Rows,
    /// Its targets.
    pub targets: Option<&'a dyn Rows>,
    /// What it gave.
    pub outcome: &'a dyn Rows,
}

/// A table in memory, as rows to read.
pub struct InMemory {
    columns: Vec<(String, Type)>,
    table: Table,
}

impl InMemory {
    /// Wraps a table.
    pub fn new(table: Table) -> InMemory {
        InMemory { columns: table.columns.iter().map(|c| (c.name.clone(), c.kind)).collect(), table }
    }

    /// The table.
    pub fn table(&self) -> &Table {
        &self.table
    }
}

impl Rows for InMemory {
    fn columns(&self) -> &[(String, Type)] {
        &self.columns
    }

    fn rows(&self) -> usize {
        self.table.rows
    }

    fn read(&self, columns: &[usize], rows: Range<usize>) -> Result<Vec<Data>, ReadError> {
        let wanted: Vec<usize> = rows.collect();
        let column = |i: &usize| {
            self.table
                .columns
                .get(*i)
                .map(|c| c.data.gather(&wanted))
                .ok_or_else(|| format!("no column {i}").into())
        };
        columns.iter().map(column).collect()
    }
}
