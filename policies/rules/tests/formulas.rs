//! Formulas of any shape: they come out as a second, plain way to compute them says, and what is wrong with them is
//! refused where it is. The second way knows fractions of 128 bits and nothing of the policy's own code.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use attain_sdk::native::{bind, evaluate, explain};
use attain_sdk::{Batch, Context, NO_VALUE};
use proptest::prelude::*;

/// A fraction, reduced; below a sum or a product that doesn't fit there is none.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Fraction(i128, i128);

/// Why the second way gives no fraction.
#[derive(Clone, Copy, Debug, PartialEq)]
enum No {
    Value,
    Room,
}

type Maybe<T> = Result<T, No>;

fn reduced(n: i128, d: i128) -> Fraction {
    let (mut a, mut b) = (n.unsigned_abs(), d.unsigned_abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    let divisor = i128::try_from(a).unwrap() * d.signum();
    Fraction(n / divisor, d / divisor)
}

impl Fraction {
    fn plus(self, other: Fraction) -> Maybe<Fraction> {
        let sum = || {
            let n = self.0.checked_mul(other.1)?.checked_add(other.0.checked_mul(self.1)?)?;
            Some(reduced(n, self.1.checked_mul(other.1)?))
        };
        sum().ok_or(No::Room)
    }
    fn negative(self) -> Fraction {
        Fraction(-self.0, self.1)
    }
    fn times(self, other: Fraction) -> Maybe<Fraction> {
        let product = || Some(reduced(self.0.checked_mul(other.0)?, self.1.checked_mul(other.1)?));
        product().ok_or(No::Room)
    }
    fn over(self, other: Fraction) -> Maybe<Fraction> {
        if other.0 == 0 { Err(No::Value) } else { self.times(reduced(other.1, other.0)) }
    }
    fn is_below(self, other: Fraction) -> Maybe<bool> {
        let sides = || Some(self.0.checked_mul(other.1)? < other.0.checked_mul(self.1)?);
        sides().ok_or(No::Room)
    }
    /// Half away from zero, or down, to so many decimals: as a count of them.
    fn rounded(self, decimals: u32, is_floor: bool) -> Maybe<i64> {
        let n = self.0.checked_mul(10i128.pow(decimals)).ok_or(No::Room)?;
        let twice = n.checked_mul(2).and_then(|n| n.checked_add(self.1)).ok_or(No::Room)?;
        let half_up = |n: i128, twice: i128| {
            if n < 0 { -((2 * -n + self.1) / (2 * self.1)) } else { twice / (2 * self.1) }
        };
        let rounded = if is_floor { n.div_euclid(self.1) } else { half_up(n, twice) };
        i64::try_from(rounded).map_err(|_| No::Room)
    }
}

#[derive(Clone, Debug)]
enum Formula {
    Literal(i64, u32),
    Percent(i64),
    Input(usize),
    Negative(Box<Formula>),
    Operation(char, Box<Formula>, Box<Formula>),
    Least(Vec<Formula>),
    Greatest(Vec<Formula>),
    Absolute(Box<Formula>),
    Clamp(Box<Formula>, Box<Formula>, Box<Formula>),
    Round(Box<Formula>, u32, bool),
    If(Box<Condition>, Box<Formula>, Box<Formula>),
    Coalesce(Vec<Formula>),
    Tiers(Box<Formula>, i64, Vec<Formula>),
    Marginal(Box<Formula>, i64, Vec<Formula>),
}

#[derive(Clone, Debug)]
enum Condition {
    Compared(&'static str, Formula, Formula),
    Between(Formula, Formula, Formula),
    OneOf(Formula, Vec<i64>),
    Missing(Formula),
    Flag,
    Not(Box<Condition>),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
}

const INPUTS: [&str; 3] = ["a", "b", "c"];

fn formula() -> BoxedStrategy<Formula> {
    let leaf = prop_oneof![
        (0..2_000i64, 0..3u32).prop_map(|(units, decimals)| Formula::Literal(units, decimals)),
        (0..500i64).prop_map(Formula::Percent),
        (0..INPUTS.len()).prop_map(Formula::Input),
        (0..INPUTS.len()).prop_map(Formula::Input),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let one = || inner.clone().prop_map(Box::new);
        let some = |least| proptest::collection::vec(inner.clone(), least..4);
        prop_oneof![
            4 => (proptest::sample::select(vec!['+', '-', '*', '/']), one(), one())
                .prop_map(|(sign, left, right)| Formula::Operation(sign, left, right)),
            1 => one().prop_map(Formula::Negative),
            1 => some(1).prop_map(Formula::Least),
            1 => some(1).prop_map(Formula::Greatest),
            1 => one().prop_map(Formula::Absolute),
            1 => (one(), one(), one()).prop_map(|(of, least, most)| Formula::Clamp(of, least, most)),
            1 => (one(), 0..4u32, any::<bool>()).prop_map(|(of, digits, floor)| Formula::Round(of, digits, floor)),
            2 => (condition(inner.clone()), one(), one())
                .prop_map(|(condition, then, other)| Formula::If(Box::new(condition), then, other)),
            1 => some(2).prop_map(Formula::Coalesce),
            1 => (one(), -3..3i64, some(1)).prop_map(|(of, from, rates)| Formula::Tiers(of, from, rates)),
            1 => (one(), -3..3i64, some(1)).prop_map(|(of, from, rates)| Formula::Marginal(of, from, rates)),
        ]
    })
    .boxed()
}

fn condition(of: impl Strategy<Value = Formula> + Clone + 'static) -> BoxedStrategy<Condition> {
    let of = of.boxed();
    let sign = proptest::sample::select(vec!["=", "<>", "<", "<=", ">", ">="]);
    let leaf = prop_oneof![
        4 => (sign, of.clone(), of.clone()).prop_map(|(sign, left, right)| Condition::Compared(sign, left, right)),
        1 => (of.clone(), of.clone(), of.clone()).prop_map(|(of, least, most)| Condition::Between(of, least, most)),
        1 => (of.clone(), proptest::collection::vec(-3..3i64, 1..4)).prop_map(|(of, list)| Condition::OneOf(of, list)),
        1 => of.prop_map(Condition::Missing),
        1 => Just(Condition::Flag),
    ];
    leaf.prop_recursive(2, 6, 2, |inner| {
        let one = || inner.clone().prop_map(Box::new);
        prop_oneof![
            one().prop_map(Condition::Not),
            (one(), one()).prop_map(|(left, right)| Condition::And(left, right)),
            (one(), one()).prop_map(|(left, right)| Condition::Or(left, right)),
        ]
    })
    .boxed()
}

/// Written with no more parentheses than needed. What stands to the right of an operator binds more tightly.
fn written(formula: &Formula, least: u8) -> String {
    let list = |of: &[Formula]| of.iter().map(|part| written(part, 0)).collect::<Vec<_>>().join(", ");
    let rungs = |from: i64, rates: &[Formula]| {
        let rung = |(i, rate): (i64, &Formula)| format!(", {}: {}", from + i, written(rate, 0));
        (0..).zip(rates).map(rung).collect::<String>()
    };
    let (power, text) = match formula {
        Formula::Literal(units, 0) => (9, units.to_string()),
        Formula::Literal(units, decimals) => {
            (9, attain_sdk::written(*units, u8::try_from(*decimals).unwrap()))
        }
        Formula::Percent(tenths) => (9, format!("{} %", attain_sdk::written(*tenths, 1))),
        Formula::Input(index) => (9, INPUTS[*index].to_owned()),
        Formula::Negative(of) => (3, format!("-{}", written(of, 3))),
        Formula::Operation(sign, left, right) => {
            let power = if "+-".contains(*sign) { 1 } else { 2 };
            (power, format!("{} {sign} {}", written(left, power), written(right, power + 1)))
        }
        Formula::Least(of) => (9, format!("min({})", list(of))),
        Formula::Greatest(of) => (9, format!("MAX({})", list(of))),
        Formula::Absolute(of) => (9, format!("abs({})", written(of, 0))),
        Formula::Clamp(of, least, most) => {
            (9, format!("clamp({}, {}, {})", written(of, 0), written(least, 0), written(most, 0)))
        }
        Formula::Round(of, digits, false) => (9, format!("round({}, {digits})", written(of, 0))),
        Formula::Round(of, digits, true) => (9, format!("round({}, {digits}, 'floor')", written(of, 0))),
        Formula::If(condition, then, other) => {
            (9, format!("if({}, {}, {})", told(condition, 0), written(then, 0), written(other, 0)))
        }
        Formula::Coalesce(of) => (9, format!("coalesce({})", list(of))),
        Formula::Tiers(of, from, rates) => (9, format!("tiers({}{})", written(of, 0), rungs(*from, rates))),
        Formula::Marginal(of, from, rates) => {
            (9, format!("marginal({}{})", written(of, 0), rungs(*from, rates)))
        }
    };
    if power < least { format!("({text})") } else { text }
}

fn told(condition: &Condition, least: u8) -> String {
    let (power, text) = match condition {
        Condition::Compared(sign, left, right) => {
            (3, format!("{}{sign}{}", written(left, 0), written(right, 0)))
        }
        Condition::Between(of, least, most) => {
            (3, format!("{} between {} and {}", written(of, 0), written(least, 0), written(most, 0)))
        }
        Condition::OneOf(of, list) => {
            let list: Vec<String> = list.iter().map(i64::to_string).collect();
            (3, format!("{} in ({})", written(of, 0), list.join(", ")))
        }
        Condition::Missing(of) => (3, format!("{} is missing", written(of, 0))),
        Condition::Flag => (9, "flag".to_owned()),
        Condition::Not(of) => (3, format!("not {}", told(of, 3))),
        Condition::And(left, right) => (2, format!("{} and {}", told(left, 2), told(right, 3))),
        Condition::Or(left, right) => (1, format!("{} or {}", told(left, 1), told(right, 2))),
    };
    if power < least { format!("({text})") } else { text }
}

/// What is read: three ratios of two decimals, and a flag.
#[derive(Clone, Copy, Debug)]
struct Read {
    numbers: [Option<i64>; 3],
    flag: Option<bool>,
}

impl Read {
    fn number(&self, formula: &Formula) -> Maybe<Fraction> {
        match formula {
            Formula::Literal(units, decimals) => Ok(reduced((*units).into(), 10i128.pow(*decimals))),
            Formula::Percent(tenths) => Ok(reduced((*tenths).into(), 1_000)),
            Formula::Input(index) => {
                self.numbers[*index].map(|cell| reduced(cell.into(), 100)).ok_or(No::Value)
            }
            Formula::Negative(of) => Ok(self.number(of)?.negative()),
            Formula::Operation(sign, left, right) => {
                let (left, right) = (self.number(left)?, self.number(right)?);
                match sign {
                    '+' => left.plus(right),
                    '-' => left.plus(right.negative()),
                    '*' => left.times(right),
                    _ => left.over(right),
                }
            }
            Formula::Least(of) => self.best(of, |new, best| new.is_below(best)),
            Formula::Greatest(of) => self.best(of, |new, best| best.is_below(new)),
            Formula::Absolute(of) => self.number(of).map(|Fraction(n, d)| Fraction(n.abs(), d)),
            Formula::Clamp(of, least, most) => {
                let (of, least, most) = (self.number(of)?, self.number(least)?, self.number(most)?);
                let raised = if of.is_below(least)? { least } else { of };
                Ok(if most.is_below(raised)? { most } else { raised })
            }
            Formula::Round(of, digits, is_floor) => {
                let units = self.number(of)?.rounded(*digits, *is_floor)?;
                Ok(reduced(units.into(), 10i128.pow(*digits)))
            }
            Formula::If(condition, then, other) => {
                let chosen = if self.holds(condition)? { then } else { other };
                self.number(chosen)
            }
            Formula::Coalesce(of) => {
                for part in of {
                    match self.number(part) {
                        Err(No::Value) => {}
                        found => return found,
                    }
                }
                Err(No::Value)
            }
            Formula::Tiers(of, from, rates) => {
                let number = self.number(of)?;
                let mut reached = None;
                for (i, rate) in (0..).zip(rates) {
                    if !number.is_below(Fraction((*from + i).into(), 1))? {
                        reached = Some(rate);
                    }
                }
                self.number(reached.ok_or(No::Value)?)
            }
            Formula::Marginal(of, from, rates) => {
                let number = self.number(of)?;
                let mut sum = Fraction(0, 1);
                for (i, rate) in (0..).zip(rates) {
                    let start = Fraction((*from + i).into(), 1);
                    if !start.is_below(number)? {
                        break;
                    }
                    let next = start.plus(Fraction(1, 1))?;
                    let is_last = usize::try_from(i).unwrap() + 1 == rates.len();
                    let end = if is_last || number.is_below(next)? { number } else { next };
                    sum = sum.plus(end.plus(start.negative())?.times(self.number(rate)?)?)?;
                }
                Ok(sum)
            }
        }
    }

    fn best(&self, of: &[Formula], beats: impl Fn(Fraction, Fraction) -> Maybe<bool>) -> Maybe<Fraction> {
        let mut best: Option<Fraction> = None;
        for part in of {
            let new = self.number(part)?;
            best = match best {
                Some(best) if !beats(new, best)? => Some(best),
                _ => Some(new),
            };
        }
        best.ok_or(No::Value)
    }

    fn holds(&self, condition: &Condition) -> Maybe<bool> {
        match condition {
            Condition::Compared(sign, left, right) => {
                let (left, right) = (self.number(left)?, self.number(right)?);
                let (below, above) = (left.is_below(right)?, right.is_below(left)?);
                Ok(match *sign {
                    "=" => !below && !above,
                    "<>" => below || above,
                    "<" => below,
                    "<=" => !above,
                    ">" => above,
                    _ => !below,
                })
            }
            Condition::Between(of, least, most) => {
                let of = self.number(of);
                let side =
                    |above: &Maybe<Fraction>, below: &Maybe<Fraction>| Ok(!(*above)?.is_below((*below)?)?);
                both(side(&of, &self.number(least)), side(&self.number(most), &of), false)
            }
            Condition::OneOf(of, list) => {
                let number = self.number(of)?;
                Ok(list.iter().any(|listed| number == Fraction((*listed).into(), 1)))
            }
            Condition::Missing(of) => match self.number(of) {
                Err(No::Room) => Err(No::Room),
                found => Ok(found.is_err()),
            },
            Condition::Flag => self.flag.ok_or(No::Value),
            Condition::Not(of) => Ok(!self.holds(of)?),
            Condition::And(left, right) => both(self.holds(left), self.holds(right), false),
            Condition::Or(left, right) => both(self.holds(left), self.holds(right), true),
        }
    }
}

/// One that decides is enough, on either side.
fn both(left: Maybe<bool>, right: Maybe<bool>, decides: bool) -> Maybe<bool> {
    match (left, right) {
        (Err(No::Room), _) | (_, Err(No::Room)) => Err(No::Room),
        (Ok(one), _) | (_, Ok(one)) if one == decides => Ok(decides),
        (Ok(_), Ok(_)) => Ok(!decides),
        _ => Err(No::Value),
    }
}

fn month() -> Context {
    Context {
        period_kind: "month".to_owned(),
        first_day: 20_089,
        last_day: 20_119,
        year_first_day: 20_089,
        year_last_day: 20_453,
        money_decimals: 2,
    }
}

fn parameters(when: &str, then: &str, inputs: &[&str]) -> String {
    let input = |name: &&str| match *name {
        "flag" => (name.to_string(), serde("flag")),
        _ => (name.to_string(), r#"{"unit":"ratio","decimals":2}"#.to_owned()),
    };
    let inputs: Vec<String> =
        inputs.iter().map(input).map(|(name, unit)| format!("{}:{unit}", serde(&name))).collect();
    format!(
        r#"{{"inputs":{{{}}},"outputs":[{{"name":"x","unit":"ratio","decimals":6}}],"table":[{{"when":{},"then":{{"x":{}}}}}]}}"#,
        inputs.join(","),
        serde(when),
        serde(then)
    )
}

/// A text as JSON.
fn serde(text: &str) -> String {
    attain_sdk::json::Json::text(text).to_string()
}

fn read() -> impl Strategy<Value = Read> {
    let cell = || proptest::option::weighted(0.85, prop_oneof![-300..300i64, -1_000_000..1_000_000i64]);
    ([cell(), cell(), cell()], proptest::option::weighted(0.8, any::<bool>()))
        .prop_map(|(numbers, flag)| Read { numbers, flag })
}

/// The inputs that a formula and a condition use, in the order in which they are declared.
fn used<'n>(texts: [&str; 2]) -> Vec<&'n str> {
    let names = ["a", "b", "c", "flag"];
    let is_used = |name: &&str| {
        texts.iter().any(|text| text.split(|c: char| !c.is_alphanumeric()).any(|word| word == *name))
    };
    names.into_iter().filter(is_used).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn a_formula_comes_out_as_a_second_way_says(formula in formula(), when in condition(formula()), read in read()) {
        let texts = [told(&when, 0), written(&formula, 0)];
        let inputs = used([&texts[0], &texts[1]]);
        let parameters = parameters(&texts[0], &texts[1], &inputs);
        if let Err(refused) = bind::<rules::Policy>(&parameters, &month()) {
            let too_long = refused.iter().all(|failure| failure.code == "too-long");
            prop_assert!(too_long, "{texts:?}: {refused:?}");
            return Ok(());
        }
        let cell = |name: &&str| match INPUTS.iter().position(|input| input == name) {
            Some(index) => vec![read.numbers[index].unwrap_or(NO_VALUE)],
            None => vec![read.flag.map_or(NO_VALUE, i64::from)],
        };
        let numbers = inputs.iter().map(cell).collect();
        let batch = Batch { rows: 1, numbers, texts: Vec::new(), group_ends: Vec::new() };
        let expected = match read.holds(&when) {
            Err(No::Room) => return Ok(()),
            Err(No::Value) => [NO_VALUE, 1, NO_VALUE],
            Ok(false) => [NO_VALUE, 0, NO_VALUE],
            Ok(true) => match read.number(&formula).and_then(|number| number.rounded(6, false)) {
                Err(No::Room) => return Ok(()),
                Err(No::Value) => [1, 0, NO_VALUE],
                Ok(units) => [1, 0, units],
            },
        };
        let given = evaluate::<rules::Policy>(&parameters, &month(), &batch);
        let given = given.map_err(|failure| TestCaseError::fail(format!("{texts:?}: {failure:?}")))?;
        prop_assert_eq!(given, expected.map(|cell| vec![cell]), "{:?}", texts);
        let told = explain::<rules::Policy>(&parameters, &month(), &batch, &[0]).unwrap();
        let added: i64 = told[0].iter().filter_map(|step| step.adds_to).map(|(_, amount)| amount).sum();
        prop_assert_eq!(added, if expected[2] == NO_VALUE { 0 } else { expected[2] }, "{:?}", texts);
    }

    #[test]
    fn a_name_that_is_not_there_is_refused_at_its_character(formula in formula(), pick in any::<prop::sample::Index>()) {
        let text = written(&formula, 0);
        let places: Vec<usize> = text
            .char_indices()
            .filter(|(i, c)| {
                let alone = |other: Option<char>| !other.is_some_and(char::is_alphanumeric);
                "abc".contains(*c) && alone(text[..*i].chars().last()) && alone(text[i + 1..].chars().next())
            })
            .map(|(i, _)| i)
            .collect();
        prop_assume!(!places.is_empty());
        let place = places[pick.index(places.len())];
        let wrong = format!("{}nosuch{}", &text[..place], &text[place + 1..]);
        let parameters = parameters("flag", &wrong, &["a", "b", "c", "flag"]);
        let refused = bind::<rules::Policy>(&parameters, &month()).unwrap_err();
        let words = format!("character {}: `nosuch` is neither an input nor a name of `let`", place + 1);
        let found = refused.iter().any(|failure| {
            let is_there = failure.at.as_deref() == Some("table[0].then.x");
            is_there && (failure.message.starts_with(&words) || failure.code == "too-long")
        });
        prop_assert!(found, "{wrong}: {refused:?}");
    }

    #[test]
    fn no_text_is_too_strange_to_be_refused(text in any::<String>()) {
        strange(&text)?;
    }

    #[test]
    fn no_row_of_words_is_too_strange_to_be_refused(
        words in proptest::collection::vec(proptest::sample::select(WORDS.to_vec()), 0..40),
        spaced in any::<bool>(),
    ) {
        strange(&words.join(if spaced { " " } else { "" }))?;
    }
}

const WORDS: [&str; 52] = [
    "a",
    "b",
    "flag",
    "(",
    ")",
    ",",
    ":",
    "+",
    "-",
    "*",
    "/",
    "%",
    "=",
    "<>",
    "<",
    "<=",
    ">",
    ">=",
    "and",
    "or",
    "not",
    "in",
    "is",
    "missing",
    "between",
    "true",
    "else",
    "if(",
    "min(",
    "round(",
    "tiers(",
    "marginal(",
    "lookup(",
    "coalesce(",
    "months(",
    "date(",
    "money(",
    "clamp(",
    "'x'",
    "'2025-01-31'",
    "\"",
    "'",
    "0",
    "1.5",
    "12",
    "1e3",
    ".5",
    "red",
    "period_last",
    "大",
    "（",
    "{",
];

/// Whatever is written, it is bound or refused; a refusal's character is one of the text, or just past it.
fn strange(text: &str) -> Result<(), TestCaseError> {
    let parameters = format!(
        r#"{{"inputs":{{"a":"money","b":"text","flag":"flag"}},"let":{{"l":{0}}},"outputs":[{{"name":"x","unit":"money"}}],
            "table":[{{"when":{0},"then":{{"x":{0}}},"because":{0}}}]}}"#,
        serde(text)
    );
    let Err(refused) = bind::<rules::Policy>(&parameters, &month()) else { return Ok(()) };
    for failure in refused {
        prop_assert!(!failure.message.is_empty() && failure.at.is_some(), "{failure:?}");
        let Some((character, _)) =
            failure.message.strip_prefix("character ").and_then(|rest| rest.split_once(':'))
        else {
            continue;
        };
        let character: usize = character.parse().unwrap();
        prop_assert!((1..=text.chars().count() + 1).contains(&character), "{text:?}: {failure:?}");
    }
    Ok(())
}
