//! What SQL in a recipe may do: read these tables with these functions, for so long and no longer.
//!
//! Follows SQLite's own advice for SQL from strangers (`sqlite.org/security.html`): defensive mode, untrusted
//! schema, no triggers, views or attached files, lowered limits, an authorizer that allows a short list, and a
//! handler that interrupts. Everything, sorting included, stays in memory.

use super::functions::OURS;
use crate::error::shown;
use crate::limits::Limits;
use attain_model::Table;
use attain_model::nearest::hint;
use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::{Connection, Result};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// SQLite's own functions that are exact and depend on nothing but their arguments.
const BUILT_IN: [&str; 34] = [
    "abs",
    "coalesce",
    "count",
    "dense_rank",
    "first_value",
    "glob",
    "group_concat",
    "if",
    "ifnull",
    "iif",
    "instr",
    "lag",
    "last_value",
    "lead",
    "length",
    "like",
    "lower",
    "ltrim",
    "max",
    "min",
    "nth_value",
    "ntile",
    "nullif",
    "rank",
    "replace",
    "row_number",
    "rtrim",
    "sign",
    "string_agg",
    "substr",
    "substring",
    "trim",
    "typeof",
    "upper",
];

/// What to use instead of functions that are refused.
const INSTEAD: [(&str, &str); 13] = [
    ("avg", "gives floating point; use `mean(x, decimals)`"),
    ("total", "gives floating point; use `coalesce(sum(x), 0)`"),
    ("round", "gives floating point; use `round_div(a, b)` or `ratio(a, b, decimals)`"),
    ("random", "gives another result each time; a recipe must not"),
    ("randomblob", "gives another result each time; a recipe must not"),
    (
        "datetime",
        "reads texts and the clock; dates are whole days here: `date('2017-03-01')`, `:first_day`, `days(a, b)`",
    ),
    ("julianday", "gives floating point; dates are whole days here: `days(a, b)`"),
    ("strftime", "reads texts and the clock; dates are whole days here: `year(d)`, `month(d)`, `day(d)`"),
    ("unixepoch", "reads texts and the clock; dates are whole days here: `date('2017-03-01')`"),
    ("current_date", "reads the clock; use `:first_day` and `:last_day`"),
    ("current_time", "reads the clock; use `:first_day` and `:last_day`"),
    ("current_timestamp", "reads the clock; use `:first_day` and `:last_day`"),
    ("load_extension", "loads code; a recipe can't"),
];

/// The words with which something was refused or stopped.
#[derive(Clone, Default)]
pub(super) struct Guard {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    refusal: Option<String>,
    stopped: Option<String>,
}

impl Guard {
    /// Forgets what was said about the table before.
    pub fn begin(&self) {
        *self.state() = State::default();
    }

    /// Why the authorizer refused.
    pub fn refusal(&self) -> Option<String> {
        self.state().refusal.clone()
    }

