//! Backups: a file that holds a host or one company entire, in pieces that are each checked. FORMAT.md has its bytes.
//!
//! In: a store as it was at one instant, and what its owner says about it ([`write`]). Out: the same, piece by piece
//! ([`Reader`]), or an [`ArchiveError`] that names the place: a file that was cut, changed, put together from two or
//! has something behind its end is never read to its end.
//!
//! INVARIANT (chain): a piece's digest covers that of the piece before it, so the last one covers the whole file.

mod error;
mod read;
mod write;

pub use error::{ArchiveError, Flaw};
pub use read::{Entry, Reader, Record};
pub use write::{Snapshot, Written};

use attain_model::Digest;
use sha2::{Digest as _, Sha256};

/// How a file begins.
const MAGIC: &[u8; 16] = b"attain backup 1\n";

/// Plain bytes at which a piece ends. One record more may go in.
const PIECE_BYTES: usize = 1 << 20;

/// The most bytes of a piece, plain or packed: what reading may ever ask for.
const PIECE_BYTES_MAX: usize = 2 << 20;

/// Bytes before a piece's packed ones.
const HEAD_BYTES: usize = 41;

/// What a piece holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    /// What the file is about, JSON. The first one.
    About = 1,
    /// A company, JSON.
    Company = 2,
    /// Records of the store.
    Records = 3,
    /// How many records there are. The last one.
    End = 4,
}

impl Piece {
    fn from_byte(byte: u8) -> Option<Piece> {
        [Piece::About, Piece::Company, Piece::Records, Piece::End]
            .into_iter()
            .find(|kind| kind.byte() == byte)
    }

    fn byte(self) -> u8 {
        self as u8
    }
}

/// A piece's digest: over the one before it, its kind, its lengths and its packed bytes.
fn chained(before: &Digest, kind: u8, lengths: [[u8; 4]; 2], packed: &[u8]) -> Digest {
    let mut hash = Sha256::new();
    hash.update(before.0);
    hash.update([kind]);
    hash.update(lengths.concat());
    hash.update(packed);
    Digest(hash.finalize().into())
}
