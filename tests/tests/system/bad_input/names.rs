//! Names of things that aren't there, and places where nothing can be kept.

use super::desk::Desk;
use attain_tests::Attain;

#[test]
fn a_period_that_is_none_is_refused() {
    let desk = Desk::with_figures();
    for period in ["2017-Q5", "2017-13", "2017-02-29", "2017-W54", "q1"] {
        desk.refuses(
            &["snapshot", "import", "good.csv", "--period", period],
            &format!("`{period}` is not a period, expected a day `2025-11-22`, week `2025-W47`, month `2025-11`, quarter `2025-Q4` or year `2025`, from 1900 to 2999"),
        );
    }
}

#[test]
fn a_company_that_is_not_there_is_told_the_nearest() {
    let desk = Desk::with_figures();
    desk.refuses(
        &["snapshot", "import", "good.csv", "--period", "2017-Q1", "--company", "acne"],
        "there is no company `acne`; did you mean `acme`?",
    );
    desk.attain.ok(["company", "add", "zenith"]);
    desk.ends(
        &["snapshot", "import", "good.csv", "--period", "2017-Q1"],
        2,
        "there are several companies, say which: --company ID; there is `acme`, `zenith`",
    );
}

#[test]
fn a_company_that_can_not_be_is_refused() {
    let desk = Desk::with_figures();
    desk.refuses(&["company", "add", "Big Co"], "id: `Big Co` is not a company id, expected 1 to 64 of `a-z`, `0-9` and `-`, beginning with a letter or digit");
    desk.refuses(
        &["company", "add", "zenith", "--currency", "usd"],
        "currency: `usd` is not a currency of ISO 4217; did you mean `USD`?",
    );
    desk.refuses(
        &["company", "add", "zenith", "--currency", "RMB"],
        "currency: `RMB` is not a currency of ISO 4217; did you mean `CNY`?",
    );
    desk.refuses(
        &["company", "add", "zenith", "--timezone", "Asia/Shangai"],
        "timezone: `Asia/Shangai` is not a time zone; did you mean `Asia/Shanghai`?",
    );
    desk.refuses(
        &["company", "add", "zenith", "--fiscal-year-start", "13"],
        "fiscal_year_start: `13` is not a month, expected 1 to 12",
    );
    desk.refuses(&["company", "add", "acme", "--currency", "EUR"], "company `acme` is there already, as acme in USD, America/New_York, fiscal year from month 1; these don't change, so add it under another id");
}

#[test]
fn plans_runs_and_participants_that_are_not_there_are_told_the_nearest() {
    let desk = Desk::with_plan();
    desk.refuses(
        &["explain", "sales/2017-Q1", "Anna"],
        "there is no run `sales/2017-Q1`; make one: attain run PLAN --period P",
    );
    desk.attain.ok(["run", "sales", "--period", "2017-Q1"]);
    desk.refuses(&["run", "slaes", "--period", "2017-Q1"], "there is no plan `slaes`; did you mean `sales`?");
    desk.refuses(
        &["explain", "slaes/2017-Q1", "Anna"],
        "there is no run `slaes/2017-Q1`; did you mean `sales/2017-Q1`?",
    );
    desk.refuses(
        &["explain", "sales/2017-Q1", "Ana"],
        "participant `Ana` is not in this run; did you mean `Anna`?",
    );
    desk.refuses(&["plan", "show", "slaes"], "there is no plan `slaes`; did you mean `sales`?");
    desk.refuses(
        &["policy", "show", "teired-commission"],
        "there is no policy `teired-commission`; did you mean `tiered-commission@1.0.0`?",
    );
    desk.refuses(&["snapshot", "show", "2017-Q2"], "there is no snapshot `2017-Q2`; did you mean `2017-Q1`?");
    desk.refuses(
        &["snapshot", "show", "2017-Q1", "--table", "peple"],
        "there is no table `peple`; did you mean `people`?",
    );
}

