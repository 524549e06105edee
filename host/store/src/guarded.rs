//! The durable store: sled 0.34.7 behind a guard, because by itself it loses acknowledged writes.
//!
//! What the guard adds (FORMAT.md has the reasons and what was measured): 8 MiB segments and small values, so
//! that nothing goes to files that are never synced; `fsync` of sled's file after each flush; one committer;
//! no write after the first that failed; a write counter beside sled, so that a store which comes up at an
//! older state says so; half-made snapshots removed before opening; panics of the engine turned into errors.

mod cache;
mod committer;
mod directory;
mod engine;
mod head;
mod sizes;

use crate::batch::Committed;
use crate::error::{Damage, StoreError};
use crate::frozen::Image;
use crate::key::{Owner, RawKey};
use crate::lives::Lives;
use crate::store::{RawBatch, RawPage, RawScan, Receipt, Store};
use committer::{Committer, Request};
pub(crate) use directory::rename;
use engine::{Engine, EngineError};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

/// What an operator may set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Bytes of pages that sled keeps in memory: a wish, not a bound. 64 MiB.
    pub cache_bytes: u64,
    /// Bytes of the disk that writes leave free; with less, they are refused. 256 MiB.
    pub free_bytes_min: u64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { cache_bytes: 64 << 20, free_bytes_min: 256 << 20 }
    }
}

/// Requests that may wait for the committer; who comes then waits at the door.
const WAITING_MAX: usize = 64;

/// An open store on disk.
pub(crate) struct Guarded {
    // In the order in which they must go: the committer, then the engine, then the lock.
    queue: Option<SyncSender<Request>>,
    committer: Option<JoinHandle<()>>,
    engine: Arc<Engine>,
    lives: Lives,
    _lock: directory::Lock,
}

impl Guarded {
    /// Opens or makes the store in a directory.
    pub(crate) fn open(dir: &Path, settings: &Settings) -> Result<Guarded, StoreError> {
        let (lock, state) = directory::enter(dir)?;
        let engine = Arc::new(Engine::open(dir, settings.cache_bytes)?);
        let committer = Committer::start(dir, state, Arc::clone(&engine), settings)?;
        let (queue, requests) = sync_channel(WAITING_MAX);
        let thread = std::thread::Builder::new()
            .name(String::from("committer"))
            .spawn(move || committer.run(&requests))
            .map_err(|source| StoreError::Disk {
                action: "start the committer of",
                path: dir.into(),
                source,
            })?;
        let lives = Lives::default();
        let store = Guarded { queue: Some(queue), committer: Some(thread), engine, lives, _lock: lock };
        store.lives.load(&store)?;
        Ok(store)
    }

    /// Whether a write failed, after which there is no other.
    pub(crate) fn is_failed(&self) -> bool {
        self.engine.failure().is_some()
    }

    /// Nobody reads an earlier instant any more: they are told why.
    pub(crate) fn thaw(&self, reason: &str) {
        self.engine.thaw(reason);
    }

    fn read_only(&self) -> StoreError {
        let reason = self.engine.failure().unwrap_or("its committer stopped");
        StoreError::ReadOnly { reason: reason.to_owned() }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // Closing the queue ends the committer once it has answered what is in it.
        self.queue = None;
        if let Some(thread) = self.committer.take() {
            // A committer that panicked has failed its callers already; there is nobody left to tell.
            let _ = thread.join();
        }
    }
}

impl Store for Guarded {
    fn get(&self, key: &RawKey) -> Result<Option<Vec<u8>>, StoreError> {
        self.engine.get(key).map_err(|error| reading(error, key))
    }

    fn scan(&self, scan: &RawScan) -> Result<RawPage, StoreError> {
        self.engine.scan(scan).map_err(|error| reading(error, &scan.from))
    }

    fn submit(&self, batch: RawBatch) -> Receipt {
        let (reply, answer) = sync_channel::<Result<Committed, StoreError>>(1);
        match self.queue.as_ref().map(|queue| queue.send(Request { batch, reply })) {
            Some(Ok(())) => Receipt::waiting(answer),
            _ => Receipt::done(Err(self.read_only())),
        }
    }

    fn bytes(&self, owner: &Owner) -> Result<u64, StoreError> {
        sizes::of(&self.engine, owner.name())
    }

    fn lives(&self) -> &Lives {
        &self.lives
    }

    fn freeze(&self) -> Arc<Image> {
        self.engine.freeze()
    }

    fn get_at(&self, image: &Image, key: &RawKey) -> Result<Option<Vec<u8>>, StoreError> {
        self.engine.get_at(image, key)
    }

    fn scan_at(&self, image: &Image, scan: &RawScan) -> Result<RawPage, StoreError> {
        self.engine.scan_at(image, scan)
    }
}

/// What a failed read means to who asked for a key.
fn reading(error: EngineError, key: &RawKey) -> StoreError {
    match error {
        EngineError::Uncertain => {
            let (kind, key) = key.describe();
            StoreError::Uncertain { kind, key }
        }
        EngineError::Damaged(_) => key.damaged(Damage::Engine),
        EngineError::Disk { path, source } => StoreError::Disk { action: "read", path, source },
    }
}
