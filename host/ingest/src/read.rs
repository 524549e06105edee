//! Readers: from the bytes of a file to rows of cells.

pub(crate) mod csv;
pub(crate) mod parquet;
pub(crate) mod records;
pub(crate) mod text;
pub(crate) mod xlsx;

use crate::builder::Rows;
use crate::error::ImportError;
use crate::header::Expectation;
use crate::kind::FileKind;
use ::bytes::Bytes;

/// Reads a file of a known kind into rows.
pub(crate) fn read_rows(
    kind: FileKind,
    bytes: &Bytes,
    expect: Expectation<'_>,
    rows: &mut (dyn Rows + Send),
) -> Result<(), ImportError> {
    match kind {
        FileKind::Csv => csv::read(bytes, expect, rows),
        FileKind::Xlsx => xlsx::read(bytes, expect, rows),
        FileKind::Parquet => parquet::read(bytes, expect, rows),
    }
}
