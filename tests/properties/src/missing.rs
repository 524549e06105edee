//! What isn't there: missing values, columns that nothing is bound to, empty batches. And what a policy may say of
//! figures that it can't take.

use crate::figures::{Cell, Sheet};
use crate::library::{Policy, policies};
use crate::setting::Setting;
use attain_cases::{Failure, shown};

/// What a policy can't do without, and what it may say of figures that bind took.
pub struct Needs {
    /// The policy.
    pub policy: &'static str,
    /// Each row needs a value of these, wherever they are inputs.
    pub always: &'static [&'static str],
    /// Some rows need a value of these: what else is in the row, or the parameters, say which.
    pub sometimes: &'static [&'static str],
    /// The codes of its failures, besides `missing-value` and `overflow`, and what they are about.
    pub codes: &'static [(&'static str, &'static str)],
}

/// Every policy's.
pub const NEEDS: &[Needs] = &[
    Needs { policy: "ability-gap", always: &[], sometimes: &[], codes: &[] },
    Needs { policy: "awards", always: &[], sometimes: &[], codes: &[] },
    Needs {
        policy: "clawback",
        always: &["earned"],
        sometimes: &[],
        codes: &[("out-of-range", "`owed_before` below zero")],
    },
    Needs {
        policy: "credit-split",
        always: &["deal"],
        sometimes: &["amount", "share", "role", "rate"],
        codes: &[
            ("amounts-differ", "the rows of a deal name different amounts"),
            ("out-of-range", "a share, a rate or units below zero"),
            ("shares-do-not-add-up", "to one, in a split"),
            ("unknown-role", "one without a rate"),
        ],
    },
    Needs { policy: "customer-health", always: &[], sometimes: &[], codes: &[] },
    Needs { policy: "customer-tier", always: &[], sometimes: &[], codes: &[] },
    Needs {
        policy: "deductions",
        always: &["amount"],
        sometimes: &[],
        codes: &[("out-of-range", "somebody's own deduction below zero, or a share above 1")],
    },
    Needs { policy: "deviation", always: &[], sometimes: &[], codes: &[] },
    Needs { policy: "diagnosis", always: &[], sometimes: &[], codes: &[] },
    Needs {
        policy: "draw",
        always: &["earned"],
        sometimes: &[],
        codes: &[("out-of-range", "`balance` or `draw` below zero")],
    },
    Needs { policy: "early-warning", always: &[], sometimes: &[], codes: &[] },
    Needs { policy: "equity-grant", always: &[], sometimes: &[], codes: &[] },
    Needs { policy: "forced-ranking", always: &[], sometimes: &[], codes: &[] },
    Needs { policy: "forecast-gap", always: &[], sometimes: &[], codes: &[] },
    Needs { policy: "funnel", always: &[], sometimes: &[], codes: &[] },
    Needs {
        policy: "holdback",
        always: &["earned"],
        sometimes: &[],
        codes: &[("out-of-range", "`due` or `reserve_before` below zero")],
    },
    Needs { policy: "installments", always: &["earned"], sometimes: &[], codes: &[] },
    Needs {
        policy: "joint-bonus",
        always: &["team"],
        sometimes: &["bonus", "function"],
        codes: &[
            ("values-differ", "the rows of a team name different values"),
            ("out-of-range", "`bonus` below zero"),
            ("unknown-function", "one without a weight"),
        ],
    },
    Needs { policy: "new-hire-ramp", always: &[], sometimes: &["earned"], codes: &[] },
    Needs { policy: "opportunity-health", always: &[], sometimes: &[], codes: &[] },
    Needs { policy: "override", always: &[], sometimes: &["own_pay"], codes: &[] },
    Needs {
        policy: "pay-on-payment",
        always: &["amount", "received_to_date", "commission"],
        sometimes: &[],
        codes: &[],
    },
    Needs {
        policy: "peer-review",
        always: &[],
        sometimes: &["relation"],
        codes: &[("unknown-relation", "one that the plan doesn't name")],
    },
    Needs {
        policy: "process-guarantee",
        always: &["bonus"],
        sometimes: &[],
        codes: &[("out-of-range", "`bonus` below zero, or `share_of_period` outside 0 to 1")],
    },
    Needs {
        policy: "product-commission",
        always: &["revenue", "cost", "quantity"],
        sometimes: &["line"],
        codes: &[("unknown-line", "one without a rate")],
    },
    Needs { policy: "proration", always: &[], sometimes: &[], codes: &[] },
    Needs {
        policy: "relative-index",
        always: &[],
        sometimes: &[],
        codes: &[("baselines-differ", "the rows of a region name different ones, `per-head`")],
    },
    Needs { policy: "reminders", always: &[], sometimes: &[], codes: &[] },
    Needs { policy: "residual", always: &[], sometimes: &["contract", "mrr"], codes: &[] },
    Needs {
        policy: "retention-bonus",
        always: &["target_bonus"],
        sometimes: &[],
        codes: &[("out-of-range", "`target_bonus` below zero")],
    },
    Needs {
        policy: "return-clawback",
        always: &["earned"],
        sometimes: &["start_date", "amount"],
        codes: &[("no-amount", "an amount of zero or less that something came back of")],
    },
    Needs {
        policy: "rules",
        always: &[],
        sometimes: &[],
        codes: &[
            ("out-of-range", "a level that comes out above 3, or a text that is no label"),
            ("two-rows", "two rows are met, `hit = \"only\"`"),
            ("undecided", "a row that a missing value leaves undecided, `undecided = \"refused\"`"),
        ],
    },
    Needs {
        policy: "running-commission",
        always: &["close_date", "credit"],
        sometimes: &["interval"],
        codes: &[("targets-differ", "in the deals of one interval"), ("befores-differ", "likewise")],
    },
    Needs { policy: "scorecard", always: &[], sometimes: &[], codes: &[] },
    Needs { policy: "shallow-coverage", always: &[], sometimes: &[], codes: &[] },
    Needs { policy: "spiff", always: &[], sometimes: &["units", "amount", "other_pay"], codes: &[] },
    Needs { policy: "target-bonus", always: &["target_amount"], sometimes: &[], codes: &[] },
    Needs { policy: "target-offset", always: &["credit"], sometimes: &[], codes: &[] },
    Needs {
        policy: "team-pool",
        always: &["team"],
        sometimes: &["pool", "role"],
        codes: &[
            ("pools-differ", "the rows of a team name different pools"),
            ("unknown-role", "one without a weight"),
        ],
    },
    Needs { policy: "tiered-commission", always: &["credit"], sometimes: &[], codes: &[] },
];

