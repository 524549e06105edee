//! One bit of one file of a data directory, while no process is at work on it: the store's log, snapshot and small
//! files, and compiled code.
//!
//! Each trial copies the directory, changes a bit, and asks the commands for everything that depends on figures. A
//! command prints exactly what it prints of the whole directory, or fails with a sentence that says what is damaged.
//! `ATTAIN_TRIALS` says how many trials.

use attain_demo::{CURRENCY, DemoCompany, SEED, TIMEZONE, write_csv, write_targets_csv};
use attain_model::Period;
use attain_tests::random::Random;
use attain_tests::{Answer, Attain, component, repository, trials};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

const USUAL_TRIALS: usize = 40;
const DAMAGE_SEED: u64 = 5;
const QUARTER: &str = "2026-Q3";

/// How long a command on a damaged directory may take to say so.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is asked of each directory.
const QUESTIONS: [&[&str]; 5] = [
    &["replay", "year/2026-Q3", "--json"],
    &["run", "year", "--period", QUARTER, "--json"],
    &["explain", "year/2026-Q3", "S00001", "--lang", "zh"],
    &["explain", "year/2026-Q3", "S00001", "--lang", "en"],
    &["run", "year", "--period", QUARTER, "--format", "csv"],
];

/// A host on which two quarters are paid; the second looks back at the first.
fn paid() -> Attain {
    let host = Attain::new();
    host.ok(["company", "add", "far-hills", "--currency", CURRENCY, "--timezone", TIMEZONE]);
    for policy in ["tiered-commission", "team-pool"] {
        host.ok(["policy", "publish", component(policy).to_str().unwrap()]);
    }
    let company = DemoCompany::new(SEED, 200);
    for quarter in ["2026-Q2", QUARTER] {
        let period = Period::parse(quarter).unwrap();
        let (mut people, mut targets) = (Vec::new(), Vec::new());
        write_csv(company.people(period, 1_000).unwrap(), &mut people).unwrap();
        write_targets_csv(company.targets(period, 1_000).unwrap(), &mut targets).unwrap();
        host.write("people.csv", people);
        host.write("targets.csv", targets);
        host.ok(["snapshot", "import", "people.csv", "--period", quarter]);
        host.ok(["target", "import", "targets.csv", "--period", quarter]);
    }
    let plan = repository().join("tests/promises/year.toml");
    host.ok(["plan", "publish", plan.to_str().unwrap()]);
    host.ok(["run", "year", "--period", "2026-Q2"]);
    host.ok(["approve", "year/2026-Q2"]);
    host.ok(["run", "year", "--period", QUARTER]);
    host
}

/// Files that hold anything, below a folder, in an order that doesn't depend on the file system.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        match entry.metadata().unwrap() {
            metadata if metadata.is_dir() => found.extend(files(&path)),
            metadata if metadata.len() > 0 => found.push(path),
            _ => {}
        }
    }
    found.sort();
    found
}

/// Changes a bit: half of the time in the largest file, the store's log, where it isn't padding.
fn flip(folder: &Path, random: &mut Random) -> String {
    let files = files(folder);
    let largest = files.iter().max_by_key(|file| fs::metadata(file).unwrap().len()).unwrap();
    let any = random.below(2) == 0;
    let file = if any { &files[random.below(files.len() as u64) as usize] } else { largest };
    let mut bytes = fs::read(file).unwrap();
    let full: Vec<usize> = (0..bytes.len()).filter(|place| any || bytes[*place] != 0).collect();
    let place = full[random.below(full.len() as u64) as usize];
    bytes[place] ^= 1 << random.below(8);
    fs::write(file, bytes).unwrap();
    format!("`{}` byte {place}", file.strip_prefix(folder).unwrap().display())
}

/// Whether a failed command said, as itself, that something stored is damaged.
fn reports_damage(answer: &Answer) -> bool {
    let words = ["is damaged", "does not open", "lost what was written", "is not an attain store"];
    answer.code == 1 && answer.out.is_empty() && words.iter().any(|word| answer.err.contains(word))
}

#[test]
fn a_changed_bit_in_any_file_is_reported_or_has_no_effect() {
    let host = paid();
    let whole: Vec<String> = QUESTIONS.iter().map(|words| host.ok(*words)).collect();
    let (mut random, mut reported) = (Random::new(DAMAGE_SEED), 0);
    let trials = trials(USUAL_TRIALS);
    for trial in 0..trials {
        let copy = host.copy();
        let place = flip(&copy.folder().join("data"), &mut random);
        let mut errors = Vec::new();
        for (words, whole) in QUESTIONS.iter().zip(&whole) {
            let answer = copy.run_within(*words, PATIENCE);
            if answer.code == 0 {
                assert_eq!(answer.out, *whole, "trial {trial}, {place}: {words:?}");
            } else {
                assert!(reports_damage(&answer), "trial {trial}, {place}: {words:?} {answer:?}");
                errors.push(answer.err);
            }
        }
        reported += usize::from(!errors.is_empty());
        eprintln!("trial {trial}, {place}: {}", errors.first().map_or("no effect", |error| error.trim()));
    }
    eprintln!(
        "one bit changed in a file: {trials} trials, seed {DAMAGE_SEED}, {reported} reported, {} without effect",
        trials - reported
    );
    assert!(reported * 4 >= trials, "{reported} of {trials}: were the right files damaged?");
}
