//! Plans, and the small texts that plans, files and requests are made of: whatever is read is written again as the
//! same, and a plan is checked against policies and figures without anybody's harm.
//!
//! An input is a choice of what its text is.

use crate::guests;
use crate::parts::Parts;
use crate::{Plant, Taken};
use attain_model::manifest::{Binding, Manifest};
use attain_model::period::{Calendar, Period, day_text, parse_day};
use attain_model::plan::{Plan, Source};
use attain_model::{Company, CompanyId, Currency, Digest, NO_VALUE, PeriodKind, number};
use attain_service::{Caller, Cut, ImportRequest, Service, ServiceError, Settings, SourceFile};
use std::fmt::Debug;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The longest that a plan may take to check, on a machine with much else to do.
const PATIENCE: Duration = Duration::from_secs(30);

/// People that plans are checked against.
const PEOPLE: &str = "participant,team,role,manager,credit:money:2,revenue:money:2,deals,hire_date\nAnn,North,rep,Dee,100.00,1.40,3,2016-01-31\nBo,South,senior,Dee,,2.80,0,\nDee,,lead,,7.00,0.00,,2017-02-28\n";

/// How many kinds of text there are.
pub(crate) const KINDS: u8 = 6;

pub(crate) fn check(input: &[u8], plant: Plant) -> Taken {
    let spoilt = plant.spoils(input);
    let mut parts = Parts::new(input);
    let kind = parts.byte() % KINDS;
    let Ok(text) = std::str::from_utf8(parts.rest()) else { return Taken::No };
    let began = Instant::now();
    match kind {
        0 => plan(text, spoilt),
        1 => again(text, spoilt, |text| Source::parse(text).ok(), ToString::to_string),
        2 => period(text),
        3 => decimal(text),
        4 => names(text, spoilt),
        _ => json(text, spoilt),
    }
    assert!(began.elapsed() < PATIENCE, "it took {:?}", began.elapsed());
    Taken::Yes
}

/// What is read and written is read as the same.
fn again<T: PartialEq + Debug>(
    text: &str,
    spoilt: bool,
    read: impl Fn(&str) -> Option<T>,
    write: impl Fn(&T) -> String,
) {
    if let Some(value) = read(text) {
        let mut written = write(&value);
        if spoilt {
            written.push('x');
        }
        assert_eq!(read(&written).as_ref(), Some(&value), "`{text}` was written as `{written}`");
    }
}

fn plan(text: &str, spoilt: bool) {
    if let Ok(plan) = Plan::parse(text) {
        let json = serde_json::to_string(&plan).expect("a plan is JSON");
        let mut read: Plan = serde_json::from_str(&json).expect("its JSON is a plan");
        if spoilt {
            read.plan.push('x');
        }
        assert_eq!(read, plan, "{json}");
    }
    with_service(|service, caller| {
        let told = |text: &str| match service.check_plan(caller, text) {
            Ok(check) => Ok(serde_json::to_string(&check).expect("what a plan would do is JSON")),
            Err(error) => Err(refused(&error)),
        };
        let one = told(text);
        assert_eq!(one, told(text), "the same plan, two answers");
        one.is_ok() && runs(service, caller, text)
    });
}

/// A plan that is taken in pays, or says why not, whoever wrote it; whether it was kept.
fn runs(service: &Service, caller: &Caller, text: &str) -> bool {
    let Ok(record) = service.publish_plan(caller, text) else { return false };
    let cut = Cut { threads: Some(1), batch_rows: Some(2) };
    let run = service.run(caller, &record.plan.plan, "2017-Q1", cut, &AtomicBool::new(false), &|_| {});
    if let Err(error) = run {
        refused(&error);
    }
    true
}

/// A refusal in bounded words that isn't the host's fault.
fn refused(error: &ServiceError) -> String {
    let words = format!("{} {error}", error.code());
    assert_ne!(error.class(), attain_service::Class::Host, "{words}");
    assert!(words.len() <= 4 << 20, "{} bytes of message", words.len());
    words
}

