//! `kill -9` at random moments of writing and of opening, over and over on one store.

use super::Failure;
use super::trial::{Report, Writer, judge, steps};
use super::work::{Random, WRITERS};
use attain_store::Settings;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Runs the trials; `child` makes the command of a child that writes in a directory.
pub fn run(dir: &Path, trials: u64, seed: u64, child: impl Fn(&Path) -> Command) -> Result<Report, Failure> {
    let mut report = Report::new("kill -9", seed);
    let mut random = Random(seed);
    let mut held = [0; WRITERS];
    for _ in 0..trials {
        report.trials += 1;
        let writer = Writer::start(child(dir), held)?;
        // One in three while it starts and opens, the rest while it writes.
        let most = if random.below(3) == 0 { 60_000 } else { 700_000 };
        std::thread::sleep(Duration::from_micros(random.below(most)));
        let acknowledged = writer.kill()?;
        report.acknowledged += steps(&held, &acknowledged);
        match judge(dir, &Settings::default(), &acknowledged, &mut report) {
            Some(found) => held = found,
            None => return Ok(report),
        }
    }
    Ok(report)
}
