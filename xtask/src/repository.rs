//! Where things are in a clone.

use crate::run;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A clone, and where its builds go.
pub struct Repository {
    root: PathBuf,
    target: PathBuf,
}

/// A folder of `policies/`.
pub struct Policy {
    /// The folder's name.
    pub name: String,
    /// The folder.
    pub folder: PathBuf,
    /// Where its component goes.
    pub component: PathBuf,
}

impl Repository {
    /// The clone that this program was built from; cargo says where it builds (`CARGO_TARGET_DIR` or its
    /// configuration may say otherwise than `target`).
    pub fn find() -> Result<Repository, String> {
        let here = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let root = here.as_deref().and_then(Path::parent).map(Path::to_owned);
        let root = root.ok_or("run this as `cargo xtask`, in a clone of the repository")?;
        let mut repository = Repository { root, target: PathBuf::new() };
        let mut cargo = repository.cargo();
        cargo.args(["metadata", "--no-deps", "--format-version", "1"]);
        let metadata = run::ask(&mut cargo, "cargo can't read the workspace")?;
        let target = text_field(&metadata, "target_directory");
        repository.target = PathBuf::from(target.ok_or("`cargo metadata` names no target directory")?);
        Ok(repository)
    }

    /// A cargo command in the clone.
    pub fn cargo(&self) -> Command {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(&self.root);
        cargo
    }

    /// Where builds go.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// A file of the clone.
    pub fn file(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// The built binary.
    pub fn binary(&self) -> PathBuf {
        self.target.join("release").join(format!("attain{}", env::consts::EXE_SUFFIX))
    }

    /// The folder of the built components.
    pub fn components(&self) -> PathBuf {
        self.target.join("policies")
    }

    /// A command of the built binary, in the folder that the caller stands in.
    pub fn attain(&self) -> Command {
        let mut attain = Command::new(self.binary());
        attain.env("ATTAIN_POLICIES", self.components());
        attain
    }

    /// Every folder of `policies/` that has a `Cargo.toml`, by name.
    pub fn policies(&self) -> Result<Vec<Policy>, String> {
        let folder = self.root.join("policies");
        if !folder.exists() {
            return Ok(Vec::new());
        }
        let entries = fs::read_dir(&folder).map_err(|error| format!("cannot read `policies`: {error}"))?;
        let folders = entries.filter_map(|entry| Some(entry.ok()?.path()));
        let mut policies: Vec<Policy> = folders.filter_map(|folder| self.policy(folder)).collect();
        policies.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(policies)
    }

    fn policy(&self, folder: PathBuf) -> Option<Policy> {
        let name = folder.file_name()?.to_str()?.to_owned();
        let component = self.components().join(format!("{name}.wasm"));
        folder.join("Cargo.toml").is_file().then_some(Policy { name, folder, component })
    }
}

/// The value of a text field in JSON on one line, such as cargo's metadata. Only for paths: of the escapes it
/// knows `\\` and `\"`.
fn text_field(json: &str, name: &str) -> Option<String> {
    let (_, after) = json.split_once(&format!("\"{name}\":\""))?;
    let mut text = String::new();
    let mut characters = after.chars();
    loop {
        match characters.next()? {
            '"' => return Some(text),
            '\\' => text.push(characters.next()?),
            character => text.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_out_of_cargos_metadata() {
        let json = r#"{"packages":[],"target_directory":"C:\\a \"b\"\\target","version":1}"#;
        assert_eq!(text_field(json, "target_directory").as_deref(), Some(r#"C:\a "b"\target"#));
        assert_eq!(text_field(json, "workspace_root"), None);
        assert_eq!(text_field(r#"{"a":"unfinished"#, "a"), None);
    }
}
