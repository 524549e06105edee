//! Goal: a step may read another table than people: a row per deal, folded to people, explained deal by deal.
//! Method: a month with eight deals, worked by hand below, through the commands: run, explain, replay, approve.

use attain_tests::{Attain, csv_rows};
use std::collections::BTreeMap;

pub(crate) const PEOPLE: &str = "participant,team,grade,from:date,quota:money:2\nann,east,senior,2026-01-01,1000\n\
    ann,west,senior,2026-01-20,1000\nbob,east,junior,2026-01-01,500\ncai,west,junior,2026-01-01,0\n";

/// `eve` isn't covered by the plan, and `cai` has no deal.
pub(crate) const DEALS: &str = "deal,participant,line,revenue:money:2,close_date:date,first_contract:flag,customer_grade\n\
    D1,ann,solutions,600.00,2026-01-05,false,2A\n\
    D2,ann,hardware,400.00,2026-01-25,false,2A\n\
    D3,ann,solutions,100.00,2026-01-28,true,3A\n\
    D4,bob,hardware,1500.00,2026-01-11,false,3A\n\
    D5,eve,solutions,9000.00,2026-01-11,true,3A\n";

const PLAN: &str = r#"
plan   = "deals"
period = "month"
starts = "2026-01"
population.where = { team = ["east", "west"] }

[[step]]
name   = "lines"
policy = "product-commission@1"
params = { rates = { solutions = "0.02", hardware = "0.008" }, first_signing = { 3A = { multiple = "1.5", award = "50" } } }

[[step]]
name    = "kicker"
policy  = "spiff@1"
inputs  = { measure = "revenue", other_pay = "lines.commission" }
params  = { kicker = { share = "0.15", threshold = "500" } }

[[step]]
name    = "running"
policy  = "running-commission@1"
inputs  = { credit = "revenue", target = "quota" }
outputs = { commission = "info" }
params  = { tiers = [{ from = "0", rate = "0.05" }, { from = "1", rate = "0.1" }] }

[[step]]
name    = "each-deal"
policy  = "tiered-commission@1"
table   = "deals"
inputs  = { credit = "revenue" }
outputs = { commission = "info" }
folds   = { attainment = "last", rate = "max", tier = "max" }
params  = { thresholds = "amount", tiers = [{ from = "0", rate = "0.01" }, { from = "500", rate = "0.02" }] }

[[step]]
name    = "again"
policy  = "tiered-commission@1"
inputs  = { credit = "running.commission" }
outputs = { commission = "info" }
params  = { thresholds = "amount", tiers = [{ from = "0", rate = "1" }] }

[[example]]
doc    = "two deals of one person"
people = { participant = ["x", "y"], quota = ["100", "100"], team = ["east", "east"] }
expect = { payout = ["3.50", "0.00"], "running.commission" = ["12.50", "0.00"] }
[example.tables.deals]
participant    = ["x", "x"]
line           = ["solutions", "hardware"]
revenue        = ["100", "75"]
close_date     = ["2026-01-02", "2026-01-03"]
first_contract = ["", ""]
customer_grade = ["", ""]
"#;

