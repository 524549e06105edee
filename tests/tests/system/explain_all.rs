//! Goal: everybody of the CRM quarters can be told, in both languages, how they came to what they got: the lines
//! add up to the outputs, the outputs to what each step pays, and that to the payout that was kept.

use crate::crm::{Crm, QUARTERS, Row};
use attain_model::number;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// An amount in billionths, so that amounts of any decimals can be added.
fn amount(text: &Value) -> i64 {
    let text = text.as_str().unwrap_or_else(|| panic!("not an amount: {text}"));
    number::parse(text, 9).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("not a list: {value}"))
}

/// Which outputs of which steps are paid, from the run's record.
fn paid_outputs(run: &Value) -> BTreeSet<(String, String)> {
    let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
    let of_step = |step: &Value| -> Vec<(String, String)> {
        let paid = list(&step["outputs"]).iter().filter(|output| output["does"] == "pay");
        paid.map(|output| (name(step), name(output))).collect()
    };
    list(&run["steps"]).iter().flat_map(of_step).collect()
}

/// Holds a statement against the outcome's row: every sum, with nothing but whole numbers.
fn adds_up(statement: &Value, row: &Row, paid: &BTreeSet<(String, String)>) {
    let [assignment] = list(&statement["rows"]) else { panic!("one row a person: {statement}") };
    let mut payout = 0;
    for step in list(&assignment["steps"]) {
        let name = step["step"].as_str().unwrap();
        let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
        for line in list(&step["lines"]) {
            if let Some(output) = line["adds_to"].as_str() {
                *sums.entry(output).or_default() += amount(&line["amount"]);
            }
        }
        let mut pays = 0;
        for output in list(&step["outputs"]) {
            let output_name = output["name"].as_str().unwrap();
            let kept = &row[&format!("{name}.{output_name}")];
            assert_eq!(
                output["value"].as_str().unwrap_or_default(),
                kept,
                "{name}.{output_name}: {statement}"
            );
            let is_paid = paid.contains(&(name.to_owned(), output_name.to_owned()));
            // A line for each part: what is paid is never without one, unless it is nothing.
            if is_paid || sums.contains_key(output_name) {
                let sum = sums.get(output_name).copied().unwrap_or(0);
                assert_eq!(sum, amount(&output["value"]), "{name}.{output_name}: {statement}");
            }
            pays += if is_paid { amount(&output["value"]) } else { 0 };
        }
        assert!(sums.keys().all(|to| list(&step["outputs"]).iter().any(|output| output["name"] == **to)));
        assert_eq!(step["pays"].as_str().map_or(0, |_| amount(&step["pays"])), pays, "{name}: {statement}");
        payout += pays;
    }
    assert_eq!(payout, amount(&assignment["payout"]), "{statement}");
    assert_eq!(
        (&statement["payout"], &assignment["payout"]),
        (&row["payout"].clone().into(), &row["payout"].clone().into())
    );
}

/// The sentences of a statement.
fn sentences(statement: &Value) -> Vec<&str> {
    let steps = list(&statement["rows"]).iter().flat_map(|row| list(&row["steps"]));
    steps.flat_map(|step| list(&step["lines"])).map(|line| line["text"].as_str().unwrap()).collect()
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter))
}

/// A statement with all words taken out that depend on the language.
fn figures(mut statement: Value) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                fields.retain(|name, _| {
                    !["language", "summary", "text", "note", "shown"].contains(&name.as_str())
                });
                fields.values_mut().for_each(strip);
            }
            Value::Array(values) => values.iter_mut().for_each(strip),
            _ => {}
        }
    }
    strip(&mut statement);
    statement
}

/// Asks for a person's statement by the command.
fn explained(crm: &Crm, run: &str, participant: &str, language: &str) -> Value {
    let statement = crm.attain.json(["explain", run, participant, "--lang", language]);
    for text in sentences(&statement) {
        assert!(!text.is_empty() && !text.contains(['{', '}']), "{text}");
        assert_eq!(is_chinese(text), language == "zh", "{text}");
    }
    statement
}

#[test]
fn every_statement_of_the_crm_quarters_adds_up_in_both_languages() {
    let Some(crm) = Crm::new(&["tiered-commission", "team-pool"]) else { return };
    for (i, quarter) in QUARTERS.iter().enumerate() {
        crm.import_quotas(quarter, i.checked_sub(1).map(|before| QUARTERS[before]));
    }
    let plans = ["p1", "p2", "pool"];
    plans.iter().for_each(|plan| crm.publish_plan(&format!("plan-{plan}.toml")));
    let mut outcomes = Vec::new();
    for plan in plans.map(|plan| format!("crm-{plan}")) {
        for quarter in QUARTERS {
            let rows = crm.run(&plan, quarter);
            let record = crm.attain.json(["run", &plan, "--period", quarter]);
            outcomes.push((format!("{plan}/{quarter}"), rows, paid_outputs(&record)));
        }
    }
    // Commands on its data speak to it, which is quicker than opening the store each time.
    let _server = crm.attain.serve();
    let (mut statements, mut lines) = (0, 0);
    for (run, rows, paid) in &outcomes {
        assert_eq!((rows.len(), paid.len()), (35, 1), "{run}");
        for (participant, row) in rows {
            let [english, chinese] = ["en", "zh"].map(|language| explained(&crm, run, participant, language));
            adds_up(&english, row, paid);
            adds_up(&chinese, row, paid);
            lines += sentences(&english).len();
            statements += 2;
            assert_eq!(figures(english), figures(chinese), "the languages tell the same");
        }
    }
    assert_eq!(statements, plans.len() * QUARTERS.len() * 35 * 2);
    assert!(lines > statements, "{lines} lines in {statements} statements");
}
