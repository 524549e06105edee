//! Goal: what is carried from period to period is right over two years: draws, clawbacks, streaks and warnings, with
//! people who leave, people who come back, and a month that was never run; and any one month is computed again alone.
//! Method: the demo company's months through the commands. What each person should have is kept by this test in a
//! table of its own, from the figures in the files and plain arithmetic in cents.

use attain_demo::{CURRENCY, DemoCompany, SEED, write_csv, write_targets_csv};
use attain_model::period::PeriodKind;
use attain_tests::{Attain, csv_rows};
use std::collections::BTreeMap;

/// The month that nobody runs, counted from the first.
const SKIPPED: usize = 9;

/// Months in which every seventh person is away.
const AWAY: std::ops::Range<usize> = 12..15;

const DRAW: i64 = 800_000;
const GRANT: i64 = 100;

const PLAN: &str = r#"
plan   = "carries"
period = "month"
starts = "2024-10"

[[step]]
name    = "commission"
policy  = "tiered-commission@1"
inputs  = { credit = "revenue" }
outputs = { commission = "info" }
params  = { thresholds = "amount", tiers = [{ from = "0", rate = "0.04" }] }

[[step]]
name    = "returns"
policy  = "tiered-commission@1"
inputs  = { credit = "renewals" }
outputs = { commission = "info" }
params  = { thresholds = "amount", tiers = [{ from = "0", rate = "0.02" }] }

[[step]]
name   = "draw"
policy = "draw@1"
inputs = { earned = "commission.commission", balance = "carry(balance)" }
params = { draw = "8000", recovery = "above-draw" }

[[step]]
name   = "clawback"
policy = "clawback@1"
inputs = { earned = "draw.pay", owed = "returns.commission", owed_before = "carry(still_owed)" }
params = { share = "0.01" }

[[step]]
name   = "equity"
policy = "equity-grant@1"
inputs = { result = "revenue", target = "target.revenue", streak = "carry(streak)" }
params = { in_a_row = 2, grant = "100" }

[[step]]
name   = "warning"
policy = "early-warning@1"
inputs = { visits_1 = "prior(visits, 1)", visits_2 = "prior(visits, 2)", visits_3 = "prior(visits, 3)" }
[step.params.metrics.visits]
unit = "count"
run  = { yellow = 2 }
"#;

/// What this test knows of a person.
#[derive(Clone, Debug, Default, PartialEq)]
struct Person {
    drawn: i64,
    owed: i64,
    streak: i64,
    visits: BTreeMap<usize, i64>,
}

fn cents(text: &str) -> i64 {
    text.replace('.', "").parse().unwrap_or_else(|_| panic!("`{text}` is not an amount"))
}

/// A share of an amount in cents, half up.
fn share(amount: i64, of_ten_thousand: i64) -> i64 {
    (amount * of_ten_thousand + 5_000).div_euclid(10_000)
}

fn lines_without(file: &str, away: impl Fn(usize, &str) -> bool) -> String {
    let kept = file.lines().enumerate().filter(|(i, line)| *i == 0 || !away(*i, line));
    kept.map(|(_, line)| format!("{line}\n")).collect()
}

