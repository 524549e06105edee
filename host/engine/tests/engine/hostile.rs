//! Guests that try more than one limit at a time, and components of very many parts: each gets its code, and the host
//! goes on.

use crate::guests::{BINDING, MANIFEST, batch, call, component, evaluate, policy};
use attain_engine::{Blame, Engine, EngineSettings, Limits, Policy, PolicyError, PublishLimits};
use attain_model::Binding;
use std::fmt::Write as _;
use std::sync::Arc;

fn flat() -> Limits {
    Limits { fuel_per_row: 0, memory_bytes_per_row: 0, output_bytes_per_row: 0, ..Limits::default() }
}

fn load(bytes: &[u8], publish: PublishLimits) -> Result<Arc<Policy>, PolicyError> {
    Engine::new(EngineSettings { publish, ..EngineSettings::default() }).unwrap().load(bytes)
}

#[track_caller]
fn refused(bytes: &[u8], publish: PublishLimits, code: &str, words: &str) {
    let error = load(bytes, publish).expect_err("it was accepted");
    assert_eq!((error.code(), error.blame()), (code, Blame::Policy), "{error}");
    assert!(error.to_string().contains(words), "expected `{words}` in `{error}`");
}

#[test]
fn an_endless_guest_that_writes_all_the_while_is_stopped_by_its_fuel() {
    let limits = Limits { fuel_base: 20_000_000, ..flat() };
    let error = evaluate("spins_on_memory", 3, &limits).unwrap_err();
    assert_eq!((error.code(), error.blame()), ("fuel", Blame::Policy), "{error}");
}

/// A copy is one instruction: without a charge for its bytes a guest would keep a core busy for hours on little fuel.
#[test]
fn copies_of_64_mib_are_charged_by_the_byte() {
    let enough = Limits { memory_bytes: 128 << 20, ..flat() };
    let error = evaluate("copies", 1, &Limits { fuel_base: 1 << 30, ..enough.clone() }).unwrap_err();
    assert_eq!(error.code(), "fuel", "{error}");
    // Not one of them is begun without the fuel for all of it.
    let error = evaluate("copies", 1, &Limits { fuel_base: 1 << 25, ..enough }).unwrap_err();
    assert_eq!(error.code(), "fuel", "{error}");
    let error = evaluate("copies", 1, &flat()).unwrap_err();
    assert_eq!(error.code(), "memory", "128 MiB are more than a call has: {error}");
}

#[test]
fn a_description_that_is_no_text_is_refused() {
    let bytes = component("garbles_describing", MANIFEST, BINDING);
    refused(&bytes, PublishLimits::default(), "malformed-list", "`describe` doesn't pass lists and texts");
}

#[test]
fn a_resource_is_refused_and_where_it_is_allowed_its_handles_are_bounded() {
    let bytes = component("holds_handles", MANIFEST, BINDING);
    refused(&bytes, PublishLimits::default(), "structure", "has 1 resources, at most 0 are allowed");
    let one = || PublishLimits { resources: 1, ..PublishLimits::default() };
    refused(&bytes, one(), "handles", "`start` held more than 16 handles");
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/guests/holds_handles.wat"));
    let fewer = wat::parse_str(text.unwrap().replace("(i32.const 17)", "(i32.const 16)")).unwrap();
    refused(&fewer, one(), "contract", "its `describe` has another type");
}

#[test]
fn a_component_that_calls_itself_from_inside_is_stopped() {
    let bytes = component("reenters", MANIFEST, BINDING);
    refused(&bytes, PublishLimits::default(), "trap", "`start` was stopped by the engine");
}

/// A usual policy with something more in its core module.
fn with(more: &str) -> Vec<u8> {
    crate::guests::component_of(&format!(";; Much of something.\n{more}"), MANIFEST, BINDING)
}

