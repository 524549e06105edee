//! A cell as a reader found it, and what it means under a column's type.

use crate::error::shown;
use crate::settings::date::{DAYS, DateFormat, read_iso, write_iso};
use crate::settings::number::NumberFormat;
use attain_model::number::{NO_VALUE, NumberError, format, parse, power_of_ten, rescale};
use attain_model::{Type, Unit};
use std::borrow::Cow;

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    /// Nothing.
    Empty,
    /// Text as it stands, spaces around it included.
    Text(Cow<'a, str>),
    /// A number of the given decimals, exact.
    Scaled(i64, u8),
    /// A whole number of the smallest unit, whichever that is: what SQL gives.
    Smallest(i64),
    /// A number of a spreadsheet, which has no others.
    Float(f64),
    /// A floating-point number of a file that could have kept an exact one: no money.
    Binary(f64),
    /// A day, counted from 1970-01-01.
    Day(i64),
    /// True or false.
    Flag(i64),
    /// What can't be a value, as it is shown, and why.
    Fault(Cow<'a, str>, &'static str),
}

impl Cell<'_> {
    /// The cell as an error shows it.
    pub fn shown(&self) -> String {
        match self {
            Cell::Empty => String::new(),
            Cell::Text(text) => shown(text),
            Cell::Scaled(value, decimals) => format(*value, *decimals),
            Cell::Smallest(value) => value.to_string(),
            Cell::Float(float) | Cell::Binary(float) => float.to_string(),
            Cell::Day(day) => write_iso(*day),
            Cell::Flag(flag) => if *flag == 1 { "true" } else { "false" }.to_owned(),
            Cell::Fault(text, _) => shown(text),
        }
    }
}

/// How the cells of a column are read.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub kind: Type,
    pub number: Option<NumberFormat>,
    pub date: Option<DateFormat>,
    /// Where the person names formats, if they can.
    pub settings: Option<&'static str>,
    /// Whether a cell may have no value.
    pub blank: Blank,
}

/// Whether a cell may have no value: a target without one is no target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blank {
    Allowed,
    Refused,
}

impl Reading {
    /// The cell's number; none for no value, else what is wrong with it.
    pub fn number(&self, cell: &Cell<'_>) -> Result<i64, String> {
        let value = match (self.kind.unit, cell) {
            (_, Cell::Empty) => return Ok(NO_VALUE),
            (_, Cell::Fault(_, why)) => return Err((*why).to_owned()),
            (_, Cell::Text(_)) if self.settings.is_none() => {
                return Err("is a text, expected a whole number; declare the column in its source (`columns = { ... }`)".to_owned());
            }
            (Unit::Date, Cell::Day(day)) => *day,
            (Unit::Date, Cell::Text(text)) => self.day(text.trim())?,
            (Unit::Date, Cell::Smallest(day)) => *day,
            (Unit::Flag, Cell::Flag(flag)) => *flag,
            (Unit::Flag, Cell::Text(text)) if text.trim().eq_ignore_ascii_case("true") => 1,
            (Unit::Flag, Cell::Text(text)) if text.trim().eq_ignore_ascii_case("false") => 0,
            (Unit::Date, _) | (_, Cell::Day(_) | Cell::Flag(_)) => {
                return Err(self.expected("is of another kind"));
            }
            (_, Cell::Text(text)) => self.plain(text.trim())?,
            (_, Cell::Scaled(value, decimals)) => self.scaled(*value, *decimals)?,
            (_, Cell::Smallest(value)) => *value,
            (Unit::Money, Cell::Binary(_)) => {
                return Err("is a floating-point number, expected an exact one; write the column as DECIMAL(18, 2) or as whole numbers".to_owned());
            }
            (_, Cell::Float(float)) => self.float(*float, " in the workbook, such as `=ROUND(A1,2)`")?,
            (_, Cell::Binary(float)) => self.float(*float, " at its source")?,
        };
        self.within(value)
    }

    fn plain(&self, text: &str) -> Result<i64, String> {
        let read = match &self.number {
            Some(number) => number.read(text, self.kind.decimals),
            None => parse(text, self.kind.decimals),
        };
        read.map_err(|error| match (error, &self.number) {
            (NumberError::NotANumber, None) => {
                format!("{}{}", self.expected(&error.to_string()), self.meant(text))
            }
            _ => self.refused(error),
        })
    }

    /// What to do about a text that is no plain number.
    fn meant(&self, text: &str) -> String {
        if matches!(self.kind.unit, Unit::Flag | Unit::Level) {
            return "; correct it".to_owned();
        }
        if text.starts_with('(') {
            return "; write a negative number with a minus, such as `-1234`".to_owned();
        }
        match (text.contains(|c: char| c.is_ascii_digit()), self.settings) {
            (true, _) => {
                self.other_way("numbers", &format!("number = \"{}\"", sample_like(text, self.kind.unit)))
            }
            (false, None) => String::new(),
            (false, Some(_)) if self.blank == Blank::Refused => "; correct it, or remove the row".to_owned(),
            (false, Some(settings)) => format!(
                "; correct it, or say in the {settings} that it means no value: `empty = [\"{}\"]`",
                shown(text)
            ),
        }
    }

