//! `attain company`

use crate::client::{Ask, escaped};
use crate::fault::Fault;
use crate::session::Session;
use crate::show::{table, text};
use clap::Subcommand;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Companies.
#[derive(Subcommand, Debug)]
pub enum CompanyCommand {
    /// Add a company; its currency and calendar never change
    Add {
        /// Its id, such as `acme`
        id: String,
        /// What people call it; its id unless said
        #[arg(long)]
        name: Option<String>,
        /// What it pays in, ISO 4217
        #[arg(long, default_value = "CNY")]
        currency: String,
        /// IANA name
        #[arg(long, default_value = "Asia/Shanghai")]
        timezone: String,
        /// Month that its fiscal year begins with
        #[arg(long, value_name = "MONTH", default_value_t = 1)]
        fiscal_year_start: u8,
    },
    /// List companies
    List,
    /// Write all of a company to a file
    Export {
        /// The file to write
        file: PathBuf,
    },
    /// Show the head of a company's log: who holds it can tell whether a later log is the same, grown
    Head,
    /// Erase all of a company
    Erase {
        /// Its id
        id: String,
        /// Its id once more
        #[arg(long, value_name = "ID")]
        confirm: String,
    },
}

impl CompanyCommand {
    /// Does it.
    pub fn run(&self, session: &mut Session) -> Result<(), Fault> {
        match self {
            CompanyCommand::Add { id, name, currency, timezone, fiscal_year_start } => {
                let body = json!({
                    "id": id,
                    "name": name.as_deref().unwrap_or(id),
                    "currency": currency,
                    "timezone": timezone,
                    "fiscal_year_start": fiscal_year_start,
                });
                session.show(&Ask::json("/v1/companies", &body), |company| {
                    format!(
                        "company `{}` is there: {}, {}",
                        text(company, "/id"),
                        text(company, "/currency"),
                        text(company, "/timezone")
                    )
                })
            }
            CompanyCommand::List => session.show(&Ask::get("/v1/companies"), |answer| {
                let companies =
                    answer.get("companies").and_then(Value::as_array).cloned().unwrap_or_default();
                let rows = companies.iter().map(|company| {
                    ["/id", "/name", "/currency", "/timezone", "/fiscal_year_start"]
                        .map(|path| text(company, path))
                        .to_vec()
                });
                table(&["company", "name", "currency", "time zone", "fiscal year from month"], &[4], rows)
            }),
            CompanyCommand::Export { file } => {
                let path = session.path("backup")?;
                crate::vault::save(session, &path, file)
            }
            CompanyCommand::Head => {
                let path = session.path("log/head")?;
                session.show(&Ask::get(&path), crate::vault::head)
            }
            CompanyCommand::Erase { id, confirm } => {
                let path = format!("/v1/companies/{}/erase", escaped(id));
                session.show(&Ask::json(&path, &json!({ "confirm": confirm })), |erased| {
                    format!(
                        "company `{}` is erased; its log ended at {}",
                        text(erased, "/company"),
                        crate::vault::head(erased.get("log").unwrap_or(&Value::Null))
                    )
                })
            }
        }
    }
}
