//! The rows of an outcome, a page at a time.

use crate::Service;
use crate::access::Act;
use crate::caller::Caller;
use crate::error::ServiceError;
use crate::figures::KeptRows;
use crate::run_plan::StoredRun;
use crate::scope::Seen;
use attain_model::manifest::OutputKind;
use attain_model::{Column, Table};
use attain_store::BLOCK_ROWS;
use std::ops::Range;

/// Some rows of an outcome, in order of participant: `participant`, `payout`, then `step.output` for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomePage {
    /// The rows asked for, as far as there are any.
    pub table: Table,
    /// What is done with each column; none for participant and payout.
    pub does: Vec<Option<OutputKind>>,
    /// How many rows the outcome has in all.
    pub of: usize,
}

impl Service {
    /// Reads `limit` rows of a run's outcome from row `offset` on, the first being row 0.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NotFound`] when there is no such run, [`ServiceError::Store`] when a block is damaged.
    pub fn outcome_rows(
        &self,
        caller: &Caller,
        reference: &str,
        offset: usize,
        limit: usize,
    ) -> Result<OutcomePage, ServiceError> {
        self.company(caller)?;
        let space = self.space(caller);
        let (stored, seen) = self.find_seen(caller, Act::ReadOutcomes, reference)?;
        let kept = KeptRows::open(&space, &stored.outcome_table)?;
        let reader = kept.reader();
        let shown = shown_columns(&stored);
        let read = |range: Range<usize>| -> Result<Table, ServiceError> {
            let named = shown.iter().filter_map(|place| stored.outcome_table.columns.get(*place));
            let columns = named.zip(reader.read(&shown, range.clone())?);
            let columns =
                columns.map(|(column, data)| Column { name: column.name.clone(), kind: column.kind, data });
            Ok(Table { name: "outcome".to_owned(), rows: range.len(), columns: columns.collect() })
        };
        let (table, of) = match &seen {
            Seen::Everybody => {
                let first = offset.min(reader.rows());
                let last = first.saturating_add(limit).min(reader.rows());
                (read(first..last)?, reader.rows())
            }
            Seen::These(people) => {
                let rows: Vec<Range<usize>> =
                    people.iter().map(|id| kept.rows_of(id)).collect::<Result<_, _>>()?;
                // People are in the order of the outcome, and so are their rows.
                let rows: Vec<usize> = rows.into_iter().flatten().collect();
                let page: Vec<usize> = rows.iter().copied().skip(offset).take(limit).collect();
                let pieces = page.chunk_by(|a, b| a / BLOCK_ROWS == b / BLOCK_ROWS).map(|piece| {
                    let (first, last) =
                        (piece.first().copied().unwrap_or(0), piece.last().map_or(0, |last| last + 1));
                    let places: Vec<usize> = piece.iter().map(|row| row - first).collect();
                    read(first..last).map(|table| table.gather(&places))
                });
                let pieces = pieces.collect::<Result<Vec<_>, _>>()?;
                (Table::concat(pieces).map_or_else(|| read(0..0), Ok)?, rows.len())
            }
        };
        let does = table.columns.iter().map(|column| does(&stored, &column.name)).collect();
        Ok(OutcomePage { table, does, of })
    }
}

/// The places of an outcome's columns without the host's own.
pub(crate) fn shown_columns(stored: &StoredRun) -> Vec<usize> {
    let columns = stored.outcome_table.columns.iter().enumerate();
    columns.filter(|(_, column)| !column.name.starts_with('#')).map(|(place, _)| place).collect()
}

fn does(stored: &StoredRun, column: &str) -> Option<OutputKind> {
    let (step, output) = column.split_once('.')?;
    let step = stored.record.steps.iter().find(|known| known.name == step)?;
    step.outputs.iter().find(|known| known.name == output).map(|known| known.does)
}
