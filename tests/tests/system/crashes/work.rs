//! What is under way when a fault comes, and what must be there afterwards.

use attain_demo::{CURRENCY, DemoCompany, SEED, TIMEZONE, write_csv, write_targets_csv};
use attain_model::Period;
use attain_tests::random::Random;
use attain_tests::{Answer, Attain, Server, component, repository};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// What a process is doing when it is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    Import,
    PublishPolicy,
    PublishPlan,
    Run,
    ImportTargets,
    Approve,
    AddKey,
    Open,
}

pub const ACTS: [Act; 8] = [
    Act::Import,
    Act::PublishPolicy,
    Act::PublishPlan,
    Act::Run,
    Act::ImportTargets,
    Act::Approve,
    Act::AddKey,
    Act::Open,
];

/// Lists of what a company has: what they are called, and what names one of theirs. Of runs a second time those that
/// are official.
const LISTS: [(&str, &str); 6] = [
    ("snapshots", "id"),
    ("policies", "digest"),
    ("plans", "digest"),
    ("runs", "id"),
    ("keys", "id"),
    ("runs", "id"),
];

/// Where the official ones are in [`LISTS`].
const OFFICIAL: usize = 5;

const PEOPLE: u32 = 5_000;
const QUARTER: &str = "2026-Q3";

/// Place of the column `revenue` in `people`.
const REVENUE: usize = 7;

/// A host, and what it has acknowledged.
pub struct Work {
    pub host: Attain,
    people: String,
    targets: String,
    component: Vec<u8>,
    plan: String,
    /// Every act does something new: this makes it so.
    number: usize,
    /// For each list, the names that must be in it.
    held: [BTreeSet<String>; LISTS.len()],
    /// For each list, how many more may be in it: what was begun and not acknowledged.
    begun: [usize; LISTS.len()],
    /// How long each act takes when nothing comes between.
    usual: BTreeMap<Act, Duration>,
    /// What was acknowledged in all.
    n_acknowledged: usize,
    /// What was there after a fault that came before it was acknowledged.
    n_kept_unsaid: usize,
}

impl Act {
    /// The list that it adds to.
    fn list(self) -> Option<usize> {
        match self {
            Act::Import | Act::ImportTargets => Some(0),
            Act::PublishPolicy => Some(1),
            Act::PublishPlan => Some(2),
            Act::Run => Some(3),
            Act::AddKey => Some(4),
            Act::Approve => Some(OFFICIAL),
            Act::Open => None,
        }
    }
}

/// A process at work on an act.
pub struct Busy {
    act: Act,
    began: Instant,
    child: Child,
}

impl Work {
    /// A company with figures, policies, a plan and a run, all acknowledged.
    pub fn new(host: Attain) -> Work {
        let (company, quarter) = (DemoCompany::new(SEED, PEOPLE), Period::parse(QUARTER).unwrap());
        let (mut people, mut targets) = (Vec::new(), Vec::new());
        write_csv(company.people(quarter, 10_000).unwrap(), &mut people).unwrap();
        write_targets_csv(company.targets(quarter, 10_000).unwrap(), &mut targets).unwrap();
        host.write("people.csv", &people);
        host.write("targets.csv", &targets);
        host.ok(["company", "add", "acme", "--currency", CURRENCY, "--timezone", TIMEZONE]);
        host.ok(["snapshot", "import", "people.csv", "--period", QUARTER]);
        host.ok(["target", "import", "targets.csv", "--period", QUARTER]);
        for policy in ["scorecard", "team-pool", "tiered-commission"] {
            host.ok(["policy", "publish", component(policy).to_str().unwrap()]);
        }
        let mut work = Work {
            host,
            people: String::from_utf8(people).unwrap(),
            targets: String::from_utf8(targets).unwrap(),
            component: fs::read(component("tiered-commission")).unwrap(),
            plan: fs::read_to_string(repository().join("tests/promises/plan.toml")).unwrap(),
            number: 0,
            held: Default::default(),
            begun: [0; LISTS.len()],
            usual: BTreeMap::new(),
            n_acknowledged: 0,
            n_kept_unsaid: 0,
        };
        work.held = work.listed(&work.host.serve());
        for act in ACTS {
            let busy = work.begin(act);
            let began = busy.began;
            work.end(busy);
            work.usual.insert(act, began.elapsed());
        }
        work.check();
        work
    }

