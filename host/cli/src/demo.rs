//! `attain demo`: a company of its own, paid, explained, replayed, and served to look at.

use crate::client::{Ask, Client, escaped};
use crate::fault::Fault;
use crate::run::{Language, statement_text};
use crate::serve::{Serving, serve};
use crate::session::{Session, Shared, read_file};
use crate::show::{bar, grouped, share, table, text};
use crate::snapshot::rows_of;
use attain_demo::{CURRENCY, DemoCompany, ID, NAME, PLAN, SEED, TIMEZONE};
use attain_model::{Company, CompanyId, Currency, Period, PeriodKind, Table};
use attain_service::{Caller, Service};
use clap::Args;
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

/// `attain demo`
#[derive(Args, Debug)]
pub struct DemoArguments {
    /// How many people the company has
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=20_000_000))]
    participants: u32,
    /// Stop at the end instead of serving
    #[arg(long)]
    no_serve: bool,
    /// Where to serve
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7180")]
    listen: String,
}

const POLICIES: [&str; 4] = ["new-hire-ramp", "scorecard", "tiered-commission", "team-pool"];

/// Quarters that the demo imports and pays.
const QUARTERS: usize = 2;

impl DemoArguments {
    /// Shows the main job, whole.
    pub fn run(&self, shared: &Shared, out: &mut dyn Write) -> Result<(), Fault> {
        let settings = crate::host::settings(&shared.data);
        let service = Arc::new(Service::open(settings)?);
        let shared = Shared { company: Some(ID.to_owned()), ..shared.clone() };
        let id = CompanyId::parse(ID).ok_or_else(|| Fault::failed("the demo company has no id"))?;
        let caller = Caller::operator(id.clone());
        let currency = Currency::parse(CURRENCY).map_err(|error| Fault::failed(error.to_string()))?;
        service.add_company(&Company {
            id,
            name: NAME.to_owned(),
            currency,
            timezone: TIMEZONE.to_owned(),
            fiscal_year_start: 1,
        })?;
        writeln!(out, "1. company `{ID}`, {NAME}, {} people\n", grouped(&self.participants.to_string()))?;
        let quarters = self.figures(&service, &caller, out)?;
        let mut session = Session::over(&shared, Client::local(Arc::clone(&service))?, out);
        publish(&mut session)?;
        pay(&mut session, &quarters)?;
        drop(session);
        if self.no_serve {
            return Ok(());
        }
        writeln!(out, "\n7. look at it")?;
        serve(service, &shared.data, &Serving { listen: self.listen.clone(), ..Serving::default() }, out)
    }

    fn figures(&self, service: &Service, caller: &Caller, out: &mut dyn Write) -> Result<Vec<Period>, Fault> {
        let company = DemoCompany::new(SEED, self.participants);
        let mut quarters = DemoCompany::periods(PeriodKind::Quarter);
        let quarters = quarters.split_off(quarters.len().saturating_sub(QUARTERS));
        let begun = Instant::now();
        let bar = bar();
        bar.set_length(u64::from(self.participants) * quarters.len() as u64);
        let refused = |error: attain_demo::NoFigures| Fault::failed(error.to_string());
        let mut rows = 0;
        for quarter in &quarters {
            bar.set_message(format!("figures of {quarter}"));
            let people = whole(
                company
                    .people(*quarter, 65_536)
                    .map_err(refused)?
                    .inspect(|piece| bar.inc(piece.rows as u64)),
            );
            let targets = whole(company.targets(*quarter, 65_536).map_err(refused)?);
            let tables: Vec<Table> = people.into_iter().chain(targets).collect();
            rows += tables.iter().map(|table| table.rows).sum::<usize>();
            service.store_tables(caller, *quarter, "import-snapshot", tables)?;
        }
        bar.finish_and_clear();
        let names: Vec<String> = quarters.iter().map(Period::to_string).collect();
        writeln!(
            out,
            "2. figures of {}: {} rows, checked and stored in {:.1?}\n",
            names.join(" and "),
            grouped(&rows.to_string()),
            begun.elapsed()
        )?;
        Ok(quarters)
    }
}

/// Puts a table's pieces together.
fn whole(pieces: impl Iterator<Item = Table>) -> Option<Table> {
    let mut pieces: Vec<Table> = pieces.collect();
    if pieces.len() == 1 {
        return pieces.pop();
    }
    Table::concat(pieces)
}

