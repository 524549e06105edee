//! Which records to go through: a kind, a range of it, a direction, a cursor, a limit.

use crate::error::StoreError;
use crate::key::{Key, Kind, Owner, RawKey};
use crate::store::{Direction, RawScan};
use std::ops::Range;

/// Records of one kind in the order of their keys, or against it.
///
/// ```
/// use attain_store::{Kind, Scan};
/// let newest = Scan::prefix(Kind::Snapshot, "2025-11/").backward().limit(1);
/// ```
#[derive(Clone, Debug)]
pub struct Scan {
    kind: Kind,
    prefix: Vec<u8>,
    range: Option<Range<Vec<u8>>>,
    after: Option<Vec<u8>>,
    direction: Direction,
    limit: usize,
}

/// Entries of a page, unless asked for fewer or more.
const LIMIT: usize = 1_000;

impl Scan {
    /// All records of a kind.
    pub fn all(kind: Kind) -> Scan {
        Scan::prefix(kind, [])
    }

    /// The records whose key begins so.
    pub fn prefix(kind: Kind, prefix: impl AsRef<[u8]>) -> Scan {
        let prefix = prefix.as_ref().to_vec();
        Scan { kind, prefix, range: None, after: None, direction: Direction::Forward, limit: LIMIT }
    }

    /// The records from a key on to before another.
    pub fn range(kind: Kind, keys: Range<impl AsRef<[u8]>>) -> Scan {
        let range = keys.start.as_ref().to_vec()..keys.end.as_ref().to_vec();
        Scan { range: Some(range), ..Scan::all(kind) }
    }

    /// From the last to the first.
    pub fn backward(self) -> Scan {
        Scan { direction: Direction::Backward, ..self }
    }

    /// Goes on after this key, in the scan's direction: a page's [`next`](Page::next).
    pub fn after(self, cursor: &Key) -> Scan {
        Scan { after: Some(cursor.rest.clone()), ..self }
    }

    /// At most so many entries a page; 1,000 unless said otherwise.
    pub fn limit(self, limit: usize) -> Scan {
        Scan { limit, ..self }
    }

    /// What is scanned.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// The same in full keys of an owner.
    pub(crate) fn raw(&self, owner: &Owner) -> RawScan {
        let whole = owner.key(self.kind, &self.prefix);
        let (mut from, mut to) = match &self.range {
            None => (whole.clone(), whole.after_prefix()),
            Some(range) => (owner.key(self.kind, &range.start), Some(owner.key(self.kind, &range.end))),
        };
        let cursor = self.after.as_ref().map(|rest| owner.key(self.kind, rest));
        match (cursor, self.direction) {
            (None, _) => {}
            (Some(cursor), Direction::Forward) => from = from.max(cursor.next()),
            (Some(cursor), Direction::Backward) => {
                to = Some(to.map_or_else(|| cursor.clone(), |to| to.min(cursor.clone())));
            }
        }
        RawScan { from, to, direction: self.direction, limit: self.limit }
    }
}

/// Entries of a scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Keys and verified values, in the scan's direction. A page ends at the scan's limit or at 4 MiB.
    pub entries: Vec<(Key, Vec<u8>)>,
    /// Where to go on with [`Scan::after`]; none when the scan is done.
    pub next: Option<Key>,
}

/// A key of the engine as its owner names it. A key of somebody else can't come out of an owner's range; were
/// it to, it is damage.
pub(crate) fn own_key(owner: &Owner, kind: Kind, key: &RawKey) -> Result<Key, StoreError> {
    let rest = owner.rest(kind, key).ok_or_else(|| key.damaged(crate::error::Damage::Kind))?;
    Ok(Key::new(kind, rest))
}
