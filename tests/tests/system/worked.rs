//! Goal: every figure that pages about commissions print comes out of the policies by parameters alone, and the
//! same parameters follow the rule in words where the inputs change.
//! Method: parameters and rows are those of the policies' own case files, which are named after the examples; they
//! go through the commands and the sandbox, and what comes out is held against `worked.jsonl`, not against
//! the case files. Then inputs change, and what comes out is held against fractions computed here.

mod among;
mod company;
mod deals;
mod fraction;
mod pay;
mod tiers;

use attain_tests::shared;
use company::{Companies, Run};
use fraction::{Fraction, whole};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// A published example, or a part of it, and how a policy computes it.
struct Example {
    /// Its id in `worked.jsonl`.
    id: &'static str,
    policy: &'static str,
    /// The policy's case file that holds the example's parameters and inputs.
    case: &'static str,
    /// By the place in `test_value`, where a figure stands in what comes out.
    figures: &'static [(&'static str, At)],
    /// Inputs that change, each list at once: input, row, new value.
    changes: &'static [&'static [(&'static str, usize, &'static str)]],
    /// The rule in words: what stands where for such inputs.
    rule: fn(&Given) -> Vec<(At, Fraction)>,
}

/// Where a figure stands in what came out.
#[derive(Clone, Copy, Debug)]
enum At {
    /// An output of a row.
    Output(usize, &'static str),
    /// The same in per cent, as printed.
    Percent(usize, &'static str),
    /// The same in thousands, as printed.
    Thousands(usize, &'static str),
    /// The sum of all payouts.
    Total,
    /// What a row's n-th line by a rule adds.
    Adds(usize, &'static str, usize),
    /// A number that a row's n-th line by a rule says.
    Says(usize, &'static str, usize),
    /// The month that was run, if the row lies inside its window in it.
    Inside(usize),
    /// The month that was run, if the row doesn't.
    Outside(usize),
}

/// What goes in, a list a column.
#[derive(Clone)]
struct Given(BTreeMap<String, Vec<String>>);

impl Given {
    fn rows(&self) -> usize {
        self.0.values().map(Vec::len).max().unwrap_or(0)
    }

    fn text(&self, input: &str, row: usize) -> &str {
        &self.0[input][row]
    }

    /// A number; no value is zero.
    fn number(&self, input: &str, row: usize) -> Fraction {
        let text = self.text(input, row);
        if text.is_empty() { whole(0) } else { Fraction::parse(text) }
    }

    /// Year, month and day.
    fn day(&self, input: &str, row: usize) -> [i128; 3] {
        let mut parts = self.text(input, row).split('-').map(|part| part.parse().unwrap());
        std::array::from_fn(|_| parts.next().unwrap())
    }

    /// What a rule gives each row.
    fn each(&self, output: &'static str, rule: impl Fn(usize) -> Fraction) -> Vec<(At, Fraction)> {
        (0..self.rows()).map(|row| (At::Output(row, output), rule(row))).collect()
    }
}

impl Example {
    /// The published figures, and then what the rule in words says of the inputs and of each change of them.
    fn check(&self, companies: &Companies, published: &Value) {
        let company = companies.of(self);
        let given = company.given();
        let run = company.run(&given);
        for (pointer, at) in self.figures {
            let expected = &published["test_value"].pointer(pointer).unwrap_or(&Value::Null);
            let tolerance = published["tolerance"].pointer(pointer).map_or(whole(0), number);
            run.check(*at, printed(expected), tolerance, &format!("{} {pointer}", self.case));
        }
        let usual = self.follow(&run, &given, "as published");
        for change in self.changes {
            let mut given = given.clone();
            for (input, row, value) in *change {
                given.0.get_mut(*input).unwrap()[*row] = (*value).to_owned();
            }
            let what = format!("{change:?}");
            let changed = self.follow(&company.run(&given), &given, &what);
            assert_ne!(usual, changed, "{}: {what} changes nothing", self.case);
        }
    }

    fn follow(&self, run: &Run<'_>, given: &Given, what: &str) -> Vec<Fraction> {
        let expected = (self.rule)(given);
        assert!(!expected.is_empty(), "{} has no rule", self.case);
        for (at, figure) in &expected {
            run.check(*at, (*figure, None), whole(0), &format!("{} {what}", self.case));
        }
        expected.into_iter().map(|(_, figure)| figure).collect()
    }
}

/// A figure with the decimals it is printed with. A month counts months.
fn printed(figure: &Value) -> (Fraction, Option<u32>) {
    let text = figure.to_string().replace('"', "");
    match text.split_once('-').filter(|(year, _)| year.len() == 4) {
        Some((year, month)) => (Fraction::parse(year) * whole(12) + Fraction::parse(month), Some(0)),
        None => {
            (Fraction::parse(&text), Some(text.split_once('.').map_or(0, |(_, after)| after.len() as u32)))
        }
    }
}

fn number(figure: &Value) -> Fraction {
    printed(figure).0
}

/// The published examples by id, where they are there.
fn published() -> Option<BTreeMap<String, Value>> {
    let lines = fs::read_to_string(shared("cases/worked.jsonl")?).unwrap();
    let examples = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    Some(examples.map(|example| (example["id"].as_str().unwrap().to_owned(), example)).collect())
}

fn check(examples: &[Example]) {
    let Some(published) = published() else { return };
    let companies = Companies::default();
    for example in examples {
        example.check(&companies, &published[example.id]);
    }
}

#[test]
fn published_examples_of_tiers_come_out_right() {
    check(tiers::EXAMPLES);
}

#[test]
fn published_examples_of_deals_come_out_right() {
    check(deals::EXAMPLES);
}

#[test]
fn published_examples_of_what_people_share_come_out_right() {
    check(among::EXAMPLES);
}

#[test]
fn published_examples_of_pay_come_out_right() {
    check(pay::EXAMPLES);
}

/// Where the figures of an example stand, as pointers.
fn pointers(value: &Value, at: String, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, v)| pointers(v, format!("{at}/{name}"), into))
        }
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(i, v)| pointers(v, format!("{at}/{i}"), into))
        }
        _ => _ = into.insert(at),
    }
}

#[test]
fn all_48_published_examples_are_there_with_every_figure_and_two_changes() {
    let Some(published) = published() else { return };
    assert_eq!(published.len(), 48);
    let all = || [tiers::EXAMPLES, pay::EXAMPLES, deals::EXAMPLES, among::EXAMPLES].into_iter().flatten();
    for (id, example) in &published {
        let mine = || all().filter(|part| part.id == id);
        let mut expected = BTreeSet::new();
        pointers(&example["test_value"], String::new(), &mut expected);
        let there = mine().flat_map(|part| part.figures).map(|(pointer, _)| (*pointer).to_owned());
        assert_eq!(there.collect::<BTreeSet<_>>(), expected, "{id}");
        assert!(mine().map(|part| part.changes.len()).sum::<usize>() >= 2, "{id}");
    }
    assert!(all().all(|part| published.contains_key(part.id)), "an example that nobody published");
}
