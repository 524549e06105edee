//! Work whose every state is known beforehand: what a store holds after a fault is compared with it.
//!
//! Three companies, a writer each. Writer 0 and 1 commit batches of records, writer 2 writes tables and then
//! the record that names each. Step `n` of a writer follows from the seed and `n` alone, and every step's
//! batch also puts `n` under one key: after a fault the store must stand exactly after step `n`, where `n` is
//! the last acknowledged step or the one that was under way.

use super::Failure;
use attain_model::unit::{Type, Unit};
use attain_model::{CompanyId, Data, NO_VALUE, TextColumn};
use attain_store::{
    Batch, Key, Kind, Scan, Settings, Space, Store, StoreError, TableReader, TableRef, TableWriter,
};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// How many writers.
pub const WRITERS: usize = 3;

/// Steps of each writer that were acknowledged.
pub type Acknowledged = [u64; WRITERS];

/// A generator for tests: splitmix64.
#[derive(Clone)]
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0 to below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }
}

/// What a store holds: after which step of each writer, or what is wrong with it.
pub enum Verdict {
    /// All as it must be.
    Right(Acknowledged),
    /// Not as it must be; what, for people.
    Wrong(String),
}

fn space(store: &Arc<dyn Store>, writer: usize) -> Result<Space, Failure> {
    Ok(store.company(&CompanyId::parse(&format!("writer-{writer}")).ok_or("no company id")?))
}

fn count_key() -> Key {
    Key::new(Kind::Head, "count")
}

fn random(seed: u64, writer: usize, step: u64) -> Random {
    let mut random = Random(seed ^ (writer as u64) << 56);
    Random(random.next() ^ step.wrapping_mul(0xa076_1d64_78bd_642f))
}

/// The writes of a step of writer 0 or 1: keys of 60, values of 0 bytes to 50 KB, now and then a delete.
fn records(seed: u64, writer: usize, step: u64) -> Vec<(Key, Option<Vec<u8>>)> {
    let mut random = random(seed, writer, step);
    let writes = 1 + random.below(6);
    let mut write = || {
        let key = Key::new(Kind::Plan, format!("record-{:02}", random.below(60)));
        if random.below(8) == 0 {
            return (key, None);
        }
        let length = if random.below(12) == 0 { random.below(50_000) } else { random.below(3_000) };
        let noise = random.next();
        let bytes = (0..length).map(|i| (noise.rotate_left(i as u32 % 64) ^ i) as u8);
        (key, Some(bytes.collect()))
    };
    (0..writes).map(|_| write()).collect()
}

/// Names and types of columns.
type Columns = Vec<(String, Type)>;

/// The rows of the table of a step of writer 2.
fn rows(seed: u64, step: u64) -> Result<(Columns, Vec<Data>), Failure> {
    let mut random = random(seed, 2, step);
    let n_rows = random.below(9_000) as usize;
    let ids: Vec<String> = (0..n_rows).map(|row| format!("P{row:06}-{step}")).collect();
    let teams: Vec<Option<String>> =
        (0..n_rows).map(|row| (row % 5 > 0).then(|| format!("team {}", row % 5))).collect();
    let mut number = || match random.below(9) {
        0 => NO_VALUE,
        _ => random.below(9_999_999) as i64,
    };
    let money = Type::new(Unit::Money, 2).ok_or("no type")?;
    let columns = [("participant", Type::TEXT), ("team", Type::TEXT), ("revenue", money), ("cost", money)];
    let data = vec![
        Data::Texts(TextColumn::from_rows(ids.iter().map(|id| Some(id.as_str())))),
        Data::Texts(TextColumn::from_rows(teams.iter().map(Option::as_deref))),
        Data::Numbers((0..n_rows).map(|_| number()).collect()),
        Data::Numbers((0..n_rows).map(|_| number()).collect()),
    ];
    Ok((columns.map(|(name, kind)| (name.to_owned(), kind)).to_vec(), data))
}

/// Tables stand under four names, in turn.
fn table_key(step: u64) -> Key {
    Key::new(Kind::Table, format!("table-{}", step % 4))
}

/// Does one step.
fn write_step(space: &Space, seed: u64, writer: usize, step: u64) -> Result<(), Failure> {
    let mut batch = Batch::new();
    if writer == 2 {
        let (columns, data) = rows(seed, step)?;
        let mut table = TableWriter::new(space, "people", columns)?;
        table.push(&data)?;
        batch = batch.put(table_key(step), serde_json::to_vec(&table.finish()?)?);
    } else {
        for (key, value) in records(seed, writer, step) {
            batch = match value {
                Some(value) => batch.put(key, value),
                None => batch.delete(key),
            };
        }
    }
    let seen = space.get(&count_key())?;
    let batch = batch.require_unchanged(count_key(), seen).put(count_key(), step.to_be_bytes());
    if space.commit(batch)?.is_yes() { Ok(()) } else { Err("somebody else writes here".into()) }
}

