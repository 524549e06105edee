//! Goal: an estimate is what a run would give: without changes for everybody of every ready plan, and with changes that
//! are then made in the figures and run. Nothing of it is kept, and whoever may not see somebody can't ask about them.
//! Method: the commands, over a server, as somebody in sales would.

use crate::deals;
use attain_model::number;
use attain_tests::{Attain, csv_rows, repository};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

fn cents(text: &str) -> i64 {
    number::parse(text, 2).unwrap_or_else(|error| panic!("`{text}` {error}"))
}

fn payout(value: &Value) -> i64 {
    cents(value["payout"].as_str().unwrap())
}

/// A host with the policies, the figures and the plan of a folder of `policies/plans`, and its periods.
fn host(plan: &str) -> (Attain, Vec<String>) {
    let folder = repository().join("policies/plans").join(plan);
    let text: toml::Table = fs::read_to_string(folder.join("plan.toml")).unwrap().parse().unwrap();
    let steps = text["step"].as_array().unwrap().iter();
    let policies: BTreeSet<&str> =
        steps.map(|step| step["policy"].as_str().unwrap().split('@').next().unwrap()).collect();
    let attain = Attain::with_policies(&policies.into_iter().collect::<Vec<_>>());
    let mut periods: Vec<String> = fs::read_dir(folder.join("data"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    periods.sort();
    for period in &periods {
        import(&attain, &folder.join("data").join(period), period);
    }
    attain.ok([Path::new("plan"), Path::new("publish"), &folder.join("plan.toml")]);
    (attain, periods)
}

fn import(attain: &Attain, folder: &Path, period: &str) {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.collect();
    // People first: targets are of people who are there.
    files.sort_by_key(|file| !file.ends_with("people.csv"));
    for file in files {
        let (path, table) = (file.to_str().unwrap(), file.file_stem().unwrap().to_str().unwrap());
        match table {
            "targets" => attain.ok(["target", "import", path, "--period", period]),
            _ => attain.ok(["snapshot", "import", path, "--period", period, "--table", table]),
        };
    }
}

fn paid(attain: &Attain, plan: &str, period: &str) -> BTreeMap<String, i64> {
    let mut paid = BTreeMap::new();
    for row in csv_rows(&attain.ok(["run", plan, "--period", period, "--format", "csv"])) {
        *paid.entry(row["participant"].clone()).or_default() += cents(&row["payout"]);
    }
    paid
}

fn unchanged(plan: &str) {
    let (attain, periods) = host(plan);
    let _server = attain.serve();
    for period in periods {
        let run = format!("{plan}/{period}");
        let paid = paid(&attain, plan, &period);
        assert!(!paid.is_empty());
        for (participant, payout_of_run) in &paid {
            let estimate = attain.json(["estimate", plan, participant, "--period", &period]);
            let statement = attain.json(["explain", &run, participant]);
            assert_eq!(payout(&estimate), *payout_of_run, "{run} {participant}");
            assert_eq!(estimate["rows"], statement["rows"], "{run} {participant}");
        }
        attain.ok(["approve", &run]);
    }
}

#[test]
fn unchanged_it_is_the_run_consumer_goods() {
    unchanged("consumer-goods-field-force");
}

#[test]
fn unchanged_it_is_the_run_hardware() {
    unchanged("hardware-to-solutions");
}

#[test]
fn unchanged_it_is_the_run_medical_devices() {
    unchanged("medical-devices");
}

#[test]
fn unchanged_it_is_the_run_no_quotas() {
    unchanged("no-individual-quotas");
}

#[test]
fn unchanged_it_is_the_run_software() {
    unchanged("software-with-ramp-and-retention");
}

/// On top of the plan of deals: a pool of the team, so that everybody is computed beside whoever asks.
const POOL: &str = r#"
[[step]]
name   = "pool"
policy = "team-pool@1"
inputs = { amount = "lines.commission", contribution = "lines.commission" }
params = { pool = { rate = "0.5" }, split = "contribution" }
"#;

/// The company of deals with a plan, which looks at everybody where there is a pool.
fn company(pool: bool) -> Attain {
    let attain = deals::company_with(&["team-pool"]);
    let plan = deals::plan();
    let (steps, example) = plan.split_once("[[example]]").unwrap();
    let plan = if pool { format!("{steps}{POOL}") } else { format!("{steps}[[example]]{example}") };
    let plan = attain.write("plan.toml", plan);
    attain.ok(["plan", "publish", plan.to_str().unwrap()]);
    attain
}

const DEAL: &str = "D9,ann,solutions,300.00,2026-01-07,false,2A\n";
const ADDED: &str =
    "deals:deal=D9,line=solutions,revenue=300,close_date=2026-01-07,first_contract=false,customer_grade=2A";

/// What is changed is changed in the figures, too, and run: the same comes out.
fn changed(pool: bool) {
    let attain = company(pool);
    let about = ["estimate", "deals", "ann", "--period", "2026-01"];
    let changes = ["--set", "quota=800", "--set", "quota=900", "--set", "team=west", "--set", "team=west"];
    let changed = [&about[..], &changes, &["--add", ADDED]].concat();
    let (before, estimate) = (attain.json(&changed), attain.json(&changed));
    assert_eq!(before, estimate);
    let as_it_is = attain.json(about);

    let people = deals::PEOPLE.replace("ann,east,senior,2026-01-01,1000", "ann,west,senior,2026-01-01,800");
    let people = people.replace("ann,west,senior,2026-01-20,1000", "ann,west,senior,2026-01-20,900");
    let deals = format!("{}{DEAL}", deals::DEALS);
    let paid_before = paid(&attain, "deals", "2026-01");
    assert_eq!(payout(&as_it_is), paid_before["ann"]);
    for (table, content) in [("people", people), ("deals", deals)] {
        let file = attain.write("changed.csv", content);
        let file = file.to_str().unwrap();
        attain.ok(["snapshot", "import", file, "--period", "2026-01", "--table", table]);
    }
    let paid = paid(&attain, "deals", "2026-01");
    assert_ne!(paid["ann"], paid_before["ann"]);
    assert_eq!(payout(&estimate), paid["ann"]);
    assert_eq!(estimate["rows"], attain.json(["explain", "deals/2026-01", "ann"])["rows"]);
}

#[test]
fn what_is_changed_for_one_is_what_a_run_gives() {
    changed(false);
}

#[test]
fn what_is_changed_beside_everybody_is_what_a_run_gives() {
    changed(true);
}

#[test]
fn it_leaves_nothing_behind() {
    let attain = company(true);
    let everything = || {
        let lists = [&["snapshot", "list"][..], &["plan", "list"], &["policy", "list"]];
        lists.map(|list| attain.ok(list))
    };
    let before = everything();
    attain.ok(["estimate", "deals", "ann", "--period", "2026-01", "--add", ADDED]);
    assert_eq!(everything(), before);
    let answer = attain.run(["explain", "deals/2026-01", "ann"]);
    assert_eq!(answer.code, 3, "there is no run: {}", answer.err);
}

#[test]
fn what_can_not_be_changed_is_said_with_its_place() {
    let attain = company(false);
    let refused = |who: &str, more: &[&str], says: &str| {
        let words = [&["estimate", "deals", who, "--period", "2026-01"], more].concat();
        let answer = attain.run(words);
        assert_eq!((answer.code, answer.out.as_str(), answer.err.as_str()), (3, "", says));
    };
    refused(
        "bob",
        &["--set", "quotta=1", "--set", "quota=lots", "--set", "target.revenue=1", "--add", "deal:deal=D9"],
        "error: figures.quota: `lots` is not a decimal number, as money with 2 decimals asks\n\
         figures.quotta: the figures have no column `quotta` to change; did you mean `quota`?\n\
         figures.target.revenue: there are no targets to change; import them, or leave it out\n\
         rows.deal: the figures have no table `deal` beside people and targets; did you mean `deals`?\n",
    );
    refused(
        "ann",
        &["--set", "quota=1"],
        "error: figures.quota: has 1 values, and `ann` has 2 rows there; give one for each\n",
    );
    refused(
        "bob",
        &["--add", "deals:revenue=x,linee=solutions"],
        "error: rows.deals[0].linee: the figures have no column `linee` to change; did you mean `line`?\n\
         rows.deals[0].revenue: `x` is not a decimal number, as money with 2 decimals asks\n",
    );
    let unknown = "error: there is no participant of this plan in these figures";
    refused("bobb", &[], &format!("{unknown} `bobb`; did you mean `bob`?\n"));
    refused("eve", &[], &format!("{unknown} `eve`; there is `ann`, `bob`, `cai`\n"));
    let elsewhere = ["--set", "team=south"];
    refused("bob", &elsewhere, &format!("{unknown} `bob`; the plan's population doesn't cover them\n"));
}

#[test]
fn somebody_asks_about_their_own_and_a_lead_about_their_team() {
    let attain = company(true);
    let mut server = attain.serve();
    let key = |name: &str, more: &[&str]| {
        let made = attain.json([&["key", "add", name], more].concat());
        made["key"].as_str().unwrap().to_owned()
    };
    let ann = key("Ann", &["--role", "participant", "--participant", "ann"]);
    let lead = key("Lea", &["--role", "lead", "--team", "west"]);
    let path = "/v1/companies/acme/estimates";
    let mut status = |key: &str, who: &str| {
        server.with_key(key);
        let body = format!(r#"{{"plan":"deals","period":"2026-01","participant":"{who}"}}"#);
        let reply = server.send("POST", path, "application/json", body.as_bytes());
        (reply.status, reply.json()["detail"].as_str().unwrap_or_default().to_owned())
    };
    let unseen = |who: &str| (404, format!("there is no participant of this plan in these figures `{who}`"));
    assert_eq!(status(&ann, "ann").0, 200);
    assert_eq!(status(&ann, "bob"), unseen("bob"));
    assert_eq!(status(&ann, "nobody"), unseen("nobody"));
    assert_eq!(status(&lead, "ann").0, 200, "one of her rows is of the west");
    assert_eq!(status(&lead, "cai").0, 200);
    assert_eq!(status(&lead, "bob"), unseen("bob"));
    assert_eq!(status(&lead, "nobody"), unseen("nobody"));
}
