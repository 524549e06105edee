//! The store's directory: whose it is, what may lie in it, and what a kill left behind.

use crate::error::StoreError;
use std::fs::{File, TryLockError};
use std::io::{Read, Write};
use std::path::Path;

/// Held open and locked while the store is.
pub(super) struct Lock {
    _file: File,
}

/// Whether the directory has held a store before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing was ever acknowledged here.
    New,
    /// A store was made here: it must have its records.
    Made,
}

const LOCK: &str = "lock";
const FORMAT: &str = "format";
const FORMAT_NEW: &str = "format.new";
const FORMAT_TEXT: &str = "attain store 1\n";

/// Takes the directory for this process, makes it when it isn't there, and removes what a kill left.
pub(super) fn enter(dir: &Path) -> Result<(Lock, State), StoreError> {
    if let Some(file) = dir.ancestors().find(|part| part.is_file()) {
        let reason = "it is a file, expected a directory; name another one".to_owned();
        return Err(StoreError::NotAStore { dir: file.into(), reason });
    }
    std::fs::create_dir_all(dir).map_err(|source| disk("create directory", dir, source))?;
    let lock = lock(dir)?;
    let state = read_format(dir)?;
    refuse_strangers(dir, state)?;
    remove_half_made_snapshots(dir)?;
    Ok((lock, state))
}

/// Marks the directory as a store's, once everything in it is durable.
pub(super) fn mark(dir: &Path) -> Result<(), StoreError> {
    for name in ["conf", "blobs", "."] {
        sync(&dir.join(name))?;
    }
    let new = dir.join(FORMAT_NEW);
    let mut file = File::create(&new).map_err(|source| disk("create", &new, source))?;
    file.write_all(FORMAT_TEXT.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(|source| disk("write", &new, source))?;
    std::fs::rename(&new, dir.join(FORMAT)).map_err(|source| disk("rename", &new, source))?;
    sync(dir)?;
    sync(parent(dir))
}

/// A directory under another name that isn't taken, durably.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    std::fs::rename(from, to).map_err(|source| disk("rename", from, source))?;
    sync(parent(to))
}

fn parent(path: &Path) -> &Path {
    // A relative path of one part has an empty parent: the current directory.
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Brings a file, or a directory's list of names, to the disk.
fn sync(path: &Path) -> Result<(), StoreError> {
    if !cfg!(unix) && path.is_dir() {
        return Ok(());
    }
    File::open(path).and_then(|file| file.sync_all()).map_err(|source| disk("sync", path, source))
}

fn lock(dir: &Path) -> Result<Lock, StoreError> {
    let path = dir.join(LOCK);
    let mut file = File::options()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(&path)
        .map_err(|source| disk("open", &path, source))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::Error(source)) => return Err(disk("lock", &path, source)),
        Err(TryLockError::WouldBlock) => {
            let mut text = String::new();
            // Who it is helps; that it is locked is what counts.
            let _ = file.take(20).read_to_string(&mut text);
            return Err(StoreError::Locked { dir: dir.into(), process: text.trim().parse().ok() });
        }
    }
    file.set_len(0)
        .and_then(|()| writeln!(file, "{}", std::process::id()))
        .map_err(|source| disk("write", &path, source))?;
    Ok(Lock { _file: file })
}

fn read_format(dir: &Path) -> Result<State, StoreError> {
    let path = dir.join(FORMAT);
    match std::fs::read(&path) {
        Ok(text) if text == FORMAT_TEXT.as_bytes() => Ok(State::Made),
        Ok(text) => {
            let found: String = String::from_utf8_lossy(&text).trim().chars().take(40).collect();
            let expected = FORMAT_TEXT.trim();
            let reason = format!("its file `{FORMAT}` says `{found}`, expected `{expected}`");
            Err(StoreError::NotAStore { dir: dir.into(), reason })
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(State::New),
        Err(source) => Err(disk("read", &path, source)),
    }
}

/// A directory that isn't marked may hold nothing but what an interrupted making of a store leaves.
fn refuse_strangers(dir: &Path, state: State) -> Result<(), StoreError> {
    if state == State::Made {
        return Ok(());
    }
    for name in names(dir)? {
        let ours = [LOCK, FORMAT_NEW, super::head::NAME, "db", "conf", "blobs"].contains(&name.as_str());
        if !ours && !name.starts_with("snap.") {
            let reason = format!("it holds `{name}`; name an empty directory, or one that is not there yet");
            return Err(StoreError::NotAStore { dir: dir.into(), reason });
        }
    }
    Ok(())
}

/// sled would take a snapshot that it was writing when it was killed for a whole one, and not open.
fn remove_half_made_snapshots(dir: &Path) -> Result<(), StoreError> {
    for name in names(dir)? {
        if name.starts_with("snap.") && name.ends_with(".generating") {
            let path = dir.join(name);
            std::fs::remove_file(&path).map_err(|source| disk("remove", &path, source))?;
        }
    }
    Ok(())
}

fn names(dir: &Path) -> Result<Vec<String>, StoreError> {
    let failed = |source| disk("list", dir, source);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(failed)? {
        names.push(entry.map_err(failed)?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

pub(super) fn disk(action: &'static str, path: &Path, source: std::io::Error) -> StoreError {
    StoreError::Disk { action, path: path.into(), source }
}
