//! The mark that an overflow leaves.
//!
//! Arithmetic on the SDK's numbers reads like arithmetic: no `?` after every product. What doesn't fit leaves
//! a mark here, and whoever runs the rule looks for it after each row: a marked row fails with the code
//! `overflow`, whatever the rule made of the number. So an overflow can neither wrap nor be overlooked.

use crate::shelf;
use std::cell::Cell;

thread_local! {
    /// One number for both, so that a row without either reads it once and writes nothing.
    static SEEN: Cell<u8> = const { Cell::new(0) };
}

const OVERFLOWED: u8 = 1;
const SHELVED: u8 = 2;

/// Leaves the mark.
#[cold]
#[inline(never)]
pub fn mark() {
    SEEN.with(|seen| seen.set(seen.get() | OVERFLOWED));
}

/// Says that something was put on the shelf.
pub(crate) fn shelved() {
    SEEN.with(|seen| seen.set(seen.get() | SHELVED));
}

/// Whether the mark was left since it was last taken; takes it away.
pub fn take() -> bool {
    SEEN.with(|seen| seen.replace(seen.get() & !OVERFLOWED) & OVERFLOWED != 0)
}

/// The same when a row or a group is done: what it put on the shelf goes too.
#[inline]
pub(crate) fn done() -> bool {
    SEEN.with(Cell::get) != 0 && cleared()
}

#[cold]
#[inline(never)]
fn cleared() -> bool {
    let seen = SEEN.with(|seen| seen.replace(0));
    if seen & SHELVED != 0 {
        shelf::clear();
    }
    seen & OVERFLOWED != 0
}
