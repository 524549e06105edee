//! `attain key`

use crate::client::{Ask, escaped};
use crate::fault::Fault;
use crate::session::Session;
use crate::show::{table, text};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

/// `attain key ...`
#[derive(Subcommand)]
pub enum KeyCommand {
    /// Make a key; it is shown this once
    Add(AddArguments),
    /// List keys
    List {
        /// The operator's own, not a company's
        #[arg(long)]
        operator: bool,
    },
    /// Revoke a key: from then on nobody acts with it
    Revoke {
        /// Its id or name
        #[arg(value_name = "KEY")]
        reference: String,
        /// One of the operator's own
        #[arg(long)]
        operator: bool,
    },
    /// Say who the key in use is
    Whoami,
}

/// `attain key add`
#[derive(Args, Debug)]
pub struct AddArguments {
    /// Whose it is: the log calls whoever acts with it so
    name: String,
    /// What it may do: `admin`, `consultant`, `analyst`, `approver`, `lead`, `auditor`, `participant`; `operator` is the host's own
    #[arg(long)]
    role: String,
    /// For a lead: a team, as often as they have teams
    #[arg(long = "team", value_name = "TEAM")]
    teams: Vec<String>,
    /// For a participant: their id
    #[arg(long, value_name = "ID")]
    participant: Option<String>,
    /// For how many days it is good; until it is revoked unless said
    #[arg(long, value_name = "N")]
    days: Option<i64>,
}

impl KeyCommand {
    /// Does it.
    pub fn run(&self, session: &mut Session) -> Result<(), Fault> {
        match self {
            KeyCommand::Add(add) => {
                let path = place(session, add.role == "operator")?;
                let body = json!({
                    "name": add.name,
                    "role": add.role,
                    "teams": add.teams,
                    "participant": add.participant,
                    "days": add.days,
                });
                session.show(&Ask::json(&path, &body), |made| {
                    format!(
                        "{}\n{}\nit is shown this once; what is kept is a hash of it",
                        text(made, "/key"),
                        about(made.get("record").unwrap_or(&Value::Null))
                    )
                })
            }
            KeyCommand::List { operator } => {
                let path = place(session, *operator)?;
                session.show(&Ask::get(&path), keys)
            }
            KeyCommand::Revoke { reference, operator } => {
                let path = format!("{}/{}/revoke", place(session, *operator)?, escaped(reference));
                session.show(&Ask::json(&path, &json!({})), |record| {
                    format!("revoked key {} of `{}`", text(record, "/id"), text(record, "/name"))
                })
            }
            KeyCommand::Whoami => session.show(&Ask::get("/v1/me"), |me| {
                let company = me.get("company").and_then(Value::as_str);
                format!(
                    "{}, {}{}",
                    text(me, "/name"),
                    text(me, "/role"),
                    company.map_or_else(String::new, |company| format!(" of `{company}`"))
                )
            }),
        }
    }
}

fn place(session: &Session, operator: bool) -> Result<String, Fault> {
    if operator { Ok("/v1/keys".to_owned()) } else { session.path("keys") }
}

fn about(record: &Value) -> String {
    let until = record
        .get("expires_at")
        .and_then(Value::as_str)
        .map_or_else(|| "until it is revoked".to_owned(), |at| format!("until {at}"));
    format!(
        "key {} of `{}`, {}, good {until}",
        text(record, "/id"),
        text(record, "/name"),
        text(record, "/role")
    )
}

fn keys(answer: &Value) -> String {
    let keys = answer.get("keys").and_then(Value::as_array).into_iter().flatten();
    let rows = keys.map(|key| {
        let scope: Vec<&str> = key
            .get("teams")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let participant = key.get("participant").and_then(Value::as_str).unwrap_or_default();
        let state =
            match (key.get("good") == Some(&json!(true)), key.get("revoked").is_some_and(Value::is_array)) {
                (true, _) => "good",
                (false, true) => "revoked",
                (false, false) => "expired",
            };
        vec![
            text(key, "/name"),
            text(key, "/role"),
            if participant.is_empty() { scope.join(", ") } else { participant.to_owned() },
            state.to_owned(),
            text(key, "/made_at"),
            text(key, "/id"),
        ]
    });
    table(&["name", "role", "of", "state", "made", "id"], &[], rows)
}
