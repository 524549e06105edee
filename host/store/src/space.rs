//! The records of one company: the only way to read and write the store.

use crate::batch::{Batch, Committed, raw_key, within_limits};
use crate::error::StoreError;
use crate::frame;
use crate::key::{Key, Owner};
use crate::scan::{Page, Scan, own_key};
use crate::store::{RawBatch, RawPage, Receipt, Store};
use attain_model::Digest;
use std::sync::Arc;

/// The records of one company, or of the operator. Cheap to clone, usable from several threads at once.
#[derive(Clone)]
pub struct Space {
    store: Arc<dyn Store>,
    owner: Arc<Owner>,
}

impl Space {
    pub(crate) fn new(store: Arc<dyn Store>, owner: Owner) -> Space {
        Space { store, owner: Arc::new(owner) }
    }

    /// The value of a key, checked.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`] and [`StoreError::TooNew`] name the record.
    pub fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.get_sealed(key)?.map(|(_, body)| body))
    }

    /// A page of records, checked: at one instant, so never half of a batch.
    ///
    /// # Errors
    ///
    /// As [`Space::get`]; one damaged record fails its page.
    pub fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        let RawPage { entries: raw, more, .. } = self.scan_raw(scan)?;
        let mut entries = Vec::with_capacity(raw.len());
        for (key, framed) in raw {
            let (_, body) = frame::open(scan.kind(), &key, framed)?;
            entries.push((own_key(&self.owner, scan.kind(), &key)?, body));
        }
        let next = if more { entries.last().map(|(key, _)| key.clone()) } else { None };
        Ok(Page { entries, next })
    }

    /// All records of a scan, page by page as they are asked for. Pages are each of one instant, the whole
    /// isn't. After an error it ends.
    pub fn each(&self, scan: Scan) -> impl Iterator<Item = Result<(Key, Vec<u8>), StoreError>> {
        let space = self.clone();
        let mut next_page = Some(scan);
        let mut entries = Vec::new().into_iter();
        std::iter::from_fn(move || {
            loop {
                if let Some(entry) = entries.next() {
                    return Some(Ok(entry));
                }
                let scan = next_page.take()?;
                match space.scan(&scan) {
                    Err(error) => return Some(Err(error)),
                    Ok(page) => {
                        entries = page.entries.into_iter();
                        next_page = page.next.map(|cursor| scan.after(&cursor));
                    }
                }
            }
        })
    }

    /// How many bytes of keys and values are stored here. On the disk they take up to twice as much.
    ///
    /// # Errors
    ///
    /// As [`Space::get`].
    pub fn bytes(&self) -> Result<u64, StoreError> {
        self.store.bytes(&self.owner)
    }

    /// Applies a batch, whole and durable, or not at all.
    ///
    /// A condition that fails is an answer, [`Committed::No`]. Many callers at once share one sync of the
    /// disk, so do call it from several threads.
    ///
    /// # Errors
    ///
    /// [`StoreError::TooLarge`] and [`StoreError::Full`]: nothing was written. [`StoreError::ReadOnly`]: this
    /// or an earlier write failed; whether the batch is stored shows after a restart.
    pub fn commit(&self, batch: Batch) -> Result<Committed, StoreError> {
        self.submit(batch)?.wait()
    }

    /// Hands in a batch without waiting for the disk.
    pub(crate) fn submit(&self, batch: Batch) -> Result<Receipt, StoreError> {
        let mut raw = RawBatch::default();
        batch.seal_into(&self.owner, &mut raw)?;
        Ok(self.store.submit(raw))
    }

    /// Hands in values that are framed already.
    pub(crate) fn submit_raw(&self, raw: RawBatch) -> Result<Receipt, StoreError> {
        within_limits(&raw)?;
        Ok(self.store.submit(raw))
    }

    /// Frames a value for [`Space::submit_raw`]; the digest is the one in its frame.
    pub(crate) fn seal(&self, key: &Key, body: &[u8], into: &mut RawBatch) -> Result<Digest, StoreError> {
        let raw = raw_key(&self.owner, key)?;
        let (digest, framed) = frame::seal(key.kind, &raw, body)?;
        into.writes.push((raw, Some(framed)));
        Ok(digest)
    }

    /// The value of a key and the digest in its frame.
    pub(crate) fn get_sealed(&self, key: &Key) -> Result<Option<(Digest, Vec<u8>)>, StoreError> {
        let raw = raw_key(&self.owner, key)?;
        self.store.get(&raw)?.map(|framed| frame::open(key.kind, &raw, framed)).transpose()
    }

    /// The keys of a scan's next page, without looking at the values.
    pub(crate) fn keys(&self, scan: &Scan) -> Result<Vec<Key>, StoreError> {
        let page = self.scan_raw(scan)?;
        page.entries.iter().map(|(key, _)| own_key(&self.owner, scan.kind(), key)).collect()
    }

    /// The error that names a record of this space.
    pub(crate) fn damaged(&self, key: &Key, damage: crate::error::Damage) -> StoreError {
        self.owner.key(key.kind, &key.rest).damaged(damage)
    }

    fn scan_raw(&self, scan: &Scan) -> Result<RawPage, StoreError> {
        let raw = scan.raw(&self.owner);
        if raw.is_empty() { Ok(RawPage::default()) } else { self.store.scan(&raw) }
    }
}

/// Applies batches of several spaces as one, whole or not at all: a company and its entry in the operator's
/// list, say. Conditions are counted through all of them.
///
/// # Errors
///
/// As [`Space::commit`], and [`StoreError::TwoStores`].
pub fn commit_together(parts: Vec<(Space, Batch)>) -> Result<Committed, StoreError> {
    let Some(store) = parts.first().map(|(space, _)| Arc::clone(&space.store)) else {
        return Ok(Committed::Yes);
    };
    store.submit(sealed(&store, parts)?).wait()
}

/// Batches of several spaces of a store as one.
pub(crate) fn sealed(store: &Arc<dyn Store>, parts: Vec<(Space, Batch)>) -> Result<RawBatch, StoreError> {
    let mut raw = RawBatch::default();
    for (space, batch) in parts {
        if !Arc::ptr_eq(store, &space.store) {
            return Err(StoreError::TwoStores);
        }
        batch.seal_into(&space.owner, &mut raw)?;
    }
    Ok(raw)
}
