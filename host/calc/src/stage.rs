//! One step over some rows: inputs drawn, cut into batches, evaluated, outputs assembled.

use crate::groups::Groups;
use crate::meter::{Meter, Part, timed};
use crate::prepare::{PreparedStep, is_each};
use crate::project::{Pool, Values, draw};
use attain_engine::{Batch, Call, Context, Limits, PolicyError, TextSlice};
use attain_model::manifest::{Grouping, Per};
use attain_model::{Data, Digest, NO_VALUE, TextColumn};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Condvar, Mutex, PoisonError};

/// What every call of a run shares.
pub(crate) struct Calls<'a> {
    pub context: &'a Context,
    pub limits: &'a Limits,
    pub batch_rows: usize,
    pub threads: usize,
    pub cancel: &'a AtomicBool,
    pub meter: &'a dyn Meter,
}

/// What a step gave for some rows.
#[derive(Debug, Default)]
pub(crate) struct Given {
    /// A column an output.
    pub outputs: Vec<Vec<i64>>,
    /// Digest of each input's cells; none where nothing is bound.
    pub inputs: Vec<Option<Digest>>,
    /// The places of its rows in the order in which the policy saw them; empty where that is their own.
    pub order: Vec<usize>,
    pub used: Used,
}

/// What calls used: all together, and the most of its allowance that one of them did, in thousandths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Used {
    pub fuel: u64,
    pub fuel_share: u64,
    pub memory_bytes: u64,
    pub memory_share: u64,
}

impl Used {
    fn of(evaluated: &attain_engine::Evaluated) -> Used {
        let share = |used: u64, allowed: u64| used.saturating_mul(1000) / allowed.max(1);
        Used {
            fuel: evaluated.fuel,
            fuel_share: share(evaluated.fuel, evaluated.fuel_allowed),
            memory_bytes: evaluated.memory_bytes,
            memory_share: share(evaluated.memory_bytes, evaluated.memory_allowed),
        }
    }

    pub(crate) fn and(self, other: Used) -> Used {
        Used {
            fuel: self.fuel.saturating_add(other.fuel),
            fuel_share: self.fuel_share.max(other.fuel_share),
            memory_bytes: self.memory_bytes.max(other.memory_bytes),
            memory_share: self.memory_share.max(other.memory_share),
        }
    }
}

/// A failure at a row of those given to [`evaluate`].
pub(crate) enum StepError {
    Policy { row: Option<usize>, source: PolicyError },
    Input { row: usize, input: String },
    Cancelled,
}

