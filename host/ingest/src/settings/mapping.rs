//! The mapping file: how one kind of export is to be read, written once and kept beside it.
//!
//! ```toml
//! encoding   = "gb18030"        # when it isn't UTF-8, or UTF-16 with its mark
//! delimiter  = ";"              # when it can't be told beyond doubt
//! sheet      = "Q1"             # of an XLSX with several
//! header_row = 3                # where the column names stand
//! number     = "1.234,56"       # every number, by a sample
//! date       = "DD.MM.YYYY"     # every day
//! empty      = ["n/a", "-"]     # what also means no value
//! ignore     = ["Bemerkung"]    # columns left out
//!
//! [columns]
//! Umsatz     = { name = "revenue", unit = "money", decimals = 2 }
//! "入职日期" = { name = "hire_date", unit = "date", date = "YYYY年M月D日" }
//! region     = "text"
//! visits     = "count"
//! ```

use super::column::ColumnSpec;
use super::date::DateFormat;
use super::fields::{Fields, parse_toml};
use super::number::NumberFormat;
use crate::error::{Collector, ImportError};
use crate::limits::Limits;
use attain_model::nearest::hint;
use std::collections::BTreeMap;

/// How a file is to be read. The default says nothing: what isn't beyond doubt is then refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    /// The text encoding, by its name in the WHATWG list.
    pub encoding: Option<&'static encoding_rs::Encoding>,
    /// What stands between cells.
    pub delimiter: Option<u8>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// Where the column names stand; 1 is the first row.
    pub header_row: Option<u32>,
    /// How every number is written, unless its column says otherwise.
    pub number: Option<NumberFormat>,
    /// How every day is written, unless its column says otherwise.
    pub date: Option<DateFormat>,
    /// Texts that mean no value, beside the empty cell.
    pub empty: Vec<String>,
    /// Source columns that are left out.
    pub ignore: Vec<String>,
    /// What is said about source columns, by their name in the file.
    pub columns: BTreeMap<String, ColumnSpec>,
}

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// [`ImportError::Settings`] with everything that is wrong, or [`ImportError::File`] when it isn't TOML.
    ///
    /// ```
    /// let mapping = attain_ingest::Mapping::parse("map.toml", "delimiter = \";\"").unwrap();
    /// assert_eq!(mapping.delimiter, Some(b';'));
    /// let error = attain_ingest::Mapping::parse("map.toml", "delimeter = \";\"").unwrap_err();
    /// assert_eq!(error.to_string(), "`map.toml`: `delimeter` is not a key that is known here; did you mean `delimiter`?");
    /// ```
    pub fn parse(file: &str, text: &str) -> Result<Mapping, ImportError> {
        let limits = Limits::default();
        let table = parse_toml(file, text, limits.settings_bytes)?;
        let mut problems = Collector::new(file, None, limits.problems);
        let mut fields = Fields::new("", &table);
        let mapping = Mapping::read(&mut fields, &mut problems);
        fields.finish(&mut problems);
        if problems.is_empty() { Ok(mapping) } else { Err(ImportError::Settings(problems.into_problems())) }
    }

    /// Reads the keys of a mapping from a table that may have others.
    pub(crate) fn read(fields: &mut Fields<'_>, problems: &mut Collector) -> Mapping {
        let header_row = fields.whole("header_row", 1, 1_000, problems);
        let mapping = Mapping {
            encoding: fields.parsed("encoding", problems, encoding_of),
            delimiter: fields.parsed("delimiter", problems, delimiter_of),
            sheet: fields.text("sheet", problems).map(str::to_owned),
            header_row: header_row.and_then(|row| u32::try_from(row).ok()),
            number: fields.parsed("number", problems, NumberFormat::parse),
            date: fields.parsed("date", problems, DateFormat::parse),
            empty: fields.texts("empty", problems),
            ignore: fields.texts("ignore", problems),
            columns: read_columns(fields, problems),
        };
        if mapping.number.as_ref().is_some_and(NumberFormat::is_percent) {
            fields.wrong(problems, "number", || {
                "names percentages for every number, expected it at the columns that are one".to_owned()
            });
        }
        mapping
    }
}

/// The `columns` table, by source column.
pub(crate) fn read_columns(
    fields: &mut Fields<'_>,
    problems: &mut Collector,
) -> BTreeMap<String, ColumnSpec> {
    let path = fields.path_of("columns");
    let Some(table) = fields.table("columns", problems) else { return BTreeMap::new() };
    let read = |(name, value): (&String, &toml::Value)| {
        (name.trim().to_owned(), ColumnSpec::read(&format!("{path}.{name}"), value, problems))
    };
    table.iter().map(read).collect()
}

/// Encodings that exports come in, to name when another isn't known.
const ENCODINGS: [&str; 9] =
    ["utf-8", "utf-16le", "utf-16be", "gb18030", "gbk", "big5", "shift_jis", "windows-1252", "iso-8859-1"];

fn encoding_of(text: &str) -> Result<&'static encoding_rs::Encoding, String> {
    encoding_rs::Encoding::for_label_no_replacement(text.as_bytes())
        .ok_or_else(|| format!("expected the name of an encoding{}", hint(text, ENCODINGS)))
}

fn delimiter_of(text: &str) -> Result<u8, String> {
    match text {
        "," | "comma" => Ok(b','),
        ";" | "semicolon" => Ok(b';'),
        "\t" | "tab" => Ok(b'\t'),
        "|" | "pipe" => Ok(b'|'),
        _ => Err("expected `,`, `;`, `tab` or `|`".to_owned()),
    }
}
