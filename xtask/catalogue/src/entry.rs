//! One policy as the catalogue has it.

use crate::shelf::Purpose;
use crate::{Error, folder};
use attain_cases::{Case, Subject, read_folder};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// A sentence by language.
pub type Sentences = BTreeMap<String, String>;

/// One policy as the catalogue has it.
pub struct Entry {
    /// What a plan calls it.
    pub name: String,
    /// What it is for.
    pub purpose: Purpose,
    /// What it does, in a line.
    pub summary: Sentences,
    /// The table whose rows it reads.
    pub table: String,
    /// Which rows it sees together, one way or several, as parameters have it.
    pub groupings: Vec<String>,
    /// What it reads.
    pub inputs: Vec<Column>,
    /// What it gives.
    pub outputs: Vec<Column>,
    /// What it says in its own words: its summary, the steps of its explanations, its labels.
    pub sentences: Vec<Sentences>,
}

/// A column that it reads or gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// What it is called.
    pub title: Title,
    /// What the host does with an output: `pay`, `info` and so on; nothing for an input.
    pub kind: String,
    /// Whether it is needed, or given, whatever the parameters.
    pub always: bool,
}

/// What a column is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Title {
    /// Its name.
    Name(String),
    /// What it is, where parameters name it.
    Words(String),
}

