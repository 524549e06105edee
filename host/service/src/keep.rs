//! Records in a company's space, and the log entry that goes with each.
//!
//! INVARIANT (together): what was done and its log entry are one batch. Large parts (blocks, components, long
//! records) are written before it and are invisible until it is there.

use crate::error::ServiceError;
use crate::mark::LogMark;
use attain_ledger::{Entry, Head};
use attain_model::Digest;
use attain_store::{Batch, Committed, Key, Kind, Scan, Space, get_bytes, put_bytes};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A record longer than this is kept in pieces of its own.
const INLINE_MAX: usize = 60_000;
const INLINE: u8 = b'i';
const APART: u8 = b'a';

/// The log's head as kept.
#[derive(Default, Serialize, Deserialize)]
struct LogHead {
    tree: Head,
    last: Option<String>,
    /// Whether another life of the company has taken this one's place.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    closed: bool,
}

/// The time as records have it: fine enough to tell which of two runs is the newer.
pub(crate) fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

pub(crate) fn key<P: AsRef<[u8]>>(kind: Kind, parts: &[P]) -> Key {
    Key::of_parts(kind, parts)
}

/// A record's bytes; what is too long for a value is written at once, under its digest.
pub(crate) fn body<T: Serialize>(space: &Space, record: &T) -> Result<Vec<u8>, ServiceError> {
    let json =
        serde_json::to_vec(record).map_err(|source| ServiceError::Record { record: "new".into(), source })?;
    if json.len() <= INLINE_MAX {
        return Ok([&[INLINE], json.as_slice()].concat());
    }
    let digest = put_bytes(space, &json)?;
    Ok([&[APART], digest.0.as_slice()].concat())
}

pub(crate) fn read<T: DeserializeOwned>(space: &Space, key: &Key) -> Result<Option<T>, ServiceError> {
    space.get(key)?.map(|bytes| parse(space, key, &bytes)).transpose()
}

pub(crate) fn parse<T: DeserializeOwned>(space: &Space, key: &Key, bytes: &[u8]) -> Result<T, ServiceError> {
    let name = || format!("{key:?}");
    let json = match bytes.split_first() {
        Some((&INLINE, json)) => json.to_vec(),
        Some((&APART, digest)) => {
            let digest = digest
                .try_into()
                .map(Digest)
                .map_err(|_| ServiceError::Damaged(format!("the record {} is cut short", name())))?;
            get_bytes(space, &digest)?
                .ok_or_else(|| ServiceError::Damaged(format!("the body of record {} is missing", name())))?
        }
        _ => return Err(ServiceError::Damaged(format!("the record {} has no known form", name()))),
    };
    serde_json::from_slice(&json).map_err(|source| ServiceError::Record { record: name(), source })
}

/// All records whose keys begin with these parts.
pub(crate) fn all<T: DeserializeOwned>(space: &Space, scan: Scan) -> Result<Vec<T>, ServiceError> {
    space
        .each(scan)
        .map(|entry| entry.map_err(ServiceError::from).and_then(|(key, bytes)| parse(space, &key, &bytes)))
        .collect()
}

/// Records whose key begins with these parts.
pub(crate) fn under<P: AsRef<[u8]>>(kind: Kind, parts: &[P]) -> Scan {
    Scan::prefix(kind, key(kind, parts).rest)
}

/// Commits a batch together with its entry in the log.
pub(crate) fn commit(
    space: &Space,
    actor: &str,
    action: &str,
    object: &str,
    digest: &Digest,
    batch: Batch,
) -> Result<(), ServiceError> {
    for _ in 0..TRIES {
        let whole = batch.clone().and(entry(space, actor, action, object, digest)?);
        if let Committed::Yes = space.commit(whole)? {
            return Ok(());
        }
    }
    Err(contended())
}

/// How often something is tried again that others keep changing.
pub(crate) const TRIES: usize = 100;

pub(crate) fn contended() -> ServiceError {
    ServiceError::Conflict("somebody else changed the same thing at the same time; try again".to_owned())
}

