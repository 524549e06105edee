//! What the store reads back. Its checksums say that it is what was written; should one day somebody else have written
//! it, reading still gives rows or says no.

use crate::parts::Parts;
use crate::{Plant, Taken};
use attain_ledger::{Entry, Head, leaf_hash};
use attain_model::Data;
use attain_store::trial;

pub(crate) fn check(input: &[u8], plant: Plant) -> Taken {
    let spoilt = plant.spoils(input);
    let mut parts = Parts::new(input);
    if parts.byte().is_multiple_of(2) { block(parts.rest(), spoilt) } else { entry(parts.rest(), spoilt) }
}

/// A block that is read has as many cells in every column, and packed again it is read as the same.
fn block(bytes: &[u8], spoilt: bool) -> Taken {
    let Some(mut columns) = trial::read_block(bytes) else { return Taken::Yes };
    let rows = columns.first().map_or(0, Data::len);
    assert!(rows <= attain_store::BLOCK_ROWS, "{rows} rows");
    assert!(columns.iter().all(|column| column.len() == rows), "columns of unequal length");
    let Some(packed) = trial::write_block(&columns) else { return Taken::Yes };
    if spoilt {
        columns.pop();
    }
    assert_eq!(trial::read_block(&packed).as_ref(), Some(&columns), "packed again it is another");
    Taken::Yes
}

/// An entry of the log that is read is written as the same; and the tree over the pieces of an input has one root.
fn entry(bytes: &[u8], spoilt: bool) -> Taken {
    if let Ok(entry) = Entry::from_bytes(bytes) {
        let written = entry.to_bytes().expect("an entry is bytes");
        assert_eq!(Entry::from_bytes(&written).expect("its bytes are an entry"), entry);
    }
    let (mut head, mut leaves) = (Head::default(), Vec::new());
    for leaf in bytes.split(|byte| *byte == b'\n') {
        leaves.push(leaf_hash(leaf));
        head.push(leaf_hash(leaf));
    }
    if spoilt {
        leaves.pop();
    }
    assert_eq!(head.size(), leaves.len() as u64);
    let mut again = Head::default();
    leaves.iter().for_each(|leaf| again.push(*leaf));
    assert_eq!(head.root(), again.root());
    Taken::Yes
}
