//! Where everything is kept: a small ordered key-value store, and tables of columns on top of it.
//!
//! In:  a company's [`Space`], and records, tables or large byte values to keep in it.
//! Out: the same, checked against their checksums, or a [`StoreError`] that names what is damaged.
//!
//! The surface is small on purpose: get, scan, one atomic conditional batch. Two stores offer it, [`open`]
//! (sled behind a guard, durable) and [`in_memory`]; only this crate knows sled. FORMAT.md lists every key
//! and byte, and the order of commits.
//!
//! INVARIANT (one company): a key is a kind, then the company, and only [`Space`] puts the two together. Code
//! that holds a space can name no record of another company.
//!
//! INVARIANT (verified reads): a value leaves this crate only after its SHA-256 over key and body matched.
//!
//! ```
//! use attain_model::CompanyId;
//! use attain_store::{Batch, Committed, Key, Kind};
//!
//! let store = attain_store::in_memory();
//! let space = store.company(&CompanyId::parse("acme").ok_or("no company id")?);
//! let key = Key::new(Kind::Plan, "field-sales");
//!
//! let first = Batch::new().require_absent(key.clone()).put(key.clone(), "version 1");
//! assert_eq!(space.commit(first.clone())?, Committed::Yes);
//! assert_eq!(space.commit(first)?, Committed::No { condition: 0 });
//! assert_eq!(space.get(&key)?, Some(b"version 1".to_vec()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod archive;
mod batch;
mod block;
mod bulk;
mod bytes;
mod error;
mod frame;
mod frozen;
mod guarded;
mod key;
mod lives;
mod memory;
mod reopening;
mod scan;
mod space;
mod store;
mod sweep;
mod table;
#[cfg(feature = "trials")]
pub mod trial;

pub use batch::{BATCH_BYTES_MAX, BATCH_OPERATIONS_MAX, Batch, Committed};
pub use block::BLOCK_ROWS;
pub use bulk::Bulk;
pub use bytes::{BYTES_MAX, get_bytes, put_bytes};
pub use error::{Damage, StoreError};
pub use frame::VALUE_BYTES_MAX;
pub use guarded::Settings;
pub use key::{Key, Kind};
pub use lives::{Staged, end_life, sweep_company, sweep_lives};
pub use scan::{Page, Scan};
pub use space::{Space, commit_together};
pub use store::Store;
pub use sweep::{Swept, sweep};
pub use table::{StoredColumn, TableId, TableReader, TableRef, TableWriter};

use std::path::Path;
use std::sync::Arc;

/// Opens the store in a directory of its own, or makes one there.
///
/// One process at a time: a second one gets [`StoreError::Locked`]. Reads what the last process left, and
/// mends what a kill or a power cut left behind, before it returns. After a write that failed it only reads until
/// there is room, and then opens itself again. The store closes when the last
/// `Arc` and [`Space`] of it is dropped.
///
/// # Errors
///
/// [`StoreError::Locked`], [`StoreError::NotAStore`], [`StoreError::Unopenable`], [`StoreError::Lost`],
/// [`StoreError::Disk`].
pub fn open(dir: &Path, settings: &Settings) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(reopening::Reopening::open(dir, settings)?))
}

/// Puts a store that nobody has open under its name, where there is none yet, and makes that durable.
///
/// # Errors
///
/// [`StoreError::Disk`]; then it is where it was.
pub fn put_in_place(from: &Path, to: &Path) -> Result<(), StoreError> {
    guarded::rename(from, to)
}

/// A store that lives in memory and is gone with it: for tests and for trying something out.
pub fn in_memory() -> Arc<dyn Store> {
    Arc::new(memory::Memory::default())
}
