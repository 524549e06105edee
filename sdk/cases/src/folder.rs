//! A folder of cases.

use crate::case::Case;
use crate::check::{Difference, run};
use crate::subject::Subject;
use std::fmt;
use std::path::{Path, PathBuf};

/// Why the cases couldn't be read.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// The folder or a file can't be read.
    #[error("cannot read `{path}`")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file isn't a case.
    #[error("`{path}` is not a case: {what}")]
    NotACase {
        /// Which.
        path: PathBuf,
        /// What is wrong, with its line.
        what: String,
    },
    /// There is nothing to run.
    #[error("`{path}` holds no case, expected files that end in `.toml`")]
    Empty {
        /// The folder.
        path: PathBuf,
    },
}

/// How the cases of a folder came out.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Each case's name (its file's, without the ending), and what isn't as it says.
    pub cases: Vec<(String, Vec<Difference>)>,
}

impl Report {
    /// Whether everything is as the cases say.
    pub fn is_good(&self) -> bool {
        self.cases.iter().all(|(_, differences)| differences.is_empty())
    }

    /// How many cases have a difference.
    pub fn n_failed(&self) -> usize {
        self.cases.iter().filter(|(_, differences)| !differences.is_empty()).count()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, differences) in &self.cases {
            for difference in differences {
                writeln!(f, "{name}.toml: {difference}")?;
            }
        }
        write!(f, "{} cases, {} failed", self.cases.len(), self.n_failed())
    }
}

/// Runs every case of a folder, in the order of their names.
pub fn check_folder(folder: &Path, subject: &dyn Subject) -> Result<Report, CaseError> {
    let cases = read_folder(folder)?;
    Ok(Report { cases: cases.into_iter().map(|(name, case)| (name, run(&case, subject))).collect() })
}

/// The cases of a folder, by name.
pub fn read_folder(folder: &Path) -> Result<Vec<(String, Case)>, CaseError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |source| CaseError::Unreadable { path, source }
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable(folder))? {
        let path = entry.map_err(unreadable(folder))?.path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            paths.push(path);
        }
    }
    paths.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).map_err(unreadable(&path))?;
        let case = toml::from_str(&text).map_err(|error| CaseError::NotACase {
            path: path.clone(),
            what: error.to_string().trim().to_owned(),
        })?;
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        Ok((name, case))
    };
    match paths.is_empty() {
        true => Err(CaseError::Empty { path: folder.to_owned() }),
        false => paths.into_iter().map(read).collect(),
    }
}
