//! Parameters that a policy takes: those of a case, or a neighbour's.

use crate::chance::decimal;
use crate::figures::{Cell, Given, Row, Sheet, rows};
use crate::library::Policy;
use attain_cases::{Batch, Binding, Case, Context, Failure, Step, batch};
use attain_tests::random::Random;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// A policy with parameters, in a period.
pub struct Setting<'p> {
    /// The policy.
    pub policy: &'p Policy,
    /// The name of the case that the parameters are of.
    pub case_name: &'p str,
    case: &'p Case,
    /// What is otherwise than in the case.
    pub changes: Vec<String>,
    /// What the plan sets.
    pub parameters: Value,
    text: String,
    /// The period.
    pub context: Context,
    /// What `bind` gave for them.
    pub binding: Binding,
}

impl<'p> Setting<'p> {
    /// The parameters of a case.
    pub fn of_case(policy: &'p Policy, index: usize) -> Setting<'p> {
        let (case_name, case) = &policy.cases[index];
        let parameters = Value::Object(case.parameters.clone());
        Setting::new(policy, case_name, case, parameters, case.period.context(), Vec::new())
            .expect("parameters that a case has")
    }

    fn new(
        policy: &'p Policy,
        case_name: &'p str,
        case: &'p Case,
        parameters: Value,
        context: Context,
        changes: Vec<String>,
    ) -> Option<Setting<'p>> {
        let text = parameters.to_string();
        let bound = policy.subject.bind(&text, &context).ok()?;
        let binding = serde_json::from_str(&bound).expect("a binding");
        Some(Setting { policy, case_name, case, changes, parameters, text, context, binding })
    }

    /// The same with up to three changes, each of which the policy takes.
    pub fn neighbour(self, random: &mut Random) -> Setting<'p> {
        let mut setting = self;
        for _ in 0..1 + random.below(3) {
            // Most changes are refused: a choice that has no use, tiers that no longer rise.
            for _ in 0..8 {
                if let Some(next) = setting.changed(random) {
                    setting = next;
                    break;
                }
            }
        }
        setting
    }

    fn changed(&self, random: &mut Random) -> Option<Setting<'p>> {
        let mut context = self.context.clone();
        let mut parameters = self.parameters.clone();
        let change = if random.below(10) == 0 {
            context.money_decimals = [0, 2, 3][random.below(3) as usize];
            format!("money has {} decimals", context.money_decimals)
        } else {
            let mut places = Vec::new();
            choices(&self.policy.manifest.parameters, &parameters, &mut Vec::new(), &mut places);
            let (path, values) = places.get(random.below(places.len() as u64) as usize)?;
            let value = values.get(random.below(values.len() as u64) as usize)?;
            put(&mut parameters, path, value.clone())?;
            format!("{} = {value}", path.join("."))
        };
        if parameters == self.parameters && context == self.context {
            return None;
        }
        let changes = self.changes.iter().cloned().chain([change]).collect();
        Setting::new(self.policy, self.case_name, self.case, parameters, context, changes)
    }

    /// The same where a currency has so many decimals.
    pub fn with_decimals(&self, money_decimals: u8) -> Option<Setting<'p>> {
        let context = Context { money_decimals, ..self.context.clone() };
        Setting::new(
            self.policy,
            self.case_name,
            self.case,
            self.parameters.clone(),
            context,
            self.changes.clone(),
        )
    }

    /// The case's own rows, where they fit these parameters.
    pub fn own_rows(&self) -> Option<Vec<Row>> {
        batch(self.case, &self.binding).ok().map(|batch| rows(&batch, &self.binding))
    }

    /// What a parameter is, or else its default.
    pub fn parameter(&self, pointer: &str) -> Value {
        if let Some(value) = self.parameters.pointer(pointer) {
            return value.clone();
        }
        let name = pointer.trim_start_matches('/');
        let schema = &self.policy.manifest.parameters;
        schema.pointer(&format!("/properties/{name}/default")).cloned().unwrap_or(Value::Null)
    }

    /// Whether a parameter is this word.
    pub fn is(&self, pointer: &str, word: &str) -> bool {
        self.parameter(pointer).as_str() == Some(word)
    }

    /// The place of an input.
    pub fn input(&self, name: &str) -> Option<usize> {
        self.binding.inputs.iter().position(|input| input.name == name)
    }

    /// The place of an output.
    pub fn output(&self, name: &str) -> Option<usize> {
        self.binding.outputs.iter().position(|output| output.name == name)
    }

    /// What the policy gives for a batch.
    pub fn evaluate_batch(&self, batch: &Batch) -> Result<Vec<Vec<i64>>, Failure> {
        self.policy.subject.evaluate(&self.text, &self.context, batch)
    }

    /// What the policy gives. As many values as it promised, or the trial fails.
    pub fn evaluate(&self, sheet: &Sheet) -> Result<Given, Failure> {
        let columns = self.evaluate_batch(&sheet.batch(&self.binding))?;
        let n_groups = sheet.groups(&self.binding).len();
        Ok(Given::new(columns, &self.binding, sheet.rows.len(), n_groups)
            .unwrap_or_else(|what| panic!("{what}")))
    }

    /// How the rows asked for came to what they give.
    pub fn explain(&self, sheet: &Sheet, rows: &[u32]) -> Result<Vec<Vec<Step>>, Failure> {
        self.policy.subject.explain(&self.text, &self.context, &sheet.batch(&self.binding), rows)
    }

    /// As a case that can be kept.
    pub fn as_case(&self, sheet: &Sheet) -> String {
        let mut case = Map::new();
        case.insert("doc".to_owned(), "".into());
        case.insert("parameters".to_owned(), self.parameters.clone());
        case.insert("period".to_owned(), period(&self.context));
        let mut inputs = Map::new();
        if self.binding.keys().is_some_and(|keys| keys == ["participant"]) {
            let people = sheet.rows.iter().map(|row| Value::from(format!("p{}", row.person)));
            inputs.insert("participant".to_owned(), people.collect());
        }
        for (i, input) in self.binding.inputs.iter().enumerate() {
            if sheet.unbound.contains(&i) {
                continue;
            }
            let cell = |row: &Row| match &row.cells[i] {
                Cell::Missing => String::new(),
                Cell::Text(name) => name.to_string(),
                Cell::Number(number) => attain_cases::write(*number, input.meaning()),
            };
            inputs.insert(input.name.clone(), sheet.rows.iter().map(|row| Value::from(cell(row))).collect());
        }
        case.insert("in".to_owned(), Value::Object(inputs));
        toml::to_string(&case).unwrap_or_else(|error| format!("{error}: {case:?}"))
    }
}

