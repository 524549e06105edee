//! Puts sources into the database: numbers as integers, texts as texts, no value as null.

use attain_model::number::NO_VALUE;
use attain_model::{Column, Data, Table};
use rusqlite::{Connection, Result, ToSql, types::Null};

/// Makes and fills one table a source. Names of tables and columns hold only `a-z`, `0-9` and `_`.
pub(super) fn load(connection: &mut Connection, sources: &[Table]) -> Result<()> {
    let transaction = connection.transaction()?;
    for source in sources {
        let columns: Vec<String> = source.columns.iter().map(declaration).collect();
        transaction.execute_batch(&format!(
            "create table \"{}\" ({}) strict",
            source.name,
            columns.join(", ")
        ))?;
        let places = vec!["?"; source.columns.len()].join(", ");
        let mut insert =
            transaction.prepare(&format!("insert into \"{}\" values ({places})", source.name))?;
        for row in 0..source.rows {
            for (index, column) in source.columns.iter().enumerate() {
                insert.raw_bind_parameter(index + 1, value_of(column, row))?;
            }
            insert.raw_execute()?;
        }
    }
    transaction.commit()
}

fn declaration(column: &Column) -> String {
    let kind = match column.data {
        Data::Numbers(_) => "integer",
        Data::Texts(_) => "text",
    };
    format!("\"{}\" {kind}", column.name)
}

fn value_of(column: &Column, row: usize) -> Box<dyn ToSql + '_> {
    match &column.data {
        Data::Numbers(numbers) => match numbers.get(row) {
            Some(number) if *number != NO_VALUE => Box::new(*number),
            _ => Box::new(Null),
        },
        Data::Texts(texts) => Box::new(texts.get(row)),
    }
}
