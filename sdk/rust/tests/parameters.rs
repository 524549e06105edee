//! Parameters: what is read, what is refused, and that the schema says the same.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use attain_sdk::json::{self, Json};
use attain_sdk::parameter::{Parameter, Path, Reading};
use attain_sdk::prelude::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

#[derive(Parameters, Debug)]
#[parameter(check = Terms::check)]
struct Terms {
    /// Tiers.
    tiers: Vec<Tier>,
    /// How.
    #[parameter(default = "one")]
    mode: Mode,
    #[parameter(default = 3, min = "1", max = "5")]
    months: u8,
    #[parameter(default = "1.5", min = "0")]
    factor: Decimal,
    #[parameter(default = true)]
    open: bool,
    cap: Option<Money>,
    weights: Option<Named<Ratio>>,
    since: Option<Date>,
    round: Option<Round>,
    kind: Option<Kind>,
    r#type: Option<String>,
}

#[derive(Parameters, Debug)]
struct Tier {
    from: Decimal,
    rate: Ratio<2>,
}

/// A choice.
#[derive(Parameters, Debug, PartialEq)]
enum Mode {
    /// The first.
    One,
    TwoWords,
    Amount(Count),
    Both {
        left: i64,
        #[parameter(default = "0.5")]
        right: Decimal,
    },
}

impl Terms {
    fn check(&self, wrong: &mut Wrong<'_, '_>) {
        for (i, tier) in self.tiers.iter().enumerate() {
            if tier.rate > Ratio::from_units(100) {
                wrong.at(format_args!("tiers[{i}].rate"), "too-high", "no rate is above one".to_owned());
            }
        }
    }
}

fn period() -> Period {
    let day = Date::from_days(20_000);
    Period {
        kind: "day".to_owned(),
        first: day,
        last: day,
        year_first: day,
        year_last: day,
        money_decimals: 2,
    }
}

fn read(text: &str) -> Result<Terms, Vec<String>> {
    let period = period();
    let mut reading = Reading::new(&period);
    let value = json::read(text).unwrap();
    let terms = Terms::read(&value, &Path::Root, &mut reading);
    let clean = reading.is_clean();
    let failures = reading.failures().into_iter().map(|failure| {
        let failure: attain_sdk::contract::exports::attain::policy::rules::Failure = failure.into();
        format!("{}: {} [{}]", failure.at.unwrap_or_default(), failure.message, failure.code)
    });
    match terms {
        Some(terms) if clean => Ok(terms),
        _ => Err(failures.collect()),
    }
}

#[track_caller]
fn refused(text: &str, expected: &[&str]) {
    assert_eq!(read(text).unwrap_err(), expected);
}

