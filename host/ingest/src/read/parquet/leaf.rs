//! One column of a row group: from Parquet's types to cells.

use crate::cell::Cell;
use ::parquet::basic::{ConvertedType, LogicalType, TimeUnit};
use ::parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use ::parquet::data_type::DataType;
use ::parquet::errors::ParquetError;
use ::parquet::schema::types::ColumnDescPtr;
use std::borrow::Cow;

/// A column being read.
pub(super) struct Leaf {
    reader: ColumnReader,
    meaning: Meaning,
    /// 1 where a cell may be missing.
    max_def_level: i16,
}

/// What the stored values are.
#[derive(Clone, Copy)]
enum Meaning {
    /// Texts, whole numbers or floats, as they are stored.
    Plain,
    /// Whole numbers of the smallest unit, with these decimals.
    Decimal(u8),
    /// Days from 1970-01-01.
    Day,
    /// A point in time, so many of it a day; a day when it is midnight.
    Instant(i64),
    /// Unsigned whole numbers, which may be too large.
    Unsigned,
    /// No value that a rule could use, and what to do; said once.
    Refused(&'static str),
    /// Refused, and said.
    Silent,
}

impl Leaf {
    pub fn new(column: ColumnDescPtr, reader: ColumnReader) -> Leaf {
        let nested = column.max_rep_level() > 0 || column.path().parts().len() > 1;
        let meaning = if nested {
            Meaning::Refused(
                "is nested or a list; write it as columns of their own, or ignore it in the mapping",
            )
        } else {
            meaning_of(&column)
        };
        Leaf { reader, meaning, max_def_level: column.max_def_level() }
    }

    /// The next `batch` cells, fewer at the end of a file that lies about its rows.
    pub fn read(&mut self, batch: usize) -> Result<Vec<Cell<'static>>, ParquetError> {
        if let Meaning::Refused(what) = self.meaning {
            self.meaning = Meaning::Silent;
            return Ok(vec![Cell::Fault(Cow::Borrowed("the column"), what)]);
        }
        if matches!(self.meaning, Meaning::Silent) {
            return Ok(Vec::new());
        }
        let (meaning, optional) = (self.meaning, self.max_def_level);
        match &mut self.reader {
            ColumnReader::BoolColumnReader(reader) => {
                cells(reader, optional, batch, |flag| Cell::Flag(i64::from(flag)))
            }
            ColumnReader::Int32ColumnReader(reader) => cells(reader, optional, batch, |value| {
                let value = if matches!(meaning, Meaning::Unsigned) {
                    i64::from(value.cast_unsigned())
                } else {
                    i64::from(value)
                };
                whole(value, meaning)
            }),
            ColumnReader::Int64ColumnReader(reader) => {
                cells(reader, optional, batch, |value| whole(value, meaning))
            }
            ColumnReader::FloatColumnReader(reader) => {
                // By its text, so that 0.1 stays 0.1 and doesn't become the nearest double of the nearest float.
                cells(reader, optional, batch, |value| {
                    Cell::Binary(value.to_string().parse().unwrap_or(f64::NAN))
                })
            }
            ColumnReader::DoubleColumnReader(reader) => cells(reader, optional, batch, Cell::Binary),
            ColumnReader::ByteArrayColumnReader(reader) => {
                cells(reader, optional, batch, |value| bytes(value.data(), meaning))
            }
            ColumnReader::FixedLenByteArrayColumnReader(reader) => {
                cells(reader, optional, batch, |value| bytes(value.data(), meaning))
            }
            ColumnReader::Int96ColumnReader(_) => Ok(Vec::new()),
        }
    }
}

/// Reads a batch and gives missing cells their place.
fn cells<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    max_def_level: i16,
    batch: usize,
    cell: impl Fn(T::T) -> Cell<'static>,
) -> Result<Vec<Cell<'static>>, ParquetError> {
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    let mut rows = 0;
    while rows < batch {
        let optional = (max_def_level > 0).then_some(&mut levels);
        let (records, _, _) = reader.read_records(batch - rows, optional, None, &mut values)?;
        if records == 0 {
            return Err(ParquetError::General("a column ends before its row group".to_owned()));
        }
        rows += records;
    }
    let mut values = values.into_iter();
    let mut next = || values.next().map_or(Cell::Empty, &cell);
    if max_def_level == 0 {
        return Ok((0..rows).map(|_| next()).collect());
    }
    Ok(levels.iter().map(|level| if *level == max_def_level { next() } else { Cell::Empty }).collect())
}

