//! Unit and decimals as a parameter: `"money"`, or `{ "unit": "days", "decimals": 2 }`.

use super::{Choice, Parameter, Path, Property, Reading, Schema};
use crate::json::Json;
use crate::number::{Kind, Unit};

/// The units that a parameter may choose, as words, with the decimals that each has unless the plan says otherwise.
const UNITS: [Kind; 5] = [
    Kind::MONEY,
    Kind::new(Unit::Ratio, 4),
    Kind::new(Unit::Points, 2),
    Kind::new(Unit::Count, 0),
    Kind::new(Unit::Days, 2),
];

/// The words for them.
const WORDS: &[Choice] = &[
    Choice::word("money", "With the decimals of the plan's currency."),
    Choice::word("ratio", "With 4 decimals."),
    Choice::word("points", "With 2 decimals."),
    Choice::word("count", "With 0 decimals."),
    Choice::word("days", "With 2 decimals."),
];

/// A unit with other decimals.
const FIELDS: &[Property] = &[
    Property::new("unit", &String::SCHEMA),
    Property { most: Some("9"), ..Property::new("decimals", &u8::SCHEMA) },
];

const OBJECT: Schema = Schema::Plain(concat!(
    r#""type":"object","properties":{"unit":{"enum":["money","ratio","points","count","days"]},"#,
    r#""decimals":{"type":"integer","minimum":0,"maximum":9}},"#,
    r#""required":["unit","decimals"],"additionalProperties":false"#,
));

fn by_name(value: &Json, at: &Path<'_>, reading: &mut Reading<'_>) -> Option<Kind> {
    UNITS.get(reading.word(value, at, WORDS)?).copied()
}

impl Parameter for Kind {
    const SCHEMA: Schema = Schema::WordOr(WORDS, &OBJECT);

    fn read(value: &Json, at: &Path<'_>, reading: &mut Reading<'_>) -> Option<Kind> {
        if !matches!(value, Json::Object(_)) {
            return by_name(value, at, reading);
        }
        let fields = reading.object(value, at, FIELDS)?;
        let unit: Option<String> = reading.field(&fields, 0);
        let decimals: Option<u8> = reading.field(&fields, 1);
        let decimals = reading.between(decimals, &fields, 1);
        let kind = by_name(&Json::Text(unit?), &Path::Field(at, "unit"), reading)?;
        Some(Kind::new(kind.unit, decimals?))
    }
}
