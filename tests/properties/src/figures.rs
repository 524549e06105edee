//! Figures by row: what goes into a policy, and what comes out, in a form that can be reordered and cut.

use attain_cases::{Batch, Binding, Column, TextColumn};
use attain_sdk::NO_VALUE;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

/// What stands in a row under an input.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    /// No value.
    Missing,
    /// A count of the input's smallest part.
    Number(i64),
    /// A name.
    Text(Arc<str>),
}

impl Cell {
    /// The number, where it is one.
    pub fn number(&self) -> Option<i64> {
        match self {
            Cell::Number(number) => Some(*number),
            Cell::Missing | Cell::Text(_) => None,
        }
    }

    /// A number; the least is no value.
    pub fn of(number: i64) -> Cell {
        if number == NO_VALUE { Cell::Missing } else { Cell::Number(number) }
    }
}

/// A row, whose name stays when rows are moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its name.
    pub id: u32,
    /// Whose it is, where a person's rows come together.
    pub person: u32,
    /// A cell for each input of the binding.
    pub cells: Vec<Cell>,
}

/// Rows, arranged as a host arranges them: groups together, in the order that the binding asks for.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// In order.
    pub rows: Vec<Row>,
    /// Inputs that nothing is bound to.
    pub unbound: BTreeSet<usize>,
}

/// What decides which group a row is in.
fn key(row: &Row, binding: &Binding) -> Vec<Cell> {
    let Some(keys) = binding.keys() else { return vec![Cell::Number(row.id.into())] };
    let cell = |name: &str| match binding.inputs.iter().position(|input| input.name == name) {
        Some(index) => row.cells[index].clone(),
        None => Cell::Number(row.person.into()),
    };
    keys.into_iter().map(cell).collect()
}

impl Sheet {
    /// Puts rows that belong together side by side, by the first of each, and orders them inside.
    pub fn arranged(mut self, binding: &Binding) -> Sheet {
        let mut places: BTreeMap<Vec<Cell>, usize> = BTreeMap::new();
        for row in &self.rows {
            let next = places.len();
            places.entry(key(row, binding)).or_insert(next);
        }
        let index = |name: &str| binding.inputs.iter().position(|input| input.name == name);
        let orders: Vec<(usize, bool)> = binding
            .order
            .iter()
            .map(|order| (index(&order.input).expect("an input that rows are ordered by"), order.descending))
            .collect();
        self.rows.sort_by(|a, b| {
            let mut order = places[&key(a, binding)].cmp(&places[&key(b, binding)]);
            for (input, descending) in &orders {
                let by = a.cells[*input].cmp(&b.cells[*input]);
                order = order.then(if *descending { by.reverse() } else { by });
            }
            order
        });
        self
    }

    /// The rows of each group; a row alone where rows are independent.
    pub fn groups(&self, binding: &Binding) -> Vec<Range<usize>> {
        let mut groups: Vec<Range<usize>> = Vec::new();
        for (i, row) in self.rows.iter().enumerate() {
            match groups.last_mut() {
                Some(last) if key(&self.rows[last.start], binding) == key(row, binding) => last.end = i + 1,
                _ => groups.push(i..i + 1),
            }
        }
        groups
    }

    /// Some of its rows.
    pub fn part(&self, rows: Range<usize>) -> Sheet {
        Sheet { rows: self.rows[rows].to_vec(), unbound: self.unbound.clone() }
    }

    /// As a host passes it.
    pub fn batch(&self, binding: &Binding) -> Batch {
        let mut batch = Batch {
            rows: u32::try_from(self.rows.len()).unwrap(),
            numbers: Vec::new(),
            texts: Vec::new(),
            group_ends: Vec::new(),
        };
        for (i, input) in binding.inputs.iter().enumerate() {
            let cells = || self.rows.iter().map(|row| &row.cells[i]).filter(|_| !self.unbound.contains(&i));
            match input.is_text() {
                true => batch.texts.push(texts(cells())),
                false => batch.numbers.push(cells().map(|cell| cell.number().unwrap_or(NO_VALUE)).collect()),
            }
        }
        if binding.keys().is_some() {
            batch.group_ends =
                self.groups(binding).into_iter().map(|group| u32::try_from(group.end).unwrap()).collect();
        }
        batch
    }
}

fn texts<'c>(cells: impl Iterator<Item = &'c Cell> + Clone) -> TextColumn {
    let name = |cell: &'c Cell| match cell {
        Cell::Text(name) => Some(&**name),
        Cell::Missing | Cell::Number(_) => None,
    };
    let names: BTreeSet<&str> = cells.clone().filter_map(name).collect();
    let code = |cell| {
        let name = name(cell);
        names.iter().position(|known| Some(*known) == name).map_or(u32::MAX, |code| code.try_into().unwrap())
    };
    TextColumn {
        codes: cells.map(code).collect(),
        dictionary: names.iter().map(|n| (*n).to_owned()).collect(),
    }
}

/// The rows of a batch.
pub fn rows(batch: &Batch, binding: &Binding) -> Vec<Row> {
    let row = |row: u32| {
        let index = row as usize;
        let (mut numbers, mut texts) = (batch.numbers.iter(), batch.texts.iter());
        let mut cell = |input: &Column| {
            if input.is_text() {
                let column = texts.next().expect("a column of names");
                let name = column.codes.get(index).and_then(|code| column.dictionary.get(*code as usize));
                return name.map_or(Cell::Missing, |name| Cell::Text(name.as_str().into()));
            }
            let column = numbers.next().expect("a column of numbers");
            column.get(index).map_or(Cell::Missing, |number| Cell::of(*number))
        };
        let person = batch.group_ends.iter().filter(|end| **end <= row).count();
        Row {
            id: row,
            person: person.try_into().unwrap(),
            cells: binding.inputs.iter().map(&mut cell).collect(),
        }
    };
    (0..batch.rows).map(row).collect()
}

/// What came out, by row and by group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Column by column, as the binding has them.
    pub columns: Vec<Vec<i64>>,
    /// For each output, whether it has a value a group.
    per_group: Vec<bool>,
}

impl Given {
    /// What a policy gave, if it is as many columns and values as it promised.
    pub fn new(
        columns: Vec<Vec<i64>>,
        binding: &Binding,
        n_rows: usize,
        n_groups: usize,
    ) -> Result<Given, String> {
        if columns.len() != binding.outputs.len() {
            return Err(format!(
                "{} columns came out, `bind` promised {}",
                columns.len(),
                binding.outputs.len()
            ));
        }
        for (output, column) in binding.outputs.iter().zip(&columns) {
            let expected = if output.is_per_group() { n_groups } else { n_rows };
            if column.len() != expected {
                return Err(format!("`{}` has {} values, expected {expected}", output.name, column.len()));
            }
        }
        let per_group = binding.outputs.iter().map(Column::is_per_group).collect();
        Ok(Given { columns, per_group })
    }

    /// The cells of a row, output by output; those of its group aren't among them.
    pub fn row(&self, row: usize) -> Vec<i64> {
        self.some(row, false)
    }

    /// The cells of a group.
    pub fn group(&self, group: usize) -> Vec<i64> {
        self.some(group, true)
    }

    fn some(&self, index: usize, per_group: bool) -> Vec<i64> {
        let columns = self.columns.iter().zip(&self.per_group).filter(|(_, per)| **per == per_group);
        columns.map(|(column, _)| column[index]).collect()
    }
}
