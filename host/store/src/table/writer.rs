//! Rows in, blocks out, with only a few megabytes waiting for the disk.

use super::{FORMAT, Listed, PAGE_ENTRIES, StoredColumn, TableId, TableRef, root, write_page};
use crate::block::{BLOCK_ROWS, COLUMNS_MAX, Packer, Rows, TextRows};
use crate::error::StoreError;
use crate::key::Kind;
use crate::space::Space;
use crate::store::{RawBatch, Receipt};
use attain_model::Data;
use attain_model::unit::{Type, Unit};
use std::collections::VecDeque;
use std::ops::Range;

/// Blocks are handed to the committer when they have so many bytes.
const GROUP_BYTES: usize = 1 << 20;

/// Groups that may be under way to the disk while the next is packed.
const UNDER_WAY_MAX: usize = 2;

/// Writes one table, in its rows' order. Dropped before [`TableWriter::finish`], it leaves blocks that nothing
/// names, for the next sweep.
///
/// ```
/// use attain_model::{CompanyId, Data, unit::{Type, Unit}};
/// use attain_store::{TableReader, TableWriter};
///
/// let store = attain_store::in_memory();
/// let space = store.company(&CompanyId::parse("acme").ok_or("no company id")?);
/// let money = Type::new(Unit::Money, 2).ok_or("no type")?;
///
/// let mut writer = TableWriter::new(&space, "people", vec![("revenue".to_owned(), money)])?;
/// writer.push(&[Data::Numbers(vec![120_000, 95_050])])?;
/// writer.push(&[Data::Numbers(vec![7])])?;
/// let people = writer.finish()?;
///
/// let reader = TableReader::open(&space, &people)?;
/// assert_eq!(reader.read(&[0], 1..3)?, [Data::Numbers(vec![95_050, 7])]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct TableWriter {
    space: Space,
    table: TableRef,
    packer: Packer,
    /// Rows that don't fill a block yet.
    gathered: Vec<Rows>,
    n_gathered: usize,
    list: Vec<Listed>,
    group: RawBatch,
    group_bytes: usize,
    under_way: VecDeque<Receipt>,
    state: State,
}

/// Whether every block so far was accepted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Whole,
    Broken,
}

impl TableWriter {
    /// Begins a table of these columns.
    ///
    /// # Errors
    ///
    /// [`StoreError::Shape`] when there are more than 4,096 columns.
    pub fn new(space: &Space, name: &str, columns: Vec<(String, Type)>) -> Result<TableWriter, StoreError> {
        if columns.len() > COLUMNS_MAX {
            let problem = format!("has {} columns, at most {COLUMNS_MAX} are kept", columns.len());
            return Err(StoreError::Shape { table: name.to_owned(), problem });
        }
        let gathered = columns.iter().map(|(_, kind)| match kind.unit {
            Unit::Text => Rows::Texts(TextRows::default()),
            _ => Rows::Numbers(Vec::with_capacity(BLOCK_ROWS)),
        });
        Ok(TableWriter {
            gathered: gathered.collect(),
            space: space.clone(),
            packer: Packer::new().map_err(no_packer)?,
            table: TableRef {
                format: FORMAT,
                name: name.to_owned(),
                id: TableId::new()?,
                rows: 0,
                columns: columns.into_iter().map(|(name, kind)| StoredColumn { name, kind }).collect(),
                blocks: 0,
                root: root(&[]),
            },
            n_gathered: 0,
            list: Vec::new(),
            group: RawBatch::default(),
            group_bytes: 0,
            under_way: VecDeque::new(),
            state: State::Whole,
        })
    }

    /// The id that its blocks stand under.
    pub fn id(&self) -> TableId {
        self.table.id
    }

    /// Appends rows: a piece of every column, in the columns' order, all equally long. Any number of rows.
    ///
    /// # Errors
    ///
    /// [`StoreError::Shape`] when the pieces aren't the columns', and then nothing was taken.
    /// [`StoreError::TooLarge`] for a row that alone is over 100,000 bytes packed. After any other error than
    /// `Shape` the table can't be finished.
    pub fn push(&mut self, pieces: &[Data]) -> Result<(), StoreError> {
        let rows = self.check(pieces)?;
        let mut from = 0;
        while from < rows {
            let to = rows.min(from + BLOCK_ROWS - self.n_gathered);
            for (column, piece) in self.gathered.iter_mut().zip(pieces) {
                match (column, piece) {
                    (Rows::Numbers(column), Data::Numbers(piece)) => {
                        column.extend_from_slice(piece.get(from..to).unwrap_or_default());
                    }
                    (Rows::Texts(column), Data::Texts(piece)) => column.append(piece, from..to),
                    // Refused by the check above.
                    _ => {}
                }
            }
            self.n_gathered += to - from;
            from = to;
            if self.n_gathered == BLOCK_ROWS {
                self.pack_gathered()?;
            }
        }
        Ok(())
    }

