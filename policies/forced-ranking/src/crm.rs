//! The CRM quarters: every rank and band of `crm_ranks.csv`, which was computed apart from this project.

use crate::Policy;
use attain_cases::{Batch, Context};
use attain_sdk::{NO_VALUE, native};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// By attainment of P1, then by revenue: the first 20 % are A, the last 10 % are C.
const BY_ATTAINMENT: &str = r#"{
    "order": [{"metric": "revenue", "over": "quota"}, {"metric": "revenue"}],
    "top": {"share": "0.20"}, "bottom": {"share": "0.10"}
}"#;
const BY_DEALS: &str = r#"{"order": [{"metric": "deals_won", "unit": "count"}]}"#;

type Rows = Vec<BTreeMap<String, String>>;

/// The rows of a file without quotes.
fn rows(path: &Path) -> Rows {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let row = |line: &str| {
        let cells = line.split(',').map(str::to_owned);
        names.iter().map(|name| (*name).to_owned()).zip(cells).collect()
    };
    lines.map(row).collect()
}

/// A decimal as a count of units of so many decimals.
fn units(text: &str, decimals: usize) -> i64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{fraction:0<decimals$}").parse().unwrap()
}

/// What the policy gives: rank, dense rank, average rank, percentile, place, band.
fn ranked(parameters: &str, numbers: Vec<Vec<i64>>, eligible: Vec<i64>) -> Vec<Vec<i64>> {
    let context = Context {
        period_kind: "quarter".to_owned(),
        first_day: 17_167,
        last_day: 17_256,
        year_first_day: 17_167,
        year_last_day: 17_531,
        money_decimals: 2,
    };
    let rows = u32::try_from(eligible.len()).unwrap();
    let numbers = numbers.into_iter().chain([eligible]).collect();
    let batch = Batch { rows, numbers, texts: Vec::new(), group_ends: vec![rows] };
    native::evaluate::<Policy>(parameters, &context, &batch).unwrap()
}

fn folder() -> Option<PathBuf> {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_folder.ancestors().map(|folder| folder.join("shared/cases/crm")).find(|folder| folder.exists())
}

/// Goal: ranks, percentiles and bands of 30 people in each of four quarters, ties and half ranks among them.
/// Method: metrics and P1 quotas of all 35 agents go in, those without a closed deal not eligible.
#[test]
fn ranks_and_bands_of_the_crm_quarters_come_out() {
    let Some(folder) = folder() else {
        eprintln!("skipped: `../shared/cases/crm` isn't beside the checkout");
        return;
    };
    let file = |name: &str| rows(&folder.join(name));
    let commission = file("crm_commission.csv");
    let quotas: BTreeMap<(&str, &str), i64> = commission
        .iter()
        .filter(|row| row["plan"] == "P1")
        .map(|row| ((row["period"].as_str(), row["participant"].as_str()), units(&row["quota"], 2)))
        .collect();
    let (metrics, expected) = (file("crm_metrics.csv"), file("crm_ranks.csv"));
    let mut compared = 0;
    for period in ["2017-Q1", "2017-Q2", "2017-Q3", "2017-Q4"] {
        let mut people: Vec<_> = metrics.iter().filter(|row| row["period"] == period).collect();
        people.sort_by_key(|row| &row["participant"]);
        let column = |name: &str, decimals| people.iter().map(|row| units(&row[name], decimals)).collect();
        let revenue: Vec<i64> = column("revenue", 2);
        let (won, lost): (Vec<i64>, Vec<i64>) = (column("deals_won", 0), column("deals_lost", 0));
        let quota = people.iter().map(|row| quotas[&(period, row["participant"].as_str())]).collect();
        let eligible: Vec<i64> = won.iter().zip(&lost).map(|(won, lost)| i64::from(won + lost > 0)).collect();
        let by_attainment = ranked(BY_ATTAINMENT, vec![revenue, quota], eligible.clone());
        let by_deals = ranked(BY_DEALS, vec![won], eligible);
        for (i, person) in people.iter().enumerate() {
            let name = &person["participant"];
            let row = expected.iter().find(|row| row["period"] == period && row["participant"] == *name);
            let Some(row) = row else {
                assert_eq!(by_attainment[0][i], NO_VALUE, "{period} {name} is not ranked");
                continue;
            };
            let whole = |name: &str| units(&row[name], 0);
            let band = ["A", "B", "C"].iter().position(|band| row["band"] == **band).unwrap();
            let got: Vec<i64> = by_attainment.iter().take(6).map(|column| column[i]).collect();
            assert_eq!(got[..2], [whole("rank_attainment"), whole("dense_attainment")], "{period} {name}");
            assert_eq!(got[3], units(&row["percentile_attainment"], 4), "{period} {name}");
            assert_eq!(got[4..], [whole("order"), i64::try_from(band).unwrap()], "{period} {name}");
            let got: Vec<i64> = by_deals.iter().take(3).map(|column| column[i]).collect();
            let average = units(&row["average_rank_deals"], 1);
            assert_eq!(got, [whole("rank_deals"), whole("dense_deals"), average], "{period} {name}");
            compared += 1;
        }
    }
    assert_eq!(compared, expected.len());
}
