//! Replay: a kept run computed again from its pins and compared cell by cell.

use crate::Service;
use crate::caller::Caller;
use crate::error::ServiceError;
use crate::figures::{KeptRows, Opened};
use crate::run_plan::{Cut, StoredRun};
use attain_calc::{Comparison, Difference, Progress};
use attain_model::Digest;
use serde::Serialize;
use std::sync::atomic::AtomicBool;

/// How many differing cells are listed.
const DIFFERENCES_MAX: usize = 100;

/// Fuel amounts change between versions of the engine: a replay may use this many times the usual.
const FUEL_TIMES: u64 = 16;

/// What a replay found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Replay {
    /// The run.
    pub run: Digest,
    /// Whether everything is as it was kept.
    pub same: bool,
    /// Rows computed.
    pub rows: u64,
    /// Cells compared.
    pub cells: u64,
    /// How many differ.
    pub differing: u64,
    /// The first of those that differ.
    pub differences: Vec<Difference>,
    /// Inputs and columns whose digests differ from the record's.
    pub digests: Vec<String>,
    /// The outcome's digest as recorded.
    pub recorded: Digest,
    /// The outcome's digest now.
    pub computed: Digest,
}

impl Service {
    /// Computes a kept run again from its pinned plan, policies and figures, and compares every cell.
    ///
    /// # Errors
    ///
    /// As [`Service::run`]; a difference is no error but an answer.
    pub fn replay(
        &self,
        caller: &Caller,
        reference: &str,
        cut: Cut,
        cancel: &AtomicBool,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Replay, ServiceError> {
        self.company(caller)?;
        let stored = self.find_run(&self.space(caller), reference)?;
        self.replay_stored(caller, &stored, cut, cancel, progress)
    }

    pub(crate) fn replay_stored(
        &self,
        caller: &Caller,
        stored: &StoredRun,
        cut: Cut,
        cancel: &AtomicBool,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Replay, ServiceError> {
        let record = &stored.record;
        let space = self.space(caller);
        let prepared = self.prepared_of(caller, record)?;
        let opened = Opened::open(&space, &record.pins)?;
        let kept = KeptRows::open(&space, &stored.outcome_table)?;
        let names: Vec<String> = prepared.outcome_columns().into_iter().map(|column| column.name).collect();
        let mut comparison = Comparison::new(&kept, &names, DIFFERENCES_MAX);
        let mut limits = self.limits_of(&caller.company)?.call.clone();
        limits.fuel_base = limits.fuel_base.saturating_mul(FUEL_TIMES);
        limits.fuel_per_row = limits.fuel_per_row.saturating_mul(FUEL_TIMES);
        let settings = self.calc_settings(cut, &limits, cancel, progress);
        let summary = attain_calc::run(&prepared, &opened.figures(), &settings, &mut comparison)?;
        let mut digests = Vec::new();
        if record.pins.id() != record.id {
            digests.push("the run's id is not the digest of its pins".to_owned());
        }
        for (was, is) in record.steps.iter().zip(&summary.steps) {
            let inputs = was.inputs.iter().zip(&is.inputs).filter(|(was, is)| was != is);
            digests.extend(inputs.map(|(input, _)| format!("input `{}` of step `{}`", input.name, was.name)));
        }
        for (was, is) in record.outcome.columns.iter().zip(&summary.outcome.columns) {
            if was != is {
                digests.push(format!("column `{}` of the outcome", was.name));
            }
        }
        if record.outcome != summary.outcome && digests.is_empty() {
            digests.push("the root over the outcome's rows".to_owned());
        }
        if record.payout_total != summary.payout_total || record.participants != summary.participants as u64 {
            digests.push("the totals of the run's record".to_owned());
        }
        let computed = summary.digest();
        Ok(Replay {
            run: record.id,
            same: comparison.differing == 0 && digests.is_empty() && computed == record.outcome_digest,
            rows: summary.rows as u64,
            cells: comparison.cells,
            differing: comparison.differing,
            differences: comparison.differences,
            digests,
            recorded: record.outcome_digest,
            computed,
        })
    }
}
