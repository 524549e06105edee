//! Plan and tables in, outcome out: the calculation, pure.
//!
//! The same code computes for the service, for an estimate, for a replay and on an auditor's laptop. It
//! touches no disk, network or clock: figures come through [`Rows`], results leave through [`Sink`].
//!
//! Invariant: equal plan, policies and figures give equal outcomes, byte for byte, on any number of threads
//! and in any cut into batches.

pub mod align;
pub mod compare;
pub mod error;
pub mod estimate;
pub mod example;
pub mod explain;
pub mod figures;
pub mod groups;
pub mod ids;
pub mod meter;
pub mod outcome;
mod owned;
pub mod population;
pub mod prepare;
pub mod project;
pub mod run;
pub mod stage;

pub use compare::{Comparison, Difference};
pub use error::RunError;
pub use estimate::{Changes, estimate};
pub use explain::{Explained, Explanation, explain};
pub use figures::{Figures, Past, Rows};
pub use meter::{Meter, Part, Unmeasured};
pub use outcome::{Chunk, OutcomeColumn, Sink};
pub use prepare::{Prepared, PreparedStep, Schema, prepare};
pub use run::{Progress, Settings, Summary, run};
