//! Formulas: from text to a checked tree, and from a tree and a row to a value.
//!
//! In:  a text, and the names it may use. Out: a [`Formula`], or a [`Refusal`] with the character it is about.
//! What was accepted can't go wrong in a row, except that there is no value ([`Cause`]) or that a number doesn't
//! fit, which leaves the SDK's mark.

mod call;
mod lexer;
mod node;
mod parser;
mod sort;

pub use lexer::mentions;
pub use node::{Cause, LETS_MAX, Let, Node, Shape, Values};
pub use parser::{Known, RESERVED, Scope, parse};
pub use sort::{Measure, Sort};

/// A formula, parsed and checked.
#[derive(Clone, Debug)]
pub struct Formula {
    /// How it is computed.
    pub node: Node,
    /// What it gives.
    pub sort: Sort,
}

/// What is wrong with a formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The character it is about, from 1.
    pub at: usize,
    /// For programs.
    pub code: &'static str,
    /// For people.
    pub what: String,
}

impl Refusal {
    fn new(at: usize, code: &'static str, what: impl Into<String>) -> Refusal {
        Refusal { at, code, what: what.into() }
    }

    /// What isn't written as a formula is.
    fn syntax(at: usize, what: impl Into<String>) -> Refusal {
        Refusal::new(at, "not-a-formula", what)
    }

    /// What counts something else than it must.
    fn unit(at: usize, what: impl Into<String>) -> Refusal {
        Refusal::new(at, "wrong-unit", what)
    }
}
