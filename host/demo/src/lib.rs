//! A plausible Chinese and English company of any size: teams, people who join and leave, deals, targets, two
//! years of months.
//!
//! In:  a seed and a number of people. Out: the tables of any of its periods, piece by piece.
//!
//! Invariant: the same seed and number give the same figures, on every machine and in every version that
//! doesn't say otherwise; a figure depends on nothing that was made before it. Nothing here reads or writes a
//! file, and memory doesn't grow with the company.

mod calendar;
mod csv;
mod figures;
mod names;
mod random;
mod register;
mod tables;

use attain_model::Table;
use attain_model::period::{Period, PeriodKind};
use register::Register;

pub use calendar::{CALENDAR, NoFigures};
pub use csv::{write_csv, write_targets_csv};

/// The plan that the demo runs: all four policies, on a quarter.
pub const PLAN: &str = include_str!("../plan.toml");

/// What the company is called, and under which id the demo keeps it.
pub const ID: &str = "demo";

/// Its name.
pub const NAME: &str = "远山传感 Yuanshan Sensors";

/// Pays in this currency.
pub const CURRENCY: &str = "CNY";

/// Counts days in this time zone.
pub const TIMEZONE: &str = "Asia/Shanghai";

/// The seed of every demo that doesn't name another.
pub const SEED: u64 = 20_261_122;

/// A company; it holds nothing but how to make its figures.
///
/// ```
/// use attain_demo::{DemoCompany, SEED};
/// use attain_model::period::Period;
///
/// let company = DemoCompany::new(SEED, 50);
/// let quarter = Period::parse("2026-Q3")?;
/// let people = company.people(quarter, 1_000)?.next().ok_or("a piece of all 50 rows")?;
/// assert_eq!((people.name.as_str(), people.rows), ("people", 50));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct DemoCompany {
    seed: u64,
    register: Register,
}

impl DemoCompany {
    /// A company with so many people (at least 1, at most 3 billion) from August 2026 on. Earlier periods
    /// have those who had joined, and those who have left since.
    pub fn new(seed: u64, participants: u32) -> DemoCompany {
        DemoCompany { seed, register: Register::new(seed, participants) }
    }

    /// The periods of a kind that have figures, from the first: months 2024-10 to 2026-10, quarters 2024-Q4
    /// to 2026-Q3, year 2025.
    pub fn periods(kind: PeriodKind) -> Vec<Period> {
        calendar::periods(kind)
    }

    /// Table `people` in pieces of `rows` rows, by participant: six columns of text (participant, name,
    /// team, manager, region, role) and seventeen of numbers.
    pub fn people(&self, period: Period, rows: usize) -> Result<impl Iterator<Item = Table>, NoFigures> {
        tables::people(self, period, rows)
    }

    /// Table `targets` in pieces of `rows` rows, by participant: a column a metric (`revenue`,
    /// `new_customers`).
    pub fn targets(&self, period: Period, rows: usize) -> Result<impl Iterator<Item = Table>, NoFigures> {
        tables::targets(self, period, rows)
    }

    /// Table `deals` in pieces that hold all deals of `people` people, by participant and deal: some six a
    /// person and month. `people` and `deals` agree.
    pub fn deals(&self, period: Period, people: usize) -> Result<impl Iterator<Item = Table>, NoFigures> {
        tables::deals(self, period, people)
    }
}

#[cfg(test)]
mod tests;
