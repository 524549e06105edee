//! Joining by participant: targets, history, carries and roll-ups, a value for each row of people.
//!
//! Both sides stand in the order of participants, so a join is one walk over each, in pieces.

use crate::error::RunError;
use crate::figures::{Figures, Rows};
use crate::prepare::{Aligned, Prepared};
use crate::project::People;
use attain_model::plan::{Reach, Source};
use attain_model::{Data, NO_VALUE, Type, number};
use std::collections::{BTreeMap, BTreeSet};

const PIECE: usize = 65_536;

/// How the rows of a person become one value.
#[derive(Clone, Copy, PartialEq)]
enum Fold {
    Sum,
    First,
}

/// A table's persons, one after the other, each with one value.
struct Persons<'a> {
    rows: &'a dyn Rows,
    columns: [usize; 2],
    fold: Fold,
    next: usize,
    piece: Option<(Vec<Option<String>>, Vec<i64>)>,
    place: usize,
}

impl<'a> Persons<'a> {
    fn new(rows: &'a dyn Rows, participant: usize, value: usize, fold: Fold) -> Self {
        Persons { rows, columns: [participant, value], fold, next: 0, piece: None, place: 0 }
    }

    fn peek(&mut self) -> Result<Option<(&str, i64)>, RunError> {
        let used_up = self.piece.as_ref().is_none_or(|(ids, _)| self.place >= ids.len());
        if used_up {
            if self.next >= self.rows.rows() {
                return Ok(None);
            }
            let last = self.rows.rows().min(self.next + PIECE);
            let mut data =
                self.rows.read(&self.columns, self.next..last).map_err(RunError::Read)?.into_iter();
            let (Some(Data::Texts(ids)), Some(Data::Numbers(values))) = (data.next(), data.next()) else {
                return Err(RunError::Read("a joined column is not of numbers".into()));
            };
            self.piece = Some((ids.iter().map(|id| id.map(str::to_owned)).collect(), values));
            self.next = last;
            self.place = 0;
        }
        let Some((ids, values)) = &self.piece else { return Ok(None) };
        let id = ids.get(self.place).and_then(|id| id.as_deref()).unwrap_or_default();
        Ok(Some((id, values.get(self.place).copied().unwrap_or(NO_VALUE))))
    }

    /// The value of a person, none when the table hasn't got them; persons are asked for in rising order.
    fn value_of(&mut self, participant: &str) -> Result<Option<i64>, RunError> {
        let fold = self.fold;
        let mut value = None;
        loop {
            match self.peek()? {
                Some((id, _)) if id < participant => {}
                Some((id, row)) if id == participant => {
                    value = Some(match (fold, value) {
                        (Fold::First, Some(first)) if first != NO_VALUE => first,
                        (Fold::First, _) => row,
                        (Fold::Sum, sum) => {
                            add(sum.unwrap_or(NO_VALUE), row).ok_or_else(|| too_large(participant))?
                        }
                    });
                }
                _ => return Ok(value),
            }
            self.place += 1;
        }
    }
}

/// Adds two values; what has no value adds nothing.
fn add(a: i64, b: i64) -> Option<i64> {
    match (a, b) {
        (NO_VALUE, b) => Some(b),
        (a, NO_VALUE) => Some(a),
        (a, b) => a.checked_add(b).filter(|sum| *sum != NO_VALUE),
    }
}

fn too_large(participant: &str) -> RunError {
    RunError::Number {
        step: "history".to_owned(),
        participant: participant.to_owned(),
        what: "the sum over periods or people is too large for a number".to_owned(),
    }
}

/// Outputs of this run that are already complete: by step, by output.
pub(crate) type Finished = Vec<Vec<Vec<i64>>>;

