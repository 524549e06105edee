//! Tables as blocks of columns: written as they come, read by column and by range of rows.
//!
//! A table is invisible until some record names its [`TableRef`]: first the blocks, then the list of their
//! digests, then, by whoever wrote it, the record. Blocks that no record names are swept at the next opening.

mod reader;
mod writer;

pub use reader::TableReader;
pub(crate) use reader::table_of;
pub use writer::TableWriter;

use crate::error::{Damage, StoreError};
use crate::key::{Key, Kind};
use attain_model::unit::Type;
use attain_model::{Canonical, Digest};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

/// The format of a table's record, of its list of blocks and of the keys of both.
const FORMAT: u8 = 1;

/// Names a table's blocks: 6 bytes of milliseconds since 1970, so that later tables stand behind earlier
/// ones, and 10 random bytes. Written as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableId([u8; 16]);

impl TableId {
    /// A new id.
    fn new() -> Result<TableId, StoreError> {
        let mut id = [0u8; 16];
        getrandom::fill(&mut id).map_err(|error| StoreError::Disk {
            action: "read random bytes from",
            path: "the system".into(),
            source: std::io::Error::other(error),
        })?;
        // A clock before 1970 costs the order of keys, nothing else.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_millis() as u64);
        for (to, from) in id.iter_mut().zip(now.to_be_bytes().iter().skip(2)) {
            *to = *from;
        }
        Ok(TableId(id))
    }

    /// Reads 32 hexadecimal digits.
    pub fn parse(text: &str) -> Option<TableId> {
        let digits = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = u128::from_str_radix(text, 16).ok().filter(|_| digits && text.len() == 32)?;
        Some(TableId(number.to_be_bytes()))
    }

    /// The key of a block, or of a page of the list of blocks.
    fn key(&self, kind: Kind, number: u32) -> Key {
        Key::new(kind, [self.0.as_slice(), &number.to_be_bytes()].concat())
    }
}

impl fmt::Display for TableId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for TableId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for TableId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TableId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        TableId::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!("`{text}` is not a table id, expected 32 hexadecimal digits"))
        })
    }
}

/// Where a table is and what it holds: the part of a manifest that makes a table visible. Below 1 KB for a
/// usual table, whatever its rows; it grows with the number of columns only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableRef {
    /// Format of this record and of what it points to: 1.
    pub format: u8,
    /// `people`, `deals`, ...
    pub name: String,
    /// The id that its blocks stand under.
    pub id: TableId,
    /// How many rows.
    pub rows: usize,
    /// Name and type of each column, in order.
    pub columns: Vec<StoredColumn>,
    /// How many blocks.
    pub blocks: u32,
    /// Digest of the list of blocks: how many rows each has, and its digest as stored. It is about bytes on
    /// disk; what a table means has a digest of its own, over its columns' cells.
    pub root: Digest,
}

/// Name and type of a stored column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredColumn {
    /// Its name within the table.
    pub name: String,
    /// What its cells mean.
    #[serde(rename = "type")]
    pub kind: Type,
}

/// A block in the list of blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Listed {
    rows: u32,
    digest: Digest,
}

/// Entries of a page of the list: 2,700 x 36 bytes, below the limit of a value. 5.5 million rows.
const PAGE_ENTRIES: usize = 2_700;
const ENTRY_BYTES: usize = 36;

fn root(list: &[Listed]) -> Digest {
    let mut form = Canonical::new("attain.blocks.v1");
    form.count(list.len());
    for block in list {
        form.count(block.rows as usize).digest(&block.digest);
    }
    form.finish()
}

fn write_page(page: &[Listed]) -> Vec<u8> {
    let mut bytes = vec![FORMAT];
    for block in page {
        bytes.extend(block.rows.to_be_bytes());
        bytes.extend(block.digest.0);
    }
    bytes
}

fn read_page(bytes: &[u8]) -> Result<Vec<Listed>, Damage> {
    let (format, entries) = bytes.split_first().ok_or(Damage::Length)?;
    if *format != FORMAT || entries.len() % ENTRY_BYTES != 0 {
        return Err(Damage::Content);
    }
    let read = |entry: &[u8]| {
        let (rows, digest) = entry.split_first_chunk::<4>()?;
        let digest: [u8; 32] = digest.try_into().ok()?;
        Some(Listed { rows: u32::from_be_bytes(*rows), digest: Digest(digest) })
    };
    entries.chunks_exact(ENTRY_BYTES).map(|entry| read(entry).ok_or(Damage::Content)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_later_ones_stand_behind() {
        let first = TableId::new().unwrap();
        assert_eq!(TableId::parse(&first.to_string()), Some(first));
        for bad in ["", "12", &"g".repeat(32), "+0000000000000000000000000000000"] {
            assert_eq!(TableId::parse(bad), None, "{bad}");
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
        assert!(TableId::new().unwrap() > first);
    }

    #[test]
    fn a_page_of_the_list_fits_a_value_and_reads_back() {
        let page = vec![Listed { rows: 2_048, digest: Digest::of(b"block") }; PAGE_ENTRIES];
        let bytes = write_page(&page);
        assert!(bytes.len() <= crate::VALUE_BYTES_MAX);
        assert_eq!(read_page(&bytes), Ok(page));
        assert_eq!(read_page(&bytes[..bytes.len() - 1]), Err(Damage::Content));
        assert_eq!(read_page(&[]), Err(Damage::Length));
    }
}
