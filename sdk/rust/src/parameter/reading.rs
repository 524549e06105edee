//! Reading in progress: what is wrong so far, and how the fields of an object are taken.

use super::{Parameter, Path};
use crate::failure::Failure;
use crate::json::Json;
use crate::nearest::hint;
use crate::period::Period;
use std::cmp::Ordering;
use std::fmt::Display;

/// The most failures that are told at once.
const FAILURES_MAX: usize = 100;

/// What is wrong so far, and what a reader must know of the batch.
pub struct Reading<'r> {
    period: &'r Period,
    failures: Vec<Failure>,
}

impl<'r> Reading<'r> {
    /// Nothing wrong yet.
    pub fn new(period: &'r Period) -> Reading<'r> {
        Reading { period, failures: Vec::new() }
    }

    /// The period that the parameters are read for.
    pub fn period(&self) -> &'r Period {
        self.period
    }

    /// Whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.failures.is_empty()
    }

    /// All that is wrong.
    pub fn failures(self) -> Vec<Failure> {
        self.failures
    }

    /// Notes what is wrong and gives none, as readers do.
    pub fn refuse<T>(&mut self, at: &Path<'_>, code: &str, message: String) -> Option<T> {
        self.note(Failure::new(code, message).at(at));
        None
    }

    fn note(&mut self, failure: Failure) {
        if self.failures.len() < FAILURES_MAX {
            self.failures.push(failure);
        }
    }

    /// Notes that a value of another sort stands there.
    pub fn wrong_type<T>(&mut self, at: &Path<'_>, found: &Json, expected: &str) -> Option<T> {
        let found = match found {
            Json::Text(text) => format!("`{text}`, a text"),
            Json::Number(number) => format!("`{number}`, a number"),
            Json::Bool(yes) => format!("`{yes}`"),
            Json::Null => "`null`".to_owned(),
            other => other.sort().to_owned(),
        };
        self.refuse(at, "wrong-type", format!("{found}, expected {expected}"))
    }

    /// The collector of what is wrong at a place and below it.
    pub fn wrong<'w>(&'w mut self, at: &'w Path<'w>) -> Wrong<'w, 'r> {
        Wrong { at, reading: self }
    }

    /// The fields of an object of which only these are known; notes unknown ones and those that are there twice.
    pub fn object<'j>(&mut self, value: &'j Json, at: &Path<'_>, known: &[&str]) -> Option<Fields<'j>> {
        let Json::Object(fields) = value else { return self.wrong_type(at, value, "an object") };
        for (i, (name, _)) in fields.iter().enumerate() {
            if self.failures.len() >= FAILURES_MAX {
                break;
            }
            let place = Path::Field(at, name);
            if !known.contains(&name.as_str()) {
                self.refuse::<()>(
                    &place,
                    "unknown-field",
                    format!("unknown field `{name}`{}", hint(name, known)),
                );
            } else if fields.iter().take(i).any(|(earlier, _)| earlier == name) {
                self.refuse::<()>(&place, "duplicate-field", format!("the field `{name}` is there twice"));
            }
        }
        Some(Fields(fields))
    }

    /// A field of an object: what the plan sets, or else the default.
    pub fn field<T: Parameter>(
        &mut self,
        fields: &Fields<'_>,
        at: &Path<'_>,
        name: &str,
        default: Option<&Json>,
    ) -> Option<T> {
        let place = Path::Field(at, name);
        let set = fields.0.iter().find(|(field, _)| field == name).map(|(_, value)| value);
        match (set.or(default), T::when_missing()) {
            (Some(value), _) => T::read(value, &place, self),
            (None, Some(value)) => Some(value),
            (None, None) => self.refuse(&place, "missing-field", format!("the field `{name}` is missing")),
        }
    }

    /// The same value where it lies between two bounds, both allowed.
    pub fn between<T: Parameter>(
        &mut self,
        value: Option<T>,
        at: &Path<'_>,
        name: &str,
        least: Option<&str>,
        most: Option<&str>,
    ) -> Option<T> {
        let value = value?;
        let below = least.filter(|least| value.compare(least) == Some(Ordering::Less));
        let above = most.filter(|most| value.compare(most) == Some(Ordering::Greater));
        let message = match (below, above) {
            (Some(least), _) => format!("`{name}` is below {least}, the least it may be"),
            (_, Some(most)) => format!("`{name}` is above {most}, the most it may be"),
            (None, None) => return Some(value),
        };
        self.refuse(&Path::Field(at, name), "out-of-range", message)
    }
}

/// The fields of an object.
pub struct Fields<'j>(&'j [(String, Json)]);

/// Where a rule across fields says what is wrong.
pub struct Wrong<'w, 'r> {
    at: &'w Path<'w>,
    reading: &'w mut Reading<'r>,
}

impl Wrong<'_, '_> {
    /// What is wrong with the whole.
    pub fn add(&mut self, code: &str, message: String) {
        self.reading.refuse::<()>(self.at, code, message);
    }

    /// What is wrong at a place below: `tiers[1].from`.
    pub fn at(&mut self, place: impl Display, code: &str, message: String) {
        let base = self.at.to_string();
        let dot = if base.is_empty() { "" } else { "." };
        self.reading.note(Failure::new(code, message).at(format!("{base}{dot}{place}")));
    }

    /// The period that the parameters are read for.
    pub fn period(&self) -> &Period {
        self.reading.period
    }
}