/// A policy's.
pub fn needs(policy: &Policy) -> &'static Needs {
    NEEDS.iter().find(|needs| needs.policy == policy.name).expect("every policy is in the table")
}

/// A failure is one of those in the table, at a row.
pub fn documented(setting: &Setting<'_>, sheet: &Sheet, failure: &Failure) -> Result<(), String> {
    let needs = needs(setting.policy);
    let known = match failure.code.as_str() {
        "overflow" => true,
        "missing-value" => return missed(setting, sheet, failure),
        code => needs.codes.iter().any(|(known, _)| *known == code),
    };
    if !known {
        return Err(format!("it is refused with what isn't in the table: {}", shown(failure)));
    }
    match failure.row {
        Some(row) if (row as usize) < sheet.rows.len() => Ok(()),
        _ => Err(format!("the failure names no row of {}: {}", sheet.rows.len(), shown(failure))),
    }
}

/// The failure names an input of the table that has no value in its row.
fn missed(setting: &Setting<'_>, sheet: &Sheet, failure: &Failure) -> Result<(), String> {
    let needs = needs(setting.policy);
    let row = failure.row.and_then(|row| sheet.rows.get(row as usize));
    let is_missing = |name: &&str| {
        let cell = setting.input(name).zip(row).map(|(input, row)| &row.cells[input]);
        cell == Some(&Cell::Missing) && failure.message.contains(&format!("`{name}`"))
    };
    match needs.always.iter().chain(needs.sometimes).any(is_missing) {
        true => Ok(()),
        false => Err(format!("nothing that the table names is missing there: {}", shown(failure))),
    }
}

