//! What the engine costs on this machine: compile, cached load, instantiation, and a call of 8,192 rows by
//! 12 columns in a fresh instance.
//!
//! `cargo run --release -p attain-engine --example measure_engine [FILE.wasm PARAMETERS.json]`
//!
//! Without a file it measures the smallest guest of the tests (five per cent of one of the columns), so the
//! figures are those of the engine and of the copying. Medians of 51; the first calls warm the slots up.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "an example that prints, and stops where something is missing"
)]

#[path = "../tests/engine/guests.rs"]
#[expect(dead_code, reason = "shared with the tests, which use more of it")]
mod guests;

use attain_engine::{Batch, Call, Engine, EngineSettings, Limits, TextSlice};
use attain_model::{Binding, Unit};
use std::time::{Duration, Instant};

const ROWS: u32 = attain_engine::BATCH_ROWS;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (bytes, parameters) = match (arguments.next(), arguments.next()) {
        (Some(file), Some(parameters)) => {
            (std::fs::read(file).unwrap(), std::fs::read_to_string(parameters).unwrap())
        }
        _ => (twelve_columns(), "{}".to_owned()),
    };
    let folder = tempfile::tempdir().unwrap();
    let settings =
        || EngineSettings { cache: Some(folder.path().join("compiled")), ..EngineSettings::default() };

    let engine = Engine::new(settings()).unwrap();
    let (policy, compile) = timed(|| engine.load(&bytes).unwrap());
    let again = Engine::new(settings()).unwrap();
    let (_, cached) = timed(|| again.load(&bytes).unwrap());
    println!("component                 {:>10} bytes", bytes.len());
    println!("check, compile, describe  {:>10} µs", compile.as_micros());
    println!("the same from the cache   {:>10} µs", cached.as_micros());

    let binding = policy.bind(&parameters, &guests::CONTEXT).unwrap();
    let bind = median(|| _ = policy.bind(&parameters, &guests::CONTEXT).unwrap());
    println!("bind, fresh instance      {:>10} µs", bind.as_micros());

    let limits = Limits::default();
    let call =
        Call { parameters: &parameters, context: &guests::CONTEXT, binding: &binding, limits: &limits };
    let columns = Columns::of(&binding);
    let one = median(|| _ = policy.evaluate(&call, &columns.batch(1)).unwrap());
    println!("evaluate 1 row            {:>10} µs", one.as_micros());
    let whole = median(|| _ = policy.evaluate(&call, &columns.batch(ROWS)).unwrap());
    let evaluated = policy.evaluate(&call, &columns.batch(ROWS)).unwrap();
    println!("evaluate {ROWS} rows        {:>10} µs", whole.as_micros());
    println!("  a row                   {:>10} ns", whole.as_nanos() / u128::from(ROWS));
    println!("  fuel a row              {:>10}", evaluated.fuel / u64::from(ROWS));
    println!("  memory                  {:>10} KiB", evaluated.memory_bytes >> 10);
}

/// The smallest guest, reading twelve columns.
fn twelve_columns() -> Vec<u8> {
    let more: String = (1..12)
        .map(|i| format!(r#",{{"name":"c{i}","unit":"money","decimals":2,"required":true}}"#))
        .collect();
    let binding = guests::BINDING.replacen("}],", &format!("}}{more}],"), 1);
    guests::component("commission", guests::MANIFEST, &binding)
}

/// Figures for whatever a policy reads.
struct Columns<'a> {
    binding: &'a Binding,
    numbers: Vec<i64>,
    codes: Vec<u32>,
}

impl Columns<'_> {
    fn of(binding: &Binding) -> Columns<'_> {
        let numbers = (0..i64::from(ROWS)).map(|row| 1_000_000 + row * 7_919 % 900_000).collect();
        Columns { binding, numbers, codes: vec![0; ROWS as usize] }
    }

    fn batch(&self, rows: u32) -> Batch<'_> {
        let is_text = |unit: Unit| unit == Unit::Text;
        let inputs = || self.binding.inputs.iter().map(|input| is_text(input.unit));
        let n = rows as usize;
        Batch {
            rows,
            numbers: inputs().filter(|text| !text).map(|_| &self.numbers[..n]).collect(),
            texts: inputs()
                .filter(|text| *text)
                .map(|_| TextSlice { dictionary: vec!["rep"], codes: &self.codes[..n] })
                .collect(),
            group_ends: &[],
        }
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let made = work();
    (made, start.elapsed())
}

fn median(mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..51).map(|_| timed(&mut work).1).collect();
    times.sort();
    times[times.len() / 2]
}
