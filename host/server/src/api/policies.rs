//! Policies: components that a company published.

use crate::access::By;
use crate::app::App;
use crate::problem::{Problem, json_answer};
use crate::request::{Segments, read_as};
use crate::route::{Body, Content, Route};
use attain_service::Act;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

pub(crate) fn routes() -> Vec<Route> {
    let path = "/v1/companies/{company}/policies";
    vec![
        Route::get(path, Act::ReadPolicies, "list_policies", "All policies, by name and version.", list, Content::List("policies", "Policy"))
            .refuses(&[404]),
        Route::post(
            path,
            Act::PublishPolicy, "publish_policy",
            "Publishes a component: checked, compiled, kept under its digest. The same bytes again change nothing.",
            publish,
            (201, Content::Json("Policy")),
        )
        .body(Body::Raw("application/wasm"))
        .refuses(&[404, 409, 422, 429]),
        Route::get(
            "/v1/companies/{company}/policies/{policy}",
            Act::ReadPolicies, "get_policy",
            "A policy by `name`, `name@major`, `name@version` or the beginning of its digest.",
            show,
            Content::Json("Policy"),
        )
        .refuses(&[404]),
    ]
}

async fn publish(State(app): State<App>, By(caller): By, request: Request) -> Result<Response, Problem> {
    let place = app.files().enter(caller.company.as_str())?.await?;
    let component = read_as(request, &app, "application/wasm", app.options().component_bytes_max).await?;
    let record = app.ask_in(place, move |service| service.publish_policy(&caller, &component)).await?;
    json_answer(StatusCode::CREATED, &record)
}

async fn list(State(app): State<App>, By(caller): By) -> Result<Response, Problem> {
    let policies = app.ask(move |service| service.policies(&caller)).await?;
    json_answer(StatusCode::OK, &json!({ "policies": policies }))
}

async fn show(
    State(app): State<App>,
    By(caller): By,
    Segments((_, policy)): Segments<(String, String)>,
) -> Result<Response, Problem> {
    let record = app.ask(move |service| service.policy(&caller, &policy)).await?;
    json_answer(StatusCode::OK, &record)
}
