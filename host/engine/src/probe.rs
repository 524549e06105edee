//! A probe before a policy may be used: does it give the same, alone and beside others, now and again?
//!
//! Rows are independent unless the policy says otherwise, and a batch may be cut anywhere between groups. A policy that
//! keeps something from row to row, or from call to call, pays by how the host happens to cut. The probe makes rows
//! from the binding, usual and extreme ones and ones without values, and evaluates them one by one, all together,
//! backwards, in halves, and again. What a policy refuses or can't compute is left out; what it computes must be the
//! same each time.
//!
//! It finds what shows on a few dozen rows. For certain the second cut of every real run finds it.

use crate::batch::{Batch, Call, TextSlice};
use crate::error::{Export, PolicyError};
use crate::policy::Policy;
use attain_model::manifest::{Grouping, Input, Per};
use attain_model::{NO_VALUE, Unit, number};

/// How many rows it makes.
const ROWS: usize = 48;

/// The first of them have usual values only.
const USUAL: usize = 24;

/// Sizes of groups, in turn.
const GROUPS: [usize; 6] = [1, 2, 3, 5, 1, 4];

const TEXTS: [&str; 5] = ["North", "South", "a", "", "渠道"];

/// What was found: how many rows were computed, and what they cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Rows that the policy computed, each way the same.
    pub rows: u32,
    /// Fuel of a call for itself.
    pub fuel_base: u64,
    /// Fuel on top for each row.
    pub fuel_per_row: u64,
    /// Most of its allowance that a call of these rows used, in thousandths.
    pub fuel_share: u64,
    /// Linear memory of a call.
    pub memory_bytes: u64,
}

/// Cells by input, for every row.
struct Figures<'a> {
    inputs: &'a [Input],
    numbers: Vec<Vec<i64>>,
    texts: Vec<Vec<Option<&'static str>>>,
}

/// What some pieces gave: for each piece, for each output, its values.
struct Given {
    pieces: Vec<Vec<Vec<i64>>>,
    fuel: u64,
    memory: u64,
}

/// Probes a policy with the parameters of a plan.
///
/// # Errors
///
/// [`PolicyError::Neighbours`] with an example, [`PolicyError::Unsteady`].
pub fn probe(policy: &Policy, call: &Call<'_>) -> Result<Probe, PolicyError> {
    let figures = Figures::make(&call.binding.inputs, call.context.last_day);
    let pieces = pieces_of(&call.binding.grouping);
    let mut good: Vec<(&[usize], Vec<Vec<i64>>)> = Vec::new();
    let (mut least, mut memory) = (u64::MAX, 0);
    for piece in &pieces {
        let alone = figures.evaluate(policy, call, &[piece]);
        let again = figures.evaluate(policy, call, &[piece]);
        match (alone, again) {
            (Ok(mut alone), Ok(again)) if alone.pieces == again.pieces => {
                least = least.min(alone.fuel);
                memory = alone.memory.max(memory);
                good.extend(alone.pieces.pop().map(|given| (piece.as_slice(), given)));
            }
            (Err(one), Err(other)) if one.code() == other.code() => {}
            _ => return Err(PolicyError::Unsteady { export: Export::Evaluate }),
        }
    }
    let whole: Vec<usize> = (0..good.len()).collect();
    let middle = good.len() / 2;
    let orders = [
        whole.clone(),
        whole.iter().rev().copied().collect(),
        whole.get(..middle).unwrap_or_default().to_vec(),
        whole.get(middle..).unwrap_or_default().to_vec(),
    ];
    let mut most = 0;
    for order in orders {
        let chosen: Vec<&(&[usize], Vec<Vec<i64>>)> =
            order.iter().filter_map(|place| good.get(*place)).collect();
        let rows: Vec<&[usize]> = chosen.iter().map(|(rows, _)| *rows).collect();
        if rows.is_empty() {
            continue;
        }
        // Together they may overflow a sum that none does alone, where a policy keeps one: that is a difference, too.
        let together = figures.evaluate(policy, call, &rows).map_err(|error| match error.row() {
            Some(row) => figures.differs(
                call,
                rows.first().copied().unwrap_or_default(),
                usize::try_from(row).unwrap_or(0),
                &error.to_string(),
            ),
            None => error,
        })?;
        most = together.fuel.max(most);
        memory = together.memory.max(memory);
        for ((rows, alone), beside) in chosen.iter().zip(&together.pieces) {
            figures.same(call, rows, alone, beside)?;
        }
    }
    let rows: usize = good.iter().map(|(rows, _)| rows.len()).sum();
    let rows = u32::try_from(rows).unwrap_or(u32::MAX);
    let more = u64::from(rows.saturating_sub(1)).max(1);
    let fuel_per_row = if rows == 0 { 0 } else { most.saturating_sub(least) / more };
    Ok(Probe {
        rows,
        fuel_base: if rows == 0 { 0 } else { least.saturating_sub(fuel_per_row) },
        fuel_per_row,
        fuel_share: most.saturating_mul(1000) / call.limits.fuel(u64::from(rows)).max(1),
        memory_bytes: memory,
    })
}

