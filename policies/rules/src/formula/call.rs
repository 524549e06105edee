//! Functions of formulas.

use super::lexer::Token;
use super::parser::{Parser, Part};
use super::{Measure, Node, Refusal, Sort};
use attain_sdk::{Date, Exact, Round, Unit, hint, power_of_ten};

/// Every function, for the nearest match.
const FUNCTIONS: [&str; 19] = [
    "if", "min", "max", "abs", "clamp", "round", "coalesce", "tiers", "marginal", "lookup", "months", "date",
    "money", "ratio", "points", "count", "days", "and", "or",
];

/// The farthest digit that `round` knows, before and after the point.
const DIGITS_MAX: i64 = 9;

impl Parser<'_> {
    /// A function, after its parenthesis.
    pub(super) fn call(&mut self, name: &str, at: usize) -> Result<Part, Refusal> {
        let part = match name {
            "round" => self.round()?,
            "tiers" | "marginal" => self.steps(name == "marginal")?,
            "lookup" => self.lookup()?,
            "date" => self.date()?,
            _ => return self.plain_call(name, at),
        };
        self.expect(")")?;
        Ok(Part { at, ..part })
    }

    /// A function whose arguments are formulas.
    fn plain_call(&mut self, name: &str, at: usize) -> Result<Part, Refusal> {
        if !FUNCTIONS.contains(&name) {
            let what = format!("there is no function `{name}`{}", hint(name, &FUNCTIONS));
            return Err(Refusal::new(at, "unknown-name", what));
        }
        let mut parts = Vec::new();
        while !self.accept(")") {
            if !parts.is_empty() {
                self.expect(",")?;
            }
            parts.push(self.formula(0)?);
        }
        let (least, most, shape) = match name {
            "if" => (3, 3, "if(condition, then, else)"),
            "clamp" => (3, 3, "clamp(value, least, most)"),
            "months" => (2, 2, "months(from, to)"),
            "abs" | "money" | "ratio" | "points" | "count" | "days" => (1, 1, "one value"),
            "coalesce" => (2, usize::MAX, "coalesce(value, instead)"),
            _ => (1, usize::MAX, "at least one value"),
        };
        if !(least..=most).contains(&parts.len()) {
            let what = format!("`{name}` has {} values here, expected {shape}", parts.len());
            return Err(Refusal::syntax(at, what));
        }
        let mut parts = parts.into_iter();
        let (node, sort) = match (name, parts.next()) {
            ("if", Some(condition)) => {
                let condition = condition.condition()?;
                let (branches, sort) = together(parts)?;
                match <[Node; 2]>::try_from(branches) {
                    Ok([then, otherwise]) => (Node::If(Box::new((condition.node, then, otherwise))), sort),
                    Err(_) => return Err(Refusal::syntax(at, "`if` has two branches")),
                }
            }
            ("and" | "or", Some(first)) => {
                let pair = if name == "and" { Node::And } else { Node::Or };
                let mut node = first.condition()?.node;
                for part in parts {
                    node = pair(Box::new((node, part.condition()?.node)));
                }
                (node, Sort::Truth)
            }
            ("months", Some(from)) => {
                let (days, sort) = together(std::iter::once(from).chain(parts))?;
                match (sort, <[Node; 2]>::try_from(days)) {
                    (Sort::Day, Ok([from, to])) => {
                        (Node::Months(Box::new((from, to))), Sort::Number(Measure::COUNT))
                    }
                    _ => {
                        return Err(Refusal::unit(
                            at,
                            format!("{sort} stands in `months`, expected two days"),
                        ));
                    }
                }
            }
            ("abs", Some(of)) => {
                let of = of.number()?;
                (Node::Absolute(Box::new(of.node)), of.sort)
            }
            ("money", Some(of)) => (of.number()?.node, Sort::of(Unit::Money)),
            ("ratio", Some(of)) => (of.number()?.node, Sort::of(Unit::Ratio)),
            ("points", Some(of)) => (of.number()?.node, Sort::of(Unit::Points)),
            ("count", Some(of)) => (of.number()?.node, Sort::of(Unit::Count)),
            ("days", Some(of)) => (of.number()?.node, Sort::of(Unit::Days)),
            (_, first) => several(name, at, first.into_iter().chain(parts))?,
        };
        Ok(Part { node, sort, at })
    }

    /// `round(x, 2)` or `round(x, 2, 'floor')`, after the parenthesis.
    fn round(&mut self) -> Result<Part, Refusal> {
        let of = self.formula(0)?.number()?;
        self.expect(",")?;
        let at = self.at();
        let digits = match self.formula(0)?.node {
            Node::Number(digits) => whole(digits).filter(|digits| digits.abs() <= DIGITS_MAX),
            _ => None,
        };
        let digits = digits.ok_or_else(|| {
            Refusal::syntax(at, "the decimals of `round` are a whole number from -9 to 9, such as 2")
        })?;
        let mut mode = Round::HalfUp;
        if self.accept(",") {
            let at = self.at();
            let names = Round::names();
            let Token::Text(name) = self.advance() else {
                let what = format!("the mode of `round` is one of '{}'", names.join("', '"));
                return Err(Refusal::syntax(at, what));
            };
            let unknown = || {
                let what = format!("'{name}' is no way to round{}", hint(&name, &names));
                Refusal::new(at, "unknown-name", what)
            };
            mode = Round::named(&name).ok_or_else(unknown)?;
        }
        let power = Exact::whole(power_of_ten(u8::try_from(digits.abs()).unwrap_or(0)));
        // A power of ten isn't zero.
        let part = if digits < 0 { power } else { Exact::ONE.over(power).unwrap_or(Exact::ONE) };
        Ok(Part { node: Node::Rounded { of: Box::new(of.node), part, mode }, sort: of.sort, at: of.at })
    }

    /// `tiers(x, 0: a, 10: b)` or `marginal(x, 0: 2 %, 10: 5 %)`, after the parenthesis.
    fn steps(&mut self, is_marginal: bool) -> Result<Part, Refusal> {
        let of = self.formula(0)?;
        if of.sort.shape() != super::Shape::Number {
            return Err(Refusal::unit(of.at, format!("{} stands here, expected a number or a day", of.sort)));
        }
        let (mut thresholds, mut parts) = (Vec::new(), Vec::new());
        while self.accept(",") {
            let threshold = self.formula(0)?;
            if of.sort.beside(threshold.sort).is_none() {
                return Err(Refusal::unit(threshold.at, of.sort.clash(threshold.sort)));
            }
            let Node::Number(number) = threshold.node else {
                return Err(Refusal::syntax(
                    threshold.at,
                    "a threshold is a number that is written down, such as 0.8",
                ));
            };
            if thresholds.last().is_some_and(|last| *last >= number) {
                return Err(Refusal::syntax(
                    threshold.at,
                    "thresholds rise: this one is not above the one before",
                ));
            }
            self.expect(":")?;
            thresholds.push(number);
            parts.push(self.formula(0)?);
        }
        if parts.is_empty() {
            return Err(
                self.unexpected("`,` and a threshold with what applies from there on, as in `0: 2 %`")
            );
        }
        let (nodes, sort) = together(parts.into_iter())?;
        let from = thresholds.into_iter().zip(nodes).collect();
        let (at, inner) = (of.at, Box::new(of.node));
        if !is_marginal {
            return Ok(Part { node: Node::Tiers { of: inner, from }, sort, at });
        }
        match (of.sort, sort) {
            (Sort::Number(of), Sort::Number(rate)) => {
                Ok(Part { node: Node::Marginal { of: inner, from }, sort: Sort::Number(of.times(rate)), at })
            }
            (of, rate) => Err(Refusal::unit(at, format!("`marginal` multiplies; {of} and {rate} can't be"))),
        }
    }

    /// `lookup(region, 'East': a, 'West': b, else: c)`, after the parenthesis.
    fn lookup(&mut self) -> Result<Part, Refusal> {
        let of = self.formula(0)?;
        if of.sort != Sort::Text {
            let what = format!("{} stands here, expected a text; for a number write `tiers`", of.sort);
            return Err(Refusal::unit(of.at, what));
        }
        let (mut names, mut parts, mut has_else) = (Vec::<String>::new(), Vec::new(), false);
        while !has_else && self.accept(",") {
            let at = self.at();
            match self.advance() {
                Token::Text(name) if names.contains(&name) => {
                    return Err(Refusal::syntax(at, format!("'{name}' is listed twice")));
                }
                Token::Text(name) => names.push(name),
                Token::Name(word) if word == "else" => has_else = true,
                _ => {
                    return Err(Refusal::syntax(
                        at,
                        "what is looked up is a text, such as 'East', or `else`",
                    ));
                }
            }
            self.expect(":")?;
            parts.push(self.formula(0)?);
        }
        if names.is_empty() {
            return Err(self.unexpected("`,` and what is looked up, as in `'East': 2 %`"));
        }
        let (mut nodes, sort) = together(parts.into_iter())?;
        let otherwise = if has_else { nodes.pop().map(Box::new) } else { None };
        let entries = names.into_iter().zip(nodes).collect();
        Ok(Part { node: Node::Lookup { of: Box::new(of.node), entries, otherwise }, sort, at: of.at })
    }

    /// `date('2025-01-31')`, after the parenthesis.
    fn date(&mut self) -> Result<Part, Refusal> {
        let at = self.at();
        let day = match self.advance() {
            Token::Text(text) => Date::parse(&text),
            _ => None,
        };
        let day = day.ok_or_else(|| Refusal::syntax(at, "expected a day such as '2025-01-31'"))?;
        Ok(Part { node: Node::Number(Exact::whole(day.days().into())), sort: Sort::Day, at })
    }
}

