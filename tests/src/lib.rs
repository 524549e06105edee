//! Drives the `attain` command as a person does: a data directory, words, and what comes back.
//!
//! The binary is the one that `cargo xtask build` made; `cargo xtask test` says where it is (`ATTAIN_BIN`,
//! `ATTAIN_POLICIES`), else it is looked for beside the test's own folder.

pub mod random;
mod server;

pub use server::{Reply, Server};

use serde_json::Value;
use std::env;
use std::ffi::OsStr;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A host in a directory of its own, gone when dropped.
pub struct Attain {
    folder: TempDir,
}

/// What a command answered.
#[derive(Debug)]
pub struct Answer {
    /// Its exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// The repository's root.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}

fn target() -> PathBuf {
    let beside = env::current_exe()
        .ok()
        .and_then(|exe| exe.ancestors().find(|dir| dir.ends_with("release")).map(Path::to_owned));
    beside
        .and_then(|release| release.parent().map(Path::to_owned))
        .unwrap_or_else(|| repository().join("target"))
}

/// The command's binary.
pub fn binary() -> PathBuf {
    env::var_os("ATTAIN_BIN").map_or_else(|| target().join("release/attain"), PathBuf::from)
}

/// A policy's component.
pub fn component(name: &str) -> PathBuf {
    let folder = env::var_os("ATTAIN_POLICIES").map_or_else(|| target().join("policies"), PathBuf::from);
    let file = folder.join(format!("{name}.wasm"));
    assert!(file.is_file(), "there is no component `{}`; build it: cargo xtask build", file.display());
    file
}

/// A folder of the figures that nobody here wrote, or none where they are absent: then a test says so and
/// passes.
pub fn shared(what: &str) -> Option<PathBuf> {
    let found = repository().parent().map(|root| root.join("shared").join(what)).filter(|path| path.exists());
    if found.is_none() {
        eprintln_once(&format!("skipped: `../shared/{what}` isn't there"));
    }
    found
}

fn eprintln_once(line: &str) {
    eprintln!("{line}");
}

impl Attain {
    /// A host without anything.
    #[expect(clippy::new_without_default, reason = "making one writes to the disk")]
    pub fn new() -> Attain {
        Attain { folder: tempfile::tempdir().expect("a folder for a test") }
    }

    /// A host with the company `acme`, in US dollars, and these policies.
    pub fn with_policies(policies: &[&str]) -> Attain {
        let attain = Attain::new();
        attain.ok(["company", "add", "acme", "--currency", "USD", "--timezone", "America/New_York"]);
        for policy in policies {
            attain.ok([OsStr::new("policy"), OsStr::new("publish"), component(policy).as_os_str()]);
        }
        attain
    }

    /// Another host with the same data as this one has on the disk now. For when no process is at work on it.
    pub fn copy(&self) -> Attain {
        let copy = Attain::new();
        let copied = copy_folder(self.folder.path(), copy.folder.path());
        assert!(copied.is_ok(), "cannot copy `{}`: {copied:?}", self.folder.path().display());
        copy
    }

    /// The folder that commands run in; data lies in `data` below it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file into the folder.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        let written = std::fs::write(&path, content);
        assert!(written.is_ok(), "cannot write `{}`: {written:?}", path.display());
        path
    }

    /// The command on this host's data, not started yet.
    pub fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(binary());
        command
            .args(arguments)
            .arg("--data")
            .arg(self.folder.path().join("data"))
            .current_dir(self.folder.path());
        command.env_remove("ATTAIN_COMPANY").env_remove("ATTAIN_SERVER").env_remove("ATTAIN_DATA");
        command
    }

    /// Runs a command to its end.
    pub fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Answer {
        let output = self.command(arguments).output();
        match output {
            Ok(Output { status, stdout, stderr }) => Answer {
                code: status.code().unwrap_or(-1),
                out: String::from_utf8_lossy(&stdout).into_owned(),
                err: String::from_utf8_lossy(&stderr).into_owned(),
            },
            Err(error) => not_started(&error),
        }
    }

    /// Runs a command to its end, or for so long: then it is killed, and the code is -1.
    pub fn run_within<S: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
        patience: Duration,
    ) -> Answer {
        let mut command = self.command(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(error) => return not_started(&error),
        };
        let (out, err) = (all_of(child.stdout.take()), all_of(child.stderr.take()));
        let began = Instant::now();
        let code = loop {
            match child.try_wait() {
                Ok(Some(status)) => break status.code().unwrap_or(-1),
                Ok(None) if began.elapsed() < patience => std::thread::sleep(Duration::from_millis(2)),
                _ => {
                    let _ = child.kill();
                    let _ = child.wait();
                    break -1;
                }
            }
        };
        Answer { code, out: out.join().unwrap_or_default(), err: err.join().unwrap_or_default() }
    }

    /// Runs a command that must succeed, and gives what it printed.
    #[track_caller]
    pub fn ok<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> String {
        let answer = self.run(arguments);
        assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
        answer.out
    }

    /// Runs a command that must succeed, with `--json`, and reads its answer.
    #[track_caller]
    pub fn json<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Value {
        let arguments: Vec<std::ffi::OsString> =
            arguments.into_iter().map(|a| a.as_ref().to_owned()).chain(["--json".into()]).collect();
        let out = self.ok(arguments);
        let read = serde_json::from_str(&out);
        assert!(read.is_ok(), "not JSON: {out}");
        read.unwrap_or_default()
    }
}

fn not_started(error: &std::io::Error) -> Answer {
    let err = format!("cannot start {}: {error}", binary().display());
    Answer { code: -1, out: String::new(), err }
}

/// Reads all that a process writes, as it comes.
fn all_of(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // What a killed process wrote until then is all there is.
        let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// How many trials of a kind a test makes: as many as usual, or as `ATTAIN_TRIALS` says.
pub fn trials(usual: usize) -> usize {
    env::var("ATTAIN_TRIALS").ok().and_then(|number| number.parse().ok()).unwrap_or(usual)
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &place)?;
        } else {
            std::fs::copy(entry.path(), place)?;
        }
    }
    Ok(())
}

/// A CSV file as rows of named cells.
pub fn csv_rows(text: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows = reader.deserialize().collect::<Result<Vec<_>, _>>();
    assert!(rows.is_ok(), "not CSV: {rows:?}");
    rows.unwrap_or_default()
}
