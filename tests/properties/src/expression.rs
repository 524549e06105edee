//! Sums over what goes in and what comes out, as tables write them: `paid_now + held`, `sum(share) + undistributed`.
//!
//! A name is an output, or else an input; `in.pool` is the input where both have the name. `sum(x)` adds up the
//! rows of a group that have a value, `first(x)` is the first value that any of them has.

use crate::figures::{Given, Sheet};
use crate::setting::Setting;
use std::ops::Range;

/// A row and its group, with what came out.
pub struct Place<'a> {
    /// The setting.
    pub setting: &'a Setting<'a>,
    /// What goes in.
    pub sheet: &'a Sheet,
    /// What comes out.
    pub given: &'a Given,
    /// The row.
    pub row: usize,
    /// The rows of its group.
    pub group: Range<usize>,
    /// Which group that is.
    pub group_index: usize,
}

/// What an expression is worth; none where an output has no value. An input without one is nothing.
pub fn worth(expression: &str, at: &Place<'_>) -> Option<i128> {
    let spaced = expression.replace(" - ", " + -");
    spaced.split(" + ").map(|term| term_worth(term.trim(), at)).sum()
}

fn term_worth(term: &str, at: &Place<'_>) -> Option<i128> {
    let (sign, term) = term.strip_prefix('-').map_or((1, term), |term| (-1, term));
    let inner = |word: &str| term.strip_prefix(word)?.strip_prefix('(')?.strip_suffix(')');
    let worth = if let Some(name) = inner("sum") {
        // Rows without a value add nothing.
        at.group.clone().filter_map(|row| name_worth(name, row, at)).sum()
    } else if let Some(name) = inner("first") {
        let input = at.setting.input(name)?;
        at.group.clone().find_map(|row| at.sheet.rows[row].cells[input].number())?.into()
    } else if term == "0" {
        0
    } else {
        name_worth(term, at.row, at)?
    };
    Some(sign * worth)
}

/// The names in an expression.
pub fn names(expression: &str) -> impl Iterator<Item = &str> {
    let words = expression.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words.filter(|word| !["", "0", "in", "sum", "first"].contains(word))
}

fn name_worth(name: &str, row: usize, at: &Place<'_>) -> Option<i128> {
    let output = at.setting.output(name).filter(|_| !name.starts_with("in."));
    if let Some(output) = output {
        let index = if at.setting.binding.outputs[output].is_per_group() { at.group_index } else { row };
        let cell = at.given.columns[output][index];
        return (cell != attain_sdk::NO_VALUE).then_some(cell.into());
    }
    let name = name.strip_prefix("in.").unwrap_or(name);
    // What these parameters have no use for is nothing.
    let number = at.setting.input(name).and_then(|input| at.sheet.rows[row].cells[input].number());
    Some(number.unwrap_or(0).into())
}
