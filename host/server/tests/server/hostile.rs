//! What no client should send: each is answered with a problem that says what was expected.

use crate::api::{Answer, Api, plan};
use attain_server::Options;
use axum::body::{Body, Bytes};
use axum::http::Request;
use serde_json::{Value, json};
use std::time::Duration;

const TABLE: &str = "/v1/companies/acme/snapshots/2017-Q1/tables/people";

fn plain(status: u16, title: &str, code: &str, detail: &str) -> Value {
    json!({ "type": "about:blank", "title": title, "status": status, "detail": detail, "code": code })
}

fn body(detail: &str) -> Value {
    plain(400, "The body can't be read", "body", detail)
}

#[tokio::test]
async fn a_path_that_is_not_there_is_a_problem() {
    let api = Api::new();
    for path in ["/nowhere", "/v1", "/v1/companies/", "/v1/companies/acme/run", "/company"] {
        let detail = format!("there is no `{path}` here; `/v1/openapi.json` lists every path");
        api.get(path).await.is_problem(&plain(404, "Not found", "route", &detail));
    }
}

#[tokio::test]
async fn a_method_that_is_not_taken_is_a_problem_that_says_which_are() {
    let api = Api::new();
    let answer = api.ask(Request::delete("/v1/companies").body(Body::empty()).unwrap()).await;
    answer.is_problem(&plain(
        405,
        "Method not allowed",
        "method-not-allowed",
        "`/v1/companies` doesn't take DELETE; the header `allow` says what it takes",
    ));
    let allowed = answer.headers["allow"].to_str().unwrap();
    assert!(allowed.contains("GET") && allowed.contains("POST"), "{allowed}");
}

#[tokio::test]
async fn a_path_or_query_that_can_not_be_read_is_a_problem() {
    let api = Api::ready().await;
    let title = "The address can't be read";
    let detail = "`/v1/companies/acme/plans/%FF` can't be read; write a part of a path as UTF-8 with %XX";
    api.get("/v1/companies/acme/plans/%FF").await.is_problem(&plain(400, title, "route", detail));
    for (query, why) in [
        ("row=1", "unknown field `row`, expected `rows`"),
        ("rows=-1", "rows: invalid digit found in string"),
        ("rows=99999999999999999999999", "rows: number too large to fit in target type"),
        ("rows=1&rows=2", "duplicate field `rows`"),
    ] {
        let problem = api.get(&format!("{TABLE}?{query}")).await;
        let detail = problem.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.starts_with("the query can't be read: ") && detail.contains(why), "{query}: {detail}");
        problem.is_problem(&plain(400, title, "route", &detail));
    }
}

