//! What every store promises, tried on each: the same code on sled and on memory.

#![expect(clippy::unwrap_used, reason = "a helper of tests may fail as a test does")]

use attain_model::CompanyId;
use attain_store::{
    BATCH_BYTES_MAX, BATCH_OPERATIONS_MAX, Batch, Committed, Key, Kind, Page, Scan, Settings, Space, Store,
    StoreError, VALUE_BYTES_MAX, commit_together, get_bytes, put_bytes,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use tempfile::TempDir;

/// Runs a promise on every store. The directory lives as long as the test.
fn on_every_store(promise: impl Fn(&Arc<dyn Store>)) {
    promise(&attain_store::in_memory());
    let (store, _dir) = on_disk();
    promise(&store);
}

fn on_disk() -> (Arc<dyn Store>, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let store = attain_store::open(&dir.path().join("store"), &Settings::default()).unwrap();
    (store, dir)
}

fn space(store: &Arc<dyn Store>, company: &str) -> Space {
    store.company(&CompanyId::parse(company).unwrap())
}

fn plan(name: &str) -> Key {
    Key::new(Kind::Plan, name)
}

fn names(page: &Page) -> Vec<String> {
    page.entries.iter().map(|(key, _)| String::from_utf8(key.rest.clone()).unwrap()).collect()
}

#[test]
fn what_was_committed_is_read_and_what_was_deleted_is_gone() {
    on_every_store(|store| {
        let acme = space(store, "acme");
        let both = Batch::new().put(plan("a"), "1").put(plan("b"), "2");
        assert_eq!(acme.commit(both).unwrap(), Committed::Yes);
        assert_eq!(acme.get(&plan("a")).unwrap(), Some(b"1".to_vec()));
        assert!(acme.commit(Batch::new().put(plan("a"), "").delete(plan("b"))).unwrap().is_yes());
        assert_eq!(acme.get(&plan("a")).unwrap(), Some(Vec::new()));
        assert_eq!(acme.get(&plan("b")).unwrap(), None);
        assert!(acme.commit(Batch::new().delete(plan("never there"))).unwrap().is_yes());
    });
}

#[test]
fn a_batch_whose_condition_fails_changes_nothing_and_says_which() {
    on_every_store(|store| {
        let acme = space(store, "acme");
        let _ = acme.commit(Batch::new().put(plan("head"), "1")).unwrap();
        let refused: [(Batch, usize); 4] = [
            (Batch::new().require_absent(plan("head")), 0),
            (Batch::new().require(plan("head"), "1").require(plan("none"), "1"), 1),
            (Batch::new().require(plan("head"), "2"), 0),
            (Batch::new().require_unchanged(plan("head"), None), 0),
        ];
        for (batch, condition) in refused {
            let answer = acme.commit(batch.put(plan("head"), "9").put(plan("new"), "9")).unwrap();
            assert_eq!(answer, Committed::No { condition });
        }
        assert_eq!(acme.get(&plan("head")).unwrap(), Some(b"1".to_vec()));
        assert_eq!(acme.get(&plan("new")).unwrap(), None);
        let right = Batch::new().require(plan("head"), "1").put(plan("head"), "2");
        assert!(acme.commit(right).unwrap().is_yes());
    });
}

#[test]
fn a_company_sees_no_record_of_another() {
    on_every_store(|store| {
        for company in ["acme", "acm", "acme-2", "acme2"] {
            let _ = space(store, company).commit(Batch::new().put(plan("x"), company)).unwrap();
        }
        let _ = store.operator().commit(Batch::new().put(plan("x"), "operator")).unwrap();
        for company in ["acme", "acm", "acme-2", "acme2"] {
            let found = space(store, company).scan(&Scan::all(Kind::Plan)).unwrap();
            assert_eq!(found.entries, [(plan("x"), company.as_bytes().to_vec())]);
            let back = space(store, company).scan(&Scan::all(Kind::Plan).backward()).unwrap();
            assert_eq!(back.entries, found.entries);
        }
        assert!(space(store, "nobody").scan(&Scan::all(Kind::Plan)).unwrap().entries.is_empty());
        assert_eq!(store.operator().get(&plan("x")).unwrap(), Some(b"operator".to_vec()));
    });
}

#[test]
fn a_scan_goes_both_ways_and_on_from_its_cursor() {
    on_every_store(|store| {
        let acme = space(store, "acme");
        let batch = ["a", "b", "ba", "bb", "c"].into_iter().fold(Batch::new(), |b, n| b.put(plan(n), n));
        let _ = acme.commit(batch.put(Key::new(Kind::Tag, "bz"), "another kind")).unwrap();

        let first = acme.scan(&Scan::all(Kind::Plan).limit(2)).unwrap();
        assert_eq!((names(&first), first.next), (vec!["a".into(), "b".into()], Some(plan("b"))));
        let rest = acme.scan(&Scan::all(Kind::Plan).after(&plan("b"))).unwrap();
        assert_eq!((names(&rest), rest.next), (vec!["ba".into(), "bb".into(), "c".into()], None));
        let last = acme.scan(&Scan::all(Kind::Plan).backward().limit(1)).unwrap();
        assert_eq!((names(&last), last.next.clone()), (vec!["c".into()], Some(plan("c"))));
        let before = acme.scan(&Scan::all(Kind::Plan).backward().limit(2).after(&plan("c"))).unwrap();
        assert_eq!(names(&before), ["bb", "ba"]);
        assert_eq!(names(&acme.scan(&Scan::prefix(Kind::Plan, "b")).unwrap()), ["b", "ba", "bb"]);
        assert_eq!(names(&acme.scan(&Scan::range(Kind::Plan, "b".."bb")).unwrap()), ["b", "ba"]);
        assert!(acme.scan(&Scan::range(Kind::Plan, "c".."b")).unwrap().entries.is_empty());
        assert!(acme.scan(&Scan::all(Kind::Plan).limit(0)).unwrap().entries.is_empty());
        let all: Vec<_> = acme.each(Scan::all(Kind::Plan).limit(2)).map(|entry| entry.unwrap().0).collect();
        assert_eq!(all, ["a", "b", "ba", "bb", "c"].map(plan));
    });
}

#[test]
fn what_is_too_large_is_refused_by_name_and_nothing_is_stored() {
    on_every_store(|store| {
        let acme = space(store, "acme");
        let values = |n: usize| {
            (0..n).fold(Batch::new(), |batch, i| batch.put(plan(&i.to_string()), vec![0; VALUE_BYTES_MAX]))
        };
        let cases: [(Batch, &str); 4] = [
            (Batch::new().put(plan("a"), vec![0; VALUE_BYTES_MAX + 1]), "plan record has 100001 bytes"),
            (values(BATCH_BYTES_MAX / VALUE_BYTES_MAX + 1), "batch has 42"),
            (
                (0..=BATCH_OPERATIONS_MAX).fold(Batch::new(), |b, i| b.delete(plan(&i.to_string()))),
                "batch has 10001 operations",
            ),
            (Batch::new().put(plan(&"x".repeat(1_025)), ""), "key of a plan record has 1025 bytes"),
        ];
        for (batch, words) in cases {
            let error = acme.commit(batch).unwrap_err();
            assert!(error.to_string().starts_with(words), "{error}");
        }
        assert!(acme.scan(&Scan::all(Kind::Plan)).unwrap().entries.is_empty());
        assert!(acme.commit(values(BATCH_BYTES_MAX / VALUE_BYTES_MAX - 1)).unwrap().is_yes());
        let pages = acme.scan(&Scan::all(Kind::Plan)).unwrap();
        assert_eq!(pages.entries.len(), BATCH_BYTES_MAX / VALUE_BYTES_MAX - 1);
    });
}

#[test]
fn two_spaces_are_committed_as_one() {
    on_every_store(|store| {
        let (acme, list) = (space(store, "acme"), store.operator());
        let add = || {
            let entry = Batch::new().require_absent(plan("acme")).put(plan("acme"), "listed");
            vec![(acme.clone(), Batch::new().put(plan("x"), "1")), (list.clone(), entry)]
        };
        assert_eq!(commit_together(add()).unwrap(), Committed::Yes);
        let _ = acme.commit(Batch::new().delete(plan("x"))).unwrap();
        assert_eq!(commit_together(add()).unwrap(), Committed::No { condition: 0 });
        assert_eq!(acme.get(&plan("x")).unwrap(), None);
        let elsewhere = space(&attain_store::in_memory(), "acme");
        let error = commit_together(vec![(acme.clone(), Batch::new()), (elsewhere, Batch::new())]);
        assert!(matches!(error, Err(StoreError::TwoStores)));
    });
}

#[test]
fn of_many_who_add_one_to_a_counter_none_is_lost() {
    on_every_store(|store| {
        let count = Key::new(Kind::Head, "count");
        std::thread::scope(|scope| {
            for _ in 0..8 {
                let (acme, count) = (space(store, "acme"), count.clone());
                scope.spawn(move || {
                    for _ in 0..20 {
                        loop {
                            let seen = acme.get(&count).unwrap();
                            let next = seen.as_ref().map_or(0, |bytes| bytes[0]) + 1;
                            let batch = Batch::new().require_unchanged(count.clone(), seen);
                            if acme.commit(batch.put(count.clone(), [next])).unwrap().is_yes() {
                                break;
                            }
                        }
                    }
                });
            }
        });
        assert_eq!(space(store, "acme").get(&count).unwrap(), Some(vec![160]));
    });
}

#[test]
fn a_page_never_shows_half_of_a_batch() {
    on_every_store(|store| {
        let acme = space(store, "acme");
        let keys: Vec<Key> = (0..40).map(|i| plan(&format!("{i:02}"))).collect();
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                for round in 0..60u8 {
                    let batch = keys.iter().fold(Batch::new(), |b, key| b.put(key.clone(), [round]));
                    let _ = acme.commit(batch).unwrap();
                }
            });
            while !writer.is_finished() {
                let page = acme.scan(&Scan::all(Kind::Plan)).unwrap();
                let rounds: Vec<&Vec<u8>> = page.entries.iter().map(|(_, round)| round).collect();
                assert!(rounds.windows(2).all(|pair| pair[0] == pair[1]), "{rounds:?}");
            }
        });
    });
}

