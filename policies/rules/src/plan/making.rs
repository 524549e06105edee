//! From what a plan sets to what the rule works with: names resolved, formulas checked, all that is wrong told.

use super::{Line, Named, OUTPUTS_MAX, Of, Plan, Shown, Target};
use crate::formula::{
    Formula, Known, LETS_MAX, Measure, Node, RESERVED, Refusal, Scope, Sort, mentions, parse,
};
use crate::terms::{Column, Combine, FormulaText, Hit, OutputTerms, Terms, Text, Word};
use attain_sdk::prelude::*;
use attain_sdk::{COLUMN_SHAPE, hint, is_column_name, power_of_ten};
use std::fmt::Display;

/// The most steps that explaining one row may take: the host allows so many.
const STEPS_MAX: usize = 256;
/// Outputs that are always there.
const FIXED: [&str; 2] = ["row", "undecided"];

impl Prepare for Plan {
    type Parameters = Terms;

    fn prepare(terms: Terms, period: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Plan> {
        let mut making = Making { scope: Scope::default(), broken: Vec::new(), is_good: true, wrong };
        let inputs = making.inputs(terms.inputs, period);
        making.constants(period);
        let lets = making.lets(terms.r#let.unwrap_or_default());
        let outputs = making.outputs(terms.outputs, terms.hit, period);
        let mut rows = Vec::new();
        for (i, line) in terms.table.unwrap_or_default().into_iter().enumerate() {
            let at = format!("table[{i}]");
            let when = line.when.map(|when| making.condition(&format!("{at}.when"), when));
            rows.push(making.line(&at, when, line.then, line.because, &lets, &outputs));
        }
        let otherwise = terms.otherwise.map(|otherwise| {
            making.line("otherwise", None, otherwise.then, otherwise.because, &lets, &outputs)
        });
        let (hit, undecided) = (terms.hit, terms.undecided);
        let money_scale = Exact::whole(power_of_ten(period.money_decimals));
        let plan = Plan { inputs, lets, outputs, rows, otherwise, hit, undecided, money_scale };
        making.check(&plan);
        making.is_good.then_some(plan)
    }
}

struct Making<'m, 'w, 'r> {
    scope: Scope,
    /// Names of `let` that were refused: what uses them isn't refused for that again.
    broken: Vec<String>,
    is_good: bool,
    wrong: &'m mut Wrong<'w, 'r>,
}

impl Making<'_, '_, '_> {
    fn refuse(&mut self, at: impl Display, code: &str, message: String) {
        self.is_good = false;
        self.wrong.at(at, code, message);
    }

    fn formula(&mut self, at: &str, text: &str) -> Option<Formula> {
        if mentions(text).iter().any(|name| self.broken.contains(name)) {
            return None;
        }
        match parse(text, &mut self.scope) {
            Ok(formula) => Some(formula),
            Err(Refusal { at: character, code, what }) => {
                self.refuse(at, code, format!("character {character}: {what}"));
                None
            }
        }
    }

    fn condition(&mut self, at: &str, text: FormulaText) -> (String, Node) {
        let formula = self.formula(at, &text.0);
        if let Some(formula) = &formula
            && formula.sort != Sort::Truth
        {
            let message = format!("it gives {}, expected a condition such as `revenue > 0`", formula.sort);
            self.refuse(at, "wrong-unit", message);
        }
        (text.0, formula.map_or(Node::Truth(false), |formula| formula.node))
    }

    /// Whether a name may be given to an input, a `let` or an output.
    fn name(&mut self, at: &str, name: &str) {
        if !is_column_name(name) {
            self.refuse(at, "not-a-name", format!("`{name}` can't be a name, expected {COLUMN_SHAPE}"));
        } else if RESERVED.contains(&name) {
            self.refuse(at, "not-a-name", format!("`{name}` is a word of formulas; choose another name"));
        }
    }

    fn decimals(&mut self, at: &str, word: Word, decimals: Option<u8>) {
        if decimals.is_some_and(|decimals| decimals > 0) && word != Word::Money && !word.adds_up() {
            let name = word.kind(None).unit.name();
            self.refuse(
                format_args!("{at}.decimals"),
                "unused-field",
                format!("a `{name}` has no decimals; leave it out"),
            );
        }
    }

