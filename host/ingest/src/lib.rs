//! Files in and out: CSV, XLSX, Parquet, and SQL over raw exports.
//!
//! In: bytes that somebody exported from somewhere, and what they say about them. Out: a
//! [`Table`](attain_model::Table) that is typed, keyed and sorted, or everything that is wrong, with its place.
//!
//! - [`import`] reads one file into one table.
//! - [`import_targets`] reads quotas.
//! - [`Recipe`] and [`build`] make tables from several raw files by SQL.
//! - [`Exporter`] writes tables as CSV, JSON, XLSX or Parquet.
//!
//! Invariants: nothing is guessed that money depends on; the order of rows in a file doesn't show in the table;
//! a file that is refused leaves nothing behind. Nothing here touches a clock (but for the deadline of a recipe),
//! a network or, [`FolderFiles`] apart, a disk.

mod build;
mod builder;
mod cell;
mod error;
mod export;
mod files;
mod header;
mod import;
mod kind;
mod limits;
mod read;
mod recipe;
mod schema;
mod settings;
mod sql;
mod targets;

pub use build::{Frame, build};
pub use error::{ImportError, Problem, Problems};
pub use export::{ExportColumn, ExportError, Exporter, Format, Layout, Total, export};
pub use files::{Files, FolderFiles};
pub use import::import;
pub use kind::FileKind;
pub use limits::Limits;
pub use recipe::{Recipe, Source, TableSql};
pub use schema::Schema;
pub use settings::column::ColumnSpec;
pub use settings::date::DateFormat;
pub use settings::mapping::Mapping;
pub use settings::number::NumberFormat;
pub use targets::{Metrics, import_targets};
