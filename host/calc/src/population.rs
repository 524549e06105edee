//! Whom a plan covers: the rows of `people` that its filters let through.

use crate::error::RunError;
use crate::figures::{ReadError, Rows};
use attain_model::Data;
use attain_model::nearest::nearest;
use attain_model::plan::PlanProblem;
use std::collections::BTreeSet;
use std::ops::Range;

/// For each column of `people` that a plan names, the values that are covered. All must hold.
pub type Filters = [(String, Vec<String>)];

/// Rows that are read together.
const PIECE: usize = 65_536;

/// The most values that an error lists.
const LISTED: usize = 12;

/// Places of the rows that are covered: at least one.
///
/// # Errors
///
/// [`RunError::Nobody`] says what each filter asks for and what there is.
pub(crate) fn covered(rows: &dyn Rows, filters: &Filters) -> Result<Vec<u32>, RunError> {
    let mut covered = Vec::new();
    each_row(rows, filters, |row, values| {
        if values.iter().zip(filters).all(|(value, filter)| holds(filter, *value)) {
            covered.push(u32::try_from(row).unwrap_or(u32::MAX));
        }
    })?;
    if covered.is_empty() { Err(RunError::Nobody(nobody(rows, filters)?)) } else { Ok(covered) }
}

/// Values that a plan covers and that nobody has, each with the nearest that somebody has: rows are paid for the others,
/// and a value that is misspelt would leave people out without a word.
///
/// # Errors
///
/// [`RunError::Read`] where the figures can't be read.
pub fn unmatched(rows: &dyn Rows, filters: &Filters) -> Result<Vec<PlanProblem>, RunError> {
    let mut there = vec![BTreeSet::new(); filters.len()];
    if !filters.is_empty() {
        each_row(rows, filters, |_, values| note_values(&mut there, values))?;
    }
    let unmatched = filters.iter().zip(&there).flat_map(|((column, wanted), there)| {
        wanted.iter().filter(|wanted| !there.contains(*wanted)).map(move |wanted| PlanProblem {
            at: format!("population.where.{column}"),
            message: missing(column, std::slice::from_ref(wanted), there),
        })
    });
    Ok(unmatched.collect())
}

fn note_values(there: &mut [BTreeSet<String>], values: &[Option<&str>]) {
    for (there, value) in there.iter_mut().zip(values) {
        if let Some(value) = value.filter(|value| !there.contains(*value)) {
            there.insert(value.to_owned());
        }
    }
}

fn holds((_, wanted): &(String, Vec<String>), value: Option<&str>) -> bool {
    value.is_some_and(|value| wanted.iter().any(|wanted| wanted == value))
}

/// Calls with each row's place and its values in the filters' columns.
fn each_row(
    rows: &dyn Rows,
    filters: &Filters,
    mut take: impl FnMut(usize, &[Option<&str>]),
) -> Result<(), RunError> {
    let place = |(name, _): &(String, Vec<String>)| {
        let missing = || RunError::Read(format!("table `people` has no column `{name}`").into());
        rows.find(name).ok_or_else(missing)
    };
    let places = filters.iter().map(place).collect::<Result<Vec<_>, _>>()?;
    let read = |range: Range<usize>| -> Result<Vec<Data>, ReadError> { rows.read(&places, range) };
    for first in (0..rows.rows()).step_by(PIECE) {
        let range = first..rows.rows().min(first + PIECE);
        let data = read(range.clone()).map_err(RunError::Read)?;
        for (place, row) in range.enumerate() {
            let values = data.iter().map(|data| match data {
                Data::Texts(texts) => texts.get(place),
                Data::Numbers(_) => None,
            });
            take(row, &values.collect::<Vec<_>>());
        }
    }
    Ok(())
}

/// What each filter asks for, and what there is.
fn nobody(rows: &dyn Rows, filters: &Filters) -> Result<Vec<PlanProblem>, RunError> {
    let mut there = vec![BTreeSet::new(); filters.len()];
    // What there is in a column where all other filters hold.
    let mut beside = there.clone();
    each_row(rows, filters, |_, values| {
        let misses: Vec<usize> = (0..)
            .zip(values.iter().zip(filters))
            .filter(|(_, (v, f))| !holds(f, **v))
            .map(|(i, _)| i)
            .collect();
        note_values(&mut there, values);
        if let [i] = misses.as_slice()
            && let Some((beside, Some(value))) = beside.get_mut(*i).zip(values.get(*i))
        {
            beside.insert((*value).to_owned());
        }
    })?;
    let unknown: Vec<PlanProblem> = (filters.iter().zip(&there))
        .filter(|((_, wanted), there)| !wanted.iter().any(|wanted| there.contains(wanted)))
        .map(|((column, wanted), there)| PlanProblem {
            at: format!("population.where.{column}"),
            message: missing(column, wanted, there),
        })
        .collect();
    Ok(if unknown.is_empty() { vec![apart(filters, &beside)] } else { unknown })
}

/// A filter that lets nobody through.
fn missing(column: &str, wanted: &[String], there: &BTreeSet<String>) -> String {
    if wanted.is_empty() {
        return format!("`{column}` names no value, so nobody is covered; name one, or leave `{column}` out");
    }
    let asked = wanted.iter().map(|wanted| format!("`{wanted}`")).collect::<Vec<_>>().join(" or ");
    let nearest: BTreeSet<String> = wanted.iter().filter_map(|wanted| near(wanted, there)).collect();
    let hint = match nearest.is_empty() {
        true => String::new(),
        false => format!("; did you mean {}?", listed(&nearest)),
    };
    match there.is_empty() {
        true => format!("nobody in `people` has `{column}` {asked}: nobody has a value there"),
        false => format!("nobody in `people` has `{column}` {asked}; there is {}{hint}", listed(there)),
    }
}