/// Does `tasks` pieces of work on `threads` threads and hands the results over in their order.
///
/// The failure of the lowest piece is the one reported, whatever the threads: pieces are begun in order, so
/// when one fails all lower ones have begun and are waited for.
pub(crate) fn in_order<T: Send, E: Send>(
    tasks: usize,
    threads: usize,
    work: impl Fn(usize) -> Result<T, E> + Sync,
    mut take: impl FnMut(usize, T) -> Result<(), E>,
) -> Result<(), E> {
    if threads <= 1 || tasks <= 1 {
        return (0..tasks).try_for_each(|task| take(task, work(task)?));
    }
    let window = threads * 2;
    let next = AtomicUsize::new(0);
    let gate = Gate::default();
    std::thread::scope(|scope| {
        let (send, receive) = sync_channel::<(usize, Result<T, E>)>(threads);
        for _ in 0..threads.min(tasks) {
            let send = send.clone();
            let (next, gate, work) = (&next, &gate, &work);
            scope.spawn(move || {
                loop {
                    let task = next.fetch_add(1, Ordering::AcqRel);
                    if task >= tasks || !gate.wait_for(task, window) {
                        break;
                    }
                    let result = work(task);
                    if result.is_err() {
                        gate.close();
                    }
                    if send.send((task, result)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(send);
        let mut early = BTreeMap::new();
        let mut taken = 0;
        let mut failure: Option<(usize, E)> = None;
        for (task, result) in receive {
            match result {
                Err(error) if failure.as_ref().is_none_or(|(lowest, _)| task < *lowest) => {
                    failure = Some((task, error));
                }
                Err(_) => {}
                Ok(done) => {
                    early.insert(task, done);
                }
            }
            while failure.is_none()
                && let Some(done) = early.remove(&taken)
            {
                match take(taken, done) {
                    Ok(()) => taken += 1,
                    Err(error) => {
                        gate.close();
                        failure = Some((taken, error));
                    }
                }
            }
            gate.open_to(taken);
        }
        failure.map_or(Ok(()), |(_, error)| Err(error))
    })
}

/// Keeps workers from running far ahead of the one who takes, so that little waits in memory.
#[derive(Default)]
struct Gate {
    /// How many results were taken, and whether to stop.
    state: Mutex<(usize, bool)>,
    moved: Condvar,
}

impl Gate {
    /// Waits until a task is within the window; false when the work has stopped.
    fn wait_for(&self, task: usize, window: usize) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while !state.1 && task >= state.0 + window {
            state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        !state.1
    }

    fn open_to(&self, taken: usize) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).0 = taken;
        self.moved.notify_all();
    }

    fn close(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).1 = true;
        self.moved.notify_all();
    }
}

/// Evaluates a step over rows that it may see together. `threads` is how many batches run at once.
pub(crate) fn evaluate(
    calls: &Calls,
    step: &PreparedStep,
    pool: &Pool,
    threads: usize,
) -> Result<Given, StepError> {
    let values = timed(calls.meter, Part::Project, || drawn(step, pool))?;
    let inputs = timed(calls.meter, Part::Hash, || values.iter().map(Values::digest).collect());
    let outputs = vec![vec![NO_VALUE; pool.rows]; step.binding.outputs.len()];
    let mut given = Given { outputs, inputs, order: Vec::new(), used: Used::default() };
    let Given { outputs, used, .. } = &mut given;
    if is_each(step) {
        let batches = pool.rows.div_ceil(calls.batch_rows);
        let range = |task: usize| task * calls.batch_rows..pool.rows.min((task + 1) * calls.batch_rows);
        let work = |task: usize| one_batch(calls, step, &values, range(task));
        return in_order(batches, threads, work, |task, evaluated: attain_engine::Evaluated| {
            *used = used.and(Used::of(&evaluated));
            for (output, column) in outputs.iter_mut().zip(&evaluated.columns) {
                if let Some(slots) = output.get_mut(range(task)) {
                    slots.copy_from_slice(column);
                }
            }
            Ok(())
        })
        .map(|()| given);
    }
    let groups = timed(calls.meter, Part::Project, || groups_of(step, &values, pool));
    let batches = groups.batches(calls.batch_rows);
    let work = |task: usize| match batches.get(task) {
        Some(batch) => grouped_batch(calls, step, &values, &groups, batch),
        None => Err(StepError::Cancelled),
    };
    in_order(batches.len(), threads, work, |task, evaluated: attain_engine::Evaluated| {
        *used = used.and(Used::of(&evaluated));
        if let Some(batch) = batches.get(task) {
            scatter(step, &groups, batch, &evaluated.columns, outputs);
        }
        Ok(())
    })
    .map(|()| Given { order: groups.rows, ..given })
}

/// Draws all inputs of a step.
pub(crate) fn drawn<'a>(step: &PreparedStep, pool: &Pool<'a>) -> Result<Vec<Values<'a>>, StepError> {
    let inputs = step.feeds.iter().zip(&step.binding.inputs);
    inputs
        .map(|(feed, input)| {
            draw(pool, feed, input).map_err(|row| StepError::Input { row, input: input.name.clone() })
        })
        .collect()
}

/// The groups that a step asks for.
pub(crate) fn groups_of(step: &PreparedStep, values: &[Values], pool: &Pool) -> Groups {
    let rows = pool.rows;
    let inputs = || step.binding.inputs.iter().zip(values);
    let cells = |name: &str| {
        let found = inputs().find(|(input, _)| input.name == name);
        found.map(|(input, values)| values.to_data(rows, input.unit))
    };
    let keys: Vec<Data> = match &step.binding.grouping {
        Grouping::By(names) => names.iter().filter_map(|name| cells(name)).collect(),
        Grouping::Person => pool.persons.cloned().into_iter().collect(),
        Grouping::Each | Grouping::All => Vec::new(),
    };
    let orders: Vec<_> = step.binding.order.iter().filter_map(|o| Some((cells(&o.input)?, o))).collect();
    let keys: Vec<&Data> = keys.iter().collect();
    let orders: Vec<_> = orders.iter().map(|(data, order)| (data, *order)).collect();
    Groups::by(rows, &keys, &orders)
}

fn one_batch(
    calls: &Calls,
    step: &PreparedStep,
    values: &[Values],
    range: Range<usize>,
) -> Result<attain_engine::Evaluated, StepError> {
    let places: Vec<usize> = range.clone().collect();
    let texts: Vec<TextColumn> = values
        .iter()
        .zip(&step.binding.inputs)
        .filter_map(|(values, input)| match values {
            Values::Texts(texts) => Some(texts.gather(&places)),
            Values::Nothing if input.unit == attain_model::Unit::Text => Some(TextColumn::default()),
            _ => None,
        })
        .collect();
    let numbers = values.iter().zip(&step.binding.inputs).filter_map(|(values, input)| match values {
        Values::Numbers(numbers) => Some(numbers.get(range.clone()).unwrap_or_default()),
        Values::Nothing if input.unit != attain_model::Unit::Text => Some(&[][..]),
        _ => None,
    });
    let batch = Batch {
        rows: u32::try_from(range.len()).unwrap_or(u32::MAX),
        numbers: numbers.collect(),
        texts: texts.iter().map(TextSlice::of).collect(),
        group_ends: &[],
    };
    call(calls, step, &batch, |row| Some(row + range.start))
}

