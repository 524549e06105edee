//! `cargo xtask tenants`: many companies on one host.
//!
//! First what a company feels of a neighbour that does its worst within its quotas: estimates at a fixed rate, open loop,
//! alone and then beside it. Then what many companies cost: memory, time to start, time to a cold company's first run.

mod client;
mod hostile;
mod many;
mod neighbour;

use clap::Parser;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use std::time::Duration;

/// Measures many companies on one host.
#[derive(Parser)]
struct Arguments {
    /// Seconds of each part beside the neighbour
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Estimates a second
    #[arg(long, default_value_t = 200)]
    rate: u64,
    /// Only what the neighbour does whose name has this in it
    #[arg(long, value_name = "TEXT", default_value = "")]
    only: String,
    /// Companies on one host; 0 leaves them out
    #[arg(long, default_value_t = 10_000)]
    companies: usize,
    /// Distinct components between them
    #[arg(long, default_value_t = 1_000)]
    components: usize,
}

fn main() {
    let arguments = Arguments::parse();
    if arguments.seconds > 0 {
        neighbour::measure(Duration::from_secs(arguments.seconds), arguments.rate, &arguments.only);
    }
    if arguments.companies > 0 {
        many::measure(arguments.companies, arguments.components.clamp(1, arguments.companies));
    }
}

/// A table with a name a row and figures beside it.
fn table(header: &[&str], rows: Vec<Vec<String>>) -> Table {
    let mut table = Table::new();
    table.set_content_arrangement(ContentArrangement::Disabled).set_header(header).add_rows(rows);
    for column in 1..header.len() {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// The value below which so many thousandths of the others are; rising values.
fn percentile(sorted: &[Duration], thousandths: usize) -> Duration {
    let place = (sorted.len() * thousandths).div_ceil(1000).saturating_sub(1);
    sorted.get(place).copied().unwrap_or_default()
}

/// Milliseconds with three digits after the point.
fn ms(time: Duration) -> String {
    format!("{}.{:03}", time.as_micros() / 1000, time.as_micros() % 1000)
}

/// What a process has in memory now, and the most that it ever had, in MiB.
fn memory(process: u32) -> (u64, u64) {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let of = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name))?;
        line.split_whitespace().nth(1)?.parse::<u64>().ok()
    };
    (of("VmRSS:").unwrap_or_default() >> 10, of("VmHWM:").unwrap_or_default() >> 10)
}
