//! Tables out: CSV, JSON, XLSX and Parquet, every digit exact.
//!
//! In: a [`Layout`], then its rows in as many pieces as they come. Out: bytes. CSV, JSON and Parquet are written
//! as rows come, so that a million rows need the memory of one piece; XLSX is held until it is finished. The same
//! table gives the same bytes.

mod csv;
mod json;
mod parquet;
mod xlsx;

use attain_model::{Data, Table, Type, Unit};
use std::io::Write;

/// A kind of file to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Text with commas, as RFC 4180 has it but with line feeds. A text that a spreadsheet would run as a formula
    /// gets an apostrophe before it.
    Csv,
    /// An object with `columns` and `rows`. Numbers are texts such as `"1234.50"`, because most readers of JSON
    /// would make binary fractions of them.
    Json,
    /// A workbook for payroll: numbers as numbers, days as days, a row of totals.
    Xlsx,
    /// Decimals, days and texts in Parquet's own types.
    Parquet,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 4] = [Format::Csv, Format::Json, Format::Xlsx, Format::Parquet];

    /// The word for it, which is also the extension of its files.
    pub fn name(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Json => "json",
            Format::Xlsx => "xlsx",
            Format::Parquet => "parquet",
        }
    }

    /// The format of this name.
    ///
    /// ```
    /// use attain_ingest::Format;
    /// assert_eq!(Format::parse("xlsx"), Some(Format::Xlsx));
    /// assert_eq!(Format::parse("xls"), None);
    /// ```
    pub fn parse(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.name() == name)
    }

    /// What HTTP calls it.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Csv => "text/csv; charset=utf-8",
            Format::Json => "application/json",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Format::Parquet => "application/vnd.apache.parquet",
        }
    }
}

/// What a file's columns are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The table's name; a workbook's sheet is called so.
    pub name: String,
    /// In the order of the file.
    pub columns: Vec<ExportColumn>,
}

/// A column of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportColumn {
    /// What programs call it.
    pub name: String,
    /// What people call it; a workbook's header shows it.
    pub title: String,
    /// What its numbers mean.
    pub kind: Type,
    /// Whether a workbook adds it up.
    pub total: Total,
}

/// Whether a column is added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    /// In the last row.
    Sum,
    /// Not.
    None,
}

impl Layout {
    /// The layout of a table: its own names, money added up.
    pub fn of(table: &Table) -> Layout {
        let columns = table.columns.iter().map(|column| ExportColumn::new(&column.name, column.kind));
        Layout { name: table.name.clone(), columns: columns.collect() }
    }
}

impl ExportColumn {
    /// A column whose title is its name; money is added up.
    pub fn new(name: &str, kind: Type) -> ExportColumn {
        let total = if kind.unit == Unit::Money { Total::Sum } else { Total::None };
        ExportColumn { name: name.to_owned(), title: name.to_owned(), kind, total }
    }
}

/// Why a file can't be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The place it is written to refuses.
    #[error("can't write the file")]
    Write(#[from] std::io::Error),
    /// The format can't hold so much.
    #[error("has {found} {what}, but {format} holds at most {most}; export it as csv or parquet", format = format.name())]
    TooLarge {
        /// Which format.
        format: Format,
        /// `rows`, `columns` or `cells`.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many it holds.
        most: usize,
    },
    /// A number has more digits than the format's decimals hold.
    #[error(
        "column `{column}`: `{value}` has more than the 18 digits of a Parquet decimal; export it as csv"
    )]
    TooManyDigits {
        /// The column.
        column: String,
        /// The number.
        value: String,
    },
    /// The rows aren't those of the layout.
    #[error("got {found} columns for a layout of {expected}, or columns of unequal length or kind")]
    Shape {
        /// Columns that came.
        found: usize,
        /// Columns of the layout.
        expected: usize,
    },
    /// The library that makes the format refuses.
    #[error("can't make the {format} file: {what}", format = format.name())]
    Format {
        /// Which format.
        format: Format,
        /// What the library says.
        what: String,
    },
}

/// Writes one file, piece by piece.
pub struct Exporter<W: Write + Send> {
    layout: Layout,
    writer: Writer<W>,
}

