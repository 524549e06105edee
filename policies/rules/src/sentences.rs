//! The sentences of a plan's own words, and the telling of what the table gave somebody.
//!
//! The sentences are numbered: names of `let`, rows, what applies otherwise, outputs, their rounding. What steps
//! add to an output adds up to it: each row adds what its formula gives, and rounding the rest. An output without
//! a value has no step that adds to it.

use crate::formula::{Cause, Let, Node, Shape, Values};
use crate::plan::{Line, Named, Of, Plan, Shown, Target};
use crate::terms::{Combine, Hit};
use crate::{Found, Given, Step, Sum, counted};
use attain_sdk::prelude::*;
use attain_sdk::{Decimals, NO_VALUE, overflow, power_of_ten};

/// Where the sentences of a kind begin.
#[derive(Clone, Copy)]
pub struct Sentences<'p> {
    plan: &'p Plan,
    rows: usize,
    otherwise: usize,
    outputs: usize,
    rounding: usize,
}

impl<'p> Sentences<'p> {
    pub fn of(plan: &'p Plan) -> Sentences<'p> {
        let rows = plan.lets.len();
        let otherwise = rows + plan.rows.len();
        let outputs = otherwise + 1;
        Sentences { plan, rows, otherwise, outputs, rounding: outputs + plan.outputs.len() }
    }

    /// All of them, in order.
    pub fn all(self) -> Vec<RuleText> {
        let plan = self.plan;
        let lets = plan.lets.iter().map(|named| named.sentence());
        let rows = plan.rows.iter().enumerate().map(|(i, row)| {
            let (number, when) = (i + 1, row.when.as_ref().map(|(text, _)| plain(text)));
            let (en, zh) = match when {
                Some(when) => (format!("row {number} ({when}): "), format!("第 {number} 行（{when}）：")),
                None => (format!("row {number}: "), format!("第 {number} 行：")),
            };
            row.sentence(plan, format!("row-{number}"), &en, &zh)
        });
        let nothing = Line { when: None, then: Vec::new(), because: None, shown: Vec::new() };
        let otherwise = plan.otherwise.as_ref().unwrap_or(&nothing);
        let (en, zh) = match (plan.rows.is_empty(), otherwise.then.is_empty()) {
            (true, _) => ("", ""),
            (false, true) => ("no row of the table is met", "表中没有一行符合"),
            (false, false) => ("no row of the table is met: ", "表中没有一行符合："),
        };
        let otherwise = otherwise.sentence(plan, "otherwise".to_owned(), en, zh);
        let outputs = plan.outputs.iter().map(|output| {
            let name = &output.name;
            output.sentence("output", format!("{name}: {{{name}}}"), format!("{name}：{{{name}}}"))
        });
        let rounding = plan.outputs.iter().filter(|output| output.word.adds_up()).map(|output| {
            let name = &output.name;
            output.sentence(
                "rounding",
                format!("rounding of {name}: {{{name}}}"),
                format!("{name} 舍入：{{{name}}}"),
            )
        });
        lets.chain(rows).chain([otherwise]).chain(outputs).chain(rounding).collect()
    }
}

fn both(en: String, zh: String) -> Words {
    vec![("en".into(), en.into()), ("zh".into(), zh.into())]
}

/// Words in a sentence, where braces would be a place.
fn plain(text: &str) -> String {
    text.replace('{', "(").replace('}', ")")
}

fn place(name: &str, kind: Kind, labels: Vec<Words>) -> Place {
    Place { name: name.to_owned().into(), kind, like: None, labels }
}

impl Named {
    fn place(&self) -> Place {
        let label = |text: &String| vec![("en".into(), text.clone().into())];
        let kind = self.formula.sort.shown_as(self.formula.node.decimals());
        place(&self.name, kind, self.texts.iter().flatten().map(label).collect())
    }

    fn sentence(&self) -> RuleText {
        let (name, text) = (&self.name, plain(&self.text));
        RuleText {
            code: format!("let-{name}").into(),
            places: vec![self.place()],
            text: both(format!("{name} = {text}: {{{name}}}"), format!("{name} = {text}：{{{name}}}")),
        }
    }

