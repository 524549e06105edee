//! How fast a table of 25 columns goes in and comes out, and how much disk it takes: `measure -- [ROWS] [DIR]`.

#![expect(clippy::print_stdout, clippy::float_arithmetic, reason = "prints rates for people")]

use attain_model::unit::{Type, Unit};
use attain_model::{CompanyId, Data, NO_VALUE, TextColumn};
use attain_store::{
    Batch, Committed, Key, Kind, Settings, Space, StoreError, TableReader, TableRef, TableWriter,
};
use std::ops::Range;
use std::path::Path;
use std::time::{Duration, Instant};

const PIECE: usize = 8_192;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let n_rows: usize = arguments.next().map_or(Ok(1_000_000), |text| text.parse())?;
    let temporary = tempfile::tempdir()?;
    let dir = arguments.next().map_or(temporary.path().join("store"), Into::into);
    println!("{n_rows} rows of 25 columns; memory now and at its peak, in MiB, after each");
    let table = write(&dir, n_rows)?;
    println!("on disk: {:.1} MB", bytes_of(&dir)? as f64 / 1e6);

    let started = Instant::now();
    let space = acme(&dir)?;
    println!("reopened in {:.0} ms", started.elapsed().as_secs_f64() * 1e3);
    let reader = TableReader::open(&space, &table)?;
    let all: Vec<usize> = (0..25).collect();
    for (what, columns, threads) in [
        ("out, all columns", all.as_slice(), 1),
        ("out, all columns, 2 threads", &all, 2),
        ("out, 3 numbers", &[5, 10, 20], 1),
        ("out, 3 numbers, 2 threads", &[5, 10, 20], 2),
        ("out, id and 2 numbers", &[0, 10, 20], 1),
    ] {
        let started = Instant::now();
        read(&reader, columns, threads)?;
        say(what, "rows", n_rows, started.elapsed());
    }
    let started = Instant::now();
    drop(reader.read(&[0], 0..n_rows)?);
    say("out, ids, all at once", "rows", n_rows, started.elapsed());
    for callers in [1, 16] {
        let started = Instant::now();
        let n_commits = commits(&space, callers)?;
        say(&format!("small commits, {callers} callers"), "", n_commits, started.elapsed());
    }
    Ok(())
}

type Failure = Box<dyn std::error::Error>;

fn acme(dir: &Path) -> Result<Space, Failure> {
    let store = attain_store::open(dir, &Settings::default())?;
    Ok(store.company(&CompanyId::parse("acme").ok_or("no company id")?))
}

fn say(what: &str, unit: &str, count: usize, took: Duration) {
    let (now, peak) = memory_mebibytes();
    println!("{what:<28} {:>12.0} {unit:4} a second {now:>6} {peak:>6}", count as f64 / took.as_secs_f64());
}

fn write(dir: &Path, n_rows: usize) -> Result<TableRef, Failure> {
    let mut writer = TableWriter::new(&acme(dir)?, "people", columns().ok_or("no type")?)?;
    let mut making = Duration::ZERO;
    let started = Instant::now();
    for from in (0..n_rows).step_by(PIECE) {
        let made = Instant::now();
        let piece = rows(from..n_rows.min(from + PIECE));
        making += made.elapsed();
        writer.push(&piece)?;
    }
    let table = writer.finish()?;
    say("in, durable", "rows", n_rows, started.elapsed() - making);
    Ok(table)
}

fn read(reader: &TableReader, columns: &[usize], n_threads: usize) -> Result<(), StoreError> {
    let n_rows = reader.rows();
    let work = |thread: usize| {
        let mut pieces = (thread * PIECE..n_rows).step_by(PIECE * n_threads);
        pieces.try_for_each(|from| reader.read(columns, from..n_rows.min(from + PIECE)).map(drop))
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..n_threads).map(|thread| scope.spawn(move || work(thread))).collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap_or(Ok(())))
    })
}

/// Durable commits of one small record each; how many.
fn commits(space: &Space, callers: usize) -> Result<usize, StoreError> {
    let each = 300;
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
    Ok(callers * each)
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
        z if column.is_multiple_of(3) => ((z >> 8) % 12) as i64 * 50_000,
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

/// The memory that this process holds and the most that it held; 0 where the system doesn't say.
fn memory_mebibytes() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kibibytes =
            line.and_then(|line| line.split_whitespace().next()).and_then(|n| n.parse::<u64>().ok());
        kibibytes.unwrap_or(0) / 1_024
    };
    (field("VmRSS:"), field("VmHWM:"))
}
