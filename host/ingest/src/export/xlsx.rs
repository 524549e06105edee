//! A workbook as payroll expects it: a header that stays in sight, numbers as numbers, days as days, totals.
//!
//! A workbook's numbers are binary fractions of 15 good digits. A number that has more is written as text: it
//! can't be added up there, but it can't be wrong either.

use super::{ExportColumn, ExportError, Format as Kind, Layout, Total, number_text};
use crate::settings::date::write_iso;
use attain_model::number::format as decimal_text;
use attain_model::{Data, NO_VALUE, Type, Unit};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError,
};
use std::io::Write;

/// Rows of a sheet, the header and the totals among them.
const ROWS_MAX: usize = 1_048_576;
/// Columns of a sheet.
const COLUMNS_MAX: usize = 16_384;
/// Cells that are held in memory until the workbook is finished, about 50 bytes each.
const CELLS_MAX: usize = 12_000_000;
/// Days from 1899-12-31, where workbooks begin to count, with their leap day of 1900 that never was.
const DAYS_TO_1970: i64 = 25_569;
/// The first day that both calendars count alike, 1900-03-01.
const FIRST_DAY: i64 = 61;

pub(super) struct XlsxWriter<W> {
    out: W,
    sheet: Worksheet,
    formats: Vec<Format>,
    /// Exact sums, where the column is added up.
    sums: Vec<Option<i128>>,
    /// Characters of the widest cell.
    widths: Vec<usize>,
    rows: usize,
}

fn failed(error: XlsxError) -> ExportError {
    ExportError::Format { format: Kind::Xlsx, what: error.to_string() }
}

fn too_large(what: &'static str, found: usize, most: usize) -> ExportError {
    ExportError::TooLarge { format: Kind::Xlsx, what, found, most }
}

impl<W: Write> XlsxWriter<W> {
    pub fn new(layout: &Layout, out: W) -> Result<Self, ExportError> {
        if layout.columns.len() > COLUMNS_MAX {
            return Err(too_large("columns", layout.columns.len(), COLUMNS_MAX));
        }
        let mut sheet = Worksheet::new();
        sheet.set_name(sheet_name(&layout.name)).map_err(failed)?;
        let header = Format::new().set_bold().set_border_bottom(FormatBorder::Thin);
        for (index, column) in columns_of(layout) {
            let align = if column.kind.unit == Unit::Text { FormatAlign::Left } else { FormatAlign::Right };
            sheet
                .write_string_with_format(0, index, &column.title, &header.clone().set_align(align))
                .map_err(failed)?;
        }
        Ok(XlsxWriter {
            out,
            sheet,
            formats: layout.columns.iter().map(|column| cell_format(column.kind)).collect(),
            sums: layout.columns.iter().map(|column| (column.total == Total::Sum).then_some(0)).collect(),
            widths: layout.columns.iter().map(|column| width_of(&column.title)).collect(),
            rows: 0,
        })
    }

    pub fn write(&mut self, layout: &Layout, rows: usize, columns: &[&Data]) -> Result<(), ExportError> {
        let found = self.rows + rows;
        if found > ROWS_MAX - 2 {
            return Err(too_large("rows", found, ROWS_MAX - 2));
        }
        if found * columns.len() > CELLS_MAX {
            return Err(too_large("cells", found * columns.len(), CELLS_MAX));
        }
        for row in 0..rows {
            self.rows += 1;
            for ((index, column), data) in columns_of(layout).zip(columns) {
                self.cell(index, column.kind, data, row)?;
            }
        }
        Ok(())
    }

    fn cell(&mut self, index: u16, kind: Type, data: &Data, row: usize) -> Result<(), ExportError> {
        let line = u32::try_from(self.rows).unwrap_or(u32::MAX);
        let place = usize::from(index);
        let width = match data {
            Data::Texts(texts) => match texts.get(row) {
                None => return Ok(()),
                Some(text) => {
                    self.sheet.write_string(line, index, text).map_err(failed)?;
                    width_of(text)
                }
            },
            Data::Numbers(numbers) => match numbers.get(row).copied().unwrap_or(NO_VALUE) {
                NO_VALUE => return Ok(()),
                value => {
                    if let Some(Some(sum)) = self.sums.get_mut(place) {
                        *sum += i128::from(value);
                    }
                    let Some(format) = self.formats.get(place) else { return Ok(()) };
                    write_number(&mut self.sheet, line, index, value, kind, format)?;
                    number_text(value, kind).len() * 4 / 3
                }
            },
        };
        if let Some(widest) = self.widths.get_mut(place) {
            *widest = width.max(*widest);
        }
        Ok(())
    }