/// Figures of every mood end in a result or in a failure of the table.
pub fn check_failures(setting: &Setting<'_>, sheet: &Sheet) -> Result<(), String> {
    crate::trial::tried(setting.policy.name);
    setting.evaluate(sheet).map_or_else(|failure| documented(setting, sheet, &failure), |_| Ok(()))
}

/// One value less.
pub fn check_missing(setting: &Setting<'_>, sheet: &Sheet) -> Result<(), String> {
    let needs = needs(setting.policy);
    if setting.evaluate(sheet).is_err() {
        return Ok(());
    }
    crate::trial::tried(setting.policy.name);
    for row in 0..sheet.rows.len() {
        for (index, input) in setting.binding.inputs.iter().enumerate() {
            if sheet.rows[row].cells[index] == Cell::Missing {
                continue;
            }
            let id = sheet.rows[row].id;
            let mut less = sheet.clone();
            less.rows[row].cells[index] = Cell::Missing;
            let less = less.arranged(&setting.binding);
            let place = less.rows.iter().position(|row| row.id == id).expect("it is still there");
            let name = input.name.as_str();
            let always = needs.always.contains(&name);
            let failure = match setting.evaluate(&less) {
                Ok(_) if always => return Err(format!("row {row} needs no `{name}`")),
                Ok(_) => continue,
                Err(failure) => failure,
            };
            documented(setting, &less, &failure)?;
            // Without a name to belong to, the row leaves its group, and others may miss it.
            if setting.binding.keys().is_some_and(|keys| keys.contains(&name)) {
                continue;
            }
            let group = less.groups(&setting.binding).into_iter().find(|group| group.contains(&place));
            let at = failure.row.map_or(usize::MAX, |row| row as usize);
            let exact = always && failure.code == "missing-value";
            if (exact && at != place) || !group.expect("a group").contains(&at) {
                return Err(format!("without `{name}` at place {place}: {}", shown(&failure)));
            }
            if always && (failure.code != "missing-value" || !failure.message.contains(&format!("`{name}`")))
            {
                return Err(format!("without `{name}` in row {row}: {}", shown(&failure)));
            }
        }
    }
    Ok(())
}

/// A column that nothing is bound to is one without values; no rows give none; what isn't a batch is refused.
pub fn check_empty(setting: &Setting<'_>, sheet: &Sheet) -> Result<(), String> {
    crate::trial::tried(setting.policy.name);
    let none = setting
        .evaluate(&sheet.part(0..0))
        .map_err(|failure| format!("without rows: {}", shown(&failure)))?;
    if none.columns.iter().any(|column| !column.is_empty()) {
        return Err("without rows there are values".to_owned());
    }
    let told = setting.explain(&sheet.part(0..0), &[]);
    if told != Ok(Vec::new()) {
        return Err("without rows there are explanations".to_owned());
    }
    for (index, input) in setting.binding.inputs.iter().enumerate().filter(|(_, input)| !input.required) {
        let mut bound = sheet.clone();
        bound.rows.iter_mut().for_each(|row| row.cells[index] = Cell::Missing);
        bound.unbound.remove(&index);
        let bound = bound.arranged(&setting.binding);
        let mut unbound = bound.clone();
        unbound.unbound.insert(index);
        if setting.evaluate(&bound) != setting.evaluate(&unbound) {
            return Err(format!("`{}` without values isn't the same as unbound", input.name));
        }
    }
    let batch = sheet.batch(&setting.binding);
    let rows = batch.rows;
    let mut wrong = vec![];
    if batch.numbers.iter().any(|column| !column.is_empty()) {
        let mut longer = batch.clone();
        longer.numbers.iter_mut().for_each(|column| column.push(0));
        wrong.push(("a column is too long", longer));
    }
    let mut more = batch.clone();
    more.numbers.push(vec![0; rows as usize]);
    wrong.push(("there is a column too many", more));
    if !batch.group_ends.is_empty() {
        let mut ends = batch.clone();
        ends.group_ends.push(rows);
        wrong.push(("a group is empty", ends));
        let mut ends = batch.clone();
        ends.group_ends.pop();
        wrong.push(("the last group has no end", ends));
    }
    for (what, batch) in wrong {
        match setting.evaluate_batch(&batch) {
            Err(failure) if failure.code == "batch" => {}
            other => return Err(format!("{what}: {other:?}")),
        }
    }
    match setting.explain(sheet, &[rows]) {
        Err(failure) if ["batch", "missing-value"].contains(&failure.code.as_str()) => Ok(()),
        other => Err(format!("a row was asked for that isn't there: {other:?}")),
    }
}

