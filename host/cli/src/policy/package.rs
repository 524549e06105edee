//! The cargo package that a policy is: its name, and where cargo puts what it builds.

use super::toolchain::{self, ToolchainError};
use serde::Deserialize;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// A folder with a policy in it.
#[derive(Debug)]
pub struct Package {
    /// The package's name, which becomes the component's file name.
    pub name: String,
    /// Its folder, absolute.
    pub folder: PathBuf,
    /// The folder of the workspace that it belongs to; its own when it stands alone.
    pub workspace: PathBuf,
    /// Where cargo builds, `CARGO_TARGET_DIR` and configuration considered.
    pub target: PathBuf,
}

/// Why a folder isn't a policy.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// Nothing to build there.
    #[error("`{}` has no Cargo.toml, so there is no policy to build; name a policy's folder, or begin one with `attain policy new NAME`", .0.display())]
    NoManifest(PathBuf),
    /// The folder of a workspace.
    #[error("`{}` is a workspace, not a policy; name the folder of one of its members", .0.display())]
    Workspace(PathBuf),
    /// A library or program, but no component.
    #[error(
        "`{name}` builds no component; its Cargo.toml needs `[lib]` with `crate-type = [\"cdylib\", \"rlib\"]`"
    )]
    NoComponent {
        /// The package.
        name: String,
    },
    /// cargo could not read it.
    #[error(transparent)]
    Cargo(#[from] ToolchainError),
    /// cargo answered in another format than ours.
    #[error("`cargo metadata` answered in a format that this binary doesn't know")]
    Answer(#[from] serde_json::Error),
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Member>,
    target_directory: PathBuf,
    workspace_root: PathBuf,
}

#[derive(Deserialize)]
struct Member {
    name: String,
    manifest_path: PathBuf,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    crate_types: Vec<String>,
}

impl Package {
    /// The package in `folder`, by asking cargo.
    pub fn read(folder: &Path) -> Result<Package, PackageError> {
        let manifest = folder.join("Cargo.toml");
        let Ok(manifest) = manifest.canonicalize() else {
            return Err(PackageError::NoManifest(folder.to_owned()));
        };
        let folder = manifest.parent().unwrap_or(folder).to_owned();
        let arguments = ["metadata", "--no-deps", "--format-version", "1"].map(OsStr::new);
        let metadata: Metadata = serde_json::from_str(&toolchain::ask("cargo", &folder, &arguments)?)?;
        let is_ours =
            |member: &&Member| member.manifest_path.canonicalize().is_ok_and(|path| path == manifest);
        let Some(member) = metadata.packages.iter().find(is_ours) else {
            return Err(PackageError::Workspace(folder));
        };
        let mut types = member.targets.iter().flat_map(|target| &target.crate_types);
        if !types.any(|kind| kind == "cdylib") {
            return Err(PackageError::NoComponent { name: member.name.clone() });
        }
        Ok(Package {
            name: member.name.clone(),
            folder,
            workspace: metadata.workspace_root,
            target: metadata.target_directory,
        })
    }
}
