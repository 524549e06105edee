//! Why a backup can't be read or written: what is wrong, and where.

use crate::error::StoreError;

/// What is wrong with a file at a place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// It ends before its end.
    #[error("it is cut short there")]
    Cut,
    /// The bytes aren't those that were written.
    #[error("its bytes are not what was written")]
    Changed,
    /// Something follows the end.
    #[error("something follows its end")]
    Behind,
    /// A piece stands where it can't.
    #[error("a part stands where it can't")]
    Order,
    /// The bytes are what was written, yet don't read as what they should be.
    #[error("{0}")]
    Content(String),
}

/// Why a backup can't be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It is another kind of file.
    #[error(
        "it is not a backup that attain wrote; name one that `attain backup` or `attain company export` made"
    )]
    NotOne,

    /// A later version wrote it.
    #[error("it is a backup of format {found}, this version reads format 1; use a newer attain")]
    TooNew {
        /// The format it has.
        found: String,
    },

    /// It isn't whole.
    #[error(
        "the backup is damaged at byte {byte}, in part {part}: {flaw}; nothing was restored, take another copy"
    )]
    Damaged {
        /// Where the part begins.
        byte: u64,
        /// Which one, counted from 1.
        part: u64,
        /// What is wrong.
        flaw: Flaw,
    },

    /// What is to be backed up is damaged itself.
    #[error("cannot back up {whose}: {source}")]
    Record {
        /// Whose record: "company `acme`", or "the host's own records".
        whose: String,
        /// Which one, and what is wrong with it.
        source: StoreError,
    },

    /// The store it comes from or goes to.
    #[error(transparent)]
    Store(#[from] StoreError),

    /// The file couldn't be read or written any further.
    #[error("the backup broke off after {bytes} bytes: {source}")]
    Broke {
        /// How far it came.
        bytes: u64,
        /// Why.
        source: std::io::Error,
    },
}