fn publish(session: &mut Session) -> Result<(), Fault> {
    writeln!(session.out, "3. policies, each a component in the sandbox")?;
    for name in POLICIES {
        let component = read_file(&component_of(name)?)?;
        let path = session.path("policies")?;
        let policy: Value = session.client().read(&Ask::post(&path, "application/wasm", component))?;
        writeln!(
            session.out,
            "   {:24} {}",
            format!("{}@{}", text(&policy, "/name"), text(&policy, "/version")),
            text(&policy, "/manifest/summary/en")
        )?;
    }
    let path = session.path("plans")?;
    let plan: Value =
        session.client().read(&Ask::post(&path, "application/toml", PLAN.as_bytes().to_vec()))?;
    writeln!(
        session.out,
        "\n4. plan `{}` from {} on\n",
        text(&plan, "/plan/plan"),
        text(&plan, "/plan/starts")
    )?;
    Ok(())
}

/// A policy's component: beside the binary's folder, where `cargo xtask build` puts both.
pub fn component_of(name: &str) -> Result<PathBuf, Fault> {
    let binary = std::env::current_exe()
        .map_err(|error| Fault::failed(format!("cannot find this program: {error}")))?;
    let mut looked = Vec::new();
    for folder in binary.ancestors().skip(1).take(3) {
        let file = folder.join("policies").join(format!("{name}.wasm"));
        if file.is_file() {
            return Ok(file);
        }
        looked.push(file);
    }
    let beside = looked.get(1).or(looked.first()).map(|file| file.display().to_string()).unwrap_or_default();
    Err(Fault::failed(format!("there is no component `{beside}`; build it: cargo xtask build")))
}

fn pay(session: &mut Session, quarters: &[Period]) -> Result<(), Fault> {
    let plan = PLAN.lines().find_map(|line| line.strip_prefix("plan")?.split('"').nth(1)).unwrap_or_default();
    let mut last = Value::Null;
    for quarter in quarters {
        let begun = Instant::now();
        let path = session.path("runs")?;
        last = session.compute(&path, &json!({ "plan": plan, "period": quarter.to_string() }))?;
        writeln!(
            session.out,
            "5. {quarter}: {} people are paid {} {} in {:.2?}",
            grouped(&text(&last, "/participants")),
            text(&last, "/pins/currency"),
            grouped(&attain_model::number::format(
                last.get("payout_total").and_then(Value::as_i64).unwrap_or(0),
                2
            )),
            begun.elapsed()
        )?;
        let path = session.path(&format!("runs/{}/approve", text(&last, "/id")))?;
        session.compute(&path, &json!({}))?;
        writeln!(session.out, "   computed again in another cut: the same; approved")?;
    }
    let id = text(&last, "/id");
    let path = session.path(&format!("runs/{id}/outcome?limit=12"))?;
    let rows: Value = session.client().read(&Ask::get(&path))?;
    writeln!(session.out, "\n{}\n", payouts(&rows))?;
    explain(session, &id, &rows)?;
    let begun = Instant::now();
    let path = session.path(&format!("runs/{id}/replay"))?;
    let replay = session.compute(&path, &json!({}))?;
    writeln!(
        session.out,
        "6. replay: {} cells computed again from what was pinned, {} differ, in {:.2?}",
        grouped(&text(&replay, "/cells")),
        text(&replay, "/differing"),
        begun.elapsed()
    )?;
    Ok(())
}

/// The first rows: who, how much, and a bar of it.
fn payouts(rows: &Value) -> String {
    let cells = rows.get("rows").and_then(Value::as_array).cloned().unwrap_or_default();
    let amount = |row: &Value| attain_model::number::parse(&text(row, "/1"), 9).unwrap_or(0);
    let most = cells.iter().map(amount).max().unwrap_or(0);
    let shown = cells
        .iter()
        .map(|row| vec![text(row, "/0"), grouped(&text(row, "/1")), share(amount(row), most, 30)]);
    if cells.is_empty() {
        return rows_of(rows);
    }
    table(&["participant", "payout", ""], &[1], shown)
}

fn explain(session: &mut Session, id: &str, rows: &Value) -> Result<(), Fault> {
    let cells = rows.get("rows").and_then(Value::as_array).cloned().unwrap_or_default();
    let amount = |row: &&Value| attain_model::number::parse(&text(row, "/1"), 9).unwrap_or(0);
    let Some(someone) = cells.iter().max_by_key(amount).map(|row| text(row, "/0")) else { return Ok(()) };
    for (lang, language) in [("en", Language::En), ("zh", Language::Zh)] {
        let path = session.path(&format!("runs/{id}/statements/{}?lang={lang}", escaped(&someone)))?;
        let statement: Value = session.client().read(&Ask::get(&path))?;
        writeln!(session.out, "{}", statement_text(&statement, language))?;
    }
    Ok(())
}
