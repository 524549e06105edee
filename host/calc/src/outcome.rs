//! The outcome as it comes: rows in canonical order, a chunk at a time, and the digests of it all.

use crate::figures::ReadError;
use crate::ids::{Salts, id_hashes, row_leaves};
use attain_ledger::{Hash, Head};
use attain_model::manifest::OutputKind;
use attain_model::record::{ColumnRecord, TableRecord};
use attain_model::table::ColumnDigest;
use attain_model::{Canonical, Data, Digest, NO_VALUE, TextColumn, Type};

/// A column of the outcome after `participant` and `payout`: an output of a step.
#[derive(Clone, Debug, PartialEq)]
pub struct OutcomeColumn {
    /// `step.output`.
    pub name: String,
    /// Its unit and decimals.
    pub kind: Type,
    /// What the plan does with it.
    pub does: OutputKind,
}

/// Consecutive rows of the outcome.
#[derive(Clone, Debug)]
pub struct Chunk {
    /// The place of the first row.
    pub first: usize,
    /// Whose rows they are.
    pub participants: TextColumn,
    /// Their salts.
    pub salts: Salts,
    /// What each row is paid.
    pub payout: Vec<i64>,
    /// The outputs, in the order of the outcome's columns.
    pub outputs: Vec<Vec<i64>>,
}

impl Chunk {
    /// How many rows.
    pub fn rows(&self) -> usize {
        self.payout.len()
    }
}

/// Where an outcome goes. Chunks come in order, each row once.
pub trait Sink {
    /// Takes the next rows.
    fn take(&mut self, chunk: &Chunk) -> Result<(), ReadError>;
}

/// A sink that keeps nothing: digests and totals are all that is asked for.
pub struct Nowhere;

impl Sink for Nowhere {
    fn take(&mut self, _: &Chunk) -> Result<(), ReadError> {
        Ok(())
    }
}

/// What is hashed of a chunk by whoever computed it, so that the one who assembles has little left to do.
pub(crate) struct Hashed {
    ids: Vec<Digest>,
    leaves: Vec<Hash>,
}

impl Hashed {
    pub(crate) fn of(chunk: &Chunk) -> Hashed {
        let ids = id_hashes(&chunk.participants, &chunk.salts);
        let payout = Data::Numbers(chunk.payout.clone());
        let outputs: Vec<Data> = chunk.outputs.iter().map(|column| Data::Numbers(column.clone())).collect();
        let cells: Vec<&Data> = std::iter::once(&payout).chain(&outputs).collect();
        Hashed { leaves: row_leaves(&ids, &chunk.salts, &cells), ids }
    }
}

/// Digests of an outcome in the making.
pub(crate) struct Digests {
    ids: Canonical,
    columns: Vec<(String, Type, ColumnDigest)>,
    head: Head,
    rows: usize,
}

impl Digests {
    pub(crate) fn new(payout: Type, outputs: &[OutcomeColumn]) -> Digests {
        let payout = std::iter::once(("payout".to_owned(), payout));
        let columns = payout.chain(outputs.iter().map(|output| (output.name.clone(), output.kind)));
        Digests {
            ids: Canonical::new("attain.ids.v1"),
            columns: columns.map(|(name, kind)| (name, kind, ColumnDigest::new(kind))).collect(),
            head: Head::default(),
            rows: 0,
        }
    }

    pub(crate) fn add(&mut self, chunk: &Chunk, hashed: Hashed) {
        self.rows += chunk.rows();
        hashed.ids.iter().for_each(|id| {
            self.ids.digest(id);
        });
        hashed.leaves.into_iter().for_each(|leaf| self.head.push(leaf));
        let cells = std::iter::once(&chunk.payout).chain(&chunk.outputs);
        for ((_, _, digest), cells) in self.columns.iter_mut().zip(cells) {
            digest.add_numbers(cells);
        }
    }

    pub(crate) fn finish(self) -> TableRecord {
        let ids =
            ColumnRecord { name: "participant".to_owned(), kind: Type::TEXT, digest: self.ids.finish() };
        let figures = self.columns.into_iter().map(|(name, kind, digest)| ColumnRecord {
            name,
            kind,
            digest: digest.finish(),
        });
        TableRecord {
            name: "outcome".to_owned(),
            rows: self.rows as u64,
            columns: std::iter::once(ids).chain(figures).collect(),
            root: Some(Digest(self.head.root())),
        }
    }
}

/// The record of a table whose rows are all there: what a snapshot keeps of it.
pub fn record_of(table: &attain_model::Table, salts: &Salts) -> TableRecord {
    let shown = |name: &str| !name.starts_with('#');
    let participants = table.column("participant").and_then(|column| column.texts());
    let hashes = participants.map(|ids| id_hashes(ids, salts));
    let columns = table.columns.iter().filter(|column| shown(&column.name)).map(|column| {
        let digest = match (&hashes, column.name.as_str()) {
            (Some(hashes), "participant") => {
                let mut ids = Canonical::new("attain.ids.v1");
                hashes.iter().for_each(|hash| {
                    ids.digest(hash);
                });
                ids.finish()
            }
            _ => column.digest(),
        };
        ColumnRecord { name: column.name.clone(), kind: column.kind, digest }
    });
    let columns: Vec<ColumnRecord> = columns.collect();
    let cells: Vec<&Data> =
        table.columns.iter().filter(|c| shown(&c.name) && c.name != "participant").map(|c| &c.data).collect();
    let root = hashes.map(|hashes| {
        let mut head = Head::default();
        row_leaves(&hashes, salts, &cells).into_iter().for_each(|leaf| head.push(leaf));
        Digest(head.root())
    });
    TableRecord { name: table.name.clone(), rows: table.rows as u64, columns, root }
}

/// Adds up what a row is paid; an output without a value pays nothing. None when it doesn't fit.
pub(crate) fn payout_of(pays: &[&[i64]], row: usize) -> Option<i64> {
    let values = pays.iter().map(|column| column.get(row).copied().unwrap_or(NO_VALUE));
    values.filter(|value| *value != NO_VALUE).try_fold(0i64, i64::checked_add).filter(|sum| *sum != NO_VALUE)
}
