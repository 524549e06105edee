//! A store in memory, for tests: the same promises as on disk but for the disk.

use crate::batch::Committed;
use crate::error::StoreError;
use crate::frozen::{Image, Images};
use crate::key::{Owner, RawKey};
use crate::lives::Lives;
use crate::store::{Direction, RawBatch, RawPage, RawScan, Receipt, Store};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::ops::Bound;
use std::sync::{Arc, PoisonError, RwLock};

type Values = BTreeMap<RawKey, Vec<u8>>;

/// Framed values by key.
#[derive(Default)]
pub(crate) struct Memory {
    values: RwLock<Values>,
    images: Images,
    lives: Lives,
}

fn page(values: &Values, scan: &RawScan) -> RawPage {
    let to = scan.to.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
    let range = values
        .range((Bound::Included(&scan.from), to))
        .map(|(key, value)| Ok::<_, Infallible>((key.as_bytes(), value)));
    let page = match scan.direction {
        Direction::Forward => scan.page(range),
        Direction::Backward => scan.page(range.rev()),
    };
    let Ok(page) = page;
    page
}

impl Store for Memory {
    fn get(&self, key: &RawKey) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.values.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned())
    }

    fn scan(&self, scan: &RawScan) -> Result<RawPage, StoreError> {
        Ok(page(&self.values.read().unwrap_or_else(PoisonError::into_inner), scan))
    }

    fn submit(&self, batch: RawBatch) -> Receipt {
        let mut values = self.values.write().unwrap_or_else(PoisonError::into_inner);
        let broken = batch
            .broken_condition(|key, value| Ok::<_, Infallible>(values.get(key).map(Vec::as_slice) == value));
        let Ok(broken) = broken;
        if let Some(condition) = broken {
            return Receipt::done(Ok(Committed::No { condition }));
        }
        let keys = batch.writes.iter().map(|(key, _)| key);
        self.images.keep(keys, |key| Ok::<_, Infallible>(values.get(key).cloned()));
        for (key, value) in batch.writes {
            match value {
                Some(value) => values.insert(key, value),
                None => values.remove(&key),
            };
        }
        Receipt::done(Ok(Committed::Yes))
    }

    fn bytes(&self, owner: &Owner) -> Result<u64, StoreError> {
        let values = self.values.read().unwrap_or_else(PoisonError::into_inner);
        let theirs = values.iter().filter(|(key, _)| key.owner() == owner.name());
        Ok(theirs.map(|(key, value)| (key.as_bytes().len() + value.len()) as u64).sum())
    }

    fn lives(&self) -> &Lives {
        &self.lives
    }

    fn freeze(&self) -> Arc<Image> {
        let _whole = self.values.write().unwrap_or_else(PoisonError::into_inner);
        self.images.begin()
    }

    fn get_at(&self, image: &Image, key: &RawKey) -> Result<Option<Vec<u8>>, StoreError> {
        let values = self.values.read().unwrap_or_else(PoisonError::into_inner);
        image.over_value(key, values.get(key).cloned())
    }

    fn scan_at(&self, image: &Image, scan: &RawScan) -> Result<RawPage, StoreError> {
        let values = self.values.read().unwrap_or_else(PoisonError::into_inner);
        image.over(scan, page(&values, scan))
    }
}
