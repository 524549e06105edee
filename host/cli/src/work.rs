//! `attain work`: what a server computes for a company, and an end to it.

use crate::client::{Ask, escaped};
use crate::fault::Fault;
use crate::session::Session;
use crate::show::{grouped, table, text};
use clap::Subcommand;
use serde_json::{Value, json};

/// `attain work`
#[derive(Subcommand, Debug)]
pub enum WorkCommand {
    /// List runs, replays and approvals that wait or are being computed
    List,
    /// Stop one; nothing of it is kept
    Cancel {
        /// Its number in the list
        work: String,
    },
}

impl WorkCommand {
    /// Does it.
    pub fn run(&self, session: &mut Session) -> Result<(), Fault> {
        match self {
            WorkCommand::List => {
                let path = session.path("work")?;
                session.show(&Ask::get(&path), listed)
            }
            WorkCommand::Cancel { work } => {
                let path = session.path(&format!("work/{}/cancel", escaped(work)))?;
                session.show(&Ask::json(&path, &json!({})), |work| {
                    format!(
                        "{} of {} stops; nothing of it is kept",
                        text(work, "/operation"),
                        text(work, "/of")
                    )
                })
            }
        }
    }
}

fn listed(answer: &Value) -> String {
    let work = answer.get("work").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if work.is_empty() {
        return "nothing is under way".to_owned();
    }
    let rows = work.iter().map(|work| {
        let columns = ["/id", "/operation", "/of", "/by", "/since", "/state"].map(|path| text(work, path));
        let through = match work.get("rows").and_then(Value::as_u64) {
            Some(_) => format!("{} of {}", grouped(&text(work, "/rows")), grouped(&text(work, "/rows_of"))),
            None => String::new(),
        };
        columns.into_iter().chain([through]).collect()
    });
    table(&["", "work", "of", "by", "since", "state", "rows"], &[6], rows)
}
