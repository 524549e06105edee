//! Components to begin with: the engine's own test guests and one that answers what it is told.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{Resolve, WorldId};

const WIT: &str = include_str!("../../../sdk/wit/policy.wit");

/// The manifest of every guest.
pub(crate) const MANIFEST: &str = r#"{"contract":"attain:policy@1.0.0","name":"flat-rate","version":"1.0.0",
    "summary":{"en":"Pays five per cent."},"parameters":{"type":"object"},
    "rules":[{"code":"flat","places":[{"name":"row","unit":"count"}],"text":{"en":"row {row} earns 7"}}]}"#;

/// What every guest binds to.
pub(crate) const BINDING: &str = r#"{"inputs":[{"name":"credit","unit":"money","decimals":2,"required":true}],
    "outputs":[{"name":"commission","unit":"money","decimals":2,"kind":"pay"}],"grouping":"each"}"#;

/// Guests whose code is changed: what behaves, and what misbehaves in a way that the checks must see.
pub(crate) const GUESTS: [&str; 8] =
    ["commission", "echoes", "fails", "refuses", "hoards", "hoards_table", "digs", "has_two_tables"];

/// The core modules of [`GUESTS`], as their compiler left them.
pub(crate) fn modules() -> &'static [Vec<u8>] {
    static MODULES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    MODULES.get_or_init(|| GUESTS.iter().map(|guest| module(&engine_guest(guest), BINDING)).collect())
}

/// The guest that answers what it is told.
pub(crate) fn puppet() -> Vec<u8> {
    let encoded = encode(module(include_str!("../guests/puppet.wat"), BINDING));
    encoded.expect("the puppet is a component")
}

/// The component of one of the engine's guests, under another name.
pub(crate) fn named(guest: &str, name: &str) -> Vec<u8> {
    let text = engine_guest(guest);
    let encoded = encode(module_of(&text, &MANIFEST.replace("flat-rate", name), BINDING));
    encoded.unwrap_or_else(|why| panic!("{guest}: {why}"))
}

/// A component of a core module that has the contract's functions, or why it is none. The encoder believes its input,
/// so that is looked at first.
pub(crate) fn encode(mut module: Vec<u8>) -> Result<Vec<u8>, String> {
    wasmparser::validate(&module).map_err(|error| error.to_string())?;
    let (resolve, world) = contract();
    embed_component_metadata(&mut module, resolve, *world, StringEncoding::UTF8)
        .map_err(|error| error.to_string())?;
    let mut encoder = ComponentEncoder::default().module(&module).map_err(|error| format!("{error:#}"))?;
    encoder.encode().map_err(|error| format!("{error:#}"))
}

fn contract() -> &'static (Resolve, WorldId) {
    static CONTRACT: OnceLock<(Resolve, WorldId)> = OnceLock::new();
    CONTRACT.get_or_init(|| {
        let mut resolve = Resolve::default();
        let package = resolve.push_source("policy.wit", WIT).expect("the contract is WIT");
        let world = resolve.select_world(&[package], Some("policy")).expect("the contract has a world");
        (resolve, world)
    })
}

/// The exports of a core module that the contract asks for, of their types: what wasm-smith is to keep to.
pub(crate) fn exports() -> &'static [u8] {
    static EXPORTS: OnceLock<Vec<u8>> = OnceLock::new();
    EXPORTS.get_or_init(|| {
        let long = "i32 ".repeat(16);
        let text = format!(
            r#"(module (memory (export "memory") 1)
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
            (func (export "attain:policy/rules@1.0.0#describe") (result i32) unreachable)
            (func (export "attain:policy/rules@1.0.0#bind") (param i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32) unreachable)
            (func (export "attain:policy/rules@1.0.0#evaluate") (param {long}) (result i32) unreachable)
            (func (export "attain:policy/rules@1.0.0#explain") (param i32) (result i32) unreachable))"#
        );
        wat::parse_str(text).expect("a module of the contract's exports")
    })
}

/// A built policy's component, where `cargo xtask` says where they are.
pub(crate) fn built(policy: &str) -> Option<Vec<u8>> {
    let folder = std::env::var_os("ATTAIN_POLICIES")?;
    std::fs::read(Path::new(&folder).join(format!("{policy}.wasm"))).ok()
}

fn engine_guests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../host/engine/tests/guests")
}

fn read(file: &str) -> String {
    let path = engine_guests().join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn engine_guest(guest: &str) -> String {
    read(&format!("{guest}.wat"))
}

fn module(guest: &str, binding: &str) -> Vec<u8> {
    module_of(guest, MANIFEST, binding)
}

fn module_of(guest: &str, manifest: &str, binding: &str) -> Vec<u8> {
    let mut module = format!("(module\n{}", read("parts/prelude.wat"));
    for function in ["realloc", "describe", "bind", "evaluate", "explain"] {
        if !guest.contains(&format!("(func ${function} ")) {
            module.push_str(&read(&format!("parts/{function}.wat")));
        }
        let export = match function {
            "realloc" => "cabi_realloc".to_owned(),
            _ => format!("attain:policy/rules@1.0.0#{function}"),
        };
        writeln!(module, "(export \"{export}\" (func ${function}))").expect("a text takes more");
    }
    for (at, text) in [(1024, manifest), (16_384, binding)] {
        module.push_str(&data(at, text.as_bytes()));
    }
    module.push_str(&words(16, &[1024, manifest.len()]));
    module.push_str(&words(32, &[0, 16_384, binding.len()]));
    module.push_str(guest);
    module.push(')');
    wat::parse_str(&module).unwrap_or_else(|error| panic!("{error}"))
}

fn data(at: usize, bytes: &[u8]) -> String {
    let escaped: String = bytes.iter().map(|byte| format!("\\{byte:02x}")).collect();
    format!("(data (i32.const {at}) \"{escaped}\")\n")
}

fn words(at: usize, words: &[usize]) -> String {
    let bytes: Vec<u8> = words.iter().flat_map(|word| (*word as u32).to_le_bytes()).collect();
    data(at, &bytes)
}
