//! What a kill left half written: blocks that no manifest names, pieces of byte values without their record.

use crate::batch::Batch;
use crate::bytes;
use crate::error::StoreError;
use crate::key::{Key, Kind};
use crate::scan::Scan;
use crate::space::Space;
use crate::table::{TableId, table_of};
use std::collections::BTreeSet;

/// What a sweep removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Tables that nothing names.
    pub tables: usize,
    /// Their blocks and lists.
    pub blocks: usize,
    /// Pieces of byte values that were never finished.
    pub pieces: usize,
}

/// Keys that are deleted as one.
const GROUP: usize = 256;

/// Removes every block of a table that isn't among `live`, and pieces of unfinished byte values.
///
/// For the moment after opening: a table or a byte value that is being written in this space meanwhile would
/// be taken for an orphan. `live` is every table that any record of the company names.
///
/// # Errors
///
/// As [`Space::commit`]; what was removed before stays removed, and a second sweep goes on.
pub fn sweep(space: &Space, live: &[TableId]) -> Result<Swept, StoreError> {
    let live: BTreeSet<TableId> = live.iter().copied().collect();
    let mut swept = Swept::default();
    let mut dead: BTreeSet<Vec<u8>> = BTreeSet::new();
    for kind in [Kind::Block, Kind::BlockList] {
        swept.blocks += remove(space, kind, 16, |key| {
            let orphan = table_of(key).is_none_or(|id| !live.contains(&id));
            if orphan {
                dead.insert(group_of(key, 16));
            }
            Ok(orphan)
        })?;
    }
    swept.tables = dead.len();
    swept.pieces = remove(space, Kind::BytesPiece, 32, |key| match bytes::value_of(key) {
        Some(digest) => Ok(space.get(&bytes::record_key(&digest))?.is_none()),
        None => Ok(true),
    })?;
    Ok(swept)
}

/// Goes through the groups of a kind, keys that share their first bytes, and removes the orphans whole.
fn remove(
    space: &Space,
    kind: Kind,
    prefix_bytes: usize,
    mut is_orphan: impl FnMut(&Key) -> Result<bool, StoreError>,
) -> Result<usize, StoreError> {
    let mut removed = 0;
    let mut next = Scan::all(kind).limit(1);
    while let Some(key) = space.keys(&next)?.into_iter().next() {
        let group = group_of(&key, prefix_bytes);
        if is_orphan(&key)? {
            removed += remove_group(space, kind, &group)?;
        }
        // No group has a key with the last number, so this is past all of it.
        let last = Key::new(kind, [group.as_slice(), &[0xff; 4]].concat());
        next = Scan::all(kind).limit(1).after(&last.max(key));
    }
    Ok(removed)
}

fn remove_group(space: &Space, kind: Kind, group: &[u8]) -> Result<usize, StoreError> {
    let mut removed = 0;
    loop {
        let keys = space.keys(&Scan::prefix(kind, group).limit(GROUP))?;
        if keys.is_empty() {
            return Ok(removed);
        }
        removed += keys.len();
        let batch = keys.into_iter().fold(Batch::new(), Batch::delete);
        // No condition, so there is only one answer that isn't an error.
        let _: crate::Committed = space.commit(batch)?;
    }
}

fn group_of(key: &Key, bytes: usize) -> Vec<u8> {
    key.rest.iter().take(bytes).copied().collect()
}
