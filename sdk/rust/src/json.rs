//! JSON, without floating point: a number stays the text it was written as.
//!
//! In:  a text of any origin. Out: a [`Json`], or what is wrong and in which line and column.
//! Written JSON is read back to an equal value.

mod read;
mod write;

pub use read::{DEPTH_MAX, JsonError, read};
pub use write::Writer;

use std::fmt;

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// As it was written.
    Number(String),
    /// Without its escapes.
    Text(String),
    /// In order.
    Array(Vec<Json>),
    /// In the order of the text; a name that is there twice is there twice.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// A text.
    pub fn text(text: impl Into<String>) -> Json {
        Json::Text(text.into())
    }

    /// A whole number.
    pub fn whole(number: impl Into<i64>) -> Json {
        Json::Number(number.into().to_string())
    }

    /// An object of these fields.
    pub fn object<const N: usize>(fields: [(&str, Json); N]) -> Json {
        Json::Object(fields.map(|(name, value)| (name.to_owned(), value)).into())
    }

    /// Adds a field to an object; another value stays as it is.
    pub fn with(mut self, name: &str, value: Json) -> Json {
        if let Json::Object(fields) = &mut self {
            fields.push((name.to_owned(), value));
        }
        self
    }

    /// The field of an object.
    pub fn field(&self, name: &str) -> Option<&Json> {
        match self {
            Json::Object(fields) => fields.iter().find(|(field, _)| field == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// What it is, for a person: `a text`, `a list`.
    pub fn sort(&self) -> &'static str {
        match self {
            Json::Null => "null",
            Json::Bool(_) => "true or false",
            Json::Number(_) => "a number",
            Json::Text(_) => "a text",
            Json::Array(_) => "a list",
            Json::Object(_) => "an object",
        }
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut writer = Writer::new();
        write(self, &mut writer);
        f.write_str(&writer.finish())
    }
}

fn write(json: &Json, writer: &mut Writer) {
    match json {
        Json::Null => writer.plain("null"),
        Json::Bool(yes) => writer.flag(*yes),
        Json::Number(number) => writer.plain(number),
        Json::Text(text) => writer.text(text),
        Json::Array(items) => {
            writer.open('[');
            items.iter().for_each(|item| write(item, writer));
            writer.close(']');
        }
        Json::Object(fields) => {
            writer.open('{');
            fields.iter().for_each(|(name, value)| write(value, writer.key(name)));
            writer.close('}');
        }
    }
}
