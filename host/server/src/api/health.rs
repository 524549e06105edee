//! Whether the server answers, and what it answers.

use crate::openapi;
use crate::problem::{Problem, json_answer};
use crate::route::{Content, Route};
use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::open(
            "get",
            "/healthz",
            "health",
            "Whether the server answers.",
            health,
            Content::Json("Health"),
        ),
        Route::open(
            "get",
            "/v1/openapi.json",
            "openapi",
            "This document.",
            document,
            Content::Raw(&["application/json"]),
        ),
    ]
}

async fn health() -> Json<Value> {
    Json(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }))
}

async fn document() -> Result<Response, Problem> {
    json_answer(StatusCode::OK, &openapi::document())
}
