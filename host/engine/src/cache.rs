//! Compiled code on disk, so that a restart doesn't compile every policy again.
//!
//! In:  a component's digest. Out: the compiled component, or nothing.
//!
//! Compiled code is run as it is: whoever could change a byte of it could run anything. So each file carries
//! an authentication code under a key that only this host has (`key`, made at first use, readable by its owner
//! alone); a file that doesn't match is as good as absent. The file's name is made of all that the code depends
//! on: component, profile, and the engine's own hash of release, processor and settings, because an engine
//! accepts code compiled without canonical NaN or with other mitigations without a word.

use attain_model::{Canonical, Digest};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fs;
use std::hash::{Hash, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use wasmtime::component::Component;

/// First bytes of a file; the number is the format's version.
const MAGIC: &[u8; 8] = b"attaincw";
const VERSION: u8 = 1;
const CODE_BYTES: usize = 32;

/// A folder of compiled components.
pub(crate) struct Cache {
    folder: PathBuf,
    key: [u8; 32],
    /// Digest of profile and engine.
    engine: Digest,
}

impl Cache {
    /// Opens the folder, and makes it and its key when they aren't there.
    pub(crate) fn open(folder: &Path, engine: &wasmtime::Engine, profile: Digest) -> io::Result<Cache> {
        make_private(folder)?;
        let mut hash = CanonicalHasher(Canonical::new("attain.engine.v1"));
        engine.precompile_compatibility_hash().hash(&mut hash);
        hash.0.digest(&profile);
        Ok(Cache { key: key_of(&folder.join("key"))?, folder: folder.to_owned(), engine: hash.0.finish() })
    }

    /// The compiled component, when there is one and it is this host's own.
    pub(crate) fn load(&self, engine: &wasmtime::Engine, component: &Digest) -> Option<Component> {
        let bytes = fs::read(self.path(component)).ok()?;
        let Some(compiled) = self.own(component, &bytes) else {
            // Somebody else wrote it, or the disk lost it: it isn't run, it is made again, and somebody should look.
            tracing::error!(
                component = %component,
                file = %self.path(component).display(),
                "compiled code on disk isn't what this host wrote; it is compiled again"
            );
            return None;
        };
        #[expect(
            unsafe_code,
            reason = "the bytes are what `Component::serialize` gave to this host: the code under its key was just verified"
        )]
        // SAFETY: as above.
        let component = unsafe { Component::deserialize(engine, compiled) };
        component.ok()
    }

    /// The compiled code in a file, when it is this host's own.
    fn own<'b>(&self, component: &Digest, bytes: &'b [u8]) -> Option<&'b [u8]> {
        let (head, code) = bytes.split_at_checked(MAGIC.len() + 1)?;
        let (code, compiled) = code.split_at_checked(CODE_BYTES)?;
        let good = head == head_bytes() && self.authenticate(component, compiled)?.verify_slice(code).is_ok();
        good.then_some(compiled)
    }

    /// Keeps a compiled component. Whole or not at all, and atomically.
    pub(crate) fn store(&self, component: &Digest, compiled: &[u8]) -> io::Result<()> {
        let Some(code) = self.authenticate(component, compiled) else { return Ok(()) };
        let path = self.path(component);
        let partial = self.folder.join(format!("{}.{}.partial", component.short(), std::process::id()));
        let mut file = private_file().truncate(true).create(true).open(&partial)?;
        file.write_all(&head_bytes())?;
        file.write_all(&code.finalize().into_bytes())?;
        file.write_all(compiled)?;
        file.sync_data()?;
        fs::rename(&partial, &path)
    }

    fn path(&self, component: &Digest) -> PathBuf {
        self.folder.join(format!("{}.compiled", self.name(component)))
    }

    fn name(&self, component: &Digest) -> Digest {
        let mut name = Canonical::new("attain.compiled.v1");
        name.digest(component).digest(&self.engine);
        name.finish()
    }

    fn authenticate(&self, component: &Digest, compiled: &[u8]) -> Option<Hmac<Sha256>> {
        let mut code = Hmac::<Sha256>::new_from_slice(&self.key).ok()?;
        code.update(&self.name(component).0);
        code.update(compiled);
        Some(code)
    }
}

fn head_bytes() -> [u8; 9] {
    let mut head = [VERSION; 9];
    head[..8].copy_from_slice(MAGIC);
    head
}

