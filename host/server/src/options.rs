//! What a server is told when it starts: its limits, and whom it believes.

use crate::access::Access;
use crate::otlp::Otlp;
use std::time::Duration;

/// The limits of a server. One operator on one machine is expected to stay far below them.
#[derive(Clone, Debug)]
pub struct Options {
    /// The most bytes of an import, all files together.
    pub upload_bytes_max: usize,
    /// The most bytes of a component.
    pub component_bytes_max: usize,
    /// The most bytes of a JSON or TOML body, and of a mapping or a recipe.
    pub text_bytes_max: usize,
    /// Runs, replays and approvals at work at once; each takes all cores. One company has all but one of these places.
    pub runs_at_once: usize,
    /// How many more of one company wait for their turn; who comes then is asked to come again.
    pub runs_waiting: usize,
    /// Imports, publications and exports at work at once: each holds its file in memory.
    pub files_at_once: usize,
    /// Workbooks at work at once: one of many rows takes a gigabyte until it is finished.
    pub workbooks_at_once: usize,
    /// How many more of either wait, of one company.
    pub files_waiting: usize,
    /// Estimates and statements at work at once. One company has half of these places.
    pub answers_at_once: usize,
    /// How many more of one company wait.
    pub answers_waiting: usize,
    /// How long a client may be silent in the middle of a body, or not take its answer.
    pub silence_max: Duration,
    /// Connections at once at each door; more wait in the system's queue.
    pub connections_max: usize,
    /// How long a stopping server waits for answers under way; then it cancels them.
    pub stopping_max: Duration,
    /// Who collects spans of what was done; nobody where there is none.
    pub otlp: Option<Otlp>,
    /// Whom the server believes to be whom.
    pub access: Access,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            upload_bytes_max: 512 << 20,
            component_bytes_max: 64 << 20,
            text_bytes_max: 1 << 20,
            runs_at_once: 3,
            runs_waiting: 32,
            files_at_once: 3,
            workbooks_at_once: 1,
            files_waiting: 64,
            answers_at_once: 16,
            answers_waiting: 256,
            silence_max: Duration::from_secs(30),
            connections_max: 256,
            stopping_max: Duration::from_secs(10),
            otlp: None,
            access: Access::default(),
        }
    }
}
