//! Components for tests, one behaviour or misbehaviour each: texts in WAT, completed with what every guest has.

use std::fmt::Write as _;
use std::path::Path;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};

const WIT: &str = include_str!("../../../sdk/wit/policy.wit");

/// One input, `credit`; one output, `commission`, which is paid.
pub const BINDING: &str = r#"{"inputs":[{"name":"credit","unit":"money","decimals":2,"required":true}],
    "outputs":[{"name":"commission","unit":"money","decimals":2,"kind":"pay"}],"grouping":"each"}"#;

/// What a guest says of itself, under a name.
pub fn manifest(name: &str) -> String {
    format!(
        r#"{{"contract":"attain:policy@1.0.0","name":"{name}","version":"1.0.0",
        "summary":{{"en":"Pays five per cent.","zh":"按百分之五提成。"}},"parameters":{{"type":"object"}},
        "rules":[{{"code":"flat","places":[{{"name":"row","unit":"count"}}],
        "text":{{"en":"row {{row}} earns 0.07","zh":"第 {{row}} 行得 0.07"}}}}]}}"#
    )
}

/// A guest of the engine's tests, by the name of its file.
pub fn text(guest: &str) -> String {
    read(&format!("{guest}.wat"))
}

/// A function of the contract as every guest has it that doesn't define it itself.
pub fn part(function: &str) -> String {
    read(&format!("parts/{function}.wat"))
}

/// The component of a guest's text: with the functions of the contract that it doesn't define itself, which pay five
/// per cent of `credit`.
pub fn component(guest: &str, manifest: &str, binding: &str) -> Vec<u8> {
    if guest.starts_with("(component") {
        return parsed(guest);
    }
    let mut module = format!("(module\n{}", read("parts/prelude.wat"));
    for function in ["realloc", "describe", "bind", "evaluate", "explain"] {
        if !guest.contains(&format!("(func ${function} ")) {
            module.push_str(&part(function));
        }
        let export = match function {
            "realloc" => "cabi_realloc".to_owned(),
            _ => format!("attain:policy/rules@1.0.0#{function}"),
        };
        _ = writeln!(module, "(export \"{export}\" (func ${function}))");
    }
    for (at, text) in [(1024, manifest), (16_384, binding)] {
        module.push_str(&data(at, text.as_bytes()));
    }
    module.push_str(&words(16, &[1024, manifest.len()]));
    module.push_str(&words(32, &[0, 16_384, binding.len()]));
    module.push_str(guest);
    module.push(')');
    encode(parsed(&module))
}

fn parsed(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|error| panic!("{error}"))
}

fn read(file: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../host/engine/tests/guests");
    std::fs::read_to_string(folder.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn data(at: usize, bytes: &[u8]) -> String {
    let escaped: String = bytes.iter().map(|byte| format!("\\{byte:02x}")).collect();
    format!("(data (i32.const {at}) \"{escaped}\")\n")
}

fn words(at: usize, words: &[usize]) -> String {
    let bytes: Vec<u8> =
        words.iter().flat_map(|word| u32::try_from(*word).unwrap_or_default().to_le_bytes()).collect();
    data(at, &bytes)
}

fn encode(module: Vec<u8>) -> Vec<u8> {
    encoded(module).unwrap_or_else(|error| panic!("{error}"))
}

fn encoded(mut module: Vec<u8>) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut resolve = wit_parser::Resolve::default();
    let package = resolve.push_source("policy.wit", WIT)?;
    let world = resolve.select_world(&[package], Some("policy"))?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)?;
    Ok(ComponentEncoder::default().module(&module)?.encode()?)
}