/// The key in the file, made when there is none. A file of another length is refused: it isn't a key.
fn key_of(path: &Path) -> io::Result<[u8; 32]> {
    match fs::read(path) {
        Ok(bytes) => bytes.try_into().map_err(|bytes: Vec<u8>| {
            let found = bytes.len();
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!("its `key` has {found} bytes, expected 32; delete the folder, it is made again"),
            )
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => make_key(path),
        Err(error) => Err(error),
    }
}

/// Two hosts that start at once must end up with one key: it is written aside and linked into place, and
/// who comes second reads the first one's.
fn make_key(path: &Path) -> io::Result<[u8; 32]> {
    let mut key = [0u8; 32];
    getrandom::fill(&mut key).map_err(|error| io::Error::other(error.to_string()))?;
    let partial = path.with_extension(format!("{}.{:02x}{:02x}.partial", std::process::id(), key[0], key[1]));
    let mut file = private_file().create_new(true).open(&partial)?;
    file.write_all(&key)?;
    file.sync_data()?;
    let linked = fs::hard_link(&partial, path);
    fs::remove_file(&partial)?;
    match linked {
        Ok(()) => Ok(key),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => key_of(path),
        Err(error) => Err(error),
    }
}

#[cfg(unix)]
fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

fn private_file() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Turns what the engine feeds to a hasher into a digest.
struct CanonicalHasher(Canonical);

impl Hasher for CanonicalHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.text(bytes);
    }

    fn finish(&self) -> u64 {
        let digest = self.0.clone().finish().0;
        digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache(folder: &Path) -> (Cache, wasmtime::Engine, Component) {
        let engine = wasmtime::Engine::new(&crate::profile::config()).unwrap();
        let empty = Component::from_binary(&engine, &wat::parse_str("(component)").unwrap()).unwrap();
        (Cache::open(folder, &engine, Digest::of(b"profile")).unwrap(), engine, empty)
    }

    #[test]
    fn a_changed_byte_anywhere_makes_a_file_as_good_as_absent() {
        let folder = tempfile::tempdir().unwrap();
        let (cache, engine, component) = cache(folder.path());
        let name = Digest::of(b"component");
        cache.store(&name, &component.serialize().unwrap()).unwrap();
        assert!(cache.load(&engine, &name).is_some());

        let good = fs::read(cache.path(&name)).unwrap();
        for at in (0..good.len()).step_by(good.len() / 200 + 1).chain([0, 8, 9, 40, 41, good.len() - 1]) {
            let mut bad = good.clone();
            bad[at] ^= 1;
            fs::write(cache.path(&name), &bad).unwrap();
            assert!(cache.load(&engine, &name).is_none(), "byte {at}");
        }
        for length in [0, 8, 9, 41, good.len() - 1] {
            fs::write(cache.path(&name), &good[..length]).unwrap();
            assert!(cache.load(&engine, &name).is_none(), "length {length}");
        }
    }

    #[test]
    fn code_of_another_host_component_or_profile_is_not_run() {
        let folder = tempfile::tempdir().unwrap();
        let (ours, engine, component) = cache(folder.path());
        let (one, two) = (Digest::of(b"one"), Digest::of(b"two"));
        ours.store(&one, &component.serialize().unwrap()).unwrap();
        fs::copy(ours.path(&one), ours.path(&two)).unwrap();
        assert!(ours.load(&engine, &two).is_none(), "renamed to another component");

        let other_profile = Cache::open(folder.path(), &engine, Digest::of(b"other")).unwrap();
        assert!(other_profile.load(&engine, &one).is_none(), "another profile");

        let elsewhere = tempfile::tempdir().unwrap();
        let (theirs, _, _) = cache(elsewhere.path());
        fs::copy(ours.path(&one), theirs.path(&one)).unwrap();
        assert!(theirs.load(&engine, &one).is_none(), "another host's key");
    }

    #[test]
    #[cfg(unix)]
    fn the_key_is_made_once_and_only_its_owner_reads_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let keys: Vec<[u8; 32]> = std::thread::scope(|scope| {
            let make = || key_of(&folder.path().join("key")).unwrap();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(make)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(keys.windows(2).all(|pair| pair[0] == pair[1]));
        let mode = fs::metadata(folder.path().join("key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::write(folder.path().join("key"), b"short").unwrap();
        let error = key_of(&folder.path().join("key")).unwrap_err();
        assert!(error.to_string().contains("has 5 bytes, expected 32"), "{error}");
    }
}
