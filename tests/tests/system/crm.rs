//! Goal: a company's raw CRM export, driven only by the commands, gives the figures that two other programs
//! computed apart from us, to the last digit.

use attain_model::number;
use attain_tests::{Attain, csv_rows, repository, shared};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

pub type Row = BTreeMap<String, String>;

pub const QUARTERS: [&str; 4] = ["2017-Q1", "2017-Q2", "2017-Q3", "2017-Q4"];

/// A host with the CRM export's four quarters, and the folder of results to compare with.
pub struct Crm {
    pub attain: Attain,
    cases: PathBuf,
}

impl Crm {
    /// None where the export isn't there.
    pub fn new(policies: &[&str]) -> Option<Crm> {
        let (data, cases) = (shared("data/crm-maven")?, shared("cases/crm")?);
        let attain = Attain::with_policies(policies);
        for file in ["sales_pipeline.csv", "sales_teams.csv", "products.csv"] {
            attain.write(file, fs::read(data.join(file)).unwrap());
        }
        let crm = Crm { attain, cases };
        let recipe =
            crm.attain.write("recipe.toml", fs::read(repository().join("tests/crm/recipe.toml")).unwrap());
        for quarter in QUARTERS {
            crm.attain.ok(["snapshot", "build", recipe.to_str().unwrap(), "--period", quarter]);
        }
        Some(crm)
    }

    pub fn expected(&self, file: &str) -> Vec<Row> {
        csv_rows(&fs::read_to_string(self.cases.join(file)).unwrap())
    }

    /// A quarter's `people`, by participant.
    fn people(&self, quarter: &str) -> BTreeMap<String, Row> {
        let answer = self.attain.json(["snapshot", "show", quarter, "--table", "people", "--rows", "100"]);
        let names: Vec<&str> =
            answer["columns"].as_array().unwrap().iter().map(|c| c["name"].as_str().unwrap()).collect();
        let rows = answer["rows"].as_array().unwrap().iter().map(|row| {
            let cell = |(i, name): (usize, &&str)| {
                ((*name).to_owned(), row[i].as_str().unwrap_or_default().to_owned())
            };
            let row: Row = names.iter().enumerate().map(cell).collect();
            (row["participant"].clone(), row)
        });
        rows.collect()
    }

    /// Imports both plans' quotas for a quarter: P1 by region, P2 from the quarter before.
    pub fn import_quotas(&self, quarter: &str, before: Option<&str>) {
        let before = before.map(|quarter| self.people(quarter));
        let mut file = String::from("participant,metric,target:money:2\n");
        for (participant, row) in self.people(quarter) {
            let yearly_quarter = match row["region"].as_str() {
                "Central" => 7_500_000i64,
                "East" => 8_000_000,
                _ => 9_000_000,
            };
            // One month of the quarter is in the data; a third of 80,000.00 is 26,666.67.
            let p1 = if before.is_none() { (yearly_quarter * 2 + 3) / 6 } else { yearly_quarter };
            let p2 = before.as_ref().map_or(2_000_000, |before| {
                let revenue = number::parse(&before[&participant]["revenue"], 2).unwrap();
                let raised =
                    number::divide(i128::from(revenue) * 110, 100, number::Rounding::HalfUp).unwrap();
                raised.max(2_000_000)
            });
            for (metric, target) in [("quota_p1", p1), ("quota_p2", p2)] {
                file.push_str(&format!("{participant},{metric},{}\n", number::format(target, 2)));
            }
        }
        let file = self.attain.write(&format!("quotas-{quarter}.csv"), file);
        self.attain.ok(["target", "import", file.to_str().unwrap(), "--period", quarter]);
    }

    pub fn publish_plan(&self, file: &str) {
        let path = repository().join("tests/crm").join(file);
        self.attain.ok([Path::new("plan"), Path::new("publish"), &path]);
    }

    pub fn run(&self, plan: &str, quarter: &str) -> BTreeMap<String, Row> {
        let out = self.attain.ok(["run", plan, "--period", quarter, "--format", "csv"]);
        csv_rows(&out).into_iter().map(|row| (row["participant"].clone(), row)).collect()
    }
}

#[test]
fn metrics_of_the_raw_export_are_right_to_the_last_digit() {
    let Some(crm) = Crm::new(&[]) else { return };
    let expected = crm.expected("crm_metrics.csv");
    assert_eq!(expected.len(), 140);
    let quarters: BTreeMap<&str, _> =
        QUARTERS.iter().map(|quarter| (*quarter, crm.people(quarter))).collect();
    for row in &expected {
        let got = &quarters[row["period"].as_str()][&row["participant"]];
        for (column, value) in row.iter().filter(|(column, _)| *column != "period") {
            assert_eq!(&got[column], value, "{} {} {column}", row["period"], row["participant"]);
        }
    }
}

