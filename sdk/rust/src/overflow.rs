//! The mark that an overflow leaves.
//!
//! Arithmetic on the SDK's numbers reads like arithmetic: no `?` after every product. What doesn't fit leaves
//! a mark here, and whoever runs the rule looks for it after each row: a marked row fails with the code
//! `overflow`, whatever the rule made of the number. So an overflow can neither wrap nor be overlooked.

use std::cell::Cell;

thread_local! {
    static SEEN: Cell<bool> = const { Cell::new(false) };
}

/// Leaves the mark.
#[cold]
#[inline(never)]
pub fn mark() {
    SEEN.with(|seen| seen.set(true));
}

/// Whether the mark was left since it was last taken; takes it away.
#[inline]
pub fn take() -> bool {
    // Read first: a row without an overflow writes nothing.
    SEEN.with(|seen| seen.get() && seen.replace(false))
}
