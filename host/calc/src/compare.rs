//! A sink that compares: each cell of an outcome computed again with the one that was kept.

use crate::figures::{ReadError, Rows};
use crate::outcome::{Chunk, Sink};
use attain_model::{Data, NO_VALUE};
use serde::{Deserialize, Serialize};

/// A cell that isn't what was kept. Numbers are scaled by the column's decimals; none is no value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Whose row.
    pub participant: String,
    /// Its place in the outcome, from 0.
    pub row: u64,
    /// `payout` or `step.output`.
    pub column: String,
    /// What was kept.
    pub kept: Option<i64>,
    /// What came out now.
    pub computed: Option<i64>,
}

/// Compares an outcome in the making with a kept one.
pub struct Comparison<'a> {
    kept: &'a dyn Rows,
    /// Columns of the kept table: participant, payout, then the outputs.
    places: Vec<Option<usize>>,
    names: Vec<String>,
    most: usize,
    /// Cells compared.
    pub cells: u64,
    /// How many differ.
    pub differing: u64,
    /// The first of those that differ.
    pub differences: Vec<Difference>,
}

impl<'a> Comparison<'a> {
    /// Compares with a kept outcome whose columns are `participant`, `payout` and these.
    pub fn new(kept: &'a dyn Rows, outputs: &[String], most: usize) -> Self {
        let names: Vec<String> =
            ["participant", "payout"].map(str::to_owned).into_iter().chain(outputs.iter().cloned()).collect();
        let places = names.iter().map(|name| kept.find(name)).collect();
        Comparison { kept, places, names, most, cells: 0, differing: 0, differences: Vec::new() }
    }

    fn differ(&mut self, difference: Difference) {
        self.differing += 1;
        if self.differences.len() < self.most {
            self.differences.push(difference);
        }
    }
}

impl Sink for Comparison<'_> {
    fn take(&mut self, chunk: &Chunk) -> Result<(), ReadError> {
        let range = chunk.first..chunk.first + chunk.rows();
        let known: Vec<usize> = self.places.iter().flatten().copied().collect();
        if known.len() != self.names.len() || range.end > self.kept.rows() {
            return Err("the kept outcome has other rows or columns than the plan gives".into());
        }
        let kept = self.kept.read(&known, range)?;
        let value = |number: i64| (number != NO_VALUE).then_some(number);
        for row in 0..chunk.rows() {
            let participant = chunk.participants.get(row).unwrap_or_default();
            let at = |column: &str, kept, computed| Difference {
                participant: participant.to_owned(),
                row: (chunk.first + row) as u64,
                column: column.to_owned(),
                kept,
                computed,
            };
            if let Some(Data::Texts(ids)) = kept.first()
                && ids.get(row) != Some(participant)
            {
                self.differ(at("participant", None, None));
            }
            let computed = std::iter::once(&chunk.payout).chain(&chunk.outputs);
            for ((place, computed), kept) in computed.enumerate().zip(kept.iter().skip(1)) {
                let Data::Numbers(kept) = kept else { continue };
                let (kept, computed) = (
                    kept.get(row).copied().unwrap_or(NO_VALUE),
                    computed.get(row).copied().unwrap_or(NO_VALUE),
                );
                self.cells += 1;
                if kept != computed {
                    let name = self.names.get(place + 1).cloned().unwrap_or_default();
                    self.differ(at(&name, value(kept), value(computed)));
                }
            }
        }
        Ok(())
    }
}
