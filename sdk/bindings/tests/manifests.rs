//! What the SDK says of a policy is what the host reads: every manifest, and the binding of every case.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use attain_cases::{Expected, Subject, read_folder};
use attain_catalogue::folder;
use attain_catalogue::shelf::shelf;
use attain_model::manifest::Rule;
use attain_model::{Binding, Manifest};
use std::collections::BTreeSet;

fn check(subject: &dyn Subject) {
    let manifest = Manifest::parse(&subject.describe().unwrap()).unwrap();
    let name = &manifest.name;
    assert!(manifest.summary.contains_key("zh"), "{name} has no summary in Chinese");
    for rule in &manifest.rules {
        assert!(rule.text.contains_key("zh"), "{name}: rule `{}` has no sentence in Chinese", rule.code);
    }
    let (mut bound, mut columns) = (0, BTreeSet::new());
    for (case_name, case) in read_folder(&folder().join(name).join("cases")).unwrap() {
        if !matches!(case.expected(), Expected::Result { .. }) {
            continue;
        }
        let parameters = serde_json::Value::Object(case.parameters.clone()).to_string();
        let binding = subject.bind(&parameters, &case.period.context()).unwrap();
        let binding = Binding::parse(&binding).unwrap_or_else(|error| panic!("{name} {case_name}: {error}"));
        binding.check_with(&manifest).unwrap_or_else(|error| panic!("{name} {case_name}: {error}"));
        bound += 1;
        columns.extend(binding.inputs.into_iter().map(|input| input.name));
        columns.extend(binding.outputs.into_iter().map(|output| output.name));
        // What the parameters' own sentences show, these parameters bind.
        assert_eq!(unlike(&binding.rules, &columns), None, "{name} {case_name}");
    }
    // An input that some parameters don't use isn't shown with them either.
    assert_eq!(unlike(&manifest.rules, &columns), None, "{name}");
    assert!(bound > 4, "{name} has only {bound} cases that are bound");
}

/// The first place that is like what isn't there.
fn unlike(rules: &[Rule], columns: &BTreeSet<String>) -> Option<String> {
    rules.iter().find_map(|rule| {
        rule.places.iter().find_map(|place| {
            let like = place.like.as_ref()?;
            let names_input = rule.places.iter().any(|other| other.name == *like && other.labels.is_empty());
            let is_there = names_input || columns.contains(like);
            (!is_there)
                .then(|| format!("`{}` of `{}` is like `{like}`, which isn't there", place.name, rule.code))
        })
    })
}

#[test]
fn the_host_reads_what_every_policy_says() {
    shelf().iter().for_each(|(_, subject)| check(subject.as_ref()));
}
