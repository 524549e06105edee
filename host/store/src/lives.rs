//! Lives of a company: how one is put in the place of another under the same id, or ends, all at once.
//!
//! Every key has the company's life in it. What is to take a company's place is written under a life of its own,
//! [`Staged`], where nobody sees it; one batch then says which life the company is in. A life that nobody is in is
//! swept, and as long as it isn't, a record names it: so a kill at any moment leaves the old or the new, and the next
//! opening sweeps the other ([`sweep_lives`]).

use crate::archive::Record;
use crate::batch::{Batch, Committed};
use crate::bulk::Bulk;
use crate::error::{Damage, StoreError};
use crate::frame;
use crate::key::{Kind, Owner, RawKey, Whose};
use crate::space::{Space, sealed};
use crate::store::{Direction, RawBatch, RawScan, Store};
use attain_model::CompanyId;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Records of the store itself: the life that a company is in, and lives that nobody is in.
const LIFE: &[u8] = b"life/";
const LEFT: &[u8] = b"left/";

/// Keys that are deleted as one.
const GROUP: usize = 256;

/// The life of each company that isn't in its first.
#[derive(Default)]
pub struct Lives(RwLock<BTreeMap<CompanyId, u32>>);

impl Lives {
    /// The life that a company is in.
    pub(crate) fn of(&self, id: &CompanyId) -> u32 {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(id).copied().unwrap_or(0)
    }

    /// Reads what a store says.
    pub(crate) fn load(&self, store: &dyn Store) -> Result<(), StoreError> {
        let read = records(store, LIFE)?;
        let mut lives = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for (key, name, body) in read {
            let id = CompanyId::parse(&name).ok_or_else(|| key.damaged(Damage::Content))?;
            lives.insert(id, number(&key, &body)?);
        }
        Ok(())
    }

    fn set(&self, id: &CompanyId, life: u32) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), life);
    }
}

/// The store's own records under a prefix: key, name, body.
fn records(store: &dyn Store, prefix: &[u8]) -> Result<Vec<(RawKey, String, Vec<u8>)>, StoreError> {
    let whole = Owner::store().key(Kind::Meta, prefix);
    let to = whole.after_prefix();
    let mut scan = RawScan { from: whole.clone(), to, direction: Direction::Forward, limit: 1_000 };
    let mut found = Vec::new();
    loop {
        let page = store.scan(&scan)?;
        for (key, framed) in page.entries {
            let (_, body) = frame::open(Kind::Meta, &key, framed)?;
            let name = key.0.strip_prefix(whole.as_bytes()).unwrap_or_default();
            let name = String::from_utf8_lossy(name).into_owned();
            found.push((key, name, body));
        }
        match page.last.filter(|_| page.more) {
            Some(last) => scan.from = last.next(),
            None => return Ok(found),
        }
    }
}

/// The life that a record of the store's says.
fn life_of(key: &RawKey, framed: Vec<u8>) -> Result<u32, StoreError> {
    let (_, body) = frame::open(Kind::Meta, key, framed)?;
    number(key, &body)
}

fn number(key: &RawKey, body: &[u8]) -> Result<u32, StoreError> {
    body.try_into().map(u32::from_be_bytes).map_err(|_| key.damaged(Damage::Content))
}

fn life_key(id: &CompanyId) -> RawKey {
    Owner::store().key(Kind::Meta, &[LIFE, id.as_str().as_bytes()].concat())
}

fn left_key(id: &CompanyId, life: u32) -> RawKey {
    Owner::store().key(Kind::Meta, &[LEFT, format!("{id}~{life}").as_bytes()].concat())
}

fn put(raw: &mut RawBatch, key: RawKey, body: &[u8]) -> Result<(), StoreError> {
    let (_, framed) = frame::seal(Kind::Meta, &key, body)?;
    raw.writes.push((key, Some(framed)));
    Ok(())
}

/// Lives that nobody is in: company, number.
fn left(store: &dyn Store) -> Result<Vec<(CompanyId, u32)>, StoreError> {
    let read = |(key, name, _): (RawKey, String, Vec<u8>)| {
        let parts = name.split_once('~');
        let parts = parts.and_then(|(id, life)| Some((CompanyId::parse(id)?, life.parse().ok()?)));
        parts.ok_or_else(|| key.damaged(Damage::Content))
    };
    records(store, LEFT)?.into_iter().map(read).collect()
}

/// A life that is being written and that nobody is in.
pub struct Staged {
    store: Arc<dyn Store>,
    id: CompanyId,
    life: u32,
    /// What the company's life was said to be when this began.
    was: (u32, Option<Vec<u8>>),
    bulk: Bulk,
}

impl Staged {
    /// Begins a life of a company, whether the company is there or not.
    ///
    /// # Errors
    ///
    /// As a commit.
    pub fn begin(store: &Arc<dyn Store>, id: &CompanyId) -> Result<Staged, StoreError> {
        loop {
            let framed = store.get(&life_key(id))?;
            let was = match &framed {
                None => (0, None),
                Some(sealed) => (life_of(&life_key(id), sealed.clone())?, framed),
            };
            let known = left(&**store)?.into_iter().filter(|(other, _)| other == id).map(|(_, life)| life);
            let life = known.fold(was.0, u32::max).saturating_add(1);
            let mut raw = RawBatch::default();
            raw.conditions.push((left_key(id, life), None));
            put(&mut raw, left_key(id, life), &[])?;
            if store.submit(raw).wait()?.is_yes() {
                let bulk = Bulk::new(store);
                return Ok(Staged { store: Arc::clone(store), id: id.clone(), life, was, bulk });
            }
        }
    }

