//! A company to measure with: people, twelve columns of numbers, and a plan that reads as many as it can.
//!
//! Invariant: a cell depends on its row and its column alone, so any process makes the same figures.

use attain_engine::Context;
use attain_model::{Column, Data, NO_VALUE, Table, TextColumn, Type, Unit};

/// What the rule is told: five tiers of attainment over the year so far, behind a gate that is a quotient, with
/// a floor and a cap. These parameters bind seven inputs; no others bind more.
pub const PARAMETERS: &str = r#"
counts = "to-date"
gate   = { at_least = "0.3", of = "quotient", otherwise = { rates-at-most = "0.04" } }
floor  = "100"
cap    = "50000"
tiers  = [
  { from = "0",    rate = "0.02" },
  { from = "0.5",  rate = "0.04" },
  { from = "0.8",  rate = "0.06" },
  { from = "1",    rate = "0.09" },
  { from = "1.25", rate = "0.12" },
]
"#;

/// The columns of numbers: name, unit, decimals. The first seven are inputs of the rule; the others stand in the
/// snapshot, as other columns do in a company's.
pub const COLUMNS: [(&str, Unit, u8); 12] = [
    ("credit", Unit::Money, 2),
    ("credit_to_date", Unit::Money, 2),
    ("target", Unit::Money, 2),
    ("rate_multiplier", Unit::Ratio, 4),
    ("factor", Unit::Ratio, 4),
    ("gate_numerator", Unit::Count, 0),
    ("gate_denominator", Unit::Count, 0),
    ("margin", Unit::Money, 2),
    ("calls", Unit::Count, 0),
    ("meetings", Unit::Count, 0),
    ("win_rate", Unit::Ratio, 4),
    ("avg_cycle_days", Unit::Days, 2),
];

/// The month that is paid.
pub const PERIOD: &str = "2026-06";

/// That month, as a policy is told of it.
pub fn context() -> Context {
    Context {
        period_kind: "month".to_owned(),
        first_day: 20_605,
        last_day: 20_634,
        year_first_day: 20_454,
        year_last_day: 20_818,
        money_decimals: 2,
    }
}

/// The parameters as a policy reads them.
pub fn parameters() -> Option<String> {
    let parameters: toml::Table = toml::from_str(PARAMETERS).ok()?;
    serde_json::to_string(&parameters).ok()
}

/// Plan number `round`: the same rule each time, under another name, so that each is a run of its own.
pub fn plan(round: usize) -> String {
    format!(
        "plan   = \"{}\"\nperiod = \"month\"\nstarts = \"{PERIOD}\"\n\n[[step]]\nname   = \"commission\"\n\
         policy = \"tiered-commission@1\"\n[step.params]{PARAMETERS}",
        plan_name(round)
    )
}

/// What that plan is called.
pub fn plan_name(round: usize) -> String {
    format!("bench-{round}")
}

/// The table `people` of so many.
pub fn people(rows: usize) -> Option<Table> {
    let ids = TextColumn {
        dictionary: (0..rows).map(|row| format!("P{row:08}")).collect(),
        codes: (0..u32::try_from(rows).ok()?).collect(),
    };
    let participant = Column { name: "participant".to_owned(), kind: Type::TEXT, data: Data::Texts(ids) };
    let mut columns = vec![participant];
    for (name, unit, decimals) in COLUMNS {
        let kind = Type::new(unit, decimals)?;
        columns.push(Column { name: name.to_owned(), kind, data: Data::Numbers(column(name, rows)) });
    }
    Some(Table { name: "people".to_owned(), rows, columns })
}

/// The first rows of a column.
pub fn column(name: &str, rows: usize) -> Vec<i64> {
    (0..rows as u64).map(|row| cell(name, row)).collect()
}

fn cell(name: &str, row: u64) -> i64 {
    let one_of = |salt: u64, n: u64| i64::try_from(scattered(row ^ (salt << 56)) % n.max(1)).unwrap_or(0);
    // A year's target of 240,000.00 to 1,440,000.00.
    let target = 24_000_000 + one_of(1, 150) * 800_000;
    // A month's credit of up to a sixth of it, and the months before: up to 1.3 times the target so far.
    let credit = target / 600 * one_of(2, 101) + one_of(3, 100);
    let before = target / 100 * one_of(4, 131) + one_of(5, 100);
    let won = one_of(6, 60);
    let rarely_none = |salt: u64, value: i64| if one_of(salt, 40) == 0 { NO_VALUE } else { value };
    match name {
        "credit" => credit,
        "credit_to_date" => before + credit,
        "target" => target,
        "rate_multiplier" => rarely_none(7, 10_000 + one_of(8, 6) * 500),
        "factor" => rarely_none(9, 7_000 + one_of(10, 5_001)),
        "gate_numerator" => won,
        "gate_denominator" => won + one_of(11, 41),
        "margin" => credit / 100 * one_of(12, 60),
        "calls" => one_of(13, 900),
        "meetings" => one_of(14, 60),
        "win_rate" => one_of(15, 10_001),
        _ => one_of(16, 20_000),
    }
}

/// Spreads a number over all bits: the finisher of the splitmix64 generator.
fn scattered(number: u64) -> u64 {
    let mut bits = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use attain_model::Plan;

    #[test]
    fn the_plan_and_its_parameters_are_read() {
        assert!(parameters().unwrap().contains(r#""counts":"to-date""#));
        assert_eq!(Plan::parse(&plan(3)).unwrap().plan, "bench-3");
    }

    #[test]
    fn the_people_have_twelve_numbers_and_rise_by_id() {
        let people = people(500).unwrap();
        let numbers = people.columns.iter().filter(|column| matches!(column.data, Data::Numbers(_)));
        assert_eq!(numbers.count(), 12);
        let Data::Texts(ids) = &people.columns[0].data else { panic!("no ids") };
        assert!(ids.dictionary.is_sorted());
        assert!(column("factor", 500).contains(&NO_VALUE));
    }
}
