//! One case against one policy.

use crate::batch::{batch, one_row};
use crate::case::{Case, Cell, Expected, ExpectedError, ExpectedStep};
use crate::cells;
use crate::manifest::{Binding, Manifest, Rule};
use crate::subject::Subject;
use attain_sdk::NO_VALUE;
use attain_sdk::contract::exports::attain::policy::rules::{Batch, Context, Failure, Step};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What isn't as the case says: the place, and what was got and expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference(pub String);

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// All that isn't as the case says.
pub fn run(case: &Case, subject: &dyn Subject) -> Vec<Difference> {
    let mut differences = Vec::new();
    if let Err(difference) = Running::start(case, subject).and_then(|running| running.check(&mut differences))
    {
        differences.push(difference);
    }
    differences
}

fn different<T>(what: String) -> Result<T, Difference> {
    Err(Difference(what))
}

/// A case under way.
struct Running<'c> {
    case: &'c Case,
    subject: &'c dyn Subject,
    manifest: Manifest,
    parameters: String,
    context: Context,
}

impl<'c> Running<'c> {
    fn start(case: &'c Case, subject: &'c dyn Subject) -> Result<Running<'c>, Difference> {
        let described = subject.describe().map_err(|error| Difference(format!("describe: {error}")))?;
        let manifest = serde_json::from_str(&described)
            .map_err(|error| Difference(format!("describe gave something else than a manifest: {error}")))?;
        let parameters = serde_json::Value::Object(case.parameters.clone()).to_string();
        Ok(Running { case, subject, manifest, parameters, context: case.period.context() })
    }

    fn check(&self, differences: &mut Vec<Difference>) -> Result<(), Difference> {
        let bound = self.subject.bind(&self.parameters, &self.context);
        match (self.case.expected(), bound) {
            (Expected::Refusal(errors), Err(failures)) => refusals(errors, &failures, differences),
            (Expected::Refusal(errors), Ok(bound)) => {
                let binding = read_binding(&bound)?;
                let batch = batch(self.case, &binding).map_err(Difference)?;
                match self.subject.evaluate(&self.parameters, &self.context, &batch) {
                    Ok(_) => {
                        return different(format!("got a result, expected the error `{}`", codes(errors)));
                    }
                    Err(failure) => refusals(errors, &[failure], differences),
                }
            }
            (Expected::Result { .. }, Err(failures)) => {
                let failures: Vec<String> = failures.iter().map(shown).collect();
                return different(format!("[parameters] are refused: {}", failures.join("; ")));
            }
            (Expected::Result { out, steps }, Ok(bound)) => {
                self.results(&read_binding(&bound)?, out, steps, differences)?;
            }
        }
        Ok(())
    }

    fn results(
        &self,
        binding: &Binding,
        out: &BTreeMap<String, Vec<Cell>>,
        steps: &[ExpectedStep],
        differences: &mut Vec<Difference>,
    ) -> Result<(), Difference> {
        let batch = batch(self.case, binding).map_err(Difference)?;
        let refused = |failure: Failure| Difference(format!("it is refused: {}", shown(&failure)));
        let columns = self.subject.evaluate(&self.parameters, &self.context, &batch).map_err(refused)?;
        compare(binding, &columns, out, &batch, differences)?;
        self.alone(binding, &batch, &columns, differences)?;
        let rows: Vec<u32> = (0..batch.rows).collect();
        let told = self.subject.explain(&self.parameters, &self.context, &batch, &rows);
        let told =
            told.map_err(|failure| Difference(format!("explaining it is refused: {}", shown(&failure))))?;
        if told.len() != rows.len() {
            return different(format!("{} explanations for {} rows", told.len(), rows.len()));
        }
        differences.extend(adds_up(binding, &columns, &told));
        self.steps(binding, &told, steps, differences)
    }

    /// Rows that are independent give the same alone.
    fn alone(
        &self,
        binding: &Binding,
        batch: &Batch,
        columns: &[Vec<i64>],
        differences: &mut Vec<Difference>,
    ) -> Result<(), Difference> {
        if binding.keys().is_some() {
            return Ok(());
        }
        for row in 0..usize::try_from(batch.rows).unwrap_or(0) {
            let alone = self.subject.evaluate(&self.parameters, &self.context, &one_row(batch, row));
            let alone = alone
                .map_err(|failure| Difference(format!("row {row} alone is refused: {}", shown(&failure))))?;
            let same = alone.iter().zip(columns).all(|(alone, column)| alone.first() == column.get(row));
            if !same {
                differences.push(Difference(format!("row {row}: it gives something else when it is alone")));
            }
        }
        Ok(())
    }

    /// Of the rules that the case names for a row, the row has exactly the steps that the case lists.
    fn steps(
        &self,
        binding: &Binding,
        told: &[Vec<Step>],
        expected: &[ExpectedStep],
        differences: &mut Vec<Difference>,
    ) -> Result<(), Difference> {
        let rows: BTreeSet<u32> = expected.iter().map(|step| step.row).collect();
        for row in rows {
            let wanted: Vec<&ExpectedStep> = expected.iter().filter(|step| step.row == row).collect();
            let told = usize::try_from(row).ok().and_then(|row| told.get(row));
            let Some(told) = told else {
                return different(format!("[[steps]] row {row}: there is no such row"));
            };
            let got: Vec<(&Rule, &Step)> = told
                .iter()
                .filter_map(|step| Some((self.manifest.rule(binding, step.rule)?, step)))
                .filter(|(rule, _)| wanted.iter().any(|wanted| wanted.rule == rule.code))
                .collect();
            let list = |codes: Vec<&str>| codes.join(", ");
            let got_codes = list(got.iter().map(|(rule, _)| rule.code.as_str()).collect());
            let wanted_codes = list(wanted.iter().map(|step| step.rule.as_str()).collect());
            if got_codes != wanted_codes {
                let message = format!("[[steps]] row {row}: got {got_codes:?}, expected {wanted_codes:?}");
                differences.push(Difference(message));
                continue;
            }
            for (wanted, (rule, step)) in wanted.iter().zip(got) {
                self.step(binding, wanted, rule, step, differences);
            }
        }
        Ok(())
    }

    fn step(
        &self,
        binding: &Binding,
        wanted: &ExpectedStep,
        rule: &Rule,
        step: &Step,
        differences: &mut Vec<Difference>,
    ) {
        for (name, cell) in &wanted.values {
            let place = format!("[[steps]] row {} {} {name}", wanted.row, rule.code);
            let index = rule.places.iter().position(|place| place.name == *name);
            let found = index.and_then(|index| Some((rule.places.get(index)?, *step.values.get(index)?)));
            let Some((known, got)) = found else {
                differences.push(Difference(format!("{place}: the rule shows no such number")));
                continue;
            };
            let meaning = rule.meaning(known, &step.values, binding, self.context.money_decimals);
            match cells::read(&cell.0, meaning) {
                Err(what) => differences.push(Difference(format!("{place}: {what}"))),
                Ok(expected) if expected != got => {
                    let (got, expected) = (cells::write(got, meaning), cells::write(expected, meaning));
                    differences.push(Difference(format!("{place}: got {got}, expected {expected}")));
                }
                Ok(_) => {}
            }
        }
    }
}

