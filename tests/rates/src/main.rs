//! `cargo xtask rates [POLICY...]`: what a row of every policy, or of these, costs on this machine, as a table.

use attain_catalogue::{folder, shelf::shelf};
use attain_engine::{Engine, EngineSettings};
use attain_rates::{Rate, measure, name};
use comfy_table::{CellAlignment, ContentArrangement, Table};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    match rates() {
        Ok(rates) => {
            // Where nobody reads any more, there is nothing to say.
            _ = writeln!(std::io::stdout(), "{}", table(&rates));
            ExitCode::SUCCESS
        }
        Err(message) => {
            _ = writeln!(std::io::stderr(), "error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn rates() -> Result<Vec<Rate>, String> {
    let components = std::env::var_os("ATTAIN_POLICIES").map(PathBuf::from);
    let components =
        components.ok_or("ATTAIN_POLICIES names no folder of components; run this as `cargo xtask rates`")?;
    let engine = Engine::new(EngineSettings::default()).map_err(|error| error.to_string())?;
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let mut rates = Vec::new();
    let mut known = Vec::new();
    for (_, subject) in shelf() {
        known.push(name(subject.as_ref()).map_err(|error| error.to_string())?);
        if !asked.is_empty() && known.last().is_none_or(|name| !asked.contains(name)) {
            continue;
        }
        let rate = measure(&engine, subject.as_ref(), &folder(), &components);
        rates.push(rate.map_err(|error| error.to_string())?);
    }
    if let Some(unknown) = asked.iter().find(|name| !known.contains(name)) {
        return Err(format!("there is no policy `{unknown}`; there is `{}`", known.join("`, `")));
    }
    rates.sort_by(|a, b| a.policy.cmp(&b.policy));
    Ok(rates)
}

fn table(rates: &[Rate]) -> Table {
    let mut table = Table::new();
    table.set_content_arrangement(ContentArrangement::Disabled);
    table.set_header([
        "policy",
        "sandbox ns",
        "native ns",
        "times",
        "fuel",
        "KiB",
        "past the goal",
        "by the case",
    ]);
    for rate in rates {
        let past = match (rate.is_fast(), rate.is_small()) {
            (true, true) => "",
            (false, true) => "speed",
            (true, false) => "size",
            (false, false) => "speed, size",
        };
        table.add_row([
            rate.policy.clone(),
            format!("{:.0}", rate.sandbox_ns),
            format!("{:.0}", rate.native_ns),
            format!("{:.2}", rate.ratio()),
            rate.fuel.to_string(),
            rate.component_bytes.div_ceil(1 << 10).to_string(),
            past.to_owned(),
            rate.case.clone(),
        ]);
    }
    for column in table.column_iter_mut().skip(1).take(5) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
