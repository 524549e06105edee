//! Rates that rise with an amount or with attainment.

use super::At::{Adds, Output, Percent, Says, Total};
use super::fraction::{Fraction, percent, whole};
use super::{At, Example, Given};

/// What of an amount lies in each tier, and what that earns. A tier is where it begins and its rate.
fn slices(amount: Fraction, tiers: &[(Fraction, Fraction)]) -> Vec<Fraction> {
    let ends = tiers.iter().skip(1).map(|(from, _)| *from).chain([amount.max(whole(0))]);
    let within = tiers.iter().zip(ends).map(|((from, rate), end)| (amount.min(end) - *from, *rate));
    within.map(|(slice, rate)| slice.max(whole(0)) * rate).collect()
}

fn sliced(amount: Fraction, tiers: &[(Fraction, Fraction)]) -> Fraction {
    slices(amount, tiers).into_iter().fold(whole(0), |sum, slice| sum + slice)
}

/// The rate of the last tier that an amount reaches; nothing below the first.
fn reached(amount: Fraction, tiers: &[(Fraction, Fraction)]) -> Fraction {
    tiers.iter().rev().find(|(from, _)| amount >= *from).map_or(whole(0), |(_, rate)| *rate)
}

/// Thresholds and rates in per cent.
fn tiers<const N: usize>(tiers: [(i128, i128); N]) -> [(Fraction, Fraction); N] {
    tiers.map(|(from, rate)| (whole(from), percent(rate)))
}

/// Each row's commission, slice by slice.
fn each_sliced(given: &Given, tiers: &[(Fraction, Fraction)]) -> Vec<(At, Fraction)> {
    given.each("commission", |row| sliced(given.number("credit", row), tiers).cents())
}

/// Each row's rate, and commission at it, of the whole amount.
fn each_whole(given: &Given, tiers: &[(Fraction, Fraction)]) -> Vec<(At, Fraction)> {
    let credit = |row| given.number("credit", row);
    let rates = given.each("rate", |row| reached(credit(row), tiers));
    [rates, given.each("commission", |row| (credit(row) * reached(credit(row), tiers)).cents())].concat()
}

