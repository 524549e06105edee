//! Backups over the API: what is answered, and what is refused before and while a file is sent.

use crate::api::{Answer, Api};
use attain_server::Options;
use attain_service::{BACKUP_MEDIA_TYPE, read_backup};
use axum::body::{Body, Bytes};
use serde_json::json;
use std::io;
use std::time::Duration;

const RESTORE: &str = "/v1/companies/acme/restore";

async fn restore(api: &Api, query: &str, file: impl Into<Body>) -> Answer {
    api.post(&format!("{RESTORE}{query}"), BACKUP_MEDIA_TYPE, file).await
}

/// A body that breaks off, or falls silent, in the middle.
fn broken(file: &[u8], rest: Option<io::Result<Bytes>>) -> Body {
    use futures_util::{StreamExt, stream};
    let begin = stream::iter([Ok(Bytes::copy_from_slice(&file[..file.len() / 2]))]);
    match rest {
        Some(rest) => Body::from_stream(begin.chain(stream::iter([rest]))),
        None => Body::from_stream(begin.chain(stream::pending())),
    }
}

#[tokio::test]
async fn a_company_goes_out_is_erased_and_comes_back_the_same() {
    let (api, run) = Api::with_run().await;
    let before = api.get(&format!("/v1/companies/acme/runs/{run}/outcome")).await.of(200);
    let file = api.get("/v1/companies/acme/backup").await;
    let name = file.headers["content-disposition"].to_str().unwrap();
    assert!(name.starts_with("attachment; filename=\"acme-20") && name.ends_with(".attain\""), "{name}");
    let head = api.get("/v1/companies/acme/log/head").await.of(200);
    let summary = read_backup(&file.body[..]).unwrap();
    let mark = summary.companies.values().next().unwrap();
    assert_eq!((summary.companies.len(), summary.host), (1, None));
    assert_eq!(json!(mark.log), head);

    let there = restore(&api, "", file.body.clone()).await.of(409);
    let detail =
        format!("company `acme` is there, its log at {}; restore it in its place: --replace", mark.log);
    assert_eq!(there["detail"], detail);
    api.post_json("/v1/companies/acme/erase", &json!({ "confirm": "acm" })).await.of(422);
    let erased = api.post_json("/v1/companies/acme/erase", &json!({ "confirm": "acme" })).await.of(200);
    assert_eq!((&erased["log"], &erased["by"]), (&head, &json!("operator")));
    assert_eq!(api.get("/v1/companies").await.of(200)["companies"], json!([]));
    api.get("/v1/companies/acme/log").await.of(404);
    api.post_json("/v1/companies/acme/erase", &json!({ "confirm": "acme" })).await.of(404);
    api.post_json("/v1/companies", &json!({ "id": "acme" })).await.of(409);
    let host = api.get("/v1/log").await.of(200);
    assert_eq!(host["entries"].as_array().unwrap().last().unwrap()["action"], "erase-company");

    restore(&api, "", file.body.clone()).await.of(409);
    let restored = restore(&api, "?replace=true", file.body.clone()).await.of(200);
    assert_eq!((&restored["log"], &restored["behind"]), (&head, &json!(null)));
    assert_eq!(api.get(&format!("/v1/companies/acme/runs/{run}/outcome")).await.of(200), before);
    let log = api.get("/v1/companies/acme/log?limit=1").await.of(200);
    assert_eq!(log["entries"][0]["action"], "restore");
    let first = api.get("/v1/companies/acme/log?from=1&limit=2").await.of(200);
    let actions: Vec<_> = first["entries"].as_array().unwrap().iter().map(|entry| &entry["action"]).collect();
    assert_eq!(actions, ["publish-policy", "import-snapshot"]);
}

#[tokio::test]
async fn what_breaks_off_changes_nothing_and_is_answered() {
    let api = Api::with(Options { silence_max: Duration::from_millis(200), ..Options::default() });
    api.company().await;
    let file = api.get("/v1/backup").await;
    let head = api.get("/v1/companies/acme/log/head").await.of(200);
    let replace = "?replace=true";
    let cut = restore(&api, replace, file.body[..file.body.len() - 1].to_vec()).await.of(422);
    assert!(cut["detail"].as_str().unwrap().contains("it is cut short there; nothing was restored"), "{cut}");
    assert_eq!(cut["code"], "backup");
    let gone = restore(&api, replace, broken(&file.body, Some(Err(io::Error::other("gone"))))).await.of(400);
    assert_eq!(gone["detail"], "the body broke off; send it again");
    let silent = restore(&api, replace, broken(&file.body, None)).await;
    assert_eq!((silent.status, silent.json_code().as_deref()), (408, Some("timeout")));
    let kind = api.post(&format!("{RESTORE}{replace}"), "text/csv", file.body.clone()).await;
    assert_eq!(kind.status, 415);
    for (query, status) in [("?replace=maybe", 400), ("?head=17", 422), ("?x=1", 400)] {
        let refused = restore(&api, query, file.body.clone()).await;
        assert_eq!(refused.status, status, "{query}: {}", refused.text());
    }
    assert_eq!(api.get("/v1/companies/acme/log/head").await.of(200), head);
    // A place is free again after each.
    for _ in 0..5 {
        restore(&api, "?replace=true&accept_loss=true", file.body.clone()).await.of(200);
    }
    api.get("/v1/companies/acme/log?limit=1001").await.of(422);
}
