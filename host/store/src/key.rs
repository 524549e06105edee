//! Names of records: a kind, then the company, then the rest.
//!
//! Above the store a key is a [`Key`]: kind and rest. The company is put between by a
//! [`Space`](crate::Space) and by nothing else, so a [`RawKey`] can't be formed elsewhere.

use crate::error::{Damage, StoreError};
use attain_model::CompanyId;
use std::borrow::Cow;

/// The most bytes a key may have after the company.
pub(crate) const REST_BYTES_MAX: usize = 1024;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $byte:literal, $name:literal;)*) => {
        /// What a record is. Its byte stands first in the key and is never given to another kind.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Kind { $($(#[$doc])* $kind = $byte,)* }

        impl Kind {
            /// Every kind, by rising byte.
            pub const ALL: &'static [Kind] = &[$(Kind::$kind,)*];

            /// The byte in keys and frames.
            pub fn byte(self) -> u8 {
                match self { $(Kind::$kind => $byte,)* }
            }

            /// The kind of a byte.
            pub fn from_byte(byte: u8) -> Option<Kind> {
                match byte { $($byte => Some(Kind::$kind),)* _ => None }
            }

            /// What people call it in a message.
            pub fn name(self) -> &'static str {
                match self { $(Kind::$kind => $name,)* }
            }
        }
    };
}

kinds! {
    /// The store's record about itself: its write counter. In no space.
    Meta = 0x01, "store record";
    /// A company: name, currency, calendar.
    Company = 0x02, "company";
    /// A setting of a company or of the operator.
    Setting = 0x03, "setting";
    /// A key or a role of somebody who may act.
    Access = 0x04, "access key";
    /// A published policy: manifest and digest of its component.
    Policy = 0x10, "policy";
    /// The length of a large byte value, such as a component. Written last.
    Bytes = 0x11, "byte value";
    /// A piece of a large byte value.
    BytesPiece = 0x12, "piece of a byte value";
    /// Compiled code of a component.
    Compiled = 0x13, "compiled policy";
    /// A tag such as `scorecard@1`, and the digest it names.
    Tag = 0x14, "tag";
    /// A published plan.
    Plan = 0x20, "plan";
    /// A snapshot's manifest, revision by revision.
    Snapshot = 0x30, "snapshot";
    /// A table's manifest, where it isn't part of another record.
    Table = 0x31, "table";
    /// A block of a table's rows.
    Block = 0x32, "table block";
    /// The digests of a table's blocks, page by page.
    BlockList = 0x33, "block list";
    /// Targets of a period.
    Target = 0x34, "targets";
    /// A resolved period: its first and last day.
    Period = 0x35, "period";
    /// A register entry: a participant's stable id, names, aliases.
    Register = 0x36, "register entry";
    /// A salt of a person's row.
    Salt = 0x37, "salt";
    /// A run record.
    Run = 0x40, "run";
    /// What a run gave: its outcome's manifest.
    Outcome = 0x41, "outcome";
    /// Which run is the official one of a plan and period.
    Official = 0x42, "official run";
    /// A state change or a comment of a run.
    Review = 0x43, "review";
    /// An entry of the log.
    Log = 0x50, "log entry";
    /// A full tile of the log's hashes.
    Tile = 0x51, "log tile";
    /// The log's head: its size and right edge.
    Head = 0x52, "log head";
    /// A signed checkpoint of the log.
    Checkpoint = 0x53, "checkpoint";
    /// The answer to a request that must not be done twice.
    Request = 0x60, "request";
    /// A piece of work that waits or runs.
    Job = 0x61, "job";
}

/// A record's name within its company: kind and rest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// What the record is.
    pub kind: Kind,
    /// Which one of its kind: at most 1,024 bytes; order of keys is order of bytes.
    pub rest: Vec<u8>,
}

impl Key {
    /// The key of this kind and rest.
    pub fn new(kind: Kind, rest: impl AsRef<[u8]>) -> Key {
        Key { kind, rest: rest.as_ref().to_vec() }
    }

    /// A key of several parts, each ended so that no part runs into the next and keys go in the order of
    /// their parts: a zero byte within a part is written as `00 ff`, and `00 01` ends it.
    ///
    /// ```
    /// use attain_store::{Key, Kind};
    /// let key = |parts: &[&str]| Key::of_parts(Kind::Official, parts);
    /// assert_ne!(key(&["ab", "c"]), key(&["a", "bc"]));
    /// assert!(key(&["a", "z"]) < key(&["ab", "a"]));
    /// ```
    pub fn of_parts<P: AsRef<[u8]>>(kind: Kind, parts: &[P]) -> Key {
        let mut rest = Vec::new();
        for part in parts {
            for byte in part.as_ref() {
                rest.push(*byte);
                if *byte == 0 {
                    rest.push(0xff);
                }
            }
            rest.extend([0, 1]);
        }
        Key { kind, rest }
    }

