//! What a plan sets: types that are read from JSON and describe themselves as JSON Schema.
//!
//! One trait does both, so that they can't disagree. Reading doesn't stop at the first thing that is wrong: it
//! collects all of it, each with its path (`tiers[1].rate`).

mod checks;
mod collections;
mod kind;
mod level;
mod numbers;
mod path;
mod reading;
mod schema;

pub use numbers::Decimal;
pub use path::Path;
pub use reading::{Fields, Reading, Wrong};
pub use schema::{Choice, Preset, Property, Schema};

use crate::failure::Failure;
use crate::json::Json;
use crate::period::Period;
use std::cmp::Ordering;

/// A type that a plan can set. Derive it with `#[derive(Parameters)]`.
pub trait Parameter: Sized {
    /// What it may be.
    const SCHEMA: Schema;

    /// Reads it. None where something is wrong, which is then in `reading`.
    fn read(value: &Json, at: &Path<'_>, reading: &mut Reading<'_>) -> Option<Self>;

    /// What it is where a plan doesn't set it; none where a plan must, unless [`Schema::Optional`] says otherwise.
    fn when_missing() -> Option<Self> {
        None
    }

    /// How it compares with a bound, where it is a number.
    fn compare(&self, _bound: &str) -> Option<Ordering> {
        None
    }
}

/// What a policy's rule works with: what the plan sets, made ready once a batch.
///
/// A type of parameters is its own preparation. A policy whose parameters need more, such as a tier table that
/// is brought to common decimals, implements this for a type of its own.
pub trait Prepare: Sized {
    /// What the plan sets.
    type Parameters: Parameter;

    /// Makes it ready. What is wrong goes to `wrong`, and the result is thrown away where something does.
    fn prepare(parameters: Self::Parameters, period: &Period, wrong: &mut Wrong<'_, '_>) -> Option<Self>;
}

impl<P: Parameter> Prepare for P {
    type Parameters = P;
    fn prepare(parameters: P, _: &Period, _: &mut Wrong<'_, '_>) -> Option<P> {
        Some(parameters)
    }
}

/// Reads and prepares what a plan sets, or gives all that is wrong with it.
pub(crate) fn prepared<P: Prepare>(text: &str, period: &Period) -> Result<P, Vec<Failure>> {
    // The mark of a row that was refused for something else isn't of these parameters.
    crate::overflow::take();
    let json = document(text)?;
    let mut reading = Reading::new(period);
    let parameters = P::Parameters::read(&json, &Path::Root, &mut reading);
    let plan = match parameters {
        Some(parameters) if reading.is_clean() => {
            P::prepare(parameters, period, &mut reading.wrong(&Path::Root))
        }
        _ => None,
    };
    let failures = reading.finish();
    plan.filter(|_| failures.is_empty()).ok_or(failures)
}

fn document(text: &str) -> Result<Json, Vec<Failure>> {
    let not_json = |error| vec![Failure::new("not-json", format!("the parameters are not JSON: {error}"))];
    crate::json::read(text).map_err(not_json)
}