#[test]
fn large_bytes_come_back_and_are_kept_once() {
    on_every_store(|store| {
        let acme = space(store, "acme");
        for length in [0, 1, 65_536, 65_537, 3_000_000] {
            let bytes: Vec<u8> = (0..length).map(|i: usize| (i * 31 % 251) as u8).collect();
            let digest = put_bytes(&acme, &bytes).unwrap();
            assert_eq!(put_bytes(&acme, &bytes).unwrap(), digest);
            assert!(get_bytes(&acme, &digest).unwrap() == Some(bytes));
            assert_eq!(get_bytes(&space(store, "other"), &digest).unwrap(), None);
        }
    });
}

/// A step of the model test.
#[derive(Clone, Debug)]
enum Step {
    Commit(Vec<(u8, Option<u8>)>, Option<(u8, Option<u8>)>),
    Get(u8),
    Scan(u8, u8, bool, usize),
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let key = 0u8..12;
    let write = (key.clone(), prop::option::of(any::<u8>()));
    prop_oneof![
        4 => (prop::collection::vec(write.clone(), 0..6), prop::option::of(write)).prop_map(|(w, c)| Step::Commit(w, c)),
        2 => key.clone().prop_map(Step::Get),
        2 => (key.clone(), key, any::<bool>(), 0usize..6).prop_map(|(a, b, back, n)| Step::Scan(a, b, back, n)),
        1 => Just(Step::Reopen),
    ]
}