    /// The parts that [`Key::of_parts`] was given; none when the key wasn't made by it.
    pub fn parts(&self) -> Option<Vec<Vec<u8>>> {
        let mut parts = Vec::new();
        let mut part = Vec::new();
        let mut bytes = self.rest.iter();
        while let Some(byte) = bytes.next() {
            match (byte, if *byte == 0 { bytes.next() } else { None }) {
                (0, Some(1)) => parts.push(std::mem::take(&mut part)),
                (0, Some(0xff)) => part.push(0),
                (0, _) => return None,
                (byte, _) => part.push(*byte),
            }
        }
        part.is_empty().then_some(parts)
    }
}

/// Text as it is, anything else in hexadecimal, neither longer than a line.
fn label(rest: &[u8]) -> String {
    let text = std::str::from_utf8(rest).ok().map(|text| text.replace("\0\u{1}", "/"));
    match text {
        Some(text) if !text.chars().any(char::is_control) => text.chars().take(80).collect(),
        _ => rest.iter().take(40).map(|byte| format!("{byte:02x}")).collect(),
    }
}

/// Whose records: the company's id and a zero byte, or only the zero byte for the operator.
///
/// An id has no zero byte and is never empty, so no owner is the beginning of another. A company that was put in the
/// place of another under its id has a later life: its number stands behind the id, as `~1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner(Vec<u8>);

/// What stands between a company's id and the number of its life, from the second on. No id has it.
const LIFE: u8 = b'~';

/// Whose a full key is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// The store's own.
    Store,
    /// The operator's.
    Operator,
    /// A company's, in one of its lives.
    Company(CompanyId, u32),
}

impl Owner {
    /// A company in one of its lives, counted from 0.
    pub(crate) fn company(id: &CompanyId, life: u32) -> Owner {
        Owner(match life {
            0 => [id.as_str().as_bytes(), &[0]].concat(),
            life => format!("{id}~{life}\0").into_bytes(),
        })
    }

    pub(crate) fn operator() -> Owner {
        Owner(vec![0])
    }

    /// The store itself: what it writes about itself, out of everybody's reach.
    pub(crate) fn store() -> Owner {
        Owner(vec![1, 0])
    }

    /// What stands in a key before the zero byte.
    pub(crate) fn name(&self) -> &[u8] {
        self.0.strip_suffix(&[0]).unwrap_or(&self.0)
    }

    /// INVARIANT (one company): the only place where a full key is put together.
    pub(crate) fn key(&self, kind: Kind, rest: &[u8]) -> RawKey {
        let mut bytes = Vec::with_capacity(1 + self.0.len() + rest.len());
        bytes.push(kind.byte());
        bytes.extend_from_slice(&self.0);
        bytes.extend_from_slice(rest);
        RawKey(bytes)
    }

    /// The rest of a full key of this owner and kind.
    pub(crate) fn rest<'a>(&self, kind: Kind, key: &'a RawKey) -> Option<&'a [u8]> {
        key.0.strip_prefix(&[kind.byte()])?.strip_prefix(self.0.as_slice())
    }
}

/// A full key as the engine orders it: kind, company, rest. Only this crate makes one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RawKey(pub(crate) Vec<u8>);

