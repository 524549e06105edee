//! Cells between text and number, by what the number means.

use crate::manifest::Meaning;
use attain_sdk::{Date, NO_VALUE, written};

/// What the values of a level are called.
const LEVELS: [&str; 4] = ["none", "blue", "yellow", "red"];

/// Reads a cell; the error says what was expected.
pub fn read(text: &str, meaning: Meaning<'_>) -> Result<i64, String> {
    if text.is_empty() {
        return Ok(NO_VALUE);
    }
    let wrong = |expected: &str| format!("`{text}` is not {expected}");
    let level = || (0..).zip(LEVELS).find(|(_, name)| *name == text).map(|(level, _)| level);
    match meaning.unit {
        "date" => {
            Date::parse(text).map(|day| day.days().into()).ok_or_else(|| wrong("a day such as 2025-01-31"))
        }
        "flag" => match text {
            "true" | "1" => Ok(1),
            "false" | "0" => Ok(0),
            _ => Err(wrong("true or false")),
        },
        "label" => {
            let by_label = meaning.labels.iter().position(|names| names.values().any(|name| name == text));
            let index = by_label.or_else(|| meaning.inputs.iter().position(|input| input.name == text));
            index.and_then(|index| i64::try_from(index).ok()).ok_or_else(|| wrong("one of the labels"))
        }
        "level" => {
            level().or_else(|| number(text, 0)).ok_or_else(|| wrong("`none`, `blue`, `yellow` or `red`"))
        }
        _ => number(text, meaning.decimals)
            .ok_or_else(|| wrong(&format!("a number with at most {} decimals", meaning.decimals))),
    }
}

/// `-?digits(.digits)?` as a count of units of so many decimals, up to the largest number there is.
fn number(text: &str, decimals: u8) -> Option<i64> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let only_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let fraction = fraction.trim_end_matches('0');
    if !only_digits(whole)
        || !(fraction.is_empty() || only_digits(fraction))
        || fraction.len() > decimals.into()
    {
        return None;
    }
    let units: i64 = format!("{whole}{fraction:0<width$}", width = decimals.into()).parse().ok()?;
    Some(if negative { -units } else { units })
}

/// Writes a cell as a case file has it.
pub fn write(cell: i64, meaning: Meaning<'_>) -> String {
    if cell == NO_VALUE {
        return "no value".to_owned();
    }
    let index = usize::try_from(cell).unwrap_or(usize::MAX);
    match meaning.unit {
        "date" => {
            i32::try_from(cell).map_or_else(|_| cell.to_string(), |days| Date::from_days(days).to_string())
        }
        "flag" => if cell == 0 { "false" } else { "true" }.to_owned(),
        "level" => LEVELS.get(index).map_or_else(|| cell.to_string(), |name| (*name).to_owned()),
        "label" => {
            let label = meaning.labels.get(index).and_then(|names| names.get("en")).cloned();
            let name = label.or_else(|| meaning.inputs.get(index).map(|input| input.name.clone()));
            name.unwrap_or_else(|| cell.to_string())
        }
        _ => written(cell, meaning.decimals),
    }
}
