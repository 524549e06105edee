//! The derives behind attain-sdk. Their documentation is on the attributes that they read.

mod attributes;
mod inputs;
mod labels;
mod outputs;
mod parameters;
mod policy;
mod rules;

use proc_macro::TokenStream;

/// What a plan sets: reading from JSON and the JSON Schema, from one type.
///
/// - Doc comments become descriptions.
/// - `#[parameter(default = "0.02")]` on a field: what it is where a plan leaves it out, as a text, a whole
///   number, or `true`/`false`. An `Option` field may always be left out.
/// - `#[parameter(min = "0", max = "1")]` on a number or a level: bounds, both allowed.
/// - `#[parameter(check = path)]` on the type: a `fn(&Self, &mut Wrong)` for rules across fields.
/// - An enum's variants are chosen by their names in kebab case; one with data is `{"name": data}`.
#[proc_macro_derive(Parameters, attributes(parameter))]
pub fn parameters(input: TokenStream) -> TokenStream {
    run(input, parameters::derive)
}

/// What a rule reads of a row: each field is a column of its own name.
///
/// - Doc comments become the inputs' descriptions. An `Option` needn't be bound.
/// - `#[inputs(plan = Plan)]` on the type, where a field's attribute refers to the plan.
/// - `#[input(when = path)]`: a `fn(&Plan) -> Need`, where parameters decide whether it is needed.
/// - `#[input(kind = path)]`: a `fn(&Plan) -> Kind`, where parameters decide unit and decimals.
/// - `#[input(each = path)]` on a `Cells` field: a `fn(&Plan) -> Vec<Input>`, the inputs that parameters name,
///   numbers and texts.
#[proc_macro_derive(Inputs, attributes(inputs, input))]
pub fn inputs(input: TokenStream) -> TokenStream {
    run(input, inputs::derive)
}

/// What a rule gives: each field is a column of its own name.
///
/// - `#[output(pay)]`: what the host does with it (`pay`, `score`, `factor`, `award`, `alert`,
///   `target_change`, `info`, `carry`), or `#[output(role = path)]`, a `fn(&Plan) -> Role`.
/// - `#[output(info, kind = path)]`: a `fn(&Plan) -> Kind`, where parameters decide unit and decimals.
/// - `#[output(info, fold = "max")]`: how rows of another table become one value a person.
/// - `#[output(each = path)]` on a `Several` field, the last of the struct: a `fn(&Plan) -> Vec<Output>`, the
///   outputs that parameters name. A step that adds to one refers to it as `Earned::FIELD.at(index)`.
/// - `#[outputs(plan = Plan)]` on the type, where a field's attribute refers to the plan, and
///   `#[outputs(per = "group")]` where it has one value a group.
#[proc_macro_derive(Outputs, attributes(outputs, output))]
pub fn outputs(input: TokenStream) -> TokenStream {
    run(input, outputs::derive)
}

/// The kinds of steps that explain a result: an enum whose doc comments are the sentences, with a `{field}`
/// for each number they show.
///
/// - `{units} unit{units|s}`: the letter is there where the number isn't shown as 1. `{units|is|are}` is the one word
///   where it is, and the other where it isn't.
/// - `#[zh("...")]` on a variant: its sentence in Chinese.
/// - A last variant `Named(Sentence)`: a step whose sentence the parameters made, see [`policy`](macro@policy).
/// - `#[place(like = "credit")]` on a field: it has the unit and decimals of that input or output of the
///   binding, or of the input that another field of the step names.
#[proc_macro_derive(Rules, attributes(zh, place))]
pub fn rules(input: TokenStream) -> TokenStream {
    run(input, rules::derive)
}

/// Values with names that people read, as an enum without data: doc comments and `#[zh("...")]` are the names.
#[proc_macro_derive(Labels, attributes(zh))]
pub fn labels(input: TokenStream) -> TokenStream {
    run(input, labels::derive)
}

/// Makes a policy of a rule: a unit struct `Policy` beside the function, and the component's exports.
///
/// `#[policy(each, rules = Step)]` for a rule about one row, `fn(&Plan, Row, &mut impl Why) -> Result<Out>`.
/// `#[policy(by = "team", rules = Step)]`, `#[policy(person, ...)]`, `#[policy(all, ...)]` or `#[policy(grouping = path, ...)]` (a
/// `fn(&Plan) -> Grouping`) for a rule about a group,
/// `fn(&Plan, &[Row], &mut [Out], &mut impl Why) -> Result<Whole>`.
/// More: `sentences = path`, a `fn(&Plan) -> Vec<RuleText>`: sentences for steps that parameters name, in the
/// parameters' words; `zh = "..."`, the summary in Chinese; `table = "deals"`; `order = "close_date"`, the order of rows
/// inside a group (`"-close_date"` from the greatest down). Name, version and summary are the crate's.
#[proc_macro_attribute]
pub fn policy(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let made = syn::parse(item).and_then(|function| policy::expand(arguments.into(), function));
    made.unwrap_or_else(syn::Error::into_compile_error).into()
}

fn run(
    input: TokenStream,
    derive: fn(syn::DeriveInput) -> syn::Result<proc_macro2::TokenStream>,
) -> TokenStream {
    syn::parse(input).and_then(derive).unwrap_or_else(syn::Error::into_compile_error).into()
}
