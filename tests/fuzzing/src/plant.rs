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

/// Whether the bytes stand anywhere. A branch for each of them, so that a fuzzer sees how near it comes.
fn holds(input: &[u8], word: [u8; 4]) -> bool {
    let [a, b, c, d] = word;
    for window in input.windows(4) {
        if black_box(window.first()) == Some(&a)
            && black_box(window.get(1)) == Some(&b)
            && black_box(window.get(2)) == Some(&c)
            && black_box(window.get(3)) == Some(&d)
        {
            return true;
        }
    }
    false
}
