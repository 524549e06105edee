//! What a company may use is what the operator set: past it there is an error with its code, and nothing is kept.

use crate::api::Api;
use attain_server::{Access, Options};
use serde_json::{Value, json};

const LOCAL: &str = "the-data-directory";

async fn set(api: &Api, name: &str, value: u64) -> Value {
    api.post_json(&format!("/v1/companies/acme/limits/{name}"), &json!({ "value": value })).await.of(200)
}

fn value(limits: &Value, name: &str) -> (u64, u64) {
    let limit = limits["limits"].as_array().unwrap().iter().find(|limit| limit["name"] == name).unwrap();
    (limit["value"].as_u64().unwrap(), limit["default"].as_u64().unwrap())
}

#[tokio::test]
async fn a_limit_is_set_listed_and_reset() {
    let api = Api::ready().await;
    let usual = api.get("/v1/companies/acme/limits").await.of(200);
    assert_eq!(value(&usual, "fuel-per-row"), (100_000, 100_000));
    assert_eq!(value(&set(&api, "fuel-per-row", 7).await, "fuel-per-row"), (7, 100_000));
    assert_eq!(value(&api.get("/v1/companies/acme/limits").await.of(200), "fuel-per-row"), (7, 100_000));
    let reset = api.post_json("/v1/companies/acme/limits/fuel-per-row", &json!({})).await.of(200);
    assert_eq!(value(&reset, "fuel-per-row"), (100_000, 100_000));

    let unknown = api.post_json("/v1/companies/acme/limits/fuel-a-row", &json!({ "value": 1 })).await.of(404);
    assert_eq!(unknown["detail"], "there is no limit `fuel-a-row`; did you mean `fuel-per-row`?");
    let low = api.post_json("/v1/companies/acme/limits/fuel-base", &json!({ "value": 1 })).await.of(422);
    assert_eq!(low["detail"], "fuel-base: `1` is out of range, expected 100000 to 1125899906842624 fuel");
}

#[tokio::test]
async fn a_run_past_the_fuel_of_its_company_fails_and_keeps_nothing() {
    let api = Api::ready().await;
    let run = json!({ "plan": "field-sales", "period": "2017-Q1" });
    let many: String = (0..40_000).map(|n| format!("P{n:05},1.40\n")).collect();
    api.import("2017-Q1", "people", &format!("participant,credit:money:2\n{many}")).await.of(201);
    set(&api, "fuel-base", 100_000).await;
    set(&api, "fuel-per-row", 0).await;
    let refused = api.post_json("/v1/companies/acme/runs", &run).await.of(422);
    assert_eq!(refused["code"], "fuel", "{refused}");
    assert!(
        refused["detail"].as_str().unwrap().contains("used up its fuel: 100000 allowed for 8192 rows"),
        "{refused}"
    );
    assert_eq!(api.get("/v1/companies/acme/runs").await.of(200)["runs"], json!([]));
    set(&api, "fuel-per-row", 100).await;
    let easy = api.post_json("/v1/companies/acme/runs", &run).await.of(201);
    assert_eq!(easy.get("notices"), None);

    // The share of the allowance that was used is told with every run, and by a notice when it is most of it.
    let share = easy["steps"][0]["fuel_share"].as_u64().unwrap();
    assert!((20..700).contains(&share) && easy["steps"][0]["memory_share"].as_u64().unwrap() > 0, "{easy}");
    let of_a_call = share * (100_000 + 100 * 8_192) / 1_000;
    set(&api, "fuel-per-row", (of_a_call * 10 / 8 - 100_000) / 8_192).await;
    api.import("2017-Q1", "people", &format!("participant,credit:money:2\n{many}one-more,1.40\n"))
        .await
        .of(201);
    let hard = api.post_json("/v1/companies/acme/runs", &run).await.of(201);
    assert_eq!(hard["notices"][0]["code"], "near-limit", "{hard}");
    let message = hard["notices"][0]["message"].as_str().unwrap();
    assert!(
        message.starts_with("step `commission` used 8") || message.starts_with("step `commission` used 7"),
        "{message}"
    );
    assert!(message.ends_with("% of the fuel that a call may use; make its policy do less, or ask the operator for more (`fuel-per-row`)"), "{message}");
}

#[tokio::test]
async fn what_a_host_does_is_counted_without_names_or_figures() {
    let api = Api::ready().await;
    assert_eq!(api.get("/readyz").await.of(200)["status"], "ok");
    let run = json!({ "plan": "field-sales", "period": "2017-Q1" });
    let made = api.post_json("/v1/companies/acme/runs", &run).await.of(201);
    api.get("/v1/companies/acme/runs/none/statements/Ann%20Lee").await.of(404);
    let metrics = api.get("/metrics").await;
    let text = metrics.text();
    let fuel = made["steps"][0]["fuel"].as_u64().unwrap();
    for line in [
        "attain_runs_total{company=\"acme\"} 1",
        "attain_run_people_total{company=\"acme\"} 3",
        &format!("attain_run_fuel_total{{company=\"acme\"}} {fuel}"),
        "attain_requests_total{operation=\"run_plan\",status=\"201\"} 1",
        "attain_requests_total{operation=\"get_statement\",status=\"404\"} 1",
        "attain_work_waiting{work=\"runs\"} 0",
        "attain_request_seconds_count{operation=\"run_plan\"} 1",
        "# EOF",
    ] {
        assert!(text.lines().any(|found| found == line), "no `{line}` in\n{text}");
    }
    assert!(!text.contains("Ann") && !text.contains("field-sales"), "{text}");
}

