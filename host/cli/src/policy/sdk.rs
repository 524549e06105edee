//! The SDK that this binary carries, and its copy beside a policy: `<policy>/.attain/sdk`.
//!
//! Invariant: a copy bears the digest of what it was unpacked from, so that a policy is always built with
//! the SDK of the binary that builds it, and a copy that is up to date is never touched.

use attain_model::Digest;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The files, as `build.rs` packs them.
static PACK: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/sdk.pack"));

/// Where the copy lies in a policy's folder; `Cargo.toml` points there.
pub const FOLDER: &str = ".attain/sdk";

/// The file that says which SDK the copy is.
const STAMP: &str = "STAMP";

/// What happened to a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copy {
    /// There was none.
    Made,
    /// It was another SDK's.
    Replaced,
    /// It is this binary's already.
    Kept,
}

/// The digest of the SDK that this binary carries.
pub fn digest() -> Digest {
    Digest::of(PACK)
}

/// The versions that the SDK was tested with, as the beginning of a policy's `Cargo.lock`.
pub fn lock() -> &'static [u8] {
    files().find(|(path, _)| *path == "Cargo.lock").map_or(b"", |(_, content)| content)
}

/// Makes sure that the copy in a policy's folder is this binary's SDK.
pub fn refresh(policy: &Path) -> io::Result<Copy> {
    let copy = policy.join(FOLDER);
    let stamp = stamp();
    let found = fs::read_to_string(copy.join(STAMP)).ok();
    if found.as_deref() == Some(stamp.as_str()) {
        return Ok(Copy::Kept);
    }
    let fresh = beside(&copy);
    unpack(&fresh, &stamp)?;
    let replaced = copy.exists();
    if replaced {
        fs::remove_dir_all(&copy)?;
    }
    fs::rename(&fresh, &copy)?;
    Ok(if replaced { Copy::Replaced } else { Copy::Made })
}

fn unpack(folder: &Path, stamp: &str) -> io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    for (path, content) in files().filter(|(path, _)| path.contains('/')) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, content)?;
    }
    fs::write(folder.join(STAMP), stamp)
}

/// A folder of this process, so that two builds at once don't write into each other's.
fn beside(copy: &Path) -> PathBuf {
    copy.with_file_name(format!("sdk.{}", std::process::id()))
}

fn stamp() -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "The SDK of attain {version}, unpacked by `attain policy`. Don't edit: a build replaces it.\n{}\n",
        digest()
    )
}

/// Path and content of each file.
fn files() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    let mut rest = PACK;
    std::iter::from_fn(move || {
        let path = field(&mut rest)?;
        let content = field(&mut rest)?;
        Some((std::str::from_utf8(path).ok()?, content))
    })
}

/// Takes one length and its bytes off the front.
fn field(rest: &mut &'static [u8]) -> Option<&'static [u8]> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let (field, after) = after.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
    *rest = after;
    Some(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_binary_carries_the_contract_and_the_sdk() {
        let paths: Vec<&str> = files().map(|(path, _)| path).collect();
        for needed in ["wit/policy.wit", "rust/Cargo.toml", "rust/src/lib.rs", "macros/src/lib.rs"] {
            assert!(paths.contains(&needed), "{needed} is not among {paths:?}");
        }
        let contract = files().find(|(path, _)| *path == "wit/policy.wit").unwrap().1;
        assert_eq!(
            contract,
            fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../sdk/wit/policy.wit")).unwrap()
        );
        let read: usize = files().map(|(path, content)| 8 + path.len() + content.len()).sum();
        assert_eq!(read, PACK.len());
    }

    #[test]
    fn the_binary_carries_no_path_of_the_machine_that_built_it() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_str().unwrap();
        assert!(!PACK.windows(root.len()).any(|window| window == root.as_bytes()));
    }

    #[test]
    fn the_lock_holds_what_the_sdk_needs_and_not_what_the_host_needs() {
        let lock = std::str::from_utf8(lock()).unwrap();
        assert!(lock.contains("name = \"attain-sdk\""));
        assert!(lock.contains("name = \"syn\""));
        assert!(!lock.contains("name = \"wasmtime\""), "{lock}");
        assert!(lock.starts_with("# This file is automatically"));
    }

    #[test]
    fn a_copy_is_made_kept_and_replaced_when_it_is_of_another_binary() {
        let policy = tempfile::tempdir().unwrap();
        assert_eq!(refresh(policy.path()).unwrap(), Copy::Made);
        assert_eq!(refresh(policy.path()).unwrap(), Copy::Kept);
        let copy = policy.path().join(FOLDER);
        fs::write(copy.join(STAMP), "another").unwrap();
        fs::write(copy.join("rust/src/left_behind.rs"), "").unwrap();
        assert_eq!(refresh(policy.path()).unwrap(), Copy::Replaced);
        assert!(!copy.join("rust/src/left_behind.rs").exists());
        assert_eq!(fs::read_dir(policy.path().join(".attain")).unwrap().count(), 1);
    }
}
