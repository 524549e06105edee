//! What came out of a policy, held against what it said would come out.

use crate::answer::Step;
use crate::batch::{Batch, Call, check_width};
use crate::error::PolicyError;
use attain_model::manifest::{Binding, Grouping, Manifest, Output, Per};
use attain_model::{NO_VALUE, Unit};

/// Checks number and length of the columns, and the values that a unit bounds. Values are looked at column by
/// column; the first bad row of the first bad column is named.
pub(crate) fn check(columns: &[Vec<i64>], binding: &Binding, batch: &Batch<'_>) -> Result<(), PolicyError> {
    if columns.len() != binding.outputs.len() {
        return Err(PolicyError::WrongColumns {
            found: columns.len() as u64,
            expected: binding.outputs.len() as u64,
        });
    }
    for (output, column) in binding.outputs.iter().zip(columns) {
        let expected = match output.per {
            Per::Row => batch.rows as usize,
            // Rows that are independent are groups of one.
            Per::Group if binding.grouping == Grouping::Each => batch.rows as usize,
            Per::Group => batch.groups(),
        };
        if column.len() != expected {
            return Err(PolicyError::WrongLength {
                output: output.name.clone(),
                found: column.len() as u64,
                expected: expected as u64,
                per: output.per,
            });
        }
        check_values(output, column)?;
        check_width(&output.name, column, binding.integer_bits)?;
    }
    Ok(())
}

fn check_values(output: &Output, column: &[i64]) -> Result<(), PolicyError> {
    let most = match output.unit {
        Unit::Flag => 1,
        Unit::Level => 3,
        // Without listed labels it is an index into a text input's dictionary, which the reader resolves.
        Unit::Label if output.labels.is_empty() => i64::from(u32::MAX) - 1,
        Unit::Label => i64::try_from(output.labels.len()).unwrap_or(i64::MAX) - 1,
        Unit::Money | Unit::Ratio | Unit::Points | Unit::Count | Unit::Days | Unit::Date | Unit::Text => {
            return Ok(());
        }
    };
    let bad = column.iter().position(|value| *value != NO_VALUE && !(0..=most).contains(value));
    match bad {
        None => Ok(()),
        Some(row) => Err(PolicyError::OutOfRange {
            output: output.name.clone(),
            row: u32::try_from(row).unwrap_or(u32::MAX),
            value: column.get(row).copied().unwrap_or(NO_VALUE),
            expected: format!("0 to {most} for a {}, or no value", output.unit),
        }),
    }
}

/// Checks an explanation: an answer for each question, rules that the manifest or the binding has, a number for
/// each place, outputs that are bound.
pub(crate) fn check_steps(
    steps: &[Vec<Step>],
    manifest: &Manifest,
    call: &Call<'_>,
    rows: &[u32],
) -> Result<(), PolicyError> {
    let wrong = |what: String| Err(PolicyError::WrongSteps { what });
    if steps.len() != rows.len() {
        return wrong(format!("{} explanations for {} rows", steps.len(), rows.len()));
    }
    for (steps, row) in steps.iter().zip(rows) {
        let most = call.limits.explain_steps;
        if steps.len() > most as usize {
            return wrong(format!("{} steps for row {row}, at most {most} are allowed", steps.len()));
        }
        for step in steps {
            let Some(rule) = manifest.rule(call.binding, step.rule) else {
                let rules = manifest.rules.len() + call.binding.rules.len();
                return wrong(format!("rule {} for row {row}, there are {rules}", step.rule));
            };
            if rule.places.len() != step.values.len() {
                return wrong(format!(
                    "{} numbers for rule `{}` in row {row}, which has {} places",
                    step.values.len(),
                    rule.code,
                    rule.places.len()
                ));
            }
            let outputs = call.binding.outputs.len();
            if let Some((output, _)) = step.adds_to.filter(|(output, _)| usize::from(*output) >= outputs) {
                return wrong(format!(
                    "a step that adds to output {output} in row {row}, there are {outputs}"
                ));
            }
        }
    }
    Ok(())
}
