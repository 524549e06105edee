//! Large byte values, such as components: cut into pieces, named by the digest of the whole.
//!
//! Pieces go first, the record of their number last: without it there is no value. Writing the same bytes
//! again is free, and mends a value that was damaged.

use crate::batch::Batch;
use crate::error::{Damage, StoreError};
use crate::key::{Key, Kind};
use crate::space::Space;
use attain_model::Digest;

/// The most bytes of one value.
pub const BYTES_MAX: usize = 64 << 20;

/// The most bytes of a piece.
const PIECE_BYTES: usize = 64 << 10;

/// Pieces of one batch: 2 MiB.
const BATCH_PIECES: usize = 32;

const FORMAT: u8 = 1;

/// Keeps bytes durably under their digest.
///
/// # Errors
///
/// [`StoreError::TooLarge`] over 64 MiB; otherwise as [`Space::commit`].
///
/// ```
/// # let store = attain_store::in_memory();
/// # let space = store.operator();
/// let digest = attain_store::put_bytes(&space, b"\0asm")?;
/// assert_eq!(attain_store::get_bytes(&space, &digest)?, Some(b"\0asm".to_vec()));
/// # Ok::<(), attain_store::StoreError>(())
/// ```
pub fn put_bytes(space: &Space, bytes: &[u8]) -> Result<Digest, StoreError> {
    if bytes.len() > BYTES_MAX {
        let what = String::from(Kind::Bytes.name());
        return Err(StoreError::TooLarge { what, size: bytes.len(), size_max: BYTES_MAX, unit: "bytes" });
    }
    let digest = Digest::of(bytes);
    if matches!(get_bytes(space, &digest), Ok(Some(_))) {
        return Ok(digest);
    }
    let pieces: Vec<&[u8]> = bytes.chunks(PIECE_BYTES).collect();
    for (group_number, group) in pieces.chunks(BATCH_PIECES).enumerate() {
        let batch = group.iter().enumerate().fold(Batch::new(), |batch, (number, piece)| {
            batch.put(piece_key(&digest, group_number * BATCH_PIECES + number), *piece)
        });
        // No condition, so there is only one answer that isn't an error; likewise below.
        let _: crate::Committed = space.commit(batch)?;
    }
    let mut record = vec![FORMAT];
    record.extend((bytes.len() as u64).to_be_bytes());
    let _: crate::Committed = space.commit(Batch::new().put(record_key(&digest), record))?;
    Ok(digest)
}

/// The bytes of a digest, checked against it; none when they were never put.
///
/// # Errors
///
/// [`StoreError::Corrupt`] names the piece.
pub fn get_bytes(space: &Space, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
    let key = record_key(digest);
    let Some(record) = space.get(&key)? else { return Ok(None) };
    let damaged = |damage| space.damaged(&key, damage);
    let Some((&FORMAT, length)) = record.split_first() else { return Err(damaged(Damage::Content)) };
    let length = length.try_into().map(u64::from_be_bytes).map_err(|_| damaged(Damage::Content))?;
    let length = usize::try_from(length).ok().filter(|length| *length <= BYTES_MAX);
    let length = length.ok_or_else(|| damaged(Damage::Content))?;
    let mut bytes = Vec::with_capacity(length);
    for number in 0..length.div_ceil(PIECE_BYTES) {
        let key = piece_key(digest, number);
        bytes.extend(space.get(&key)?.ok_or_else(|| space.damaged(&key, Damage::Missing))?);
    }
    if bytes.len() != length || Digest::of(&bytes) != *digest {
        return Err(damaged(Damage::Checksum));
    }
    Ok(Some(bytes))
}

pub(crate) fn record_key(digest: &Digest) -> Key {
    Key::new(Kind::Bytes, digest.0)
}

fn piece_key(digest: &Digest, number: usize) -> Key {
    // At most 1,024.
    Key::new(Kind::BytesPiece, [digest.0.as_slice(), &(number as u32).to_be_bytes()].concat())
}

/// The value that a piece belongs to: for the sweep.
pub(crate) fn value_of(key: &Key) -> Option<Digest> {
    key.rest.first_chunk::<32>().map(|bytes| Digest(*bytes))
}
