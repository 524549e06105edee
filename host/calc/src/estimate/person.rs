//! One participant's rows of a table: alone, or in their place among everybody's; as they are, or changed.

use crate::example::number_of;
use crate::figures::{ReadError, Rows, read_one, rows_of};
use attain_model::nearest::hint;
use attain_model::{Column, Data, NO_VALUE, Table, TextColumn, Type, Unit};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

/// The most characters of a text that is changed.
const TEXT_MAX: usize = 200;

/// A table, of which one participant's rows may be changed.
pub(super) struct Person<'a> {
    base: &'a dyn Rows,
    participant: &'a str,
    /// Whether nobody else's rows are there.
    alone: bool,
    /// Where the participant's rows stand in the table as it is.
    place: OnceLock<Range<usize>>,
    /// By column, what stands there instead, a value for each of their rows.
    instead: BTreeMap<usize, Data>,
    /// Rows they have besides: a value each by column; a column that isn't there has none.
    besides: (usize, BTreeMap<usize, Data>),
    /// The order of their rows, where it may be another than that in which they stand.
    order: OnceLock<Vec<usize>>,
    /// Their cells by column, once somebody asked for them.
    cells: Vec<OnceLock<Data>>,
}

/// Whether a change could be made, or what is wrong with it.
type Changed<E> = Result<(), E>;

impl<'a> Person<'a> {
    pub(super) fn new(base: &'a dyn Rows, participant: &'a str, alone: bool) -> Person<'a> {
        Person {
            base,
            participant,
            alone,
            place: OnceLock::new(),
            instead: BTreeMap::new(),
            besides: (0, BTreeMap::new()),
            order: OnceLock::new(),
            cells: base.columns().iter().map(|_| OnceLock::new()).collect(),
        }
    }

    /// Puts other values into a column: one for each of the participant's rows.
    pub(super) fn change(&mut self, column: &str, cells: &[String]) -> Result<Changed<String>, ReadError> {
        let (place, kind) = match self.column(column) {
            Ok(found) => found,
            Err(message) => return Ok(Err(message)),
        };
        let rows = self.place()?.len();
        if cells.len() != rows {
            let participant = self.participant;
            return Ok(Err(format!(
                "has {} values, and `{participant}` has {rows} rows there; give one for each",
                cells.len()
            )));
        }
        let texts: Vec<&str> = cells.iter().map(String::as_str).collect();
        Ok(data_of(kind, &texts).map(|data| {
            self.instead.insert(place, data);
        }))
    }

    /// Adds rows; every problem with its place below the table's.
    pub(super) fn add(
        &mut self,
        rows: &[BTreeMap<String, String>],
    ) -> Result<Changed<Vec<(String, String)>>, ReadError> {
        let mut problems = Vec::new();
        let mut columns: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
        for (row, cells) in rows.iter().enumerate() {
            for (name, text) in cells {
                let wrong = match self.column(name) {
                    Err(message) => Some(message),
                    Ok((place, kind)) => {
                        let texts = columns.entry(place).or_insert_with(|| vec![""; rows.len()]);
                        if let Some(slot) = texts.get_mut(row) {
                            *slot = text;
                        }
                        data_of(kind, &[text]).err()
                    }
                };
                problems.extend(wrong.map(|message| (format!("[{row}].{name}"), message)));
            }
        }
        if !problems.is_empty() {
            return Ok(Err(problems));
        }
        for (place, texts) in columns {
            let kind = self.base.columns().get(place).map(|(_, kind)| *kind);
            let data = kind.and_then(|kind| data_of(kind, &texts).ok());
            self.besides.1.extend(data.map(|data| (place, data)));
        }
        self.besides.0 = rows.len();
        Ok(Ok(()))
    }

    /// How many rows the participant has.
    pub(super) fn of_person(&self) -> Result<usize, ReadError> {
        Ok(self.place()?.len() + self.besides.0)
    }

    /// A column that may be changed.
    fn column(&self, name: &str) -> Result<(usize, Type), String> {
        let may = |column: &&(String, Type)| column.0 != "participant" && !column.0.starts_with('#');
        let columns = self.base.columns();
        let place = columns.iter().position(|column| column.0 == name && may(&column));
        let found = place.and_then(|place| columns.get(place).map(|(_, kind)| (place, *kind)));
        found.ok_or_else(|| {
            let names = columns.iter().filter(may).map(|(name, _)| name.as_str());
            format!("the figures have no column `{name}` to change{}", hint(name, names))
        })
    }

    fn place(&self) -> Result<Range<usize>, ReadError> {
        if let Some(place) = self.place.get() {
            return Ok(place.clone());
        }
        let found = rows_of(self.base, self.participant)?;
        Ok(self.place.get_or_init(|| found).clone())
    }

    fn touched(&self) -> bool {
        self.besides.0 > 0 || !self.instead.is_empty()
    }

    /// The participant's cells in a column.
    fn cells(&self, column: usize) -> Result<&Data, ReadError> {
        let cells = self.cells.get(column).ok_or_else(|| format!("no column {column}"))?;
        if let Some(data) = cells.get() {
            return Ok(data);
        }
        let mut data = self.unordered(column)?;
        if self.touched() && data.len() > 1 {
            data = data.gather(self.order()?);
        }
        Ok(cells.get_or_init(|| data))
    }

    fn unordered(&self, column: usize) -> Result<Data, ReadError> {
        if self.base.columns().get(column).is_some_and(|(name, _)| name == "participant") {
            let ids = std::iter::repeat_n(Some(self.participant), self.of_person()?);
            return Ok(Data::Texts(TextColumn::from_rows(ids)));
        }
        let data = match self.instead.get(&column) {
            Some(data) => data.clone(),
            None => read_one(self.base, column, self.place()?)?,
        };
        if self.besides.0 == 0 {
            return Ok(data);
        }
        let none = match data {
            Data::Numbers(_) => Data::Numbers(vec![NO_VALUE; self.besides.0]),
            Data::Texts(_) => Data::Texts(TextColumn::from_rows(vec![None; self.besides.0])),
        };
        Ok(Data::concat([&data, self.besides.1.get(&column).unwrap_or(&none)]).unwrap_or(data))
    }

    /// Rows stand in canonical order, changed ones, too.
    fn order(&self) -> Result<&[usize], ReadError> {
        if let Some(order) = self.order.get() {
            return Ok(order);
        }
        let mut table = Table { name: String::new(), rows: self.of_person()?, columns: Vec::new() };
        for (place, (name, kind)) in self.base.columns().iter().enumerate() {
            table.columns.push(Column { name: name.clone(), kind: *kind, data: self.unordered(place)? });
        }
        Ok(self.order.get_or_init(|| table.canonical_order()))
    }
}