    fn inputs(&mut self, columns: BTreeMap<String, Column>, period: &Period) -> Vec<Input> {
        let (mut inputs, mut numbers, mut texts) = (Vec::new(), 0, 0);
        for (name, column) in columns {
            let (at, column) = (format!("inputs.{name}"), column.0);
            self.name(&at, &name);
            self.decimals(&at, column.unit, column.decimals);
            if column.unit == Word::Label {
                self.refuse(&at, "wrong-unit", "labels are only given; read a `text`".to_owned());
            }
            let kind = column.unit.kind(column.decimals);
            let sort = Sort::of(kind.unit);
            let input = u16::try_from(inputs.len()).unwrap_or(u16::MAX);
            let next = if sort == Sort::Text { &mut texts } else { &mut numbers };
            let (column_index, part) = (*next, part(kind.decimals(period)));
            *next += 1;
            let node = match sort {
                Sort::Text => Node::TextInput { column: column_index, input },
                Sort::Truth => Node::FlagInput { column: column_index, input },
                Sort::Number(_) | Sort::Day => Node::NumberInput { column: column_index, input, part },
            };
            self.scope.add(&name, node, sort);
            let need = if column.optional { Need::Optional } else { Need::Required };
            inputs.push(Input { name, kind, need, doc: column.doc.unwrap_or_default() });
        }
        inputs
    }

    /// The days of the period, and the colours of levels.
    fn constants(&mut self, period: &Period) {
        let days = [
            ("period_first", period.first),
            ("period_last", period.last),
            ("year_first", period.year_first),
            ("year_last", period.year_last),
        ];
        for (name, day) in days {
            self.scope.add(name, Node::Number(Exact::whole(day.days().into())), Sort::Day);
        }
        for (level, name) in ["none", "blue", "yellow", "red"].into_iter().enumerate() {
            let level = Exact::whole(i64::try_from(level).unwrap_or(0));
            self.scope.add(name, Node::Number(level), Sort::Number(Measure::COUNT));
        }
    }

    /// Names, each after those that it uses.
    fn lets(&mut self, texts: BTreeMap<String, FormulaText>) -> Vec<Named> {
        if texts.len() > LETS_MAX {
            let message = format!("{} names, at most {LETS_MAX} are allowed", texts.len());
            self.refuse("let", "too-many-names", message);
            self.broken.extend(texts.into_keys());
            return Vec::new();
        }
        for name in texts.keys() {
            self.name(&format!("let.{name}"), name);
            if self.scope.names.iter().any(|known| known.name == *name && !RESERVED.contains(&name.as_str()))
            {
                self.refuse(
                    format_args!("let.{name}"),
                    "not-a-name",
                    format!("`{name}` is an input; choose another name"),
                );
            }
        }
        let mut left: Vec<(String, String, Vec<String>)> = texts
            .into_iter()
            .map(|(name, text)| {
                let uses = mentions(&text.0);
                (name, text.0, uses)
            })
            .collect();
        let mut lets = Vec::new();
        while !left.is_empty() {
            let is_ready = |(_, _, uses): &(String, String, Vec<String>)| {
                left.iter().all(|(other, ..)| !uses.contains(other))
            };
            let Some(ready) = left.iter().position(is_ready) else {
                let is_needed = |name: &String| left.iter().any(|(_, _, uses)| uses.contains(name));
                let names = left.iter().map(|(name, ..)| name).filter(|name| is_needed(name));
                let names: Vec<&str> = names.map(String::as_str).collect();
                let at = format!("let.{}", names.first().copied().unwrap_or_default());
                let names = names.join("`, `");
                let message =
                    format!("names that need each other in a circle: `{names}`; one must do without");
                self.refuse(at, "cycle", message);
                self.broken.extend(left.into_iter().map(|(name, ..)| name));
                break;
            };
            let (name, text, _) = left.remove(ready);
            match self.formula(&format!("let.{name}"), &text) {
                None => self.broken.push(name),
                Some(formula) => {
                    self.scope.add(&name, Node::Let(lets.len()), formula.sort);
                    lets.push(Named::new(name, text, formula));
                }
            }
        }
        lets
    }

    fn outputs(&mut self, given: Vec<OutputTerms>, hit: Hit, period: &Period) -> Vec<Target> {
        if given.is_empty() || given.len() > OUTPUTS_MAX {
            let message = format!("{} outputs, expected 1 to {OUTPUTS_MAX}", given.len());
            self.refuse("outputs", "too-many-outputs", message);
        }
        let mut targets: Vec<Target> = Vec::new();
        for (i, given) in given.into_iter().enumerate() {
            let at = format!("outputs[{i}]");
            self.name(&format!("{at}.name"), &given.name);
            let is_taken = FIXED.contains(&given.name.as_str());
            if is_taken || targets.iter().any(|target| target.name == given.name) {
                let message = format!("`{}` is there already; choose another name", given.name);
                self.refuse(format_args!("{at}.name"), "not-a-name", message);
            }
            self.decimals(&at, given.unit, given.decimals);
            let kind = given.unit.kind(given.decimals);
            let role = given.kind.unwrap_or(match given.unit {
                Word::Money => Role::Pay,
                Word::Points => Role::Score,
                Word::Level => Role::Alert,
                _ => Role::Info,
            });
            self.output(&at, &given, role, hit, period);
            targets.push(Target {
                name: given.name,
                word: given.unit,
                kind,
                role,
                scale: Exact::whole(power_of_ten(kind.decimals(period))),
                round: given.round,
                combine: given.combine,
                labels: given.labels.unwrap_or_default().into_iter().map(Text::words).collect(),
                doc: given.doc.unwrap_or_else(|| "What the table gives.".to_owned()),
            });
        }
        targets
    }

