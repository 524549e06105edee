//! What a deal or a customer earns, and what is taken back of it.

use super::At::{Adds, Inside, Output, Outside, Percent, Total};
use super::fraction::{Fraction, percent, whole};
use super::{At, Example, Given};

/// The sum of a person's deals up to a row, from the row on that its interval begins with.
fn running(given: &Given, row: usize, counts: impl Fn(usize) -> bool) -> Fraction {
    let counted = (0..=row).filter(|deal| counts(*deal)).map(|deal| given.number("credit", deal));
    counted.fold(whole(0), |sum, credit| sum + credit)
}

/// The month of a customer who began on a day, in a month of a year: the month of the start is 1.
fn month_of(given: &Given, row: usize, [year, month]: [i128; 2]) -> i128 {
    let [from_year, from_month, _] = given.day("start_date", row);
    12 * (year - from_year) + month - from_month + 1
}

/// A window of 36 months at 10 % of the monthly revenue.
fn window(given: &Given, now: [i128; 2]) -> Vec<(At, Fraction)> {
    let month = |row| month_of(given, row, now);
    let residual = |row| if month(row) <= 36 { given.number("mrr", row) * percent(10) } else { whole(0) };
    [
        given.each("month", |row| whole(month(row))),
        given.each("inside", |row| whole((month(row) <= 36).into())),
        given.each("residual", |row| residual(row).cents()),
    ]
    .concat()
}

