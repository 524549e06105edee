//! From words and signs to a checked tree, in one pass: what is read is checked at once, where it stands.

use super::lexer::{Placed, Token, tokens};
use super::{Formula, Measure, Node, Refusal, Shape, Sort};
use attain_sdk::{Exact, hint};

/// The longest formula, in words and signs. It bounds how deep its tree is.
const TOKENS_MAX: usize = 400;
/// How many parentheses and functions may stand within each other.
const DEPTH_MAX: usize = 32;

/// Words that no input and no `let` may have for a name.
pub const RESERVED: [&str; 18] = [
    "and",
    "or",
    "not",
    "in",
    "is",
    "missing",
    "between",
    "true",
    "false",
    "else",
    "none",
    "blue",
    "yellow",
    "red",
    "period_first",
    "period_last",
    "year_first",
    "year_last",
];

/// A name that a formula may use.
#[derive(Debug)]
pub struct Known {
    pub name: String,
    pub node: Node,
    pub sort: Sort,
    /// Whether a formula did.
    pub is_used: bool,
}

/// The names that formulas may use.
#[derive(Debug, Default)]
pub struct Scope {
    pub names: Vec<Known>,
}

impl Scope {
    /// Adds a name.
    pub fn add(&mut self, name: &str, node: Node, sort: Sort) {
        self.names.push(Known { name: name.to_owned(), node, sort, is_used: false });
    }

    fn find(&mut self, name: &str) -> Option<(Node, Sort)> {
        let known = self.names.iter_mut().find(|known| known.name == name)?;
        known.is_used = true;
        Some((known.node.clone(), known.sort))
    }

    /// What to say of a name that isn't there.
    pub fn hint(&self, name: &str) -> String {
        let names: Vec<&str> = self.names.iter().map(|known| known.name.as_str()).collect();
        hint(name, &names)
    }
}

/// Reads and checks a formula.
pub fn parse(text: &str, scope: &mut Scope) -> Result<Formula, Refusal> {
    let tokens = tokens(text)?;
    let length = tokens.len().saturating_sub(1);
    if length > TOKENS_MAX {
        let what =
            format!("{length} words and signs, at most {TOKENS_MAX} are allowed; give parts a name in `let`");
        return Err(Refusal::new(1, "too-long", what));
    }
    let mut parser = Parser { tokens, next: 0, depth: 0, scope };
    let found = parser.formula(0)?;
    match parser.peek() {
        Token::End => Ok(Formula { node: found.node, sort: found.sort }),
        _ => Err(parser.unexpected("an operator such as `+`, or the end")),
    }
}

/// A part of a formula, with the character it begins at.
#[derive(Debug)]
pub(super) struct Part {
    pub node: Node,
    pub sort: Sort,
    pub at: usize,
}

pub(super) struct Parser<'p> {
    tokens: Vec<Placed>,
    next: usize,
    depth: usize,
    scope: &'p mut Scope,
}

// How tightly operators bind.
const OR: u8 = 1;
const AND: u8 = 2;
const COMPARISON: u8 = 3;
const SUM: u8 = 4;
const PRODUCT: u8 = 5;

const DAYS: Sort = Sort::Number(Measure::DAYS);

type Pair = Box<(Node, Node)>;

