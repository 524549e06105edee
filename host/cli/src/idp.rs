//! `attain idp`

use crate::client::Ask;
use crate::fault::Fault;
use crate::session::{Session, read_file};
use crate::show::{table, text};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::path::Path;

/// `attain idp ...`
#[derive(Subcommand)]
pub enum IdpCommand {
    /// Set the company's identity provider: whoever shows its token is who its claims say
    Set(SetArguments),
    /// Show it
    Show,
    /// Remove it: its tokens are believed no more
    Remove,
}

/// `attain idp set`
#[derive(Args, Debug)]
pub struct SetArguments {
    /// The claim `iss` of its tokens, exactly
    #[arg(long, value_name = "URL")]
    issuer: String,
    /// The claim `aud` of tokens for this company's account
    #[arg(long, value_name = "TEXT")]
    audience: String,
    /// Its public keys (JSON Web Key Set): a file, or, set by the operator, an address that the host fetches
    #[arg(long, value_name = "FILE|URL")]
    keys: String,
    /// The claim that decides the role: its name, or a place within others such as `realm_access.roles`
    #[arg(long, value_name = "CLAIM", default_value = "roles")]
    role_claim: String,
    /// A value of that claim and its role, such as `sales-admins=admin`; `*` is any value. The first that fits counts
    #[arg(long = "role", value_name = "VALUE=ROLE", required = true)]
    roles: Vec<String>,
    /// For leads: the claim with their teams
    #[arg(long, value_name = "CLAIM")]
    team_claim: Option<String>,
    /// For participants: the claim with their id
    #[arg(long, value_name = "CLAIM")]
    participant_claim: Option<String>,
    /// The claim that the log names them by
    #[arg(long, value_name = "CLAIM", default_value = "sub")]
    name_claim: String,
}

impl IdpCommand {
    /// Does it.
    pub fn run(&self, session: &mut Session) -> Result<(), Fault> {
        let path = session.path("identity-provider")?;
        match self {
            IdpCommand::Set(set) => session.show(&Ask::json(&path, &set.body()?), shown),
            IdpCommand::Show => session.show(&Ask::get(&path), shown),
            IdpCommand::Remove => session.show(&Ask::json(&format!("{path}/remove"), &json!({})), |record| {
                format!("tokens of `{}` are believed no more", text(record, "/issuer"))
            }),
        }
    }
}

impl SetArguments {
    fn body(&self) -> Result<Value, Fault> {
        let roles = self.roles.iter().map(|row| match row.rsplit_once('=') {
            Some((value, role)) => Ok(json!({ "value": value, "role": role })),
            None => Err(Fault::usage(format!(
                "`{row}` names no role, expected a value of the claim `{}` and a role, such as `sales-admins=admin`",
                self.role_claim
            ))),
        });
        let mut body = json!({
            "issuer": self.issuer,
            "audience": self.audience,
            "role_claim": self.role_claim,
            "roles": roles.collect::<Result<Vec<_>, _>>()?,
            "team_claim": self.team_claim,
            "participant_claim": self.participant_claim,
            "name_claim": self.name_claim,
        });
        let (name, keys) = if self.keys.starts_with("https://") || self.keys.starts_with("http://") {
            ("keys_url", json!(self.keys))
        } else {
            let read = serde_json::from_slice(&read_file(Path::new(&self.keys))?);
            let keys: Value =
                read.map_err(|error| Fault::refused(format!("`{}` is not JSON: {error}", self.keys)))?;
            ("keys", keys)
        };
        if let Some(body) = body.as_object_mut() {
            body.insert(name.to_owned(), keys);
        }
        Ok(body)
    }
}

fn shown(record: &Value) -> String {
    let keys = match record.get("keys_url").and_then(Value::as_str) {
        Some(url) => format!("fetched from {url}"),
        None => {
            let ids = record.get("key_ids").and_then(Value::as_array).into_iter().flatten();
            ids.filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
        }
    };
    let claim = |name: &str| record.get(name).and_then(Value::as_str).unwrap_or("-").to_owned();
    let facts = [
        ("issuer", text(record, "/issuer")),
        ("audience", text(record, "/audience")),
        ("keys", keys),
        ("role claim", claim("role_claim")),
        ("team claim", claim("team_claim")),
        ("participant claim", claim("participant_claim")),
        ("name claim", claim("name_claim")),
        ("set", format!("{} by {}", text(record, "/set_at"), text(record, "/set_by"))),
    ];
    let facts = facts.map(|(name, fact)| vec![name.to_owned(), fact]);
    let roles = record.get("roles").and_then(Value::as_array).into_iter().flatten();
    let roles = roles.map(|row| vec![text(row, "/value"), text(row, "/role")]);
    format!("{}\n\n{}", table(&["tokens", ""], &[], facts), table(&["value", "role"], &[], roles))
}
