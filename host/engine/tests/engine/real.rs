//! A policy made with the SDK, as `cargo xtask build` leaves it: `cargo xtask test` says where, in
//! `ATTAIN_POLICIES`. Without it there is nothing to test here, and the test says so.

use crate::guests::{CONTEXT, engine};
use attain_engine::{Batch, Call, Limits};
use attain_model::NO_VALUE;
use std::path::Path;

/// 5 % up to the target and 8 % past it.
const TIERS: &str = r#"{"tiers":[{"from":"0","rate":"0.05"},{"from":"1.0","rate":"0.08"}]}"#;

#[test]
fn a_policy_of_the_sdk_binds_evaluates_and_explains_what_it_gave() {
    let Some(folder) = std::env::var_os("ATTAIN_POLICIES") else {
        println!("skipped: `ATTAIN_POLICIES` is not set; `cargo xtask test` sets it");
        return;
    };
    let bytes = std::fs::read(Path::new(&folder).join("tiered-commission.wasm")).unwrap();
    let policy = engine().load(&bytes).unwrap();
    let context = attain_engine::Context { period_kind: "quarter".to_owned(), ..CONTEXT.clone() };
    let binding = policy.bind(TIERS, &context).unwrap();
    let limits = Limits::default();
    let call = Call { parameters: TIERS, context: &context, binding: &binding, limits: &limits };

    let (credit, target) = ([26_000_000, 0, 10_000_001], [20_000_000, 20_000_000, 20_000_000]);
    let column = |name: &str| match name {
        "credit" => &credit[..],
        "target" => &target[..],
        _ => &[],
    };
    let numbers = binding.inputs.iter().map(|input| column(&input.name)).collect();
    let batch = Batch { rows: 3, numbers, ..Batch::default() };
    let evaluated = policy.evaluate(&call, &batch).unwrap();
    let commission = binding.outputs.iter().position(|output| output.name == "commission").unwrap();
    assert_eq!(evaluated.columns[commission], [1_480_000, 0, 500_000]);
    assert_eq!(policy.evaluate(&call, &batch).unwrap(), evaluated, "fuel and memory too");

    let steps = policy.explain(&call, &batch, &[2, 0, 1]).unwrap();
    for (steps, row) in steps.iter().zip([2, 0, 1]) {
        for (output, column) in evaluated.columns.iter().enumerate() {
            let given = steps.iter().filter_map(|step| step.adds_to);
            let sum: i64 = given.filter(|(to, _)| usize::from(*to) == output).map(|(_, much)| much).sum();
            let value = column[row];
            let explained = output == commission || sum != 0;
            assert!(
                !explained || value == NO_VALUE || sum == value,
                "row {row} output {output}: {sum} of {value}"
            );
        }
    }

    let error = policy.bind(r#"{"tiers":[]}"#, &context).unwrap_err();
    assert_eq!(error.code(), "refused", "{error}");
    let error = policy.bind(r#"{"tires":[]}"#, &context).unwrap_err();
    assert!(error.to_string().contains("tires"), "{error}");
}
