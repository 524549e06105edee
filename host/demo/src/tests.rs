//! What the demo company promises as a whole.

use super::*;
use attain_ingest::{Limits, Metrics, Schema, import, import_targets};
use attain_model::{Data, NO_VALUE, Unit};
use std::collections::BTreeMap;

fn quarter(name: &str) -> Period {
    Period::parse(name).unwrap()
}

fn whole(pieces: impl Iterator<Item = Table>) -> Table {
    let pieces: Vec<Table> = pieces.collect();
    assert_eq!(pieces.len(), 1);
    pieces.into_iter().next().unwrap()
}

fn numbers<'a>(table: &'a Table, column: &str) -> &'a [i64] {
    table.column(column).unwrap().numbers().unwrap()
}

fn texts(table: &Table, column: &str) -> Vec<String> {
    table.column(column).unwrap().texts().unwrap().iter().map(|text| text.unwrap().to_owned()).collect()
}

#[test]
fn the_figures_of_a_seed_never_change() {
    let people = whole(DemoCompany::new(SEED, 50).people(quarter("2026-Q3"), 1_000).unwrap());
    let digests: Vec<String> = ["participant", "name", "team", "revenue", "win_rate", "satisfaction"]
        .map(|name| people.column(name).unwrap().digest().to_string()[..12].to_owned())
        .to_vec();
    assert_eq!(
        digests,
        ["bae5f245327c", "68b3f1bf108d", "f718d0b067dc", "028be0d2f852", "ca6c8ffadb42", "5af489f2d56b"]
    );
}

#[test]
fn pieces_of_any_size_make_the_same_table() {
    let company = DemoCompany::new(1, 300);
    let all = whole(company.people(quarter("2025-Q2"), 10_000).unwrap());
    for rows in [1, 7, 100] {
        let pieces: Vec<Table> = company.people(quarter("2025-Q2"), rows).unwrap().collect();
        assert_eq!(pieces.iter().map(|piece| piece.rows).sum::<usize>(), all.rows);
        for name in ["participant", "manager", "role"] {
            let joined: Vec<String> = pieces.iter().flat_map(|piece| texts(piece, name)).collect();
            assert_eq!(joined, texts(&all, name));
        }
        let joined: Vec<i64> = pieces.iter().flat_map(|piece| numbers(piece, "revenue").to_vec()).collect();
        assert_eq!(joined, numbers(&all, "revenue"));
    }
}

#[test]
fn rows_rise_by_participant_and_dictionaries_by_text() {
    let company = DemoCompany::new(1, 400);
    let period = quarter("2026-Q1");
    let tables = [
        whole(company.people(period, 10_000).unwrap()),
        whole(company.targets(period, 10_000).unwrap()),
        whole(company.deals(period, 10_000).unwrap()),
    ];
    for table in &tables {
        assert!(texts(table, "participant").is_sorted(), "{}", table.name);
        for column in &table.columns {
            assert_eq!(column.data.len(), table.rows, "{} {}", table.name, column.name);
            if let Data::Texts(texts) = &column.data {
                assert!(texts.dictionary.is_sorted_by(|a, b| a < b), "{} {}", table.name, column.name);
            }
        }
    }
    assert!(texts(&tables[2], "deal").is_sorted_by(|a, b| a < b));
}

#[test]
fn deals_and_people_agree() {
    let company = DemoCompany::new(2, 100);
    let people = whole(company.people(quarter("2025-Q4"), 10_000).unwrap());
    let deals = whole(company.deals(quarter("2025-Q4"), 10_000).unwrap());
    let mut revenue: BTreeMap<String, i64> = BTreeMap::new();
    for (participant, value) in texts(&deals, "participant").into_iter().zip(numbers(&deals, "close_value")) {
        *revenue.entry(participant).or_default() += value;
    }
    for (participant, value) in texts(&people, "participant").into_iter().zip(numbers(&people, "revenue")) {
        assert_eq!(revenue.remove(&participant).unwrap_or(0), *value, "{participant}");
    }
    assert!(revenue.is_empty());
}

