//! The same rule as people write it today: in plain Python, and in numpy, where they are installed.

use super::clock::median;
use super::rows::Rows;
use crate::bench::ROUNDS;
use crate::fault::Fault;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::process::{Command, Stdio};

const RULE: &str = include_str!("rule.py");

/// What was measured; none where it isn't installed.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Scripts {
    /// Plain Python, exact integers.
    pub python: Option<Script>,
    /// numpy's int64, whole columns at a time.
    pub numpy: Option<Script>,
}

/// One of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Script {
    /// How many rows each round computed.
    pub rows: usize,
    /// What they took in each round.
    pub wall_ns: Vec<u64>,
    /// The digest of what came out.
    pub outputs: String,
}

impl Script {
    /// Median nanoseconds of all rows.
    pub fn wall(&self) -> u64 {
        median(&self.wall_ns)
    }
}

/// Runs both over the rows that stand in `folder`, and compares what they give with what the sandbox gave.
///
/// # Errors
///
/// A [`Fault`] where one of them gives other numbers: then it isn't the same rule that was measured.
pub fn measure(folder: &Path, rows: &Rows) -> Result<Scripts, Fault> {
    let compared = |kind: &str| -> Result<Option<Script>, Fault> {
        let script = script(kind, folder);
        match script {
            Some(script) if script.outputs != rows.script_outputs => Err(Fault::failed(format!(
                "the rule in {kind} gives other numbers than the sandbox; it measures nothing"
            ))),
            script => Ok(script),
        }
    };
    Ok(Scripts { python: compared("python")?, numpy: compared("numpy")? })
}

fn script(kind: &str, folder: &Path) -> Option<Script> {
    let mut python = Command::new("python3");
    python.args(["-c", RULE, kind]).arg(folder).arg(ROUNDS.to_string());
    let said = python.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    serde_json::from_slice(&said.stdout).ok()?
}