/// The values of a source for each row of people.
pub(crate) fn values(
    prepared: &Prepared,
    figures: &Figures,
    people: &People,
    finished: &Finished,
    aligned: &Aligned,
) -> Result<Vec<i64>, RunError> {
    match &aligned.source {
        Source::Target(metric) => match figures.targets {
            Some(targets) => joined(people, targets, metric, aligned.kind, Fold::First),
            None => Ok(vec![NO_VALUE; people.len()]),
        },
        Source::Carry(output) => {
            let step = prepared.steps.get(aligned.step).map_or("", |step| step.name.as_str());
            carried(figures, people, &format!("{step}.{output}"), aligned.kind)
        }
        Source::History { reach, of } => {
            history(prepared, figures, people, finished, *reach, of, aligned.kind)
        }
        Source::RollUp { of, by, deep } => {
            let values =
                rolled_up(prepared, people, finished, of, figures.people.find(by).map(|_| by.as_str()))?;
            let owners = belongings(figures, people, by)?;
            roll_up(people, &values, &owners, *deep)
        }
        _ => Ok(vec![NO_VALUE; people.len()]),
    }
}

/// What the last official run that somebody was in left them with, whichever period that was: nobody's balance is
/// lost by a month that wasn't run, or that they weren't there.
fn carried(figures: &Figures, people: &People, column: &str, kind: Type) -> Result<Vec<i64>, RunError> {
    let mut values: Vec<Option<i64>> = vec![None; people.len()];
    for past in figures.past.iter().rev() {
        if values.iter().all(Option::is_some) {
            break;
        }
        let found = join(people, past.outcome, column, kind, Fold::Sum)?;
        values.iter_mut().zip(found).for_each(|(value, found)| *value = value.or(found));
    }
    once(people, values, NO_VALUE)
}

/// Once for each person: what a person has is in their first row, and the others have `nothing`, so that rows add up
/// to the person.
fn once(people: &People, values: Vec<Option<i64>>, nothing: i64) -> Result<Vec<i64>, RunError> {
    let mut given = Vec::with_capacity(values.len());
    let (mut values, mut last) = (values.into_iter(), None);
    people.each_participant(|id| {
        let value = values.next().flatten().unwrap_or(nothing);
        given.push(if last.as_deref() == Some(id) { nothing } else { value });
        if last.as_deref() != Some(id) {
            last = Some(id.to_owned());
        }
        Ok(())
    })?;
    Ok(given)
}

fn history(
    prepared: &Prepared,
    figures: &Figures,
    people: &People,
    finished: &Finished,
    reach: Reach,
    of: &Source,
    kind: Type,
) -> Result<Vec<i64>, RunError> {
    let (earlier, and_now) = reach.periods(prepared.period, prepared.calendar);
    let fold = if reach.is_sum() { Fold::Sum } else { Fold::First };
    let nobody = || vec![None; people.len()];
    let mut total = nobody();
    for past in figures.past.iter().filter(|past| earlier.contains(&past.period)) {
        let values = match (of, past.targets) {
            (Source::Target(metric), Some(targets)) => join(people, targets, metric, kind, fold)?,
            (Source::Output { step, output }, _) => {
                join(people, past.outcome, &format!("{step}.{output}"), kind, fold)?
            }
            (Source::Column(name), _) => join(people, past.people, name, kind, fold)?,
            _ => nobody(),
        };
        add_all(people, &mut total, &values)?;
    }
    if and_now {
        let values = match (of, figures.targets) {
            (Source::Target(metric), Some(targets)) => join(people, targets, metric, kind, fold)?,
            (Source::Output { .. }, _) => {
                by_person(people, finished_output(prepared, finished, of)?)?.into_iter().map(Some).collect()
            }
            (Source::Column(name), _) => join(people, figures.people, name, kind, fold)?,
            _ => nobody(),
        };
        add_all(people, &mut total, &values)?;
    }
    if matches!(of, Source::Output { .. }) {
        // What was paid to a person before was paid once, however many rows they have now.
        return once(people, total, nothing(reach));
    }
    Ok(total.into_iter().map(|sum| sum.unwrap_or(nothing(reach))).collect())
}

/// What somebody has of whom no period knows anything: a sum of nothing is zero, a single value isn't there.
/// Somebody who is known and whose cells are all missing has no value either way.
fn nothing(reach: Reach) -> i64 {
    if reach.is_sum() { 0 } else { NO_VALUE }
}

fn add_all(people: &People, total: &mut [Option<i64>], values: &[Option<i64>]) -> Result<(), RunError> {
    for (row, (sum, value)) in total.iter_mut().zip(values).enumerate() {
        let Some(value) = value else { continue };
        *sum = match add(sum.unwrap_or(NO_VALUE), *value) {
            Some(sum) => Some(sum),
            None => return Err(too_large(&people.participant(row)?)),
        };
    }
    Ok(())
}