/// What adds an entry to the log as it is now, and nothing if it isn't so any more.
pub(crate) fn entry(
    space: &Space,
    actor: &str,
    action: &str,
    object: &str,
    digest: &Digest,
) -> Result<Batch, ServiceError> {
    let (seen, mut head) = log_head(space)?;
    let entry = Entry {
        format: 1,
        index: head.tree.size(),
        at: now(),
        actor: actor.to_owned(),
        action: action.to_owned(),
        object: object.to_owned(),
        digest: digest.to_string(),
        previous: head.last.take(),
    };
    let wrong = |source| ServiceError::Record { record: "log entry".into(), source };
    let bytes = entry.to_bytes().map_err(wrong)?;
    let leaf = attain_ledger::leaf_hash(&bytes);
    head.tree.push(leaf);
    head.last = Some(Digest(leaf).to_string());
    let log_key = log_key(entry.index);
    Ok(Batch::new()
        .require_unchanged(head_key(), seen)
        .require_absent(log_key.clone())
        .put(log_key, bytes)
        .put(head_key(), body(space, &head)?))
}

/// What ends a log, if it still has this head: from then on nothing is done in this space.
pub(crate) fn closing(space: &Space, mark: &LogMark) -> Result<Batch, ServiceError> {
    let (seen, head) = log_head(space)?;
    if LogMark::of(&head.tree) != *mark {
        return Err(contended());
    }
    let closed = LogHead { closed: true, ..head };
    Ok(Batch::new().require_unchanged(head_key(), seen).put(head_key(), body(space, &closed)?))
}

/// The head of a space's log.
pub(crate) fn mark(space: &Space) -> Result<LogMark, ServiceError> {
    log_head(space).map(|(_, head)| LogMark::of(&head.tree))
}

/// Computes a log's head again from its entries, and the head that it had at each of some sizes: none where it is
/// shorter.
///
/// # Errors
///
/// [`ServiceError::Damaged`] when an entry is missing, or the kept head is another.
pub(crate) fn recount(space: &Space, sizes: &[u64]) -> Result<(LogMark, Vec<Option<LogMark>>), ServiceError> {
    let mut tree = Head::default();
    let mut marks: Vec<Option<LogMark>> = vec![None; sizes.len()];
    let mut note = |tree: &Head| {
        let asked = sizes.iter().zip(&mut marks).filter(|(size, _)| **size == tree.size());
        asked.for_each(|(_, mark)| *mark = Some(LogMark::of(tree)));
    };
    note(&tree);
    for entry in space.each(Scan::all(Kind::Log)) {
        let (key, bytes) = entry?;
        if key != log_key(tree.size()) {
            return Err(ServiceError::Damaged(format!("entry {} of the log is missing", tree.size())));
        }
        tree.push(attain_ledger::leaf_hash(&bytes));
        note(&tree);
    }
    let (_, head) = log_head(space)?;
    if head.tree != tree {
        return Err(ServiceError::Damaged(format!(
            "the log's head is {}, its entries make {}",
            LogMark::of(&head.tree),
            LogMark::of(&tree)
        )));
    }
    Ok((LogMark::of(&tree), marks))
}

/// Entries of a log, in order: so many from one on, or the newest.
pub(crate) fn entries(space: &Space, from: Option<u64>, limit: usize) -> Result<Vec<Entry>, ServiceError> {
    let all = Scan::all(Kind::Log).limit(limit.min(1_000));
    let scan = match from {
        None => all.backward(),
        Some(0) => all,
        Some(from) => all.after(&log_key(from - 1)),
    };
    let read = |kept: Result<(Key, Vec<u8>), _>| {
        let (key, bytes) = kept?;
        let unreadable = |source| ServiceError::Record { record: format!("{key:?}"), source };
        Entry::from_bytes(&bytes).map_err(unreadable)
    };
    let entries: Result<Vec<Entry>, ServiceError> = space.each(scan).take(limit).map(read).collect();
    let mut entries = entries?;
    if from.is_none() {
        entries.reverse();
    }
    Ok(entries)
}

fn head_key() -> Key {
    key::<&str>(Kind::Head, &["log"])
}

fn log_key(index: u64) -> Key {
    key(Kind::Log, &[index.to_be_bytes()])
}

/// The log's head as kept, and its bytes; that of an empty log where there is none.
fn log_head(space: &Space) -> Result<(Option<Vec<u8>>, LogHead), ServiceError> {
    let seen = space.get(&head_key())?;
    let head: LogHead = match &seen {
        Some(bytes) => parse(space, &head_key(), bytes)?,
        None => LogHead::default(),
    };
    if head.closed {
        let gone = "the company was restored or erased meanwhile; nothing was kept, ask again";
        return Err(ServiceError::Conflict(gone.to_owned()));
    }
    Ok((seen, head))
}