    fn scaled(&self, value: i64, decimals: u8) -> Result<i64, String> {
        rescale(value, decimals, self.kind.decimals).ok_or_else(|| {
            let lost = decimals > self.kind.decimals;
            let most = self.kind.decimals;
            self.refused(if lost { NumberError::TooManyDecimals(most) } else { NumberError::TooLarge(most) })
        })
    }

    /// A float stands for the shortest decimal number that is read back as it; a number that needs more than 15
    /// digits was computed, not entered, and which decimals are meant is a guess.
    fn float(&self, float: f64, round_it: &str) -> Result<i64, String> {
        let text = float_text(float)
            .ok_or_else(|| format!("is not an exact number of at most 15 digits; round it{round_it}"))?;
        parse(&text, self.kind.decimals).map_err(|error| self.refused(error))
    }

    fn day(&self, text: &str) -> Result<i64, String> {
        let read = match &self.date {
            Some(format) => format.read(text),
            None => read_iso(text),
        };
        read.ok_or_else(|| match &self.date {
            Some(format) => {
                format!("is not a day written as `{}`; correct the day or the format", format.name())
            }
            None if !text.contains(|c: char| c.is_ascii_digit()) => {
                format!("is not a day, expected such as `2017-03-01`{}", self.meant(text))
            }
            None if is_like_iso(text) => "is not a day of the calendar; correct it".to_owned(),
            None => format!(
                "is not a day, expected such as `2017-03-01`{}",
                self.other_way("days", "date = \"DD.MM.YYYY\"")
            ),
        })
    }

    fn within(&self, value: i64) -> Result<i64, String> {
        let good = match self.kind.unit {
            Unit::Flag => (0..=1).contains(&value),
            Unit::Level => (0..=3).contains(&value),
            Unit::Date => DAYS.contains(&value),
            _ => value != NO_VALUE,
        };
        if good { Ok(value) } else { Err(self.expected("is out of range")) }
    }

    fn refused(&self, error: NumberError) -> String {
        let kind = self.kind;
        let most = format(i64::MAX, kind.decimals);
        match error {
            NumberError::TooLarge(_) => {
                let fewer = if kind.decimals > 0 { ", or declare fewer decimals" } else { "" };
                format!("is too large, expected {kind} from -{most} to {most}; correct it{fewer}")
            }
            NumberError::TooManyDecimals(_) if kind.unit.is_whole() => {
                format!(
                    "{}; round it at its source, or declare a unit with decimals",
                    self.expected("is not whole")
                )
            }
            NumberError::TooManyDecimals(_) => {
                format!(
                    "{}; round it at its source or declare more decimals",
                    self.expected(&error.to_string())
                )
            }
            NumberError::NotANumber => format!("{}; correct it", self.expected(&error.to_string())),
        }
    }

    fn other_way(&self, what: &str, example: &str) -> String {
        let settings = self
            .settings
            .map(|s| format!("; name another way to write {what} in the {s}, such as `{example}`"));
        settings.unwrap_or_default()
    }

    fn expected(&self, what: &str) -> String {
        let kind = self.kind;
        let example = match (kind.unit, &self.number) {
            (Unit::Date, _) => "such as `2017-03-01`".to_owned(),
            (Unit::Flag, _) => "0 or 1".to_owned(),
            (Unit::Level, _) => "0 to 3".to_owned(),
            (_, Some(number)) => format!("written as `{}`", number.sample()),
            (_, None) => format!("such as `{}`", sample(kind.decimals)),
        };
        format!("{what}, expected {kind}, {example}")
    }
}

/// A sample of how this text seems to be written; an example in a message, never an assumption.
fn sample_like(text: &str, unit: Unit) -> String {
    let mark = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+' | '(' | ')');
    let before: String = text.chars().take_while(|c| !mark(*c)).collect();
    let after: String = text.rsplit(mark).next().unwrap_or_default().to_owned();
    let european = match (text.rfind('.'), text.rfind(',')) {
        (Some(point), Some(comma)) => comma > point,
        (None, Some(comma)) => text.len() - comma - 1 != 3,
        _ => false,
    };
    let digits = if european { "1.234,56" } else { "1,234.56" };
    let is_sign = |part: &str| part.chars().count() <= 4 && !part.contains(['"', '%', '\\']);
    match after.trim() {
        "%" if unit == Unit::Ratio => if european { "12,34%" } else { "12.34%" }.to_owned(),
        _ if is_sign(&before) && is_sign(&after) => format!("{before}{digits}{after}"),
        _ => digits.to_owned(),
    }
}

/// `2017-02-30`: meant as we write days, and yet none.
fn is_like_iso(text: &str) -> bool {
    let shape =
        |(at, byte): (usize, u8)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
    text.len() == 10 && text.bytes().enumerate().all(shape)
}

/// A plain number of these decimals: `1234.50`.
fn sample(decimals: u8) -> String {
    let value = 12_345_i64.checked_mul(power_of_ten(decimals)).map_or(12_345, |v| v / 10);
    format(value, decimals)
}

/// The shortest decimal number that is read back as this float, when it has at most 15 significant digits.
pub(crate) fn float_text(float: f64) -> Option<String> {
    let text = float.is_finite().then(|| float.to_string())?;
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let significant = digits.trim_start_matches('0').trim_end_matches('0').len();
    (significant <= 15).then_some(if text == "-0" { "0".to_owned() } else { text })
}
