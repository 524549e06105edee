//! Ids as salted hashes: what stands for a person in digests and roots, so that the person can be erased.

use attain_ledger::{Hash, leaf_hash};
use attain_model::table::NO_TEXT;
use attain_model::{Canonical, Data, Digest, NO_VALUE, TextColumn};

/// The host's own columns beside `participant`: two halves of a person's salt.
pub const SALT_COLUMNS: [&str; 2] = ["#salt_hi", "#salt_lo"];

/// Salts of some rows; zero where a table has none (worked examples).
#[derive(Clone, Debug, Default)]
pub struct Salts {
    /// First halves.
    pub hi: Vec<i64>,
    /// Second halves.
    pub lo: Vec<i64>,
}

impl Salts {
    fn get(&self, row: usize) -> (i64, i64) {
        (self.hi.get(row).copied().unwrap_or(0), self.lo.get(row).copied().unwrap_or(0))
    }
}

/// The salted hash of each row's id.
pub fn id_hashes(ids: &TextColumn, salts: &Salts) -> Vec<Digest> {
    let hash = |(row, id): (usize, Option<&str>)| {
        let (hi, lo) = salts.get(row);
        let mut form = Canonical::new("attain.participant.v1");
        form.number(hi).number(lo).text(id.unwrap_or_default());
        form.finish()
    };
    ids.iter().enumerate().map(hash).collect()
}

/// The leaf of each row: salt, salted id, then every cell in column order.
pub fn row_leaves(hashes: &[Digest], salts: &Salts, cells: &[&Data]) -> Vec<Hash> {
    let mut leaf = Vec::with_capacity(64 + cells.len() * 8);
    let mut leaves = Vec::with_capacity(hashes.len());
    for (row, hash) in hashes.iter().enumerate() {
        let (hi, lo) = salts.get(row);
        leaf.clear();
        leaf.extend_from_slice(&hi.to_le_bytes());
        leaf.extend_from_slice(&lo.to_le_bytes());
        leaf.extend_from_slice(&hash.0);
        for cell in cells {
            match cell {
                Data::Numbers(numbers) => {
                    leaf.extend_from_slice(&numbers.get(row).copied().unwrap_or(NO_VALUE).to_le_bytes());
                }
                Data::Texts(texts) => match texts.get(row) {
                    None => leaf.extend_from_slice(&u64::from(NO_TEXT).to_le_bytes()),
                    Some(text) => {
                        leaf.extend_from_slice(&(text.len() as u64).to_le_bytes());
                        leaf.extend_from_slice(text.as_bytes());
                    }
                },
            }
        }
        leaves.push(leaf_hash(&leaf));
    }
    leaves
}
