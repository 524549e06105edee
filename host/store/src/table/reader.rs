//! Columns and rows out of blocks, each block checked against the table's list.

use super::{FORMAT, Listed, PAGE_ENTRIES, TableRef, read_page, root};
use crate::block::{Block, Rows, TextRows, Unpacker};
use crate::error::{Damage, StoreError};
use crate::key::{Key, Kind};
use crate::space::Space;
use attain_model::nearest::hint;
use attain_model::unit::Unit;
use attain_model::{Column, Data, Table};
use std::cell::Cell;
use std::ops::Range;
use std::sync::Arc;

thread_local! {
    /// One a thread: making one costs as much as a small read.
    static UNPACKER: Cell<Option<Unpacker>> = const { Cell::new(None) };
}

/// Reads one table. Cheap to clone; every function may be called from several threads at once.
#[derive(Clone)]
pub struct TableReader(Arc<Opened>);

struct Opened {
    space: Space,
    table: TableRef,
    list: Vec<Listed>,
    /// The first row of each block, and the row after the last.
    starts: Vec<usize>,
}

impl TableReader {
    /// Reads the table's list of blocks and checks it against the record that names the table.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`] when the list is damaged or isn't the record's, [`StoreError::TooNew`].
    pub fn open(space: &Space, table: &TableRef) -> Result<TableReader, StoreError> {
        if table.format != FORMAT {
            let (kind, key) = (Kind::Table.name(), table.id.to_string());
            return Err(StoreError::TooNew { kind, key, found: table.format, supported: FORMAT });
        }
        let mut list = Vec::new();
        for number in 0..(table.blocks as usize).div_ceil(PAGE_ENTRIES) {
            let key = table.id.key(Kind::BlockList, number as u32);
            let page = space.get(&key)?.ok_or_else(|| space.damaged(&key, Damage::Missing))?;
            list.extend(read_page(&page).map_err(|damage| space.damaged(&key, damage))?);
        }
        let mut starts = vec![0usize];
        let mut row = 0usize;
        for block in &list {
            row = row.saturating_add(block.rows as usize);
            starts.push(row);
        }
        if list.len() != table.blocks as usize || row != table.rows || root(&list) != table.root {
            return Err(space.damaged(&table.id.key(Kind::BlockList, 0), Damage::Content));
        }
        let (space, table) = (space.clone(), table.clone());
        Ok(TableReader(Arc::new(Opened { space, table, list, starts })))
    }

