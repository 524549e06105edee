//! `attain bench`: what a row, a run and a start cost on this machine, from one run of the command.
//!
//! In:  how many people; the binary and the component of `tiered-commission` beside it.
//! Out: figures as a table or as JSON, each the median of five.
//!
//! Every part is measured in a process of its own, which is this binary again, so that no part has the
//! memory, the caches or the warm pages of another. Invariant: what the sandbox, the native build, Python and
//! numpy give for the same rows is compared, and a difference is a failure, not a footnote.

mod calls;
mod clock;
mod figures;
mod machine;
mod report;
mod rows;
mod scripts;
mod whole;

use crate::fault::Fault;
use crate::session::Shared;
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use report::{Measured, Report};
use serde::de::DeserializeOwned;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// How often each figure is taken; the median is reported.
pub(crate) const ROUNDS: usize = 5;

/// `attain bench`
#[derive(Args, Debug)]
pub struct BenchArguments {
    /// How many people
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1..=64_000_000))]
    participants: u32,
    /// One part only, as its own process does it
    #[arg(long, hide = true, value_enum, requires = "folder")]
    part: Option<Piece>,
    /// Where that process finds and leaves what the parts share
    #[arg(long, hide = true)]
    folder: Option<PathBuf>,
    /// Which of the plans that process runs
    #[arg(long, hide = true, default_value_t = 0)]
    round: usize,
    /// On how many threads; 0 is as many as there are cores
    #[arg(long, hide = true, default_value_t = 0)]
    threads: usize,
}

/// What a process of its own does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Piece {
    /// A rule's rows, in the sandbox and natively.
    Rows,
    /// Compile, cached load, instantiation.
    Calls,
    /// Figures, policy and plans into a store.
    Import,
    /// One run out of that store.
    Run,
}

impl BenchArguments {
    /// Measures, and prints the figures.
    ///
    /// # Errors
    ///
    /// A [`Fault`] where a part can't be measured, or two ways to the same outcome differ.
    pub fn run(&self, shared: &Shared, out: &mut dyn Write) -> Result<(), Fault> {
        if let (Some(piece), Some(folder)) = (self.part, &self.folder) {
            return self.piece(piece, folder, out);
        }
        let report = self.measure()?;
        if shared.json {
            writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
        } else {
            report.write(out)?;
        }
        Ok(())
    }

    fn piece(&self, piece: Piece, folder: &Path, out: &mut dyn Write) -> Result<(), Fault> {
        let people = self.participants as usize;
        let answer = match piece {
            Piece::Rows => serde_json::to_value(rows::measure(people, folder)?)?,
            Piece::Calls => serde_json::to_value(calls::measure(folder)?)?,
            Piece::Import => serde_json::to_value(whole::import(people, folder)?)?,
            Piece::Run => serde_json::to_value(whole::run(folder, self.round, self.threads)?)?,
        };
        writeln!(out, "{answer}")?;
        Ok(())
    }

    fn measure(&self) -> Result<Report, Fault> {
        let place = tempfile::tempdir()
            .map_err(|error| Fault::failed(format!("cannot make a folder for the figures: {error}")))?;
        let bar = spinner();
        let four = self.participants.saturating_mul(4);
        let folder = |name: &str| -> Result<PathBuf, Fault> {
            let folder = place.path().join(name);
            std::fs::create_dir_all(&folder)?;
            Ok(folder)
        };
        let (shared, one, many) = (folder("rows")?, folder("one")?, folder("four")?);
        let before = machine::load_average();

        bar.set_message("rows: sandbox and native");
        let rows: rows::Rows = self.process(Piece::Rows, &shared, self.participants, 0, 0)?;
        bar.set_message("rows: python and numpy");
        let scripts = scripts::measure(&shared, &rows)?;
        bar.set_message("compile, load, instantiate");
        let calls: calls::Calls = self.process(Piece::Calls, &shared, self.participants, 0, 0)?;

        bar.set_message("import");
        let import: whole::Import = self.process(Piece::Import, &one, self.participants, 0, 0)?;
        let mut runs: Vec<whole::Run> = Vec::new();
        for round in 0..ROUNDS {
            bar.set_message(format!("run {} of {ROUNDS}", round + 1));
            runs.push(self.process(Piece::Run, &one, self.participants, round, 0)?);
        }
        bar.set_message("run on one thread");
        let alone: whole::Run = self.process(Piece::Run, &one, self.participants, ROUNDS, 1)?;
        bar.set_message("import of four times as many");
        let large_import: whole::Import = self.process(Piece::Import, &many, four, 0, 0)?;
        bar.set_message("run of four times as many");
        let large: whole::Run = self.process(Piece::Run, &many, four, 0, 0)?;
        bar.finish_and_clear();

        if runs.iter().any(|run| run.outcome != alone.outcome) {
            return Err(Fault::failed("two runs of the same figures gave two outcomes"));
        }
        let machine = machine::Machine::here(before);
        Report::new(machine, Measured { rows, scripts, calls, import, runs, alone, large_import, large })
    }

    /// One part, in a process of its own.
    fn process<T: DeserializeOwned>(
        &self,
        piece: Piece,
        folder: &Path,
        participants: u32,
        round: usize,
        threads: usize,
    ) -> Result<T, Fault> {
        let binary = std::env::current_exe()
            .map_err(|error| Fault::failed(format!("cannot find this program: {error}")))?;
        let name = piece.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        let mut command = Command::new(binary);
        command.args(["bench", "--part", &name, "--folder"]).arg(folder);
        for (option, value) in
            [("--participants", participants as usize), ("--round", round), ("--threads", threads)]
        {
            command.args([option, &value.to_string()]);
        }
        let answer = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
        let answer =
            answer.map_err(|error| Fault::failed(format!("cannot start this program again: {error}")))?;
        if !answer.status.success() {
            return Err(Fault::failed(format!(
                "`attain bench --part {name}` ended with {}; its message is above",
                answer.status
            )));
        }
        serde_json::from_slice(&answer.stdout)
            .map_err(|error| Fault::failed(format!("`attain bench --part {name}` gave no figures: {error}")))
    }
}

/// What is being measured, on standard error; nothing where that is no terminal.
fn spinner() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
        bar.set_style(style);
    }
    // Rarely, so that it takes nothing from what is measured.
    bar.enable_steady_tick(Duration::from_secs(1));
    bar
}
