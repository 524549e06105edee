//! Work under way: who waits for what, how far it is, and an end to it.

use crate::access::By;
use crate::app::App;
use crate::problem::{Problem, json_answer, shown};
use crate::request::{OptionalJson, Segments};
use crate::route::{Content, Route};
use attain_service::Act;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get(
            "/v1/companies/{company}/work",
            Act::ReadRuns,
            "list_work",
            "Runs, replays and approvals that wait or are being computed, the oldest first.",
            list,
            Content::List("work", "Work"),
        )
        .refuses(&[404]),
        Route::post(
            "/v1/companies/{company}/work/{work}/cancel",
            Act::CancelWork,
            "cancel_work",
            "Tells work to stop. Whoever asked for it is answered 503 `cancelled`, and nothing of it is kept.",
            cancel,
            (200, Content::Json("Work")),
        )
        .refuses(&[404, 422]),
    ]
}

async fn list(State(app): State<App>, By(caller): By) -> Result<Response, Problem> {
    json_answer(StatusCode::OK, &json!({ "work": app.works().of(caller.company.as_str()) }))
}

/// What is sent with it: nothing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn cancel(
    State(app): State<App>,
    By(caller): By,
    Segments((_, id)): Segments<(String, String)>,
    OptionalJson(Nothing {}): OptionalJson<Nothing>,
) -> Result<Response, Problem> {
    let stopping = app.works().cancel(caller.company.as_str(), &id);
    let stopping = stopping.ok_or_else(|| {
        Problem::not_found(format!("there is no work `{}` under way; it may have ended", shown(&id)))
    })?;
    json_answer(StatusCode::OK, &stopping)
}
