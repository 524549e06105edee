//! Goal: an operator backs up a host that serves, restores it elsewhere or one company of it in its place, hands one
//! company over, and erases one; what isn't whole, or would go back behind a known head, is refused and named.
//! Method: the commands, on hosts and servers; files cut and changed; processes killed.

mod damage;
mod erase;
mod heads;
mod kills;
mod serving;

use attain_tests::Attain;
use serde_json::Value;
use std::path::Path;

const PLAN: &str = r#"
plan   = "pay"
period = "month"
starts = "2024-01"

[[step]]
name   = "commission"
policy = "tiered-commission@1"
inputs = { credit = "revenue" }
params = { thresholds = "amount", tiers = [{ from = "0", rate = "0.1" }] }
"#;

/// A host with the company `acme` and a plan.
fn host() -> Attain {
    let attain = Attain::with_policies(&["tiered-commission"]);
    let plan = attain.write("plan.toml", PLAN);
    attain.ok(["plan", "publish", plan.to_str().unwrap()]);
    attain
}

/// The people of a period: so many, and paid otherwise in every period.
fn import(attain: &Attain, period: &str, people: usize) {
    let mut csv = String::from("participant,revenue:money:2\n");
    let month: usize = period.bytes().map(usize::from).sum();
    (0..people).for_each(|n| csv.push_str(&format!("P{n:06},{}\n", (n * 37 + month * 101) % 90_000)));
    let file = attain.write(&format!("people-{period}.csv"), csv);
    attain.ok(["--company", "acme", "snapshot", "import", file.to_str().unwrap(), "--period", period]);
}

/// Imports a period and runs it.
fn pay(attain: &Attain, period: &str, people: usize) {
    import(attain, period, people);
    attain.ok(["--company", "acme", "run", "pay", "--period", period]);
}

/// A company's head, as people hand it on.
fn head(attain: &Attain, company: &str) -> String {
    attain.ok(["--company", company, "company", "head"]).trim().to_owned()
}

fn head_of(value: &Value) -> String {
    format!("{}:{}", value["size"], value["root"].as_str().unwrap())
}

/// What the newest entry of a log says: who did what to what.
fn last_of_log(attain: &Attain, log: &[&str]) -> [String; 3] {
    let entries = attain.json([log, &["log"]].concat());
    let last = entries["entries"].as_array().unwrap().last().unwrap().clone();
    ["actor", "action", "object"].map(|field| last[field].as_str().unwrap().to_owned())
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// How many values the store of a host has, whosever they are; and they are counted right, also after kills. For when
/// no process is at work on it.
fn values(attain: &Attain) -> usize {
    let dir = attain.folder().join("data/store");
    let store = attain_store::open(&dir, &attain_store::Settings::default()).unwrap();
    let all = attain_store::trial::Damaging::new(&store).unwrap();
    let companies = ["acme", "globex"].map(|id| store.company(&attain_model::CompanyId::parse(id).unwrap()));
    let counted: u64 = companies.iter().map(|space| space.bytes().unwrap()).sum();
    assert_eq!(all.bytes().unwrap(), counted + store.operator().bytes().unwrap());
    let values = all.values();
    drop((companies, all, store));
    // A process that another test starts at this moment has the lock, too, until its program is in its place.
    let lock = std::fs::File::open(dir.join("lock")).unwrap();
    lock.lock().unwrap();
    values
}
