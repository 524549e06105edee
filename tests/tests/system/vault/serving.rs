//! While a server serves: a backup of one instant, a company in the place of another, a company handed over.

use super::{head, host, pay, text};
use attain_tests::Attain;
use serde_json::Value;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

fn runs(attain: &Attain) -> Vec<Value> {
    attain.serve().get("/v1/companies/acme/runs")["runs"].as_array().unwrap().clone()
}

#[test]
fn every_run_of_a_backup_made_while_runs_come_in_replays_elsewhere() {
    let attain = host();
    let file = attain.folder().join("host.attain");
    let (made, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let server = attain.serve();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for month in 0..36 {
                pay(&attain, &format!("{}-{:02}", 2024 + month / 12, month % 12 + 1), 300);
                made.fetch_add(1, Ordering::Relaxed);
                if stop.load(Ordering::Relaxed) {
                    break;
                }
            }
        });
        while made.load(Ordering::Relaxed) < 3 {
            std::thread::sleep(Duration::from_millis(5));
        }
        attain.ok(["backup", text(&file)]);
        stop.store(true, Ordering::Relaxed);
    });
    drop(server);
    let other = Attain::new();
    other.ok(["restore", text(&file)]);
    let (then, now) = (runs(&other), runs(&attain));
    assert!((3..=now.len()).contains(&then.len()), "{} of {}", then.len(), now.len());
    for run in &then {
        assert!(now.contains(run), "{run}");
        let replayed = other.ok(["replay", run["id"].as_str().unwrap()]);
        assert!(replayed.contains("all the same"), "{replayed}");
    }
    // And it goes on there.
    pay(&other, "2026-12", 5);
    assert_eq!(runs(&other).len(), then.len() + 1);
}

#[test]
fn whoever_reads_sees_the_company_as_it_was_or_as_it_is_restored() {
    let attain = host();
    pay(&attain, "2026-01", 20_000);
    let before = attain.folder().join("before.attain");
    attain.ok(["backup", text(&before)]);
    pay(&attain, "2026-02", 20_000);
    let server = attain.serve();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut seen = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let runs = server.get("/v1/companies/acme/runs")["runs"].as_array().unwrap().len();
                let snapshots =
                    server.get("/v1/companies/acme/snapshots")["snapshots"].as_array().unwrap().len();
                seen.push((runs, snapshots));
            }
            seen
        });
        let restored = ["--company", "acme", "restore", text(&before), "--replace", "--accept-loss"];
        attain.ok(restored);
        stop.store(true, Ordering::Relaxed);
        // Two requests, so the second may be of after where the first is of before.
        let seen = reader.join().unwrap();
        assert!(seen.iter().all(|seen| [(2, 2), (2, 1), (1, 1)].contains(seen)), "{seen:?}");
    });
    assert!(attain.ok(["replay", "pay/2026-01"]).contains("all the same"));
    let gone = attain.run(["replay", "pay/2026-02"]);
    assert_eq!(gone.code, 3, "{gone:?}");
}

#[test]
fn an_admin_takes_their_company_along_and_its_keys_and_runs_are_good_elsewhere() {
    let attain = host();
    pay(&attain, "2026-01", 50);
    attain.ok(["company", "add", "globex"]);
    let key = attain.json(["--company", "acme", "key", "add", "Wei", "--role", "admin"])["key"]
        .as_str()
        .unwrap()
        .to_owned();
    let file = attain.folder().join("acme.attain");
    let server = attain.serve();
    let with =
        |url: &str, arguments: &[&str]| attain.run([&["--server", url, "--key", &key], arguments].concat());
    let exported = with(&server.url(), &["company", "export", text(&file)]);
    assert_eq!(exported.code, 0, "{exported:?}");
    assert!(
        exported.out.contains(&head(&attain, "acme")) && exported.out.contains("1 company"),
        "{exported:?}"
    );
    assert_eq!(super::last_of_log(&attain, &["--company", "acme"]), ["Wei", "export-company", "acme"]);
    let refused = with(&server.url(), &["backup", text(&file)]);
    assert_eq!(refused.code, 3);
    assert_eq!(
        refused.err.trim(),
        "error: the role `admin` may not take all of the host as a file; these may: operator"
    );
    assert!(file.exists() && !attain.folder().join("acme.attain.partial").exists());

    // Into a host that has others, and into one of its own.
    let (beside, alone) = (Attain::new(), Attain::new());
    beside.ok(["company", "add", "initech"]);
    beside.ok(["--company", "acme", "restore", text(&file)]);
    alone.ok(["restore", text(&file)]);
    for other in [beside, alone] {
        assert!(other.ok(["--company", "acme", "replay", "pay/2026-01"]).contains("all the same"));
        let there = other.serve();
        assert_eq!(with(&there.url(), &["key", "whoami"]).out.trim(), "Wei, admin of `acme`");
    }
    let wrong = attain.run(["--company", "globix", "restore", text(&file)]);
    assert_eq!(wrong.code, 3);
    assert_eq!(wrong.err.trim(), "error: the backup: it has no company `globix`; there is `acme`");
}

#[test]
fn a_key_that_was_revoked_since_the_backup_stays_revoked() {
    let attain = host();
    for name in ["Wei", "Ines"] {
        attain.ok(["key", "add", name, "--role", "admin"]);
    }
    let file = attain.folder().join("acme.attain");
    attain.ok(["company", "export", text(&file)]);
    attain.ok(["key", "revoke", "Wei"]);
    attain.ok(["--company", "acme", "restore", text(&file), "--replace", "--accept-loss"]);
    let keys = attain.json(["key", "list"]);
    let good = |key: &&Value| key["good"] == true;
    let good: Vec<&str> = keys["keys"]
        .as_array()
        .unwrap()
        .iter()
        .filter(good)
        .map(|key| key["name"].as_str().unwrap())
        .collect();
    assert_eq!(good, ["Ines"]);
}
