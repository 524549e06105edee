//! What a run gave: its rows, one person's statement, and the whole as a file.

use crate::access::By;
use crate::app::App;
use crate::cells::rows_of;
use crate::download;
use crate::problem::{Problem, json_answer, shown};
use crate::request::{QueryOf, Segments};
use crate::route::{Content, Field, Route};
use attain_model::nearest::hint;
use attain_service::{Act, Format, Service};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

/// The most rows of an outcome that are answered at once.
const ROWS_MAX: usize = 10_000;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get(
            "/v1/companies/{company}/runs/{run}/outcome",
            Act::ReadOutcomes, "get_outcome",
            "Rows of a run's outcome, in order of participant.",
            outcome,
            Content::Json("OutcomeRows"),
        )
        .query(&[
            Field { name: "offset", kind: "integer", doc: "the first row, from 0; 0 when it is not said" },
            Field { name: "limit", kind: "integer", doc: "how many rows, 0 to 10000; 100 when it is not said" },
        ])
        .refuses(&[400, 404, 422]),
        Route::get(
            "/v1/companies/{company}/runs/{run}/statements/{participant}",
            Act::ReadStatements, "get_statement",
            "How one participant's outcome came about, in words. What the lines add is checked against what was kept.",
            statement,
            Content::Json("Statement"),
        )
        .query(&[Field { name: "lang", kind: "string", doc: "`en` or `zh`; `en` when it is not said" }])
        .refuses(&[400, 404, 422, 429]),
        Route::get(
            "/v1/companies/{company}/runs/{run}/export",
            Act::Export, "export_run",
            "A run's outcome as a file: participant, payout, then `step.output` for each.",
            export,
            Content::Raw(&[
                "text/csv",
                "application/json",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "application/vnd.apache.parquet",
            ]),
        )
        .query(&[Field { name: "format", kind: "string", doc: "`csv`, `json`, `xlsx` or `parquet`; `csv` when it is not said" }])
        .refuses(&[400, 404, 422, 429]),
        Route::get(
            "/v1/companies/{company}/participants/{participant}/statements",
            Act::ReadStatements,
            "list_statements",
            "The official runs that a participant has a statement in, by period, and what each pays them.",
            statements,
            Content::List("statements", "Paid"),
        )
        .refuses(&[404, 422]),
    ]
}

async fn statements(
    State(app): State<App>,
    By(caller): By,
    Segments((_, participant)): Segments<(String, String)>,
) -> Result<Response, Problem> {
    let statements = app.ask(move |service| service.statements(&caller, &participant)).await?;
    json_answer(StatusCode::OK, &json!({ "statements": statements }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    #[serde(default)]
    offset: usize,
    limit: Option<usize>,
}

async fn outcome(
    State(app): State<App>,
    By(caller): By,
    Segments((_, run)): Segments<(String, String)>,
    QueryOf(Page { offset, limit }): QueryOf<Page>,
) -> Result<Response, Problem> {
    let limit = limit.unwrap_or(100);
    if limit > ROWS_MAX {
        return Err(Problem::invalid("limit", format!("`{limit}` is too many, expected 0 to {ROWS_MAX}")));
    }
    let page = app.ask(move |service| service.outcome_rows(&caller, &run, offset, limit)).await?;
    let columns: Vec<_> = (page.table.columns.iter().zip(&page.does))
        .map(|(column, does)| {
            json!({ "name": column.name, "unit": column.kind.unit, "decimals": column.kind.decimals, "does": does })
        })
        .collect();
    json_answer(StatusCode::OK, &json!({ "columns": columns, "rows": rows_of(&page.table), "of": page.of }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Language {
    lang: Option<String>,
}

async fn statement(
    State(app): State<App>,
    By(caller): By,
    Segments((_, run, participant)): Segments<(String, String, String)>,
    QueryOf(Language { lang }): QueryOf<Language>,
) -> Result<Response, Problem> {
    let language = lang.unwrap_or_else(|| "en".to_owned());
    let company = caller.company.clone();
    let question = move |service: &Service| service.explain(&caller, &run, &participant, &language);
    let statement = app.ask_shortly(&company, question).await?;
    json_answer(StatusCode::OK, &statement)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct As {
    format: Option<String>,
}

async fn export(
    State(app): State<App>,
    By(caller): By,
    Segments((_, run)): Segments<(String, String)>,
    QueryOf(As { format }): QueryOf<As>,
) -> Result<Response, Problem> {
    let name = format.unwrap_or_else(|| "csv".to_owned());
    let format = Format::parse(&name).ok_or_else(|| {
        let hint = hint(&name, Format::ALL.map(Format::name));
        Problem::invalid("format", format!("`{}` is not a format{hint}", shown(&name)))
    })?;
    let gate = if format == Format::Xlsx { app.workbooks() } else { app.files() };
    let place = gate.enter(caller.company.as_str())?.await?;
    let export = app.ask(move |service| service.export_run(&caller, &run)).await?;
    let name = export.file_name(format);
    download::answer(app, place, &name, format.media_type(), move |out| export.write(format, out)).await
}
