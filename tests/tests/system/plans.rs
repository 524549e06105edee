//! Goal: each plan of `policies/plans` is ready to run: its figures import, its policies and itself publish, every
//! period runs, is approved and replays, everybody is told why in both languages, and it pays what it paid when it
//! was written. Its figures come from its generator.
//! Method: the commands of each plan's own page, on a host of its own.

use attain_model::number;
use attain_tests::{Attain, csv_rows, repository};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// For each plan its periods, in order: what it pays in all, to how many people.
type Paid = (&'static str, &'static [(&'static str, &'static str, usize)]);

const PAID: &[Paid] = &[
    (
        "consumer-goods-field-force",
        &[("2026-01", "122188.27", 34), ("2026-02", "125455.01", 34), ("2026-03", "130497.45", 35)],
    ),
    ("hardware-to-solutions", &[("2026-Q1", "176416.61", 39), ("2026-Q2", "230918.38", 40)]),
    (
        "medical-devices",
        &[("2026-01", "194401.22", 31), ("2026-02", "158238.24", 31), ("2026-03", "232133.05", 33)],
    ),
    (
        "no-individual-quotas",
        &[("2026-01", "86605.82", 38), ("2026-02", "128068.24", 38), ("2026-03", "113241.34", 39)],
    ),
    (
        "software-with-ramp-and-retention",
        &[("2026-01", "377451.33", 30), ("2026-02", "382047.88", 30), ("2026-03", "412067.35", 31)],
    ),
];

fn plans() -> PathBuf {
    repository().join("policies/plans")
}

/// The names of what lies in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The policies that a plan's steps name.
fn policies(plan: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(plans().join(plan).join("plan.toml")).unwrap();
    let plan: toml::Table = text.parse().unwrap();
    let steps = plan["step"].as_array().unwrap().iter();
    steps.map(|step| step["policy"].as_str().unwrap().split('@').next().unwrap().to_owned()).collect()
}

/// Imports a period's files: people first, because targets are of people who are there.
fn import(attain: &Attain, folder: &Path, period: &str) {
    let mut files = names(folder);
    files.sort_by_key(|file| file != "people.csv");
    for file in files {
        let (path, table) = (folder.join(&file), file.strip_suffix(".csv").unwrap());
        let path = path.to_str().unwrap();
        match table {
            "targets" => attain.ok(["target", "import", path, "--period", period]),
            _ => attain.ok(["snapshot", "import", path, "--period", period, "--table", table]),
        };
    }
}

/// An amount of money in cents.
fn cents(text: &str) -> i64 {
    number::parse(text, 2).unwrap_or_else(|error| panic!("`{text}` {error}"))
}

/// What each participant is paid, over all their assignments.
fn run(attain: &Attain, plan: &str, period: &str) -> BTreeMap<String, i64> {
    let out = attain.ok(["run", plan, "--period", period, "--format", "csv"]);
    let mut paid = BTreeMap::new();
    for row in csv_rows(&out) {
        *paid.entry(row["participant"].clone()).or_default() += cents(&row["payout"]);
    }
    paid
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("not a list: {value}"))
}

/// The sentences of a statement.
fn sentences(statement: &Value) -> Vec<&str> {
    let steps = list(&statement["rows"]).iter().flat_map(|row| list(&row["steps"]));
    steps.flat_map(|step| list(&step["lines"])).map(|line| line["text"].as_str().unwrap()).collect()
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter))
}

