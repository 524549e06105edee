//! Packs the policy SDK's sources into one file, which the binary carries: `attain policy new` works on a
//! machine that has nothing but the binary and rustup.
//!
//! In:  `sdk/rust`, `sdk/macros`, `sdk/cases`, `sdk/wit` and the repository's `Cargo.lock`.
//! Out: `$OUT_DIR/sdk.pack`. A file is the length of its path (u32, little-endian), the path, the length of
//!      its content, the content; files rise by path. The paths are relative: nothing of the building
//!      machine is in the pack, and the same sources give the same bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The folders of `sdk/` that an author's build needs.
const PARTS: [&str; 4] = ["cases", "macros", "rust", "wit"];

/// Folders that a policy's build never reads.
const LEFT_OUT: [&str; 3] = ["target", "tests", "benches"];

/// The packages whose locked versions a new policy begins with.
const LOCK_ROOTS: [&str; 3] = ["attain-cases", "attain-sdk", "attain-sdk-macros"];

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../..");
    let mut files = BTreeMap::new();
    for part in PARTS {
        collect(&root.join("sdk").join(part), part, &mut files)?;
    }
    println!("cargo::rerun-if-changed={}", root.join("sdk").display());

    let lock = root.join("Cargo.lock");
    println!("cargo::rerun-if-changed={}", lock.display());
    files.insert("Cargo.lock".to_owned(), lock_of(&fs::read_to_string(lock)?, &LOCK_ROOTS).into_bytes());

    let mut pack = Vec::new();
    for (path, content) in &files {
        for field in [path.as_bytes(), content] {
            pack.extend_from_slice(&u32::try_from(field.len())?.to_le_bytes());
            pack.extend_from_slice(field);
        }
    }
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("sdk.pack"), pack)?;
    Ok(())
}

/// Reads every file below `folder` into `files`, under paths that begin with `name`.
fn collect(folder: &Path, name: &str, files: &mut BTreeMap<String, Vec<u8>>) -> Result<(), Box<dyn Error>> {
    if !folder.is_dir() {
        return Ok(());
    }
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let file_name = entry.file_name().into_string().map_err(|name| format!("{name:?} is not UTF-8"))?;
        let path = format!("{name}/{file_name}");
        if file_name.starts_with('.') || LEFT_OUT.contains(&file_name.as_str()) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &path, files)?;
        } else {
            println!("cargo::rerun-if-changed={}", entry.path().display());
            files.insert(path, fs::read(entry.path())?);
        }
    }
    Ok(())
}

/// The part of a lock file that the named packages reach. Cargo drops what a policy doesn't need of it.
fn lock_of(lock: &str, roots: &[&str]) -> String {
    let mut blocks = lock.split("[[package]]\n");
    let head = blocks.next().unwrap_or_default();
    let packages: Vec<(&str, &str)> =
        blocks.filter_map(|block| Some((field(block, "name")?, block))).collect();

    let mut wanted: BTreeSet<&str> = BTreeSet::new();
    let mut open: Vec<&str> = roots.to_vec();
    while let Some(name) = open.pop() {
        if wanted.insert(name) {
            let blocks = packages.iter().filter(|(package, _)| *package == name);
            open.extend(blocks.flat_map(|(_, block)| dependencies(block)));
        }
    }
    let kept = packages.iter().filter(|(name, _)| wanted.contains(name));
    kept.fold(head.to_owned(), |text, (_, block)| format!("{text}[[package]]\n{block}"))
}

/// The value of `key = "value"` in a block of a lock file.
fn field<'a>(block: &'a str, key: &str) -> Option<&'a str> {
    let line = block.lines().find(|line| line.split(" = ").next() == Some(key))?;
    line.split('"').nth(1)
}

/// The names in a block's `dependencies = [...]`; a version after the name is left out.
fn dependencies(block: &str) -> impl Iterator<Item = &str> {
    let list = block.split_once("dependencies = [\n").map_or("", |(_, rest)| rest);
    let lines = list.lines().take_while(|line| !line.starts_with(']'));
    lines.filter_map(|line| line.split('"').nth(1)?.split(' ').next())
}
