//! A policy as a plain function of this process: the same code as in the sandbox, without the sandbox.
//!
//! Tests and benchmarks use it. The component exports exactly these four.

use crate::contract::exports::attain::policy::rules::{Batch, Context, Failure, Guest, Step};
use crate::defined::leave;
use crate::policy::Policy;

/// What the policy is, as JSON.
pub fn describe<P: Policy>() -> String {
    P::describe()
}

/// What it reads and gives for these parameters, as JSON; or all that is wrong with them.
pub fn bind<P: Policy>(parameters: &str, context: &Context) -> Result<String, Vec<Failure>> {
    P::bind(parameters, context)
}

/// The outputs, column by column.
pub fn evaluate<P: Policy>(
    parameters: &str,
    context: &Context,
    batch: &Batch,
) -> Result<Vec<Vec<i64>>, Failure> {
    P::evaluate(parameters, context, batch)
}

/// How each of `rows` came to its outputs.
pub fn explain<P: Policy>(
    parameters: &str,
    context: &Context,
    batch: &Batch,
    rows: &[u32],
) -> Result<Vec<Vec<Step>>, Failure> {
    P::explain(parameters, context, batch, rows)
}

impl<P: Policy> Guest for P {
    fn describe() -> String {
        P::describe()
    }
    fn bind(parameters: String, context: Context) -> Result<String, Vec<Failure>> {
        let bound = P::bind(&parameters, &context);
        leave((parameters, context));
        bound
    }
    fn evaluate(parameters: String, context: Context, batch: Batch) -> Result<Vec<Vec<i64>>, Failure> {
        let given = P::evaluate(&parameters, &context, &batch);
        leave((parameters, context, batch));
        given
    }
    fn explain(
        parameters: String,
        context: Context,
        batch: Batch,
        rows: Vec<u32>,
    ) -> Result<Vec<Vec<Step>>, Failure> {
        let told = P::explain(&parameters, &context, &batch, &rows);
        leave((parameters, context, batch, rows));
        told
    }
}
