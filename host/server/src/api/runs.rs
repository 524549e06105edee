//! Runs: computed, computed again, approved; with progress for those who ask for events.

use crate::access::By;
use crate::app::App;
use crate::events::{self, Watched};
use crate::problem::{Problem, json_answer};
use crate::request::{JsonBody, OptionalJson, QueryOf, Segments};
use crate::route::{Body, Content, Field, Route};
use crate::trace::Begun;
use crate::work::About;
use attain_service::{Act, BATCH_ROWS, Caller, Cut, Service};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

/// The most threads of a run.
const THREADS_MAX: usize = 1024;

pub(crate) fn routes() -> Vec<Route> {
    const REFUSALS: &[u16] = &[404, 409, 422, 429, 503];
    vec![
        Route::get("/v1/companies/{company}/runs", Act::ReadRuns, "list_runs", "All runs, by period and time.", list, Content::List("runs", "Run"))
            .query(&[
                Field { name: "plan", kind: "string", doc: "only those of this plan" },
                Field { name: "period", kind: "string", doc: "only those of this period" },
            ])
            .refuses(&[400, 404]),
        Route::post(
            "/v1/companies/{company}/runs",
            Act::Run, "run_plan",
            "Runs a plan for a period on the newest snapshot. Asked again with nothing changed, it is the same run.",
            run,
            (201, Content::Json("Run")),
        )
        .body(Body::Json("NewRun"))
        .refuses(REFUSALS)
        .tells_progress(),
        Route::get(
            "/v1/companies/{company}/runs/{run}",
            Act::ReadRuns, "get_run",
            "A run by its digest, by the beginning of it, or the newest by `plan/period` (the slash as %2F).",
            show,
            Content::Json("Run"),
        )
        .refuses(&[404, 422]),
        Route::post(
            "/v1/companies/{company}/runs/{run}/replay",
            Act::Replay, "replay_run",
            "Computes a run again from what it pinned and compares every cell. A difference is an answer, no problem.",
            replay,
            (200, Content::Json("Replay")),
        )
        .body(Body::OptionalJson("Cut"))
        .refuses(REFUSALS)
        .tells_progress(),
        Route::post(
            "/v1/companies/{company}/runs/{run}/approve",
            Act::Approve, "approve_run",
            "Makes a run the official one of its plan and period, after it was computed again in another cut.",
            approve,
            (200, Content::Json("Run")),
        )
        .refuses(REFUSALS)
        .tells_progress(),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewRun {
    plan: String,
    period: String,
    threads: Option<usize>,
    batch: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewCut {
    threads: Option<usize>,
    batch: Option<usize>,
}

fn cut_of(threads: Option<usize>, batch_rows: Option<usize>) -> Result<Cut, Problem> {
    let rows_max = usize::try_from(BATCH_ROWS).unwrap_or(usize::MAX);
    for (at, value, most) in [("threads", threads, THREADS_MAX), ("batch", batch_rows, rows_max)] {
        if let Some(value) = value.filter(|value| !(1..=most).contains(value)) {
            return Err(Problem::invalid(at, format!("`{value}` is out of range, expected 1 to {most}")));
        }
    }
    Ok(Cut { threads, batch_rows })
}

fn about(caller: &Caller, operation: &'static str, of: String) -> About {
    About { company: caller.company.to_string(), operation, of, by: caller.actor.clone() }
}

async fn run(
    State(app): State<App>,
    By(caller): By,
    headers: HeaderMap,
    JsonBody(new): JsonBody<NewRun>,
) -> Result<Response, Problem> {
    let cut = cut_of(new.threads, new.batch)?;
    let (counted, within) = (app.clone(), headers.clone());
    let about = about(&caller, "run_plan", format!("{} {}", new.plan, new.period));
    let work = move |service: &Service, watched: &Watched<'_>| {
        let span = Begun::within(&counted, &within);
        let view = service.run(&caller, &new.plan, &new.period, cut, watched.cancel, watched.progress)?;
        counted.metrics().ran(caller.company.as_str(), &view.record);
        if let Some(span) = span {
            span.ran(caller.company.as_str(), &view.record);
        }
        Ok(view)
    };
    events::answer(app, about, &headers, StatusCode::CREATED, work).await
}

async fn replay(
    State(app): State<App>,
    By(caller): By,
    Segments((_, run)): Segments<(String, String)>,
    headers: HeaderMap,
    OptionalJson(NewCut { threads, batch }): OptionalJson<NewCut>,
) -> Result<Response, Problem> {
    let cut = cut_of(threads, batch)?;
    let about = about(&caller, "replay_run", run.clone());
    let work = move |service: &Service, watched: &Watched<'_>| {
        service.replay(&caller, &run, cut, watched.cancel, watched.progress)
    };
    events::answer(app, about, &headers, StatusCode::OK, work).await
}

/// What an approval is sent with: nothing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn approve(
    State(app): State<App>,
    By(caller): By,
    Segments((_, run)): Segments<(String, String)>,
    headers: HeaderMap,
    OptionalJson(Nothing {}): OptionalJson<Nothing>,
) -> Result<Response, Problem> {
    let about = about(&caller, "approve_run", run.clone());
    let work = move |service: &Service, watched: &Watched<'_>| {
        service.approve(&caller, &run, watched.cancel, watched.progress)
    };
    events::answer(app, about, &headers, StatusCode::OK, work).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    plan: Option<String>,
    period: Option<String>,
}

async fn list(
    State(app): State<App>,
    By(caller): By,
    QueryOf(wanted): QueryOf<Wanted>,
) -> Result<Response, Problem> {
    let mut runs = app.ask(move |service| service.runs(&caller)).await?;
    runs.retain(|run| {
        let pins = &run.record.pins;
        wanted.plan.as_ref().is_none_or(|plan| pins.plan == *plan)
            && wanted.period.as_ref().is_none_or(|period| pins.period.to_string() == *period)
    });
    json_answer(StatusCode::OK, &json!({ "runs": runs }))
}

async fn show(
    State(app): State<App>,
    By(caller): By,
    Segments((_, run)): Segments<(String, String)>,
) -> Result<Response, Problem> {
    let view = app.ask(move |service| service.run_record(&caller, &run)).await?;
    json_answer(StatusCode::OK, &view)
}
