//! A store as it was at one instant, while it goes on being written: what a backup reads.
//!
//! Whoever writes keeps, before a key is changed, what it had ([`Images::keep`]); whoever reads puts that over what
//! is there now ([`Image::over`]). So nobody waits for anybody, and what is kept is only what changed meanwhile.
//!
//! INVARIANT (one instant): a store calls `keep` before it applies a batch, and `over` on what it read, each while it
//! holds the lock that makes batches whole. [`Images::begin`] is called under the same lock.

use crate::error::StoreError;
use crate::key::{Owner, RawKey};
use crate::lives::Lives;
use crate::store::{Direction, RawBatch, RawPage, RawScan, Receipt, Store};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// The most bytes of keys and values that are kept for one image. Past it the image is given up: it can be taken
/// again, and whoever writes isn't held up.
const BYTES_MAX: usize = 64 << 20;

/// What an entry takes besides its key and value, about.
const ENTRY_BYTES: usize = 96;

/// What keys had when the image was taken; none where they weren't there.
#[derive(Default)]
pub struct Image(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    before: BTreeMap<RawKey, Option<Vec<u8>>>,
    bytes: usize,
    /// Keys before this one were read already.
    passed: Option<RawKey>,
    given_up: Option<String>,
}

/// The images of a store that somebody still reads.
#[derive(Default)]
pub struct Images(Mutex<Vec<Weak<Image>>>);

impl Images {
    /// A new image, of this instant.
    pub(crate) fn begin(&self) -> Arc<Image> {
        let image = Arc::new(Image::default());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(&image));
        image
    }

    /// Gives all of them up.
    pub(crate) fn end(&self, reason: &str) {
        let mut images = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        images.drain(..).filter_map(|image| image.upgrade()).for_each(|image| {
            image.kept().give_up(reason.to_owned());
        });
    }

    /// Keeps what the keys of a batch have, before it is applied.
    pub(crate) fn keep<'a, E: std::fmt::Display>(
        &self,
        keys: impl Iterator<Item = &'a RawKey> + Clone,
        mut get: impl FnMut(&RawKey) -> Result<Option<Vec<u8>>, E>,
    ) {
        let mut images = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        images.retain(|image| match image.upgrade() {
            None => false,
            Some(image) => {
                let mut kept = image.kept();
                keys.clone().for_each(|key| kept.keep(key, &mut get));
                true
            }
        });
    }
}

impl Kept {
    fn keep<E: std::fmt::Display>(
        &mut self,
        key: &RawKey,
        get: impl FnOnce(&RawKey) -> Result<Option<Vec<u8>>, E>,
    ) {
        let read = self.passed.as_ref().is_some_and(|passed| key < passed);
        if read || self.given_up.is_some() || self.before.contains_key(key) {
            return;
        }
        match get(key) {
            Ok(value) => {
                self.bytes += ENTRY_BYTES + key.0.len() + value.as_ref().map_or(0, Vec::len);
                self.before.insert(key.clone(), value);
                if self.bytes > BYTES_MAX {
                    self.give_up(format!("more than {} MiB of it were changed meanwhile", BYTES_MAX >> 20));
                }
            }
            Err(error) => self.give_up(error.to_string()),
        }
    }

    fn give_up(&mut self, reason: String) {
        *self = Kept { given_up: Some(reason), ..Kept::default() };
    }
}

