//! From a file in `tests/guests` to a component, and what the tests pass to it.

use attain_engine::{Batch, Call, Context, Engine, EngineSettings, Limits, Policy};
use attain_model::Binding;
use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};

/// The contract that hosts and guests are built from.
const WIT: &str = include_str!("../../../../sdk/wit/policy.wit");

pub const MANIFEST: &str = r#"{"contract":"attain:policy@1.0.0","name":"flat-rate","version":"1.0.0",
    "summary":{"en":"Pays five per cent."},"parameters":{"type":"object"},
    "rules":[{"code":"flat","places":[{"name":"row","unit":"count"}],"text":{"en":"row {row} earns 7"}}]}"#;

pub const BINDING: &str = r#"{"inputs":[{"name":"credit","unit":"money","decimals":2,"required":true}],
    "outputs":[{"name":"commission","unit":"money","decimals":2,"kind":"pay"}],"grouping":"each"}"#;

pub static CONTEXT: Context = Context {
    period_kind: String::new(),
    first_day: 20_362,
    last_day: 20_453,
    year_first_day: 20_089,
    year_last_day: 20_453,
    money_decimals: 2,
};

/// The component of a guest, with other texts for `describe` and `bind`.
pub fn component(file: &str, manifest: &str, binding: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/guests");
    let read = |path: String| std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    let guest = read(format!("{folder}/{file}.wat"));
    if guest.starts_with("(component") {
        return wat::parse_str(guest).unwrap();
    }
    component_of(&guest, manifest, binding)
}

/// The component of a guest's text.
pub fn component_of(guest: &str, manifest: &str, binding: &str) -> Vec<u8> {
    let read = |path: String| std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/guests");
    let mut module = format!("(module\n{}", read(format!("{folder}/parts/prelude.wat")));
    for function in ["realloc", "describe", "bind", "evaluate", "explain"] {
        if !guest.contains(&format!("(func ${function} ")) {
            module.push_str(&read(format!("{folder}/parts/{function}.wat")));
        }
        let export = match function {
            "realloc" => "cabi_realloc".to_owned(),
            _ => format!("attain:policy/rules@1.0.0#{function}"),
        };
        writeln!(module, "(export \"{export}\" (func ${function}))").unwrap();
    }
    for (at, text) in [(1024, manifest), (16_384, binding)] {
        writeln!(module, "(data (i32.const {at}) \"{}\")", text.replace('"', "\\\"").replace('\n', " "))
            .unwrap();
    }
    module.push_str(&data(16, &[1024, manifest.len()]));
    module.push_str(&data(32, &[0, 16_384, binding.len()]));
    module.push_str(guest);
    module.push(')');
    let start: String = guest.chars().take(60).collect();
    encode(wat::parse_str(&module).unwrap_or_else(|e| panic!("{start}: {e}")))
}

fn data(at: usize, words: &[usize]) -> String {
    let bytes = words.iter().flat_map(|word| u32::try_from(*word).unwrap().to_le_bytes());
    let escaped: String = bytes.map(|byte| format!("\\{byte:02x}")).collect();
    format!("(data (i32.const {at}) \"{escaped}\")\n")
}

fn encode(mut module: Vec<u8>) -> Vec<u8> {
    let mut resolve = wit_parser::Resolve::default();
    let package = resolve.push_source("policy.wit", WIT).unwrap();
    let world = resolve.select_world(&[package], Some("policy")).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().module(&module).unwrap().encode().unwrap()
}

/// One engine for all tests that need no settings of their own.
pub fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::new(EngineSettings::default()).unwrap())
}

/// A guest with the usual manifest and binding.
pub fn policy(file: &str) -> Arc<Policy> {
    engine().load(&component(file, MANIFEST, BINDING)).unwrap_or_else(|e| panic!("{file}: {e}"))
}

/// A call with the usual binding.
pub fn call<'a>(binding: &'a Binding, limits: &'a Limits) -> Call<'a> {
    Call { parameters: "{}", context: &CONTEXT, binding, limits }
}

/// One column of numbers.
pub fn batch(column: &[i64]) -> Batch<'_> {
    Batch { rows: u32::try_from(column.len()).unwrap(), numbers: vec![column], ..Batch::default() }
}

/// Evaluates a guest over rows of zero.
pub fn evaluate(
    file: &str,
    rows: usize,
    limits: &Limits,
) -> Result<attain_engine::Evaluated, attain_engine::PolicyError> {
    let binding = Binding::parse(BINDING).unwrap();
    policy(file).evaluate(&call(&binding, limits), &batch(&vec![0; rows]))
}
