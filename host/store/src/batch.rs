//! Changes that happen together or not at all, if what they stand on still holds.

use crate::error::StoreError;
use crate::frame;
use crate::key::{Key, Owner, REST_BYTES_MAX, RawKey};
use crate::store::RawBatch;

/// The most bytes of keys and values that one batch writes.
pub const BATCH_BYTES_MAX: usize = 4 << 20;

/// The most puts, deletes and conditions of one batch.
pub const BATCH_OPERATIONS_MAX: usize = 10_000;

/// Whether a batch was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a batch whose condition failed has changed nothing"]
pub enum Committed {
    /// All of it, and durably.
    Yes,
    /// Nothing of it: a condition doesn't hold.
    No {
        /// Which of the batch's conditions, counted from 0 in the order they were given.
        condition: usize,
    },
}

impl Committed {
    /// Whether it was applied.
    pub fn is_yes(self) -> bool {
        self == Committed::Yes
    }
}

/// Puts, deletes and conditions. All conditions are tested first; of two writes to a key the last counts.
///
/// A value has at most 100,000 bytes, a batch at most 4 MiB and 10,000 operations: that is refused at the
/// commit, by name.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    conditions: Vec<(Key, Option<Vec<u8>>)>,
    writes: Vec<(Key, Option<Vec<u8>>)>,
}

impl Batch {
    /// Nothing yet.
    pub fn new() -> Batch {
        Batch::default()
    }

    /// Writes a value, whether the key is there or not.
    pub fn put(mut self, key: Key, body: impl Into<Vec<u8>>) -> Batch {
        self.writes.push((key, Some(body.into())));
        self
    }

    /// Removes a key, if it is there.
    pub fn delete(mut self, key: Key) -> Batch {
        self.writes.push((key, None));
        self
    }

    /// The key must not be there.
    pub fn require_absent(mut self, key: Key) -> Batch {
        self.conditions.push((key, None));
        self
    }

    /// The key must be there with exactly this value.
    pub fn require(mut self, key: Key, body: impl Into<Vec<u8>>) -> Batch {
        self.conditions.push((key, Some(body.into())));
        self
    }

    /// The key must have this value, or must not be there when there is none: what
    /// [`Space::get`](crate::Space::get) returned before.
    pub fn require_unchanged(self, key: Key, seen: Option<Vec<u8>>) -> Batch {
        match seen {
            Some(body) => self.require(key, body),
            None => self.require_absent(key),
        }
    }

    /// All of another batch after this one; its conditions are counted on.
    pub fn and(mut self, other: Batch) -> Batch {
        self.conditions.extend(other.conditions);
        self.writes.extend(other.writes);
        self
    }

    /// Whether it changes nothing and asks nothing.
    pub fn is_empty(&self) -> bool {
        self.conditions.is_empty() && self.writes.is_empty()
    }

    /// Adds what an owner wants to a batch of full keys and framed values.
    pub(crate) fn seal_into(self, owner: &Owner, raw: &mut RawBatch) -> Result<(), StoreError> {
        for (key, body) in self.conditions {
            raw.conditions.push(seal(owner, key, body)?);
        }
        for (key, body) in self.writes {
            raw.writes.push(seal(owner, key, body)?);
        }
        within_limits(raw)
    }
}

fn seal(owner: &Owner, key: Key, body: Option<Vec<u8>>) -> Result<(RawKey, Option<Vec<u8>>), StoreError> {
    let raw = raw_key(owner, &key)?;
    let framed = body.map(|body| frame::seal(key.kind, &raw, &body)).transpose()?;
    Ok((raw, framed.map(|(_, framed)| framed)))
}

/// The full key of an owner's record, if it isn't too long.
pub(crate) fn raw_key(owner: &Owner, key: &Key) -> Result<RawKey, StoreError> {
    if key.rest.len() > REST_BYTES_MAX {
        let what = format!("key of a {} record", key.kind.name());
        return Err(StoreError::TooLarge {
            what,
            size: key.rest.len(),
            size_max: REST_BYTES_MAX,
            unit: "bytes",
        });
    }
    Ok(owner.key(key.kind, &key.rest))
}

/// Refuses a batch over its limits.
pub(crate) fn within_limits(raw: &RawBatch) -> Result<(), StoreError> {
    let operations = raw.conditions.len() + raw.writes.len();
    let too_large =
        |size, size_max, unit| StoreError::TooLarge { what: String::from("batch"), size, size_max, unit };
    if operations > BATCH_OPERATIONS_MAX {
        return Err(too_large(operations, BATCH_OPERATIONS_MAX, "operations"));
    }
    match raw.bytes() {
        bytes if bytes > BATCH_BYTES_MAX => Err(too_large(bytes, BATCH_BYTES_MAX, "bytes")),
        _ => Ok(()),
    }
}
