//! What a policy says of itself: the manifest (`describe`) and, for given parameters, the binding (`bind`).
//!
//! Both are JSON. A field whose meaning the host doesn't know is refused, not ignored.

use crate::company::{COLUMN_SHAPE, NAME_SHAPE, is_column_name, is_name};
use crate::unit::{Type, Unit};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The contract that this host speaks.
pub const CONTRACT: &str = "attain:policy@1.0.0";

/// What a policy is, whatever its parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The contract it was built for, [`CONTRACT`].
    pub contract: String,
    /// What a plan calls it, such as `tiered-commission`.
    pub name: String,
    /// Its version, `major.minor.patch`.
    pub version: String,
    /// One line in English, and in other languages under their code.
    pub summary: Sentences,
    /// The table whose rows it reads.
    #[serde(default = "people")]
    pub table: String,
    /// JSON Schema (2020-12) of its parameters, an object.
    pub parameters: serde_json::Value,
    /// What the steps of its explanations say, by index. A binding may add more.
    pub rules: Vec<Rule>,
}

fn people() -> String {
    "people".to_owned()
}

/// The same sentence by language code; `en` is always there.
pub type Sentences = BTreeMap<String, String>;

/// A kind of step in an explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// For programs; unique in the policy.
    pub code: String,
    /// The places of its sentence, in the order of a step's values.
    pub places: Vec<Place>,
    /// The sentence, with a `{place}` for each number it shows. `{place|one|many}` shows the one word where the number
    /// is shown as 1 and the other where it isn't; `{place|s}` is an `s` where it isn't.
    pub text: Sentences,
}

/// A number in a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The word between the braces.
    pub name: String,
    /// What it is.
    pub unit: Unit,
    /// Its decimals; for money, none means those of the currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimals: Option<u8>,
    /// Whose unit and decimals it has instead of its own, because parameters decide them: an input or an output
    /// of the binding, or another place of the sentence that is a label without labels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub like: Option<String>,
    /// For a label, what its values are called. A label without labels is an index into the binding's inputs and
    /// shown as that input's name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Sentences>,
}

impl Rule {
    /// Unit and decimals of a place's number in a step of these values; money without decimals has
    /// `money_decimals`. See [`Place::like`].
    pub fn kind_of(&self, place: &Place, values: &[i64], binding: &Binding, money_decimals: u8) -> Type {
        let decimals = place.decimals.unwrap_or(if place.unit == Unit::Money { money_decimals } else { 0 });
        let own = Type { unit: place.unit, decimals };
        let Some(like) = &place.like else { return own };
        let names_input = |other: &Place| other.unit == Unit::Label && other.labels.is_empty();
        let other = self.places.iter().position(|other| other.name == *like && names_input(other));
        let named = other.and_then(|index| values.get(index)).and_then(|value| usize::try_from(*value).ok());
        let input = named.and_then(|index| binding.inputs.get(index));
        let input = input.or_else(|| binding.inputs.iter().find(|input| input.name == *like));
        let output =
            || binding.outputs.iter().find(|output| output.name == *like).map(Output::kind_of_number);
        input.map(Input::kind).or_else(output).unwrap_or(own)
    }
}

/// What a policy reads and gives for given parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Binding {
    /// In the order in which they are passed, numbers and texts apart.
    pub inputs: Vec<Input>,
    /// In the order in which they are given.
    pub outputs: Vec<Output>,
    /// Which rows it needs to see together.
    pub grouping: Grouping,
    /// The order of rows inside a group, by inputs, before participant and row key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<Order>,
    /// The most bits that its integers may have; 53 where the guest's numbers are JavaScript's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integer_bits: Option<u8>,
    /// What further steps say with these parameters, in the parameters' own words: their indices go on where
    /// the manifest's rules end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
}

/// A column that a policy reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// What it is bound by.
    pub name: String,
    /// What its numbers mean.
    pub unit: Unit,
    /// Decimals of its numbers.
    #[serde(default)]
    pub decimals: u8,
    /// Whether a plan must bind it.
    pub required: bool,
    /// What it is for.
    #[serde(default)]
    pub doc: String,
}

impl Input {
    /// Unit and decimals.
    pub fn kind(&self) -> Type {
        Type { unit: self.unit, decimals: self.decimals }
    }
}

/// A column that a policy gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// What later steps and readers call it.
    pub name: String,
    /// What its numbers mean.
    pub unit: Unit,
    /// Decimals of its numbers.
    #[serde(default)]
    pub decimals: u8,
    /// What the host does with it.
    pub kind: OutputKind,
    /// Whether it has a value a row or a value a group.
    #[serde(default, skip_serializing_if = "Per::is_row")]
    pub per: Per,
    /// How the rows of another table than `people` become one value a person.
    #[serde(default, skip_serializing_if = "Fold::is_sum")]
    pub fold: Fold,
    /// For a label, what its values are called.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Sentences>,
    /// What it says.
    #[serde(default)]
    pub doc: String,
}