/// Which rows go together: each by itself, or groups of several sizes, or all that are usual.
fn pieces_of(grouping: &Grouping) -> Vec<Vec<usize>> {
    match grouping {
        Grouping::Each => (0..ROWS).map(|row| vec![row]).collect(),
        Grouping::All => vec![(0..USUAL).collect()],
        Grouping::By(_) | Grouping::Person => {
            let mut pieces = Vec::new();
            let mut first = 0;
            for size in GROUPS.into_iter().cycle() {
                let last = ROWS.min(first + size);
                pieces.push((first..last).collect());
                first = last;
                if first == ROWS {
                    return pieces;
                }
            }
            pieces
        }
    }
}

impl<'a> Figures<'a> {
    fn make(inputs: &'a [Input], last_day: i32) -> Figures<'a> {
        // Any fixed sequence will do: the same rows for everybody, always.
        let mut state: u64 = 0x2545_f491_4f6c_dd1d;
        let mut next = |below: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % below.max(1)
        };
        let (mut numbers, mut texts) = (Vec::new(), Vec::new());
        for input in inputs {
            if input.unit == Unit::Text {
                // Past the last of them there is none.
                let cell = |row: usize| {
                    let place = next(TEXTS.len() as u64 + u64::from(row >= USUAL));
                    TEXTS.get(usize::try_from(place).unwrap_or(0)).copied()
                };
                texts.push((0..ROWS).map(cell).collect());
            } else {
                numbers.push((0..ROWS).map(|row| number(input, row >= USUAL, last_day, &mut next)).collect());
            }
        }
        Figures { inputs, numbers, texts }
    }

    fn evaluate(&self, policy: &Policy, call: &Call<'_>, pieces: &[&[usize]]) -> Result<Given, PolicyError> {
        let rows: Vec<usize> = pieces.concat();
        let numbers: Vec<Vec<i64>> = (self.numbers.iter())
            .map(|column| rows.iter().map(|row| column.get(*row).copied().unwrap_or(NO_VALUE)).collect())
            .collect();
        let texts: Vec<(Vec<&str>, Vec<u32>)> = self
            .texts
            .iter()
            .map(|column| coded(rows.iter().map(|row| column.get(*row).copied().flatten())))
            .collect();
        let mut ends: Vec<u32> = Vec::new();
        if call.binding.grouping != Grouping::Each {
            let mut end = 0u32;
            for piece in pieces {
                end = end.saturating_add(u32::try_from(piece.len()).unwrap_or(u32::MAX));
                ends.push(end);
            }
        }
        let batch = Batch {
            rows: u32::try_from(rows.len()).unwrap_or(u32::MAX),
            numbers: numbers.iter().map(Vec::as_slice).collect(),
            texts: texts
                .iter()
                .map(|(dictionary, codes)| TextSlice { dictionary: dictionary.clone(), codes })
                .collect(),
            group_ends: &ends,
        };
        let evaluated = policy.evaluate(call, &batch)?;
        let mut first = 0;
        let mut given = Vec::new();
        for (group, piece) in pieces.iter().enumerate() {
            let last = first + piece.len();
            let outputs = evaluated.columns.iter().zip(&call.binding.outputs).map(|(column, output)| {
                let range = if output.per == Per::Group { group..group + 1 } else { first..last };
                column.get(range).unwrap_or_default().to_vec()
            });
            given.push(outputs.collect());
            first = last;
        }
        Ok(Given { pieces: given, fuel: evaluated.fuel, memory: evaluated.memory_bytes })
    }

