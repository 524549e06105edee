//! sled itself: only this file and its cache name it.

use super::cache::Cache;
use crate::error::StoreError;
use crate::frozen::{Image, Images};
use crate::key::RawKey;
use crate::store::{Direction, RawPage, RawScan};
use sled::Mode;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::ops::Bound;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

/// sled's file for everything, within its directory.
const FILE: &str = "db";

/// Fixed when a store is made. A message over a quarter of it would go to a file of its own that sled never
/// syncs; a leaf of sled's tree, 17 values at most, stays below: 17 x 100 KB = 1.7 MB < 2 MiB.
const SEGMENT_BYTES: usize = 8 << 20;

/// How long to wait for sled's own lock while we hold ours: then its holder is a store of this process that
/// is being closed, or a process that is being killed.
const LOCK_WAIT: Duration = Duration::from_secs(10);

/// sled, its file, and a lock that makes batches appear whole in a scan.
pub(super) struct Engine {
    dir: PathBuf,
    db: sled::Db,
    cache: Cache,
    /// A descriptor of our own, held for life: an error of write-back is reported on it, and it syncs.
    file: File,
    /// Held for writing while a batch is applied, for reading during a scan: sled's iterators see half of one.
    whole: RwLock<()>,
    /// What the store was, for those who read it as it was.
    images: Images,
    /// The first write that failed. After it there is no other.
    failure: OnceLock<Failure>,
}

/// A write of which nobody knows, until the store is opened again, how much of it is there.
pub(super) struct Failure {
    reason: String,
    keys: BTreeSet<RawKey>,
}

impl Failure {
    /// Whether a scan would show a key of it, or show that it is gone.
    fn touches(&self, scan: &RawScan) -> bool {
        let to = scan.to.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        !scan.is_empty() && self.keys.range((Bound::Included(&scan.from), to)).next().is_some()
    }
}

/// How the engine failed.
#[derive(Debug)]
pub(super) enum EngineError {
    /// What was asked for was part of the write that failed.
    Uncertain,
    /// What is on disk can't be read, or the engine is at its wits' end; its words.
    Damaged(String),
    /// The system refused to read or write.
    Disk { path: PathBuf, source: std::io::Error },
}

impl std::fmt::Display for EngineError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            EngineError::Uncertain => f.write_str("a write of it failed"),
            EngineError::Damaged(words) => f.write_str(words),
            EngineError::Disk { source, .. } => write!(f, "{source}"),
        }
    }
}

impl Engine {
    /// Opens sled in a directory that is ours.
    pub(super) fn open(dir: &Path, cache_bytes: u64) -> Result<Engine, StoreError> {
        let config = sled::Config::new()
            .path(dir)
            .segment_size(SEGMENT_BYTES)
            .cache_capacity(cache_bytes)
            .mode(Mode::LowSpace)
            .flush_every_ms(None);
        let patience = Instant::now() + LOCK_WAIT;
        let db = loop {
            match caught(dir, || config.open()) {
                Ok(db) => break db,
                Err(error) if !is_lock(&error) => return Err(unopenable(dir, error)),
                Err(_) if Instant::now() < patience => std::thread::sleep(Duration::from_millis(10)),
                Err(_) => return Err(StoreError::Locked { dir: dir.into(), process: None }),
            }
        };
        let path = dir.join(FILE);
        let file = File::options().read(true).write(true).open(&path).map_err(|source| StoreError::Disk {
            action: "open",
            path,
            source,
        })?;
        let cache = Cache::new(db.clone(), cache_bytes);
        let (whole, images, failure) = (RwLock::new(()), Images::default(), OnceLock::new());
        Ok(Engine { dir: dir.into(), db, cache, file, whole, images, failure })
    }

    /// Why no more may be written, once a write failed.
    pub(super) fn failure(&self) -> Option<&str> {
        self.failure.get().map(|failure| failure.reason.as_str())
    }

    /// The bytes of a key.
    pub(super) fn get(&self, key: &RawKey) -> Result<Option<Vec<u8>>, EngineError> {
        let value = caught(&self.dir, || self.db.get(key.as_bytes()))?;
        if self.failure.get().is_none() {
            self.cache.touch(key.as_bytes(), value.as_ref().map_or(0, |value| value.len()));
        }
        match self.failure.get() {
            Some(failure) if failure.keys.contains(key) => Err(EngineError::Uncertain),
            _ => Ok(value.map(|value| value.to_vec())),
        }
    }

    /// How long the value of a key is.
    pub(super) fn size(&self, key: &RawKey) -> Result<Option<usize>, EngineError> {
        Ok(caught(&self.dir, || self.db.get(key.as_bytes()))?.map(|value| value.len()))
    }

    /// A page of keys, of one instant.
    pub(super) fn scan(&self, scan: &RawScan) -> Result<RawPage, EngineError> {
        let _whole = self.whole.read().unwrap_or_else(PoisonError::into_inner);
        self.page(scan)
    }

    /// Keeps from now on what is changed.
    pub(super) fn freeze(&self) -> Arc<Image> {
        let _whole = self.whole.write().unwrap_or_else(PoisonError::into_inner);
        self.images.begin()
    }

