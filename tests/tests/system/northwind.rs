//! Goal: a trader's raw orders give the figures that two other programs computed apart from us: revenue rounded in
//! three places, the roll-up over who reports to whom on all levels, and a commission; driven only by the commands.

use attain_model::number;
use attain_tests::{Attain, csv_rows, repository, shared};
use std::collections::BTreeMap;
use std::fs;

const QUARTERS: [&str; 8] =
    ["1996-Q3", "1996-Q4", "1997-Q1", "1997-Q2", "1997-Q3", "1997-Q4", "1998-Q1", "1998-Q2"];

#[test]
fn revenue_is_right_wherever_it_is_rounded_and_rolls_up_over_memberships() {
    let (Some(data), Some(cases)) = (shared("data/northwind"), shared("cases/northwind")) else { return };
    let attain = Attain::with_policies(&["rules"]);
    for file in ["Employees.csv", "Orders.csv", "OrderDetails.csv"] {
        attain.write(file, fs::read(data.join(file)).unwrap());
    }
    let ours = repository().join("tests/northwind");
    let recipe = attain.write("recipe.toml", fs::read(ours.join("recipe.toml")).unwrap());
    let mut got = BTreeMap::new();
    for (i, quarter) in QUARTERS.into_iter().enumerate() {
        attain.ok(["snapshot", "build", recipe.to_str().unwrap(), "--period", quarter]);
        if i == 0 {
            attain.ok(["plan", "publish", ours.join("plan.toml").to_str().unwrap()]);
        }
        for row in csv_rows(&attain.ok(["run", "northwind", "--period", quarter, "--format", "csv"])) {
            got.insert((quarter.to_owned(), row["participant"].clone()), row);
        }
    }
    let expected = csv_rows(&fs::read_to_string(cases.join("metrics.csv")).unwrap());
    assert_eq!(expected.len(), 72);
    let cents = |text: &str| number::parse(if text.is_empty() { "0" } else { text }, 2).unwrap();
    let mut differ = [0, 0];
    for row in &expected {
        let what = format!("{} in {}", row["name"], row["period"]);
        let got = &got[&(row["period"].clone(), row["participant"].clone())];
        for (theirs, ours) in [
            ("revenue", "once.revenue"),
            ("revenue_rounded_per_line", "line.revenue"),
            ("revenue_rounded_per_order", "order.revenue"),
            ("rollup_revenue", "rollup.revenue"),
            ("commission_3pct", "once.commission"),
        ] {
            assert_eq!(cents(&got[ours]), cents(&row[theirs]), "{what}: {theirs}");
        }
        differ[0] += usize::from(got["line.revenue"] != got["once.revenue"]);
        differ[1] += usize::from(got["order.revenue"] != got["once.revenue"]);
    }
    assert_eq!(differ, [12, 10], "the rows in which the place of rounding makes a cent's difference");
}
