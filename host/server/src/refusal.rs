//! From an error of the service to a problem document: its status, and what of it a client may read.

use crate::problem::Problem;
use attain_model::plan::PlanProblem;
use attain_service::{ArchiveError, Class, ImportError, PolicyError, RunError, ServiceError, StoreError};
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::error::Error;

/// The problem that an error is to a client.
pub(crate) fn problem_of(error: &ServiceError) -> Problem {
    let (status, title) = match error.class() {
        Class::NotFound => (StatusCode::NOT_FOUND, "Not found"),
        Class::Refused => (StatusCode::UNPROCESSABLE_ENTITY, "Refused"),
        Class::Conflict => (StatusCode::CONFLICT, "Conflict"),
        Class::Failed => (StatusCode::UNPROCESSABLE_ENTITY, "The policy failed"),
        Class::Host => return of_host(error),
    };
    if let ServiceError::Run(RunError::Cancelled) = error {
        return unavailable(error, error.to_string());
    }
    let (problems, total) = parts_of(error);
    Problem {
        problems,
        problems_total: total,
        ..Problem::new(status, error.code(), title, error.to_string())
    }
}

/// The host failed: a sentence where it helps whoever asks, otherwise none that could say too much.
fn of_host(error: &ServiceError) -> Problem {
    let below = match error {
        ServiceError::Store(store) | ServiceError::Backup(ArchiveError::Store(store)) => Some(store),
        ServiceError::Run(RunError::Read(source) | RunError::Sink(source)) => {
            source.downcast_ref::<StoreError>()
        }
        _ => None,
    };
    match (below, error) {
        (Some(StoreError::Full { .. }), _) => {
            unavailable(error, "the host's disk is full; nothing was kept, make room and try again")
        }
        (Some(StoreError::Locked { .. }), _) => unavailable(
            error,
            "the data directory is in use by another process; stop that process or speak to its server",
        ),
        (Some(StoreError::ReadOnly { .. }), _) => unavailable(
            error,
            "the store only reads since a write failed; mend the cause (the log has it), then restart",
        ),
        (
            Some(
                store @ (StoreError::Stuck { .. } | StoreError::Uncertain { .. } | StoreError::Thawed { .. }),
            ),
            _,
        ) => unavailable(error, store.to_string()),
        (Some(store @ (StoreError::Corrupt { .. } | StoreError::TooNew { .. })), _) => {
            failed("damaged", store.to_string())
        }
        (_, ServiceError::Backup(ArchiveError::Record { .. })) => failed("damaged", error.to_string()),
        (_, ServiceError::Damaged(sentence)) => failed("damaged", sentence.clone()),
        (_, ServiceError::Run(RunError::Policy { source: PolicyError::WallTime { .. }, .. })) => {
            unavailable(error, error.to_string())
        }
        (_, ServiceError::Policy(PolicyError::WallTime { .. })) => unavailable(error, error.to_string()),
        _ => Problem { code: error.code().to_owned(), ..Problem::internal() },
    }
}

fn failed(code: &str, detail: String) -> Problem {
    Problem { code: code.to_owned(), detail, ..Problem::internal() }
}

fn unavailable(error: &ServiceError, detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, error.code(), "The host failed", detail)
}

