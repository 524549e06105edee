//! Every property on every policy.

use attain_catalogue::folder;
use attain_properties::chance::{MOODS, Mood};
use attain_properties::expression::names;
use attain_properties::library::{Policy, policies};
use attain_properties::setting::Setting;
use attain_properties::trial::{every, holds};
use attain_properties::{again, explained, missing, order, page, parts, rising, scale, steps, sums};
use std::collections::BTreeSet;

/// Every table speaks of policies that there are, of each at most once where it should, and the page shows them.
#[test]
fn the_page_shows_the_tables() {
    let names: Vec<&str> = policies().iter().map(|policy| policy.name).collect();
    let mut folders: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|folder| folder.join("Cargo.toml").is_file())
        .map(|folder| folder.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    folders.sort();
    assert_eq!(names, folders, "each policy has a line in `xtask/catalogue/src/shelf.rs`");
    let spoken_of = rising::RISING.iter().map(|rising| rising.policy);
    let spoken_of: BTreeSet<&str> =
        spoken_of.chain(rising::NOT_RISING.iter().map(|(policy, _)| *policy)).collect();
    assert_eq!(
        spoken_of.into_iter().collect::<Vec<_>>(),
        names,
        "each policy rises with something, or it is said why not"
    );
    assert_eq!(missing::NEEDS.iter().map(|needs| needs.policy).collect::<Vec<_>>(), names);
    let expected = page::page();
    if std::env::var_os("ATTAIN_REFRESH").is_some() {
        std::fs::write(page::file(), &expected).unwrap();
    }
    let committed = std::fs::read_to_string(page::file()).unwrap_or_default();
    assert!(committed == expected, "`README.md` isn't what the tables say; write it anew: {}", page::HOW);
}

/// What the tables of sums and of what rises call by name is there.
#[test]
fn every_name_in_the_tables_is_an_input_or_an_output() {
    let expressions = rising::RISING.iter().map(|rising| (rising.policy, rising.pay));
    let sums = sums::SUMS.iter().flat_map(|sum| [(sum.policy, sum.left), (sum.policy, sum.right)]);
    for (policy, expression) in expressions.chain(sums) {
        let policy = policies().iter().find(|known| known.name == policy).unwrap();
        let known: BTreeSet<String> = (0..policy.cases.len())
            .map(|case| Setting::of_case(policy, case).binding)
            .flat_map(|binding| binding.inputs.into_iter().chain(binding.outputs))
            .map(|column| column.name)
            .collect();
        for name in names(expression) {
            assert!(known.contains(name), "{}: there is no `{name}`, as in `{expression}`", policy.name);
        }
    }
}

#[test]
fn the_same_in_gives_the_same_out_and_what_explains_is_what_pays() {
    holds("again", MOODS, every, &again::check);
}

#[test]
fn explanations_add_up() {
    holds("explained", MOODS, every, &|setting, sheet, _| explained::check(setting, sheet));
}

#[test]
fn no_row_depends_on_order_or_company() {
    holds("order", MOODS, every, &order::check);
}

#[test]
fn figures_end_in_a_result_or_in_a_failure_of_the_table() {
    holds("failures", MOODS, every, &|setting, sheet, _| missing::check_failures(setting, sheet));
}

#[test]
fn a_missing_value_is_refused_by_its_row_or_is_none() {
    holds("missing", &[Mood::Usual], every, &|setting, sheet, _| missing::check_missing(setting, sheet));
}

#[test]
fn what_is_empty_is_empty() {
    holds("empty", MOODS, every, &|setting, sheet, _| missing::check_empty(setting, sheet));
}

#[test]
fn a_finer_currency_gives_the_same_or_overflows() {
    holds("scale", &[Mood::Usual, Mood::Extreme], every, &|setting, sheet, _| scale::check(setting, sheet));
}

#[test]
fn what_is_split_adds_up() {
    holds(
        "sums",
        MOODS,
        |policy| sums::sums(policy).map(|sum| sum.label()).collect(),
        &|setting, sheet, _| sums::check(setting, sheet),
    );
}

#[test]
fn what_is_paid_in_parts_adds_up() {
    holds(
        "parts",
        MOODS,
        |policy| parts::parts(policy).map(|parts| parts.doc.to_owned()).collect(),
        &parts::check,
    );
}

#[test]
fn pay_does_not_fall_when_credit_rises() {
    let claims = |policy: &Policy| rising::rising(policy).map(|rising| rising.label()).collect();
    holds("rising", MOODS, claims, &rising::check);
}

#[test]
fn no_value_is_what_it_stands_for() {
    let claims = |policy: &Policy| {
        missing::stands_for(policy).map(|(policy, input, _)| format!("{policy}: {input}")).collect()
    };
    holds("stands for", MOODS, claims, &|setting, sheet, _| missing::check_stands_for(setting, sheet));
}

#[test]
fn what_a_step_says_is_so() {
    let claims = |policy: &Policy| steps::arithmetic(policy).map(|arithmetic| arithmetic.label()).collect();
    holds("steps", MOODS, claims, &|setting, sheet, _| steps::check(setting, sheet));
}

#[test]
fn figures_of_up_to_ten_digits_never_overflow() {
    holds("usual", &[Mood::Usual, Mood::Low], every, &|setting, sheet, _| again::check_usual(setting, sheet));
}