/// The columns of a batch whose rows don't stand together, gathered.
pub(crate) struct Gathered {
    numbers: Vec<Vec<i64>>,
    texts: Vec<TextColumn>,
    ends: Vec<u32>,
    rows: usize,
}

impl Gathered {
    pub(crate) fn new(
        step: &PreparedStep,
        values: &[Values],
        groups: &Groups,
        batch: &Range<usize>,
    ) -> Gathered {
        let places = groups.rows.get(batch.clone()).unwrap_or_default();
        let mut gathered = Gathered {
            numbers: Vec::new(),
            texts: Vec::new(),
            ends: groups.ends_in(batch),
            rows: places.len(),
        };
        for (values, input) in values.iter().zip(&step.binding.inputs) {
            match values {
                Values::Numbers(numbers) => {
                    let column = places.iter().map(|row| numbers.get(*row).copied().unwrap_or(NO_VALUE));
                    gathered.numbers.push(column.collect());
                }
                Values::Texts(texts) => gathered.texts.push(texts.gather(places)),
                Values::Nothing if input.unit == attain_model::Unit::Text => {
                    gathered.texts.push(TextColumn::default())
                }
                Values::Nothing => gathered.numbers.push(Vec::new()),
            }
        }
        gathered
    }

    /// The group that a row belongs to.
    pub(crate) fn group_of(&self, row: usize) -> usize {
        self.ends.partition_point(|end| *end as usize <= row)
    }

    pub(crate) fn batch<'a>(&'a self, step: &PreparedStep) -> Batch<'a> {
        let each = is_each(step);
        Batch {
            rows: u32::try_from(self.rows).unwrap_or(u32::MAX),
            numbers: self.numbers.iter().map(Vec::as_slice).collect(),
            texts: self.texts.iter().map(TextSlice::of).collect(),
            group_ends: if each { &[] } else { &self.ends },
        }
    }
}

fn grouped_batch(
    calls: &Calls,
    step: &PreparedStep,
    values: &[Values],
    groups: &Groups,
    batch: &Range<usize>,
) -> Result<attain_engine::Evaluated, StepError> {
    let gathered = timed(calls.meter, Part::Project, || Gathered::new(step, values, groups, batch));
    call(calls, step, &gathered.batch(step), |row| groups.rows.get(batch.start + row).copied())
}

/// Calls the policy; `place` says which row a row of the batch is.
fn call(
    calls: &Calls,
    step: &PreparedStep,
    batch: &Batch,
    place: impl Fn(usize) -> Option<usize>,
) -> Result<attain_engine::Evaluated, StepError> {
    if calls.cancel.load(Ordering::Relaxed) {
        return Err(StepError::Cancelled);
    }
    let call = Call {
        parameters: &step.parameters,
        context: calls.context,
        binding: &step.binding,
        limits: calls.limits,
    };
    timed(calls.meter, Part::Evaluate, || step.policy.evaluate(&call, batch)).map_err(|source| {
        let row = source.row().and_then(|row| place(row as usize));
        StepError::Policy { row, source }
    })
}

/// Puts a batch's columns back in canonical order; a value a group goes to each of its rows.
fn scatter(
    step: &PreparedStep,
    groups: &Groups,
    batch: &Range<usize>,
    columns: &[Vec<i64>],
    outputs: &mut [Vec<i64>],
) {
    let places = groups.rows.get(batch.clone()).unwrap_or_default();
    let ends = groups.ends_in(batch);
    for ((output, column), slots) in step.binding.outputs.iter().zip(columns).zip(outputs) {
        let mut group = 0;
        for (i, row) in places.iter().enumerate() {
            if ends.get(group).is_some_and(|end| i >= *end as usize) {
                group += 1;
            }
            let from = if output.per == Per::Group { group } else { i };
            if let (Some(slot), Some(value)) = (slots.get_mut(*row), column.get(from)) {
                *slot = *value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_and_the_lowest_failure_is_reported() {
        for threads in [1, 2, 8] {
            let mut seen = Vec::new();
            let work = |i: usize| if i % 7 == 5 { Err(i) } else { Ok(i * 2) };
            let result = in_order(100, threads, work, |i, done| {
                seen.push((i, done));
                Ok(())
            });
            assert_eq!(result, Err(5), "{threads} threads");
            assert!(seen.iter().enumerate().all(|(place, (i, done))| place == *i && *done == i * 2));
        }
    }

    #[test]
    fn a_taker_that_fails_stops_the_work() {
        let result =
            in_order(1_000_000, 4, Ok::<usize, &str>, |i, _| if i == 3 { Err("full") } else { Ok(()) });
        assert_eq!(result, Err("full"));
    }
}
