//! The log: everything that was done, by whom and when.

use crate::access::By;
use crate::app::App;
use crate::problem::{Problem, json_answer};
use crate::request::QueryOf;
use crate::route::{Content, Field, Route};
use attain_service::Act;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

/// The most entries that are answered at once.
const ENTRIES_MAX: usize = 1_000;

const FIELDS: &[Field] = &[
    Field {
        name: "from",
        kind: "integer",
        doc: "the first entry, from 0; the newest ones when it is not said",
    },
    Field { name: "limit", kind: "integer", doc: "how many entries, 0 to 1000; 100 when it is not said" },
];

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get(
            "/v1/companies/{company}/log",
            Act::ReadLog,
            "get_log",
            "Entries of a company's log, in order.",
            log,
            Content::List("entries", "LogEntry"),
        )
        .query(FIELDS)
        .refuses(&[400, 404, 422]),
        Route::get(
            "/v1/companies/{company}/log/head",
            Act::ReadLog,
            "get_log_head",
            "The head of a company's log.",
            log_head,
            Content::Json("LogHead"),
        )
        .refuses(&[404]),
        Route::get(
            "/v1/log",
            Act::ReadHostLog,
            "get_host_log",
            "Entries of the host's own log, in order: its keys, companies restored and erased.",
            host_log,
            Content::List("entries", "LogEntry"),
        )
        .query(FIELDS)
        .refuses(&[400, 422]),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    from: Option<u64>,
    limit: Option<usize>,
}

impl Page {
    fn limit(&self) -> Result<usize, Problem> {
        match self.limit.unwrap_or(100) {
            limit if limit > ENTRIES_MAX => {
                Err(Problem::invalid("limit", format!("`{limit}` is too many, expected 0 to {ENTRIES_MAX}")))
            }
            limit => Ok(limit),
        }
    }
}

async fn log(
    State(app): State<App>,
    By(caller): By,
    QueryOf(page): QueryOf<Page>,
) -> Result<Response, Problem> {
    let limit = page.limit()?;
    let entries = app.ask(move |service| service.log(&caller, page.from, limit)).await?;
    json_answer(StatusCode::OK, &json!({ "entries": entries }))
}

async fn log_head(State(app): State<App>, By(caller): By) -> Result<Response, Problem> {
    let head = app.ask(move |service| service.log_head(&caller)).await?;
    json_answer(StatusCode::OK, &head)
}

async fn host_log(State(app): State<App>, QueryOf(page): QueryOf<Page>) -> Result<Response, Problem> {
    let limit = page.limit()?;
    let entries = app.ask(move |service| service.host_log(page.from, limit)).await?;
    json_answer(StatusCode::OK, &json!({ "entries": entries }))
}
