//! Words to write JSON Schemas with.

use serde_json::{Map, Value, json};

/// A field's name and schema.
pub(super) type Field = (&'static str, Value);

/// An object of exactly these fields, the first ones always there.
pub(super) fn object(doc: &str, required: &[Field], optional: &[Field]) -> Value {
    let fields = required.iter().chain(optional).map(|(name, schema)| ((*name).to_owned(), schema.clone()));
    let names: Vec<&str> = required.iter().map(|(name, _)| *name).collect();
    json!({
        "type": "object",
        "description": doc,
        "properties": fields.collect::<Map<_, _>>(),
        "required": names,
        "additionalProperties": false,
    })
}

pub(super) fn text(doc: &str) -> Value {
    json!({ "type": "string", "description": doc })
}

/// One of these words.
pub(super) fn word(doc: &str, words: &[&str]) -> Value {
    json!({ "type": "string", "description": doc, "enum": words })
}

pub(super) fn whole(doc: &str) -> Value {
    json!({ "type": "integer", "description": doc })
}

pub(super) fn yes_or_no(doc: &str) -> Value {
    json!({ "type": "boolean", "description": doc })
}

pub(super) fn digest(doc: &str) -> Value {
    json!({ "type": "string", "description": doc, "pattern": "^[0-9a-f]{64}$" })
}

/// Or null, which is no value.
pub(super) fn or_null(schema: Value) -> Value {
    json!({ "anyOf": [schema, { "type": "null" }] })
}

/// One or the other.
pub(super) fn either(one: Value, other: Value) -> Value {
    json!({ "anyOf": [one, other] })
}

pub(super) fn list(of: Value) -> Value {
    json!({ "type": "array", "items": of })
}

/// An object whose fields have names of their own.
pub(super) fn named(doc: &str, of: Value) -> Value {
    json!({ "type": "object", "description": doc, "additionalProperties": of })
}

/// Any JSON object.
pub(super) fn anything(doc: &str) -> Value {
    json!({ "type": "object", "description": doc })
}

/// A schema by its name.
pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}
