//! A fault on purpose: what is tried does something wrong for inputs that hold four certain bytes, and the oracle
//! has to notice. A target that doesn't find it in a while would find nothing else either.

use std::hint::black_box;

/// The four bytes. No seed and no dictionary has them.
const WORD: [u8; 4] = *b"\xf5q~7";

/// What stands for [`WORD`] where bytes must be text.
const TEXT: [u8; 4] = *b"q~7^";

/// Whether what is tried has a fault planted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plant {
    /// It is as it is.
    None,
    /// It does something wrong where the input says so.
    Fault,
}

impl Plant {
    /// Whether the fault shows for this input.
    pub(crate) fn spoils(self, input: &[u8]) -> bool {
        self == Plant::Fault && (holds(input, WORD) || holds(input, TEXT))
    }
}

/// Whether the bytes stand anywhere: one comparison of a word at each place, both sides of which a fuzzer sees. It isn't
/// what ends the loop: of those libFuzzer hears nothing.
fn holds(input: &[u8], word: [u8; 4]) -> bool {
    let word = black_box(u32::from_le_bytes(word));
    let mut holds = false;
    for window in input.windows(4) {
        let found = <[u8; 4]>::try_from(window).map_or(0, u32::from_le_bytes);
        holds |= black_box(found) == word;
    }
    holds
}
