//! Digests over a canonical logical form: the same content has the same name, whatever stored it.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// SHA-256 of a canonical form; written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Digest of bytes as they are, such as a component's.
    ///
    /// ```
    /// let digest = attain_model::Digest::of(b"");
    /// assert!(digest.to_string().starts_with("e3b0c44298fc1c14"));
    /// ```
    pub fn of(bytes: &[u8]) -> Digest {
        Digest(Sha256::digest(bytes).into())
    }

    /// Reads 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Digest> {
        let bytes = text.as_bytes();
        if bytes.len() != 64 {
            return None;
        }
        let mut digest = [0u8; 32];
        for (byte, pair) in digest.iter_mut().zip(bytes.chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Digest(digest))
    }

    /// The first 12 digits: enough for a person to tell two apart.
    pub fn short(&self) -> String {
        self.to_string().chars().take(12).collect()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Digest::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!("`{text}` is not a digest, expected 64 hexadecimal digits"))
        })
    }
}

/// Feeds fields to a digest so that no two sequences of fields give the same bytes: every field has a fixed
/// width or its length before it, and integers are little-endian.
#[derive(Clone)]
pub struct Canonical(Sha256);

impl Canonical {
    /// Starts a form of the given kind, such as `attain.table.v1`; the kind is the first field.
    pub fn new(kind: &str) -> Self {
        let mut form = Canonical(Sha256::new());
        form.text(kind);
        form
    }

    /// A text or other bytes of any length.
    pub fn text(&mut self, text: impl AsRef<[u8]>) -> &mut Self {
        let bytes = text.as_ref();
        self.count(bytes.len());
        self.0.update(bytes);
        self
    }

    /// A length or an index.
    pub fn count(&mut self, count: usize) -> &mut Self {
        self.0.update((count as u64).to_le_bytes());
        self
    }

    /// A whole number.
    pub fn number(&mut self, number: i64) -> &mut Self {
        self.0.update(number.to_le_bytes());
        self
    }

    /// Numbers of a column, without their count: a column's form says how many there are.
    pub fn numbers(&mut self, numbers: &[i64]) -> &mut Self {
        let mut bytes = [0u8; 4096];
        for chunk in numbers.chunks(512) {
            for (slot, number) in bytes.chunks_exact_mut(8).zip(chunk) {
                slot.copy_from_slice(&number.to_le_bytes());
            }
            self.0.update(bytes.get(..chunk.len() * 8).unwrap_or_default());
        }
        self
    }

    /// Another digest.
    pub fn digest(&mut self, digest: &Digest) -> &mut Self {
        self.0.update(digest.0);
        self
    }

    /// The digest of all fields so far.
    pub fn finish(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_fields_do_not_run_together() {
        let digest = |fields: [&str; 2]| {
            let mut form = Canonical::new("test");
            form.text(fields[0]).text(fields[1]);
            form.finish()
        };
        assert_ne!(digest(["ab", "c"]), digest(["a", "bc"]));
    }

    #[test]
    fn a_digest_reads_back_and_nothing_else_does() {
        let digest = Digest::of(b"attain");
        assert_eq!(Digest::parse(&digest.to_string()), Some(digest));
        for bad in ["", "12", &"g".repeat(64), &"é".repeat(32)] {
            assert_eq!(Digest::parse(bad), None, "{bad}");
        }
    }
}
