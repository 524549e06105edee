//! One file in, one table out.

use crate::builder::{RowLength, TableBuilder};
use crate::error::ImportError;
use crate::header::{Expectation, Untyped};
use crate::kind::{FileKind, kind_of};
use crate::limits::Limits;
use crate::read::read_rows;
use crate::schema::Schema;
use crate::settings::mapping::Mapping;
use attain_model::Table;
use bytes::Bytes;

/// Reads a CSV, XLSX or Parquet file into a table, with its rows in canonical order.
///
/// `file` is the name that the person gave; its extension must agree with the content. Types come from the
/// mapping, else from the header (`revenue:money:2`), else from the schema's known columns, else from the cells
/// where they are beyond doubt: whole numbers are counts, `2017-03-01` is a day, words are names. The rest is
/// refused with the ways to say it. The same rows in another order give the same table.
///
/// # Errors
/// Everything that is wrong, up to a limit; then nothing is returned.
///
/// ```
/// use attain_ingest::{Limits, Schema, import};
/// let csv = "participant,revenue:money:2\nAnna,1234.5\nBo,\n";
/// let table = import("people.csv", csv, None, &Schema::table("people", None), &Limits::default()).unwrap();
/// assert_eq!(table.column("revenue").unwrap().numbers(), Some([123_450, i64::MIN].as_slice()));
/// ```
pub fn import(
    file: &str,
    bytes: impl Into<Bytes>,
    mapping: Option<&Mapping>,
    schema: &Schema,
    limits: &Limits,
) -> Result<Table, ImportError> {
    let no_mapping = Mapping::default();
    let mapping = mapping.unwrap_or(&no_mapping);
    let expect = Expectation { file, schema, mapping, limits, untyped: Untyped::Recognised };
    import_as(bytes.into(), expect, None)
}

/// The same for a source of a recipe.
pub(crate) fn import_as(
    bytes: Bytes,
    expect: Expectation<'_>,
    table: Option<&str>,
) -> Result<Table, ImportError> {
    let most = expect.limits.file_bytes;
    if bytes.len() > most {
        return Err(ImportError::too_large(
            expect.file,
            format!("has {} bytes, expected at most {most}; split it", bytes.len()),
        ));
    }
    let kind = kind_of(expect.file, &bytes)?;
    let length = if kind == FileKind::Csv { RowLength::Fixed } else { RowLength::Ragged };
    let mut builder = TableBuilder::new(expect, table, length);
    read_rows(kind, &bytes, expect, &mut builder)?;
    builder.finish()
}
