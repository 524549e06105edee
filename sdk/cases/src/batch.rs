//! From a case's columns to a batch, as a host would lower it.

use crate::case::{Case, Cell};
use crate::cells;
use crate::manifest::{Binding, Column, PARTICIPANT};
use attain_sdk::NO_VALUE;
use attain_sdk::contract::exports::attain::policy::rules::{Batch, TextColumn};
use std::collections::{BTreeMap, BTreeSet};

/// The batch, or what is wrong with the case's columns.
pub fn batch(case: &Case, binding: &Binding) -> Result<Batch, String> {
    let rows = case.inputs.values().map(Vec::len).max().unwrap_or(0);
    for (name, column) in &case.inputs {
        let marks_groups = name == PARTICIPANT && binding.keys().is_some_and(|keys| keys == [PARTICIPANT]);
        if !marks_groups && !binding.inputs.iter().any(|input| input.name == *name) {
            let names: Vec<&str> = binding.inputs.iter().map(|input| input.name.as_str()).collect();
            return Err(format!(
                "[in] {name}: the policy reads no such input; it reads `{}`",
                names.join("`, `")
            ));
        }
        if column.len() != rows {
            return Err(format!("[in] {name}: {} values, the longest column has {rows}", column.len()));
        }
    }
    let mut batch = Batch {
        rows: u32::try_from(rows).map_err(|_| "[in]: too many rows".to_owned())?,
        numbers: Vec::new(),
        texts: Vec::new(),
        group_ends: Vec::new(),
    };
    for input in &binding.inputs {
        let cells = case.inputs.get(&input.name);
        if cells.is_none() && input.required {
            return Err(format!("[in] {}: the policy needs this input with these parameters", input.name));
        }
        let cells = cells.map(Vec::as_slice).unwrap_or_default();
        match input.is_text() {
            true => batch.texts.push(texts(cells)),
            false => batch.numbers.push(numbers(cells, input)?),
        }
    }
    if let Some(keys) = binding.keys() {
        batch.group_ends = group_ends(case, &keys, rows)?;
    }
    Ok(batch)
}

fn numbers(cells: &[Cell], input: &Column) -> Result<Vec<i64>, String> {
    let read = |(row, cell): (usize, &Cell)| {
        cells::read(&cell.0, input.meaning()).map_err(|what| format!("[in] {} row {row}: {what}", input.name))
    };
    cells.iter().enumerate().map(read).collect()
}

fn texts(cells: &[Cell]) -> TextColumn {
    let names: BTreeSet<&str> =
        cells.iter().map(|cell| cell.0.as_str()).filter(|name| !name.is_empty()).collect();
    let codes: BTreeMap<&str, u32> = names.iter().copied().zip(0..).collect();
    TextColumn {
        dictionary: names.iter().map(|name| (*name).to_owned()).collect(),
        codes: cells.iter().map(|cell| codes.get(cell.0.as_str()).copied().unwrap_or(u32::MAX)).collect(),
    }
}

/// A group ends where the values of the grouping inputs change.
fn group_ends(case: &Case, keys: &[&str], rows: usize) -> Result<Vec<u32>, String> {
    let key = |row: usize| -> Vec<Option<&str>> {
        keys.iter().map(|key| Some(case.inputs.get(*key)?.get(row)?.0.as_str())).collect()
    };
    let mut ends = Vec::new();
    let mut seen = BTreeSet::new();
    for row in 0..rows {
        if row + 1 == rows || key(row) != key(row + 1) {
            if !seen.insert(key(row)) {
                return Err(format!("[in] row {row}: the rows of one group must stand together"));
            }
            ends.push(u32::try_from(row + 1).map_err(|_| "[in]: too many rows".to_owned())?);
        }
    }
    Ok(ends)
}

/// The same batch with one row only.
pub fn one_row(batch: &Batch, row: usize) -> Batch {
    let cell = |column: &Vec<i64>| match column.get(row) {
        Some(cell) => vec![*cell],
        None if column.is_empty() => Vec::new(),
        None => vec![NO_VALUE],
    };
    let text = |column: &TextColumn| {
        let Some(code) = column.codes.get(row) else {
            return TextColumn { dictionary: Vec::new(), codes: Vec::new() };
        };
        let name = usize::try_from(*code).ok().and_then(|code| column.dictionary.get(code));
        let codes = vec![if name.is_some() { 0 } else { u32::MAX }];
        TextColumn { dictionary: name.cloned().into_iter().collect(), codes }
    };
    Batch {
        rows: 1,
        numbers: batch.numbers.iter().map(cell).collect(),
        texts: batch.texts.iter().map(text).collect(),
        group_ends: Vec::new(),
    }
}
