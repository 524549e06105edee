//! What the rule works with.

mod making;

use crate::formula::{Formula, Node, Shape, Sort, Values};
use crate::sentences::Sentences;
use crate::terms::{Combine, Hit, Undecided, Word};
use attain_sdk::prelude::*;

/// How many outputs the parameters may name: a row's outputs stand in its place on the stack.
pub const OUTPUTS_MAX: usize = 16;

/// What the rule works with.
pub struct Plan {
    inputs: Vec<Input>,
    pub lets: Vec<Named>,
    pub outputs: Vec<Target>,
    pub rows: Vec<Line>,
    pub otherwise: Option<Line>,
    pub hit: Hit,
    pub undecided: Undecided,
    /// How many of the currency's smallest part make one.
    pub money_scale: Exact,
}

/// A name of `let`.
pub struct Named {
    pub name: String,
    pub text: String,
    pub formula: Formula,
    /// For a text, all that it can be, where the formula says so.
    pub texts: Option<Vec<String>>,
}

impl Named {
    fn new(name: String, text: String, formula: Formula) -> Named {
        let mut texts = Vec::new();
        let is_all = formula.sort == Sort::Text && formula.node.texts(&mut texts);
        let texts = is_all.then(|| texts.into_iter().map(str::to_owned).collect());
        Named { name, text, formula, texts }
    }

    /// Whether a sentence can show its value: a text only where all that it can be is known beforehand.
    pub fn is_shown(&self) -> bool {
        self.formula.sort != Sort::Text || self.texts.is_some()
    }
}

/// An output.
pub struct Target {
    pub name: String,
    pub word: Word,
    pub kind: Kind,
    pub role: Role,
    /// How many of its smallest part make one.
    pub scale: Exact,
    pub round: Round,
    pub combine: Combine,
    pub labels: Vec<Words>,
    doc: String,
}

/// A row of the table, or what applies otherwise.
pub struct Line {
    /// None: always.
    pub when: Option<(String, Node)>,
    /// By output, in their order: its index, the formula's text, and the formula.
    pub then: Vec<(usize, String, Node)>,
    pub because: Option<Words>,
    /// What its sentence shows.
    pub shown: Vec<Shown>,
}

/// A number in the sentence of a row.
#[derive(Clone)]
pub struct Shown {
    pub name: String,
    pub of: Of,
}

/// What a number in a sentence is of.
#[derive(Clone, Copy, PartialEq)]
pub enum Of {
    /// An input: its place, and its column among those of numbers.
    Input(usize, usize),
    /// A name of `let`.
    Let(usize),
    /// What the row gives to an output.
    Output(usize),
}

impl Plan {
    pub fn inputs(&self) -> Vec<Input> {
        self.inputs.clone()
    }

    pub fn outputs(&self) -> Vec<Output> {
        let output = |target: &Target| Output {
            labels: target.labels.clone(),
            ..Output::new(&target.name, target.kind, target.role, &target.doc)
        };
        self.outputs.iter().map(output).collect()
    }

    pub fn sentences(&self) -> Vec<RuleText> {
        Sentences::of(self).all()
    }

    /// An input by its place.
    pub fn input(&self, index: usize) -> Option<&Input> {
        self.inputs.get(index)
    }

    /// What formulas see of a row.
    pub fn values<'r>(&'r self, cells: Cells<'r>) -> Values<'r> {
        Values::new(cells, self.lets.iter().map(|named| (&named.formula.node, named.formula.sort.shape())))
    }
}

impl Target {
    /// The index of a label by any of its names.
    pub fn label(&self, text: &str) -> Option<usize> {
        self.labels.iter().position(|label| label.iter().any(|(_, name)| name == text))
    }

    /// What its formulas give.
    pub fn shape(&self) -> Shape {
        Sort::of(self.kind.unit).shape()
    }
}
