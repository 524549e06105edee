//! How fast a table of 25 columns goes in and comes out, and how much disk it takes: `measure -- [ROWS] [DIR]`.

#![expect(clippy::print_stdout, clippy::float_arithmetic, reason = "prints rates for people")]

use attain_model::unit::{Type, Unit};
use attain_model::{CompanyId, Data, NO_VALUE, TextColumn};
use attain_store::{Batch, Committed, Key, Kind, Settings, Space, StoreError, TableReader, TableWriter};
use std::ops::Range;
use std::path::Path;
use std::time::Instant;

const PIECE: usize = 8_192;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let n_rows: usize = arguments.next().map_or(Ok(1_000_000), |text| text.parse())?;
    let temporary = tempfile::tempdir()?;
    let dir = arguments.next().map_or(temporary.path().join("store"), Into::into);
    let store = attain_store::open(&dir, &Settings::default())?;
    let space = store.company(&CompanyId::parse("acme").ok_or("no company id")?);
    let columns = columns().ok_or("no type")?;

    let mut writer = TableWriter::new(&space, "people", columns)?;
    let mut making = std::time::Duration::ZERO;
    let started = Instant::now();
    for from in (0..n_rows).step_by(PIECE) {
        let made = Instant::now();
        let piece = rows(from..n_rows.min(from + PIECE));
        making += made.elapsed();
        writer.push(&piece)?;
    }
    let table = writer.finish()?;
    let rate = |seconds: f64| n_rows as f64 / seconds;
    println!("rows in, durable: {:>12.0} a second", rate((started.elapsed() - making).as_secs_f64()));
    println!("peak memory so far: {} MiB", peak_mebibytes());
    println!("on disk: {:.1} MB for {n_rows} rows of 25 columns", bytes_of(&dir)? as f64 / 1e6);
    drop((space, store));

    let started = Instant::now();
    let store = attain_store::open(&dir, &Settings::default())?;
    println!("reopened in {:.0} ms", started.elapsed().as_secs_f64() * 1e3);
    let space = store.company(&CompanyId::parse("acme").ok_or("no company id")?);
    let reader = TableReader::open(&space, &table)?;
    let read = |columns: &[usize], threads: usize| -> Result<f64, Box<dyn std::error::Error>> {
        let started = Instant::now();
        std::thread::scope(|scope| {
            let work = |thread: usize| {
                for from in (thread * PIECE..n_rows).step_by(PIECE * threads) {
                    reader.read(columns, from..n_rows.min(from + PIECE))?;
                }
                Ok::<_, attain_store::StoreError>(())
            };
            let threads: Vec<_> = (0..threads).map(|thread| scope.spawn(move || work(thread))).collect();
            threads.into_iter().try_for_each(|thread| thread.join().unwrap_or(Ok(())))
        })?;
        Ok(rate(started.elapsed().as_secs_f64()))
    };
    let all: Vec<usize> = (0..25).collect();
    println!("rows out, all columns: {:>12.0} a second", read(&all, 1)?);
    println!("   the same, 2 threads: {:>11.0} a second", read(&all, 2)?);
    println!("rows out, 3 numbers:   {:>12.0} a second", read(&[5, 10, 20], 1)?);
    println!("   the same, 2 threads: {:>11.0} a second", read(&[5, 10, 20], 2)?);
    println!("rows out, id and 2 numbers: {:>7.0} a second", read(&[0, 10, 20], 1)?);
    println!("peak memory: {} MiB", peak_mebibytes());
    let started = Instant::now();
    let whole = reader.read(&[0], 0..n_rows)?;
    println!("one column of ids, whole: {:.0} ms", started.elapsed().as_secs_f64() * 1e3);
    drop(whole);
    for callers in [1, 16] {
        println!("small commits, {callers:>2} callers: {:>6.0} a second", commits(&space, callers)?);
    }
    Ok(())
}

/// Durable commits of one small record each, a second.
fn commits(space: &Space, callers: usize) -> Result<f64, StoreError> {
    let each = 300;
    let started = Instant::now();
    std::thread::scope(|scope| {
        let call = |caller: usize| -> Result<(), StoreError> {
            for number in 0..each {
                let key = Key::new(Kind::Log, format!("{caller}/{number}"));
                let _: Committed = space.commit(Batch::new().put(key, vec![7; 200]))?;
            }
            Ok(())
        };
        let callers: Vec<_> = (0..callers).map(|caller| scope.spawn(move || call(caller))).collect();
        callers.into_iter().try_for_each(|caller| caller.join().unwrap_or(Ok(())))
    })?;
    Ok((callers * each) as f64 / started.elapsed().as_secs_f64())
}

fn columns() -> Option<Vec<(String, Type)>> {
    let mut columns = vec![
        (String::from("participant"), Type::TEXT),
        (String::from("team"), Type::TEXT),
        (String::from("region"), Type::TEXT),
        (String::from("hired"), Type::new(Unit::Date, 0)?),
    ];
    for number in columns.len()..25 {
        columns.push((format!("metric_{number}"), Type::new(Unit::Money, 2)?));
    }
    Some(columns)
}

/// Made-up people: ids in order, 400 teams, 12 regions, and metrics of several widths, some cells missing.
fn rows(range: Range<usize>) -> Vec<Data> {
    let mixed = |row: usize, column: usize| {
        let mut z = (row as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (column as u64) << 32;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z ^ (z >> 31)
    };
    let texts = |cell: &dyn Fn(usize) -> String| {
        let cells: Vec<String> = range.clone().map(cell).collect();
        Data::Texts(TextColumn::from_rows(cells.iter().map(|cell| Some(cell.as_str()))))
    };
    let number = |row: usize, column: usize| match mixed(row, column) {
        // From hundreds to tens of millions, by column; a third of the columns mostly the same few values.
        z if z.is_multiple_of(23) => NO_VALUE,
        z if column % 3 == 0 => ((z >> 8) % 12) as i64 * 50_000,
        z => ((z >> 8) % 10u64.pow(2 + column as u32 % 6)) as i64,
    };
    let mut data = vec![
        texts(&|row| format!("P{row:08}")),
        texts(&|row| format!("team {:03}", mixed(row, 1) % 400)),
        texts(&|row| format!("region {}", mixed(row, 2) % 12)),
        Data::Numbers(range.clone().map(|row| 17_000 + (mixed(row, 3) % 3_000) as i64).collect()),
    ];
    for column in data.len()..25 {
        data.push(Data::Numbers(range.clone().map(|row| number(row, column)).collect()));
    }
    data
}

fn bytes_of(dir: &Path) -> std::io::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        bytes += if metadata.is_dir() { bytes_of(&entry.path())? } else { metadata.len() };
    }
    Ok(bytes)
}

/// The most memory that this process held; 0 where the system doesn't say.
fn peak_mebibytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next()).and_then(|n| n.parse::<u64>().ok());
    kibibytes.unwrap_or(0) / 1_024
}
