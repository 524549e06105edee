//! A case as its file says it.

use attain_sdk::Date;
use attain_sdk::contract::exports::attain::policy::rules::Context;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;

/// A case.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What it shows.
    pub doc: String,
    /// What the plan sets.
    #[serde(default)]
    pub parameters: serde_json::Map<String, serde_json::Value>,
    /// The period it is in.
    #[serde(default)]
    pub period: CasePeriod,
    /// The columns that go in, by input.
    #[serde(default, rename = "in")]
    pub inputs: BTreeMap<String, Vec<Cell>>,
    /// The columns that must come out, by output.
    #[serde(default)]
    pub out: BTreeMap<String, Vec<Cell>>,
    /// The steps that must explain it.
    #[serde(default)]
    pub steps: Vec<ExpectedStep>,
    /// Why it must be refused.
    #[serde(default)]
    pub errors: Vec<ExpectedError>,
}

/// What a case expects.
pub enum Expected<'c> {
    /// These columns and steps.
    Result {
        /// By output.
        out: &'c BTreeMap<String, Vec<Cell>>,
        /// In order.
        steps: &'c [ExpectedStep],
    },
    /// To be refused for exactly these reasons.
    Refusal(&'c [ExpectedError]),
}

impl Case {
    /// What it expects.
    pub fn expected(&self) -> Expected<'_> {
        match self.errors.as_slice() {
            [] => Expected::Result { out: &self.out, steps: &self.steps },
            errors => Expected::Refusal(errors),
        }
    }
}

/// A cell as it is written: a number, a name, a day, `true` or `false`; nothing is no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell(pub String);

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Cell, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Text(String),
            Whole(i64),
            Flag(bool),
        }
        let expected = "a cell is a text (\"12.50\"), a whole number, true or false";
        let written = Written::deserialize(deserializer).map_err(|_| serde::de::Error::custom(expected))?;
        Ok(Cell(match written {
            Written::Text(text) => text,
            Written::Whole(number) => number.to_string(),
            Written::Flag(yes) => yes.to_string(),
        }))
    }
}

/// A step that must be there.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedStep {
    /// Whose, counted from 0.
    #[serde(default)]
    pub row: u32,
    /// The rule's code.
    pub rule: String,
    /// Any of the numbers in its sentence.
    #[serde(default)]
    pub values: BTreeMap<String, Cell>,
}

/// A reason that must be given.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedError {
    /// For programs.
    pub code: String,
    /// The parameter's path.
    pub at: Option<String>,
    /// The row, counted from 0.
    pub row: Option<u32>,
    /// A part of the message.
    pub contains: Option<String>,
}

/// A period, resolved.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CasePeriod {
    /// `day`, `week`, `month`, `quarter` or `year`.
    pub kind: String,
    /// Its first day.
    pub first: Day,
    /// Its last day.
    pub last: Day,
    /// The first day of the fiscal year; unless said otherwise, of the calendar year of `first`.
    pub year_first: Option<Day>,
    /// The last day of the fiscal year.
    pub year_last: Option<Day>,
    /// Decimals of money.
    pub money_decimals: u8,
}

impl Default for CasePeriod {
    fn default() -> CasePeriod {
        let day = |day| Day(Date::from_civil(2025, 1, day).unwrap_or_default());
        CasePeriod {
            kind: "month".to_owned(),
            first: day(1),
            last: day(31),
            year_first: None,
            year_last: None,
            money_decimals: 2,
        }
    }
}

impl CasePeriod {
    /// As a host passes it.
    pub fn context(&self) -> Context {
        let (year, ..) = self.first.0.civil();
        let day = |given: &Option<Day>, month, day| {
            given.as_ref().map_or_else(|| Date::from_civil(year, month, day).unwrap_or_default(), |day| day.0)
        };
        Context {
            period_kind: self.kind.clone(),
            first_day: self.first.0.days(),
            last_day: self.last.0.days(),
            year_first_day: day(&self.year_first, 1, 1).days(),
            year_last_day: day(&self.year_last, 12, 31).days(),
            money_decimals: self.money_decimals,
        }
    }
}

/// A day in a case file.
#[derive(Clone, Debug)]
pub struct Day(pub Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Day, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong =
            || serde::de::Error::custom(format!("`{text}` is not a day, expected such as \"2025-01-31\""));
        Date::parse(&text).map(Day).ok_or_else(wrong)
    }
}
