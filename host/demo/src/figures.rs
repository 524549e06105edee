//! What a person sold in a month: every deal that closed, and what adds up of them.
//!
//! The figures of a person follow from their deals, so that the tables `people` and `deals` agree, and a
//! quarter is the sum of its months.

use crate::calendar::Month;
use crate::names::PRODUCTS;
use crate::random::Dice;
use crate::register::{Person, Role};

/// What a draw is for.
const DEALS: u64 = 11;
const EFFORT: u64 = 12;

/// How much is sold in each month of the year, in per cent: little around the Spring Festival, much at the
/// ends of quarters.
const SEASON: [i64; 12] = [88, 64, 112, 95, 98, 118, 92, 94, 116, 96, 108, 126];

/// What people in their first months sell, in per cent.
const FIRST_MONTHS: [i64; 6] = [20, 40, 55, 70, 80, 90];

/// Usual value of a deal in cents, before its size is drawn.
const DEAL_CENTS: i64 = 4_000_000;

/// Usual revenue of a month in hundreds of cents: what 5.5 deals, of which 45 % are won, bring in.
const MONTH_UNITS: i64 = 105_000;

/// A deal that was won or lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deal {
    /// Its place among the person's deals of the month, from 1.
    pub number: i64,
    /// Index into [`PRODUCTS`].
    pub product: usize,
    /// What the customer's name is drawn with.
    pub customer: u64,
    /// First and last day.
    pub engaged: i32,
    /// The day it was won or lost.
    pub closed: i32,
    /// Whether it was won.
    pub won: bool,
    /// Whether the customer hadn't bought before.
    pub new_customer: bool,
    /// Cents by price list.
    pub list: i64,
    /// Cents asked for, after discount.
    pub value: i64,
    /// Cents left after cost.
    pub margin: i64,
}

/// What adds up over months.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Cents of won deals.
    pub revenue: i64,
    /// Cents of won deals after cost.
    pub margin: i64,
    /// Cents of won deals by price list.
    pub list: i64,
    /// Won deals.
    pub won: i64,
    /// Won and lost deals.
    pub closed: i64,
    /// Days that won deals took.
    pub cycle_days: i64,
    /// Won deals with customers who hadn't bought before.
    pub new_customers: i64,
    /// Visits to customers.
    pub visits: i64,
    /// Calls to customers.
    pub calls: i64,
    /// Complaints of customers.
    pub complaints: i64,
    /// Customers who answered how content they are.
    pub surveys: i64,
    /// What they answered, 0 to 100 each, added up.
    pub contentment: i64,
    /// Days by which customers paid late, over won deals.
    pub late_days: i64,
    /// Cents of renewed contracts.
    pub renewals: i64,
    /// Hours of training.
    pub training: i64,
}

/// How much of the usual a month brings, in per cent: season and two years of growth.
fn market(month: Month) -> i64 {
    let season = usize::try_from(month.of_year - 1).ok().and_then(|m| SEASON.get(m)).copied().unwrap_or(100);
    season * (100 + i64::from(month.number)) / 110
}

/// The per cent of the usual that somebody so long in the company sells.
fn experience(person: &Person, month: Month) -> i64 {
    let months = (month.span.last_day - person.hired) / 30;
    match usize::try_from(months).ok().and_then(|months| FIRST_MONTHS.get(months)) {
        Some(share) => *share,
        None if months < 36 => 100,
        None => 106,
    }
}

/// The days of the month on which the person was there.
fn days_there(person: &Person, month: Month) -> (i32, i32) {
    (month.span.first_day.max(person.hired), month.span.last_day.min(person.left.unwrap_or(i32::MAX)))
}

/// Every deal of a person that was won or lost in a month, by number.
pub fn deals(seed: u64, person: &Person, month: Month, mut each: impl FnMut(Deal)) {
    let (first, last) = days_there(person, month);
    if first > last {
        return;
    }
    let mut dice = Dice::of(seed, DEALS + 100 * u64::from(month.number), person.number);
    let days = i64::from(last - first + 1);
    let month_days = i64::from(month.span.last_day - month.span.first_day + 1);
    let usual = 550 * person.skill * experience(person, month) / 100 * market(month) / 10_000;
    let count = (usual * days / month_days + dice.between(0, 99)) / 100;
    for number in 1..=count {
        each(deal(&mut dice, person, number, i64::from(first), i64::from(last)));
    }
}

