//! What a rule gives: typed values as columns.

use crate::number::{Kind, NO_VALUE, Value};
use std::marker::PhantomData;

/// What the host does with an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Adds to the payout.
    Pay,
    /// Points for people to see.
    Score,
    /// A multiplier for a later step.
    Factor,
    /// An honour or a privilege.
    Award,
    /// A warning.
    Alert,
    /// A proposal to change a target.
    TargetChange,
    /// Nothing: it is there to be read.
    Info,
    /// An input of the same step in the next period.
    Carry,
}

impl Role {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Role::Pay => "pay",
            Role::Score => "score",
            Role::Factor => "factor",
            Role::Award => "award",
            Role::Alert => "alert",
            Role::TargetChange => "target-change",
            Role::Info => "info",
            Role::Carry => "carry",
        }
    }
}

/// An output as `bind` declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// What later steps and readers call it.
    pub name: String,
    /// What its numbers mean.
    pub kind: Kind,
    /// What the host does with it.
    pub role: Role,
    /// Whether it has a value a group instead of a value a row.
    pub per_group: bool,
    /// How rows of another table than `people` become one value a person.
    pub fold: Option<&'static str>,
    /// What its values are called, where it is a label.
    pub labels: &'static [&'static [(&'static str, &'static str)]],
    /// What it says.
    pub doc: String,
}

/// What a rule gives, under a plan `P`. Derive it with `#[derive(Outputs)]`.
pub trait Outputs<P> {
    /// The columns that values are written to.
    type Columns;
    /// The outputs for these parameters, in order.
    fn declare(plan: &P, outputs: &mut Vec<Output>);
    /// Columns of so many cells, each to be written.
    fn columns(rows: usize) -> Self::Columns;
    /// Writes a cell of each column.
    fn write(self, columns: &mut Self::Columns, row: usize);
    /// The columns, in the order of `declare`.
    fn finish(columns: Self::Columns, all: &mut Vec<Vec<i64>>);
}

/// A group policy that gives nothing per group.
impl<P> Outputs<P> for () {
    type Columns = ();
    fn declare(_: &P, _: &mut Vec<Output>) {}
    fn columns(_: usize) {}
    fn write(self, _: &mut (), _: usize) {}
    fn finish(_: (), _: &mut Vec<Vec<i64>>) {}
}

/// Writes a cell, which is there.
#[inline]
pub fn put(column: &mut [i64], row: usize, cell: i64) {
    if let Some(place) = column.get_mut(row) {
        *place = cell;
    }
}

/// What a field of an output or of a step may be.
pub trait Given {
    /// The number in it.
    type Number: Value;
    /// Its unit and decimals.
    const KIND: Kind = <Self::Number as Value>::KIND;
    /// The cell.
    fn cell(&self) -> i64;
}

impl<V: Value> Given for V {
    type Number = V;
    #[inline]
    fn cell(&self) -> i64 {
        self.to_cell()
    }
}

impl<V: Value> Given for Option<V> {
    type Number = V;
    #[inline]
    fn cell(&self) -> i64 {
        self.map_or(NO_VALUE, V::to_cell)
    }
}

/// An output as a rule refers to it: `Earned::COMMISSION`.
pub struct Column<N> {
    index: u16,
    number: PhantomData<N>,
}

impl<N> Column<N> {
    /// By its index among the outputs of a row.
    pub const fn new(index: u16) -> Column<N> {
        Column { index, number: PhantomData }
    }

    /// Its index.
    pub const fn index(self) -> u16 {
        self.index
    }
}

impl<N> Clone for Column<N> {
    fn clone(&self) -> Column<N> {
        *self
    }
}

impl<N> Copy for Column<N> {}
