//! The figures, as a table for people and as JSON for programs.

#![expect(clippy::float_arithmetic, reason = "figures of time and memory, none of money")]

use super::calls::Calls;
use super::clock::{Times, median};
use super::machine::Machine;
use super::rows::Rows;
use super::scripts::{Script, Scripts};
use super::whole::{Import, Parts, Run};
use crate::bench::ROUNDS;
use crate::fault::Fault;
use crate::show::{grouped, table};
use serde::Serialize;
use std::io::Write;

/// Everything that was measured.
#[derive(Debug, Serialize)]
pub struct Report {
    machine: Machine,
    /// Figures are medians of so many rounds.
    rounds: usize,
    row: Row,
    run: WholeRun,
    memory: Memory,
    start: Start,
    scripts: ByScript,
}

/// A row of `tiered-commission`.
#[derive(Debug, Serialize)]
struct Row {
    rows: usize,
    batch_rows: usize,
    threads: usize,
    columns_in_snapshot: usize,
    inputs_that_cross: Vec<String>,
    outputs_that_cross: Vec<String>,
    columns_that_stay: Vec<String>,
    outputs_compared: &'static str,
    sandbox_ns_per_row: f64,
    native_ns_per_row: f64,
    sandbox_over_native: f64,
    sandbox_cpu_ns_per_row: f64,
    native_cpu_ns_per_row: f64,
    sandbox_over_native_cpu: f64,
    fuel_per_row: u64,
    guest_memory_kib: u64,
    every_round: Vec<(&'static str, Times)>,
}

/// A run from stored snapshot to committed outcome.
#[derive(Debug, Serialize)]
struct WholeRun {
    people: usize,
    threads: usize,
    people_per_second: u64,
    run_ms: f64,
    every_run_ms: Vec<f64>,
    open_ms: f64,
    import_rows_per_second: u64,
    data_mib_after_import: f64,
    one_thread_people_per_second: u64,
    one_thread_ms: PartsMs,
    all_threads_ms: PartsMs,
}

/// Milliseconds of each part; on several threads, added up over them.
#[derive(Debug, Serialize)]
struct PartsMs {
    read_and_unpack: f64,
    project: f64,
    evaluate: f64,
    hash: f64,
    pack_write_sync: f64,
    /// Of the wall, what no part took; nothing where threads overlap.
    rest: f64,
}

/// The most memory that a process had which did nothing but the run.
#[derive(Debug, Serialize)]
struct Memory {
    people: usize,
    peak_mib: Option<f64>,
    four_times_people: usize,
    four_times_peak_mib: Option<f64>,
    four_times_people_per_second: u64,
}

/// What a policy costs before its first row.
#[derive(Debug, Serialize)]
struct Start {
    component_kib: f64,
    compile_ms: f64,
    cached_load_ms: f64,
    fresh_store_and_empty_call_us: f64,
}

/// The same rule elsewhere; none where that isn't installed.
#[derive(Debug, Serialize)]
struct ByScript {
    python_rows: usize,
    python_ns_per_row: Option<f64>,
    numpy_ns_per_row: Option<f64>,
}

fn per(total_ns: u64, rows: usize) -> f64 {
    tenth(total_ns as f64 / rows.max(1) as f64)
}

fn ms(ns: u64) -> f64 {
    tenth(ns as f64 / 1e6)
}

fn mib(kib: u64) -> f64 {
    tenth(kib as f64 / 1024.0)
}

fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn ratio(one: u64, other: u64) -> f64 {
    (one as f64 / other.max(1) as f64 * 100.0).round() / 100.0
}

fn per_second(people: usize, ns: u64) -> u64 {
    (people as f64 / (ns.max(1) as f64 / 1e9)).round() as u64
}

impl PartsMs {
    fn of(run: &Run) -> PartsMs {
        let Parts { read_ns, project_ns, evaluate_ns, hash_ns, keep_ns } = run.parts;
        let parts = read_ns + project_ns + evaluate_ns + hash_ns + keep_ns;
        PartsMs {
            read_and_unpack: ms(read_ns),
            project: ms(project_ns),
            evaluate: ms(evaluate_ns),
            hash: ms(hash_ns),
            pack_write_sync: ms(keep_ns),
            rest: ms(run.run_ns.saturating_sub(parts)),
        }
    }

