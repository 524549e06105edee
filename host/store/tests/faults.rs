//! The faults of the `faults` example, few of each, as ordinary tests.

#![expect(clippy::unwrap_used, reason = "a helper of tests may fail as a test does")]

#[path = "../examples/faults/disk.rs"]
mod disk;
#[path = "../examples/faults/flip.rs"]
mod flip;
#[path = "../examples/faults/full.rs"]
mod full;
#[path = "../examples/faults/kill.rs"]
mod kill;
#[path = "../examples/faults/power.rs"]
mod power;
#[path = "../examples/faults/trial.rs"]
mod trial;
#[path = "../examples/faults/work.rs"]
mod work;

use attain_store::{Settings, StoreError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

type Failure = Box<dyn std::error::Error + Send + Sync>;

const SEED: u64 = 7;

/// Where a child of these tests writes; unset in the tests themselves.
const CHILD: &str = "ATTAIN_STORE_TEST_CHILD";

/// This binary again, to run only [`the_child_of_the_fault_tests`].
fn child(dir: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "the_child_of_the_fault_tests", "--nocapture"]).env(CHILD, dir);
    command
}

#[test]
fn the_child_of_the_fault_tests() {
    let Some(dir) = std::env::var_os(CHILD) else { return };
    let failed = work::write_for_ever(&PathBuf::from(dir), &power::settings(), SEED, std::io::stdout());
    std::io::stderr().write_all(format!("{failed:?}").as_bytes()).unwrap();
}

#[test]
fn nothing_acknowledged_is_lost_and_nothing_is_half_there_after_kill_9() {
    let dir = tempfile::tempdir().unwrap();
    let report = kill::run(&dir.path().join("store"), 8, SEED, child).unwrap();
    println!("{report}");
    assert!(report.is_clean() && report.acknowledged > 0, "{report}");
}

#[test]
fn nothing_acknowledged_is_lost_at_a_power_cut() {
    if let Some(missing) = disk::missing() {
        println!("skipped: {missing}");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let report = power::run(dir.path(), 3, SEED, child).unwrap();
    println!("{report}");
    assert!(report.is_clean() && report.acknowledged > 0, "{report}");
}

#[test]
fn a_changed_bit_is_reported_or_without_effect() {
    let dir = tempfile::tempdir().unwrap();
    let report = flip::run(dir.path(), 25, SEED).unwrap();
    println!("{report}");
    assert!(report.is_clean() && report.reported > 0, "{report}");
}

#[test]
fn a_full_disk_refuses_writes_and_loses_none() {
    if let Some(missing) = disk::missing() {
        println!("skipped: {missing}");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let report = full::run(dir.path(), 2, SEED).unwrap();
    println!("{report}");
    assert!(report.is_clean() && report.acknowledged > 0, "{report}");
}

#[test]
fn a_directory_in_use_names_the_process_and_the_way_out() {
    let dir = tempfile::tempdir().unwrap();
    let _store = attain_store::open(dir.path(), &Settings::default()).unwrap();
    let error = attain_store::open(dir.path(), &Settings::default()).map(drop).unwrap_err();
    assert!(matches!(&error, StoreError::Locked { process, .. } if *process == Some(std::process::id())));
    let words = "stop that process, speak to its server, or name another directory";
    assert!(error.to_string().ends_with(words), "{error}");
}

#[test]
fn a_directory_with_something_else_in_it_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("thesis.txt"), "precious").unwrap();
    let error = attain_store::open(dir.path(), &Settings::default()).map(drop).unwrap_err();
    assert!(error.to_string().contains("it holds `thesis.txt`"), "{error}");
    assert!(!dir.path().join("db").exists());
}

#[test]
fn a_store_whose_file_went_missing_does_not_open_as_an_empty_one() {
    let dir = tempfile::tempdir().unwrap();
    work::write_steps(dir.path(), &Settings::default(), SEED, 3, std::io::sink()).unwrap();
    for entry in std::fs::read_dir(dir.path()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name == "db" || name.starts_with("snap.") {
            std::fs::remove_file(path).unwrap();
        }
    }
    let error = attain_store::open(dir.path(), &Settings::default()).map(drop).unwrap_err();
    assert!(matches!(error, StoreError::Lost { found: 0, .. }), "{error}");
    assert!(attain_store::open(dir.path(), &Settings::default()).is_err(), "nor at the second try");
}

/// What happened: killed while it wrote a snapshot, sled left `snap.X.generating`, took it for a whole one at
/// the next start and didn't open.
#[test]
fn a_half_made_snapshot_is_removed_before_opening() {
    let dir = tempfile::tempdir().unwrap();
    work::write_steps(dir.path(), &Settings::default(), SEED, 3, std::io::sink()).unwrap();
    let half = dir.path().join("snap.00000000FFFFFFFF.generating");
    std::fs::write(&half, "half").unwrap();
    let store = attain_store::open(dir.path(), &Settings::default()).unwrap();
    assert!(!half.exists());
    assert!(matches!(work::check(&store, SEED, &[3; 3]).unwrap(), work::Verdict::Right(_)));
}
