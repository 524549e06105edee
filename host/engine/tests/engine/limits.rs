//! Each limit holds: at the limit a policy runs, one past it a typed error stops it.

use crate::guests::{BINDING, MANIFEST, batch, call, component, evaluate, policy};
use attain_engine::{Blame, Engine, EngineSettings, Evaluated, Limits, PolicyError};
use attain_model::Binding;

/// No allowance a row: the numbers below are the whole of it.
fn flat() -> Limits {
    Limits { fuel_per_row: 0, memory_bytes_per_row: 0, output_bytes_per_row: 0, ..Limits::default() }
}

#[track_caller]
fn stopped(result: Result<Evaluated, PolicyError>, code: &str, words: &str) {
    let error = result.expect_err("it ran");
    assert_eq!((error.code(), error.blame()), (code, Blame::Policy), "{error}");
    assert!(error.to_string().contains(words), "expected `{words}` in `{error}`");
}

#[test]
fn an_endless_guest_is_stopped_by_its_fuel() {
    let limits = Limits { fuel_base: 1_000_000, ..flat() };
    stopped(evaluate("spins", 3, &limits), "fuel", "used up its fuel: 1000000 allowed for 3 rows");
}

#[test]
fn fuel_is_enough_to_the_last_unit() {
    let used = evaluate("commission", 100, &flat()).unwrap().fuel;
    evaluate("commission", 100, &Limits { fuel_base: used, ..flat() }).unwrap();
    let less = Limits { fuel_base: used - 1, ..flat() };
    stopped(evaluate("commission", 100, &less), "fuel", &format!("{} allowed for 100 rows", used - 1));
    // With a share a row the same comes to the same.
    let shared = Limits { fuel_base: used % 100, fuel_per_row: used / 100, ..flat() };
    evaluate("commission", 100, &shared).unwrap();
}

#[test]
fn memory_is_enough_to_the_last_page_and_past_it_the_guest_is_not_told() {
    // The guest has 3 pages and grows by one a row.
    let limits = Limits { memory_bytes: 8 << 16, ..flat() };
    assert_eq!(evaluate("hoards", 5, &limits).unwrap().columns, [[0; 5]], "five pages fit");
    let words = "`evaluate` asked for 589824 bytes of memory, at most 524288 are allowed for 6 rows";
    stopped(evaluate("hoards", 6, &limits), "memory", words);
    let shared = Limits { memory_bytes: 3 << 16, memory_bytes_per_row: 1 << 16, ..flat() };
    assert_eq!(evaluate("hoards", 1, &shared).unwrap().memory_bytes, 4 << 16);
    stopped(evaluate("hoards", 70_000, &Limits { memory_bytes: u64::MAX, ..flat() }), "memory", "4294901760");
}

#[test]
fn memory_that_a_guest_starts_with_counts_too() {
    evaluate("remembers", 1, &Limits { memory_bytes: 3 << 16, ..flat() }).unwrap();
    let less = Limits { memory_bytes: (3 << 16) - 1, ..flat() };
    stopped(evaluate("remembers", 1, &less), "memory", "`start` asked for 196608 bytes of memory");
}

#[test]
fn a_table_is_bounded() {
    let limits = Limits { table_elements: 1, ..flat() };
    assert_eq!(evaluate("hoards_table", 1, &limits).unwrap().columns, [[0]]);
    stopped(evaluate("hoards_table", 2, &limits), "table", "a table of 2 elements, at most 1 are allowed");
}

#[test]
fn output_is_enough_to_the_last_byte() {
    let least = |bytes: u64| evaluate("commission", 1000, &Limits { output_bytes: bytes, ..flat() });
    // A list of one list, and eight bytes a row; the rest is the host's own bookkeeping of them.
    let enough = (8000..9000).find(|bytes| least(*bytes).is_ok()).unwrap();
    assert_eq!(enough, 8000 + 24);
    stopped(least(enough - 1), "output-size", "gave back more than the 8023 bytes");
    stopped(evaluate("floods", 3, &Limits { output_bytes: 4096, ..flat() }), "output-size", "4096 bytes");
}

#[test]
fn deep_recursion_is_stopped_by_the_stack() {
    assert_eq!(evaluate("digs", 1, &flat()).unwrap().columns, [[1]]);
    let error = evaluate("digs", 1000, &flat()).unwrap_err();
    assert_eq!(error.code(), "wrong-columns", "a thousand calls deep is fine: {error}");
    stopped(evaluate("digs", 100_000, &flat()), "stack", "too deep for a stack of 524288 bytes");
}

#[test]
fn wall_time_is_the_hosts_fault() {
    let limits = Limits { fuel_base: u64::MAX, wall_ms: 60, ..flat() };
    let error = evaluate("spins", 1, &limits).unwrap_err();
    assert_eq!((error.code(), error.blame()), ("wall-time", Blame::Host), "{error}");
    assert!(error.to_string().contains("stopped after 60 ms"), "{error}");
}

#[test]
fn a_component_of_more_parts_than_its_slot_has_is_refused() {
    let load = |limits: Limits| {
        let engine = Engine::new(EngineSettings { limits, ..EngineSettings::default() }).unwrap();
        engine.load(&component("has_two_tables", MANIFEST, BINDING)).map(drop)
    };
    let one = Limits { instances: 1, memories: 1, tables: 2, table_elements: 30, ..Limits::default() };
    load(one.clone()).unwrap();
    for (limits, words) in [
        (Limits { memories: 0, ..one.clone() }, "1 linear memories, at most 0"),
        (Limits { tables: 1, ..one.clone() }, "2 tables, at most 1"),
        (Limits { table_elements: 29, ..one.clone() }, "30 elements in a table, at most 29"),
        (Limits { instances: 0, ..one.clone() }, "1 core instances, at most 0"),
    ] {
        let error = load(limits).unwrap_err();
        assert_eq!((error.code(), error.blame()), ("structure", Blame::Policy), "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn an_explanation_has_its_own_allowance() {
    let binding = Binding::parse(BINDING).unwrap();
    let rows: Vec<u32> = (0..100).collect();
    let explain = |limits: &Limits| {
        policy("commission")
            .explain(&call(&binding, limits), &batch(&[0; 100]), &rows)
            .map(|steps| steps.len())
    };
    assert_eq!(explain(&Limits { output_bytes: 0, explain_steps: 1, ..flat() }).unwrap(), 100);
    let error = explain(&Limits { output_bytes: 0, explain_steps: 0, ..flat() }).unwrap_err();
    assert_eq!(error.code(), "output-size", "{error}");
}
