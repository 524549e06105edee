//! A case of a policy as a company would run it: its tables, its plan, its run, its statements.

use super::fraction::{Fraction, whole};
use super::{At, Example, Given};
use attain_engine::{Context, Engine, EngineSettings};
use attain_model::Unit;
use attain_model::manifest::{Binding, Input};
use attain_model::period::{Calendar, Period, PeriodKind, parse_day};
use attain_tests::{Attain, component, csv_rows, repository};
use serde_json::Value;
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

const CALENDAR: Calendar = Calendar { fiscal_year_start: 1 };

/// A host for each of two currencies, with the policies that were asked for so far.
#[derive(Default)]
pub struct Companies {
    engine: OnceCell<Engine>,
    dollars: OnceCell<Attain>,
    yen: OnceCell<Attain>,
    published: RefCell<BTreeSet<(u8, &'static str)>>,
}

/// A case whose plan is published.
pub struct Company<'a> {
    attain: &'a Attain,
    case: &'static str,
    period: Period,
    table: String,
    inputs: Vec<Input>,
    given: Given,
    /// By table, what was imported last.
    imported: RefCell<BTreeMap<String, String>>,
}

/// What came out of a run.
pub struct Run<'a> {
    company: &'a Company<'a>,
    given: Given,
    people: OnceCell<BTreeMap<String, BTreeMap<String, String>>>,
    /// The run's digest: `plan/period` names one of several runs of the same second.
    id: OnceCell<String>,
    statements: RefCell<BTreeMap<String, Value>>,
}

impl Companies {
    fn host(&self, decimals: u8, policy: &'static str) -> &Attain {
        let with = |currency: &str| {
            let attain = Attain::new();
            attain.ok(["company", "add", "acme", "--currency", currency]);
            attain
        };
        let attain = match decimals {
            0 => self.yen.get_or_init(|| with("JPY")),
            _ => self.dollars.get_or_init(|| with("USD")),
        };
        if self.published.borrow_mut().insert((decimals, policy)) {
            attain.ok(["policy", "publish", component(policy).to_str().unwrap()]);
        }
        attain
    }

    /// The case of an example, with a plan of one step.
    pub fn of(&self, example: &Example) -> Company<'_> {
        let Example { policy, case, .. } = *example;
        let path = repository().join(format!("policies/{policy}/cases/{case}.toml"));
        let file = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let file: toml::Table = file.parse().unwrap();
        let period = file.get("period");
        let said = |name: &str, usual: &str| {
            period.and_then(|period| period.get(name)?.as_str()).unwrap_or(usual).to_owned()
        };
        let decimals = period.and_then(|period| period.get("money_decimals")?.as_integer()).unwrap_or(2);
        let decimals = u8::try_from(decimals).unwrap();
        let period = period_of(&said("kind", "month"), &said("first", "2025-01-01"));
        assert_eq!(parse_day(&said("last", "2025-01-31")), Some(period.span(CALENDAR).last_day), "{case}");

        let attain = self.host(decimals, policy);
        // What the host compiled needn't be compiled again.
        let cache = Some(attain.folder().join("data/compiled"));
        let settings = EngineSettings { cache, ..EngineSettings::default() };
        let engine = self.engine.get_or_init(|| Engine::new(settings).unwrap());
        let loaded = engine.load(&fs::read(component(policy)).unwrap()).unwrap();
        let parameters = serde_json::to_string(&file["parameters"]).unwrap();
        let binding: Binding = loaded.bind(&parameters, &context(period, decimals)).unwrap();

        let mut step = toml::Table::new();
        step.insert("name".into(), "step".into());
        step.insert("policy".into(), format!("{policy}@1").into());
        step.insert("params".into(), file["parameters"].clone());
        let mut plan = toml::Table::new();
        plan.insert("plan".into(), case.into());
        plan.insert("period".into(), period.kind().name().into());
        plan.insert("starts".into(), period.to_string().into());
        plan.insert("step".into(), toml::Value::Array(vec![step.into()]));
        attain.write(&format!("{case}.toml"), toml::to_string(&plan).unwrap());