#[test]
fn defaults_fill_what_a_plan_leaves_out() {
    let terms = read(r#"{"tiers": []}"#).unwrap();
    assert_eq!(terms.mode, Mode::One);
    assert_eq!((terms.months, terms.open, terms.factor.to_string().as_str()), (3, true, "1.5"));
    assert!(terms.cap.is_none() && terms.weights.is_none() && terms.r#type.is_none());
    assert!(terms.since.is_none() && terms.round.is_none() && terms.kind.is_none());
}

#[test]
fn every_shape_is_read() {
    let terms = read(
        r#"{"tiers": [{"from": 1, "rate": "0.05"}], "mode": {"both": {"left": -3}}, "months": 5, "cap": "12.5",
            "weights": {"a b": "0.25"}, "since": "2024-02-29", "round": "half-even", "kind": "days", "type": "x"}"#,
    );
    let terms = terms.unwrap();
    assert_eq!(terms.tiers[0].rate.units(), 5);
    assert_eq!(terms.tiers[0].from.units(), 1);
    assert_eq!(terms.mode, Mode::Both { left: -3, right: Decimal::parse("0.5").unwrap() });
    assert_eq!(terms.cap.unwrap().units(), 1_250);
    assert_eq!(terms.weights.unwrap().get("a b").unwrap().units(), 2_500);
    assert_eq!(terms.round, Some(Round::HalfEven));
    let terms =
        read(r#"{"tiers": [], "mode": {"amount": "4"}, "kind": {"unit": "ratio", "decimals": 6}}"#).unwrap();
    assert_eq!(terms.mode, Mode::Amount(Count::from_units(4)));
    assert_eq!(terms.kind, Some(Kind::new(Unit::Ratio, 6)));
}

#[test]
fn all_that_is_wrong_is_told_with_its_place() {
    refused(
        r#"{"tiers": [{"from": "1", "rate": 0.5}, {"from": "x", "rat": "1"}, 7], "mod": 1, "months": 6, "cap": "1.234",
            "weights": {"a": true, "b": "1", "b": "2"}}"#,
        &[
            "mod: unknown field `mod`; did you mean `mode`? [unknown-field]",
            "tiers[0].rate: `0.5` is a number with a fraction: write a decimal as a string, such as \"0.5\" [not-a-decimal]",
            "tiers[1].rat: unknown field `rat`; did you mean `rate`? [unknown-field]",
            "tiers[1].from: `x` is not a decimal, expected digits and at most one point, such as \"0.5\" [not-a-decimal]",
            "tiers[1].rate: the field `rate` is missing [missing-field]",
            "tiers[2]: `7`, a number, expected an object [wrong-type]",
            "months: `months` is above 5, the most it may be [out-of-range]",
            "cap: `1.234` has more decimals than the 2 allowed here [not-a-decimal]",
            "weights.a: `true`, expected a decimal such as \"0.5\" [wrong-type]",
            "weights.b: the name `b` is there twice [duplicate-field]",
        ],
    );
}

#[test]
fn choices_are_refused_with_what_there_is() {
    refused(
        r#"{"tiers": [], "mode": "too-words"}"#,
        &["mode: `too-words` is not a choice here; did you mean `two-words`? [unknown-choice]"],
    );
    refused(
        r#"{"tiers": [], "mode": "both"}"#,
        &["mode: `both` needs what stands in it, expected {\"both\": ...} [wrong-type]"],
    );
    refused(
        r#"{"tiers": [], "mode": {"one": 1}}"#,
        &["mode.one: nothing stands in `one`, expected the text \"one\" alone [unknown-field]"],
    );
    refused(
        r#"{"tiers": [], "mode": {"both": {}}}"#,
        &["mode.both.left: the field `left` is missing [missing-field]"],
    );
    refused(
        r#"{"tiers": [], "mode": null}"#,
        &["mode: `null`, expected one of `one`, `two-words` [wrong-type]"],
    );
    refused(r#"[]"#, &[": a list, expected an object [wrong-type]"]);
}

#[test]
fn rules_across_fields_name_their_place() {
    refused(
        r#"{"tiers": [{"from": "0", "rate": "1"}, {"from": "0", "rate": "1.01"}]}"#,
        &["tiers[1].rate: no rate is above one [too-high]"],
    );
}

#[test]
fn hostile_documents_are_bounded() {
    let many = format!("{{\"tiers\": [{}7]}}", "7,".repeat(100_000));
    assert_eq!(read(&many).unwrap_err().len(), 100);
    let digits = format!("{{\"tiers\": [], \"factor\": \"{}\"}}", "9".repeat(100_000));
    assert_eq!(read(&digits).unwrap_err().len(), 1);
    let digits = format!("{{\"tiers\": [], \"months\": {}}}", "9".repeat(1_000));
    assert_eq!(read(&digits).unwrap_err().len(), 1);
}

#[test]
fn a_level_is_named_and_may_have_bounds() {
    #[derive(Parameters)]
    struct Warns {
        #[parameter(default = "yellow", min = "blue")]
        from: Level,
        level: Option<Level>,
    }
    let period = period();
    let read = |text: &str| {
        let mut reading = Reading::new(&period);
        let warns = Warns::read(&json::read(text).unwrap(), &Path::Root, &mut reading);
        warns.ok_or_else(|| format!("{:?}", reading.failures()))
    };
    let warns = read(r#"{"level": "none"}"#).unwrap_or_else(|wrong| panic!("{wrong}"));
    assert_eq!((warns.from, warns.level), (Level::Yellow, Some(Level::None)));
    let refused = |text: &str, what: &str| {
        let wrong = read(text).err().unwrap();
        assert!(wrong.contains(what), "{wrong}");
    };
    refused(r#"{"from": "none"}"#, "`from` is below blue, the least it may be");
    refused(r#"{"level": "yelow"}"#, "`yelow` is not a choice here; did you mean `yellow`?");
    refused(r#"{"level": 2}"#, "`2`, a number, expected one of `none`, `blue`, `yellow`, `red`");
}

#[test]
fn what_many_policies_ask_is_refused_in_one_wording() {
    let told = |ask: &dyn Fn(&mut Wrong<'_, '_>)| -> Vec<String> {
        let period = period();
        let mut reading = Reading::new(&period);
        ask(&mut reading.wrong(&Path::Root));
        reading.failures().into_iter().map(|failure| format!("{failure:?}")).collect()
    };
    let refused = |ask: &dyn Fn(&mut Wrong<'_, '_>), expected: &[&str]| {
        let told = told(ask);
        assert_eq!(told.len(), expected.len(), "{told:?}");
        for (told, expected) in told.iter().zip(expected) {
            assert!(told.contains(expected), "{told}, expected {expected}");
        }
    };
    let shape = "expected 1 to 64 of `a-z`, `0-9` and `_`, beginning with a letter";
    refused(
        &|wrong| {
            assert!(wrong.column("metrics.a", "a metric", "a", &["team"]));
            assert!(!wrong.column("metrics.team", "a metric", "team", &["team"]));
            assert!(!wrong.column("metrics.A", "a metric", "A", &["a", "b"]));
            assert!(wrong.column("metrics.long", "a metric", &"a".repeat(64), &[]));
            assert!(!wrong.part_of_columns("metrics.long", "a metric", &"a".repeat(51), &["a", "b", "c"]));
        },
        &[
            &format!("`team` can't be the name of a metric, {shape}, and not `team`"),
            &format!("`A` can't be the name of a metric, {shape}, and not `a`, `b`"),
            "expected 1 to 50 of `a-z`, `0-9` and `_`, beginning with a letter, and not `a`, `b`, `c`",
        ],
    );
    let decimal = |text: &str| Decimal::parse(text).unwrap();
    refused(
        &|wrong| {
            assert_eq!(wrong.amount("cap", decimal("1.5"), Kind::MONEY).units(), 150);
            wrong.amount("cap", decimal("1.555"), Kind::MONEY);
            wrong.amount("bar", decimal("1.5"), Kind::new(Unit::Count, 0));
        },
        &[
            "`1.555` has more than 2 decimals, or is too large\"",
            "`1.5` has more than 0 decimals, or is too large; write fewer, or declare more",
        ],
    );
    let weights = |wrong: &mut Wrong<'_, '_>, weights: &[&str], total: &str| {
        wrong.weights(weights.iter().map(|weight| decimal(weight)), decimal(total));
    };
    refused(&|wrong| weights(wrong, &["0.5", "0.25", "0.25"], "1"), &[]);
    refused(&|wrong| weights(wrong, &[], "1"), &["there is no metric"]);
    refused(
        &|wrong| weights(wrong, &["0.5", "0.2"], "1"),
        &["the weights add up to 0.7, expected 1; change a weight, or set `weights_total`"],
    );
    refused(&|wrong| weights(wrong, &["0"], "0"), &["the weights must add up to more than 0"]);
    let tiers = |wrong: &mut Wrong<'_, '_>, froms: &[&str]| {
        let tiers: Vec<_> = froms.iter().map(|from| (decimal(from), Exact::ONE)).collect();
        TierTable::checked("pool.tiers", &tiers, 1, Edge::Higher, wrong)
    };
    refused(&|wrong| assert!(tiers(wrong, &["0", "0.8"]).is_some()), &[]);
    refused(&|wrong| assert!(tiers(wrong, &[]).is_none()), &["pool.tiers"]);
    refused(
        &|wrong| assert!(tiers(wrong, &["0", "0.8", "0.8"]).is_none()),
        &["`0.8` is not above `0.8`, where the tier before begins"],
    );
}

/// Digests of components hold it: a byte that changes is another policy.
#[test]
fn a_schema_is_written_byte_for_byte() {
    #[derive(Parameters)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Bounds {
        /// From one.
        #[parameter(min = "1")]
        least: u8,
        #[parameter(max = "12")]
        most: Option<u8>,
        #[parameter(default = "0.25", min = "0", max = "1")]
        share: Ratio<2>,
        /// Words of its own.
        mode: Mode,
        kind: Mode,
        lists: BTreeMap<String, Vec<bool>>,
    }
    let whole = r#""type":"integer","#;
    let mode = concat!(
        r#""oneOf":[{"const":"one","description":"The first."},{"const":"two-words"},"#,
        r#"{"type":"object","properties":{"amount":{"type":["string","integer"],"pattern":"^-?[0-9]+(\\.0+)?$"}},"#,
        r#""additionalProperties":false,"required":["amount"]},"#,
        r#"{"type":"object","properties":{"both":{"type":"object","properties":{"#,
        r#""left":{"type":"integer","minimum":-9223372036854775808,"maximum":9223372036854775807},"#,
        r#""right":{"type":["string","integer"],"pattern":"^-?[0-9]+(\\.[0-9]{1,9}0*)?$","default":"0.5"}},"#,
        r#""additionalProperties":false,"required":["left"]}},"additionalProperties":false,"required":["both"]}]"#,
    );
    let fields = [
        format!(r#""least":{{{whole}"maximum":255,"minimum":1,"description":"From one. At least 1."}}"#),
        format!(r#""most":{{{whole}"minimum":0,"maximum":12,"description":"At most 12."}}"#),
        concat!(
            r#""share":{"type":["string","integer"],"pattern":"^-?[0-9]+(\\.[0-9]{1,2}0*)?$","#,
            r#""description":"At least 0. At most 1.","default":"0.25"}"#
        )
        .to_owned(),
        format!(r#""mode":{{{mode},"description":"Words of its own."}}"#),
        format!(r#""kind":{{{mode},"description":"A choice."}}"#),
        r#""lists":{"type":"object","additionalProperties":{"type":"array","items":{"type":"boolean"}}}"#
            .to_owned(),
    ];
    let expected = format!(
        r#"{{"type":"object","properties":{{{}}},"additionalProperties":false,"required":["least","mode","kind","lists"]}}"#,
        fields.join(",")
    );
    assert_eq!(Bounds::SCHEMA.json(), expected);
    assert!(json::read(&expected).is_ok());
}

/// As much of JSON Schema as the SDK writes.
fn allows(schema: &Json, value: &Json) -> bool {
    let Json::Object(words) = schema else { panic!("{schema}") };
    words.iter().all(|(word, rule)| match (word.as_str(), rule) {
        ("type", Json::Text(name)) => is_of(name, value),
        ("type", Json::Array(names)) => {
            names.iter().any(|name| matches!(name, Json::Text(name) if is_of(name, value)))
        }
        ("oneOf", Json::Array(schemas)) => schemas.iter().filter(|schema| allows(schema, value)).count() == 1,
        ("const", expected) => value == expected,
        ("enum", Json::Array(values)) => values.contains(value),
        ("pattern", Json::Text(pattern)) => match value {
            Json::Text(text) => matches(pattern, text),
            _ => true,
        },
        ("format", Json::Text(_)) => !matches!(value, Json::Text(text) if Date::parse(text).is_none()),
        ("minimum", Json::Number(least)) => number(value).is_none_or(|n| n >= least.parse().unwrap()),
        ("maximum", Json::Number(most)) => number(value).is_none_or(|n| n <= most.parse().unwrap()),
        ("items", items) => match value {
            Json::Array(values) => values.iter().all(|value| allows(items, value)),
            _ => true,
        },
        ("properties", Json::Object(known)) => match value {
            Json::Object(fields) => {
                fields.iter().all(|(name, value)| rule.field(name).is_none_or(|schema| allows(schema, value)))
                    && schema.field("additionalProperties") == Some(&Json::Bool(false))
                    && fields.iter().all(|(name, _)| known.iter().any(|(property, _)| property == name))
            }
            _ => true,
        },
        ("additionalProperties", Json::Bool(false)) => true,
        ("additionalProperties", rest) => match value {
            Json::Object(fields) => fields.iter().all(|(_, value)| allows(rest, value)),
            _ => true,
        },
        ("required", Json::Array(names)) => names.iter().all(|name| match (name, value) {
            (Json::Text(name), Json::Object(_)) => value.field(name).is_some(),
            _ => true,
        }),
        ("description" | "default" | "$schema", _) => true,
        (other, _) => panic!("the schema has a word that this test doesn't know: {other}"),
    })
}

fn is_of(name: &str, value: &Json) -> bool {
    match value {
        Json::Text(_) => name == "string",
        Json::Number(number) => name == "integer" && !number.contains(['.', 'e', 'E']),
        Json::Bool(_) => name == "boolean",
        Json::Array(_) => name == "array",
        Json::Object(_) => name == "object",
        Json::Null => name == "null",
    }
}

fn number(value: &Json) -> Option<i128> {
    match value {
        Json::Number(number) => number.parse().ok(),
        _ => None,
    }
}

/// The patterns of decimals: `^-?[0-9]+(\.[0-9]{1,D}0*)?$` and its like.
fn matches(pattern: &str, text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    let Some((whole, fraction)) = text.split_once('.') else { return digits(text) };
    let places = match pattern.split_once("{1,") {
        Some((_, rest)) => rest.split_once('}').unwrap().0.parse().unwrap(),
        None if pattern.contains("[0-9]+)?$") => usize::MAX,
        None => 0,
    };
    digits(whole) && digits(fraction) && fraction.trim_end_matches('0').len() <= places
}

fn any_value() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        "-?(0|[1-9][0-9]{0,3})(\\.[0-9]{1,2})?".prop_map(Json::Number),
        "-?[0-9]{0,3}(\\.[0-9]{0,4})?".prop_map(Json::Text),
        prop_oneof![
            Just("one"),
            Just("two-words"),
            Just("both"),
            Just("2024-02-29"),
            Just("half-up"),
            Just("days")
        ]
        .prop_map(Json::text),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let name = prop_oneof![
            Just("tiers"),
            Just("from"),
            Just("rate"),
            Just("both"),
            Just("amount"),
            Just("left"),
            Just("unit"),
            Just("decimals"),
            Just("right"),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Json::Array),
            prop::collection::btree_map(name, inner, 0..3).prop_map(|fields| Json::Object(
                fields.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()
            )),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    /// What the schema allows is read, unless it is too large, too fine for the currency, or refused by a rule
    /// across fields; what it doesn't allow isn't.
    #[test]
    fn the_schema_and_the_reader_agree(
        field in prop_oneof![
            Just("tiers"), Just("mode"), Just("months"), Just("factor"), Just("open"), Just("cap"), Just("weights"),
            Just("since"), Just("round"), Just("kind"), Just("type"), Just("tears"),
        ],
        value in any_value(),
        with_tiers in prop::bool::weighted(0.9),
    ) {
        let mut fields = vec![(field.to_owned(), value)];
        if with_tiers && field != "tiers" {
            fields.push(("tiers".to_owned(), Json::Array(Vec::new())));
        }
        let document = Json::Object(fields);
        let schema = json::read(&Terms::SCHEMA.json()).unwrap();
        let read = read(&document.to_string());
        let by_meaning = |failures: &Vec<String>| {
            failures.iter().all(|f| {
                f.contains("[too-high]") || f.contains("the 2 allowed here") || f.starts_with("factor: `factor` is below")
            })
        };
        match (allows(&schema, &document), &read) {
            (true, Err(failures)) => prop_assert!(by_meaning(failures), "{} is allowed, and refused: {:?}", document, failures),
            (false, Ok(_)) => prop_assert!(false, "{} is read, and the schema doesn't allow it", document),
            _ => {}
        }
    }
}