    /// Writes what is left, waits until everything is durable, and says where it is.
    ///
    /// # Errors
    ///
    /// As [`Space::commit`].
    pub fn finish(mut self) -> Result<TableRef, StoreError> {
        if self.state == State::Broken {
            return Err(self.shape(String::from("cannot be finished, a write of it failed; write it again")));
        }
        self.pack_gathered()?;
        let pages: Vec<Vec<u8>> = self.list.chunks(PAGE_ENTRIES).map(write_page).collect();
        for (number, page) in pages.iter().enumerate() {
            self.put(Kind::BlockList, number, page)?;
        }
        self.send_group()?;
        self.wait_until(0)?;
        self.table.blocks = u32::try_from(self.list.len()).map_err(|_| self.too_many())?;
        self.table.root = root(&self.list);
        Ok(self.table)
    }

    fn check(&self, pieces: &[Data]) -> Result<usize, StoreError> {
        if self.state == State::Broken {
            return Err(self.shape(String::from("cannot go on, a write of it failed; write it again")));
        }
        let expected = self.gathered.len();
        if pieces.len() != expected {
            let problem = format!("got {} columns, expected {expected}", pieces.len());
            return Err(self.shape(problem));
        }
        let rows = pieces.first().map_or(0, Data::len);
        for ((column, piece), stored) in self.gathered.iter().zip(pieces).zip(&self.table.columns) {
            let fits = matches!(
                (column, piece),
                (Rows::Numbers(_), Data::Numbers(_)) | (Rows::Texts(_), Data::Texts(_))
            );
            if !fits {
                let problem =
                    format!("column `{}` is {}, got cells of another kind", stored.name, stored.kind);
                return Err(self.shape(problem));
            }
            if piece.len() != rows {
                let problem = format!("column `{}` has {} rows, the first {rows}", stored.name, piece.len());
                return Err(self.shape(problem));
            }
        }
        Ok(rows)
    }

    fn pack_gathered(&mut self) -> Result<(), StoreError> {
        let state = std::mem::replace(&mut self.state, State::Broken);
        self.pack(0..self.n_gathered)?;
        self.state = state;
        self.table.rows += self.n_gathered;
        self.n_gathered = 0;
        self.gathered.iter_mut().for_each(Rows::clear);
        Ok(())
    }

    /// Packs rows as one block, or as two where one would be too large.
    fn pack(&mut self, rows: Range<usize>) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let Some(block) = self.packer.pack(&self.gathered, rows.clone()).map_err(no_packer)? else {
            let middle = rows.start + rows.len() / 2;
            if rows.len() == 1 {
                return Err(self.shape(format!(
                    "row {} does not fit {} bytes, packed; shorten its texts",
                    self.table.rows + rows.start + 1,
                    crate::VALUE_BYTES_MAX
                )));
            }
            self.pack(rows.start..middle)?;
            return self.pack(middle..rows.end);
        };
        let digest = self.put(Kind::Block, self.list.len(), &block)?;
        // At most 2,048.
        self.list.push(Listed { rows: rows.len() as u32, digest });
        Ok(())
    }

    fn put(&mut self, kind: Kind, number: usize, body: &[u8]) -> Result<attain_model::Digest, StoreError> {
        // The last number is left out: a sweep jumps over a table by its key.
        let number = u32::try_from(number).ok().filter(|number| *number < u32::MAX);
        let key = self.table.id.key(kind, number.ok_or_else(|| self.too_many())?);
        let digest = self.space.seal(&key, body, &mut self.group)?;
        self.group_bytes += body.len();
        if self.group_bytes >= GROUP_BYTES {
            self.send_group()?;
        }
        Ok(digest)
    }

    fn send_group(&mut self) -> Result<(), StoreError> {
        self.wait_until(UNDER_WAY_MAX - 1)?;
        self.group_bytes = 0;
        let group = std::mem::take(&mut self.group);
        self.under_way.push_back(self.space.submit_raw(group)?);
        Ok(())
    }

    /// Waits until only so many groups are under way.
    fn wait_until(&mut self, most: usize) -> Result<(), StoreError> {
        while self.under_way.len() > most {
            let Some(receipt) = self.under_way.pop_front() else { break };
            // No conditions, so there is only one answer that isn't an error.
            let _: crate::Committed = receipt.wait()?;
        }
        Ok(())
    }

    fn too_many(&self) -> StoreError {
        self.shape(String::from("has more blocks than can be kept"))
    }

    fn shape(&self, problem: String) -> StoreError {
        StoreError::Shape { table: self.table.name.clone(), problem }
    }
}

fn no_packer(source: std::io::Error) -> StoreError {
    StoreError::Disk { action: "get memory to pack blocks from", path: "the system".into(), source }
}
