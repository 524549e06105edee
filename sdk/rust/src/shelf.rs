//! Where wide fractions lie: what an [`Exact`](crate::Exact) of more than 64 bits refers to by its place.
//!
//! They are rare, and a value that carried 128 bits itself would make every rule pay for them. What a row put there
//! is cleared when the row is done; what a plan's parameters put there stays for the batch.

use crate::overflow;
use std::cell::Cell;

thread_local! {
    static SHELF: Cell<Vec<(i128, i128)>> = const { Cell::new(Vec::new()) };
    /// How many of them stay when a row is done.
    static KEPT: Cell<usize> = const { Cell::new(0) };
}

/// Does something with the shelf: it is taken, and put back.
#[inline]
fn with<T>(does: impl FnOnce(&mut Vec<(i128, i128)>) -> T) -> T {
    SHELF.with(|shelf| {
        let mut fractions = shelf.take();
        let result = does(&mut fractions);
        shelf.set(fractions);
        result
    })
}

/// Puts a fraction there and says where.
#[cold]
#[inline(never)]
pub(crate) fn put(numerator: i128, denominator: i128) -> i64 {
    overflow::shelved();
    with(|shelf| {
        shelf.push((numerator, denominator));
        i64::try_from(shelf.len()).unwrap_or(i64::MAX)
    })
}

/// The fraction in a place; an overflowed one where there is none.
#[cold]
#[inline(never)]
pub(crate) fn get(place: i64) -> (i128, i128) {
    let index = usize::try_from(place).ok().and_then(|place| place.checked_sub(1));
    with(|shelf| index.and_then(|index| shelf.get(index)).copied()).unwrap_or((0, 0))
}

/// Keeps what lies there now until the batch is done.
pub(crate) fn keep() {
    KEPT.set(with(|shelf| shelf.len()));
}

/// Clears what came since.
pub(crate) fn clear() {
    with(|shelf| shelf.truncate(KEPT.get()));
}

/// A batch's time: when it is dropped, the shelf is as it was before.
pub(crate) struct Batch {
    kept: usize,
    length: usize,
}

impl Batch {
    /// Begins; what lies there now is somebody else's and stays.
    pub(crate) fn begin() -> Batch {
        let kept = KEPT.get();
        keep();
        Batch { kept, length: KEPT.get() }
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        with(|shelf| shelf.truncate(self.length));
        KEPT.set(self.kept);
    }
}