/// Joins a column to people: none for somebody whom the table hasn't got, or where it hasn't got the column.
fn join(
    people: &People,
    other: &dyn Rows,
    column: &str,
    kind: Type,
    fold: Fold,
) -> Result<Vec<Option<i64>>, RunError> {
    let (Some(participant), Some(value)) = (other.find("participant"), other.find(column)) else {
        return Ok(vec![None; people.len()]);
    };
    let found = other.columns().get(value).map_or(kind, |(_, kind)| *kind);
    if found.unit != kind.unit {
        return Err(RunError::Read(
            format!("column `{column}` was {found} and is {kind}; periods can't be compared").into(),
        ));
    }
    let mut persons = Persons::new(other, participant, value, fold);
    let mut values = Vec::with_capacity(people.len());
    let mut last: Option<(String, Option<i64>)> = None;
    people.each_participant(|id| {
        let value = match &last {
            Some((known, value)) if known == id => *value,
            _ => {
                let scaled = |value| number::rescale(value, found.decimals, kind.decimals);
                let value = persons.value_of(id)?;
                let value = value.map(|value| scaled(value).ok_or_else(|| too_large(id))).transpose()?;
                last = Some((id.to_owned(), value));
                value
            }
        };
        values.push(value);
        Ok(())
    })?;
    Ok(values)
}

/// The same where not to be there is to have no value.
fn joined(
    people: &People,
    other: &dyn Rows,
    column: &str,
    kind: Type,
    fold: Fold,
) -> Result<Vec<i64>, RunError> {
    let values = join(people, other, column, kind, fold)?;
    Ok(values.into_iter().map(|value| value.unwrap_or(NO_VALUE)).collect())
}

fn finished_output<'a>(
    prepared: &Prepared,
    finished: &'a Finished,
    of: &Source,
) -> Result<&'a [i64], RunError> {
    let Source::Output { step, output } = of else { return Ok(&[]) };
    let place = prepared.steps.iter().position(|s| &s.name == step);
    let found = place.and_then(|place| {
        let column = prepared.steps.get(place)?.binding.outputs.iter().position(|o| &o.name == output)?;
        finished.get(place)?.get(column)
    });
    found.map(Vec::as_slice).ok_or_else(|| RunError::Read(format!("`{of}` isn't computed yet").into()))
}

/// Each row gets the sum over all rows of its person.
fn by_person(people: &People, values: &[i64]) -> Result<Vec<i64>, RunError> {
    let mut sums = vec![NO_VALUE; values.len()];
    let mut first = 0;
    let mut row = 0;
    let mut last: Option<String> = None;
    let close = |sums: &mut Vec<i64>, first: usize, end: usize, id: &str| -> Result<(), RunError> {
        let rows = values.get(first..end).unwrap_or_default();
        let sum =
            rows.iter().try_fold(NO_VALUE, |sum, value| add(sum, *value)).ok_or_else(|| too_large(id))?;
        sums.iter_mut().take(end).skip(first).for_each(|slot| *slot = sum);
        Ok(())
    };
    people.each_participant(|id| {
        if last.as_deref() != Some(id) {
            if let Some(previous) = &last {
                close(&mut sums, first, row, previous)?;
            }
            first = row;
            last = Some(id.to_owned());
        }
        row += 1;
        Ok(())
    })?;
    if let Some(previous) = &last {
        close(&mut sums, first, row, previous)?;
    }
    Ok(sums)
}

