//! Nothing of a call is left for the next one, and threads don't see each other.

use crate::guests::{BINDING, MANIFEST, batch, call, component, evaluate, policy};
use attain_engine::{Engine, EngineSettings, Limits};
use attain_model::Binding;

#[test]
fn every_call_has_a_fresh_instance() {
    for _ in 0..3 {
        assert_eq!(evaluate("remembers", 1, &Limits::default()).unwrap().columns, [[1]]);
    }
}

#[test]
fn fuel_and_results_are_the_same_in_every_instance_after_every_kind_of_end() {
    let first = evaluate("commission", 5000, &Limits::default()).unwrap();
    for ending in ["gives_up", "spins", "hoards", "digs", "remembers"] {
        let few = Limits { fuel_base: 100_000, fuel_per_row: 0, ..Limits::default() };
        _ = evaluate(ending, 40, &few);
        assert_eq!(evaluate("commission", 5000, &Limits::default()).unwrap(), first, "after {ending}");
    }
}

#[test]
fn another_engine_on_the_same_component_uses_the_same_fuel() {
    let ours = evaluate("commission", 777, &Limits::default()).unwrap();
    let engine = Engine::new(EngineSettings { calls_at_once: 1, ..EngineSettings::default() }).unwrap();
    let theirs = engine.load(&component("commission", MANIFEST, BINDING)).unwrap();
    let binding = Binding::parse(BINDING).unwrap();
    let limits = Limits::default();
    assert_eq!(theirs.evaluate(&call(&binding, &limits), &batch(&[0; 777])).unwrap(), ours);
}

#[test]
fn many_threads_on_one_policy_get_their_own_answers() {
    let binding = Binding::parse(BINDING).unwrap();
    let limits = Limits::default();
    let policy = policy("commission");
    std::thread::scope(|scope| {
        for thread in 0..16i64 {
            let (policy, binding, limits) = (&policy, &binding, &limits);
            scope.spawn(move || {
                for round in 0..50i64 {
                    let credit: Vec<i64> = (0..200).map(|row| (thread * 1000 + round + row) * 100).collect();
                    let expected: Vec<i64> = credit.iter().map(|credit| credit / 20).collect();
                    let evaluated = policy.evaluate(&call(binding, limits), &batch(&credit)).unwrap();
                    assert_eq!(evaluated.columns, [expected]);
                }
            });
        }
    });
}

#[test]
fn an_engine_that_is_dropped_leaves_its_policies_working() {
    let engine = Engine::new(EngineSettings::default()).unwrap();
    let policy = engine.load(&component("commission", MANIFEST, BINDING)).unwrap();
    drop(engine);
    let binding = Binding::parse(BINDING).unwrap();
    let limits = Limits::default();
    assert_eq!(policy.evaluate(&call(&binding, &limits), &batch(&[200])).unwrap().columns, [[10]]);
}

#[test]
fn the_policy_not_used_for_longest_leaves_memory_first() {
    let engine = Engine::new(EngineSettings { policies_in_memory: 2, ..EngineSettings::default() }).unwrap();
    let load = |file: &str| engine.load(&component(file, MANIFEST, BINDING)).unwrap();
    let (one, two) = (load("commission"), load("remembers"));
    assert!(std::sync::Arc::ptr_eq(&one, &load("commission")));
    load("spins");
    assert!(std::sync::Arc::ptr_eq(&one, &load("commission")), "used last");
    assert!(!std::sync::Arc::ptr_eq(&two, &load("remembers")), "not used for longest");
}
