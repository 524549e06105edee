//! Goal: threads, the cut into batches, the order of rows in a file, a restart and another data directory don't
//! change a byte of an outcome, and `replay` agrees with each.
//!
//! The plan has a step of each grouping (`tests/promises/plan.toml`). Every command is a process of its own: each
//! comes after a restart of what the one before it left.

use attain_demo::{CURRENCY, DemoCompany, SEED, TIMEZONE, write_csv, write_targets_csv};
use attain_model::Period;
use attain_tests::random::Random;
use attain_tests::{Attain, component, repository};
use std::fs;

/// People of the company: what was promised.
const PEOPLE: u32 = 100_000;

/// Threads and rows of a batch.
const CUTS: [(u32, u32); 8] =
    [(1, 1), (2, 1), (1, 7), (2, 7), (1, 1_000), (2, 1_000), (1, 8_192), (2, 8_192)];

const QUARTER: &str = "2026-Q3";
const PLAN: &str = "promises";

/// Place of the column `revenue` in `people`.
const REVENUE: usize = 7;

/// A quarter's figures as files, in the order that the generator makes them.
struct Figures {
    people: String,
    targets: String,
}

impl Figures {
    fn of(participants: u32) -> Figures {
        let company = DemoCompany::new(SEED, participants);
        let quarter = Period::parse(QUARTER).unwrap();
        let (mut people, mut targets) = (Vec::new(), Vec::new());
        write_csv(company.people(quarter, 65_536).unwrap(), &mut people).unwrap();
        write_targets_csv(company.targets(quarter, 65_536).unwrap(), &mut targets).unwrap();
        Figures { people: String::from_utf8(people).unwrap(), targets: String::from_utf8(targets).unwrap() }
    }

    /// The same rows in another order.
    fn shuffled(&self, seed: u64) -> Figures {
        let shuffled = |file: &str| {
            let (header, rows) = file.split_once('\n').unwrap();
            let mut rows: Vec<&str> = rows.lines().collect();
            Random::new(seed).shuffle(&mut rows);
            format!("{header}\n{}\n", rows.join("\n"))
        };
        Figures { people: shuffled(&self.people), targets: shuffled(&self.targets) }
    }

    /// Imports both files and gives the snapshot: its digest and revision.
    fn import(&self, host: &Attain) -> (String, u64) {
        host.write("people.csv", &self.people);
        host.ok(["snapshot", "import", "people.csv", "--period", QUARTER]);
        host.write("targets.csv", &self.targets);
        let snapshot = host.json(["target", "import", "targets.csv", "--period", QUARTER]);
        (snapshot["id"].as_str().unwrap().to_owned(), snapshot["revision"].as_u64().unwrap())
    }
}

/// A host with the company and the plan, without figures.
fn host() -> Attain {
    let host = Attain::new();
    host.ok(["company", "add", "far-hills", "--currency", CURRENCY, "--timezone", TIMEZONE]);
    for policy in ["scorecard", "tiered-commission", "team-pool"] {
        host.ok(["policy", "publish", component(policy).to_str().unwrap()]);
    }
    let plan = host.write("plan.toml", fs::read(repository().join("tests/promises/plan.toml")).unwrap());
    host.ok(["plan", "publish", plan.to_str().unwrap()]);
    host
}

/// A run's outcome, and what each step of it took: `rank`, `commission`, `pool`.
struct Run {
    digest: String,
    fuel: [u64; 3],
}

/// Runs the plan in a cut.
fn run(host: &Attain, (threads, rows): (u32, u32)) -> Run {
    let (threads, rows) = (threads.to_string(), rows.to_string());
    let run = host.json(["run", PLAN, "--period", QUARTER, "--threads", &threads, "--batch", &rows]);
    assert!(run["participants"].as_u64().unwrap() > u64::from(PEOPLE) / 2, "{run}");
    let fuel = |step: usize| run["steps"][step]["fuel"].as_u64().unwrap();
    Run { digest: run["outcome_digest"].as_str().unwrap().to_owned(), fuel: [fuel(0), fuel(1), fuel(2)] }
}

/// Replays the run, with more words of the command; every cell must agree. Gives the digest that it came to.
fn replayed(host: &Attain, words: &[&str]) -> String {
    let replay = host.json([&["replay", "promises/2026-Q3"], words].concat());
    assert_eq!((&replay["same"], &replay["differing"]), (&true.into(), &0.into()), "{replay}");
    assert!(replay["cells"].as_u64().unwrap() > u64::from(PEOPLE) * 5, "{replay}");
    replay["computed"].as_str().unwrap().to_owned()
}

#[test]
fn threads_cuts_and_restarts_give_one_outcome_of_100_000_people() {
    let host = host();
    Figures::of(PEOPLE).import(&host);
    let runs: Vec<Run> = CUTS
        .iter()
        .map(|cut| {
            let host = host.copy();
            let run = run(&host, *cut);
            assert_eq!(replayed(&host, &[]), run.digest, "the run of cut {cut:?}, replayed in the usual cut");
            run
        })
        .collect();
    for (run, cut) in runs.iter().zip(CUTS) {
        assert_eq!(run.digest, runs[0].digest, "cut {cut:?}");
    }
    // That the cuts were made shows in what they took: the company at once has none to make, threads make no other,
    // and an instance more for each row or team takes more.
    let steps = |cut: usize| runs[cut].fuel;
    for (one_thread, two_threads) in [(0, 1), (2, 3), (4, 5), (6, 7)] {
        assert_eq!(steps(one_thread), steps(two_threads));
    }
    let [rank, commission, pool] = [0, 1, 2].map(|step| [0, 2, 4, 6].map(|cut| steps(cut)[step]));
    assert!(rank.iter().all(|fuel| *fuel == rank[0]), "{rank:?}");
    assert!(commission.is_sorted_by(|more, less| more > less), "{commission:?}");
    assert!(pool[0] > pool[3], "{pool:?}");
}

#[test]
fn the_order_of_rows_in_a_file_and_the_data_directory_dont_change_an_outcome() {
    let figures = Figures::of(PEOPLE);
    let here = host();
    let first = figures.import(&here);
    assert_eq!(figures.shuffled(1).import(&here), first, "the same rows are the revision that is there");
    let elsewhere = host();
    figures.shuffled(2).import(&elsewhere);
    let outcome = run(&here, (2, 8_192)).digest;
    assert_eq!(run(&elsewhere, (1, 1_000)).digest, outcome);
    assert_eq!(replayed(&here, &["--threads", "1", "--batch", "7"]), outcome);
    assert_eq!(replayed(&elsewhere, &["--threads", "2", "--batch", "1000"]), outcome);
    // The digest isn't blind: one more digit in one person's revenue is another outcome.
    let (before, row) = figures.people.split_once("\nS000001,").unwrap();
    let mut cells: Vec<String> = row.split(',').map(str::to_owned).collect();
    cells[REVENUE - 1].insert(0, '1');
    let people = format!("{before}\nS000001,{}", cells.join(","));
    Figures { people, ..figures }.import(&elsewhere);
    assert_ne!(run(&elsewhere, (2, 8_192)).digest, outcome);
}
