//! Figures that chance made and that must fit together: what all rows of a team name must be the same, shares of a
//! deal must add up to one. Mostly they are made to; sometimes they aren't, and must be refused.

use crate::figures::{Cell, Sheet};
use crate::setting::Setting;
use attain_tests::random::Random;

/// Makes figures fit together.
pub type Mend = fn(&Setting<'_>, &mut Sheet, &mut Random);

/// What a policy needs.
pub fn of(policy: &str) -> Mend {
    match policy {
        "credit-split" => |setting, sheet, random| {
            same(setting, sheet, random, &["amount"]);
            shares(setting, sheet, random);
        },
        "team-pool" => |setting, sheet, random| same(setting, sheet, random, &["pool"]),
        "running-commission" => {
            |setting, sheet, random| same(setting, sheet, random, &["target", "credit_before", "interval"])
        }
        "relative-index" => |setting, sheet, random| {
            if setting.parameter("/regions/baseline").as_str() == Some("per-head") {
                same_by(setting, sheet, random, "region", &["baseline"]);
            }
        },
        "joint-bonus" => |setting, sheet, random| {
            let own = ["team", "eligible", "weight", "function"];
            let names = setting.binding.inputs.iter().map(|input| input.name.as_str());
            let shared: Vec<&str> = names.filter(|name| !own.contains(name)).collect();
            same(setting, sheet, random, &shared);
        },
        _ => |_, _, _| {},
    }
}

/// The same in all rows of a group.
fn same(setting: &Setting<'_>, sheet: &mut Sheet, random: &mut Random, inputs: &[&str]) {
    if random.below(10) == 0 {
        return;
    }
    *sheet = sheet.clone().arranged(&setting.binding);
    for group in sheet.groups(&setting.binding) {
        for name in inputs {
            let Some(input) = setting.input(name) else { continue };
            let first = sheet.rows[group.start].cells[input].clone();
            for row in &mut sheet.rows[group.clone()] {
                row.cells[input] = first.clone();
            }
        }
    }
}

/// The same in all rows that have the same in another input.
fn same_by(setting: &Setting<'_>, sheet: &mut Sheet, random: &mut Random, by: &str, inputs: &[&str]) {
    let Some(by) = setting.input(by).filter(|_| random.below(10) != 0) else { return };
    for name in inputs {
        let Some(input) = setting.input(name) else { continue };
        let mut known: Vec<(Cell, Cell)> = Vec::new();
        for row in &mut sheet.rows {
            match known.iter().find(|(key, _)| *key == row.cells[by]) {
                Some((_, cell)) => row.cells[input] = cell.clone(),
                None => known.push((row.cells[by].clone(), row.cells[input].clone())),
            }
        }
    }
}

/// Shares of a deal add up to one.
fn shares(setting: &Setting<'_>, sheet: &mut Sheet, random: &mut Random) {
    let Some(share) = setting.input("share").filter(|_| random.below(10) != 0) else { return };
    let needed = setting.binding.inputs[share].required;
    *sheet = sheet.clone().arranged(&setting.binding);
    for group in sheet.groups(&setting.binding) {
        if !needed && random.below(2) == 0 {
            sheet.rows[group].iter_mut().for_each(|row| row.cells[share] = Cell::Missing);
            continue;
        }
        let mut left = 1_000_000;
        let last = group.end - 1;
        for row in group {
            let part = match random.below(4) {
                _ if row == last => left,
                0 => 0,
                1 => left,
                2 => left / 2,
                _ => random.below(left as u64 + 1) as i64,
            };
            left -= part;
            sheet.rows[row].cells[share] = Cell::Number(part);
        }
    }
}