    /// What an output can't be.
    fn output(&mut self, at: &str, given: &OutputTerms, role: Role, hit: Hit, period: &Period) {
        let name = given.unit.kind(None).unit.name();
        if given.unit == Word::Text {
            let message = "a text can't be given; give a `label`, and list its `labels`".to_owned();
            self.refuse(format_args!("{at}.unit"), "wrong-unit", message);
        }
        if role == Role::Pay && given.unit != Word::Money {
            self.refuse(
                format_args!("{at}.kind"),
                "wrong-unit",
                format!("`{name}` can't be paid, expected `money`"),
            );
        }
        let of_currency = period.money_decimals;
        if role == Role::Pay && given.decimals.is_some_and(|decimals| decimals != of_currency) {
            let message = format!("what is paid has the currency's {of_currency} decimals; leave it out");
            self.refuse(format_args!("{at}.decimals"), "out-of-range", message);
        }
        match (given.unit == Word::Label, given.labels.as_ref().is_some_and(|labels| !labels.is_empty())) {
            (true, false) => {
                let message = "a label needs `labels`, such as [\"Gold\", \"Silver\"]".to_owned();
                self.refuse(format_args!("{at}.labels"), "missing-field", message);
            }
            (false, true) => {
                let message = format!("`{name}` has no labels; leave them out");
                self.refuse(format_args!("{at}.labels"), "unused-field", message);
            }
            _ => {}
        }
        let orders = given.unit.adds_up() || matches!(given.unit, Word::Level | Word::Date);
        let combines = if given.combine == Combine::Sum { given.unit.adds_up() } else { orders };
        if hit == Hit::All && !combines {
            let message = match orders {
                true => format!("`{name}` doesn't add up; say `combine = \"max\"` or \"min\""),
                false => format!(
                    "`{name}` can't be combined of several rows; give it in a step with `hit = \"first\"`"
                ),
            };
            self.refuse(format_args!("{at}.combine"), "wrong-unit", message);
        }
        if hit != Hit::All && given.combine != Combine::Sum {
            let message =
                "only one row applies, so nothing is combined; leave it out, or say `hit = \"all\"`"
                    .to_owned();
            self.refuse(format_args!("{at}.combine"), "unused-field", message);
        }
    }

    fn line(
        &mut self,
        at: &str,
        when: Option<(String, Node)>,
        then: BTreeMap<String, FormulaText>,
        because: Option<Text>,
        lets: &[Named],
        outputs: &[Target],
    ) -> Line {
        if then.is_empty() {
            self.refuse(
                format_args!("{at}.then"),
                "missing-field",
                "it gives nothing, expected an output".to_owned(),
            );
        }
        let mut given = Vec::new();
        for (name, text) in then {
            let at = format!("{at}.then.{name}");
            let Some(index) = outputs.iter().position(|output| output.name == name) else {
                let names: Vec<&str> = outputs.iter().map(|output| output.name.as_str()).collect();
                self.refuse(
                    &at,
                    "unknown-name",
                    format!("there is no output `{name}`{}", hint(&name, &names)),
                );
                continue;
            };
            let formula = self.formula(&at, &text.0);
            if let (Some(formula), Some(output)) = (&formula, outputs.get(index)) {
                self.fits(&at, formula, output);
            }
            given.push((index, text.0, formula.map_or(Node::Truth(false), |formula| formula.node)));
        }
        given.sort_by_key(|(index, ..)| *index);
        let mut row = Line { when, then: given, because: None, shown: Vec::new() };
        match because {
            None => {
                let shown = |(index, ..): &(usize, String, Node)| {
                    Some(Shown { name: outputs.get(*index)?.name.clone(), of: Of::Output(*index) })
                };
                row.shown = row.then.iter().filter_map(shown).collect();
            }
            Some(because) => {
                let at = format!("{at}.because");
                for text in because.0.values() {
                    self.places(&at, text, &mut row, lets, outputs);
                }
                row.because = Some(because.words());
            }
        }
        row
    }

