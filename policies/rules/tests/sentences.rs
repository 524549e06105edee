//! What a plan's own words become: sentences that the host shows with the numbers of a step.

use attain_sdk::Context;
use attain_sdk::native::bind;

const PARAMETERS: &str = r#"{
    "inputs": {"revenue": "money", "target": "money", "region": "text"},
    "let": {"attainment": "revenue / target", "extra": "tiers(revenue, 0: 1.5, 10: 2.25)", "area": "if(region = 'East', 'E', '{W}')"},
    "outputs": [{"name": "bonus", "unit": "money"}, {"name": "grade", "unit": "label", "labels": ["A", {"en": "B", "zh": "乙"}]}],
    "table": [
        {"when": "attainment > 1", "then": {"bonus": "extra * revenue", "grade": "'A'"}},
        {"then": {"bonus": 5}, "because": {"zh": "{region_days}：{bonus}"}},
        {"then": {"bonus": 5}, "because": {"zh": "保底 {bonus}，完成率 {attainment}，{area}"}},
        {"then": {"bonus": 5}, "because": {"en": "{bonus} unit{bonus|s} {attainment|is|are} paid", "zh": "{bonus}"}}
    ],
    "otherwise": {"then": {"grade": "'乙'"}}}"#;

#[track_caller]
fn has(binding: &str, part: &str) {
    assert!(binding.contains(part), "{part}\n{binding}");
}

#[test]
fn a_row_without_a_sentence_is_told_in_the_tables_words() {
    let context = Context {
        period_kind: "month".to_owned(),
        first_day: 20_089,
        last_day: 20_119,
        year_first_day: 20_089,
        year_last_day: 20_453,
        money_decimals: 2,
    };
    let refused = bind::<rules::Policy>(PARAMETERS, &context).unwrap_err();
    let told: Vec<_> =
        refused.iter().map(|failure| (failure.at.as_deref(), failure.message.as_str())).collect();
    let message = "a sentence can't show `region_days`; there is `revenue`, `target`, `area`, `attainment`, `extra`, `bonus`";
    assert_eq!(told, [(Some("table[1].because"), message)]);

    let binding = bind::<rules::Policy>(&PARAMETERS.replace("{region_days}", "第二行"), &context).unwrap();
    // A quotient has no end of decimals; what is written down has as many as it needs.
    has(
        &binding,
        r#"{"code":"let-attainment","places":[{"name":"attainment","unit":"ratio","decimals":6}],"#,
    );
    has(&binding, r#"{"code":"let-extra","places":[{"name":"extra","unit":"count","decimals":2}],"#);
    // Braces would be a place.
    has(&binding, r#""text":{"en":"area = if(region = 'East', 'E', '(W)'): {area}","#);
    has(&binding, r#""labels":[{"en":"E"},{"en":"{W}"}]"#);
    has(&binding, r#""en":"row 1 (attainment > 1): bonus = extra * revenue = {bonus}, grade {grade}","#);
    has(&binding, r#""zh":"第 1 行（attainment > 1）：bonus = extra * revenue = {bonus}，grade {grade}""#);
    // Another language stands in for English.
    let words = "保底 {bonus}，完成率 {attainment}，{area}";
    has(&binding, &format!(r#""text":{{"zh":"{words}","en":"{words}"}}"#));
    has(
        &binding,
        r#""places":[{"name":"bonus","unit":"money"},{"name":"attainment","unit":"ratio","decimals":6}],"text":{"en":"{bonus} unit{bonus|s} {attainment|is|are} paid","#,
    );
    has(&binding, r#""en":"no row of the table is met: grade {grade}","#);
    has(&binding, r#""code":"rounding-bonus""#);
    assert!(!binding.contains("rounding-grade"), "{binding}");
}
