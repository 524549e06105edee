//! Explanations add up to what is paid, and each step is one that can be told.

use crate::figures::Sheet;
use crate::setting::Setting;
use attain_cases::{Difference, Place, Rule, Step, adds_up};
use attain_sdk::NO_VALUE;

/// What steps add to an output adds up to it, every `pay` output is explained, and each step has the numbers for the
/// places of its sentence, what it adds to pay among them.
pub fn check(setting: &Setting<'_>, sheet: &Sheet) -> Result<(), String> {
    let all: Vec<u32> = (0..sheet.rows.len() as u32).collect();
    let (Ok(given), Ok(told)) = (setting.evaluate(sheet), setting.explain(sheet, &all)) else {
        return Ok(());
    };
    crate::trial::tried(setting.policy.name);
    if let Some(Difference(what)) = adds_up(&setting.binding, &given.columns, &told).into_iter().next() {
        return Err(what);
    }
    for (row, step) in (0..).zip(&told).flat_map(|(row, steps)| steps.iter().map(move |step| (row, step))) {
        tellable(setting, step).map_err(|what| format!("row {row}: {what}"))?;
    }
    Ok(())
}

fn tellable(setting: &Setting<'_>, step: &Step) -> Result<(), String> {
    let manifest = &setting.policy.manifest;
    let rule = manifest.rule(&setting.binding, step.rule);
    let rule = rule.ok_or_else(|| format!("there is no rule {}", step.rule))?;
    let code = &rule.code;
    if rule.places.len() != step.values.len() {
        return Err(format!("`{code}` has {} values for {} places", step.values.len(), rule.places.len()));
    }
    for (place, value) in rule.places.iter().zip(&step.values) {
        fits(setting, rule, place, *value)?;
    }
    let Some((output, amount)) = step.adds_to else { return Ok(()) };
    let known = setting.binding.outputs.get(usize::from(output)).filter(|output| !output.is_per_group());
    let Some(known) = known else {
        return Err(format!("`{code}` adds to output {output}, which is none of a row's"));
    };
    // What a plan says in its own words is the plan's to choose; the amount stands beside it.
    let is_the_policys = usize::from(step.rule) < manifest.rules.len();
    if known.kind == "pay" && is_the_policys && !step.values.contains(&amount) {
        return Err(format!(
            "`{code}` adds {amount} to `{}` and doesn't show it: {:?}",
            known.name, step.values
        ));
    }
    Ok(())
}

/// A label is one of its labels, and one that names an input names one there is.
fn fits(setting: &Setting<'_>, rule: &Rule, place: &Place, value: i64) -> Result<(), String> {
    let most = match place.unit.as_str() {
        "flag" => 1,
        "level" => 3,
        "label" if place.labels.is_empty() => setting.binding.inputs.len() as i64 - 1,
        "label" => place.labels.len() as i64 - 1,
        _ => return Ok(()),
    };
    if value == NO_VALUE || (0..=most).contains(&value) {
        return Ok(());
    }
    Err(format!("`{}` shows {value} as {}, expected 0 to {most}", rule.code, place.name))
}
