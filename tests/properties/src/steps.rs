//! What a step says is so: the numbers in its sentence make the number that it gives.

use crate::figures::Sheet;
use crate::library::Policy;
use crate::setting::Setting;
use attain_cases::{Rule, Step};
use attain_sdk::NO_VALUE;

/// A step's arithmetic: factors and their product, all of them places of its sentence.
pub struct Arithmetic {
    /// The policy.
    pub policy: &'static str,
    /// The rule's code.
    pub rule: &'static str,
    /// `credit~ * rate = pay`: `~` marks a factor that is shown rounded, a minus before the product one that is taken
    /// off.
    pub product: &'static str,
}

const fn of(policy: &'static str, rule: &'static str, product: &'static str) -> Arithmetic {
    Arithmetic { policy, rule, product }
}

/// Every step that multiplies.
pub const ARITHMETIC: &[Arithmetic] = &[
    of("clawback", "share-limit", "share * earned = most"),
    of("credit-split", "credit", "share~ * amount = credit"),
    of("credit-split", "earns", "share~ * amount * rate = pay"),
    of("credit-split", "deal-commission", "amount * rate = commission"),
    of("credit-split", "of-commission", "share~ * commission = pay"),
    of("credit-split", "per-unit", "units * amount = pay"),
    of("customer-health", "metric", "score~ * weight~ = points"),
    of("deductions", "share", "share * of = -change"),
    of("forecast-gap", "stage", "amount * weight~ = weighted"),
    of("installments", "total", "rate * earned = total"),
    of("new-hire-ramp", "target", "share~ * target = ramped"),
    of("new-hire-ramp", "credit", "share~ * reported = credited"),
    of("new-hire-ramp", "results", "results * weight~ = points"),
    of("new-hire-ramp", "process", "process * weight~ = points"),
    of("override", "rate", "amount * rate = pay"),
    of("override", "slice", "amount~ * rate = pay"),
    of("pay-on-payment", "at-rate", "amount * rate = eligible"),
    of("process-guarantee", "paid", "bonus * share~ = pay"),
    of("product-commission", "multiplied", "quantity * multiplier = base"),
    of("product-commission", "rate", "part~ * rate = pay"),
    of("product-commission", "rate-past-target", "part~ * rate = pay"),
    of("product-commission", "per-unit", "part~ * amount = pay"),
    of("product-commission", "per-unit-past-target", "part~ * amount = pay"),
    of("residual", "initial", "contract * rate = pay"),
    of("residual", "residual", "months * mrr * rate = pay"),
    of("retention-bonus", "metric", "pays~ * weight~ * target = pay"),
    of("retention-bonus", "fund", "share * base = fund"),
    of("return-clawback", "lost", "share~ * earned = taken"),
    of("return-clawback", "returned", "share~ * earned = taken"),
    of("return-clawback", "bad-debt", "share~ * earned = taken"),
    of("return-clawback", "overdue", "share~ * earned = taken"),
    of("running-commission", "slice", "credit~ * rate = pay"),
    of("running-commission", "amount-slice", "credit~ * rate = pay"),
    of("running-commission", "tier-before", "credit * rate = pay"),
    of("running-commission", "tier-after", "credit * rate = pay"),
    of("running-commission", "no-target", "credit * rate = pay"),
    of("scorecard", "metric", "score~ * weight~ = points"),
    of("scorecard", "metric-of-target", "score~ * weight~ = points"),
    of("spiff", "per-unit", "units * amount = reward"),
    of("spiff", "share", "share * amount = reward"),
    of("spiff", "kicker", "share * pay = reward"),
    of("target-bonus", "curve", "payout~ * target_amount = pay"),
    of("team-pool", "pool", "amount * rate = pool"),
    of("tiered-commission", "slice", "credit~ * rate~ = pay"),
    of("tiered-commission", "amount-slice", "credit~ * rate~ = pay"),
    of("tiered-commission", "whole", "credit * rate~ = pay"),
    of("tiered-commission", "no-target", "credit * rate~ = pay"),
    of("tiered-commission", "negative", "credit * rate~ = pay"),
];