pub const EXAMPLES: &[Example] = &[
    Example {
        id: "tier-marginal-sparrowgenie",
        policy: "tiered-commission",
        case: "tier-marginal-sparrowgenie",
        figures: &[
            ("/slices/0", Adds(0, "amount-slice", 0)),
            ("/slices/1", Adds(0, "amount-slice", 1)),
            ("/slices/2", Adds(0, "amount-slice", 2)),
            ("/total", Output(0, "commission")),
        ],
        changes: &[&[("credit", 0, "300000.30")], &[("credit", 0, "500000.50")]],
        rule: |given| each_sliced(given, &tiers([(0, 3), (300_000, 5), (500_000, 7)])),
    },
    Example {
        id: "tier-step-oracle-individual",
        policy: "tiered-commission",
        case: "tier-step-oracle-individual",
        figures: &[
            ("/commission/0", Output(0, "commission")),
            ("/commission/1", Output(1, "commission")),
            ("/commission/2", Output(2, "commission")),
            ("/commission/3", Output(3, "commission")),
            ("/commission/4", Output(4, "commission")),
            ("/commission/5", Output(5, "commission")),
            ("/total", Total),
        ],
        changes: &[&[("credit", 5, "8000.10")], &[("credit", 0, "1000.50")]],
        rule: |given| each_sliced(given, &tiers([(0, 1), (1_000, 2), (3_000, 3), (8_000, 5)])),
    },
    Example {
        id: "tier-graduated-mathtutor",
        policy: "tiered-commission",
        case: "tier-graduated-mathtutor",
        figures: &[
            ("/slices/0", Adds(0, "amount-slice", 0)),
            ("/slices/1", Adds(0, "amount-slice", 1)),
            ("/slices/2", Adds(0, "amount-slice", 2)),
            ("/total", Total),
        ],
        changes: &[&[("credit", 0, "8000.05")], &[("credit", 0, "2999.99")]],
        rule: |given| each_sliced(given, &tiers([(0, 6), (3_000, 8), (8_000, 10)])),
    },
    Example {
        id: "tier-graduated-rolf",
        policy: "tiered-commission",
        case: "tier-graduated-rolf",
        figures: &[("/tier1", Adds(0, "amount-slice", 0)), ("/tier2", Adds(0, "amount-slice", 1))],
        changes: &[&[("credit", 0, "25000")], &[("credit", 0, "95000.10")]],
        rule: |given| each_sliced(given, &tiers([(0, 1), (25_000, 3), (95_000, 5)])),
    },
    Example {
        id: "tier-mytime-4-cycles",
        policy: "tiered-commission",
        case: "tier-mytime-4-cycles",
        figures: &[
            ("/cycle_pay/0", Output(0, "commission")),
            ("/cycle_pay/1", Output(1, "commission")),
            ("/cycle_pay/2", Output(2, "commission")),
            ("/cycle_pay/3", Output(3, "commission")),
            ("/total", Total),
        ],
        changes: &[&[("credit", 2, "499.99")], &[("credit", 3, "3000.01")]],
        rule: |given| {
            let tiers = [("0", 25), ("499.99", 30), ("2999.98", 40)];
            each_sliced(given, &tiers.map(|(from, rate)| (Fraction::parse(from), percent(rate))))
        },
    },
    Example {
        id: "tier-retro-spiff-220k",
        policy: "tiered-commission",
        case: "tier-retro-spiff-220k",
        figures: &[("/commission", Total)],
        changes: &[&[("credit", 0, "200000")], &[("credit", 0, "199999.99")]],
        rule: |given| each_whole(given, &tiers([(0, 5), (200_000, 8)])),
    },
    Example {
        id: "tier-nosplit-vs-step-oracle",
        policy: "tiered-commission",
        case: "tier-nosplit-vs-step-oracle",
        figures: &[
            ("/flat_rate_pct/0", Percent(0, "rate")),
            ("/flat_rate_pct/1", Percent(1, "rate")),
            ("/flat_rate_pct/2", Percent(2, "rate")),
        ],
        changes: &[&[("credit", 1, "9999.99")], &[("credit", 2, "100000")]],
        rule: |given| each_whole(given, &tiers([(0, 1), (10_000, 2), (50_000, 3), (100_000, 4)])),
    },
    Example {
        id: "tier-nosplit-vs-step-oracle",
        policy: "tiered-commission",
        case: "tier-nosplit-vs-step-oracle-split",
        figures: &[
            ("/slices_15000/0", Says(1, "amount-slice", 0)),
            ("/slices_15000/1", Says(1, "amount-slice", 1)),
            ("/slices_60000/0", Says(2, "amount-slice", 0)),
            ("/slices_60000/1", Says(2, "amount-slice", 1)),
            ("/slices_60000/2", Says(2, "amount-slice", 2)),
        ],
        changes: &[&[("credit", 0, "10000.25")], &[("credit", 2, "150000")]],
        rule: |given| each_sliced(given, &tiers([(0, 1), (10_000, 2), (50_000, 3), (100_000, 4)])),
    },
    Example {
        id: "retro-tier-rate-nimble",
        policy: "tiered-commission",
        case: "retro-tier-rate-nimble",
        figures: &[("/rate_pct", Percent(0, "rate")), ("/units_at_that_rate", Says(0, "whole", 0))],
        changes: &[&[("credit", 0, "20")], &[("credit", 0, "7")]],
        rule: |given| {
            let units = given.number("credit", 0);
            let rate = reached(units, &tiers([(1, 10), (11, 15), (21, 20)]));
            vec![(Output(0, "rate"), rate), (Output(0, "commission"), (units * rate).rounded(0))]
        },
    },
    Example {
        id: "tier-boundary-equal-oracle",
        policy: "tiered-commission",
        case: "tier-boundary-equal-oracle",
        figures: &[("/rate_pct", Percent(0, "rate"))],
        changes: &[&[("credit", 0, "49999.99")], &[("credit", 0, "75000")]],
        rule: |given| each_whole(given, &tiers([(0, 1), (25_000, 2), (50_000, 3), (75_000, 4)])),
    },
    Example {
        id: "tier-boundary-tier-rate-xactly",
        policy: "tiered-commission",
        case: "tier-boundary-tier-rate-xactly",
        figures: &[("/attainment_pct", Percent(0, "attainment"))],
        changes: &[&[("credit_to_date", 0, "750000")], &[("credit_to_date", 0, "1500001")]],
        rule: |given| {
            let attainment = given.number("credit_to_date", 0) / given.number("target", 0);
            let percents = [(0, 5), (50, 6), (100, 8), (125, 10)];
            let rate = reached(attainment, &percents.map(|(from, rate)| (percent(from), percent(rate))));
            vec![
                (Output(0, "attainment"), attainment.rounded(6)),
                (Output(0, "commission"), (given.number("credit", 0) * rate).cents()),
            ]
        },
    },
    Example {
        id: "accelerator-multiplier-bonuspaycalc",
        policy: "tiered-commission",
        case: "accelerator-multiplier-bonuspaycalc",
        figures: &[("/commission", Total)],
        changes: &[&[("credit_to_date", 0, "1020000")], &[("credit", 0, "50000.10")]],
        rule: |given| {
            // 6 %, and 1.25 times that for what lies past the year's target.
            let (deal, year) = (given.number("credit", 0), given.number("credit_to_date", 0));
            let past = (year - given.number("target", 0)).max(whole(0)).min(deal);
            let accelerated = past * percent(6) * percent(125);
            vec![(Total, ((deal - past) * percent(6) + accelerated).cents())]
        },
    },
    Example {
        id: "accelerator-hyperbots",
        policy: "tiered-commission",
        case: "accelerator-hyperbots",
        figures: &[
            ("/base_commission", Adds(0, "slice", 0)),
            ("/accelerated", Adds(0, "slice", 1)),
            ("/total", Total),
        ],
        changes: &[&[("credit", 0, "200000")], &[("target", 0, "250000.50")]],
        rule: |given| {
            let quota = given.number("target", 0);
            let tiers = [(whole(0), percent(5)), (quota, percent(8))];
            vec![(Total, sliced(given.number("credit", 0), &tiers).cents())]
        },
    },
    Example {
        id: "accelerator-units-excelguru",
        policy: "tiered-commission",
        case: "accelerator-units-excelguru",
        figures: &[
            ("/tier1_slice", Says(0, "slice", 0)),
            ("/tier2_slice", Says(0, "slice", 1)),
            ("/tier1", Adds(0, "slice", 0)),
            ("/tier2", Adds(0, "slice", 1)),
        ],
        changes: &[&[("credit", 0, "10001")], &[("credit", 0, "15001")]],
        rule: |given| {
            let quota = given.number("target", 0);
            let tiers = [(quota, percent(125)), (quota * percent(125), percent(150))];
            // Units, so to whole ones.
            vec![(Output(0, "commission"), sliced(given.number("credit", 0), &tiers).rounded(0))]
        },
    },
    Example {
        id: "tier-split-trace-prop-oracle24b",
        policy: "tiered-commission",
        case: "tier-split-trace-prop-oracle24b",
        figures: &[("/blended_pct", Percent(0, "rate"))],
        changes: &[&[("credit", 0, "1000")], &[("credit", 0, "3333.33")], &[("credit", 0, "5000.01")]],
        rule: |given| {
            // Of each tier's rate the share of the tier that is covered.
            let covered = |from, to| {
                let within = given.number("credit", 0).min(whole(to)) - whole(from);
                within.max(whole(0)) / whole(to - from)
            };
            let rate = covered(0, 1_000) * percent(1) + covered(1_000, 5_000) * percent(2);
            let pay = given.number("credit", 0) * rate;
            vec![(Output(0, "rate"), rate.rounded(6)), (Output(0, "commission"), pay.cents())]
        },
    },
    Example {
        id: "bonus-on-commission-1001",
        policy: "tiered-commission",
        case: "bonus-on-commission-1001",
        figures: &[("/commission", Output(0, "commission"))],
        changes: &[&[("credit", 0, "1001.10")]],
        rule: |given| vec![(Total, (given.number("credit", 0) * percent(5)).cents())],
    },
    Example {
        id: "bonus-on-commission-1001",
        policy: "spiff",
        case: "bonus-on-commission-1001",
        figures: &[("/bonus", Output(0, "reward"))],
        changes: &[&[("measure", 0, "1000")], &[("other_pay", 0, "50.10")]],
        rule: |given| {
            given.each("reward", |row| {
                let passed = given.number("measure", row) > whole(1_000);
                let bonus = (given.number("other_pay", row) * percent(15)).cents();
                if passed { bonus } else { whole(0) }
            })
        },
    },
];
