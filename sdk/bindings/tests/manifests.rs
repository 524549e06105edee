//! What the SDK says of a policy is what the host reads: every manifest, and the binding of every case.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use attain_cases::{Expected, Native, Subject, read_folder};
use attain_model::{Binding, Manifest};
use std::path::Path;

#[track_caller]
fn check(name: &str, subject: &dyn Subject) {
    let manifest = Manifest::parse(&subject.describe().unwrap()).unwrap();
    assert_eq!(manifest.name, name);
    assert!(manifest.summary.contains_key("zh"), "{name} has no summary in Chinese");
    for rule in &manifest.rules {
        assert!(rule.text.contains_key("zh"), "{name}: rule `{}` has no sentence in Chinese", rule.code);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies").join(name).join("cases");
    let mut bound = 0;
    for (case_name, case) in read_folder(&folder).unwrap() {
        if !matches!(case.expected(), Expected::Result { .. }) {
            continue;
        }
        let parameters = serde_json::Value::Object(case.parameters.clone()).to_string();
        let binding = subject.bind(&parameters, &case.period.context()).unwrap();
        let binding = Binding::parse(&binding).unwrap_or_else(|error| panic!("{case_name}: {error}"));
        bound += 1;
        for rule in &manifest.rules {
            for place in &rule.places {
                let Some(like) = &place.like else { continue };
                let known = binding.inputs.iter().map(|input| &input.name);
                let known = known.chain(binding.outputs.iter().map(|output| &output.name));
                let names_input =
                    rule.places.iter().any(|other| other.name == *like && other.labels.is_empty());
                // An input that these parameters don't use isn't shown either.
                let unused =
                    ["contribution", "target", "reported", "results", "process"].contains(&like.as_str());
                assert!(
                    names_input || unused || known.into_iter().any(|name| name == like),
                    "{name} {case_name}: `{}` is like `{like}`, which isn't there",
                    place.name
                );
            }
        }
    }
    assert!(bound > 5, "{name} has only {bound} cases that are bound");
}

#[test]
fn the_host_reads_what_policies_say() {
    check("tiered-commission", &Native::<tiered_commission::Policy>::new());
    check("team-pool", &Native::<team_pool::Policy>::new());
    check("new-hire-ramp", &Native::<new_hire_ramp::Policy>::new());
    check("scorecard", &Native::<scorecard::Policy>::new());
}