    /// The record that names the table.
    pub fn table(&self) -> &TableRef {
        &self.0.table
    }

    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.0.table.rows
    }

    /// Where the column of this name stands.
    ///
    /// # Errors
    ///
    /// [`StoreError::Shape`] with the nearest name.
    pub fn column(&self, name: &str) -> Result<usize, StoreError> {
        let columns = &self.0.table.columns;
        columns.iter().position(|column| column.name == name).ok_or_else(|| {
            let names = columns.iter().map(|column| column.name.as_str());
            self.shape(format!("has no column `{name}`{}", hint(name, names)))
        })
    }

    /// Some rows of some columns, in the order that the columns are named. Only these columns are unpacked. A
    /// text column's dictionary holds what occurs in these rows.
    ///
    /// # Errors
    ///
    /// [`StoreError::Shape`] for a column or a row that isn't there; [`StoreError::Corrupt`] for a block that
    /// is damaged, missing, or not the one that the list names.
    pub fn read(&self, columns: &[usize], rows: Range<usize>) -> Result<Vec<Data>, StoreError> {
        self.check(columns, &rows)?;
        let mut gathered: Vec<Rows> = columns.iter().map(|column| self.room(*column, rows.len())).collect();
        let mut unpacker = match UNPACKER.take() {
            Some(unpacker) => unpacker,
            None => Unpacker::new().map_err(|source| StoreError::Disk {
                action: "get memory to unpack blocks from",
                path: "the system".into(),
                source,
            })?,
        };
        let first = self.0.starts.partition_point(|start| *start <= rows.start).saturating_sub(1);
        for (number, listed) in self.0.list.iter().enumerate().skip(first) {
            let start = self.0.starts.get(number).copied().unwrap_or(rows.end);
            if start >= rows.end {
                break;
            }
            let wanted = rows.start.max(start) - start..rows.end.min(start + listed.rows as usize) - start;
            self.read_block(number, listed, columns, wanted, &mut unpacker, &mut gathered)?;
        }
        UNPACKER.set(Some(unpacker));
        Ok(gathered.into_iter().map(finish).collect())
    }

    /// Some rows of columns by their names.
    ///
    /// # Errors
    ///
    /// As [`TableReader::read`].
    pub fn read_named(&self, columns: &[&str], rows: Range<usize>) -> Result<Vec<Data>, StoreError> {
        let places = columns.iter().map(|name| self.column(name)).collect::<Result<Vec<_>, _>>()?;
        self.read(&places, rows)
    }

    /// The whole table, in memory.
    ///
    /// # Errors
    ///
    /// As [`TableReader::read`].
    pub fn read_table(&self) -> Result<Table, StoreError> {
        let stored = &self.0.table.columns;
        let places: Vec<usize> = (0..stored.len()).collect();
        let data = self.read(&places, 0..self.rows())?;
        let columns = stored.iter().zip(data).map(|(column, data)| Column {
            name: column.name.clone(),
            kind: column.kind,
            data,
        });
        Ok(Table { name: self.0.table.name.clone(), rows: self.rows(), columns: columns.collect() })
    }

    fn read_block(
        &self,
        number: usize,
        listed: &Listed,
        columns: &[usize],
        rows: Range<usize>,
        unpacker: &mut Unpacker,
        into: &mut [Rows],
    ) -> Result<(), StoreError> {
        let key = self.0.table.id.key(Kind::Block, number as u32);
        let damaged = |damage| self.0.space.damaged(&key, damage);
        let (digest, bytes) = self.0.space.get_sealed(&key)?.ok_or_else(|| damaged(Damage::Missing))?;
        if digest != listed.digest {
            return Err(damaged(Damage::Checksum));
        }
        let block = Block::parse(&bytes).ok_or_else(|| damaged(Damage::Content))?;
        if block.rows != listed.rows as usize || block.columns() != self.0.table.columns.len() {
            return Err(damaged(Damage::Content));
        }
        for (column, into) in columns.iter().zip(into) {
            let unpacked = unpacker.append(&block, *column, rows.clone(), into);
            unpacked.ok_or_else(|| damaged(Damage::Content))?;
        }
        Ok(())
    }

    fn check(&self, columns: &[usize], rows: &Range<usize>) -> Result<(), StoreError> {
        let n_columns = self.0.table.columns.len();
        if let Some(column) = columns.iter().find(|column| **column >= n_columns) {
            return Err(self.shape(format!("has no column number {column}, it has {n_columns}")));
        }
        if rows.start > rows.end || rows.end > self.rows() {
            let problem = format!("has no rows {} to {}, it has {}", rows.start, rows.end, self.rows());
            return Err(self.shape(problem));
        }
        Ok(())
    }

    fn room(&self, column: usize, rows: usize) -> Rows {
        match self.0.table.columns.get(column).map(|column| column.kind.unit) {
            Some(Unit::Text) => Rows::Texts(TextRows::default()),
            // The list was checked: so many rows are there.
            _ => Rows::Numbers(Vec::with_capacity(rows)),
        }
    }

    fn shape(&self, problem: String) -> StoreError {
        StoreError::Shape { table: self.0.table.name.clone(), problem }
    }
}

fn finish(rows: Rows) -> Data {
    match rows {
        Rows::Numbers(numbers) => Data::Numbers(numbers),
        Rows::Texts(texts) => texts.finish(),
    }
}

/// The table that a block or a page of the list belongs to: for the sweep.
pub(crate) fn table_of(key: &Key) -> Option<super::TableId> {
    key.rest.first_chunk::<16>().map(|bytes| super::TableId(*bytes))
}
