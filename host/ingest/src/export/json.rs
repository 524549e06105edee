//! JSON: `{"table": ..., "columns": [{"name", "title", "unit", "decimals"}], "rows": [{...}]}`.
//!
//! Numbers with a unit of money, ratio, points, count or days are texts with exactly their decimals; levels and
//! labels are small integers, flags are true or false, days are texts such as `"2017-03-01"`, no value is null.

use super::{ExportError, Format, Layout, number_text};
use attain_model::{Data, NO_VALUE, Type, Unit};
use serde_json::{Value, json};
use std::io::Write;

pub(super) struct JsonWriter<W> {
    out: W,
    /// `{"name":` of the first column, `,"name":` of the others.
    keys: Vec<String>,
    line: Vec<u8>,
    /// What stands before the next row.
    before: &'static str,
}

fn failed(error: serde_json::Error) -> ExportError {
    if error.is_io() {
        return ExportError::Write(error.into());
    }
    ExportError::Format { format: Format::Json, what: error.to_string() }
}

impl<W: Write> JsonWriter<W> {
    pub fn new(layout: &Layout, mut out: W) -> Result<Self, ExportError> {
        let column = |column: &super::ExportColumn| {
            json!({
                "name": column.name,
                "title": column.title,
                "unit": column.kind.unit,
                "decimals": column.kind.decimals,
            })
        };
        let columns: Vec<Value> = layout.columns.iter().map(column).collect();
        let name = Value::from(layout.name.as_str());
        write!(out, "{{\"table\":{name},\"columns\":{},\"rows\":[", Value::from(columns))?;
        let keys = layout.columns.iter().enumerate();
        let keys = keys.map(|(index, column)| {
            format!("{}{}:", if index == 0 { "{" } else { "," }, Value::from(column.name.as_str()))
        });
        Ok(JsonWriter { out, keys: keys.collect(), line: Vec::new(), before: "\n" })
    }

    pub fn write(&mut self, layout: &Layout, rows: usize, columns: &[&Data]) -> Result<(), ExportError> {
        for row in 0..rows {
            self.line.clear();
            self.line.extend_from_slice(self.before.as_bytes());
            for ((data, column), key) in columns.iter().zip(&layout.columns).zip(&self.keys) {
                self.line.extend_from_slice(key.as_bytes());
                write_cell(&mut self.line, data, column.kind, row)?;
            }
            self.line.push(b'}');
            self.out.write_all(&self.line)?;
            self.before = ",\n";
        }
        Ok(())
    }

    pub fn finish(mut self) -> Result<W, ExportError> {
        self.out.write_all(b"\n]}\n")?;
        self.out.flush()?;
        Ok(self.out)
    }
}

fn write_cell(line: &mut Vec<u8>, data: &Data, kind: Type, row: usize) -> Result<(), ExportError> {
    let number = match data {
        Data::Texts(texts) => {
            let text = texts.get(row).map_or(Value::Null, Value::from);
            return serde_json::to_writer(line, &text).map_err(failed);
        }
        Data::Numbers(numbers) => numbers.get(row).copied().unwrap_or(NO_VALUE),
    };
    let text = match (number, kind.unit) {
        (NO_VALUE, _) => "null".to_owned(),
        (value, Unit::Flag) => (value != 0).to_string(),
        (value, Unit::Level | Unit::Label) => value.to_string(),
        (value, _) => format!("\"{}\"", number_text(value, kind)),
    };
    line.extend_from_slice(text.as_bytes());
    Ok(())
}
