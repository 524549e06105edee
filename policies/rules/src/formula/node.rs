//! A checked formula as a tree, and its value in a row. Nothing is allocated, nothing is rounded unless the
//! formula says `round`.
//!
//! Invariant: the parser makes no tree in which a number stands where a condition or a text must, so whoever
//! asks for one finds one. What can't be found is no value, never another value.

use attain_sdk::prelude::*;
use attain_sdk::{DECIMALS_MAX, NO_VALUE, overflow, power_of_ten};

/// How many names a `let` may have: their values stand in every row's place on the stack.
pub const LETS_MAX: usize = 32;

/// A part of a formula.
#[derive(Clone, Debug)]
pub enum Node {
    Number(Exact),
    Truth(bool),
    Text(String),
    /// An input's number: its column among those of numbers, its place among the inputs, and what its smallest
    /// part is.
    NumberInput {
        column: usize,
        input: u16,
        part: Exact,
    },
    FlagInput {
        column: usize,
        input: u16,
    },
    TextInput {
        column: usize,
        input: u16,
    },
    Let(usize),

    Negative(Box<Node>),
    Sum(Box<(Node, Node)>),
    Difference(Box<(Node, Node)>),
    Product(Box<(Node, Node)>),
    Quotient(Box<(Node, Node)>),
    Absolute(Box<Node>),
    Least(Vec<Node>),
    Greatest(Vec<Node>),
    /// To a multiple of `part`.
    Rounded {
        of: Box<Node>,
        part: Exact,
        mode: Round,
    },
    /// Whole months from a day to another.
    Months(Box<(Node, Node)>),
    /// Each slice of a number above a threshold, times what applies from there on.
    Marginal {
        of: Box<Node>,
        from: Vec<(Exact, Node)>,
    },

    Less(Box<(Node, Node)>),
    Equal(Box<(Node, Node)>),
    SameText(Box<(Node, Node)>),
    OneOf(Box<Node>, Vec<Exact>),
    OneOfTexts(Box<Node>, Vec<String>),
    And(Box<(Node, Node)>),
    Or(Box<(Node, Node)>),
    Not(Box<Node>),
    Missing(Shape, Box<Node>),

    If(Box<(Node, Node, Node)>),
    /// The first that has a value.
    Coalesce(Shape, Vec<Node>),
    /// What applies from the highest threshold on that is reached.
    Tiers {
        of: Box<Node>,
        from: Vec<(Exact, Node)>,
    },
    Lookup {
        of: Box<Node>,
        entries: Vec<(String, Node)>,
        otherwise: Option<Box<Node>>,
    },
}

/// What a tree gives, whatever it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Number,
    Truth,
    Text,
}

/// Why there is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// This input has none.
    Input(u16),
    /// Something is divided by zero.
    Zero,
    /// Nothing that a table of the formula lists fits.
    Unlisted,
}

/// The value of a name of `let`.
#[derive(Clone, Copy)]
pub enum Let<'r> {
    Number(Exact),
    Truth(bool),
    Text(&'r str),
    None(Cause),
}

/// What formulas see of a row.
pub struct Values<'r> {
    cells: Cells<'r>,
    lets: [Let<'r>; LETS_MAX],
}

type Maybe<T> = Result<T, Cause>;

