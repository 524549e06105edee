//! What a rule reads: columns as typed rows.
//!
//! A struct that derives `Inputs` is a row: each field is a column of its own name. `Option` fields are columns
//! that a plan needn't bind; a column that nothing is bound to reads as `None` in every row. Reading a row
//! allocates nothing.

use crate::contract::exports::attain::policy::rules::{Batch, TextColumn};
use crate::failure::{Failure, Result};
use crate::number::{Kind, NO_VALUE, Unit, Value};

/// Whether a plan must bind an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It must.
    Required,
    /// It may.
    Optional,
    /// These parameters have no use for it: it isn't declared, and reads as no value.
    Unused,
}

impl Need {
    /// Required where a condition holds, otherwise unused.
    pub fn if_so(condition: bool) -> Need {
        if condition { Need::Required } else { Need::Unused }
    }
}

/// An input as `bind` declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// What it is bound by.
    pub name: String,
    /// What its numbers mean.
    pub kind: Kind,
    /// Whether a plan must bind it.
    pub need: Need,
    /// What it is for.
    pub doc: String,
}

/// Declares a field of a row.
#[inline(never)]
pub fn declare(name: &'static str, doc: &'static str, kind: Kind, need: Need, inputs: &mut Vec<Input>) {
    inputs.push(Input { name: name.to_owned(), kind, need, doc: doc.to_owned() });
}

/// The most characters of a column's name.
pub(crate) const COLUMN_MAX: usize = 64;

/// What [`is_column_name`] accepts, in words.
pub const COLUMN_SHAPE: &str = "1 to 64 of `a-z`, `0-9` and `_`, beginning with a letter";

/// Whether a parameter's text can be the name of an input or an output.
pub fn is_column_name(text: &str) -> bool {
    let plain = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    plain && text.len() <= COLUMN_MAX && text.starts_with(|first: char| first.is_ascii_lowercase())
}

/// The rows of a policy with plan `P`. Derive it with `#[derive(Inputs)]`.
pub trait Inputs<'a, P>: Sized {
    /// The columns that rows are read from.
    type Columns: Copy;
    /// The inputs for these parameters, in order.
    fn declare(plan: &P, inputs: &mut Vec<Input>);
    /// Takes the columns from a batch, in the order of `declare`.
    fn columns(plan: &P, source: &mut Source<'a>) -> Self::Columns;
    /// A row, or the name of the input whose value is missing.
    fn read(columns: &Self::Columns, row: usize) -> std::result::Result<Self, &'static str>;
}

/// What a field of a row may be.
pub trait Cell<'a>: Sized {
    /// Its unit and decimals, unless the field says otherwise.
    const KIND: Kind;
    /// Whether it must be bound, unless the field says otherwise.
    const NEED: Need;
    /// What it is read from.
    type Column: Copy;
    /// Takes its column; `used` is false where it isn't declared.
    fn column(source: &mut Source<'a>, used: bool) -> Self::Column;
    /// The cell of a row; none where it must have a value and has none.
    fn read(column: Self::Column, row: usize) -> Option<Self>;
}

#[inline]
fn number<V: Value>(column: &[i64], row: usize) -> Option<V> {
    V::of_cell(column.get(row).copied().unwrap_or(NO_VALUE))
}

impl<'a, V: Value> Cell<'a> for V {
    const KIND: Kind = V::KIND;
    const NEED: Need = Need::Required;
    type Column = &'a [i64];
    fn column(source: &mut Source<'a>, used: bool) -> &'a [i64] {
        source.numbers(used)
    }
    #[inline]
    fn read(column: &'a [i64], row: usize) -> Option<V> {
        number(column, row)
    }
}

impl<'a, V: Value> Cell<'a> for Option<V> {
    const KIND: Kind = V::KIND;
    const NEED: Need = Need::Optional;
    type Column = &'a [i64];
    fn column(source: &mut Source<'a>, used: bool) -> &'a [i64] {
        source.numbers(used)
    }
    #[inline]
    fn read(column: &'a [i64], row: usize) -> Option<Option<V>> {
        Some(number(column, row))
    }
}

#[inline]
fn text(column: Option<&TextColumn>, row: usize) -> Option<&str> {
    let column = column?;
    let code = usize::try_from(*column.codes.get(row)?).ok()?;
    column.dictionary.get(code).map(String::as_str)
}

impl<'a> Cell<'a> for &'a str {
    const KIND: Kind = Kind::new(Unit::Text, 0);
    const NEED: Need = Need::Required;
    type Column = Option<&'a TextColumn>;
    fn column(source: &mut Source<'a>, used: bool) -> Self::Column {
        source.texts(used)
    }
    #[inline]
    fn read(column: Self::Column, row: usize) -> Option<&'a str> {
        text(column, row)
    }
}

