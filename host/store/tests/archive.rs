//! Goal: a backup holds a store as it was at one instant, whatever is written meanwhile, and a file that isn't whole is
//! found and named; a company takes another's place, or ends, all at once.
//! Method: the same code on sled and on memory; every cut and seeded flips of a file.

#![expect(clippy::unwrap_used, reason = "a helper of tests may fail as a test does")]

use attain_model::CompanyId;
use attain_store::archive::{ArchiveError, Entry, Flaw, Reader, Record, Snapshot};
use attain_store::{
    Batch, Bulk, Committed, Key, Kind, Scan, Settings, Space, Staged, Store, StoreError, end_life,
    sweep_company, sweep_lives,
};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

fn id(company: &str) -> CompanyId {
    CompanyId::parse(company).unwrap()
}

fn plan(name: impl ToString) -> Key {
    Key::new(Kind::Plan, name.to_string())
}

fn on_disk(dir: &Path) -> Arc<dyn Store> {
    attain_store::open(&dir.join("store"), &Settings::default()).unwrap()
}

fn on_every_store(promise: impl Fn(&Arc<dyn Store>)) {
    promise(&attain_store::in_memory());
    let dir = tempfile::tempdir().unwrap();
    promise(&on_disk(dir.path()));
}

fn set(space: &Space, batch: Batch) {
    assert!(space.commit(batch).unwrap().is_yes());
}

/// All plans of a space.
fn plans(space: &Space) -> BTreeMap<String, Vec<u8>> {
    let each = space.each(Scan::all(Kind::Plan)).map(|entry| entry.unwrap());
    each.map(|(key, body)| (String::from_utf8(key.rest).unwrap(), body)).collect()
}

fn records(file: &[u8]) -> Result<Vec<Record>, ArchiveError> {
    let mut reader = Reader::open(file)?;
    let mut records = Vec::new();
    while let Some(entry) = reader.next()? {
        if let Entry::Record(record) = entry {
            records.push(record);
        }
    }
    Ok(records)
}

/// Where each part of a whole file begins, and where it ends.
fn parts_of(file: &[u8]) -> Vec<usize> {
    let mut parts = vec![16];
    while let Some(&begin) = parts.last().filter(|begin| **begin < file.len()) {
        let packed = file[begin + 5..begin + 9].try_into().unwrap();
        parts.push(begin + 41 + u32::from_be_bytes(packed) as usize);
    }
    parts
}

fn file_of(store: &Arc<dyn Store>, of: Option<&str>) -> Vec<u8> {
    let mut file = Vec::new();
    let of = of.map(id);
    Snapshot::of(store).unwrap().write(&mut file, of.as_ref(), b"{}", [b"{}".to_vec()]).unwrap();
    file
}

/// Companies `a` and `b` with `n` plans each, and one of the operator's.
fn filled(store: &Arc<dyn Store>, n: usize) {
    for company in ["a", "b"] {
        let space = store.company(&id(company));
        for from in (0..n).step_by(500) {
            let batch = (from..n.min(from + 500)).fold(Batch::new(), |batch, number| {
                batch.put(plan(format!("{number:06}")), format!("{company} {number}"))
            });
            set(&space, batch);
        }
    }
    set(&store.operator(), Batch::new().put(plan("host"), "host"));
}

fn restored(file: &[u8]) -> Arc<dyn Store> {
    let store = attain_store::in_memory();
    let mut bulk = Bulk::new(&store);
    records(file).unwrap().into_iter().for_each(|record| bulk.put_record(record).unwrap());
    bulk.finish().unwrap();
    store
}

#[test]
fn a_backup_holds_one_instant_whatever_is_written_meanwhile() {
    on_every_store(|store| {
        filled(store, 3_000);
        let a = store.company(&id("a"));
        let before = plans(&a);
        let snapshot = Snapshot::of(store).unwrap();
        // What is changed, removed and added comes before, between and behind what is there, and twice.
        set(
            &a,
            Batch::new().put(plan("000000"), "changed").delete(plan("001500")).put(plan("000000!"), "new"),
        );
        set(&a, Batch::new().put(plan("000000"), "again").put(plan("001500"), "back"));
        for from in (0..3_000).step_by(1_000) {
            let all = (from..from + 1_000)
                .fold(Batch::new(), |batch, number| batch.delete(plan(format!("{number:06}"))));
            set(&a, all);
        }
        set(&a, (0..2_000).fold(Batch::new(), |batch, number| batch.put(plan(format!("!{number}")), "new")));
        set(&a, Batch::new().put(plan("zzz"), "new"));
        assert_eq!(plans(&snapshot.company(&id("a"))), before, "read as it was");
        let view = snapshot.company(&id("a"));
        let backward = view.each(Scan::all(Kind::Plan).backward().limit(7));
        assert_eq!(backward.map(|entry| entry.unwrap().1).last().unwrap(), b"a 0");
        let mut file = Vec::new();
        let written = snapshot.write(&mut file, None, b"{}", []).unwrap();
        assert_eq!(written.records, 6_001);
        let copy = restored(&file);
        assert_eq!(plans(&copy.company(&id("a"))), before);
        assert_eq!(plans(&copy.company(&id("b"))), plans(&store.company(&id("b"))));
        assert_eq!(plans(&copy.operator()), plans(&store.operator()));
    });
}

