//! Reads the keys of a TOML table and says exactly what is wrong with them.
//!
//! In: a parsed table and its path. Out: typed values; problems go to a collector. Invariant: every key that no
//! reader asked for is a problem, with the nearest known key.

use crate::error::{Collector, ImportError, Place};
use attain_model::nearest::hint;

/// Parses a TOML file; a syntax error names the line.
pub(crate) fn parse_toml(file: &str, text: &str, bytes_max: usize) -> Result<toml::Table, ImportError> {
    if text.len() > bytes_max {
        return Err(ImportError::too_large(
            file,
            format!("has {} bytes, expected at most {bytes_max}", text.len()),
        ));
    }
    text.parse::<toml::Table>().map_err(|error| {
        let line = error
            .span()
            .and_then(|span| text.get(..span.start))
            .map(|before| before.matches('\n').count() + 1);
        let place = line.map(|line| format!(" in line {line}")).unwrap_or_default();
        let message = error.message().trim().replace('\n', ", ");
        ImportError::file(file, format!("is not TOML{place}: {message}; mend it there"))
    })
}

/// A table being read.
pub(crate) struct Fields<'a> {
    path: String,
    table: &'a toml::Table,
    asked: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    pub fn new(path: &str, table: &'a toml::Table) -> Self {
        Fields { path: path.to_owned(), table, asked: Vec::new() }
    }

    /// The path of a key, such as `sources.deals.file`.
    pub fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn get(&mut self, key: &'static str) -> Option<&'a toml::Value> {
        self.asked.push(key);
        self.table.get(key)
    }

    /// Whether the key is there at all.
    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// A problem with the value of a key.
    pub fn wrong(&self, problems: &mut Collector, key: &str, what: impl FnOnce() -> String) {
        problems.add(Place::default(), Some(&self.path_of(key)), what);
    }

    pub fn text(&mut self, key: &'static str, problems: &mut Collector) -> Option<&'a str> {
        match self.get(key)? {
            toml::Value::String(text) => Some(text),
            other => {
                self.wrong(problems, key, || format!("is {}, expected a text in quotes", kind_of(other)));
                None
            }
        }
    }

    /// A text that is read further.
    pub fn parsed<T>(
        &mut self,
        key: &'static str,
        problems: &mut Collector,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let text = self.text(key, problems)?;
        parse(text)
            .map_err(|what| {
                self.wrong(problems, key, || format!("is `{}`, {what}", crate::error::shown(text)))
            })
            .ok()
    }

    pub fn whole(
        &mut self,
        key: &'static str,
        least: i64,
        most: i64,
        problems: &mut Collector,
    ) -> Option<i64> {
        let value = self.get(key)?;
        let number = value.as_integer().filter(|number| (least..=most).contains(number));
        if number.is_none() {
            self.wrong(problems, key, || {
                format!("is `{value}`, expected a whole number from {least} to {most}")
            });
        }
        number
    }

    pub fn texts(&mut self, key: &'static str, problems: &mut Collector) -> Vec<String> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let texts: Option<Vec<String>> = value
            .as_array()
            .and_then(|array| array.iter().map(|item| item.as_str().map(str::to_owned)).collect());
        texts.unwrap_or_else(|| {
            self.wrong(problems, key, || {
                format!("is {}, expected a list of texts such as `[\"a\", \"b\"]`", kind_of(value))
            });
            Vec::new()
        })
    }

    pub fn table(&mut self, key: &'static str, problems: &mut Collector) -> Option<&'a toml::Table> {
        let value = self.get(key)?;
        if value.as_table().is_none() {
            self.wrong(problems, key, || {
                format!("is {}, expected a table such as `[{}]`", kind_of(value), self.path_of(key))
            });
        }
        value.as_table()
    }

    /// Reports the keys that nobody asked for.
    pub fn finish(self, problems: &mut Collector) {
        for key in self.table.keys().filter(|key| !self.asked.contains(&key.as_str())) {
            self.wrong(problems, key, || {
                format!("is not a key that is known here{}", hint(key, self.asked.iter().copied()))
            });
        }
    }
}

/// What a TOML value is, in words.
pub(crate) fn kind_of(value: &toml::Value) -> &'static str {
    match value {
        toml::Value::String(_) => "a text",
        toml::Value::Integer(_) => "a whole number",
        toml::Value::Float(_) => "a floating-point number",
        toml::Value::Boolean(_) => "true or false",
        toml::Value::Datetime(_) => "a date",
        toml::Value::Array(_) => "a list",
        toml::Value::Table(_) => "a table",
    }
}
