//! The company: whose figures they are, and in which calendar and currency it counts.

use crate::currency::Currency;
use serde::{Deserialize, Serialize};
use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// Names a company: 1 to 64 of `a-z`, `0-9` and `-`, beginning with a letter or digit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct CompanyId(String);

impl CompanyId {
    /// The id, unless the text isn't one.
    pub fn parse(text: &str) -> Option<CompanyId> {
        is_name(text).then(|| CompanyId(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CompanyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for CompanyId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        CompanyId::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!("`{text}` is not a company id, expected {NAME_SHAPE}"))
        })
    }
}

/// What [`is_name`] accepts, in words.
pub const NAME_SHAPE: &str = "1 to 64 of `a-z`, `0-9` and `-`, beginning with a letter or digit";

/// Whether a text may name a company, a plan, a policy or a step.
pub fn is_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    (1..=64).contains(&bytes.len())
        && bytes.first().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
}

/// What [`is_column_name`] accepts, in words.
pub const COLUMN_SHAPE: &str = "1 to 64 of `a-z`, `0-9` and `_`, beginning with a letter";

/// Whether a text may name a column, a table, a metric, an input or an output.
pub fn is_column_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    (1..=64).contains(&bytes.len())
        && bytes.first().is_some_and(u8::is_ascii_lowercase)
        && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_')
}

/// An id as it is kept: normalised (NFC) and trimmed. None when nothing is left, when it is longer than 200
/// bytes or holds control characters.
///
/// ```
/// use attain_model::company::normal_id;
/// assert_eq!(normal_id(" Zoe\u{308} "), Some("Zoë".to_owned()));
/// assert_eq!(normal_id("  "), None);
/// ```
pub fn normal_id(text: &str) -> Option<String> {
    let trimmed = text.trim();
    let id: String = if trimmed.is_ascii() { trimmed.to_owned() } else { trimmed.nfc().collect() };
    (!id.is_empty() && id.len() <= 200 && !id.chars().any(char::is_control)).then_some(id)
}

/// Whose figures they are. A stored record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Company {
    /// Its id, for ever.
    pub id: CompanyId,
    /// What people call it.
    pub name: String,
    /// What it pays in, unless a plan says otherwise.
    pub currency: Currency,
    /// IANA name, such as `Asia/Shanghai`: which day a time stamp falls on.
    pub timezone: String,
    /// Month that its fiscal year begins with, 1 to 12.
    pub fiscal_year_start: u8,
}
