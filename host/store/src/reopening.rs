//! A store on disk that opens itself again after a write failed, as a restart of its process would: when the disk was
//! full and there is room again, nobody has to be called.
//!
//! What was acknowledged is durable, so it is there; of the write that failed nobody knows until then whether it is.

use crate::error::StoreError;
use crate::frozen::Image;
use crate::guarded::{Guarded, Settings};
use crate::key::{Owner, RawKey};
use crate::lives::Lives;
use crate::store::{RawBatch, RawPage, RawScan, Receipt, Store};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

/// How long after an attempt the next one may be.
const AGAIN: Duration = Duration::from_secs(5);

/// An open store on disk, or one that is being opened again.
pub(crate) struct Reopening {
    dir: PathBuf,
    settings: Settings,
    /// None where it couldn't be opened again.
    store: RwLock<Option<Guarded>>,
    /// Outlives the store that it was read from.
    lives: Lives,
    tried: Mutex<Option<Instant>>,
}

impl Reopening {
    /// Opens or makes the store in a directory.
    pub(crate) fn open(dir: &Path, settings: &Settings) -> Result<Reopening, StoreError> {
        let store = Guarded::open(dir, settings)?;
        let lives = Lives::default();
        lives.load(&store)?;
        Ok(Reopening {
            dir: dir.into(),
            settings: settings.clone(),
            store: RwLock::new(Some(store)),
            lives,
            tried: Mutex::new(None),
        })
    }

    fn with<T>(&self, ask: impl FnOnce(&Guarded) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let store = self.store.read().unwrap_or_else(PoisonError::into_inner);
        ask(store.as_ref().ok_or_else(closed)?)
    }

    /// Opens the store again where a write failed and there is room.
    fn mend(&self) {
        let failed = |store: &Option<Guarded>| store.as_ref().is_none_or(Guarded::is_failed);
        if !failed(&self.store.read().unwrap_or_else(PoisonError::into_inner)) {
            return;
        }
        {
            let mut tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
            if tried.is_some_and(|at| at.elapsed() < AGAIN) {
                return;
            }
            *tried = Some(Instant::now());
        }
        let room = fs2::available_space(&self.dir).unwrap_or(0);
        if room < self.settings.free_bytes_min {
            return;
        }
        let mut store = self.store.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(failed) = store.take() {
            // A backup under way would read two instants.
            failed.thaw("the store was opened again");
        }
        *store = Guarded::open(&self.dir, &self.settings)
            .and_then(|opened| self.lives.load(&opened).map(|()| opened))
            .ok();
    }
}

fn closed() -> StoreError {
    StoreError::ReadOnly { reason: "it couldn't be opened again after a write failed".to_owned() }
}

impl Store for Reopening {
    fn get(&self, key: &RawKey) -> Result<Option<Vec<u8>>, StoreError> {
        self.with(|store| store.get(key))
    }

    fn scan(&self, scan: &RawScan) -> Result<RawPage, StoreError> {
        self.with(|store| store.scan(scan))
    }

    fn submit(&self, batch: RawBatch) -> Receipt {
        self.mend();
        self.with(|store| Ok(store.submit(batch))).unwrap_or_else(|error| Receipt::done(Err(error)))
    }

    fn bytes(&self, owner: &Owner) -> Result<u64, StoreError> {
        self.with(|store| store.bytes(owner))
    }

    fn lives(&self) -> &Lives {
        &self.lives
    }

    fn freeze(&self) -> Arc<Image> {
        self.with(|store| Ok(store.freeze()))
            .unwrap_or_else(|error| Arc::new(Image::none(&error.to_string())))
    }

    fn get_at(&self, image: &Image, key: &RawKey) -> Result<Option<Vec<u8>>, StoreError> {
        self.with(|store| store.get_at(image, key))
    }

    fn scan_at(&self, image: &Image, scan: &RawScan) -> Result<RawPage, StoreError> {
        self.with(|store| store.scan_at(image, scan))
    }
}
