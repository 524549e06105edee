//! What a parameter may be, as data that the compiler lays down once: reading and JSON Schema walk the same.

use crate::json::{Json, Writer};

/// What a parameter may be.
pub enum Schema {
    /// Whatever these fields of a JSON Schema say.
    Plain(&'static str),
    /// A decimal of at most so many places, or of those of the plan's currency.
    Decimal(Option<u8>),
    /// A whole number between two, both allowed.
    Whole(i64, i64),
    /// The same, or nothing.
    Optional(&'static Schema),
    /// A list of such.
    List(&'static Schema),
    /// An object of such, under any names.
    Map(&'static Schema),
    /// An object of these fields and no others.
    Object(&'static [Property]),
    /// One of these.
    Choice(&'static [Choice]),
    /// One of these words, or something else.
    WordOr(&'static [Choice], &'static Schema),
    /// One of these shapes.
    Either(&'static [&'static Schema]),
    /// The same, with what it is for.
    Described(&'static str, &'static Schema),
}

/// A field of an object.
pub struct Property {
    /// What a plan calls it.
    pub name: &'static str,
    /// What it is for.
    pub doc: &'static str,
    /// What it is where a plan leaves it out.
    pub default: Option<Preset>,
    /// The least it may be.
    pub least: Option<&'static str>,
    /// The most it may be.
    pub most: Option<&'static str>,
    /// What it may be.
    pub schema: &'static Schema,
}

/// What a field is where a plan leaves it out.
#[derive(Clone, Copy)]
pub enum Preset {
    /// A text.
    Text(&'static str),
    /// A whole number.
    Whole(i64),
    /// A switch.
    Flag(bool),
}

/// A word that a plan can choose.
pub struct Choice {
    /// The word.
    pub name: &'static str,
    /// What it means.
    pub doc: &'static str,
    /// What stands in it: `{"name": ...}`.
    pub inner: Option<&'static Schema>,
}

impl Choice {
    /// A word alone.
    pub const fn word(name: &'static str, doc: &'static str) -> Choice {
        Choice { name, doc, inner: None }
    }

    /// Those in which something stands, or the words alone.
    pub(crate) fn names(choices: &[Choice], with_inner: bool) -> Vec<&'static str> {
        let those = choices.iter().filter(|choice| choice.inner.is_some() == with_inner);
        those.map(|choice| choice.name).collect()
    }

    /// The index of one of those.
    pub(crate) fn find(choices: &[Choice], name: &str, with_inner: bool) -> Option<usize> {
        choices.iter().position(|choice| choice.name == name && choice.inner.is_some() == with_inner)
    }
}

impl Preset {
    /// As a plan would write it.
    pub(crate) fn json(self) -> Json {
        match self {
            Preset::Text(text) => Json::text(text),
            Preset::Whole(number) => Json::whole(number),
            Preset::Flag(yes) => Json::Bool(yes),
        }
    }
}

impl Schema {
    /// As JSON Schema.
    pub fn json(&self) -> String {
        let mut writer = Writer::new();
        self.write("", None, &mut writer);
        writer.finish()
    }

    /// Writes it after the fields of `before`, as the schema of a field where it is one.
    pub(crate) fn write(&self, before: &str, field: Option<&Property>, writer: &mut Writer) {
        writer.open('{');
        if !before.is_empty() {
            writer.plain(before);
        }
        let (least, most) = field.map_or((None, None), |field| (field.least, field.most));
        let doc = self.body(least, most, writer);
        let words = field.map_or("", |field| field.doc);
        // What a field is for is more than what its type is.
        let words = if words.is_empty() && least.or(most).is_none() { doc } else { words };
        describe(words, least, most, writer);
        if let Some(default) = field.and_then(|field| field.default) {
            let writer = writer.key("default");
            match default {
                Preset::Text(text) => writer.text(text),
                Preset::Whole(number) => writer.whole(number),
                Preset::Flag(yes) => writer.flag(yes),
            }
        }
        writer.close('}');
    }

    /// Writes all but description and default, and gives what the type says it is for.
    fn body(&self, least: Option<&str>, most: Option<&str>, writer: &mut Writer) -> &'static str {
        match self {
            Schema::Plain(fields) => writer.plain(fields),
            Schema::Decimal(places) => decimal(*places, writer),
            Schema::Whole(from, to) => whole(*from, *to, least, most, writer),
            Schema::Optional(schema) => return schema.body(least, most, writer),
            Schema::List(items) => {
                writer.plain("\"type\":\"array\"");
                items.write("", None, writer.key("items"));
            }
            Schema::Map(values) => {
                writer.plain("\"type\":\"object\"");
                values.write("", None, writer.key("additionalProperties"));
            }
            Schema::Object(properties) => object(properties, writer),
            Schema::Choice(choices) => one_of(choices, None, writer),
            Schema::WordOr(choices, other) => one_of(choices, Some(other), writer),
            Schema::Either(shapes) => {
                writer.key("oneOf").open('[');
                shapes.iter().for_each(|shape| shape.write("", None, writer));
                writer.close(']');
            }
            Schema::Described(doc, schema) => {
                schema.body(least, most, writer);
                return doc;
            }
        }
        ""
    }
}

impl Property {
    /// One that a plan must set, unless its type says otherwise.
    pub const fn new(name: &'static str, schema: &'static Schema) -> Property {
        Property { name, doc: "", default: None, least: None, most: None, schema }
    }

    /// Whether a plan must set it.
    fn is_required(&self) -> bool {
        self.default.is_none() && !matches!(self.schema, Schema::Optional(_))
    }
}

impl Choice {
    fn write(&self, writer: &mut Writer) {
        writer.open('{');
        match self.inner {
            None => writer.key("const").text(self.name),
            Some(schema) => {
                writer.plain("\"type\":\"object\"");
                writer.key("properties").open('{');
                schema.write("", None, writer.key(self.name));
                writer.close('}');
                writer.plain("\"additionalProperties\":false");
                names([self.name].into_iter(), writer);
            }
        }
        describe(self.doc, None, None, writer);
        writer.close('}');
    }
}

/// What something is for, and its bounds; nothing where nothing is said.
fn describe(doc: &str, least: Option<&str>, most: Option<&str>, writer: &mut Writer) {
    if doc.is_empty() && least.or(most).is_none() {
        return;
    }
    writer.key("description").open('"');
    writer.part(doc);
    let mut space = if doc.is_empty() { "" } else { " " };
    for (phrase, bound) in [("At least ", least), ("At most ", most)] {
        if let Some(bound) = bound {
            [space, phrase, bound, "."].into_iter().for_each(|part| writer.part(part));
            space = " ";
        }
    }
    writer.close('"');
}

fn one_of(choices: &[Choice], other: Option<&Schema>, writer: &mut Writer) {
    writer.key("oneOf").open('[');
    choices.iter().for_each(|choice| choice.write(writer));
    if let Some(other) = other {
        other.write("", None, writer);
    }
    writer.close(']');
}

fn object(properties: &[Property], writer: &mut Writer) {
    writer.plain("\"type\":\"object\"");
    writer.key("properties").open('{');
    for property in properties {
        property.schema.write("", Some(property), writer.key(property.name));
    }
    writer.close('}');
    writer.plain("\"additionalProperties\":false");
    let required = properties.iter().filter(|property| property.is_required());
    names(required.map(|property| property.name), writer);
}

/// The fields that must be there, where there are any.
fn names(required: impl Iterator<Item = &'static str>, writer: &mut Writer) {
    let mut required = required.peekable();
    if required.peek().is_some() {
        writer.key("required").open('[');
        required.for_each(|name| writer.text(name));
        writer.close(']');
    }
}

fn decimal(places: Option<u8>, writer: &mut Writer) {
    writer.plain("\"type\":[\"string\",\"integer\"]");
    writer.key("pattern").open('"');
    writer.part("^-?[0-9]+(\\.");
    match places {
        None => writer.part("[0-9]+"),
        Some(0) => writer.part("0+"),
        Some(places) => {
            let most = i64::from(places).to_string();
            ["[0-9]{1,", &most, "}0*"].into_iter().for_each(|part| writer.part(part));
        }
    }
    writer.part(")?$");
    writer.close('"');
}

fn whole(from: i64, to: i64, least: Option<&str>, most: Option<&str>, writer: &mut Writer) {
    writer.plain("\"type\":\"integer\"");
    let mut bounds = [("minimum", least, from), ("maximum", most, to)];
    if least.is_some() && most.is_none() {
        // A field's own bounds stand last.
        bounds.reverse();
    }
    for (name, bound, of_type) in bounds {
        match bound {
            Some(bound) => writer.key(name).plain(bound),
            None => writer.key(name).whole(of_type),
        }
    }
}