impl RawKey {
    /// The bytes that the engine orders by.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The key without its company's life: what a checksum is over, and what it is called outside this store.
    pub(crate) fn named(&self) -> Cow<'_, [u8]> {
        let owner = self.0.iter().skip(1).take_while(|byte| **byte != 0);
        match owner.clone().position(|byte| *byte == LIFE) {
            None => Cow::Borrowed(&self.0),
            Some(id) => {
                let (end, life) = (1 + id, owner.count() - id);
                let (before, after) = (self.0.get(..end), self.0.get(end + life..));
                Cow::Owned([before.unwrap_or_default(), after.unwrap_or_default()].concat())
            }
        }
    }

    /// Whose it is, as it stands in the key: an [`Owner::name`].
    pub(crate) fn owner(&self) -> &[u8] {
        let tail = self.0.get(1..).unwrap_or_default();
        tail.split(|byte| *byte == 0).next().unwrap_or_default()
    }

    /// Kind, owner and rest; none when it is no key that this crate makes.
    pub(crate) fn split(&self) -> Option<(Kind, Whose, &[u8])> {
        let (kind, tail) = self.0.split_first()?;
        let end = tail.iter().position(|byte| *byte == 0)?;
        let (owner, rest) = (tail.get(..end)?, tail.get(end + 1..)?);
        let whose = match owner {
            [] => Whose::Operator,
            [1] => Whose::Store,
            owner => {
                let text = std::str::from_utf8(owner).ok()?;
                let (id, life) = text.split_once(char::from(LIFE)).unwrap_or((text, "0"));
                let (id, life) = (CompanyId::parse(id)?, life.parse().ok()?);
                // Only the one way of writing it.
                let same = Owner::company(&id, life).0.strip_suffix(&[0]) == Some(owner);
                same.then_some(Whose::Company(id, life))?
            }
        };
        Some((Kind::from_byte(*kind)?, whose, rest))
    }

    /// The first key that doesn't begin with this one; none when there is none.
    pub(crate) fn after_prefix(&self) -> Option<RawKey> {
        let mut bytes = self.0.clone();
        while let Some(last) = bytes.pop() {
            if last < 0xff {
                bytes.push(last + 1);
                return Some(RawKey(bytes));
            }
        }
        None
    }

    /// The error that says this record is damaged.
    pub(crate) fn damaged(&self, damage: Damage) -> StoreError {
        let (kind, key) = self.describe();
        StoreError::Corrupt { kind, key, damage }
    }

    /// What kind of record it is, and its rest in a form for people; the company isn't named.
    pub(crate) fn describe(&self) -> (&'static str, String) {
        let kind = self.0.first().and_then(|byte| Kind::from_byte(*byte)).map_or("record", Kind::name);
        let rest = self.0.iter().position(|byte| *byte == 0).and_then(|end| self.0.get(end + 1..));
        (kind, label(rest.unwrap_or_default()))
    }

    /// The first key after this one.
    pub(crate) fn next(&self) -> RawKey {
        RawKey([self.0.as_slice(), &[0]].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_bytes_of_their_own_that_read_back() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_byte(kind.byte()), Some(*kind));
        }
        assert!(Kind::ALL.windows(2).all(|pair| pair[0].byte() < pair[1].byte()));
        assert_eq!(Kind::from_byte(0), None);
    }

    #[test]
    fn no_company_is_the_beginning_of_another() {
        let owner = |id| Owner::company(&CompanyId::parse(id).unwrap(), 0);
        let key = owner("acme").key(Kind::Plan, b"x");
        assert_eq!(owner("acme").rest(Kind::Plan, &key), Some(&b"x"[..]));
        assert_eq!(owner("acme").rest(Kind::Run, &key), None);
        for other in [owner("acme-2"), owner("acm"), owner("a"), Owner::operator()] {
            assert_eq!(other.rest(Kind::Plan, &key), None);
        }
    }

    #[test]
    fn a_later_life_has_keys_of_its_own_and_the_name_of_the_first() {
        let acme = CompanyId::parse("acme").unwrap();
        let lives = [0, 1, 2, 10, u32::MAX].map(|life| (life, Owner::company(&acme, life)));
        for (life, owner) in &lives {
            let key = owner.key(Kind::Plan, b"a~1\0b");
            assert_eq!(key.split(), Some((Kind::Plan, Whose::Company(acme.clone(), *life), &b"a~1\0b"[..])));
            assert_eq!(key.named(), b"\x20acme\0a~1\0b".as_slice());
            assert_eq!(lives.iter().filter(|(_, other)| other.rest(Kind::Plan, &key).is_some()).count(), 1);
        }
        let operator = Owner::operator().key(Kind::Plan, b"a~1\0");
        assert_eq!(
            (operator.split(), operator.named()),
            (Some((Kind::Plan, Whose::Operator, &b"a~1\0"[..])), operator.0.as_slice().into())
        );
        for bad in [
            "",
            "\x20",
            "\x20acme",
            "\x20acme~0\0",
            "\x20acme~01\0",
            "\x20acme~+1\0",
            "\x20acme~\0",
            "\x20Acme\0",
            "\x02~1\0",
            "\x7facme\0",
        ] {
            assert_eq!(RawKey(bad.as_bytes().to_vec()).split(), None, "{bad:?}");
        }
    }

    #[test]
    fn parts_read_back_and_keep_their_order() {
        let hostile: [&[u8]; 7] = [b"", b"\0", b"\0\x01", b"\0\xff", b"a", b"a\0", b"\xff"];
        for a in hostile {
            for b in hostile {
                let key = Key::of_parts(Kind::Run, &[a, b]);
                assert_eq!(key.parts(), Some(vec![a.to_vec(), b.to_vec()]));
                for c in hostile {
                    let other = Key::of_parts(Kind::Run, &[c, b]);
                    assert_eq!(key.cmp(&other), a.cmp(c));
                }
            }
        }
    }

    #[test]
    fn the_key_after_a_prefix_is_past_everything_that_begins_with_it() {
        assert_eq!(RawKey(vec![1, 0xff]).after_prefix(), Some(RawKey(vec![2])));
        assert_eq!(RawKey(vec![0xff]).after_prefix(), None);
    }
}
