//! A store as it was at one instant, to a file.

use super::error::{ArchiveError, Flaw};
use super::{MAGIC, PIECE_BYTES, PIECE_BYTES_MAX, Piece, chained};
use crate::StoreError;
use crate::frame;
use crate::frozen::Frozen;
use crate::key::{Kind, Owner, RawKey, Whose};
use crate::space::Space;
use crate::store::{Direction, RawScan, Store};
use attain_model::{CompanyId, Digest};
use std::io::Write;
use std::sync::Arc;

/// zstd's level: blocks are packed already, records pack well at any.
const LEVEL: i32 = 3;

/// A store as it was at one instant, while it goes on being written.
///
/// What is changed meanwhile is kept in memory until it was read, 64 MiB at most; past that, reading ends with
/// [`StoreError::Thawed`].
pub struct Snapshot {
    frozen: Arc<Frozen>,
    store: Arc<dyn Store>,
}

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// How many records.
    pub records: u64,
    /// The last piece's digest, which covers all of it.
    pub digest: Digest,
}

impl Snapshot {
    /// The store as it is now.
    ///
    /// # Errors
    ///
    /// As a read.
    pub fn of(store: &Arc<dyn Store>) -> Result<Snapshot, StoreError> {
        let frozen = Arc::new(Frozen::of(store)?);
        let store = Arc::clone(&frozen) as Arc<dyn Store>;
        Ok(Snapshot { frozen, store })
    }

    /// The host's own records, as they were.
    pub fn operator(&self) -> Space {
        self.store.operator()
    }

    /// A company's records, as they were.
    pub fn company(&self, id: &CompanyId) -> Space {
        self.store.company(id)
    }

    /// Writes a backup: all of the host, or all of one company. Every record is checked on the way.
    ///
    /// `about` and `companies` are what its owner says, JSON that [`super::Reader`] gives back; each is below 1 MiB.
    ///
    /// # Errors
    ///
    /// [`ArchiveError::Record`] names what is damaged, [`ArchiveError::Broke`] when `out` takes no more.
    pub fn write(
        &self,
        out: impl Write,
        of: Option<&CompanyId>,
        about: &[u8],
        companies: impl IntoIterator<Item = Vec<u8>>,
    ) -> Result<Written, ArchiveError> {
        let mut file = File::begin(out)?;
        file.piece(Piece::About, about)?;
        for company in companies {
            file.piece(Piece::Company, &company)?;
        }
        let mut records = 0u64;
        let mut gathered = Vec::with_capacity(PIECE_BYTES);
        for range in ranges(&*self.store, of) {
            self.walk(range, |key, framed| {
                gathered.extend((key.len() as u16).to_be_bytes());
                gathered.extend_from_slice(key);
                gathered.extend((framed.len() as u32).to_be_bytes());
                gathered.extend_from_slice(framed);
                records += 1;
                if gathered.len() >= PIECE_BYTES {
                    file.piece(Piece::Records, &gathered)?;
                    gathered.clear();
                }
                Ok(())
            })?;
        }
        if !gathered.is_empty() {
            file.piece(Piece::Records, &gathered)?;
        }
        file.piece(Piece::End, &records.to_be_bytes())?;
        Ok(Written { records, digest: file.before })
    }

    /// Gives every record of a range to somebody, under the name that it has outside this store.
    fn walk(
        &self,
        mut scan: RawScan,
        mut each: impl FnMut(&[u8], &[u8]) -> Result<(), ArchiveError>,
    ) -> Result<(), ArchiveError> {
        loop {
            let page = self.frozen.scan(&scan)?;
            for (key, framed) in &page.entries {
                match key.split() {
                    Some((_, Whose::Company(id, life), _)) if life != self.frozen.lives().of(&id) => {}
                    Some((kind, Whose::Company(id, _), _)) => {
                        let whose = || format!("company `{id}`");
                        checked(kind, key, framed, whose)?;
                        each(&key.named(), framed)?;
                    }
                    Some((kind, Whose::Operator, _)) => {
                        checked(kind, key, framed, || String::from("the host's own records"))?;
                        each(&key.named(), framed)?;
                    }
                    Some((_, Whose::Store, _)) | None => return Err(key.damaged(crate::Damage::Kind).into()),
                }
            }
            let Some(last) = page.last.filter(|_| page.more) else { return Ok(()) };
            scan.from = last.next();
            self.frozen.pass(&scan.from);
        }
    }
}

fn checked(kind: Kind, key: &RawKey, framed: &[u8], whose: impl Fn() -> String) -> Result<(), ArchiveError> {
    match frame::check(kind, key, framed) {
        Ok(_) => Ok(()),
        Err(source) => Err(ArchiveError::Record { whose: whose(), source }),
    }
}

/// Where the records lie, in the order of their keys.
fn ranges(store: &dyn Store, of: Option<&CompanyId>) -> Vec<RawScan> {
    let range = |from, to| RawScan { from, to, direction: Direction::Forward, limit: 1_000 };
    let kinds = Kind::ALL.iter().filter(|kind| **kind != Kind::Meta);
    match of {
        None => vec![range(RawKey(vec![Kind::Meta.byte() + 1]), None)],
        Some(id) => {
            let owner = Owner::company(id, store.lives().of(id));
            let prefixes = kinds.map(|kind| owner.key(*kind, &[]));
            prefixes.map(|prefix| range(prefix.clone(), prefix.after_prefix())).collect()
        }
    }
}

/// A file being written.
struct File<W> {
    out: W,
    bytes: u64,
    before: Digest,
}

impl<W: Write> File<W> {
    fn begin(out: W) -> Result<File<W>, ArchiveError> {
        let mut file = File { out, bytes: 0, before: Digest::of(MAGIC) };
        file.write(MAGIC)?;
        Ok(file)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), ArchiveError> {
        self.out.write_all(bytes).map_err(|source| ArchiveError::Broke { bytes: self.bytes, source })?;
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    fn piece(&mut self, kind: Piece, plain: &[u8]) -> Result<(), ArchiveError> {
        let broke = |source| ArchiveError::Broke { bytes: self.bytes, source };
        let packed = zstd::bulk::compress(plain, LEVEL).map_err(broke)?;
        if plain.len().max(packed.len()) > PIECE_BYTES_MAX {
            let flaw =
                Flaw::Content(format!("a part has {} bytes, at most {PIECE_BYTES_MAX} fit", plain.len()));
            return Err(ArchiveError::Damaged { byte: self.bytes, part: 0, flaw });
        }
        // Both are below 2 MiB.
        let lengths = [plain.len(), packed.len()].map(|length| (length as u32).to_be_bytes());
        self.before = chained(&self.before, kind.byte(), lengths, &packed);
        let digest = self.before.0;
        self.write(&[&[kind.byte()], lengths.concat().as_slice(), &digest].concat())?;
        self.write(&packed)?;
        if kind == Piece::End {
            let flushed = self.out.flush();
            flushed.map_err(|source| ArchiveError::Broke { bytes: self.bytes, source })?;
        }
        Ok(())
    }
}
