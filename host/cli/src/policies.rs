//! `attain policy publish`, `list`, `show`

use crate::client::{Ask, escaped};
use crate::fault::Fault;
use crate::session::{Session, read_file};
use crate::show::{grouped, short, table, text};
use serde_json::Value;
use std::path::Path;

/// Publishes a component.
pub fn publish(session: &mut Session, file: &Path) -> Result<(), Fault> {
    let component = read_file(file)?;
    let path = session.path("policies")?;
    let published = session.show(&Ask::post(&path, "application/wasm", component), |policy| {
        format!(
            "published `{}@{}`, component {} ({} bytes)",
            text(policy, "/name"),
            text(policy, "/version"),
            short(&text(policy, "/digest")),
            grouped(&text(policy, "/bytes"))
        )
    });
    published.map_err(|fault| fault.in_file(file))
}

/// Lists policies.
pub fn list(session: &mut Session) -> Result<(), Fault> {
    let path = session.path("policies")?;
    session.show(&Ask::get(&path), |answer| {
        let policies = answer.get("policies").and_then(Value::as_array).cloned().unwrap_or_default();
        let rows = policies.iter().map(|policy| {
            vec![
                format!("{}@{}", text(policy, "/name"), text(policy, "/version")),
                text(policy, "/manifest/summary/en"),
                short(&text(policy, "/digest")),
                text(policy, "/published_at"),
            ]
        });
        table(&["policy", "what it does", "component", "published"], &[], rows)
    })
}

/// Shows what a policy says of itself.
pub fn show(session: &mut Session, reference: &str) -> Result<(), Fault> {
    let path = session.path(&format!("policies/{}", escaped(reference)))?;
    session.show(&Ask::get(&path), |policy| {
        let mut shown = format!(
            "{}@{}\n  {}\n  {}\n  component {}\n  reads table `{}`\n\nparameters\n",
            text(policy, "/name"),
            text(policy, "/version"),
            text(policy, "/manifest/summary/en"),
            text(policy, "/manifest/summary/zh"),
            text(policy, "/digest"),
            text(policy, "/manifest/table"),
        );
        shown.push_str(&parameters(policy));
        shown.push_str("\n\nexplanations\n");
        let rules = policy.pointer("/manifest/rules").and_then(Value::as_array).cloned().unwrap_or_default();
        let rows =
            rules.iter().map(|rule| ["/code", "/text/en", "/text/zh"].map(|path| text(rule, path)).to_vec());
        shown.push_str(&table(&["rule", "English", "中文"], &[], rows));
        shown
    })
}

fn parameters(policy: &Value) -> String {
    let schema = policy.pointer("/manifest/parameters").cloned().unwrap_or_default();
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let properties = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    let rows = properties.iter().map(|(name, property)| {
        let default = match property.get("default") {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) | None if required.contains(&name.as_str()) => "required".to_owned(),
            Some(Value::Null) | None => String::new(),
            Some(other) => other.to_string(),
        };
        vec![name.clone(), default, text(property, "/description").replace('\n', " ")]
    });
    table(&["parameter", "default", "what it sets"], &[], rows)
}
