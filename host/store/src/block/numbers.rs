//! A column of numbers in a block: the distance of each from the least one, in as few bytes as the widest
//! needs, as byte planes.
//!
//! ```text
//! least i64 LE | shape u8: low 4 bits bytes a number, 0x80 some have no value | planes
//! ```
//!
//! Where some have no value, 0 stands for that and distances count from 1.

use super::{read_planes, width, write_planes};
use attain_model::NO_VALUE;
use std::ops::Range;

const MISSING: u8 = 0x80;
const HEADER_BYTES: usize = 9;

/// Appends the column's plain form.
pub(super) fn write(values: &[i64], into: &mut Vec<u8>) {
    let present = values.iter().copied().filter(|value| *value != NO_VALUE);
    let (least, most) = present
        .fold(None, |range: Option<(i64, i64)>, value| {
            Some(range.map_or((value, value), |(least, most)| (least.min(value), most.max(value))))
        })
        .unwrap_or((0, 0));
    let missing = values.contains(&NO_VALUE);
    let first = u64::from(missing);
    // At most 2^64 - 2, so counting from 1 still fits: the least i64 is no number.
    let spread = most.abs_diff(least) + first * u64::from(values.iter().any(|value| *value != NO_VALUE));
    let width = width(spread);
    let codes: Vec<u64> = values
        .iter()
        .map(|value| if *value == NO_VALUE { 0 } else { value.abs_diff(least) + first })
        .collect();
    into.extend(least.to_le_bytes());
    into.push(width as u8 | if missing { MISSING } else { 0 });
    write_planes(&codes, width, into);
}

/// Appends some of a block's `n_rows` rows; none when the bytes aren't such a column.
pub(super) fn read(plain: &[u8], n_rows: usize, rows: Range<usize>, into: &mut Vec<i64>) -> Option<()> {
    let (header, planes) = plain.split_at_checked(HEADER_BYTES)?;
    let least = i64::from_le_bytes(*header.first_chunk()?);
    let shape = *header.last()?;
    let codes = read_planes(planes, n_rows, usize::from(shape & !MISSING))?;
    let codes = codes.get(rows)?;
    if shape & MISSING == 0 {
        into.extend(codes.iter().map(|code| least.wrapping_add_unsigned(*code)));
    } else {
        into.extend(codes.iter().map(|code| match code.checked_sub(1) {
            None => NO_VALUE,
            Some(distance) => least.wrapping_add_unsigned(distance),
        }));
    }
    Some(())
}
