//! `kill -9` at seeded moments of a restore and of an erasure: the old state or the new one, never half.

use super::{head, host, pay, text, values};
use attain_tests::random::Random;
use attain_tests::{Attain, trials};
use std::time::{Duration, Instant};

const USUAL_TRIALS: usize = 6;
const PEOPLE: usize = 30_000;
const SEED: u64 = 5;

/// How long a command takes that is left alone.
fn took(attain: &Attain, arguments: &[&str]) -> Duration {
    let began = Instant::now();
    attain.ok(arguments);
    began.elapsed()
}

/// Begins a command and kills it before it would be done, or a little after.
fn killed(attain: &Attain, arguments: &[&str], usual: Duration, random: &mut Random) -> Duration {
    let most = u64::try_from(usual.as_micros() * 11 / 10).unwrap();
    let moment = Duration::from_micros(random.below(most));
    attain.run_within(arguments, moment);
    moment
}

/// That a company is whole: its run replays, and the store holds what a backup holds and nothing else.
fn whole(attain: &Attain) {
    assert!(attain.ok(["--company", "acme", "replay", "pay/2026-01"]).contains("all the same"));
    only_what_is_there(attain);
}

fn only_what_is_there(attain: &Attain) {
    let file = attain.folder().join("check.attain");
    let backup = attain.json(["backup", text(&file)]);
    assert_eq!(backup["records"].as_u64(), Some(values(attain) as u64));
}

#[test]
fn a_restore_into_a_directory_that_is_killed_leaves_no_store_or_all_of_it() {
    let attain = host();
    pay(&attain, "2026-01", PEOPLE);
    let file = attain.folder().join("host.attain");
    attain.ok(["backup", text(&file)]);
    let then = head(&attain, "acme");
    let restore = ["restore", text(&file)];
    let usual = took(&Attain::new(), &restore);
    let mut random = Random::new(SEED);
    for trial in 0..trials(USUAL_TRIALS) {
        let other = Attain::new();
        let moment = killed(&other, &restore, usual, &mut random);
        let there = other.folder().join("data/store").exists();
        eprintln!("trial {trial}: killed after {moment:.1?} of {usual:.1?}, restored: {there}");
        if !there {
            if other.folder().join("data/store.partial").exists() {
                let refused = other.run(["company", "list"]);
                assert!(
                    refused.code == 3
                        && refused.err.contains("was broken off; do it again: attain restore FILE"),
                    "{refused:?}"
                );
            }
            other.ok(restore);
        }
        assert_eq!(head(&other, "acme"), then);
        whole(&other);
    }
}

#[test]
fn a_company_restored_in_its_place_is_the_old_or_the_new_one_after_a_kill() {
    let attain = host();
    pay(&attain, "2026-01", PEOPLE);
    let file = attain.folder().join("host.attain");
    attain.ok(["backup", text(&file)]);
    let restore = ["--company", "acme", "restore", text(&file), "--replace", "--accept-loss"];
    let usual = took(&attain.copy(), &restore);
    let mut random = Random::new(SEED);
    for trial in 0..trials(USUAL_TRIALS) {
        let old = head(&attain, "acme");
        let moment = killed(&attain, &restore, usual, &mut random);
        let now = head(&attain, "acme");
        eprintln!("trial {trial}: killed after {moment:.1?} of {usual:.1?}, restored: {}", old != now);
        if old != now {
            let said = super::last_of_log(&attain, &["--company", "acme"]);
            assert!(said[1] == "restore" && said[2].starts_with("acme at "), "{said:?}");
        }
        whole(&attain);
    }
}

#[test]
fn an_erasure_that_is_killed_is_done_or_was_not_begun() {
    let attain = host();
    pay(&attain, "2026-01", PEOPLE);
    attain.ok(["company", "add", "globex"]);
    let erase = ["company", "erase", "acme", "--confirm", "acme"];
    let usual = took(&attain.copy(), &erase);
    let mut random = Random::new(SEED);
    for trial in 0..trials(USUAL_TRIALS) {
        let copy = attain.copy();
        let moment = killed(&copy, &erase, usual, &mut random);
        let companies = copy.json(["company", "list"]);
        let there = companies["companies"].as_array().unwrap().len() == 2;
        eprintln!("trial {trial}: killed after {moment:.1?} of {usual:.1?}, erased: {}", !there);
        match there {
            true => whole(&copy),
            false => only_what_is_there(&copy),
        }
    }
}
