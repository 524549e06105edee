//! The JSON of `describe` and `bind`.

use crate::failure::{Failure, Result};
use crate::input::{Input, Need};
use crate::json::Writer;
use crate::number::{Decimals, Kind};
use crate::output::Output;
use crate::parameter::Schema;
use crate::period::Period;
use crate::policy::{About, Declared, Grouping};
use crate::why::{Place, Rule, RulePlace, RuleText};

/// The contract that this SDK speaks.
pub const CONTRACT: &str = "attain:policy@1.0.0";

/// What a policy is.
pub fn describe(about: &About, parameters: &Schema) -> String {
    let mut json = Writer::new();
    json.open('{');
    json.key("contract").text(CONTRACT);
    json.key("name").text(about.name);
    json.key("version").text(about.version);
    texts(about.summary, json.key("summary"));
    json.key("table").text(about.table);
    let dialect = r#""$schema":"https://json-schema.org/draft/2020-12/schema""#;
    parameters.write(dialect, None, json.key("parameters"));
    list(about.rules, json.key("rules"), rule);
    json.close('}');
    json.finish()
}

/// What it reads and gives; refused where parameters name more outputs than there is room for.
pub fn binding(about: &About, declared: &Declared, period: &Period) -> Result<String> {
    let (named, most) = (declared.outputs.len(), declared.outputs_max);
    if named > most {
        let message =
            format!("these parameters make {named} outputs, at most {most} are allowed; name fewer");
        return Err(Failure::new("too-many-outputs", message));
    }
    let mut json = Writer::new();
    json.open('{');
    list(&declared.inputs, json.key("inputs"), |of, json| input(of, period, json));
    list(&declared.outputs, json.key("outputs"), |of, json| output(of, period, json));
    grouping(&declared.grouping, json.key("grouping"));
    if !about.order.is_empty() {
        list(about.order, json.key("order"), |order, json| {
            json.open('{');
            json.key("input").text(order.input);
            json.key("descending").flag(order.descending);
            json.close('}');
        });
    }
    if !declared.rules.is_empty() {
        list(&declared.rules, json.key("rules"), made_rule);
    }
    json.close('}');
    Ok(json.finish())
}

fn list<T>(of: &[T], json: &mut Writer, each: impl Fn(&T, &mut Writer)) {
    json.open('[');
    of.iter().for_each(|one| each(one, json));
    json.close(']');
}

/// A text in each language.
fn texts<T: AsRef<str>>(texts: &[(T, T)], json: &mut Writer) {
    json.open('{');
    texts.iter().for_each(|(language, text)| json.key(language.as_ref()).text(text.as_ref()));
    json.close('}');
}

/// What values are called, where they are labels.
fn labels<L: AsRef<[(T, T)]>, T: AsRef<str>>(labels: &[L], json: &mut Writer) {
    if !labels.is_empty() {
        list(labels, json.key("labels"), |label, json| texts(label.as_ref(), json));
    }
}

fn rule(rule: &Rule, json: &mut Writer) {
    json.open('{');
    json.key("code").text(rule.code);
    list(rule.places, json.key("places"), |place: &RulePlace, json| {
        begin_place(place.name, place.kind, place.like, json);
        labels(place.labels, json);
        json.close('}');
    });
    texts(rule.text, json.key("text"));
    json.close('}');
}

/// One that the parameters made.
#[inline(never)]
fn made_rule(rule: &RuleText, json: &mut Writer) {
    json.open('{');
    json.key("code").text(&rule.code);
    list(&rule.places, json.key("places"), |place: &Place, json| {
        begin_place(&place.name, place.kind, place.like.as_deref(), json);
        labels(&place.labels, json);
        json.close('}');
    });
    texts(&rule.text, json.key("text"));
    json.close('}');
}

fn begin_place(name: &str, kind: Kind, like: Option<&str>, json: &mut Writer) {
    json.open('{');
    json.key("name").text(name);
    json.key("unit").text(kind.unit.name());
    if let Decimals::Fixed(decimals) = kind.decimals {
        json.key("decimals").whole(decimals.into());
    }
    if let Some(like) = like {
        json.key("like").text(like);
    }
}

fn begin_column(name: &str, kind: Kind, period: &Period, json: &mut Writer) {
    json.open('{');
    json.key("name").text(name);
    json.key("unit").text(kind.unit.name());
    json.key("decimals").whole(kind.decimals(period).into());
}

fn input(input: &Input, period: &Period, json: &mut Writer) {
    if input.need != Need::Unused {
        begin_column(&input.name, input.kind, period, json);
        json.key("required").flag(input.need == Need::Required);
        json.key("doc").text(&input.doc);
        json.close('}');
    }
}

fn output(output: &Output, period: &Period, json: &mut Writer) {
    begin_column(&output.name, output.kind, period, json);
    json.key("kind").text(output.role.name());
    json.key("doc").text(&output.doc);
    if output.per_group {
        json.key("per").text("group");
    }
    if let Some(fold) = output.fold {
        json.key("fold").text(fold);
    }
    labels(&output.labels, json);
    json.close('}');
}

#[inline(never)]
fn grouping(grouping: &Grouping, json: &mut Writer) {
    match grouping {
        Grouping::Each => json.text("each"),
        Grouping::Person => json.text("person"),
        Grouping::All => json.text("all"),
        Grouping::By(inputs) => {
            json.open('{');
            list(inputs, json.key("by"), |input, json| json.text(input));
            json.close('}');
        }
    }
}
