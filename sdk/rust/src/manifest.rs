//! The JSON of `describe` and `bind`.

use crate::input::{Input, Need};
use crate::json::Json;
use crate::number::{Decimals, Kind};
use crate::output::{Output, Words};
use crate::period::Period;
use crate::policy::{Declared, Definition, Grouping};
use crate::why::{Place, RuleText};

/// The contract that this SDK speaks.
pub const CONTRACT: &str = "attain:policy@1.0.0";

/// What a policy is.
pub fn describe<D: Definition>() -> String {
    let about = D::about();
    Json::object([
        ("contract", Json::text(CONTRACT)),
        ("name", Json::text(about.name)),
        ("version", Json::text(about.version)),
        ("summary", sentences(&about.summary)),
        ("table", Json::text(about.table)),
        ("parameters", crate::parameter::document::<<D::Plan as crate::parameter::Prepare>::Parameters>()),
        ("rules", Json::Array(D::rules().iter().map(rule).collect())),
    ])
    .to_string()
}

/// What it reads and gives.
pub fn binding(declared: &Declared, period: &Period) -> String {
    let binding = Json::object([
        ("inputs", Json::Array(declared.inputs.iter().filter_map(|i| input(i, period)).collect())),
        ("outputs", Json::Array(declared.outputs.iter().map(|o| output(o, period)).collect())),
        ("grouping", grouping(&declared.grouping)),
    ]);
    let order = declared.order.iter().map(|order| {
        Json::object([("input", Json::text(&order.input)), ("descending", Json::Bool(order.descending))])
    });
    let order: Vec<Json> = order.collect();
    let binding = if order.is_empty() { binding } else { binding.with("order", Json::Array(order)) };
    binding.to_string()
}

fn sentences<T: AsRef<str>>(texts: &[(T, T)]) -> Json {
    let text = |(language, text): &(T, T)| (language.as_ref().to_owned(), Json::text(text.as_ref()));
    Json::Object(texts.iter().map(text).collect())
}

fn labels(of: &[Words]) -> Option<Json> {
    (!of.is_empty()).then(|| Json::Array(of.iter().map(|texts| sentences(texts)).collect()))
}

fn rule(rule: &RuleText) -> Json {
    Json::object([
        ("code", Json::text(rule.code)),
        ("places", Json::Array(rule.places.iter().map(place).collect())),
        ("text", sentences(&rule.text)),
    ])
}

fn place(place: &Place) -> Json {
    let mut json =
        Json::object([("name", Json::text(place.name)), ("unit", Json::text(place.kind.unit.name()))]);
    if let Decimals::Fixed(decimals) = place.kind.decimals {
        json = json.with("decimals", Json::whole(decimals));
    }
    if let Some(like) = place.like {
        json = json.with("like", Json::text(like));
    }
    match labels(&place.labels) {
        Some(labels) => json.with("labels", labels),
        None => json,
    }
}

fn kind(kind: Kind, period: &Period) -> [(&'static str, Json); 2] {
    [("unit", Json::text(kind.unit.name())), ("decimals", Json::whole(kind.decimals(period)))]
}

fn input(input: &Input, period: &Period) -> Option<Json> {
    let [unit, decimals] = kind(input.kind, period);
    let required = ("required", Json::Bool(input.need == Need::Required));
    let fields =
        [("name", Json::text(&input.name)), unit, decimals, required, ("doc", Json::text(&input.doc))];
    (input.need != Need::Unused).then(|| Json::object(fields))
}

fn output(output: &Output, period: &Period) -> Json {
    let [unit, decimals] = kind(output.kind, period);
    let mut json = Json::object([
        ("name", Json::text(&output.name)),
        unit,
        decimals,
        ("kind", Json::text(output.role.name())),
        ("doc", Json::text(&output.doc)),
    ]);
    if output.per_group {
        json = json.with("per", Json::text("group"));
    }
    if let Some(fold) = output.fold {
        json = json.with("fold", Json::text(fold));
    }
    match labels(&output.labels) {
        Some(labels) => json.with("labels", labels),
        None => json,
    }
}

fn grouping(grouping: &Grouping) -> Json {
    match grouping {
        Grouping::Each => Json::text("each"),
        Grouping::Person => Json::text("person"),
        Grouping::All => Json::text("all"),
        Grouping::By(inputs) => Json::object([(
            "by",
            Json::Array(inputs.iter().map(|input| Json::text(input.as_str())).collect()),
        )]),
    }
}
