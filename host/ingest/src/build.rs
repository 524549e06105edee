//! Runs a recipe: raw files in, the tables of a period out.

use crate::error::{ImportError, Problems};
use crate::files::Files;
use crate::header::{Expectation, Untyped};
use crate::import::import_as;
use crate::limits::Limits;
use crate::recipe::{Recipe, Source};
use crate::schema::Schema;
use crate::sql::Sandbox;
use attain_model::{Currency, Span, Table};
use std::collections::{BTreeMap, BTreeSet};

/// Which period a recipe is run for, and in which currency.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// `:first_day` and `:last_day` of the SQL.
    pub span: Span,
    /// What fixes the decimals of money that doesn't say its own.
    pub currency: Option<Currency>,
}

/// Makes a recipe's tables, by name. Sources are read first, then each table's SQL runs on them in an SQLite
/// database in memory that can do nothing but read them; what it gives passes the same checks as an import.
///
/// Rows of a source stand in canonical order, so the order of rows in a file can't show in a result.
///
/// # Errors
/// Everything that is wrong with all sources, or else with the first table whose SQL can't run, or else with the
/// rows of all tables; then nothing is returned.
pub fn build(
    recipe: &Recipe,
    files: &dyn Files,
    frame: Frame,
    limits: &Limits,
) -> Result<Vec<Table>, ImportError> {
    let mut sources = Vec::with_capacity(recipe.sources.len());
    let mut problems = None;
    for source in &recipe.sources {
        sources.extend(keep_problems(read_source(source, files, frame, limits), &mut problems, limits)?);
    }
    if let Some(problems) = problems {
        return Err(ImportError::Rows(problems));
    }
    let mut sandbox = Sandbox::open(&recipe.file, &sources, frame, limits)?;
    drop(sources);
    let mut tables = Vec::with_capacity(recipe.tables.len());
    let mut problems = None;
    for table in &recipe.tables {
        tables.extend(keep_problems(sandbox.run(table), &mut problems, limits)?);
    }
    problems.map_or(Ok(tables), |problems| Err(ImportError::Rows(problems)))
}

fn read_source(
    source: &Source,
    files: &dyn Files,
    frame: Frame,
    limits: &Limits,
) -> Result<Table, ImportError> {
    let schema = Schema {
        table: source.name.clone(),
        required: Vec::new(),
        known: BTreeMap::new(),
        fixed: BTreeSet::new(),
        key: Vec::new(),
        currency: frame.currency,
    };
    let bytes = files.read(&source.file)?;
    let expect = Expectation {
        file: &source.file,
        schema: &schema,
        mapping: &source.mapping,
        limits,
        untyped: Untyped::Text,
    };
    import_as(bytes, expect, None)
}

/// Gathers row problems of several tables, so that they are all reported at once.
fn keep_problems(
    outcome: Result<Table, ImportError>,
    problems: &mut Option<Problems>,
    limits: &Limits,
) -> Result<Option<Table>, ImportError> {
    match outcome {
        Ok(table) => Ok(Some(table)),
        Err(ImportError::Rows(more)) => {
            let all = problems.get_or_insert(Problems { listed: Vec::new(), total: 0 });
            all.total += more.total;
            let room = limits.problems.saturating_sub(all.listed.len());
            all.listed.extend(more.listed.into_iter().take(room));
            Ok(None)
        }
        Err(other) => Err(other),
    }
}
