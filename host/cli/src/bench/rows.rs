//! What a row costs: `tiered-commission` in the sandbox against the same function compiled into this binary.
//!
//! Both get the same columns, 8,192 rows at a time, on one thread. In the sandbox every batch has a fresh store,
//! fuel is counted, and the columns that cross are copied in and out and checked; the native function is called
//! through the SDK's own entry, without trace, with parameters read each time as the guest reads them.

use super::clock::{Times, in_turn};
use super::figures::{COLUMNS, column, context, parameters};
use crate::demo::component_of;
use crate::fault::Fault;
use attain_engine::{BATCH_ROWS, Batch, Call, Engine, EngineSettings, Limits, Policy, PolicyError};
use attain_model::{Binding, Digest};
use serde::{Deserialize, Serialize};
use std::hint::black_box;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// Rows that Python gets: it takes seconds for more.
const SCRIPT_ROWS: usize = 100_000;

/// What was measured of a row.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rows {
    /// How many rows each round computed.
    pub rows: usize,
    /// Rows of a batch.
    pub batch_rows: usize,
    /// The columns that cross into the sandbox: the inputs that these parameters bind.
    pub inputs: Vec<String>,
    /// The columns that come back.
    pub outputs: Vec<String>,
    /// Columns of the snapshot that the rule doesn't read.
    pub unread: Vec<String>,
    /// What all rows took in the sandbox.
    pub sandbox: Times,
    /// What all rows took natively.
    pub native: Times,
    /// Fuel of all rows of a round.
    pub fuel: u64,
    /// Memory of a guest at its largest.
    pub guest_memory_bytes: u64,
    /// How many rows stand in the files for Python.
    pub script_rows: usize,
    /// The digest of what the sandbox gave for those rows: column after column, little-endian.
    pub script_outputs: String,
}

/// One batch, for both.
struct Cut {
    columns: Vec<Vec<i64>>,
    native: attain_sdk::Batch,
}

impl Cut {
    fn batch(&self) -> Batch<'_> {
        Batch {
            rows: self.native.rows,
            numbers: self.columns.iter().map(Vec::as_slice).collect(),
            ..Batch::default()
        }
    }
}

/// Measures so many rows, and leaves the first of them in `folder` for Python.
pub fn measure(rows: usize, folder: &Path) -> Result<Rows, Fault> {
    let engine = Engine::new(EngineSettings::default()).map_err(|error| Fault::failed(error.to_string()))?;
    let rule = Rule::load(&engine)?;
    let inputs: Vec<String> = rule.binding.inputs.iter().map(|input| input.name.clone()).collect();
    let whole: Vec<Vec<i64>> = inputs.iter().map(|name| column(name, rows)).collect();
    let cuts = cut(&whole, rows);

    let script_rows = rows.min(SCRIPT_ROWS);
    for (name, column) in inputs.iter().zip(&whole) {
        let mut file = std::io::BufWriter::new(std::fs::File::create(folder.join(name))?);
        for cell in column.iter().take(script_rows) {
            file.write_all(&cell.to_le_bytes())?;
        }
        file.flush()?;
    }
    let (fuel, guest_memory_bytes, given) = rule.compared(&cuts)?;

    let (mut sandbox, mut native) = (Times::default(), Times::default());
    in_turn(2, |thing| match thing {
        0 => sandbox
            .take(|| cuts.iter().try_for_each(|cut| rule.sandboxed(cut).map(|given| drop(black_box(given))))),
        _ => native
            .take(|| cuts.iter().try_for_each(|cut| rule.native(cut).map(|given| drop(black_box(given))))),
    })?;

    let unread = COLUMNS.iter().map(|(name, ..)| (*name).to_owned()).filter(|name| !inputs.contains(name));
    Ok(Rows {
        rows,
        batch_rows: BATCH_ROWS as usize,
        unread: unread.collect(),
        outputs: rule.binding.outputs.iter().map(|output| output.name.clone()).collect(),
        inputs,
        sandbox,
        native,
        fuel,
        guest_memory_bytes,
        script_rows,
        script_outputs: digest(&given, script_rows),
    })
}

fn cut(columns: &[Vec<i64>], rows: usize) -> Vec<Cut> {
    let size = BATCH_ROWS as usize;
    let piece = |start: usize| {
        let end = rows.min(start + size);
        let columns: Vec<Vec<i64>> =
            columns.iter().map(|column| column.get(start..end).unwrap_or_default().to_vec()).collect();
        let native = attain_sdk::Batch {
            rows: u32::try_from(end - start).unwrap_or(u32::MAX),
            numbers: columns.clone(),
            texts: Vec::new(),
            group_ends: Vec::new(),
        };
        Cut { columns, native }
    };
    (0..rows).step_by(size).map(piece).collect()
}

