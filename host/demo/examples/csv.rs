//! Writes one table of the demo company as CSV to standard output:
//! `cargo run --release -p attain-demo --example csv -- people 2026-Q3 50`.

use attain_demo::{DemoCompany, SEED, write_csv, write_targets_csv};
use attain_model::period::Period;
use std::error::Error;
use std::io::{self, BufWriter};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [table, period, participants] = arguments.as_slice() else {
        return Err("expected a table (people, targets or deals), a period and a number of people".into());
    };
    let company = DemoCompany::new(SEED, participants.parse()?);
    let period = Period::parse(period)?;
    let out = &mut BufWriter::new(io::stdout().lock());
    match table.as_str() {
        "people" => write_csv(company.people(period, 4_096)?, out)?,
        "targets" => write_targets_csv(company.targets(period, 4_096)?, out)?,
        "deals" => write_csv(company.deals(period, 1_024)?, out)?,
        other => return Err(format!("there is no table `{other}`, expected people, targets or deals").into()),
    }
    Ok(())
}