fn period(context: &Context) -> Value {
    let day = |days| Value::from(attain_sdk::Date::from_days(days).to_string());
    Value::Object(Map::from_iter([
        ("kind".to_owned(), Value::from(context.period_kind.clone())),
        ("first".to_owned(), day(context.first_day)),
        ("last".to_owned(), day(context.last_day)),
        ("year_first".to_owned(), day(context.year_first_day)),
        ("year_last".to_owned(), day(context.year_last_day)),
        ("money_decimals".to_owned(), Value::from(context.money_decimals)),
    ]))
}

/// Where there is a choice, and what may be chosen: words, true and false, and for a number a few others.
fn choices(
    schema: &Value,
    value: &Value,
    path: &mut Vec<String>,
    found: &mut Vec<(Vec<String>, Vec<Value>)>,
) {
    let words: BTreeSet<&str> = alternatives(schema).filter_map(|one| one.get("const")?.as_str()).collect();
    if !words.is_empty() {
        found.push((path.clone(), words.into_iter().map(Value::from).collect()));
    }
    if schema.get("type") == Some(&Value::from("boolean")) {
        found.push((path.clone(), vec![Value::Bool(false), Value::Bool(true)]));
    }
    if value.as_str().is_some_and(|text| decimal(text).is_some()) {
        let others = ["-1", "0", "0.000001", "0.333333", "0.5", "1", "1.5", "100", "1000000"];
        found.push((path.clone(), others.into_iter().map(Value::from).collect()));
    }
    for (name, inner) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        path.push(name.clone());
        choices(inner, value.get(name).unwrap_or(&Value::Null), path, found);
        path.pop();
    }
    match value {
        Value::Object(fields) => {
            let names_are_free = schema.get("additionalProperties").filter(|inner| inner.is_object());
            for (name, value) in fields {
                let of_one = alternatives(schema).find_map(|one| one.pointer(&format!("/properties/{name}")));
                if let Some(inner) = names_are_free.or(of_one) {
                    path.push(name.clone());
                    choices(inner, value, path, found);
                    path.pop();
                }
            }
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                path.push(i.to_string());
                choices(schema.get("items").unwrap_or(&Value::Null), item, path, found);
                path.pop();
            }
        }
        _ => {}
    }
}

fn alternatives(schema: &Value) -> impl Iterator<Item = &Value> {
    schema.get("oneOf").and_then(Value::as_array).into_iter().flatten()
}

fn put(parameters: &mut Value, path: &[String], value: Value) -> Option<()> {
    let (last, before) = path.split_last()?;
    let mut place = parameters;
    for name in before {
        place = match place {
            Value::Array(items) => items.get_mut(name.parse::<usize>().ok()?)?,
            // A choice inside something that the case leaves out isn't there to be made.
            Value::Object(fields) => fields.get_mut(name)?,
            _ => return None,
        };
    }
    match place {
        Value::Array(items) => *items.get_mut(last.parse::<usize>().ok()?)? = value,
        Value::Object(fields) => drop(fields.insert(last.clone(), value)),
        _ => return None,
    }
    Some(())
}
