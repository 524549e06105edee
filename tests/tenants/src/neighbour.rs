//! What a company feels of a neighbour: its estimates at a fixed rate, alone and beside a company that does its worst.
//!
//! Open loop: a request is due at its time whether or not earlier ones are answered, and its latency counts from then.
//! Whoever asks runs on this machine, too, and would be on others: for the neighbour at the lowest priority, so that it
//! takes nothing from the server, and for the company on the last processor, so that what is measured is the server's.

use crate::client::Connection;
use crate::hostile::{SIGNAL, bomb, sleepers};
use crate::{memory, ms, percentile, table};
use attain_tests::{Attain, Server, component};
use indicatif::ProgressBar;
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// People of each company.
const PEOPLE: usize = 10_000;

/// Connections over which estimates are asked for.
const CONNECTIONS: usize = 16;

const PLAN: &str = r#"
plan   = "POLICY"
period = "month"
starts = "2026-01"

[[step]]
name   = "commission"
policy = "POLICY@1"
inputs = { credit = "sales" }
"#;

const PARAMETERS: &str = r#"params = { thresholds = "amount", tiers = [{ from = "0", rate = "0.05" }, { from = "5000", rate = "0.08" }] }"#;

/// What a company asked for and got.
#[derive(Default)]
struct Felt {
    latencies: Vec<Duration>,
    errors: BTreeMap<String, usize>,
}

/// Measures and prints.
pub fn measure(time: Duration, rate: u64, only: &str) {
    let bar = ProgressBar::new_spinner();
    bar.enable_steady_tick(Duration::from_secs(1));
    bar.set_message("two companies of ten thousand people");
    let attain = two_companies();
    let server = attain.serve();
    let keys = ["acme", "rival"].map(|company| {
        let made = attain.json(["--company", company, "key", "add", "Admin", "--role", "admin"]);
        made["key"].as_str().unwrap_or_default().to_owned()
    });
    let address = server.url().replace("http://", "");
    // So that nothing is measured that happens once.
    estimates(&address, &keys[0], Duration::from_secs(2), rate);
    bar.set_message("estimates, alone");
    let alone = estimates(&address, &keys[0], time, rate);
    bar.set_message("estimates, beside a neighbour that does its worst");
    let stop = Arc::new(AtomicBool::new(false));
    let worst = neighbour(&address, &keys[1], &stop, only);
    // It is at work before anything is measured.
    thread::sleep(Duration::from_secs(2));
    let beside = estimates(&address, &keys[0], time, rate);
    stop.store(true, Ordering::Relaxed);
    bar.set_message("the neighbour ends");
    let got = worst.end();
    bar.finish_and_clear();
    print(&server, rate, time, [alone, beside], got);
}

fn two_companies() -> Attain {
    let attain = Attain::with_policies(&[]);
    let zone = ["--currency", "USD", "--timezone", "America/New_York"];
    attain.ok([&["company", "add", "rival"][..], &zone].concat());
    let people = |signal: bool| {
        let mut text = "participant,sales:money:2\n".to_owned();
        for n in 0..PEOPLE {
            let sales = (n * 7919) % 1_000_000;
            // One in each batch.
            match signal && n % 4_096 == 17 {
                true => _ = writeln!(text, "p{n:05},{SIGNAL}"),
                false => _ = writeln!(text, "p{n:05},{}.{:02}", sales / 100, sales % 100),
            }
        }
        text
    };
    let of = |company: &str, policy: &str, bytes: &[u8], parameters: &str| {
        let file = attain.write(&format!("{policy}.wasm"), bytes);
        let plan = PLAN.replace("POLICY", policy);
        let plan = attain.write(&format!("{policy}.toml"), format!("{plan}{parameters}\n"));
        for (words, file) in [(["policy", "publish"], file), (["plan", "publish"], plan)] {
            let file = file.to_str().unwrap_or_default();
            attain.ok([&["--company", company][..], &words, &[file]].concat());
        }
    };
    for (company, signal) in [("acme", false), ("rival", true)] {
        let file = attain.write("people.csv", people(signal));
        let file = file.to_str().unwrap_or_default();
        attain.ok(["--company", company, "snapshot", "import", file, "--period", "2026-01"]);
    }
    let tiered = std::fs::read(component("tiered-commission")).unwrap_or_default();
    of("acme", "tiered-commission", &tiered, PARAMETERS);
    for (name, bytes) in sleepers() {
        of("rival", name, &bytes, "");
    }
    attain
}

