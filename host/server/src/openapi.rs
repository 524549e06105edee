//! The OpenAPI document, made from the same declarations as the router.
//!
//! `docs/openapi.json` is a copy of it; a test says when that is stale, another that real answers fit the schemas.

mod figures;
mod schema;
mod schemas;

use crate::problem;
use crate::route::{Body, Content, Field, Operation, Route};
use crate::upload::{Part, Times};
use schema::{list, object, reference};
use serde_json::{Map, Value, json};

/// The OpenAPI 3.1 document of the whole API.
pub fn document() -> Value {
    let routes: Vec<Route> = crate::api::routes().into_iter().chain(crate::console::routes()).collect();
    let mut paths: Map<String, Value> = Map::new();
    for Route { operation, .. } in &routes {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(operation.method.to_owned(), operation_of(operation));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Attain",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Scores and pays sales people by rules that each company writes for itself.",
            "description": "Every error is a problem document (RFC 9457) whose `code` is never renamed. Amounts and other figures are decimal texts, days are `YYYY-MM-DD`, no value is null. Digests are 64 hexadecimal digits.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "schemas": schemas::all(),
            "securitySchemes": {
                "key": { "type": "http", "scheme": "bearer", "description": "An API key (`attain key add` makes one), or a token (JWT) of the company's identity provider (`attain idp set`)." },
            },
        },
        "security": [{ "key": [] }],
    })
}

fn operation_of(operation: &Operation) -> Value {
    let mut document = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "responses": responses_of(operation),
    });
    let places = places_of(operation.path).map(place_of);
    let fields = operation.query.iter().map(field_of);
    let parameters: Vec<Value> = places.chain(fields).collect();
    if let Some(document) = document.as_object_mut() {
        match operation.act {
            None => _ = document.insert("security".to_owned(), json!([])),
            Some(act) => {
                let roles: Vec<&str> = act.roles().map(|role| role.name()).collect();
                document
                    .insert("description".to_owned(), json!(format!("For the roles {}.", roles.join(", "))));
            }
        }
        if !parameters.is_empty() {
            document.insert("parameters".to_owned(), Value::Array(parameters));
        }
        if let Some(body) = &operation.body {
            document.insert("requestBody".to_owned(), body_of(body));
        }
    }
    document
}

/// The variable parts of a path.
fn places_of(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn place_of(name: &str) -> Value {
    let doc = match name {
        "company" => "the company's id",
        "period" => "a day `2025-11-22`, week `2025-W47`, month `2025-11`, quarter `2025-Q4` or year `2025`",
        "policy" => "`name`, `name@major`, `name@version`, or the first 8 or more digits of its digest",
        "plan" => "`name`, `name#version`, or the first 8 or more digits of its digest",
        "snapshot" => "a period, `period#revision`, or the first 8 or more digits of its digest",
        "table" => "the table's name, such as `people`",
        "run" => "the first 6 or more digits of its digest, or `plan/period`, its slash written as %2F",
        "limit" => "the limit's name, such as `fuel-per-row`",
        "key" => "the key's id or name",
        _ => "the participant's id",
    };
    json!({ "name": name, "in": "path", "required": true, "description": doc, "schema": { "type": "string" } })
}

fn field_of(field: &Field) -> Value {
    json!({ "name": field.name, "in": "query", "description": field.doc, "schema": { "type": field.kind } })
}

fn body_of(body: &Body) -> Value {
    let (required, kind, schema) = match body {
        Body::Json(schema) => (true, "application/json", reference(schema)),
        Body::OptionalJson(schema) => (false, "application/json", reference(schema)),
        Body::Raw(kind) => return json!({ "required": true, "content": { *kind: {} } }),
        Body::Form(parts) => (true, "multipart/form-data", form_of(parts)),
    };
    json!({ "required": required, "content": { kind: { "schema": schema } } })
}

fn form_of(parts: &[Part]) -> Value {
    let property = |part: &Part| {
        let file = json!({ "type": "string", "contentMediaType": "application/octet-stream", "description": part.doc });
        (part.name, if part.times == Times::AnyNumber { list(file) } else { file })
    };
    let required: Vec<_> = parts.iter().filter(|part| part.times == Times::Once).map(property).collect();
    let optional: Vec<_> = parts.iter().filter(|part| part.times != Times::Once).map(property).collect();
    object("Files, each with its file name.", &required, &optional)
}

fn responses_of(operation: &Operation) -> Value {
    let (status, content) = &operation.answer;
    let mut kinds = match content {
        Content::Json(schema) => json!({ "application/json": { "schema": reference(schema) } }),
        Content::List(name, schema) => {
            let list = object("All of them.", &[(*name, list(reference(schema)))], &[]);
            json!({ "application/json": { "schema": list } })
        }
        Content::Raw(kinds) => {
            Value::Object(kinds.iter().map(|kind| ((*kind).to_owned(), json!({}))).collect())
        }
    };
    let mut responses = Map::new();
    if let Some(kinds) = kinds.as_object_mut().filter(|_| operation.events) {
        let doc = "With `accept: text/event-stream`: events `progress` (data: Progress), then one `done` (data: the JSON answer) or `problem` (data: Problem). The status is 200.";
        let events = json!({ "schema": { "type": "string", "description": doc } });
        kinds.insert("text/event-stream".to_owned(), events.clone());
        if *status != 200 {
            kinds.remove("text/event-stream");
            let stream = json!({ "description": "Events.", "content": { "text/event-stream": events } });
            responses.insert("200".to_owned(), stream);
        }
    }
    responses.insert(status.to_string(), json!({ "description": "Done.", "content": kinds }));
    for status in operation.refusals {
        responses.insert(status.to_string(), problem_answer(refusal_doc(*status)));
    }
    let mut other = problem_answer("Any other problem.");
    if let (Content::Raw(["text/html"]), Some(kinds)) = (content, other["content"].as_object_mut()) {
        kinds.insert("text/html".to_owned(), json!({}));
        let elsewhere = "Another page: that of signing in, or after it the first one.";
        responses.insert("303".to_owned(), json!({ "description": elsewhere }));
    }
    responses.insert("default".to_owned(), other);
    Value::Object(responses)
}

fn problem_answer(doc: &str) -> Value {
    json!({ "description": doc, "content": { problem::MEDIA_TYPE: { "schema": reference("Problem") } } })
}

fn refusal_doc(status: u16) -> &'static str {
    match status {
        400 => "The query can't be read.",
        404 => "There is no such thing.",
        409 => "It stands against something that is already there.",
        422 => "Refused: what was sent can't be taken, or a policy failed; nothing was kept.",
        429 => "Too many wait already; `retry-after` says when to come again.",
        _ => "The host can't do it now.",
    }
}
