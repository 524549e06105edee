//! `attain bench`, small: every part runs in its own process, and what comes out is whole.
//!
//! It needs the component of `tiered-commission` beside the binary, where `cargo xtask build` leaves it;
//! `cargo xtask test` says so with `ATTAIN_POLICIES`. Without it the test says that it was skipped.

use serde_json::Value;
use std::process::Command;

#[test]
fn every_figure_is_measured_and_the_ways_agree() {
    if std::env::var_os("ATTAIN_POLICIES").is_none() {
        println!("skipped: `ATTAIN_POLICIES` is not set; `cargo xtask test` sets it");
        return;
    }
    let said = Command::new(env!("CARGO_BIN_EXE_attain"))
        .args(["bench", "--participants", "3000", "--json"])
        .output()
        .unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let report: Value = serde_json::from_slice(&said.stdout).unwrap();
    let number =
        |path: &str| report.pointer(path).and_then(Value::as_f64).unwrap_or_else(|| panic!("no {path}"));

    // Rows: what crosses is said, and the two were compared.
    assert_eq!(number("/row/rows"), 3_000.0);
    assert_eq!(number("/row/columns_in_snapshot"), 12.0);
    assert_eq!(report["row"]["inputs_that_cross"].as_array().unwrap().len(), 7);
    assert_eq!(report["row"]["outputs_that_cross"].as_array().unwrap().len(), 4);
    assert_eq!(report["row"]["outputs_compared"], "equal");
    for path in
        ["/row/sandbox_ns_per_row", "/row/native_ns_per_row", "/row/sandbox_over_native", "/row/fuel_per_row"]
    {
        assert!(number(path) > 0.0, "{path}");
    }
    for rounds in report["row"]["every_round"].as_array().unwrap() {
        assert_eq!(rounds[1]["wall_ns"].as_array().unwrap().len(), 5);
    }

    // Runs: of so many, and of four times as many.
    assert_eq!((number("/run/people"), number("/memory/four_times_people")), (3_000.0, 12_000.0));
    assert_eq!(report["run"]["every_run_ms"].as_array().unwrap().len(), 5);
    let parts = ["read_and_unpack", "evaluate", "hash", "pack_write_sync"];
    for path in parts.map(|part| format!("/run/one_thread_ms/{part}")) {
        assert!(number(&path) > 0.0, "{path}");
    }
    for path in ["/run/people_per_second", "/start/compile_ms", "/start/cached_load_ms"] {
        assert!(number(path) > 0.0, "{path}");
    }
    assert!(number("/start/fresh_store_and_empty_call_us") > 0.0);
    if cfg!(target_os = "linux") {
        assert!(number("/memory/peak_mib") > 1.0);
    }
}
