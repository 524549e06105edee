//! The split of what a team earned, to the last cent: whole cents of everybody's exact share, and what is left over
//! one each to the largest fractions.

use crate::terms::{Plan, SplitBy};
use crate::{Member, Step};
use attain_sdk::prelude::*;

/// A team's bonus, split among those who share. Places are counted among these.
pub enum Split {
    /// Everybody the same.
    Equal { members: usize, parts: EqualParts },
    /// By weights.
    Weight { weights: Vec<i64>, shares: Vec<Money> },
    /// By function, and what a function gets equally among its members.
    Function { functions: Vec<Function>, seats: Vec<Seat> },
}

/// A function that somebody is of who shares.
pub struct Function {
    weight: Ratio<6>,
    members: usize,
    part: Money,
    parts: EqualParts,
}

/// Where somebody sits: in which function, and at which place of it.
pub struct Seat {
    function: usize,
    place: usize,
}

impl Split {
    /// Splits what a team earned.
    #[inline(never)]
    pub fn new(plan: &Plan, bonus: Money, members: &[Member<'_>], sharing: &[usize]) -> Result<Split> {
        let (weights, seats): (Vec<i64>, _) = match &plan.split {
            SplitBy::Equal => {
                return Ok(Split::Equal {
                    members: sharing.len(),
                    parts: EqualParts::of(bonus, sharing.len()),
                });
            }
            SplitBy::Weight => {
                let weight = |i: &usize| members.get(*i).and_then(|member| member.weight);
                (sharing.iter().map(|i| weight(i).map_or(0, Ratio::units).max(0)).collect(), None)
            }
            SplitBy::Function(weights) => {
                let (functions, seats) = functions(weights, members, sharing)?;
                // A function that nobody is of weighs nothing, and gets nothing.
                let weight =
                    |function: &Function| if function.members > 0 { function.weight.units() } else { 0 };
                (functions.iter().map(weight).collect(), Some((functions, seats)))
            }
        };
        let shares: Vec<Money> = split(bonus, &weights);
        let Some((mut functions, seats)) = seats else { return Ok(Split::Weight { weights, shares }) };
        for (function, part) in functions.iter_mut().zip(shares) {
            (function.part, function.parts) = (part, EqualParts::of(part, function.members));
        }
        Ok(Split::Function { functions, seats })
    }

    /// The share of the one at a place.
    #[inline]
    pub fn share(&self, place: usize) -> Money {
        match self {
            Split::Equal { parts, .. } => parts.part(place),
            Split::Weight { shares, .. } => shares.get(place).copied().unwrap_or(Money::ZERO),
            Split::Function { functions, seats } => {
                let seat =
                    seats.get(place).and_then(|seat| Some((functions.get(seat.function)?, seat.place)));
                seat.map_or(Money::ZERO, |(function, place)| function.parts.part(place))
            }
        }
    }

    /// How it came about.
    #[inline(never)]
    pub fn told(&self, place: usize, share: Money) -> Step {
        match self {
            Split::Equal { members, .. } => Step::EqualShare { members: count(*members), share },
            Split::Weight { weights, .. } => Step::WeightShare {
                weight: Ratio::from_units(weights.get(place).copied().unwrap_or(0)),
                total: weights.iter().copied().map(Ratio::from_units).sum(),
                share,
            },
            Split::Function { functions, seats } => {
                let function = seats.get(place).and_then(|seat| functions.get(seat.function));
                let present = functions.iter().filter(|function| function.members > 0);
                Step::FunctionShare {
                    weight: function.map_or(Ratio::ZERO, |function| function.weight),
                    total: present.map(|function| function.weight).sum(),
                    part: function.map_or(Money::ZERO, |function| function.part),
                    members: count(function.map_or(0, |function| function.members)),
                    share,
                }
            }
        }
    }
}

/// The functions that have a weight, and where everybody sits who shares.
fn functions(
    weights: &Named<Ratio<6>>,
    members: &[Member<'_>],
    sharing: &[usize],
) -> Result<(Vec<Function>, Vec<Seat>)> {
    let parts = EqualParts::of(Money::ZERO, 1);
    let function = |weight: &Ratio<6>| Function { weight: *weight, members: 0, part: Money::ZERO, parts };
    let mut functions: Vec<Function> = weights.values().map(function).collect();
    let mut seats = Vec::with_capacity(sharing.len());
    for i in sharing {
        let name = members.get(*i).and_then(|member| member.function);
        let known = weights.keys().position(|known| Some(known) == name);
        let Some((index, function)) = known.and_then(|known| Some((known, functions.get_mut(known)?))) else {
            return Err(no_function(name, weights).in_row(*i));
        };
        seats.push(Seat { function: index, place: function.members });
        function.members = function.members.wrapping_add(1);
    }
    Ok((functions, seats))
}

fn count(number: usize) -> Count {
    Count::from_units(i64::try_from(number).unwrap_or(i64::MAX))
}

#[cold]
#[inline(never)]
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
                attain_sdk::listed(&known)
            ),
        ),
    }
}
