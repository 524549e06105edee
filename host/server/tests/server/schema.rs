//! Holds answers against the OpenAPI document: what it says must be what comes.

use serde_json::Value;
use std::sync::OnceLock;

fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(attain_server::document)
}

/// Panics unless an answer is what the document says of its path, status and content type.
pub fn check(method: &str, path: &str, status: u16, kind: &str, body: &[u8]) {
    let Some(operation) = operation(method, path) else {
        assert!(matches!(status, 404 | 405), "{method} {path} isn't in the document and answered {status}");
        return;
    };
    let responses = &operation["responses"];
    let response = responses.get(status.to_string()).unwrap_or(&responses["default"]);
    if status == 303 {
        assert!(
            responses.get("303").is_some(),
            "{method} {path} leads elsewhere, which the document doesn't say"
        );
        return;
    }
    let content = response["content"].get(kind).unwrap_or_else(|| {
        panic!("{method} {path} answered {status} with `{kind}`, which the document doesn't say")
    });
    if kind.ends_with("json")
        && let Some(schema) = content.get("schema")
    {
        fits(schema, &serde_json::from_slice(body).unwrap(), "");
    }
}

/// The operation of a path as a client writes it.
fn operation<'a>(method: &str, path: &str) -> Option<&'a Value> {
    let asked: Vec<&str> = path.split('?').next()?.split('/').collect();
    let matches = |template: &&String| {
        let parts: Vec<&str> = template.split('/').collect();
        parts.len() == asked.len()
            && parts.iter().zip(&asked).all(|(part, asked)| part.starts_with('{') || part == asked)
    };
    let paths = document()["paths"].as_object()?;
    let mut found: Vec<&String> = paths.keys().filter(matches).collect();
    found.sort_by_key(|template| template.matches('{').count());
    found.iter().find_map(|template| paths[*template].get(method.to_lowercase()))
}

/// Panics unless a value fits a schema.
pub fn fits(schema: &Value, value: &Value, at: &str) {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.strip_prefix("#/components/schemas/").unwrap();
        let named = document()["components"]["schemas"].get(name);
        return fits(named.unwrap_or_else(|| panic!("there is no schema `{name}`")), value, at);
    }
    if let Some(any) = schema["anyOf"].as_array() {
        assert_eq!(any[1]["type"], "null");
        if !value.is_null() {
            fits(&any[0], value, at);
        }
        return;
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_i64() || number.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    assert_eq!(schema["type"], kind, "at `{at}`: {value}");
    if let Some(words) = schema["enum"].as_array() {
        assert!(words.contains(value), "at `{at}`: {value} is none of {words:?}");
    }
    if schema.get("pattern").is_some() {
        let text = value.as_str().unwrap();
        assert!(
            text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()),
            "at `{at}`: {value} is no digest"
        );
    }
    for item in value.as_array().into_iter().flatten() {
        fits(&schema["items"], item, &format!("{at}[]"));
    }
    let Some(object) = value.as_object() else { return };
    for name in schema["required"].as_array().into_iter().flatten() {
        assert!(object.contains_key(name.as_str().unwrap()), "at `{at}`: {name} is missing");
    }
    for (name, field) in object {
        let at = format!("{at}.{name}");
        match (schema["properties"].get(name), &schema["additionalProperties"]) {
            (Some(schema), _) | (None, schema @ Value::Object(_)) => fits(schema, field, &at),
            (None, Value::Null) => {}
            (None, _) => panic!("`{at}` isn't in the schema"),
        }
    }
}
