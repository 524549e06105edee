//! Why a run has no outcome.

use crate::figures::ReadError;
use attain_engine::PolicyError;
use attain_model::plan::PlanProblem;

/// Why a run has no outcome. The same run fails in the same way on any number of threads.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The plan doesn't fit the figures or the policies; all that is wrong.
    #[error("the plan does not fit: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Plan(Vec<PlanProblem>),

    /// The plan's population covers nobody; for each filter what it asks for and what there is.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Nobody(Vec<PlanProblem>),

    /// What an estimate should change isn't there, or can't be that; all that is wrong.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Changes(Vec<PlanProblem>),

    /// A policy gave no result.
    #[error("step `{step}`{}: {source}", .participant.as_ref().map(|p| format!(", participant `{p}`")).unwrap_or_default())]
    Policy {
        /// The step.
        step: String,
        /// Whose row, where the policy named one.
        participant: Option<String>,
        /// What happened.
        source: PolicyError,
    },

    /// A number doesn't fit where it goes.
    #[error("step `{step}`, participant `{participant}`: {what}")]
    Number {
        /// The step.
        step: String,
        /// Whose row.
        participant: String,
        /// What doesn't fit, and what to do.
        what: String,
    },

    /// An explanation doesn't add up to what was paid.
    #[error("step `{step}`, participant `{participant}`: {what}; the policy's explanation is refused")]
    Explanation {
        /// The step.
        step: String,
        /// Whose row.
        participant: String,
        /// What differs.
        what: String,
    },

    /// Nobody of that name is covered.
    #[error("participant `{participant}` is not in this run{hint}")]
    Participant {
        /// Who was asked for.
        participant: String,
        /// The nearest match.
        hint: String,
    },

    /// Figures couldn't be read.
    #[error("cannot read the figures: {0}")]
    Read(#[source] ReadError),

    /// The outcome couldn't be kept.
    #[error("cannot keep the outcome: {0}")]
    Sink(#[source] ReadError),

    /// Somebody stopped it.
    #[error("the run was cancelled")]
    Cancelled,
}

impl RunError {
    /// A stable word for programs.
    pub fn code(&self) -> &str {
        match self {
            RunError::Plan(_) | RunError::Nobody(_) => "plan",
            RunError::Changes(_) => "changes",
            RunError::Policy { source, .. } => source.code(),
            RunError::Number { .. } => "number",
            RunError::Explanation { .. } => "explanation",
            RunError::Participant { .. } => "unknown-participant",
            RunError::Read(_) => "figures",
            RunError::Sink(_) => "outcome",
            RunError::Cancelled => "cancelled",
        }
    }
}