pub const EXAMPLES: &[Example] = &[
    Example {
        id: "split-gross-codingace",
        policy: "product-commission",
        case: "split-gross-codingace",
        figures: &[
            ("/gross/0", Output(0, "commission")),
            ("/gross/1", Output(1, "commission")),
            ("/gross/2", Output(2, "commission")),
        ],
        changes: &[&[("revenue", 1, "60000.25")], &[("line", 2, "enterprise")]],
        rule: |given| {
            given.each("commission", |deal| {
                let rate = match given.text("line", deal) {
                    "enterprise" => 8,
                    "mid" => 6,
                    _ => 5,
                };
                (given.number("revenue", deal) * percent(rate)).cents()
            })
        },
    },
    Example {
        id: "margin-commission-sparrowgenie",
        policy: "product-commission",
        case: "margin-commission-sparrowgenie",
        figures: &[("/margin", Output(0, "base")), ("/commission", Output(0, "commission"))],
        changes: &[&[("cost", 0, "74999.97")], &[("revenue", 0, "75000")]],
        rule: |given| {
            let margin = given.number("revenue", 0) - given.number("cost", 0);
            vec![(Output(0, "base"), margin), (Output(0, "commission"), (margin * percent(20)).cents())]
        },
    },
    Example {
        id: "margin-commission-sparrowgenie",
        policy: "product-commission",
        case: "margin-commission-sparrowgenie-revenue",
        figures: &[("/revenue_commission", Output(0, "commission"))],
        changes: &[&[("revenue", 0, "100000.30")]],
        rule: |given| given.each("commission", |deal| (given.number("revenue", deal) * percent(5)).cents()),
    },
    Example {
        id: "subtract-base-adempiere",
        policy: "product-commission",
        case: "subtract-base-adempiere",
        figures: &[("/after_subtraction", Output(0, "commission"))],
        changes: &[&[("revenue", 0, "10000.30")], &[("revenue", 0, "1000")]],
        rule: |given| {
            let left = given.number("revenue", 0) - whole(1_000);
            vec![(Output(0, "base"), left), (Output(0, "commission"), (left * percent(5)).cents())]
        },
    },
    Example {
        id: "subtract-base-adempiere",
        policy: "product-commission",
        case: "subtract-base-adempiere-plain",
        figures: &[("/plain", Output(0, "commission"))],
        changes: &[&[("revenue", 0, "10000.10")]],
        rule: |given| given.each("commission", |deal| (given.number("revenue", deal) * percent(5)).cents()),
    },
    Example {
        id: "subtract-base-adempiere",
        policy: "product-commission",
        case: "subtract-base-adempiere-quantity",
        figures: &[("/qty_base", Output(0, "base"))],
        changes: &[&[("quantity", 0, "200.5")]],
        rule: |given| {
            let base = (given.number("quantity", 0) - whole(30)) * percent(110);
            vec![(Output(0, "base"), base), (Output(0, "commission"), (base * whole(2)).cents())]
        },
    },
    Example {
        id: "spiff-plus-commission-prowi",
        policy: "spiff",
        case: "spiff-plus-commission-prowi",
        figures: &[("/total", Output(0, "reward")), ("/per_unit_commission", Adds(1, "share", 0))],
        changes: &[&[("close_date", 0, "2025-02-01")], &[("units", 1, "2.5")], &[("amount", 1, "20000.07")]],
        rule: |given| {
            given.each("reward", |deal| {
                let during = given.day("close_date", deal) <= [2025, 1, 31];
                let share = (given.number("amount", deal) * percent(8)).cents();
                let reward = share + given.number("units", deal) * whole(1_000);
                if during { reward } else { whole(0) }
            })
        },
    },
    Example {
        id: "spif-revenue-bentega",
        policy: "spiff",
        case: "spif-revenue-bentega",
        figures: &[("/payout", Output(0, "reward"))],
        changes: &[&[("amount", 0, "50000.25")], &[("amount", 0, "0.24")]],
        rule: |given| vec![(Total, (given.number("amount", 0) * percent(2)).cents())],
    },
    Example {
        id: "spif-units-itagroup",
        policy: "spiff",
        case: "spif-units-itagroup",
        figures: &[("/payout", Output(0, "reward"))],
        changes: &[&[("units", 0, "100.5")], &[("units", 0, "0")]],
        rule: |given| vec![(Total, given.number("units", 0) * whole(2))],
    },
    Example {
        id: "attainment-grouped-oracle",
        policy: "running-commission",
        case: "attainment-grouped-oracle",
        figures: &[
            ("/I1_running/0", Output(0, "running")),
            ("/I1_running/1", Output(1, "running")),
            ("/I1_running/2", Output(2, "running")),
            ("/I2_running/0", Output(3, "running")),
            ("/I2_running/1", Output(4, "running")),
            ("/I1_pct", Percent(2, "attainment")),
            ("/I2_pct", Percent(4, "attainment")),
        ],
        changes: &[&[("credit", 0, "1000.50")], &[("interval", 2, "I2")]],
        rule: |given| {
            let interval = |deal| given.text("interval", deal);
            let sum = |row| running(given, row, |deal| interval(deal) == interval(row));
            let attained = |row| (sum(row) / whole(3_000)).rounded(6);
            [given.each("running", sum), given.each("attainment", attained)].concat()
        },
    },
    Example {
        id: "attainment-batch-xactly",
        policy: "running-commission",
        case: "attainment-batch-xactly",
        figures: &[
            ("/measure_after_order1", Output(0, "running")),
            ("/measure_after_order2", Output(2, "running")),
        ],
        changes: &[&[("credit", 0, "75.25")], &[("counts", 1, "true")]],
        rule: |given| {
            let before = given.number("credit_before", 0);
            let counts = |deal| given.text("counts", deal) == "true";
            given.each("running", |row| before + running(given, row, counts))
        },
    },
    Example {
        id: "pay-on-payment-siebel",
        policy: "pay-on-payment",
        case: "pay-on-payment-siebel",
        figures: &[
            ("/eligible", Output(0, "eligible")),
            ("/paid_now", Output(0, "paid_now")),
            ("/paid_later", Output(1, "paid_now")),
        ],
        changes: &[&[("received_to_date", 0, "333333.33")], &[("received_before", 1, "333333.37")]],
        rule: |given| {
            let eligible = |deal| (given.number("amount", deal) * percent(10)).cents();
            let earned = |deal, received| {
                (eligible(deal) * given.number(received, deal) / given.number("amount", deal)).cents()
            };
            let now = |deal| earned(deal, "received_to_date") - earned(deal, "received_before");
            [given.each("eligible", eligible), given.each("paid_now", now)].concat()
        },
    },
    Example {
        id: "clawback-prorata-6m-prowi",
        policy: "return-clawback",
        case: "clawback-prorata-6m-prowi",
        figures: &[
            ("/repay/0", Output(0, "owed")),
            ("/repay/1", Output(1, "owed")),
            ("/repay/2", Output(2, "owed")),
            ("/repay/3", Output(3, "owed")),
            ("/repay/4", Output(4, "owed")),
            ("/repay/5", Output(5, "owed")),
            ("/repay/6", Output(6, "owed")),
            ("/retained/0", Output(0, "retained")),
            ("/retained/1", Output(1, "retained")),
            ("/retained/2", Output(2, "retained")),
            ("/retained/3", Output(3, "retained")),
            ("/retained/4", Output(4, "retained")),
            ("/retained/5", Output(5, "retained")),
            ("/retained/6", Output(6, "retained")),
            ("/pct/0", Percent(0, "taken_share")),
            ("/pct/1", Percent(1, "taken_share")),
            ("/pct/2", Percent(2, "taken_share")),
            ("/pct/3", Percent(3, "taken_share")),
            ("/pct/4", Percent(4, "taken_share")),
            ("/pct/5", Percent(5, "taken_share")),
            ("/pct/6", Percent(6, "taken_share")),
        ],
        changes: &[&[("lost_date", 1, "2025-03-15")], &[("earned", 4, "1000.01")]],
        rule: |given| {
            let owed = |row| {
                let ([y, m, d], [year, month, day]) =
                    (given.day("start_date", row), given.day("lost_date", row));
                let gone = 12 * (year - y) + month - m + i128::from(day >= d);
                given.number("earned", row) * whole((7 - gone).max(0)) / whole(6)
            };
            let left = |row| given.number("earned", row) - owed(row).cents();
            [given.each("owed", |row| owed(row).cents()), given.each("retained", left)].concat()
        },
    },
    Example {
        id: "clawback-early-exit-core8",
        policy: "return-clawback",
        case: "clawback-early-exit-core8",
        figures: &[("/adjustment", Output(0, "adjustment"))],
        changes: &[&[("earned", 0, "10000.01")], &[("lost_date", 0, "2025-04-01")]],
        rule: |given| {
            let left = given.day("lost_date", 0) <= [2025, 3, 31];
            let taken = (given.number("earned", 0) * percent(50)).cents();
            vec![(Output(0, "adjustment"), if left { -taken } else { whole(0) })]
        },
    },
    Example {
        id: "residual-sparrowgenie",
        policy: "residual",
        case: "residual-sparrowgenie",
        figures: &[("/initial", Output(0, "initial")), ("/monthly", Output(0, "residual"))],
        changes: &[&[("start_date", 2, "2022-01-31")], &[("mrr", 1, "5000.25")]],
        rule: |given| {
            let month = |row| month_of(given, row, [2025, 1]);
            let part = |row, whether: bool, input, rate| {
                let pay = (given.number(input, row) * percent(rate)).cents();
                if whether { pay } else { whole(0) }
            };
            let initial = given.each("initial", |row| part(row, month(row) == 1, "contract", 10));
            [initial, given.each("residual", |row| part(row, month(row) <= 36, "mrr", 2))].concat()
        },
    },
    Example {
        id: "residual-sparrowgenie",
        policy: "residual",
        case: "residual-sparrowgenie-three-years",
        figures: &[("/three_year", Total)],
        changes: &[&[("mrr", 0, "5000.04")]],
        rule: |given| {
            let year = |row| {
                let initial = given.number("contract", row) * percent(10);
                let residual = (whole(12) * given.number("mrr", row) * percent(2)).cents();
                if given.day("start_date", row)[0] == 2025 { initial + residual } else { residual }
            };
            vec![(Total, year(0) + year(1) + year(2))]
        },
    },
    Example {
        id: "window-36-months-vba",
        policy: "residual",
        case: "window-36-months-vba",
        figures: &[("/last_month", Inside(0))],
        changes: &[&[("start_date", 0, "2008-12-31")], &[("start_date", 1, "2009-01-31")]],
        rule: |given| window(given, [2011, 12]),
    },
    Example {
        id: "window-36-months-vba",
        policy: "residual",
        case: "window-36-months-vba-month-37",
        figures: &[("/month_37", Outside(0))],
        changes: &[&[("start_date", 0, "2009-02-28")]],
        rule: |given| window(given, [2012, 1]),
    },
];