/// What each person has of a column or of an output. Where a column of people says whom a row belongs to, each row
/// counts for its own: who changes teams counts for each by what they had there.
fn rolled_up(
    prepared: &Prepared,
    people: &People,
    finished: &Finished,
    of: &Source,
    by: Option<&str>,
) -> Result<BTreeMap<(String, Option<String>), i64>, RunError> {
    let mut sums: BTreeMap<(String, Option<String>), i64> = BTreeMap::new();
    let whole = match of {
        Source::Output { .. } => Some(finished_output(prepared, finished, of)?),
        _ => None,
    };
    let mut first = 0;
    while first < people.len() {
        let range = first..people.len().min(first + PIECE);
        let (ids, _) = people.ids(range.clone())?;
        let column = match of {
            Source::Column(name) => people.read_named(&[name], range.clone())?.into_iter().next(),
            _ => None,
        };
        let owners = match by {
            Some(by) => people.read_named(&[by], range.clone())?.into_iter().next(),
            None => None,
        };
        for (place, id) in ids.iter().enumerate() {
            let owner = match &owners {
                Some(Data::Texts(texts)) => texts.get(place).map(str::to_owned),
                _ => None,
            };
            if by.is_some() && owner.is_none() {
                continue;
            }
            let value = match (&whole, &column) {
                (Some(outputs), _) => outputs.get(range.start + place).copied(),
                (None, Some(Data::Numbers(numbers))) => numbers.get(place).copied(),
                _ => None,
            };
            let id = id.unwrap_or_default();
            let value = value.unwrap_or(NO_VALUE);
            let sum = sums.entry((id.to_owned(), owner)).or_insert(NO_VALUE);
            *sum = add(*sum, value).ok_or_else(|| too_large(id))?;
        }
        first = range.end;
    }
    Ok(sums)
}

/// Whom each person belongs to: each owner once. From a column of people, or else from `memberships`, where a person
/// may stand in several rows.
fn belongings(
    figures: &Figures,
    people: &People,
    by: &str,
) -> Result<BTreeMap<String, BTreeSet<String>>, RunError> {
    let mut owners: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut belongs = |id: Option<&str>, owner: Option<&str>| {
        if let (Some(id), Some(owner)) = (id, owner) {
            owners.entry(id.to_owned()).or_default().insert(owner.to_owned());
        }
    };
    let not_text = || RunError::Read(format!("`{by}` is not a text column").into());
    if figures.people.find(by).is_some() {
        let mut first = 0;
        while first < people.len() {
            let range = first..people.len().min(first + PIECE);
            let (ids, _) = people.ids(range.clone())?;
            let Some(Data::Texts(column)) = people.read_named(&[by], range.clone())?.into_iter().next()
            else {
                return Err(not_text());
            };
            ids.iter().zip(column.iter()).for_each(|(id, owner)| belongs(id, owner));
            first = range.end;
        }
        return Ok(owners);
    }
    let table = figures.others.get("memberships");
    let columns = table.and_then(|table| Some((table, table.find("participant")?, table.find(by)?)));
    let Some((table, id, owner)) = columns else {
        return Err(RunError::Read(
            format!("there is no `memberships` with `participant` and `{by}`").into(),
        ));
    };
    let mut read = table.read(&[id, owner], 0..table.rows()).map_err(RunError::Read)?.into_iter();
    let (Some(Data::Texts(ids)), Some(Data::Texts(column))) = (read.next(), read.next()) else {
        return Err(not_text());
    };
    ids.iter().zip(column.iter()).for_each(|(id, owner)| belongs(id, owner));
    Ok(owners)
}

/// The sum over those who belong to each person, directly or on all levels; each counts once. Nobody counts for
/// themselves, not even by a circle.
fn roll_up(
    people: &People,
    values: &BTreeMap<(String, Option<String>), i64>,
    owners: &BTreeMap<String, BTreeSet<String>>,
    deep: bool,
) -> Result<Vec<i64>, RunError> {
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for ((id, owner), value) in values {
        let mut above: BTreeSet<&str> = owner.as_deref().into_iter().collect();
        let mut next: Vec<&str> = match owner {
            Some(owner) if deep => vec![owner],
            Some(_) => Vec::new(),
            None => vec![id],
        };
        while let Some(current) = next.pop() {
            for owner in owners.get(current).into_iter().flatten() {
                if above.insert(owner) && deep {
                    next.push(owner);
                }
            }
        }
        for owner in above.into_iter().filter(|owner| !deep || owner != id) {
            let sum = sums.entry(owner).or_insert(NO_VALUE);
            *sum = add(*sum, *value).ok_or_else(|| too_large(owner))?;
        }
    }
    let mut given = Vec::with_capacity(people.len());
    people.each_participant(|id| {
        // Nobody belongs to them: a sum of nothing.
        given.push(sums.get(id).copied().unwrap_or(0));
        Ok(())
    })?;
    Ok(given)
}
