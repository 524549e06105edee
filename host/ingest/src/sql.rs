//! SQL from strangers, on an in-memory database that holds their own files and nothing else.
//!
//! What it can't do is decided in [`guard`]; what numbers may become, in [`exact`]; what we add, in
//! [`functions`]. Dates are whole days, decimals are whole numbers of their smallest unit, texts are texts.

mod exact;
mod functions;
mod guard;
mod load;
mod message;

use crate::build::Frame;
use crate::builder::{RowLength, Rows, TableBuilder};
use crate::cell::Cell;
use crate::error::ImportError;
use crate::header::{Expectation, Untyped};
use crate::limits::Limits;
use crate::recipe::TableSql;
use crate::schema::Schema;
use crate::settings::mapping::Mapping;
use attain_model::Table;
use attain_model::nearest::hint;
use guard::Guard;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Statement};
use std::borrow::Cow;

/// The database of one recipe.
pub(crate) struct Sandbox<'a> {
    file: &'a str,
    connection: Connection,
    guard: Guard,
    names: message::Names,
    texts: exact::TextColumns,
    frame: Frame,
    limits: &'a Limits,
}

impl<'a> Sandbox<'a> {
    /// Loads the sources and closes the doors.
    pub fn open(
        file: &'a str,
        sources: &[Table],
        frame: Frame,
        limits: &'a Limits,
    ) -> Result<Self, ImportError> {
        let failed = |error: rusqlite::Error| {
            ImportError::file(
                file,
                format!("can't be run: its sources don't load ({})", message::text_of(&error)),
            )
        };
        let mut connection = Connection::open_in_memory().map_err(failed)?;
        guard::harden(&connection, limits).map_err(failed)?;
        load::load(&mut connection, sources).map_err(failed)?;
        functions::register(&connection, frame.currency).map_err(failed)?;
        let texts = exact::TextColumns::of(&connection, sources).map_err(failed)?;
        let guard = guard::close(&mut connection, sources, limits).map_err(failed)?;
        Ok(Sandbox { file, connection, guard, names: message::Names::of(sources), texts, frame, limits })
    }

    /// Runs one table's SQL and checks what it gives.
    pub fn run(&mut self, table: &TableSql) -> Result<Table, ImportError> {
        let schema = self.schema_of(table);
        let mapping = Mapping { columns: table.columns.clone(), ..Mapping::default() };
        let expect = Expectation {
            file: self.file,
            schema: &schema,
            mapping: &mapping,
            limits: self.limits,
            untyped: Untyped::Declared,
        };
        let mut builder = TableBuilder::new(expect, Some(&table.name), RowLength::Fixed);
        self.guard.begin();
        self.run_into(table, &mut builder)?;
        builder.finish()
    }

    fn schema_of(&self, table: &TableSql) -> Schema {
        let schema = Schema::table(&table.name, self.frame.currency);
        if table.key.is_empty() {
            return schema;
        }
        let key: Vec<&str> = table.key.iter().map(String::as_str).collect();
        schema.with_key(&key)
    }

    fn run_into(&self, table: &TableSql, rows: &mut dyn Rows) -> Result<(), ImportError> {
        let refused =
            |what: String| ImportError::Sql { file: self.file.to_owned(), table: table.name.clone(), what };
        let failed =
            |error: rusqlite::Error| refused(message::explain(&error, &self.guard, &self.names, self.limits));
        exact::check(&self.connection, &table.sql, &self.texts).map_err(|error| match error {
            exact::Inexact::Refused(what) => refused(what),
            exact::Inexact::Failed(error) => failed(error),
        })?;
        let mut statement = self.connection.prepare(&table.sql).map_err(failed)?;
        self.bind(&mut statement).map_err(|error| match error {
            Bind::Unknown(what) => refused(what),
            Bind::Failed(error) => failed(error),
        })?;
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        rows.header(None, &names)?;
        let mut was_real = vec![false; names.len()];
        let mut results = statement.raw_query();
        let mut number = 0_u64;
        while let Some(row) = results.next().map_err(failed)? {
            number += 1;
            let mut cells = Vec::with_capacity(names.len());
            for (index, was_real) in was_real.iter_mut().enumerate() {
                cells.push(cell_of(row.get_ref(index).map_err(failed)?, was_real));
            }
            rows.row(number, &cells)?;
        }
        Ok(())
    }

    fn bind(&self, statement: &mut Statement<'_>) -> Result<(), Bind> {
        let known = [("first_day", self.frame.span.first_day), ("last_day", self.frame.span.last_day)];
        for index in 1..=statement.parameter_count() {
            let name = statement.parameter_name(index).unwrap_or("?").to_owned();
            let Some((_, day)) = known.iter().find(|(known, _)| name.get(1..) == Some(known)) else {
                let near = hint(&name, [":first_day", ":last_day"]);
                return Err(Bind::Unknown(format!("`{name}` is no parameter of a recipe{near}")));
            };
            statement.raw_bind_parameter(index, *day).map_err(Bind::Failed)?;
        }
        Ok(())
    }
}

enum Bind {
    Unknown(String),
    Failed(rusqlite::Error),
}

/// A value of a result. A floating-point one is reported once a column.
fn cell_of<'r>(value: ValueRef<'r>, was_real: &mut bool) -> Cell<'r> {
    match value {
        ValueRef::Null => Cell::Empty,
        ValueRef::Integer(number) => Cell::Smallest(number),
        ValueRef::Real(_) if *was_real => Cell::Empty,
        ValueRef::Real(real) => {
            *was_real = true;
            Cell::Fault(Cow::Owned(real.to_string()), exact::REAL_RESULT)
        }
        ValueRef::Text(text) => match std::str::from_utf8(text) {
            Ok(text) => Cell::Text(Cow::Borrowed(text)),
            Err(_) => Cell::Fault(
                String::from_utf8_lossy(text).into_owned().into(),
                "is not text; cut it between characters",
            ),
        },
        ValueRef::Blob(_) => {
            Cell::Fault(Cow::Borrowed("binary data"), "is no value of a table; expected a number or a text")
        }
    }
}