/// Parts that stand side by side: all of them count the same.
fn together(parts: impl Iterator<Item = Part>) -> Result<(Vec<Node>, Sort), Refusal> {
    let (mut nodes, mut common) = (Vec::new(), None);
    for part in parts {
        let sort = common.map_or(Some(part.sort), |common: Sort| common.beside(part.sort));
        let clash =
            || Refusal::unit(part.at, common.map_or_else(String::new, |common| common.clash(part.sort)));
        common = Some(sort.ok_or_else(clash)?);
        nodes.push(part.node);
    }
    Ok((nodes, common.unwrap_or(Sort::PLAIN)))
}

/// `min`, `max`, `clamp` and `coalesce`.
fn several(name: &str, at: usize, parts: impl Iterator<Item = Part>) -> Result<(Node, Sort), Refusal> {
    let (nodes, sort) = together(parts)?;
    if name == "coalesce" {
        return Ok((Node::Coalesce(sort.shape(), nodes), sort));
    }
    if sort.shape() != super::Shape::Number {
        return Err(Refusal::unit(at, format!("{sort} stands in `{name}`, expected numbers or days")));
    }
    let node = match name {
        "min" => Node::Least(nodes),
        "max" => Node::Greatest(nodes),
        _ => match <[Node; 3]>::try_from(nodes) {
            Ok([of, least, most]) => Node::Least(vec![Node::Greatest(vec![of, least]), most]),
            Err(_) => return Err(Refusal::syntax(at, "`clamp` has three values")),
        },
    };
    Ok((node, sort))
}

fn whole(number: Exact) -> Option<i64> {
    let (n, d) = number.reduced().parts();
    (d == 1).then(|| i64::try_from(n).ok()).flatten()
}
