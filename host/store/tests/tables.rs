//! Tables as blocks: what goes in comes out, by any range and any columns, on every store; and what is damaged
//! or half written is never taken for a table.

#![expect(clippy::unwrap_used, reason = "a helper of tests may fail as a test does")]

use attain_model::unit::{Type, Unit};
use attain_model::{CompanyId, Data, NO_VALUE, TextColumn};
use attain_store::trial::Damaging;
use attain_store::{
    Batch, Key, Kind, Scan, Settings, Space, Store, StoreError, Swept, TableReader, TableRef, TableWriter,
    sweep,
};
use proptest::prelude::*;
use std::ops::Range;
use std::sync::Arc;

fn on_every_store(promise: impl Fn(&Arc<dyn Store>)) {
    promise(&attain_store::in_memory());
    let dir = tempfile::tempdir().unwrap();
    promise(&attain_store::open(&dir.path().join("store"), &Settings::default()).unwrap());
}

fn acme(store: &Arc<dyn Store>) -> Space {
    store.company(&CompanyId::parse("acme").unwrap())
}

fn columns() -> Vec<(String, Type)> {
    vec![
        ("participant".to_owned(), Type::TEXT),
        ("team".to_owned(), Type::TEXT),
        ("revenue".to_owned(), Type::new(Unit::Money, 2).unwrap()),
        ("hired".to_owned(), Type::new(Unit::Date, 0).unwrap()),
    ]
}

/// Rows of a made-up table: ids in order, few teams, some cells without a value.
fn rows(range: Range<usize>) -> Vec<Data> {
    let texts = |cell: &dyn Fn(usize) -> Option<String>| {
        let cells: Vec<Option<String>> = range.clone().map(cell).collect();
        Data::Texts(TextColumn::from_rows(cells.iter().map(Option::as_deref)))
    };
    let mixed = |row: usize| (row as i64).wrapping_mul(0x9e37_79b9_7f4a_7c15_u64.cast_signed()) >> 40;
    vec![
        texts(&|row| Some(format!("P{row:07}"))),
        texts(&|row| (row % 7 != 0).then(|| format!("队 {}", row % 5))),
        Data::Numbers(range.clone().map(|row| if row % 11 == 0 { NO_VALUE } else { mixed(row) }).collect()),
        Data::Numbers(range.clone().map(|row| 20_000 + (row % 900) as i64).collect()),
    ]
}

fn write(space: &Space, n_rows: usize, piece: usize) -> TableRef {
    let mut writer = TableWriter::new(space, "people", columns()).unwrap();
    for from in (0..n_rows).step_by(piece) {
        writer.push(&rows(from..n_rows.min(from + piece))).unwrap();
    }
    writer.finish().unwrap()
}

#[test]
fn any_range_and_any_columns_come_back() {
    on_every_store(|store| {
        let space = acme(store);
        for n_rows in [0, 1, 2_047, 2_048, 2_049, 10_000] {
            let table = write(&space, n_rows, 777);
            assert_eq!((table.rows, table.blocks as usize), (n_rows, n_rows.div_ceil(2_048)));
            let reader = TableReader::open(&space, &table).unwrap();
            let whole = reader.read_table().unwrap();
            assert_eq!(
                whole.columns.into_iter().map(|column| column.data).collect::<Vec<_>>(),
                rows(0..n_rows)
            );
            for range in [0..0, 0..1, 2_000..2_100, 2_048..4_096, 1..9_999, 9_999..10_000] {
                if range.end <= n_rows {
                    let read = reader.read(&[2, 0, 2], range.clone()).unwrap();
                    let expected = rows(range);
                    assert_eq!(read, [&expected[2], &expected[0], &expected[2]].map(Clone::clone));
                }
            }
        }
    });
}

#[test]
fn pieces_do_not_show_in_what_is_read() {
    let store = attain_store::in_memory();
    let space = acme(&store);
    let read = |piece| {
        let reader = TableReader::open(&space, &write(&space, 5_000, piece)).unwrap();
        reader.read_table().unwrap()
    };
    assert_eq!(read(1), read(5_000));
    assert_eq!(read(1), read(2_048));
}

