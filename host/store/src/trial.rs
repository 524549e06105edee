//! Damage on purpose, for tests of what is above: changes one bit of one stored value, behind the checksums; and what
//! reading does with bytes that no store wrote.
//!
//! Only with the feature `trials`, which no shipped binary has.

use crate::block::{Block, Packer, Rows, TextRows, Unpacker};
use crate::error::StoreError;
use crate::key::{Kind, RawKey};
use crate::store::{Direction, RawBatch, RawScan, Store};
use attain_model::Data;
use std::sync::Arc;

/// A store whose values can be damaged and mended, one at a time.
pub struct Damaging {
    store: Arc<dyn Store>,
    keys: Vec<RawKey>,
}

/// A bit that was changed, and what it takes to change it back.
#[derive(Clone, Debug)]
pub struct Flipped {
    /// What kind of record was damaged.
    pub kind: Kind,
    /// Its key after the company, in a form for people.
    pub key: String,
    raw: RawKey,
    value: Vec<u8>,
}

impl Damaging {
    /// Lists every value that is in the store now, but for the store's own.
    ///
    /// # Errors
    ///
    /// As a scan.
    pub fn new(store: &Arc<dyn Store>) -> Result<Damaging, StoreError> {
        let mut keys = Vec::new();
        let mut from = RawKey(vec![Kind::Meta.byte() + 1]);
        loop {
            let scan = RawScan { from, to: None, direction: Direction::Forward, limit: 1_000 };
            let page = store.scan(&scan)?;
            keys.extend(page.entries.into_iter().map(|(key, _)| key));
            match keys.last() {
                Some(last) if page.more => from = last.next(),
                _ => return Ok(Damaging { store: Arc::clone(store), keys }),
            }
        }
    }

    /// How many values there are.
    pub fn values(&self) -> usize {
        self.keys.len()
    }

    /// How many bytes of keys and values there are, added up.
    ///
    /// # Errors
    ///
    /// As a read.
    pub fn bytes(&self) -> Result<u64, StoreError> {
        let sized = |key: &RawKey| {
            let value = self.store.get(key)?;
            Ok((key.as_bytes().len() + value.map_or(0, |value| value.len())) as u64)
        };
        self.keys.iter().map(sized).sum()
    }

    /// Changes a bit of a value, both counted round and round: any numbers will do. None when the store is
    /// empty or the value has gone.
    ///
    /// # Errors
    ///
    /// As a commit.
    pub fn flip(&self, value: usize, bit: usize) -> Result<Option<Flipped>, StoreError> {
        let Some(raw) = self.keys.get(value.checked_rem(self.keys.len()).unwrap_or(0)) else {
            return Ok(None);
        };
        let Some(whole) = self.store.get(raw)? else { return Ok(None) };
        let mut changed = whole.clone();
        let bit = bit % (whole.len() * 8).max(1);
        if let Some(byte) = changed.get_mut(bit / 8) {
            *byte ^= 1 << (bit % 8);
        }
        self.write(raw, changed)?;
        let (_, key) = raw.describe();
        let kind = raw.as_bytes().first().and_then(|byte| Kind::from_byte(*byte)).unwrap_or(Kind::Meta);
        Ok(Some(Flipped { kind, key, raw: raw.clone(), value: whole }))
    }

    /// Changes it back.
    ///
    /// # Errors
    ///
    /// As a commit.
    pub fn mend(&self, flipped: Flipped) -> Result<(), StoreError> {
        self.write(&flipped.raw, flipped.value)
    }

    fn write(&self, key: &RawKey, value: Vec<u8>) -> Result<(), StoreError> {
        let writes = vec![(key.clone(), Some(value))];
        self.store.submit(RawBatch { conditions: Vec::new(), writes }).wait().map(drop)
    }
}

/// The most columns that [`read_block`] reads.
const COLUMNS: usize = 8;

/// The cells of a block's first columns, for who tries what reading does with bytes that no store wrote; none where
/// they aren't a block.
pub fn read_block(bytes: &[u8]) -> Option<Vec<Data>> {
    let block = Block::parse(bytes)?;
    let mut unpacker = Unpacker::new().ok()?;
    let mut columns = Vec::new();
    for column in 0..block.columns().min(COLUMNS) {
        let mut read = |mut into: Rows| {
            unpacker.append(&block, column, 0..block.rows, &mut into)?;
            Some(into)
        };
        let texts = || Rows::Texts(TextRows::default());
        columns.push(match read(Rows::Numbers(Vec::new())).or_else(|| read(texts()))? {
            Rows::Numbers(numbers) => Data::Numbers(numbers),
            Rows::Texts(texts) => texts.finish(),
        });
    }
    Some(columns)
}

/// The block of some columns of equal length, at most [`BLOCK_ROWS`](crate::BLOCK_ROWS) rows; none where it would be
/// too large.
pub fn write_block(columns: &[Data]) -> Option<Vec<u8>> {
    let rows = |data: &Data| match data {
        Data::Numbers(numbers) => Rows::Numbers(numbers.clone()),
        Data::Texts(column) => {
            let mut texts = TextRows::default();
            texts.append(column, 0..column.codes.len());
            Rows::Texts(texts)
        }
    };
    let length = columns.first().map_or(0, Data::len);
    Packer::new().ok()?.pack(&columns.iter().map(rows).collect::<Vec<_>>(), 0..length).ok()?
}