#[test]
fn a_quarter_is_the_sum_of_its_months() {
    let company = DemoCompany::new(2, 100);
    let total = |table: &Table, column: &str| numbers(table, column).iter().sum::<i64>();
    let sum = |column: &str, table: &dyn Fn(Period) -> Table| {
        ["2026-01", "2026-02", "2026-03"]
            .map(|month| total(&table(quarter(month)), column))
            .iter()
            .sum::<i64>()
    };
    let people = |period| whole(company.people(period, 10_000).unwrap());
    let targets = |period| whole(company.targets(period, 10_000).unwrap());
    assert_eq!(sum("revenue", &people), total(&people(quarter("2026-Q1")), "revenue"));
    assert_eq!(sum("calls", &people), total(&people(quarter("2026-Q1")), "calls"));
    assert_eq!(sum("revenue", &targets), total(&targets(quarter("2026-Q1")), "revenue"));
}

#[test]
fn some_figures_have_no_value_and_most_do() {
    let people = whole(DemoCompany::new(2, 1_000).people(quarter("2026-Q3"), 10_000).unwrap());
    let missing = |column: &str| numbers(&people, column).iter().filter(|cell| **cell == NO_VALUE).count();
    assert!((1..200).contains(&missing("satisfaction")), "{} have no satisfaction", missing("satisfaction"));
    assert_eq!(missing("revenue"), 0);
    let kinds = people.columns.iter().filter(|column| column.kind.unit != Unit::Text).count();
    assert_eq!(kinds, 17);
}

#[test]
fn people_join_and_leave() {
    let company = DemoCompany::new(2, 1_000);
    let there = |period: &str| texts(&whole(company.people(quarter(period), 10_000).unwrap()), "participant");
    let (before, after) = (there("2025-Q1"), there("2026-Q3"));
    let joined = after.iter().filter(|id| !before.contains(id)).count();
    let left = before.iter().filter(|id| !after.contains(id)).count();
    assert!(joined > 100 && left > 50, "{joined} joined, {left} left");
    let roles = texts(&whole(company.people(quarter("2026-Q3"), 10_000).unwrap()), "role");
    for role in ["newcomer", "rep", "senior"] {
        assert!(roles.iter().filter(|other| *other == role).count() > 30, "too few of role {role}");
    }
}

#[test]
fn a_csv_file_has_typed_headers_and_exact_numbers() {
    let company = DemoCompany::new(SEED, 50);
    let mut file = Vec::new();
    write_csv(company.people(quarter("2026-Q3"), 7).unwrap(), &mut file).unwrap();
    let text = String::from_utf8(file).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 51);
    assert!(
        lines[0].starts_with("participant,name,team,manager,region,role,hire_date:date,revenue:money:2,")
    );
    assert!(lines[1].starts_with("S00001,"), "{}", lines[1]);
}

#[test]
fn the_importer_reads_back_every_table() {
    let company = DemoCompany::new(SEED, 200);
    let period = quarter("2026-Q1");
    let people = whole(company.people(period, 10_000).unwrap());
    let deals = whole(company.deals(period, 10_000).unwrap());
    let targets = whole(company.targets(period, 10_000).unwrap());
    for table in [&people, &deals] {
        let mut file = Vec::new();
        write_csv([table.clone()], &mut file).unwrap();
        let schema = Schema::table(&table.name, None);
        let read = import("figures.csv", file, None, &schema, &Limits::default()).unwrap();
        assert_eq!(&read, table);
    }
    let types = people.columns.iter().map(|column| (column.name.clone(), column.kind)).collect();
    let mut file = Vec::new();
    write_targets_csv([targets.clone()], &mut file).unwrap();
    let metrics = Metrics { types, ..Metrics::default() };
    let mut read = import_targets("targets.csv", file, None, &metrics, &Limits::default()).unwrap();
    read.columns.sort_by_key(|column| targets.columns.iter().position(|other| other.name == column.name));
    assert_eq!(read, targets);
}

#[test]
fn the_plan_reads_and_covers_every_quarter() {
    let plan = attain_model::plan::Plan::parse(PLAN).unwrap();
    assert_eq!(plan.currency.map(|currency| currency.to_string()).as_deref(), Some(CURRENCY));
    assert_eq!(Some(&plan.starts), DemoCompany::periods(PeriodKind::Quarter).first());
}