#[test]
fn blocks_over_the_limit_are_split_and_a_row_over_it_is_refused() {
    let store = attain_store::in_memory();
    let space = acme(&store);
    // Texts that zstd can't pack: 1,000 rows of 600 bytes each.
    let noise = |row: usize| {
        let mut state = row as u64 + 1;
        let step = |_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            char::from(b' ' + (state >> 40) as u8 % 95)
        };
        (0..600).map(step).collect::<String>()
    };
    let texts: Vec<String> = (0..1_000).map(noise).collect();
    let column = Data::Texts(TextColumn::from_rows(texts.iter().map(|text| Some(text.as_str()))));
    let mut writer = TableWriter::new(&space, "notes", vec![("text".to_owned(), Type::TEXT)]).unwrap();
    writer.push(std::slice::from_ref(&column)).unwrap();
    let table = writer.finish().unwrap();
    assert_eq!(table.blocks, 8);
    let reader = TableReader::open(&space, &table).unwrap();
    assert_eq!(reader.read(&[0], 0..1_000).unwrap(), [column]);

    let long: String = (0..300).map(noise).collect();
    let column = Data::Texts(TextColumn::from_rows([Some("short"), Some(long.as_str())]));
    let mut writer = TableWriter::new(&space, "notes", vec![("text".to_owned(), Type::TEXT)]).unwrap();
    writer.push(&[column]).unwrap();
    let error = writer.finish().unwrap_err();
    assert_eq!(
        error.to_string(),
        "table `notes`: row 2 does not fit 100000 bytes, packed; shorten its texts"
    );
}

#[test]
fn columns_that_are_not_the_tables_are_refused_by_name() {
    let store = attain_store::in_memory();
    let space = acme(&store);
    let mut writer = TableWriter::new(&space, "people", columns()).unwrap();
    let mut swapped = rows(0..3);
    swapped.swap(1, 2);
    let mut short = rows(0..3);
    short[3] = Data::Numbers(vec![1]);
    let cases = [
        (rows(0..3)[..2].to_vec(), "table `people`: got 2 columns, expected 4"),
        (swapped, "table `people`: column `team` is text, got cells of another kind"),
        (short, "table `people`: column `hired` has 1 rows, the first 3"),
    ];
    for (pieces, words) in cases {
        assert_eq!(writer.push(&pieces).unwrap_err().to_string(), words);
    }
    writer.push(&rows(0..3)).unwrap();
    let reader = TableReader::open(&space, &writer.finish().unwrap()).unwrap();
    let error = reader.read_named(&["revenu"], 0..1).unwrap_err();
    assert_eq!(error.to_string(), "table `people`: has no column `revenu`; did you mean `revenue`?");
    assert!(matches!(reader.read(&[4], 0..1), Err(StoreError::Shape { .. })));
    assert!(matches!(reader.read(&[0], 0..4), Err(StoreError::Shape { .. })));
    #[expect(clippy::reversed_empty_ranges, reason = "a range from a hostile caller")]
    let backward = 2..1;
    assert!(matches!(reader.read(&[0], backward), Err(StoreError::Shape { .. })));
}

#[test]
fn several_threads_read_one_table_while_another_is_written() {
    on_every_store(|store| {
        let space = acme(store);
        let reader = TableReader::open(&space, &write(&space, 20_000, 20_000)).unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| write(&space, 20_000, 4_096));
            for thread in 0..3 {
                let reader = reader.clone();
                scope.spawn(move || {
                    for from in (thread * 500..18_000).step_by(3_000) {
                        let read = reader.read(&[0, 1, 2, 3], from..from + 1_500).unwrap();
                        assert_eq!(read, rows(from..from + 1_500));
                    }
                });
            }
        });
    });
}

#[test]
fn a_table_is_read_again_after_a_restart_by_its_record_alone() {
    let dir = tempfile::tempdir().unwrap();
    let open = || attain_store::open(dir.path(), &Settings::default()).unwrap();
    let key = Key::new(Kind::Table, "people");
    {
        let space = acme(&open());
        let record = serde_json::to_vec(&write(&space, 5_000, 900)).unwrap();
        assert!(space.commit(Batch::new().put(key.clone(), record)).unwrap().is_yes());
    }
    let space = acme(&open());
    let table: TableRef = serde_json::from_slice(&space.get(&key).unwrap().unwrap()).unwrap();
    assert_eq!(
        TableReader::open(&space, &table).unwrap().read(&[0, 1, 2, 3], 0..5_000).unwrap(),
        rows(0..5_000)
    );
}