    fn named(&self) -> [(&'static str, f64); 6] {
        [
            ("read and unpack", self.read_and_unpack),
            ("project", self.project),
            ("evaluate", self.evaluate),
            ("hash", self.hash),
            ("pack, write, sync", self.pack_write_sync),
            ("rest", self.rest),
        ]
    }
}

/// The run in the middle, by the wall.
fn middle(runs: &[Run]) -> Option<&Run> {
    let times: Vec<u64> = runs.iter().map(|run| run.run_ns).collect();
    runs.iter().find(|run| run.run_ns == median(&times))
}

/// What the parts of a measurement gave.
pub struct Measured {
    /// A row.
    pub rows: Rows,
    /// The rule elsewhere.
    pub scripts: Scripts,
    /// Before the first row.
    pub calls: Calls,
    /// What the runs read.
    pub import: Import,
    /// Runs on all threads.
    pub runs: Vec<Run>,
    /// A run on one.
    pub alone: Run,
    /// What the large run read.
    pub large_import: Import,
    /// A run over four times as many.
    pub large: Run,
}

impl Report {
    /// Puts the figures together.
    pub fn new(machine: Machine, measured: Measured) -> Result<Report, Fault> {
        let Measured { rows, scripts, calls, import, runs, alone, large_import, large } = measured;
        let run = middle(&runs).ok_or_else(|| Fault::failed("no run was measured"))?;
        let peaks: Vec<u64> = runs.iter().filter_map(|run| run.peak_memory_kib).collect();
        let per_row = |script: &Script| per(script.wall(), script.rows);
        Ok(Report {
            machine,
            rounds: ROUNDS,
            run: WholeRun {
                people: import.people,
                threads: run.threads,
                people_per_second: per_second(import.people, run.run_ns),
                run_ms: ms(run.run_ns),
                every_run_ms: runs.iter().map(|run| ms(run.run_ns)).collect(),
                open_ms: ms(median(&runs.iter().map(|run| run.open_ns).collect::<Vec<_>>())),
                import_rows_per_second: per_second(import.people, import.store_ns),
                data_mib_after_import: mib(import.data_bytes >> 10),
                one_thread_people_per_second: per_second(import.people, alone.run_ns),
                one_thread_ms: PartsMs::of(&alone),
                all_threads_ms: PartsMs::of(run),
            },
            memory: Memory {
                people: import.people,
                peak_mib: (!peaks.is_empty()).then(|| mib(median(&peaks))),
                four_times_people: large_import.people,
                four_times_peak_mib: large.peak_memory_kib.map(mib),
                four_times_people_per_second: per_second(large_import.people, large.run_ns),
            },
            start: Start {
                component_kib: tenth(calls.component_bytes as f64 / 1024.0),
                compile_ms: ms(calls.compile.wall()),
                cached_load_ms: tenth(calls.cached_load.wall() as f64 / 1e6),
                fresh_store_and_empty_call_us: tenth(calls.empty_call.wall() as f64 / 1e3),
            },
            scripts: ByScript {
                python_rows: rows.script_rows,
                python_ns_per_row: scripts.python.as_ref().map(per_row),
                numpy_ns_per_row: scripts.numpy.as_ref().map(per_row),
            },
            row: Row {
                rows: rows.rows,
                batch_rows: rows.batch_rows,
                threads: 1,
                columns_in_snapshot: rows.inputs.len() + rows.unread.len(),
                outputs_compared: "equal",
                sandbox_ns_per_row: per(rows.sandbox.wall(), rows.rows),
                native_ns_per_row: per(rows.native.wall(), rows.rows),
                sandbox_over_native: ratio(rows.sandbox.wall(), rows.native.wall()),
                sandbox_cpu_ns_per_row: per(rows.sandbox.cpu(), rows.rows),
                native_cpu_ns_per_row: per(rows.native.cpu(), rows.rows),
                sandbox_over_native_cpu: ratio(rows.sandbox.cpu(), rows.native.cpu()),
                fuel_per_row: rows.fuel / rows.rows.max(1) as u64,
                guest_memory_kib: rows.guest_memory_bytes >> 10,
                every_round: vec![("sandbox", rows.sandbox), ("native", rows.native)],
                inputs_that_cross: rows.inputs,
                outputs_that_cross: rows.outputs,
                columns_that_stay: rows.unread,
            },
        })
    }

    /// Writes the figures for people.
    ///
    /// # Errors
    ///
    /// Where `out` can't be written to.
    pub fn write(&self, out: &mut dyn Write) -> Result<(), Fault> {
        let machine = &self.machine;
        let unknown = |text: &Option<String>| text.clone().unwrap_or_else(|| "unknown".to_owned());
        writeln!(
            out,
            "attain {}, commit {}; {}, {} cores; load average {} before, {} after; medians of {}\n",
            machine.version,
            unknown(&machine.commit),
            unknown(&machine.processor),
            machine.cores,
            unknown(&machine.load_average_before),
            unknown(&machine.load_average_after),
            self.rounds
        )?;
        self.write_rows(out)?;
        self.write_run(out)?;
        self.write_start(out)
    }

