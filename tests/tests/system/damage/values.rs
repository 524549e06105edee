//! One bit of one stored value, a thousand times, in every kind of record there is.
//!
//! The one test that reaches inside: below the service lies a store that damages its values behind their checksums
//! (feature `trials` of attain-store). Each trial starts a host anew over the damaged store, asks it for everything
//! that depends on figures, and mends the value. An answer must be the very one that the whole store gave; an error
//! must name the damaged record.

use attain_demo::{CURRENCY, DemoCompany, ID, NAME, SEED, TIMEZONE};
use attain_model::{Company, CompanyId, Currency, Period};
use attain_service::{Caller, Cut, Format, Replay, RunView, Service, ServiceError, Settings, Statement};
use attain_store::Store;
use attain_store::trial::{Damaging, Flipped};
use attain_tests::random::Random;
use attain_tests::{component, repository};
use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use tempfile::TempDir;

const TRIALS: usize = 1_000;
const DAMAGE_SEED: u64 = 4;
const PEOPLE: u32 = 300;
const PLAN: &str = "year";

/// Two quarters, so that the second looks back at the first.
const QUARTERS: [&str; 2] = ["2026-Q2", "2026-Q3"];

/// A host whose store outlives it.
struct House {
    store: Arc<dyn Store>,
    /// Where compiled code is kept, so that a host starts quickly.
    compiled: TempDir,
    caller: Caller,
}

/// Everything that depends on figures.
#[derive(Clone, Debug, PartialEq)]
struct Answers {
    run: RunView,
    replay: Replay,
    chinese: Statement,
    english: Statement,
    csv: String,
}

/// What came of a damaged value.
#[derive(Default)]
struct Tally {
    trials: usize,
    reported: usize,
}

impl House {
    fn new() -> House {
        let caller = Caller::operator(CompanyId::parse(ID).unwrap());
        let house =
            House { store: attain_store::in_memory(), compiled: tempfile::tempdir().unwrap(), caller };
        house.pay(&house.caller, &QUARTERS);
        house
    }

    /// Makes a company and pays these quarters; gives the last one's run.
    fn pay(&self, caller: &Caller, quarters: &[&str]) -> RunView {
        let service = self.open().unwrap();
        let (currency, timezone) = (Currency::parse(CURRENCY).unwrap(), TIMEZONE.to_owned());
        let (id, name) = (caller.company.clone(), NAME.to_owned());
        service.add_company(&Company { id, name, currency, timezone, fiscal_year_start: 1 }).unwrap();
        let figures = DemoCompany::new(SEED, PEOPLE);
        for quarter in quarters {
            let period = Period::parse(quarter).unwrap();
            let people = figures.people(period, 1_000).unwrap();
            let tables = people.chain(figures.targets(period, 1_000).unwrap()).collect();
            service.store_tables(caller, period, "import-snapshot", tables).unwrap();
        }
        for policy in ["tiered-commission", "team-pool"] {
            service.publish_policy(caller, &fs::read(component(policy)).unwrap()).unwrap();
        }
        let plan = fs::read_to_string(repository().join("tests/promises/year.toml")).unwrap();
        service.publish_plan(caller, &plan).unwrap();
        let pay = |quarter: &&str| {
            let run =
                service.run(caller, PLAN, quarter, Cut::default(), &AtomicBool::new(false), &|_| {}).unwrap();
            let id = run.record.id.to_string();
            service.approve(caller, &id, &AtomicBool::new(false), &|_| {}).unwrap()
        };
        quarters.iter().map(pay).last().unwrap()
    }

    fn open(&self) -> Result<Service, ServiceError> {
        Service::over(
            Arc::clone(&self.store),
            Settings { data: Some(self.compiled.path().to_owned()), threads: 1, ..Settings::default() },
        )
    }

    fn run(&self, service: &Service, quarter: &str) -> Result<RunView, ServiceError> {
        service.run(&self.caller, PLAN, quarter, Cut::default(), &AtomicBool::new(false), &|_| {})
    }

    /// What a host over this store answers: each answer that it has, and each error that it has instead.
    fn ask(&self, participant: &str) -> (PartialAnswers, Vec<String>) {
        let mut errors = Vec::new();
        let service = match self.open() {
            Ok(service) => service,
            Err(error) => return (PartialAnswers::default(), vec![error.to_string()]),
        };
        let run = format!("{PLAN}/{}", QUARTERS[1]);
        let csv = || -> Result<String, ServiceError> {
            let bytes = service.export_run(&self.caller, &run)?.write(Format::Csv, Vec::new())?;
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        };
        let explain = |language| service.explain(&self.caller, &run, participant, language);
        let answers = PartialAnswers {
            run: kept(self.run(&service, QUARTERS[1]), &mut errors),
            replay: kept(
                service.replay(&self.caller, &run, Cut::default(), &AtomicBool::new(false), &|_| {}),
                &mut errors,
            ),
            chinese: kept(explain("zh"), &mut errors),
            english: kept(explain("en"), &mut errors),
            csv: kept(csv(), &mut errors),
        };
        (answers, errors)
    }
}

