//! What went wrong, as the command line says it, and the exit code that goes with it.

use serde::Deserialize;
use std::path::Path;
use std::process::ExitCode;

/// 0 done, 1 failed or different, 2 usage (clap's own), 3 input refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It was done.
    Done,
    /// It failed, or what was compared differs.
    Failed,
    /// The command line can't be understood.
    Usage,
    /// What was given can't be taken; nothing was kept.
    Refused,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Refused => 3,
        })
    }
}

/// Why a command wasn't done.
#[derive(Debug)]
pub struct Fault {
    /// How the process ends.
    pub exit: Exit,
    /// One sentence, or a line for each problem.
    pub message: String,
    /// A stable word for programs.
    pub code: String,
}

/// An error as the API sends it (RFC 9457).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Problem {
    /// HTTP status.
    pub status: u16,
    /// The sentence.
    pub detail: String,
    /// A stable word.
    pub code: String,
    /// A word for whose turn it is.
    pub title: String,
}

impl Fault {
    /// Something that was given can't be taken.
    pub fn refused(message: impl Into<String>) -> Fault {
        Fault { exit: Exit::Refused, message: message.into(), code: "input".to_owned() }
    }

    /// The same about a file that was handed in, at the beginning of each line; what isn't about the file stays
    /// as it is.
    pub fn in_file(self, file: &Path) -> Fault {
        let elsewhere = ["not-found", "busy", "conflict", "route"].contains(&self.code.as_str());
        if self.exit != Exit::Refused || elsewhere {
            return self;
        }
        let name = crate::session::file_name(file);
        let of = |line: &str| match self.code.as_str() {
            "plan" => format!("`{name}`, {line}"),
            _ => format!("`{name}`: {line}"),
        };
        let message = self.message.lines().map(of).collect::<Vec<_>>().join("\n");
        Fault { message, ..self }
    }

    /// The machine or the server failed.
    pub fn failed(message: impl Into<String>) -> Fault {
        Fault { exit: Exit::Failed, message: message.into(), code: "failed".to_owned() }
    }

    /// The command line doesn't say enough.
    pub fn usage(message: impl Into<String>) -> Fault {
        Fault { exit: Exit::Usage, message: message.into(), code: "usage".to_owned() }
    }

    /// What the API answered; a computation that ends without an outcome has failed, everything else that is
    /// sent back was refused.
    pub fn of_problem(problem: Problem, computing: bool) -> Fault {
        let refusals =
            ["invalid", "plan", "changes", "period", "not-found", "unknown-participant", "body", "route"];
        let exit = match problem.status {
            500.. => Exit::Failed,
            409 | 422 if computing && !refusals.contains(&problem.code.as_str()) => Exit::Failed,
            429 => Exit::Failed,
            _ => Exit::Refused,
        };
        let message = if problem.detail.is_empty() { problem.title } else { problem.detail };
        Fault { exit, message, code: problem.code }
    }
}

impl From<attain_service::ServiceError> for Fault {
    fn from(error: attain_service::ServiceError) -> Fault {
        use attain_service::Class;
        let exit = match error.class() {
            Class::NotFound | Class::Refused | Class::Conflict => Exit::Refused,
            Class::Failed | Class::Host => Exit::Failed,
        };
        Fault { exit, message: with_causes(&error), code: error.code().to_owned() }
    }
}

/// An error and what caused it, where it doesn't say so itself.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        let words = source.to_string();
        if !message.contains(&words) {
            message = format!("{message}: {words}");
        }
        cause = source.source();
    }
    message
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Fault {
        Fault::failed(format!("cannot write the result: {error}"))
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Fault {
        Fault::failed(format!(
            "the server's answer can't be read: {error}; is it the same version as this command?"
        ))
    }
}
