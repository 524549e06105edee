//! What a case needs to know of a manifest and a binding.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Of the manifest.
#[derive(Deserialize)]
pub struct Manifest {
    pub rules: Vec<Rule>,
}

impl Manifest {
    /// The rule of a step: one of its own, or past their end one that the binding adds.
    pub fn rule<'m>(&'m self, binding: &'m Binding, index: u16) -> Option<&'m Rule> {
        let index = usize::from(index);
        self.rules.get(index).or_else(|| binding.rules.get(index.checked_sub(self.rules.len())?))
    }
}

#[derive(Deserialize)]
pub struct Rule {
    pub code: String,
    pub places: Vec<Place>,
}

#[derive(Deserialize)]
pub struct Place {
    pub name: String,
    pub unit: String,
    pub decimals: Option<u8>,
    pub like: Option<String>,
    #[serde(default)]
    pub labels: Vec<BTreeMap<String, String>>,
}

/// Of the binding.
#[derive(Deserialize)]
pub struct Binding {
    pub inputs: Vec<Column>,
    pub outputs: Vec<Column>,
    pub grouping: Value,
    #[serde(default)]
    pub rules: Vec<Rule>,
}

#[derive(Deserialize)]
pub struct Column {
    pub name: String,
    pub unit: String,
    #[serde(default)]
    pub decimals: u8,
    #[serde(default)]
    pub required: bool,
    #[serde(default)]
    pub kind: String,
    #[serde(default)]
    pub per: String,
    #[serde(default)]
    pub labels: Vec<BTreeMap<String, String>>,
}

/// What a case calls the column that says whose a row is, where a person's rows come together. The policy doesn't
/// see it.
pub const PARTICIPANT: &str = "participant";

impl Column {
    pub fn is_text(&self) -> bool {
        self.unit == "text"
    }

    pub fn is_per_group(&self) -> bool {
        self.per == "group"
    }
}

impl Binding {
    /// The inputs that decide which rows belong together; none where rows are independent, an empty list where
    /// all of them do.
    pub fn keys(&self) -> Option<Vec<&str>> {
        match &self.grouping {
            Value::Object(by) => {
                let keys = by.get("by").and_then(Value::as_array).into_iter().flatten();
                Some(keys.filter_map(Value::as_str).collect())
            }
            Value::String(word) if word == "all" => Some(Vec::new()),
            Value::String(word) if word == "person" => Some(vec![PARTICIPANT]),
            _ => None,
        }
    }

    fn column(&self, name: &str) -> Option<&Column> {
        self.inputs.iter().chain(&self.outputs).find(|column| column.name == name)
    }
}

/// A number's meaning: its unit, its decimals, its labels.
#[derive(Clone, Copy)]
pub struct Meaning<'m> {
    pub unit: &'m str,
    pub decimals: u8,
    pub labels: &'m [BTreeMap<String, String>],
    /// The names that a label without labels stands for.
    pub inputs: &'m [Column],
}

impl Column {
    pub fn meaning(&self) -> Meaning<'_> {
        Meaning { unit: &self.unit, decimals: self.decimals, labels: &self.labels, inputs: &[] }
    }
}

impl Rule {
    /// What the number in a place means, in a step of these values.
    pub fn meaning<'m>(
        &'m self,
        place: &'m Place,
        values: &[i64],
        binding: &'m Binding,
        money_decimals: u8,
    ) -> Meaning<'m> {
        if let Some(like) = &place.like {
            let names_input = |other: &Place| other.unit == "label" && other.labels.is_empty();
            let named = self.places.iter().position(|other| other.name == *like && names_input(other));
            let input = named.and_then(|index| usize::try_from(*values.get(index)?).ok());
            let column = input.and_then(|input| binding.inputs.get(input)).or_else(|| binding.column(like));
            if let Some(column) = column {
                return column.meaning();
            }
        }
        let decimals = place.decimals.unwrap_or(if place.unit == "money" { money_decimals } else { 0 });
        Meaning { unit: &place.unit, decimals, labels: &place.labels, inputs: &binding.inputs }
    }
}
