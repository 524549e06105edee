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
        FileKind::Xlsx => apart(expect.file, || xlsx::read(bytes, expect, rows)),
        FileKind::Parquet => apart(expect.file, || parquet::read(bytes, expect, rows)),
    }
}

/// Runs a library's decoder on a thread of its own: it may panic on a damaged file, and a panic becomes an error.
fn apart(file: &str, read: impl FnOnce() -> Result<(), ImportError> + Send) -> Result<(), ImportError> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("decoder".to_owned()).spawn_scoped(scope, read);
        let thread = thread
            .map_err(|error| ImportError::file(file, format!("can't be decoded now ({error}); try again")))?;
        let broken = || ImportError::file(file, "is damaged, it can't be decoded; write it again");
        thread.join().unwrap_or_else(|_| Err(broken()))
    })
}
