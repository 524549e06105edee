//! What a table must have, and what is known about it before its file is opened.

use attain_model::{Currency, Type, Unit};
use std::collections::{BTreeMap, BTreeSet};

/// What is known about the table that a file is imported into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    /// The table's name.
    pub table: String,
    /// Columns that must be there.
    pub required: Vec<String>,
    /// Types of columns that are known by their name, unless the file says another.
    pub known: BTreeMap<String, Type>,
    /// Columns whose known type no file can change: `participant` is always a name.
    pub fixed: BTreeSet<String>,
    /// Columns whose values together name a row; rows that agree in all of them are refused. None: rows need no
    /// key.
    pub key: Vec<String>,
    /// What fixes the decimals of money columns that don't say theirs.
    pub currency: Option<Currency>,
}

/// Columns that hold names in any table, whatever their cells look like: a team may be called `7`.
const NAMES: [&str; 12] = [
    "participant",
    "name",
    "alias",
    "team",
    "region",
    "role",
    "manager",
    "group",
    "title",
    "currency",
    "metric",
    "id",
];

impl Schema {
    /// A table of a company: `people` needs a `participant` a row and may give the days `from` and `to` of an
    /// assignment; a participant has one row for each `from`. Other tables need no key.
    ///
    /// ```
    /// let schema = attain_ingest::Schema::table("people", None);
    /// assert_eq!(schema.key, ["participant", "from"]);
    /// ```
    pub fn table(name: &str, currency: Option<Currency>) -> Schema {
        let mut known: BTreeMap<String, Type> =
            NAMES.iter().map(|name| ((*name).to_owned(), Type::TEXT)).collect();
        let (mut required, mut key) = (Vec::new(), Vec::new());
        if name == "people" {
            let day = Type { unit: Unit::Date, decimals: 0 };
            known.extend([("from".to_owned(), day), ("to".to_owned(), day)]);
            required.push("participant".to_owned());
            key.extend(["participant".to_owned(), "from".to_owned()]);
        }
        let fixed = known.keys().cloned().collect();
        Schema { table: name.to_owned(), required, known, fixed, key, currency }
    }

    /// The same with types of more columns known, such as those of the table's last revision; what a header or a
    /// mapping says goes before them.
    pub fn with_known(mut self, types: impl IntoIterator<Item = (String, Type)>) -> Schema {
        for (name, kind) in types {
            self.known.entry(name).or_insert(kind);
        }
        self
    }

    /// The same with a key: rows must differ in these columns, and the columns must be there.
    pub fn with_key(mut self, key: &[&str]) -> Schema {
        self.key = key.iter().map(|column| (*column).to_owned()).collect();
        for column in &self.key {
            if !self.required.contains(column) {
                self.required.push(column.clone());
            }
        }
        self
    }
}
