//! Plans: checked, published, found.

use crate::api::{Api, plan};
use serde_json::json;

const PLANS: &str = "/v1/companies/acme/plans";

#[tokio::test]
async fn a_plan_is_checked_without_being_kept() {
    let api = Api::new();
    api.company().await;
    api.publish("commission", "flat-rate").await;
    let source = plan("field-sales", "flat-rate");
    let check = api.post("/v1/companies/acme/plans/check", "application/toml", source.clone()).await.of(200);
    assert_eq!(check["plan"]["plan"], "field-sales");
    assert_eq!(check["inputs"], json!([[["credit", "credit"]]]));
    assert_eq!(check["outputs"], json!(["commission.commission"]));
    assert_eq!(check["policies"][0]["name"], "flat-rate");
    assert_eq!(check["checked_against"], json!(null));
    assert_eq!(api.get(PLANS).await.of(200), json!({ "plans": [] }));
    assert_eq!(
        api.get("/v1/companies/acme/plans/check").await.of(404)["detail"],
        "there is no plan `check`; publish one: attain plan publish FILE.toml"
    );
}

#[tokio::test]
async fn a_plan_is_published_in_versions() {
    let api = Api::new();
    api.company().await;
    api.publish("commission", "flat-rate").await;
    let first = api.post(PLANS, "application/toml", plan("field-sales", "flat-rate")).await.of(201);
    let again =
        api.post(PLANS, "application/toml; charset=utf-8", plan("field-sales", "flat-rate")).await.of(201);
    assert_eq!(first, again);
    let changed = plan("field-sales", "flat-rate").replace("2017-Q1", "2018-Q1");
    let second = api.post(PLANS, "application/toml", changed).await.of(201);
    assert_eq!((&first["version"], &second["version"]), (&json!(1), &json!(2)));
    assert_eq!(api.get(PLANS).await.of(200), json!({ "plans": [first, second] }));
    assert_eq!(api.get("/v1/companies/acme/plans/field-sales").await.of(200), second);
    assert_eq!(api.get("/v1/companies/acme/plans/field-sales%231").await.of(200), first);
}

#[tokio::test]
async fn all_that_is_wrong_with_a_plan_is_listed_with_its_place() {
    let api = Api::new();
    api.company().await;
    api.publish("commission", "flat-rate").await;
    let source = plan("field-sales", "flat-rat") + "\n[[step]]\nname = \"more\"\npolicy = \"flat-rate\"\n";
    let expected = json!({
        "type": "urn:attain:plan",
        "title": "Refused",
        "status": 422,
        "detail": "step[0].policy: there is no policy `flat-rat@1`; did you mean `flat-rate@1.0.0`?\nstep[1].policy: `flat-rate` names no version, expected such as `flat-rate@1` or a digest",
        "code": "plan",
        "problems": [
            { "at": "step[0].policy", "message": "there is no policy `flat-rat@1`; did you mean `flat-rate@1.0.0`?" },
            { "at": "step[1].policy", "message": "`flat-rate` names no version, expected such as `flat-rate@1` or a digest" },
        ],
    });
    for path in [PLANS, "/v1/companies/acme/plans/check"] {
        api.post(path, "application/toml", source.clone()).await.is_problem(&expected);
    }
    assert_eq!(api.get(PLANS).await.of(200), json!({ "plans": [] }));
}

#[tokio::test]
async fn a_plan_called_check_is_found_like_any_other() {
    let api = Api::new();
    api.company().await;
    api.publish("commission", "flat-rate").await;
    let published = api.post(PLANS, "application/toml", plan("check", "flat-rate")).await.of(201);
    assert_eq!(api.get("/v1/companies/acme/plans/check").await.of(200), published);
}
