//! What a rule gives: typed values as columns.

use crate::json::Json;
use crate::number::{Amount, Kind, NO_VALUE, Value};
use crate::parameter::{Choice, Parameter, Path, Reading, Schema};
use std::borrow::Cow;
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
    /// Every role, in the order of their words.
    const ALL: [Role; 8] = [
        Role::Pay,
        Role::Score,
        Role::Factor,
        Role::Award,
        Role::Alert,
        Role::TargetChange,
        Role::Info,
        Role::Carry,
    ];

    /// The word for it.
    pub fn name(self) -> &'static str {
        ROLES.get(self as usize).map_or("info", |role| role.name)
    }
}

/// The words for [`Role::ALL`].
const ROLES: &[Choice] = &[
    Choice::word("pay", "Adds to the payout."),
    Choice::word("score", "Points for people to see."),
    Choice::word("factor", "A multiplier for a later step."),
    Choice::word("award", "An honour or a privilege."),
    Choice::word("alert", "A warning."),
    Choice::word("target-change", "A proposal to change a target."),
    Choice::word("info", "Nothing: it is there to be read."),
    Choice::word("carry", "An input of the same step in the next period."),
];

impl Parameter for Role {
    const SCHEMA: Schema = Schema::Choice(ROLES);
    fn read(value: &Json, at: &Path<'_>, reading: &mut Reading<'_>) -> Option<Role> {
        Role::ALL.get(reading.word(value, at, ROLES)?).copied()
    }
}

/// The same text in each language, `en` among them: pairs of a language's code and the text.
pub type Words = Vec<(Cow<'static, str>, Cow<'static, str>)>;

/// Words that are part of the policy.
pub fn words(of: &[(&'static str, &'static str)]) -> Words {
    of.iter().map(|(language, text)| (Cow::Borrowed(*language), Cow::Borrowed(*text))).collect()
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
    pub labels: Vec<Words>,
    /// What it says.
    pub doc: String,
}

impl Output {
    /// A value a row, of this kind.
    pub fn new(name: &str, kind: Kind, role: Role, doc: &str) -> Output {
        let (name, doc) = (name.to_owned(), doc.to_owned());
        Output { name, kind, role, per_group: false, fold: None, labels: Vec::new(), doc }
    }
}

/// What a field of the outputs says of itself, whatever the parameters.
pub struct OutputField {
    /// What later steps and readers call it.
    pub name: &'static str,
    /// What it says.
    pub doc: &'static str,
    /// How rows of another table become one value a person.
    pub fold: Option<&'static str>,
    /// Whether it has a value a group.
    pub per_group: bool,
    /// What its values are called, where it is a label.
    pub labels: &'static [&'static [(&'static str, &'static str)]],
}

impl OutputField {
    /// Declares it.
    #[inline(never)]
    pub fn declare(&self, kind: Kind, role: Role, outputs: &mut Vec<Output>) {
        let labels = self.labels.iter().map(|label| words(label)).collect();
        let OutputField { name, doc, fold, per_group, .. } = *self;
        outputs.push(Output { fold, per_group, labels, ..Output::new(name, kind, role, doc) });
    }
}

/// What a rule gives, under a plan `P`. Derive it with `#[derive(Outputs)]`.
pub trait Outputs<P> {
    /// The columns that values are written to.
    type Columns;
    /// How many outputs it has room for.
    const MOST: usize;
    /// The outputs for these parameters, in order.
    fn declare(plan: &P, outputs: &mut Vec<Output>);
    /// Columns of so many cells, each to be written.
    fn columns(plan: &P, rows: usize) -> Self::Columns;
    /// Writes a cell of each column.
    fn write(self, columns: &mut Self::Columns, row: usize);
    /// The columns, in the order of `declare`.
    fn finish(columns: Self::Columns, all: &mut Vec<Vec<i64>>);
}

/// A group policy that gives nothing per group.
impl<P> Outputs<P> for () {
    type Columns = ();
    const MOST: usize = 0;
    fn declare(_: &P, _: &mut Vec<Output>) {}
    fn columns(_: &P, _: usize) {}
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

/// The values of a row in the outputs that the parameters name, such as a plan's awards: a field with
/// `#[output(each = path)]`, where `path` is a `fn(&Plan) -> Vec<Output>`. There is room for `N` of them, so that a
/// row allocates nothing; parameters that name more are refused.
///
/// ```
/// use attain_sdk::prelude::*;
/// let mut given = Several::<8>::NONE;
/// given.set(0, Amount::from_units(12_50));
/// given.set(1, true);
/// ```
#[derive(Clone, Copy)]
pub struct Several<const N: usize>([i64; N]);

impl<const N: usize> Several<N> {
    /// How many there may be.
    pub const MOST: usize = N;
    /// No value in any.
    pub const NONE: Several<N> = Several([NO_VALUE; N]);

    /// Gives the output of this index a value, as a count of the unit that the output was declared with.
    #[inline]
    pub fn set(&mut self, index: usize, value: impl Given) {
        put(&mut self.0, index, value.cell());
    }

    /// Columns for the outputs that were declared, each cell to be written.
    #[doc(hidden)]
    pub fn columns(declared: &[Output], rows: usize) -> Vec<Vec<i64>> {
        vec![vec![0; rows]; declared.len()]
    }

    /// Writes a cell of each column.
    #[doc(hidden)]
    #[inline]
    pub fn write(&self, columns: &mut [Vec<i64>], row: usize) {
        for (column, cell) in columns.iter_mut().zip(self.0) {
            put(column, row, cell);
        }
    }
}

impl<const N: usize> Default for Several<N> {
    fn default() -> Several<N> {
        Several::NONE
    }
}

/// The outputs that parameters name, as a rule refers to them: `Earned::AWARDS.at(2)`.
#[derive(Clone, Copy)]
pub struct SeveralColumns {
    first: u16,
}

impl SeveralColumns {
    /// By the index of the first among the outputs of a row.
    pub const fn new(first: u16) -> SeveralColumns {
        SeveralColumns { first }
    }

    /// That of this index among them.
    pub fn at(self, index: usize) -> Column<Amount> {
        Column::new(u16::try_from(index).unwrap_or(u16::MAX).saturating_add(self.first))
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