#[tokio::test]
async fn a_table_and_a_component_past_their_limits_are_refused() {
    let api = Api::ready().await;
    set(&api, "table-rows", 2).await;
    let refused = api.import("2017-Q2", "people", crate::api::PEOPLE).await.of(422);
    assert_eq!(
        refused["detail"],
        "table `people`: has 3 rows, at most 2 are allowed; ask the operator for more (`table-rows`)"
    );
    api.get("/v1/companies/acme/snapshots/2017-Q2").await.of(404);
    set(&api, "table-rows", 3).await;
    api.import("2017-Q2", "people", crate::api::PEOPLE).await.of(201);

    set(&api, "component-size", 2_000).await;
    let component = crate::guest::component("commission", "other");
    let size = component.len();
    let refused = api.post("/v1/companies/acme/policies", "application/wasm", component).await.of(422);
    assert_eq!(refused["code"], "too-large");
    assert!(
        refused["detail"].as_str().unwrap().contains(&format!("has {size} bytes, at most 2000 are allowed"))
    );
}

#[tokio::test]
async fn a_company_that_asks_too_fast_is_asked_to_wait_and_another_is_not() {
    let access = Access::Credentials { local: LOCAL.to_owned(), ticket: "once".to_owned() };
    let api = Api::with(Options { access, ..Options::default() });
    let local = api.with_key(LOCAL);
    for company in ["acme", "rival"] {
        local.post_json("/v1/companies", &json!({ "id": company })).await.of(201);
    }
    set(&local, "requests-per-second", 3).await;
    let key = |company: &str| format!("/v1/companies/{company}/keys");
    let asked = json!({ "name": "x", "role": "auditor" });
    let theirs = local.post_json(&key("rival"), &asked).await.of(201)["key"].as_str().unwrap().to_owned();
    let ours = local.post_json(&key("acme"), &asked).await.of(201)["key"].as_str().unwrap().to_owned();
    let mut refused = Vec::new();
    for _ in 0..20 {
        let answer = api.with_key(&ours).get("/v1/companies/acme/runs").await;
        if answer.status == 429 {
            refused.push(answer);
        }
        api.with_key(&theirs).get("/v1/companies/rival/runs").await.of(200);
    }
    // A burst of a second is let through, and what comes in by the second; a refusal takes a quarter of one.
    assert!((8..20).contains(&refused.len()), "{}", refused.len());
    let last = refused.pop().unwrap();
    assert_eq!(last.headers["retry-after"], "1");
    last.is_problem(&json!({
        "type": "about:blank",
        "title": "Too fast",
        "status": 429,
        "detail": "the company sends more than its 3 requests a second; wait, or ask the operator for more",
        "code": "too-fast",
    }));
}

#[tokio::test]
async fn a_company_past_its_bytes_stores_nothing_more_and_reads_what_it_has() {
    let (api, run) = Api::with_run().await;
    let used = |limits: &Value| {
        let limits = limits["limits"].as_array().unwrap();
        assert!(limits.iter().all(|limit| limit["used"].is_null() != (limit["name"] == "bytes-stored")));
        limits.iter().find_map(|limit| limit["used"].as_u64()).unwrap()
    };
    let stored = used(&api.get("/v1/companies/acme/limits").await.of(200));
    // The entry in the log is what makes it full.
    let full = used(&set(&api, "bytes-stored", stored).await);
    assert!(full > stored);
    let detail = format!(
        "bytes-stored: the company has {full} bytes stored, {stored} are allowed; ask the operator for more (`bytes-stored`)"
    );
    let refused = api.import("2017-Q2", "people", crate::api::PEOPLE).await.of(422);
    assert_eq!(refused["detail"], detail);
    let component = crate::guest::component("commission", "another");
    let refused = api.post("/v1/companies/acme/policies", "application/wasm", component).await.of(422);
    assert_eq!(refused["detail"], detail);
    let plan = crate::api::plan("another", "flat-rate");
    let refused = api.post("/v1/companies/acme/plans", "application/toml", plan).await.of(422);
    assert_eq!(refused["detail"], detail);
    let asked = json!({ "plan": "field-sales", "period": "2017-Q1" });
    let again = api.post_json("/v1/companies/acme/runs", &asked).await.of(201);
    assert_eq!(again["id"], run.as_str(), "a run that is there is answered");
    assert_eq!(used(&api.get("/v1/companies/acme/limits").await.of(200)), full, "nothing was kept");
    assert!(
        api.get("/metrics")
            .await
            .text()
            .contains(&format!("attain_company_bytes{{company=\"acme\"}} {full}"))
    );

    set(&api, "bytes-stored", full + 2_000).await;
    let changed = format!("{}Zed,1.40\n", crate::api::PEOPLE);
    api.import("2017-Q1", "people", &changed).await.of(201);
    set(&api, "bytes-stored", full).await;
    let refused = api.post_json("/v1/companies/acme/runs", &asked).await.of(422);
    assert_eq!(refused["code"], "invalid", "another run isn't made");
}
