//! Recipes: how the tables of a period are made from raw exports, by SQL.
//!
//! ```toml
//! [sources.deals]                       # a raw file, as a table of SQL
//! file    = "sales_pipeline.csv"        # beside the recipe; what a mapping may say can stand here too
//! columns = { close_value = { unit = "money", decimals = 2 }, close_date = "date" }     # the rest is text
//!
//! [tables.people]                       # a table of the company
//! sql = "select sales_agent as participant, sum(close_value) as revenue from deals group by 1"
//! [tables.people.columns]               # what its numbers are; the rest is text
//! revenue = { unit = "money", decimals = 2 }
//! ```

use crate::error::{Collector, ImportError, Place};
use crate::limits::Limits;
use crate::settings::column::ColumnSpec;
use crate::settings::mapping::{Mapping, read_columns};
use crate::settings::{Fields, parse_toml};
use attain_model::company::{COLUMN_SHAPE, is_column_name};
use std::collections::BTreeMap;

/// A recipe that has been read and checked, but not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipe {
    /// The recipe's own file, as it was named.
    pub file: String,
    /// The raw files, by name.
    pub sources: Vec<Source>,
    /// The tables to make, by name.
    pub tables: Vec<TableSql>,
}

/// A raw file of a recipe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What the SQL calls it.
    pub name: String,
    /// The file, below the recipe's folder.
    pub file: String,
    /// How it is read; columns that it doesn't type are text.
    pub mapping: Mapping,
}

/// A table of a recipe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableSql {
    /// What the table is called in the snapshot.
    pub name: String,
    /// One `select`.
    pub sql: String,
    /// Types of the columns that aren't text.
    pub columns: BTreeMap<String, ColumnSpec>,
    /// Columns whose values together name a row; none: as the table's kind has it.
    pub key: Vec<String>,
}

impl Recipe {
    /// Reads a recipe.
    ///
    /// # Errors
    /// [`ImportError::Settings`] with everything that is wrong, or [`ImportError::File`] when it isn't TOML.
    ///
    /// ```
    /// let text = "[sources.roster]\nfile = \"../secret.csv\"\n[tables.people]\nsql = \"select 1\"";
    /// let error = attain_ingest::Recipe::parse("recipe.toml", text).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "`recipe.toml`: `sources.roster.file` is `../secret.csv`, which is outside the recipe's folder; \
    ///      put the file beside the recipe and name it from there"
    /// );
    /// ```
    pub fn parse(file: &str, text: &str) -> Result<Recipe, ImportError> {
        let limits = Limits::default();
        let toml = parse_toml(file, text, limits.settings_bytes)?;
        let mut problems = Collector::new(file, None, limits.problems);
        let mut fields = Fields::new("", &toml);
        let sources = read_each(&mut fields, "sources", &mut problems, read_source);
        let tables = read_each(&mut fields, "tables", &mut problems, read_table);
        fields.finish(&mut problems);
        if problems.is_empty() {
            Ok(Recipe { file: file.to_owned(), sources, tables })
        } else {
            Err(ImportError::Settings(problems.into_problems()))
        }
    }

    /// The files that it needs, below its folder, each once.
    pub fn files(&self) -> Vec<&str> {
        let mut files: Vec<&str> = self.sources.iter().map(|source| source.file.as_str()).collect();
        files.sort_unstable();
        files.dedup();
        files
    }
}

/// Reads each table below `[sources]` or `[tables]`; its key is its name.
fn read_each<T>(
    fields: &mut Fields<'_>,
    key: &'static str,
    problems: &mut Collector,
    read: impl Fn(&str, Fields<'_>, &mut Collector) -> T,
) -> Vec<T> {
    let Some(tables) = fields.table(key, problems) else {
        fields.wrong(problems, key, || format!("is missing, expected at least one `[{key}.NAME]`"));
        return Vec::new();
    };
    let mut found = Vec::new();
    for (name, value) in tables {
        let path = format!("{key}.{name}");
        match value.as_table() {
            Some(_) if !is_column_name(name) || name.starts_with("sqlite") => {
                problems.add(Place::default(), Some(&path), || {
                    format!("can't be a name here, expected {COLUMN_SHAPE}, and not `sqlite...`")
                });
            }
            Some(table) => found.push(read(name, Fields::new(&path, table), problems)),
            None => {
                problems.add(Place::default(), Some(&path), || format!("is not a table, expected `[{path}]`"))
            }
        }
    }
    found
}

fn read_source(name: &str, mut fields: Fields<'_>, problems: &mut Collector) -> Source {
    let file = fields.parsed("file", problems, |file| match is_inside(file) {
        true => Ok(file.to_owned()),
        false => {
            Err("which is outside the recipe's folder; put the file beside the recipe and name it from there"
                .to_owned())
        }
    });
    if file.is_none() && !fields.has("file") {
        fields.wrong(problems, "file", || {
            "is missing, expected the name of a file beside the recipe".to_owned()
        });
    }
    let mapping = Mapping::read(&mut fields, problems);
    fields.finish(problems);
    Source { name: name.to_owned(), file: file.unwrap_or_default(), mapping }
}

fn read_table(name: &str, mut fields: Fields<'_>, problems: &mut Collector) -> TableSql {
    let sql = fields.text("sql", problems).map(str::to_owned);
    if sql.is_none() && !fields.has("sql") {
        fields.wrong(problems, "sql", || "is missing, expected one `select`".to_owned());
    }
    let columns = read_columns(&mut fields, problems);
    for (column, spec) in &columns {
        if spec.name.is_some() || spec.number.is_some() || spec.date.is_some() {
            fields.wrong(problems, &format!("columns.{column}"), || {
                "has a `name`, `number` or `date`, which only sources have; expected `unit` and `decimals`".to_owned()
            });
        }
    }
    let key = fields.texts("key", problems);
    fields.finish(problems);
    TableSql { name: name.to_owned(), sql: sql.unwrap_or_default(), columns, key }
}

/// Whether a path stays below the folder it starts from, by its words alone.
pub(crate) fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && !path.contains(['\\', ':', '\0'])
        && path.split('/').all(|part| !part.is_empty() && part != "." && part != "..")
}
