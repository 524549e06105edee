//! The catalogue of policies, from what the policies say of themselves.
//!
//! In:  every policy, natively: its manifest, and its bindings for the parameters of its cases.
//! Out: the text of `policies/README.md`.
//!
//! A new policy takes a line in this crate's `Cargo.toml`, its place in [`shelf`], and in [`needs`] what somebody
//! wants who will take it; tests say so when one is forgotten.

mod entry;
pub mod needs;
mod page;
pub mod shelf;

pub use entry::Entry;

use std::io;
use std::path::{Path, PathBuf};

/// Why there is no catalogue.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A policy doesn't say what it is.
    #[error("a policy doesn't describe itself: {0}")]
    Describe(String),
    /// What a policy says can't be read.
    #[error("what `{policy}` says of itself can't be read: {source}")]
    Json {
        /// Which.
        policy: String,
        /// Why.
        source: serde_json::Error,
    },
    /// Its cases can't be read.
    #[error("{0}")]
    Cases(#[from] attain_cases::CaseError),
    /// Nothing says what it reads.
    #[error(
        "`{0}` takes the parameters of none of its cases, so nothing says what it reads; add a case that gives a result"
    )]
    NoBinding(String),
    /// The file can't be written.
    #[error("cannot write `policies/README.md`: {source}")]
    Write {
        /// Why.
        source: io::Error,
    },
}

/// The folder of all policies.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies")
}

/// The catalogue's file.
pub fn file() -> PathBuf {
    folder().join("README.md")
}

/// Every policy as the catalogue has it, by name.
pub fn entries() -> Result<Vec<Entry>, Error> {
    let mut entries = shelf::shelf()
        .iter()
        .map(|(purpose, subject)| Entry::of(*purpose, subject.as_ref()))
        .collect::<Result<Vec<_>, _>>()?;
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

/// The catalogue's text.
pub fn catalogue() -> Result<String, Error> {
    Ok(page::page(&entries()?))
}

/// Writes the catalogue's file.
pub fn write() -> Result<(), Error> {
    std::fs::write(file(), catalogue()?).map_err(|source| Error::Write { source })
}
