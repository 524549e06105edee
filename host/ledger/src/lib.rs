//! Merkle trees as RFC 6962 defines them: the roots over salted rows, and the log of everything done.
//!
//! In: leaves, one after the other. Out: a head of a few hashes that names them all in their order. Nothing
//! here touches a disk or a clock.

pub mod log;
pub mod tree;

pub use log::Entry;
pub use tree::{Hash, Head, leaf_hash};
