//! What a number means: its unit and its decimals.

use crate::number::DECIMALS_MAX;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a column counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// An amount in the currency of the plan or the company.
    Money,
    /// A share or a rate: 0.05 is five per cent.
    Ratio,
    /// Points of a score.
    Points,
    /// A number of things.
    Count,
    /// A number of days.
    Days,
    /// A calendar day, counted from 1970-01-01.
    Date,
    /// 0 or 1.
    Flag,
    /// 0 none, 1 blue, 2 yellow, 3 red.
    Level,
    /// An index into listed labels.
    Label,
    /// Names.
    Text,
}

impl Unit {
    /// Every unit, in the order of this page.
    pub const ALL: [Unit; 10] = [
        Unit::Money,
        Unit::Ratio,
        Unit::Points,
        Unit::Count,
        Unit::Days,
        Unit::Date,
        Unit::Flag,
        Unit::Level,
        Unit::Label,
        Unit::Text,
    ];

    /// The word for it, in files and manifests.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Money => "money",
            Unit::Ratio => "ratio",
            Unit::Points => "points",
            Unit::Count => "count",
            Unit::Days => "days",
            Unit::Date => "date",
            Unit::Flag => "flag",
            Unit::Level => "level",
            Unit::Label => "label",
            Unit::Text => "text",
        }
    }

    /// Whether adding two of them means something: of a ratio or a date, no.
    pub fn is_additive(self) -> bool {
        matches!(self, Unit::Money | Unit::Points | Unit::Count | Unit::Days)
    }

    /// Whether its numbers are whole by nature.
    pub fn is_whole(self) -> bool {
        matches!(self, Unit::Date | Unit::Flag | Unit::Level | Unit::Label | Unit::Text)
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Unit and decimals of a column. Decimals are 0 to 9, and 0 where the unit is whole by nature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Type {
    /// What is counted.
    pub unit: Unit,
    /// Digits after the point that the stored integer includes.
    #[serde(default)]
    pub decimals: u8,
}

impl Type {
    /// A type, or none when the decimals are out of range or the unit has none.
    pub fn new(unit: Unit, decimals: u8) -> Option<Type> {
        let most = if unit.is_whole() { 0 } else { DECIMALS_MAX };
        (decimals <= most).then_some(Type { unit, decimals })
    }

    /// Names.
    pub const TEXT: Type = Type { unit: Unit::Text, decimals: 0 };
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.decimals {
            0 => write!(f, "{}", self.unit),
            1 => write!(f, "{} with 1 decimal", self.unit),
            n => write!(f, "{} with {n} decimals", self.unit),
        }
    }
}
