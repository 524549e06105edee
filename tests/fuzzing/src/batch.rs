//! The batch boundary: what goes in and what comes out, when one side lies.
//!
//! Either a guest that answers what it is told, at an address, of a length and of a content that nobody checked before;
//! or a policy of the library, on columns of the worst numbers there are.

use crate::guests;
use crate::parts::Parts;
use crate::{Plant, Taken, codes};
use attain_engine::{Batch, Call, Context, Engine, EngineSettings, Evaluated, Limits, Policy, PolicyError};
use attain_engine::{Step, TextSlice};
use attain_model::manifest::{Binding, Grouping, Per};
use attain_model::{NO_VALUE, Unit};
use std::sync::{Arc, OnceLock};

static CONTEXT: Context = Context {
    period_kind: String::new(),
    first_day: 20_362,
    last_day: 20_453,
    year_first_day: 20_089,
    year_last_day: 20_453,
    money_decimals: 2,
};

/// What the puppet binds to: every unit that bounds its values, groups, narrow integers; all of one column of numbers.
pub(crate) const BINDINGS: [&str; 6] = [
    guests::BINDING,
    r#"{"inputs":[{"name":"credit","unit":"money","decimals":2,"required":true}],
        "outputs":[{"name":"warned","unit":"flag","decimals":0,"kind":"info"}],"grouping":"each"}"#,
    r#"{"inputs":[{"name":"credit","unit":"money","decimals":2,"required":true}],
        "outputs":[{"name":"grade","unit":"level","decimals":0,"kind":"info"}],"grouping":"each"}"#,
    r#"{"inputs":[{"name":"credit","unit":"money","decimals":2,"required":true}],
        "outputs":[{"name":"band","unit":"label","decimals":0,"kind":"info","labels":[{"en":"A"},{"en":"B"}]}],"grouping":"each"}"#,
    r#"{"inputs":[{"name":"credit","unit":"money","decimals":2,"required":true}],
        "outputs":[{"name":"pool","unit":"money","decimals":2,"kind":"info","per":"group"}],"grouping":"all"}"#,
    r#"{"inputs":[{"name":"credit","unit":"money","decimals":2,"required":true}],"integer_bits":53,
        "outputs":[{"name":"one","unit":"money","decimals":2,"kind":"pay"},{"name":"two","unit":"points","decimals":2,"kind":"info"}],"grouping":"each"}"#,
];

/// Parameters of the library's policy: falling, rising, from an amount on, of no rate.
const TIERS: [&str; 4] = [
    r#"{"tiers":[{"from":"0","rate":"0.05"},{"from":"1.0","rate":"0.08"}]}"#,
    r#"{"tiers":[{"from":"0","rate":"0.999999"},{"from":"0.000001","rate":"0"}]}"#,
    r#"{"thresholds":"amount","tiers":[{"from":"0","rate":"0.01"},{"from":"500","rate":"0.02"}]}"#,
    r#"{"tiers":[{"from":"0","rate":"0"}]}"#,
];

pub(crate) fn check(input: &[u8], plant: Plant) -> Taken {
    let spoilt = plant.spoils(input);
    let mut parts = Parts::new(input);
    match (parts.byte() % 4, library()) {
        (0, Some(policy)) => extremes(policy, &mut parts, spoilt),
        (1, _) => any_binding(parts.rest(), spoilt),
        _ => lies(&mut parts, spoilt),
    }
    Taken::Yes
}

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| {
        Engine::new(EngineSettings { calls_at_once: 4, ..EngineSettings::default() }).expect("an engine")
    })
}

fn puppet() -> &'static Policy {
    static PUPPET: OnceLock<Arc<Policy>> = OnceLock::new();
    PUPPET.get_or_init(|| engine().load(&guests::puppet()).expect("the puppet is a policy"))
}

fn library() -> Option<&'static Policy> {
    static LIBRARY: OnceLock<Option<Arc<Policy>>> = OnceLock::new();
    let load =
        || guests::built("tiered-commission").map(|component| engine().load(&component).expect("a policy"));
    LIBRARY.get_or_init(load).as_deref()
}

fn limits() -> Limits {
    Limits { fuel_base: 5_000_000, memory_bytes: 4 << 20, explain_steps: 8, ..Limits::default() }
}