#[tokio::test]
async fn a_body_that_is_not_the_json_asked_for_is_a_problem() {
    let api = Api::new();
    let not = |why: &str| body(&format!("the body is not the JSON that this path takes: {why}"));
    for (sent, why) in [
        ("", "EOF while parsing a value at line 1 column 0"),
        ("{", "EOF while parsing an object at line 1 column 1"),
        ("[1]", "invalid type: integer `1`, expected a string at line 1 column 2"),
        (
            r#"{"id":"acme","nam":"x"}"#,
            "unknown field `nam`, expected one of `id`, `name`, `currency`, `timezone`, `fiscal_year_start` at line 1 column 18",
        ),
        (r#"{"id":"a","id":"b"}"#, "duplicate field `id` at line 1 column 14"),
        (r#"{"id":1}"#, "invalid type: integer `1`, expected a string at line 1 column 7"),
    ] {
        api.post("/v1/companies", "application/json", sent).await.is_problem(&not(why));
    }
    let deep = "[".repeat(100_000);
    assert_eq!(api.post("/v1/companies", "application/json", deep).await.status, 400);
    let latin: &[u8] = b"{\"id\":\"\xe9\"}";
    assert_eq!(api.post("/v1/companies", "application/json", latin).await.status, 400);
}

#[tokio::test]
async fn a_body_of_another_kind_is_a_problem() {
    let api = Api::ready().await;
    let kind = |detail: &str| plain(415, "Unexpected content type", "media-type", detail);
    let text = "the body has content type `text/plain`, expected `application/json`";
    api.post("/v1/companies", "text/plain", "{}").await.is_problem(&kind(text));
    let none = Request::post("/v1/companies").body(Body::from("{}")).unwrap();
    api.ask(none).await.is_problem(&kind("the body has no content type, expected `application/json`"));
    let wasm = "the body has content type `application/json`, expected `application/wasm`";
    api.post("/v1/companies/acme/policies", "application/json", "{}").await.is_problem(&kind(wasm));
    let toml = "the body has content type `application/json`, expected `application/toml`";
    api.post("/v1/companies/acme/plans", "application/json", "{}").await.is_problem(&kind(toml));
    let form = "the body has content type `text/csv`, expected `multipart/form-data`";
    api.post(TABLE, "text/csv", "a,b").await.is_problem(&kind(form));
    let latin: &[u8] = b"plan = \"\xe9\"";
    let utf8 = body("the body is not UTF-8 at byte 8; save the file as UTF-8");
    api.post("/v1/companies/acme/plans", "application/toml", latin).await.is_problem(&utf8);
}

#[tokio::test]
async fn a_form_that_is_not_the_one_asked_for_is_a_problem() {
    let api = Api::ready().await;
    let file = ("file", "people.csv", "participant\nAnn\n");
    type Parts<'a> = &'a [(&'a str, &'a str, &'a str)];
    let cases: [(Parts<'_>, &str); 5] = [
        (&[], "the form has no part `file`: the CSV, XLSX or Parquet file"),
        (&[file, file], "the form has the part `file` twice, expected once"),
        (&[("files", "a.csv", "")], "the form has a part `files`, expected `file`, `mapping`"),
        (&[("mapping", "m.toml", "")], "the form has no part `file`: the CSV, XLSX or Parquet file"),
        (
            &[("file", "", "x")],
            "the part `file` has no file name, or one that can't be taken; expected 1 to 255 bytes without control characters",
        ),
    ];
    for (parts, detail) in cases {
        api.post_form(TABLE, parts).await.is_problem(&body(detail));
    }
    let boundary = body("the form names no boundary between its parts in its content type");
    api.post(TABLE, "multipart/form-data", "x").await.is_problem(&boundary);
    let cut =
        "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nparticipant\nAnn";
    let broken = api.post(TABLE, "multipart/form-data; boundary=x", cut).await.of(400);
    assert_eq!(broken["code"], "body");
    let many = vec![("source", "a.csv", ""); 100];
    let recipe = api.post_form("/v1/companies/acme/snapshots/2017-Q1/recipe", &many).await;
    recipe.is_problem(&body("the form has more than 64 parts"));
    assert_eq!(
        api.get("/v1/companies/acme/snapshots").await.of(200)["snapshots"].as_array().unwrap().len(),
        1
    );
}

/// A body without a length, which ends when the reader has had enough.
fn endless() -> Body {
    let piece = || Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; 1 << 16]));
    Body::from_stream(tokio_stream::iter(std::iter::repeat_with(piece)))
}

#[tokio::test]
async fn a_body_without_end_is_cut_off() {
    let api =
        Api::with(Options { upload_bytes_max: 1 << 20, component_bytes_max: 1 << 19, ..Options::default() });
    api.company().await;
    let large = |what: &str, most: usize| {
        let detail = format!("{what} has more than the {most} bytes that are taken; send less at once");
        plain(413, "Too large", "too-large", &detail)
    };
    let sent = [
        ("/v1/companies", "application/json", large("the body", 1 << 20)),
        ("/v1/companies/acme/plans", "application/toml", large("the body", 1 << 20)),
        ("/v1/companies/acme/policies", "application/wasm", large("the body", 1 << 19)),
    ];
    for (path, kind, problem) in sent {
        api.post(path, kind, endless()).await.is_problem(&problem);
        let said = Request::post(path).header("content-type", kind).header("content-length", "99999999999");
        api.ask(said.body(Body::empty()).unwrap()).await.is_problem(&problem);
    }
    let file = "x".repeat(2 << 20);
    let form = api.post_form(TABLE, &[("file", "a.csv", &file)]).await;
    form.is_problem(&large("the body", 1 << 20));
}

#[tokio::test]
async fn a_client_that_falls_silent_is_not_waited_for() {
    let api = Api::with(Options { silence_max: Duration::from_millis(1), ..Options::default() });
    let first = tokio_stream::once(Ok::<_, std::io::Error>(Bytes::from("{\"id\"")));
    let silent = Body::from_stream(tokio_stream::StreamExt::chain(first, tokio_stream::pending()));
    let answer = api.post("/v1/companies", "application/json", silent).await;
    answer.is_problem(&plain(
        408,
        "Too slow",
        "timeout",
        "nothing more of the body came for 0 seconds; send it again",
    ));
}

#[tokio::test]
async fn a_replay_takes_no_other_fields() {
    let (api, id) = Api::with_run().await;
    let path = format!("/v1/companies/acme/runs/{id}/replay");
    let problem: Answer = api.post_json(&path, &json!({ "thread": 1 })).await;
    let why = "unknown field `thread`, expected `threads` or `batch` at line 1 column 9";
    problem.is_problem(&body(&format!("the body is not the JSON that this path takes: {why}")));
    let path = format!("/v1/companies/acme/runs/{id}/approve");
    assert_eq!(api.post_json(&path, &json!({ "force": true })).await.status, 400);
}

/// Goal: who can't be served now is told when to come again, and nothing runs.
/// Method: no place is left when the only one is held by an upload whose body never ends.
#[tokio::test]
async fn who_comes_when_all_wait_is_asked_to_come_again() {
    let api =
        Api::with(Options { files_at_once: 1, files_waiting: 0, ..Options::default() }).prepared().await;
    let (sender, pieces) = tokio::sync::mpsc::channel::<Result<Bytes, std::io::Error>>(1);
    let held = Body::from_stream(tokio_stream::wrappers::ReceiverStream::new(pieces));
    let path = "/v1/companies/acme/policies";
    let upload = api.post(path, "application/wasm", held);
    let refused = async {
        sender.send(Ok(Bytes::from_static(b"x"))).await.unwrap();
        sender.reserve().await.unwrap();
        let answer = api.post(path, "application/wasm", "x").await;
        drop(sender);
        answer
    };
    let (first, second) = tokio::join!(upload, refused);
    assert_eq!(first.status, 422);
    assert_eq!(second.headers["retry-after"], "5");
    let detail = "too many imports and exports wait already; try again in a few seconds";
    second.is_problem(&plain(429, "Busy", "busy", detail));
}

#[tokio::test]
async fn a_plan_of_control_characters_is_refused_in_one_line_of_json() {
    let api = Api::ready().await;
    let source = plan("field-sales\\u0007", "flat-rate");
    let problem = api.post("/v1/companies/acme/plans", "application/toml", source).await.of(422);
    assert_eq!(problem["code"], "plan");
}