impl Output {
    /// Unit and decimals.
    pub fn kind_of_number(&self) -> Type {
        Type { unit: self.unit, decimals: self.decimals }
    }
}

/// What the host does with an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutputKind {
    /// Adds to the payout.
    Pay,
    /// Points for people to see.
    Score,
    /// A multiplier for a later step.
    Factor,
    /// An honour or a privilege.
    Award,
    /// A warning.
    Alert,
    /// A proposal to change a target.
    TargetChange,
    /// Nothing: it is there to be read.
    Info,
    /// An input of the same step in the next period.
    Carry,
}

/// Whether an output has a value a row or a value a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Per {
    /// A value a row.
    #[default]
    Row,
    /// A value a group; the host gives it to each row of the group.
    Group,
}

impl Per {
    fn is_row(&self) -> bool {
        *self == Per::Row
    }
}

/// How the rows of a person become one value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fold {
    /// They add up.
    #[default]
    Sum,
    /// The greatest.
    Max,
    /// The least.
    Min,
    /// How many have a value.
    Count,
    /// 1 when one of them isn't zero.
    Any,
    /// That of the first row.
    First,
    /// That of the last row.
    Last,
}

impl Fold {
    /// What the values of an output are when they are folded.
    pub fn kind(self, of: Type) -> Type {
        match self {
            Fold::Count => Type { unit: Unit::Count, decimals: 0 },
            Fold::Any => Type { unit: Unit::Flag, decimals: 0 },
            Fold::Sum | Fold::Max | Fold::Min | Fold::First | Fold::Last => of,
        }
    }

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Fold::Sum => "sum",
            Fold::Max => "max",
            Fold::Min => "min",
            Fold::Count => "count",
            Fold::Any => "any",
            Fold::First => "first",
            Fold::Last => "last",
        }
    }

    fn is_sum(&self) -> bool {
        *self == Fold::Sum
    }
}

/// Which rows a policy needs to see together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grouping {
    /// Rows are independent.
    Each,
    /// Rows with the same values in these inputs come together.
    By(Vec<String>),
    /// The rows of a participant come together: their deals, or their assignments. No id crosses.
    Person,
    /// The company at once.
    All,
}

/// A key that rows are ordered by inside a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// The input.
    pub input: String,
    /// From the greatest down.
    #[serde(default)]
    pub descending: bool,
}

/// Why a manifest or a binding can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// Not the JSON that the contract describes.
    #[error("the policy's {part} is not what the contract describes: {source}")]
    Shape {
        /// `manifest` or `binding`.
        part: &'static str,
        /// The reader's message.
        source: serde_json::Error,
    },
    /// The JSON is well formed, but says something that can't be.
    #[error("the policy's {part}: {what}")]
    Content {
        /// `manifest` or `binding`.
        part: &'static str,
        /// What is wrong, with the place.
        what: String,
    },
}

impl Manifest {
    /// Reads and checks what `describe` returned.
    pub fn parse(json: &str) -> Result<Manifest, ManifestError> {
        let part = "manifest";
        check_texts(json, part)?;
        let manifest: Manifest =
            serde_json::from_str(json).map_err(|source| ManifestError::Shape { part, source })?;
        let wrong = |what: String| Err(ManifestError::Content { part, what });
        if manifest.contract != CONTRACT {
            return wrong(format!(
                "it was built for contract `{}`, this host speaks `{CONTRACT}`; build it again with this host's SDK",
                manifest.contract
            ));
        }
        if !is_name(&manifest.name) {
            return wrong(format!("name `{}` is not a policy name, expected {NAME_SHAPE}", manifest.name));
        }
        let parts: Vec<&str> = manifest.version.split('.').collect();
        if parts.len() != 3 || !parts.iter().all(|part| is_plain_number(part)) {
            return wrong(format!(
                "version `{}` is not a version, expected such as `1.0.0`",
                manifest.version
            ));
        }
        if !is_column_name(&manifest.table) {
            return wrong(format!("table `{}` is not a table name, expected {COLUMN_SHAPE}", manifest.table));
        }
        if !manifest.summary.contains_key("en") {
            return wrong("summary has no `en`".to_owned());
        }
        if manifest.parameters.get("type").and_then(|t| t.as_str()) != Some("object") {
            return wrong(
                "parameters is not the JSON Schema of an object, expected `\"type\": \"object\"`".to_owned(),
            );
        }
        check_rules(&manifest.rules, part)?;
        Ok(manifest)
    }