/// `bind` gives back its parameters, whatever they are: a text that is a binding is read as one, twice the same.
fn any_binding(bytes: &[u8], spoilt: bool) {
    let text = String::from_utf8_lossy(bytes);
    let bound = puppet().bind(&text, &CONTEXT);
    let again = if spoilt { "{}" } else { &text };
    match (bound, puppet().bind(again, &CONTEXT)) {
        (Ok(one), Ok(other)) => assert_eq!(one, other),
        (Err(one), Err(other)) => {
            codes::check(&one);
            assert_eq!(one.to_string(), other.to_string());
        }
        (one, other) => panic!("the same parameters, two answers: {one:?} {other:?}"),
    }
}

/// A guest that answers with what its first column holds.
fn lies(parts: &mut Parts<'_>, spoilt: bool) {
    let binding = Binding::parse(parts.one_of(&BINDINGS)).expect("a binding of the test");
    let parameters = " ".repeat(usize::from(parts.byte()) % 32);
    let explained = parts.byte().is_multiple_of(4);
    let words: Vec<i64> = parts.rest().chunks(8).take(512).map(word).collect();
    let Ok(rows) = u32::try_from(words.len()) else { return };
    let ends = [rows];
    let grouped = binding.grouping != Grouping::Each && rows > 0;
    let group_ends: &[u32] = if grouped { &ends } else { &[] };
    let batch = Batch { rows, numbers: vec![&words], group_ends, ..Batch::default() };
    let limits = limits();
    let call = Call { parameters: &parameters, context: &CONTEXT, binding: &binding, limits: &limits };
    if explained {
        let asked: Vec<u32> = (0..rows.min(4)).collect();
        let steps = puppet().explain(&call, &batch, &asked);
        same(&steps, &puppet().explain(&call, &batch, &asked));
        if let Ok(steps) = steps {
            well_explained(&steps, asked.len(), &binding, usize::try_from(limits.explain_steps).unwrap_or(0));
        }
        return;
    }
    let mut evaluated = puppet().evaluate(&call, &batch);
    same(&evaluated, &puppet().evaluate(&call, &batch));
    if let Ok(evaluated) = evaluated.as_mut().map_err(|error| codes::check(error)) {
        if spoilt {
            evaluated.columns.iter_mut().for_each(|column| column.push(7));
        }
        well_formed(evaluated, &binding, &batch);
    }
}

fn word(bytes: &[u8]) -> i64 {
    let mut word = [0; 8];
    word[..bytes.len()].copy_from_slice(bytes);
    i64::from_le_bytes(word)
}

fn same<T: PartialEq + std::fmt::Debug>(one: &Result<T, PolicyError>, other: &Result<T, PolicyError>) {
    match (one, other) {
        (Ok(one), Ok(other)) => assert_eq!(one, other),
        (Err(one), Err(other)) => {
            codes::check(one);
            assert_eq!(one.to_string(), other.to_string());
        }
        _ => panic!("the same batch, two answers: {one:?} {other:?}"),
    }
}

/// A result is as it was declared: so many columns of such a length, values in the range of their unit.
fn well_formed(evaluated: &Evaluated, binding: &Binding, batch: &Batch<'_>) {
    assert!(evaluated.fuel <= evaluated.fuel_allowed && evaluated.memory_bytes <= evaluated.memory_allowed);
    assert_eq!(evaluated.columns.len(), binding.outputs.len());
    for (output, column) in binding.outputs.iter().zip(&evaluated.columns) {
        let groups =
            if binding.grouping == Grouping::Each { batch.rows as usize } else { batch.group_ends.len() };
        let length = if output.per == Per::Row { batch.rows as usize } else { groups };
        assert_eq!(column.len(), length, "`{}`", output.name);
        for value in column.iter().filter(|value| **value != NO_VALUE) {
            let most = match output.unit {
                Unit::Flag => 1,
                Unit::Level => 3,
                Unit::Label => output.labels.len() as i64 - 1,
                _ => continue,
            };
            assert!((0..=most).contains(value), "`{}` is {value}", output.name);
        }
        if let Some(bits) = binding.integer_bits {
            let wide = column.iter().find(|value| **value != NO_VALUE && value.unsigned_abs() >> bits != 0);
            assert_eq!(wide, None, "`{}` of {bits} bits", output.name);
        }
    }
}