impl Image {
    /// One that nothing can be read of.
    pub(crate) fn none(reason: &str) -> Image {
        let image = Image::default();
        image.kept().give_up(reason.to_owned());
        image
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A page as it was.
    pub(crate) fn over(&self, scan: &RawScan, page: RawPage) -> Result<RawPage, StoreError> {
        let kept = self.kept();
        if let Some(reason) = &kept.given_up {
            return Err(StoreError::Thawed { reason: reason.clone() });
        }
        let mut entries: BTreeMap<RawKey, Vec<u8>> = page.entries.into_iter().collect();
        // What the page covers: up to its last key, or all of the scan.
        let ended = |key: &RawKey| match (page.more, scan.direction) {
            (false, _) => scan.to.as_ref().is_some_and(|to| key >= to),
            (true, Direction::Forward) => page.last.as_ref().is_some_and(|last| key > last),
            (true, Direction::Backward) => scan.to.as_ref().is_some_and(|to| key >= to),
        };
        let from = match (page.more, scan.direction, &page.last) {
            (true, Direction::Backward, Some(last)) => last,
            _ => &scan.from,
        };
        for (key, value) in kept.before.range(from.clone()..).take_while(|(key, _)| !ended(key)) {
            match value {
                Some(value) => _ = entries.insert(key.clone(), value.clone()),
                None => _ = entries.remove(key),
            }
        }
        let mut entries: Vec<(RawKey, Vec<u8>)> = entries.into_iter().collect();
        if scan.direction == Direction::Backward {
            entries.reverse();
        }
        Ok(RawPage { entries, more: page.more, last: page.last })
    }

    /// What a key had, given what it has.
    pub(crate) fn over_value(
        &self,
        key: &RawKey,
        now: Option<Vec<u8>>,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let kept = self.kept();
        match &kept.given_up {
            Some(reason) => Err(StoreError::Thawed { reason: reason.clone() }),
            None => Ok(kept.before.get(key).cloned().unwrap_or(now)),
        }
    }

    /// Nobody will ask for keys before this one any more.
    fn pass(&self, next: &RawKey) {
        let mut kept = self.kept();
        kept.before = kept.before.split_off(next);
        kept.bytes = (kept.before.iter())
            .map(|(key, value)| ENTRY_BYTES + key.0.len() + value.as_ref().map_or(0, Vec::len))
            .sum();
        kept.passed = Some(next.clone());
    }
}

/// A store as it was at one instant. It only reads.
pub(crate) struct Frozen {
    store: Arc<dyn Store>,
    image: Arc<Image>,
    lives: Lives,
}

impl Frozen {
    /// The store as it is now.
    pub(crate) fn of(store: &Arc<dyn Store>) -> Result<Frozen, StoreError> {
        let image = store.freeze();
        let frozen = Frozen { store: Arc::clone(store), image, lives: Lives::default() };
        frozen.lives.load(&frozen)?;
        Ok(frozen)
    }

    /// Nobody will ask for keys before this one any more.
    pub(crate) fn pass(&self, next: &RawKey) {
        self.image.pass(next);
    }
}

impl Store for Frozen {
    fn get(&self, key: &RawKey) -> Result<Option<Vec<u8>>, StoreError> {
        self.store.get_at(&self.image, key)
    }

    fn scan(&self, scan: &RawScan) -> Result<RawPage, StoreError> {
        let mut scan = scan.clone();
        loop {
            let page = self.store.scan_at(&self.image, &scan)?;
            match (&page.last, page.more && page.entries.is_empty()) {
                // All that was read came later: the scan goes on behind it.
                (Some(last), true) if scan.direction == Direction::Forward => scan.from = last.next(),
                (Some(last), true) => scan.to = Some(last.clone()),
                _ => return Ok(page),
            }
        }
    }

    fn submit(&self, _: RawBatch) -> Receipt {
        Receipt::done(Err(StoreError::ReadOnly { reason: "it is a backup's view of it".to_owned() }))
    }

    fn bytes(&self, owner: &Owner) -> Result<u64, StoreError> {
        self.store.bytes(owner)
    }

    fn lives(&self) -> &Lives {
        &self.lives
    }

    fn freeze(&self) -> Arc<Image> {
        self.store.freeze()
    }

    fn get_at(&self, image: &Image, key: &RawKey) -> Result<Option<Vec<u8>>, StoreError> {
        self.store.get_at(image, key)
    }

    fn scan_at(&self, image: &Image, scan: &RawScan) -> Result<RawPage, StoreError> {
        self.store.scan_at(image, scan)
    }
}
