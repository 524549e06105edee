//! What the figures were measured on.

use serde::Serialize;
use std::process::Command;

/// The machine, and how busy it was.
#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    /// What the processor calls itself.
    pub processor: Option<String>,
    /// How many of its cores this process may use.
    pub cores: usize,
    /// Processes that wanted a core: over one minute, five and fifteen, when measuring began.
    pub load_average_before: Option<String>,
    /// And when it ended.
    pub load_average_after: Option<String>,
    /// The commit of the repository that the binary stands in, `-dirty` where files differ from it.
    pub commit: Option<String>,
    /// This binary's version.
    pub version: &'static str,
}

impl Machine {
    /// This one.
    pub fn here(load_average_before: Option<String>) -> Machine {
        Machine {
            processor: processor(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            load_average_before,
            load_average_after: load_average(),
            commit: commit(),
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}

/// Over one minute, five and fifteen, where the system says.
pub fn load_average() -> Option<String> {
    let text = std::fs::read_to_string("/proc/loadavg").ok()?;
    Some(text.split_whitespace().take(3).collect::<Vec<_>>().join(" "))
}

/// The most memory that this process has had, in KiB. Source: `VmHWM` of Linux's `status`.
pub fn peak_memory_kib() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

fn processor() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn commit() -> Option<String> {
    let binary = std::env::current_exe().ok()?;
    let describe = ["describe", "--always", "--dirty", "--exclude=*"];
    let said = Command::new("git").arg("-C").arg(binary.parent()?).args(describe).output().ok()?;
    let commit = String::from_utf8(said.stdout).ok()?.trim().to_owned();
    (said.status.success() && !commit.is_empty()).then_some(commit)
}
