//! Components that misbehave, one misbehaviour each: the engine's own test guests, made from their text.

use std::fmt::Write as _;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};

const WIT: &str = include_str!("../../../../sdk/wit/policy.wit");

const MANIFEST: &str = r#"{"contract":"attain:policy@1.0.0","name":"guest","version":"1.0.0",
    "summary":{"en":"Pays five per cent."},"parameters":{"type":"object"},
    "rules":[{"code":"flat","places":[{"name":"row","unit":"count"}],"text":{"en":"row {row} earns 7"}}]}"#;

const BINDING: &str = r#"{"inputs":[{"name":"credit","unit":"money","decimals":2,"required":true}],
    "outputs":[{"name":"commission","unit":"money","decimals":2,"kind":"pay"}],"grouping":"each"}"#;

/// A plan that pays by the policy `guest`.
pub const PLAN: &str = r#"plan   = "sales"
period = "quarter"
starts = "2017-Q1"

[[step]]
name   = "commission"
policy = "guest@1"
inputs = { credit = "revenue" }
"#;

/// The component of a guest.
pub fn component(guest: &str) -> Vec<u8> {
    let guest = read(&format!("{guest}.wat"));
    if guest.starts_with("(component") {
        return wat::parse_str(guest).unwrap();
    }
    let mut module = format!("(module\n{}", read("parts/prelude.wat"));
    for function in ["realloc", "describe", "bind", "evaluate", "explain"] {
        if !guest.contains(&format!("(func ${function} ")) {
            module.push_str(&read(&format!("parts/{function}.wat")));
        }
        let export = match function {
            "realloc" => "cabi_realloc".to_owned(),
            _ => format!("attain:policy/rules@1.0.0#{function}"),
        };
        writeln!(module, "(export \"{export}\" (func ${function}))").unwrap();
    }
    for (at, text) in [(1024, MANIFEST), (16_384, BINDING)] {
        module.push_str(&data(at, text.as_bytes()));
    }
    module.push_str(&words(16, &[1024, MANIFEST.len()]));
    module.push_str(&words(32, &[0, 16_384, BINDING.len()]));
    module.push_str(&guest);
    module.push(')');
    encode(wat::parse_str(&module).unwrap())
}

fn read(file: &str) -> String {
    let folder = attain_tests::repository().join("host/engine/tests/guests");
    std::fs::read_to_string(folder.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn data(at: usize, bytes: &[u8]) -> String {
    let escaped: String = bytes.iter().map(|byte| format!("\\{byte:02x}")).collect();
    format!("(data (i32.const {at}) \"{escaped}\")\n")
}

fn words(at: usize, words: &[usize]) -> String {
    let bytes: Vec<u8> = words.iter().flat_map(|word| u32::try_from(*word).unwrap().to_le_bytes()).collect();
    data(at, &bytes)
}

fn encode(mut module: Vec<u8>) -> Vec<u8> {
    let mut resolve = wit_parser::Resolve::default();
    let package = resolve.push_source("policy.wit", WIT).unwrap();
    let world = resolve.select_world(&[package], Some("policy")).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().module(&module).unwrap().encode().unwrap()
}