impl<'r> Values<'r> {
    /// Computes the names of `let`, each of which may use those before it.
    pub fn new(cells: Cells<'r>, lets: impl Iterator<Item = (&'r Node, Shape)>) -> Values<'r> {
        let mut values = Values { cells, lets: [Let::None(Cause::Unlisted); LETS_MAX] };
        for (i, (node, shape)) in lets.enumerate() {
            let value = match shape {
                Shape::Number => values.number(node).map(Let::Number),
                Shape::Truth => values.truth(node).map(Let::Truth),
                Shape::Text => values.text(node).map(Let::Text),
            };
            if let Some(place) = values.lets.get_mut(i) {
                *place = value.unwrap_or_else(Let::None);
            }
        }
        values
    }

    /// The value of a name of `let`.
    pub fn of_let(&self, index: usize) -> Let<'r> {
        self.lets.get(index).copied().unwrap_or(Let::None(Cause::Unlisted))
    }

    /// The cell of a column of numbers.
    pub fn cell(&self, column: usize) -> i64 {
        self.cells.get(column).unwrap_or(NO_VALUE)
    }

    /// A number; a day is the number of days since 1970-01-01.
    pub fn number(&self, node: &'r Node) -> Maybe<Exact> {
        match node {
            Node::Number(number) => Ok(*number),
            Node::NumberInput { column, input, part } => {
                let cell = self.cells.get(*column).ok_or(Cause::Input(*input))?;
                Ok(*part * Exact::whole(cell))
            }
            Node::Let(index) => match self.of_let(*index) {
                Let::Number(number) => Ok(number),
                Let::None(cause) => Err(cause),
                Let::Truth(_) | Let::Text(_) => Err(Cause::Unlisted),
            },
            Node::Negative(of) => Ok(-self.number(of)?),
            Node::Sum(of) => Ok(self.number(&of.0)? + self.number(&of.1)?),
            Node::Difference(of) => Ok(self.number(&of.0)? - self.number(&of.1)?),
            Node::Product(of) => Ok(self.number(&of.0)? * self.number(&of.1)?),
            Node::Quotient(of) => {
                let dividend = self.number(&of.0)?;
                dividend.over(self.number(&of.1)?).ok_or(Cause::Zero)
            }
            Node::Absolute(of) => {
                let number = self.number(of)?;
                Ok(if number.is_negative() { -number } else { number })
            }
            Node::Least(of) => self.chosen_number(of, Exact::at_most),
            Node::Greatest(of) => self.chosen_number(of, Exact::at_least),
            Node::Rounded { of, part, mode } => {
                let parts: Amount = self.number(of)?.over(*part).ok_or(Cause::Zero)?.round(*mode);
                Ok(*part * parts)
            }
            Node::Months(of) => {
                let months = day(self.number(&of.0)?).months_to(day(self.number(&of.1)?));
                Ok(Exact::whole(months.into()))
            }
            Node::Marginal { of, from } => self.marginal(self.number(of)?, from),
            other => self.number(self.branch(other)?),
        }
    }

    /// Whether a condition holds. What is certain whatever a missing value is, is certain.
    pub fn truth(&self, node: &'r Node) -> Maybe<bool> {
        match node {
            Node::Truth(truth) => Ok(*truth),
            Node::FlagInput { column, input } => {
                self.cells.get(*column).map(|flag| flag != 0).ok_or(Cause::Input(*input))
            }
            Node::Let(index) => match self.of_let(*index) {
                Let::Truth(truth) => Ok(truth),
                Let::None(cause) => Err(cause),
                Let::Number(_) | Let::Text(_) => Err(Cause::Unlisted),
            },
            Node::Less(of) => Ok(self.number(&of.0)? < self.number(&of.1)?),
            Node::Equal(of) => Ok(self.number(&of.0)? == self.number(&of.1)?),
            Node::SameText(of) => Ok(self.text(&of.0)? == self.text(&of.1)?),
            Node::OneOf(of, numbers) => {
                let number = self.number(of)?;
                Ok(numbers.contains(&number))
            }
            Node::OneOfTexts(of, texts) => {
                let text = self.text(of)?;
                Ok(texts.iter().any(|listed| listed == text))
            }
            Node::And(of) => self.unless(&of.0, &of.1, false),
            Node::Or(of) => self.unless(&of.0, &of.1, true),
            Node::Not(of) => Ok(!self.truth(of)?),
            Node::Missing(shape, of) => Ok(!self.has_value(*shape, of)),
            other => self.truth(self.branch(other)?),
        }
    }

    /// A text.
    pub fn text(&self, node: &'r Node) -> Maybe<&'r str> {
        match node {
            Node::Text(text) => Ok(text),
            Node::TextInput { column, input } => self.cells.text(*column).ok_or(Cause::Input(*input)),
            Node::Let(index) => match self.of_let(*index) {
                Let::Text(text) => Ok(text),
                Let::None(cause) => Err(cause),
                Let::Number(_) | Let::Truth(_) => Err(Cause::Unlisted),
            },
            other => self.text(self.branch(other)?),
        }
    }

    /// The part of a choice that applies, whatever it gives.
    fn branch(&self, node: &'r Node) -> Maybe<&'r Node> {
        match node {
            Node::If(of) => Ok(if self.truth(&of.0)? { &of.1 } else { &of.2 }),
            Node::Coalesce(shape, of) => {
                // The last explains why there is no value, where no part has one.
                let found = of.iter().find(|part| self.has_value(*shape, part));
                found.or(of.last()).ok_or(Cause::Unlisted)
            }
            Node::Tiers { of, from } => {
                let number = self.number(of)?;
                let reached = from.iter().take_while(|(from, _)| number >= *from).last();
                reached.map(|(_, node)| node).ok_or(Cause::Unlisted)
            }
            Node::Lookup { of, entries, otherwise } => {
                let text = self.text(of)?;
                let found = entries.iter().find(|(listed, _)| listed == text).map(|(_, node)| node);
                found.or(otherwise.as_deref()).ok_or(Cause::Unlisted)
            }
            _ => Err(Cause::Unlisted),
        }
    }

    fn has_value(&self, shape: Shape, node: &'r Node) -> bool {
        match shape {
            Shape::Number => self.number(node).is_ok(),
            Shape::Truth => self.truth(node).is_ok(),
            Shape::Text => self.text(node).is_ok(),
        }
    }

    fn chosen_number(&self, of: &'r [Node], choose: impl Fn(Exact, Exact) -> Exact) -> Maybe<Exact> {
        let mut chosen = None;
        for node in of {
            let number = self.number(node)?;
            chosen = Some(chosen.map_or(number, |chosen| choose(chosen, number)));
        }
        chosen.ok_or(Cause::Unlisted)
    }

    /// Two conditions of which one alone may decide: a false one an `and`, a true one an `or`.
    fn unless(&self, one: &'r Node, two: &'r Node, decides: bool) -> Maybe<bool> {
        match self.truth(one) {
            Ok(one) if one == decides => Ok(decides),
            Ok(_) => self.truth(two),
            Err(cause) => {
                if self.truth(two) == Ok(decides) {
                    Ok(decides)
                } else {
                    Err(cause)
                }
            }
        }
    }

    fn marginal(&self, number: Exact, from: &'r [(Exact, Node)]) -> Maybe<Exact> {
        let mut sum = Exact::ZERO;
        for (i, (threshold, rate)) in from.iter().enumerate() {
            if number <= *threshold {
                break;
            }
            let end = from.get(i + 1).map_or(number, |(next, _)| number.at_most(*next));
            sum += (end - *threshold) * self.number(rate)?;
        }
        Ok(sum)
    }
}

/// A day from its number; an hour of a day is that day.
fn day(number: Exact) -> Date {
    let days: Count = number.round(Round::Floor);
    Date::from_days(i32::try_from(days.units()).unwrap_or_else(|_| {
        overflow::mark();
        0
    }))
}

/// How many decimals a number needs, where it has so few.
fn decimals(number: Exact) -> Option<u8> {
    let is_enough = |decimals: &u8| (number * Exact::whole(power_of_ten(*decimals))).reduced().parts().1 == 1;
    (0..=DECIMALS_MAX).find(is_enough)
}

impl Node {
    /// Whether it is written down: it has no formula.
    pub fn is_constant(&self) -> bool {
        matches!(self, Node::Number(_) | Node::Truth(_) | Node::Text(_))
    }

    /// So many decimals are certain to be enough; none where nobody can say, as of a quotient.
    pub fn decimals(&self) -> Option<u8> {
        let most =
            |of: &[&Node]| of.iter().map(|node| node.decimals()).try_fold(0, |most, of| Some(of?.max(most)));
        match self {
            Node::Number(number) | Node::NumberInput { part: number, .. } => decimals(*number),
            Node::Months(_) => Some(0),
            Node::Negative(of) | Node::Absolute(of) => of.decimals(),
            Node::Sum(of) | Node::Difference(of) => most(&[&of.0, &of.1]),
            Node::Product(of) => Some(of.0.decimals()?.saturating_add(of.1.decimals()?)),
            Node::Least(of) | Node::Greatest(of) | Node::Coalesce(_, of) => {
                most(&of.iter().collect::<Vec<_>>())
            }
            Node::Rounded { part, .. } => decimals(*part),
            Node::If(of) => most(&[&of.1, &of.2]),
            Node::Tiers { from, .. } => most(&from.iter().map(|(_, node)| node).collect::<Vec<_>>()),
            Node::Lookup { entries, otherwise, .. } => {
                most(&entries.iter().map(|(_, node)| node).chain(otherwise.as_deref()).collect::<Vec<_>>())
            }
            _ => None,
        }
    }

    /// The texts that it may give, as far as they are written down, and whether those are all.
    pub fn texts<'n>(&'n self, found: &mut Vec<&'n str>) -> bool {
        match self {
            Node::Text(text) => {
                if !found.contains(&text.as_str()) {
                    found.push(text);
                }
                true
            }
            // Not `all`: each is looked at.
            Node::If(of) => of.1.texts(found) & of.2.texts(found),
            Node::Coalesce(_, of) => of.iter().fold(true, |all, node| node.texts(found) & all),
            Node::Tiers { from, .. } => from.iter().fold(true, |all, (_, node)| node.texts(found) & all),
            Node::Lookup { entries, otherwise, .. } => {
                let nodes = entries.iter().map(|(_, node)| node).chain(otherwise.as_deref());
                nodes.fold(true, |all, node| node.texts(found) & all)
            }
            _ => false,
        }
    }
}
