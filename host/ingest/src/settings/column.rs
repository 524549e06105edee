//! What a person says about one column: its name, its type, how its cells are written.

use super::date::DateFormat;
use super::fields::{Fields, kind_of};
use super::number::NumberFormat;
use crate::error::Collector;
use attain_model::company::{COLUMN_SHAPE, is_column_name};
use attain_model::nearest::hint;
use attain_model::number::DECIMALS_MAX;
use attain_model::{Currency, Type, Unit};

/// What is said about a source column; what isn't said is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnSpec {
    /// What the column is called from here on.
    pub name: Option<String>,
    /// What its numbers mean.
    pub unit: Option<Unit>,
    /// Decimals of its numbers; for money, none means those of the currency.
    pub decimals: Option<u8>,
    /// How its numbers are written.
    pub number: Option<NumberFormat>,
    /// How its days are written.
    pub date: Option<DateFormat>,
}

impl ColumnSpec {
    /// Reads `"date"`, `"money:2"`, or a table of `name`, `unit`, `decimals`, `number` and `date`.
    pub(crate) fn read(path: &str, value: &toml::Value, problems: &mut Collector) -> ColumnSpec {
        let mut spec = ColumnSpec::default();
        match value {
            toml::Value::String(text) => match split_type(text) {
                Ok((unit, decimals)) => (spec.unit, spec.decimals) = (Some(unit), decimals),
                Err(what) => problems.add(Default::default(), Some(path), || format!("is `{text}`, {what}")),
            },
            toml::Value::Table(table) => spec.read_table(Fields::new(path, table), problems),
            other => problems.add(Default::default(), Some(path), || {
                format!(
                    "is {}, expected a unit such as `\"date\"` or `{{ unit = \"money\", decimals = 2 }}`",
                    kind_of(other)
                )
            }),
        }
        spec
    }

    fn read_table(&mut self, mut fields: Fields<'_>, problems: &mut Collector) {
        self.name = fields.parsed("name", problems, |text| {
            is_column_name(text).then(|| text.to_owned()).ok_or(format!("expected {COLUMN_SHAPE}"))
        });
        self.unit = fields.parsed("unit", problems, unit_of);
        let unit_is_wrong = self.unit.is_none() && fields.has("unit");
        let decimals = fields.whole("decimals", 0, i64::from(DECIMALS_MAX), problems);
        self.decimals = decimals.and_then(|decimals| u8::try_from(decimals).ok());
        self.number = fields.parsed("number", problems, NumberFormat::parse);
        self.date = fields.parsed("date", problems, DateFormat::parse);
        if self.decimals.is_some_and(|d| d > 0) && !unit_is_wrong && self.unit.is_none_or(Unit::is_whole) {
            fields.wrong(problems, "decimals", || {
                "has no meaning without a unit of decimals such as `unit = \"money\"`".to_owned()
            });
        }
        if self.number.as_ref().is_some_and(NumberFormat::is_percent) && self.unit != Some(Unit::Ratio) {
            fields.wrong(problems, "number", || {
                "names percentages, expected `unit = \"ratio\"` beside it".to_owned()
            });
        }
        if self.date.is_some() && self.unit.get_or_insert(Unit::Date) != &Unit::Date {
            fields.wrong(problems, "date", || {
                "names a date format, expected `unit = \"date\"` beside it".to_owned()
            });
        }
        fields.finish(problems);
    }

    /// Unit and decimals, when the unit is said.
    ///
    /// # Errors
    /// When money says no decimals and no currency fixes them.
    pub(crate) fn kind(&self, currency: Option<Currency>) -> Option<Result<Type, String>> {
        self.unit.map(|unit| complete(unit, self.decimals, currency))
    }
}

/// Reads a type as a header or a mapping writes it: `date`, `money:2`, `ratio:4`.
pub(crate) fn split_type(text: &str) -> Result<(Unit, Option<u8>), String> {
    let (unit, decimals) =
        text.split_once(':').map_or((text, None), |(unit, decimals)| (unit, Some(decimals)));
    let unit = unit_of(unit.trim())?;
    let Some(decimals) = decimals else { return Ok((unit, None)) };
    let number: Option<u8> = decimals.trim().parse().ok().filter(|d| Type::new(unit, *d).is_some());
    let most = if unit.is_whole() { 0 } else { DECIMALS_MAX };
    number.map(|number| (unit, Some(number))).ok_or(format!("expected 0 to {most} decimals for {unit}"))
}

/// Unit and decimals with what the currency fixes.
pub(crate) fn complete(unit: Unit, decimals: Option<u8>, currency: Option<Currency>) -> Result<Type, String> {
    let decimals = match (unit, decimals, currency) {
        (Unit::Money, None, Some(currency)) => currency.decimals(),
        (Unit::Money, None, None) => return Err("money needs its decimals, such as `money:2`".to_owned()),
        (_, decimals, _) => decimals.unwrap_or(0),
    };
    Type::new(unit, decimals).ok_or(format!("{unit} has no {decimals} decimals"))
}

fn unit_of(text: &str) -> Result<Unit, String> {
    let given = Unit::ALL.into_iter().filter(|unit| *unit != Unit::Label);
    match given.clone().find(|unit| unit.name() == text) {
        Some(unit) => Ok(unit),
        None if text == "label" => Err("which only policies give; expected `text`".to_owned()),
        None => Err(format!("expected a unit{}", hint(text, given.map(Unit::name)))),
    }
}
