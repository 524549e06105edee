//! What many companies cost on one host: memory, time to start, time to a cold company's first run.

use crate::client::Connection;
use crate::{memory, ms, percentile, table};
use attain_model::{Column, Company, CompanyId, Currency, Data, Period, Table, TextColumn, Type, Unit};
use attain_service::{Caller, Service, Settings};
use attain_tests::{Attain, component};
use indicatif::ProgressBar;
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// People of each company.
const PEOPLE: usize = 25;

/// Companies that run for the first time while it is measured.
const COLD: usize = 500;

const PLAN: &str = r#"
plan   = "sales"
period = "month"
starts = "2026-01"

[[step]]
name   = "commission"
policy = "tiered-commission@1"
inputs = { credit = "sales" }
params = { thresholds = "amount", tiers = [{ from = "0", rate = "0.05" }, { from = "5000", rate = "0.08" }] }
"#;

/// Measures and prints.
pub fn measure(companies: usize, components: usize) {
    let attain = Attain::new();
    let data = attain.folder().join("data");
    fill(&data, companies, components);
    let begun = Instant::now();
    let server = attain.serve();
    let started = begun.elapsed();
    let (after_start, _) = memory(server.process());
    let mut connection = Connection::new(&server.url().replace("http://", ""), server.key());
    let body = json!({ "plan": "sales", "period": "2026-01" });
    let mut cold = Vec::new();
    // Spread over all of them: another component each.
    let step = (companies / COLD.min(companies)).max(1);
    for n in (0..companies).step_by(step) {
        let path = format!("/v1/companies/{}/runs", id(n));
        let begun = Instant::now();
        match connection.post(&path, &body) {
            Ok(answer) if answer.status == 201 => cold.push(begun.elapsed()),
            Ok(answer) => panic!("{}: {}", id(n), String::from_utf8_lossy(&answer.body)),
            Err(error) => panic!("{}: {error}", id(n)),
        }
    }
    cold.sort();
    let (now, most) = memory(server.process());
    println!("{companies} companies of {PEOPLE} people, {components} distinct components between them");
    let line = |name: &str, value: String, goal: &str| vec![name.to_owned(), value, goal.to_owned()];
    let of = |thousandths| ms(percentile(&cold, thousandths));
    let lines = vec![
        line("start, until it listens, ms", ms(started), "2000"),
        line("memory after the start, MiB", after_start.to_string(), "512"),
        line(&format!("memory after {} first runs, MiB", cold.len()), now.to_string(), "512"),
        line("memory at most, MiB", most.to_string(), "512"),
        line("first run of a cold company, median ms", of(500), "10"),
        line("first run of a cold company, 99 % ms", of(990), ""),
        line("first run of a cold company, most ms", of(1000), ""),
    ];
    println!("{}", table(&["", "", "goal"], lines));
}

fn id(n: usize) -> String {
    format!("company-{n:05}")
}

/// Makes the companies, as many threads as there are cores.
fn fill(data: &std::path::Path, companies: usize, components: usize) {
    let service = Service::open(Settings { data: Some(data.to_owned()), ..Settings::default() })
        .unwrap_or_else(|error| panic!("{error}"));
    let usual = std::fs::read(component("tiered-commission")).unwrap_or_default();
    let bar = ProgressBar::new(companies as u64).with_message("companies");
    bar.enable_steady_tick(Duration::from_secs(1));
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..service.threads() * 2 {
            scope.spawn(|| {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= companies {
                        break;
                    }
                    // Companies of one component follow each other, so that it is compiled once.
                    let component = distinct(&usual, n * components / companies);
                    company(&service, &id(n), &component)
                        .unwrap_or_else(|error| panic!("{}: {error}", id(n)));
                    bar.inc(1);
                }
            });
        }
    });
    bar.finish_and_clear();
}

/// The same component with a section of its own, which nobody reads.
fn distinct(component: &[u8], n: usize) -> Vec<u8> {
    let name = format!("n{n:06}");
    let length = u8::try_from(name.len()).unwrap_or_default();
    [component, &[0, length + 1, length], name.as_bytes()].concat()
}

fn company(service: &Service, id: &str, component: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
    let id = CompanyId::parse(id).ok_or("no id")?;
    service.add_company(&Company {
        id: id.clone(),
        name: id.to_string(),
        currency: Currency::parse("USD")?,
        timezone: "America/New_York".to_owned(),
        fiscal_year_start: 1,
    })?;
    let caller = Caller::operator(id);
    let names: Vec<String> = (0..PEOPLE).map(|n| format!("p{n:02}")).collect();
    let ids = Data::Texts(TextColumn::from_rows(names.iter().map(|name| Some(name.as_str()))));
    let sales = Data::Numbers((0..PEOPLE as i64).map(|n| n * 41_000).collect());
    let money = Type { unit: Unit::Money, decimals: 2 };
    let columns = vec![
        Column { name: "participant".to_owned(), kind: Type::TEXT, data: ids },
        Column { name: "sales".to_owned(), kind: money, data: sales },
    ];
    let people = Table { name: "people".to_owned(), rows: PEOPLE, columns };
    service.store_tables(&caller, Period::parse("2026-01")?, "import-snapshot", vec![people])?;
    service.publish_policy(&caller, component)?;
    service.publish_plan(&caller, PLAN)?;
    Ok(())
}
