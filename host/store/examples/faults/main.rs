//! Faults on purpose, as many as asked for: `faults -- kill|power|flip|full --trials N --seed S`.
//!
//! Prints trials, losses and the seed; fails when anything was lost or wrong. `power` and `full` need root and
//! loop devices, and say so where they are missing.

#![expect(clippy::print_stdout, reason = "a program for people")]

mod disk;
mod flip;
mod full;
mod kill;
mod power;
mod trial;
mod work;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Anything that ends a trial.
type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<ExitCode, Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str, default: u64| -> Result<u64, Failure> {
        let place = arguments.iter().position(|argument| argument == name);
        Ok(place.and_then(|place| arguments.get(place + 1)).map_or(Ok(default), |text| text.parse())?)
    };
    let (trials, seed) = (number("--trials", 20)?, number("--seed", 1)?);
    let kind = arguments.first().map(String::as_str).unwrap_or_default();
    if kind == "child" {
        let dir = PathBuf::from(arguments.get(1).ok_or("no directory for the child")?);
        work::write_for_ever(&dir, &power::settings(), seed, std::io::stdout())?;
        return Ok(ExitCode::SUCCESS);
    }
    if let (Some(missing), "power" | "full") = (disk::missing(), kind) {
        println!("{kind}: skipped, {missing}");
        return Ok(ExitCode::SUCCESS);
    }
    let dir = tempfile::tempdir()?;
    let this = std::env::current_exe()?;
    let child = |store: &Path| {
        let mut command = Command::new(&this);
        command.arg("child").arg(store).args(["--seed", &seed.to_string()]);
        command
    };
    let report = match kind {
        "kill" => kill::run(&dir.path().join("store"), trials, seed, child)?,
        "power" => power::run(dir.path(), trials, seed, child)?,
        "flip" => flip::run(dir.path(), trials, seed)?,
        "full" => full::run(dir.path(), trials, seed)?,
        _ => return Err("expected kill, power, flip or full, then --trials N and --seed S".into()),
    };
    println!("{report}");
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
