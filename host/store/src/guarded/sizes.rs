//! How much everybody has stored: counted with every group and in the same batch, so it is right after a crash.

use super::engine::{Engine, EngineError};
use crate::error::{Damage, StoreError};
use crate::frame;
use crate::key::{Kind, Owner, RawKey};
use crate::store::{Direction, RawScan};
use std::collections::BTreeMap;

type Writes = Vec<(RawKey, Option<Vec<u8>>)>;

/// Bytes of keys and values in their frames that an owner has.
pub(super) fn of(engine: &Engine, owner: &[u8]) -> Result<u64, StoreError> {
    let key = size_key(owner);
    let framed = engine.get(&key).map_err(|error| super::reading(error, &key))?;
    let Some(framed) = framed else { return Ok(0) };
    let (_, body) = frame::open(Kind::Meta, &key, framed)?;
    let bytes = body.try_into().map_err(|_| key.damaged(Damage::Length))?;
    Ok(u64::from_be_bytes(bytes))
}

/// Adds to a group what it makes of the sizes of those whose keys it writes.
pub(super) fn count(engine: &Engine, writes: &mut Writes) -> Result<(), String> {
    let mut changes: BTreeMap<Vec<u8>, (u64, u64)> = BTreeMap::new();
    for (key, value) in writes.iter().filter(|(key, _)| !is_own(key)) {
        let before = engine.size(key).map_err(|error: EngineError| error.to_string())?;
        let (more, less) = changes.entry(key.owner().to_vec()).or_default();
        let size = |value: usize| (key.as_bytes().len() + value) as u64;
        *more += value.as_ref().map_or(0, |value| size(value.len()));
        *less += before.map_or(0, size);
    }
    for (owner, (more, less)) in changes {
        let now = of(engine, &owner).map_err(|error| error.to_string())?;
        writes.push(record(&owner, (now + more).saturating_sub(less)).map_err(|error| error.to_string())?);
    }
    Ok(())
}

/// What a store needs that hasn't counted so far; nothing where it has.
pub(super) fn begin(engine: &Engine) -> Result<Writes, StoreError> {
    let counted = Owner::store().key(Kind::Meta, b"sizes");
    if engine.get(&counted).map_err(|error| super::reading(error, &counted))?.is_some() {
        return Ok(Vec::new());
    }
    let mut sizes: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
    let from = RawKey(vec![Kind::Meta.byte() + 1]);
    let mut scan = RawScan { from, to: None, direction: Direction::Forward, limit: 1_000 };
    loop {
        let page = engine.scan(&scan).map_err(|error| super::reading(error, &scan.from))?;
        for (key, value) in &page.entries {
            *sizes.entry(key.owner().to_vec()).or_default() += (key.as_bytes().len() + value.len()) as u64;
        }
        let Some(last) = page.last.filter(|_| page.more) else { break };
        scan.from = last.next();
    }
    let mut writes = sizes.iter().map(|(owner, size)| record(owner, *size)).collect::<Result<Writes, _>>()?;
    writes.push((counted.clone(), Some(frame::seal(Kind::Meta, &counted, &[])?.1)));
    Ok(writes)
}

fn is_own(key: &RawKey) -> bool {
    key.as_bytes().first() == Some(&Kind::Meta.byte())
}

fn size_key(owner: &[u8]) -> RawKey {
    Owner::store().key(Kind::Meta, &[b"size/", owner].concat())
}

/// A size as it is kept; that of nothing isn't.
fn record(owner: &[u8], size: u64) -> Result<(RawKey, Option<Vec<u8>>), StoreError> {
    let key = size_key(owner);
    let framed = match size {
        0 => None,
        size => Some(frame::seal(Kind::Meta, &key, &size.to_be_bytes())?.1),
    };
    Ok((key, framed))
}