/// Asks for estimates of people chosen by turns, with other sales each time.
fn estimates(address: &str, key: &str, time: Duration, rate: u64) -> Felt {
    let felt = Mutex::new(Felt::default());
    let next = AtomicUsize::new(0);
    let every = Duration::from_nanos(1_000_000_000 / rate.max(1));
    let count = usize::try_from(time.as_nanos() / every.as_nanos()).unwrap_or_default();
    let begun = Instant::now() + Duration::from_millis(100);
    thread::scope(|scope| {
        for _ in 0..CONNECTIONS {
            scope.spawn(|| {
                apart();
                let mut connection = Connection::new(address, key);
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= count {
                        break;
                    }
                    let due = begun + every * u32::try_from(n).unwrap_or(u32::MAX);
                    thread::sleep(due.saturating_duration_since(Instant::now()));
                    let body = json!({
                        "plan": "tiered-commission",
                        "period": "2026-01",
                        "participant": format!("p{:05}", (n * 6_007) % PEOPLE),
                        "figures": { "sales": format!("{}.50", n % 20_000) },
                    });
                    let answer = connection.post("/v1/companies/acme/estimates", &body);
                    let latency = due.elapsed();
                    let mut felt = felt.lock().unwrap_or_else(|broken| broken.into_inner());
                    felt.latencies.push(latency);
                    match answer {
                        Ok(answer) if answer.status == 200 => {}
                        Ok(answer) => *felt.errors.entry(answer.name()).or_default() += 1,
                        Err(error) => *felt.errors.entry(error.to_string()).or_default() += 1,
                    }
                }
            });
        }
    });
    let mut felt = felt.into_inner().unwrap_or_else(|broken| broken.into_inner());
    felt.latencies.sort();
    felt
}

type Counts = Arc<Mutex<BTreeMap<(&'static str, String), usize>>>;

/// Those who ask for the neighbour.
struct Worst {
    got: Counts,
    askers: Vec<thread::JoinHandle<()>>,
}

impl Worst {
    fn end(self) -> BTreeMap<(&'static str, String), usize> {
        for asker in self.askers {
            _ = asker.join();
        }
        let got = self.got.lock().unwrap_or_else(|broken| broken.into_inner());
        got.clone()
    }
}

/// The worst that a company can do within its quotas: endless loops and memory to the limit in runs, estimates and
/// checks, components that are dear to compile, and more requests than it may send.
fn neighbour(address: &str, key: &str, stop: &Arc<AtomicBool>, only: &str) -> Worst {
    let company = "/v1/companies/rival";
    let json = "application/json";
    let run = |plan: &str| {
        let body = json!({ "plan": plan, "period": "2026-01", "threads": 64 });
        ("POST", format!("{company}/runs"), json, body.to_string().into_bytes())
    };
    let estimate = |plan: &str| {
        let body = json!({ "plan": plan, "period": "2026-01", "participant": "p00017" });
        ("POST", format!("{company}/estimates"), json, body.to_string().into_bytes())
    };
    let publish = ("POST", format!("{company}/policies"), "application/wasm", bomb());
    let list = ("GET", format!("{company}/plans"), "", Vec::new());
    let asks = [
        ("a run that never ends", 4, run("spins")),
        ("a run that takes all memory", 4, run("thrashes")),
        ("an estimate that never ends", 8, estimate("spins")),
        ("an estimate that takes all memory", 8, estimate("thrashes")),
        ("a component to compile", 4, publish),
        ("a list, as fast as it can", 4, list),
    ];
    let got = Counts::default();
    let mut askers = Vec::new();
    for (what, times, request) in asks.into_iter().filter(|(what, ..)| what.contains(only)) {
        for _ in 0..times {
            let connection = Connection::new(address, key);
            askers.push(asker(connection, Arc::clone(stop), Arc::clone(&got), what, request.clone()));
        }
    }
    Worst { got, askers }
}

type Request = (&'static str, String, &'static str, Vec<u8>);

/// Asks the same again and again.
fn asker(
    mut connection: Connection,
    stop: Arc<AtomicBool>,
    got: Counts,
    what: &'static str,
    (method, path, content, body): Request,
) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        lower();
        while !stop.load(Ordering::Relaxed) {
            let name = match connection.ask(method, &path, content, &body) {
                Ok(answer) => answer.name(),
                Err(error) => format!("no answer: {error}"),
            };
            *got.lock().unwrap_or_else(|broken| broken.into_inner()).entry((what, name)).or_default() += 1;
        }
    })
}

