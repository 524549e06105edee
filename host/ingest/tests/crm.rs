//! The CRM export's figures, to the last digit.
//!
//! Goal: the recipe of `tests/crm` gives the 140 rows of `crm_metrics.csv`, which were computed apart from this
//! project. Method: four quarters, every cell compared as the reference writes it.

#![expect(clippy::unwrap_used, reason = "a test that fails is a test that panics")]

use attain_ingest::{FolderFiles, Frame, Limits, Recipe, build};
use attain_model::number::format;
use attain_model::{Calendar, Column, Data, Period, Table};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn cell(column: &Column, row: usize) -> String {
    match &column.data {
        Data::Texts(texts) => texts.get(row).unwrap_or_default().to_owned(),
        Data::Numbers(numbers) => format(numbers[row], column.kind.decimals),
    }
}

fn quarter(period: &str, data: &Path) -> Table {
    let text = std::fs::read_to_string(root().join("tests/crm/recipe.toml")).unwrap();
    let recipe = Recipe::parse("recipe.toml", &text).unwrap();
    let span = Period::parse(period).unwrap().span(Calendar { fiscal_year_start: 1 });
    let limits = Limits::default();
    let files = FolderFiles::new(data, limits.file_bytes as u64);
    build(&recipe, &files, Frame { span, currency: None }, &limits).unwrap().remove(0)
}

#[test]
fn the_recipe_gives_the_reference_metrics() {
    let shared = root().join("../shared");
    let (data, reference) = (shared.join("data/crm-maven"), shared.join("cases/crm/crm_metrics.csv"));
    let Ok(reference) = std::fs::read_to_string(&reference) else {
        println!("skipped: there is no {}", reference.display());
        return;
    };
    let mut lines = reference.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let mut compared = 0;
    let quarters =
        ["2017-Q1", "2017-Q2", "2017-Q3", "2017-Q4"].map(|period| (period, quarter(period, &data)));
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        let (_, table) = quarters.iter().find(|(period, _)| *period == cells[3]).unwrap();
        let participants = table.column("participant").unwrap().texts().unwrap();
        let row = participants.iter().position(|participant| participant == Some(cells[0])).unwrap();
        for (name, expected) in header.iter().zip(&cells).filter(|(name, _)| **name != "period") {
            let column = table.column(name).unwrap_or_else(|| panic!("no column {name}"));
            assert_eq!(cell(column, row), *expected, "{line}: {name}");
        }
        compared += 1;
    }
    assert_eq!(compared, 140);
    assert!(quarters.iter().all(|(_, table)| table.rows == 35));
}

/// The recipe as the issue prints it: what a consultant writes first.
#[test]
fn the_recipe_of_the_issue_adds_up_to_the_year() {
    let data = root().join("../shared/data/crm-maven");
    if !data.is_dir() {
        println!("skipped: there is no {}", data.display());
        return;
    }
    let text = r#"
        [sources.deals]
        file    = "sales_pipeline.csv"
        columns = { close_value = { unit = "money", decimals = 2 }, engage_date = "date", close_date = "date" }
        [sources.roster]
        file = "sales_teams.csv"
        [tables.people]
        sql = """
        select r.sales_agent as participant, r.manager as team, r.regional_office as region,
               coalesce(sum(case when d.deal_stage = 'Won' then d.close_value end), 0) as revenue,
               ratio(count(*) filter (where d.deal_stage = 'Won'), count(d.deal_stage), 4) as win_rate,
               mean(days(d.engage_date, d.close_date), 2) filter (where d.deal_stage = 'Won') as avg_cycle_days
        from roster r left join deals d on d.sales_agent = r.sales_agent
         and d.close_date between :first_day and :last_day
        group by 1, 2, 3
        """
        [tables.people.columns]
        revenue        = { unit = "money", decimals = 2 }
        win_rate       = { unit = "ratio", decimals = 4 }
        avg_cycle_days = { unit = "days",  decimals = 2 }
    "#;
    let recipe = Recipe::parse("recipe.toml", text).unwrap();
    let span = Period::parse("2017").unwrap().span(Calendar { fiscal_year_start: 1 });
    let limits = Limits::default();
    let files = FolderFiles::new(data, limits.file_bytes as u64);
    let table = build(&recipe, &files, Frame { span, currency: None }, &limits).unwrap().remove(0);
    let revenue: i64 = table.column("revenue").and_then(Column::numbers).unwrap().iter().sum();
    assert_eq!(format(revenue, 2), "10005534.00");
}