    /// Why the SQL was stopped.
    pub fn stopped(&self) -> Option<String> {
        self.state().stopped.clone()
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Settings that hold from the beginning.
pub(super) fn harden(connection: &Connection, limits: &Limits) -> Result<()> {
    let off = [
        DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA,
        DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER,
        DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW,
        DbConfig::SQLITE_DBCONFIG_DQS_DML,
        DbConfig::SQLITE_DBCONFIG_DQS_DDL,
        DbConfig::SQLITE_DBCONFIG_ENABLE_ATTACH_CREATE,
        DbConfig::SQLITE_DBCONFIG_ENABLE_ATTACH_WRITE,
    ];
    for setting in off {
        connection.set_db_config(setting, false)?;
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // The heap limit holds for the whole process: recipes of several companies share it.
    for pragma in [format!("hard_heap_limit = {}", limits.sql_bytes), "temp_store = memory".to_owned()] {
        connection.query_row(&format!("pragma {pragma}"), [], |_| Ok(())).or_else(ignore_no_row)?;
    }
    Ok(())
}

fn ignore_no_row(error: rusqlite::Error) -> Result<()> {
    match error {
        rusqlite::Error::QueryReturnedNoRows => Ok(()),
        other => Err(other),
    }
}

/// Settings that hold once the sources are in: from here on nothing but reading them is possible.
pub(super) fn close(connection: &mut Connection, sources: &[Table], limits: &Limits) -> Result<Guard> {
    let bounds = [
        (Limit::SQLITE_LIMIT_LENGTH, 1_000_000),
        (Limit::SQLITE_LIMIT_SQL_LENGTH, 100_000),
        (Limit::SQLITE_LIMIT_COLUMN, 1_000),
        (Limit::SQLITE_LIMIT_EXPR_DEPTH, 200),
        (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 50),
        (Limit::SQLITE_LIMIT_VDBE_OP, 100_000),
        (Limit::SQLITE_LIMIT_FUNCTION_ARG, 32),
        (Limit::SQLITE_LIMIT_ATTACHED, 0),
        (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100),
        (Limit::SQLITE_LIMIT_VARIABLE_NUMBER, 16),
        (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 0),
        (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
    ];
    for (limit, bound) in bounds {
        connection.set_limit(limit, bound)?;
    }
    let guard = Guard::default();
    let tables: Vec<String> = sources.iter().map(|source| source.name.clone()).collect();
    let watched = guard.clone();
    connection.authorizer(Some(move |context: AuthContext<'_>| match refuse(&context, &tables) {
        None => Authorization::Allow,
        Some(what) => {
            watched.state().refusal.get_or_insert(what);
            Authorization::Deny
        }
    }))?;
    let (watched, deadline, mut steps) = (guard.clone(), Instant::now() + limits.sql_time, limits.sql_steps);
    let limits = limits.clone();
    connection.progress_handler(
        STEPS,
        Some(move || {
            steps = steps.saturating_sub(STEPS as u64);
            let stopped = if steps == 0 {
                format!("was stopped after {} steps", limits.sql_steps)
            } else if Instant::now() > deadline {
                format!("was stopped after {} s", limits.sql_time.as_secs())
            } else {
                return false;
            };
            watched.state().stopped.get_or_insert(stopped);
            true
        }),
    )?;
    Ok(guard)
}

/// Steps of SQLite's machine between two looks at the bounds.
const STEPS: i32 = 10_000;

/// Why an action is refused; none when it is allowed.
fn refuse(context: &AuthContext<'_>, tables: &[String]) -> Option<String> {
    let known = |name: &str| tables.iter().any(|table| table.eq_ignore_ascii_case(name));
    match context.action {
        AuthAction::Select | AuthAction::Recursive => None,
        AuthAction::Read { table_name, .. } if known(table_name) => None,
        // `count(*)` reads no column. Of a `with` table that says its name, of a subquery none; of a table of
        // SQLite's own, nothing but the count could be learnt, but it isn't ours.
        AuthAction::Read { table_name, column_name }
            if column_name.is_empty() && !is_of_sqlite(table_name) =>
        {
            None
        }
        AuthAction::Read { table_name, .. } => Some(format!(
            "`{}` is no source of the recipe{}",
            shown(table_name),
            hint(table_name, tables.iter().map(String::as_str))
        )),
        AuthAction::Function { function_name } => refuse_function(function_name),
        AuthAction::Attach { .. } | AuthAction::Detach { .. } => {
            Some("a recipe can't open other databases; name the file as a source".to_owned())
        }
        AuthAction::Pragma { pragma_name, .. } => {
            Some(format!("a recipe can't change SQLite (`pragma {}`); remove it", shown(pragma_name)))
        }
        _ => Some("a recipe only reads its sources; expected one `select`".to_owned()),
    }
}

fn is_of_sqlite(table: &str) -> bool {
    let table = table.to_ascii_lowercase();
    ["sqlite", "pragma", "json", "dbstat", "fts", "bytecode", "tables_used"]
        .iter()
        .any(|own| table.starts_with(own))
}

fn refuse_function(name: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    if BUILT_IN.contains(&lower.as_str()) || OURS.contains(&lower.as_str()) {
        return None;
    }
    let instead =
        INSTEAD.iter().find(|(refused, _)| *refused == lower).map(|(_, instead)| (*instead).to_owned());
    let near = || format!("is not a function of recipes{}", hint(&lower, BUILT_IN.into_iter().chain(OURS)));
    Some(format!("`{}` {}", shown(name), instead.unwrap_or_else(near)))
}

/// The functions that a recipe may call.
pub(super) fn functions() -> impl Iterator<Item = &'static str> {
    BUILT_IN.into_iter().chain(OURS)
}
