//! From the names in a file's header to columns of a table.
//!
//! In: the header cells, the mapping, the schema. Out: for each source column its name and what is known of its
//! type, or that it is left out. A header cell may carry the type itself: `revenue:money:2`.

use crate::error::{Collector, ImportError, Place, shown};
use crate::limits::Limits;
use crate::schema::Schema;
use crate::settings::column::{ColumnSpec, complete, split_type};
use crate::settings::mapping::Mapping;
use attain_model::Type;
use attain_model::company::{COLUMN_SHAPE, is_column_name};
use attain_model::nearest::{hint, nearest};
use std::collections::BTreeMap;

/// What untyped columns are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Untyped {
    /// Names when no cell looks like a number, counts when all are whole: what is beyond doubt.
    Recognised,
    /// Names: the rest of a recipe's source.
    Text,
    /// Names, and a whole number is a mistake: the result of SQL.
    Declared,
}

impl Untyped {
    /// Where the person says how columns are read.
    pub fn settings(self) -> &'static str {
        match self {
            Untyped::Recognised => "mapping",
            Untyped::Text | Untyped::Declared => "recipe",
        }
    }
}

/// A source column as it is going to be read.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    /// The name in the table.
    pub name: String,
    /// The name in the file.
    pub source: String,
    /// Unit and decimals, when something says them.
    pub kind: Option<Type>,
    /// What the mapping says of it.
    pub spec: ColumnSpec,
}

/// What a header is read against.
#[derive(Clone, Copy)]
pub(crate) struct Expectation<'a> {
    pub file: &'a str,
    pub schema: &'a Schema,
    pub mapping: &'a Mapping,
    pub limits: &'a Limits,
    pub untyped: Untyped,
}

/// Plans the columns; none for a source column that is left out.
pub(crate) fn plan_columns(
    expect: Expectation<'_>,
    row: Option<u64>,
    header: &[String],
    problems: &mut Collector,
) -> Result<Vec<Option<Planned>>, ImportError> {
    let most = expect.limits.columns;
    if header.len() > most {
        return Err(ImportError::too_large(
            expect.file,
            format!("has {} columns, expected at most {most}; leave out what no rule needs", header.len()),
        ));
    }
    let mut used: BTreeMap<String, usize> = BTreeMap::new();
    let mut planned = Vec::with_capacity(header.len());
    for (index, cell) in header.iter().enumerate() {
        let cell = cell.trim();
        if expect.mapping.ignore.iter().any(|ignored| ignored.trim() == cell) {
            planned.push(None);
            continue;
        }
        let column = plan_column(expect, row, index, cell, problems);
        if let Some(column) = &column
            && let Some(first) = used.insert(column.name.clone(), index)
        {
            let first = header.get(first).map(|name| shown(name.trim())).unwrap_or_default();
            problems.add(Place { row, column: None }, Some(cell), || {
                format!("is the second column named `{}`, the first is `{first}`; rename one, or ignore it in the {}", column.name, expect.untyped.settings())
            });
        }
        planned.push(column);
    }
    check_required(expect, row, &used, problems);
    check_mapping(expect, header, problems);
    Ok(planned)
}

fn plan_column(
    expect: Expectation<'_>,
    row: Option<u64>,
    index: usize,
    cell: &str,
    problems: &mut Collector,
) -> Option<Planned> {
    let place = Place { row, column: None };
    if cell.is_empty() {
        problems.add(place, None, || {
            format!("column {} has no name; write one into the header, or remove the column", index + 1)
        });
        return None;
    }
    let spec = spec_of(expect.mapping, cell).cloned().unwrap_or_default();
    let (bare, typed) = match cell.split_once(':') {
        Some((bare, typed)) if expect.untyped == Untyped::Recognised => (bare.trim(), Some(typed)),
        _ => (cell, None),
    };
    let Some(name) = spec.name.clone().or_else(|| normal_name(bare)) else {
        problems.add(place, Some(cell), || {
            let advice = match expect.untyped {
                Untyped::Declared => "name it in the SQL: `... as name`".to_owned(),
                _ => format!(
                    "rename it in the {}, below `[columns]`: `\"{}\" = {{ name = \"...\" }}`",
                    expect.untyped.settings(),
                    shown(cell)
                ),
            };
            format!("can't name a column, expected {COLUMN_SHAPE}; {advice}")
        });
        return None;
    };
    let currency = expect.schema.currency;
    let from_header =
        typed.map(|typed| split_type(typed).and_then(|(unit, decimals)| complete(unit, decimals, currency)));
    let said = spec.kind(currency).or(from_header);
    let kind = match said {
        Some(Ok(kind)) => Some(kind),
        Some(Err(what)) => {
            problems.add(place, Some(cell), || {
                format!("has no type that is known, write such as `{name}:money:2`: {what}")
            });
            Some(Type::TEXT)
        }
        None => expect.schema.known.get(&name).copied(),
    };
    check_known(expect, place, cell, &name, kind, problems);
    Some(Planned { name, source: cell.to_owned(), kind, spec })
}

