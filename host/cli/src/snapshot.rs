//! `attain snapshot` and `attain target`: figures in.

use crate::client::{Ask, Part, escaped, form};
use crate::fault::Fault;
use crate::session::{Session, file_name, read_file};
use crate::show::{grouped, short, table, text};
use attain_ingest::{Files, FolderFiles, Limits, Recipe};
use clap::Subcommand;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Figures of a period.
#[derive(Subcommand, Debug)]
pub enum SnapshotCommand {
    /// Read a CSV, XLSX or Parquet file into a table
    Import {
        /// The file
        file: PathBuf,
        /// Such as `2025-11`, `2025-Q4` or `2025`
        #[arg(long)]
        period: String,
        /// The table
        #[arg(long, default_value = "people")]
        table: String,
        /// A mapping file: names, units, formats of columns
        #[arg(long, value_name = "FILE")]
        map: Option<PathBuf>,
    },
    /// Make tables from raw exports by the SQL of a recipe
    Build {
        /// The recipe; its sources lie beside it
        recipe: PathBuf,
        /// Such as `2025-11`, `2025-Q4` or `2025`
        #[arg(long)]
        period: String,
    },
    /// List snapshots
    List,
    /// Show a snapshot: a period, `period#revision`, or the beginning of its digest
    Show {
        /// Which
        reference: String,
        /// Also show rows of this table
        #[arg(long)]
        table: Option<String>,
        /// How many
        #[arg(long, default_value_t = 20)]
        rows: usize,
    },
}

/// Quotas.
#[derive(Subcommand, Debug)]
pub enum TargetCommand {
    /// Read quotas: columns `participant`, `metric`, `target`
    Import {
        /// The file
        file: PathBuf,
        /// The period that they are for
        #[arg(long)]
        period: String,
        /// A mapping file: names, units, formats of columns
        #[arg(long, value_name = "FILE")]
        map: Option<PathBuf>,
    },
}

impl SnapshotCommand {
    /// Does it.
    pub fn run(&self, session: &mut Session) -> Result<(), Fault> {
        match self {
            SnapshotCommand::Import { file, period, table, map } => {
                let path = format!("snapshots/{}/tables/{}", escaped(period), escaped(table));
                upload(session, &path, file, map.as_deref())
            }
            SnapshotCommand::Build { recipe, period } => build(session, recipe, period),
            SnapshotCommand::List => list(session),
            SnapshotCommand::Show { reference, table, rows } => {
                show(session, reference, table.as_deref(), *rows)
            }
        }
    }
}

impl TargetCommand {
    /// Does it.
    pub fn run(&self, session: &mut Session) -> Result<(), Fault> {
        let TargetCommand::Import { file, period, map } = self;
        upload(session, &format!("targets/{}", escaped(period)), file, map.as_deref())
    }
}

fn upload(session: &mut Session, rest: &str, file: &Path, map: Option<&Path>) -> Result<(), Fault> {
    let mut parts = vec![Part { field: "file", name: file_name(file), bytes: read_file(file)? }];
    if let Some(map) = map {
        parts.push(Part { field: "mapping", name: file_name(map), bytes: read_file(map)? });
    }
    send(session, rest, &parts)
}

fn build(session: &mut Session, recipe: &Path, period: &str) -> Result<(), Fault> {
    let bytes = read_file(recipe)?;
    let name = file_name(recipe);
    let source = String::from_utf8_lossy(&bytes);
    let refused = |error: attain_ingest::ImportError| Fault::refused(error.to_string());
    let read = Recipe::parse(&name, &source).map_err(refused)?;
    let folder = recipe.parent().unwrap_or(Path::new("."));
    let files = FolderFiles::new(folder, Limits::default().file_bytes as u64);
    let names: BTreeSet<&str> = read.sources.iter().map(|source| source.file.as_str()).collect();
    let mut parts = vec![Part { field: "recipe", name, bytes: bytes.clone() }];
    for name in names {
        let bytes = files.read(name).map_err(refused)?.to_vec();
        parts.push(Part { field: "source", name: name.to_owned(), bytes });
    }
    send(session, &format!("snapshots/{}/recipe", escaped(period)), &parts)
}

fn send(session: &mut Session, rest: &str, parts: &[Part]) -> Result<(), Fault> {
    let path = session.path(rest)?;
    let (content, body) = form(parts);
    session.show(&Ask::post(&path, content, body), |snapshot| {
        format!(
            "snapshot of {}, revision {}, {}\n{}",
            text(snapshot, "/period"),
            text(snapshot, "/revision"),
            short(&text(snapshot, "/id")),
            tables(snapshot)
        )
    })
}

