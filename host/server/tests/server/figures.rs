//! Snapshots: files in, rows out.

use crate::api::{Api, PEOPLE};
use serde_json::json;

const TABLE: &str = "/v1/companies/acme/snapshots/2017-Q1/tables/people";

#[tokio::test]
async fn a_file_becomes_a_table_that_is_there_to_look_at() {
    let api = Api::new();
    api.company().await;
    let snapshot = api.import("2017-Q1", "people", PEOPLE).await.of(201);
    assert_eq!((&snapshot["period"], &snapshot["revision"]), (&json!("2017-Q1"), &json!(1)));
    assert_eq!(snapshot["tables"]["people"]["rows"], 3);
    assert_eq!(api.get("/v1/companies/acme/snapshots").await.of(200), json!({ "snapshots": [snapshot] }));
    for reference in ["2017-Q1", "2017-Q1%231", snapshot["id"].as_str().unwrap()] {
        assert_eq!(api.get(&format!("/v1/companies/acme/snapshots/{reference}")).await.of(200), snapshot);
    }
    let columns = json!([
        { "name": "participant", "unit": "text", "decimals": 0 },
        { "name": "credit", "unit": "money", "decimals": 2 },
    ]);
    let rows = json!([["<b>Bo</b>", "1.40"], ["Ann Lee", "1.40"], ["王芳", "1.40"]]);
    assert_eq!(api.get(TABLE).await.of(200), json!({ "columns": columns, "rows": rows, "of": 3 }));
    let first = api.get(&format!("{TABLE}?rows=1")).await.of(200);
    assert_eq!((&first["rows"], &first["of"]), (&json!([["<b>Bo</b>", "1.40"]]), &json!(3)));
    let many = api.get(&format!("{TABLE}?rows=10001")).await.of(422);
    assert_eq!(many["detail"], "rows: `10001` is too many, expected 0 to 10000");
}

#[tokio::test]
async fn the_same_figures_again_are_the_same_revision_and_others_the_next() {
    let api = Api::new();
    api.company().await;
    let first = api.import("2017-Q1", "people", PEOPLE).await.of(201);
    let shuffled = "participant,credit:money:2\n王芳,1.40\n<b>Bo</b>,1.40\nAnn Lee,1.40\n";
    assert_eq!(api.import("2017-Q1", "people", shuffled).await.of(201), first);
    let second = api.import("2017-Q1", "people", &PEOPLE.replace("1.40", "1.50")).await.of(201);
    assert_eq!(second["revision"], 2);
}

#[tokio::test]
async fn every_row_that_does_not_fit_is_listed_and_nothing_is_kept() {
    let api = Api::new();
    api.company().await;
    let bad = "participant,credit:money:2\nAnn,1.40\nBo,two\nCid,1.405\n";
    let problem = api.import("2017-Q1", "people", bad).await.of(422);
    assert_eq!((&problem["code"], &problem["type"]), (&json!("rows"), &json!("urn:attain:rows")));
    let problems = problem["problems"].as_array().unwrap();
    let places: Vec<_> =
        problems.iter().map(|p| (p["file"].clone(), p["row"].clone(), p["column"].clone())).collect();
    let place = |row: u64, column: &str| (json!("people.csv"), json!(row), json!(column));
    assert_eq!(places, [place(3, "credit:money:2"), place(4, "credit:money:2")]);
    assert_eq!(problems[1]["value"], "1.405");
    assert_eq!(api.get("/v1/companies/acme/snapshots").await.of(200), json!({ "snapshots": [] }));
}

#[tokio::test]
async fn a_mapping_says_what_columns_are() {
    let api = Api::new();
    api.company().await;
    let mapping = "[columns]\nName = { name = \"participant\" }\nCredit = { name = \"credit\", unit = \"money\", decimals = 2 }\n";
    let parts = [("mapping", "people.toml", mapping), ("file", "people.csv", "Name,Credit\nAnn,1.40\n")];
    let made = api.post_form(TABLE, &parts).await;
    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!(api.get(TABLE).await.of(200)["rows"], json!([["Ann", "1.40"]]));
}

#[tokio::test]
async fn targets_have_a_way_in_of_their_own() {
    let api = Api::new();
    api.company().await;
    api.import("2017-Q1", "people", PEOPLE).await.of(201);
    let targets = "participant,metric,target\nAnn Lee,credit,2.00\n王芳,credit,3.00\n";
    let path = "/v1/companies/acme/targets/2017-Q1";
    let snapshot = api.post_form(path, &[("file", "quotas.csv", targets)]).await.of(201);
    assert_eq!(snapshot["revision"], 2);
    assert_eq!(snapshot["tables"]["targets"]["rows"], 2);
    let refused = api.import("2017-Q1", "targets", targets).await.of(422);
    assert_eq!(
        refused["detail"],
        "table: targets have a way in of their own: attain target import FILE --period P"
    );
}

#[tokio::test]
async fn a_recipe_makes_tables_from_raw_files() {
    let api = Api::new();
    api.company().await;
    let recipe = r#"
[sources.deals]
file = "deals.csv"
columns = { amount = { unit = "money", decimals = 2 } }

[tables.people]
sql = "select agent as participant, sum(amount) as credit from deals group by 1"

[tables.people.columns]
credit = { unit = "money", decimals = 2 }
"#;
    let path = "/v1/companies/acme/snapshots/2017-Q1/recipe";
    let deals = ("source", "deals.csv", "agent,amount\nAnn,1.00\nAnn,0.40\nBo,1.40\n");
    api.post_form(path, &[("recipe", "recipe.toml", recipe), deals]).await.of(201);
    assert_eq!(api.get(TABLE).await.of(200)["rows"], json!([["Ann", "1.40"], ["Bo", "1.40"]]));
    let missing = api.post_form(path, &[("recipe", "recipe.toml", recipe)]).await.of(422);
    assert!(missing["detail"].as_str().unwrap().contains("deals.csv"), "{missing}");
}

#[tokio::test]
async fn a_snapshot_or_a_table_that_is_not_there_is_named() {
    let api = Api::new();
    api.company().await;
    let none = api.get("/v1/companies/acme/snapshots/2017-Q1").await.of(404);
    assert_eq!(
        none["detail"],
        "there is no snapshot `2017-Q1`; import one: attain snapshot import FILE --period P"
    );
    api.import("2017-Q1", "people", PEOPLE).await.of(201);
    let table = api.get("/v1/companies/acme/snapshots/2017-Q1/tables/peopel").await.of(404);
    assert_eq!(table["detail"], "there is no table `peopel`; did you mean `people`?");
    let period = api.import("2017-Q5", "people", PEOPLE).await.of(422);
    assert_eq!(period["code"], "period");
}