        let columns = file["in"].as_table().unwrap().iter();
        let column = |cells: &toml::Value| cells.as_array().unwrap().iter().map(written).collect();
        let given = Given(columns.map(|(name, cells)| (name.clone(), column(cells))).collect());
        let table = loaded.manifest().table.clone();
        let (inputs, imported) = (binding.inputs, RefCell::default());
        let company = Company { attain, case, period, table, inputs, given, imported };
        // A plan is checked against the period's tables.
        company.import(&company.given);
        attain.ok(["plan", "publish", &format!("{case}.toml")]);
        company
    }
}

/// A cell of a case file.
fn written(cell: &toml::Value) -> String {
    cell.as_str().map_or_else(|| cell.to_string(), str::to_owned)
}

fn period_of(kind: &str, first: &str) -> Period {
    use PeriodKind::*;
    let kind = [Day, Week, Month, Quarter, Year].into_iter().find(|known| known.name() == kind).unwrap();
    Period::of_day(kind, parse_day(first).unwrap(), CALENDAR).unwrap()
}

fn context(period: Period, money_decimals: u8) -> Context {
    let (span, year) = (period.span(CALENDAR), period.year_span(CALENDAR));
    Context {
        period_kind: period.kind().name().to_owned(),
        first_day: span.first_day,
        last_day: span.last_day,
        year_first_day: year.first_day,
        year_last_day: year.last_day,
        money_decimals,
    }
}

/// Whose a row is: as the case says, or each its own.
fn person(given: &Given, row: usize) -> String {
    given.0.get("participant").map_or_else(|| format!("p{row:02}"), |persons| persons[row].clone())
}

impl Company<'_> {
    /// What the case file gives.
    pub fn given(&self) -> Given {
        self.given.clone()
    }

    /// Imports the inputs: rows of people, or people and rows of theirs in order, each with a name.
    fn import(&self, given: &Given) {
        let mut header = vec!["participant".to_owned()];
        let columns: Vec<&String> = given.0.keys().filter(|name| *name != "participant").collect();
        header.extend(columns.iter().map(|name| self.typed(name)));
        let rows = (0..given.rows()).map(|row| {
            let mut cells = vec![person(given, row)];
            cells.extend(columns.iter().map(|name| given.text(name, row).to_owned()));
            cells
        });
        let rows: Vec<Vec<String>> = std::iter::once(header).chain(rows).collect();
        if self.table == "people" {
            return self.import_table("people", &rows);
        }
        let people: BTreeSet<&String> = rows.iter().skip(1).map(|row| &row[0]).collect();
        let people: Vec<Vec<String>> = people.into_iter().map(|name| vec![name.clone()]).collect();
        self.import_table("people", &[vec![vec!["participant".to_owned()]], people].concat());
        let name = |place: usize| place.checked_sub(1).map_or("row:text".to_owned(), row_name);
        let named = rows.into_iter().enumerate().map(|(place, row)| [vec![name(place)], row].concat());
        self.import_table(&self.table, &named.collect::<Vec<_>>());
    }

    fn import_table(&self, table: &str, rows: &[Vec<String>]) {
        let lines: Vec<String> = rows.iter().map(|row| row.join(",")).collect();
        let content = lines.join("\n") + "\n";
        let file = self.attain.write(&format!("{}-{table}.csv", self.case), &content);
        if self.imported.borrow_mut().insert(table.to_owned(), content.clone()) == Some(content) {
            return;
        }
        let period = self.period.to_string();
        self.attain.ok(["snapshot", "import", file.to_str().unwrap(), "--period", &period, "--table", table]);
    }

    /// A column's header, with what the policy says it counts.
    fn typed(&self, name: &str) -> String {
        let input = self.inputs.iter().find(|input| input.name == name);
        let input = input.unwrap_or_else(|| panic!("{}: the policy reads no `{name}`", self.case));
        match input.unit {
            Unit::Money | Unit::Ratio | Unit::Points | Unit::Count | Unit::Days if input.decimals > 0 => {
                format!("{name}:{}:{}", input.unit.name(), input.decimals)
            }
            _ => format!("{name}:{}", input.unit.name()),
        }
    }

    /// A run of the plan on these inputs. They stay the period's until the next one.
    pub fn run(&self, given: &Given) -> Run<'_> {
        self.import(given);
        let (people, id) = (OnceCell::new(), OnceCell::new());
        Run { company: self, given: given.clone(), people, id, statements: RefCell::default() }
    }
}

