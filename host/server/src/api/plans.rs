//! Plans: checked, published, listed.

use crate::app::{App, caller};
use crate::problem::{Problem, json_answer};
use crate::request::{Segments, TomlBody};
use crate::route::{Body, Content, Route};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing;
use serde_json::json;

pub(crate) fn routes() -> Vec<Route> {
    let path = "/v1/companies/{company}/plans";
    let mut check = Route::post(
        "/v1/companies/{company}/plans/check",
        "check_plan",
        "Checks a plan as publishing it would, and keeps nothing.",
        check,
        (200, Content::Json("PlanCheck")),
    );
    // A plan may be called `check`.
    check.handler = check.handler.merge(routing::get(show_check));
    vec![
        Route::get(path, "list_plans", "All versions of all plans.", list, Content::List("plans", "PlanRecord"))
            .refuses(&[404]),
        Route::post(
            path,
            "publish_plan",
            "Publishes a plan: from its first period on it replaces earlier versions. The same again changes nothing.",
            publish,
            (201, Content::Json("PlanRecord")),
        )
        .body(Body::Raw("application/toml"))
        .refuses(&[404, 409, 422, 429]),
        check.body(Body::Raw("application/toml")).refuses(&[404, 422, 429]),
        Route::get(
            "/v1/companies/{company}/plans/{plan}",
            "get_plan",
            "The newest version of a plan, a version (`name#2`), or a plan by the beginning of its digest.",
            show,
            Content::Json("PlanRecord"),
        )
        .refuses(&[404]),
    ]
}

async fn publish(
    State(app): State<App>,
    Segments(company): Segments<String>,
    TomlBody(source): TomlBody,
) -> Result<Response, Problem> {
    let caller = caller(&company)?;
    let place = app.files().enter()?.await?;
    let record = app.ask_in(place, move |service| service.publish_plan(&caller, &source)).await?;
    json_answer(StatusCode::CREATED, &record)
}

async fn check(
    State(app): State<App>,
    Segments(company): Segments<String>,
    TomlBody(source): TomlBody,
) -> Result<Response, Problem> {
    let caller = caller(&company)?;
    let place = app.files().enter()?.await?;
    let found = app.ask_in(place, move |service| service.check_plan(&caller, &source)).await?;
    json_answer(StatusCode::OK, &found)
}

async fn list(State(app): State<App>, Segments(company): Segments<String>) -> Result<Response, Problem> {
    let caller = caller(&company)?;
    let plans = app.ask(move |service| service.plans(&caller)).await?;
    json_answer(StatusCode::OK, &json!({ "plans": plans }))
}

async fn show(
    State(app): State<App>,
    Segments((company, plan)): Segments<(String, String)>,
) -> Result<Response, Problem> {
    let caller = caller(&company)?;
    let record = app.ask(move |service| service.plan(&caller, &plan)).await?;
    json_answer(StatusCode::OK, &record)
}

async fn show_check(app: State<App>, Segments(company): Segments<String>) -> Result<Response, Problem> {
    show(app, Segments((company, "check".to_owned()))).await
}
