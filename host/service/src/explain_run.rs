//! Why a person got what they got, in words, with the figures of every step.

use crate::Service;
use crate::access::Act;
use crate::caller::Caller;
use crate::error::ServiceError;
use crate::figures::{KeptRows, Opened};
use crate::sentence::{fill, in_language, shown};
use attain_calc::explain::{Cell, Explained, ExplainedRow};
use attain_calc::{Explanation, Prepared, PreparedStep, explain};
use attain_model::company::normal_id;
use attain_model::manifest::OutputKind;
use attain_model::{Digest, NO_VALUE, Type, number};
use serde::Serialize;

/// How one person's outcome came about. What the steps pay adds up to the payout: it was checked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Statement {
    /// The run.
    pub run: Digest,
    /// The plan.
    pub plan: String,
    /// The period.
    pub period: String,
    /// Who.
    pub participant: String,
    /// What amounts are in.
    pub currency: String,
    /// The language of the sentences.
    pub language: String,
    /// The sum over all rows, as a decimal number.
    pub payout: String,
    /// A part for each assignment.
    pub rows: Vec<StatementRow>,
}

/// One assignment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StatementRow {
    /// What it is paid, as a decimal number.
    pub payout: String,
    /// A part for each step of the plan.
    pub steps: Vec<StatementStep>,
}

/// One step of the plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StatementStep {
    /// Its name.
    pub step: String,
    /// Which row of its table it is about, where that isn't `people`: a deal, a customer.
    pub of: Option<String>,
    /// `name@version` of its policy.
    pub policy: String,
    /// What the policy is for.
    pub summary: String,
    /// What it read.
    pub inputs: Vec<Value>,
    /// How it came to its outputs.
    pub lines: Vec<Line>,
    /// What it gave.
    pub outputs: Vec<Value>,
    /// What it pays, as a decimal number; none where it pays nothing by its kind.
    pub pays: Option<String>,
}

/// A figure with its name.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Value {
    /// The input's or output's name.
    pub name: String,
    /// Where an input came from; what an output is for.
    pub note: String,
    /// As a decimal number or a text; none where there is no value.
    pub value: Option<String>,
    /// As a person reads it.
    pub shown: String,
}

/// One line of an explanation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// The rule's code, for programs.
    pub rule: String,
    /// The sentence.
    pub text: String,
    /// The output that it adds to.
    pub adds_to: Option<String>,
    /// How much it adds, as a decimal number.
    pub amount: Option<String>,
}

impl Service {
    /// Explains what one participant got in a run, in `en` or `zh`.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Run`] when the participant isn't in the run, or when a policy's explanation doesn't add
    /// up to what was kept.
    pub fn explain(
        &self,
        caller: &Caller,
        reference: &str,
        participant: &str,
        language: &str,
    ) -> Result<Statement, ServiceError> {
        check_language(language)?;
        let id = participant_id(participant)?;
        self.company(caller)?;
        let space = self.space(caller);
        let (stored, seen) = self.find_seen(caller, Act::ReadStatements, reference)?;
        if !seen.sees(&id) {
            let hint = String::new();
            return Err(ServiceError::NotFound { what: "participant in this run", name: id, hint });
        }
        let prepared = self.prepared_of(caller, &stored.record)?;
        let limits = self.limits_of(&caller.company)?;
        let opened = Opened::open(&space, &stored.record.pins)?;
        let outcome = KeptRows::open(&space, &stored.outcome_table)?;
        let explanation = explain(&prepared, &opened.figures(), &outcome, &limits.call, &id)?;
        let (payout, rows) = told(&prepared, &explanation, language);
        Ok(Statement {
            run: stored.record.id,
            plan: stored.record.pins.plan.clone(),
            period: stored.record.pins.period.to_string(),
            participant: explanation.participant,
            currency: prepared.currency.to_string(),
            language: language.to_owned(),
            payout,
            rows,
        })
    }
}

/// Somebody's id, as figures have it.
pub(crate) fn participant_id(participant: &str) -> Result<String, ServiceError> {
    normal_id(participant).ok_or_else(|| {
        ServiceError::invalid("participant", format!("`{participant}` is not an id of a participant"))
    })
}

