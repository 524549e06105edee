//! Snapshots: the figures of a period, brought in as files.

use crate::access::By;
use crate::app::App;
use crate::cells::rows_of;
use crate::problem::{Problem, json_answer};
use crate::request::{QueryOf, Segments};
use crate::route::{Body, Content, Field, Route};
use crate::upload::{Files, Holds, Part, Times};
use attain_service::{Act, ImportRequest, ServiceError};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

/// The most rows of a table that are shown at once.
const ROWS_MAX: usize = 10_000;

const IMPORT: &[Part] = &[
    Part { name: "file", times: Times::Once, holds: Holds::Figures, doc: "the CSV, XLSX or Parquet file" },
    Part {
        name: "mapping",
        times: Times::AtMostOnce,
        holds: Holds::Text,
        doc: "the mapping file (TOML) that says what its columns are",
    },
];

const RECIPE: &[Part] = &[
    Part { name: "recipe", times: Times::Once, holds: Holds::Text, doc: "the recipe (TOML)" },
    Part {
        name: "source",
        times: Times::AnyNumber,
        holds: Holds::Figures,
        doc: "a raw export, under the file name by which the recipe calls it",
    },
];

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = ways_in();
    routes.extend(ways_out());
    routes
}

fn ways_in() -> Vec<Route> {
    const REFUSALS: &[u16] = &[404, 409, 422, 429];
    vec![
        Route::post(
            "/v1/companies/{company}/snapshots/{period}/tables/{table}",
            Act::ImportFigures,
            "import_table",
            "Reads a file into a table of a period's snapshot: a new revision that shares the other tables.",
            import_table,
            (201, Content::Json("Snapshot")),
        )
        .body(Body::Form(IMPORT))
        .refuses(REFUSALS),
        Route::post(
            "/v1/companies/{company}/snapshots/{period}/recipe",
            Act::ImportFigures,
            "build_snapshot",
            "Makes the tables of a period's snapshot from raw exports, by the SQL of a recipe.",
            build,
            (201, Content::Json("Snapshot")),
        )
        .body(Body::Form(RECIPE))
        .refuses(REFUSALS),
        Route::post(
            "/v1/companies/{company}/targets/{period}",
            Act::ImportFigures,
            "import_targets",
            "Reads quotas (columns participant, metric, target) into a period's snapshot.",
            import_targets,
            (201, Content::Json("Snapshot")),
        )
        .body(Body::Form(IMPORT))
        .refuses(REFUSALS),
    ]
}

fn ways_out() -> Vec<Route> {
    vec![
        Route::get(
            "/v1/companies/{company}/snapshots",
            Act::ReadFigures, "list_snapshots",
            "All revisions of all snapshots, by period.",
            list,
            Content::List("snapshots", "Snapshot"),
        )
        .refuses(&[404]),
        Route::get(
            "/v1/companies/{company}/snapshots/{period}",
            Act::ReadFigures, "get_snapshot",
            "The newest revision of a period, a revision (`2017-Q1#2`), or a snapshot by the beginning of its digest.",
            show,
            Content::Json("Snapshot"),
        )
        .refuses(&[404]),
        Route::get(
            "/v1/companies/{company}/snapshots/{period}/tables/{table}",
            Act::ReadFigures, "get_table",
            "The first rows of a table.",
            table,
            Content::Json("TableRows"),
        )
        .query(&[Field { name: "rows", kind: "integer", doc: "how many rows, 0 to 10000; 20 when it is not said" }])
        .refuses(&[400, 404, 422]),
    ]
}

async fn import_table(
    State(app): State<App>,
    By(caller): By,
    Segments((_, period, table)): Segments<(String, String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let place = app.files().enter(caller.company.as_str())?.await?;
    let request = import_request(Files::read(request, &app, IMPORT).await?, period, table)?;
    let record = app.ask_in(place, move |service| service.import_snapshot(&caller, &request)).await?;
    json_answer(StatusCode::CREATED, &record)
}

async fn import_targets(
    State(app): State<App>,
    By(caller): By,
    Segments((_, period)): Segments<(String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let place = app.files().enter(caller.company.as_str())?.await?;
    let request = import_request(Files::read(request, &app, IMPORT).await?, period, "targets".to_owned())?;
    let record = app.ask_in(place, move |service| service.import_targets(&caller, &request)).await?;
    json_answer(StatusCode::CREATED, &record)
}

fn import_request(mut files: Files, period: String, table: String) -> Result<ImportRequest, Problem> {
    let mapping = files.take("mapping");
    let file = files.take("file").ok_or_else(Problem::internal)?;
    Ok(ImportRequest { file, period, table, mapping })
}

async fn build(
    State(app): State<App>,
    By(caller): By,
    Segments((_, period)): Segments<(String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let place = app.files().enter(caller.company.as_str())?.await?;
    let mut files = Files::read(request, &app, RECIPE).await?;
    let recipe = files.take("recipe").ok_or_else(Problem::internal)?;
    let sources = files.rest();
    let record =
        app.ask_in(place, move |service| service.build_snapshot(&caller, &recipe, &sources, &period)).await?;
    json_answer(StatusCode::CREATED, &record)
}

async fn list(State(app): State<App>, By(caller): By) -> Result<Response, Problem> {
    let snapshots = app.ask(move |service| service.snapshots(&caller)).await?;
    json_answer(StatusCode::OK, &json!({ "snapshots": snapshots }))
}

async fn show(
    State(app): State<App>,
    By(caller): By,
    Segments((_, snapshot)): Segments<(String, String)>,
) -> Result<Response, Problem> {
    let record = app.ask(move |service| service.snapshot(&caller, &snapshot)).await?;
    json_answer(StatusCode::OK, &record)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    rows: Option<usize>,
}

async fn table(
    State(app): State<App>,
    By(caller): By,
    Segments((_, snapshot, table)): Segments<(String, String, String)>,
    QueryOf(Rows { rows }): QueryOf<Rows>,
) -> Result<Response, Problem> {
    let rows = rows.unwrap_or(20);
    if rows > ROWS_MAX {
        return Err(Problem::invalid("rows", format!("`{rows}` is too many, expected 0 to {ROWS_MAX}")));
    }
    let read = move |service: &attain_service::Service| -> Result<_, ServiceError> {
        // By its digest, so that rows and count are of the same revision.
        let record = service.snapshot(&caller, &snapshot)?;
        let rows = service.snapshot_rows(&caller, &record.id.to_string(), &table, rows)?;
        let of = record.tables.get(&table).map_or(0, |table| table.rows);
        Ok((rows, of))
    };
    let (table, of) = app.ask(read).await?;
    let columns: Vec<_> = (table.columns.iter())
        .map(|column| json!({ "name": column.name, "unit": column.kind.unit, "decimals": column.kind.decimals }))
        .collect();
    json_answer(StatusCode::OK, &json!({ "columns": columns, "rows": rows_of(&table), "of": of }))
}
