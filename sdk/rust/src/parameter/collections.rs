//! Texts, switches, lists, maps and choices as parameters.

use super::{Parameter, Path, Reading};
use crate::json::Json;
use crate::nearest::hint;
use std::cmp::Ordering;
use std::collections::BTreeMap;

impl Parameter for String {
    fn schema() -> Json {
        Json::object([("type", Json::text("string"))])
    }
    fn read(value: &Json, at: &Path<'_>, reading: &mut Reading<'_>) -> Option<String> {
        match value {
            Json::Text(text) => Some(text.clone()),
            other => reading.wrong_type(at, other, "a text"),
        }
    }
}

impl Parameter for bool {
    fn schema() -> Json {
        Json::object([("type", Json::text("boolean"))])
    }
    fn read(value: &Json, at: &Path<'_>, reading: &mut Reading<'_>) -> Option<bool> {
        match value {
            Json::Bool(yes) => Some(*yes),
            other => reading.wrong_type(at, other, "true or false"),
        }
    }
}

impl<T: Parameter> Parameter for Option<T> {
    fn schema() -> Json {
        T::schema()
    }
    fn read(value: &Json, at: &Path<'_>, reading: &mut Reading<'_>) -> Option<Option<T>> {
        T::read(value, at, reading).map(Some)
    }
    fn when_missing() -> Option<Option<T>> {
        Some(None)
    }
    fn compare(&self, bound: &str) -> Option<Ordering> {
        self.as_ref()?.compare(bound)
    }
}

impl<T: Parameter> Parameter for Vec<T> {
    fn schema() -> Json {
        Json::object([("type", Json::text("array")), ("items", T::schema())])
    }
    fn read(value: &Json, at: &Path<'_>, reading: &mut Reading<'_>) -> Option<Vec<T>> {
        let Json::Array(items) = value else { return reading.wrong_type(at, value, "a list") };
        // Every item is read, so that all that is wrong is told.
        let items: Vec<Option<T>> =
            items.iter().enumerate().map(|(i, item)| T::read(item, &Path::Item(at, i), reading)).collect();
        items.into_iter().collect()
    }
}

impl<T: Parameter> Parameter for BTreeMap<String, T> {
    fn schema() -> Json {
        Json::object([("type", Json::text("object")), ("additionalProperties", T::schema())])
    }
    fn read(value: &Json, at: &Path<'_>, reading: &mut Reading<'_>) -> Option<BTreeMap<String, T>> {
        let Json::Object(fields) = value else { return reading.wrong_type(at, value, "an object") };
        let mut map = BTreeMap::new();
        let mut complete = true;
        for (name, value) in fields {
            let place = Path::Field(at, name);
            match T::read(value, &place, reading) {
                None => complete = false,
                Some(value) => {
                    if map.insert(name.clone(), value).is_some() {
                        reading.refuse::<()>(
                            &place,
                            "duplicate-field",
                            format!("the name `{name}` is there twice"),
                        );
                        complete = false;
                    }
                }
            }
        }
        complete.then_some(map)
    }
}

/// The schema of one of several words.
pub fn choice(name: &str, doc: &str) -> Json {
    let choice = Json::object([("const", Json::text(name))]);
    if doc.is_empty() { choice } else { choice.with("description", Json::text(doc)) }
}

/// The word that a plan chose.
pub fn chosen<'j>(
    value: &'j Json,
    at: &Path<'_>,
    reading: &mut Reading<'_>,
    known: &[&str],
) -> Option<&'j str> {
    match value {
        Json::Text(text) if known.contains(&text.as_str()) => Some(text),
        Json::Text(text) => reading.refuse(
            at,
            "unknown-choice",
            format!("`{text}` is not a choice here{}", hint(text, known)),
        ),
        other => reading.wrong_type(at, other, &format!("one of `{}`", known.join("`, `"))),
    }
}

/// The variant that a plan chose, by its name, and what stands in it: `"steps"` or `{"steps": ...}`.
pub fn variant<'j>(
    value: &'j Json,
    at: &Path<'_>,
    reading: &mut Reading<'_>,
    words: &[&str],
    objects: &[&str],
) -> Option<(&'j str, Option<&'j Json>)> {
    let Json::Object(fields) = value else {
        if let Json::Text(text) = value
            && objects.contains(&text.as_str())
        {
            let message = format!("`{text}` needs what stands in it, expected {{\"{text}\": ...}}");
            return reading.refuse(at, "wrong-type", message);
        }
        return chosen(value, at, reading, words).map(|word| (word, None));
    };
    let [(name, inner)] = fields.as_slice() else {
        let message =
            format!("an object of {} fields, expected one of `{}`", fields.len(), objects.join("`, `"));
        return reading.refuse(at, "wrong-type", message);
    };
    if !objects.contains(&name.as_str()) {
        let message = match words.contains(&name.as_str()) {
            true => format!("nothing stands in `{name}`, expected the text \"{name}\" alone"),
            false => format!("unknown field `{name}`{}", hint(name, objects)),
        };
        return reading.refuse(&Path::Field(at, name), "unknown-field", message);
    }
    Some((name, Some(inner)))
}
