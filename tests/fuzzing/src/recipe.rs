//! Recipes: any SQL reads the figures that came with it, within time and memory, and nothing else.
//!
//! An input is a choice: a whole recipe, or the SQL of one over sources of the test.

use crate::canonical;
use crate::parts::Parts;
use crate::{Plant, Taken};
use attain_ingest::{Frame, Limits, Recipe, build};
use attain_model::period::{Calendar, Period};
use attain_model::{Currency, Data, Table};
use bytes::Bytes;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// The longest that a recipe of these limits may take, on a machine with much else to do.
const PATIENCE: Duration = Duration::from_secs(30);

/// Deals of five people; one of them has none.
pub(crate) const DEALS: &str = "deal,owner,amount,closed\n1,Ann,1200.50,2017-01-03\n2,Bo,80,2017-02-11\n3,Ann,-15.25,2017-03-31\n4,王芳,99999,2016-12-31\n5,Bo,,2017-01-01\n";
pub(crate) const ROSTER: &str = "name,team,manager\nAnn,North,Dee\nBo,South,Dee\n王芳,North,Ann\nDee,,\n";

/// What the SQL of an input runs over.
const FRAME: &str = r#"
[sources.deals]
file = "deals.csv"
columns = { amount = { unit = "money", decimals = 2 }, closed = "date" }
[sources.roster]
file = "roster.csv"
[tables.people]
sql = '''
SQL
'''
[tables.people.columns]
revenue = { unit = "money", decimals = 2 }
deals = "count"
"#;

fn limits() -> Limits {
    Limits {
        file_bytes: 1 << 20,
        rows: 2_000,
        cells: 20_000,
        columns: 100,
        problems: 20,
        sql_time: Duration::from_secs(20),
        sql_steps: 400_000,
        sql_bytes: 32 << 20,
        ..Limits::default()
    }
}

pub(crate) fn check(input: &[u8], plant: Plant) -> Taken {
    let mut parts = Parts::new(input);
    let whole = parts.byte().is_multiple_of(2);
    let Ok(text) = std::str::from_utf8(parts.rest()) else { return Taken::No };
    if !whole && text.contains("'''") {
        return Taken::No;
    }
    let text = if whole { text.to_owned() } else { FRAME.replace("SQL", text) };
    let began = Instant::now();
    let (one, mut other) = (story(&text), story(&text));
    if plant.spoils(input) {
        other.push('1');
    }
    assert_eq!(one, other, "the same recipe, two answers");
    assert!(began.elapsed() < PATIENCE, "it took {:?}", began.elapsed());
    Taken::Yes
}

/// The tables that a recipe makes, or why it makes none.
fn story(text: &str) -> String {
    let recipe = match Recipe::parse("recipe.toml", text) {
        Ok(recipe) => recipe,
        Err(error) => return format!("{} {error}", error.code()),
    };
    let files = BTreeMap::from([
        ("deals.csv".to_owned(), Bytes::from(DEALS)),
        ("roster.csv".to_owned(), Bytes::from(ROSTER)),
    ]);
    let period = Period::parse("2017-Q1").expect("a period");
    let frame =
        Frame { span: period.span(Calendar { fiscal_year_start: 1 }), currency: Currency::parse("USD").ok() };
    match build(&recipe, &files, frame, &limits()) {
        Ok(tables) => {
            tables.iter().for_each(canonical::check);
            tables.iter().for_each(nothing_of_the_host);
            format!("{tables:?}")
        }
        Err(error) => {
            let words = error.to_string();
            assert!(words.len() <= 256 << 10, "{} bytes of message", words.len());
            format!("{} {words}", error.code())
        }
    }
}

/// SQL must not read the host: no cell looks like a file of it or like its random memory.
fn nothing_of_the_host(table: &Table) {
    for column in &table.columns {
        if let Data::Texts(texts) = &column.data {
            let leaks = |text: &String| text.contains("root:x:0") || text.contains("SQLite format 3");
            assert!(!texts.dictionary.iter().any(leaks), "`{}` holds a file of the host", column.name);
        }
    }
}
