//! A block: up to 2,048 rows of a table as one value, each column packed apart.
//!
//! In:  columns of equal length. Out: bytes, at most 100,000, and back.
//!
//! ```text
//! format u8 = 1 | rows u16 BE | columns u16 BE
//! directory, an entry a column: encoding u8 | packed length u32 BE | plain length u32 BE
//! packed columns, one after the other
//! ```
//!
//! Encodings: `0x10` numbers, `0x20` texts; plus 1 when packed with zstd. Reading three columns of 25 unpacks
//! three. Nothing declared is believed: lengths are held against what is there and against limits before
//! memory is asked for.

mod numbers;
mod texts;

pub(crate) use texts::TextRows;

use crate::frame::VALUE_BYTES_MAX;
use std::ops::Range;
use zstd::bulk::{Compressor, Decompressor};

/// The most rows of a block. Rows of one block are read together.
pub const BLOCK_ROWS: usize = 2_048;

/// The most columns of a table.
pub(crate) const COLUMNS_MAX: usize = 4_096;

const FORMAT: u8 = 1;
const HEADER_BYTES: usize = 5;
const ENTRY_BYTES: usize = 9;
const NUMBERS: u8 = 0x10;
const TEXTS: u8 = 0x20;
const PACKED: u8 = 1;

/// The most bytes of one column in one block before packing: what unpacking may ask for.
const PLAIN_BYTES_MAX: usize = 4 << 20;

/// zstd's level: 9 saves 1 % more at twice the time (measured).
const LEVEL: i32 = 3;

/// The cells of a column, as they are gathered for a block.
#[derive(Debug)]
pub(crate) enum Rows {
    /// Numbers; the least `i64` is no value.
    Numbers(Vec<i64>),
    /// Texts.
    Texts(TextRows),
}

impl Rows {
    pub(crate) fn clear(&mut self) {
        match self {
            Rows::Numbers(numbers) => numbers.clear(),
            Rows::Texts(texts) => texts.clear(),
        }
    }
}

/// Packs blocks; keeps its buffers and zstd's from one to the next.
pub(crate) struct Packer {
    zstd: Compressor<'static>,
    plain: Vec<u8>,
    packed: Vec<u8>,
}

impl Packer {
    pub(crate) fn new() -> std::io::Result<Packer> {
        Ok(Packer { zstd: Compressor::new(LEVEL)?, plain: Vec::new(), packed: Vec::new() })
    }

    /// The block of some rows of the columns; none when it would be too large.
    pub(crate) fn pack(&mut self, columns: &[Rows], rows: Range<usize>) -> std::io::Result<Option<Vec<u8>>> {
        let (Ok(n_rows), Ok(n_columns)) = (u16::try_from(rows.len()), u16::try_from(columns.len())) else {
            return Ok(None);
        };
        let mut directory = Vec::with_capacity(HEADER_BYTES + columns.len() * ENTRY_BYTES);
        directory.push(FORMAT);
        directory.extend(n_rows.to_be_bytes());
        directory.extend(n_columns.to_be_bytes());
        let mut body = Vec::new();
        for column in columns {
            self.plain.clear();
            let kind = match column {
                Rows::Numbers(values) => {
                    numbers::write(values.get(rows.clone()).unwrap_or_default(), &mut self.plain);
                    NUMBERS
                }
                Rows::Texts(values) => {
                    if values.write(rows.clone(), &mut self.plain).is_none() {
                        return Ok(None);
                    }
                    TEXTS
                }
            };
            if self.plain.len() > PLAIN_BYTES_MAX {
                return Ok(None);
            }
            let plain_bytes = self.plain.len();
            let (flag, packed) = self.squeeze()?;
            directory.push(kind | flag);
            for length in [packed.len(), plain_bytes] {
                directory.extend((length as u32).to_be_bytes());
            }
            body.extend_from_slice(packed);
            if directory.len() + body.len() > VALUE_BYTES_MAX {
                return Ok(None);
            }
        }
        directory.extend(body);
        Ok((directory.len() <= VALUE_BYTES_MAX).then_some(directory))
    }

