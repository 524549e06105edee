//! How much of a file or a query is looked at before it is refused.

use std::time::Duration;

/// The bounds of one import or one recipe. They protect the host, not the figures: a file that passes a bound
/// is refused whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a file as it came. One million people with 25 columns are about 200 MiB of CSV.
    pub file_bytes: usize,
    /// Bytes of an XLSX or Parquet file when unpacked: 1 KiB of a zip can hold 1 MiB of zeros.
    pub unpacked_bytes: u64,
    /// Rows of a table.
    pub rows: usize,
    /// Rows times columns of a table: 8 bytes each, once read.
    pub cells: usize,
    /// Columns of a file. A spreadsheet may have 16,384.
    pub columns: usize,
    /// Bytes of one text cell, so that a block of rows stays a small value in the store.
    pub text_bytes: usize,
    /// Problems listed before the rest is only counted.
    pub problems: usize,
    /// Bytes of a mapping or a recipe file.
    pub settings_bytes: usize,
    /// Wall time of one recipe's SQL, all its tables together.
    pub sql_time: Duration,
    /// Instructions of SQLite's machine for one recipe, all its tables together: a bound that doesn't depend on
    /// how busy the machine is. About 100 million are done in a second.
    pub sql_steps: u64,
    /// Bytes that SQLite may hold at once, in this process.
    pub sql_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            file_bytes: 512 << 20,
            unpacked_bytes: 1 << 30,
            rows: 10_000_000,
            cells: 250_000_000,
            columns: 1_000,
            text_bytes: 4_096,
            problems: 100,
            settings_bytes: 1 << 20,
            sql_time: Duration::from_secs(120),
            sql_steps: 20_000_000_000,
            sql_bytes: 2 << 30,
        }
    }
}
