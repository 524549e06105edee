//! A backup, read piece by piece; nothing of a piece is given before all of it was checked.

use super::error::{ArchiveError, Flaw};
use super::{HEAD_BYTES, MAGIC, PIECE_BYTES_MAX, Piece, chained};
use crate::frame;
use crate::key::{Key, Kind, RawKey, Whose};
use attain_model::{CompanyId, Digest};
use std::collections::VecDeque;
use std::io::{ErrorKind, Read};

/// Something that a backup holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// What its owner said it is about. Comes first, and once.
    About(Vec<u8>),
    /// What its owner said about a company.
    Company(Vec<u8>),
    /// A record.
    Record(Record),
}

/// A record of a backup, checked: right as it was sealed, under its own key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Of a company's first life, or the operator's.
    pub(crate) key: RawKey,
    pub(crate) framed: Vec<u8>,
}

impl Record {
    /// Whose it is; none for the host's own.
    pub fn company(&self) -> Option<CompanyId> {
        match self.key.split() {
            Some((_, Whose::Company(id, _), _)) => Some(id),
            _ => None,
        }
    }

    /// Its name within its owner's.
    pub fn key(&self) -> Option<Key> {
        self.key.split().map(|(kind, _, rest)| Key::new(kind, rest))
    }
}

/// Reads a backup to its end.
pub struct Reader<R> {
    from: R,
    /// Bytes read, and where the piece at hand begins.
    bytes: u64,
    begin: u64,
    parts: u64,
    digest: Digest,
    gathered: VecDeque<Record>,
    records: u64,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Begin,
    Companies,
    Records,
    End,
}

impl<R: Read> Reader<R> {
    /// Looks at how it begins.
    ///
    /// # Errors
    ///
    /// [`ArchiveError::NotOne`], [`ArchiveError::TooNew`], [`ArchiveError::Broke`].
    pub fn open(from: R) -> Result<Reader<R>, ArchiveError> {
        let mut reader = Reader {
            from,
            bytes: 0,
            begin: 0,
            parts: 0,
            digest: Digest::of(MAGIC),
            gathered: VecDeque::new(),
            records: 0,
            state: State::Begin,
        };
        let mut magic = [0; MAGIC.len()];
        let read = reader.fill(&mut magic)?;
        match magic.strip_prefix(b"attain backup ") {
            Some(b"1\n") => Ok(reader),
            Some(format) if read == magic.len() => {
                let found = String::from_utf8_lossy(format).trim().replace(char::is_control, "?");
                Err(ArchiveError::TooNew { found })
            }
            _ => Err(ArchiveError::NotOne),
        }
    }

    /// The next entry; none once all of it was read and found whole.
    ///
    /// # Errors
    ///
    /// [`ArchiveError::Damaged`] names the place; then nothing more is to be had.
    #[expect(clippy::should_implement_trait, reason = "an error ends it, which no iterator says")]
    pub fn next(&mut self) -> Result<Option<Entry>, ArchiveError> {
        loop {
            if let Some(record) = self.gathered.pop_front() {
                return Ok(Some(Entry::Record(record)));
            }
            if self.state == State::End {
                return Ok(None);
            }
            let (kind, plain) = self.piece()?;
            match (self.state, kind) {
                (State::Begin, Piece::About) => {
                    self.state = State::Companies;
                    return Ok(Some(Entry::About(plain)));
                }
                (State::Companies, Piece::Company) => return Ok(Some(Entry::Company(plain))),
                (State::Companies | State::Records, Piece::Records) => {
                    self.state = State::Records;
                    self.gather(&plain)?;
                }
                (State::Companies | State::Records, Piece::End) => {
                    if plain != self.records.to_be_bytes() {
                        return Err(self.flawed(Flaw::Content(String::from(
                            "it holds another number of records than it says",
                        ))));
                    }
                    self.begin = self.bytes;
                    if self.fill(&mut [0])? > 0 {
                        return Err(self.flawed(Flaw::Behind));
                    }
                    self.state = State::End;
                }
                _ => return Err(self.flawed(Flaw::Order)),
            }
        }
    }

