//! The split of what a team earned, to the last cent: whole cents of everybody's exact share, and what is left over
//! one each to the largest fractions.

use crate::{Member, Share, Step, Told};
use attain_sdk::prelude::*;

/// Splits by weights; the step is made of all weights, the member's, and the share.
pub fn by_weight(
    bonus: Money,
    weights: &[i64],
    told: Told<'_, impl Why>,
    step: impl Fn(i64, i64, Money) -> Step,
) -> Vec<Money> {
    let split = split(bonus, weights);
    let total: Amount = weights.iter().copied().map(Amount::from_units).sum();
    for (i, (weight, share)) in told.sharing.iter().zip(weights.iter().zip(&split)) {
        told.why.of(*i).adds(Share::SHARE, *share, |share| step(total.units(), *weight, share));
    }
    split
}

/// Splits by function, and what a function gets equally among its members.
pub fn by_function(
    bonus: Money,
    weights: &Named<Ratio<6>>,
    members: &[Member<'_>],
    told: Told<'_, impl Why>,
) -> Result<Vec<Money>> {
    // Those who share, by function, each by the place among them.
    let mut functions: Vec<(Ratio<6>, Vec<usize>)> =
        weights.values().map(|weight| (*weight, Vec::new())).collect();
    for (place, i) in told.sharing.iter().enumerate() {
        let function = members.get(*i).and_then(|member| member.function);
        let known = weights.keys().position(|known| Some(known) == function);
        match known.and_then(|known| functions.get_mut(known)) {
            Some((_, places)) => places.push(place),
            None => return Err(no_function(function, weights).in_row(*i)),
        }
    }
    functions.retain(|(_, places)| !places.is_empty());
    let present: Vec<i64> = functions.iter().map(|(weight, _)| weight.units()).collect();
    let total: Ratio<6> = present.iter().copied().map(Ratio::from_units).sum();
    let mut shares = vec![Money::ZERO; told.sharing.len()];
    for ((weight, places), part) in functions.iter().zip(split(bonus, &present)) {
        let number = i64::try_from(places.len()).unwrap_or(i64::MAX);
        for (place, share) in places.iter().zip(split(part, &vec![1; places.len()])) {
            let Some((slot, i)) = shares.get_mut(*place).zip(told.sharing.get(*place)) else { continue };
            *slot = share;
            told.why.of(*i).adds(Share::SHARE, share, |share| Step::FunctionShare {
                weight: *weight,
                total,
                part,
                members: Count::from_units(number),
                share,
            });
        }
    }
    Ok(shares)
}

fn no_function(function: Option<&str>, weights: &Named<Ratio<6>>) -> Failure {
    let known: Vec<&str> = weights.keys().collect();
    match function {
        Some(function) => Failure::new(
            "unknown-function",
            format!(
                "function `{function}` has no weight; give it one in `split.function`{}",
                attain_sdk::hint(function, &known)
            ),
        ),
        None => Failure::new(
            "missing-value",
            format!(
                "the member has no `function`, expected one of `{}`; give it one, or make the member not eligible",
                known.join("`, `")
            ),
        ),
    }
}
