//! Rows of another table than `people`: whose they are, what people's figures are beside them, and how what a step
//! gives for them becomes one value a person.
//!
//! Both tables stand in the order of participants. Rows of people whom the plan doesn't cover are left out. A value of
//! a person is repeated on each of their rows; of somebody with several assignments it is the first that is there.
//! What adds up stands in a person's first assignment and is zero in their others, so that assignments add up to the
//! person; what doesn't add up is repeated in all of them.

use crate::error::RunError;
use crate::figures::Rows;
use crate::project::People;
use attain_model::manifest::Fold;
use attain_model::{Data, NO_VALUE, TextColumn};
use std::ops::Range;

/// The rows of a table that belong to covered people.
pub(crate) struct Owned<'a> {
    rows: &'a dyn Rows,
    /// Their places in the table, rising.
    places: Vec<usize>,
    /// For each of them, the first row of its person among those covered.
    owners: Vec<usize>,
    /// For each covered row of people, the first row of its person.
    firsts: Vec<usize>,
}

impl<'a> Owned<'a> {
    /// Finds them.
    pub(crate) fn new(name: &str, rows: &'a dyn Rows, people: &People) -> Result<Owned<'a>, RunError> {
        let missing = || RunError::Read(format!("table `{name}` has no column `participant`").into());
        let column = rows.find("participant").ok_or_else(missing)?;
        let read = rows.read(&[column], 0..rows.rows()).map_err(RunError::Read)?.into_iter().next();
        let Some(Data::Texts(ids)) = read else { return Err(missing()) };
        let mut first_of: Vec<Option<usize>> = vec![None; ids.dictionary.len()];
        let (mut code, mut row, mut firsts) = (0, 0, Vec::with_capacity(people.len()));
        let mut last: Option<(String, usize)> = None;
        people.each_participant(|id| {
            let first = match &last {
                Some((known, first)) if known == id => *first,
                _ => row,
            };
            if first == row {
                while ids.dictionary.get(code).is_some_and(|known| known.as_str() < id) {
                    code += 1;
                }
                if let (Some(known), Some(slot)) = (ids.dictionary.get(code), first_of.get_mut(code))
                    && known == id
                {
                    *slot = Some(row);
                }
                last = Some((id.to_owned(), row));
            }
            firsts.push(first);
            row += 1;
            Ok(())
        })?;
        let owner = |code: &u32| first_of.get(*code as usize).copied().flatten();
        let owned = ids.codes.iter().enumerate().filter_map(|(place, code)| Some((place, owner(code)?)));
        let (places, owners) = owned.unzip();
        Ok(Owned { rows, places, owners, firsts })
    }

    /// How many rows.
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// The first row of the person whose row it is, among those covered.
    pub(crate) fn owner(&self, row: usize) -> Option<usize> {
        self.owners.get(row).copied()
    }

    /// The rows of one person, by the person's first row among those covered: they stand together.
    pub(crate) fn rows_of(&self, first: usize) -> Range<usize> {
        self.owners.partition_point(|owner| *owner < first)
            ..self.owners.partition_point(|owner| *owner <= first)
    }

    /// Only those of one person.
    pub(crate) fn of(&self, first: usize) -> Owned<'a> {
        let range = self.rows_of(first);
        Owned {
            rows: self.rows,
            places: self.places.get(range.clone()).unwrap_or_default().to_vec(),
            owners: self.owners.get(range).unwrap_or_default().to_vec(),
            firsts: self.firsts.clone(),
        }
    }

    /// Of values for the rows of another choice of the same table, those of the rows that are here, too.
    pub(crate) fn among(&self, other: &Owned, values: &[i64]) -> Vec<i64> {
        let value =
            |place: &usize| other.places.binary_search(place).ok().and_then(|at| values.get(at)).copied();
        self.places.iter().map(|place| value(place).unwrap_or(NO_VALUE)).collect()
    }