    /// Its value as its place shows it: rounded down, so that what lies below a threshold never looks as if it had
    /// reached it.
    fn cell(&self, value: Let<'_>, money_scale: Exact) -> i64 {
        match value {
            Let::Number(number) => {
                let scale = match self.place().kind.decimals {
                    Decimals::Currency => money_scale,
                    Decimals::Fixed(decimals) => Exact::whole(power_of_ten(decimals)),
                };
                shown(number * scale, Round::Floor)
            }
            Let::Truth(truth) => truth.into(),
            Let::Text(text) => index(self.texts.iter().flatten().position(|known| known == text)),
            Let::None(_) => NO_VALUE,
        }
    }
}

/// A number as a sentence shows it. One that is too large to be shown is shown as no value: who could be paid can be
/// explained.
fn shown(number: Exact, mode: Round) -> i64 {
    let earlier = overflow::take();
    let amount: Amount = number.round(mode);
    let is_too_large = overflow::take();
    if earlier {
        overflow::mark();
    }
    if is_too_large { NO_VALUE } else { amount.units() }
}

fn index(of: Option<usize>) -> i64 {
    of.and_then(|index| i64::try_from(index).ok()).unwrap_or(NO_VALUE)
}

impl Target {
    fn sentence(&self, code: &str, en: String, zh: String) -> RuleText {
        RuleText {
            code: format!("{code}-{}", self.name).into(),
            places: vec![place(&self.name, self.kind, self.labels.clone())],
            text: both(en, zh),
        }
    }
}

impl Line {
    /// Its own words, or what the plan says: `begins` and then what it gives.
    fn sentence(&self, plan: &Plan, code: String, en: &str, zh: &str) -> RuleText {
        let places = self.shown.iter().filter_map(|shown| plan.place(shown)).collect();
        let gives: Vec<String> = self
            .then
            .iter()
            .filter_map(|(output, text, node)| {
                let name = &plan.outputs.get(*output)?.name;
                Some(match node.is_constant() {
                    true => format!("{name} {{{name}}}"),
                    false => format!("{name} = {} = {{{name}}}", plain(text)),
                })
            })
            .collect();
        let own = || both(format!("{en}{}", gives.join(", ")), format!("{zh}{}", gives.join("，")));
        RuleText { code: code.into(), places, text: self.because.clone().unwrap_or_else(own) }
    }
}

impl Plan {
    fn place(&self, shown: &Shown) -> Option<Place> {
        Some(match shown.of {
            Of::Input(input, _) => place(&shown.name, self.input(input)?.kind, Vec::new()),
            Of::Let(index) => self.lets.get(index)?.place(),
            Of::Output(index) => {
                let target = self.outputs.get(index)?;
                place(&shown.name, target.kind, target.labels.clone())
            }
        })
    }
}

/// Tells how somebody came to what the table gives.
pub fn tell<'p>(plan: &'p Plan, values: &Values<'p>, found: &Found<'p>, why: &mut impl Why) {
    let teller = Teller { plan, values, found, sentences: Sentences::of(plan) };
    for (i, named) in plan.lets.iter().enumerate().filter(|(_, named)| named.is_shown()) {
        let value = values.of_let(i);
        why.notes(|| said(i, vec![named.cell(value, plan.money_scale)]));
        if let Let::None(cause) = value {
            why.notes(|| without(cause));
        }
    }
    for (i, line) in plan.rows.iter().enumerate() {
        match line.applies(values) {
            Ok(false) => {}
            Err(cause) => {
                why.notes(|| undecided(i, cause));
                if found.is_stopped {
                    return;
                }
            }
            Ok(true) if found.is_stopped => {}
            Ok(true) => {
                teller.line(line, teller.sentences.rows + i, Some(i), why);
                if plan.hit == Hit::First {
                    break;
                }
            }
        }
    }
    match (found.first, &plan.otherwise) {
        (None, Some(line)) => teller.line(line, teller.sentences.otherwise, None, why),
        (None, None) => why.notes(|| said(teller.sentences.otherwise, Vec::new())),
        (Some(_), Some(line)) => {
            for (output, _, node) in &line.then {
                if found.is_otherwise.get(*output) == Some(&true) {
                    teller.output(*output, node, None, why);
                }
            }
        }
        (Some(_), None) => {}
    }
    let outputs = plan.outputs.iter().zip(&found.sums).enumerate();
    let adding = outputs.filter(|(_, (target, _))| target.word.adds_up());
    for (sentence, (i, (target, sum))) in (teller.sentences.rounding..).zip(adding) {
        if let Sum::Number { number, .. } = sum {
            let amount = target.rounded(*number, target.round);
            why.settles(Given::OUTPUTS.at(i), amount, |rest| said(sentence, vec![rest.units()]));
        }
    }
}

struct Teller<'t, 'p> {
    plan: &'p Plan,
    values: &'t Values<'p>,
    found: &'t Found<'p>,
    sentences: Sentences<'p>,
}

