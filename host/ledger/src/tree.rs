//! The tree: leaf and node hashes, and a head that grows by a leaf in a few hashes.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

/// SHA-256.
pub type Hash = [u8; 32];

/// The hash of a leaf: SHA-256 of 0x00 and its bytes. Source: RFC 6962, section 2.1.
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(leaf).finalize().into()
}

/// The hash of a node: SHA-256 of 0x01, its left and its right.
fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// How many leaves there are, and the roots of the full subtrees they make, greatest first: all that is
/// needed to add a leaf or to name them all.
///
/// ```
/// use attain_ledger::{Head, leaf_hash};
/// let mut head = Head::default();
/// head.push(leaf_hash(b"published a policy"));
/// assert_eq!(head.size(), 1);
/// assert_eq!(head.root(), leaf_hash(b"published a policy"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    size: u64,
    peaks: Vec<Hash>,
}

impl Head {
    /// How many leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf by its hash.
    pub fn push(&mut self, leaf: Hash) {
        let mut node = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.peaks.push(node);
        self.size += 1;
    }

    /// The root; of no leaves, SHA-256 of nothing.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        match peaks.next() {
            None => Sha256::digest([]).into(),
            Some(last) => peaks.fold(*last, |right, left| node_hash(left, &right)),
        }
    }
}

/// A head as it is kept: hashes as hexadecimal digits.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    size: u64,
    peaks: Vec<String>,
}

impl Serialize for Head {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let peaks = self.peaks.iter().map(|peak| peak.iter().map(|byte| format!("{byte:02x}")).collect());
        Written { size: self.size, peaks: peaks.collect() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Head {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Written::deserialize(deserializer)?;
        let peaks: Option<Vec<Hash>> = written.peaks.iter().map(|text| parse_hash(text)).collect();
        let peaks = peaks.ok_or_else(|| serde::de::Error::custom("a peak is not 64 hexadecimal digits"))?;
        if peaks.len() != written.size.count_ones() as usize {
            return Err(serde::de::Error::custom(format!(
                "a tree of {} leaves has {} peaks, got {}",
                written.size,
                written.size.count_ones(),
                peaks.len()
            )));
        }
        Ok(Head { size: written.size, peaks })
    }
}

fn parse_hash(text: &str) -> Option<Hash> {
    let mut hash = [0u8; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (i, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(i * 2..i * 2 + 2)?, 16).ok()?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition itself, by recursion: RFC 6962, section 2.1.
    fn root_by_definition(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Sha256::digest([]).into(),
            [leaf] => *leaf,
            _ => {
                let split = leaves.len().next_power_of_two() / 2;
                node_hash(&root_by_definition(&leaves[..split]), &root_by_definition(&leaves[split..]))
            }
        }
    }

    #[test]
    fn a_growing_head_has_the_root_of_the_definition() {
        let leaves: Vec<Hash> = (0u32..300).map(|i| leaf_hash(&i.to_le_bytes())).collect();
        let mut head = Head::default();
        for n in 0..leaves.len() {
            assert_eq!(head.root(), root_by_definition(&leaves[..n]), "{n} leaves");
            let kept: Head = serde_json::from_str(&serde_json::to_string(&head).unwrap()).unwrap();
            assert_eq!(kept, head);
            head.push(leaves[n]);
        }
    }

    #[test]
    fn the_hashes_are_those_of_the_standard() {
        // The first test vectors of certificate transparency: an empty tree and a tree of one empty leaf.
        let hex = |hash: Hash| hash.iter().map(|b| format!("{b:02x}")).collect::<String>();
        assert_eq!(
            hex(Head::default().root()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        assert_eq!(hex(leaf_hash(b"")), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    }

    #[test]
    fn a_head_that_does_not_fit_its_size_is_refused() {
        assert!(serde_json::from_str::<Head>(r#"{"size":3,"peaks":[]}"#).is_err());
        assert!(serde_json::from_str::<Head>(r#"{"size":1,"peaks":["zz"]}"#).is_err());
    }
}