fn is_ready(plan: &str) {
    let (_, periods) = PAID.iter().find(|(name, _)| *name == plan).unwrap();
    let folder = plans().join(plan);
    let policies = policies(plan);
    let attain = Attain::with_policies(&policies.iter().map(String::as_str).collect::<Vec<_>>());
    for (period, ..) in *periods {
        import(&attain, &folder.join("data").join(period), period);
    }
    attain.ok([Path::new("plan"), Path::new("publish"), &folder.join("plan.toml")]);

    let mut last = (String::new(), BTreeMap::new());
    for (period, total, people) in *periods {
        let paid = run(&attain, plan, period);
        assert_eq!(
            (number::format(paid.values().sum(), 2).as_str(), paid.len()),
            (*total, *people),
            "{plan}/{period}"
        );
        let name = format!("{plan}/{period}");
        attain.ok(["approve", &name]);
        last = (name, paid);
    }
    // When all of them are there: what a later period carries on doesn't reach back.
    for (period, ..) in *periods {
        attain.ok(["replay", &format!("{plan}/{period}"), "--batch", "7"]);
    }

    // Commands on its data speak to it, which is quicker than opening the store each time.
    let _server = attain.serve();
    let (run, paid) = last;
    for (participant, payout) in paid {
        for language in ["en", "zh"] {
            let statement = attain.json(["explain", &run, &participant, "--lang", language]);
            assert_eq!(cents(statement["payout"].as_str().unwrap()), payout, "{run} {participant}");
            let told = sentences(&statement);
            assert!(!told.is_empty(), "{run} {participant} is told nothing");
            for text in told {
                assert!(!text.is_empty() && !text.contains(['{', '}']), "{run} {participant}: {text}");
                assert!(language == "zh" || !is_chinese(text), "{run} {participant}: {text}");
            }
        }
    }
}

#[test]
fn consumer_goods_field_force_is_ready() {
    is_ready("consumer-goods-field-force");
}

#[test]
fn hardware_to_solutions_is_ready() {
    is_ready("hardware-to-solutions");
}

#[test]
fn medical_devices_is_ready() {
    is_ready("medical-devices");
}

#[test]
fn no_individual_quotas_is_ready() {
    is_ready("no-individual-quotas");
}

#[test]
fn software_with_ramp_and_retention_is_ready() {
    is_ready("software-with-ramp-and-retention");
}

/// A folder that nobody runs, a policy that the page doesn't tell of, figures that outgrow the repository.
#[test]
fn each_plan_has_a_page_an_example_and_figures_of_its_size() {
    let folders: Vec<String> =
        names(&plans()).into_iter().filter(|name| plans().join(name).is_dir()).collect();
    assert_eq!(folders, PAID.iter().map(|(plan, _)| *plan).collect::<Vec<_>>());
    for (plan, periods) in PAID {
        let folder = plans().join(plan);
        let page = fs::read_to_string(folder.join("README.md")).unwrap();
        for policy in policies(plan) {
            assert!(page.contains(&policy), "{plan}: the page doesn't tell of `{policy}`");
        }
        let text = fs::read_to_string(folder.join("plan.toml")).unwrap();
        assert!(text.contains("[[example]]"), "{plan} has no example");
        assert_eq!(
            names(&folder.join("data")),
            periods.iter().map(|(period, ..)| *period).collect::<Vec<_>>()
        );
        let sizes = periods.iter().flat_map(|(period, ..)| {
            let data = folder.join("data").join(period);
            names(&data).into_iter().map(move |file| fs::metadata(data.join(file)).unwrap().len())
        });
        let size: u64 = sizes.sum();
        assert!(size < 60_000, "{plan}: {size} bytes of figures");
    }
}

#[test]
fn figures_are_what_the_generator_writes() {
    let into = Attain::new();
    let script = plans().join("generate.py");
    let Ok(output) = Command::new("python3").arg(&script).arg(into.folder()).output() else {
        eprintln!("skipped: there is no python3 to run `{}`", script.display());
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for (plan, periods) in PAID {
        for (period, ..) in *periods {
            let place = Path::new(plan).join("data").join(period);
            let (kept, made) = (plans().join(&place), into.folder().join(&place));
            assert_eq!(names(&kept), names(&made), "{}", place.display());
            for file in names(&kept) {
                let same = fs::read(kept.join(&file)).unwrap() == fs::read(made.join(&file)).unwrap();
                assert!(same, "{}/{file} isn't what generate.py writes; run it", place.display());
            }
        }
    }
}