    /// How long an act takes when nothing comes between.
    pub fn usual(&self, act: Act) -> Duration {
        self.usual[&act]
    }

    /// A moment between an act's beginning and a little after its usual end; every other time in the last part of
    /// it, where it writes.
    pub fn moment(&self, act: Act, random: &mut Random) -> Duration {
        let most = (self.usual(act) * 11 / 10).as_micros() as u64;
        let least = if random.below(2) == 0 { most * 2 / 3 } else { 0 };
        Duration::from_micros(least + random.below(most - least))
    }

    /// Starts an act that does something new.
    pub fn begin(&mut self, act: Act) -> Busy {
        self.begin_on(act, || ()).0
    }

    /// Starts an act that does something new, once everything for it is there and something else was done.
    pub fn begin_on<T>(&mut self, act: Act, first: impl FnOnce() -> T) -> (Busy, T) {
        self.number += 1;
        let number = self.number;
        let words: Vec<String> = match act {
            Act::Import => {
                self.host.write("people.csv", changed(&self.people, number));
                ["snapshot", "import", "people.csv", "--period", QUARTER].map(str::to_owned).to_vec()
            }
            Act::PublishPolicy => {
                self.host.write("policy.wasm", of_version(&self.component, number));
                ["policy", "publish", "policy.wasm"].map(str::to_owned).to_vec()
            }
            Act::PublishPlan => {
                self.host.write("plan.toml", self.plan_named(number));
                ["plan", "publish", "plan.toml"].map(str::to_owned).to_vec()
            }
            Act::Run => {
                self.host.write("plan.toml", self.plan_named(number));
                let plan = self.host.json(["plan", "publish", "plan.toml"]);
                self.held[2].insert(plan["digest"].as_str().unwrap().to_owned());
                ["run".to_owned(), name_of(number), "--period".to_owned(), QUARTER.to_owned()].to_vec()
            }
            Act::ImportTargets => {
                self.host.write("targets.csv", changed_targets(&self.targets, number));
                ["target", "import", "targets.csv", "--period", QUARTER].map(str::to_owned).to_vec()
            }
            Act::Approve => {
                self.host.write("plan.toml", self.plan_named(number));
                let plan = self.host.json(["plan", "publish", "plan.toml"]);
                self.held[2].insert(plan["digest"].as_str().unwrap().to_owned());
                let run = self.host.json(["run", &name_of(number), "--period", QUARTER]);
                let run = run["id"].as_str().unwrap().to_owned();
                self.held[3].insert(run.clone());
                ["approve".to_owned(), run].to_vec()
            }
            Act::AddKey => {
                let name = format!("key {number}");
                ["key", "add", &name, "--role", "auditor"].map(str::to_owned).to_vec()
            }
            Act::Open => ["company", "list"].map(str::to_owned).to_vec(),
        };
        if let Some(list) = act.list() {
            self.begun[list] += 1;
        }
        let first = first();
        let mut command = self.host.command(words);
        command.arg("--json").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        (Busy { act, began: Instant::now(), child: command.spawn().unwrap() }, first)
    }

    /// Takes what a process answered, killed or not: what it printed whole is acknowledged.
    pub fn end(&mut self, mut busy: Busy) -> Answer {
        let (mut out, mut err) = (String::new(), String::new());
        busy.child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        busy.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        let code = busy.child.wait().unwrap().code().unwrap_or(-1);
        let answer: Option<Value> = serde_json::from_str(&out).ok();
        assert!(code != 0 || answer.is_some(), "{:?} ended well and said nothing: {out}{err}", busy.act);
        if let (Some(answer), Some(list)) = (answer, busy.act.list()) {
            let record = if busy.act == Act::AddKey { &answer["record"] } else { &answer };
            self.held[list].insert(record[LISTS[list].1].as_str().unwrap().to_owned());
            self.begun[list] -= 1;
            self.n_acknowledged += 1;
        }
        Answer { code, out, err }
    }

