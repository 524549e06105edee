//! Plans: checked, published, listed.

use crate::access::By;
use crate::app::App;
use crate::problem::{Problem, json_answer};
use crate::request::{Segments, TomlBody};
use crate::route::{Body, Content, Route, checked};
use attain_service::Act;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing;
use serde_json::json;

pub(crate) fn routes() -> Vec<Route> {
    let path = "/v1/companies/{company}/plans";
    let mut check = Route::post(
        "/v1/companies/{company}/plans/check",
        Act::PublishPlan,
        "check_plan",
        "Checks a plan as publishing it would, and keeps nothing.",
        check,
        (200, Content::Json("PlanCheck")),
    );
    // A plan may be called `check`.
    check.handler = check.handler.merge(checked(Act::ReadPlans, "get_plan", routing::get(show_check)));
    vec![
        Route::get(path, Act::ReadPlans, "list_plans", "All versions of all plans.", list, Content::List("plans", "PlanRecord"))
            .refuses(&[404]),
        Route::post(
            path,
            Act::PublishPlan, "publish_plan",
            "Publishes a plan: from its first period on it replaces earlier versions. The same again changes nothing.",
            publish,
            (201, Content::Json("PlanRecord")),
        )
        .body(Body::Raw("application/toml"))
        .refuses(&[404, 409, 422, 429]),
        check.body(Body::Raw("application/toml")).refuses(&[404, 422, 429]),
        Route::get(
            "/v1/companies/{company}/plans/{plan}",
            Act::ReadPlans, "get_plan",
            "The newest version of a plan, a version (`name#2`), or a plan by the beginning of its digest.",
            show,
            Content::Json("PlanRecord"),
        )
        .refuses(&[404]),
    ]
}

async fn publish(
    State(app): State<App>,
    By(caller): By,
    TomlBody(source): TomlBody,
) -> Result<Response, Problem> {
    let place = app.files().enter(caller.company.as_str())?.await?;
    let record = app.ask_in(place, move |service| service.publish_plan(&caller, &source)).await?;
    json_answer(StatusCode::CREATED, &record)
}

async fn check(
    State(app): State<App>,
    By(caller): By,
    TomlBody(source): TomlBody,
) -> Result<Response, Problem> {
    let place = app.files().enter(caller.company.as_str())?.await?;
    let found = app.ask_in(place, move |service| service.check_plan(&caller, &source)).await?;
    json_answer(StatusCode::OK, &found)
}

async fn list(State(app): State<App>, By(caller): By) -> Result<Response, Problem> {
    let plans = app.ask(move |service| service.plans(&caller)).await?;
    json_answer(StatusCode::OK, &json!({ "plans": plans }))
}

async fn show(
    State(app): State<App>,
    By(caller): By,
    Segments((_, plan)): Segments<(String, String)>,
) -> Result<Response, Problem> {
    let record = app.ask(move |service| service.plan(&caller, &plan)).await?;
    json_answer(StatusCode::OK, &record)
}

async fn show_check(State(app): State<App>, By(caller): By) -> Result<Response, Problem> {
    let record = app.ask(move |service| service.plan(&caller, "check")).await?;
    json_answer(StatusCode::OK, &record)
}
