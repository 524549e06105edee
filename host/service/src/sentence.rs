//! Sentences of an explanation: a rule's words with its numbers, in the reader's language.

use attain_model::manifest::{Binding, Place, Rule, Sentences};
use attain_model::number::{format_grouped, power_of_ten};
use attain_model::{NO_VALUE, Type, Unit, period};

/// The sentence in a language, else in English.
pub(crate) fn in_language<'a>(sentences: &'a Sentences, language: &str) -> &'a str {
    sentences.get(language).or_else(|| sentences.get("en")).map(String::as_str).unwrap_or_default()
}

/// A rule's sentence with its numbers in place.
pub(crate) fn fill(
    rule: &Rule,
    values: &[i64],
    binding: &Binding,
    language: &str,
    money_decimals: u8,
) -> String {
    let mut sentence = String::new();
    let mut rest = in_language(&rule.text, language);
    while let Some((before, after)) = rest.split_once('{') {
        sentence.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            rest = after;
            break;
        };
        let (name, words) = name.split_once('|').map_or((name, None), |(name, words)| (name, Some(words)));
        let place = (0..).zip(&rule.places).find(|(_, place)| place.name == name);
        let shown = place.map_or(name.to_owned(), |(at, place): (usize, _)| {
            let value = values.get(at).copied().unwrap_or(NO_VALUE);
            let kind = rule.kind_of(place, values, binding, money_decimals);
            shown_place(place, value, kind, binding, language)
        });
        sentence.push_str(words.map_or(&shown, |words| word(words, shown == "1")));
        rest = after;
    }
    sentence.push_str(rest);
    sentence
}

/// The word for one thing, or that for more: `one|many`, or `many` alone.
fn word(words: &str, is_one: bool) -> &str {
    let (one, many) = words.split_once('|').unwrap_or(("", words));
    if is_one { one } else { many }
}

fn shown_place(place: &Place, value: i64, kind: Type, binding: &Binding, language: &str) -> String {
    let index = usize::try_from(value).ok().filter(|_| value != NO_VALUE && place.unit == Unit::Label);
    let label = index.and_then(|at| place.labels.get(at)).map(|label| in_language(label, language));
    // A label without labels names an input.
    let input = index.filter(|_| place.labels.is_empty()).and_then(|at| binding.inputs.get(at));
    match label.or(input.map(|input| input.name.as_str())) {
        Some(name) => name.to_owned(),
        None => shown(value, kind, language),
    }
}

/// A number as a person reads it: money with its thousands apart, a ratio in per cent, a day as a date.
pub(crate) fn shown(value: i64, kind: Type, language: &str) -> String {
    if value == NO_VALUE {
        return if language == "zh" { "无".to_owned() } else { "none".to_owned() };
    }
    match kind.unit {
        Unit::Ratio => percent(value, kind.decimals, if language == "zh" { "%" } else { " %" }),
        Unit::Date => period::day_text(value),
        Unit::Flag => match (value != 0, language) {
            (true, "zh") => "是".to_owned(),
            (true, _) => "yes".to_owned(),
            (false, "zh") => "否".to_owned(),
            (false, _) => "no".to_owned(),
        },
        Unit::Level => level(value, language),
        _ => format_grouped(value, kind.decimals),
    }
}

/// A level by its name.
fn level(value: i64, language: &str) -> String {
    let [none, blue, yellow, red] = match language {
        "zh" => ["无", "蓝", "黄", "红"],
        _ => ["none", "blue", "yellow", "red"],
    };
    let name = match value {
        0 => none,
        1 => blue,
        2 => yellow,
        3 => red,
        other => return other.to_string(),
    };
    name.to_owned()
}

/// A ratio in per cent, without zeros that say nothing: 0.0850 is `8.5 %`. The sign comes as a language sets it.
fn percent(value: i64, decimals: u8, sign: &str) -> String {
    let (value, decimals) = match decimals {
        0 | 1 => match value.checked_mul(power_of_ten(2 - decimals)) {
            Some(value) => (value, 0),
            None => return format!("{} × 100{sign}", format_grouped(value, decimals)),
        },
        more => (value, more - 2),
    };
    let text = format_grouped(value, decimals);
    let text =
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text.as_str() };
    format!("{text}{sign}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use attain_model::Grouping;

    #[test]
    fn numbers_read_as_people_write_them() {
        let kind = |unit, decimals| Type { unit, decimals };
        assert_eq!(shown(123_456_789, kind(Unit::Money, 2), "en"), "1,234,567.89");
        assert_eq!(shown(850, kind(Unit::Ratio, 4), "en"), "8.5 %");
        assert_eq!(shown(1, kind(Unit::Ratio, 0), "zh"), "100%");
        assert_eq!(shown(-5, kind(Unit::Ratio, 1), "en"), "-50 %");
        assert_eq!(shown(0, kind(Unit::Date, 0), "en"), "1970-01-01");
        assert_eq!(shown(NO_VALUE, kind(Unit::Count, 0), "zh"), "无");
        assert_eq!(shown(2, kind(Unit::Level, 0), "en"), "yellow");
        assert_eq!(shown(3, kind(Unit::Level, 0), "zh"), "红");
        assert_eq!(shown(i64::MAX, kind(Unit::Ratio, 0), "en"), "9,223,372,036,854,775,807 × 100 %");
    }

    #[test]
    fn a_sentence_takes_its_numbers_in_any_order() {
        let rule: Rule = serde_json::from_value(serde_json::json!({
            "code": "slice",
            "places": [{"name": "pay", "unit": "money"}, {"name": "rate", "unit": "ratio", "decimals": 4}],
            "text": {"en": "{rate} earns {pay}", "zh": "{pay}（{rate}）"}
        }))
        .unwrap();
        let none = Binding {
            inputs: Vec::new(),
            outputs: Vec::new(),
            grouping: Grouping::Each,
            order: Vec::new(),
            integer_bits: None,
            rules: Vec::new(),
        };
        assert_eq!(fill(&rule, &[1234, 200], &none, "en", 2), "2 % earns 12.34");
        assert_eq!(fill(&rule, &[1234, 200], &none, "zh", 2), "12.34（2%）");
        assert_eq!(fill(&rule, &[], &none, "fr", 2), "none earns none");
        let rule: Rule = serde_json::from_value(serde_json::json!({
            "code": "stuck",
            "places": [{"name": "of", "unit": "count"}, {"name": "days", "unit": "days", "decimals": 1}],
            "text": {"en": "{of} deal{of|s} {of|is|are} stuck for {days} day{days|s}", "zh": "{of} 单停留 {days} 天"}
        }))
        .unwrap();
        let said = |values: &[i64]| fill(&rule, values, &none, "en", 2);
        assert_eq!(said(&[1, 20]), "1 deal is stuck for 2.0 days");
        assert_eq!(said(&[0, 10]), "0 deals are stuck for 1.0 days");
        assert_eq!(said(&[NO_VALUE, -10]), "none deals are stuck for -1.0 days");
        assert_eq!(fill(&rule, &[1, 20], &none, "zh", 2), "1 单停留 2.0 天");
    }
}
