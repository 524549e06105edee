//! The company's figures as tables, in pieces that follow each other, rows by participant.
//!
//! In:  a period with figures. Out: `people`, `targets` and `deals`, as a snapshot holds them.
//! Invariant: the pieces put together are the same table, however many rows a piece has.

use crate::calendar::{Month, months_of};
use crate::figures::{self, Deal, Figures};
use crate::names::{self, Name, PRODUCTS};
use crate::random::Dice;
use crate::register::{Person, Register};
use crate::{DemoCompany, NoFigures};
use attain_model::number::{NO_VALUE, Rounding, divide, power_of_ten};
use attain_model::period::Period;
use attain_model::table::NO_TEXT;
use attain_model::{Column, Data, Table, TextColumn, Type, Unit};
use std::collections::HashMap;
use std::hash::Hash;

/// What a draw is for.
const CUSTOMER: u64 = 21;

/// Reads a number of a person's row; the role's first day is the period's.
type Number = fn(&Person, &Figures) -> i64;

/// The numeric columns of `people`.
const NUMBERS: [(&str, Unit, u8, Number); 17] = [
    ("hire_date", Unit::Date, 0, |person, _| i64::from(person.hired)),
    ("revenue", Unit::Money, 2, |_, f| f.revenue),
    ("gross_profit", Unit::Money, 2, |_, f| f.margin),
    ("gross_margin", Unit::Ratio, 4, |_, f| quotient(f.margin, f.revenue, 4)),
    ("deals_won", Unit::Count, 0, |_, f| f.won),
    ("deals_closed", Unit::Count, 0, |_, f| f.closed),
    ("win_rate", Unit::Ratio, 4, |_, f| quotient(f.won, f.closed, 4)),
    ("avg_cycle_days", Unit::Days, 2, |_, f| quotient(f.cycle_days, f.won, 2)),
    ("discount_rate", Unit::Ratio, 4, |_, f| quotient(f.list - f.revenue, f.list, 4)),
    ("new_customers", Unit::Count, 0, |_, f| f.new_customers),
    ("renewals", Unit::Money, 2, |_, f| f.renewals),
    ("visits", Unit::Count, 0, |_, f| f.visits),
    ("calls", Unit::Count, 0, |_, f| f.calls),
    ("complaints", Unit::Count, 0, |_, f| f.complaints),
    ("satisfaction", Unit::Points, 1, |_, f| quotient(f.contentment, f.surveys, 1)),
    ("payment_delay", Unit::Days, 1, |_, f| quotient(f.late_days, f.won, 1)),
    ("training_hours", Unit::Count, 0, |_, f| f.training),
];

/// A quotient of so many decimals; no value where nothing is divided by nothing.
fn quotient(numerator: i64, divisor: i64, decimals: u8) -> i64 {
    let scaled = i128::from(numerator) * i128::from(power_of_ten(decimals));
    divide(scaled, i128::from(divisor), Rounding::HalfUp).unwrap_or(NO_VALUE)
}

/// Those of a register who are there in a period, in the order of their ids.
struct Crew<'a> {
    company: &'a DemoCompany,
    months: Vec<Month>,
    next: u64,
}

impl<'a> Crew<'a> {
    fn new(company: &'a DemoCompany, period: Period) -> Result<Crew<'a>, NoFigures> {
        Ok(Crew { company, months: months_of(period)?, next: 0 })
    }

    fn first_day(&self) -> i32 {
        self.months.first().map_or(0, |month| month.span.first_day)
    }
}

impl Iterator for Crew<'_> {
    type Item = Person;

    fn next(&mut self) -> Option<Person> {
        let last_day = self.months.last()?.span.last_day;
        let register = &self.company.register;
        while self.next < register.count() {
            let person = register.person(self.next);
            self.next += 1;
            if person.is_there(self.first_day(), last_day) {
                return Some(person);
            }
        }
        None
    }
}

