//! Power cuts: the file system is cut off at a random moment without flushing its log, and mounted again.
//!
//! It doesn't model a disk that lies about its cache, nor torn sectors.

use super::Failure;
use super::disk::Disk;
use super::trial::{Report, Writer, judge, steps};
use super::work::{Random, WRITERS};
use attain_store::Settings;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Trials on one file system, before a fresh one is made.
const TRIALS_PER_DISK: u64 = 10;

/// Runs the trials; `child` makes the command of a child that writes in a directory.
pub fn run(dir: &Path, trials: u64, seed: u64, child: impl Fn(&Path) -> Command) -> Result<Report, Failure> {
    let mut report = Report::new("power cut", seed);
    let mut random = Random(seed);
    while report.trials < trials {
        let place = dir.join(format!("disk-{}", report.trials));
        let disk = Disk::new(&place, 2_048)?;
        let store = disk.path().join("store");
        let mut held = [0; WRITERS];
        for _ in 0..TRIALS_PER_DISK.min(trials - report.trials) {
            report.trials += 1;
            let writer = Writer::start(child(&store), held)?;
            std::thread::sleep(Duration::from_micros(random.below(2_500_000)));
            disk.cut()?;
            let acknowledged = writer.kill()?;
            disk.restart()?;
            report.acknowledged += steps(&held, &acknowledged);
            match judge(&store, &settings(), &acknowledged, &mut report) {
                Some(found) => held = found,
                None => break,
            }
        }
        drop(disk);
        std::fs::remove_dir_all(place)?;
    }
    Ok(report)
}

/// The disk is small; that it is nearly full is another trial. A small cache, so that it evicts all the time.
pub fn settings() -> Settings {
    Settings { free_bytes_min: 16 << 20, cache_bytes: 2 << 20 }
}