impl<'a> Cell<'a> for Option<&'a str> {
    const KIND: Kind = Kind::new(Unit::Text, 0);
    const NEED: Need = Need::Optional;
    type Column = Option<&'a TextColumn>;
    fn column(source: &mut Source<'a>, used: bool) -> Self::Column {
        source.texts(used)
    }
    #[inline]
    fn read(column: Self::Column, row: usize) -> Option<Option<&'a str>> {
        Some(text(column, row))
    }
}

/// The cells of a row in the inputs that the parameters name, such as a scorecard's metrics: a field with
/// `#[input(each = path)]`, where `path` is a `fn(&Plan) -> Vec<Input>`.
#[derive(Clone, Copy)]
pub struct Cells<'a> {
    columns: CellColumns<'a>,
    row: usize,
}

/// The columns of the inputs that the parameters name, numbers and texts apart.
#[derive(Clone, Copy)]
pub struct CellColumns<'a> {
    numbers: &'a [Vec<i64>],
    texts: &'a [TextColumn],
}

impl<'a> Cells<'a> {
    /// Those of a row.
    #[inline]
    pub fn new(columns: CellColumns<'a>, row: usize) -> Cells<'a> {
        Cells { columns, row }
    }

    /// The number in the input of this index, counted among the inputs that are numbers, as a count of the unit
    /// that the input was declared with.
    #[inline]
    pub fn get(self, index: usize) -> Option<i64> {
        let cell = *self.columns.numbers.get(index)?.get(self.row)?;
        (cell != NO_VALUE).then_some(cell)
    }

    /// The name in the input of this index, counted among the inputs that are texts.
    #[inline]
    pub fn text(self, index: usize) -> Option<&'a str> {
        text(self.columns.texts.get(index), self.row)
    }
}

/// A batch whose columns are being taken.
pub struct Source<'a> {
    batch: &'a Batch,
    rows: usize,
    numbers: usize,
    texts: usize,
    wrong: Option<String>,
}

impl<'a> Source<'a> {
    /// No column taken yet.
    pub fn new(batch: &'a Batch) -> Source<'a> {
        let rows = usize::try_from(batch.rows).unwrap_or(usize::MAX);
        Source { batch, rows, numbers: 0, texts: 0, wrong: None }
    }

    /// How many rows the batch has.
    pub fn rows(&self) -> usize {
        self.rows
    }

    fn fits(&mut self, length: usize, column: impl FnOnce() -> String) -> bool {
        let fits = length == self.rows || length == 0;
        if !fits && self.wrong.is_none() {
            self.wrong = Some(format!("{} has {length} values, expected {}", column(), self.rows));
        }
        fits
    }

    /// The next column of numbers.
    pub fn numbers(&mut self, used: bool) -> &'a [i64] {
        self.several(usize::from(used)).first().map_or(&[], Vec::as_slice)
    }

    /// The next columns of these inputs, without those that aren't used.
    pub fn cells(&mut self, declared: &[Input]) -> CellColumns<'a> {
        let used = declared.iter().filter(|input| input.need != Need::Unused);
        let (texts, numbers): (Vec<&Input>, Vec<&Input>) =
            used.partition(|input| input.kind.unit == Unit::Text);
        CellColumns { numbers: self.several(numbers.len()), texts: self.several_texts(texts.len()) }
    }

    /// The next so many columns of numbers.
    fn several(&mut self, count: usize) -> &'a [Vec<i64>] {
        let first = self.numbers;
        self.numbers += count;
        let Some(columns) = self.batch.numbers.get(first..self.numbers) else {
            self.wrong.get_or_insert(format!("there are {} columns of numbers", self.batch.numbers.len()));
            return &[];
        };
        for (i, column) in columns.iter().enumerate() {
            if !self.fits(column.len(), || format!("column {} of numbers", first + i)) {
                return &[];
            }
        }
        columns
    }

    /// The next column of names.
    pub fn texts(&mut self, used: bool) -> Option<&'a TextColumn> {
        self.several_texts(usize::from(used)).first()
    }

    /// The next so many columns of names.
    fn several_texts(&mut self, count: usize) -> &'a [TextColumn] {
        let first = self.texts;
        self.texts += count;
        let Some(columns) = self.batch.texts.get(first..self.texts) else {
            self.wrong.get_or_insert(format!("there are {} columns of names", self.batch.texts.len()));
            return &[];
        };
        for (i, column) in columns.iter().enumerate() {
            if !self.fits(column.codes.len(), || format!("column {} of names", first + i)) {
                return &[];
            }
        }
        columns
    }

    /// Ends the taking: every column taken, none left, all of them of the right length.
    pub fn finish(self) -> Result<()> {
        let (numbers, texts) = (self.batch.numbers.len(), self.batch.texts.len());
        let wrong = self.wrong.or_else(|| {
            (numbers != self.numbers || texts != self.texts).then(|| {
                format!(
                    "{numbers} columns of numbers and {texts} of names, expected {} and {}",
                    self.numbers, self.texts
                )
            })
        });
        wrong.map_or(Ok(()), |wrong| {
            Err(Failure::batch(format!("the batch isn't what `bind` asked for: {wrong}")))
        })
    }
}
