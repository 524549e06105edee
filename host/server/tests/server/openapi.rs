//! The document: checked in, and true.

use crate::api::Api;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

const HOW: &str = "ATTAIN_REFRESH=1 cargo test --release -p attain-server --test server openapi";

#[test]
fn the_document_that_is_checked_in_is_the_one_that_is_served() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let document = attain_server::document();
    if std::env::var_os("ATTAIN_REFRESH").is_some() {
        let text = serde_json::to_string_pretty(&document).unwrap();
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text + "\n").unwrap();
    }
    let kept = std::fs::read(&path).unwrap_or_default();
    let kept: Option<Value> = serde_json::from_slice(&kept).ok();
    assert!(kept.as_ref() == Some(&document), "docs/openapi.json is stale; write it anew: {HOW}");
}

#[tokio::test]
async fn the_document_is_served() {
    assert_eq!(Api::new().get("/v1/openapi.json").await.of(200), attain_server::document());
}

#[tokio::test]
async fn every_path_of_the_document_is_there_and_every_name_is_defined() {
    let api = Api::new();
    let document = attain_server::document();
    let mut ids = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        let asked: String = path.replace(['{', '}'], "");
        for (method, operation) in operations.as_object().unwrap() {
            assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{path}: an id twice");
            let answer =
                if method == "post" { api.post(&asked, "", "").await } else { api.get(&asked).await };
            let missing = answer.status == 405
                || (answer.status == 404 && answer.json_code() == Some("route".to_owned()));
            assert!(!missing, "{method} {path}: {}", answer.text());
        }
    }
    let text = document.to_string();
    for name in text.split("#/components/schemas/").skip(1) {
        let name = name.split('"').next().unwrap();
        assert!(document["components"]["schemas"].get(name).is_some(), "there is no schema `{name}`");
    }
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        let named = text.contains(&format!("#/components/schemas/{name}\"")) || name == "Progress";
        assert!(named, "nothing names the schema `{name}`");
    }
}
