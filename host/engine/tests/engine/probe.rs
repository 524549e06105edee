//! A policy whose rows depend on each other although it says that they don't is found before it pays anybody.

use crate::guests::{BINDING, CONTEXT, call, engine, policy};
use attain_engine::{Blame, Call, Limits, probe};
use attain_model::Binding;

#[test]
fn independent_rows_are_computed_and_their_cost_is_told() {
    let (binding, limits) = (Binding::parse(BINDING).unwrap(), Limits::default());
    let found = probe(&policy("commission"), &call(&binding, &limits)).unwrap();
    assert_eq!(found.rows, 48);
    assert!((10..100).contains(&found.fuel_per_row), "{found:?}");
    assert!(found.memory_bytes >= 3 << 16 && found.fuel_share < 10, "{found:?}");
}

#[test]
fn rows_that_depend_on_their_neighbours_are_refused_with_an_example() {
    let (binding, limits) = (Binding::parse(BINDING).unwrap(), Limits::default());
    let error = probe(&policy("accumulates"), &call(&binding, &limits)).unwrap_err();
    assert_eq!((error.code(), error.blame()), ("neighbours", Blame::Policy));
    let text = error.to_string();
    assert!(text.starts_with("`commission` is ") && text.contains(" by itself and "), "{text}");
    assert!(text.contains("for a row that the policy says is independent of others; keep nothing"), "{text}");
    assert!(text.contains(": credit = "), "{text}");
}

#[test]
fn what_a_policy_cannot_compute_is_left_out() {
    let (binding, limits) = (Binding::parse(BINDING).unwrap(), Limits::default());
    for guest in ["fails", "divides_by_zero", "gives_up"] {
        assert_eq!(probe(&policy(guest), &call(&binding, &limits)).unwrap().rows, 0, "{guest}");
    }
}

/// Every policy of the library that needs no parameter, or that of the test, holds what it says of its rows.
#[test]
fn policies_of_the_library_pass() {
    let Some(folder) = std::env::var_os("ATTAIN_POLICIES") else {
        println!("skipped: `ATTAIN_POLICIES` is not set; `cargo xtask test` sets it");
        return;
    };
    let context = attain_engine::Context { period_kind: "month".to_owned(), ..CONTEXT.clone() };
    let limits = Limits::default();
    let mut probed = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "wasm") {
            continue;
        }
        let policy = engine().load(&std::fs::read(&path).unwrap()).unwrap();
        let tiers = r#"{"tiers":[{"from":"0","rate":"0.05"},{"from":"1.0","rate":"0.08"}]}"#;
        for parameters in ["{}", tiers] {
            let Ok(binding) = policy.bind(parameters, &context) else { continue };
            let call = Call { parameters, context: &context, binding: &binding, limits: &limits };
            let found = probe(&policy, &call).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            probed += usize::from(found.rows > 0);
        }
    }
    assert!(probed >= 8, "{probed}");
}