#[derive(Deserialize)]
struct Manifest {
    name: String,
    summary: Sentences,
    table: String,
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
struct Rule {
    text: Sentences,
    places: Vec<Place>,
}

#[derive(Deserialize)]
struct Place {
    #[serde(default)]
    labels: Vec<Sentences>,
}

#[derive(Deserialize)]
struct Binding {
    inputs: Vec<Bound>,
    outputs: Vec<Bound>,
    grouping: Value,
}

#[derive(Deserialize)]
struct Bound {
    name: String,
    doc: String,
    /// An output is always given.
    #[serde(default = "yes")]
    required: bool,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    labels: Vec<Sentences>,
}

fn yes() -> bool {
    true
}

impl Entry {
    /// What a policy says of itself, and of what it reads and gives for the parameters of each of its cases.
    pub fn of(purpose: Purpose, subject: &dyn Subject) -> Result<Entry, Error> {
        let described = subject.describe().map_err(Error::Describe)?;
        let manifest: Manifest = serde_json::from_str(&described)
            .map_err(|source| Error::Json { policy: described.chars().take(60).collect(), source })?;
        let mut sentences = said(&manifest.rules);
        let mut groupings: Vec<String> = Vec::new();
        let (mut inputs, mut outputs) = (Columns::default(), Columns::default());
        for (_, case) in read_folder(&folder().join(&manifest.name).join("cases"))? {
            let Some(binding) = bound(subject, &manifest.name, &case.parameters, &case)? else { continue };
            let named = named_by_parameters(subject, &manifest.name, &case, &binding)?;
            let grouping = grouping(&binding.grouping);
            if !groupings.contains(&grouping) {
                groupings.push(grouping);
            }
            inputs.add(&binding.inputs, &named);
            outputs.add(&binding.outputs, &named);
            sentences.extend(binding.outputs.into_iter().flat_map(|output| output.labels));
        }
        if groupings.is_empty() {
            return Err(Error::NoBinding(manifest.name));
        }
        let places = ["each row", "a person's rows", "by `"];
        groupings
            .sort_by_key(|grouping| places.iter().position(|place| grouping.starts_with(place)).unwrap_or(9));
        let Manifest { name, summary, table, .. } = manifest;
        sentences.push(summary.clone());
        let (inputs, outputs) = (inputs.finish(), outputs.finish());
        Ok(Entry { name, purpose, summary, table, groupings, inputs, outputs, sentences })
    }
}

fn said(rules: &[Rule]) -> Vec<Sentences> {
    let of = |rule: &Rule| {
        let labels = rule.places.iter().flat_map(|place| place.labels.clone());
        std::iter::once(rule.text.clone()).chain(labels).collect::<Vec<_>>()
    };
    rules.iter().flat_map(of).collect()
}

/// What it reads and gives for some parameters; none where it refuses them.
fn bound(
    subject: &dyn Subject,
    policy: &str,
    parameters: &Map<String, Value>,
    case: &Case,
) -> Result<Option<Binding>, Error> {
    let parameters = Value::Object(parameters.clone()).to_string();
    let Ok(bound) = subject.bind(&parameters, &case.period.context()) else { return Ok(None) };
    let read = serde_json::from_str(&bound);
    read.map(Some).map_err(|source| Error::Json { policy: policy.to_owned(), source })
}

/// The columns that get another name where the parameters call something otherwise.
fn named_by_parameters(
    subject: &dyn Subject,
    policy: &str,
    case: &Case,
    binding: &Binding,
) -> Result<BTreeSet<String>, Error> {
    const OTHERWISE: &str = "called_otherwise";
    let names = || binding.inputs.iter().chain(&binding.outputs).map(|column| column.name.as_str());
    let mut named = BTreeSet::new();
    for word in words(&Value::Object(case.parameters.clone())) {
        if !names().any(|name| name.contains(&word)) {
            continue;
        }
        let renamed = match renamed(&Value::Object(case.parameters.clone()), &word, OTHERWISE) {
            Value::Object(renamed) => renamed,
            _ => continue,
        };
        let Some(other) = bound(subject, policy, &renamed, case)? else { continue };
        let is_there =
            |name: &str| other.inputs.iter().chain(&other.outputs).any(|column| column.name == name);
        let follows = |name: &&str| {
            name.contains(&word) && !is_there(name) && is_there(&name.replace(&word, OTHERWISE))
        };
        named.extend(names().filter(follows).map(str::to_owned));
    }
    Ok(named)
}

/// Every text and every key in a value.
fn words(value: &Value) -> BTreeSet<String> {
    match value {
        Value::String(text) => BTreeSet::from([text.clone()]),
        Value::Array(values) => values.iter().flat_map(words).collect(),
        Value::Object(fields) => {
            fields.iter().flat_map(|(key, value)| words(value).into_iter().chain([key.clone()])).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => BTreeSet::new(),
    }
}

/// The value with another word for one of its words.
fn renamed(value: &Value, from: &str, to: &str) -> Value {
    let word = |text: &String| if text == from { to.to_owned() } else { text.clone() };
    match value {
        Value::String(text) => Value::String(word(text)),
        Value::Array(values) => values.iter().map(|value| renamed(value, from, to)).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(key, value)| (word(key), renamed(value, from, to))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// Which rows come together, in words.
fn grouping(grouping: &Value) -> String {
    match grouping {
        Value::String(word) if word == "each" => "each row".to_owned(),
        Value::String(word) if word == "person" => "a person's rows".to_owned(),
        Value::Object(by) => {
            let keys = by.get("by").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
            format!("by `{}`", keys.collect::<Vec<_>>().join("` and `"))
        }
        _ => "the company at once".to_owned(),
    }
}

/// Columns of several bindings, in the order in which they first occur.
#[derive(Default)]
struct Columns {
    bindings: usize,
    /// Each with the number of bindings that need it.
    seen: Vec<(Column, usize)>,
}

impl Columns {
    fn add(&mut self, columns: &[Bound], named: &BTreeSet<String>) {
        self.bindings += 1;
        let mut here: Vec<Title> = Vec::new();
        for column in columns {
            let is_numbered = is_numbered(&column.name);
            let title = match named.contains(&column.name) || is_numbered {
                true => Title::Words(words_of(&column.doc, is_numbered)),
                false => Title::Name(column.name.clone()),
            };
            if here.contains(&title) {
                continue;
            }
            here.push(title.clone());
            let needed = usize::from(column.required);
            match self.seen.iter_mut().find(|(seen, _)| seen.title == title) {
                Some((seen, needs)) => {
                    *needs += needed;
                    // What an output can be besides something told.
                    if seen.kind == "info" {
                        seen.kind.clone_from(&column.kind);
                    }
                }
                None => {
                    self.seen.push((Column { title, kind: column.kind.clone(), always: false }, needed));
                }
            }
        }
    }

    fn finish(self) -> Vec<Column> {
        let bindings = self.bindings;
        let mut columns: Vec<Column> = (self.seen.into_iter())
            .map(|(column, needs)| Column { always: needs == bindings, ..column })
            .collect();
        columns.sort_by_key(|column| !column.always);
        columns
    }
}

/// Whether a name ends in a number that parameters count to.
fn is_numbered(name: &str) -> bool {
    name.rsplit_once('_').is_some_and(|(_, end)| end.parse::<u32>().is_ok())
}

/// What a column is, in the words of its documentation: its first clause, without the name or the number that
/// parameters give.
fn words_of(doc: &str, is_numbered: bool) -> String {
    let clause = doc.split(['.', ';', ':']).next().unwrap_or(doc);
    let mut words: Vec<String> = Vec::new();
    for word in clause.split_whitespace() {
        let is_theirs = word.starts_with('`') || is_numbered && word.parse::<u32>().is_ok();
        let word = if is_theirs { "…" } else { word };
        if word != "…" || words.last().is_none_or(|last| last != "…") {
            words.push(word.to_owned());
        }
    }
    let text = words.join(" ");
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}
