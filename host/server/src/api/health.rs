//! Whether the server answers, and what it answers.

use crate::app::App;
use crate::openapi;
use crate::problem::{Problem, json_answer};
use crate::route::{Content, Route};
use attain_service::Act;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// The media type of metrics.
const METRICS: &str = "application/openmetrics-text";
const METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

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
            "/readyz",
            "ready",
            "Whether the host can take something in; 503 says why not.",
            ready,
            Content::Json("Health"),
        ),
        Route::get(
            "/metrics",
            Act::ReadMetrics,
            "metrics",
            "What is counted, as Prometheus reads it.",
            metrics,
            Content::Raw(&[METRICS]),
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

async fn ready(State(app): State<App>) -> Result<Json<Value>, Problem> {
    app.ready().await.map_err(|problem| Problem { status: StatusCode::SERVICE_UNAVAILABLE, ..problem })?;
    Ok(health().await)
}

async fn metrics(State(app): State<App>) -> Response {
    let known = app.metrics().known();
    // What a store that fails can't say is left out: the rest is wanted then more than ever.
    let sizes = app.ask(move |service| service.bytes_stored(known)).await.unwrap_or_default();
    app.metrics().stored(sizes);
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(METRICS_TYPE))];
    (kind, app.metrics().text(&app)).into_response()
}

async fn document() -> Result<Response, Problem> {
    json_answer(StatusCode::OK, &openapi::document())
}