#[test]
fn two_years_of_balances_are_right_and_each_month_is_computed_again_alone() {
    let policies = ["tiered-commission", "draw", "clawback", "equity-grant", "early-warning"];
    let attain = Attain::with_policies(&policies);
    attain.ok(["company", "add", "demo", "--currency", CURRENCY]);
    for policy in policies {
        let component = attain_tests::component(policy);
        attain.ok(["policy", "publish", component.to_str().unwrap(), "--company", "demo"]);
    }
    let company = DemoCompany::new(SEED, 40);
    let months: Vec<String> =
        DemoCompany::periods(PeriodKind::Month).iter().take(24).map(ToString::to_string).collect();
    let mut known: BTreeMap<String, Person> = BTreeMap::new();
    let (mut granted, mut warned, mut returned) = (0, 0, 0);
    for (n, month) in months.iter().enumerate() {
        let period = attain_model::Period::parse(month).unwrap();
        let (mut people, mut targets) = (Vec::new(), Vec::new());
        write_csv(company.people(period, 1_000).unwrap(), &mut people).unwrap();
        write_targets_csv(company.targets(period, 1_000).unwrap(), &mut targets).unwrap();
        let away = |line: &str| {
            let id: u32 = line.split(',').next().and_then(|id| id.get(1..)?.parse().ok()).unwrap_or(1);
            AWAY.contains(&n) && id.is_multiple_of(7)
        };
        let people = lines_without(std::str::from_utf8(&people).unwrap(), |_, line| away(line));
        let targets = lines_without(std::str::from_utf8(&targets).unwrap(), |_, line| away(line));
        attain.write("people.csv", &people);
        attain.write("targets.csv", &targets);
        let here = ["--period", month.as_str(), "--company", "demo"];
        attain.ok(["snapshot", "import", "people.csv"].iter().chain(&here));
        attain.ok(["target", "import", "targets.csv"].iter().chain(&here));
        if n == 0 {
            attain.write("plan.toml", PLAN);
            attain.ok(["plan", "publish", "plan.toml", "--company", "demo"]);
        }
        if n == SKIPPED {
            continue;
        }
        let out = attain.ok(["run", "carries", "--format", "csv"].iter().chain(&here));
        attain.ok(["approve", &format!("carries/{month}"), "--company", "demo"]);
        let quotas: BTreeMap<String, i64> = csv_rows(&targets)
            .iter()
            .filter(|row| row["metric"] == "revenue")
            .map(|row| (row["participant"].clone(), cents(&row["target"])))
            .collect();
        let figures: BTreeMap<String, BTreeMap<String, String>> =
            csv_rows(&people).into_iter().map(|row| (row["participant"].clone(), row)).collect();
        for row in csv_rows(&out) {
            let id = row["participant"].clone();
            let of = |name: &str| {
                let name = figures[&id].keys().find(|key| key.split(':').next() == Some(name)).unwrap();
                figures[&id][name].clone()
            };
            let person = known.entry(id.clone()).or_default();
            let at = |name: &str| row[name].as_str();
            let what = format!("{id} in {month}");

            let earned = share(cents(&of("revenue")), 400);
            assert_eq!(cents(at("commission.commission")), earned, "{what}");
            let (pay, drawn) = match earned < DRAW {
                true => (DRAW, person.drawn + DRAW - earned),
                false => {
                    let repaid = person.drawn.min(earned - DRAW);
                    (earned - repaid, person.drawn - repaid)
                }
            };
            assert_eq!((cents(at("draw.pay")), cents(at("draw.balance"))), (pay, drawn), "{what}");
            let due = person.owed + share(cents(&of("renewals")), 200);
            let recovered = due.min(share(pay, 100));
            assert_eq!(
                (cents(at("clawback.recovery")), cents(at("clawback.still_owed"))),
                (-recovered, due - recovered),
                "{what}"
            );
            let met = quotas.get(&id).is_some_and(|quota| cents(&of("revenue")) >= *quota);
            let reached = if met { person.streak + 1 } else { 0 };
            let grants = reached >= 2;
            assert_eq!(at("equity.reached").parse::<i64>().unwrap(), reached, "{what}");
            assert_eq!(
                at("equity.granted").parse::<i64>().unwrap(),
                if grants { GRANT } else { 0 },
                "{what}"
            );
            assert_eq!(cents(at("payout")), pay - recovered, "{what}");

            granted += i64::from(grants);
            warned += i64::from(at("warning.level") == "2");
            returned +=
                i64::from(AWAY.end == n && person.drawn != 0 && !person.visits.contains_key(&(n - 1)));
            *person = Person {
                drawn,
                owed: due - recovered,
                streak: if grants { 0 } else { reached },
                visits: std::mem::take(&mut person.visits),
            };
            person.visits.insert(n, of("visits").parse().unwrap());
        }
    }
    assert!(
        granted > 0 && warned > 0 && returned > 0,
        "{granted} grants, {warned} warnings, {returned} returns"
    );
    // Any one month, in any order, from what was pinned.
    for n in [23, 3, 15, 0, 10, 12] {
        attain.ok(["replay", &format!("carries/{}", months[n]), "--company", "demo"]);
    }
}
