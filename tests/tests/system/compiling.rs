//! Goal: a component is hostile input to the compiler too: what it takes too much of costs its sender an error.
//! Method: the command's own child process, with limits that a usual policy doesn't reach and others that it does; a
//! component that passes every check of its structure and still takes the compiler long.

use attain_engine::{Child, CompileLimits, Compiling, Engine, EngineSettings, PolicyError};
use attain_tests::{binary, component};
use std::fmt::Write as _;

fn load(bytes: &[u8], limits: CompileLimits) -> Result<String, PolicyError> {
    let child = Child { program: binary(), arguments: vec!["compile-component".into()], limits };
    let settings = EngineSettings { compiling: Compiling::Child(child), ..EngineSettings::default() };
    Engine::new(settings).unwrap().load(bytes).map(|policy| policy.manifest().name.clone())
}

fn usual() -> Vec<u8> {
    std::fs::read(component("tiered-commission")).unwrap()
}

#[track_caller]
fn is_over(bytes: &[u8], limits: CompileLimits, what: &str) {
    let error = load(bytes, limits).unwrap_err();
    assert_eq!(error.code(), "compile-limit", "{error}");
    assert_eq!(
        error.to_string(),
        format!(
            "compiling the component took more than {what}; split its largest functions and build it again"
        )
    );
}

/// Functions that each are small, and branch so that there is much to decide for every one.
fn bomb() -> Vec<u8> {
    let mut text = "(component (core module".to_owned();
    for _ in 0..6_000 {
        text.push_str("(func (param i64 i64) (result i64) (local i64) local.get 0 ");
        for n in 0..40 {
            _ = write!(
                text,
                "local.get 1 i64.const {n} i64.add local.tee 2 i64.mul local.get 2 i64.xor local.tee 0 "
            );
        }
        text.push(')');
    }
    text.push_str("))");
    wat::parse_str(&text).unwrap()
}

/// One function with many locals, each of which many loops carry.
fn hoard() -> Vec<u8> {
    let mut text = "(component (core module (func (param i32)".to_owned();
    text.push_str(&"(local i64)".repeat(1_500));
    for _ in 0..20 {
        text.push_str(&"loop ".repeat(20));
        for local in 1..500 {
            _ = write!(text, "local.get {local} i64.const {local} i64.add local.set {} ", local + 1);
        }
        text.push_str(&"local.get 0 br_if 0 end ".repeat(20));
    }
    text.push_str(")))");
    wat::parse_str(&text).unwrap()
}

#[test]
fn a_usual_policy_compiles_in_a_child_process() {
    assert_eq!(load(&usual(), CompileLimits::default()).unwrap(), "tiered-commission");
}

#[test]
fn each_limit_of_the_compiler_has_its_error() {
    let limits = CompileLimits::default;
    is_over(&hoard(), CompileLimits { memory_bytes: 128 << 20, ..limits() }, "134217728 bytes of memory");
    is_over(&usual(), CompileLimits { wall_ms: 20, ..limits() }, "20 ms of time");
    is_over(&usual(), CompileLimits { code_bytes: 100_000, ..limits() }, "100000 bytes of code");
    is_over(&bomb(), CompileLimits { cpu_seconds: 1, ..limits() }, "1 s of processor time");
}

#[test]
fn just_under_each_limit_it_compiles() {
    let limits =
        CompileLimits { memory_bytes: 512 << 20, cpu_seconds: 20, wall_ms: 50_000, code_bytes: 4 << 20 };
    load(&usual(), limits).unwrap();
}

#[test]
fn a_component_that_is_none_and_a_compiler_that_is_none_are_told_apart() {
    assert_eq!(load(b"\0asm\x0d\0\x01\0\xff", CompileLimits::default()).unwrap_err().code(), "invalid");
    let child =
        Child { program: "/does/not/exist".into(), arguments: Vec::new(), limits: CompileLimits::default() };
    let settings = EngineSettings { compiling: Compiling::Child(child), ..EngineSettings::default() };
    let error = Engine::new(settings).unwrap().load(&usual()).unwrap_err();
    assert_eq!((error.code(), error.blame()), ("host", attain_engine::Blame::Host));
}
