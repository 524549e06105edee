//! `attain policy new NAME`: a folder with a small rule that works, its cases, and the SDK beside it.
//!
//! Invariant: nothing that exists is overwritten, and a folder that could not be finished is not left behind.

use super::sdk;
use attain_model::company::{NAME_SHAPE, is_name};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The files of a new policy, by path. `{{name}}` stands for the policy's name, `{{ident}}` for its name in
/// Rust, `{{sdk}}` for where the SDK is.
const TEMPLATE: [(&str, &str); 5] = [
    ("Cargo.toml", include_str!("template/Cargo.toml.txt")),
    ("README.md", include_str!("template/README.md.txt")),
    ("src/lib.rs", include_str!("template/lib.rs.txt")),
    ("cases/first.toml", include_str!("template/first.toml.txt")),
    (".gitignore", include_str!("template/gitignore.txt")),
];

/// A policy's new folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scaffolded {
    /// The folder.
    pub folder: PathBuf,
    /// Its files, relative to it, in the order to read them; the SDK's are left out.
    pub files: Vec<&'static str>,
}

/// Why there is no new folder.
#[derive(Debug, thiserror::Error)]
pub enum ScaffoldError {
    /// Not a name.
    #[error("`{name}` is not a policy name, expected {NAME_SHAPE}{suggestion}")]
    Name {
        /// What was asked for.
        name: String,
        /// `; did you mean ...`, when something near is a name.
        suggestion: String,
    },
    /// A name that a Rust package can't have.
    #[error("`{name}` can't name a policy: {reason}; take another name, such as `my-{name}`")]
    Reserved {
        /// What was asked for.
        name: String,
        /// Why not.
        reason: &'static str,
    },
    /// The folder is there.
    #[error("`{}` exists already and is left as it is; take another name, or remove it first", .0.display())]
    Exists(PathBuf),
    /// The folder could not be written.
    #[error("cannot write `{}`; is the folder yours to write in?", path.display())]
    Write {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Names that Rust keeps to itself, so that `cargo` or the compiler would refuse the package.
const RESERVED: [&str; 50] = [
    "abstract", "alloc", "as", "async", "await", "become", "box", "break", "const", "continue", "core",
    "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in",
    "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "std", "struct", "super", "test", "trait", "true", "try", "type", "use", "where", "while",
    "yield",
];

/// Begins a policy: `<parent>/<name>`, ready for `attain policy build`.
pub fn scaffold(name: &str, parent: &Path) -> Result<Scaffolded, ScaffoldError> {
    check_name(name)?;
    let folder = parent.join(name);
    if folder.symlink_metadata().is_ok() {
        return Err(ScaffoldError::Exists(folder));
    }
    let unfinished = parent.join(format!(".{name}.{}", std::process::id()));
    let written = write(name, &unfinished).and_then(|()| fs::rename(&unfinished, &folder));
    written.map_err(|source| {
        // What is left of it doesn't matter: the error that led here is the one to tell.
        let _ = fs::remove_dir_all(&unfinished);
        ScaffoldError::Write { path: folder.clone(), source }
    })?;
    Ok(Scaffolded { folder, files: TEMPLATE.iter().map(|(path, _)| *path).collect() })
}

fn check_name(name: &str) -> Result<(), ScaffoldError> {
    let reserved = |reason| Err(ScaffoldError::Reserved { name: name.to_owned(), reason });
    if !is_name(name) {
        let suggestion = near_name(name).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        return Err(ScaffoldError::Name { name: name.to_owned(), suggestion });
    }
    if RESERVED.contains(&name) {
        return reserved("Rust keeps that word to itself");
    }
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        return reserved("a Rust package can't begin with a digit");
    }
    if name.starts_with("attain-") {
        return reserved("names that begin with `attain-` are the SDK's");
    }
    Ok(())
}

/// `Quarter Bonus` as `quarter-bonus`, when that makes a name of it.
fn near_name(text: &str) -> Option<String> {
    let lower = text.trim().to_lowercase().replace([' ', '_', '.', '/'], "-");
    is_name(&lower).then_some(lower)
}

fn write(name: &str, folder: &Path) -> io::Result<()> {
    for (path, text) in TEMPLATE {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, fill(text, name))?;
    }
    fs::write(folder.join("Cargo.lock"), sdk::lock())?;
    sdk::refresh(folder).map(|_| ())
}

fn fill(text: &str, name: &str) -> String {
    let ident = name.replace('-', "_");
    text.replace("{{name}}", name).replace("{{ident}}", &ident).replace("{{sdk}}", sdk::FOLDER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(name: &str) -> String {
        scaffold(name, Path::new("/nowhere")).unwrap_err().to_string()
    }

    #[test]
    fn a_new_policy_has_its_files_under_its_name() {
        let parent = tempfile::tempdir().unwrap();
        let policy = scaffold("quarter-bonus", parent.path()).unwrap();
        for file in &policy.files {
            let text = fs::read_to_string(policy.folder.join(file)).unwrap();
            assert!(!text.contains("{{"), "{file} has an unfilled place");
        }
        let rule = fs::read_to_string(policy.folder.join("src/lib.rs")).unwrap();
        assert!(rule.contains("fn quarter_bonus("), "{rule}");
        assert!(policy.folder.join(sdk::FOLDER).join("wit/policy.wit").exists());
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 1, "nothing unfinished is left behind");
    }

    #[test]
    fn an_existing_folder_is_left_as_it_is() {
        let parent = tempfile::tempdir().unwrap();
        fs::create_dir(parent.path().join("bonus")).unwrap();
        fs::write(parent.path().join("bonus/mine.txt"), "mine").unwrap();
        let error = scaffold("bonus", parent.path()).unwrap_err().to_string();
        assert!(
            error.ends_with(
                "bonus` exists already and is left as it is; take another name, or remove it first"
            )
        );
        assert_eq!(fs::read_dir(parent.path().join("bonus")).unwrap().count(), 1);
    }

    #[test]
    fn a_text_that_is_no_name_is_refused_with_the_nearest_that_is() {
        assert_eq!(
            refusal("Quarter Bonus"),
            "`Quarter Bonus` is not a policy name, expected 1 to 64 of `a-z`, `0-9` and `-`, beginning with a letter \
             or digit; did you mean `quarter-bonus`?"
        );
        assert!(refusal("../../etc").starts_with("`../../etc` is not a policy name"));
        assert!(refusal("奖金").starts_with("`奖金` is not a policy name"));
        assert!(refusal("").starts_with("`` is not a policy name"));
    }

    #[test]
    fn a_name_that_rust_would_refuse_is_refused_here() {
        assert_eq!(
            refusal("match"),
            "`match` can't name a policy: Rust keeps that word to itself; take another name, such as `my-match`"
        );
        assert!(refusal("2026-bonus").contains("can't begin with a digit"));
        assert!(refusal("attain-sdk").contains("are the SDK's"));
    }
}
