//! A host with two companies that are much alike, and a key of every role in one of them.

use crate::guests;
use attain_model::{Company, CompanyId, Currency};
use attain_server::{Access, Options};
use attain_service::{Caller, Cut, ImportRequest, NewKey, Service, Settings, SourceFile};
use axum::Router;
use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Whom requests come from.
pub(crate) const ROLES: [&str; 8] =
    ["operator", "admin", "consultant", "analyst", "approver", "lead", "auditor", "participant"];

/// Stands in every name that the other company gave to anything.
pub(crate) const MARK: &[u8] = b"Xylophon-Quartett-4711";

/// The other company's id.
pub(crate) const RIVAL: &[u8] = b"rival-zqj";

/// The plan of both.
pub(crate) const PLAN: &str = "plan = \"field-sales\"\ntitle = \"TITLE\"\nperiod = \"quarter\"\nstarts = \"2017-Q1\"\n\n[[step]]\nname = \"commission\"\npolicy = \"flat-rate@1\"\n";

/// A router over a store in memory; compiled policies are kept from one host to the next.
pub(crate) struct Host {
    pub(crate) router: Router,
    pub(crate) runtime: Runtime,
    pub(crate) keys: BTreeMap<&'static str, String>,
    run: String,
}

impl Host {
    pub(crate) fn new() -> Host {
        static COMPILED: OnceLock<TempDir> = OnceLock::new();
        let folder = COMPILED.get_or_init(|| tempfile::tempdir().expect("a folder"));
        let settings = Settings { data: Some(folder.path().to_owned()), threads: 1, ..Settings::default() };
        let service = Service::over(attain_store::in_memory(), settings).expect("a service");
        let own = company(&service, "acme", "Acme");
        company(
            &service,
            std::str::from_utf8(RIVAL).unwrap_or_default(),
            std::str::from_utf8(MARK).unwrap_or_default(),
        );
        let keys = ROLES.map(|role| (role, key(&service, role)));
        let access = Access::Credentials { local: "the-directory".to_owned(), ticket: "once".to_owned() };
        let options =
            Options { upload_bytes_max: 2 << 20, component_bytes_max: 1 << 20, access, ..Options::default() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let router = attain_server::router_with(Arc::new(service), options);
        Host { router, runtime, keys: keys.into(), run: own }
    }

    /// What stands at a place of a path where nothing else is said.
    pub(crate) fn usual(&self, place: &str, theirs: bool) -> String {
        let rival = || String::from_utf8_lossy(RIVAL).into_owned();
        match place {
            "company" if theirs => rival(),
            "company" => "acme".to_owned(),
            "period" | "snapshot" => "2017-Q1".to_owned(),
            "policy" => "flat-rate@1".to_owned(),
            "plan" => "field-sales".to_owned(),
            "table" => "people".to_owned(),
            "run" => self.run.clone(),
            "participant" => "Acme Ann".to_owned(),
            "key" => "Acme the analyst".to_owned(),
            "limit" => "table-rows".to_owned(),
            other => other.to_owned(),
        }
    }
}

/// A company with people, targets, a policy, a plan and an approved run, whose id it gives. Every name has `mark`.
fn company(service: &Service, id: &str, mark: &str) -> String {
    let caller = Caller::operator(CompanyId::parse(id).expect("an id"));
    let company = Company {
        id: caller.company.clone(),
        name: format!("{mark} Ltd"),
        currency: Currency::parse("USD").expect("a currency"),
        timezone: "Europe/Berlin".to_owned(),
        fiscal_year_start: 1,
    };
    service.add_company(&company).expect("a company");
    service.set_limit(&caller, "requests-per-second", Some(1_000_000)).expect("a limit");
    service.publish_policy(&caller, &guests::named("commission", "flat-rate")).expect("a policy");
    let people = format!(
        "participant,team,credit:money:2\n{mark} Ann,{mark} North,1.40\n{mark} Bob,{mark} South,1.40\n{mark} Cai,{mark} North,1.40\n"
    );
    let file = SourceFile { name: format!("{mark}.csv"), bytes: people.into() };
    let request =
        ImportRequest { file, period: "2017-Q1".to_owned(), table: "people".to_owned(), mapping: None };
    service.import_snapshot(&caller, &request).expect("figures");
    service.publish_plan(&caller, &PLAN.replace("TITLE", mark)).expect("a plan");
    let (cut, go) = (Cut { threads: Some(1), batch_rows: None }, AtomicBool::new(false));
    let run = service.run(&caller, "field-sales", "2017-Q1", cut, &go, &|_| {}).expect("a run");
    let id = run.record.id.to_string();
    service.approve(&caller, &id, &go, &|_| {}).expect("it is approved");
    let new = NewKey {
        name: format!("{mark} the keeper"),
        role: "admin".to_owned(),
        teams: Vec::new(),
        participant: None,
        days: None,
    };
    service.make_key(&caller, &new).expect("a key");
    id
}

fn key(service: &Service, role: &str) -> String {
    let caller = Caller::operator(CompanyId::parse("acme").expect("an id"));
    let new = NewKey {
        name: format!("Acme the {role}"),
        role: role.to_owned(),
        teams: if role == "lead" { vec!["Acme North".to_owned()] } else { Vec::new() },
        participant: (role == "participant").then(|| "Acme Ann".to_owned()),
        days: None,
    };
    let made = if role == "operator" {
        service.make_operator_key("operator", &new)
    } else {
        service.make_key(&caller, &new)
    };
    made.expect("a key").key
}
