//! One bit changed in one file of a closed store: what is read then is right, or an error says it isn't.

use super::Failure;
use super::trial::Report;
use super::work::{Acknowledged, Random, Verdict, WRITERS, check, write_steps};
use attain_store::Settings;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::Duration;

/// How long a damaged store may take to say so.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a changed bit did.
enum Effect {
    None,
    Reported(String),
    Wrong(String),
}

/// Runs the trials, in a directory for the store and its copies.
pub fn run(dir: &Path, trials: u64, seed: u64) -> Result<Report, Failure> {
    let mut report = Report::new("one bit changed", seed);
    let mut random = Random(seed);
    let whole = dir.join("whole");
    let steps = 40;
    // Twice, so that the store has been opened before: there is a snapshot, and a log after it.
    for _ in 0..2 {
        write_steps(&whole, &Settings::default(), seed, steps / 2, std::io::sink())?;
    }
    let held = [steps; WRITERS];
    report.acknowledged = steps * WRITERS as u64;
    let files = files(&whole)?;
    for _ in 0..trials {
        report.trials += 1;
        let copy = dir.join("copy");
        copy_store(&whole, &copy)?;
        let (name, place) = flip_one(&copy, &files, &mut random)?;
        let words = format!("trial {}, `{}` byte {place}", report.trials, name.display());
        match effect(&copy, seed, held)? {
            Effect::None => report.without_effect += 1,
            Effect::Reported(_) => report.reported += 1,
            Effect::Wrong(problem) => {
                report.wrong += 1;
                report.notes.push(format!("{words}: {problem}"));
            }
        }
        std::fs::remove_dir_all(&copy)?;
    }
    Ok(report)
}

/// Names and lengths of the store's files that hold anything.
fn files(dir: &Path) -> Result<Vec<(PathBuf, u64)>, Failure> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        if metadata.is_file() && metadata.len() > 0 {
            files.push((PathBuf::from(entry.file_name()), metadata.len()));
        }
    }
    files.sort();
    Ok(files)
}

fn copy_store(from: &Path, to: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(to.join("blobs"))?;
    for (name, _) in files(from)? {
        std::fs::copy(from.join(&name), to.join(&name))?;
    }
    Ok(())
}

/// One time in four in any file, otherwise in the one with the figures, at a byte that isn't zero: most of a
/// segment is padding.
fn flip_one(dir: &Path, files: &[(PathBuf, u64)], random: &mut Random) -> Result<(PathBuf, u64), Failure> {
    let any = random.below(4) == 0;
    let chosen = match any {
        true => files.get(random.below(files.len() as u64) as usize),
        false => files.iter().max_by_key(|(_, length)| *length),
    };
    let (name, length) = chosen.ok_or("the store has no files")?.clone();
    let path = dir.join(&name);
    let mut bytes = std::fs::read(&path)?;
    let mut place = random.below(length);
    for _ in 0..200 {
        if any || bytes.get(place as usize).is_some_and(|byte| *byte != 0) {
            break;
        }
        place = random.below(length);
    }
    if let Some(byte) = bytes.get_mut(place as usize) {
        *byte ^= 1 << random.below(8);
    }
    std::fs::write(&path, bytes)?;
    Ok((name, place))
}

/// Opens and reads everything, twice, since opening mends what a crash leaves and must not mend damage away.
fn effect(dir: &Path, seed: u64, held: Acknowledged) -> Result<Effect, Failure> {
    let (tell, told) = channel();
    let dir = dir.to_owned();
    std::thread::spawn(move || {
        let once = || -> Result<Effect, Failure> {
            let store = match attain_store::open(&dir, &Settings::default()) {
                Ok(store) => store,
                Err(error) => return Ok(Effect::Reported(error.to_string())),
            };
            Ok(match check(&store, seed, &held) {
                Err(error) => Effect::Reported(error.to_string()),
                Ok(Verdict::Right(found)) if found == held => Effect::None,
                Ok(Verdict::Right(found)) => Effect::Wrong(format!("stands at {found:?}")),
                Ok(Verdict::Wrong(words)) => Effect::Wrong(words),
            })
        };
        let first = once();
        let answer = match first {
            Ok(Effect::Wrong(_)) | Err(_) => first,
            Ok(first) => once().map(|second| match (first, second) {
                (_, Effect::Wrong(words)) => Effect::Wrong(format!("at the second opening: {words}")),
                (Effect::Reported(words), _) => Effect::Reported(words),
                (_, second) => second,
            }),
        };
        // Who has stopped waiting doesn't need the answer.
        drop(tell.send(answer.map_err(|error| error.to_string())));
    });
    match told.recv_timeout(PATIENCE) {
        Ok(answer) => answer.map_err(Into::into),
        Err(_) => Ok(Effect::Wrong(String::from("no answer"))),
    }
}
