//! How results look: tables that line up, numbers to the right, a bar on long work.

use comfy_table::{Cell, CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;

/// A line under the header and nothing else.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// A table with a header; columns named in `right` stand to the right.
pub fn table(header: &[&str], right: &[usize], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(STYLE).set_content_arrangement(ContentArrangement::Disabled);
    let cell = |(i, text): (usize, String)| {
        let cell = Cell::new(text);
        if right.contains(&i) { cell.set_alignment(CellAlignment::Right) } else { cell }
    };
    table.set_header(header.iter().map(|h| (*h).to_owned()).enumerate().map(cell));
    for row in rows {
        table.add_row(row.into_iter().enumerate().map(cell));
    }
    table.to_string()
}

/// A field of an answer as text.
pub fn text(value: &Value, path: &str) -> String {
    match value.pointer(path) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// The first digits of a digest.
pub fn short(digest: &str) -> String {
    digest.chars().take(12).collect()
}

/// A number with its thousands apart: `1234567.89` is `1,234,567.89`.
pub fn grouped(number: &str) -> String {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let (whole, fraction) =
        digits.split_once('.').map_or((digits, String::new()), |(w, f)| (w, format!(".{f}")));
    if !whole.bytes().all(|b| b.is_ascii_digit()) {
        return number.to_owned();
    }
    let mut out = String::from(sign);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out + &fraction
}

/// A bar for long work, on standard error; hidden where that is no terminal.
pub fn bar() -> ProgressBar {
    let style =
        ProgressStyle::with_template("{spinner} {msg:30!} [{bar:30}] {human_pos}/{human_len} rows {elapsed}");
    let bar = ProgressBar::new(1);
    if let Ok(style) = style {
        bar.set_style(style.progress_chars("=> "));
    }
    bar
}

/// A share as a bar of eighths of a character, `width` characters at most.
pub fn share(value: i64, most: i64, width: usize) -> String {
    if value <= 0 || most <= 0 {
        return String::new();
    }
    let eighths = i128::from(value) * (width as i128) * 8 / i128::from(most);
    let eighths = usize::try_from(eighths).unwrap_or(0).min(width * 8);
    let part = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    "█".repeat(eighths / 8) + part.get(eighths % 8).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(grouped("-1234567.89"), "-1,234,567.89");
        assert_eq!(grouped("123"), "123");
        assert_eq!(grouped(""), "");
        assert_eq!(grouped("2017-Q1"), "2017-Q1");
    }

    #[test]
    fn a_share_is_a_bar() {
        assert_eq!(share(50, 100, 4), "██");
        assert_eq!(share(1, 100, 4), "");
        assert_eq!(share(100, 100, 4), "████");
        assert_eq!(share(-1, 100, 4), "");
        assert_eq!(share(i64::MAX, i64::MAX, 10).chars().count(), 10);
    }
}
