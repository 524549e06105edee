//! What a run costs: out of a stored snapshot, through the sandbox, to a committed outcome.

use super::clock::elapsed_ns;
use super::figures::{PERIOD, people, plan, plan_name};
use super::machine::peak_memory_kib;
use crate::bench::ROUNDS;
use crate::demo::component_of;
use crate::fault::Fault;
use crate::session::read_file;
use attain_model::{Company, CompanyId, Currency, Period};
use attain_service::{Caller, Cut, Meter, Part, Service};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

const COMPANY: &str = "bench";

/// What an import took.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Import {
    /// People, each a row.
    pub people: usize,
    /// From a table in memory to a committed snapshot.
    pub store_ns: u64,
    /// The data directory afterwards.
    pub data_bytes: u64,
}

/// What a run took.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Run {
    /// Opening the data directory.
    pub open_ns: u64,
    /// From the snapshot as stored to the outcome committed.
    pub run_ns: u64,
    /// What its threads spent on each part, added up.
    pub parts: Parts,
    /// How many threads.
    pub threads: usize,
    /// The outcome's digest.
    pub outcome: String,
    /// The most memory that the process had.
    pub peak_memory_kib: Option<u64>,
}

/// What threads spent on each part of a run, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Parts {
    /// Columns out of the store: read, checked, unpacked.
    pub read_ns: u64,
    /// Inputs drawn and cut into batches.
    pub project_ns: u64,
    /// The policy, in the sandbox.
    pub evaluate_ns: u64,
    /// Digests, leaves, root.
    pub hash_ns: u64,
    /// The outcome packed, written, synced.
    pub keep_ns: u64,
}

/// Counts what threads spend.
struct Stopwatch {
    begun: Instant,
    spent: [AtomicU64; 5],
}

impl Stopwatch {
    fn new() -> Stopwatch {
        Stopwatch { begun: Instant::now(), spent: Default::default() }
    }

    fn parts(&self) -> Parts {
        let [read_ns, project_ns, evaluate_ns, hash_ns, keep_ns] =
            self.spent.each_ref().map(|spent| spent.load(Ordering::Relaxed));
        Parts { read_ns, project_ns, evaluate_ns, hash_ns, keep_ns }
    }
}

impl Meter for Stopwatch {
    fn now_ns(&self) -> u64 {
        elapsed_ns(self.begun)
    }

    fn spent(&self, part: Part, ns: u64) {
        let [read, project, evaluate, hash, keep] = &self.spent;
        let spent = match part {
            Part::Read => read,
            Part::Project => project,
            Part::Evaluate => evaluate,
            Part::Hash => hash,
            Part::Keep => keep,
        };
        spent.fetch_add(ns, Ordering::Relaxed);
    }
}

fn caller() -> Result<Caller, Fault> {
    let id = CompanyId::parse(COMPANY).ok_or_else(|| Fault::failed("the company has no id"))?;
    Ok(Caller::operator(id))
}

/// Fills a data directory: figures of so many people, the policy, and a plan for each run.
pub fn import(rows: usize, folder: &Path) -> Result<Import, Fault> {
    let service = Service::open(crate::host::settings(folder))?;
    let caller = caller()?;
    let currency = Currency::parse("CNY").map_err(|error| Fault::failed(error.to_string()))?;
    service.add_company(&Company {
        id: caller.company.clone(),
        name: "Bench".to_owned(),
        currency,
        timezone: "Asia/Shanghai".to_owned(),
        fiscal_year_start: 1,
    })?;
    let table = people(rows).ok_or_else(|| Fault::failed("the figures can't be made"))?;
    let period = Period::parse(PERIOD).map_err(attain_service::ServiceError::from)?;
    let begun = Instant::now();
    service.store_tables(&caller, period, "import-snapshot", vec![table])?;
    let store_ns = elapsed_ns(begun);
    service.publish_policy(&caller, &read_file(&component_of("tiered-commission")?)?)?;
    for round in 0..=ROUNDS {
        service.publish_plan(&caller, &plan(round))?;
    }
    drop(service);
    Ok(Import { people: rows, store_ns, data_bytes: bytes_below(folder)? })
}

/// Runs one of the plans.
pub fn run(folder: &Path, round: usize, threads: usize) -> Result<Run, Fault> {
    let watch = Arc::new(Stopwatch::new());
    let begun = Instant::now();
    let service = Service::open(crate::host::settings(folder))?;
    let service = service.measured_by(Arc::clone(&watch) as Arc<dyn Meter>);
    let open_ns = elapsed_ns(begun);
    let caller = caller()?;
    let cut = Cut { threads: Some(threads).filter(|threads| *threads > 0), batch_rows: None };
    let begun = Instant::now();
    let view = service.run(&caller, &plan_name(round), PERIOD, cut, &AtomicBool::new(false), &|_| ())?;
    let run_ns = elapsed_ns(begun);
    Ok(Run {
        open_ns,
        run_ns,
        parts: watch.parts(),
        threads: cut.threads.unwrap_or(service.threads()),
        outcome: view.record.outcome_digest.to_string(),
        peak_memory_kib: peak_memory_kib(),
    })
}

fn bytes_below(folder: &Path) -> Result<u64, Fault> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        bytes += if about.is_dir() { bytes_below(&entry.path())? } else { about.len() };
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stopwatch_adds_up_by_part() {
        let watch = Stopwatch::new();
        watch.spent(Part::Read, 2);
        watch.spent(Part::Read, 3);
        watch.spent(Part::Keep, 7);
        let parts = watch.parts();
        assert_eq!((parts.read_ns, parts.keep_ns, parts.hash_ns), (5, 7, 0));
    }
}