/// The digest of the first rows of some columns.
fn digest(columns: &[Vec<i64>], rows: usize) -> String {
    let cells = columns.iter().flat_map(|column| column.iter().take(rows));
    Digest::of(&cells.flat_map(|cell| cell.to_le_bytes()).collect::<Vec<u8>>()).to_string()
}

/// The rule, both ways, ready to be called.
pub struct Rule {
    policy: Arc<Policy>,
    parameters: String,
    binding: Binding,
    context: attain_engine::Context,
    native_context: attain_sdk::Context,
    limits: Limits,
}

impl Rule {
    /// Loads the component that stands beside this binary.
    pub fn load(engine: &Engine) -> Result<Rule, Fault> {
        let component = crate::session::read_file(&component_of("tiered-commission")?)?;
        let policy = engine.load(&component).map_err(failed)?;
        let parameters = parameters().ok_or_else(|| Fault::failed("the parameters can't be read"))?;
        let context = context();
        let native_context = attain_sdk::Context {
            period_kind: context.period_kind.clone(),
            first_day: context.first_day,
            last_day: context.last_day,
            year_first_day: context.year_first_day,
            year_last_day: context.year_last_day,
            money_decimals: context.money_decimals,
        };
        let binding = policy.bind(&parameters, &context).map_err(failed)?;
        Ok(Rule { policy, parameters, binding, context, native_context, limits: Limits::default() })
    }

    /// A call of no rows: a fresh store, the parameters read, nothing computed.
    pub fn empty_call(&self) -> Result<(), Fault> {
        let nothing: Vec<&[i64]> = self.binding.inputs.iter().map(|_| &[][..]).collect();
        let batch = Batch { rows: 0, numbers: nothing, ..Batch::default() };
        self.evaluate(&batch).map(drop)
    }

    fn evaluate(&self, batch: &Batch<'_>) -> Result<attain_engine::Evaluated, Fault> {
        let call = Call {
            parameters: &self.parameters,
            context: &self.context,
            binding: &self.binding,
            limits: &self.limits,
        };
        self.policy.evaluate(&call, batch).map_err(failed)
    }

    fn sandboxed(&self, cut: &Cut) -> Result<attain_engine::Evaluated, Fault> {
        self.evaluate(&cut.batch())
    }

    fn native(&self, cut: &Cut) -> Result<Vec<Vec<i64>>, Fault> {
        let given = attain_sdk::native::evaluate::<tiered_commission::Policy>(
            &self.parameters,
            &self.native_context,
            &cut.native,
        );
        given.map_err(|failure| Fault::failed(format!("the native rule failed: {}", failure.message)))
    }

    /// Everything once both ways, compared: fuel, memory, and the columns that came out.
    fn compared(&self, cuts: &[Cut]) -> Result<(u64, u64, Vec<Vec<i64>>), Fault> {
        let (mut fuel, mut memory) = (0u64, 0);
        let mut all: Vec<Vec<i64>> = vec![Vec::new(); self.binding.outputs.len()];
        for (number, cut) in cuts.iter().enumerate() {
            let given = self.sandboxed(cut)?;
            if given.columns != self.native(cut)? {
                return Err(Fault::failed(format!(
                    "the sandbox and the native rule differ in batch {number}; were the binary and its components \
                     built together? cargo xtask build"
                )));
            }
            fuel = fuel.saturating_add(given.fuel);
            memory = given.memory_bytes.max(memory);
            all.iter_mut().zip(given.columns).for_each(|(all, column)| all.extend(column));
        }
        Ok((fuel, memory, all))
    }
}

/// An error of the engine, as this command says it.
pub fn failed(error: PolicyError) -> Fault {
    Fault::failed(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_hold_every_row_once() {
        let column: Vec<i64> = (0..20_000).collect();
        let cuts = cut(std::slice::from_ref(&column), 20_000);
        let sizes: Vec<u32> = cuts.iter().map(|cut| cut.batch().rows).collect();
        assert_eq!(sizes, [8_192, 8_192, 3_616]);
        let joined: Vec<i64> = cuts.iter().flat_map(|cut| cut.columns[0].clone()).collect();
        assert_eq!(joined, column);
    }
}
