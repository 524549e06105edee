//! `cargo xtask fuzz`: builds the targets of `fuzz/` with coverage and runs them under libFuzzer, on the one toolchain
//! there is.
//!
//! Coverage is a pass of the stable compiler. Which crates get it, `fuzz/Cargo.toml` says: those with
//! `debug-assertions`. cargo can't give flags to some crates and not to others, so this program stands before the
//! compiler (`RUSTC_WRAPPER`) and adds them.

use crate::repository::Repository;
use crate::run;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::{env, fs};

/// Every target, as `tests/fuzzing` has them.
const TARGETS: [&str; 7] = ["publish", "batch", "import", "recipe", "plan", "http", "store"];

/// How long a target runs when nobody says, and at most looks for a planted fault.
const SECONDS: u64 = 60;
const PLANTED_SECONDS: u64 = 600;

/// What `cargo fuzz` passes without a sanitizer.
const COVERAGE: [&str; 6] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
];

/// What is asked of a target.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Search {
    /// What is wrong with it, for so many seconds.
    Faults(u64),
    /// The fault that was planted.
    Planted,
}

/// `fuzz [TARGET [SECONDS]]` or `fuzz --planted [TARGET]`: without a target, all of them in turn.
pub fn fuzz(repository: &Repository, arguments: &[String]) -> Result<(), String> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (search, target) = match words.as_slice() {
        ["--planted"] => (Search::Planted, None),
        ["--planted", target] => (Search::Planted, Some(*target)),
        [] => (Search::Faults(SECONDS), None),
        [target] => (Search::Faults(SECONDS), Some(*target)),
        [target, seconds] => {
            let seconds = seconds.parse().map_err(|_| format!("`{seconds}` is not a number of seconds"))?;
            (Search::Faults(seconds), Some(*target))
        }
        _ => return Err("`fuzz` takes a target and seconds, or `--planted` and a target".to_owned()),
    };
    if let Some(other) = target.filter(|target| !TARGETS.contains(target)) {
        return Err(format!("there is no target `{other}`; there is `{}`", TARGETS.join("`, `")));
    }
    let binary = build(repository)?;
    for name in TARGETS.into_iter().filter(|name| target.is_none_or(|target| target == *name)) {
        search_in(repository, &binary, name, search)?;
    }
    Ok(())
}

fn build(repository: &Repository) -> Result<PathBuf, String> {
    let this = env::current_exe().map_err(|error| format!("cannot find this program: {error}"))?;
    run::say("building the fuzz targets");
    let mut cargo = repository.cargo();
    cargo.args(["build", "--release", "--manifest-path", "fuzz/Cargo.toml", "--target-dir"]);
    cargo.arg(repository.target()).env("RUSTC_WRAPPER", this);
    run::run(&mut cargo, "the fuzz targets don't build; the compiler's messages are above")?;
    Ok(repository.target().join("release").join(format!("attain-fuzz{}", env::consts::EXE_SUFFIX)))
}

/// Runs one target; what it found stays in `<target>/fuzz/<name>/`, and its corpus for the next time.
fn search_in(repository: &Repository, binary: &Path, name: &str, search: Search) -> Result<(), String> {
    let planted = search == Search::Planted;
    let folder = repository.target().join("fuzz").join(if planted {
        format!("{name}-planted")
    } else {
        name.to_owned()
    });
    let (corpus, found) = (folder.join("corpus"), folder.join("found"));
    if planted {
        // From the seeds each time: a corpus of the last time has the fault in it.
        _ = fs::remove_dir_all(&folder);
    }
    for folder in [&corpus, &found] {
        fs::create_dir_all(folder).map_err(|error| format!("cannot make `{}`: {error}", folder.display()))?;
    }
    let mut target = Command::new(binary);
    target.env("ATTAIN_FUZZ", name).env("ATTAIN_FUZZ_SEEDS", &corpus).arg(&corpus);
    target.env("ATTAIN_POLICIES", repository.components());
    let seconds = if let Search::Faults(seconds) = search { seconds } else { PLANTED_SECONDS };
    target.arg(format!("-max_total_time={seconds}"));
    target.arg(format!("-artifact_prefix={}/", found.display()));
    target.arg(format!("-dict={}", repository.file(&format!("fuzz/dictionaries/{name}.dict")).display()));
    target.args(["-rss_limit_mb=4096", "-timeout=120", "-max_len=65536", "-print_final_stats=1"]);
    match search {
        Search::Faults(_) => {
            run::say(&format!("fuzzing `{name}` for {seconds} s"));
            let failed = format!("`{name}` found something; the input is in `{}`", found.display());
            run::run(&mut target, &failed)
        }
        Search::Planted => {
            target.env("ATTAIN_FUZZ_PLANTED", "1").stdout(Stdio::null()).stderr(Stdio::piped());
            let said = run::listen(&mut target)?;
            let executions =
                said.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
            match executions.filter(|_| said.contains("deadly signal") || said.contains("panicked")) {
                Some(executions) => {
                    run::say(&format!(
                        "`{name}` found its planted fault after {} executions",
                        executions.trim()
                    ));
                    Ok(())
                }
                None => Err(format!("`{name}` didn't find its planted fault in {seconds} s")),
            }
        }
    }
}

/// Stands before the compiler: cargo passes its path first, then what it is to be called with.
pub fn compiler(compiler: &OsString, arguments: &[OsString]) -> ExitCode {
    let pairs =
        || arguments.windows(2).filter_map(|pair| Some((pair.first()?.to_str()?, pair.last()?.to_str()?)));
    let is_run_here = pairs().any(|pair| {
        (pair.0 == "--crate-name" && pair.1.starts_with("build_script_"))
            || pair == ("--crate-type", "proc-macro")
    });
    let is_chosen = pairs().any(|pair| pair == ("-C", "debug-assertions=on"));
    let mut command = Command::new(compiler);
    command.args(arguments);
    if is_chosen && !is_run_here {
        command.args(COVERAGE);
    }
    match command.status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            run::say(&format!("cannot start the compiler: {error}"));
            ExitCode::FAILURE
        }
    }
}