/// A policy's.
pub fn arithmetic(policy: &Policy) -> impl Iterator<Item = &'static Arithmetic> {
    ARITHMETIC.iter().filter(|arithmetic| arithmetic.policy == policy.name)
}

impl Arithmetic {
    /// What names it among all.
    pub fn label(&self) -> String {
        format!("{}: {}: {}", self.policy, self.rule, self.product)
    }
}

/// Every step of every row.
pub fn check(setting: &Setting<'_>, sheet: &Sheet) -> Result<(), String> {
    let all: Vec<u32> = (0..sheet.rows.len() as u32).collect();
    let Ok(told) = setting.explain(sheet, &all) else { return Ok(()) };
    for (row, steps) in told.iter().enumerate() {
        for step in steps {
            let rule = setting.policy.manifest.rule(&setting.binding, step.rule);
            let rule = rule.ok_or_else(|| format!("there is no rule {}", step.rule))?;
            for arithmetic in arithmetic(setting.policy).filter(|arithmetic| arithmetic.rule == rule.code) {
                multiplies(setting, rule, step, arithmetic).map_err(|what| format!("row {row}: {what}"))?;
            }
        }
    }
    Ok(())
}

/// Whether the factors make the product, as far as what is shown is exact: to a unit of the product, and half a unit
/// of each factor that is shown rounded.
fn multiplies(
    setting: &Setting<'_>,
    rule: &Rule,
    step: &Step,
    arithmetic: &Arithmetic,
) -> Result<(), String> {
    let number = |name: &str| {
        let place = rule.places.iter().position(|place| place.name == name).expect("a place of the sentence");
        let decimals = rule
            .meaning(&rule.places[place], &step.values, &setting.binding, setting.context.money_decimals)
            .decimals;
        (i128::from(step.values[place]), u32::from(decimals))
    };
    if step.values.contains(&NO_VALUE) {
        return Ok(());
    }
    let (factors, product) = arithmetic.product.split_once(" = ").expect("a product");
    let (sign, product) = product.strip_prefix('-').map_or((1, product), |product| (-1, product));
    let (shown, shown_decimals) = number(product);
    let factors: Vec<(i128, u32, bool)> = factors
        .split(" * ")
        .map(|factor| {
            let name = factor.trim_end_matches('~');
            let (number, decimals) = number(name);
            (number, decimals, name != factor)
        })
        .collect();
    let decimals: u32 = factors.iter().map(|(_, decimals, _)| decimals).sum();
    // Both sides times two, so that halves are whole; more than 128 bits aren't looked at.
    let scale = |power: u32| 10i128.checked_pow(power);
    let sides = || {
        let product = factors.iter().try_fold(2i128, |product, (number, ..)| product.checked_mul(*number))?;
        let slack = factors.iter().enumerate().filter(|(_, (.., rounded))| *rounded).try_fold(
            0i128,
            |slack, (i, _)| {
                let others = factors.iter().enumerate().filter(|(j, _)| *j != i);
                let others = others.map(|(_, (number, ..))| number.abs() + 1);
                slack.checked_add(
                    others.into_iter().try_fold(1i128, |product, number| product.checked_mul(number))?,
                )
            },
        )?;
        let computed = product.checked_mul(scale(shown_decimals)?)?;
        let told = (2 * sign * shown).checked_mul(scale(decimals)?)?;
        let allowed = slack.checked_mul(scale(shown_decimals)?)?.checked_add(2 * scale(decimals)?)?;
        Some((computed, told, allowed))
    };
    let Some((computed, told, allowed)) = sides() else { return Ok(()) };
    crate::trial::tried(&arithmetic.label());
    match computed.checked_sub(told) {
        Some(apart) if apart.abs() <= allowed => Ok(()),
        _ => Err(format!("`{}` says {}, with {:?}", rule.code, arithmetic.product, step.values)),
    }
}