#[test]
fn what_changes_while_a_backup_is_written_is_kept_up_to_a_bound() {
    let store = attain_store::in_memory();
    let a = store.company(&id("a"));
    let body = vec![7; 90_000];
    (0..800).for_each(|number| set(&a, Batch::new().put(plan(number), body.clone())));
    let snapshot = Snapshot::of(&store).unwrap();
    (0..800).for_each(|number| set(&a, Batch::new().delete(plan(number))));
    let error = snapshot.write(Vec::new(), None, b"{}", []).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the store can't be read as it was when the backup began: more than 64 MiB of it were changed meanwhile; make the backup again"
    );
    assert!(file_of(&store, None).len() < 1_000, "and the next one is of now");
}

#[test]
fn a_damaged_record_is_named_with_whose_it_is() {
    let store = attain_store::in_memory();
    set(&store.company(&id("acme")), Batch::new().put(plan("x"), "1"));
    attain_store::trial::Damaging::new(&store).unwrap().flip(0, 300).unwrap().unwrap();
    let error = Snapshot::of(&store).unwrap().write(Vec::new(), None, b"{}", []).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot back up company `acme`: stored plan `x` is damaged: its checksum does not match; restore it from a backup, or import or publish it again"
    );
}

#[test]
fn a_file_that_was_cut_changed_or_added_to_is_found_and_named() {
    let store = attain_store::in_memory();
    filled(&store, 10_000);
    let file = file_of(&store, None);
    assert_eq!(records(&file).unwrap().len(), 20_001);
    // Every cut about where a part begins, and others.
    let parts = parts_of(&file);
    assert!(parts.len() > 4 && *parts.last().unwrap() == file.len());
    let about = parts.iter().flat_map(|begin| begin - 16..begin + 45).filter(|length| *length < file.len());
    for length in about.chain((0..100).map(|n| n * file.len() / 100)) {
        match records(&file[..length]).unwrap_err() {
            ArchiveError::NotOne => assert!(length < 16),
            ArchiveError::Damaged { byte, flaw: Flaw::Cut, .. } => {
                assert!(parts.contains(&(byte as usize)) && byte as usize <= length, "{length}: {byte}");
            }
            other => panic!("{length}: {other}"),
        }
    }
    let mut state = 1u64;
    for _ in 0..300 {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        let bit = (state >> 16) as usize % (file.len() * 8);
        let mut changed = file.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        match records(&changed).unwrap_err() {
            ArchiveError::NotOne | ArchiveError::TooNew { .. } => assert!(bit / 8 < 16),
            // A length that says more than there is looks like a cut.
            ArchiveError::Damaged { byte, flaw: Flaw::Changed | Flaw::Cut, .. } => {
                assert!(byte as usize <= bit / 8, "bit {bit} named at byte {byte}");
            }
            other => panic!("bit {bit}: {other}"),
        }
    }
    let longer = [file.as_slice(), b"x"].concat();
    let error = records(&longer).unwrap_err().to_string();
    let part = format!("the backup is damaged at byte {}, in part ", file.len());
    assert!(error.starts_with(&part) && error.contains("something follows its end"), "{error}");
    // Two files put together: the chain doesn't hold.
    set(&store.operator(), Batch::new().put(plan("host"), "other"));
    let other = file_of(&store, None);
    let last = |file: &[u8]| *parts_of(file).iter().rev().nth(2).unwrap();
    let both = [&file[..last(&file)], &other[last(&other)..]].concat();
    assert!(records(&other).is_ok() && records(&both).is_err());
    let error = records(b"participant,team\nann,North\n").unwrap_err().to_string();
    assert_eq!(
        error,
        "it is not a backup that attain wrote; name one that `attain backup` or `attain company export` made"
    );
    let later = [b"attain backup 2\n".as_slice(), &file[16..]].concat();
    let error = records(&later).unwrap_err().to_string();
    assert_eq!(error, "it is a backup of format 2, this version reads format 1; use a newer attain");
}