/// A name that means the same in every table can't be another thing.
fn check_known(
    expect: Expectation<'_>,
    place: Place<'_>,
    cell: &str,
    name: &str,
    kind: Option<Type>,
    problems: &mut Collector,
) {
    let Some((known, kind)) = expect.schema.known.get(name).zip(kind) else { return };
    if expect.schema.fixed.contains(name) && known.unit != kind.unit {
        problems.add(place, Some(cell), || {
            format!("is declared as {}, expected {} for `{name}`", kind.unit, known.unit)
        });
    }
}

/// What the mapping says of a column: by its name in the file, or by the name that this becomes.
fn spec_of<'a>(mapping: &'a Mapping, cell: &str) -> Option<&'a ColumnSpec> {
    let bare = cell.split_once(':').map_or(cell, |(bare, _)| bare.trim());
    let by_name = |name: &str| mapping.columns.get(name);
    by_name(cell).or_else(|| by_name(bare)).or_else(|| by_name(&normal_name(bare)?))
}

/// A header as a column name: lower case, with `_` for spaces, hyphens and points.
pub(crate) fn normal_name(header: &str) -> Option<String> {
    let name: String = header
        .trim()
        .chars()
        .map(|c| if matches!(c, ' ' | '-' | '.' | '/') { '_' } else { c.to_ascii_lowercase() })
        .collect();
    is_column_name(&name).then_some(name)
}

fn check_required(
    expect: Expectation<'_>,
    row: Option<u64>,
    used: &BTreeMap<String, usize>,
    problems: &mut Collector,
) {
    for required in expect.schema.required.iter().filter(|required| !used.contains_key(*required)) {
        problems.add(Place { row, column: None }, None, || {
            let names = used.keys().map(String::as_str);
            let has = names.clone().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            let found = if has.is_empty() { "there is none".to_owned() } else { format!("there is {has}") };
            let table = &expect.schema.table;
            let advice = match (expect.untyped, nearest(required, names)) {
                (Untyped::Declared, _) => format!("name it in the SQL: `... as {required}`"),
                (_, Some(near)) => format!("if `{near}` is meant, rename it, in the file or in the mapping"),
                (_, None) => "rename the column that is meant, in the file or in the mapping".to_owned(),
            };
            format!("no column `{required}`, which `{table}` needs; {found}; {advice}")
        });
    }
}

/// A mapping that names a column which isn't there was written for another file.
fn check_mapping(expect: Expectation<'_>, header: &[String], problems: &mut Collector) {
    let cells: Vec<&str> = header.iter().map(|cell| cell.trim()).collect();
    let names = cells.iter().map(|cell| match cell.split_once(':') {
        Some((bare, _)) if expect.untyped == Untyped::Recognised => bare.trim(),
        _ => *cell,
    });
    let mapping = expect.mapping;
    for named in mapping.columns.keys().chain(mapping.ignore.iter()) {
        let named = named.trim();
        let there = cells.iter().any(|cell| {
            let bare = cell.split_once(':').map_or(*cell, |(bare, _)| bare.trim());
            *cell == named || bare == named || normal_name(bare).as_deref() == Some(named)
        });
        if !there {
            problems.add(Place::default(), Some(named), || {
                let what = match expect.untyped {
                    Untyped::Recognised => "is named in the mapping, but is no column of the file",
                    Untyped::Text => "is named in the recipe, but is no column of the file",
                    Untyped::Declared => "is declared, but no column of the result",
                };
                format!("{what}{}", hint(named, names.clone()))
            });
        }
    }
}
