//! `kill -9` at random moments of import, publish, run and opening, over and over on one store.

use super::work::{ACTS, Act, Work};
use attain_tests::random::Random;
use attain_tests::{Attain, trials};

const USUAL_TRIALS: usize = 15;
const KILL_SEED: u64 = 6;

/// Begins an act and kills it some time before it would be done, or a little after.
fn kill(work: &mut Work, act: Act, random: &mut Random) -> String {
    let moment = work.moment(act, random);
    let mut busy = work.begin(act);
    std::thread::sleep(moment);
    busy.kill();
    let answer = work.end(busy);
    format!(
        "{act:?} killed after {moment:.1?} of {:.1?}: {}",
        work.usual(act),
        if answer.out.is_empty() { "nothing said" } else { "acknowledged" }
    )
}

#[test]
fn what_was_acknowledged_survives_kills_and_nothing_is_half_there() {
    let mut work = Work::new(Attain::new());
    let mut random = Random::new(KILL_SEED);
    let trials = trials(USUAL_TRIALS);
    for trial in 0..trials {
        let act = ACTS[trial % ACTS.len()];
        if act == Act::Open {
            // So that the opening has something to mend and to sweep.
            eprintln!("before trial {trial}: {}", kill(&mut work, Act::Import, &mut random));
        }
        eprintln!("trial {trial}: {}", kill(&mut work, act, &mut random));
        work.check();
    }
    eprintln!("kill -9: {trials} trials, seed {KILL_SEED}, none lost, none half there; {}", work.count());
}
