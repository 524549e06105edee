//! What comes out of a policy besides columns: its failures and the steps of an explanation.

use wasmtime::component::{ComponentType, Lift};

/// The most characters of a guest's text that are kept.
const TEXT_CHARS_MAX: usize = 1000;

/// Why a policy gives no result, in its own words.
#[derive(Clone, Debug, PartialEq, Eq, ComponentType, Lift)]
#[component(record)]
pub struct Failure {
    /// For programs; never renamed.
    pub code: String,
    /// For people.
    pub message: String,
    /// The row of the batch that it is about.
    pub row: Option<u32>,
    /// The parameter that it is about, such as `tiers[1].rate`.
    pub at: Option<String>,
}

impl Failure {
    /// The failure as the host passes it on: no endless texts, no control characters, no row that isn't one.
    pub(crate) fn tamed(self, rows: u32) -> Failure {
        Failure {
            code: tame(&self.code),
            message: tame(&self.message),
            row: self.row.filter(|row| *row < rows),
            at: self.at.as_deref().map(tame),
        }
    }
}

fn tame(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(TEXT_CHARS_MAX).collect()
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.at {
            Some(at) if !at.is_empty() => write!(f, "`{at}`: {}", self.message),
            Some(_) | None => f.write_str(&self.message),
        }
    }
}

/// One step of an explanation.
#[derive(Clone, Debug, PartialEq, Eq, ComponentType, Lift)]
#[component(record)]
pub struct Step {
    /// An index into the manifest's rules and, past their end, into the binding's.
    pub rule: u16,
    /// The numbers for the places of the rule's sentence.
    pub values: Vec<i64>,
    /// The output that it adds to, by index, and how much, in the output's own decimals.
    #[component(name = "adds-to")]
    pub adds_to: Option<(u16, i64)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_from_outside_cannot_flood_or_forge_a_line() {
        let wild = Failure {
            code: "bad\ncode".to_owned(),
            message: "x".repeat(5000),
            row: Some(9),
            at: Some("tiers[1]".to_owned()),
        };
        let tame = wild.tamed(9);
        assert_eq!((tame.code.as_str(), tame.message.len(), tame.row), ("bad code", TEXT_CHARS_MAX, None));
        assert!(tame.to_string().starts_with("`tiers[1]`: xxx"));
    }
}