    /// The digest of all that was read: of the whole file, once it was read to its end.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    fn flawed(&self, flaw: Flaw) -> ArchiveError {
        ArchiveError::Damaged { byte: self.begin, part: self.parts.max(1), flaw }
    }

    /// Reads until a buffer is full or nothing more comes.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, ArchiveError> {
        let mut filled = 0;
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.from.read(rest) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(source) => return Err(ArchiveError::Broke { bytes: self.bytes, source }),
            }
        }
        self.bytes += filled as u64;
        Ok(filled)
    }

    /// The next piece, checked.
    fn piece(&mut self) -> Result<(Piece, Vec<u8>), ArchiveError> {
        (self.begin, self.parts) = (self.bytes, self.parts + 1);
        let mut head = [0; HEAD_BYTES];
        if self.fill(&mut head)? < head.len() {
            return Err(self.flawed(Flaw::Cut));
        }
        let [kind, a0, a1, a2, a3, b0, b1, b2, b3, digest @ ..] = head;
        let lengths = [[a0, a1, a2, a3], [b0, b1, b2, b3]];
        let [plain, packed] = lengths.map(|length| u32::from_be_bytes(length) as usize);
        if plain.max(packed) > PIECE_BYTES_MAX {
            return Err(self.flawed(Flaw::Changed));
        }
        let mut bytes = vec![0; packed];
        if self.fill(&mut bytes)? < packed {
            return Err(self.flawed(Flaw::Cut));
        }
        let digest = Digest(digest);
        if chained(&self.digest, kind, lengths, &bytes) != digest {
            return Err(self.flawed(Flaw::Changed));
        }
        self.digest = digest;
        let kind = Piece::from_byte(kind).ok_or_else(|| self.flawed(Flaw::Order))?;
        let unpacked = zstd::bulk::decompress(&bytes, plain).ok().filter(|unpacked| unpacked.len() == plain);
        let unpacked = unpacked.ok_or_else(|| {
            self.flawed(Flaw::Content(String::from("a part doesn't unpack to what it says")))
        })?;
        Ok((kind, unpacked))
    }

    fn gather(&mut self, mut plain: &[u8]) -> Result<(), ArchiveError> {
        while !plain.is_empty() {
            let cut = || self.flawed(Flaw::Content(String::from("a record is cut short")));
            let (key, rest) = take_u16(plain).ok_or_else(cut)?;
            let (framed, rest) = take_u32(rest).ok_or_else(cut)?;
            plain = rest;
            let record = Record { key: RawKey(key.to_vec()), framed: framed.to_vec() };
            self.check(&record)?;
            self.records += 1;
            self.gathered.push_back(record);
        }
        Ok(())
    }

    /// A record is a company's or the operator's, in its first life, and right under its key.
    fn check(&self, record: &Record) -> Result<(), ArchiveError> {
        let content = |why: String| self.flawed(Flaw::Content(why));
        let named = match record.key.split() {
            Some((Kind::Meta, ..)) | None | Some((_, Whose::Store, _)) => None,
            Some((_, Whose::Company(_, life), _)) if life > 0 => None,
            Some((kind, _, rest)) => (rest.len() <= crate::key::REST_BYTES_MAX).then_some(kind),
        };
        let kind = named.ok_or_else(|| content(String::from("a record has a key that no backup has")))?;
        if record.framed.len() > frame::FRAME_BYTES + frame::VALUE_BYTES_MAX {
            return Err(content(String::from("a record is larger than any is kept")));
        }
        frame::check(kind, &record.key, &record.framed).map_err(|error| content(error.to_string()))?;
        Ok(())
    }
}

fn take_u16(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(u16::from_be_bytes(*length).into())
}

