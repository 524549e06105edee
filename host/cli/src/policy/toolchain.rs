//! The Rust of the machine: whether it is there, and its WebAssembly target.
//!
//! Commands run in the policy's folder, so that a `rust-toolchain.toml` there counts.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a policy is compiled for: no operating system, nothing to import.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Why the machine can't compile a policy.
#[derive(Debug, thiserror::Error)]
pub enum ToolchainError {
    /// Nothing of that name on the search path.
    #[error(
        "`{program}` was not found on this machine; install Rust by rustup (https://rustup.rs), open a new terminal and try again"
    )]
    Missing {
        /// `cargo` or `rustc`.
        program: &'static str,
    },
    /// The target is missing, and so is what could install it.
    #[error(
        "this machine's Rust has no `{TARGET}` target, and `rustup`, which would add it, was not found; install Rust \
         by rustup (https://rustup.rs), or your distribution's package of that target (Debian: libstd-rust-dev-wasm32)"
    )]
    NoRustup,
    /// rustup said no; what it printed stands above.
    #[error(
        "`rustup target add {TARGET}` failed; look at its message above (it needs the network once), then try again"
    )]
    TargetNotAdded,
    /// The program is there but could not be started.
    #[error("cannot start `{program}`")]
    Start {
        /// Which one.
        program: &'static str,
        /// Why.
        source: io::Error,
    },
    /// The program ended with a failure.
    #[error("`{program} {arguments}` failed: {message}")]
    Failed {
        /// Which one.
        program: &'static str,
        /// What it was asked.
        arguments: String,
        /// The first line it wrote.
        message: String,
    },
}

/// A command of the toolchain in `folder`, without what the surrounding build may have set for itself.
pub fn command(program: &'static str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).stdin(Stdio::null());
    for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET", "RUSTC_WORKSPACE_WRAPPER"] {
        command.env_remove(name);
    }
    command
}

/// Runs a command whose answer is short, and gives what it wrote.
pub fn ask(program: &'static str, folder: &Path, arguments: &[&OsStr]) -> Result<String, ToolchainError> {
    let output =
        command(program, folder).args(arguments).output().map_err(|source| start(program, source))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let arguments: Vec<_> = arguments.iter().map(|argument| argument.to_string_lossy()).collect();
    let line =
        said.lines().find(|line| line.starts_with("error")).or(said.lines().next()).unwrap_or("no message");
    let message = line.trim_start_matches("error: ").to_owned();
    Err(ToolchainError::Failed { program, arguments: arguments.join(" "), message })
}

/// Why a program didn't start, told apart from its not being there.
pub fn start(program: &'static str, source: io::Error) -> ToolchainError {
    match source.kind() {
        io::ErrorKind::NotFound => ToolchainError::Missing { program },
        _ => ToolchainError::Start { program, source },
    }
}

/// Where the compiler's own files are; their paths must not get into a component.
pub fn sysroot(folder: &Path) -> Result<PathBuf, ToolchainError> {
    let answer = ask("rustc", folder, &["--print".as_ref(), "sysroot".as_ref()])?;
    Ok(PathBuf::from(answer.trim_end()))
}

/// Makes sure that the target is there, adding it by rustup when it isn't.
pub fn ensure_target(folder: &Path, say: &mut dyn FnMut(&str)) -> Result<(), ToolchainError> {
    if has_target(folder)? {
        return Ok(());
    }
    say(&format!("adding the `{TARGET}` target to this machine's Rust (rustup target add {TARGET})"));
    let status = command("rustup", folder).args(["target", "add", TARGET]).stdout(Stdio::null()).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(ToolchainError::TargetNotAdded),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(ToolchainError::NoRustup),
        Err(source) => Err(ToolchainError::Start { program: "rustup", source }),
    }
}

fn has_target(folder: &Path) -> Result<bool, ToolchainError> {
    let arguments = ["--print", "target-libdir", "--target", TARGET].map(OsStr::new);
    let libraries = ask("rustc", folder, &arguments)?;
    let Ok(mut entries) = std::fs::read_dir(libraries.trim_end()) else { return Ok(false) };
    Ok(entries
        .any(|entry| entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("libcore-"))))
}
