//! What makes sled's cache keep to its size.
//!
//! sled 0.34 divides its cache into 256 shards and looks at a shard only at every 64th access to it; even then
//! it never evicts a shard's last page. A leaf with 16 blocks has 1.2 MB, so by itself it comes to hold 256
//! leaves and more, 300 MB and up, whatever size was asked for. A shard does let go of a leaf when another of
//! its pages was used later. So there is a second tree with a small page in every shard, the ballast, and
//! when as many bytes as the cache may hold were read or written, each of its pages is used 64 times: 10 ms,
//! after which everything large is gone. Measured on 4 million rows of 25 columns: 112 MiB instead of 240.
//! The ballast's pages keep segments alive and so cost up to 30 % more disk; a store that never fills its
//! cache has none.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, OnceLock, PoisonError, TryLockError};

/// The ballast's tree.
const TREE: &str = "ballast";

/// Keys of the ballast. A leaf keeps 8 of keys that come in order, so these are 350 leaves, and their numbers,
/// which decide the shard, come one after the other: every shard has one.
const KEYS: u32 = 2_800;

/// Every so many keys is another leaf.
const LEAF_KEYS: usize = 8;

/// Accesses until sled looks at a shard.
const ACCESSES: usize = 64;

/// Values below this are none of our business: sled counts small pages well enough.
const LARGE_BYTES: usize = 4_096;

/// Neighbours that are taken to share a leaf: keys that differ in their last three bits only.
const NEIGHBOURS: u64 = 8;

/// Counts what was touched, and evicts when it is enough.
pub(super) struct Cache {
    db: sled::Db,
    /// None when it can't be had, as when it is damaged: then the cache only grows larger.
    ballast: OnceLock<Option<sled::Tree>>,
    touched: Mutex<Touched>,
    /// Held while somebody evicts.
    evicting: Mutex<()>,
    bytes_max: u64,
}

/// Groups of neighbouring large values that were read or written since the last eviction.
#[derive(Default)]
struct Touched {
    groups: HashSet<Vec<u8>>,
    bytes: u64,
}

impl Cache {
    /// A cache that is to hold so many bytes.
    pub(super) fn new(db: sled::Db, bytes_max: u64) -> Cache {
        let (touched, evicting) = (Mutex::default(), Mutex::new(()));
        Cache { db, ballast: OnceLock::new(), touched, evicting, bytes_max }
    }

    /// Notes that a value was read or written, and evicts when the cache may be full.
    pub(super) fn touch(&self, key: &[u8], value_bytes: usize) {
        if value_bytes < LARGE_BYTES {
            return;
        }
        let mut group = key.to_vec();
        if let Some(last) = group.last_mut() {
            *last &= !(NEIGHBOURS as u8 - 1);
        }
        let mut touched = self.touched.lock().unwrap_or_else(PoisonError::into_inner);
        if touched.groups.insert(group) {
            touched.bytes += value_bytes as u64 * NEIGHBOURS;
        }
        if touched.bytes >= self.bytes_max {
            *touched = Touched::default();
            drop(touched);
            self.evict();
        }
    }

    fn evict(&self) {
        let _one = match self.evicting.try_lock() {
            Ok(one) => one,
            Err(TryLockError::Poisoned(one)) => one.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        let make = || catch_unwind(AssertUnwindSafe(|| ballast(&self.db))).ok()?.ok();
        let Some(ballast) = self.ballast.get_or_init(make) else { return };
        let keys = (0..KEYS).step_by(LEAF_KEYS).flat_map(|key| std::iter::repeat_n(key, ACCESSES));
        let use_it = |key: u32| catch_unwind(AssertUnwindSafe(|| ballast.contains_key(key.to_be_bytes())));
        // Damage in the ballast, or in a page that it pushes out, is no damage to what is asked for.
        for key in keys {
            if !matches!(use_it(key), Ok(Ok(_))) {
                break;
            }
        }
    }
}

/// Opens the ballast, or makes it. It needn't be durable: what is missing of it is made again.
fn ballast(db: &sled::Db) -> sled::Result<sled::Tree> {
    let ballast = db.open_tree(TREE)?;
    if !ballast.contains_key((KEYS - 1).to_be_bytes())? {
        for key in 0..KEYS {
            ballast.insert(key.to_be_bytes(), &[])?;
        }
    }
    Ok(ballast)
}
