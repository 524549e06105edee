//! Unit and decimals as a parameter: `"money"`, or `{ "unit": "days", "decimals": 2 }`.

use super::{Parameter, Path, Reading, choice, chosen};
use crate::json::Json;
use crate::number::{DECIMALS_MAX, Kind, Unit};

/// The units that a parameter may choose, and the decimals that each has unless the plan says otherwise.
const UNITS: [(Unit, Option<u8>); 5] = [
    (Unit::Money, None),
    (Unit::Ratio, Some(4)),
    (Unit::Points, Some(2)),
    (Unit::Count, Some(0)),
    (Unit::Days, Some(2)),
];

fn by_name(value: &Json, at: &Path<'_>, reading: &mut Reading<'_>) -> Option<Kind> {
    let name = chosen(value, at, reading, &UNITS.map(|(unit, _)| unit.name()))?;
    let (unit, decimals) = UNITS.into_iter().find(|(unit, _)| unit.name() == name)?;
    Some(decimals.map_or(Kind::MONEY, |decimals| Kind::new(unit, decimals)))
}

impl Parameter for Kind {
    fn schema() -> Json {
        let word = |(unit, decimals): (Unit, Option<u8>)| match decimals {
            None => choice(unit.name(), "With the decimals of the plan's currency."),
            Some(decimals) => choice(unit.name(), &format!("With {decimals} decimals.")),
        };
        let names = Json::Array(UNITS.iter().map(|(unit, _)| Json::text(unit.name())).collect());
        let properties = Json::object([
            ("unit", Json::object([("enum", names)])),
            (
                "decimals",
                Json::object([
                    ("type", Json::text("integer")),
                    ("minimum", Json::whole(0)),
                    ("maximum", Json::whole(DECIMALS_MAX)),
                ]),
            ),
        ]);
        let object = Json::object([
            ("type", Json::text("object")),
            ("properties", properties),
            ("required", Json::Array(vec![Json::text("unit"), Json::text("decimals")])),
            ("additionalProperties", Json::Bool(false)),
        ]);
        let words = UNITS.into_iter().map(word);
        Json::object([("oneOf", Json::Array(words.chain([object]).collect()))])
    }

    fn read(value: &Json, at: &Path<'_>, reading: &mut Reading<'_>) -> Option<Kind> {
        if !matches!(value, Json::Object(_)) {
            return by_name(value, at, reading);
        }
        let fields = reading.object(value, at, &["unit", "decimals"])?;
        let unit: Option<String> = reading.field(&fields, at, "unit", None);
        let decimals: Option<u8> = reading.field(&fields, at, "decimals", None);
        let decimals = reading.between(decimals, at, "decimals", None, Some("9"));
        let kind = by_name(&Json::Text(unit?), &Path::Field(at, "unit"), reading)?;
        Some(Kind::new(kind.unit, decimals?))
    }
}
