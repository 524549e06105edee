//! What a company may use.

use crate::access::By;
use crate::app::App;
use crate::problem::{Problem, json_answer};
use crate::request::{JsonBody, Segments};
use crate::route::{Body, Content, Route};
use attain_service::{Act, LimitView};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get(
            "/v1/companies/{company}/limits",
            Act::ReadLimits,
            "list_limits",
            "What a company may use: each limit with its default.",
            list,
            Content::List("limits", "Limit"),
        )
        .refuses(&[404]),
        Route::post(
            "/v1/companies/{company}/limits/{limit}",
            Act::SetLimits,
            "set_limit",
            "Sets a limit of a company, or lets it have its default again.",
            set,
            (200, Content::List("limits", "Limit")),
        )
        .body(Body::Json("NewLimit"))
        .refuses(&[404, 422]),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    value: Option<u64>,
}

fn answer(limits: &[LimitView]) -> Result<Response, Problem> {
    json_answer(StatusCode::OK, &json!({ "limits": limits }))
}

async fn list(State(app): State<App>, By(caller): By) -> Result<Response, Problem> {
    let limits = app.ask(move |service| service.limits(&caller)).await?;
    answer(&limits)
}

async fn set(
    State(app): State<App>,
    By(caller): By,
    Segments((_, limit)): Segments<(String, String)>,
    JsonBody(Wanted { value }): JsonBody<Wanted>,
) -> Result<Response, Problem> {
    let limits = app.ask(move |service| service.set_limit(&caller, &limit, value)).await?;
    answer(&limits)
}