fn row_name(row: usize) -> String {
    format!("R{row:03}")
}

impl Run<'_> {
    /// The outcome's rows by person. The same tables give the same run, whichever is asked for first.
    fn people(&self) -> &BTreeMap<String, BTreeMap<String, String>> {
        let Company { attain, case, period, .. } = self.company;
        self.people.get_or_init(|| {
            let out = attain.ok(["run", case, "--period", &period.to_string(), "--format", "csv"]);
            csv_rows(&out).into_iter().map(|row| (row["participant"].clone(), row)).collect()
        })
    }

    /// What the step says of a row.
    fn explained(&self, row: usize) -> Value {
        let (company, person) = (self.company, person(&self.given, row));
        let mut statements = self.statements.borrow_mut();
        let run = || company.attain.json(["run", company.case, "--period", &company.period.to_string()]);
        let id = self.id.get_or_init(|| run()["id"].as_str().unwrap().to_owned());
        let statement = statements
            .entry(person.clone())
            .or_insert_with(|| company.attain.json(["explain", id.as_str(), &person]));
        let mut steps = statement["rows"][0]["steps"].as_array().unwrap().iter();
        let mine = |step: &&Value| company.table == "people" || step["of"] == row_name(row);
        steps.find(mine).unwrap_or_else(|| panic!("{}: row {row} isn't explained", company.case)).clone()
    }

    fn output(&self, row: usize, name: &str) -> Fraction {
        if self.company.table == "people" {
            return Fraction::parse(&self.people()[&person(&self.given, row)][&format!("step.{name}")]);
        }
        let step = self.explained(row);
        let outputs = step["outputs"].as_array().unwrap();
        let output = outputs.iter().find(|output| output["name"] == name);
        let value = output.and_then(|output| output["value"].as_str());
        Fraction::parse(value.unwrap_or_else(|| panic!("{}: row {row} has no {name}", self.company.case)))
    }

    /// A row's n-th line by a rule.
    fn line(&self, row: usize, rule: &str, n: usize) -> Value {
        let step = self.explained(row);
        let mut lines = step["lines"].as_array().unwrap().iter().filter(|line| line["rule"] == rule);
        lines.nth(n).unwrap_or_else(|| panic!("{}: no line {n} by {rule}: {step}", self.company.case)).clone()
    }

    fn month(&self) -> Fraction {
        super::number(&self.company.period.to_string().into())
    }

    /// Holds a figure, and the decimals it is printed with, against what came out.
    #[track_caller]
    pub fn check(&self, at: At, figure: (Fraction, Option<u32>), tolerance: Fraction, what: &str) {
        let (expected, decimals) = figure;
        let as_printed = |value: Fraction| decimals.map_or(value, |decimals| value.rounded(decimals));
        let got = match at {
            At::Output(row, name) => self.output(row, name),
            At::Percent(row, name) => as_printed(self.output(row, name) * whole(100)),
            At::Thousands(row, name) => as_printed(self.output(row, name) / whole(1000)),
            At::Total => {
                let payouts = self.people().values().map(|row| Fraction::parse(&row["payout"]));
                payouts.fold(whole(0), |sum, payout| sum + payout)
            }
            At::Adds(row, rule, n) => {
                let line = self.line(row, rule, n);
                Fraction::parse(line["amount"].as_str().unwrap_or_else(|| panic!("{what}: {line}")))
            }
            At::Says(row, rule, n) => {
                let text = self.line(row, rule, n)["text"].as_str().unwrap().to_owned();
                let numbers = text.split(|c: char| !c.is_ascii_digit() && !",.".contains(c));
                let mut numbers = numbers.map(|n| n.trim_matches([',', '.'])).filter(|n| !n.is_empty());
                let said = numbers.any(|number| Fraction::parse(number) == expected);
                return assert!(said, "{what}: `{text}` doesn't say {expected:?}");
            }
            At::Inside(row) | At::Outside(row) => {
                let inside = self.output(row, "inside") == whole(1);
                assert_eq!(inside, matches!(at, At::Inside(_)), "{what}: row {row}");
                self.month()
            }
        };
        let off = if got > expected { got - expected } else { expected - got };
        assert!(off <= tolerance, "{what}: {at:?} is {got:?}, expected {expected:?}");
    }
}
