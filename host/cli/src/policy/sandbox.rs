//! A policy's cases through the sandbox: the same questions that `cargo test` asks natively.

use attain_cases::{Batch, Context, Failure, Step, Subject};
use attain_engine::{Call, Limits, Policy, PolicyError, TextSlice};
use std::sync::Arc;

/// A component that the engine took, as the subject of cases.
pub struct Sandboxed {
    policy: Arc<Policy>,
    limits: Limits,
}

impl Sandboxed {
    /// Under the limits that every run has.
    pub fn new(policy: Arc<Policy>) -> Sandboxed {
        Sandboxed { policy, limits: Limits::default() }
    }

    /// Asks the policy something about a batch, in a fresh instance.
    fn ask<T>(
        &self,
        parameters: &str,
        context: &Context,
        batch: &Batch,
        question: impl FnOnce(&Call<'_>, &attain_engine::Batch<'_>) -> Result<T, PolicyError>,
    ) -> Result<T, Failure> {
        let context = engine_context(context);
        let binding = self.policy.bind(parameters, &context).map_err(failure)?;
        let call = Call { parameters, context: &context, binding: &binding, limits: &self.limits };
        let texts = batch.texts.iter().map(|column| TextSlice {
            dictionary: column.dictionary.iter().map(String::as_str).collect(),
            codes: &column.codes,
        });
        let batch = attain_engine::Batch {
            rows: batch.rows,
            numbers: batch.numbers.iter().map(Vec::as_slice).collect(),
            texts: texts.collect(),
            group_ends: &batch.group_ends,
        };
        question(&call, &batch).map_err(failure)
    }
}

impl Subject for Sandboxed {
    fn describe(&self) -> Result<String, String> {
        serde_json::to_string(self.policy.manifest()).map_err(|error| error.to_string())
    }

    fn bind(&self, parameters: &str, context: &Context) -> Result<String, Vec<Failure>> {
        let binding = self.policy.bind(parameters, &engine_context(context)).map_err(failures)?;
        serde_json::to_string(&binding).map_err(|error| vec![plain("binding", error.to_string())])
    }

    fn evaluate(&self, parameters: &str, context: &Context, batch: &Batch) -> Result<Vec<Vec<i64>>, Failure> {
        self.ask(parameters, context, batch, |call, batch| Ok(self.policy.evaluate(call, batch)?.columns))
    }

    fn explain(
        &self,
        parameters: &str,
        context: &Context,
        batch: &Batch,
        rows: &[u32],
    ) -> Result<Vec<Vec<Step>>, Failure> {
        let step =
            |step: attain_engine::Step| Step { rule: step.rule, values: step.values, adds_to: step.adds_to };
        let told =
            self.ask(parameters, context, batch, |call, batch| self.policy.explain(call, batch, rows))?;
        Ok(told.into_iter().map(|steps| steps.into_iter().map(step).collect()).collect())
    }
}

fn engine_context(context: &Context) -> attain_engine::Context {
    attain_engine::Context {
        period_kind: context.period_kind.clone(),
        first_day: context.first_day,
        last_day: context.last_day,
        year_first_day: context.year_first_day,
        year_last_day: context.year_last_day,
        money_decimals: context.money_decimals,
    }
}

/// Everything that the policy has against its parameters, or the one thing that went wrong.
fn failures(error: PolicyError) -> Vec<Failure> {
    match error {
        PolicyError::Refused(failures) => failures.into_iter().map(own).collect(),
        other => vec![failure(other)],
    }
}

/// What the policy said itself, as it said it; else the engine's code and sentence.
fn failure(error: PolicyError) -> Failure {
    match error {
        PolicyError::Failed(failure) => own(failure),
        other => Failure { row: other.row(), ..plain(other.code(), other.to_string()) },
    }
}

fn own(failure: attain_engine::Failure) -> Failure {
    Failure { code: failure.code, message: failure.message, row: failure.row, at: failure.at }
}

fn plain(code: &str, message: String) -> Failure {
    Failure { code: code.to_owned(), message, row: None, at: None }
}
