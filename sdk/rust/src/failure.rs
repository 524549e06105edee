//! Why there is no result.

use crate::contract::exports::attain::policy::rules;
use std::fmt;

/// Why a rule gives no result: a code for programs, a sentence for people, and the place.
#[derive(Clone, PartialEq)]
pub struct Failure(Box<rules::Failure>);

/// What a rule returns.
pub type Result<T, E = Failure> = std::result::Result<T, E>;

impl Failure {
    /// A failure with a code (`no-target`) that is never renamed, and a sentence in lower case without a point.
    #[cold]
    #[inline(never)]
    pub fn new(code: &str, message: impl Into<String>) -> Failure {
        Failure::of(code, message.into())
    }

    #[cold]
    #[inline(never)]
    fn of(code: &str, message: String) -> Failure {
        Failure(Box::new(rules::Failure { code: code.to_owned(), message, row: None, at: None }))
    }

    /// The same, of a row of the batch.
    pub fn in_row(mut self, row: usize) -> Failure {
        self.0.row = u32::try_from(row).ok();
        self
    }

    /// The same, in a row unless it names one.
    pub(crate) fn in_row_at_least(self, row: usize) -> Failure {
        if self.0.row.is_some() { self } else { self.in_row(row) }
    }

    /// The same, where rows were counted from the first of a group.
    pub(crate) fn in_group(mut self, first: usize) -> Failure {
        let first = u32::try_from(first).unwrap_or(u32::MAX);
        self.0.row = Some(self.0.row.map_or(first, |row| row.saturating_add(first)));
        self
    }

    /// The same, at a parameter's path.
    pub fn at(self, path: impl fmt::Display) -> Failure {
        self.at_path(path.to_string())
    }

    #[inline(never)]
    fn at_path(mut self, path: String) -> Failure {
        self.0.at = (!path.is_empty()).then_some(path);
        self
    }

    /// For programs.
    pub fn code(&self) -> &str {
        &self.0.code
    }

    #[cold]
    #[inline(never)]
    fn missing(input: &str) -> Failure {
        Failure::of(
            "missing-value",
            format!("`{input}` has no value here and the rule needs one; give it one"),
        )
    }

    pub(crate) fn overflow(row: usize) -> Failure {
        Failure::new(
            "overflow",
            "a number is too large to be computed with; look for figures or parameters with too many digits",
        )
        .in_row(row)
    }

    pub(crate) fn batch(message: impl Into<String>) -> Failure {
        Failure::new("batch", message)
    }
}

/// The value of an input that these parameters, or this row, can't do without.
#[inline]
pub fn needed<T>(value: Option<T>, input: &str) -> Result<T> {
    value.ok_or_else(|| Failure::missing(input))
}

impl From<Failure> for rules::Failure {
    fn from(failure: Failure) -> rules::Failure {
        *failure.0
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