/// The plan, with its example as it comes out.
pub(crate) fn plan() -> String {
    PLAN.replace(r#"["3.50", "0.00"]"#, r#"["2.60", "0.00"]"#)
}

fn company() -> Attain {
    company_with(&[])
}

/// A company with its figures, the policies of the plan, and more of them.
pub(crate) fn company_with(more: &[&str]) -> Attain {
    let policies = ["product-commission", "spiff", "running-commission", "tiered-commission"];
    let attain = Attain::with_policies(&[&policies, more].concat());
    for (table, content) in [("people", PEOPLE), ("deals", DEALS)] {
        let file = attain.write(&format!("{table}.csv"), content);
        let file = file.to_str().unwrap();
        attain.ok(["snapshot", "import", file, "--period", "2026-01", "--table", table]);
    }
    attain
}

fn refused(attain: &Attain, from: &str, to: &str, expected: &str) {
    let plan = attain.write("refused.toml", PLAN.replace(from, to));
    let answer = attain.run(["plan", "publish", plan.to_str().unwrap()]);
    assert_eq!(answer.code, 3, "{}", answer.err);
    assert!(answer.err.contains(expected), "{}", answer.err);
}

#[test]
fn deals_are_paid_row_by_row_and_fold_to_people() {
    let attain = company();
    let plan = attain.write("plan.toml", plan());
    attain.ok(["plan", "publish", plan.to_str().unwrap()]);
    let out = attain.ok(["run", "deals", "--period", "2026-01", "--format", "csv"]);
    let rows: Vec<BTreeMap<String, String>> = csv_rows(&out);
    let cells = |column: &str| rows.iter().map(|row| row[column].as_str()).collect::<Vec<_>>();

    // Assignments of one person add up to the person: what adds up stands in the first.
    assert_eq!(cells("participant"), ["ann", "ann", "bob", "cai"]);
    // D1 12.00, D2 3.20, D3 2.00 x 1.5 = 3.00; D4 12.00.
    assert_eq!(cells("lines.commission"), ["18.20", "0.00", "12.00", "0.00"]);
    assert_eq!(cells("lines.award"), ["50.00", "0.00", "0.00", "0.00"]);
    // 15 % of D1's 12.00 and of D4's 12.00; the others don't pass 500.
    assert_eq!(cells("kicker.reward"), ["1.80", "0.00", "1.80", "0.00"]);
    assert_eq!(cells("payout"), ["70.00", "0.00", "13.80", "0.00"]);
    // 600 and 400 at 5 %, 100 past the target at 10 %; 500 at 5 % and 1,000 at 10 %.
    assert_eq!(cells("running.commission"), ["60.00", "0.00", "125.00", "0.00"]);
    assert_eq!(cells("running.running"), ["1100.00", "1100.00", "1500.00", ""]);
    // 600: 5 + 2, 400: 4, 100: 1; 1,500: 5 + 20.
    assert_eq!(cells("each-deal.commission"), ["12.00", "0.00", "25.00", "0.00"]);
    assert_eq!(cells("each-deal.tier"), ["2", "2", "2", ""]);
    assert_eq!(cells("again.commission"), ["60.00", "0.00", "125.00", "0.00"]);

    let statement = attain.json(["explain", "deals/2026-01", "ann"]);
    let first = statement["rows"][0]["steps"].as_array().unwrap();
    let of = |step: &str| {
        let told = first.iter().filter(|told| told["step"] == step);
        let adds = |told: &serde_json::Value| {
            let lines = told["lines"].as_array().unwrap().iter();
            lines.filter_map(|line| line["amount"].as_str()).next().unwrap().to_owned()
        };
        told.map(|told| (told["of"].as_str().unwrap(), adds(told))).collect::<Vec<_>>()
    };
    assert_eq!(of("lines"), [("D1", "12.00".into()), ("D2", "3.20".into()), ("D3", "2.00".into())]);
    assert_eq!(of("running"), [("D1", "30.00".into()), ("D2", "20.00".into()), ("D3", "10.00".into())]);
    assert_eq!(statement["payout"], "70.00");
    assert!(attain.ok(["explain", "deals/2026-01", "bob", "--lang", "zh"]).contains("lines · D4"));

    for cut in [["--threads", "1", "--batch", "1"], ["--threads", "2", "--batch", "7"]] {
        attain.ok(["replay", "deals/2026-01"].iter().chain(&cut));
    }
    attain.ok(["approve", "deals/2026-01"]);
}

#[test]
fn what_does_not_fit_a_table_is_refused_when_the_plan_is_published() {
    let attain = company();
    refused(
        &attain,
        "table   = \"deals\"",
        "table   = \"dealz\"",
        "step[3].table: the step reads table `dealz`, and the snapshot of 2026-01 has none; import it: attain snapshot import FILE --period 2026-01 --table dealz; did you mean `deals`?",
    );
    refused(
        &attain,
        "folds   = { attainment = \"last\", ",
        "folds   = { attainment = \"sum\", ",
        "step[3].outputs.attainment: `attainment` is ratio with 6 decimals, which doesn't add up over rows; say how it folds: folds = { attainment = \"max\" }",
    );
    refused(
        &attain,
        "inputs  = { credit = \"running.commission\" }",
        "inputs  = { credit = \"running.commission\" }\nfolds = { commission = \"sum\" }",
        "step[4].folds.commission: the step's rows are people, so there is nothing to fold; leave it out",
    );
    refused(
        &attain,
        "other_pay = \"lines.commission\"",
        "other_pay = \"prior(kicker.reward, 1)\"",
        "step[1].inputs.other_pay: `prior(kicker.reward, 1)` is one value a person, and this step has a row for each of `deals`",
    );
    refused(
        &attain,
        "inputs  = { credit = \"revenue\" }",
        "inputs  = { credit = \"revenu\" }",
        "step[3].inputs.credit: neither `deals` nor `people` has a column `revenu`; did you mean `revenue`?",
    );
    // An example that isn't so is refused with what comes out.
    let plan = attain.write("plan.toml", PLAN);
    let answer = attain.run(["plan", "publish", plan.to_str().unwrap()]);
    assert!(answer.err.contains("`x` gets `2.60`, and the example says `3.50`"), "{}", answer.err);
}