    /// Whether an output can be what a formula gives.
    fn fits(&mut self, at: &str, formula: &Formula, output: &Target) {
        let wanted = Sort::of(output.kind.unit);
        if formula.sort.beside(wanted) != Some(wanted) {
            let (name, unit) = (&output.name, output.kind.unit.name());
            let hint = match (formula.sort, output.word) {
                (Sort::Number(_), Word::Level) => "; a level is `blue`, `yellow`, `red` or `none`".to_owned(),
                (Sort::Number(_), word) if word.adds_up() => {
                    format!("; if it is one, write {unit}(...) around it")
                }
                (_, Word::Label) => "; a label is written in quotes".to_owned(),
                _ => String::new(),
            };
            let message = format!("it gives {}, and `{name}` is {wanted}{hint}", formula.sort);
            self.refuse(at, "wrong-unit", message);
        }
        let mut texts = Vec::new();
        formula.node.texts(&mut texts);
        if output.word == Word::Label
            && let Some(text) = texts.into_iter().find(|text| output.label(text).is_none())
        {
            let labels: Vec<&str> = output.labels.iter().flatten().map(|(_, label)| &**label).collect();
            let message = format!("'{text}' is no label of `{}`{}", output.name, hint(text, &labels));
            self.refuse(at, "unknown-name", message);
        }
    }

    /// What a sentence shows: what the row gives, names of `let`, inputs.
    fn places(&mut self, at: &str, text: &str, row: &mut Line, lets: &[Named], outputs: &[Target]) {
        let mut rest = text;
        while let Some((_, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else {
                return self.refuse(
                    at,
                    "not-a-sentence",
                    "a `{` has no `}`; a name stands between the two".to_owned(),
                );
            };
            rest = after;
            // `{days|day|days}` shows a word by the number.
            let name = name.split_once('|').map_or(name, |(name, _)| name);
            let is_broken = self.broken.iter().any(|broken| broken == name);
            if is_broken || row.shown.iter().any(|shown| shown.name == name) {
                continue;
            }
            let gives = |index: usize| outputs.get(index).filter(|output| output.name == name).map(|_| index);
            let output = row.then.iter().find_map(|(index, ..)| gives(*index)).map(Of::Output);
            let known = self.scope.names.iter_mut().find(|known| known.name == name);
            let known = known.and_then(|known| {
                known.is_used = true;
                shown(known, lets)
            });
            if let Some(of) = output.or(known) {
                row.shown.push(Shown { name: name.to_owned(), of });
                continue;
            }
            let known = self.scope.names.iter().filter(|known| shown(known, lets).is_some());
            let given = row.then.iter().filter_map(|(index, ..)| outputs.get(*index));
            let given = given.map(|output| output.name.as_str());
            let names: Vec<&str> = known.map(|known| known.name.as_str()).chain(given).collect();
            let message = format!("a sentence can't show `{name}`{}", hint(name, &names));
            self.refuse(at, "unknown-name", message);
        }
    }

    /// What only the whole can have wrong.
    fn check(&mut self, plan: &Plan) {
        let lines = || plan.rows.iter().chain(&plan.otherwise);
        for (i, output) in plan.outputs.iter().enumerate() {
            if !lines().any(|row| row.then.iter().any(|(index, ..)| *index == i)) {
                let message = format!(
                    "no row gives `{}`, and `otherwise` doesn't; give it, or leave it out",
                    output.name
                );
                self.refuse(format_args!("outputs[{i}]"), "unused-field", message);
            }
        }
        let entries = |row: &Line| 1 + 2 * row.then.len();
        let rows = match plan.hit {
            Hit::All => plan.rows.iter().map(entries).sum(),
            Hit::First | Hit::Only => plan.rows.len() + lines().map(entries).max().unwrap_or(0),
        };
        let steps = 2 * plan.lets.len() + rows + 3 * plan.outputs.len();
        if steps > STEPS_MAX {
            let message = format!(
                "explaining somebody could take {steps} steps, at most {STEPS_MAX} are allowed; use fewer rows, \
                 or `lookup` and `tiers` in a formula"
            );
            self.refuse("table", "too-long", message);
        }
        if !self.is_good {
            return;
        }
        let unused = self.scope.names.iter().filter(|known| !known.is_used);
        let unused: Vec<String> = unused.map(|known| known.name.clone()).collect();
        for input in plan.inputs.iter().filter(|input| unused.contains(&input.name)) {
            let message =
                format!("no formula uses `{}`; leave it out, and nobody needs to bind it", input.name);
            self.refuse(format_args!("inputs.{}", input.name), "unused-field", message);
        }
    }
}

/// How a sentence can show what a name stands for; none of a text that can be anything.
fn shown(known: &Known, lets: &[Named]) -> Option<Of> {
    match known.node {
        Node::NumberInput { column, input, .. } | Node::FlagInput { column, input } => {
            Some(Of::Input(input.into(), column))
        }
        Node::Let(index) => lets.get(index).filter(|named| named.is_shown()).map(|_| Of::Let(index)),
        _ => None,
    }
}

/// What one of the smallest part is.
fn part(decimals: u8) -> Exact {
    // A power of ten isn't zero.
    Exact::ONE.over(Exact::whole(power_of_ten(decimals))).unwrap_or(Exact::ONE)
}
