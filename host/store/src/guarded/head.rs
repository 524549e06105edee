//! The write counter beside sled: how a store that comes up at an older state is found out.
//!
//! Every group of batches carries its number into sled; once it is durable there, the number is written here.
//! This file isn't synced, so after a power cut it may be behind, which is harmless; it is never ahead of
//! what was durable. When sled comes up behind it, acknowledged writes are gone: a damaged tail of sled's log
//! is otherwise taken for an unfinished one and dropped in silence.
//!
//! ```text
//! two slots of 16 bytes, the even and the odd numbers: number u64 BE | first 8 bytes of SHA-256 over it
//! ```

use attain_model::Digest;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

/// The file's name.
pub(super) const NAME: &str = "head";

/// The open file.
pub(super) struct Head {
    file: File,
}

/// What the file says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// The file is new.
    Nothing,
    /// The last write that was acknowledged, or the one before it.
    Number(u64),
    /// Neither slot reads.
    Damaged,
}

impl Head {
    /// Opens or makes the file and reads it.
    pub(super) fn open(dir: &Path) -> std::io::Result<(Head, Seen)> {
        let mut file =
            File::options().create(true).truncate(false).read(true).write(true).open(dir.join(NAME))?;
        let mut bytes = Vec::new();
        (&mut file).take(33).read_to_end(&mut bytes)?;
        let numbers = bytes.chunks(16).filter_map(read_slot);
        let seen = match (numbers.max(), bytes.len()) {
            (Some(number), 16 | 32) => Seen::Number(number),
            (None, 0) => Seen::Nothing,
            _ => Seen::Damaged,
        };
        Ok((Head { file }, seen))
    }

    /// Writes a number that is durable in sled.
    pub(super) fn write(&mut self, number: u64) -> std::io::Result<()> {
        self.file.seek(SeekFrom::Start(number % 2 * 16))?;
        self.file.write_all(&slot(number))
    }

    /// Makes the file itself durable.
    pub(super) fn sync(&self) -> std::io::Result<()> {
        self.file.sync_all()
    }
}

fn slot(number: u64) -> [u8; 16] {
    let number = number.to_be_bytes();
    let digest = Digest::of(&number);
    let mut slot = [0; 16];
    for (to, from) in slot.iter_mut().zip(number.iter().chain(&digest.0)) {
        *to = *from;
    }
    slot
}

fn read_slot(bytes: &[u8]) -> Option<u64> {
    let number = u64::from_be_bytes(*bytes.first_chunk()?);
    (bytes == slot(number)).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_number_reads_back_and_a_damaged_slot_falls_back_to_the_one_before() {
        let dir = tempfile::tempdir().unwrap();
        let (mut head, seen) = Head::open(dir.path()).unwrap();
        assert_eq!(seen, Seen::Nothing);
        head.write(6).unwrap();
        head.write(7).unwrap();
        assert_eq!(Head::open(dir.path()).unwrap().1, Seen::Number(7));

        let path = dir.path().join(NAME);
        let whole = std::fs::read(&path).unwrap();
        for bit in 0..whole.len() * 8 {
            let mut changed = whole.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            std::fs::write(&path, &changed).unwrap();
            let expected = if bit < 128 { 7 } else { 6 };
            assert_eq!(Head::open(dir.path()).unwrap().1, Seen::Number(expected), "bit {bit}");
        }
        std::fs::write(&path, [0; 32]).unwrap();
        assert_eq!(Head::open(dir.path()).unwrap().1, Seen::Damaged);
    }
}
