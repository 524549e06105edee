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

#[cfg(test)]
mod tests {
    use super::super::scaffold;
    use super::*;
    use attain_engine::{Engine, EngineSettings};

    /// Builds with the engine's own check, as the command does.
    fn build_in(folder: &Path) -> Result<(Built, Vec<String>), BuildError> {
        let engine = Engine::new(EngineSettings::default()).unwrap();
        let check = |component: &[u8]| match engine.load(component) {
            Ok(_) => Ok(()),
            Err(error) => Err(Refusal { code: error.code().to_owned(), message: error.to_string() }),
        };
        let mut said = Vec::new();
        let built = build(Build { folder, out: None }, &mut |line| said.push(line.to_owned()), check)?;
        Ok((built, said))
    }

    /// The whole way of an author: begin, build, build elsewhere, get it wrong.
    #[test]
    fn a_new_policy_builds_to_the_same_bytes_in_any_folder() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let first = scaffold("quarter-bonus", here.path()).unwrap().folder;
        let second = scaffold("quarter-bonus", &there.path().join(".")).unwrap().folder;

        let (built, said) = build_in(&first).unwrap();
        assert_eq!(built.name, "quarter-bonus");
        assert!(built.path.ends_with("policies/quarter-bonus.wasm"));
        assert_eq!(Digest::of(&fs::read(&built.path).unwrap()), built.digest);
        assert_eq!(said, ["compiling `quarter-bonus`", "checking the component against the engine"]);
        assert_eq!(build_in(&second).unwrap().0.digest, built.digest);

        let rule = first.join("src/lib.rs");
        let text = fs::read_to_string(&rule).unwrap();
        let imprecise = "pub fn odd(units: i64) -> i64 { (units as f64 * 1.1) as i64 }\n";
        let odd = text.replace("row.credit.min(target)", "Money::from_units(odd(row.credit.units()))");
        fs::write(&rule, format!("{odd}\n#[inline(never)]\n{imprecise}")).unwrap();
        let error = build_in(&first).unwrap_err().to_string();
        assert!(
            error.starts_with("the engine refuses `quarter-bonus`: the component uses floating point"),
            "{error}"
        );
        assert!(error.contains("; it is in `quarter_bonus::odd`"), "{error}");
        assert_eq!(Digest::of(&fs::read(&built.path).unwrap()), built.digest, "the last good one stays");

        fs::write(&rule, text.replace("-> Result<Earned>", "-> Result<Lost>")).unwrap();
        let error = build_in(&first).unwrap_err().to_string();
        assert_eq!(error, "`quarter-bonus` doesn't compile; the compiler's messages above say where");
    }

    #[test]
    fn a_folder_that_is_no_policy_is_refused_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let error = build_in(folder.path()).unwrap_err().to_string();
        let path = folder.path().display();
        assert_eq!(
            error,
            format!(
                "`{path}` has no Cargo.toml, so there is no policy to build; name a policy's folder, or begin one with \
                 `attain policy new NAME`"
            )
        );
        let manifest = "[package]\nname = \"plain\"\nedition = \"2024\"\n[workspace]\n";
        fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
        fs::create_dir(folder.path().join("src")).unwrap();
        fs::write(folder.path().join("src/lib.rs"), "").unwrap();
        let error = build_in(folder.path()).unwrap_err().to_string();
        assert_eq!(
            error,
            "`plain` builds no component; its Cargo.toml needs `[lib]` with `crate-type = [\"cdylib\", \"rlib\"]`"
        );
    }
}
