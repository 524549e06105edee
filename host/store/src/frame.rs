//! The frame around every stored value: what makes a changed bit an error instead of a wrong number.
//!
//! ```text
//! format u8 = 1 | kind u8 | length of body u32 BE | SHA-256 over length of key u64 BE, key, body | body
//! ```
//!
//! The key is part of the checksum, so a right value under a wrong key is damage too; it is that of a company's first
//! life, so that a record is the same in every one. A later format has a checksum that covers its format number, so
//! what matches this one under another number was damaged.

use crate::error::{Damage, StoreError};
use crate::key::{Kind, RawKey};
use attain_model::Digest;
use sha2::{Digest as _, Sha256};

/// The most bytes a value may have.
pub const VALUE_BYTES_MAX: usize = 100_000;

/// Bytes before the body.
pub(crate) const FRAME_BYTES: usize = 38;

/// The frame's format.
const FORMAT: u8 = 1;

/// Puts a body into its frame. The digest is the one in the frame.
pub(crate) fn seal(kind: Kind, key: &RawKey, body: &[u8]) -> Result<(Digest, Vec<u8>), StoreError> {
    let length = u32::try_from(body.len()).ok().filter(|_| body.len() <= VALUE_BYTES_MAX);
    let length = length.ok_or_else(|| StoreError::TooLarge {
        what: format!("{} record", kind.name()),
        size: body.len(),
        size_max: VALUE_BYTES_MAX,
        unit: "bytes",
    })?;
    let digest = checksum(key, body);
    let mut framed = Vec::with_capacity(FRAME_BYTES + body.len());
    framed.extend([FORMAT, kind.byte()]);
    framed.extend(length.to_be_bytes());
    framed.extend(digest.0);
    framed.extend(body);
    Ok((digest, framed))
}

/// Takes a body out of its frame, if every byte is as it was sealed under this key.
pub(crate) fn open(kind: Kind, key: &RawKey, mut framed: Vec<u8>) -> Result<(Digest, Vec<u8>), StoreError> {
    let sealed = check(kind, key, &framed)?;
    framed.drain(..FRAME_BYTES);
    Ok((sealed, framed))
}

/// The digest of a frame of which every byte is as it was sealed under this key.
pub(crate) fn check(kind: Kind, key: &RawKey, framed: &[u8]) -> Result<Digest, StoreError> {
    let (head, body) = framed.split_at_checked(FRAME_BYTES).ok_or_else(|| key.damaged(Damage::Length))?;
    let [format, found_kind, l0, l1, l2, l3, sum @ ..] = head else {
        return Err(key.damaged(Damage::Length));
    };
    let sealed = checksum(key, body);
    if sealed.0 != *sum {
        if *format > FORMAT {
            let (kind, key) = key.describe();
            return Err(StoreError::TooNew { kind, key, found: *format, supported: FORMAT });
        }
        return Err(key.damaged(Damage::Checksum));
    }
    // The checksum holds, so these six bytes in front of it are all that can still be wrong.
    if u32::from_be_bytes([*l0, *l1, *l2, *l3]) as usize != body.len() {
        return Err(key.damaged(Damage::Length));
    }
    if *found_kind != kind.byte() {
        return Err(key.damaged(Damage::Kind));
    }
    if *format != FORMAT {
        return Err(key.damaged(Damage::Format));
    }
    Ok(sealed)
}

fn checksum(key: &RawKey, body: &[u8]) -> Digest {
    let mut hash = Sha256::new();
    let name = key.named();
    hash.update((name.len() as u64).to_be_bytes());
    hash.update(&name);
    hash.update(body);
    Digest(hash.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Owner;

    #[test]
    fn every_changed_bit_and_every_other_key_is_damage() {
        let key = Owner::operator().key(Kind::Plan, b"a");
        let (digest, framed) = seal(Kind::Plan, &key, b"body").unwrap();
        let opened = open(Kind::Plan, &key, framed.clone()).unwrap();
        assert_eq!(opened, (digest, b"body".to_vec()));
        for bit in 0..framed.len() * 8 {
            let mut changed = framed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let refused = open(Kind::Plan, &key, changed).unwrap_err();
            assert!(matches!(refused, StoreError::Corrupt { .. }), "bit {bit}: {refused}");
        }
        for length in 0..framed.len() {
            assert!(open(Kind::Plan, &key, framed[..length].to_vec()).is_err());
        }
        let other = Owner::operator().key(Kind::Plan, b"b");
        assert!(open(Kind::Plan, &other, framed).is_err());
    }

    #[test]
    fn a_later_format_asks_for_a_newer_version() {
        let key = Owner::operator().key(Kind::Plan, b"a");
        let (_, mut later) = seal(Kind::Plan, &key, b"body").unwrap();
        later[0] = 2;
        later[6..FRAME_BYTES].fill(7);
        assert!(matches!(open(Kind::Plan, &key, later), Err(StoreError::TooNew { found: 2, .. })));
    }

    #[test]
    fn a_value_over_the_limit_is_refused_by_name() {
        let key = Owner::operator().key(Kind::Plan, b"a");
        assert!(seal(Kind::Plan, &key, &vec![0; VALUE_BYTES_MAX]).is_ok());
        let refused = seal(Kind::Plan, &key, &vec![0; VALUE_BYTES_MAX + 1]).unwrap_err();
        assert_eq!(refused.to_string(), "plan record has 100001 bytes, at most 100000 fit; split it");
    }
}
