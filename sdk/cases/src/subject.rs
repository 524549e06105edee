//! Whatever can be asked the four questions of the contract.

use attain_sdk::contract::exports::attain::policy::rules::{Batch, Context, Failure, Step};
use std::marker::PhantomData;

/// A policy under test.
pub trait Subject {
    /// What it is, as JSON.
    fn describe(&self) -> Result<String, String>;
    /// What it reads and gives, as JSON; or all that is wrong with the parameters.
    fn bind(&self, parameters: &str, context: &Context) -> Result<String, Vec<Failure>>;
    /// The outputs, column by column.
    fn evaluate(&self, parameters: &str, context: &Context, batch: &Batch) -> Result<Vec<Vec<i64>>, Failure>;
    /// How each of `rows` came to its outputs.
    fn explain(
        &self,
        parameters: &str,
        context: &Context,
        batch: &Batch,
        rows: &[u32],
    ) -> Result<Vec<Vec<Step>>, Failure>;
}

/// A policy that is linked into this process.
pub struct Native<P>(PhantomData<P>);

impl<P> Native<P> {
    /// The policy itself has no state.
    pub fn new() -> Native<P> {
        Native(PhantomData)
    }
}

impl<P> Default for Native<P> {
    fn default() -> Native<P> {
        Native::new()
    }
}

impl<P: attain_sdk::Policy> Subject for Native<P> {
    fn describe(&self) -> Result<String, String> {
        Ok(P::describe())
    }
    fn bind(&self, parameters: &str, context: &Context) -> Result<String, Vec<Failure>> {
        P::bind(parameters, context)
    }
    fn evaluate(&self, parameters: &str, context: &Context, batch: &Batch) -> Result<Vec<Vec<i64>>, Failure> {
        P::evaluate(parameters, context, batch)
    }
    fn explain(
        &self,
        parameters: &str,
        context: &Context,
        batch: &Batch,
        rows: &[u32],
    ) -> Result<Vec<Vec<Step>>, Failure> {
        P::explain(parameters, context, batch, rows)
    }
}
