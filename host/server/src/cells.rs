//! Rows of a table as JSON: decimal texts, days as days, null where there is no value.
//!
//! A number is a text because most readers of JSON would make a binary fraction of it.

use attain_model::{Data, NO_VALUE, Table, Type, Unit, number, period};
use serde_json::Value;

/// The rows of a table, a list of cells each.
pub(crate) fn rows_of(table: &Table) -> Vec<Vec<Value>> {
    let row = |row: usize| table.columns.iter().map(|column| cell(&column.data, column.kind, row)).collect();
    (0..table.rows).map(row).collect()
}

fn cell(data: &Data, kind: Type, row: usize) -> Value {
    match data {
        Data::Texts(texts) => texts.get(row).map_or(Value::Null, Value::from),
        Data::Numbers(numbers) => match numbers.get(row).copied().unwrap_or(NO_VALUE) {
            NO_VALUE => Value::Null,
            day if kind.unit == Unit::Date => Value::from(period::day_text(day)),
            number => Value::from(number::format(number, kind.decimals)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use attain_model::{Column, TextColumn};

    #[test]
    fn cells_are_exact_texts_and_no_value_is_null() {
        let texts = Data::Texts(TextColumn::from_rows([Some("Ann"), None]));
        let column = |name: &str, kind, data| Column { name: name.to_owned(), kind, data };
        let table = Table {
            name: "people".to_owned(),
            rows: 2,
            columns: vec![
                column("participant", Type::TEXT, texts),
                column("pay", Type::new(Unit::Money, 2).unwrap(), Data::Numbers(vec![i64::MAX, NO_VALUE])),
                column("hired", Type::new(Unit::Date, 0).unwrap(), Data::Numbers(vec![0, NO_VALUE])),
            ],
        };
        let rows = serde_json::json!(rows_of(&table));
        assert_eq!(
            rows,
            serde_json::json!([["Ann", "92233720368547758.07", "1970-01-01"], [null, null, null]])
        );
    }
}
