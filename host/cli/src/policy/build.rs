//! `attain policy build`: from a policy's folder to a component that the engine takes.
//!
//! In:  a folder, and a check that the caller gives: the engine's.
//! Out: `<target>/policies/<name>.wasm`, written whole or not at all.
//!
//! Invariant: what stands there was accepted by the check.

use super::compile::{self, CompileError};
use super::component::{self, ComponentError};
use super::floats;
use super::package::{Package, PackageError};
use super::sdk;
use super::toolchain::{self, ToolchainError};
use attain_model::Digest;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// What to build.
#[derive(Clone, Copy, Debug)]
pub struct Build<'a> {
    /// The policy's folder.
    pub folder: &'a Path,
    /// The file to write; none means `<target>/policies/<name>.wasm`.
    pub out: Option<&'a Path>,
}

/// A component that was built and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// The policy.
    pub name: String,
    /// The component's file.
    pub path: PathBuf,
    /// Its length.
    pub bytes: usize,
    /// Its name for ever.
    pub digest: Digest,
}

/// Why the engine doesn't take a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The engine's stable code; [`FLOATS`] is looked into further.
    pub code: String,
    /// What the engine says.
    pub message: String,
}

/// The engine's code for a component that computes with floating point.
const FLOATS: &str = "floats";

/// Why there is no component.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The folder is no policy.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// The machine's Rust is missing or incomplete.
    #[error(transparent)]
    Toolchain(#[from] ToolchainError),
    /// The copy of the SDK could not be written.
    #[error("cannot unpack the SDK into `{}`; is the folder yours to write in?", path.display())]
    Sdk {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The policy doesn't compile.
    #[error(transparent)]
    Compile(#[from] CompileError),
    /// What was compiled is no policy.
    #[error(transparent)]
    Component(#[from] ComponentError),
    /// The engine doesn't take it.
    #[error("the engine refuses `{name}`: {reason}")]
    Refused {
        /// The policy.
        name: String,
        /// What the engine said and, for floating point, where it is.
        reason: String,
    },
    /// The component could not be written.
    #[error("cannot write `{}`; is there room, and is the folder yours to write in?", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Builds the policy in a folder: compiles it, makes a component of it, has it checked, writes it.
///
/// `check` is the engine's load; what it says is part of the error. `say` gets a line a stage; what cargo and
/// the compiler have to say goes to standard error.
pub fn build(
    request: Build<'_>,
    say: &mut dyn FnMut(&str),
    check: impl FnOnce(&[u8]) -> Result<(), Refusal>,
) -> Result<Built, BuildError> {
    let folder = request.folder;
    refresh_sdk(folder, say)?;
    let package = Package::read(folder)?;
    toolchain::ensure_target(&package.folder, say)?;

    say(&format!("compiling `{}`", package.name));
    let module = compile::compile(&package)?;
    let component = component::component(&module)?;

    say("checking the component against the engine");
    check(&component).map_err(|refusal| refused(&package.name, refusal, &module))?;
    if holds_path(&component, &package.workspace) {
        say("the component holds a path of this machine; a build in another folder will have another digest");
    }

    let default = || package.target.join("policies").join(format!("{}.wasm", package.name));
    let path = request.out.map_or_else(default, Path::to_owned);
    write_whole(&path, &component).map_err(|source| BuildError::Write { path: path.clone(), source })?;
    Ok(Built { digest: Digest::of(&component), bytes: component.len(), name: package.name, path })
}

/// Brings the copy of the SDK up to date, where the policy is built with one.
fn refresh_sdk(folder: &Path, say: &mut dyn FnMut(&str)) -> Result<(), BuildError> {
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
    if !manifest.contains(sdk::FOLDER) {
        return Ok(());
    }
    let copy =
        sdk::refresh(folder).map_err(|source| BuildError::Sdk { path: folder.join(sdk::FOLDER), source })?;
    if copy != sdk::Copy::Kept {
        say(&format!("unpacked the SDK of this binary into `{}` ({})", sdk::FOLDER, sdk::digest()));
    }
    Ok(())
}

/// What the engine said; when it was about floating point, with the functions to look at.
fn refused(name: &str, refusal: Refusal, module: &[u8]) -> BuildError {
    let places = if refusal.code == FLOATS { floats::places(&floats::floats(module)) } else { None };
    let reason = match places {
        None => refusal.message,
        Some(places) => format!("{}; it is in {places}", refusal.message),
    };
    BuildError::Refused { name: name.to_owned(), reason }
}

fn holds_path(component: &[u8], folder: &Path) -> bool {
    let path = folder.as_os_str().as_encoded_bytes();
    path.len() > 1 && component.windows(path.len()).any(|window| window == path)
}

/// Writes a file beside its place and renames it there, so that nobody ever reads half of it.
fn write_whole(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let unfinished = path.with_extension(format!("{}.part", std::process::id()));
    fs::write(&unfinished, content)?;
    fs::rename(&unfinished, path)
}
