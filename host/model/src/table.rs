//! Tables of columns: what a snapshot holds, what a policy reads, what a run gives.

use crate::digest::{Canonical, Digest};
use crate::number::NO_VALUE;
use crate::unit::Type;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// The code of a text cell without a value.
pub const NO_TEXT: u32 = u32::MAX;

/// Names as numbers: a sorted dictionary of what occurs, and an index into it for each row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextColumn {
    /// The distinct texts, rising by code point.
    pub dictionary: Vec<String>,
    /// A value a row; [`NO_TEXT`] is no value.
    pub codes: Vec<u32>,
}

impl TextColumn {
    /// Makes the column from a text a row.
    pub fn from_rows<'a>(rows: impl IntoIterator<Item = Option<&'a str>>) -> TextColumn {
        let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
        let mut first_codes: Vec<u32> = Vec::new();
        for row in rows {
            first_codes.push(match row {
                None => NO_TEXT,
                Some(text) => {
                    let next = u32::try_from(seen.len()).unwrap_or(NO_TEXT);
                    *seen.entry(text).or_insert(next)
                }
            });
        }
        let mut rank = vec![0u32; seen.len()];
        for (sorted, code) in seen.values().enumerate() {
            if let (Some(slot), Ok(sorted)) = (rank.get_mut(*code as usize), u32::try_from(sorted)) {
                *slot = sorted;
            }
        }
        let codes = first_codes.into_iter().map(|code| rank.get(code as usize).copied().unwrap_or(NO_TEXT));
        TextColumn { codes: codes.collect(), dictionary: seen.into_keys().map(String::from).collect() }
    }

    /// The text of a row.
    pub fn get(&self, row: usize) -> Option<&str> {
        let code = *self.codes.get(row)?;
        self.dictionary.get(code as usize).map(String::as_str)
    }

    /// The texts, row by row.
    pub fn iter(&self) -> impl Iterator<Item = Option<&str>> {
        self.codes.iter().map(|code| self.dictionary.get(*code as usize).map(String::as_str))
    }

    /// The rows named, in the order named, with a dictionary of what occurs in them.
    pub fn gather(&self, rows: &[usize]) -> TextColumn {
        let mut used = vec![false; self.dictionary.len()];
        for row in rows {
            if let Some(slot) = self.codes.get(*row).and_then(|code| used.get_mut(*code as usize)) {
                *slot = true;
            }
        }
        let mut next = 0u32;
        let mut dictionary = Vec::new();
        let new_codes: Vec<u32> = (used.iter().zip(&self.dictionary))
            .map(|(used, text)| {
                if !used {
                    return NO_TEXT;
                }
                dictionary.push(text.clone());
                next += 1;
                next - 1
            })
            .collect();
        let code_of = |row: &usize| {
            self.codes.get(*row).and_then(|code| new_codes.get(*code as usize)).copied().unwrap_or(NO_TEXT)
        };
        TextColumn { dictionary, codes: rows.iter().map(code_of).collect() }
    }
}

/// The cells of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// Integers scaled by the type's decimals; [`NO_VALUE`] is no value.
    Numbers(Vec<i64>),
    /// Names.
    Texts(TextColumn),
}

impl Data {
    /// How many rows.
    pub fn len(&self) -> usize {
        match self {
            Data::Numbers(numbers) => numbers.len(),
            Data::Texts(texts) => texts.codes.len(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The cells of several columns of one kind, one after the other; none of none.
    pub fn concat<'a>(pieces: impl IntoIterator<Item = &'a Data>) -> Option<Data> {
        let pieces: Vec<&Data> = pieces.into_iter().collect();
        let numbers = |piece: &&'a Data| match piece {
            Data::Numbers(numbers) => Some(numbers),
            Data::Texts(_) => None,
        };
        let texts = |piece: &&'a Data| match piece {
            Data::Texts(texts) => Some(texts),
            Data::Numbers(_) => None,
        };
        Some(match pieces.first()? {
            Data::Numbers(_) => Data::Numbers(pieces.iter().filter_map(numbers).flatten().copied().collect()),
            Data::Texts(_) => {
                Data::Texts(TextColumn::from_rows(pieces.iter().filter_map(texts).flat_map(TextColumn::iter)))
            }
        })
    }

    /// The rows named, in the order named; a row that isn't there has no value.
    pub fn gather(&self, rows: &[usize]) -> Data {
        match self {
            Data::Numbers(numbers) => {
                Data::Numbers(rows.iter().map(|row| numbers.get(*row).copied().unwrap_or(NO_VALUE)).collect())
            }
            Data::Texts(texts) => Data::Texts(texts.gather(rows)),
        }
    }
}

/// A named, typed column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name within the table.
    pub name: String,
    /// What its numbers mean.
    pub kind: Type,
    /// Its cells.
    pub data: Data,
}

impl Column {
    /// The numbers, unless it holds texts.
    pub fn numbers(&self) -> Option<&[i64]> {
        match &self.data {
            Data::Numbers(numbers) => Some(numbers),
            Data::Texts(_) => None,
        }
    }