fn deal(dice: &mut Dice, person: &Person, number: i64, first: i64, last: i64) -> Deal {
    let closed = dice.between(first, last);
    let won = dice.chance(30 + person.skill * 15 / 100);
    let cycle = dice.bell(8, 140) - person.skill / 10;
    let size = dice.between(50, 150) * dice.between(60, 140) / 100;
    let large = if dice.chance(4) { 4 } else { 1 };
    // Prices end in whole yuan; a discount makes the cents.
    let list = DEAL_CENTS / 100 * size * large / 100 * 100;
    let discount = dice.bell(0, 1_600);
    let value = list - list * discount / 10_000;
    let cost = dice.bell(5_400, 7_800);
    Deal {
        number,
        product: usize::try_from(dice.below(PRODUCTS.len() as u64)).unwrap_or_default(),
        customer: dice.below(1 << 20),
        engaged: i32::try_from(closed - cycle.max(1)).unwrap_or_default(),
        closed: i32::try_from(closed).unwrap_or_default(),
        won,
        new_customer: dice.chance(22),
        list,
        value,
        margin: value - list * cost / 10_000,
    }
}

impl Figures {
    /// Adds what a person did in a month.
    pub fn add(&mut self, seed: u64, person: &Person, month: Month) {
        deals(seed, person, month, |deal| self.add_deal(&deal));
        self.add_effort(seed, person, month);
    }

    fn add_deal(&mut self, deal: &Deal) {
        self.closed += 1;
        if deal.won {
            self.won += 1;
            self.revenue += deal.value;
            self.margin += deal.margin;
            self.list += deal.list;
            self.cycle_days += i64::from(deal.closed - deal.engaged);
            self.new_customers += i64::from(deal.new_customer);
        }
    }

    fn add_effort(&mut self, seed: u64, person: &Person, month: Month) {
        let (first, last) = days_there(person, month);
        if first > last {
            return;
        }
        let mut dice = Dice::of(seed, EFFORT + 100 * u64::from(month.number), person.number);
        let days = i64::from(last - first + 1);
        let work = |each_month: i64| each_month * person.zeal * days / 3_000;
        self.visits += work(dice.bell(8, 32));
        self.calls += work(dice.bell(40, 180));
        self.complaints += i64::from(dice.chance(40 - person.skill / 4)) + i64::from(dice.chance(6));
        // Some months nobody answers: the figure then has no value, which is not zero.
        let surveys = if dice.chance(75) { dice.between(1, 6) } else { 0 };
        for _ in 0..surveys {
            self.surveys += 1;
            self.contentment += (dice.bell(55, 95) + person.skill / 12).min(100);
        }
        self.late_days += dice.bell(0, 45);
        self.renewals += dice.bell(0, 30_000) * 100 * i64::from(dice.chance(60));
        self.training += dice.between(0, 8);
    }
}

/// What a person should sell in a month, in cents, to the full thousand of the currency; newcomers have the
/// whole target, which a plan may lower.
pub fn revenue_target(person: &Person, potential: i64, month: Month) -> i64 {
    let grade = if person.role(month.span.first_day) == Role::Senior { 115 } else { 100 };
    let units = MONTH_UNITS * grade / 100 * potential / 100 * market(month) / 100;
    (units + 500) / 1_000 * 100_000
}

/// How many new customers a person should win in a month.
pub fn customer_target(person: &Person, month: Month) -> i64 {
    if person.role(month.span.first_day) == Role::Senior { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::months;
    use crate::register::Register;

    #[test]
    fn figures_are_the_sum_of_the_deals() {
        let register = Register::new(4, 20);
        let person = register.person(3);
        for month in months() {
            let mut figures = Figures::default();
            figures.add(4, &person, month);
            let (mut revenue, mut closed) = (0, 0);
            deals(4, &person, month, |deal| {
                assert!(deal.engaged < deal.closed && deal.margin < deal.value && deal.value <= deal.list);
                assert!((month.span.first_day..=month.span.last_day).contains(&deal.closed));
                revenue += if deal.won { deal.value } else { 0 };
                closed += 1;
            });
            assert_eq!((figures.revenue, figures.closed), (revenue, closed));
        }
    }

    #[test]
    fn nobody_sells_before_being_hired_or_after_leaving() {
        let register = Register::new(4, 300);
        for person in (0..register.count()).map(|number| register.person(number)) {
            for month in months() {
                deals(4, &person, month, |deal| {
                    assert!(
                        deal.closed >= person.hired && person.left.is_none_or(|left| deal.closed <= left)
                    );
                });
            }
        }
    }

    #[test]
    fn the_company_as_a_whole_comes_near_its_targets() {
        let register = Register::new(4, 2_000);
        let (mut revenue, mut target) = (0, 0);
        for person in (0..register.count()).map(|number| register.person(number)) {
            for month in months().filter(|month| person.is_there(month.span.first_day, month.span.last_day)) {
                let mut figures = Figures::default();
                figures.add(4, &person, month);
                revenue += figures.revenue;
                target += revenue_target(&person, register.potential(person.team), month);
            }
        }
        let percent = revenue * 100 / target;
        assert!((85..110).contains(&percent), "{percent} % of all targets");
    }
}
