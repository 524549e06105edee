//! Files in and out: CSV, XLSX, Parquet, and SQL over raw exports.
