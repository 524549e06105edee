//! `attain policy new` and `attain policy build` as the command line has them.
//!
//! Results go to standard output, progress to standard error.

use super::{Build, BuildError, Refusal, ScaffoldError, build, scaffold};
use attain_engine::{Engine, EngineError, EngineSettings};
use clap::Args;
use serde_json::json;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

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

/// Why a policy wasn't begun or built.
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
        writeln!(out, "  attain policy test      # its cases, natively and in the sandbox")?;
        writeln!(out, "  attain policy build     # the component that you publish")?;
        Ok(())
    }
}

impl BuildArguments {
    /// Builds a policy, with the engine's check, and says what it is.
    pub fn run(&self, format: Format, out: &mut dyn Write) -> Result<(), CommandError> {
        let engine = Engine::new(EngineSettings::default())?;
        let check = |component: &[u8]| match engine.load(component) {
            Ok(_) => Ok(()),
            Err(error) => Err(Refusal { code: error.code().to_owned(), message: error.to_string() }),
        };
        let request = Build { folder: &self.dir, out: self.out.as_deref() };
        let built = build(request, &mut say, check)?;
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