/// The key of a number: some are the beginning of others.
fn key_of(number: u8) -> Key {
    Key::new(Kind::Run, vec![number / 4; usize::from(number % 4)])
}

/// Does the steps on a store and on a plain map, and compares every answer.
fn agrees_with_a_map(
    steps: &[Step],
    mut store: Arc<dyn Store>,
    reopen: impl Fn(Arc<dyn Store>) -> Arc<dyn Store>,
) {
    let mut map: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
    for step in steps {
        let acme = space(&store, "acme");
        match step {
            Step::Commit(writes, condition) => {
                let mut batch = Batch::new();
                let mut holds = true;
                if let Some((key, value)) = condition {
                    let seen = value.map(|value| vec![value]);
                    holds = map.get(&key_of(*key).rest) == seen.as_ref();
                    batch = batch.require_unchanged(key_of(*key), seen);
                }
                for (key, value) in writes {
                    batch = match value {
                        Some(value) => batch.put(key_of(*key), [*value]),
                        None => batch.delete(key_of(*key)),
                    };
                    match value {
                        _ if !holds => None,
                        Some(value) => map.insert(key_of(*key).rest, vec![*value]),
                        None => map.remove(&key_of(*key).rest),
                    };
                }
                assert_eq!(acme.commit(batch).unwrap().is_yes(), holds);
            }
            Step::Get(key) => {
                assert_eq!(acme.get(&key_of(*key)).unwrap().as_ref(), map.get(&key_of(*key).rest));
            }
            Step::Scan(a, b, backward, limit) => {
                let (a, b) = (key_of(*a).rest, key_of(*b).rest);
                let scan = Scan::range(Kind::Run, a.clone()..b.clone()).limit(*limit);
                let page = acme.scan(&if *backward { scan.backward() } else { scan }).unwrap();
                let mut expected: Vec<(Key, Vec<u8>)> = map
                    .iter()
                    .filter(|(key, _)| **key >= a && **key < b)
                    .map(|(key, value)| (Key::new(Kind::Run, key), value.clone()))
                    .collect();
                if *backward {
                    expected.reverse();
                }
                expected.truncate(*limit);
                assert_eq!(page.entries, expected);
            }
            Step::Reopen => {
                drop(acme);
                store = reopen(store);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_store_agrees_with_a_plain_map_through_any_steps_and_reopenings(
        steps in prop::collection::vec(step(), 1..40),
    ) {
        agrees_with_a_map(&steps, attain_store::in_memory(), |store| store);
        let dir = tempfile::tempdir().unwrap();
        let open = || attain_store::open(&dir.path().join("store"), &Settings::default()).unwrap();
        agrees_with_a_map(&steps, open(), |store| {
            drop(store);
            open()
        });
    }
}

#[test]
fn what_everybody_has_stored_is_counted_and_is_right_after_opening() {
    let counted = |store: &Arc<dyn Store>| {
        let mut sizes =
            [space(store, "a"), space(store, "b"), store.operator()].map(|space| space.bytes().unwrap());
        sizes.reverse();
        sizes
    };
    // A record: kind, owner, its zero byte, `x`; then 38 bytes of frame, and the body.
    let size = |owner: usize, body: usize| (1 + owner + 1 + 1 + 38 + body) as u64;
    on_every_store(|store| {
        assert_eq!(counted(store), [0, 0, 0]);
        let (a, b) = (space(store, "a"), space(store, "b"));
        let set = |space: &Space, batch: Batch| assert!(space.commit(batch).unwrap().is_yes());
        set(&a, Batch::new().put(plan("x"), [0; 100]));
        set(&b, Batch::new().put(plan("x"), [0; 7]).put(plan("y"), [0; 7]));
        set(&store.operator(), Batch::new().put(plan("x"), ""));
        assert_eq!(counted(store), [size(0, 0), 2 * size(1, 7), size(1, 100)]);
        set(&a, Batch::new().put(plan("x"), [0; 5]).delete(plan("none")));
        set(&b, Batch::new().delete(plan("x")).put(plan("y"), [0; 8]).put(plan("y"), [0; 9]));
        assert!(!b.commit(Batch::new().require_absent(plan("y")).put(plan("z"), "")).unwrap().is_yes());
        assert_eq!(counted(store), [size(0, 0), size(1, 9), size(1, 5)]);
    });
    let dir = tempfile::tempdir().unwrap();
    let open = || attain_store::open(&dir.path().join("store"), &Settings::default()).unwrap();
    let store = open();
    put_bytes(&space(&store, "a"), &[7; 200_000]).unwrap();
    let before = counted(&store);
    assert!(before[2] > 200_000);
    drop(store);
    assert_eq!(counted(&open()), before);
}
