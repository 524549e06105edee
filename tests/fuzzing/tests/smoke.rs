//! The fuzz targets' oracles as ordinary tests: every seed, and seeded changes of them, in seconds.
//!
//! `ATTAIN_TRIALS` says how many changes of each target are tried.

use attain_fuzzing::{Mutations, Plant, Taken, Target, seeds};

fn trials(usual: usize) -> usize {
    std::env::var("ATTAIN_TRIALS").ok().and_then(|number| number.parse().ok()).unwrap_or(usual)
}

fn holds(target: Target, usual: usize) {
    let seeds = seeds(target);
    let taken = seeds.iter().filter(|seed| target.check(seed, Plant::None) == Taken::Yes).count();
    assert!(taken * 2 > seeds.len(), "{taken} of {} seeds are inputs of `{}`", seeds.len(), target.name());
    for input in Mutations::new(&seeds, 20_261_128).take(trials(usual)) {
        target.check(&input, Plant::None);
    }
}

#[test]
fn any_component_is_a_policy_or_refused() {
    holds(Target::Publish, 300);
}

#[test]
fn a_guest_that_lies_is_seen_and_a_cut_shows_in_no_result() {
    holds(Target::Batch, 2_000);
}

#[test]
fn any_file_is_a_canonical_table_or_refused() {
    holds(Target::Import, 2_000);
}

#[test]
fn any_recipe_ends_in_time() {
    holds(Target::Recipe, 1_000);
}

#[test]
fn any_plan_is_read_as_it_is_written_or_refused() {
    holds(Target::Plan, 1_000);
}

#[test]
fn no_request_fails_the_host_or_shows_another_company() {
    holds(Target::Http, 1_000);
}

#[test]
fn any_bytes_are_a_block_or_none() {
    holds(Target::Store, 5_000);
}

/// An oracle that sees nothing would pass the tests above: each sees the fault that is planted for it.
#[test]
fn every_target_sees_the_fault_planted_for_it() {
    for target in Target::ALL {
        let seen = seeds(target).iter().any(|seed| {
            let ends = [&b"q~7^"[..], b"\n#q~7^", b"\xf5q~7"];
            ends.iter().any(|end| {
                let input = [seed.as_slice(), end].concat();
                std::panic::catch_unwind(|| target.check(&input, Plant::Fault)).is_err()
            })
        });
        assert!(seen, "`{}` sees no fault", target.name());
    }
}
