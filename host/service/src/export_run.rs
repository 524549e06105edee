//! An outcome as a file: CSV, JSON, XLSX or Parquet, piece by piece.

use crate::Service;
use crate::caller::Caller;
use crate::error::ServiceError;
use crate::outcome_rows::shown_columns;
use attain_ingest::{ExportColumn, Exporter, Format, Layout};
use attain_model::{Data, Digest, Period};
use attain_store::TableReader;
use std::io::Write;

/// Rows that are read and written at once.
const PIECE: usize = 16_384;

/// A run's outcome, opened to be written to a file: participant, payout, then `step.output` for each.
pub struct RunExport {
    reader: TableReader,
    /// Places of the columns in the kept table, in the order of the file.
    places: Vec<usize>,
    layout: Layout,
    run: Digest,
    plan: String,
    period: Period,
}

impl Service {
    /// Opens a run's outcome for [`RunExport::write`].
    ///
    /// # Errors
    ///
    /// [`ServiceError::NotFound`] when there is no such run, [`ServiceError::Store`] when it is damaged.
    pub fn export_run(&self, caller: &Caller, reference: &str) -> Result<RunExport, ServiceError> {
        self.company(caller)?;
        let space = self.space(caller);
        let stored = self.find_run(&space, reference)?;
        let reader = TableReader::open(&space, &stored.outcome_table)?;
        let places = shown_columns(&stored);
        let shown = places.iter().filter_map(|place| stored.outcome_table.columns.get(*place));
        let columns = shown.map(|column| ExportColumn::new(&column.name, column.kind)).collect();
        Ok(RunExport {
            reader,
            places,
            layout: Layout { name: "outcome".to_owned(), columns },
            run: stored.record.id,
            plan: stored.record.pins.plan,
            period: stored.record.pins.period,
        })
    }
}

impl RunExport {
    /// A name for the file, such as `field-sales-2017-Q1-0f3a91c27b64.csv`: plain ASCII.
    pub fn file_name(&self, format: Format) -> String {
        format!("{}-{}-{}.{}", self.plan, self.period, self.run.short(), format.name())
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.reader.rows()
    }

    /// Writes the file. `out` is written to in small pieces; it wants a buffer.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Export`] when the format can't hold the outcome or `out` refuses, [`ServiceError::Store`]
    /// when a block is damaged. What was written until then is no file.
    pub fn write<W: Write + Send>(&self, format: Format, out: W) -> Result<W, ServiceError> {
        let mut exporter = Exporter::new(format, self.layout.clone(), out)?;
        let rows = self.reader.rows();
        let mut first = 0;
        while first < rows {
            let last = rows.min(first + PIECE);
            let data = self.reader.read(&self.places, first..last)?;
            exporter.write(&data.iter().collect::<Vec<&Data>>())?;
            first = last;
        }
        Ok(exporter.finish()?)
    }
}