    /// Whether a piece gave the same alone and beside others.
    fn same(
        &self,
        call: &Call<'_>,
        rows: &[usize],
        alone: &[Vec<i64>],
        beside: &[Vec<i64>],
    ) -> Result<(), PolicyError> {
        for ((output, alone), beside) in call.binding.outputs.iter().zip(alone).zip(beside) {
            let Some(place) = alone.iter().zip(beside).position(|(a, b)| a != b) else { continue };
            let shown = |values: &[i64]| match values.get(place) {
                None | Some(&NO_VALUE) => "no value".to_owned(),
                Some(value) => number::format(*value, output.decimals),
            };
            let what = format!(
                "`{}` is {} by itself and {} beside others",
                output.name,
                shown(alone),
                shown(beside)
            );
            return Err(self.differs(call, rows, if output.per == Per::Group { 0 } else { place }, &what));
        }
        Ok(())
    }

    fn differs(&self, call: &Call<'_>, rows: &[usize], place: usize, what: &str) -> PolicyError {
        let row = rows.get(place).or(rows.first()).copied().unwrap_or(0);
        let (mut numbers, mut texts) = (self.numbers.iter(), self.texts.iter());
        let cells = self.inputs.iter().map(|input| {
            let shown = match input.unit {
                Unit::Text => texts
                    .next()
                    .and_then(|column| column.get(row).copied().flatten())
                    .map(|text| format!("`{text}`")),
                _ => {
                    let value =
                        numbers.next().and_then(|column| column.get(row)).filter(|value| **value != NO_VALUE);
                    value.map(|value| number::format(*value, input.decimals))
                }
            };
            format!("{} = {}", input.name, shown.as_deref().unwrap_or("no value"))
        });
        PolicyError::Neighbours {
            what: what.to_owned(),
            of: if call.binding.grouping == Grouping::Each { "a row" } else { "a group" },
            example: cells.collect::<Vec<_>>().join(", "),
        }
    }
}

/// A usual number of an input, or any.
fn number(input: &Input, extreme: bool, last_day: i32, next: &mut dyn FnMut(u64) -> u64) -> i64 {
    let one = 10i64.checked_pow(input.decimals.into()).unwrap_or(1);
    let below = |most: i64, next: &mut dyn FnMut(u64) -> u64| {
        i64::try_from(next(u64::try_from(most).unwrap_or(1))).unwrap_or(0)
    };
    let usual = match input.unit {
        Unit::Flag => below(2, next),
        Unit::Level => below(4, next),
        Unit::Label => below(3, next),
        Unit::Date => i64::from(last_day) - below(800, next),
        Unit::Days => below(120, next),
        Unit::Ratio => below(one.saturating_mul(2), next),
        Unit::Points => below(one.saturating_mul(100), next),
        Unit::Count => below(one.saturating_mul(50), next),
        Unit::Money | Unit::Text => below(one.saturating_mul(100_000), next),
    };
    if !extreme || matches!(input.unit, Unit::Flag | Unit::Level | Unit::Label) {
        return usual;
    }
    match next(9) {
        0 => NO_VALUE,
        1 => 0,
        2 => -usual,
        3 => 1,
        4 => i64::MAX,
        5 => i64::MIN + 1,
        _ => usual,
    }
}

/// Texts as a sorted dictionary of what occurs, and codes.
fn coded(texts: impl Iterator<Item = Option<&'static str>> + Clone) -> (Vec<&'static str>, Vec<u32>) {
    let mut dictionary: Vec<&'static str> = texts.clone().flatten().collect();
    dictionary.sort_unstable();
    dictionary.dedup();
    let code = |text: Option<&'static str>| {
        let place = text.and_then(|text| dictionary.binary_search(&text).ok());
        place.and_then(|place| u32::try_from(place).ok()).unwrap_or(u32::MAX)
    };
    let codes = texts.map(code).collect();
    (dictionary, codes)
}
