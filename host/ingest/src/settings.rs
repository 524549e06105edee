//! What a person writes to say how a file is to be read: column types, number and date formats, mappings.

pub mod column;
pub mod date;
mod fields;
pub mod mapping;
pub mod number;

pub(crate) use fields::{Fields, parse_toml};