fn near(wanted: &str, there: &BTreeSet<String>) -> Option<String> {
    let lower = wanted.to_lowercase();
    let same = there.iter().find(|value| value.to_lowercase() == lower);
    same.cloned().or_else(|| nearest(wanted, there.iter().map(String::as_str)).map(str::to_owned))
}

/// Filters of which each lets somebody through, and all of them nobody.
fn apart(filters: &Filters, beside: &[BTreeSet<String>]) -> PlanProblem {
    let columns = filters.iter().map(|(column, _)| format!("`{column}`")).collect::<Vec<_>>().join(", ");
    let found = (filters.iter().zip(beside))
        .filter(|(_, beside)| !beside.is_empty())
        .map(|((column, _), beside)| format!("; where the rest holds, `{column}` is {}", listed(beside)));
    PlanProblem {
        at: "population.where".to_owned(),
        message: format!(
            "somebody in `people` has each of {columns} as asked, but nobody has all of them{}",
            found.collect::<String>()
        ),
    }
}

fn listed(values: &BTreeSet<String>) -> String {
    let mut shown: Vec<String> = values.iter().take(LISTED).map(|value| format!("`{value}`")).collect();
    match values.len().saturating_sub(LISTED) {
        0 => {}
        more => shown.push(format!("and {more} more")),
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::InMemory;
    use attain_model::{Column, Table, TextColumn, Type};

    fn people() -> InMemory {
        let column = |name: &str, texts: [Option<&str>; 4]| Column {
            name: name.to_owned(),
            kind: Type::TEXT,
            data: Data::Texts(TextColumn::from_rows(texts)),
        };
        InMemory::new(Table {
            name: "people".to_owned(),
            rows: 4,
            columns: vec![
                column("participant", ["ann", "bob", "cai", "dee"].map(Some)),
                column("role", [Some("rep"), Some("boss"), Some("rep"), None]),
                column("team", ["South", "North", "West", "North"].map(Some)),
                column("left", [None; 4]),
            ],
        })
    }

    fn of(filters: &[(&str, &[&str])]) -> Result<Vec<u32>, RunError> {
        let owned = |(column, values): &(&str, &[&str])| {
            ((*column).to_owned(), values.iter().map(|value| (*value).to_owned()).collect())
        };
        covered(&people(), &filters.iter().map(owned).collect::<Vec<_>>())
    }

    #[track_caller]
    fn nobody_in(filters: &[(&str, &[&str])], says: &str) {
        assert_eq!(of(filters).unwrap_err().to_string(), says);
    }

    #[test]
    fn rows_with_one_of_the_values_in_every_column_are_covered() {
        assert_eq!(of(&[("role", &["rep"])]).unwrap(), [0, 2]);
        assert_eq!(of(&[("role", &["rep", "boss"]), ("team", &["North", "West"])]).unwrap(), [1, 2]);
    }

    #[test]
    fn a_filter_that_lets_nobody_through_names_what_there_is_and_the_nearest() {
        nobody_in(
            &[("role", &["rap"])],
            "population.where.role: nobody in `people` has `role` `rap`; there is `boss`, `rep`; did you mean `rep`?",
        );
        nobody_in(
            &[("role", &["REP", "chief"])],
            "population.where.role: nobody in `people` has `role` `REP` or `chief`; there is `boss`, `rep`; did you mean `rep`?",
        );
        nobody_in(
            &[("team", &["Q"])],
            "population.where.team: nobody in `people` has `team` `Q`; there is `North`, `South`, `West`",
        );
        nobody_in(
            &[("left", &["no"])],
            "population.where.left: nobody in `people` has `left` `no`: nobody has a value there",
        );
        nobody_in(
            &[("role", &[])],
            "population.where.role: `role` names no value, so nobody is covered; name one, or leave `role` out",
        );
    }

    #[test]
    fn a_value_that_nobody_has_is_named_with_the_nearest() {
        let wanted = ["rep", "bos"].map(str::to_owned).to_vec();
        let told = unmatched(&people(), &[("role".to_owned(), wanted)]).unwrap();
        let told: Vec<String> = told.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "population.where.role: nobody in `people` has `role` `bos`; there is `boss`, `rep`; did you mean `boss`?"
            ]
        );
        assert_eq!(unmatched(&people(), &[("role".to_owned(), vec!["rep".to_owned()])]).unwrap(), []);
    }

    #[test]
    fn every_filter_that_lets_nobody_through_is_named() {
        nobody_in(
            &[("role", &["rap"]), ("team", &["Noth"])],
            "population.where.role: nobody in `people` has `role` `rap`; there is `boss`, `rep`; did you mean `rep`?\n\
             population.where.team: nobody in `people` has `team` `Noth`; there is `North`, `South`, `West`; did you mean `North`?",
        );
    }

    #[test]
    fn filters_that_only_together_let_nobody_through_name_what_there_is_beside_the_others() {
        nobody_in(
            &[("role", &["rep"]), ("team", &["North"])],
            "population.where: somebody in `people` has each of `role`, `team` as asked, but nobody has all of them; \
             where the rest holds, `role` is `boss`; where the rest holds, `team` is `South`, `West`",
        );
    }

    #[test]
    fn a_long_list_of_values_is_cut() {
        let values: BTreeSet<String> = (10..40).map(|n| n.to_string()).collect();
        assert!(listed(&values).ends_with("`20`, `21`, and 18 more"), "{}", listed(&values));
    }
}
