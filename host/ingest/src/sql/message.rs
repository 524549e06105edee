//! SQLite's messages in words for the author of a recipe.

use super::guard::{Guard, functions};
use crate::error::shown;
use crate::limits::Limits;
use attain_model::Table;
use attain_model::nearest::hint;
use rusqlite::{Error, ErrorCode};

/// What the SQL can name: for the nearest match.
pub(super) struct Names {
    tables: Vec<String>,
    columns: Vec<String>,
}

impl Names {
    pub fn of(sources: &[Table]) -> Names {
        let mut columns: Vec<String> = sources
            .iter()
            .flat_map(|source| source.columns.iter().map(|column| column.name.clone()))
            .collect();
        columns.sort_unstable();
        columns.dedup();
        Names { tables: sources.iter().map(|source| source.name.clone()).collect(), columns }
    }
}

/// What went wrong, and what to do.
pub(super) fn explain(error: &Error, guard: &Guard, names: &Names, limits: &Limits) -> String {
    if let Some(refusal) = guard.refusal() {
        return refusal;
    }
    if let Some(stopped) = guard.stopped() {
        return format!("{stopped}; join on fewer rows, or filter the sources first");
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::OutOfMemory) => {
            return format!(
                "needs more than {} bytes of memory; join on fewer rows, or filter the sources first",
                limits.sql_bytes
            );
        }
        Some(ErrorCode::TooBig) => {
            return "makes a text or a row of more than 1,000,000 bytes; shorten it".to_owned();
        }
        _ => {}
    }
    if matches!(error, Error::MultipleStatement) {
        return "has more than one statement, expected one `select`".to_owned();
    }
    let line = line_of(error).map(|line| format!(" in line {line} of its SQL")).unwrap_or_default();
    let text = text_of(error);
    let (what, hint) =
        named(&text, names).or_else(|| misread(&text)).unwrap_or_else(|| (text.clone(), String::new()));
    format!("{what}{line}{hint}")
}

/// The message without the types around it.
pub(super) fn text_of(error: &Error) -> String {
    match error {
        Error::SqliteFailure(_, Some(message)) | Error::SqlInputError { msg: message, .. } => message.clone(),
        Error::UserFunctionError(cause) => cause.to_string(),
        other => other.to_string(),
    }
}

/// `no such column: d.revenu` with the nearest one that there is.
fn named(text: &str, names: &Names) -> Option<(String, String)> {
    let (kind, name) = ["column", "table", "function"]
        .into_iter()
        .find_map(|kind| Some((kind, text.strip_prefix(&format!("no such {kind}: "))?)))?;
    let (name, rest) = name.split_once(" - ").map_or((name, None), |(name, rest)| (name, Some(rest)));
    let bare = name.rsplit('.').next().unwrap_or(name).trim_matches('"');
    let near = match kind {
        "column" => hint(bare, names.columns.iter().map(String::as_str)),
        "table" => hint(bare, names.tables.iter().map(String::as_str)),
        _ => hint(bare, functions()),
    };
    let rest = rest.map(|rest| format!(" ({rest})")).unwrap_or_default();
    Some((format!("there is no {kind} `{}`", shown(name)), format!("{rest}{near}")))
}

/// `near "selec": syntax error`, and a statement that ends too early.
fn misread(text: &str) -> Option<(String, String)> {
    let advice = "; expected one `select` as SQLite writes it".to_owned();
    if text == "incomplete input" {
        return Some(("it ends too early".to_owned(), advice));
    }
    let near = text.strip_prefix("near \"")?.strip_suffix("\": syntax error")?;
    Some((format!("it can't be read at `{}`", shown(near)), advice))
}

fn line_of(error: &Error) -> Option<usize> {
    let Error::SqlInputError { sql, offset, .. } = error else { return None };
    let before = sql.get(..usize::try_from(*offset).ok()?)?;
    Some(before.bytes().filter(|byte| *byte == b'\n').count() + 1)
}