    /// Its records, as they will be the company's.
    pub fn space(&self) -> Space {
        Space::new(Arc::clone(&self.store), Owner::company(&self.id, self.life))
    }

    /// Takes a record of the company, of whatever life.
    ///
    /// # Errors
    ///
    /// As a commit.
    pub fn put(&mut self, record: Record) -> Result<(), StoreError> {
        let Some((kind, Whose::Company(id, _), rest)) = record.key.split() else {
            return Err(record.key.damaged(Damage::Kind));
        };
        if id != self.id {
            return Err(record.key.damaged(Damage::Kind));
        }
        let key = Owner::company(&self.id, self.life).key(kind, rest);
        self.bulk.put(key, record.framed)
    }

    /// Waits until all of it is durable.
    ///
    /// # Errors
    ///
    /// As a commit.
    pub fn settle(&mut self) -> Result<(), StoreError> {
        self.bulk.finish()
    }

    /// Makes it the company's life, together with other changes; what the company was is left to be swept.
    ///
    /// [`Committed::No`] when a condition of these doesn't hold, or another took the place meanwhile: then condition 0
    /// failed, and theirs are counted from 1.
    ///
    /// # Errors
    ///
    /// As [`commit_together`](crate::commit_together).
    pub fn take_place(&mut self, parts: Vec<(Space, Batch)>) -> Result<Committed, StoreError> {
        self.settle()?;
        begin_life(&self.store, &self.id, self.life, &self.was, parts)
    }

    /// Removes what was written.
    ///
    /// # Errors
    ///
    /// As a commit; the next opening goes on.
    pub fn abandon(mut self) -> Result<(), StoreError> {
        self.bulk.finish()?;
        sweep_life(&self.store, &self.id, self.life)
    }
}

/// Ends a company's life, together with other changes, as [`Staged::take_place`]: what has its id from then on is
/// empty. What was is left to be swept.
///
/// # Errors
///
/// As [`commit_together`](crate::commit_together).
pub fn end_life(
    store: &Arc<dyn Store>,
    id: &CompanyId,
    parts: Vec<(Space, Batch)>,
) -> Result<Committed, StoreError> {
    let staged = Staged::begin(store, id)?;
    let done = begin_life(store, id, staged.life, &staged.was, parts)?;
    if !done.is_yes() {
        staged.abandon()?;
    }
    Ok(done)
}

fn begin_life(
    store: &Arc<dyn Store>,
    id: &CompanyId,
    life: u32,
    was: &(u32, Option<Vec<u8>>),
    parts: Vec<(Space, Batch)>,
) -> Result<Committed, StoreError> {
    let mut raw = RawBatch::default();
    raw.conditions.push((life_key(id), was.1.clone()));
    put(&mut raw, life_key(id), &life.to_be_bytes())?;
    put(&mut raw, left_key(id, was.0), &[])?;
    raw.writes.push((left_key(id, life), None));
    let RawBatch { conditions, writes } = sealed(store, parts)?;
    raw.conditions.extend(conditions);
    raw.writes.extend(writes);
    let done = store.submit(raw).wait()?;
    if done.is_yes() {
        store.lives().set(id, life);
    }
    Ok(done)
}

/// Removes what is left of the lives that a company was in. Whoever still reads one finds records missing.
///
/// That there was such a life is remembered until the store is opened again: who began to write in it before it ended
/// may leave something behind, and the next opening finds it.
///
/// # Errors
///
/// As a commit; the next opening goes on.
pub fn sweep_company(store: &Arc<dyn Store>, id: &CompanyId) -> Result<(), StoreError> {
    // What is being staged at this moment isn't left over.
    let now = store.lives().of(id);
    for (_, life) in left(&**store)?.into_iter().filter(|(other, life)| other == id && *life < now) {
        remove_life(store, id, life)?;
    }
    Ok(())
}

/// Removes what is left of all lives that nobody is in. For the moment after opening: nothing may be being staged.
///
/// # Errors
///
/// As a commit; what was removed stays removed, and the next opening goes on.
pub fn sweep_lives(store: &Arc<dyn Store>) -> Result<usize, StoreError> {
    let left = left(&**store)?;
    for (id, life) in &left {
        sweep_life(store, id, *life)?;
    }
    Ok(left.len())
}

fn sweep_life(store: &Arc<dyn Store>, id: &CompanyId, life: u32) -> Result<(), StoreError> {
    remove_life(store, id, life)?;
    let writes = vec![(left_key(id, life), None)];
    // No condition, so there is only one answer that isn't an error; likewise below.
    store.submit(RawBatch { conditions: Vec::new(), writes }).wait().map(drop)
}

fn remove_life(store: &Arc<dyn Store>, id: &CompanyId, life: u32) -> Result<(), StoreError> {
    let owner = Owner::company(id, life);
    for kind in Kind::ALL {
        let from = owner.key(*kind, &[]);
        let scan = RawScan { to: from.after_prefix(), from, direction: Direction::Forward, limit: GROUP };
        loop {
            let page = store.scan(&scan)?;
            if page.entries.is_empty() {
                break;
            }
            let writes = page.entries.into_iter().map(|(key, _)| (key, None)).collect();
            let _: Committed = store.submit(RawBatch { conditions: Vec::new(), writes }).wait()?;
        }
    }
    Ok(())
}
