//! Running other programs, and saying so.

use std::io::{self, Write};
use std::process::Command;

/// Writes a line to standard error, where cargo writes its own.
pub fn say(line: &str) {
    // A closed standard error is no reason to stop building.
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Runs a program to its end, with our terminal; `failed` is the error when it ends badly.
pub fn run(command: &mut Command, failed: &str) -> Result<(), String> {
    let status = command.status().map_err(|error| not_started(command, &error))?;
    if status.success() { Ok(()) } else { Err(failed.to_owned()) }
}

/// Runs a program whose answer is text; `failed` and what it wrote are the error when it ends badly.
pub fn ask(command: &mut Command, failed: &str) -> Result<String, String> {
    let output = command.output().map_err(|error| not_started(command, &error))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!("{failed}: {}", String::from_utf8_lossy(&output.stderr).trim_end()))
}

/// Runs a program that may well end badly, and gives what it wrote to standard error.
pub fn listen(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| not_started(command, &error))?;
    Ok(String::from_utf8_lossy(&output.stderr).into_owned())
}

fn not_started(command: &Command, error: &io::Error) -> String {
    let program = command.get_program().to_string_lossy();
    match error.kind() {
        io::ErrorKind::NotFound => {
            format!(
                "`{program}` was not found; install Rust by rustup (https://rustup.rs), open a new terminal and try again"
            )
        }
        _ => format!("cannot start `{program}`: {error}"),
    }
}