fn read_binding(json: &str) -> Result<Binding, Difference> {
    serde_json::from_str(json)
        .map_err(|error| Difference(format!("bind gave something else than a binding: {error}")))
}

fn compare(
    binding: &Binding,
    columns: &[Vec<i64>],
    expected: &BTreeMap<String, Vec<Cell>>,
    batch: &Batch,
    differences: &mut Vec<Difference>,
) -> Result<(), Difference> {
    if columns.len() != binding.outputs.len() {
        return different(format!(
            "{} columns came out, `bind` promised {}",
            columns.len(),
            binding.outputs.len()
        ));
    }
    for (output, column) in binding.outputs.iter().zip(columns) {
        let groups = if batch.group_ends.is_empty() {
            usize::try_from(batch.rows).unwrap_or(0)
        } else {
            batch.group_ends.len()
        };
        let values = if output.is_per_group() { groups } else { usize::try_from(batch.rows).unwrap_or(0) };
        if column.len() != values {
            return different(format!(
                "{}: {} values came out, expected {values}",
                output.name,
                column.len()
            ));
        }
    }
    for (name, cells) in expected {
        let found = binding.outputs.iter().zip(columns).find(|(output, _)| output.name == *name);
        let Some((output, column)) = found else {
            let names: Vec<&str> = binding.outputs.iter().map(|output| output.name.as_str()).collect();
            return different(format!(
                "[out] {name}: there is no such output; there is `{}`",
                names.join("`, `")
            ));
        };
        if cells.len() != column.len() {
            return different(format!("[out] {name}: got {} values, expected {}", column.len(), cells.len()));
        }
        for (row, (cell, got)) in cells.iter().zip(column).enumerate() {
            match cells::read(&cell.0, output.meaning()) {
                Err(what) => differences.push(Difference(format!("[out] {name} row {row}: {what}"))),
                Ok(expected) if expected != *got => {
                    let (got, expected) =
                        (cells::write(*got, output.meaning()), cells::write(expected, output.meaning()));
                    differences
                        .push(Difference(format!("[out] {name} row {row}: got {got}, expected {expected}")));
                }
                Ok(_) => {}
            }
        }
    }
    Ok(())
}