fn well_explained(steps: &[Vec<Step>], asked: usize, binding: &Binding, most: usize) {
    assert_eq!(steps.len(), asked);
    for step in steps.iter().flatten() {
        assert_eq!((step.rule, step.values.len()), (0, 1), "the only rule has one place");
        assert!(step.adds_to.is_none_or(|(output, _)| usize::from(output) < binding.outputs.len()));
    }
    assert!(steps.iter().all(|steps| steps.len() <= most));
}

/// A policy of the library on the worst numbers: whole and in two cuts it gives the same, and explains what it gave.
fn extremes(policy: &Policy, parts: &mut Parts<'_>, spoilt: bool) {
    let parameters = parts.one_of(&TIERS);
    let binding = policy.bind(parameters, &CONTEXT).expect("good parameters");
    let cut = usize::from(parts.byte());
    let rows = 1 + usize::from(parts.byte()) % 24;
    let present = parts.byte();
    let mut columns = Vec::new();
    for (place, input) in binding.inputs.iter().enumerate() {
        let there = input.required || present >> (place % 8) & 1 == 1;
        columns.push(if there { (0..rows).map(|_| parts.number()).collect() } else { Vec::new() });
    }
    let limits = Limits::default();
    let call = Call { parameters, context: &CONTEXT, binding: &binding, limits: &limits };
    let cut = cut % (rows + 1);
    let evaluate = |from: usize, to: usize| policy.evaluate(&call, &piece(&binding, &columns, from, to));
    let (whole, left, right) = (evaluate(0, rows), evaluate(0, cut), evaluate(cut, rows));
    match (whole, left, right) {
        (Ok(whole), Ok(left), Ok(right)) => {
            let mut together: Vec<Vec<i64>> =
                left.columns.iter().zip(&right.columns).map(|(a, b)| [a.as_slice(), b].concat()).collect();
            if spoilt && let Some(value) = together.first_mut().and_then(|column| column.first_mut()) {
                *value = value.wrapping_add(1);
            }
            assert_eq!(whole.columns, together, "cut at {cut} of {rows}");
            explained(policy, &call, &piece(&binding, &columns, 0, rows), &whole);
        }
        (Err(whole), left, right) => {
            codes::check(&whole);
            let parts = [left.err(), right.err()];
            assert!(parts.iter().flatten().any(|part| part.code() == whole.code()), "{whole} {parts:?}");
        }
        (Ok(_), left, right) => panic!("the whole is computed, a part isn't: {left:?} {right:?}"),
    }
}

fn piece<'a>(binding: &Binding, columns: &'a [Vec<i64>], from: usize, to: usize) -> Batch<'a> {
    let slice = |column: &'a Vec<i64>| column.get(from..to).unwrap_or_default();
    let texts = |unit: Unit| unit == Unit::Text;
    let pairs = || binding.inputs.iter().zip(columns);
    Batch {
        rows: u32::try_from(to - from).unwrap_or(0),
        numbers: pairs().filter(|(input, _)| !texts(input.unit)).map(|(_, column)| slice(column)).collect(),
        texts: pairs().filter(|(input, _)| texts(input.unit)).map(|_| TextSlice::default()).collect(),
        group_ends: &[],
    }
}

fn explained(policy: &Policy, call: &Call<'_>, batch: &Batch<'_>, whole: &Evaluated) {
    let rows: Vec<u32> = (0..batch.rows).collect();
    let steps = policy.explain(call, batch, &rows).expect("what is computed is explained");
    for (row, steps) in steps.iter().enumerate() {
        for (output, column) in whole.columns.iter().enumerate() {
            let adding =
                steps.iter().filter_map(|step| step.adds_to.filter(|(to, _)| usize::from(*to) == output));
            let (mut sum, mut any) = (0i128, false);
            adding.for_each(|(_, much)| {
                sum += i128::from(much);
                any = true;
            });
            let value = column[row];
            assert!(
                !any || value == NO_VALUE || sum == i128::from(value),
                "row {row} output {output}: {sum}, {value}"
            );
        }
    }
}
