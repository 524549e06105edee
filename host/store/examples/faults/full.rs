//! Disk full: with the guard's reserve, writes are refused until there is room; without it, the first write
//! that fails is the last, reads go on, and after a restart nothing that was acknowledged is missing.

use super::Failure;
use super::disk::Disk;
use super::trial::{Report, judge};
use super::work::{Acknowledged, Random, WRITERS, write_for_ever};
use attain_store::{Settings, StoreError};
use std::path::Path;

/// Runs the trials, each on a file system of its own; with a reserve and without by turns.
pub fn run(dir: &Path, trials: u64, seed: u64) -> Result<Report, Failure> {
    let mut report = Report::new("disk full", seed);
    let mut random = Random(seed);
    for _ in 0..trials {
        report.trials += 1;
        let place = dir.join(format!("disk-{}", report.trials));
        let disk = Disk::new(&place, 96)?;
        let filler = disk.path().join("filler");
        std::fs::write(&filler, vec![1; ((12 + random.below(20)) << 20) as usize])?;
        let reserve = if report.trials % 2 == 1 { 24 << 20 } else { 0 };
        let settings = Settings { free_bytes_min: reserve, ..Settings::default() };
        let store = disk.path().join("store");
        let mut lines = Vec::new();
        let stopped = write_for_ever(&store, &settings, seed, &mut lines);
        let acknowledged = last_steps(&lines);
        report.acknowledged += acknowledged.iter().sum::<u64>();
        note_how_it_stopped(stopped, reserve, &mut report);
        // First as it is, still full, then with room again and a new step on top.
        if reserve > 0 {
            judge(&store, &settings, &acknowledged, &mut report);
        }
        std::fs::remove_file(&filler)?;
        judge(&store, &settings, &acknowledged, &mut report);
        drop(disk);
        std::fs::remove_dir_all(place)?;
    }
    Ok(report)
}

fn note_how_it_stopped(stopped: Result<(), Failure>, reserve: u64, report: &mut Report) {
    let error = stopped.err();
    let expected = match error.as_ref().and_then(|error| error.downcast_ref::<StoreError>()) {
        Some(StoreError::Full { .. }) => reserve > 0,
        Some(StoreError::ReadOnly { .. } | StoreError::Uncertain { .. }) => reserve == 0,
        _ => false,
    };
    if !expected {
        report.wrong += 1;
        report.notes.push(format!("trial {}: stopped with {error:?}", report.trials));
    }
}

fn last_steps(lines: &[u8]) -> Acknowledged {
    let mut last = [0; WRITERS];
    for line in String::from_utf8_lossy(lines).lines() {
        if let Some((writer, step)) = line.split_once(' ')
            && let (Ok(writer), Ok(step)) = (writer.parse::<usize>(), step.parse())
            && let Some(slot) = last.get_mut(writer)
        {
            *slot = step;
        }
    }
    last
}