fn tables(snapshot: &Value) -> String {
    let tables = snapshot.get("tables").and_then(Value::as_object).cloned().unwrap_or_default();
    let rows = tables.iter().map(|(name, record)| {
        let columns = record.get("columns").and_then(Value::as_array).map_or(0, Vec::len);
        let root = record.get("root").and_then(Value::as_str).map(short).unwrap_or_default();
        vec![name.clone(), grouped(&text(record, "/rows")), columns.to_string(), root]
    });
    table(&["table", "rows", "columns", "root"], &[1, 2], rows)
}

fn list(session: &mut Session) -> Result<(), Fault> {
    let path = session.path("snapshots")?;
    session.show(&Ask::get(&path), |answer| {
        let snapshots = answer.get("snapshots").and_then(Value::as_array).cloned().unwrap_or_default();
        let rows = snapshots.iter().map(|snapshot| {
            let tables = snapshot.get("tables").and_then(Value::as_object).cloned().unwrap_or_default();
            let people = snapshot.pointer("/tables/people/rows").map(ToString::to_string).unwrap_or_default();
            vec![
                text(snapshot, "/period"),
                text(snapshot, "/revision"),
                tables.keys().cloned().collect::<Vec<_>>().join(", "),
                grouped(&people),
                short(&text(snapshot, "/id")),
                text(snapshot, "/made_at"),
            ]
        });
        table(&["period", "revision", "tables", "people", "snapshot", "made"], &[1, 3], rows)
    })
}

fn show(session: &mut Session, reference: &str, name: Option<&str>, rows: usize) -> Result<(), Fault> {
    if let Some(name) = name {
        let path = session.path(&format!(
            "snapshots/{}/tables/{}?rows={rows}",
            escaped(reference),
            escaped(name)
        ))?;
        return session.show(&Ask::get(&path), rows_of);
    }
    let path = session.path(&format!("snapshots/{}", escaped(reference)))?;
    session.show(&Ask::get(&path), |snapshot| {
        let mut shown = format!(
            "snapshot of {}, revision {}, {}\n",
            text(snapshot, "/period"),
            text(snapshot, "/revision"),
            text(snapshot, "/id")
        );
        let tables = snapshot.get("tables").and_then(Value::as_object).cloned().unwrap_or_default();
        for (name, record) in &tables {
            shown.push_str(&format!("\n{name}, {} rows\n", grouped(&text(record, "/rows"))));
            let columns = record.get("columns").and_then(Value::as_array).cloned().unwrap_or_default();
            let rows = columns.iter().map(|column| {
                vec![
                    text(column, "/name"),
                    text(column, "/type/unit"),
                    text(column, "/type/decimals"),
                    short(&text(column, "/digest")),
                ]
            });
            shown.push_str(&table(&["column", "unit", "decimals", "digest"], &[2], rows));
        }
        shown
    })
}

/// Rows with their columns, as the API gives them.
pub fn rows_of(answer: &Value) -> String {
    let columns = answer.get("columns").and_then(Value::as_array).cloned().unwrap_or_default();
    let names: Vec<String> = columns.iter().map(|column| text(column, "/name")).collect();
    let numeric = |column: &Value| !["text", "date"].contains(&text(column, "/unit").as_str());
    let right: Vec<usize> = (0..columns.len()).filter(|i| columns.get(*i).is_some_and(numeric)).collect();
    let rows = answer.get("rows").and_then(Value::as_array).cloned().unwrap_or_default();
    let money = |i: usize| columns.get(i).is_some_and(|column| text(column, "/unit") == "money");
    let shown = rows.iter().map(|row| {
        let cells = row.as_array().cloned().unwrap_or_default();
        let cell = |(i, cell): (usize, &Value)| {
            let plain = text(cell, "");
            if money(i) { grouped(&plain) } else { plain }
        };
        cells.iter().enumerate().map(cell).collect()
    });
    let header: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut out = table(&header, &right, shown);
    let of = answer.get("of").and_then(Value::as_u64).unwrap_or(0);
    if of > rows.len() as u64 {
        out.push_str(&format!("\n{} of {} rows", grouped(&rows.len().to_string()), grouped(&of.to_string())));
    }
    out
}
