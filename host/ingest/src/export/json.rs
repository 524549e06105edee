//! JSON: `{"table": ..., "columns": [{"name", "title", "unit", "decimals"}], "rows": [{...}]}`.
//!
//! Numbers with a unit of money, ratio, points, count or days are texts with exactly their decimals; levels and
//! labels are small integers, flags are true or false, days are texts such as `"2017-03-01"`, no value is null.

use super::{ExportError, Format, Layout, number_text};
use attain_model::{Data, NO_VALUE, Type, Unit};
use serde_json::{Map, Value, json};
use std::io::Write;

pub(super) struct JsonWriter<W> {
    out: W,
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
        Ok(JsonWriter { out, before: "\n" })
    }

    pub fn write(&mut self, layout: &Layout, rows: usize, columns: &[&Data]) -> Result<(), ExportError> {
        for row in 0..rows {
            let cells = columns.iter().zip(&layout.columns);
            let cells: Map<String, Value> =
                cells.map(|(data, column)| (column.name.clone(), cell(data, column.kind, row))).collect();
            self.out.write_all(self.before.as_bytes())?;
            serde_json::to_writer(&mut self.out, &cells).map_err(failed)?;
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

fn cell(data: &Data, kind: Type, row: usize) -> Value {
    match data {
        Data::Texts(texts) => texts.get(row).map_or(Value::Null, Value::from),
        Data::Numbers(numbers) => match (numbers.get(row).copied().unwrap_or(NO_VALUE), kind.unit) {
            (NO_VALUE, _) => Value::Null,
            (value, Unit::Flag) => Value::from(value != 0),
            (value, Unit::Level | Unit::Label) => Value::from(value),
            (value, _) => Value::from(number_text(value, kind)),
        },
    }
}