    /// A column of the table.
    pub(crate) fn read(&self, name: &str) -> Result<Data, RunError> {
        let missing = || RunError::Read(format!("the table has no column `{name}`").into());
        let column = self.rows.find(name).ok_or_else(missing)?;
        let (Some(first), Some(last)) = (self.places.first(), self.places.last()) else {
            return self
                .rows
                .read(&[column], 0..0)
                .map_err(RunError::Read)?
                .into_iter()
                .next()
                .ok_or_else(missing);
        };
        let whole = self.rows.read(&[column], *first..last + 1).map_err(RunError::Read)?;
        let places: Vec<usize> = self.places.iter().map(|place| place - first).collect();
        whole.first().map(|data| data.gather(&places)).ok_or_else(missing)
    }

    /// What a row is called: the text of the first column of texts that isn't its person.
    pub(crate) fn names(&self) -> Result<Option<TextColumn>, RunError> {
        let named = self.rows.columns().iter().find(|(name, kind)| {
            kind.unit == attain_model::Unit::Text && name != "participant" && !name.starts_with('#')
        });
        match named.map(|(name, _)| self.read(name)).transpose()? {
            Some(Data::Texts(texts)) => Ok(Some(texts)),
            _ => Ok(None),
        }
    }

    /// Whose each row is, as cells to group by.
    pub(crate) fn persons(&self) -> Data {
        let number = |owner: &usize| i64::try_from(*owner).unwrap_or(NO_VALUE);
        Data::Numbers(self.owners.iter().map(number).collect())
    }

    /// The place of the covered row whose number a row shows: that of its person's first row that has one.
    fn shown(&self, has: impl Fn(usize) -> bool) -> Vec<usize> {
        let of = |owner: &usize| {
            let rows = self.firsts.iter().enumerate().skip(*owner).take_while(|(_, first)| *first == owner);
            rows.map(|(row, _)| row).find(|row| has(*row)).unwrap_or(*owner)
        };
        // The rows of a person stand together, so each person is looked at once.
        let mut last: Option<(usize, usize)> = None;
        let shown = self.owners.iter().map(|owner| match last {
            Some((known, row)) if known == *owner => row,
            _ => {
                let row = of(owner);
                last = Some((*owner, row));
                row
            }
        });
        shown.collect()
    }

    /// A column of people, repeated on their rows.
    pub(crate) fn spread(&self, people: &Data) -> Data {
        let shown = match people {
            Data::Numbers(numbers) => {
                self.shown(|row| numbers.get(row).is_some_and(|cell| *cell != NO_VALUE))
            }
            Data::Texts(texts) => self.shown(|row| texts.get(row).is_some()),
        };
        people.gather(&shown)
    }

    /// The same of numbers.
    pub(crate) fn spread_numbers(&self, people: &[i64]) -> Vec<i64> {
        let shown = self.shown(|row| people.get(row).is_some_and(|cell| *cell != NO_VALUE));
        shown.iter().map(|row| people.get(*row).copied().unwrap_or(NO_VALUE)).collect()
    }