#[test]
fn a_sweep_removes_what_nothing_names_and_nothing_else() {
    on_every_store(|store| {
        let space = acme(store);
        let other = store.company(&CompanyId::parse("other").unwrap());
        let (kept, orphan, others) =
            (write(&space, 5_000, 5_000), write(&space, 3_000, 3_000), write(&other, 100, 100));
        let bytes = attain_store::put_bytes(&space, &vec![7; 200_000]).unwrap();
        let unfinished = (0u32..3).fold(Batch::new(), |batch, number| {
            let rest = [&[9u8; 32][..], &number.to_be_bytes()].concat();
            batch.put(Key::new(Kind::BytesPiece, rest), "piece")
        });
        let _ = space.commit(unfinished).unwrap();

        let swept = sweep(&space, &[kept.id]).unwrap();
        assert_eq!(swept, Swept { tables: 1, blocks: 3, pieces: 3 });
        assert_eq!(sweep(&space, &[kept.id]).unwrap(), Swept::default());
        let read = TableReader::open(&space, &kept).unwrap().read_table().unwrap();
        assert_eq!(read.rows, 5_000);
        assert!(TableReader::open(&other, &others).unwrap().read_table().is_ok());
        assert_eq!(attain_store::get_bytes(&space, &bytes).unwrap(), Some(vec![7; 200_000]));
        assert!(matches!(TableReader::open(&space, &orphan), Err(StoreError::Corrupt { .. })));
    });
}

#[test]
fn every_changed_bit_is_an_error_that_names_the_record() {
    on_every_store(|store| {
        let space = acme(store);
        let table = write(&space, 6_000, 6_000);
        let digest = attain_store::put_bytes(&space, &vec![3; 100_000]).unwrap();
        let _ = space.commit(Batch::new().put(Key::new(Kind::Plan, "field-sales"), "figures")).unwrap();
        let read_all = || -> Result<(), StoreError> {
            assert_eq!(TableReader::open(&space, &table)?.read(&[0, 1, 2, 3], 0..6_000)?, rows(0..6_000));
            assert_eq!(attain_store::get_bytes(&space, &digest)?, Some(vec![3; 100_000]));
            assert_eq!(space.scan(&Scan::all(Kind::Plan))?.entries.len(), 1);
            Ok(())
        };
        read_all().unwrap();
        let damaging = Damaging::new(store).unwrap();
        assert_eq!(damaging.values(), 3 + 1 + 2 + 1 + 1);
        let mut bit = 1;
        for trial in 0..200 {
            bit = bit * 48_271 % 2_147_483_647;
            let flipped =
                damaging.flip(trial, if trial % 2 == 0 { bit } else { bit % 304 }).unwrap().unwrap();
            let words = read_all().unwrap_err().to_string();
            assert!(words.contains(&format!("{} `{}`", flipped.kind.name(), flipped.key)), "{words}");
            damaging.mend(flipped).unwrap();
        }
        read_all().unwrap();
    });
}

#[test]
fn a_block_that_was_exchanged_for_another_sound_one_is_damage() {
    let store = attain_store::in_memory();
    let space = acme(&store);
    let (first, second) = (write(&space, 100, 100), write(&space, 99, 99));
    let exchanged = TableRef { id: second.id, ..first };
    let error = TableReader::open(&space, &exchanged).map(drop).unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { kind: "block list", .. }), "{error}");
}

#[test]
fn putting_damaged_bytes_again_mends_them() {
    let store = attain_store::in_memory();
    let space = acme(&store);
    let digest = attain_store::put_bytes(&space, b"component").unwrap();
    let damaging = Damaging::new(&store).unwrap();
    for value in 0..damaging.values() {
        damaging.flip(value, 400).unwrap().unwrap();
        assert!(attain_store::get_bytes(&space, &digest).is_err());
        attain_store::put_bytes(&space, b"component").unwrap();
        assert_eq!(attain_store::get_bytes(&space, &digest).unwrap(), Some(b"component".to_vec()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_numbers_in_any_pieces_come_back_by_any_range(
        values in prop::collection::vec(prop_oneof![any::<i64>(), -9i64..9, Just(NO_VALUE)], 0..6_000),
        piece in 1usize..3_000,
        range in any::<(prop::sample::Index, prop::sample::Index)>(),
    ) {
        let store = attain_store::in_memory();
        let space = acme(&store);
        let kind = Type::new(Unit::Count, 0).unwrap();
        let mut writer = TableWriter::new(&space, "x", vec![("x".to_owned(), kind)]).unwrap();
        for piece in values.chunks(piece) {
            writer.push(&[Data::Numbers(piece.to_vec())]).unwrap();
        }
        let reader = TableReader::open(&space, &writer.finish().unwrap()).unwrap();
        let (a, b) = (range.0.index(values.len() + 1), range.1.index(values.len() + 1));
        let range = a.min(b)..a.max(b);
        prop_assert_eq!(reader.read(&[0], range.clone()).unwrap(), [Data::Numbers(values[range].to_vec())]);
    }
}
