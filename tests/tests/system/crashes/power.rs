//! Power cuts: the data directory lies on a file system of its own on a loop device, which is cut off at a random
//! moment without flushing its log, and mounted again. Needs root; says so and passes elsewhere.
//!
//! It doesn't model a disk that lies about its cache, nor torn sectors.

use super::disk::{self, Disk};
use super::work::{ACTS, Work};
use attain_tests::random::Random;
use attain_tests::{Attain, trials};

/// A fifth of this many cuts: they are slower than kills.
const USUAL_TRIALS: usize = 25;
const CUT_SEED: u64 = 8;

#[test]
fn what_was_acknowledged_survives_power_cuts_and_nothing_is_half_there() {
    if let Some(why) = disk::missing() {
        eprintln!("skipped: {why}");
        return;
    }
    // Declared first, so that it is removed last: the disk is mounted in it.
    let place = tempfile::tempdir().unwrap();
    let disk = match Disk::new(place.path(), 2_048) {
        Ok(disk) => disk,
        Err(why) => {
            eprintln!("skipped: a loop device can't be mounted here: {why}");
            return;
        }
    };
    let host = Attain::new();
    std::os::unix::fs::symlink(disk.path(), host.folder().join("data")).unwrap();
    let mut work = Work::new(host);
    let mut random = Random::new(CUT_SEED);
    let cuts = trials(USUAL_TRIALS).div_ceil(5);
    for cut in 0..cuts {
        let act = ACTS[cut % ACTS.len()];
        let moment = work.moment(act, &mut random);
        let mut busy = work.begin(act);
        std::thread::sleep(moment);
        disk.cut().unwrap();
        busy.kill();
        let answer = work.end(busy);
        let said = if answer.code == 0 { "acknowledged" } else { "not acknowledged" };
        eprintln!("cut {cut}: {act:?} after {moment:.1?} of {:.1?}: {said}", work.usual(act));
        disk.restart().unwrap();
        work.check();
    }
    eprintln!("power: {cuts} cuts, seed {CUT_SEED}, none lost, none half there; {}", work.count());
}