    /// The plain column, through zstd where that makes it smaller.
    fn squeeze(&mut self) -> std::io::Result<(u8, &[u8])> {
        self.packed.clear();
        self.packed.reserve(zstd::zstd_safe::compress_bound(self.plain.len()));
        let length = self.zstd.compress_to_buffer(&self.plain, &mut self.packed)?;
        Ok(if length < self.plain.len() { (PACKED, &self.packed) } else { (0, &self.plain) })
    }
}

/// Unpacks columns of blocks; keeps its buffers and zstd's from one to the next.
pub(crate) struct Unpacker {
    zstd: Decompressor<'static>,
    plain: Vec<u8>,
}

impl Unpacker {
    pub(crate) fn new() -> std::io::Result<Unpacker> {
        Ok(Unpacker { zstd: Decompressor::new()?, plain: Vec::new() })
    }

    /// Appends some rows of one column to `into`; none when the block isn't what it should be.
    ///
    /// A column whose kind isn't `into`'s, a row or a column past the end: all of that is damage, since the
    /// table's record says how many there are and of which kind.
    pub(crate) fn append(
        &mut self,
        block: &Block<'_>,
        column: usize,
        rows: Range<usize>,
        into: &mut Rows,
    ) -> Option<()> {
        let entry = block.entries.get(column)?;
        let packed = block.bytes.get(entry.place.clone())?;
        let plain: &[u8] = if entry.encoding & PACKED == 0 {
            packed
        } else {
            self.plain.clear();
            self.plain.reserve(entry.plain_bytes);
            self.zstd.decompress_to_buffer(packed, &mut self.plain).ok()?;
            &self.plain
        };
        if plain.len() != entry.plain_bytes || rows.end > block.rows {
            return None;
        }
        match (entry.encoding & !PACKED, into) {
            (NUMBERS, Rows::Numbers(values)) => numbers::read(plain, block.rows, rows, values),
            (TEXTS, Rows::Texts(values)) => values.read(plain, block.rows, rows),
            _ => None,
        }
    }
}

/// A block whose directory was read and found sound.
pub(crate) struct Block<'a> {
    pub(crate) rows: usize,
    bytes: &'a [u8],
    entries: Vec<Entry>,
}

struct Entry {
    encoding: u8,
    place: Range<usize>,
    plain_bytes: usize,
}

impl Block<'_> {
    /// Reads the directory; none when it doesn't describe exactly these bytes.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Block<'_>> {
        let (header, rest) = bytes.split_at_checked(HEADER_BYTES)?;
        let [FORMAT, r0, r1, c0, c1] = *header else { return None };
        let rows = usize::from(u16::from_be_bytes([r0, r1]));
        let columns = usize::from(u16::from_be_bytes([c0, c1]));
        let directory = rest.get(..columns.checked_mul(ENTRY_BYTES)?)?;
        let mut place = HEADER_BYTES + directory.len();
        let mut entries = Vec::with_capacity(columns);
        for entry in directory.chunks_exact(ENTRY_BYTES) {
            let [encoding, k0, k1, k2, k3, p0, p1, p2, p3] = *entry else { return None };
            let packed_bytes = u32::from_be_bytes([k0, k1, k2, k3]) as usize;
            let plain_bytes = u32::from_be_bytes([p0, p1, p2, p3]) as usize;
            let end = place.checked_add(packed_bytes).filter(|end| *end <= bytes.len())?;
            if plain_bytes > PLAIN_BYTES_MAX {
                return None;
            }
            entries.push(Entry { encoding, place: place..end, plain_bytes });
            place = end;
        }
        (place == bytes.len() && rows <= BLOCK_ROWS).then_some(Block { rows, bytes, entries })
    }

    /// How many columns it has.
    pub(crate) fn columns(&self) -> usize {
        self.entries.len()
    }
}

/// The bytes of a value that the values of a column need at most: 0 for 0, 8 for `u64::MAX`.
fn width(most: u64) -> usize {
    (64 - most.leading_zeros() as usize).div_ceil(8)
}

