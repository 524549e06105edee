//! Which kind of file it is: told by its first bytes, and its extension must agree.

use crate::error::ImportError;

/// A kind of file that figures come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Text with a delimiter.
    Csv,
    /// A workbook.
    Xlsx,
    /// A Parquet file.
    Parquet,
}

impl FileKind {
    /// The kind by the extension; none when there is no extension, an error when it is of another kind.
    fn of_extension(file: &str) -> Result<Option<FileKind>, String> {
        let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
        let Some((_, extension)) = name.rsplit_once('.') else { return Ok(None) };
        match extension.to_ascii_lowercase().as_str() {
            "csv" | "tsv" | "tab" | "txt" | "psv" => Ok(Some(FileKind::Csv)),
            "xlsx" | "xlsm" => Ok(Some(FileKind::Xlsx)),
            "parquet" | "pq" => Ok(Some(FileKind::Parquet)),
            other => Err(format!(".{other}")),
        }
    }

    fn name(self) -> &'static str {
        match self {
            FileKind::Csv => "a text file",
            FileKind::Xlsx => "an XLSX workbook",
            FileKind::Parquet => "a Parquet file",
        }
    }

    fn extension(self) -> &'static str {
        match self {
            FileKind::Csv => ".csv",
            FileKind::Xlsx => ".xlsx",
            FileKind::Parquet => ".parquet",
        }
    }
}

const PICTURE: &str = "is a picture, expected figures; export them as CSV, XLSX or Parquet";

/// What files of other kinds begin with, what they are, and what to do with them.
const OTHERS: &[(&[u8], &str)] = &[
    (
        b"\xd0\xcf\x11\xe0",
        "is an old Excel workbook or one with a password; save it as .xlsx without a password",
    ),
    (b"\x89PNG", PICTURE),
    (b"\xff\xd8\xff", PICTURE),
    (b"GIF8", PICTURE),
    (b"\x1f\x8b", "is compressed with gzip; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "is compressed with zstd; unpack it first"),
    (b"BZh", "is compressed with bzip2; unpack it first"),
    (b"7z\xbc\xaf", "is a 7z archive; unpack it first"),
    (b"Rar!", "is a RAR archive; unpack it first"),
    (b"%PDF", "is a PDF; export the figures as CSV or XLSX instead"),
    (b"PARE", "is an encrypted Parquet file; write it without encryption"),
    (b"ARROW1", "is an Arrow file; write it as Parquet or CSV"),
    (b"SQLite format 3\0", "is an SQLite database; export the table as CSV"),
];

/// Tells the kind by content, and that the extension says the same.
pub(crate) fn kind_of(file: &str, bytes: &[u8]) -> Result<FileKind, ImportError> {
    if bytes.is_empty() {
        return Err(ImportError::file(
            file,
            "is empty, expected a header and rows; check how it was exported",
        ));
    }
    if let Some((_, what)) = OTHERS.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(ImportError::file(file, *what));
    }
    let found = match bytes {
        [b'P', b'A', b'R', b'1', ..] => FileKind::Parquet,
        [b'P', b'K', 3 | 5, 4 | 6, ..] => FileKind::Xlsx,
        _ => FileKind::Csv,
    };
    match FileKind::of_extension(file) {
        Ok(named) if named.is_none_or(|named| named == found) => Ok(found),
        Ok(named) => Err(ImportError::file(
            file,
            format!(
                "is {} by its content, expected {} by its name; check that it is the right file, then give it the extension {}",
                found.name(),
                named.unwrap_or(found).name(),
                found.extension()
            ),
        )),
        Err(extension) => Err(ImportError::file(
            file,
            format!(
                "has the extension {extension}, expected .csv, .tsv, .txt, .xlsx or .parquet; export the figures as one of them"
            ),
        )),
    }
}