/// Asks a company with policies and figures; it is made anew when plans were kept a hundred times.
fn with_service(ask: impl FnOnce(&Service, &Caller) -> bool) {
    static SERVICE: Mutex<Option<(Service, Caller, u32)>> = Mutex::new(None);
    let mut held = SERVICE.lock().unwrap_or_else(PoisonError::into_inner);
    let (service, caller, kept) = held.get_or_insert_with(company);
    *kept += u32::from(ask(service, caller));
    if *kept >= 100 {
        *held = None;
    }
}

fn company() -> (Service, Caller, u32) {
    let service = Service::open(Settings { threads: 1, ..Settings::default() }).expect("a service");
    let caller = Caller::operator(CompanyId::parse("acme").expect("an id"));
    let company = Company {
        id: caller.company.clone(),
        name: "Acme".to_owned(),
        currency: Currency::parse("USD").expect("a currency"),
        timezone: "America/New_York".to_owned(),
        fiscal_year_start: 1,
    };
    service.add_company(&company).expect("a company");
    let library = ["tiered-commission", "scorecard", "team-pool", "rules"].map(guests::built);
    for component in library.into_iter().flatten().chain([guests::named("commission", "flat-rate")]) {
        service.publish_policy(&caller, &component).expect("a policy");
    }
    let file = SourceFile { name: "people.csv".to_owned(), bytes: PEOPLE.into() };
    let request =
        ImportRequest { file, period: "2017-Q1".to_owned(), table: "people".to_owned(), mapping: None };
    service.import_snapshot(&caller, &request).expect("figures");
    (service, caller, 0)
}

fn period(text: &str) {
    again(text, false, |text| Period::parse(text).ok(), ToString::to_string);
    again(text, false, parse_day, |day| day_text(i64::from(*day)));
    let Ok(period) = Period::parse(text) else { return };
    for fiscal_year_start in [1, 4, 12] {
        let calendar = Calendar { fiscal_year_start };
        let span = period.span(calendar);
        assert!(span.first_day <= span.last_day, "{period} {span:?}");
        assert_eq!(Period::of_day(period.kind(), span.first_day, calendar), Some(period));
        assert_eq!(Period::of_day(period.kind(), span.last_day, calendar), Some(period));
        if let Some(next) = period.next(calendar) {
            assert_eq!(next.previous(calendar), Some(period));
            assert_eq!(next.span(calendar).first_day, span.last_day + 1);
        }
        if period.kind() != PeriodKind::Week {
            assert_eq!(period.year_to_date(calendar).last(), Some(&period));
        }
    }
}

fn decimal(text: &str) {
    for decimals in [0, 2, 6, 18] {
        let Ok(value) = number::parse(text, decimals) else { continue };
        assert_ne!(value, NO_VALUE);
        let written = number::format(value, decimals);
        assert_eq!(number::parse(&written, decimals), Ok(value), "`{text}` was written as `{written}`");
        let grouped = number::format_grouped(value, decimals).replace(',', "");
        assert_eq!(grouped, written);
    }
}

fn names(text: &str, spoilt: bool) {
    again(text, spoilt, Digest::parse, ToString::to_string);
    again(text, spoilt, CompanyId::parse, ToString::to_string);
    again(text, spoilt, |text| Currency::parse(text).ok(), ToString::to_string);
    again(text, spoilt, attain_model::company::normal_id, Clone::clone);
}

fn json(text: &str, spoilt: bool) {
    let write = |json: serde_json::Result<String>| json.expect("what was JSON is JSON");
    again(text, spoilt, |text| Manifest::parse(text).ok(), |manifest| write(serde_json::to_string(manifest)));
    again(text, spoilt, |text| Binding::parse(text).ok(), |binding| write(serde_json::to_string(binding)));
}