enum Writer<W: Write + Send> {
    Csv(csv::CsvWriter<W>),
    Json(json::JsonWriter<W>),
    Xlsx(Box<xlsx::XlsxWriter<W>>),
    Parquet(Box<parquet::ParquetWriter<W>>),
}

impl<W: Write + Send> Exporter<W> {
    /// Begins a file. `out` is written to in small pieces; a file wants a buffer around it.
    ///
    /// # Errors
    /// When the format can't hold the layout or `out` refuses.
    pub fn new(format: Format, layout: Layout, out: W) -> Result<Self, ExportError> {
        let writer = match format {
            Format::Csv => Writer::Csv(csv::CsvWriter::new(&layout, out)?),
            Format::Json => Writer::Json(json::JsonWriter::new(&layout, out)?),
            Format::Xlsx => Writer::Xlsx(Box::new(xlsx::XlsxWriter::new(&layout, out)?)),
            Format::Parquet => Writer::Parquet(Box::new(parquet::ParquetWriter::new(&layout, out)?)),
        };
        Ok(Exporter { layout, writer })
    }

    /// Adds rows: the cells of every column of the layout, in its order, equally many of each.
    ///
    /// # Errors
    /// When the columns aren't those of the layout, the format is full, or `out` refuses.
    pub fn write(&mut self, columns: &[&Data]) -> Result<(), ExportError> {
        let rows = check_shape(&self.layout, columns)?;
        match &mut self.writer {
            Writer::Csv(writer) => writer.write(&self.layout, rows, columns),
            Writer::Json(writer) => writer.write(&self.layout, rows, columns),
            Writer::Xlsx(writer) => writer.write(&self.layout, rows, columns),
            Writer::Parquet(writer) => writer.write(&self.layout, columns),
        }
    }

    /// Ends the file and gives back where it was written to.
    ///
    /// # Errors
    /// When the format can't be made or `out` refuses.
    pub fn finish(self) -> Result<W, ExportError> {
        match self.writer {
            Writer::Csv(writer) => writer.finish(),
            Writer::Json(writer) => writer.finish(),
            Writer::Xlsx(writer) => writer.finish(&self.layout),
            Writer::Parquet(writer) => writer.finish(&self.layout),
        }
    }
}

/// Writes a whole table.
///
/// # Errors
/// As [`Exporter`].
///
/// ```
/// use attain_ingest::{Format, Limits, Schema, export, import};
/// let csv = "participant,revenue:money:2\nAnna,1234.5\n";
/// let table = import("people.csv", csv, None, &Schema::table("people", None), &Limits::default()).unwrap();
/// let bytes = export(&table, Format::Csv, Vec::new()).unwrap();
/// assert_eq!(String::from_utf8(bytes).unwrap(), "participant,revenue\nAnna,1234.50\n");
/// ```
pub fn export<W: Write + Send>(table: &Table, format: Format, out: W) -> Result<W, ExportError> {
    let mut exporter = Exporter::new(format, Layout::of(table), out)?;
    let columns: Vec<&Data> = table.columns.iter().map(|column| &column.data).collect();
    exporter.write(&columns)?;
    exporter.finish()
}

/// The rows of a piece, when it is one of this layout.
fn check_shape(layout: &Layout, columns: &[&Data]) -> Result<usize, ExportError> {
    let rows = columns.first().map_or(0, |first| first.len());
    let fits = |(data, column): (&&Data, &ExportColumn)| {
        data.len() == rows && matches!(data, Data::Texts(_)) == (column.kind.unit == Unit::Text)
    };
    if columns.len() == layout.columns.len() && columns.iter().zip(&layout.columns).all(fits) {
        Ok(rows)
    } else {
        Err(ExportError::Shape { found: columns.len(), expected: layout.columns.len() })
    }
}

/// A number as CSV and JSON write it: a day as a day, a flag as a word, else with exactly its decimals. Empty for
/// no value.
fn number_text(value: i64, kind: Type) -> String {
    match kind.unit {
        _ if value == attain_model::NO_VALUE => String::new(),
        Unit::Date => crate::settings::date::write_iso(value),
        _ => attain_model::number::format(value, kind.decimals),
    }
}
