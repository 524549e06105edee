//! A column of texts in a block: a sorted dictionary of what occurs in it, and a code a row.
//!
//! ```text
//! texts u32 LE | their bytes u32 LE | bytes a length u8 | bytes a code u8
//! lengths as planes | codes as planes: 0 is no value, n the n-th text | the texts' bytes
//! ```

use super::{read_planes, width, write_planes};
use attain_model::table::NO_TEXT;
use attain_model::{Data, TextColumn};
use std::ops::Range;

const HEADER_BYTES: usize = 10;

/// Texts of rows, gathered from columns that each have a dictionary of their own: a text may stand in it
/// several times.
#[derive(Debug, Default)]
pub(crate) struct TextRows {
    bytes: String,
    /// Where each text ends in `bytes`.
    ends: Vec<usize>,
    /// A text's number, or [`NO_TEXT`], for each row.
    codes: Vec<u32>,
}

impl TextRows {
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
        self.codes.clear();
    }

    /// Appends rows of a column; rows past its end have no value.
    pub(crate) fn append(&mut self, column: &TextColumn, rows: Range<usize>) {
        let codes = column.codes.get(rows).unwrap_or_default();
        let mut used: Vec<u32> = codes.to_vec();
        used.sort_unstable();
        used.dedup();
        used.retain(|code| (*code as usize) < column.dictionary.len());
        let first = self.ends.len();
        for text in used.iter().filter_map(|code| column.dictionary.get(*code as usize)) {
            self.push_text(text);
        }
        self.codes.extend(
            codes
                .iter()
                .map(|code| used.binary_search(code).map_or(NO_TEXT, |place| text_number(first + place))),
        );
    }

    fn push_text(&mut self, text: &str) {
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len());
    }

    fn text(&self, number: usize) -> &str {
        let from = number.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let to = self.ends.get(number).copied().unwrap_or(from);
        self.bytes.get(from..to).unwrap_or_default()
    }

    /// The distinct texts of some rows, sorted, as numbers of one occurrence each; and for each text its place
    /// among them, [`NO_TEXT`] for one that doesn't occur.
    fn sorted(&self, codes: &[u32]) -> (Vec<u32>, Vec<u32>) {
        let mut places = vec![NO_TEXT; self.ends.len()];
        for code in codes {
            if let Some(place) = places.get_mut(*code as usize) {
                *place = 0;
            }
        }
        let occurs = |number: &usize| places.get(*number) == Some(&0);
        let mut order: Vec<u32> = (0..self.ends.len()).filter(occurs).map(text_number).collect();
        // A stable sort finds the runs that the pieces come in: sorted input costs one pass.
        order.sort_by(|a, b| self.text(*a as usize).cmp(self.text(*b as usize)));
        let mut distinct: Vec<u32> = Vec::new();
        for number in order {
            let last = distinct.last().map(|last| self.text(*last as usize));
            if last != Some(self.text(number as usize)) {
                distinct.push(number);
            }
            if let Some(place) = places.get_mut(number as usize) {
                *place = text_number(distinct.len() - 1);
            }
        }
        (distinct, places)
    }

    /// Appends the plain form of some rows; none when there is too much of it.
    pub(super) fn write(&self, rows: Range<usize>, into: &mut Vec<u8>) -> Option<()> {
        let codes = self.codes.get(rows).unwrap_or_default();
        let (distinct, places) = self.sorted(codes);
        let texts = || distinct.iter().map(|number| self.text(*number as usize));
        let lengths: Vec<u64> = texts().map(|text| text.len() as u64).collect();
        let bytes = u32::try_from(lengths.iter().sum::<u64>()).ok()?;
        let codes: Vec<u64> = codes
            .iter()
            .map(|code| places.get(*code as usize).map_or(0, |place| u64::from(*place) + 1))
            .collect();
        let length_width = width(lengths.iter().copied().max().unwrap_or(0));
        let code_width = width(distinct.len() as u64);
        into.extend(u32::try_from(distinct.len()).ok()?.to_le_bytes());
        into.extend(bytes.to_le_bytes());
        into.extend([length_width as u8, code_width as u8]);
        write_planes(&lengths, length_width, into);
        write_planes(&codes, code_width, into);
        texts().for_each(|text| into.extend(text.as_bytes()));
        Some(())
    }

    /// Appends some of a block's `n_rows` rows; none when the bytes aren't such a column.
    pub(super) fn read(&mut self, plain: &[u8], n_rows: usize, rows: Range<usize>) -> Option<()> {
        let (header, rest) = plain.split_at_checked(HEADER_BYTES)?;
        let (counts, widths) = header.split_at_checked(8)?;
        let n_texts = u32::from_le_bytes(*counts.first_chunk()?) as usize;
        let n_bytes = u32::from_le_bytes(*counts.last_chunk()?) as usize;
        let [length_width, code_width] = *widths else { return None };
        if n_texts > n_rows {
            return None;
        }
        let (lengths, rest) = rest.split_at_checked(n_texts.checked_mul(length_width.into())?)?;
        let (codes, texts) = rest.split_at_checked(n_rows.checked_mul(code_width.into())?)?;
        let lengths = read_planes(lengths, n_texts, length_width.into())?;
        let codes = read_planes(codes, n_rows, code_width.into())?;
        let texts = std::str::from_utf8(texts).ok().filter(|texts| texts.len() == n_bytes)?;
        self.append_block(&lengths, codes.get(rows)?, texts)
    }

    fn append_block(&mut self, lengths: &[u64], codes: &[u64], texts: &str) -> Option<()> {
        let first = self.ends.len();
        let mut end = 0usize;
        for length in lengths {
            let from = end;
            end = end.checked_add(usize::try_from(*length).ok()?)?;
            self.push_text(texts.get(from..end)?);
        }
        if end != texts.len() {
            return None;
        }
        for code in codes {
            self.codes.push(match usize::try_from(*code).ok()?.checked_sub(1) {
                None => NO_TEXT,
                Some(place) if place < lengths.len() => text_number(first + place),
                Some(_) => return None,
            });
        }
        Some(())
    }

    /// All rows as one column: its dictionary holds what occurs in them, sorted.
    pub(crate) fn finish(self) -> Data {
        let (distinct, places) = self.sorted(&self.codes);
        let dictionary = distinct.iter().map(|number| self.text(*number as usize).to_owned()).collect();
        let place_of = |code: &u32| places.get(*code as usize).copied().unwrap_or(NO_TEXT);
        let codes = self.codes.iter().map(place_of).collect();
        Data::Texts(TextColumn { dictionary, codes })
    }
}