impl Parser<'_> {
    pub fn peek(&self) -> &Token {
        self.tokens.get(self.next).map_or(&Token::End, |placed| &placed.token)
    }

    pub fn at(&self) -> usize {
        self.tokens.get(self.next).or(self.tokens.last()).map_or(1, |placed| placed.at)
    }

    pub fn advance(&mut self) -> Token {
        let token = self.peek().clone();
        self.next += 1;
        token
    }

    pub fn accept(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Token::Sign(found) if *found == sign);
        self.next += usize::from(found);
        found
    }

    pub fn accept_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Token::Name(found) if found == word);
        self.next += usize::from(found);
        found
    }

    pub fn expect(&mut self, sign: &str) -> Result<(), Refusal> {
        if self.accept(sign) { Ok(()) } else { Err(self.unexpected(&format!("`{sign}`"))) }
    }

    pub fn unexpected(&self, expected: &str) -> Refusal {
        let found = match self.peek() {
            Token::Number(number) => format!("`{number}`"),
            Token::Text(text) => format!("'{text}'"),
            Token::Name(name) => format!("`{name}`"),
            Token::Sign(sign) => format!("`{sign}`"),
            Token::End => "the end".to_owned(),
        };
        Refusal::syntax(self.at(), format!("{found} stands here, expected {expected}"))
    }

    /// A formula whose operators bind at least so tightly.
    pub fn formula(&mut self, least: u8) -> Result<Part, Refusal> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            let what =
                format!("more than {DEPTH_MAX} parentheses within each other; give parts a name in `let`");
            return Err(Refusal::new(self.at(), "too-long", what));
        }
        let mut left = self.operand()?;
        while let Some(power) = self.power().filter(|power| *power >= least) {
            left = self.operation(left, power)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    /// How tightly the next word or sign binds, where it is an operator.
    fn power(&self) -> Option<u8> {
        match self.peek() {
            Token::Sign("+" | "-") => Some(SUM),
            Token::Sign("*" | "/") => Some(PRODUCT),
            Token::Sign("=" | "<>" | "<" | "<=" | ">" | ">=") => Some(COMPARISON),
            Token::Name(word) => match word.as_str() {
                "or" => Some(OR),
                "and" => Some(AND),
                "in" | "is" | "between" | "not" => Some(COMPARISON),
                _ => None,
            },
            _ => None,
        }
    }

    fn operation(&mut self, left: Part, power: u8) -> Result<Part, Refusal> {
        let operator = self.advance();
        let word = match &operator {
            Token::Sign(sign) => *sign,
            Token::Name(word) if word == "or" || word == "and" => {
                let right = self.formula(power + 1)?;
                let pair: fn(Pair) -> Node = if word == "or" { Node::Or } else { Node::And };
                let (left, right) = (left.condition()?, right.condition()?);
                return Ok(Part {
                    node: pair(Box::new((left.node, right.node))),
                    sort: Sort::Truth,
                    at: left.at,
                });
            }
            Token::Name(word) if word == "is" => return self.is_missing(left),
            Token::Name(word) if word == "not" => {
                let part = match () {
                    () if self.accept_word("in") => self.is_in(left)?,
                    () if self.accept_word("between") => self.is_between(left)?,
                    () => return Err(self.unexpected("`in` or `between`")),
                };
                return Ok(part.negated());
            }
            Token::Name(word) if word == "in" => return self.is_in(left),
            _ => return self.is_between(left),
        };
        let right = self.formula(power + 1)?;
        match power {
            COMPARISON => compared(left, word, right),
            _ => computed(left, word, right),
        }
    }

    fn is_missing(&mut self, left: Part) -> Result<Part, Refusal> {
        let is_not = self.accept_word("not");
        if !self.accept_word("missing") {
            return Err(self.unexpected("`missing`"));
        }
        let node = Node::Missing(left.sort.shape(), Box::new(left.node));
        let part = Part { node, sort: Sort::Truth, at: left.at };
        Ok(if is_not { part.negated() } else { part })
    }

    fn is_between(&mut self, left: Part) -> Result<Part, Refusal> {
        let least = self.formula(SUM)?;
        if !self.accept_word("and") {
            return Err(self.unexpected("`and` and the other end, as in `between 1 and 5`"));
        }
        let most = self.formula(SUM)?;
        let (again, at) = (Part { node: left.node.clone(), ..left }, left.at);
        let (from, to) = (compared(left, ">=", least)?, compared(again, "<=", most)?);
        Ok(Part { node: Node::And(Box::new((from.node, to.node))), sort: Sort::Truth, at })
    }

    /// `('A', 'B')`: what is listed is written down.
    fn is_in(&mut self, left: Part) -> Result<Part, Refusal> {
        self.expect("(")?;
        let (mut texts, mut numbers) = (Vec::new(), Vec::new());
        loop {
            let item = self.formula(SUM)?;
            if left.sort.beside(item.sort).is_none() {
                return Err(Refusal::unit(item.at, left.sort.clash(item.sort)));
            }
            match item.node {
                Node::Text(text) => texts.push(text),
                Node::Number(number) => numbers.push(number),
                _ => {
                    let what = "what `in` lists is written down, such as ('East', 'West'); for others write `=` and `or`";
                    return Err(Refusal::syntax(item.at, what));
                }
            }
            if !self.accept(",") {
                break;
            }
        }
        self.expect(")")?;
        let of = Box::new(left.node);
        let node = match left.sort {
            Sort::Text => Node::OneOfTexts(of, texts),
            _ => Node::OneOf(of, numbers),
        };
        Ok(Part { node, sort: Sort::Truth, at: left.at })
    }

    fn operand(&mut self) -> Result<Part, Refusal> {
        let at = self.at();
        let expected = "a number, a text, a name or `(`";
        match self.peek() {
            Token::Number(_) | Token::Text(_) | Token::Name(_) | Token::Sign("(" | "-") => {}
            _ => return Err(self.unexpected(expected)),
        }
        match self.advance() {
            Token::Number(number) => self.number(number.exact(), at),
            Token::Text(text) => Ok(Part { node: Node::Text(text), sort: Sort::Text, at }),
            Token::Sign("-") => {
                let of = self.formula(PRODUCT + 1)?.number()?;
                let node = match of.node {
                    Node::Number(number) => Node::Number(-number),
                    other => Node::Negative(Box::new(other)),
                };
                Ok(Part { node, sort: of.sort, at })
            }
            Token::Name(name) => self.named(&name, at),
            _ => {
                let inner = self.formula(0)?;
                self.expect(")")?;
                Ok(Part { at, ..inner })
            }
        }
    }

    fn number(&mut self, number: Exact, at: usize) -> Result<Part, Refusal> {
        if !self.accept("%") {
            return Ok(Part { node: Node::Number(number.reduced()), sort: Sort::PLAIN, at });
        }
        // One over a hundred isn't over zero.
        let share = number.over(Exact::whole(100)).unwrap_or(Exact::ZERO).reduced();
        Ok(Part { node: Node::Number(share), sort: Sort::Number(Measure::RATIO), at })
    }

    fn named(&mut self, name: &str, at: usize) -> Result<Part, Refusal> {
        if name == "not" {
            return Ok(Part { at, ..self.formula(COMPARISON)?.condition()?.negated() });
        }
        if self.accept("(") {
            return self.call(name, at);
        }
        if let "true" | "false" = name {
            return Ok(Part { node: Node::Truth(name == "true"), sort: Sort::Truth, at });
        }
        let Some((node, sort)) = self.scope.find(name) else {
            let hint = self.scope.hint(name);
            let what = format!("`{name}` is neither an input nor a name of `let`{hint}");
            return Err(Refusal::new(at, "unknown-name", what));
        };
        Ok(Part { node, sort, at })
    }
}

