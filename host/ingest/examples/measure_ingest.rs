//! How long a million rows take: `cargo run --release -p attain-ingest --example measure_ingest -- [ROWS]`.

use attain_ingest::{Format, Limits, Schema, export, import};
use attain_model::Table;
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Instant;

const NUMBERS: usize = 20;

fn csv_of(rows: usize) -> String {
    let mut csv = String::from("participant,team,region,role,hire_date");
    for column in 0..NUMBERS {
        let _ = write!(csv, ",n{column}:money:2");
    }
    csv.push('\n');
    for row in 0..rows {
        // Shuffled, as exports are.
        let person = row.wrapping_mul(7_919) % rows;
        let _ = write!(
            csv,
            "P{person:07},T{:05},R{},rep,2020-01-{:02}",
            person / 10,
            person % 7,
            1 + person % 28
        );
        for column in 0..NUMBERS {
            let _ = write!(csv, ",{}.{:02}", (person * (column + 3)) % 100_000, person % 100);
        }
        csv.push('\n');
    }
    csv
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rows = std::env::args().nth(1).map_or(Ok(1_000_000), |rows| rows.parse())?;
    let mut out = std::io::stdout().lock();
    let csv = csv_of(rows);
    writeln!(out, "{rows} rows of {} columns, {} MB of CSV", NUMBERS + 5, csv.len() >> 20)?;
    let begin = Instant::now();
    let table = import("people.csv", csv, None, &Schema::table("people", None), &Limits::default())?;
    writeln!(out, "import csv      {:7} ms", begin.elapsed().as_millis())?;
    for format in [Format::Csv, Format::Json, Format::Parquet] {
        let begin = Instant::now();
        let bytes = export(&table, format, Vec::new())?;
        writeln!(
            out,
            "export {:8} {:7} ms, {} MB",
            format.name(),
            begin.elapsed().as_millis(),
            bytes.len() >> 20
        )?;
        if format == Format::Parquet {
            reimport(&table, bytes, &mut out)?;
        }
    }
    Ok(())
}

fn reimport(
    table: &Table,
    bytes: Vec<u8>,
    out: &mut impl std::io::Write,
) -> Result<(), Box<dyn std::error::Error>> {
    let types = table.columns.iter().map(|column| (column.name.clone(), column.kind));
    let schema = Schema::table("people", None).with_known(types);
    let begin = Instant::now();
    let back = import("people.parquet", bytes, None, &schema, &Limits::default())?;
    writeln!(out, "import parquet  {:7} ms", begin.elapsed().as_millis())?;
    assert!(back == *table, "the table changed on its way");
    Ok(())
}