/// Table `people`, one piece after the other.
pub(crate) fn people(
    company: &DemoCompany,
    period: Period,
    rows: usize,
) -> Result<impl Iterator<Item = Table>, NoFigures> {
    let mut crew = Crew::new(company, period)?;
    Ok(std::iter::from_fn(move || {
        let people: Vec<Person> = crew.by_ref().take(rows.max(1)).collect();
        (!people.is_empty()).then(|| people_piece(company, &crew, &people))
    }))
}

fn people_piece(company: &DemoCompany, crew: &Crew<'_>, people: &[Person]) -> Table {
    let register = &company.register;
    let mut columns = vec![
        ids("participant", register, people),
        texts("name", people, |person| register.name(person), Name::text),
        texts("team", people, |person| person.team, |team| register.team_name(team)),
        texts("manager", people, |person| person.team, |team| register.lead_of(team)),
        texts("region", people, |person| register.region(person.team).name, str::to_owned),
        texts("role", people, |person| person.role(crew.first_day()).name(), str::to_owned),
    ];
    let figures: Vec<Figures> = people.iter().map(|person| company.figures(person, &crew.months)).collect();
    columns.extend(NUMBERS.iter().map(|(name, unit, decimals, number)| {
        let cells = people.iter().zip(&figures).map(|(person, figures)| number(person, figures));
        numbers(name, Type { unit: *unit, decimals: *decimals }, cells)
    }));
    Table { name: "people".to_owned(), rows: people.len(), columns }
}

impl DemoCompany {
    fn figures(&self, person: &Person, months: &[Month]) -> Figures {
        let mut figures = Figures::default();
        for month in months {
            figures.add(self.seed, person, *month);
        }
        figures
    }
}

/// Table `targets`, one piece after the other: `participant`, then a column a metric.
pub(crate) fn targets(
    company: &DemoCompany,
    period: Period,
    rows: usize,
) -> Result<impl Iterator<Item = Table>, NoFigures> {
    let mut crew = Crew::new(company, period)?;
    Ok(std::iter::from_fn(move || {
        let people: Vec<Person> = crew.by_ref().take(rows.max(1)).collect();
        (!people.is_empty()).then(|| targets_piece(&company.register, &crew.months, &people))
    }))
}

fn targets_piece(register: &Register, months: &[Month], people: &[Person]) -> Table {
    // A month counts when the person was there on one of its days.
    let sum = |person: &Person, target: &dyn Fn(Month) -> i64| {
        let there = months.iter().filter(|month| person.is_there(month.span.first_day, month.span.last_day));
        there.map(|month| target(*month)).sum::<i64>()
    };
    let revenue = people.iter().map(|person| {
        let potential = register.potential(person.team);
        sum(person, &|month| figures::revenue_target(person, potential, month))
    });
    let customers = people.iter().map(|person| sum(person, &|month| figures::customer_target(person, month)));
    let columns = vec![
        ids("participant", register, people),
        numbers("revenue", Type { unit: Unit::Money, decimals: 2 }, revenue),
        numbers("new_customers", Type { unit: Unit::Count, decimals: 0 }, customers),
    ];
    Table { name: "targets".to_owned(), rows: people.len(), columns }
}

/// Table `deals`, one piece after the other; a piece has all deals of `people_rows` people.
pub(crate) fn deals(
    company: &DemoCompany,
    period: Period,
    people_rows: usize,
) -> Result<impl Iterator<Item = Table>, NoFigures> {
    let mut crew = Crew::new(company, period)?;
    Ok(std::iter::from_fn(move || {
        let people: Vec<Person> = crew.by_ref().take(people_rows.max(1)).collect();
        (!people.is_empty()).then(|| deals_piece(company, &crew.months, &people))
    }))
}