/// Blocks and reads have far fewer than 2^32 texts: each row brings one at most.
fn text_number(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(NO_TEXT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::{BLOCK_ROWS, Block, Packer, Rows, Unpacker};
    use proptest::prelude::*;

    fn packed(pieces: &[Vec<Option<String>>]) -> (Vec<u8>, Vec<Option<String>>) {
        let mut texts = TextRows::default();
        for piece in pieces {
            let column = TextColumn::from_rows(piece.iter().map(Option::as_deref));
            texts.append(&column, 0..piece.len());
        }
        let rows = pieces.concat();
        let block = Packer::new().unwrap().pack(&[Rows::Texts(texts)], 0..rows.len()).unwrap().unwrap();
        (block, rows)
    }

    fn unpacked(block: &[u8], rows: Range<usize>) -> Option<Data> {
        let mut into = Rows::Texts(TextRows::default());
        Unpacker::new().unwrap().append(&Block::parse(block)?, 0, rows, &mut into)?;
        match into {
            Rows::Texts(texts) => Some(texts.finish()),
            Rows::Numbers(_) => None,
        }
    }

    fn column(rows: &[Option<String>]) -> Data {
        Data::Texts(TextColumn::from_rows(rows.iter().map(Option::as_deref)))
    }

    #[test]
    fn texts_of_every_kind_come_back() {
        let rows = ["", "a", "张伟", "a", "\0", "Zoë"].map(|text| Some(text.to_owned()));
        let (block, rows) = packed(&[rows.to_vec(), vec![None, Some(String::from("a"))]]);
        assert_eq!(unpacked(&block, 0..rows.len()), Some(column(&rows)));
        assert_eq!(unpacked(&block, 5..7), Some(column(&rows[5..7])), "only what occurs");
        let (block, _) = packed(&[vec![None; BLOCK_ROWS]]);
        assert_eq!(unpacked(&block, 0..2), Some(column(&[None, None])));
    }

    proptest! {
        #[test]
        fn a_text_column_comes_back_whatever_pieces_it_came_in(
            pieces in prop::collection::vec(
                prop::collection::vec(prop::option::of("[a-c张]{0,3}"), 0..40), 0..6),
            change in any::<(prop::sample::Index, u8)>(),
        ) {
            let (mut block, rows) = packed(&pieces);
            prop_assert_eq!(unpacked(&block, 0..rows.len()), Some(column(&rows)));
            let half = rows.len() / 2;
            prop_assert_eq!(unpacked(&block, half..rows.len()), Some(column(&rows[half..])));
            let place = change.0.index(block.len());
            block[place] ^= change.1;
            let _ = unpacked(&block, 0..rows.len());
        }
    }
}
