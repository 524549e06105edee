//! Where figures come from: tables that can be read a few columns and some rows at a time.

use attain_model::{Data, Period, Table, Type};
use std::collections::BTreeMap;
use std::ops::Range;

/// Rows that are looked at together while a participant is looked for: those of a stored block.
const PIECE: usize = 2_048;

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

/// One column of some rows.
pub(crate) fn read_one(rows: &dyn Rows, column: usize, range: Range<usize>) -> Result<Data, ReadError> {
    rows.read(&[column], range)?.into_iter().next().ok_or_else(|| format!("no column {column}").into())
}

/// Where a participant's rows stand in a table that is in order of participants.
pub fn rows_of(rows: &dyn Rows, participant: &str) -> Result<Range<usize>, ReadError> {
    let column = rows.find("participant").ok_or("the table has no column `participant`")?;
    let ids = |range: Range<usize>| match read_one(rows, column, range)? {
        Data::Texts(ids) => Ok(ids),
        Data::Numbers(_) => Err(ReadError::from("column `participant` is not of texts")),
    };
    // The first piece that doesn't begin before the participant does.
    let (mut low, mut high) = (0, rows.rows().div_ceil(PIECE));
    while low < high {
        let middle = low + (high - low) / 2;
        let first = ids(middle * PIECE..middle * PIECE + 1)?;
        if first.get(0).unwrap_or_default() < participant { low = middle + 1 } else { high = middle }
    }
    // They begin there, or within the piece before.
    let mut start = None;
    for from in (low.saturating_sub(1) * PIECE..rows.rows()).step_by(PIECE) {
        let ids = ids(from..rows.rows().min(from + PIECE))?;
        let until = |past: &dyn Fn(&str) -> bool| ids.iter().position(|id| past(id.unwrap_or_default()));
        start = start.or_else(|| until(&|id| id >= participant).map(|before| from + before));
        if let (Some(start), Some(end)) = (start, until(&|id| id > participant)) {
            return Ok(start..from + end);
        }
    }
    Ok(start.unwrap_or(rows.rows())..rows.rows())
}

#[cfg(test)]
mod tests {
    use super::*;
    use attain_model::{Column, TextColumn};

    #[test]
    fn a_participants_rows_are_found_wherever_pieces_begin_and_end() {
        // Everybody has as many rows as their number says, modulo 5, so some have none; pieces end within somebody's.
        let names: Vec<String> = (0..4_000).map(|n| format!("p{n:04}")).collect();
        let rows =
            || names.iter().enumerate().flat_map(|(n, name)| std::iter::repeat_n(name.as_str(), n % 5));
        let texts = TextColumn::from_rows(rows().map(Some));
        let n_rows = texts.codes.len();
        let column = Column { name: "participant".to_owned(), kind: Type::TEXT, data: Data::Texts(texts) };
        let table = InMemory::new(Table { name: "people".to_owned(), rows: n_rows, columns: vec![column] });
        for (n, name) in names.iter().enumerate() {
            let first = rows().take_while(|known| *known < name.as_str()).count();
            if n % 7 == 0 || n % 2_048 < 3 {
                assert_eq!(rows_of(&table, name).unwrap(), first..first + n % 5, "{name}");
            }
        }
        assert_eq!(rows_of(&table, "a").unwrap(), 0..0);
        assert_eq!(rows_of(&table, "z").unwrap(), n_rows..n_rows);
    }
}