#[test]
fn commission_is_right_under_both_quota_plans_in_all_five_variants() {
    let Some(crm) = Crm::new(&["tiered-commission"]) else { return };
    for (i, quarter) in QUARTERS.iter().enumerate() {
        crm.import_quotas(quarter, i.checked_sub(1).map(|before| QUARTERS[before]));
    }
    crm.publish_plan("plan-p1.toml");
    crm.publish_plan("plan-p2.toml");
    let columns = [
        ("commission_marginal", "marginal.commission"),
        ("commission_rounded_per_slice", "per-slice.commission"),
        ("commission_cliff", "cliff.commission"),
        ("commission_capped", "capped.commission"),
        ("commission_gated", "gated.commission"),
    ];
    let expected = crm.expected("crm_commission.csv");
    assert_eq!(expected.len(), 280);
    for plan in ["P1", "P2"] {
        for quarter in QUARTERS {
            let got = crm.run(&format!("crm-{}", plan.to_lowercase()), quarter);
            for row in expected.iter().filter(|row| row["plan"] == plan && row["period"] == quarter) {
                let got = &got[&row["participant"]];
                for (theirs, ours) in columns {
                    assert_eq!(got[ours], row[theirs], "{plan} {quarter} {} {ours}", row["participant"]);
                }
                assert_eq!(
                    got["payout"], row["commission_marginal"],
                    "{plan} {quarter} {}",
                    row["participant"]
                );
                let attainment = number::parse(&got["marginal.attainment"], 6).unwrap();
                assert_eq!(
                    number::format(attainment, 4),
                    row["attainment_pct"],
                    "{plan} {quarter} {}",
                    row["participant"]
                );
            }
        }
    }
}

#[test]
fn team_pools_are_right_both_ways_and_add_up() {
    let Some(crm) = Crm::new(&["team-pool"]) else { return };
    for (i, quarter) in QUARTERS.iter().enumerate() {
        crm.import_quotas(quarter, i.checked_sub(1).map(|before| QUARTERS[before]));
    }
    crm.publish_plan("plan-pool.toml");
    let expected = crm.expected("crm_team_pool.csv");
    assert_eq!(expected.len(), 120);
    let mut paid = 0;
    for quarter in QUARTERS {
        let got = crm.run("crm-pool", quarter);
        for row in expected.iter().filter(|row| row["period"] == quarter) {
            let got = &got[&row["participant"]];
            let who = format!("{quarter} {}", row["participant"]);
            assert_eq!(got["by-contribution.share"], row["share_by_contribution"], "{who}");
            assert_eq!(got["equal.share"], row["share_equal"], "{who}");
            assert_eq!(got["by-contribution.pool"], row["pool"], "{who}");
            let attainment = number::parse(&got["by-contribution.team_attainment"], 6).unwrap();
            assert_eq!(number::format(attainment, 4), row["team_attainment_pct"], "{who}");
        }
        let eligible = |name: &String| {
            expected.iter().any(|row| row["period"] == quarter && row["participant"] == *name)
        };
        for (name, row) in &got {
            paid += number::parse(&row["payout"], 2).unwrap();
            assert!(
                eligible(name) || row["payout"] == "0.00",
                "{quarter} {name} closed nothing and gets {}",
                row["payout"]
            );
        }
    }
    assert_eq!(number::format(paid, 2), "145608.59");
}

#[test]
fn ranks_with_three_kinds_of_ties_and_forced_bands_are_right() {
    let Some(crm) = Crm::new(&["forced-ranking"]) else { return };
    for (i, quarter) in QUARTERS.iter().enumerate() {
        crm.import_quotas(quarter, i.checked_sub(1).map(|before| QUARTERS[before]));
    }
    crm.publish_plan("plan-ranks.toml");
    let columns = [
        ("rank_attainment", "attainment.rank"),
        ("dense_attainment", "attainment.dense_rank"),
        ("percentile_attainment", "attainment.percentile"),
        ("order", "attainment.place"),
        ("rank_deals", "deals.rank"),
        ("dense_deals", "deals.dense_rank"),
        ("average_rank_deals", "deals.average_rank"),
    ];
    let expected = crm.expected("crm_ranks.csv");
    assert_eq!(expected.len(), 120);
    for quarter in QUARTERS {
        let got = crm.run("crm-ranks", quarter);
        let ranked = got.values().filter(|row| !row["attainment.rank"].is_empty()).count();
        let rows: Vec<&Row> = expected.iter().filter(|row| row["period"] == quarter).collect();
        assert_eq!(ranked, rows.len(), "{quarter}");
        for row in rows {
            let (name, got) = (&row["participant"], &got[&row["participant"]]);
            for (theirs, ours) in columns {
                let number = |text: &str| number::parse(text, 4).unwrap();
                assert_eq!(number(&got[ours]), number(&row[theirs]), "{quarter} {name} {ours}");
            }
            let band = ["A", "B", "C"].iter().position(|band| row["band"] == *band).unwrap();
            assert_eq!(got["attainment.band"], band.to_string(), "{quarter} {name}");
        }
    }
}