/// Each thing that is wrong, with its place, and how many there are where not all are listed.
fn parts_of(error: &ServiceError) -> (Vec<Value>, Option<u64>) {
    match error {
        ServiceError::Import(ImportError::Rows(found) | ImportError::Settings(found)) => {
            let listed: Vec<Value> = found.listed.iter().map(|problem| json!(problem)).collect();
            let more = found.total > listed.len() as u64;
            (listed, more.then_some(found.total))
        }
        ServiceError::Import(
            ImportError::File { file, what }
            | ImportError::TooLarge { file, what }
            | ImportError::Sql { file, what, .. },
        ) => (vec![json!({ "file": file, "what": what })], None),
        ServiceError::Plan(found)
        | ServiceError::Run(RunError::Plan(found) | RunError::Nobody(found) | RunError::Changes(found)) => {
            (found.iter().map(part_of).collect(), None)
        }
        ServiceError::Invalid { at, message } => (vec![json!({ "at": at, "message": message })], None),
        ServiceError::Policy(PolicyError::Refused(found)) => {
            let part = |failure: &attain_service::Failure| json!({ "at": failure.at, "message": failure.message, "code": failure.code });
            (found.iter().map(part).collect(), None)
        }
        ServiceError::Run(RunError::Policy { step, participant, source }) => {
            let mut part = json!({ "at": format!("step `{step}`"), "message": source.to_string() });
            if let (Some(part), Some(participant)) = (part.as_object_mut(), participant) {
                part.insert("participant".to_owned(), json!(participant));
            }
            (vec![part], None)
        }
        ServiceError::Run(
            RunError::Number { step, participant, what } | RunError::Explanation { step, participant, what },
        ) => (
            vec![json!({ "at": format!("step `{step}`"), "participant": participant, "message": what })],
            None,
        ),
        ServiceError::NotFound { .. }
        | ServiceError::Conflict(_)
        | ServiceError::Period(_)
        | ServiceError::Export(_)
        | ServiceError::Policy(_)
        | ServiceError::Run(
            RunError::Participant { .. } | RunError::Read(_) | RunError::Sink(_) | RunError::Cancelled,
        )
        | ServiceError::Store(_)
        | ServiceError::Backup(_)
        | ServiceError::Engine(_)
        | ServiceError::Record { .. }
        | ServiceError::Damaged(_) => (Vec::new(), None),
    }
}

fn part_of(problem: &PlanProblem) -> Value {
    json!({ "at": problem.at, "message": problem.message })
}

/// An error with its causes, for the log: on one line.
pub(crate) fn chain(error: &ServiceError) -> String {
    // Whose row it was is nobody's to read here.
    let (mut line, mut cause) = match error {
        ServiceError::Run(RunError::Policy { step, source, .. }) => {
            (format!("step `{step}`: {source}"), source.source())
        }
        _ => (error.to_string(), error.source()),
    };
    while let Some(source) = cause {
        line.push_str(": ");
        line.push_str(&source.to_string());
        cause = source.source();
    }
    line.replace('\n', "; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn secret() -> PathBuf {
        PathBuf::from("/srv/secret")
    }

    #[track_caller]
    fn check(error: impl Into<ServiceError>, status: u16, code: &str, detail: &str) {
        let problem = problem_of(&error.into());
        assert_eq!(
            (problem.status.as_u16(), problem.code.as_str(), problem.detail.as_str()),
            (status, code, detail)
        );
    }

    #[test]
    fn what_the_host_can_not_do_now_is_said_without_a_path() {
        let full = StoreError::Full { dir: secret(), free_bytes: 1, free_bytes_min: 2 };
        check(full, 503, "store", "the host's disk is full; nothing was kept, make room and try again");
        let locked = StoreError::Locked { dir: secret(), process: Some(7) };
        let detail =
            "the data directory is in use by another process; stop that process or speak to its server";
        check(locked, 503, "store", detail);
        let below =
            RunError::Sink(Box::new(StoreError::ReadOnly { reason: "/srv/secret is gone".to_owned() }));
        let detail =
            "the store only reads since a write failed; mend the cause (the log has it), then restart";
        check(below, 503, "outcome", detail);
        check(RunError::Cancelled, 503, "cancelled", "the run was cancelled");
    }

    #[test]
    fn damage_is_named_and_everything_else_of_the_host_stays_in_its_log() {
        let damage = || StoreError::Corrupt {
            kind: "table block",
            key: "ab".to_owned(),
            damage: attain_service::Damage::Checksum,
        };
        let sentence = "stored table block `ab` is damaged: its checksum does not match; restore it from a backup, or import or publish it again";
        check(damage(), 500, "damaged", sentence);
        check(RunError::Read(Box::new(damage())), 500, "damaged", sentence);
        let disk =
            StoreError::Disk { action: "sync", path: secret(), source: std::io::Error::other("broken") };
        let logged = chain(&ServiceError::Store(disk));
        assert_eq!(logged, "cannot sync `/srv/secret`: broken");
        let disk =
            StoreError::Disk { action: "sync", path: secret(), source: std::io::Error::other("broken") };
        check(disk, 500, "store", "the host failed; its log says why");
    }
}