/// The step that a writer stands after.
fn count(space: &Space) -> Result<u64, StoreError> {
    let bytes = space.get(&count_key())?;
    Ok(bytes.and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_be_bytes))
}

/// The child: opens, sweeps, and writes until it is killed or a write fails. Says each step that was
/// acknowledged on `out`, a line each.
pub fn write_for_ever(
    dir: &Path,
    settings: &Settings,
    seed: u64,
    out: impl Write + Send,
) -> Result<(), Failure> {
    write_steps(dir, settings, seed, u64::MAX, out)
}

/// The same for so many steps of each writer.
pub fn write_steps(
    dir: &Path,
    settings: &Settings,
    seed: u64,
    steps: u64,
    out: impl Write + Send,
) -> Result<(), Failure> {
    let store = attain_store::open(dir, settings)?;
    sweep_tables(&store)?;
    let out = std::sync::Mutex::new(out);
    let work = |writer: usize| -> Result<(), Failure> {
        let space = space(&store, writer)?;
        let first = count(&space)? + 1;
        for step in (first..).take(usize::try_from(steps)?) {
            write_step(&space, seed, writer, step)?;
            let mut out = out.lock().map_err(|_| "a writer panicked")?;
            // One write of one line: a killed child leaves no half of one.
            out.write_all(format!("{writer} {step}\n").as_bytes())?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS).map(|writer| scope.spawn(move || work(writer))).collect();
        writers.into_iter().try_for_each(|writer| writer.join().map_err(|_| "a writer panicked")?)
    })
}

fn sweep_tables(store: &Arc<dyn Store>) -> Result<(), Failure> {
    let space = space(store, 2)?;
    let mut live = Vec::new();
    for entry in space.each(Scan::all(Kind::Table)) {
        live.push(serde_json::from_slice::<TableRef>(&entry?.1)?.id);
    }
    attain_store::sweep(&space, &live)?;
    Ok(())
}

/// Compares all that a store holds with what it must hold after `acknowledged`, give or take a step that was
/// under way. An error of the store is an error; content that isn't right is a [`Verdict::Wrong`].
pub fn check(store: &Arc<dyn Store>, seed: u64, acknowledged: &Acknowledged) -> Result<Verdict, Failure> {
    let mut found = [0; WRITERS];
    for (writer, (found, acknowledged)) in found.iter_mut().zip(acknowledged).enumerate() {
        let space = space(store, writer)?;
        *found = count(&space)?;
        if *found < *acknowledged || *found > acknowledged + 1 {
            let words = format!("writer {writer} stands at step {found}, {acknowledged} was acknowledged");
            return Ok(Verdict::Wrong(words));
        }
        let wrong = if writer == 2 {
            wrong_tables(&space, seed, *found)?
        } else {
            wrong_records(&space, seed, writer, *found)?
        };
        if let Some(wrong) = wrong {
            return Ok(Verdict::Wrong(format!("writer {writer}, step {found}: {wrong}")));
        }
    }
    Ok(Verdict::Right(found))
}

fn wrong_records(space: &Space, seed: u64, writer: usize, steps: u64) -> Result<Option<String>, Failure> {
    let mut expected = BTreeMap::new();
    for step in 1..=steps {
        for (key, value) in records(seed, writer, step) {
            match value {
                Some(value) => expected.insert(key, value),
                None => expected.remove(&key),
            };
        }
    }
    let mut n_found = 0;
    for entry in space.each(Scan::all(Kind::Plan)) {
        let (key, value) = entry?;
        n_found += 1;
        if expected.get(&key) != Some(&value) {
            return Ok(Some(format!("`{}` is not what was written", String::from_utf8_lossy(&key.rest))));
        }
    }
    Ok((n_found != expected.len()).then(|| format!("{n_found} records, {} were written", expected.len())))
}

fn wrong_tables(space: &Space, seed: u64, steps: u64) -> Result<Option<String>, Failure> {
    for step in steps.saturating_sub(3).max(1)..=steps {
        let key = table_key(step);
        let Some(record) = space.get(&key)? else { return Ok(Some(format!("no table of step {step}"))) };
        let table: TableRef = serde_json::from_slice(&record)?;
        let read = TableReader::open(space, &table)?.read(&[0, 1, 2, 3], 0..table.rows)?;
        if read != rows(seed, step)?.1 {
            return Ok(Some(format!("the table of step {step} is not what was written")));
        }
    }
    Ok(None)
}
