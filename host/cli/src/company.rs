//! `attain company`

use crate::client::Ask;
use crate::fault::Fault;
use crate::session::Session;
use crate::show::{table, text};
use clap::Subcommand;
use serde_json::{Value, json};

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
        }
    }
}