/// Appends values as byte planes: all lowest bytes, then all second bytes, and so on. Bytes that behave alike
/// stand together, which is what zstd needs.
fn write_planes(values: &[u64], width: usize, into: &mut Vec<u8>) {
    for plane in 0..width {
        into.extend(values.iter().map(|value| (value >> (8 * plane)) as u8));
    }
}

/// Reads `count` values of `width` bytes each from planes.
fn read_planes(planes: &[u8], count: usize, width: usize) -> Option<Vec<u64>> {
    if width > 8 || planes.len() != count.checked_mul(width)? {
        return None;
    }
    let mut values = vec![0u64; count];
    for (plane, bytes) in planes.chunks_exact(count.max(1)).enumerate() {
        for (value, byte) in values.iter_mut().zip(bytes) {
            *value |= u64::from(*byte) << (8 * plane);
        }
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use attain_model::NO_VALUE;
    use proptest::prelude::*;

    fn numbers(block: &[u8], rows: Range<usize>) -> Option<Vec<i64>> {
        let mut into = Rows::Numbers(Vec::new());
        Unpacker::new().unwrap().append(&Block::parse(block)?, 0, rows, &mut into)?;
        match into {
            Rows::Numbers(numbers) => Some(numbers),
            Rows::Texts(_) => None,
        }
    }

    #[test]
    fn the_extremes_of_a_number_and_no_value_come_back() {
        let cases: [&[i64]; 8] = [
            &[],
            &[NO_VALUE],
            &[0],
            &[7; 300],
            &[NO_VALUE; 300],
            &[i64::MAX, i64::MIN + 1],
            &[i64::MAX, NO_VALUE, i64::MIN + 1, 0, -1],
            &[i64::MIN + 1, NO_VALUE],
        ];
        for case in cases {
            let columns = [Rows::Numbers(case.to_vec())];
            let block = Packer::new().unwrap().pack(&columns, 0..case.len()).unwrap().unwrap();
            assert_eq!(numbers(&block, 0..case.len()).as_deref(), Some(case));
            assert_eq!(numbers(&block, 0..case.len() + 1), None);
        }
    }

    #[test]
    fn a_constant_column_takes_no_room() {
        let columns = [Rows::Numbers(vec![1_234_567; BLOCK_ROWS])];
        let block = Packer::new().unwrap().pack(&columns, 0..BLOCK_ROWS).unwrap().unwrap();
        assert_eq!(block.len(), HEADER_BYTES + ENTRY_BYTES + 9);
    }

    #[test]
    fn a_declared_length_is_not_believed() {
        let columns = [Rows::Numbers((0..2_000).collect())];
        let block = Packer::new().unwrap().pack(&columns, 0..2_000).unwrap().unwrap();
        for (place, lie) in [(1, u16::MAX), (3, u16::MAX), (6, u16::MAX), (10, u16::MAX), (12, 1)] {
            let mut changed = block.clone();
            changed[place..place + 2].copy_from_slice(&lie.to_be_bytes());
            assert_eq!(numbers(&changed, 0..2_000), None, "byte {place}");
        }
    }

    proptest! {
        #[test]
        fn numbers_come_back_and_no_changed_byte_panics(
            values in prop::collection::vec(prop_oneof![any::<i64>(), -99i64..99, Just(NO_VALUE)], 0..300),
            change in any::<(prop::sample::Index, u8)>(),
        ) {
            let rows = values.len();
            let columns = [Rows::Numbers(values)];
            let mut block = Packer::new().unwrap().pack(&columns, 0..rows).unwrap().unwrap();
            let Rows::Numbers(values) = &columns[0] else { unreachable!() };
            prop_assert_eq!(numbers(&block, 0..rows), Some(values.clone()));
            prop_assert_eq!(numbers(&block, rows / 2..rows), Some(values[rows / 2..].to_vec()));
            let place = change.0.index(block.len());
            block[place] ^= change.1;
            // Any answer will do as long as there is one: the checksum around the block catches the change.
            let _ = numbers(&block, 0..rows);
        }

        #[test]
        fn bytes_that_are_no_block_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = numbers(&bytes, 0..1);
        }
    }
}
