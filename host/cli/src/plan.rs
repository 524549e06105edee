//! `attain plan`

use crate::client::{Ask, escaped};
use crate::fault::Fault;
use crate::session::{Session, file_name, read_file};
use crate::show::{grouped, short, table, text};
use clap::Subcommand;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Plans.
#[derive(Subcommand, Debug)]
pub enum PlanCommand {
    /// Publish a plan: from its first period on it replaces earlier versions
    Publish {
        /// The plan's file
        file: PathBuf,
    },
    /// List plans
    List,
    /// Show a plan: its name, `name#version`, or the beginning of its digest
    Show {
        /// Which
        reference: String,
    },
    /// Check a plan without publishing it
    Check {
        /// The plan's file
        file: PathBuf,
    },
}

impl PlanCommand {
    /// Does it.
    pub fn run(&self, session: &mut Session) -> Result<(), Fault> {
        match self {
            PlanCommand::Publish { file } => {
                let path = session.path("plans")?;
                let ask = Ask::post(&path, "application/toml", read_text(file)?);
                let published = session.show(&ask, |plan| {
                    format!(
                        "published plan `{}`, version {}, from {} on, {}",
                        text(plan, "/plan/plan"),
                        text(plan, "/version"),
                        text(plan, "/plan/starts"),
                        short(&text(plan, "/digest"))
                    )
                });
                published.map_err(|fault| fault.in_file(file))
            }
            PlanCommand::Check { file } => {
                let path = session.path("plans/check")?;
                let ask = Ask::post(&path, "application/toml", read_text(file)?);
                session.show(&ask, checked).map_err(|fault| fault.in_file(file))
            }
            PlanCommand::List => {
                let path = session.path("plans")?;
                session.show(&Ask::get(&path), |answer| {
                    let plans = answer.get("plans").and_then(Value::as_array).cloned().unwrap_or_default();
                    let rows = plans.iter().map(|plan| {
                        vec![
                            text(plan, "/plan/plan"),
                            text(plan, "/version"),
                            text(plan, "/plan/period"),
                            text(plan, "/plan/starts"),
                            plan.pointer("/plan/step")
                                .and_then(Value::as_array)
                                .map_or(0, Vec::len)
                                .to_string(),
                            short(&text(plan, "/digest")),
                            text(plan, "/published_at"),
                        ]
                    });
                    table(
                        &["plan", "version", "pays by", "from", "steps", "digest", "published"],
                        &[1, 4],
                        rows,
                    )
                })
            }
            PlanCommand::Show { reference } => {
                let path = session.path(&format!("plans/{}", escaped(reference)))?;
                session.show(&Ask::get(&path), |plan| text(plan, "/source"))
            }
        }
    }
}

/// Reads a plan's file, which is UTF-8.
fn read_text(file: &Path) -> Result<Vec<u8>, Fault> {
    String::from_utf8(read_file(file)?).map(String::into_bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1;
        Fault::refused(format!("`{}` is not UTF-8 in line {line}; save it as UTF-8", file_name(file)))
    })
}

fn checked(check: &Value) -> String {
    let steps = check.pointer("/plan/step").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut rows = Vec::new();
    for (i, step) in steps.iter().enumerate() {
        let inputs =
            check.pointer(&format!("/inputs/{i}")).and_then(Value::as_array).cloned().unwrap_or_default();
        let policy = format!(
            "{}@{}",
            text(check, &format!("/policies/{i}/name")),
            text(check, &format!("/policies/{i}/version"))
        );
        for (place, input) in inputs.iter().enumerate() {
            let (step, policy) =
                if place == 0 { (text(step, "/name"), policy.clone()) } else { Default::default() };
            let from = text(input, "/1");
            let from = if from.is_empty() { "nothing".to_owned() } else { from };
            rows.push(vec![step, policy, text(input, "/0"), from]);
        }
    }
    let outputs: Vec<String> =
        check.get("outputs").and_then(Value::as_array).into_iter().flatten().map(|o| text(o, "")).collect();
    let against = match text(check, "/checked_against") {
        none if none.is_empty() => "no snapshot yet: columns are checked when there is one".to_owned(),
        period => format!("checked against the snapshot of {period}"),
    };
    let probes = steps.iter().enumerate().map(|(i, step)| {
        let found =
            |field: &str| check.pointer(&format!("/probes/{i}/{field}")).and_then(Value::as_u64).unwrap_or(0);
        let share = found("fuel_share");
        vec![
            text(step, "/name"),
            found("rows").to_string(),
            grouped(&found("fuel_per_row").to_string()),
            format!("{}.{} %", share / 10, share % 10),
            format!("{} KiB", grouped(&(found("memory_bytes") >> 10).to_string())),
        ]
    });
    format!(
        "plan `{}` can be published; {against}\n{}\ngives {}\n\ntried out, the same in every cut:\n{}",
        text(check, "/plan/plan"),
        table(&["step", "policy", "input", "from"], &[], rows),
        outputs.join(", "),
        table(&["step", "rows", "fuel a row", "of what is allowed", "memory"], &[1, 2, 3, 4], probes),
    )
}
