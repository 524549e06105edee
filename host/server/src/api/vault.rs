//! Backups: a host or a company as a file, a company from one, and the end of a company.

use crate::access::By;
use crate::app::App;
use crate::problem::{Problem, json_answer, shown};
use crate::request::{JsonBody, QueryOf};
use crate::route::{Body, Content, Field, Route};
use crate::{download, receive};
use attain_service::{Act, BACKUP_MEDIA_TYPE, HOST, LogMark, RestoreOptions};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get(
            "/v1/backup",
            Act::Backup,
            "back_up_host",
            "The whole host as a file, of one instant, while others go on writing.",
            back_up_host,
            Content::Raw(&[BACKUP_MEDIA_TYPE]),
        )
        .refuses(&[429]),
        Route::get(
            "/v1/companies/{company}/backup",
            Act::ExportCompany,
            "export_company",
            "All of a company as a file, of one instant. Its log says that it was taken.",
            export_company,
            Content::Raw(&[BACKUP_MEDIA_TYPE]),
        )
        .refuses(&[404, 429]),
        Route::post(
            "/v1/companies/{company}/restore",
            Act::RestoreCompany,
            "restore_company",
            "Restores a company from a backup of it or of its host. It is there, or in the place of what was, once all of the file was checked.",
            restore_company,
            (200, Content::Json("Restored")),
        )
        .query(&[
            Field { name: "replace", kind: "boolean", doc: "whether in the place of the company that is there, or was erased; `false` when it is not said" },
            Field { name: "accept_loss", kind: "boolean", doc: "whether even behind a known head of its log; `false` when it is not said" },
            Field { name: "head", kind: "string", doc: "a head of its log that somebody holds, `SIZE:ROOT`" },
        ])
        .body(Body::Raw(BACKUP_MEDIA_TYPE))
        .refuses(&[400, 409, 422, 429]),
        Route::post(
            "/v1/companies/{company}/erase",
            Act::EraseCompany,
            "erase_company",
            "Erases all of a company. What stays is that it was erased, when, by whom, and the last head of its log.",
            erase_company,
            (200, Content::Json("Erased")),
        )
        .body(Body::Json("Erasure"))
        .refuses(&[404, 422, 429]),
    ]
}

async fn back_up_host(State(app): State<App>) -> Result<Response, Problem> {
    let place = app.files().enter(HOST)?.await?;
    let backup = app.ask(|service| service.backup()).await?;
    download::answer(app, place, &backup.file_name(), BACKUP_MEDIA_TYPE, move |out| backup.write(out)).await
}

async fn export_company(State(app): State<App>, By(caller): By) -> Result<Response, Problem> {
    let place = app.files().enter(caller.company.as_str())?.await?;
    let backup = app.ask(move |service| service.export_company(&caller)).await?;
    download::answer(app, place, &backup.file_name(), BACKUP_MEDIA_TYPE, move |out| backup.write(out)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct How {
    #[serde(default)]
    replace: bool,
    #[serde(default)]
    accept_loss: bool,
    head: Option<String>,
}

async fn restore_company(
    State(app): State<App>,
    By(caller): By,
    QueryOf(How { replace, accept_loss, head }): QueryOf<How>,
    request: Request,
) -> Result<Response, Problem> {
    let head = head.map(|head| {
        let shape = || format!("`{}` is not a head of a log, expected `SIZE:ROOT`", shown(&head));
        LogMark::parse(&head).ok_or_else(|| Problem::invalid("head", shape()))
    });
    let options = RestoreOptions { replace, accept_loss, head: head.transpose()? };
    let place = app.files().enter(HOST)?.await?;
    // Before any of the file is sent, where its client waits to be asked for it.
    let asked = caller.clone();
    app.ask(move |service| service.may_restore(&asked, options)).await?;
    let restored = receive::ask(&app, place, request, BACKUP_MEDIA_TYPE, move |service, body| {
        service.restore_company(&caller, body, options)
    });
    let restored = restored.await?;
    let answer = json!({
        "company": restored.company,
        "made_at": restored.made_at,
        "log": restored.log,
        "behind": restored.behind,
        "records": restored.records,
    });
    json_answer(StatusCode::OK, &answer)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Erasure {
    confirm: String,
}

async fn erase_company(
    State(app): State<App>,
    By(caller): By,
    JsonBody(Erasure { confirm }): JsonBody<Erasure>,
) -> Result<Response, Problem> {
    let place = app.files().enter(HOST)?.await?;
    let erased = app.ask_in(place, move |service| service.erase_company(&caller, &confirm)).await?;
    let answer = json!({ "company": erased.company, "at": erased.at, "by": erased.by, "log": erased.log });
    json_answer(StatusCode::OK, &answer)
}
