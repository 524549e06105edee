//! CSV: names in the first row, a comma between cells, quotes where they are needed.
//!
//! A text that begins with `=`, `+`, `-`, `@`, a tab or a carriage return would be a formula to a spreadsheet
//! that opens the file, so it gets an apostrophe before it. Numbers never do: a negative one is no text.

use super::{ExportError, Layout, number_text};
use attain_model::Data;
use std::borrow::Cow;
use std::io::Write;

pub(super) struct CsvWriter<W> {
    out: W,
    line: String,
}

impl<W: Write> CsvWriter<W> {
    pub fn new(layout: &Layout, mut out: W) -> Result<Self, ExportError> {
        let names: Vec<Cow<'_, str>> = layout.columns.iter().map(|column| text_cell(&column.name)).collect();
        writeln!(out, "{}", names.join(","))?;
        Ok(CsvWriter { out, line: String::new() })
    }

    pub fn write(&mut self, layout: &Layout, rows: usize, columns: &[&Data]) -> Result<(), ExportError> {
        for row in 0..rows {
            self.line.clear();
            for (index, (data, column)) in columns.iter().zip(&layout.columns).enumerate() {
                if index > 0 {
                    self.line.push(',');
                }
                match data {
                    Data::Numbers(numbers) => {
                        let number = numbers.get(row).copied().unwrap_or(attain_model::NO_VALUE);
                        self.line.push_str(&number_text(number, column.kind));
                    }
                    Data::Texts(texts) => self.line.push_str(&text_cell(texts.get(row).unwrap_or_default())),
                }
            }
            self.line.push('\n');
            self.out.write_all(self.line.as_bytes())?;
        }
        Ok(())
    }

    pub fn finish(mut self) -> Result<W, ExportError> {
        self.out.flush()?;
        Ok(self.out)
    }
}

/// A text as a cell: no formula, and quoted where it would break the row.
fn text_cell(text: &str) -> Cow<'_, str> {
    let text = match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    };
    if text.contains(['"', ',', '\n', '\r']) || text.starts_with(' ') || text.ends_with(' ') {
        return Cow::Owned(format!("\"{}\"", text.replace('"', "\"\"")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::text_cell;

    #[test]
    fn a_text_can_not_become_a_formula_or_another_cell() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("@x", "'@x"),
            ("-5", "'-5"),
            ("+49 30", "'+49 30"),
            ("\tx", "'\tx"),
            ("Smith, \"J\"", "\"Smith, \"\"J\"\"\""),
            ("=a,b", "\"'=a,b\""),
            ("a\nb", "\"a\nb\""),
            (" a", "\" a\""),
            ("张伟", "张伟"),
        ] {
            assert_eq!(text_cell(text), cell);
        }
    }
}
