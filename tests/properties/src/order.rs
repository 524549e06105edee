//! No row depends on the order of rows, on another group, or on how rows are cut into batches.

use crate::figures::{Given, Sheet};
use crate::setting::Setting;
use attain_cases::{Failure, shown};
use attain_tests::random::Random;
use std::collections::BTreeMap;

/// What the order of rows inside a group decides, as the policy's page says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ties {
    /// Nothing.
    Nothing,
    /// Who of those with the same fraction gets a unit that is left over: these outputs differ by one unit at most.
    LastUnit(&'static [&'static str]),
    /// Who of those that are tied comes first: these outputs go by order.
    Places(&'static [&'static str]),
    /// All of it: rows of one group that the asked order doesn't tell apart come one after the other.
    Sequence,
}

/// What the order inside a group decides in a policy, and why that is so. In all others it decides nothing.
pub struct Decided {
    /// The policy.
    pub policy: &'static str,
    /// What is decided.
    pub ties: Ties,
    /// Whether these parameters leave anything to it.
    pub holds: fn(&Setting<'_>) -> bool,
    /// Why.
    pub why: &'static str,
}

/// Every policy in which the order of rows inside a group decides something.
pub const DECIDED: &[Decided] = &[
    Decided {
        policy: "awards",
        ties: Ties::Places(&["*"]),
        holds: |setting| setting.parameters.to_string().contains("by-order"),
        why: "with `tied = \"by-order\"` the order of participants decides who of those tied wins",
    },
    Decided {
        policy: "credit-split",
        ties: Ties::LastUnit(&["credit", "commission"]),
        holds: |_| true,
        why: "cents left over go to the largest fractions, ties by participant",
    },
    Decided {
        policy: "forced-ranking",
        ties: Ties::Places(&["place", "band", "rewarded", "warning"]),
        holds: |_| true,
        why: "who is the same in everything stays in the order of participants, and a cut may fall among them",
    },
    Decided {
        policy: "joint-bonus",
        ties: Ties::LastUnit(&["share"]),
        holds: |_| true,
        why: "cents left over go to the largest fractions, ties by participant",
    },
    Decided {
        policy: "running-commission",
        ties: Ties::Sequence,
        holds: |_| true,
        why: "deals are paid one after the other by `close_date`; those of one day in the order of their rows",
    },
    Decided {
        policy: "team-pool",
        ties: Ties::LastUnit(&["share"]),
        holds: |_| true,
        why: "cents left over go to the largest fractions, ties by participant",
    },
];

/// What the order inside a group decides with these parameters.
fn ties(setting: &Setting<'_>) -> Ties {
    let of = |decided: &&Decided| decided.policy == setting.policy.name && (decided.holds)(setting);
    DECIDED.iter().find(of).map_or(Ties::Nothing, |decided| decided.ties)
}

/// Each group alone, groups in another order, other cuts, and rows in another order inside their group.
pub fn check(setting: &Setting<'_>, sheet: &Sheet, random: &mut Random) -> Result<(), String> {
    let whole = setting.evaluate(sheet);
    let groups = sheet.groups(&setting.binding);
    // Alone.
    let alone: Vec<Result<Given, Failure>> =
        groups.iter().map(|group| setting.evaluate(&sheet.part(group.clone()))).collect();
    let mut at = 0;
    for (index, (group, alone)) in groups.iter().zip(&alone).enumerate() {
        match (alone, &whole) {
            (Ok(alone), Ok(whole)) => {
                for row in group.clone() {
                    if alone.row(row - group.start) != whole.row(row) {
                        return Err(format!(
                            "row {row} gives {:?}, without the other groups {:?}",
                            whole.row(row),
                            alone.row(row - group.start)
                        ));
                    }
                }
                if alone.group(0) != whole.group(index) {
                    return Err(format!("group {index} gives something else without the others"));
                }
            }
            (Err(alone), Ok(_)) => return Err(format!("group {index} is refused alone: {}", shown(alone))),
            (Ok(_), Err(_)) => {}
            (Err(alone), Err(whole)) => {
                // The first group that is refused is the one that is reported.
                let here = Failure { row: alone.row.map(|row| row + at), ..alone.clone() };
                if here != *whole {
                    return Err(format!("it is refused: {}; alone: {}", shown(whole), shown(&here)));
                }
                break;
            }
        }
        at = group.end as u32;
    }
    if whole.is_err() && alone.iter().all(Result::is_ok) {
        return Err("it is refused, and each group alone isn't".to_owned());
    }
    cuts(setting, sheet, whole.as_ref().ok(), random)?;
    if let Ok(whole) = &whole {
        shuffled_groups(setting, sheet, whole, random)?;
    }
    shuffled_rows(setting, sheet, &whole, random)
}

/// Cut anywhere between groups.
fn cuts(
    setting: &Setting<'_>,
    sheet: &Sheet,
    whole: Option<&Given>,
    random: &mut Random,
) -> Result<(), String> {
    let Some(whole) = whole else { return Ok(()) };
    let groups = sheet.groups(&setting.binding);
    let (mut start, mut first_group) = (0, 0);
    for (index, group) in groups.iter().enumerate() {
        if index + 1 < groups.len() && random.below(3) != 0 {
            continue;
        }
        let part = setting.evaluate(&sheet.part(start..group.end));
        let part = part
            .map_err(|failure| format!("rows {start} to {} are refused: {}", group.end, shown(&failure)))?;
        let same_rows = (start..group.end).all(|row| part.row(row - start) == whole.row(row));
        let same_groups =
            (first_group..=index).all(|group| part.group(group - first_group) == whole.group(group));
        if !(same_rows && same_groups) {
            return Err(format!("rows {start} to {} give something else in a batch of their own", group.end));
        }
        (start, first_group) = (group.end, index + 1);
    }
    Ok(())
}

fn shuffled_groups(
    setting: &Setting<'_>,
    sheet: &Sheet,
    whole: &Given,
    random: &mut Random,
) -> Result<(), String> {
    let mut groups = sheet.groups(&setting.binding);
    random.shuffle(&mut groups);
    let rows = groups.iter().flat_map(|group| sheet.rows[group.clone()].iter().cloned()).collect();
    let moved = Sheet { rows, unbound: sheet.unbound.clone() };
    let given =
        setting.evaluate(&moved).map_err(|failure| format!("in another order: {}", shown(&failure)))?;
    let by_id = |sheet: &Sheet, given: &Given| -> BTreeMap<u32, Vec<i64>> {
        sheet.rows.iter().enumerate().map(|(i, row)| (row.id, given.row(i))).collect()
    };
    if by_id(sheet, whole) != by_id(&moved, &given) {
        return Err("rows give something else when groups stand in another order".to_owned());
    }
    Ok(())
}

/// Rows in another order inside their group, as far as the policy asks for none.
fn shuffled_rows(
    setting: &Setting<'_>,
    sheet: &Sheet,
    whole: &Result<Given, Failure>,
    random: &mut Random,
) -> Result<(), String> {
    let (whole, refused) = (whole.as_ref().ok(), whole.as_ref().err());
    let ties = ties(setting);
    if ties == Ties::Sequence {
        crate::trial::tried(setting.policy.name);
        return Ok(());
    }
    let mut moved = sheet.clone();
    for group in sheet.groups(&setting.binding) {
        random.shuffle(&mut moved.rows[group]);
    }
    let moved = moved.arranged(&setting.binding);
    let (whole, given) = match (whole, setting.evaluate(&moved)) {
        (Some(whole), Ok(given)) => (whole, given),
        (None, Err(_)) => return Ok(()),
        // A sum on the way may be too large in one order and not in another.
        (None, Ok(_)) if refused.is_some_and(|failure| failure.code == "overflow") => return Ok(()),
        (Some(_), Err(failure)) if failure.code == "overflow" => return Ok(()),
        (None, Ok(_)) => return Err("it is refused, and in another order inside groups it isn't".to_owned()),
        (Some(_), Err(failure)) => {
            return Err(format!("in another order inside groups: {}", shown(&failure)));
        }
    };
    crate::trial::tried(setting.policy.name);
    for (index, output) in setting.binding.outputs.iter().enumerate() {
        let name = output.name.as_str();
        let (before, after) = (&whole.columns[index], &given.columns[index]);
        if output.is_per_group() {
            if before != after {
                return Err(format!("`{name}` is {before:?}, with rows in another order {after:?}"));
            }
            continue;
        }
        let allowed = match ties {
            Ties::LastUnit(outputs) if outputs.contains(&name) => 1,
            Ties::Places(outputs) if outputs.contains(&name) || outputs == ["*"] => {
                same_places(sheet, setting, name, before, after)?;
                continue;
            }
            _ => 0,
        };
        for (row, cell) in sheet.rows.iter().zip(before) {
            let place = moved.rows.iter().position(|other| other.id == row.id).expect("a row that moved");
            if cell.abs_diff(after[place]) > allowed {
                return Err(format!(
                    "`{name}` of the row at place {place} is {}, in the first order {cell}",
                    after[place]
                ));
            }
        }
        let sum = |column: &[i64]| column.iter().copied().map(i128::from).sum::<i128>();
        if allowed > 0 && sum(before) != sum(after) {
            return Err(format!("`{name}` adds up to something else with rows in another order"));
        }
    }
    Ok(())
}

/// Whoever gets them, a group has the same cells.
fn same_places(
    sheet: &Sheet,
    setting: &Setting<'_>,
    name: &str,
    before: &[i64],
    after: &[i64],
) -> Result<(), String> {
    let sorted = |cells: &[i64]| {
        let mut cells = cells.to_vec();
        cells.sort_unstable();
        cells
    };
    let mut groups = sheet.groups(&setting.binding).into_iter();
    match groups.find(|group| sorted(&before[group.clone()]) != sorted(&after[group.clone()])) {
        Some(group) => Err(format!(
            "`{name}` is {:?}, with rows in another order {:?}",
            &before[group.clone()],
            &after[group]
        )),
        None => Ok(()),
    }
}
