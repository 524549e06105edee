//! Health, companies, policies.

use crate::api::Api;
use crate::guest;
use serde_json::json;

#[tokio::test]
async fn the_server_says_that_it_is_there() {
    let health = Api::new().get("/healthz").await.of(200);
    assert_eq!(health, json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }));
}

#[tokio::test]
async fn a_company_is_added_once_and_listed() {
    let api = Api::new();
    let added = api.post_json("/v1/companies", &json!({ "id": "acme" })).await.of(201);
    let expected = json!({
        "id": "acme", "name": "acme", "currency": "CNY", "timezone": "Asia/Shanghai", "fiscal_year_start": 1
    });
    assert_eq!(added, expected);
    api.post_json("/v1/companies", &json!({ "id": "acme" })).await.of(201);
    assert_eq!(api.get("/v1/companies").await.of(200), json!({ "companies": [expected] }));
    api.post_json("/v1/companies", &json!({ "id": "acme", "currency": "USD" })).await.is_problem(&json!({
        "type": "urn:attain:conflict",
        "title": "Conflict",
        "status": 409,
        "detail": "company `acme` is there already, as acme in CNY, Asia/Shanghai, fiscal year from month 1; these don't change, so add it under another id",
        "code": "conflict",
    }));
}

#[tokio::test]
async fn a_field_that_says_what_can_not_be_is_named() {
    let api = Api::new();
    let refused = |at: &str, message: &str| {
        json!({
            "type": "urn:attain:invalid",
            "title": "Refused",
            "status": 422,
            "detail": format!("{at}: {message}"),
            "code": "invalid",
            "problems": [{ "at": at, "message": message }],
        })
    };
    let shape = "expected 1 to 64 of `a-z`, `0-9` and `-`, beginning with a letter or digit";
    for (body, at, message) in [
        (json!({ "id": "Acme" }), "id", format!("`Acme` is not a company id, {shape}")),
        (
            json!({ "id": "acme", "currency": "yuan" }),
            "currency",
            "`yuan` is not a currency of ISO 4217; did you mean `CNY`?".to_owned(),
        ),
        (
            json!({ "id": "acme", "timezone": "Asia/Shanghi" }),
            "timezone",
            "`Asia/Shanghi` is not a time zone; did you mean `Asia/Shanghai`?".to_owned(),
        ),
        (
            json!({ "id": "acme", "fiscal_year_start": 13 }),
            "fiscal_year_start",
            "`13` is not a month, expected 1 to 12".to_owned(),
        ),
    ] {
        api.post_json("/v1/companies", &body).await.is_problem(&refused(at, &message));
    }
    assert_eq!(api.get("/v1/companies").await.of(200), json!({ "companies": [] }));
}

#[tokio::test]
async fn an_unknown_company_is_a_problem_with_the_nearest_match() {
    let api = Api::new();
    api.company().await;
    let not_found = |detail: &str| json!({ "type": "about:blank", "title": "Not found", "status": 404, "detail": detail, "code": "not-found" });
    let near = not_found("there is no company `acne`; did you mean `acme`?");
    for path in
        ["policies", "plans", "snapshots", "runs", "runs/123456", "plans/x", "policies/x", "snapshots/2017"]
    {
        api.get(&format!("/v1/companies/acne/{path}")).await.is_problem(&near);
    }
    let shape = "there is no company `A B`; an id is 1 to 64 of `a-z`, `0-9` and `-`, beginning with a letter or digit";
    api.get("/v1/companies/A%20B/runs").await.is_problem(&not_found(shape));
}

#[tokio::test]
async fn a_policy_is_published_listed_and_found() {
    let api = Api::new();
    api.company().await;
    let policy = api.publish("commission", "flat-rate").await;
    assert_eq!((&policy["name"], &policy["version"]), (&json!("flat-rate"), &json!("1.0.0")));
    assert_eq!(api.publish("commission", "flat-rate").await, policy);
    assert_eq!(api.get("/v1/companies/acme/policies").await.of(200), json!({ "policies": [policy] }));
    let digest = policy["digest"].as_str().unwrap();
    for reference in ["flat-rate", "flat-rate@1", "flat-rate%401.0.0", &digest[..8], digest] {
        assert_eq!(
            api.get(&format!("/v1/companies/acme/policies/{reference}")).await.of(200),
            policy,
            "{reference}"
        );
    }
    let problem = api.get("/v1/companies/acme/policies/flat-rat@1").await.of(404);
    assert_eq!(problem["detail"], "there is no policy `flat-rat@1`; did you mean `flat-rate@1.0.0`?");
}

#[tokio::test]
async fn a_component_that_is_none_is_refused_and_nothing_kept() {
    let api = Api::new();
    api.company().await;
    let path = "/v1/companies/acme/policies";
    let mut cut = guest::component("commission", "flat-rate");
    cut.truncate(cut.len() / 2);
    let codes = [
        (b"PK\x03\x04".to_vec(), "not-wasm"),
        (Vec::new(), "not-wasm"),
        (cut, "truncated"),
        (guest::component("counts_in_floats", "flat-rate"), "floats"),
        (guest::component("remembers", "Not A Name"), "manifest"),
    ];
    for (component, code) in codes {
        let problem = api.post(path, "application/wasm", component).await.of(422);
        assert_eq!(
            (&problem["code"], &problem["type"]),
            (&json!(code), &json!(format!("urn:attain:{code}")))
        );
    }
    assert_eq!(api.get(path).await.of(200), json!({ "policies": [] }));
}
