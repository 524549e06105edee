//! The mark that an overflow leaves.
//!
//! Arithmetic on the SDK's numbers reads like arithmetic: no `?` after every product. What doesn't fit leaves
//! a mark here, and whoever runs the rule looks for it after each row: a marked row fails with the code
//! `overflow`, whatever the rule made of the number. So an overflow can neither wrap nor be overlooked.
//!
//! What is only told is another matter: a number of a sentence that doesn't fit is shown as no value, and the row is
//! paid and explained all the same.

use crate::shelf;
use std::cell::Cell;

thread_local! {
    /// One number for both, so that a row without either reads it once and writes nothing.
    static SEEN: Cell<u8> = const { Cell::new(0) };
}

const OVERFLOWED: u8 = 1;
const SHELVED: u8 = 2;
const TELLING: u8 = 4;
/// Something told ahead of its step didn't fit.
const CUT: u8 = 8;

/// Instead of a number that doesn't fit, where it is only told; the same below zero, where it was turned.
pub(crate) const UNTOLD: i64 = i64::MAX;

/// Leaves the mark, and gives what stands for the number.
#[cold]
#[inline(never)]
pub fn mark() -> i64 {
    let before = SEEN.with(|seen| seen.replace(seen.get() | OVERFLOWED));
    if before & TELLING != 0 { UNTOLD } else { 0 }
}

/// From here on what doesn't fit is only told. Gives the marks that were left before.
pub(crate) fn begin_telling() -> u8 {
    SEEN.with(|seen| seen.replace(seen.get() & (SHELVED | CUT) | TELLING))
}

/// Up to here; with the marks that were left before. Whether something that was told doesn't fit: of that no mark is
/// left.
pub(crate) fn end_telling(before: u8) -> bool {
    let seen = SEEN.with(|seen| seen.replace(before | seen.get() & (SHELVED | CUT)));
    seen & (OVERFLOWED | CUT) != 0
}

/// Works out what is only told, ahead of the steps that tell it: what doesn't fit is shown there as no value.
///
/// ```
/// use attain_sdk::prelude::*;
/// let much = Money::from_units(i64::MAX - 1);
/// let told: Money = attain_sdk::telling(|| much + much);
/// assert!(!attain_sdk::overflow::take(), "no mark is left");
/// # let _ = told;
/// ```
pub fn telling<T>(work: impl FnOnce() -> T) -> T {
    let before = begin_telling();
    let told = work();
    if end_telling(before) {
        SEEN.with(|seen| seen.set(seen.get() | CUT));
    }
    told
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
