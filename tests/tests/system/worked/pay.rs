//! What becomes of pay: draws, reserves, instalments, bonuses, deductions, parts of a year.

use super::At::{Adds, Output, Percent, Says, Thousands};
use super::fraction::{Fraction, percent, whole};
use super::{At, Example, Given};

/// Of each row what a draw pays and leaves: the shortfall, what is repaid, what is paid, and what is owed then.
fn drawn(given: &Given, rule: impl Fn(usize, Fraction, Fraction) -> [Fraction; 2]) -> Vec<(At, Fraction)> {
    let all = (0..given.rows()).flat_map(|row| {
        let (earned, owed) = (given.number("earned", row), given.number("balance", row));
        let [drawn, recovered] = rule(row, earned, owed);
        let outputs = [
            ("drawn", drawn),
            ("recovered", recovered),
            ("pay", earned + drawn - recovered),
            ("balance_change", drawn - recovered),
            ("balance", owed + drawn - recovered),
        ];
        outputs.map(|(name, figure)| (Output(row, name), figure))
    });
    all.collect()
}

/// What is missing to a draw is drawn, what is above it repays what is owed.
fn floored(draw: i128, earned: Fraction, owed: Fraction) -> [Fraction; 2] {
    let above = earned - whole(draw);
    [(-above).max(whole(0)), above.max(whole(0)).min(owed)]
}

/// Days from one of a common year to its end, both counted.
fn days_left([_, month, day]: [i128; 3]) -> i128 {
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    lengths.iter().skip(usize::try_from(month - 1).unwrap()).sum::<i128>() - day + 1
}

/// A share of an amount, to cents.
fn share(of: Fraction, per_cent: i128) -> Fraction {
    (of * percent(per_cent)).cents()
}

