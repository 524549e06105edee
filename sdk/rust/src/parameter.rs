//! What a plan sets: types that are read from JSON and describe themselves as JSON Schema.
//!
//! One trait does both, so that they can't disagree. Reading doesn't stop at the first thing that is wrong: it
//! collects all of it, each with its path (`tiers[1].rate`).

mod collections;
mod kind;
mod numbers;
mod path;
mod reading;

pub use collections::{choice, chosen, variant};
pub use numbers::Decimal;
pub use path::Path;
pub use reading::{Fields, Reading, Wrong};

use crate::json::Json;
use crate::period::Period;
use std::cmp::Ordering;

/// A type that a plan can set. Derive it with `#[derive(Parameters)]`.
pub trait Parameter: Sized {
    /// Its JSON Schema.
    fn schema() -> Json;

    /// Reads it. None where something is wrong, which is then in `reading`.
    fn read(value: &Json, at: &Path<'_>, reading: &mut Reading<'_>) -> Option<Self>;

    /// What it is where a plan doesn't set it; none where a plan must.
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
pub(crate) fn prepared<P: Prepare>(text: &str, period: &Period) -> Result<P, Vec<crate::Failure>> {
    // The mark of a row that was refused for something else isn't of these parameters.
    crate::overflow::take();
    let mut reading = Reading::new(period);
    let json = crate::json::read(text).map_err(|error| {
        vec![crate::Failure::new("not-json", format!("the parameters are not JSON: {error}"))]
    })?;
    let parameters = P::Parameters::read(&json, &Path::Root, &mut reading);
    let complete = reading.is_clean();
    let plan = match parameters {
        Some(parameters) if complete => P::prepare(parameters, period, &mut reading.wrong(&Path::Root)),
        _ => None,
    };
    crate::shelf::keep();
    // What overflowed while preparing is refused now, not blamed on the first row.
    if crate::overflow::take() {
        reading.wrong(&Path::Root).add("overflow", "a number is too large to be computed with".to_owned());
    }
    match plan {
        Some(plan) if reading.is_clean() => Ok(plan),
        _ => Err(reading.failures()),
    }
}

/// The schema of a whole document of parameters.
pub(crate) fn document<P: Parameter>() -> Json {
    match P::schema() {
        Json::Object(mut fields) => {
            fields.insert(
                0,
                ("$schema".to_owned(), Json::text("https://json-schema.org/draft/2020-12/schema")),
            );
            Json::Object(fields)
        }
        other => other,
    }
}

/// A schema with what it is for.
pub fn described(schema: Json, description: &str) -> Json {
    if description.is_empty() || schema.field("description").is_some() {
        return schema;
    }
    schema.with("description", Json::text(description))
}

/// The schema of one of several alternatives.
pub fn one_of(alternatives: Vec<Json>) -> Json {
    Json::object([("oneOf", Json::Array(alternatives))])
}

/// The schema of a choice that has something in it: `{"name": ...}`.
pub fn choice_with(name: &str, description: &str, inner: Json) -> Json {
    described(
        object_schema(vec![Property { name: name.to_owned(), required: true, schema: inner }]),
        description,
    )
}

/// A field of an object, for its schema.
pub struct Property {
    name: String,
    required: bool,
    schema: Json,
}

/// A field's schema, with its description, default and bounds.
pub fn property<T: Parameter>(
    name: &str,
    description: &str,
    default: Option<Json>,
    least: Option<&str>,
    most: Option<&str>,
) -> Property {
    let mut schema = T::schema();
    let mut words = description.to_owned();
    let is_integer = schema.field("type") == Some(&Json::text("integer"));
    let mut bound = |keyword: &str, phrase: &str, bound: Option<&str>| {
        let Some(bound) = bound else { return };
        if is_integer && let Json::Object(fields) = &mut schema {
            fields.retain(|(field, _)| field != keyword);
            fields.push((keyword.to_owned(), Json::Number(bound.to_owned())));
        }
        words.push_str(&format!("{}{phrase} {bound}.", if words.is_empty() { "" } else { " " }));
    };
    bound("minimum", "At least", least);
    bound("maximum", "At most", most);
    if let Json::Object(fields) = &mut schema
        && !words.is_empty()
    {
        // What a field is for is more than what its type is.
        fields.retain(|(field, _)| field != "description");
        fields.push(("description".to_owned(), Json::Text(words)));
    }
    let required = default.is_none() && T::when_missing().is_none();
    let schema = match default {
        Some(default) => schema.with("default", default),
        None => schema,
    };
    Property { name: name.to_owned(), required, schema }
}

/// The schema of an object of these fields and no others.
pub fn object_schema(properties: Vec<Property>) -> Json {
    let required = properties.iter().filter(|property| property.required);
    let required: Vec<Json> = required.map(|property| Json::text(&property.name)).collect();
    let fields = properties.into_iter().map(|property| (property.name, property.schema)).collect();
    let schema = Json::object([
        ("type", Json::text("object")),
        ("properties", Json::Object(fields)),
        ("additionalProperties", Json::Bool(false)),
    ]);
    if required.is_empty() { schema } else { schema.with("required", Json::Array(required)) }
}