    /// The texts, unless it holds numbers.
    pub fn texts(&self) -> Option<&TextColumn> {
        match &self.data {
            Data::Texts(texts) => Some(texts),
            Data::Numbers(_) => None,
        }
    }

    /// The digest of its cells: numbers little-endian, texts one after the other; no dictionary, no name.
    pub fn digest(&self) -> Digest {
        let mut form = ColumnDigest::new(self.kind);
        form.add(&self.data);
        form.finish()
    }
}

/// The digest of a column that comes in pieces. The pieces don't show in the result.
#[derive(Clone)]
pub struct ColumnDigest {
    form: Canonical,
    rows: usize,
}

impl ColumnDigest {
    /// A column of this type, no row yet.
    pub fn new(kind: Type) -> Self {
        let mut form = Canonical::new("attain.column.v1");
        form.text(kind.unit.name()).count(usize::from(kind.decimals));
        ColumnDigest { form, rows: 0 }
    }

    /// Adds rows of numbers.
    pub fn add_numbers(&mut self, numbers: &[i64]) {
        self.rows += numbers.len();
        self.form.numbers(numbers);
    }

    /// Adds rows.
    pub fn add(&mut self, data: &Data) {
        match data {
            Data::Numbers(numbers) => self.add_numbers(numbers),
            Data::Texts(texts) => {
                self.rows += texts.codes.len();
                for text in texts.iter() {
                    match text {
                        None => self.form.number(NO_VALUE),
                        Some(text) => self.form.text(text),
                    };
                }
            }
        }
    }

    /// The digest of all rows so far.
    pub fn finish(mut self) -> Digest {
        self.form.count(self.rows);
        self.form.finish()
    }
}

/// Columns of equal length under one name. Rows stand in canonical order; who makes a table sorts it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// `people`, `deals`, `targets`, ...
    pub name: String,
    /// How many rows every column has.
    pub rows: usize,
    /// In the order of the file or the declaration.
    pub columns: Vec<Column>,
}

impl Table {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The places of the rows in canonical order: by participant, by `from`, then by every other column as it stands.
    /// Rows that are equal in all of them keep no order of their own.
    pub fn canonical_order(&self) -> Vec<usize> {
        let first = ["participant", "from"];
        let mut keys: Vec<&Column> = first.iter().filter_map(|name| self.column(name)).collect();
        keys.extend(self.columns.iter().filter(|column| !first.contains(&column.name.as_str())));
        let mut order: Vec<usize> = (0..self.rows).collect();
        order.sort_unstable_by(|a, b| compare_rows(&keys, *a, *b));
        order
    }

    /// The rows of several tables of the same columns, one after the other; none of none.
    pub fn concat(pieces: Vec<Table>) -> Option<Table> {
        let first = pieces.first()?;
        let mut whole = Table { name: first.name.clone(), rows: 0, columns: Vec::new() };
        for (place, column) in first.columns.iter().enumerate() {
            let cells = pieces.iter().filter_map(|piece| piece.columns.get(place)).map(|column| &column.data);
            let data = Data::concat(cells).unwrap_or(Data::Numbers(Vec::new()));
            whole.columns.push(Column { name: column.name.clone(), kind: column.kind, data });
        }
        whole.rows = pieces.iter().map(|piece| piece.rows).sum();
        Some(whole)
    }

    /// The rows named, in the order named.
    pub fn gather(&self, rows: &[usize]) -> Table {
        let columns = self.columns.iter().map(|column| Column {
            name: column.name.clone(),
            kind: column.kind,
            data: column.data.gather(rows),
        });
        Table { name: self.name.clone(), rows: rows.len(), columns: columns.collect() }
    }
}

/// Compares two rows by these columns, the first that differs deciding.
pub fn compare_rows(columns: &[&Column], a: usize, b: usize) -> Ordering {
    let of_column = |column: &&Column| match &column.data {
        Data::Numbers(numbers) => numbers.get(a).cmp(&numbers.get(b)),
        // The dictionary is sorted, so codes compare as their texts.
        Data::Texts(texts) => texts.codes.get(a).cmp(&texts.codes.get(b)),
    };
    columns.iter().map(of_column).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_column_is_sorted_and_holds_only_what_occurs() {
        let column = TextColumn::from_rows([Some("b"), None, Some("a"), Some("b")]);
        assert_eq!(column.dictionary, ["a", "b"]);
        assert_eq!(column.codes, [1, NO_TEXT, 0, 1]);
        let gathered = column.gather(&[3, 1]);
        assert_eq!(gathered.dictionary, ["b"]);
        assert_eq!(gathered.codes, [0, NO_TEXT]);
    }

    #[test]
    fn pieces_do_not_show_in_a_digest() {
        let whole = Data::Numbers((0..5000).collect());
        let kind = Type::new(crate::Unit::Money, 2).unwrap();
        let mut pieces = ColumnDigest::new(kind);
        pieces.add(&Data::Numbers((0..7).collect()));
        pieces.add(&Data::Numbers((7..5000).collect()));
        assert_eq!(pieces.finish(), Column { name: "x".into(), kind, data: whole }.digest());
    }
}