fn take_u32(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Owner;

    /// A file of parts that hang together, whatever they hold.
    fn file(parts: &[(u8, &[u8])]) -> Vec<u8> {
        let mut file = MAGIC.to_vec();
        let mut before = Digest::of(MAGIC);
        for (kind, plain) in parts {
            let packed = zstd::bulk::compress(plain, 1).unwrap();
            let lengths = [plain.len(), packed.len()].map(|length| (length as u32).to_be_bytes());
            before = chained(&before, *kind, lengths, &packed);
            file.extend([&[*kind], lengths.concat().as_slice(), &before.0, &packed].concat());
        }
        file
    }

    fn record(key: &RawKey, framed: &[u8]) -> Vec<u8> {
        let lengths = ((key.0.len() as u16).to_be_bytes(), (framed.len() as u32).to_be_bytes());
        [&lengths.0, key.as_bytes(), &lengths.1, framed].concat()
    }

    fn sealed(key: &RawKey) -> Vec<u8> {
        let kind = key.0.first().and_then(|byte| Kind::from_byte(*byte)).unwrap_or(Kind::Plan);
        record(key, &frame::seal(kind, key, b"body").unwrap().1)
    }

    #[track_caller]
    fn check(parts: &[(u8, &[u8])], refused: &str) {
        let file = file(parts);
        let mut reader = Reader::open(&file[..]).unwrap();
        let error = loop {
            match reader.next() {
                Ok(Some(_)) => {}
                Ok(None) => break "whole".to_owned(),
                Err(error) => break error.to_string(),
            }
        };
        assert!(error.contains(refused), "{error}");
    }

    #[test]
    fn what_hangs_together_and_yet_is_no_backup_is_refused() {
        let company = |id| Owner::company(&CompanyId::parse("acme").unwrap(), id).key(Kind::Plan, b"x");
        let good = sealed(&company(0));
        let (one, none) = (1u64.to_be_bytes(), 0u64.to_be_bytes());
        check(&[(1, b"{}"), (3, &good), (4, &one)], "whole");
        check(&[(1, b"{}"), (4, &none)], "whole");
        check(&[(1, b"{}"), (3, &good), (4, &none)], "another number of records");
        check(&[(1, b"{}"), (4, b"")], "another number of records");
        for parts in [
            &[(4, &none[..])][..],
            &[(2, b"{}"), (1, b"{}")],
            &[(1, b"{}"), (1, b"{}")],
            &[(1, b"{}"), (3, &good), (2, b"{}")],
            &[(1, b"{}"), (9, b"{}")],
        ] {
            check(parts, "a part stands where it can't");
        }
        check(&[(1, b"{}"), (3, &good)], "cut short");
        check(&[(1, b"{}"), (3, &good[..good.len() - 1])], "a record is cut short");
        check(&[(1, b"{}"), (3, &[0])], "a record is cut short");
        for key in [
            company(1),
            Owner::store().key(Kind::Meta, b"number"),
            Owner::operator().key(Kind::Meta, b"x"),
            RawKey(b"\x20Acme\0x".to_vec()),
            RawKey(b"\x7facme\0x".to_vec()),
            RawKey(b"\x20acme".to_vec()),
            RawKey(Vec::new()),
            Owner::operator().key(Kind::Plan, &[b'x'; 1_025]),
        ] {
            check(&[(1, b"{}"), (3, &sealed(&key))], "a record has a key that no backup has");
        }
        let other = Owner::operator().key(Kind::Plan, b"y");
        let framed = frame::seal(Kind::Plan, &company(0), b"body").unwrap().1;
        check(&[(1, b"{}"), (3, &record(&other, &framed))], "stored plan `y` is damaged: its checksum");
        check(&[(1, b"{}"), (3, &record(&other, &[0; 100_039]))], "larger than any is kept");
        check(&[(1, b"{}"), (3, &record(&other, b""))], "its length is not what was written");
    }

    #[test]
    fn a_part_that_says_more_than_it_holds_asks_for_no_memory() {
        let mut huge = file(&[(1, b"{}")]);
        huge[17..21].copy_from_slice(&u32::MAX.to_be_bytes());
        let error = Reader::open(&huge[..]).unwrap().next().unwrap_err();
        assert!(matches!(error, ArchiveError::Damaged { byte: 16, part: 1, flaw: Flaw::Changed }), "{error}");
        // Packed so that it would unpack to more than it says.
        let packed = zstd::bulk::compress(&vec![0; 50 << 20], 1).unwrap();
        let lengths = [2u32, packed.len() as u32].map(u32::to_be_bytes);
        let digest = chained(&Digest::of(MAGIC), 1, lengths, &packed);
        let bomb = [MAGIC.as_slice(), &[1], lengths.concat().as_slice(), &digest.0, &packed].concat();
        let error = Reader::open(&bomb[..]).unwrap().next().unwrap_err().to_string();
        assert!(error.contains("a part doesn't unpack to what it says"), "{error}");
    }
}