/// What no value stands for, as the policies' pages say: the policy, the input, and the value.
pub const STANDS_FOR: &[(&str, &str, i64)] = &[
    ("awards", "eligible", 1),
    ("clawback", "owed", 0),
    ("clawback", "owed_before", 0),
    ("clawback", "owed_lately", 0),
    ("credit-split", "units", 0),
    ("draw", "balance", 0),
    ("draw", "draw", 0),
    ("equity-grant", "streak", 0),
    ("forced-ranking", "eligible", 1),
    ("holdback", "due", 0),
    ("holdback", "reserve_before", 0),
    ("holdback", "has_left", 0),
    ("installments", "earned_1", 0),
    ("installments", "earned_2", 0),
    ("joint-bonus", "eligible", 1),
    ("joint-bonus", "weight", 0),
    ("override", "own_amount", 0),
    ("override", "own_target", 0),
    ("pay-on-payment", "received_before", 0),
    ("process-guarantee", "share_of_period", 1_000_000),
    ("product-commission", "past_target", 0),
    ("product-commission", "first_contract", 0),
    ("relative-index", "eligible", 1),
    ("residual", "retained", 1),
    ("return-clawback", "returned", 0),
    ("return-clawback", "bad_debt", 0),
    ("return-clawback", "days_overdue", 0),
    ("return-clawback", "taken_before", 0),
    ("running-commission", "counts", 1),
    ("running-commission", "credit_before", 0),
    ("spiff", "eligible", 1),
    ("spiff", "first_order", 0),
    ("target-bonus", "paid_to_date", 0),
    ("target-offset", "target", 0),
    ("team-pool", "eligible", 1),
    ("team-pool", "amount", 0),
    ("team-pool", "target", 0),
    ("team-pool", "contribution", 0),
    ("team-pool", "weight", 0),
    ("tiered-commission", "rate_multiplier", 10_000),
    ("tiered-commission", "factor", 10_000),
    ("tiered-commission", "target", 0),
];

/// A value as a page shows it, by what the input counts.
pub fn told(policy: &str, input: &str, value: i64) -> String {
    let policy = policies().iter().find(|known| known.name == policy).expect("a policy that is there");
    let column = (0..policy.cases.len()).find_map(|case| {
        let binding = Setting::of_case(policy, case).binding;
        binding.inputs.into_iter().find(|column| column.name == input)
    });
    let column = column.expect("an input of one of its cases");
    let told = attain_cases::write(value, column.meaning());
    if told.contains('.') { told.trim_end_matches('0').trim_end_matches('.').to_owned() } else { told }
}

/// What a policy's missing values stand for.
pub fn stands_for(policy: &Policy) -> impl Iterator<Item = &'static (&'static str, &'static str, i64)> {
    STANDS_FOR.iter().filter(|(name, ..)| *name == policy.name)
}

/// No value gives the same as what it stands for.
pub fn check_stands_for(setting: &Setting<'_>, sheet: &Sheet) -> Result<(), String> {
    for (policy, name, value) in stands_for(setting.policy) {
        let Some(input) = setting.input(name) else { continue };
        for row in 0..sheet.rows.len() {
            let mut missing = sheet.clone();
            missing.unbound.remove(&input);
            missing.rows[row].cells[input] = Cell::Missing;
            let mut there = missing.clone();
            there.rows[row].cells[input] = Cell::Number(*value);
            crate::trial::tried(&format!("{policy}: {name}"));
            let (missing, there) = (setting.evaluate(&missing), setting.evaluate(&there));
            if missing != there {
                return Err(format!("row {row}: without `{name}` {missing:?}, with {value} {there:?}"));
            }
        }
    }
    Ok(())
}
