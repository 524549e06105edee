//! The rows of an outcome, a page at a time.

use crate::Service;
use crate::caller::Caller;
use crate::error::ServiceError;
use crate::run_plan::StoredRun;
use attain_model::manifest::OutputKind;
use attain_model::{Column, Table};
use attain_store::TableReader;

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
        let stored = self.find_run(&space, reference)?;
        let reader = TableReader::open(&space, &stored.outcome_table)?;
        let of = reader.rows();
        let first = offset.min(of);
        let last = first.saturating_add(limit).min(of);
        let shown = shown_columns(&stored);
        let data = reader.read(&shown, first..last)?;
        let named = shown.iter().filter_map(|place| stored.outcome_table.columns.get(*place));
        let columns: Vec<Column> = named
            .zip(data)
            .map(|(column, data)| Column { name: column.name.clone(), kind: column.kind, data })
            .collect();
        let does = columns.iter().map(|column| does(&stored, &column.name)).collect();
        Ok(OutcomePage { table: Table { name: "outcome".to_owned(), rows: last - first, columns }, does, of })
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