impl<'p> Teller<'_, 'p> {
    /// What a line gives: its sentence, which adds to the first output that adds up, and one for each other.
    fn line(&self, line: &'p Line, sentence: usize, from: Option<usize>, why: &mut impl Why) {
        let cells = || line.shown.iter().map(|shown| self.cell(line, shown)).collect();
        let first = line.then.iter().find(|(output, ..)| self.adds(*output, from));
        match first {
            Some((output, _, node)) => {
                why.adds(Given::OUTPUTS.at(*output), self.amount(*output, node), |_| said(sentence, cells()));
            }
            None => why.notes(|| said(sentence, cells())),
        }
        let first = first.map(|(output, ..)| *output);
        for (output, _, node) in &line.then {
            let is_shown = line.shown.iter().any(|shown| shown.of == Of::Output(*output));
            if first != Some(*output) && (!is_shown || self.adds(*output, from)) {
                self.output(*output, node, from, why);
            } else if let Some(cause) = self.cause(*output, node) {
                why.notes(|| without(cause));
            }
        }
    }

    /// What a formula gives an output, on its own.
    fn output(&self, output: usize, node: &'p Node, from: Option<usize>, why: &mut impl Why) {
        let sentence = self.sentences.outputs + output;
        if self.adds(output, from) {
            let amount = self.amount(output, node);
            return why
                .adds(Given::OUTPUTS.at(output), amount, |amount| said(sentence, vec![amount.units()]));
        }
        why.notes(|| said(sentence, vec![self.given(output, node)]));
        if let Some(cause) = self.cause(output, node) {
            why.notes(|| without(cause));
        }
    }

    /// Whether what this row gives is a part of the output.
    fn adds(&self, output: usize, from: Option<usize>) -> bool {
        match (self.plan.outputs.get(output), self.found.sums.get(output)) {
            (Some(target), Some(Sum::Number { from: winner, .. })) => {
                target.word.adds_up() && (target.combine == Combine::Sum || *winner == from)
            }
            _ => false,
        }
    }

    /// What a row adds, in the output's smallest part.
    fn amount(&self, output: usize, node: &'p Node) -> Exact {
        let scale = self.plan.outputs.get(output).map_or(Exact::ONE, |target| target.scale);
        self.values.number(node).unwrap_or(Exact::ZERO) * scale
    }

    fn cell(&self, line: &'p Line, shown: &Shown) -> i64 {
        match shown.of {
            Of::Input(_, column) => self.values.cell(column),
            Of::Let(index) => {
                let named = self.plan.lets.get(index);
                named.map_or(NO_VALUE, |named| named.cell(self.values.of_let(index), self.plan.money_scale))
            }
            Of::Output(output) => {
                let entry = line.then.iter().find(|(index, ..)| *index == output);
                entry.map_or(NO_VALUE, |(_, _, node)| self.given(output, node))
            }
        }
    }

    /// What a formula gives an output, as a sentence shows it.
    fn given(&self, output: usize, node: &'p Node) -> i64 {
        let Some(target) = self.plan.outputs.get(output) else { return NO_VALUE };
        match target.shape() {
            Shape::Number => {
                let number = self.values.number(node);
                number.map_or(NO_VALUE, |number| shown(number * target.scale, Round::HalfUp))
            }
            Shape::Truth => self.values.truth(node).map_or(NO_VALUE, i64::from),
            Shape::Text => index(self.values.text(node).ok().and_then(|text| target.label(text))),
        }
    }

    fn cause(&self, output: usize, node: &'p Node) -> Option<Cause> {
        match self.plan.outputs.get(output)?.shape() {
            Shape::Number => self.values.number(node).err(),
            Shape::Truth => self.values.truth(node).err(),
            Shape::Text => self.values.text(node).err(),
        }
    }
}

fn said(sentence: usize, values: Vec<i64>) -> Step {
    Step::Named(Sentence { sentence, values })
}

fn without(cause: Cause) -> Step {
    match cause {
        Cause::Input(input) => Step::Missing { input: InputName(input) },
        Cause::Zero => Step::DividedByZero,
        Cause::Unlisted => Step::Unlisted,
    }
}

fn undecided(row: usize, cause: Cause) -> Step {
    let row = counted(row);
    match cause {
        Cause::Input(input) => Step::Undecided { row, input: InputName(input) },
        Cause::Zero => Step::UndecidedByZero { row },
        Cause::Unlisted => Step::UndecidedUnlisted { row },
    }
}
