//! What is wrong with a file, in words for the person who has it open.
//!
//! Every problem names its place (file, row as the person counts it with the header as row 1, column), the
//! value, what was expected and the next step. They are collected, so that one round of repair is enough.

use serde::Serialize;
use std::fmt;

/// One thing that is wrong, with its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file, as it was named by who gave it.
    pub file: String,
    /// The table of a recipe.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The row; the first line of a file is row 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// The column as the file or the query calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What stands there, shortened when it is long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What is wrong with it, what was expected, what to do.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.file)?;
        if let Some(table) = &self.table {
            write!(f, ", table `{table}`")?;
        }
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column `{column}`")?;
        }
        match &self.value {
            Some(value) => write!(f, ": `{value}` {}", self.what),
            None => write!(f, ": {}", self.what),
        }
    }
}

/// Everything that is wrong with a file, the first hundred or so in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problems {
    /// The first ones, in the order of the file.
    pub listed: Vec<Problem>,
    /// How many there are in all.
    pub total: u64,
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.listed.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        match self.total.saturating_sub(self.listed.len() as u64) {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Cells, rows or columns of a file or of a recipe's result; nothing of it is kept.
    #[error("{0}")]
    Rows(Problems),
    /// Keys or values of a mapping or recipe file.
    #[error("{0}")]
    Settings(Problems),
    /// The file as a whole can't be read.
    #[error("`{file}` {what}")]
    File {
        /// The file, as it was named.
        file: String,
        /// What is wrong, what was expected, what to do.
        what: String,
    },
    /// A bound of [`Limits`](crate::Limits) was passed.
    #[error("`{file}` {what}")]
    TooLarge {
        /// The file, as it was named.
        file: String,
        /// The bound, and what to do.
        what: String,
    },
    /// A recipe's SQL can't be run or was stopped.
    #[error("`{file}`, table `{table}`: {what}")]
    Sql {
        /// The recipe file.
        file: String,
        /// The table whose SQL it is.
        table: String,
        /// What is wrong, what was expected, what to do.
        what: String,
    },
}

impl ImportError {
    /// For programs; never renamed.
    pub fn code(&self) -> &'static str {
        match self {
            ImportError::Rows(_) => "rows",
            ImportError::Settings(_) => "settings",
            ImportError::File { .. } => "file",
            ImportError::TooLarge { .. } => "too-large",
            ImportError::Sql { .. } => "sql",
        }
    }

    /// The problems, where they were found one by one.
    pub fn problems(&self) -> Option<&Problems> {
        match self {
            ImportError::Rows(problems) | ImportError::Settings(problems) => Some(problems),
            ImportError::File { .. } | ImportError::TooLarge { .. } | ImportError::Sql { .. } => None,
        }
    }

    pub(crate) fn file(file: &str, what: impl Into<String>) -> Self {
        ImportError::File { file: file.to_owned(), what: what.into() }
    }

    pub(crate) fn too_large(file: &str, what: impl Into<String>) -> Self {
        ImportError::TooLarge { file: file.to_owned(), what: what.into() }
    }
}

/// Gathers problems of one file.
#[derive(Debug)]
pub(crate) struct Collector {
    file: String,
    table: Option<String>,
    most: usize,
    listed: Vec<Problem>,
    total: u64,
}

/// Where in the file; all parts may be unknown.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place<'a> {
    pub row: Option<u64>,
    pub column: Option<&'a str>,
}

impl Collector {
    pub fn new(file: &str, table: Option<&str>, most: usize) -> Self {
        Collector {
            file: file.to_owned(),
            table: table.map(str::to_owned),
            most,
            listed: Vec::new(),
            total: 0,
        }
    }

    /// Adds a problem; past the limit it is only counted.
    pub fn add(&mut self, place: Place<'_>, value: Option<&str>, what: impl FnOnce() -> String) {
        self.total += 1;
        if self.listed.len() < self.most {
            self.listed.push(Problem {
                file: self.file.clone(),
                table: self.table.clone(),
                row: place.row,
                column: place.column.map(shown),
                value: value.filter(|value| !value.is_empty()).map(shown),
                what: what(),
            });
        }
    }

    pub fn is_empty(&self) -> bool {
        self.total == 0
    }

    pub fn into_problems(mut self) -> Problems {
        self.listed.sort_by_key(|problem| problem.row);
        Problems { listed: self.listed, total: self.total }
    }
}

/// A value as an error shows it: on one line, at most 60 characters, nothing invisible.
pub(crate) fn shown(value: &str) -> String {
    let mut text: String = value.chars().take(60).flat_map(visible).collect();
    if value.chars().nth(60).is_some() {
        text.push('…');
    }
    text
}

fn visible(character: char) -> impl Iterator<Item = char> {
    let escaped = character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{feff}');
    let (plain, code) =
        if escaped { (None, Some(character.escape_unicode())) } else { (Some(character), None) };
    plain.into_iter().chain(code.into_iter().flatten())
}
