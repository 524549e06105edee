//! Texts, switches, lists and maps as parameters.

use super::{Parameter, Path, Reading, Schema};
use crate::json::Json;
use crate::named::Named;
use std::cmp::Ordering;
use std::collections::BTreeMap;

impl Parameter for String {
    const SCHEMA: Schema = Schema::Plain("\"type\":\"string\"");
    fn read(value: &Json, at: &Path<'_>, reading: &mut Reading<'_>) -> Option<String> {
        match value {
            Json::Text(text) => Some(text.clone()),
            other => reading.wrong_type(at, other, "a text"),
        }
    }
}

impl Parameter for bool {
    const SCHEMA: Schema = Schema::Plain("\"type\":\"boolean\"");
    fn read(value: &Json, at: &Path<'_>, reading: &mut Reading<'_>) -> Option<bool> {
        match value {
            Json::Bool(yes) => Some(*yes),
            other => reading.wrong_type(at, other, "true or false"),
        }
    }
}

impl<T: Parameter> Parameter for Option<T> {
    const SCHEMA: Schema = Schema::Optional(&T::SCHEMA);
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
    const SCHEMA: Schema = Schema::List(&T::SCHEMA);
    fn read(value: &Json, at: &Path<'_>, reading: &mut Reading<'_>) -> Option<Vec<T>> {
        let Json::Array(items) = value else { return reading.wrong_type(at, value, "a list") };
        // Every item is read, so that all that is wrong is told.
        let mut list = Vec::with_capacity(items.len());
        for (i, item) in items.iter().enumerate() {
            if let Some(item) = T::read(item, &Path::Item(at, i), reading) {
                list.push(item);
            }
        }
        (list.len() == items.len()).then_some(list)
    }
}

impl<T: Parameter> Parameter for Named<T> {
    const SCHEMA: Schema = Schema::Map(&T::SCHEMA);
    fn read(value: &Json, at: &Path<'_>, reading: &mut Reading<'_>) -> Option<Named<T>> {
        let Json::Object(fields) = value else { return reading.wrong_type(at, value, "an object") };
        let mut named = Named::new();
        let mut complete = true;
        for (name, value) in fields {
            let place = Path::Field(at, name);
            let value = T::read(value, &place, reading);
            let known = value.map(|value| named.insert(name, value));
            if let Some(Some(_)) = known {
                reading.twice(&place, name);
            }
            complete &= matches!(known, Some(None));
        }
        complete.then_some(named)
    }
}

impl<T: Parameter> Parameter for BTreeMap<String, T> {
    const SCHEMA: Schema = Schema::Map(&T::SCHEMA);
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
                        reading.twice(&place, name);
                        complete = false;
                    }
                }
            }
        }
        complete.then_some(map)
    }
}