    /// The rule of a step: one of its own, or past their end one that the binding adds.
    pub fn rule<'a>(&'a self, binding: &'a Binding, index: u16) -> Option<&'a Rule> {
        let index = usize::from(index);
        self.rules.get(index).or_else(|| binding.rules.get(index.checked_sub(self.rules.len())?))
    }

    /// The first number of its version: `1` of `1.4.2`.
    pub fn major(&self) -> &str {
        self.version.split('.').next().unwrap_or_default()
    }
}

fn check_rules(rules: &[Rule], part: &'static str) -> Result<(), ManifestError> {
    let wrong = |what: String| Err(ManifestError::Content { part, what });
    let mut codes = BTreeSet::new();
    for (i, rule) in rules.iter().enumerate() {
        if !codes.insert(&rule.code) {
            return wrong(format!("rules[{i}]: code `{}` is there twice", rule.code));
        }
        if !rule.text.contains_key("en") {
            return wrong(format!("rules[{i}]: no `en` sentence"));
        }
        for (language, text) in &rule.text {
            for place in places_of(text) {
                if !rule.places.iter().any(|p| p.name == place) {
                    return wrong(format!(
                        "rules[{i}]: sentence `{language}` has a place `{{{place}}}` that `places` doesn't name"
                    ));
                }
            }
        }
    }
    Ok(())
}

/// The most bytes of a text in a manifest or a binding.
const TEXT_BYTES_MAX: usize = 4_096;

/// Every text that a policy says of itself may be shown to people and stand in an error: of bounded length, and without
/// what a terminal or a log would obey.
fn check_texts(json: &str, part: &'static str) -> Result<(), ManifestError> {
    let value: serde_json::Value =
        serde_json::from_str(json).map_err(|source| ManifestError::Shape { part, source })?;
    let wrong = |what: String| Err(ManifestError::Content { part, what });
    let mut left = vec![&value];
    while let Some(value) = left.pop() {
        let texts: Vec<&String> = match value {
            serde_json::Value::String(text) => vec![text],
            serde_json::Value::Object(fields) => {
                left.extend(fields.values());
                fields.keys().collect()
            }
            serde_json::Value::Array(values) => {
                left.extend(values);
                Vec::new()
            }
            _ => Vec::new(),
        };
        for text in texts {
            if text.len() > TEXT_BYTES_MAX {
                return wrong(format!(
                    "a text of {} bytes, at most {TEXT_BYTES_MAX} are allowed",
                    text.len()
                ));
            }
            if text.chars().any(|c| c.is_control() && c != '\n') {
                return wrong(format!("the text {text:?} holds a control character; remove it"));
            }
        }
    }
    Ok(())
}

/// Whether a part of a version is written as numbers are: `1`, neither `01` nor `+1`.
fn is_plain_number(text: &str) -> bool {
    text.parse::<u32>().is_ok_and(|number| number.to_string() == text)
}

/// The names between braces in a sentence.
pub fn places_of(text: &str) -> impl Iterator<Item = &str> {
    let places = text.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    places.map(|(place, _)| place.split_once('|').map_or(place, |(name, _)| name))
}

impl Binding {
    /// Reads and checks what `bind` returned.
    pub fn parse(json: &str) -> Result<Binding, ManifestError> {
        let part = "binding";
        check_texts(json, part)?;
        let binding: Binding =
            serde_json::from_str(json).map_err(|source| ManifestError::Shape { part, source })?;
        let wrong = |what: String| Err(ManifestError::Content { part, what });
        let mut names = BTreeSet::new();
        for (i, input) in binding.inputs.iter().enumerate() {
            if !is_column_name(&input.name) || !names.insert(&input.name) {
                return wrong(format!(
                    "inputs[{i}]: `{}` is there twice or is not {COLUMN_SHAPE}",
                    input.name
                ));
            }
            if Type::new(input.unit, input.decimals).is_none() {
                return wrong(format!(
                    "inputs[{i}]: {} decimals for {}, expected at most 9 and none for a whole unit",
                    input.decimals, input.unit
                ));
            }
        }
        let mut outputs = BTreeSet::new();
        for (i, output) in binding.outputs.iter().enumerate() {
            if !is_column_name(&output.name) || !outputs.insert(&output.name) {
                return wrong(format!(
                    "outputs[{i}]: `{}` is there twice or is not {COLUMN_SHAPE}",
                    output.name
                ));
            }
            if output.unit == Unit::Text || Type::new(output.unit, output.decimals).is_none() {
                return wrong(format!(
                    "outputs[{i}]: {} with {} decimals can't be given, expected a number of at most 9 decimals",
                    output.unit, output.decimals
                ));
            }
            if output.kind == OutputKind::Pay && output.unit != Unit::Money {
                return wrong(format!("outputs[{i}]: kind `pay` of unit {}, expected money", output.unit));
            }
        }
        if binding.outputs.is_empty() {
            return wrong("there is no output".to_owned());
        }
        let keys: Vec<&String> = match &binding.grouping {
            Grouping::By(keys) if keys.is_empty() => return wrong("grouping `by` names no input".to_owned()),
            Grouping::By(keys) => keys.iter().collect(),
            Grouping::Each | Grouping::Person | Grouping::All => Vec::new(),
        };
        for key in keys.into_iter().chain(binding.order.iter().map(|order| &order.input)) {
            if !names.contains(key) {
                return wrong(format!("grouping or order names `{key}`, which is no input"));
            }
        }
        check_rules(&binding.rules, part)?;
        Ok(binding)
    }