/// The same answers, as far as there are any.
#[derive(Default)]
struct PartialAnswers {
    run: Option<RunView>,
    replay: Option<Replay>,
    chinese: Option<Statement>,
    english: Option<Statement>,
    csv: Option<String>,
}

impl PartialAnswers {
    fn whole(self) -> Answers {
        Answers {
            run: self.run.unwrap(),
            replay: self.replay.unwrap(),
            chinese: self.chinese.unwrap(),
            english: self.english.unwrap(),
            csv: self.csv.unwrap(),
        }
    }

    /// With the answers of the whole store where there is none.
    fn or(self, whole: &Answers) -> Answers {
        let whole = whole.clone();
        Answers {
            run: self.run.unwrap_or(whole.run),
            replay: self.replay.unwrap_or(whole.replay),
            chinese: self.chinese.unwrap_or(whole.chinese),
            english: self.english.unwrap_or(whole.english),
            csv: self.csv.unwrap_or(whole.csv),
        }
    }
}

fn kept<T>(answer: Result<T, ServiceError>, errors: &mut Vec<String>) -> Option<T> {
    answer.map_err(|error| errors.push(error.to_string())).ok()
}

/// A company beside the one that is damaged, with figures, a plan and a run of its own.
struct Neighbour {
    caller: Caller,
    run: RunView,
}

impl Neighbour {
    fn new(house: &House) -> Neighbour {
        let caller = Caller::operator(CompanyId::parse("neighbour").unwrap());
        let run = house.pay(&caller, &QUARTERS);
        Neighbour { caller, run }
    }

    /// Its run, computed again by a host over this store.
    fn replays(&self, house: &House) -> bool {
        let service = house.open().unwrap();
        let run = self.run.record.id.to_string();
        let kept = service.run_record(&self.caller, &run).unwrap();
        let replay =
            service.replay(&self.caller, &run, Cut::default(), &AtomicBool::new(false), &|_| {}).unwrap();
        kept == self.run && replay.same
    }
}

/// Whether an error says which record is damaged.
fn names(error: &str, flipped: &Flipped) -> bool {
    error.contains("damaged")
        && error.contains(&format!("`{}`", flipped.key))
        && error.contains(flipped.kind.name())
}

#[test]
fn a_changed_bit_in_any_stored_value_is_named_or_has_no_effect() {
    let house = House::new();
    let participant = "S00001";
    let (answers, errors) = house.ask(participant);
    // After the first opening: it sweeps away what the imports left behind.
    let damaging = Damaging::new(&house.store).unwrap();
    assert_eq!(errors, Vec::<String>::new());
    let whole = answers.whole();
    assert!(whole.replay.same && whole.csv.lines().count() > 100, "{}", whole.csv);
    let mut random = Random::new(DAMAGE_SEED);
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for trial in 0..TRIALS {
        let (value, bit) = (random.next() as usize, random.next() as usize);
        let flipped = damaging.flip(value, bit).unwrap().unwrap();
        let (answers, errors) = house.ask(participant);
        let place = format!("trial {trial}, {} `{}`, bit {bit}", flipped.kind.name(), flipped.key);
        for error in &errors {
            assert!(names(error, &flipped), "{place}: {error}");
        }
        assert_eq!(answers.or(&whole), whole, "{place}");
        let tally = tallies.entry(flipped.kind.name()).or_default();
        tally.trials += 1;
        tally.reported += usize::from(!errors.is_empty());
        damaging.mend(flipped).unwrap();
    }
    assert_eq!(
        Damaging::new(&house.store).unwrap().values(),
        damaging.values(),
        "opening a damaged store removed nothing"
    );
    assert_eq!(house.ask(participant).0.whole(), whole, "all damage is mended");
    for (kind, Tally { trials, reported }) in &tallies {
        eprintln!("{kind}: {trials} trials, {reported} reported, {} without effect", trials - reported);
    }
}

#[test]
fn damage_in_one_company_doesnt_keep_the_host_from_serving_another() {
    let house = House::new();
    drop(house.open().unwrap());
    let damaging = Damaging::new(&house.store).unwrap();
    let neighbour = Neighbour::new(&house);
    for value in 0..damaging.values() {
        let flipped = damaging.flip(value, 8 * 40).unwrap().unwrap();
        let place = format!("{} `{}`", flipped.kind.name(), flipped.key);
        assert!(neighbour.replays(&house), "{place}");
        damaging.mend(flipped).unwrap();
    }
    assert_eq!(house.ask("S00001").1, Vec::<String>::new(), "nothing was taken for a leftover");
}