pub const EXAMPLES: &[Example] = &[
    Example {
        id: "draw-prowi-nonrecoverable",
        policy: "draw",
        case: "draw-prowi-nonrecoverable",
        figures: &[
            ("/payout/0", Output(0, "pay")),
            ("/payout/1", Output(1, "pay")),
            ("/absorbed_first_month", Output(0, "drawn")),
        ],
        changes: &[&[("earned", 0, "4999.99")], &[("earned", 1, "5000")]],
        rule: |given| {
            let pay = |row| given.number("earned", row).max(whole(5_000));
            let drawn = given.each("drawn", |row| pay(row) - given.number("earned", row));
            [given.each("pay", pay), drawn].concat()
        },
    },
    Example {
        id: "draw-recoverable-weekly-studypool",
        policy: "draw",
        case: "draw-recoverable-weekly-studypool",
        figures: &[
            ("/pay/0", Output(0, "pay")),
            ("/pay/1", Output(1, "pay")),
            ("/pay/2", Output(2, "pay")),
            ("/pay/3", Output(3, "pay")),
            ("/pay/4", Output(4, "pay")),
            ("/debt_change/0", Output(0, "balance_change")),
            ("/debt_change/1", Output(1, "balance_change")),
            ("/debt_change/2", Output(2, "balance_change")),
            ("/debt_change/3", Output(3, "balance_change")),
            ("/debt_change/4", Output(4, "balance_change")),
            ("/balance/0", Output(0, "balance")),
            ("/balance/1", Output(1, "balance")),
            ("/balance/2", Output(2, "balance")),
            ("/balance/3", Output(3, "balance")),
            ("/balance/4", Output(4, "balance")),
        ],
        changes: &[&[("earned", 2, "1000")], &[("balance", 4, "500.50")]],
        rule: |given| drawn(given, |_, earned, owed| floored(1_000, earned, owed)),
    },
    Example {
        id: "draw-qcommission-recoverable",
        policy: "draw",
        case: "draw-qcommission-recoverable",
        figures: &[("/total_paid/0", Output(0, "pay")), ("/total_paid/1", Output(1, "pay"))],
        changes: &[&[("earned", 1, "700")], &[("balance", 1, "250.50")]],
        rule: |given| {
            // Paid on top in the first period, and repaid from all that the next one earns.
            drawn(given, |row, earned, owed| match given.text("draw_period", row) {
                "1" => [whole(1_000), whole(0)],
                _ => [whole(0), earned.min(owed)],
            })
        },
    },
    Example {
        id: "draw-visdum-shortfall",
        policy: "draw",
        case: "draw-visdum-shortfall",
        figures: &[("/owed", Output(0, "balance"))],
        changes: &[&[("earned", 0, "3000")], &[("balance", 0, "400.25")]],
        rule: |given| drawn(given, |_, earned, owed| floored(3_000, earned, owed)),
    },
    Example {
        id: "draw-oracle-recovery-p1-3",
        policy: "draw",
        case: "draw-oracle-recovery-p1-3",
        figures: &[
            ("/draw_adjustment/0", Output(0, "drawn")),
            ("/draw_adjustment/1", Output(1, "drawn")),
            ("/draw_adjustment/2", Output(2, "drawn")),
            ("/recovery/0", Output(0, "recovered")),
            ("/recovery/1", Output(1, "recovered")),
            ("/recovery/2", Output(2, "recovered")),
            ("/paid/0", Output(0, "pay")),
            ("/paid/1", Output(1, "pay")),
            ("/paid/2", Output(2, "pay")),
            ("/ending_balance_due/0", Output(0, "balance")),
            ("/ending_balance_due/1", Output(1, "balance")),
            ("/ending_balance_due/2", Output(2, "balance")),
        ],
        changes: &[&[("earned", 1, "1200")], &[("earned", 3, "2600")]],
        rule: |given| {
            // A minimum up to period 6; what is above it repays from period 4 on.
            drawn(given, |row, earned, owed| {
                let period = given.number("draw_period", row);
                let [drawn, recovered] = floored(if period <= whole(6) { 1_000 } else { 0 }, earned, owed);
                [drawn, if period >= whole(4) { recovered } else { whole(0) }]
            })
        },
    },
    Example {
        id: "rolling-reserve-10pct",
        policy: "holdback",
        case: "rolling-reserve-10pct",
        figures: &[("/paid_now", Output(0, "paid_now")), ("/released_later", Output(1, "released"))],
        changes: &[
            &[("earned", 0, "10000.05")],
            &[("due", 1, "600.50")],
            &[("due", 1, "1500"), ("reserve_before", 1, "1200")],
        ],
        rule: |given| {
            let held = |row| share(given.number("earned", row), 10);
            let now = given.each("paid_now", |row| given.number("earned", row) - held(row));
            let released = |row| given.number("due", row).min(given.number("reserve_before", row));
            [now, given.each("released", released)].concat()
        },
    },
    Example {
        id: "installments-lookback-salescookie",
        policy: "installments",
        case: "installments-lookback-salescookie",
        figures: &[
            ("/total", Output(0, "total")),
            ("/each/0", Output(0, "pay")),
            ("/each/1", Output(1, "pay")),
            ("/each/2", Output(2, "pay")),
        ],
        changes: &[&[("earned", 0, "1000.40")], &[("earned_1", 1, "1000.40")]],
        rule: |given| {
            // Three equal parts in whole cents; the cents left over go one each to the first parts.
            let part = |input, row, nth: i128| {
                let cents = (share(given.number(input, row), 6) * whole(100)).rounded(0);
                let whole_parts = (0..).map(whole).take_while(|part| *part * whole(3) <= cents).last();
                let each = whole_parts.unwrap_or(whole(0));
                let left = cents - each * whole(3);
                (if whole(nth) <= left { each + whole(1) } else { each }) / whole(100)
            };
            given.each("pay", |row| {
                part("earned", row, 1) + part("earned_1", row, 2) + part("earned_2", row, 3)
            })
        },
    },
    Example {
        id: "over-achievement-mrexcel-115",
        policy: "target-bonus",
        case: "over-achievement-mrexcel-115",
        figures: &[("/overachievement", Adds(0, "beyond", 0)), ("/payout", Output(0, "bonus"))],
        changes: &[&[("attainment", 0, "1.105")], &[("paid_to_date", 0, "25000.55")]],
        rule: |given| {
            // All of the opportunity, and 2 % of it for each point above the target.
            let opportunity = given.number("target_amount", 0);
            let points = (given.number("attainment", 0) - whole(1)) * whole(100);
            let beyond = opportunity * points * percent(2);
            let bonus = (opportunity + beyond).cents() - given.number("paid_to_date", 0);
            vec![(Adds(0, "beyond", 0), beyond.cents()), (Output(0, "bonus"), bonus)]
        },
    },
    Example {
        id: "deductions-order-tokeet",
        policy: "deductions",
        case: "deductions-order-tokeet",
        figures: &[("/cumulative", Output(0, "net"))],
        changes: &[&[("amount", 0, "99.90")], &[("amount", 0, "33.33")]],
        rule: |given| {
            let mut left = given.number("amount", 0);
            for fee in [10, 5, 5] {
                left = left - share(left, fee);
            }
            vec![(Output(0, "net"), left)]
        },
    },
    Example {
        id: "deductions-order-tokeet",
        policy: "deductions",
        case: "deductions-order-tokeet-aggregate",
        figures: &[("/aggregate", Output(0, "net"))],
        changes: &[&[("amount", 0, "99.90")]],
        rule: |given| {
            let amount = given.number("amount", 0);
            vec![(Output(0, "net"), amount - share(amount, 10) - share(amount, 5) - share(amount, 5))]
        },
    },
    Example {
        id: "proration-days-masters",
        policy: "proration",
        case: "proration-days-masters",
        figures: &[
            ("/fraction_pct", Percent(0, "share")),
            ("/quota_k", Thousands(0, "prorated_target")),
            ("/variable_k", Thousands(0, "prorated_variable")),
        ],
        changes: &[&[("from", 0, "2019-12-31")], &[("target", 0, "799999.99")]],
        rule: |given| {
            let share = whole(days_left(given.day("from", 0))) / whole(365);
            vec![
                (Output(0, "share"), share.rounded(4)),
                (Output(0, "prorated_target"), (given.number("target", 0) * share).cents()),
                (Output(0, "prorated_variable"), (given.number("variable", 0) * share).cents()),
            ]
        },
    },
    Example {
        id: "quota-proration-weighted-quarters",
        policy: "proration",
        case: "quota-proration-weighted-quarters",
        figures: &[("/total", Output(0, "prorated_target")), ("/q1", Says(0, "part-of-target", 0))],
        changes: &[&[("from", 0, "2025-08-01")], &[("target", 0, "100001")]],
        rule: |given| {
            // Months there of each quarter's three, weighted, in whole yen.
            let first = given.day("from", 0)[1];
            let part = |quarter: i128, weight| {
                let months = (3 * quarter - first + 1).clamp(0, 3);
                given.number("target", 0) * percent(weight) * whole(months) / whole(3)
            };
            let total = part(1, 20) + part(2, 20) + part(3, 20) + part(4, 40);
            vec![(Output(0, "prorated_target"), total.rounded(0))]
        },
    },
];