    /// What was acknowledged and kept until now, for a report.
    pub fn count(&self) -> String {
        format!("{} acts acknowledged, {} more kept whole", self.n_acknowledged, self.n_kept_unsaid)
    }

    fn plan_named(&self, number: usize) -> String {
        self.plan.replace("\"promises\"", &format!("\"{}\"", name_of(number)))
    }

    /// What the company has, list by list.
    fn listed(&self, server: &Server) -> [BTreeSet<String>; LISTS.len()] {
        let mut place = 0;
        LISTS.map(|(list, name)| {
            let official = place == OFFICIAL;
            place += 1;
            let answer = server.get(&format!("/v1/companies/acme/{list}"));
            answer[list]
                .as_array()
                .unwrap()
                .iter()
                .filter(|item| !official || item["official"] == true)
                .map(|item| item[name].as_str().unwrap().to_owned())
                .collect()
        })
    }

    /// Opens the store and holds everything in it against what was acknowledged; reads the figures and replays
    /// every run. What is found becomes what must be there the next time.
    pub fn check(&mut self) {
        let server = self.host.serve();
        let found = self.listed(&server);
        for (list, (name, _)) in LISTS.iter().enumerate() {
            let lost: Vec<&String> = self.held[list].difference(&found[list]).collect();
            assert!(lost.is_empty(), "{name} were acknowledged and are gone: {lost:?}");
            let more = found[list].difference(&self.held[list]).count();
            assert!(
                more <= self.begun[list],
                "{more} {name} more than were acknowledged, {} were begun",
                self.begun[list]
            );
            self.n_kept_unsaid += more;
        }
        for snapshot in &found[0] {
            let path = format!("/v1/companies/acme/snapshots/{snapshot}/tables/people?rows=10000");
            let rows = server.get(&path)["rows"].as_array().unwrap().len();
            assert_eq!(rows, PEOPLE as usize, "snapshot {snapshot}");
        }
        for run in &found[3] {
            let replay = server.send(
                "POST",
                &format!("/v1/companies/acme/runs/{run}/replay"),
                "application/json",
                b"{}",
            );
            assert_eq!(
                (replay.status, &replay.json()["same"]),
                (200, &Value::Bool(true)),
                "run {run}: {}",
                replay.body
            );
        }
        (self.held, self.begun) = (found, [0; LISTS.len()]);
    }
}

impl Busy {
    /// Kills the process, as `kill -9` does.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
    }
}

fn name_of(number: usize) -> String {
    format!("promises-{number}")
}

/// The figures with another revenue in the first row.
fn changed(people: &str, number: usize) -> String {
    let (header, rows) = people.split_once('\n').unwrap();
    let (first, rest) = rows.split_once('\n').unwrap();
    let revenue = format!("{number}.00");
    let cells: Vec<&str> =
        first.split(',').enumerate().map(|(i, cell)| if i == REVENUE { &revenue } else { cell }).collect();
    format!("{header}\n{}\n{rest}", cells.join(","))
}

/// The targets with another value at the end of the first row.
fn changed_targets(targets: &str, number: usize) -> String {
    let (header, rows) = targets.split_once('\n').unwrap();
    let (first, rest) = rows.split_once('\n').unwrap();
    let (cells, _) = first.rsplit_once(',').unwrap();
    format!("{header}\n{cells},{number}.00\n{rest}")
}

/// The component with another version in its manifest, so that it can be published beside the others.
fn of_version(component: &[u8], number: usize) -> Vec<u8> {
    let (from, to) =
        (b"tiered-commission1.0.0", format!("tiered-commission1.{}.{}", number / 10 % 10, number % 10));
    let place =
        component.windows(from.len()).position(|bytes| bytes == from).expect("a version in the component");
    [&component[..place], to.as_bytes(), &component[place + from.len()..]].concat()
}
