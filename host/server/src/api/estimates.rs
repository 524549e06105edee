//! What somebody would be paid with other figures.

use crate::access::By;
use crate::app::App;
use crate::events::CancelWhenDropped;
use crate::problem::{Problem, json_answer};
use crate::request::JsonBody;
use crate::route::{Body, Content, Route};
use attain_service::{Act, Changes, EstimateRequest};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::post(
            "/v1/companies/{company}/estimates",
            Act::Estimate,
            "estimate",
            "What one participant would be paid for a period if some of their figures were others. Nothing is kept.",
            estimate,
            (200, Content::Json("Estimate")),
        )
        .body(Body::Json("NewEstimate"))
        .refuses(&[404, 422, 429, 503]),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewEstimate {
    plan: String,
    period: String,
    participant: String,
    lang: Option<String>,
    #[serde(default)]
    figures: BTreeMap<String, Cells>,
    #[serde(default)]
    rows: BTreeMap<String, Vec<BTreeMap<String, String>>>,
}

/// A value for somebody's one row, or one for each of several.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a text, or a list of texts with one for each of their rows")]
enum Cells {
    One(String),
    Each(Vec<String>),
}

async fn estimate(
    State(app): State<App>,
    By(caller): By,
    JsonBody(new): JsonBody<NewEstimate>,
) -> Result<Response, Problem> {
    let figures = new.figures.into_iter().map(|(name, cells)| match cells {
        Cells::One(cell) => (name, vec![cell]),
        Cells::Each(cells) => (name, cells),
    });
    let request = EstimateRequest {
        plan: new.plan,
        period: new.period,
        participant: new.participant,
        language: new.lang.unwrap_or_else(|| "en".to_owned()),
        changes: Changes { figures: figures.collect(), rows: new.rows },
    };
    let company = caller.company.clone();
    let stop = CancelWhenDropped(Arc::default());
    let stopped = Arc::clone(&stop.0);
    let estimate =
        app.ask_shortly(&company, move |service| service.estimate(&caller, &request, &stopped)).await?;
    json_answer(StatusCode::OK, &estimate)
}
