//! What people share, and what a person's score is made of.

use super::At::{Adds, Output, Percent, Total};
use super::Example;
use super::fraction::{Fraction, percent, shared, whole};

pub const EXAMPLES: &[Example] = &[
    Example {
        id: "team-role-split-sparrowgenie",
        policy: "team-pool",
        case: "team-role-split-sparrowgenie",
        figures: &[
            ("/pool", Output(0, "pool")),
            ("/AE", Output(0, "share")),
            ("/SC", Output(1, "share")),
            ("/SM", Output(2, "share")),
        ],
        changes: &[&[("amount", 0, "400000.55")], &[("role", 0, "SC")]],
        rule: |given| {
            let pool = (given.number("amount", 0) * percent(8)).cents();
            let weights = [0, 1, 2].map(|row| match given.text("role", row) {
                "AE" => percent(60),
                "SC" => percent(25),
                _ => percent(15),
            });
            let shares = shared(pool, &weights);
            [given.each("pool", |_| pool), given.each("share", |row| shares[row])].concat()
        },
    },
    Example {
        id: "pool-reserve-brainmass",
        policy: "team-pool",
        case: "pool-reserve-brainmass",
        figures: &[
            ("/attainment_pct", Percent(0, "team_attainment")),
            ("/gross_pool", Output(0, "pool")),
            ("/reserve", Output(0, "undistributed")),
            ("/net_pool", Total),
        ],
        changes: &[&[("amount", 0, "3999999.99")], &[("amount", 0, "4000000.30")]],
        rule: |given| {
            let (actual, plan) = (given.number("amount", 0), given.number("target", 0));
            let rate = if actual / plan >= percent(80) { percent(10) } else { whole(0) };
            let pool = (actual * rate).cents();
            let reserve = (pool * percent(25)).cents();
            vec![(Output(0, "pool"), pool), (Output(0, "undistributed"), reserve), (Total, pool - reserve)]
        },
    },
    // Metrics are explained by name: customer_calls, then margin, then on_time.
    Example {
        id: "goal-matrix-peoplesoft",
        policy: "scorecard",
        case: "goal-matrix-peoplesoft",
        figures: &[("/scores/0", Adds(0, "metric", 2)), ("/scores/1", Adds(0, "metric", 1))],
        changes: &[&[("on_time", 0, "0.8999")], &[("margin", 0, "0.20")]],
        rule: |given| {
            // The level that is reached, in hundredths; below all of them none.
            let level = |goal: &str, levels: &[(&str, i128)]| {
                let attained = given.number(goal, 0);
                let reached = levels.iter().rev().find(|(from, _)| attained >= Fraction::parse(from));
                reached.map_or(whole(0), |(_, level)| percent(*level))
            };
            let on_time = level("on_time", &[("0.85", 80), ("0.90", 100), ("0.95", 110)]);
            let margin = level("margin", &[("0.10", 90), ("0.15", 100), ("0.18", 110), ("0.20", 120)]);
            vec![
                (Adds(0, "metric", 2), (whole(40) * on_time).rounded(0)),
                (Adds(0, "metric", 1), (whole(35) * margin).rounded(0)),
            ]
        },
    },
    Example {
        id: "mbo-points-sparrowgenie",
        policy: "scorecard",
        case: "mbo-points-sparrowgenie",
        figures: &[
            ("/points/0", Adds(0, "metric", 0)),
            ("/points/1", Adds(0, "metric", 1)),
            ("/points/2", Adds(0, "metric", 2)),
            ("/points/3", Adds(0, "metric", 3)),
        ],
        changes: &[&[("b_accounts", 0, "1.333")], &[("e_other", 0, "0.9999")]],
        rule: |given| {
            let objectives = [
                ("a_revenue", 40),
                ("b_accounts", 20),
                ("c_launch", 15),
                ("d_training", 15),
                ("e_other", 10),
            ];
            let points = objectives.map(|(name, weight)| whole(weight) * given.number(name, 0));
            let score = points.into_iter().fold(whole(0), |sum, points| sum + points);
            vec![(Adds(0, "metric", 1), points[1].rounded(2)), (Output(0, "score"), score.rounded(2))]
        },
    },
    Example {
        id: "offer-ramp-topup-medsales",
        policy: "new-hire-ramp",
        case: "offer-ramp-topup-medsales",
        figures: &[("/credited_sales", Output(0, "credited")), ("/ote_with_ramp", Output(0, "total"))],
        changes: &[&[("reported", 0, "1200000.05")], &[("earned", 0, "153600.10")]],
        rule: |given| {
            let credited = (given.number("reported", 0) * percent(90)).cents();
            vec![
                (Output(0, "credited"), credited),
                (Output(0, "total"), given.number("earned", 0) + whole(3_600)),
            ]
        },
    },
    Example {
        id: "credit-two-reps-xactly",
        policy: "credit-split",
        case: "credit-two-reps-xactly",
        figures: &[("/credit_each", Output(0, "credit")), ("/credit_each", Output(1, "credit"))],
        changes: &[
            &[("amount", 0, "1000.01"), ("amount", 1, "1000.01")],
            &[("amount", 0, "-300"), ("amount", 1, "-300")],
        ],
        rule: |given| {
            let credits = shared(given.number("amount", 0), &[whole(1); 2]);
            given.each("credit", |row| credits[row])
        },
    },
    Example {
        id: "split-vs-overlay-falcon",
        policy: "credit-split",
        case: "split-vs-overlay-falcon",
        figures: &[("/split_credits/0", Output(0, "credit")), ("/split_credits/1", Output(1, "credit"))],
        changes: &[
            &[("amount", 0, "200000.01"), ("amount", 1, "200000.01")],
            &[("share", 0, "0.255555"), ("share", 1, "0.744445")],
        ],
        rule: |given| {
            let shares = [0, 1].map(|row| given.number("share", row));
            let credits = shared(given.number("amount", 0), &shares);
            given.each("credit", |row| credits[row])
        },
    },
    Example {
        id: "split-vs-overlay-falcon",
        policy: "credit-split",
        case: "split-vs-overlay-falcon-overlay",
        figures: &[("/overlay_total_credit", Output(0, "deal_credit"))],
        changes: &[&[("amount", 0, "200000.01"), ("amount", 1, "200000.01")], &[("share", 1, "0.75")]],
        rule: |given| {
            let credit = |row| (given.number("amount", row) * given.number("share", row)).cents();
            let sum = (Output(0, "deal_credit"), credit(0) + credit(1));
            [given.each("credit", credit), vec![sum]].concat()
        },
    },
    Example {
        id: "split-sdr-ae-prowi",
        policy: "credit-split",
        case: "split-sdr-ae-prowi",
        figures: &[
            ("/ae", Output(0, "commission")),
            ("/sdr", Output(1, "commission")),
            ("/total", Output(0, "deal_commission")),
        ],
        changes: &[&[("units", 1, "3")], &[("amount", 0, "100000.50"), ("amount", 1, "100000.50")]],
        rule: |given| {
            let credit = |row| given.number("amount", row) * given.number("share", row);
            let ae = (credit(0) * percent(10)).cents();
            let sdr = (credit(1) * percent(2)).cents() + given.number("units", 1) * whole(50);
            let all = (Output(0, "deal_commission"), ae + sdr);
            vec![(Output(0, "commission"), ae), (Output(1, "commission"), sdr), all]
        },
    },
    Example {
        id: "split-dollars-clearcomp",
        policy: "credit-split",
        case: "split-dollars-clearcomp",
        figures: &[
            ("/each", Output(0, "commission")),
            ("/each", Output(1, "commission")),
            ("/commission", Output(0, "deal_commission")),
        ],
        changes: &[
            &[("amount", 0, "20000.15"), ("amount", 1, "20000.15")],
            &[("share", 0, "0.7"), ("share", 1, "0.3")],
        ],
        rule: |given| {
            let commission = (given.number("amount", 0) * percent(8)).cents();
            let pays = shared(commission, &[0, 1].map(|row| given.number("share", row)));
            let all = (Output(0, "deal_commission"), commission);
            [given.each("commission", |row| pays[row]), vec![all]].concat()
        },
    },
];