/// Whether sentences are written in a language.
pub(crate) fn check_language(language: &str) -> Result<(), ServiceError> {
    match ["en", "zh"].contains(&language) {
        true => Ok(()),
        false => Err(ServiceError::invalid(
            "lang",
            format!("`{language}` is not a language, expected `en` or `zh`"),
        )),
    }
}

/// An explanation in words: what is paid in all, and a part for each assignment.
pub(crate) fn told(
    prepared: &Prepared,
    explanation: &Explanation,
    language: &str,
) -> (String, Vec<StatementRow>) {
    let payouts = explanation.rows.iter().map(|row| row.payout);
    let sum = payouts.into_iter().try_fold(0i64, |sum, payout| sum.checked_add(payout)).unwrap_or(NO_VALUE);
    let rows = explanation.rows.iter().map(|row| row_of(prepared, row, language)).collect();
    (number::format(sum, prepared.currency.decimals()), rows)
}

fn row_of(prepared: &Prepared, row: &ExplainedRow, language: &str) -> StatementRow {
    let steps = row.steps.iter().filter_map(|explained| {
        prepared.steps.get(explained.step).map(|step| step_of(prepared, step, explained, language))
    });
    StatementRow { payout: number::format(row.payout, prepared.currency.decimals()), steps: steps.collect() }
}

fn step_of(prepared: &Prepared, step: &PreparedStep, explained: &Explained, language: &str) -> StatementStep {
    let manifest = step.policy.manifest();
    let decimals = prepared.currency.decimals();
    let inputs = step.binding.inputs.iter().zip(&step.feeds).zip(&explained.inputs);
    let inputs = inputs.filter(|((_, feed), _)| feed.source.is_some()).map(|((input, feed), cell)| {
        let from = feed.source.as_ref().map(ToString::to_string).unwrap_or_default();
        match cell {
            Cell::Text(text) => {
                Value { name: input.name.clone(), note: from, value: Some(text.clone()), shown: text.clone() }
            }
            Cell::Number(value) => figure(&input.name, &from, *value, input.kind(), language),
            Cell::None => figure(&input.name, &from, NO_VALUE, input.kind(), language),
        }
    });
    let outputs = step.binding.outputs.iter().zip(&explained.outputs).map(|(output, value)| {
        let mut figure = figure(&output.name, &output.doc, *value, output.kind_of_number(), language);
        let label = usize::try_from(*value).ok().and_then(|at| output.labels.get(at));
        if let Some(label) = label {
            figure.shown = in_language(label, language).to_owned();
        }
        figure
    });
    let lines = explained.steps.iter().filter_map(|line| {
        let rule = manifest.rule(&step.binding, line.rule)?;
        let output = line.adds_to.and_then(|(to, _)| step.binding.outputs.get(usize::from(to)));
        Some(Line {
            rule: rule.code.clone(),
            text: fill(rule, &line.values, &step.binding, language, decimals),
            adds_to: output.map(|output| output.name.clone()),
            amount: output
                .zip(line.adds_to)
                .map(|(output, (_, amount))| number::format(amount, output.decimals)),
        })
    });
    let pays: Vec<i64> = (step.kinds.iter().zip(&explained.outputs))
        .filter(|(kind, value)| **kind == OutputKind::Pay && **value != NO_VALUE)
        .map(|(_, value)| *value)
        .collect();
    let pays_at_all = step.kinds.contains(&OutputKind::Pay);
    StatementStep {
        step: step.name.clone(),
        of: explained.of.clone(),
        policy: format!("{}@{}", manifest.name, manifest.version),
        summary: in_language(&manifest.summary, language).to_owned(),
        inputs: inputs.collect(),
        lines: lines.collect(),
        outputs: outputs.collect(),
        pays: pays_at_all.then(|| number::format(pays.iter().sum(), decimals)),
    }
}

fn figure(name: &str, note: &str, value: i64, kind: Type, language: &str) -> Value {
    let plain = if kind.unit == attain_model::Unit::Date {
        attain_model::period::day_text(value)
    } else {
        number::format(value, kind.decimals)
    };
    Value {
        name: name.to_owned(),
        note: note.to_owned(),
        value: (value != NO_VALUE).then_some(plain),
        shown: shown(value, kind, language),
    }
}
