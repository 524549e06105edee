//! What is paid in parts, period by period or deal by deal, adds up to the whole.

use crate::figures::{Cell, Row, Sheet};
use crate::library::Policy;
use crate::setting::Setting;
use attain_tests::random::Random;

/// A whole and its parts.
pub struct Parts {
    /// The policy.
    pub policy: &'static str,
    /// What adds up to what.
    pub doc: &'static str,
    /// Where it is so.
    pub holds: fn(&Setting<'_>) -> bool,
    /// Takes a row apart and adds up: the sum, and what it should be. None where nothing is to be added up.
    add_up: fn(&Setting<'_>, &Row, &mut Random) -> Option<(i128, i128)>,
    /// By how many units it may be missed.
    pub units: u64,
}

/// All of them.
pub const PARTS: &[Parts] = &[
    Parts {
        policy: "installments",
        doc: "what an amount pays, over all periods, is its `total`",
        holds: |_| true,
        add_up: installments,
        units: 0,
    },
    Parts {
        policy: "pay-on-payment",
        doc: "what all payments pay is `earned_to_date` after the last, however they are cut; once all is paid, that \
              is `eligible`",
        holds: |_| true,
        add_up: payments,
        units: 0,
    },
    Parts {
        policy: "running-commission",
        doc: "with `paid_at = \"split\"` and `rounded = \"running-sum\"`, what deals earn is what one deal of all \
              their credit earns",
        holds: |setting| setting.is("/paid_at", "split") && setting.is("/rounded", "running-sum"),
        add_up: deals,
        units: 0,
    },
    Parts {
        policy: "holdback",
        doc: "what is held is released, or forfeited: over all periods as much is paid as was earned",
        holds: |setting| !setting.is("/on_leaving", "forfeited"),
        add_up: reserve,
        units: 0,
    },
    Parts {
        policy: "proration",
        doc: "the shares of two assignments, one after the other, add up to that of one; each is rounded, so to a unit. \
              Not with months that count in part",
        holds: |setting| {
            let days = !setting.is("/by", "months") || setting.is("/part_month", "by-days");
            days && setting.is("/start_day", "counted") && setting.is("/end_day", "counted")
        },
        add_up: assignments,
        units: 1,
    },
];

/// A policy's.
pub fn parts(policy: &Policy) -> impl Iterator<Item = &'static Parts> {
    PARTS.iter().filter(|parts| parts.policy == policy.name)
}

/// Every row taken apart.
pub fn check(setting: &Setting<'_>, sheet: &Sheet, random: &mut Random) -> Result<(), String> {
    for parts in parts(setting.policy).filter(|parts| (parts.holds)(setting)) {
        for (i, row) in sheet.rows.iter().enumerate() {
            let Some((sum, whole)) = (parts.add_up)(setting, row, random) else { continue };
            crate::trial::tried(parts.doc);
            if (sum - whole).unsigned_abs() > parts.units.into() {
                return Err(format!("row {i}: the parts add up to {sum}, the whole is {whole}"));
            }
        }
    }
    Ok(())
}

/// A row with other cells.
fn with(setting: &Setting<'_>, row: &Row, cells: &[(&str, Cell)]) -> Row {
    let mut row = row.clone();
    for (name, cell) in cells {
        if let Some(input) = setting.input(name) {
            row.cells[input] = cell.clone();
        }
    }
    row
}

/// What rows give in an output; none where they are refused.
fn given(setting: &Setting<'_>, rows: Vec<Row>, output: &str) -> Option<Vec<i128>> {
    let sheet = Sheet { rows, unbound: Default::default() }.arranged(&setting.binding);
    let column = setting.output(output)?;
    let given = setting.evaluate(&sheet).ok()?;
    Some(given.columns[column].iter().copied().map(i128::from).collect())
}

fn number(setting: &Setting<'_>, row: &Row, name: &str) -> Option<i64> {
    row.cells[setting.input(name)?].number()
}

/// One amount alone, in each of its periods.
fn installments(setting: &Setting<'_>, row: &Row, _: &mut Random) -> Option<(i128, i128)> {
    let earned = row.cells[setting.input("earned")?].clone();
    let n_earlier = setting.binding.inputs.len() - 1;
    let period = |ago: usize| {
        let mut row = row.clone();
        row.cells.fill(Cell::Number(0));
        row.cells[ago] = earned.clone();
        row
    };
    let pay = given(setting, (0..=n_earlier).map(period).collect(), "pay")?;
    let total = given(setting, vec![period(0)], "total")?;
    Some((pay.iter().sum(), total[0]))
}

/// The cash of a deal in some payments, the last of which pays the rest.
fn payments(setting: &Setting<'_>, row: &Row, random: &mut Random) -> Option<(i128, i128)> {
    let amount = number(setting, row, "amount").filter(|amount| *amount != 0)?;
    let mut received = vec![0];
    for _ in 0..random.below(5) {
        let part = random.below(amount.unsigned_abs().saturating_add(2)) as i64;
        received.push(part.checked_mul(amount.signum())?);
    }
    received.push(amount);
    let payment = |pair: &[i64]| {
        let before = if pair[0] == 0 { Cell::Missing } else { Cell::Number(pair[0]) };
        with(setting, row, &[("received_before", before), ("received_to_date", Cell::Number(pair[1]))])
    };
    let payments: Vec<Row> = received.windows(2).map(payment).collect();
    let last = payments.last()?.clone();
    let paid = given(setting, payments, "paid_now")?;
    let eligible = given(setting, vec![last], "eligible")?;
    Some((paid.iter().sum(), eligible[0]))
}

/// A deal in some parts that close one day after the other.
fn deals(setting: &Setting<'_>, row: &Row, random: &mut Random) -> Option<(i128, i128)> {
    let credit = number(setting, row, "credit")?;
    let (mut left, mut parts) = (credit, Vec::new());
    for _ in 0..random.below(5) {
        let part = random.below(credit.unsigned_abs() / 3 + 1) as i64 * credit.signum();
        left = left.checked_sub(part)?;
        parts.push(part);
    }
    parts.push(left);
    let counts = ("counts", Cell::Missing);
    let deal = |(day, credit): (i64, &i64)| {
        let cells =
            [("credit", Cell::Number(*credit)), ("close_date", Cell::Number(20_000 + day)), counts.clone()];
        with(setting, row, &cells)
    };
    let deals = (0..).zip(&parts).map(deal).collect();
    let whole = with(setting, row, std::slice::from_ref(&counts));
    let commissions = given(setting, deals, "commission")?;
    Some((commissions.iter().sum(), given(setting, vec![whole], "commission")?[0]))
}

/// Four periods of earnings, and then periods of none until everything that was held is due.
fn reserve(setting: &Setting<'_>, row: &Row, random: &mut Random) -> Option<(i128, i128)> {
    let mut earned = vec![number(setting, row, "earned")?];
    earned.extend((0..3).map(|_| random.below(1_000_000) as i64 - 100_000));
    earned.extend([0; 6]);
    let (mut held, mut reserve, mut paid) = (Vec::new(), Cell::Missing, 0);
    for (period, earned) in earned.iter().enumerate() {
        let due = if period < 6 { Cell::Missing } else { Cell::Number(*held.get(period - 6)?) };
        let cells = [
            ("earned", Cell::Number(*earned)),
            ("due", due),
            ("reserve_before", reserve),
            ("has_left", Cell::Missing),
        ];
        let row = with(setting, row, &cells);
        let one = |output| Some(given(setting, vec![row.clone()], output)?[0]);
        paid += one("paid_now")? + one("released")?;
        held.push(one("held")?.try_into().ok()?);
        reserve = Cell::Number(one("reserve")?.try_into().ok()?);
    }
    Some((paid, earned.iter().copied().map(i128::from).sum()))
}

/// An assignment cut in two.
fn assignments(setting: &Setting<'_>, row: &Row, random: &mut Random) -> Option<(i128, i128)> {
    setting.input("to")?;
    let context = &setting.context;
    let cut = i64::from(context.year_first_day) + random.below(366) as i64;
    let after = number(setting, row, "to").is_none_or(|to| cut < to);
    if !after || number(setting, row, "from").is_some_and(|from| from > cut) {
        return None;
    }
    let first = with(setting, row, &[("to", Cell::Number(cut))]);
    let second = with(setting, row, &[("from", Cell::Number(cut + 1))]);
    let shares = given(setting, vec![first, second], "share")?;
    let whole = given(setting, vec![row.clone()], "share")?;
    if shares.iter().chain(&whole).any(|share| *share == attain_sdk::NO_VALUE.into()) {
        return None;
    }
    Some((shares.iter().sum(), whole[0]))
}
