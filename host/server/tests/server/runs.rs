//! Runs and what comes of them.

use crate::api::{Answer, Api, plan};
use attain_server::Options;
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

const RUNS: &str = "/v1/companies/acme/runs";

async fn events(api: &Api, path: &str, body: &str) -> Vec<(String, Value)> {
    let request =
        Request::post(path).header("accept", "text/event-stream").header("content-type", "application/json");
    let answer = api.ask(request.body(Body::from(body.to_owned())).unwrap()).await;
    assert_eq!((answer.status, answer.kind()), (200, "text/event-stream"), "{}", answer.text());
    let text = answer.text();
    let event = |event: &str| {
        let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
        (field("event: "), serde_json::from_str(&field("data: ")).unwrap())
    };
    text.split("\n\n").filter(|event| !event.is_empty()).map(event).collect()
}

#[tokio::test]
async fn a_run_is_made_listed_and_found() {
    let (api, id) = Api::with_run().await;
    let run = api.get(&format!("{RUNS}/{id}")).await.of(200);
    assert_eq!(
        (&run["state"], &run["official"], &run["payout_total"]),
        (&json!("draft"), &json!(false), &json!(21))
    );
    assert_eq!((&run["participants"], &run["decided"]), (&json!(3), &json!(null)));
    for reference in [&id[..6], "field-sales%2F2017-Q1"] {
        assert_eq!(api.get(&format!("{RUNS}/{reference}")).await.of(200), run);
    }
    for (query, found) in
        [("", 1), ("?plan=field-sales&period=2017-Q1", 1), ("?plan=other", 0), ("?period=2017-Q2", 0)]
    {
        let runs = api.get(&format!("{RUNS}{query}")).await.of(200);
        assert_eq!(runs["runs"].as_array().unwrap().len(), found, "{query}");
    }
    let again = json!({ "plan": "field-sales", "period": "2017-Q1", "threads": 1, "batch": 1 });
    assert_eq!(api.post_json(RUNS, &again).await.of(201), run);
}

#[tokio::test]
async fn a_run_tells_how_far_it_is_to_those_who_ask_for_events() {
    let api = Api::ready().await;
    let told = events(&api, RUNS, r#"{"plan":"field-sales","period":"2017-Q1"}"#).await;
    let (last, before) = told.split_last().unwrap();
    assert_eq!(last.0, "done");
    crate::schema::fits(&json!({ "$ref": "#/components/schemas/Run" }), &last.1, "");
    let (name, progress) = before.last().unwrap();
    assert_eq!((name.as_str(), progress), ("progress", &json!({ "step": "commission", "rows": 3, "of": 3 })));
    let id = last.1["id"].as_str().unwrap();
    assert_eq!(api.get(&format!("{RUNS}/{id}")).await.of(200), last.1);

    let told = events(&api, &format!("{RUNS}/{id}/replay"), "").await;
    assert_eq!((told.last().unwrap().0.as_str(), &told.last().unwrap().1["same"]), ("done", &json!(true)));
}

#[tokio::test]
async fn a_problem_comes_as_an_event_too() {
    let api = Api::ready().await;
    let asked = r#"{"plan":"field-sale","period":"2017-Q1"}"#;
    let told = events(&api, RUNS, asked).await;
    let problem = api.post(RUNS, "application/json", asked).await.of(404);
    assert_eq!(problem["detail"], "there is no plan `field-sale`; did you mean `field-sales`?");
    assert_eq!(told, [("problem".to_owned(), problem)]);
}

#[tokio::test]
async fn a_run_is_replayed_and_approved() {
    let (api, id) = Api::with_run().await;
    for body in [json!({}), json!({ "threads": 1, "batch": 2 })] {
        let replay = api.post_json(&format!("{RUNS}/{id}/replay"), &body).await.of(200);
        assert_eq!(
            (&replay["same"], &replay["cells"], &replay["differing"]),
            (&json!(true), &json!(6), &json!(0))
        );
    }
    let approved = api.post(&format!("{RUNS}/{id}/approve"), "", Body::empty()).await.of(200);
    assert_eq!((&approved["state"], &approved["official"]), (&json!("approved"), &json!(true)));
    assert_eq!(approved["decided"][0], "operator");
}

#[tokio::test]
async fn an_outcome_comes_a_page_at_a_time() {
    let (api, id) = Api::with_run().await;
    let page = api.get(&format!("{RUNS}/{id}/outcome?offset=1&limit=1")).await.of(200);
    let column = |name: &str, unit: &str, decimals: u8, does: Value| json!({ "name": name, "unit": unit, "decimals": decimals, "does": does });
    let expected = json!({
        "columns": [
            column("participant", "text", 0, json!(null)),
            column("payout", "money", 2, json!(null)),
            column("commission.commission", "money", 2, json!("pay")),
        ],
        "rows": [["Ann Lee", "0.07", "0.07"]],
        "of": 3,
    });
    assert_eq!(page, expected);
    for (query, rows) in
        [("", 3), ("?offset=3", 0), ("?offset=18446744073709551615&limit=10000", 0), ("?limit=0", 0)]
    {
        let page = api.get(&format!("{RUNS}/{id}/outcome{query}")).await.of(200);
        assert_eq!(page["rows"].as_array().unwrap().len(), rows, "{query}");
    }
    let many = api.get(&format!("{RUNS}/{id}/outcome?limit=10001")).await.of(422);
    assert_eq!(many["detail"], "limit: `10001` is too many, expected 0 to 10000");
}

#[tokio::test]
async fn a_statement_says_why_in_both_languages() {
    let (api, id) = Api::with_run().await;
    let path = format!("{RUNS}/{id}/statements/%E7%8E%8B%E8%8A%B3");
    let statement = api.get(&format!("{path}?lang=zh")).await.of(200);
    assert_eq!((&statement["participant"], &statement["payout"]), (&json!("王芳"), &json!("0.07")));
    assert!(
        statement["rows"][0]["steps"][0]["lines"][0]["text"].as_str().unwrap().ends_with("行得 0.07"),
        "{statement}"
    );
    let english = api.get(&path).await.of(200);
    assert!(english["rows"][0]["steps"][0]["lines"][0]["text"].as_str().unwrap().ends_with("earns 0.07"));
    let nobody = api.get(&format!("{RUNS}/{id}/statements/Ann%20Le")).await.of(404);
    assert_eq!(nobody["code"], "unknown-participant");
    let language = api.get(&format!("{path}?lang=fr")).await.of(422);
    assert_eq!(language["detail"], "lang: `fr` is not a language, expected `en` or `zh`");
}

async fn export(api: &Api, id: &str, format: &str, kind: &str) -> Answer {
    let file = api.get(&format!("{RUNS}/{id}/export?format={format}")).await;
    assert_eq!((file.status, file.kind()), (200, kind));
    let name = format!("attachment; filename=\"field-sales-2017-Q1-{}.{format}\"", &id[..12]);
    assert_eq!(file.headers["content-disposition"], name);
    file
}

#[tokio::test]
async fn an_outcome_is_exported_in_every_format() {
    let (api, id) = Api::with_run().await;
    let csv = export(&api, &id, "csv", "text/csv").await;
    let expected =
        "participant,payout,commission.commission\n<b>Bo</b>,0.07,0.07\nAnn Lee,0.07,0.07\n王芳,0.07,0.07\n";
    assert_eq!(csv.text(), expected);
    let rows = export(&api, &id, "json", "application/json").await.json();
    assert_eq!(rows["rows"].as_array().unwrap().len(), 3);
    let workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    assert!(export(&api, &id, "xlsx", workbook).await.body.starts_with(b"PK\x03\x04"));
    let parquet = export(&api, &id, "parquet", "application/vnd.apache.parquet").await.body;
    assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));
    let refused = api.get(&format!("{RUNS}/{id}/export?format=xslx")).await.of(422);
    assert_eq!(refused["detail"], "format: `xslx` is not a format; did you mean `xlsx`?");
}

