//! What every store below offers: get, scan, one atomic conditional batch. It sees framed bytes only.

use crate::batch::Committed;
use crate::error::StoreError;
use crate::frozen::Image;
use crate::key::{Owner, RawKey};
use crate::lives::Lives;
use crate::space::Space;
use attain_model::CompanyId;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

/// An ordered key-value store with atomic conditional batches.
///
/// Its functions take keys that only this crate can make: who uses a store asks for a [`Space`].
pub trait Store: Send + Sync {
    /// The framed value of a key.
    fn get(&self, key: &RawKey) -> Result<Option<Vec<u8>>, StoreError>;

    /// A run of keys in order, at one instant: it never shows half of a batch.
    fn scan(&self, scan: &RawScan) -> Result<RawPage, StoreError>;

    /// Hands in a batch. It is applied whole or not at all, and durable when the receipt says so; batches of
    /// one caller are applied in the order they were handed in. May block while others wait.
    fn submit(&self, batch: RawBatch) -> Receipt;

    /// How many bytes of keys and values somebody has stored.
    fn bytes(&self, owner: &Owner) -> Result<u64, StoreError>;

    /// Which life each company is in.
    fn lives(&self) -> &Lives;

    /// Begins to keep what is changed from now on, so that it can be read as it is now.
    fn freeze(&self) -> Arc<Image>;

    /// As [`Store::get`], of the instant of an image.
    fn get_at(&self, image: &Image, key: &RawKey) -> Result<Option<Vec<u8>>, StoreError>;

    /// As [`Store::scan`], of the instant of an image.
    fn scan_at(&self, image: &Image, scan: &RawScan) -> Result<RawPage, StoreError>;
}

impl dyn Store {
    /// The records of a company, and no others.
    pub fn company(self: &Arc<Self>, id: &CompanyId) -> Space {
        Space::new(Arc::clone(self), Owner::company(id, self.lives().of(id)))
    }

    /// The host's own records, such as the list of companies. Not for code that acts for a company.
    pub fn operator(self: &Arc<Self>) -> Space {
        Space::new(Arc::clone(self), Owner::operator())
    }
}

/// Which way a scan goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Forward,
    Backward,
}

/// Keys `from` to before `to`, in either direction.
#[derive(Clone, Debug)]
pub struct RawScan {
    pub(crate) from: RawKey,
    pub(crate) to: Option<RawKey>,
    pub(crate) direction: Direction,
    pub(crate) limit: usize,
}

impl RawScan {
    /// Whether no key can lie in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.limit == 0 || self.to.as_ref().is_some_and(|to| *to <= self.from)
    }

    /// Fills a page from keys that come in this scan's order.
    pub(crate) fn page<K: AsRef<[u8]>, V: AsRef<[u8]>, E>(
        &self,
        keys: impl Iterator<Item = Result<(K, V), E>>,
    ) -> Result<RawPage, E> {
        let mut page = RawPage::default();
        let mut bytes = 0usize;
        for entry in keys {
            if page.entries.len() >= self.limit || bytes >= PAGE_BYTES_MAX {
                page.more = true;
                break;
            }
            let (key, value) = entry?;
            bytes += value.as_ref().len();
            page.entries.push((RawKey(key.as_ref().to_vec()), value.as_ref().to_vec()));
        }
        page.last = page.entries.last().map(|(key, _)| key.clone());
        Ok(page)
    }
}

/// A page ends when its values have this many bytes, whatever its limit.
const PAGE_BYTES_MAX: usize = 4 << 20;

/// What a scan found.
#[derive(Debug, Default)]
pub struct RawPage {
    pub(crate) entries: Vec<(RawKey, Vec<u8>)>,
    /// Whether the range goes on after the last key.
    pub(crate) more: bool,
    /// The last key that was looked at.
    pub(crate) last: Option<RawKey>,
}

/// A batch of framed bytes. A condition of none is "absent", a write of none is "delete".
#[derive(Clone, Debug, Default)]
pub struct RawBatch {
    pub(crate) conditions: Vec<(RawKey, Option<Vec<u8>>)>,
    pub(crate) writes: Vec<(RawKey, Option<Vec<u8>>)>,
}

impl RawBatch {
    /// Bytes of keys and values that it writes.
    pub(crate) fn bytes(&self) -> usize {
        self.writes.iter().map(|(key, value)| key.0.len() + value.as_ref().map_or(0, Vec::len)).sum()
    }

    /// The first condition that doesn't hold, given how to read a key.
    pub(crate) fn broken_condition<E>(
        &self,
        mut holds: impl FnMut(&RawKey, Option<&[u8]>) -> Result<bool, E>,
    ) -> Result<Option<usize>, E> {
        for (index, (key, value)) in self.conditions.iter().enumerate() {
            if !holds(key, value.as_deref())? {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }
}

/// How long a batch may take. A disk that needs longer is broken.
const ANSWER_SECONDS_MAX: u64 = 120;

/// The answer to a batch, when it comes.
pub struct Receipt(State);

enum State {
    Done(Result<Committed, StoreError>),
    Waiting(Receiver<Result<Committed, StoreError>>),
}

impl Receipt {
    pub(crate) fn done(answer: Result<Committed, StoreError>) -> Receipt {
        Receipt(State::Done(answer))
    }

    pub(crate) fn waiting(answer: Receiver<Result<Committed, StoreError>>) -> Receipt {
        Receipt(State::Waiting(answer))
    }

    /// Waits until the batch is durable, or refused.
    pub fn wait(self) -> Result<Committed, StoreError> {
        let answer = match self.0 {
            State::Done(answer) => return answer,
            State::Waiting(answer) => answer,
        };
        match answer.recv_timeout(Duration::from_secs(ANSWER_SECONDS_MAX)) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => Err(StoreError::Stuck { seconds: ANSWER_SECONDS_MAX }),
            Err(RecvTimeoutError::Disconnected) => {
                Err(StoreError::ReadOnly { reason: String::from("its committer stopped") })
            }
        }
    }
}
