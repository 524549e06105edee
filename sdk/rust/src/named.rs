//! Values by name: what a plan sets for each product line, role or metric.

use std::slice;

/// Values by name, in the order of their names: a map in a tenth of a `BTreeMap`'s code.
///
/// ```
/// use attain_sdk::prelude::*;
/// let mut rates = Named::new();
/// assert_eq!(rates.insert("service", 2), None);
/// assert_eq!(rates.insert("licence", 1), None);
/// assert_eq!(rates.insert("service", 3), Some(2));
/// assert_eq!(rates.get("service"), Some(&3));
/// assert_eq!(rates.keys().collect::<Vec<_>>(), ["licence", "service"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named<T> {
    /// By rising names.
    entries: Vec<(String, T)>,
}

impl<T> Named<T> {
    /// None yet.
    pub fn new() -> Named<T> {
        Named { entries: Vec::new() }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.get_key_value(name).map(|(_, value)| value)
    }

    /// The value of a name, with the name as it stands here.
    pub fn get_key_value(&self, name: &str) -> Option<(&str, &T)> {
        let (name, value) = self.entries.get(self.place(name).ok()?)?;
        Some((name, value))
    }

    /// Adds a value, or puts it where one of this name is, and gives that one.
    pub fn insert(&mut self, name: &str, value: T) -> Option<T> {
        match self.place(name) {
            Ok(place) => self.entries.get_mut(place).map(|(_, known)| std::mem::replace(known, value)),
            Err(place) => {
                self.entries.insert(place, (name.to_owned(), value));
                None
            }
        }
    }

    /// Where a name stands, or would.
    #[inline]
    fn place(&self, name: &str) -> Result<usize, usize> {
        self.entries.binary_search_by(|(known, _)| known.as_str().cmp(name))
    }

    /// Names and values, by rising names.
    pub fn iter(&self) -> Iter<'_, T> {
        self.into_iter()
    }

    /// The names, rising.
    pub fn keys(&self) -> impl Iterator<Item = &str> + Clone {
        self.entries.iter().map(|(name, _)| name.as_str())
    }

    /// The values, by rising names.
    pub fn values(&self) -> impl Iterator<Item = &T> + Clone {
        self.entries.iter().map(|(_, value)| value)
    }
}

impl<T> Default for Named<T> {
    fn default() -> Named<T> {
        Named::new()
    }
}

/// Names and values.
type Iter<'n, T> = std::iter::Map<slice::Iter<'n, (String, T)>, fn(&'n (String, T)) -> (&'n str, &'n T)>;

impl<'n, T> IntoIterator for &'n Named<T> {
    type Item = (&'n str, &'n T);
    type IntoIter = Iter<'n, T>;
    fn into_iter(self) -> Iter<'n, T> {
        self.entries.iter().map(|(name, value)| (name, value))
    }
}