    /// Gives all images up.
    pub(super) fn thaw(&self, reason: &str) {
        let _whole = self.whole.write().unwrap_or_else(PoisonError::into_inner);
        self.images.end(reason);
    }

    /// What a key had at the instant of an image.
    pub(super) fn get_at(&self, image: &Image, key: &RawKey) -> Result<Option<Vec<u8>>, StoreError> {
        let _whole = self.whole.read().unwrap_or_else(PoisonError::into_inner);
        let now = self.get(key).map_err(|error| super::reading(error, key))?;
        image.over_value(key, now)
    }

    /// A page of the instant of an image. A store that failed to write shows none.
    pub(super) fn scan_at(&self, image: &Image, scan: &RawScan) -> Result<RawPage, StoreError> {
        let _whole = self.whole.read().unwrap_or_else(PoisonError::into_inner);
        let page = self.page(scan).map_err(|error| super::reading(error, &scan.from))?;
        image.over(scan, page)
    }

    fn page(&self, scan: &RawScan) -> Result<RawPage, EngineError> {
        if self.failure.get().is_some_and(|failure| failure.touches(scan)) {
            return Err(EngineError::Uncertain);
        }
        let from = Bound::Included(scan.from.as_bytes());
        let to = scan.to.as_ref().map_or(Bound::Unbounded, |to| Bound::Excluded(to.as_bytes()));
        caught(&self.dir, || {
            let range = self.db.range::<&[u8], _>((from, to));
            match scan.direction {
                Direction::Forward => scan.page(range),
                Direction::Backward => scan.page(range.rev()),
            }
        })
    }

    /// Applies writes as one, brings them to the disk, and does what must come right after. The first failure
    /// of any of this is remembered, with the keys it leaves uncertain.
    pub(super) fn write(
        &self,
        writes: Vec<(RawKey, Option<Vec<u8>>)>,
        then: impl FnOnce() -> std::io::Result<()>,
    ) -> Result<(), String> {
        let sizes: BTreeMap<RawKey, usize> =
            writes.iter().map(|(key, value)| (key.clone(), value.as_ref().map_or(0, Vec::len))).collect();
        let applied = {
            let _whole = self.whole.write().unwrap_or_else(PoisonError::into_inner);
            self.images.keep(writes.iter().map(|(key, _)| key), |key| {
                let value = caught(&self.dir, || self.db.get(key.as_bytes()))?;
                Ok::<_, EngineError>(value.map(|value| value.to_vec()))
            });
            self.apply(writes).inspect_err(|error| self.fail(error.to_string(), &sizes))
        };
        applied
            .and_then(|()| caught(&self.dir, || self.db.flush()).map(drop))
            .and_then(|()| self.sync())
            .map_err(|error| error.to_string())
            .and_then(|()| then().map_err(|error| error.to_string()))
            .inspect_err(|reason| self.fail(reason.clone(), &sizes))?;
        sizes.iter().for_each(|(key, bytes)| self.cache.touch(key.as_bytes(), *bytes));
        Ok(())
    }

    fn apply(&self, writes: Vec<(RawKey, Option<Vec<u8>>)>) -> Result<(), EngineError> {
        let mut batch = sled::Batch::default();
        for (key, value) in writes {
            match value {
                Some(value) => batch.insert(key.0, value),
                None => batch.remove(key.0),
            }
        }
        caught(&self.dir, || self.db.apply_batch(batch))
    }

    fn fail(&self, reason: String, keys: &BTreeMap<RawKey, usize>) {
        // The first failure stays: what comes after it is not attempted.
        self.failure.get_or_init(|| Failure { reason, keys: keys.keys().cloned().collect() });
    }

    /// What sled leaves out: it flushes with `sync_file_range`, which doesn't bring a grown file's new blocks
    /// into the file system's log.
    fn sync(&self) -> Result<(), EngineError> {
        self.file.sync_all().map_err(|source| EngineError::Disk { path: self.dir.join(FILE), source })
    }
}

/// Whether sled's own lock is held: it says so in words only.
fn is_lock(error: &EngineError) -> bool {
    matches!(error, EngineError::Disk { source, .. } if source.to_string().contains("could not acquire lock"))
}

fn unopenable(dir: &Path, error: EngineError) -> StoreError {
    match error {
        EngineError::Disk { path, source } => StoreError::Disk { action: "open", path, source },
        error => StoreError::Unopenable { dir: dir.into(), reason: error.to_string() },
    }
}

/// Runs a piece of sled so that neither its errors nor its panics get further. It panics on damage, now and
/// then; its own state is guarded by locks that don't poison, and after a failed write we write no more.
fn caught<T>(dir: &Path, work: impl FnOnce() -> sled::Result<T>) -> Result<T, EngineError> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(sled::Error::Io(source))) => Err(EngineError::Disk { path: dir.join(FILE), source }),
        Ok(Err(error)) => Err(EngineError::Damaged(error.to_string())),
        Err(panic) => {
            let words = panic.downcast_ref::<String>().map(String::as_str);
            let words = words.or_else(|| panic.downcast_ref::<&str>().copied());
            Err(EngineError::Damaged(words.unwrap_or("the engine panicked").to_owned()))
        }
    }
}