    pub fn finish(mut self, layout: &Layout) -> Result<W, ExportError> {
        self.totals(layout)?;
        let last_row = u32::try_from(self.rows).unwrap_or(u32::MAX);
        let last_column = u16::try_from(layout.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
        self.sheet.set_freeze_panes(1, 1).map_err(failed)?;
        self.sheet.autofilter(0, 0, last_row, last_column).map_err(failed)?;
        self.sheet.set_repeat_rows(0, 0).map_err(failed)?;
        self.sheet.set_landscape().set_print_fit_to_pages(1, 0);
        for (index, width) in (0_u16..).zip(&self.widths) {
            let characters = u16::try_from((*width + 2).clamp(8, 48)).unwrap_or(48);
            self.sheet.set_column_width(index, f64::from(characters)).map_err(failed)?;
        }
        let mut workbook = Workbook::new();
        // A fixed day: the same table gives the same bytes.
        let day = ExcelDateTime::from_ymd(2000, 1, 1).map_err(failed)?;
        workbook.set_properties(&DocProperties::new().set_title(&layout.name).set_creation_datetime(&day));
        workbook.push_worksheet(self.sheet);
        let bytes = workbook.save_to_buffer().map_err(failed)?;
        self.out.write_all(&bytes)?;
        self.out.flush()?;
        Ok(self.out)
    }

    /// The last row: sums that follow the filter, with the exact sum as what they show before anybody calculates.
    fn totals(&mut self, layout: &Layout) -> Result<(), ExportError> {
        if self.sums.iter().all(Option::is_none) || self.rows == 0 {
            return Ok(());
        }
        let line = u32::try_from(self.rows + 1).unwrap_or(u32::MAX);
        let bold = |format: &Format| format.clone().set_bold().set_border_top(FormatBorder::Thin);
        for (((index, column), sum), format) in columns_of(layout).zip(&self.sums).zip(&self.formats) {
            match sum {
                Some(sum) => {
                    let text = sum_text(*sum, column.kind.decimals);
                    if digits_of(&text) > 15 {
                        let right = bold(format).set_align(FormatAlign::Right);
                        self.sheet.write_string_with_format(line, index, &text, &right).map_err(failed)?;
                        continue;
                    }
                    let letters = column_letters(index);
                    let formula =
                        Formula::new(format!("=SUBTOTAL(109,{letters}2:{letters}{line})")).set_result(text);
                    self.sheet
                        .write_formula_with_format(line, index, formula, &bold(format))
                        .map_err(failed)?;
                }
                None if index == 0 => {
                    self.sheet
                        .write_string_with_format(line, index, "Total", &bold(&Format::new()))
                        .map_err(failed)?;
                }
                None => {
                    self.sheet.write_blank(line, index, &bold(&Format::new())).map_err(failed)?;
                }
            }
        }
        Ok(())
    }
}

fn columns_of(layout: &Layout) -> impl Iterator<Item = (u16, &ExportColumn)> {
    (0_u16..).zip(&layout.columns)
}

fn write_number(
    sheet: &mut Worksheet,
    line: u32,
    index: u16,
    value: i64,
    kind: Type,
    format: &Format,
) -> Result<(), ExportError> {
    let serial = match kind.unit {
        Unit::Flag => {
            sheet.write_boolean(line, index, value != 0).map_err(failed)?;
            return Ok(());
        }
        Unit::Date => value
            .checked_add(DAYS_TO_1970)
            .filter(|serial| *serial >= FIRST_DAY)
            .map(|serial| serial.to_string()),
        _ => Some(decimal_text(value, kind.decimals)).filter(|text| digits_of(text) <= 15),
    };
    match serial.and_then(|serial| serial.parse::<f64>().ok()) {
        Some(number) => sheet.write_number_with_format(line, index, number, format).map_err(failed)?,
        None if kind.unit == Unit::Date => {
            sheet.write_string(line, index, write_iso(value)).map_err(failed)?
        }
        None => {
            let right = format.clone().set_align(FormatAlign::Right);
            sheet
                .write_string_with_format(line, index, decimal_text(value, kind.decimals), &right)
                .map_err(failed)?
        }
    };
    Ok(())
}

/// How a cell shows its number: with all decimals, thousands apart, negative ones with a sign.
fn cell_format(kind: Type) -> Format {
    let decimals = |digits: u8| match digits {
        0 => String::new(),
        digits => format!(".{}", "0".repeat(usize::from(digits))),
    };
    let shape = match kind.unit {
        Unit::Text | Unit::Flag => return Format::new(),
        Unit::Date => "yyyy-mm-dd".to_owned(),
        Unit::Ratio if kind.decimals >= 2 => format!("0{}%", decimals(kind.decimals - 2)),
        Unit::Level | Unit::Label => "0".to_owned(),
        Unit::Money | Unit::Ratio | Unit::Points | Unit::Count | Unit::Days => {
            format!("#,##0{}", decimals(kind.decimals))
        }
    };
    Format::new().set_num_format(shape)
}

/// Digits from the first that isn't zero: how many a binary fraction must carry.
fn digits_of(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).skip_while(|digit| *digit == b'0').count()
}

/// A sum with its decimals; it may be larger than any one number.
fn sum_text(sum: i128, decimals: u8) -> String {
    if let Ok(small) = i64::try_from(sum)
        && small != NO_VALUE
    {
        return decimal_text(small, decimals);
    }
    let places = usize::from(decimals);
    let digits = format!("{:0>width$}", sum.unsigned_abs(), width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    let sign = if sum < 0 { "-" } else { "" };
    if places == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// `A`, `Z`, `AA`, ...
fn column_letters(index: u16) -> String {
    let mut letters = Vec::new();
    let mut rest = u32::from(index) + 1;
    while rest > 0 {
        let letter = u8::try_from((rest - 1) % 26).unwrap_or_default();
        letters.push(char::from(b'A' + letter));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

/// Characters that a text takes; Chinese ones take two.
fn width_of(text: &str) -> usize {
    text.chars().take(64).map(|c| if c >= '\u{1100}' { 2 } else { 1 }).sum()
}

/// A name that a sheet may have.
fn sheet_name(name: &str) -> String {
    let allowed = |c: &char| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'');
    let name: String = name.chars().filter(allowed).take(31).collect();
    if name.is_empty() { "Sheet1".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_their_letters() {
        for (index, letters) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")]
        {
            assert_eq!(column_letters(index), letters);
        }
    }

    #[test]
    fn a_sum_beyond_an_i64_keeps_its_digits() {
        assert_eq!(sum_text(i128::from(i64::MAX) * 10, 2), "922337203685477580.70");
        assert_eq!(sum_text(-5, 2), "-0.05");
        assert_eq!(sum_text(i128::from(i64::MIN) * 2, 0), "-18446744073709551616");
    }
}
