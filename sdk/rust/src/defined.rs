//! From a policy's definition to what the host calls: parameters read and prepared, then the rule run.

use crate::contract::exports::attain::policy::rules::{Batch, Context, Failure, Step};
use crate::parameter::{Parameter, Prepare, prepared};
use crate::period::Period;
use crate::policy::Definition;
use crate::shelf;

/// What it is, as JSON.
pub fn describe<D: Definition>() -> String {
    crate::manifest::describe(&D::ABOUT, &<D::Plan as Prepare>::Parameters::SCHEMA)
}

/// What it reads and gives, as JSON; or all that is wrong with the parameters.
pub fn bind<D: Definition>(parameters: &str, context: &Context) -> Result<String, Vec<Failure>> {
    let period = Period::new(context);
    let _shelf = shelf::Batch::begin();
    let plan = prepared::<D::Plan>(parameters, &period)
        .map_err(|failures| failures.into_iter().map(Failure::from).collect::<Vec<_>>())?;
    let declared = D::declare(&plan);
    let binding = crate::manifest::binding(&D::ABOUT, &declared, &period);
    leave((plan, declared));
    binding.map_err(|failure| vec![failure.into()])
}

/// The outputs, column by column.
pub fn evaluate<D: Definition>(
    parameters: &str,
    context: &Context,
    batch: &Batch,
) -> Result<Vec<Vec<i64>>, Failure> {
    let _shelf = shelf::Batch::begin();
    let plan = plan::<D>(parameters, context)?;
    let given = D::evaluate(&plan, batch);
    leave(plan);
    Ok(given?)
}

/// How each of `rows` came to its outputs.
pub fn explain<D: Definition>(
    parameters: &str,
    context: &Context,
    batch: &Batch,
    rows: &[u32],
) -> Result<Vec<Vec<Step>>, Failure> {
    let _shelf = shelf::Batch::begin();
    let plan = plan::<D>(parameters, context)?;
    let told = D::explain(&plan, batch, rows);
    leave(plan);
    Ok(told?)
}

/// Frees what is done with. In a sandbox it stays: all of its memory is thrown away when it has answered.
pub(crate) fn leave<T>(done: T) {
    if cfg!(target_arch = "wasm32") {
        std::mem::forget(done);
    }
}

#[inline(never)]
fn plan<D: Definition>(parameters: &str, context: &Context) -> Result<D::Plan, Failure> {
    prepared(parameters, &Period::new(context)).map_err(|failures| {
        let first = failures.into_iter().next();
        first.unwrap_or_else(|| crate::Failure::new("parameters", "the parameters can't be used")).into()
    })
}