fn deals_piece(company: &DemoCompany, months: &[Month], people: &[Person]) -> Table {
    let mut deals: Vec<(&Person, Month, Deal)> = Vec::new();
    for person in people {
        for month in months {
            figures::deals(company.seed, person, *month, |deal| deals.push((person, *month, deal)));
        }
    }
    let register = &company.register;
    let customer = |customer| names::customer(&mut Dice::of(company.seed, CUSTOMER, customer));
    let product = |product: usize| PRODUCTS.get(product).copied().unwrap_or_default().to_owned();
    let flag = Type { unit: Unit::Flag, decimals: 0 };
    let date = Type { unit: Unit::Date, decimals: 0 };
    let money = Type { unit: Unit::Money, decimals: 2 };
    let columns = vec![
        texts("participant", &deals, |(person, ..)| person.number, |number| register.id(number)),
        texts("deal", &deals, |(person, month, deal)| deal_id(register, person, *month, deal), |id| id),
        texts("customer", &deals, |(.., deal)| deal.customer, customer),
        texts("product", &deals, |(.., deal)| deal.product, product),
        texts("stage", &deals, |(.., deal)| if deal.won { "Won" } else { "Lost" }, str::to_owned),
        numbers("engage_date", date, deals.iter().map(|(.., deal)| i64::from(deal.engaged))),
        numbers("close_date", date, deals.iter().map(|(.., deal)| i64::from(deal.closed))),
        numbers("list_value", money, deals.iter().map(|(.., deal)| deal.list)),
        numbers("close_value", money, deals.iter().map(|(.., deal)| if deal.won { deal.value } else { 0 })),
        numbers("gross_profit", money, deals.iter().map(|(.., deal)| if deal.won { deal.margin } else { 0 })),
        numbers("new_customer", flag, deals.iter().map(|(.., deal)| i64::from(deal.new_customer))),
    ];
    Table { name: "deals".to_owned(), rows: deals.len(), columns }
}

/// Rises by code point with person, month and number.
fn deal_id(register: &Register, person: &Person, month: Month, deal: &Deal) -> String {
    format!("{}-{:02}-{:02}", register.id(person.number), month.number + 1, deal.number)
}

/// The ids of people in their order: each occurs once, so the dictionary needs no search.
fn ids(name: &str, register: &Register, people: &[Person]) -> Column {
    let dictionary: Vec<String> = people.iter().map(|person| register.id(person.number)).collect();
    let codes = (0u32..).take(dictionary.len()).collect();
    Column { name: name.to_owned(), kind: Type::TEXT, data: Data::Texts(TextColumn { dictionary, codes }) }
}

/// A column of texts that follow from something small in each row, made once for each of what occurs.
fn texts<T, K: Clone + Eq + Hash>(
    name: &str,
    rows: &[T],
    key: impl Fn(&T) -> K,
    text: impl Fn(K) -> String,
) -> Column {
    let mut known: HashMap<K, u32> = HashMap::new();
    let mut made: Vec<String> = Vec::new();
    let cells: Vec<u32> = rows
        .iter()
        .map(|row| {
            let key = key(row);
            *known.entry(key.clone()).or_insert_with(|| {
                made.push(text(key));
                u32::try_from(made.len() - 1).unwrap_or(NO_TEXT)
            })
        })
        .collect();
    Column { name: name.to_owned(), kind: Type::TEXT, data: Data::Texts(sorted(made, &cells)) }
}

/// The column of cells that name texts by place. Different places may hold the same text.
fn sorted(texts: Vec<String>, cells: &[u32]) -> TextColumn {
    let distinct = TextColumn::from_rows(texts.iter().map(|text| Some(text.as_str())));
    let code = |place: &u32| distinct.codes.get(*place as usize).copied().unwrap_or(NO_TEXT);
    TextColumn { codes: cells.iter().map(code).collect(), dictionary: distinct.dictionary }
}

fn numbers(name: &str, kind: Type, cells: impl Iterator<Item = i64>) -> Column {
    Column { name: name.to_owned(), kind, data: Data::Numbers(cells.collect()) }
}
