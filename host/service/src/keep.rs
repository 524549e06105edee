//! Records in a company's space, and the log entry that goes with each.
//!
//! INVARIANT (together): what was done and its log entry are one batch. Large parts (blocks, components, long
//! records) are written before it and are invisible until it is there.

use crate::error::ServiceError;
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
    let head_key = key::<&str>(Kind::Head, &["log"]);
    for _ in 0..100 {
        let seen = space.get(&head_key)?;
        let mut head: LogHead = match &seen {
            Some(bytes) => parse(space, &head_key, bytes)?,
            None => LogHead::default(),
        };
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
        let log_key = key(Kind::Log, &[entry.index.to_be_bytes()]);
        let whole = batch
            .clone()
            .require_unchanged(head_key.clone(), seen)
            .require_absent(log_key.clone())
            .put(log_key, bytes)
            .put(head_key.clone(), body(space, &head)?);
        match space.commit(whole)? {
            Committed::Yes => return Ok(()),
            Committed::No { .. } => {}
        }
    }
    Err(ServiceError::Conflict("somebody else changed the same thing at the same time; try again".to_owned()))
}