impl Rows for Person<'_> {
    fn columns(&self) -> &[(String, Type)] {
        self.base.columns()
    }

    fn rows(&self) -> usize {
        // A table that can't be read says so when it is.
        let of_person = self.of_person().unwrap_or_default();
        match self.alone {
            true => of_person,
            false if self.touched() => {
                self.base.rows() + of_person - self.place().map_or(0, |place| place.len())
            }
            false => self.base.rows(),
        }
    }

    fn read(&self, columns: &[usize], rows: Range<usize>) -> Result<Vec<Data>, ReadError> {
        if !self.alone && !self.touched() {
            return self.base.read(columns, rows);
        }
        let place = self.place()?;
        let (start, of_person) = (if self.alone { 0 } else { place.start }, self.of_person()?);
        let end = start + of_person;
        let within = rows.start.clamp(start, end)..rows.end.clamp(start, end);
        let mine: Vec<usize> = (within.start - start..within.end - start).collect();
        let mine = columns.iter().map(|column| self.cells(*column).map(|data| data.gather(&mine)));
        let mine = mine.collect::<Result<Vec<_>, _>>()?;
        if within == rows {
            return Ok(mine);
        }
        if self.alone {
            return Err(format!("no rows {} to {}, there are {of_person}", rows.start, rows.end).into());
        }
        let before = self.base.read(columns, rows.start.min(start)..rows.end.min(start))?;
        let beyond = |row: usize| row.max(end) - end + place.end;
        let after = self.base.read(columns, beyond(rows.start)..beyond(rows.end))?;
        let whole = before.iter().zip(&mine).zip(&after).map(|((before, mine), after)| {
            Data::concat([before, mine, after]).unwrap_or(Data::Numbers(Vec::new()))
        });
        Ok(whole.collect())
    }
}

/// Cells as texts become a column's.
fn data_of(kind: Type, texts: &[&str]) -> Result<Data, String> {
    if kind.unit != Unit::Text {
        let numbers = texts.iter().map(|text| number_of(text, kind));
        return Ok(Data::Numbers(numbers.collect::<Result<Vec<_>, _>>()?));
    }
    if let Some(text) = texts.iter().find(|text| text.chars().count() > TEXT_MAX) {
        return Err(format!("has {} characters, at most {TEXT_MAX} are taken", text.chars().count()));
    }
    let text = |text: &&str| (!text.is_empty()).then(|| text.to_string());
    let texts: Vec<Option<String>> = texts.iter().map(text).collect();
    Ok(Data::Texts(TextColumn::from_rows(texts.iter().map(Option::as_deref))))
}
