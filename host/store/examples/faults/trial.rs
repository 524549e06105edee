//! A child that writes until something is done to it, and what the store holds afterwards.

use super::Failure;
use super::work::{Acknowledged, Verdict, WRITERS, check};
use attain_store::Settings;
use std::fmt;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

/// What many faults came to.
#[derive(Debug, Default)]
pub struct Report {
    pub kind: &'static str,
    pub seed: u64,
    pub trials: u64,
    /// Steps that were acknowledged in all.
    pub acknowledged: u64,
    /// Stores that didn't open.
    pub unopenable: u64,
    /// Stores that lost what was acknowledged, held half of a batch, or a wrong value.
    pub wrong: u64,
    /// Damage that was reported.
    pub reported: u64,
    /// Faults that changed nothing.
    pub without_effect: u64,
    /// The slowest opening.
    pub slowest_open_ms: u128,
    /// What went wrong, for people.
    pub notes: Vec<String>,
}

impl Report {
    pub fn new(kind: &'static str, seed: u64) -> Report {
        Report { kind, seed, ..Report::default() }
    }

    /// Whether every promise held.
    pub fn is_clean(&self) -> bool {
        self.wrong == 0 && self.unopenable == 0
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { kind, seed, trials, acknowledged, unopenable, wrong, .. } = self;
        writeln!(f, "{kind}: {trials} trials, seed {seed}, {acknowledged} steps acknowledged")?;
        writeln!(f, "  lost, half there or wrong: {wrong}; would not open: {unopenable}")?;
        if self.reported + self.without_effect > 0 {
            let Report { reported, without_effect, .. } = self;
            writeln!(f, "  damage reported: {reported}; without effect: {without_effect}")?;
        }
        write!(f, "  slowest opening: {} ms", self.slowest_open_ms)?;
        self.notes.iter().take(20).try_for_each(|note| write!(f, "\n  {note}"))
    }
}

/// A child that writes, and the thread that listens to what was acknowledged.
pub struct Writer {
    child: Child,
    listener: JoinHandle<Acknowledged>,
}

impl Writer {
    /// Starts a child; `before` is what was acknowledged up to now.
    pub fn start(mut command: Command, before: Acknowledged) -> Result<Writer, Failure> {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let lines = BufReader::new(child.stdout.take().ok_or("no output of the child")?).lines();
        let listener = std::thread::spawn(move || {
            let mut acknowledged = before;
            for line in lines.map_while(Result::ok) {
                let step =
                    line.split_once(' ').and_then(|(w, n)| Some((w.parse::<usize>().ok()?, n.parse().ok()?)));
                if let Some((writer, step)) = step
                    && let Some(slot) = acknowledged.get_mut(writer)
                {
                    *slot = step;
                }
            }
            acknowledged
        });
        Ok(Writer { child, listener })
    }

    /// Kills the child as `kill -9` does and says what it had acknowledged.
    pub fn kill(mut self) -> Result<Acknowledged, Failure> {
        self.child.kill()?;
        self.child.wait()?;
        self.listener.join().map_err(|_| "the listener panicked".into())
    }
}

/// Opens the store, compares it, and counts what was found. Returns what it holds, if it is right.
pub fn judge(
    dir: &Path,
    settings: &Settings,
    acknowledged: &Acknowledged,
    report: &mut Report,
) -> Option<Acknowledged> {
    let started = std::time::Instant::now();
    let store = match attain_store::open(dir, settings) {
        Ok(store) => store,
        Err(error) => {
            report.unopenable += 1;
            report.notes.push(format!("trial {}: {error}", report.trials));
            return None;
        }
    };
    report.slowest_open_ms = report.slowest_open_ms.max(started.elapsed().as_millis());
    let problem = match check(&store, report.seed, acknowledged) {
        Ok(Verdict::Right(found)) => return Some(found),
        Ok(Verdict::Wrong(words)) => words,
        Err(error) => error.to_string(),
    };
    report.wrong += 1;
    report.notes.push(format!("trial {}: {problem}", report.trials));
    None
}

/// How many steps lie between two counts.
pub fn steps(from: &Acknowledged, to: &Acknowledged) -> u64 {
    (0..WRITERS).map(|writer| to[writer].saturating_sub(from[writer])).sum()
}
