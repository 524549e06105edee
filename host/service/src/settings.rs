//! What a host is told when it starts.

use attain_engine::Compiling;
use std::path::PathBuf;

/// What a host is told when it starts.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where everything is kept; none keeps it in memory, for trying something out.
    pub data: Option<PathBuf>,
    /// Threads of a run when nobody says, at least 1.
    pub threads: usize,
    /// Where components are compiled: in a child process, where the program can be one.
    pub compiling: Compiling,
}

impl Default for Settings {
    fn default() -> Settings {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Settings { data: None, threads, compiling: Compiling::default() }
    }
}
