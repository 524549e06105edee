//! What a case needs to know of a manifest and a binding.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Of the manifest.
#[derive(Clone, Debug, Deserialize)]
pub struct Manifest {
    /// What a plan calls the policy.
    pub name: String,
    /// The parameters' JSON Schema.
    #[serde(default)]
    pub parameters: Value,
    /// What the steps of explanations say.
    pub rules: Vec<Rule>,
}

impl Manifest {
    /// The rule of a step: one of its own, or past their end one that the binding adds.
    pub fn rule<'m>(&'m self, binding: &'m Binding, index: u16) -> Option<&'m Rule> {
        let index = usize::from(index);
        self.rules.get(index).or_else(|| binding.rules.get(index.checked_sub(self.rules.len())?))
    }
}

/// A kind of step.
#[derive(Clone, Debug, Deserialize)]
pub struct Rule {
    /// For programs.
    pub code: String,
    /// The numbers that its sentence shows, in order.
    pub places: Vec<Place>,
}

/// A number in a sentence.
#[derive(Clone, Debug, Deserialize)]
pub struct Place {
    /// The word between the braces.
    pub name: String,
    /// What it counts.
    pub unit: String,
    /// Digits after the point; none where they are those of the currency.
    pub decimals: Option<u8>,
    /// The input, the output or the other place whose unit and decimals it has instead.
    pub like: Option<String>,
    /// What its values are called, where it is a label.
    #[serde(default)]
    pub labels: Vec<BTreeMap<String, String>>,
}

/// Of the binding.
#[derive(Clone, Debug, Deserialize)]
pub struct Binding {
    /// In order.
    pub inputs: Vec<Column>,
    /// In order.
    pub outputs: Vec<Column>,
    /// `each`, `person`, `all`, or the inputs that rows are grouped by.
    pub grouping: Value,
    /// By what rows are ordered inside a group.
    #[serde(default)]
    pub order: Vec<Order>,
    /// What the steps say that these parameters make, past those of the manifest.
    #[serde(default)]
    pub rules: Vec<Rule>,
}

/// An input that rows are ordered by inside a group.
#[derive(Clone, Debug, Deserialize)]
pub struct Order {
    /// Its name.
    pub input: String,
    /// From the greatest down.
    pub descending: bool,
}

/// An input or an output.
#[derive(Clone, Debug, Deserialize)]
pub struct Column {
    /// What it is called.
    pub name: String,
    /// What it counts, or `text`.
    pub unit: String,
    /// Digits after the point.
    #[serde(default)]
    pub decimals: u8,
    /// Whether an input must be bound.
    #[serde(default)]
    pub required: bool,
    /// What the host does with an output: `pay`, `info` and so on.
    #[serde(default)]
    pub kind: String,
    /// `group` where an output has a value a group.
    #[serde(default)]
    pub per: String,
    /// What its values are called, where it is a label.
    #[serde(default)]
    pub labels: Vec<BTreeMap<String, String>>,
}

/// What a case calls the column that says whose a row is, where a person's rows come together. The policy doesn't
/// see it.
pub const PARTICIPANT: &str = "participant";

impl Column {
    /// Whether its values are names.
    pub fn is_text(&self) -> bool {
        self.unit == "text"
    }

    /// Whether it has a value a group.
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
#[derive(Clone, Copy, Debug)]
pub struct Meaning<'m> {
    /// What it counts.
    pub unit: &'m str,
    /// Digits after the point.
    pub decimals: u8,
    /// What its values are called, where it is a label.
    pub labels: &'m [BTreeMap<String, String>],
    /// The names that a label without labels stands for.
    pub inputs: &'m [Column],
}

impl Column {
    /// What its numbers mean.
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
