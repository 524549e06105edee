//! `attain estimate`

use crate::client::Ask;
use crate::fault::Fault;
use crate::run::{Language, statement_text};
use crate::session::Session;
use clap::Args;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// `attain estimate`
#[derive(Args, Debug)]
pub struct EstimateArguments {
    /// The plan
    plan: String,
    /// Whose pay
    participant: String,
    /// The period, whose newest figures are taken
    #[arg(long)]
    period: String,
    /// Another value in `people`, or `target.METRIC=VALUE`; with several rows, once for each in their order
    #[arg(long, value_name = "COLUMN=VALUE", value_parser = set)]
    set: Vec<(String, String)>,
    /// A row besides, such as `deals:deal=D9,amount=5000`
    #[arg(long, value_name = "TABLE:COLUMN=VALUE,...", value_parser = add)]
    add: Vec<(String, BTreeMap<String, String>)>,
    /// The language of the sentences
    #[arg(long, value_enum, default_value_t = Language::En)]
    lang: Language,
}

fn set(text: &str) -> Result<(String, String), String> {
    let (column, value) = text.split_once('=').ok_or("expected `COLUMN=VALUE`, such as `sales=12000`")?;
    Ok((column.trim().to_owned(), value.trim().to_owned()))
}

fn add(text: &str) -> Result<(String, BTreeMap<String, String>), String> {
    let wrong =
        || "expected `TABLE:COLUMN=VALUE,COLUMN=VALUE`, such as `deals:deal=D9,amount=5000`".to_owned();
    let (table, cells) = text.split_once(':').ok_or_else(wrong)?;
    let cells = cells.split(',').map(|cell| set(cell).map_err(|_| wrong())).collect::<Result<_, _>>()?;
    Ok((table.trim().to_owned(), cells))
}

impl EstimateArguments {
    /// Asks what they would be paid, and shows why.
    pub fn run(&self, session: &mut Session) -> Result<(), Fault> {
        let mut figures: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        self.set.iter().for_each(|(column, value)| figures.entry(column).or_default().push(value));
        let mut rows: BTreeMap<&str, Vec<&BTreeMap<String, String>>> = BTreeMap::new();
        self.add.iter().for_each(|(table, cells)| rows.entry(table).or_default().push(cells));
        let body = json!({
            "plan": self.plan,
            "period": self.period,
            "participant": self.participant,
            "lang": if self.lang == Language::Zh { "zh" } else { "en" },
            "figures": figures,
            "rows": rows,
        });
        let path = session.path("estimates")?;
        session.show(&Ask::json(&path, &body).computing(), |estimate| self.shown(estimate))
    }

    fn shown(&self, estimate: &Value) -> String {
        let word = match self.lang {
            Language::En => "an estimate; nothing of it is kept",
            Language::Zh => "这是试算，不保存任何结果",
        };
        format!("{}\n{word}", statement_text(estimate, self.lang))
    }
}