    /// What a person's rows gave, in the order in which the policy saw them, becomes a value for each of their
    /// assignments. An error is the first row of the
    /// person whose values don't add up to a number.
    pub(crate) fn folded(&self, values: &[i64], fold: Fold, order: &[usize]) -> Result<Vec<i64>, usize> {
        let nothing = match fold {
            Fold::Sum | Fold::Count | Fold::Any => 0,
            Fold::Max | Fold::Min | Fold::First | Fold::Last => NO_VALUE,
        };
        let mut people = vec![nothing; self.firsts.len()];
        let seen = order.iter().filter_map(|row| Some((self.owners.get(*row)?, values.get(*row)?)));
        for (owner, value) in seen.filter(|(_, value)| **value != NO_VALUE) {
            let Some(sum) = people.get_mut(*owner) else { continue };
            *sum = match (fold, *sum) {
                (Fold::Sum, sum) => sum.checked_add(*value).filter(|sum| *sum != NO_VALUE).ok_or(*owner)?,
                (Fold::Count, sum) => sum.saturating_add(1),
                (Fold::Any, sum) => sum.max(i64::from(*value != 0)),
                (Fold::Max, NO_VALUE) | (Fold::Min, NO_VALUE) | (Fold::First, NO_VALUE) | (Fold::Last, _) => {
                    *value
                }
                (Fold::Max, most) => most.max(*value),
                (Fold::Min, least) => least.min(*value),
                (Fold::First, first) => first,
            };
        }
        if fold != Fold::Sum && fold != Fold::Count {
            for (row, first) in self.firsts.iter().enumerate() {
                if let (Some(value), Some(slot)) = (people.get(*first).copied(), people.get_mut(row)) {
                    *slot = value;
                }
            }
        }
        Ok(people)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::InMemory;
    use attain_model::{Column, Table, Type, Unit};

    fn texts(name: &str, cells: &[&str]) -> Column {
        let data = Data::Texts(TextColumn::from_rows(cells.iter().map(|cell| Some(*cell))));
        Column { name: name.to_owned(), kind: Type::TEXT, data }
    }

    fn table(name: &str, columns: Vec<Column>) -> InMemory {
        let rows = columns.first().map_or(0, |column| column.data.len());
        InMemory::new(Table { name: name.to_owned(), rows, columns })
    }

    #[test]
    fn rows_of_people_who_are_not_covered_are_left_out_and_the_rest_folds_to_assignments() {
        let people = table("people", vec![texts("participant", &["ann", "ann", "bob", "eve"])]);
        let kind = Type { unit: Unit::Money, decimals: 2 };
        let amounts = Column { name: "amount".into(), kind, data: Data::Numbers(vec![1, 5, 3, 7, NO_VALUE]) };
        let deals = table("deals", vec![texts("participant", &["ann", "ann", "bob", "cat", "eve"]), amounts]);
        let people = People::new(&people, &[]).unwrap();
        let owned = Owned::new("deals", &deals, &people).unwrap();
        let Data::Numbers(amounts) = owned.read("amount").unwrap() else { panic!("numbers") };
        assert_eq!(amounts, [1, 5, 3, NO_VALUE]);
        assert_eq!(owned.folded(&amounts, Fold::Sum, &[0, 1, 2, 3]), Ok(vec![6, 0, 3, 0]));
        assert_eq!(owned.folded(&amounts, Fold::Max, &[0, 1, 2, 3]), Ok(vec![5, 5, 3, NO_VALUE]));
        assert_eq!(owned.folded(&amounts, Fold::Min, &[0, 1, 2, 3]), Ok(vec![1, 1, 3, NO_VALUE]));
        assert_eq!(owned.folded(&amounts, Fold::First, &[0, 1, 2, 3]), Ok(vec![1, 1, 3, NO_VALUE]));
        assert_eq!(owned.folded(&amounts, Fold::Last, &[0, 1, 2, 3]), Ok(vec![5, 5, 3, NO_VALUE]));
        assert_eq!(owned.folded(&amounts, Fold::Last, &[1, 0, 2, 3]), Ok(vec![1, 1, 3, NO_VALUE]));
        assert_eq!(owned.folded(&amounts, Fold::Count, &[0, 1, 2, 3]), Ok(vec![2, 0, 1, 0]));
        assert_eq!(owned.folded(&amounts, Fold::Any, &[0, 1, 2, 3]), Ok(vec![1, 1, 1, 0]));
        assert_eq!(owned.folded(&[i64::MAX, 1, 0, 0], Fold::Sum, &[0, 1, 2, 3]), Err(0));
        assert_eq!(owned.spread_numbers(&[NO_VALUE, 20, 30, 40]), [20, 20, 30, 40]);
        assert_eq!(owned.of(2).len(), 1);
    }
}