impl Sort {
    pub fn shape(self) -> Shape {
        match self {
            Sort::Number(_) | Sort::Day => Shape::Number,
            Sort::Truth => Shape::Truth,
            Sort::Text => Shape::Text,
        }
    }
}

impl Part {
    pub fn condition(self) -> Result<Part, Refusal> {
        if self.sort == Sort::Truth {
            return Ok(self);
        }
        let what = format!("{} stands here, expected a condition such as `revenue > 0`", self.sort);
        Err(Refusal::unit(self.at, what))
    }

    pub fn number(self) -> Result<Part, Refusal> {
        if let Sort::Number(_) = self.sort { Ok(self) } else { Err(self.is_no_number()) }
    }

    fn is_no_number(&self) -> Refusal {
        Refusal::unit(self.at, format!("{} stands here, expected a number", self.sort))
    }

    fn negated(self) -> Part {
        Part { node: Node::Not(Box::new(self.node)), ..self }
    }
}

/// Two that are held against each other.
fn compared(left: Part, sign: &str, right: Part) -> Result<Part, Refusal> {
    let (at, sort) = (left.at, left.sort.beside(right.sort));
    let refuse = |what: String| Err(Refusal::unit(right.at, what));
    let pair = |one: Node, two: Node| Box::new((one, two));
    let (a, b) = (left.node, right.node);
    let node = match (sort, sign) {
        (None, _) => return refuse(left.sort.clash(right.sort)),
        (Some(Sort::Truth), _) => {
            let what = "conditions aren't compared; write `is_new` or `not is_new`, and `a < b and b < c`";
            return refuse(what.to_owned());
        }
        (Some(Sort::Text), "=") => Node::SameText(pair(a, b)),
        (Some(Sort::Text), "<>") => Node::Not(Box::new(Node::SameText(pair(a, b)))),
        (Some(Sort::Text), _) => {
            return refuse("texts have no order; compare them with `=`, `<>` or `in`".to_owned());
        }
        (Some(_), "=") => Node::Equal(pair(a, b)),
        (Some(_), "<>") => Node::Not(Box::new(Node::Equal(pair(a, b)))),
        (Some(_), "<") => Node::Less(pair(a, b)),
        (Some(_), ">") => Node::Less(pair(b, a)),
        (Some(_), "<=") => Node::Not(Box::new(Node::Less(pair(b, a)))),
        (Some(_), _) => Node::Not(Box::new(Node::Less(pair(a, b)))),
    };
    Ok(Part { node, sort: Sort::Truth, at })
}

/// Two that are added, taken away, multiplied or divided.
fn computed(left: Part, sign: &str, right: Part) -> Result<Part, Refusal> {
    if let Some(other) = [&left, &right].into_iter().find(|part| part.sort.shape() != Shape::Number) {
        return Err(other.is_no_number());
    }
    let at = left.at;
    let sort = match (left.sort, sign, right.sort) {
        (Sort::Number(a), "*", Sort::Number(b)) => Some(Sort::Number(a.times(b))),
        (Sort::Number(a), "/", Sort::Number(b)) => Some(Sort::Number(a.per(b))),
        (Sort::Number(_), "+" | "-", Sort::Number(_)) => left.sort.beside(right.sort),
        (Sort::Day, "-", Sort::Day) => Some(DAYS),
        (Sort::Day, "+" | "-", other) if DAYS.beside(other) == Some(DAYS) => Some(Sort::Day),
        _ => None,
    };
    let Some(sort) = sort else { return Err(Refusal::unit(right.at, left.sort.clash(right.sort))) };
    let pair = Box::new((left.node, right.node));
    let node = match sign {
        "+" => Node::Sum(pair),
        "-" => Node::Difference(pair),
        "*" => Node::Product(pair),
        _ => Node::Quotient(pair),
    };
    Ok(Part { node, sort, at })
}
