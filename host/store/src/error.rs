//! Why the store can't do what it was asked, in one sentence and with the next step.

use std::path::PathBuf;

/// What is wrong with a stored value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// Fewer or more bytes than were written.
    #[error("its length is not what was written")]
    Length,
    /// The checksum over key and body doesn't match.
    #[error("its checksum does not match")]
    Checksum,
    /// The number of another format than it has.
    #[error("its format number is not what was written")]
    Format,
    /// Another kind of record than the key says.
    #[error("it is another kind of record")]
    Kind,
    /// Something that is listed isn't there.
    #[error("a part of it is missing")]
    Missing,
    /// The bytes are what was written, yet don't read as what they should be.
    #[error("its content does not read")]
    Content,
    /// The engine below found it unreadable.
    #[error("the disk's content is unreadable there")]
    Engine,
}

/// Why the store can't do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A stored value is not what was written; nothing of it was returned.
    #[error(
        "stored {kind} `{key}` is damaged: {damage}; restore it from a backup, or import or publish it again"
    )]
    Corrupt {
        /// What kind of record, such as `table block`.
        kind: &'static str,
        /// Its key after the company: text where it is text, otherwise hexadecimal.
        key: String,
        /// What is wrong with it.
        damage: Damage,
    },

    /// A stored value was written by a newer version.
    #[error(
        "stored {kind} `{key}` has format {found}, this version reads up to {supported}; use a newer attain"
    )]
    TooNew {
        /// What kind of record.
        kind: &'static str,
        /// Its key after the company.
        key: String,
        /// The format it has.
        found: u8,
        /// The newest format that this version reads.
        supported: u8,
    },

    /// The disk is full, or nearly.
    #[error(
        "disk of `{}` has {free_bytes} bytes free, {free_bytes_min} must stay free; nothing was written, make room and try again", dir.display()
    )]
    Full {
        /// The store's directory.
        dir: PathBuf,
        /// What is free now.
        free_bytes: u64,
        /// What must stay free.
        free_bytes_min: u64,
    },

    /// Another process has the directory open.
    #[error(
        "data directory `{}` is in use{}; stop that process, speak to its server, or name another directory",
        dir.display(), process.map(|id| format!(" by process {id}")).unwrap_or_default()
    )]
    Locked {
        /// The store's directory.
        dir: PathBuf,
        /// The other process, when it left its id.
        process: Option<u32>,
    },

    /// The directory holds something else, or a store of a newer version.
    #[error("`{}` is not an attain store that this version reads: {reason}", dir.display())]
    NotAStore {
        /// The directory.
        dir: PathBuf,
        /// What was found.
        reason: String,
    },

    /// The engine below refuses the directory.
    #[error("store in `{}` does not open: {reason}; restore it from a backup", dir.display())]
    Unopenable {
        /// The store's directory.
        dir: PathBuf,
        /// The engine's words.
        reason: String,
    },

    /// The store opened, but at an older state than was acknowledged.
    #[error(
        "store in `{}` lost what was written last: it stands at write {found}, write {expected} was acknowledged; \
         restore it from a backup, or remove its file `head` to go on with what is left", dir.display()
    )]
    Lost {
        /// The store's directory.
        dir: PathBuf,
        /// The write it stands at.
        found: u64,
        /// The last write that was acknowledged.
        expected: u64,
    },

    /// A write failed before; since then the store only reads.
    #[error("store only reads since a write failed ({reason}); mend the cause, then restart to write again")]
    ReadOnly {
        /// How the first write failed.
        reason: String,
    },

    /// The record was part of the write that failed.
    #[error("whether {kind} `{key}` was stored is not known since a write failed; restart, and it shows")]
    Uncertain {
        /// What kind of record, or of the records scanned.
        kind: &'static str,
        /// Its key after the company, or where the scan begins.
        key: String,
    },

    /// The engine hasn't answered for minutes. Whether the batch is stored shows after a restart.
    #[error(
        "store has not answered for {seconds} seconds; check the disk, then restart: what was stored shows then"
    )]
    Stuck {
        /// How long it was waited for.
        seconds: u64,
    },

    /// A value, a key or a batch is over its limit; nothing was written.
    #[error("{what} has {size} {unit}, at most {size_max} fit; split it")]
    TooLarge {
        /// What is too large, such as `policy record`.
        what: String,
        /// Its size.
        size: usize,
        /// The most that fits.
        size_max: usize,
        /// What the sizes count.
        unit: &'static str,
    },

    /// Columns or rows that aren't the table's.
    #[error("table `{table}`: {problem}")]
    Shape {
        /// The table's name.
        table: String,
        /// What doesn't fit, and what would.
        problem: String,
    },

    /// What the store was at an instant can't be read any more.
    #[error("the store can't be read as it was when the backup began: {reason}; make the backup again")]
    Thawed {
        /// What happened meanwhile.
        reason: String,
    },

    /// Two parts of one commit belong to different stores.
    #[error("a commit cannot span two stores")]
    TwoStores,

    /// The operating system refused something.
    #[error("cannot {action} `{}`", path.display())]
    Disk {
        /// What was tried: `create directory`, `sync`, ...
        action: &'static str,
        /// On which file or directory.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}
