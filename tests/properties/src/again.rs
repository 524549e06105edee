//! A policy is a function: the same in gives the same out, and what explains is what pays.

use crate::figures::{Cell, Sheet};
use crate::setting::Setting;
use attain_cases::{Failure, shown};
use attain_sdk::NO_VALUE;
use attain_tests::random::Random;

/// Figures and parameters as companies have them never overflow.
pub fn check_usual(setting: &Setting<'_>, sheet: &Sheet) -> Result<(), String> {
    if digits(sheet) > 10 || is_odd(setting) {
        return Ok(());
    }
    crate::trial::tried(setting.policy.name);
    match setting.evaluate(sheet) {
        Err(failure) if failure.code == "overflow" => Err(shown(&failure)),
        _ => Ok(()),
    }
}

/// Whether a parameter was changed to a million or a millionth: a weight of the one beside one of the other is none
/// that a company has.
fn is_odd(setting: &Setting<'_>) -> bool {
    setting.changes.iter().any(|change| change.contains("1000000") || change.contains("0.000001"))
}

/// How many digits the longest figure has.
fn digits(sheet: &Sheet) -> u32 {
    let numbers = sheet.rows.iter().flat_map(|row| &row.cells).filter_map(Cell::number);
    numbers.map(|number| number.unsigned_abs().checked_ilog10().map_or(1, |log| log + 1)).max().unwrap_or(0)
}

/// Twice the same; explained is what is evaluated, in whatever order and company rows are asked for.
pub fn check(setting: &Setting<'_>, sheet: &Sheet, random: &mut Random) -> Result<(), String> {
    let first = setting.evaluate(sheet);
    if setting.evaluate(sheet) != first {
        return Err("it gives something else the second time".to_owned());
    }
    let given = match first {
        Err(failure) => return same_failure(setting, sheet, &failure),
        Ok(given) => given,
    };
    let all: Vec<u32> = (0..sheet.rows.len() as u32).collect();
    let told = setting
        .explain(sheet, &all)
        .map_err(|failure| format!("it pays, but explains with {}", shown(&failure)))?;
    crate::trial::tried(setting.policy.name);
    if told.len() != all.len() {
        return Err(format!("{} explanations for {} rows", told.len(), all.len()));
    }
    let mut some: Vec<u32> = all.iter().copied().filter(|_| random.below(2) == 0).collect();
    some.extend(all.first());
    random.shuffle(&mut some);
    let again =
        setting.explain(sheet, &some).map_err(|failure| format!("asked for some: {}", shown(&failure)))?;
    for (row, steps) in some.iter().zip(&again) {
        if *steps != told[*row as usize] {
            return Err(format!("row {row} is explained otherwise when it is asked for among others"));
        }
    }
    for (output, column) in setting.binding.outputs.iter().zip(&given.columns) {
        let most = match output.unit.as_str() {
            "flag" => 1,
            "level" => 3,
            "label" => output.labels.len() as i64 - 1,
            _ => continue,
        };
        if let Some(cell) = column.iter().find(|cell| **cell != NO_VALUE && !(0..=most).contains(*cell)) {
            return Err(format!("`{}` is {cell}, expected 0 to {most}", output.name));
        }
    }
    Ok(())
}

/// The row that is refused is explained with the same failure.
fn same_failure(setting: &Setting<'_>, sheet: &Sheet, failure: &Failure) -> Result<(), String> {
    let row = failure.row.ok_or_else(|| format!("no row is named: {}", shown(failure)))?;
    match setting.explain(sheet, &[row]) {
        Err(explained) if explained == *failure => Ok(()),
        Err(explained) => {
            Err(format!("evaluated it is refused: {}; explained: {}", shown(failure), shown(&explained)))
        }
        Ok(_) => Err(format!("evaluated it is refused: {}; it is explained all the same", shown(failure))),
    }
}
