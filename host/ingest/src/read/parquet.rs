//! Parquet, by its plain column readers. Only flat columns; days, texts and exact numbers.
//!
//! The footer is walked before the library sees the file, because a lying length there would take the host's
//! memory.

mod footer;
mod leaf;

use crate::builder::Rows;
use crate::cell::Cell;
use crate::error::{ImportError, shown};
use crate::header::Expectation;
use ::bytes::Bytes;
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::ParquetMetaData;
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use leaf::Leaf;

/// Rows that are decoded at once.
const BATCH_ROWS: usize = 2_048;

/// Reads a Parquet file into rows. The first row of figures is row 1: there is no header row to count.
pub(crate) fn read(bytes: &Bytes, expect: Expectation<'_>, rows: &mut dyn Rows) -> Result<(), ImportError> {
    footer::check(bytes).map_err(|what| ImportError::file(expect.file, format!("{what}; write it again")))?;
    read_file(bytes, expect, rows)
}

fn broken(file: &str, why: &str) -> ImportError {
    ImportError::file(file, format!("is a damaged Parquet file ({}); write it again", shown(why)))
}

fn read_file(bytes: &Bytes, expect: Expectation<'_>, rows: &mut dyn Rows) -> Result<(), ImportError> {
    let failed = |error: ParquetError| broken(expect.file, &error.to_string());
    let reader = SerializedFileReader::new(bytes.clone()).map_err(failed)?;
    check_size(reader.metadata(), expect)?;
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    let names: Vec<String> = schema.columns().iter().map(|column| column.path().string()).collect();
    rows.header(None, &names)?;
    let ignored: Vec<bool> = names
        .iter()
        .map(|name| expect.mapping.ignore.iter().any(|ignored| ignored.trim() == name.trim()))
        .collect();
    let mut row = 1_u64;
    for group in 0..reader.num_row_groups() {
        let group = reader.get_row_group(group).map_err(failed)?;
        let mut leaves = Vec::with_capacity(names.len());
        for (index, is_ignored) in ignored.iter().enumerate() {
            let column = (!is_ignored).then(|| group.get_column_reader(index)).transpose().map_err(failed)?;
            leaves.push(column.map(|column| Leaf::new(schema.column(index), column)));
        }
        let mut left = usize::try_from(group.metadata().num_rows()).unwrap_or_default();
        while left > 0 {
            let batch = left.min(BATCH_ROWS);
            let columns = decode_batch(&mut leaves, batch).map_err(failed)?;
            push_batch(columns, batch, &mut row, rows)?;
            left -= batch;
        }
    }
    Ok(())
}

/// One batch of cells a column; nothing for a column that is left out.
fn decode_batch(
    leaves: &mut [Option<Leaf>],
    batch: usize,
) -> Result<Vec<std::vec::IntoIter<Cell<'static>>>, ParquetError> {
    let decode = |leaf: &mut Option<Leaf>| {
        let cells = leaf.as_mut().map(|leaf| leaf.read(batch)).transpose()?.unwrap_or_default();
        Ok(cells.into_iter())
    };
    leaves.iter_mut().map(decode).collect()
}

fn push_batch(
    mut columns: Vec<std::vec::IntoIter<Cell<'static>>>,
    batch: usize,
    row: &mut u64,
    rows: &mut dyn Rows,
) -> Result<(), ImportError> {
    let mut cells: Vec<Cell<'static>> = Vec::with_capacity(columns.len());
    for _ in 0..batch {
        cells.clear();
        cells.extend(columns.iter_mut().map(|column| column.next().unwrap_or(Cell::Empty)));
        rows.row(*row, &cells)?;
        *row += 1;
    }
    Ok(())
}

/// What the file says of its size; the rows that really come are counted again.
fn check_size(metadata: &ParquetMetaData, expect: Expectation<'_>) -> Result<(), ImportError> {
    let rows = metadata
        .row_groups()
        .iter()
        .try_fold(0_i64, |sum, group| sum.checked_add(group.num_rows()).filter(|_| group.num_rows() >= 0));
    let bytes = metadata.row_groups().iter().try_fold(0_i64, |sum, group| {
        sum.checked_add(group.total_byte_size()).filter(|_| group.total_byte_size() >= 0)
    });
    let (Some(rows), Some(bytes)) = (rows, bytes) else {
        return Err(broken(expect.file, "its sizes are impossible"));
    };
    if usize::try_from(rows).is_ok_and(|rows| rows > expect.limits.rows) {
        let what = format!("has {rows} rows, expected at most {}; split it", expect.limits.rows);
        return Err(ImportError::too_large(expect.file, what));
    }
    let most = expect.limits.unpacked_bytes;
    if u64::try_from(bytes).is_ok_and(|bytes| bytes > most) {
        return Err(ImportError::too_large(
            expect.file,
            format!("unpacks to {bytes} bytes, expected at most {most}; split it"),
        ));
    }
    Ok(())
}
