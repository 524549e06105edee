//! Reading in progress: what is wrong so far, and how the fields of an object are taken.

use super::{Choice, Parameter, Path, Property};
use crate::failure::Failure;
use crate::json::Json;
use crate::nearest::{hint, listed};
use crate::period::Period;
use std::borrow::Cow;
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

    /// All that is wrong, what overflowed on the way included: it is refused now, not blamed on the first row.
    pub(crate) fn finish(mut self) -> Vec<Failure> {
        crate::shelf::keep();
        if crate::overflow::take() {
            let message = "a number is too large to be computed with".to_owned();
            self.refused(&Path::Root, "overflow", message);
        }
        self.failures
    }

    /// Notes what is wrong and gives none, as readers do.
    pub fn refuse<T>(&mut self, at: &Path<'_>, code: &str, message: String) -> Option<T> {
        self.refused(at, code, message);
        None
    }

    /// Notes that a name is there for the second time.
    #[inline(never)]
    pub(crate) fn twice(&mut self, at: &Path<'_>, name: &str) {
        self.refused(at, "duplicate-field", format!("the name `{name}` is there twice"));
    }

    #[inline(never)]
    fn refused(&mut self, at: &Path<'_>, code: &str, message: String) {
        self.note(Failure::new(code, message).at(at));
    }

    #[inline(never)]
    fn note(&mut self, failure: Failure) {
        if self.failures.len() < FAILURES_MAX {
            self.failures.push(failure);
        }
    }

    /// Notes that a value of another sort stands there.
    pub fn wrong_type<T>(&mut self, at: &Path<'_>, found: &Json, expected: &str) -> Option<T> {
        self.wrong_sort(at, found, expected);
        None
    }

    #[inline(never)]
    fn wrong_sort(&mut self, at: &Path<'_>, found: &Json, expected: &str) {
        let found = match found {
            Json::Text(text) => format!("`{text}`, a text"),
            Json::Number(number) => format!("`{number}`, a number"),
            Json::Bool(yes) => format!("`{yes}`"),
            Json::Null => "`null`".to_owned(),
            other => other.sort().to_owned(),
        };
        self.refused(at, "wrong-type", format!("{found}, expected {expected}"));
    }

    /// The collector of what is wrong at a place and below it.
    pub fn wrong<'w>(&'w mut self, at: &'w Path<'w>) -> Wrong<'w, 'r> {
        Wrong { at, reading: self }
    }

    /// The fields of an object of which only these are known; notes unknown ones and those that are there twice.
    #[inline(never)]
    pub fn object<'j>(
        &mut self,
        value: &'j Json,
        at: &'j Path<'j>,
        known: &'static [Property],
    ) -> Option<Fields<'j>> {
        let Json::Object(set) = value else { return self.wrong_type(at, value, "an object") };
        for (i, (name, _)) in set.iter().enumerate() {
            if self.failures.len() >= FAILURES_MAX {
                break;
            }
            let place = Path::Field(at, name);
            if !known.iter().any(|property| property.name == name) {
                let known: Vec<&str> = known.iter().map(|property| property.name).collect();
                let message = format!("unknown field `{name}`{}", hint(name, &known));
                self.refused(&place, "unknown-field", message);
            } else if set.iter().take(i).any(|(earlier, _)| earlier == name) {
                self.refused(&place, "duplicate-field", format!("the field `{name}` is there twice"));
            }
        }
        let value = |property: &Property| {
            let set = set.iter().find(|(name, _)| name == property.name);
            let default = || property.default.map(|default| Cow::Owned(default.json()));
            set.map(|(_, value)| Cow::Borrowed(value)).or_else(default)
        };
        Some(Fields { values: known.iter().map(value).collect(), at, known })
    }

    /// A field of an object, by its index among those that are known: what the plan sets, or else the default.
    pub fn field<T: Parameter>(&mut self, fields: &Fields<'_>, index: usize) -> Option<T> {
        match fields.value(index) {
            Some(value) => T::read(value, &fields.place(index), self),
            None => T::when_missing().or_else(|| {
                self.missing(fields, index);
                None
            }),
        }
    }

    #[inline(never)]
    fn missing(&mut self, fields: &Fields<'_>, index: usize) {
        let message = format!("the field `{}` is missing", fields.name(index));
        self.refused(&fields.place(index), "missing-field", message);
    }

    /// The same value where it lies between the bounds of its field, both allowed.
    pub fn between<T: Parameter>(
        &mut self,
        value: Option<T>,
        fields: &Fields<'_>,
        index: usize,
    ) -> Option<T> {
        value.filter(|value| self.is_between(fields, index, &|bound| value.compare(bound)))
    }

    #[inline(never)]
    fn is_between(
        &mut self,
        fields: &Fields<'_>,
        index: usize,
        compare: &dyn Fn(&str) -> Option<Ordering>,
    ) -> bool {
        let Some(Property { name, least, most, .. }) = fields.known.get(index) else { return true };
        let below = least.filter(|least| compare(least) == Some(Ordering::Less));
        let above = most.filter(|most| compare(most) == Some(Ordering::Greater));
        let message = match (below, above) {
            (Some(least), _) => format!("`{name}` is below {least}, the least it may be"),
            (_, Some(most)) => format!("`{name}` is above {most}, the most it may be"),
            (None, None) => return true,
        };
        self.refused(&fields.place(index), "out-of-range", message);
        false
    }

    /// The word that a plan chose, by its index.
    #[inline(never)]
    pub fn word(&mut self, value: &Json, at: &Path<'_>, choices: &'static [Choice]) -> Option<usize> {
        let Json::Text(text) = value else {
            let words = listed(&Choice::names(choices, false));
            return self.wrong_type(at, value, &format!("one of `{words}`"));
        };
        Choice::find(choices, text, false).or_else(|| {
            let hint = hint(text, &Choice::names(choices, false));
            self.refuse(at, "unknown-choice", format!("`{text}` is not a choice here{hint}"))
        })
    }

    /// What a plan chose, by its index, and what stands in it: `"steps"` or `{"steps": ...}`.
    #[inline(never)]
    pub fn choice<'j>(
        &mut self,
        value: &'j Json,
        at: &Path<'_>,
        choices: &'static [Choice],
    ) -> Option<(usize, Option<&'j Json>)> {
        let Json::Object(fields) = value else {
            if let Json::Text(text) = value
                && Choice::find(choices, text, true).is_some()
            {
                let message = format!("`{text}` needs what stands in it, expected {{\"{text}\": ...}}");
                return self.refuse(at, "wrong-type", message);
            }
            return self.word(value, at, choices).map(|word| (word, None));
        };
        let [(name, inner)] = fields.as_slice() else {
            let (n, objects) = (fields.len(), listed(&Choice::names(choices, true)));
            let message = format!("an object of {n} fields, expected one of `{objects}`");
            return self.refuse(at, "wrong-type", message);
        };
        if let Some(index) = Choice::find(choices, name, true) {
            return Some((index, Some(inner)));
        }
        let message = match Choice::find(choices, name, false) {
            Some(_) => format!("nothing stands in `{name}`, expected the text \"{name}\" alone"),
            None => format!("unknown field `{name}`{}", hint(name, &Choice::names(choices, true))),
        };
        self.refuse(&Path::Field(at, name), "unknown-field", message)
    }
}

/// The fields of an object, set or by default.
pub struct Fields<'j> {
    values: Vec<Option<Cow<'j, Json>>>,
    at: &'j Path<'j>,
    known: &'static [Property],
}

impl<'j> Fields<'j> {
    #[inline(never)]
    fn value(&self, index: usize) -> Option<&Json> {
        self.values.get(index)?.as_deref()
    }

    fn name(&self, index: usize) -> &'static str {
        self.known.get(index).map_or("", |property| property.name)
    }

    #[inline(never)]
    fn place(&self, index: usize) -> Path<'j> {
        Path::Field(self.at, self.name(index))
    }
}

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
        self.below(&place, code, message);
    }

    #[inline(never)]
    fn below(&mut self, place: &dyn Display, code: &str, message: String) {
        let base = self.at.to_string();
        let dot = if base.is_empty() { "" } else { "." };
        self.reading.note(Failure::new(code, message).at(format_args!("{base}{dot}{place}")));
    }

    /// The period that the parameters are read for.
    pub fn period(&self) -> &Period {
        self.reading.period
    }
}