/// Goal: a large outcome streams whole, and a client who leaves in the middle keeps nobody from the next export.
/// Method: there is one place for exports, so the second gets it only when the first has really ended.
#[tokio::test]
async fn a_large_outcome_streams_whole_and_an_abandoned_one_ends() {
    let api =
        Api::with(Options { files_at_once: 1, files_waiting: 1, ..Options::default() }).prepared().await;
    let people: String = (0..60_000).map(|i| format!("P{i:06},{i}.00\n")).collect();
    api.import("2017-Q2", "people", &format!("participant,credit:money:2\n{people}")).await.of(201);
    let run = api.post_json(RUNS, &json!({ "plan": "field-sales", "period": "2017-Q2" })).await.of(201);
    let path = format!("{RUNS}/{}/export", run["id"].as_str().unwrap());
    api.abandon(&path).await;
    let csv = api.get(&path).await.text();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!((lines.len(), lines[60_000]), (60_001, "P059999,2999.95,2999.95"));
}

#[tokio::test]
async fn a_policy_that_fails_is_named_with_its_code_and_nothing_is_kept() {
    let api = Api::ready().await;
    api.publish("gives_up", "panics").await;
    api.publish("divides_by_zero", "divides").await;
    for (policy, code) in [("panics", "unreachable"), ("divides", "divide-by-zero")] {
        api.post("/v1/companies/acme/plans", "application/toml", plan(policy, policy)).await.of(201);
        let problem = api.post_json(RUNS, &json!({ "plan": policy, "period": "2017-Q1" })).await.of(422);
        assert_eq!(
            (&problem["title"], &problem["code"]),
            (&json!("The policy failed"), &json!(code)),
            "{problem}"
        );
        assert_eq!(problem["problems"][0]["at"], "step `commission`");
    }
    assert_eq!(api.get(RUNS).await.of(200), json!({ "runs": [] }));
}

#[tokio::test]
async fn a_cut_that_can_not_be_is_refused() {
    let api = Api::ready().await;
    for (field, value, most) in
        [("threads", 0, 1024), ("threads", 1025, 1024), ("batch", 0, 8192), ("batch", 8193, 8192)]
    {
        let mut asked = json!({ "plan": "field-sales", "period": "2017-Q1" });
        asked[field] = json!(value);
        let problem = api.post_json(RUNS, &asked).await.of(422);
        assert_eq!(problem["detail"], format!("{field}: `{value}` is out of range, expected 1 to {most}"));
    }
}
