//! `attain policy new`, `build` and `test` as the command line has them.
//!
//! Results go to standard output, progress to standard error.

use super::sandbox::Sandboxed;
use super::{Build, BuildError, Built, Refusal, ScaffoldError, build, scaffold};
use attain_cases::{CaseError, Report, check_folder};
use attain_engine::{Engine, EngineError, EngineSettings, Policy};
use clap::Args;
use serde_json::json;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// `attain policy new NAME`
#[derive(Args, Debug)]
pub struct NewArguments {
    /// What plans will call it, such as `quarter-bonus`; also the name of its folder
    name: String,
    /// Where to make the folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
}

/// `attain policy build [DIR]`
#[derive(Args, Debug)]
pub struct BuildArguments {
    /// The policy's folder
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// The file to write, instead of `policies/NAME.wasm` in cargo's target directory
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// `attain policy test [DIR]`
#[derive(Args, Debug)]
pub struct TestArguments {
    /// The policy's folder; its cases are the files `cases/*.toml`
    #[arg(default_value = ".")]
    dir: PathBuf,
}

/// Why a policy wasn't begun, built or found right.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// `new` failed.
    #[error(transparent)]
    New(#[from] ScaffoldError),
    /// `build` failed.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The engine to check against doesn't start.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The cases can't be read.
    #[error("{}", whole(.0))]
    Cases(CaseError),
    /// Some cases don't give what they say; the report stands above.
    #[error("{failed} of {cases} cases of `{name}` fail; what they got is above")]
    Failed {
        /// The policy.
        name: String,
        /// How many fail.
        failed: usize,
        /// How many there are.
        cases: usize,
    },
    /// Standard output is gone.
    #[error("cannot write the result")]
    Output(#[from] io::Error),
}

/// What the command line prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Sentences.
    Text,
    /// One JSON object.
    Json,
}

impl NewArguments {
    /// Begins a policy and says what to do next.
    pub fn run(&self, format: Format, out: &mut dyn Write) -> Result<(), CommandError> {
        let policy = scaffold(&self.name, &self.dir)?;
        let folder = shown(&policy.folder);
        if format == Format::Json {
            writeln!(out, "{}", json!({ "folder": folder, "files": policy.files }))?;
            return Ok(());
        }
        writeln!(out, "made `{folder}`:")?;
        for file in &policy.files {
            writeln!(out, "  {file}")?;
        }
        writeln!(out, "next: change the rule in `{folder}/src/lib.rs`, then")?;
        writeln!(out, "  cd {folder}")?;
        writeln!(
            out,
            "  attain policy test      # its cases, in the sandbox; `cargo test` runs them natively"
        )?;
        writeln!(out, "  attain policy build     # the component that you publish")?;
        Ok(())
    }
}

impl BuildArguments {
    /// Builds a policy, with the engine's check, and says what it is.
    pub fn run(&self, format: Format, out: &mut dyn Write) -> Result<(), CommandError> {
        let request = Build { folder: &self.dir, out: self.out.as_deref() };
        let (built, _) = built_and_loaded(request)?;
        let path = shown(&built.path);
        if format == Format::Json {
            let result =
                json!({ "name": built.name, "path": path, "bytes": built.bytes, "digest": built.digest });
            writeln!(out, "{result}")?;
            return Ok(());
        }
        writeln!(out, "built `{}`: {path} ({} bytes)", built.name, built.bytes)?;
        writeln!(out, "digest {}", built.digest)?;
        Ok(())
    }
}

impl TestArguments {
    /// Builds a policy and runs its cases in the sandbox; `cargo test` runs them natively.
    pub fn run(&self, format: Format, out: &mut dyn Write) -> Result<(), CommandError> {
        let (built, policy) = built_and_loaded(Build { folder: &self.dir, out: None })?;
        say("running its cases in the sandbox");
        let report = match policy {
            Some(policy) => {
                check_folder(&self.dir.join("cases"), &Sandboxed::new(policy)).map_err(CommandError::Cases)?
            }
            None => Report::default(),
        };
        match format {
            Format::Json => writeln!(out, "{}", report_json(&built.name, &report))?,
            Format::Text => writeln!(out, "`{}`: {report}", built.name)?,
        }
        match report.n_failed() {
            0 => Ok(()),
            failed => Err(CommandError::Failed { name: built.name, failed, cases: report.cases.len() }),
        }
    }
}

fn report_json(name: &str, report: &Report) -> serde_json::Value {
    let cases = report.cases.iter().map(|(case, differences)| {
        let differences: Vec<String> = differences.iter().map(ToString::to_string).collect();
        json!({ "case": case, "differences": differences })
    });
    json!({ "name": name, "failed": report.n_failed(), "cases": cases.collect::<Vec<_>>() })
}

/// Builds a policy, with the engine's load as the check, and keeps what was loaded.
fn built_and_loaded(request: Build<'_>) -> Result<(Built, Option<Arc<Policy>>), CommandError> {
    let engine = Engine::new(EngineSettings::default())?;
    let mut loaded = None;
    let check = |component: &[u8]| match engine.load(component) {
        Ok(policy) => {
            loaded = Some(policy);
            Ok(())
        }
        Err(error) => Err(Refusal { code: error.code().to_owned(), message: error.to_string() }),
    };
    let built = build(request, &mut say, check)?;
    Ok((built, loaded))
}

/// An error with its cause, in one line.
fn whole(error: &CaseError) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

/// Progress; a closed standard error is no reason to stop.
fn say(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// A path as a person would type it.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let near = here.and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned));
    let near = near.as_deref().unwrap_or(path);
    near.strip_prefix(".").unwrap_or(near).display().to_string()
}
