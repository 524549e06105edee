//! An entry of the log: who did what, when, to which digests. No names of people and no amounts.

use serde::{Deserialize, Serialize};

/// One thing done. Its leaf is the hash of its bytes as kept, so the bytes are never written again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// 1.
    pub format: u32,
    /// Its place in the log, from 0.
    pub index: u64,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// Who, by the name of their credential.
    pub actor: String,
    /// What: `publish-policy`, `import-snapshot`, `run`, ...
    pub action: String,
    /// What it was done to, such as `field-sales` or `2017-Q1`.
    pub object: String,
    /// Digest of the record that came of it, as hexadecimal digits.
    pub digest: String,
    /// The leaf before, so that a single entry names all that came earlier.
    pub previous: Option<String>,
}

impl Entry {
    /// The bytes to keep.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// Reads kept bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Entry, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}