fn whole(value: i64, meaning: Meaning) -> Cell<'static> {
    match meaning {
        Meaning::Decimal(decimals) => Cell::Scaled(value, decimals),
        Meaning::Day => Cell::Day(value),
        Meaning::Instant(a_day) if value.rem_euclid(a_day) == 0 => Cell::Day(value.div_euclid(a_day)),
        Meaning::Instant(_) => Cell::Fault(
            Cow::Owned(value.to_string()),
            "is a point in time, expected a day; write the column as DATE in the company's time zone",
        ),
        Meaning::Unsigned if value < 0 => Cell::Fault(
            Cow::Owned(value.cast_unsigned().to_string()),
            "is too large, expected at most 9223372036854775807",
        ),
        _ => Cell::Scaled(value, 0),
    }
}

fn bytes(value: &[u8], meaning: Meaning) -> Cell<'static> {
    if let Meaning::Decimal(decimals) = meaning {
        return match decimal(value) {
            Some(number) => Cell::Scaled(number, decimals),
            None => Cell::Fault(Cow::Borrowed("a decimal"), "is too large, expected at most 18 digits"),
        };
    }
    match std::str::from_utf8(value) {
        Ok(text) => Cell::Text(Cow::Owned(text.to_owned())),
        Err(_) => {
            Cell::Fault(String::from_utf8_lossy(value).into_owned().into(), "is not UTF-8, expected text")
        }
    }
}

/// A big-endian integer in two's complement of any length.
fn decimal(bytes: &[u8]) -> Option<i64> {
    let negative = bytes.first().is_some_and(|first| first & 0x80 != 0);
    let filling = if negative { 0xff } else { 0 };
    let split = bytes.len().saturating_sub(8);
    let (high, low) = bytes.split_at(split);
    let mut word = [filling; 8];
    for (slot, byte) in word.iter_mut().rev().zip(low.iter().rev()) {
        *slot = *byte;
    }
    let value = i64::from_be_bytes(word);
    (high.iter().all(|byte| *byte == filling) && (value < 0) == negative && value != i64::MIN)
        .then_some(value)
}

fn meaning_of(column: &ColumnDescPtr) -> Meaning {
    let instant = |unit: &TimeUnit| match unit {
        TimeUnit::MILLIS => 86_400_000,
        TimeUnit::MICROS => 86_400_000_000,
        TimeUnit::NANOS => 86_400_000_000_000,
    };
    if column.physical_type() == ::parquet::basic::Type::INT96 {
        return Meaning::Refused("is an INT96 time stamp; write it as DATE");
    }
    let fixed = column.physical_type() == ::parquet::basic::Type::FIXED_LEN_BYTE_ARRAY;
    match (column.logical_type_ref(), column.converted_type()) {
        (Some(LogicalType::Decimal(decimal)), _) => scale_of(decimal.scale),
        (None, ConvertedType::DECIMAL) => scale_of(column.type_scale()),
        (Some(LogicalType::Date), _) | (None, ConvertedType::DATE) => Meaning::Day,
        (Some(LogicalType::Timestamp(stamp)), _) => Meaning::Instant(instant(&stamp.unit)),
        (None, ConvertedType::TIMESTAMP_MILLIS) => Meaning::Instant(86_400_000),
        (None, ConvertedType::TIMESTAMP_MICROS) => Meaning::Instant(86_400_000_000),
        (Some(LogicalType::Integer(integer)), _) if !integer.is_signed => Meaning::Unsigned,
        (None, ConvertedType::UINT_32 | ConvertedType::UINT_64) => Meaning::Unsigned,
        (Some(LogicalType::Time(_)), _) | (None, ConvertedType::TIME_MILLIS | ConvertedType::TIME_MICROS) => {
            Meaning::Refused("is a time of day; ignore it in the mapping")
        }
        _ if fixed => Meaning::Refused("is binary; write it as text, or ignore it in the mapping"),
        _ => Meaning::Plain,
    }
}

fn scale_of(scale: i32) -> Meaning {
    match u8::try_from(scale) {
        Ok(scale) if scale <= 18 => Meaning::Decimal(scale),
        _ => Meaning::Refused("is a decimal of more than 18 decimals; write it with fewer"),
    }
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn decimals_of_any_length_are_read_or_refused() {
        assert_eq!(decimal(&[]), Some(0));
        assert_eq!(decimal(&[0x04, 0xd2]), Some(1234));
        assert_eq!(decimal(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfb, 0x2e]), Some(-1234));
        assert_eq!(decimal(&[0x01, 0, 0, 0, 0, 0, 0, 0, 0]), None);
        assert_eq!(decimal(&[0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), None);
        assert_eq!(decimal(&[0x80, 0, 0, 0, 0, 0, 0, 0]), None);
    }
}