/// Where what the steps of a row add to an output doesn't add up to it. A `pay` output is explained in every row.
pub fn adds_up(binding: &Binding, columns: &[Vec<i64>], told: &[Vec<Step>]) -> Vec<Difference> {
    let mut differences = Vec::new();
    for (index, (output, column)) in binding.outputs.iter().zip(columns).enumerate() {
        if output.is_per_group() {
            continue;
        }
        for (row, (steps, got)) in told.iter().zip(column).enumerate() {
            let added = steps.iter().filter_map(|step| step.adds_to);
            let added: Vec<i64> =
                added.filter(|(to, _)| usize::from(*to) == index).map(|(_, amount)| amount).collect();
            let must = output.kind == "pay" && *got != NO_VALUE && *got != 0;
            if added.is_empty() && !must {
                continue;
            }
            let sum: i128 = added.iter().copied().map(i128::from).sum();
            if sum != i128::from(*got) {
                let meaning = output.meaning();
                let sum =
                    i64::try_from(sum).map_or_else(|_| sum.to_string(), |sum| cells::write(sum, meaning));
                differences.push(Difference(format!(
                    "row {row}: the steps add up to {sum} of `{}`, which is {}",
                    output.name,
                    cells::write(*got, meaning)
                )));
            }
        }
    }
    differences
}

/// A failure in one line: its place, what it says, its code.
pub fn shown(failure: &Failure) -> String {
    let row = failure.row.map(|row| format!("row {row}: ")).unwrap_or_default();
    let at = failure.at.as_ref().map(|at| format!("{at}: ")).unwrap_or_default();
    format!("{row}{at}{} [{}]", failure.message, failure.code)
}

fn codes(errors: &[ExpectedError]) -> String {
    let codes: Vec<&str> = errors.iter().map(|error| error.code.as_str()).collect();
    codes.join("`, `")
}

/// Each failure is expected, and each expected one is there.
fn refusals(expected: &[ExpectedError], failures: &[Failure], differences: &mut Vec<Difference>) {
    let fits = |error: &ExpectedError, failure: &Failure| {
        error.code == failure.code
            && error.at.as_ref().is_none_or(|at| failure.at.as_ref() == Some(at))
            && error.row.is_none_or(|row| failure.row == Some(row))
            && error.contains.as_ref().is_none_or(|part| failure.message.contains(part.as_str()))
    };
    let mut left: Vec<&ExpectedError> = expected.iter().collect();
    for failure in failures {
        match left.iter().position(|error| fits(error, failure)) {
            Some(index) => drop(left.remove(index)),
            None => differences.push(Difference(format!("an error that isn't expected: {}", shown(failure)))),
        }
    }
    for error in left {
        let at = error.at.as_ref().map(|at| format!(" at `{at}`")).unwrap_or_default();
        differences.push(Difference(format!("[[errors]] `{}`{at}: it wasn't refused for that", error.code)));
    }
}
