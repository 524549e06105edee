//! A column that nothing types: what its cells are beyond doubt, or a refusal.
//!
//! Whole numbers are counts, days are dates, words are names. A number with decimals may be money or a share, a
//! `1,234` may be a thousand or one and a bit, and a mixture may be a slip: those are refused, once a column,
//! with the ways to say what is meant.

use super::column::TextRule;
use super::names::Names;
use crate::cell::Cell;
use crate::error::shown;
use crate::settings::date::read_iso;
use attain_model::number::NO_VALUE;
use attain_model::{Data, TextColumn, Type, Unit};

/// The cells so far.
pub(super) enum Seen {
    /// Only empty cells, this many.
    Nothing(usize),
    /// Whole numbers, and the row of the first.
    Whole(Vec<i64>, u64),
    /// Days as `2017-03-01`, and the row of the first.
    Days(Vec<i64>, u64),
    /// Names. None while all are digits, with a leading zero somewhere; else the first word and its row.
    Names(Names, Option<(String, u64)>),
    /// A mixture was found and reported.
    Refused,
}

/// What a cell of unknown type can be.
enum Look {
    Whole(i64),
    /// Digits that no number is written with: `007`.
    Code,
    Day(i64),
    Word,
    /// A number of decimals, or what may be one in another country.
    Number,
}

impl Seen {
    /// Takes the next cell of the column `name`.
    pub fn push(&mut self, name: &str, row: u64, cell: &Cell<'_>, rule: TextRule) -> Result<(), String> {
        if *cell == Cell::Empty {
            self.push_nothing();
            return Ok(());
        }
        let text = match rule.text(cell) {
            Ok(text) => text.unwrap_or_default(),
            // A float that is no name, such as 12.5, needs a type.
            Err(_) if matches!(cell, Cell::Float(_) | Cell::Binary(_)) => {
                return self.refuse(untyped_number(name));
            }
            Err(what) => return Err(what),
        };
        self.push_text(name, row, text)
    }

    fn push_text(&mut self, name: &str, row: u64, text: String) -> Result<(), String> {
        let refusal = match (&mut *self, look_of(&text)) {
            (Seen::Refused, _) => return Ok(()),
            (_, Look::Number) => untyped_number(name),
            (Seen::Nothing(rows), look) => {
                let rows = *rows;
                *self = Seen::begin(rows, look, text, row);
                return Ok(());
            }
            (Seen::Whole(values, _), Look::Whole(value)) | (Seen::Days(values, _), Look::Day(value)) => {
                values.push(value);
                return Ok(());
            }
            (Seen::Whole(values, _), Look::Code) => {
                let mut names = Names::of_numbers(values);
                names.push(Some(&text));
                *self = Seen::Names(names, None);
                return Ok(());
            }
            (Seen::Names(names, None), Look::Whole(_) | Look::Code)
            | (Seen::Names(names, Some(_)), Look::Word | Look::Code) => {
                names.push(Some(&text));
                return Ok(());
            }
            (Seen::Names(names, word @ None), Look::Word) => {
                names.push(Some(&text));
                *word = Some((text, row));
                return Ok(());
            }
            (Seen::Whole(_, first), _) => mixed(name, &format!("row {first} holds a number")),
            (Seen::Days(_, first), _) => mixed(name, &format!("row {first} holds a day")),
            (Seen::Names(_, Some((word, first))), _) => {
                mixed(name, &format!("row {first} holds `{}`", shown(word)))
            }
            (Seen::Names(_, None), _) => mixed(name, "the rows above hold digits"),
        };
        self.refuse(refusal)
    }

    fn push_nothing(&mut self) {
        match self {
            Seen::Nothing(rows) => *rows += 1,
            Seen::Whole(values, _) | Seen::Days(values, _) => values.push(NO_VALUE),
            Seen::Names(names, _) => names.push(None),
            Seen::Refused => {}
        }
    }

    fn begin(empty_rows: usize, look: Look, text: String, row: u64) -> Seen {
        let values = |value: i64| {
            let mut values = vec![NO_VALUE; empty_rows];
            values.push(value);
            values
        };
        match look {
            Look::Whole(value) => Seen::Whole(values(value), row),
            Look::Day(value) => Seen::Days(values(value), row),
            Look::Code | Look::Word | Look::Number => {
                let mut names = Names::of_nothing(empty_rows);
                names.push(Some(&text));
                Seen::Names(names, matches!(look, Look::Word).then_some((text, row)))
            }
        }
    }

    /// Reports once: the other cells of the column have the same cure.
    fn refuse(&mut self, what: String) -> Result<(), String> {
        *self = Seen::Refused;
        Err(what)
    }

    /// What the cells turned out to be.
    pub fn finish(self) -> (Type, Data) {
        let numbers = |unit, values| (Type { unit, decimals: 0 }, Data::Numbers(values));
        match self {
            Seen::Whole(values, _) => numbers(Unit::Count, values),
            Seen::Days(values, _) => numbers(Unit::Date, values),
            Seen::Names(names, _) => (Type::TEXT, Data::Texts(names.finish())),
            Seen::Nothing(rows) => (Type::TEXT, Data::Texts(Names::of_nothing(rows).finish())),
            Seen::Refused => (Type::TEXT, Data::Texts(TextColumn::default())),
        }
    }
}

fn untyped_number(name: &str) -> String {
    format!(
        "may be a number, but nothing says of what; write the header as `{name}:money:2`, `{name}:ratio:4` or `{name}:text`, or name the unit in a mapping"
    )
}

fn mixed(name: &str, first: &str) -> String {
    format!(
        "is another kind of value than above ({first}); mend the cell, or say what the column is: `{name}:text`, `{name}:count` or `{name}:money:2` in the header, or its unit in a mapping"
    )
}

/// What a text can be when nothing says what it is.
fn look_of(text: &str) -> Look {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let plain = text == "0" || !digits.starts_with('0');
        return match (plain, text.parse::<i64>()) {
            (true, Ok(value)) if value != NO_VALUE => Look::Whole(value),
            (true, _) => Look::Number,
            (false, _) => Look::Code,
        };
    }
    if let Some(day) = read_iso(text) {
        return Look::Day(day);
    }
    let may_be_number = text.contains(|c: char| c.is_ascii_digit()) && text.chars().all(is_of_numbers);
    if may_be_number { Look::Number } else { Look::Word }
}

/// What numbers are written with, somewhere in the world; dates too.
fn is_of_numbers(c: char) -> bool {
    c.is_ascii_digit() || " .,'’+-−%/()$€£¥￥\u{a0}\u{202f}".contains(c)
}
