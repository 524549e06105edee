//! `attain limit`

use crate::client::{Ask, escaped};
use crate::fault::Fault;
use crate::session::Session;
use crate::show::{grouped, table, text};
use clap::Subcommand;
use serde_json::{Value, json};

/// `attain limit ...`
#[derive(Subcommand)]
pub enum LimitCommand {
    /// List a company's limits, each with its default
    List,
    /// Set a limit
    Set {
        /// Its name, such as `fuel-per-row`
        name: String,
        /// What it is from now on
        value: u64,
    },
    /// Let a limit have its default again
    Reset {
        /// Its name
        name: String,
    },
}

impl LimitCommand {
    /// Does it.
    pub fn run(&self, session: &mut Session) -> Result<(), Fault> {
        let (name, value) = match self {
            LimitCommand::List => {
                let path = session.path("limits")?;
                return session.show(&Ask::get(&path), limits);
            }
            LimitCommand::Set { name, value } => (name, Some(*value)),
            LimitCommand::Reset { name } => (name, None),
        };
        let path = session.path(&format!("limits/{}", escaped(name)))?;
        session.show(&Ask::json(&path, &json!({ "value": value })), limits)
    }
}

fn limits(answer: &Value) -> String {
    let limits = answer.get("limits").and_then(Value::as_array).into_iter().flatten();
    let rows = limits.map(|limit| {
        let changed = limit.get("value") != limit.get("default");
        vec![
            text(limit, "/name"),
            grouped(&text(limit, "/value")),
            grouped(&text(limit, "/used")),
            if changed { grouped(&text(limit, "/default")) } else { String::new() },
            text(limit, "/unit"),
            text(limit, "/about"),
        ]
    });
    table(&["limit", "value", "used", "usually", "unit", "what it bounds"], &[1, 2, 3], rows)
}
