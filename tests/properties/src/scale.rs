//! Nothing overflows silently: the same figures in a currency of one decimal more give the same, or an overflow.

use crate::figures::{Cell, Given, Sheet};
use crate::setting::Setting;
use attain_cases::shown;
use attain_sdk::{DECIMALS_MAX, NO_VALUE};

/// How far a finer currency may take an output from what the coarser one gives, where that is more than one rounding.
pub struct Apart {
    /// The policy.
    pub policy: &'static str,
    /// The outputs.
    pub outputs: &'static [&'static str],
    /// How many units of the finer currency; none where nothing is said.
    pub units: fn(&Setting<'_>) -> Option<u64>,
    /// Why.
    pub why: &'static str,
}

/// One rounding, whatever its direction: less than a unit of the coarser currency.
const ONE_ROUNDING: u64 = 10;

/// What is rounded more than once, or decides something when it is rounded.
pub const APART: &[Apart] = &[
    Apart {
        policy: "credit-split",
        outputs: &["credit", "commission", "deal_credit", "deal_commission"],
        units: |setting| {
            let has_bounds = setting.is("/divides", "credit") || setting.is("/mode", "split");
            has_bounds.then_some(40 * ONE_ROUNDING)
        },
        why: "each part is rounded, and a deal's are added up; overlaid shares of a rounded commission have no bound",
    },
    Apart {
        policy: "joint-bonus",
        outputs: &["share"],
        units: |_| Some(3 * ONE_ROUNDING),
        why: "the bonus is rounded, and split in whole cents: first among functions, then inside them",
    },
    Apart {
        policy: "deductions",
        outputs: &["net", "deducted"],
        units: |_| Some(10 * ONE_ROUNDING),
        why: "each deduction is rounded",
    },
    Apart {
        policy: "forecast-gap",
        outputs: &["level", "coverage"],
        units: |_| None,
        why: "coverage is that of the weighted pipeline, which is rounded",
    },
    Apart {
        policy: "installments",
        outputs: &["pay", "outstanding"],
        units: |_| Some(200 * ONE_ROUNDING),
        why: "each amount is rounded and cut into whole cents",
    },
    Apart {
        policy: "pay-on-payment",
        outputs: &["paid_now", "earned_to_date", "outstanding"],
        units: |setting| setting.is("/overpaid", "nothing").then_some(4 * ONE_ROUNDING),
        why: "shares are of the whole in whole cents; where cash beyond the amount earns, a share has no bound",
    },
    Apart {
        policy: "running-commission",
        outputs: &["commission"],
        units: |_| Some(2 * ONE_ROUNDING),
        why: "with `rounded = \"running-sum\"` it is the difference of two rounded sums",
    },
    Apart {
        policy: "spiff",
        outputs: &["rewarded"],
        units: |_| None,
        why: "it counts rewards that aren't zero when they are rounded",
    },
    Apart {
        policy: "target-offset",
        outputs: &["adjusted_attainment"],
        units: |_| None,
        why: "it is that of the rounded offset",
    },
    Apart {
        policy: "team-pool",
        outputs: &["share", "undistributed"],
        units: |_| Some(40 * ONE_ROUNDING),
        why: "the pool and the reserve are rounded, and split in whole cents",
    },
    Apart {
        policy: "tiered-commission",
        outputs: &["commission"],
        units: |setting| setting.is("/rounded", "once").then_some(ONE_ROUNDING),
        why: "with `rounded = \"per-slice\"` what is rounded is multiplied",
    },
];

/// The same in a finer currency.
pub fn check(setting: &Setting<'_>, sheet: &Sheet) -> Result<(), String> {
    let coarse = setting;
    if coarse.context.money_decimals >= DECIMALS_MAX {
        return Ok(());
    }
    let Some(fine) = coarse.with_decimals(coarse.context.money_decimals + 1) else { return Ok(()) };
    let mut sheet = sheet.clone();
    let inputs = coarse.binding.inputs.iter().zip(&fine.binding.inputs);
    let finer: Vec<bool> = inputs.map(|(coarse, fine)| fine.decimals == coarse.decimals + 1).collect();
    let mut same = sheet.clone();
    for (row, same) in sheet.rows.iter_mut().zip(&mut same.rows) {
        for (input, is_finer) in finer.iter().enumerate() {
            let Some(number) = row.cells[input].number().filter(|_| *is_finer) else { continue };
            // One that has no finer form is made smaller first.
            let number = if number.checked_mul(10).is_none() { number / 10 } else { number };
            row.cells[input] = Cell::Number(number);
            same.cells[input] = Cell::Number(number * 10);
        }
    }
    let sheet = sheet.arranged(&coarse.binding);
    let same = same.arranged(&fine.binding);
    match (coarse.evaluate(&sheet), fine.evaluate(&same)) {
        (Ok(coarse_given), Ok(fine_given)) => compare(coarse, &coarse_given, &fine, &fine_given),
        (_, Err(failure)) if failure.code == "overflow" => Ok(()),
        // A fraction on the way may have more digits than that of the finer currency.
        (Err(failure), Ok(_)) if failure.code == "overflow" => Ok(()),
        (Err(coarse), Err(fine)) if coarse.code == fine.code && coarse.row == fine.row => Ok(()),
        (coarse_given, fine_given) => {
            let told = |given: &Result<Given, _>| match given {
                Ok(_) => "it is taken".to_owned(),
                Err(failure) => shown(failure),
            };
            Err(format!("{}; in a finer currency: {}", told(&coarse_given), told(&fine_given)))
        }
    }
}

fn compare(coarse: &Setting<'_>, one: &Given, fine: &Setting<'_>, other: &Given) -> Result<(), String> {
    crate::trial::tried(coarse.policy.name);
    for (index, (output, finer)) in coarse.binding.outputs.iter().zip(&fine.binding.outputs).enumerate() {
        let is_finer = finer.decimals == output.decimals + 1;
        let is_it = |apart: &&Apart| {
            apart.policy == coarse.policy.name && apart.outputs.contains(&output.name.as_str())
        };
        let usual = if is_finer { ONE_ROUNDING } else { 0 };
        let apart = APART.iter().find(is_it).map_or(Some(usual), |apart| (apart.units)(coarse));
        let Some(most) = apart else { continue };
        for (place, (cell, fine)) in one.columns[index].iter().zip(&other.columns[index]).enumerate() {
            let times = if is_finer { 10 } else { 1 };
            let differs = match (*cell == NO_VALUE, *fine == NO_VALUE) {
                (true, true) => false,
                (false, false) => {
                    (i128::from(*fine) - i128::from(*cell) * times).unsigned_abs() > u128::from(most)
                }
                _ => true,
            };
            if differs {
                return Err(format!(
                    "`{}` at {place} is {}, in a finer currency {}",
                    output.name,
                    attain_cases::write(*cell, output.meaning()),
                    attain_cases::write(*fine, finer.meaning())
                ));
            }
        }
    }
    Ok(())
}
