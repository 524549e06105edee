//! What making the demo company's figures costs: `cargo run --release -p attain-demo --example measure_demo -- 1000000`.

#![expect(clippy::print_stdout, reason = "an example that prints")]

use attain_demo::{DemoCompany, SEED};
use attain_model::period::Period;
use std::error::Error;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let participants: u32 = std::env::args().nth(1).unwrap_or_else(|| "100000".to_owned()).parse()?;
    let company = DemoCompany::new(SEED, participants);
    let quarter = Period::parse("2026-Q3")?;
    let begun = Instant::now();
    let rows: usize = company.people(quarter, 65_536)?.map(|piece| piece.rows).sum();
    println!("people   {rows:>10} rows in {:.2?}", begun.elapsed());
    let begun = Instant::now();
    let rows: usize = company.targets(quarter, 65_536)?.map(|piece| piece.rows).sum();
    println!("targets  {rows:>10} rows in {:.2?}", begun.elapsed());
    let begun = Instant::now();
    let rows: usize = company.deals(quarter, 8_192)?.map(|piece| piece.rows).sum();
    println!("deals    {rows:>10} rows in {:.2?}", begun.elapsed());
    Ok(())
}
