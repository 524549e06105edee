//! The cells of one column, in the making: numbers, names, or not known yet.

use super::names::Names;
use super::seen::Seen;
use crate::cell::{Blank, Cell, Reading, float_text};
use crate::header::{Expectation, Planned, Untyped};
use attain_model::company::normal_id;
use attain_model::number::{NO_VALUE, format};
use attain_model::{Data, Type, Unit};
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// A column in the making.
pub(super) enum Builder {
    /// Its type is a number's.
    Numbers { reading: Reading, values: Vec<i64> },
    /// Its type is text.
    Texts { names: Names, rule: TextRule },
    /// Nothing said its type: what its cells are beyond doubt.
    Open { name: String, seen: Seen, rule: TextRule },
}

/// What a text has to be.
#[derive(Clone, Copy)]
pub(super) struct TextRule {
    id: Id,
    bytes_max: usize,
    numbers: Numbers,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Id {
    Participant,
    Plain,
}

/// What a whole number in a text column is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Numbers {
    /// A name written in digits, as in a spreadsheet.
    Names,
    /// A mistake: SQL gave a number where a name was declared.
    Refused,
    /// A mistake of another kind: nothing says what the number counts.
    Undeclared,
}

impl Builder {
    pub fn new(expect: Expectation<'_>, plan: &Planned) -> Builder {
        let id = if plan.name == "participant" { Id::Participant } else { Id::Plain };
        let numbers = match (expect.untyped, plan.kind) {
            (Untyped::Declared, None) => Numbers::Undeclared,
            (Untyped::Declared, Some(_)) => Numbers::Refused,
            (Untyped::Recognised | Untyped::Text, _) => Numbers::Names,
        };
        let rule = TextRule { id, bytes_max: expect.limits.text_bytes, numbers };
        match plan.kind {
            Some(kind) if kind.unit != Unit::Text => {
                let number = plan.spec.number.clone().or_else(|| expect.mapping.number.clone());
                let settings = (expect.untyped != Untyped::Declared).then(|| expect.untyped.settings());
                let date = plan.spec.date.clone().or_else(|| expect.mapping.date.clone());
                let blank = Blank::Allowed;
                Builder::Numbers {
                    reading: Reading { kind, number, date, settings, blank },
                    values: Vec::new(),
                }
            }
            None if expect.untyped == Untyped::Recognised => {
                Builder::Open { name: plan.name.clone(), seen: Seen::Nothing(0), rule }
            }
            Some(_) | None => Builder::Texts { names: Names::default(), rule },
        }
    }

    /// Takes the next cell. A cell that is refused leaves no value, so that rows keep their place.
    pub fn push(&mut self, row: u64, cell: &Cell<'_>) -> Result<(), String> {
        match self {
            Builder::Numbers { reading, values } => {
                let value = reading.number(cell);
                values.push(*value.as_ref().unwrap_or(&NO_VALUE));
                value.map(drop)
            }
            Builder::Texts { names, rule } => {
                // What is in the dictionary has been checked, and most names come again.
                if let Cell::Text(text) = cell
                    && names.push_known(text.trim())
                {
                    return Ok(());
                }
                let text = rule.text(cell);
                names.push(text.as_ref().ok().and_then(Option::as_deref));
                // One declaration cures the whole column, so it is asked for once.
                if text.is_err() && rule.numbers == Numbers::Undeclared && matches!(cell, Cell::Smallest(_)) {
                    rule.numbers = Numbers::Names;
                }
                text.map(drop)
            }
            Builder::Open { name, seen, rule } => seen.push(name, row, cell, *rule),
        }
    }

    /// Its type and cells.
    pub fn finish(self) -> (Type, Data) {
        match self {
            Builder::Numbers { reading, values } => (reading.kind, Data::Numbers(values)),
            Builder::Texts { names, .. } => (Type::TEXT, Data::Texts(names.finish())),
            Builder::Open { seen, .. } => seen.finish(),
        }
    }
}

impl TextRule {
    /// The text of a cell as it is kept: trimmed, NFC; none for no value.
    pub fn text(self, cell: &Cell<'_>) -> Result<Option<String>, String> {
        let text = match cell {
            Cell::Empty => return Ok(None),
            Cell::Fault(_, why) => return Err((*why).to_owned()),
            Cell::Text(text) => text.trim().to_owned(),
            Cell::Scaled(value, decimals) => format(*value, *decimals),
            Cell::Smallest(value) => return self.number_in_text(*value),
            Cell::Float(float) | Cell::Binary(float) => {
                float_text(*float).filter(|text| !text.contains('.')).ok_or_else(|| {
                    "is a number, expected a text; write it as one in the workbook, or give the column a unit"
                        .to_owned()
                })?
            }
            Cell::Day(_) | Cell::Flag(_) => cell.shown(),
        };
        let normal = if is_nfc(&text) { text } else { text.nfc().collect() };
        self.check(&normal)?;
        Ok(Some(normal))
    }

    fn number_in_text(self, value: i64) -> Result<Option<String>, String> {
        match self.numbers {
            Numbers::Names => Ok(Some(value.to_string())),
            Numbers::Refused => Err("is a number, expected a text; write `cast(... as text)` in the SQL".to_owned()),
            Numbers::Undeclared => Err(
                "is a number, but nothing says of what; declare the column, such as `{ unit = \"money\", decimals = 2 }` or `\"count\"`".to_owned(),
            ),
        }
    }

    fn check(self, text: &str) -> Result<(), String> {
        if self.id == Id::Participant && normal_id(text).is_none() {
            return Err("can't name a participant, expected 1 to 200 bytes without line ends".to_owned());
        }
        if text.len() > self.bytes_max {
            return Err(format!(
                "has {} bytes, expected at most {}; shorten it or ignore the column",
                text.len(),
                self.bytes_max
            ));
        }
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            return Err("holds a control character; remove it at its source".to_owned());
        }
        Ok(())
    }
}
