//! Kept tables as figures to compute with.

use crate::error::ServiceError;
use crate::run_plan::StoredRun;
use crate::snapshots::{self, Stored};
use attain_calc::figures::{ReadError, rows_of};
use attain_calc::{Figures, Past, Rows, RunError};
use attain_model::record::Pins;
use attain_model::{Data, Period, Type};
use attain_store::{Space, TableReader, TableRef};
use std::collections::BTreeMap;
use std::ops::Range;

/// A kept table, read block by block.
pub(crate) struct KeptRows {
    columns: Vec<(String, Type)>,
    reader: TableReader,
}

impl KeptRows {
    pub(crate) fn open(space: &Space, table: &TableRef) -> Result<KeptRows, ServiceError> {
        let columns = table.columns.iter().map(|column| (column.name.clone(), column.kind)).collect();
        Ok(KeptRows { columns, reader: TableReader::open(space, table)? })
    }

    pub(crate) fn reader(&self) -> &TableReader {
        &self.reader
    }

    /// Where a participant's rows stand.
    pub(crate) fn rows_of(&self, participant: &str) -> Result<Range<usize>, ServiceError> {
        Ok(rows_of(self, participant).map_err(RunError::Read)?)
    }
}

impl Rows for KeptRows {
    fn columns(&self) -> &[(String, Type)] {
        &self.columns
    }

    fn rows(&self) -> usize {
        self.reader.rows()
    }

    fn read(&self, columns: &[usize], rows: Range<usize>) -> Result<Vec<Data>, ReadError> {
        self.reader.read(columns, rows).map_err(ReadError::from)
    }
}

/// Everything that a run's pins name, opened.
pub(crate) struct Opened {
    people: KeptRows,
    targets: Option<KeptRows>,
    others: BTreeMap<String, KeptRows>,
    past: Vec<OpenedPast>,
}

struct OpenedPast {
    period: Period,
    people: KeptRows,
    targets: Option<KeptRows>,
    outcome: KeptRows,
}

fn table(space: &Space, stored: &Stored, name: &str) -> Result<Option<KeptRows>, ServiceError> {
    stored.tables.get(name).map(|table| KeptRows::open(space, table)).transpose()
}

impl Opened {
    pub(crate) fn open(space: &Space, pins: &Pins) -> Result<Opened, ServiceError> {
        let snapshot = |id| {
            let missing = || {
                ServiceError::Damaged(format!(
                    "the snapshot {id} is missing; restore the store from a backup"
                ))
            };
            snapshots::by_id(space, &id)?.ok_or_else(missing)
        };
        let no_people = || {
            ServiceError::invalid(
                "period",
                format!(
                    "the snapshot of `{}` has no table `people`; import it: attain snapshot import FILE --period {}",
                    pins.period, pins.period
                ),
            )
        };
        let stored = snapshot(pins.snapshot)?;
        let people = table(space, &stored, "people")?.ok_or_else(no_people)?;
        let targets = table(space, &stored, "targets")?;
        let mut others = BTreeMap::new();
        for (name, table) in
            stored.tables.iter().filter(|(name, _)| !["people", "targets"].contains(&name.as_str()))
        {
            others.insert(name.clone(), KeptRows::open(space, table)?);
        }
        let mut past = Vec::new();
        for pin in &pins.history {
            let (Some(run), Some(id)) = (pin.run, pin.snapshot) else { continue };
            let missing = || {
                ServiceError::Damaged(format!(
                    "the run {run} of {} is missing; restore the store from a backup",
                    pin.period
                ))
            };
            let run: StoredRun = crate::run_plan::by_id(space, &run)?.ok_or_else(missing)?;
            let stored = snapshot(id)?;
            past.push(OpenedPast {
                period: pin.period,
                people: table(space, &stored, "people")?.ok_or_else(no_people)?,
                targets: table(space, &stored, "targets")?,
                outcome: KeptRows::open(space, &run.outcome_table)?,
            });
        }
        Ok(Opened { people, targets, others, past })
    }

    pub(crate) fn people(&self) -> &KeptRows {
        &self.people
    }

    pub(crate) fn figures(&self) -> Figures<'_> {
        let past = self.past.iter().map(|past| Past {
            period: past.period,
            people: &past.people,
            targets: past.targets.as_ref().map(|rows| rows as &dyn Rows),
            outcome: &past.outcome,
        });
        Figures {
            people: &self.people,
            targets: self.targets.as_ref().map(|rows| rows as &dyn Rows),
            others: self.others.iter().map(|(name, rows)| (name.clone(), rows as &dyn Rows)).collect(),
            past: past.collect(),
        }
    }
}
