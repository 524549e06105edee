//! Parquet: money, ratios and points as DECIMAL(18, decimals), days as DATE, flags as BOOLEAN, texts as UTF-8.

use super::{ExportColumn, ExportError, Format, Layout};
use ::bytes::Bytes;
use ::parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use ::parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, Int32Type, Int64Type};
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use ::parquet::schema::types::Type as SchemaType;
use attain_model::number::format as decimal_text;
use attain_model::table::NO_TEXT;
use attain_model::{Data, NO_VALUE, TextColumn, Type, Unit};
use std::io::Write;
use std::sync::Arc;

/// Rows of a row group: enough to compress well, few enough to hold.
const GROUP_ROWS: usize = 131_072;
/// The largest number of a DECIMAL(18, ...).
const DECIMAL_MAX: i64 = 999_999_999_999_999_999;

pub(super) struct ParquetWriter<W: Write + Send> {
    file: SerializedFileWriter<W>,
    /// Pieces of the next row group.
    waiting: Vec<Vec<Data>>,
    rows: usize,
}

fn failed(error: ParquetError) -> ExportError {
    ExportError::Format { format: Format::Parquet, what: error.to_string() }
}

impl<W: Write + Send> ParquetWriter<W> {
    pub fn new(layout: &Layout, out: W) -> Result<Self, ExportError> {
        let fields: Result<Vec<_>, ParquetError> =
            layout.columns.iter().map(|c| field(c).map(Arc::new)).collect();
        let schema = SchemaType::group_type_builder("attain").with_fields(fields.map_err(failed)?).build();
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_created_by("attain".to_owned())
            .build();
        let file = SerializedFileWriter::new(out, Arc::new(schema.map_err(failed)?), Arc::new(properties));
        Ok(ParquetWriter {
            file: file.map_err(failed)?,
            waiting: vec![Vec::new(); layout.columns.len()],
            rows: 0,
        })
    }

    pub fn write(&mut self, layout: &Layout, columns: &[&Data]) -> Result<(), ExportError> {
        let rows = columns.first().map_or(0, |first| first.len());
        let mut from = 0;
        while from < rows {
            let taken = (rows - from).min(GROUP_ROWS - self.rows);
            for (waiting, data) in self.waiting.iter_mut().zip(columns) {
                waiting.push(piece(data, from, taken));
            }
            self.rows += taken;
            from += taken;
            if self.rows == GROUP_ROWS {
                self.write_group(layout)?;
            }
        }
        Ok(())
    }

    fn write_group(&mut self, layout: &Layout) -> Result<(), ExportError> {
        let mut group = self.file.next_row_group().map_err(failed)?;
        for (column, pieces) in layout.columns.iter().zip(&mut self.waiting) {
            let Some(mut writer) = group.next_column().map_err(failed)? else { break };
            for data in pieces.drain(..) {
                write_piece(&mut writer, column, &data)?;
            }
            writer.close().map_err(failed)?;
        }
        group.close().map_err(failed)?;
        self.rows = 0;
        Ok(())
    }

    pub fn finish(mut self, layout: &Layout) -> Result<W, ExportError> {
        if self.rows > 0 {
            self.write_group(layout)?;
        }
        let mut out = self.file.into_inner().map_err(failed)?;
        out.flush()?;
        Ok(out)
    }
}

fn piece(data: &Data, from: usize, rows: usize) -> Data {
    match data {
        Data::Numbers(numbers) => Data::Numbers(numbers.get(from..from + rows).unwrap_or_default().to_vec()),
        Data::Texts(texts) if rows == texts.codes.len() => Data::Texts(texts.clone()),
        Data::Texts(_) => data.gather(&(from..from + rows).collect::<Vec<_>>()),
    }
}

fn is_decimal(kind: Type) -> bool {
    kind.decimals > 0 || kind.unit == Unit::Money
}

fn field(column: &ExportColumn) -> Result<SchemaType, ParquetError> {
    let (physical, logical) = match column.kind.unit {
        Unit::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Unit::Date => (Physical::INT32, Some(LogicalType::Date)),
        Unit::Flag => (Physical::BOOLEAN, None),
        _ if is_decimal(column.kind) => {
            (Physical::INT64, Some(LogicalType::decimal(i32::from(column.kind.decimals), 18)))
        }
        _ => (Physical::INT64, None),
    };
    SchemaType::primitive_type_builder(&column.name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical)
        .with_precision(if is_decimal(column.kind) { 18 } else { -1 })
        .with_scale(if is_decimal(column.kind) { i32::from(column.kind.decimals) } else { -1 })
        .build()
}

fn write_piece(
    writer: &mut SerializedColumnWriter<'_>,
    column: &ExportColumn,
    data: &Data,
) -> Result<(), ExportError> {
    match (data, column.kind.unit) {
        (Data::Texts(texts), _) => {
            let (levels, values) = text_values(texts);
            batch::<ByteArrayType>(writer, &values, &levels)
        }
        (Data::Numbers(numbers), unit) => {
            let levels: Vec<i16> = numbers.iter().map(|number| i16::from(*number != NO_VALUE)).collect();
            let present = numbers.iter().copied().filter(|number| *number != NO_VALUE);
            match unit {
                Unit::Date => {
                    let days: Vec<i32> = present.map(|day| i32::try_from(day).unwrap_or(i32::MAX)).collect();
                    batch::<Int32Type>(writer, &days, &levels)
                }
                Unit::Flag => {
                    batch::<BoolType>(writer, &present.map(|flag| flag != 0).collect::<Vec<_>>(), &levels)
                }
                _ => {
                    let values: Vec<i64> = present.collect();
                    check_digits(column, &values)?;
                    batch::<Int64Type>(writer, &values, &levels)
                }
            }
        }
    }
}

fn check_digits(column: &ExportColumn, values: &[i64]) -> Result<(), ExportError> {
    let too_large = values.iter().find(|value| !(-DECIMAL_MAX..=DECIMAL_MAX).contains(*value));
    match too_large.filter(|_| is_decimal(column.kind)) {
        None => Ok(()),
        Some(value) => Err(ExportError::TooManyDigits {
            column: column.name.clone(),
            value: decimal_text(*value, column.kind.decimals),
        }),
    }
}

fn text_values(texts: &TextColumn) -> (Vec<i16>, Vec<ByteArray>) {
    // One allocation a name, not one a row: clones of `Bytes` share it.
    let names: Vec<Bytes> =
        texts.dictionary.iter().map(|name| Bytes::copy_from_slice(name.as_bytes())).collect();
    let levels = texts.codes.iter().map(|code| i16::from(*code != NO_TEXT)).collect();
    let values = texts.codes.iter().filter(|code| **code != NO_TEXT);
    let values = values.map(|code| names.get(*code as usize).cloned().unwrap_or_default());
    (levels, values.map(ByteArray::from).collect())
}

fn batch<T: DataType>(
    writer: &mut SerializedColumnWriter<'_>,
    values: &[T::T],
    levels: &[i16],
) -> Result<(), ExportError> {
    writer.typed::<T>().write_batch(values, Some(levels), None).map(drop).map_err(failed)
}