/// Puts this thread at the lowest priority and off the last processor, where the system has such.
fn lower() {
    #[cfg(target_os = "linux")]
    {
        _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), 19);
        run_on(|processor, last| processor != last);
    }
}

/// Puts this thread on the last processor: whoever measures is elsewhere, and waits for nothing but the answer.
fn apart() {
    #[cfg(target_os = "linux")]
    run_on(|processor, last| processor == last);
}

/// Puts this thread on the processors, of those that it may run on, that are chosen, given the last one.
#[cfg(target_os = "linux")]
fn run_on(chosen: impl Fn(usize, usize) -> bool) {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
    let Ok(all) = sched_getaffinity(None) else { return };
    let Some(last) = (0..CpuSet::MAX_CPU).rev().find(|processor| all.is_set(*processor)) else { return };
    let mut some = CpuSet::new();
    (0..=last)
        .filter(|processor| all.is_set(*processor) && chosen(*processor, last))
        .for_each(|p| some.set(p));
    if some.count() > 0 {
        _ = sched_setaffinity(None, &some);
    }
}

fn print(
    server: &Server,
    rate: u64,
    time: Duration,
    felt: [Felt; 2],
    got: BTreeMap<(&'static str, String), usize>,
) {
    let (now, most) = memory(server.process());
    let line = |name: &str, felt: &Felt| {
        let of = |thousandths| ms(percentile(&felt.latencies, thousandths));
        let errors: usize = felt.errors.values().sum();
        let count = felt.latencies.len();
        [name.to_owned(), count.to_string(), errors.to_string(), of(500), of(990), of(999), of(1000)].to_vec()
    };
    let [alone, beside] = &felt;
    let header = ["", "estimates", "errors", "median ms", "99 % ms", "99.9 % ms", "most ms"];
    let lines = vec![line("alone", alone), line("beside the neighbour", beside)];
    let times = |thousandths| {
        let of = |felt: &Felt| percentile(&felt.latencies, thousandths).as_micros().max(1);
        format!("{}.{:02}", of(beside) / of(alone), of(beside) * 100 / of(alone) % 100)
    };
    println!(
        "{rate} estimates a second of one company, {} s each, open loop, {PEOPLE} people",
        time.as_secs()
    );
    println!("{}", table(&header, lines));
    println!("beside over alone: median {}, 99 % {}", times(500), times(990));
    for (name, count) in alone.errors.iter().chain(&beside.errors) {
        println!("error: {count} times {name}");
    }
    println!("\nwhat the neighbour asked for, and what it got");
    let lines = got.into_iter().map(|((what, name), count)| vec![what.to_owned(), name, count.to_string()]);
    println!("{}", table(&["", "answer", "times"], lines.collect()));
    println!("the server's memory: {now} MiB, at most {most} MiB\n");
}
