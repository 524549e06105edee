//! Goal: figures that pages about commissions print come out of the four policies by parameters alone.
//! Method: parameters and rows are those of the policies' own case files, which are named after the examples; they
//! go through the commands and the sandbox, and what comes out is held against `worked.jsonl`, not against
//! the case files.

use attain_model::number;
use attain_tests::{Attain, csv_rows, repository, shared};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

/// Where a figure of an example stands in what came out.
enum At {
    /// A column of the outcome, in a row.
    Column(usize, &'static str),
    /// The same in per cent.
    Percent(usize, &'static str),
    /// The sum of all payouts.
    Total,
    /// What the n-th adding line of a row's explanation adds.
    Adds(usize, usize),
    /// A number that the n-th adding line of a row's explanation says.
    Says(usize, usize),
}

use At::*;

/// Example, policy, case file, and for each figure where it stands.
type Example = (&'static str, &'static str, &'static str, &'static [(&'static str, At)]);

const EXAMPLES: &[Example] = &[
    (
        "tier-marginal-sparrowgenie",
        "tiered-commission",
        "tier-marginal-sparrowgenie",
        &[
            ("/slices/0", Adds(0, 0)),
            ("/slices/1", Adds(0, 1)),
            ("/slices/2", Adds(0, 2)),
            ("/total", Column(0, "commission")),
        ],
    ),
    (
        "tier-step-oracle-individual",
        "tiered-commission",
        "tier-step-oracle-individual",
        &[
            ("/commission/0", Column(0, "commission")),
            ("/commission/1", Column(1, "commission")),
            ("/commission/2", Column(2, "commission")),
            ("/commission/3", Column(3, "commission")),
            ("/commission/4", Column(4, "commission")),
            ("/commission/5", Column(5, "commission")),
            ("/total", Total),
        ],
    ),
    (
        "tier-graduated-mathtutor",
        "tiered-commission",
        "tier-graduated-mathtutor",
        &[("/slices/0", Adds(0, 0)), ("/slices/1", Adds(0, 1)), ("/slices/2", Adds(0, 2)), ("/total", Total)],
    ),
    (
        "tier-graduated-rolf",
        "tiered-commission",
        "tier-graduated-rolf",
        &[("/tier1", Adds(0, 0)), ("/tier2", Adds(0, 1))],
    ),
    (
        "tier-mytime-4-cycles",
        "tiered-commission",
        "tier-mytime-4-cycles",
        &[
            ("/cycle_pay/0", Column(0, "commission")),
            ("/cycle_pay/1", Column(1, "commission")),
            ("/cycle_pay/2", Column(2, "commission")),
            ("/cycle_pay/3", Column(3, "commission")),
            ("/total", Total),
        ],
    ),
    ("tier-retro-spiff-220k", "tiered-commission", "tier-retro-spiff-220k", &[("/commission", Total)]),
    (
        "tier-nosplit-vs-step-oracle",
        "tiered-commission",
        "tier-nosplit-vs-step-oracle",
        &[
            ("/flat_rate_pct/0", Percent(0, "rate")),
            ("/flat_rate_pct/1", Percent(1, "rate")),
            ("/flat_rate_pct/2", Percent(2, "rate")),
        ],
    ),
    (
        "tier-nosplit-vs-step-oracle",
        "tiered-commission",
        "tier-nosplit-vs-step-oracle-split",
        &[
            ("/slices_15000/0", Says(1, 0)),
            ("/slices_15000/1", Says(1, 1)),
            ("/slices_60000/0", Says(2, 0)),
            ("/slices_60000/1", Says(2, 1)),
            ("/slices_60000/2", Says(2, 2)),
        ],
    ),
    (
        "retro-tier-rate-nimble",
        "tiered-commission",
        "retro-tier-rate-nimble",
        &[("/rate_pct", Percent(0, "rate")), ("/units_at_that_rate", Says(0, 0))],
    ),
    (
        "tier-boundary-equal-oracle",
        "tiered-commission",
        "tier-boundary-equal-oracle",
        &[("/rate_pct", Percent(0, "rate"))],
    ),
    (
        "tier-boundary-tier-rate-xactly",
        "tiered-commission",
        "tier-boundary-tier-rate-xactly",
        &[("/attainment_pct", Percent(0, "attainment"))],
    ),
    (
        "accelerator-multiplier-bonuspaycalc",
        "tiered-commission",
        "accelerator-multiplier-bonuspaycalc",
        &[("/commission", Total)],
    ),
    (
        "accelerator-hyperbots",
        "tiered-commission",
        "accelerator-hyperbots",
        &[("/base_commission", Adds(0, 0)), ("/accelerated", Adds(0, 1)), ("/total", Total)],
    ),
    (
        "accelerator-units-excelguru",
        "tiered-commission",
        "accelerator-units-excelguru",
        &[
            ("/tier1_slice", Says(0, 0)),
            ("/tier2_slice", Says(0, 1)),
            ("/tier1", Adds(0, 0)),
            ("/tier2", Adds(0, 1)),
        ],
    ),
    (
        "team-role-split-sparrowgenie",
        "team-pool",
        "team-role-split-sparrowgenie",
        &[
            ("/pool", Column(0, "pool")),
            ("/AE", Column(0, "share")),
            ("/SC", Column(1, "share")),
            ("/SM", Column(2, "share")),
        ],
    ),
    // Metrics are explained by name: customer_calls adds 0, then margin, then on_time.
    (
        "goal-matrix-peoplesoft",
        "scorecard",
        "goal-matrix-peoplesoft",
        &[("/scores/0", Adds(0, 2)), ("/scores/1", Adds(0, 1))],
    ),
    (
        "offer-ramp-topup-medsales",
        "new-hire-ramp",
        "offer-ramp-topup-medsales",
        &[("/credited_sales", Column(0, "credited")), ("/ote_with_ramp", Column(0, "total"))],
    ),
];

#[test]
fn sixteen_published_examples_come_out_right() {
    let Some(file) = shared("cases/worked.jsonl") else { return };
    let published: BTreeMap<String, Value> = fs::read_to_string(file)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|example| (example["id"].as_str().unwrap().to_owned(), example["test_value"].clone()))
        .collect();
    let attain = Attain::with_policies(&["tiered-commission", "team-pool", "new-hire-ramp", "scorecard"]);
    let mut seen = std::collections::BTreeSet::new();
    for (i, (id, policy, case, figures)) in EXAMPLES.iter().enumerate() {
        let run = Run::of(&attain, policy, case, i);
        let expected = &published[*id];
        for (pointer, at) in *figures {
            let expected = expected.pointer(pointer).unwrap_or_else(|| panic!("{id} has no {pointer}"));
            let expected = decimal(&expected.to_string().replace('"', ""));
            run.check(at, expected, &format!("{case} {pointer}"));
        }
        seen.insert(*id);
    }
    assert_eq!(seen.len(), 16);
}

/// A number with six decimals.
fn decimal(text: &str) -> i64 {
    number::parse(&text.replace(',', ""), 6).unwrap_or_else(|error| panic!("`{text}` {error}"))
}

struct Run<'a> {
    attain: &'a Attain,
    plan: String,
    period: String,
    rows: Vec<BTreeMap<String, String>>,
}

impl<'a> Run<'a> {
    /// Runs a policy's case through the commands, in a month of its own.
    fn of(attain: &'a Attain, policy: &str, case: &str, i: usize) -> Run<'a> {
        let path = repository().join(format!("policies/{policy}/cases/{case}.toml"));
        let case_file: toml::Table = fs::read_to_string(path).unwrap().parse().unwrap();
        // A newcomer's first month is the one that the case is about.
        let month = if policy == "new-hire-ramp" { 0 } else { i + 1 };
        let period = format!("{}-{:02}", 2025 + month / 12, month % 12 + 1);
        let columns = case_file["in"].as_table().unwrap();
        let units = case_file["parameters"].get("credit_unit").and_then(toml::Value::as_str) == Some("count");
        let rows = columns.values().next().unwrap().as_array().unwrap().len();
        let mut csv = String::from("participant");
        for name in columns.keys() {
            csv.push_str(&format!(",{name}{}", kind_of(name, units)));
        }
        for row in 0..rows {
            csv.push_str(&format!("\np{row}"));
            for cells in columns.values() {
                csv.push_str(&format!(",{}", cells[row].as_str().unwrap()));
            }
        }
        let file = attain.write(&format!("{case}.csv"), csv + "\n");
        attain.ok(["snapshot", "import", file.to_str().unwrap(), "--period", &period]);
        let mut step = toml::Table::new();
        step.insert("name".into(), "step".into());
        step.insert("policy".into(), format!("{policy}@1").into());
        step.insert("params".into(), case_file["parameters"].clone());
        let mut plan = toml::Table::new();
        plan.insert("plan".into(), case.into());
        plan.insert("period".into(), "month".into());
        plan.insert("starts".into(), period.clone().into());
        plan.insert("step".into(), toml::Value::Array(vec![step.into()]));
        let file = attain.write(&format!("{case}.toml"), toml::to_string(&plan).unwrap());
        attain.ok(["plan", "publish", file.to_str().unwrap()]);
        let out = attain.ok(["run", case, "--period", &period, "--format", "csv"]);
        Run { attain, plan: case.to_owned(), period, rows: csv_rows(&out) }
    }

    /// The lines of a row's explanation that add to an output.
    fn adding(&self, row: usize) -> Vec<Value> {
        let statement =
            self.attain.json(["explain", &format!("{}/{}", self.plan, self.period), &format!("p{row}")]);
        let lines = statement["rows"][0]["steps"][0]["lines"].as_array().unwrap().iter();
        lines.filter(|line| line["amount"].is_string()).cloned().collect()
    }

    #[track_caller]
    fn check(&self, at: &At, expected: i64, what: &str) {
        let cell = |row: usize, name: &str| decimal(&self.rows[row][&format!("step.{name}")]);
        let got = match at {
            Column(row, name) => cell(*row, name),
            Percent(row, name) => cell(*row, name) * 100,
            Total => self.rows.iter().map(|row| decimal(&row["payout"])).sum(),
            Adds(row, line) => decimal(self.adding(*row)[*line]["amount"].as_str().unwrap()),
            Says(row, line) => {
                let text = self.adding(*row)[*line]["text"].as_str().unwrap().to_owned();
                let numbers = text.split(|c: char| !c.is_ascii_digit() && !",.".contains(c));
                let numbers: Vec<i64> = numbers
                    .map(|n| n.trim_matches([',', '.']))
                    .filter(|n| !n.is_empty())
                    .map(decimal)
                    .collect();
                assert!(numbers.contains(&expected), "{what}: `{text}` doesn't say {expected}");
                return;
            }
        };
        assert_eq!(got, expected, "{what}");
    }
}

fn kind_of(column: &str, units: bool) -> &'static str {
    match column {
        "team" | "role" => "",
        "hire_date" => ":date",
        "customer_calls" => ":count",
        "on_time" | "margin" => ":ratio:2",
        _ if units => ":count",
        _ => ":money:2",
    }
}
