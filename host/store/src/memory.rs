//! A store in memory, for tests: the same promises as on disk but for the disk.

use crate::batch::Committed;
use crate::error::StoreError;
use crate::key::RawKey;
use crate::store::{Direction, RawBatch, RawPage, RawScan, Receipt, Store};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::ops::Bound;
use std::sync::{PoisonError, RwLock};

/// Framed values by key.
#[derive(Default)]
pub(crate) struct Memory {
    values: RwLock<BTreeMap<RawKey, Vec<u8>>>,
}

impl Store for Memory {
    fn get(&self, key: &RawKey) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.values.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned())
    }

    fn scan(&self, scan: &RawScan) -> Result<RawPage, StoreError> {
        let values = self.values.read().unwrap_or_else(PoisonError::into_inner);
        let to = scan.to.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let range = values
            .range((Bound::Included(&scan.from), to))
            .map(|(key, value)| Ok::<_, Infallible>((key.as_bytes(), value)));
        let page = match scan.direction {
            Direction::Forward => scan.page(range),
            Direction::Backward => scan.page(range.rev()),
        };
        let Ok(page) = page;
        Ok(page)
    }

    fn submit(&self, batch: RawBatch) -> Receipt {
        let mut values = self.values.write().unwrap_or_else(PoisonError::into_inner);
        let broken = batch
            .broken_condition(|key, value| Ok::<_, Infallible>(values.get(key).map(Vec::as_slice) == value));
        let Ok(broken) = broken;
        if let Some(condition) = broken {
            return Receipt::done(Ok(Committed::No { condition }));
        }
        for (key, value) in batch.writes {
            match value {
                Some(value) => values.insert(key, value),
                None => values.remove(&key),
            };
        }
        Receipt::done(Ok(Committed::Yes))
    }
}
