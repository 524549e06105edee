//! Many framed values on their way to the disk, with only a few megabytes waiting for it.

use crate::archive::Record;
use crate::error::StoreError;
use crate::key::RawKey;
use crate::store::{RawBatch, Receipt, Store};
use std::collections::VecDeque;
use std::sync::Arc;

/// Values are handed to the committer when they have so many bytes, or are so many.
const GROUP_BYTES: usize = 1 << 20;
const GROUP: usize = 5_000;

/// Groups that may be under way to the disk while the next is gathered.
const UNDER_WAY_MAX: usize = 2;

/// Writes values in groups, without a condition. Nobody may see them before all are there.
pub struct Bulk {
    store: Arc<dyn Store>,
    group: RawBatch,
    bytes: usize,
    under_way: VecDeque<Receipt>,
}

impl Bulk {
    /// Writes to a store.
    pub fn new(store: &Arc<dyn Store>) -> Bulk {
        let store = Arc::clone(store);
        Bulk { store, group: RawBatch::default(), bytes: 0, under_way: VecDeque::new() }
    }

    /// Takes a record as its owner's, whoever that is: for a store that is being filled and that nobody else has.
    ///
    /// # Errors
    ///
    /// As a commit; what was handed in may be written or not.
    pub fn put_record(&mut self, record: Record) -> Result<(), StoreError> {
        self.put(record.key, record.framed)
    }

    pub(crate) fn put(&mut self, key: RawKey, framed: Vec<u8>) -> Result<(), StoreError> {
        self.bytes += key.0.len() + framed.len();
        self.group.writes.push((key, Some(framed)));
        if self.bytes >= GROUP_BYTES || self.group.writes.len() >= GROUP {
            self.send(UNDER_WAY_MAX)?;
        }
        Ok(())
    }

    /// Waits until everything is durable.
    ///
    /// # Errors
    ///
    /// As a commit.
    pub fn finish(&mut self) -> Result<(), StoreError> {
        self.send(0)
    }

    /// Hands a group in and waits until only so many are under way.
    fn send(&mut self, most: usize) -> Result<(), StoreError> {
        if !self.group.writes.is_empty() {
            self.bytes = 0;
            self.under_way.push_back(self.store.submit(std::mem::take(&mut self.group)));
        }
        while self.under_way.len() > most {
            let Some(receipt) = self.under_way.pop_front() else { break };
            // No conditions, so there is only one answer that isn't an error.
            let _: crate::Committed = receipt.wait()?;
        }
        Ok(())
    }
}