    fn write_rows(&self, out: &mut dyn Write) -> Result<(), Fault> {
        let row = &self.row;
        writeln!(
            out,
            "A row of tiered-commission: {} rows, {} a batch, one thread, in a fresh store a batch, fuel on",
            grouped(&row.rows.to_string()),
            grouped(&row.batch_rows.to_string())
        )?;
        let line = |name: &str, wall: f64, cpu: f64, times: String| {
            vec![name.to_owned(), format!("{wall:.1}"), format!("{cpu:.1}"), times]
        };
        let scripts = [
            ("plain Python, exact", self.scripts.python_ns_per_row),
            ("numpy, int64", self.scripts.numpy_ns_per_row),
        ];
        let mut lines = vec![
            line(
                "sandbox",
                row.sandbox_ns_per_row,
                row.sandbox_cpu_ns_per_row,
                format!("{:.2} ({:.2} by processor)", row.sandbox_over_native, row.sandbox_over_native_cpu),
            ),
            line("native", row.native_ns_per_row, row.native_cpu_ns_per_row, "1".to_owned()),
        ];
        lines.extend(scripts.map(|(name, ns)| match ns {
            None => vec![name.to_owned(), "not installed".to_owned(), String::new(), String::new()],
            Some(ns) => {
                let times = format!("{:.1}", ns / row.native_ns_per_row.max(0.1));
                vec![name.to_owned(), format!("{ns:.1}"), String::new(), times]
            }
        }));
        writeln!(out, "{}", table(&["", "ns a row", "ns of processor", "times native"], &[1, 2, 3], lines))?;
        writeln!(
            out,
            "{} fuel a row; all give the same numbers, compared row by row",
            grouped(&row.fuel_per_row.to_string())
        )?;
        writeln!(out, "columns in:   {}", row.inputs_that_cross.join(", "))?;
        writeln!(out, "columns out:  {}", row.outputs_that_cross.join(", "))?;
        writeln!(out, "not read:     {}\n", row.columns_that_stay.join(", "))?;
        Ok(())
    }

    fn write_run(&self, out: &mut dyn Write) -> Result<(), Fault> {
        let run = &self.run;
        writeln!(
            out,
            "A run, from stored snapshot to committed outcome: {} people, {} columns of numbers",
            grouped(&run.people.to_string()),
            self.row.columns_in_snapshot
        )?;
        let lines = [
            vec![
                format!("{} threads", run.threads),
                grouped(&run.people_per_second.to_string()),
                format!("{:.0}", run.run_ms),
            ],
            vec![
                "1 thread".to_owned(),
                grouped(&run.one_thread_people_per_second.to_string()),
                format!("{:.0}", run.one_thread_ms.named().iter().map(|(_, ms)| ms).sum::<f64>()),
            ],
        ];
        writeln!(out, "{}", table(&["", "people a second", "ms"], &[1, 2], lines))?;
        let all = run.one_thread_ms.named().iter().map(|(_, ms)| ms).sum::<f64>().max(0.1);
        let lines = run.one_thread_ms.named().map(|(name, ms)| {
            vec![name.to_owned(), format!("{ms:.0}"), format!("{:.0} %", ms / all * 100.0)]
        });
        writeln!(out, "{}", table(&["where the time goes, 1 thread", "ms", ""], &[1, 2], lines))?;
        let memory = &self.memory;
        let peak = |mib: Option<f64>| mib.map_or_else(|| "unknown".to_owned(), |mib| format!("{mib:.0}"));
        let lines =
            [(memory.people, memory.peak_mib), (memory.four_times_people, memory.four_times_peak_mib)]
                .map(|(people, mib)| vec![grouped(&people.to_string()), peak(mib)]);
        writeln!(out, "{}\n", table(&["people of a run", "peak memory, MiB"], &[0, 1], lines))?;
        Ok(())
    }

    fn write_start(&self, out: &mut dyn Write) -> Result<(), Fault> {
        let start = &self.start;
        writeln!(out, "Before the first row: a component of {:.0} KiB", start.component_kib)?;
        let lines = [
            ["check and compile", &format!("{:.1}", start.compile_ms), "ms"],
            ["load from the cache", &format!("{:.1}", start.cached_load_ms), "ms"],
            ["fresh store and an empty call", &format!("{:.1}", start.fresh_store_and_empty_call_us), "µs"],
            ["open the store", &format!("{:.1}", self.run.open_ms), "ms"],
            ["import", &grouped(&self.run.import_rows_per_second.to_string()), "rows a second"],
        ]
        .map(|line| line.map(str::to_owned).to_vec());
        writeln!(out, "{}", table(&["", "", "unit"], &[1], lines))?;
        Ok(())
    }
}
