//! Compiles a policy to a core module, by cargo, in a profile of ours.
//!
//! The author's own profiles don't count: the same sources give the same bytes, in whatever folder, on
//! whatever machine with the same compiler and the same `Cargo.lock`.

use super::package::Package;
use super::toolchain::{self, TARGET, ToolchainError};
use serde::Deserialize;
use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::{env, fs};

/// The profile, as settings on cargo's command line. It has a name of its own, so that it shares no folder
/// with the author's builds.
///
/// Overflow checks stay on: where a rule computes with bare integers, a wrapped number would be paid. Names
/// stay in the module, and `component` removes them, because a refusal by the engine is explained with them; of
/// what is stripped only the debugging information of the standard library is there.
const PROFILE: [&str; 9] = [
    "profile.policy.inherits = \"release\"",
    "profile.policy.opt-level = 3",
    "profile.policy.lto = \"fat\"",
    "profile.policy.codegen-units = 1",
    "profile.policy.panic = \"abort\"",
    "profile.policy.debug = false",
    "profile.policy.strip = \"debuginfo\"",
    "profile.policy.overflow-checks = true",
    "profile.policy.incremental = false",
];

/// How it is linked.
const LINKING: [&str; 2] = [
    // Memory for a usual batch is there from the start: to make more of it accessible takes the host as long as
    // computing some hundred rows.
    "-Clink-arg=--initial-memory=2097152",
    // Indices take the bytes they need, not the five of those that a linker may still change: 7 % of a component.
    "-Clink-arg=--compress-relocations",
];

/// Why there is no module.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// The compiler's messages stand above.
    #[error("`{name}` doesn't compile; the compiler's messages above say where")]
    Refused {
        /// The package.
        name: String,
    },
    /// cargo is missing or doesn't start.
    #[error(transparent)]
    Toolchain(#[from] ToolchainError),
    /// cargo said it was done, but named no module.
    #[error(
        "cargo built no WebAssembly module for `{name}`; its Cargo.toml needs `[lib]` with `crate-type = [\"cdylib\", \"rlib\"]`"
    )]
    NoModule {
        /// The package.
        name: String,
    },
    /// The module can't be read.
    #[error("cannot read `{}`, which cargo just built", path.display())]
    Read {
        /// The module.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// A line of cargo's messages, as far as it matters here.
#[derive(Deserialize)]
struct Message {
    reason: String,
    #[serde(default)]
    manifest_path: PathBuf,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

/// The module's bytes, names and all. Cargo's progress and the compiler's messages go to standard error.
pub fn compile(package: &Package) -> Result<Vec<u8>, CompileError> {
    let mut cargo = toolchain::command("cargo", &package.folder);
    cargo.args(["build", "--lib", "--profile", "policy", "--target", TARGET]);
    cargo.arg("--message-format=json-render-diagnostics");
    cargo.args(PROFILE.iter().flat_map(|setting| ["--config", setting]));
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags(package)?);
    let mut running =
        cargo.stdout(Stdio::piped()).spawn().map_err(|source| toolchain::start("cargo", source))?;

    let manifest = package.folder.join("Cargo.toml");
    let mut module = None;
    for line in running.stdout.take().map(BufReader::new).into_iter().flat_map(BufReader::lines) {
        let message = line.ok().and_then(|line| serde_json::from_str::<Message>(&line).ok());
        module = message.and_then(|message| module_of(message, &manifest)).or(module);
    }
    let status = running.wait().map_err(|source| toolchain::start("cargo", source))?;
    if !status.success() {
        return Err(CompileError::Refused { name: package.name.clone() });
    }
    let path = module.ok_or_else(|| CompileError::NoModule { name: package.name.clone() })?;
    fs::read(&path).map_err(|source| CompileError::Read { path, source })
}

/// The module that a message names, when it is about our package.
fn module_of(message: Message, manifest: &Path) -> Option<PathBuf> {
    let ours = message.reason == "compiler-artifact"
        && message.manifest_path.canonicalize().is_ok_and(|path| path == manifest);
    let is_module = |path: &PathBuf| path.extension() == Some(OsStr::new("wasm"));
    message.filenames.into_iter().find(|path| ours && is_module(path))
}

/// How it is linked, and what keeps this machine's paths out of the component, in cargo's encoding.
fn flags(package: &Package) -> Result<OsString, ToolchainError> {
    let sources = toolchain::sysroot(&package.folder)?.join("lib/rustlib/src/rust");
    let mut places = vec![(sources, "/rust")];
    places.extend(cargo_home().map(|home| (home, "/cargo")));
    places.push((package.workspace.clone(), "/policy"));

    let mut flags = OsString::from(LINKING.join("\u{1f}"));
    for (place, stands_for) in places {
        flags.push("\u{1f}--remap-path-prefix=");
        flags.push(place);
        flags.push("=");
        flags.push(stands_for);
    }
    Ok(flags)
}

fn cargo_home() -> Option<PathBuf> {
    let named = env::var_os("CARGO_HOME").map(PathBuf::from);
    named.or_else(|| env::home_dir().map(|home| home.join(".cargo")))
}
