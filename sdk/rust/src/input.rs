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
    columns: &'a [Vec<i64>],
    row: usize,
}

impl<'a> Cells<'a> {
    /// Those of a row.
    #[inline]
    pub fn new(columns: &'a [Vec<i64>], row: usize) -> Cells<'a> {
        Cells { columns, row }
    }

    /// The number in the input of this index, as a count of the unit that the input was declared with.
    #[inline]
    pub fn get(self, index: usize) -> Option<i64> {
        let cell = *self.columns.get(index)?.get(self.row)?;
        (cell != NO_VALUE).then_some(cell)
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

    /// The next so many columns of numbers.
    pub fn several(&mut self, count: usize) -> &'a [Vec<i64>] {
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
        if !used {
            return None;
        }
        let index = self.texts;
        self.texts += 1;
        let column = self.batch.texts.get(index);
        if column.is_none() {
            self.wrong.get_or_insert(format!("there are {index} columns of names"));
        }
        column.filter(|column| self.fits(column.codes.len(), || format!("column {index} of names")))
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