#[test]
fn thousands_of_exports_data_globals_and_types_are_a_policy_or_have_a_code() {
    let many = |part: &dyn Fn(usize) -> String| (0..5_000).map(part).collect::<Vec<String>>().join("\n");
    for more in [
        many(&|n| format!("(func (export \"f{n}\"))")),
        many(&|n| format!("(data (i32.const {}) \"x\")", 32_768 + n)),
        many(&|n| format!("(global i64 (i64.const {n}))")),
        many(&|_| "(type (func (param i32)))".to_owned()),
        format!("(table 5000 funcref) {}", many(&|n| format!("(elem (i32.const {n}) func $alloc)"))),
    ] {
        let policy =
            load(&with(&more), PublishLimits::default()).unwrap_or_else(|e| panic!("{}: {e}", &more[..40]));
        let binding = Binding::parse(BINDING).unwrap();
        let evaluated = policy.evaluate(&call(&binding, &Limits::default()), &batch(&[200])).unwrap();
        assert_eq!(evaluated.columns, [[10]]);
    }
}

#[test]
fn thousands_of_declarations_are_refused() {
    let mut text = "(component (core module $m (func (export \"f\"))) (core instance $i (instantiate $m)) (func $f (canon lift (core func $i \"f\")))".to_owned();
    for n in 0..10_000 {
        _ = write!(text, "(export \"f{n}\" (func $f))");
    }
    let bytes = wat::parse_str(text + ")").unwrap();
    refused(&bytes, PublishLimits::default(), "structure", "declarations, at most 10000 are allowed");
}

/// A component of types within each other.
fn nested_types(levels: usize) -> Vec<u8> {
    let body = [&[1][..], &[0x41, 1, 1].repeat(levels), &[0x41, 0]].concat();
    let mut section = vec![7];
    let mut length = body.len();
    loop {
        let low = (length & 0x7f) as u8;
        length >>= 7;
        section.push(if length == 0 { low } else { low | 0x80 });
        if length == 0 {
            break;
        }
    }
    [b"\0asm\x0d\0\x01\0", section.as_slice(), &body].concat()
}

/// A million types within each other are 4 MB. Whoever read them went as deep, and the host's own check ended the host:
/// a stack that overflows can't be caught.
#[test]
fn types_within_each_other_are_bounded_before_they_are_read() {
    let words = "bytes of types in one section, at most 16384 are allowed";
    for levels in [5_461, 100_000, 1_300_000] {
        refused(&nested_types(levels), PublishLimits::default(), "structure", words);
    }
    refused(&nested_types(5_400), PublishLimits::default(), "contract", "it exports nothing");
}

#[test]
fn components_within_each_other_are_bounded() {
    let nested = |levels: usize| {
        let mut text = "(component".repeat(levels);
        text.push_str(&")".repeat(levels));
        text
    };
    // Their text can't be read as deep as they are, so they are put together from inside out.
    let head = wat::parse_str(nested(1)).unwrap();
    let mut bytes = head.clone();
    for _ in 0..9_000 {
        let mut section = vec![4];
        let mut length = bytes.len();
        while length >= 0x80 {
            section.push((length & 0x7f) as u8 | 0x80);
            length >>= 7;
        }
        section.push(length as u8);
        bytes = [head.as_slice(), &section, &bytes].concat();
    }
    let error = load(&bytes, PublishLimits::default()).unwrap_err();
    assert_eq!(error.blame(), Blame::Policy, "{error}");
    assert!(
        ["contract", "invalid", "structure", "compile"].contains(&error.code()),
        "{} {error}",
        error.code()
    );
}

#[test]
fn state_kept_in_globals_is_gone_with_the_call() {
    for _ in 0..3 {
        assert_eq!(evaluate("remembers", 1, &flat()).unwrap().columns, [[1]]);
    }
    let steps = policy("commission").explain(
        &call(&Binding::parse(BINDING).unwrap(), &Limits::default()),
        &batch(&[1]),
        &[0],
    );
    assert_eq!(steps.unwrap().len(), 1);
}
