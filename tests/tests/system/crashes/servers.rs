//! A killed server leaves its address behind, and another directory's server may listen there by now.

use attain_tests::Attain;
use serde_json::Value;
use std::fs;

fn companies(answer: &Value) -> Vec<&str> {
    let companies = answer["companies"].as_array().unwrap();
    companies.iter().map(|company| company["id"].as_str().unwrap()).collect()
}

/// Two hosts, of companies `near` and `far`; the server of `far` listens where that of `near` did.
fn hosts() -> (Attain, Attain) {
    let hosts = (Attain::new(), Attain::new());
    for (host, company) in [(&hosts.0, "near"), (&hosts.1, "far")] {
        host.ok(["company", "add", company, "--currency", "USD", "--timezone", "UTC"]);
    }
    hosts
}

fn address_file(host: &Attain) -> std::path::PathBuf {
    host.folder().join("data/server.address")
}

#[test]
fn a_command_doesnt_follow_a_dead_servers_address_to_anothers_data() {
    let (near, far) = hosts();
    drop(near.serve());
    assert!(address_file(&near).exists(), "a killed server leaves its address");
    let _server = far.serve();
    fs::copy(address_file(&far), address_file(&near)).unwrap();
    assert_eq!(companies(&near.json(["company", "list"])), ["near"]);
    assert_eq!(companies(&far.json(["company", "list"])), ["far"]);
}

#[test]
fn a_directory_that_a_server_has_open_is_not_looked_for_at_anothers_address() {
    let (near, far) = hosts();
    let _servers = (near.serve(), far.serve());
    assert_eq!(companies(&near.json(["company", "list"])), ["near"]);
    fs::copy(address_file(&far), address_file(&near)).unwrap();
    let answer = near.run(["company", "list"]);
    assert!(answer.code == 1 && answer.err.contains("is in use by process"), "{answer:?}");
}