#[test]
fn a_company_takes_anothers_place_all_at_once_and_what_was_is_swept() {
    on_every_store(|store| {
        filled(store, 700);
        let file = file_of(store, Some("a"));
        let (a, b) = (store.company(&id("a")), store.company(&id("b")));
        set(&a, Batch::new().put(plan("later"), "x").delete(plan("000000")));
        let now = plans(&a);
        let mut staged = Staged::begin(store, &id("a")).unwrap();
        for record in records(&file).unwrap() {
            assert_eq!((record.company(), record.key().unwrap().kind), (Some(id("a")), Kind::Plan));
            staged.put(record).unwrap();
        }
        staged.settle().unwrap();
        assert_eq!(plans(&store.company(&id("a"))), now, "nobody sees what is staged");
        let refused = vec![(store.operator(), Batch::new().require_absent(plan("host")))];
        assert_eq!(staged.take_place(refused).unwrap(), Committed::No { condition: 1 });
        assert_eq!(plans(&store.company(&id("a"))), now);
        let with = vec![(store.operator(), Batch::new().put(plan("host"), "replaced"))];
        assert!(staged.take_place(with).unwrap().is_yes());
        let new = plans(&store.company(&id("a")));
        assert!(new.len() == 700 && new["000000"] == b"a 0" && !new.contains_key("later"));
        assert_eq!(plans(&store.operator())["host"], b"replaced");
        assert_eq!(plans(&a), now, "who reads the old one still does");
        sweep_company(store, &id("a")).unwrap();
        assert!(plans(&a).is_empty());
        assert_eq!((plans(&store.company(&id("a"))).len(), plans(&b).len()), (700, 700));
        // A backup of the new one is a backup of the old one.
        assert_eq!(records(&file_of(store, Some("a"))).unwrap(), records(&file).unwrap());
        assert_eq!(records(&file_of(store, None)).unwrap().len(), 1_401);

        assert!(end_life(store, &id("a"), Vec::new()).unwrap().is_yes());
        assert!(plans(&store.company(&id("a"))).is_empty());
        assert!(a.bytes().unwrap() == 0 && b.bytes().unwrap() > 700 * 40, "sizes are of a life");
        sweep_company(store, &id("a")).unwrap();
        assert_eq!(store.company(&id("a")).bytes().unwrap(), 0);
        assert_eq!(records(&file_of(store, None)).unwrap().len(), 701);
    });
}

#[test]
fn of_two_who_want_a_place_one_gets_it() {
    let store = attain_store::in_memory();
    let stage = |body: &str| {
        let staged = Staged::begin(&store, &id("a")).unwrap();
        set(&staged.space(), Batch::new().put(plan("x"), body));
        staged
    };
    let (mut first, mut second) = (stage("1"), stage("2"));
    assert!(second.take_place(Vec::new()).unwrap().is_yes());
    assert_eq!(first.take_place(Vec::new()).unwrap(), Committed::No { condition: 0 });
    first.abandon().unwrap();
    assert_eq!(plans(&store.company(&id("a")))["x"], b"2");
}

#[test]
fn what_a_killed_restore_or_erasure_left_is_swept_at_the_next_opening() {
    let dir = tempfile::tempdir().unwrap();
    {
        let store = on_disk(dir.path());
        filled(&store, 600);
        let staged = Staged::begin(&store, &id("a")).unwrap();
        set(&staged.space(), Batch::new().put(plan("half"), "x"));
        assert!(end_life(&store, &id("b"), Vec::new()).unwrap().is_yes());
        set(&store.company(&id("b")), Batch::new().put(plan("second life"), "x"));
    }
    let store = on_disk(dir.path());
    assert_eq!(plans(&store.company(&id("a"))).len(), 600);
    assert_eq!(plans(&store.company(&id("b"))).into_keys().collect::<Vec<_>>(), ["second life"]);
    let all = |store: &Arc<dyn Store>| attain_store::trial::Damaging::new(store).unwrap().values();
    assert_eq!(all(&store), 600 + 1 + 600 + 1 + 1);
    assert_eq!(sweep_lives(&store).unwrap(), 2);
    assert_eq!(all(&store), 600 + 1 + 1);
    assert_eq!(sweep_lives(&store).unwrap(), 0);
    drop(store);
    assert_eq!(plans(&on_disk(dir.path()).company(&id("b"))).len(), 1);
}

#[test]
fn a_backups_view_only_reads() {
    let store = attain_store::in_memory();
    let view = Snapshot::of(&store).unwrap().company(&id("a"));
    let refused = view.commit(Batch::new().put(plan("x"), "1")).unwrap_err();
    assert!(matches!(refused, StoreError::ReadOnly { .. }));
}