#[test]
fn a_run_that_is_not_there_is_neither_replayed_nor_approved_nor_exported() {
    let desk = Desk::with_plan();
    desk.attain.ok(["run", "sales", "--period", "2017-Q1"]);
    desk.refuses(
        &["replay", "sales/2017-Q2"],
        "there is no run `sales/2017-Q2`; did you mean `sales/2017-Q1`?",
    );
    desk.refuses(
        &["approve", "sales/2017-Q2"],
        "there is no run `sales/2017-Q2`; did you mean `sales/2017-Q1`?",
    );
    desk.refuses(
        &["export", "sales/2017-Q2", "--format", "csv", "--out", "pay.csv"],
        "there is no run `sales/2017-Q2`; did you mean `sales/2017-Q1`?",
    );
    assert!(!desk.attain.folder().join("pay.csv").exists(), "a file without figures was left");
    desk.ends(
        &["export", "sales/2017-Q1", "--format", "csv", "--out", "nowhere/pay.csv"],
        1,
        "cannot write `nowhere/pay.csv`: its folder isn't there; make it first",
    );
}

#[test]
fn a_file_that_is_not_there_is_told_the_nearest() {
    let desk = Desk::with_figures();
    desk.refuses(
        &["snapshot", "import", "goood.csv", "--period", "2017-Q1"],
        "`goood.csv` isn't there; did you mean `good.csv`?",
    );
    desk.refuses(
        &["target", "import", "nowhere/quotas.csv", "--period", "2017-Q1"],
        "`nowhere/quotas.csv` isn't there, nor is the folder `nowhere`; check the path",
    );
    desk.refuses(&["policy", "publish", "."], "`.` is a directory; name a file in it");
}

#[test]
fn a_table_that_can_not_be_named_so_is_refused() {
    let desk = Desk::with_figures();
    desk.refuses(&["snapshot", "import", "good.csv", "--period", "2017-Q1", "--table", "The People"], "table: `The People` is not a table's name, expected 1 to 64 of `a-z`, `0-9` and `_`, beginning with a letter");
    desk.refuses(
        &["snapshot", "import", "quotas.csv", "--period", "2017-Q1", "--table", "targets"],
        "table: targets have a way in of their own: attain target import FILE --period P",
    );
}

#[test]
fn words_that_are_no_command_end_with_code_two() {
    let desk = Desk::with_figures();
    let before = desk.kept();
    for arguments in [
        &["snapshot", "import", "good.csv"][..],
        &["run", "sales", "--period", "2017-Q1", "--threads", "0"],
        &["pay"],
    ] {
        let answer = desk.attain.run(arguments);
        assert_eq!((answer.code, answer.out.as_str()), (2, ""));
        assert!(answer.err.starts_with("error: ") && answer.err.contains("--help"), "{}", answer.err);
    }
    assert_eq!(desk.kept(), before);
}

#[test]
fn a_data_directory_that_another_process_has_open_is_refused_with_the_process() {
    let attain = Attain::with_policies(&[]);
    let server = attain.serve();
    std::fs::remove_file(attain.folder().join("data/server.address")).unwrap();
    let answer = attain.run(["company", "add", "zenith"]);
    let words = answer.err.replace(&attain.folder().display().to_string(), "FOLDER");
    let without_process: String = words.chars().filter(|c| !c.is_ascii_digit()).collect();
    assert_eq!(
        without_process,
        "error: data directory `FOLDER/data/store` is in use by process ; stop that process, speak to its server, or name another directory\n"
    );
    assert_eq!((answer.code, answer.out.as_str()), (1, ""));
    assert_eq!(server.get("/v1/companies")["companies"].as_array().unwrap().len(), 1);
}

#[test]
fn a_data_directory_that_is_a_file_is_refused_and_left_as_it_is() {
    let attain = Attain::new();
    attain.write("data", "mine");
    let answer = attain.run(["company", "add", "zenith"]);
    assert_eq!(
        answer.err.replace(&attain.folder().display().to_string(), "FOLDER"),
        "error: `FOLDER/data` is not an attain store that this version reads: it is a file, expected a directory; name another one\n"
    );
    assert_eq!((answer.code, answer.out.as_str()), (1, ""));
    assert_eq!(std::fs::read(attain.folder().join("data")).unwrap(), b"mine");
}

#[test]
fn with_json_an_error_is_json_too() {
    let desk = Desk::with_figures();
    let answer = desk.attain.run(["snapshot", "show", "2017-Q2", "--json"]);
    let error: serde_json::Value = serde_json::from_str(&answer.err).unwrap();
    assert_eq!(
        error,
        serde_json::json!({"error": {"code": "not-found", "message": "there is no snapshot `2017-Q2`; did you mean `2017-Q1`?"}})
    );
    assert_eq!((answer.code, answer.out.as_str()), (3, ""));
}