    /// Checks what only both together can have wrong: a rule that the binding adds and the manifest has.
    pub fn check_with(&self, manifest: &Manifest) -> Result<(), ManifestError> {
        let twice = self.rules.iter().position(|rule| manifest.rules.iter().any(|own| own.code == rule.code));
        match twice.and_then(|i| Some((i, self.rules.get(i)?))) {
            None => Ok(()),
            Some((i, rule)) => Err(ManifestError::Content {
                part: "binding",
                what: format!("rules[{i}]: code `{}` is there in the manifest already", rule.code),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(code: &str, text: &str) -> serde_json::Value {
        serde_json::json!({"code": code, "places": [{"name": "pay", "unit": "money"}], "text": {"en": text}})
    }

    fn manifest() -> Manifest {
        let manifest = serde_json::json!({
            "contract": CONTRACT, "name": "rules", "version": "1.0.0", "summary": {"en": "Rules."},
            "parameters": {"type": "object"}, "rules": [rule("own", "{pay}")],
        });
        Manifest::parse(&manifest.to_string()).unwrap()
    }

    fn binding(rules: serde_json::Value) -> Result<Binding, ManifestError> {
        Binding::parse(
            &serde_json::json!({
                "inputs": [], "outputs": [{"name": "pay", "unit": "money", "kind": "pay"}], "grouping": "each",
                "rules": rules,
            })
            .to_string(),
        )
    }

    /// What a policy says of itself went into errors as it was: onto the terminal of whoever publishes it, in any length.
    #[test]
    fn a_text_that_forges_a_line_or_never_ends_is_refused() {
        let what = |key: &str, text: &str| {
            let json = serde_json::json!({ "inputs": [], "outputs": [], "grouping": "each", key: text });
            Binding::parse(&json.to_string()).unwrap_err().to_string()
        };
        let control = r#"the policy's binding: the text "a\u{1b}[2J" holds a control character; remove it"#;
        assert_eq!(what("more", "a\u{1b}[2J"), control);
        assert_eq!(what("a\u{1b}[2J", ""), control);
        let long = "the policy's binding: a text of 4097 bytes, at most 4096 are allowed";
        assert_eq!(what("more", &"x".repeat(4_097)), long);
        assert!(what("more", &"x".repeat(4_096)).contains("unknown field `more`"));
    }

    #[test]
    fn a_version_is_written_in_one_way() {
        for (version, good) in [("1.0.0", true), ("1.0.01", false), ("+1.0.0", false), ("1.0", false)] {
            let json =
                serde_json::to_string(&Manifest { version: version.to_owned(), ..manifest() }).unwrap();
            assert_eq!(Manifest::parse(&json).is_ok(), good, "{version}");
        }
    }

    #[test]
    fn the_rules_of_a_binding_come_after_those_of_the_manifest() {
        let (manifest, binding) =
            (manifest(), binding(serde_json::json!([rule("row-1", "over target: {pay}")])));
        let binding = binding.unwrap();
        binding.check_with(&manifest).unwrap();
        let code = |index| manifest.rule(&binding, index).map(|rule| rule.code.as_str());
        assert_eq!([0, 1, 2, u16::MAX].map(code), [Some("own"), Some("row-1"), None, None]);
    }

    #[test]
    fn a_bindings_rules_are_checked_like_the_manifests() {
        let what = |rules| binding(rules).unwrap_err().to_string();
        let unknown = what(serde_json::json!([rule("row-1", "{bonus}")]));
        assert!(
            unknown.starts_with("the policy's binding: rules[0]: sentence `en` has a place `{bonus}`"),
            "{unknown}"
        );
        let twice = what(serde_json::json!([rule("row-1", ""), rule("row-1", "")]));
        assert_eq!(twice, "the policy's binding: rules[1]: code `row-1` is there twice");
        let both =
            binding(serde_json::json!([rule("own", "")])).unwrap().check_with(&manifest()).unwrap_err();
        assert_eq!(
            both.to_string(),
            "the policy's binding: rules[0]: code `own` is there in the manifest already"
        );
    }
}
