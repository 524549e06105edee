//! Why something wasn't done, and whose turn it is.

use attain_calc::RunError;
use attain_engine::{Blame, EngineError, PolicyError};
use attain_ingest::{ExportError, ImportError};
use attain_model::period::NotAPeriod;
use attain_model::plan::PlanProblem;
use attain_store::StoreError;
use attain_store::archive::ArchiveError;

/// Why something wasn't done. Nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// There is no such thing.
    #[error("there is no {what} `{name}`{hint}")]
    NotFound {
        /// `company`, `policy`, `plan`, `run`, ...
        what: &'static str,
        /// The name asked for.
        name: String,
        /// The nearest match, or what to do.
        hint: String,
    },
    /// What was sent can't be taken.
    #[error("{at}: {message}")]
    Invalid {
        /// The field or place.
        at: String,
        /// What is wrong, what was expected, what to do.
        message: String,
    },
    /// It stands against something that is already there.
    #[error("{0}")]
    Conflict(String),
    /// A name that isn't a period.
    #[error(transparent)]
    Period(#[from] NotAPeriod),
    /// A file that can't be taken.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// A file that can't be written.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// All that is wrong with a plan.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Plan(Vec<PlanProblem>),
    /// A policy that can't be published.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// A run without an outcome.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A backup that can't be read or written.
    #[error(transparent)]
    Backup(#[from] ArchiveError),
    /// The engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A record that this host can't read.
    #[error("the record `{record}` can't be read: {source}")]
    Record {
        /// Which.
        record: String,
        /// Why.
        source: serde_json::Error,
    },
    /// Kept figures that don't fit their record.
    #[error("{0}")]
    Damaged(String),
}

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// There is no such thing.
    NotFound,
    /// What was sent can't be taken.
    Refused,
    /// It stands against something that is already there.
    Conflict,
    /// A policy failed on these figures.
    Failed,
    /// The host failed.
    Host,
}

impl ServiceError {
    /// Whose turn it is.
    pub fn class(&self) -> Class {
        match self {
            ServiceError::NotFound { .. } => Class::NotFound,
            ServiceError::Invalid { .. }
            | ServiceError::Period(_)
            | ServiceError::Import(_)
            | ServiceError::Plan(_)
            | ServiceError::Backup(
                ArchiveError::NotOne | ArchiveError::TooNew { .. } | ArchiveError::Damaged { .. },
            )
            | ServiceError::Run(RunError::Plan(_) | RunError::Nobody(_) | RunError::Changes(_)) => {
                Class::Refused
            }
            ServiceError::Run(RunError::Participant { .. }) => Class::NotFound,
            ServiceError::Conflict(_) => Class::Conflict,
            ServiceError::Policy(error) => match error.blame() {
                Blame::Policy => Class::Refused,
                Blame::Host => Class::Host,
            },
            ServiceError::Export(ExportError::TooLarge { .. } | ExportError::TooManyDigits { .. }) => {
                Class::Refused
            }
            ServiceError::Export(
                ExportError::Write(_) | ExportError::Shape { .. } | ExportError::Format { .. },
            ) => Class::Host,
            ServiceError::Run(RunError::Read(_) | RunError::Sink(_)) => Class::Host,
            ServiceError::Run(RunError::Policy { source, .. }) if source.blame() == Blame::Host => {
                Class::Host
            }
            ServiceError::Run(_) => Class::Failed,
            ServiceError::Store(_)
            | ServiceError::Backup(
                ArchiveError::Record { .. } | ArchiveError::Store(_) | ArchiveError::Broke { .. },
            )
            | ServiceError::Engine(_)
            | ServiceError::Record { .. }
            | ServiceError::Damaged(_) => Class::Host,
        }
    }

    /// Whether something that was stored is not what was written. Everything else may still be.
    pub(crate) fn is_damage(&self) -> bool {
        matches!(
            self,
            ServiceError::Store(StoreError::Corrupt { .. } | StoreError::TooNew { .. })
                | ServiceError::Record { .. }
                | ServiceError::Damaged(_)
        )
    }

    /// A stable word for programs.
    pub fn code(&self) -> &str {
        match self {
            ServiceError::NotFound { .. } => "not-found",
            ServiceError::Invalid { .. } => "invalid",
            ServiceError::Conflict(_) => "conflict",
            ServiceError::Period(_) => "period",
            ServiceError::Import(error) => error.code(),
            ServiceError::Export(_) => "export",
            ServiceError::Plan(_) => "plan",
            ServiceError::Policy(error) => error.code(),
            ServiceError::Run(error) => error.code(),
            ServiceError::Store(_) => "store",
            ServiceError::Backup(_) => "backup",
            ServiceError::Engine(_) => "engine",
            ServiceError::Record { .. } => "record",
            ServiceError::Damaged(_) => "damaged",
        }
    }

    pub(crate) fn invalid(at: impl Into<String>, message: impl Into<String>) -> ServiceError {
        ServiceError::Invalid { at: at.into(), message: message.into() }
    }
}
