//! The one thread that writes: it takes the batches that wait, applies them as one, syncs once, answers all.

use super::Settings;
use super::directory::{self, State};
use super::engine::Engine;
use super::head::{Head, NAME, Seen};
use super::sizes;
use crate::batch::Committed;
use crate::error::{Damage, StoreError};
use crate::frame;
use crate::key::{Kind, Owner, RawKey};
use crate::store::RawBatch;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender};

/// A batch that waits, and where its answer goes.
pub(super) struct Request {
    pub(super) batch: RawBatch,
    pub(super) reply: SyncSender<Result<Committed, StoreError>>,
}

/// A group is closed when it has so many bytes: it then spans two of sled's segments at most.
const GROUP_BYTES_MAX: usize = 4 << 20;

/// What only the committer touches.
pub(super) struct Committer {
    dir: PathBuf,
    engine: Arc<Engine>,
    head: Head,
    /// The last group that is in sled.
    number: u64,
    free_bytes_min: u64,
}

impl Committer {
    /// Compares sled's state with the write counter; makes both where the directory is new.
    pub(super) fn start(
        dir: &Path,
        state: State,
        engine: Arc<Engine>,
        settings: &Settings,
    ) -> Result<Committer, StoreError> {
        let found = read_number(&engine)?;
        let (head, seen) = Head::open(dir).map_err(|e| directory::disk("open", &dir.join(NAME), e))?;
        let expected = match seen {
            Seen::Number(number) => number,
            Seen::Nothing => u64::from(state == State::Made),
            Seen::Damaged => {
                let reason = format!("its file `{NAME}` is damaged (remove that file to go on without it)");
                return Err(StoreError::Unopenable { dir: dir.into(), reason });
            }
        };
        if found < expected {
            return Err(StoreError::Lost { dir: dir.into(), found, expected });
        }
        let free_bytes_min = settings.free_bytes_min;
        let mut committer = Committer { dir: dir.into(), engine, head, number: found, free_bytes_min };
        if state == State::New {
            committer.refuse_when_full()?;
            let broken = |reason| StoreError::Unopenable { dir: dir.into(), reason };
            committer.write(sizes::begin(&committer.engine)?).map_err(broken)?;
            committer.head.sync().map_err(|e| directory::disk("sync", &dir.join(NAME), e))?;
            directory::mark(dir)?;
            return Ok(committer);
        }
        // A store of before sizes were counted.
        let sizes = sizes::begin(&committer.engine)?;
        if !sizes.is_empty() {
            committer.write(sizes).map_err(|reason| StoreError::ReadOnly { reason })?;
        }
        Ok(committer)
    }

    /// Answers requests until nobody can send one any more.
    pub(super) fn run(mut self, requests: &Receiver<Request>) {
        while let Ok(first) = requests.recv() {
            let mut bytes = first.batch.bytes();
            let mut group = vec![first];
            while bytes < GROUP_BYTES_MAX {
                let Ok(request) = requests.try_recv() else { break };
                bytes += request.batch.bytes();
                group.push(request);
            }
            self.commit(group);
        }
    }

    /// Decides each request of a group in its order, writes what is accepted as one, answers all.
    fn commit(&mut self, group: Vec<Request>) {
        let mut writes: HashMap<RawKey, Option<Vec<u8>>> = HashMap::new();
        let mut accepted = Vec::new();
        for Request { batch, reply } in group {
            match self.decide(&batch, &writes) {
                Ok(Committed::Yes) => {
                    writes.extend(batch.writes);
                    accepted.push(reply);
                }
                // Who has gone away doesn't need an answer, here and below.
                refused => drop(reply.send(refused)),
            }
        }
        let written = if writes.is_empty() { Ok(()) } else { self.write(writes.into_iter().collect()) };
        for reply in accepted {
            let answer = match &written {
                Ok(()) => Ok(Committed::Yes),
                Err(reason) => Err(StoreError::ReadOnly { reason: reason.clone() }),
            };
            drop(reply.send(answer));
        }
    }

    /// Whether a batch may be applied after the writes accepted before it.
    fn decide(
        &self,
        batch: &RawBatch,
        before: &HashMap<RawKey, Option<Vec<u8>>>,
    ) -> Result<Committed, StoreError> {
        if let Some(reason) = self.engine.failure() {
            return Err(StoreError::ReadOnly { reason: reason.to_owned() });
        }
        let broken = batch.broken_condition(|key, value| match before.get(key) {
            Some(written) => Ok(written.as_deref() == value),
            None => {
                let stored = self.engine.get(key).map_err(|error| super::reading(error, key))?;
                Ok::<_, StoreError>(stored.as_deref() == value)
            }
        })?;
        match broken {
            Some(condition) => Ok(Committed::No { condition }),
            None if batch.writes.iter().all(|(_, value)| value.is_none()) => Ok(Committed::Yes),
            None => self.refuse_when_full().map(|()| Committed::Yes),
        }
    }

    /// Deletes pass even on a full disk: they are what makes room.
    fn refuse_when_full(&self) -> Result<(), StoreError> {
        let free_bytes = fs2::available_space(&self.dir)
            .map_err(|source| directory::disk("ask for the free space of", &self.dir, source))?;
        if free_bytes >= self.free_bytes_min {
            return Ok(());
        }
        let (dir, free_bytes_min) = (self.dir.clone(), self.free_bytes_min);
        Err(StoreError::Full { dir, free_bytes, free_bytes_min })
    }

    /// Makes a group durable under the next number. The first failure is the last write.
    fn write(&mut self, mut writes: Vec<(RawKey, Option<Vec<u8>>)>) -> Result<(), String> {
        let number = self.number + 1;
        let key = number_key();
        let framed = frame::seal(Kind::Meta, &key, &number.to_be_bytes()).map_err(|e| e.to_string())?;
        sizes::count(&self.engine, &mut writes)?;
        writes.push((key, Some(framed.1)));
        let head = &mut self.head;
        self.engine.write(writes, || head.write(number))?;
        self.number = number;
        Ok(())
    }
}

/// Where sled keeps the number of its last group.
fn number_key() -> RawKey {
    Owner::store().key(Kind::Meta, b"number")
}

fn read_number(engine: &Engine) -> Result<u64, StoreError> {
    let key = number_key();
    let framed = engine.get(&key).map_err(|error| super::reading(error, &key))?;
    let Some(framed) = framed else { return Ok(0) };
    let (_, body) = frame::open(Kind::Meta, &key, framed)?;
    let bytes = body.try_into().map_err(|_| key.damaged(Damage::Length))?;
    Ok(u64::from_be_bytes(bytes))
}
