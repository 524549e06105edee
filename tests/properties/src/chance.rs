//! Figures that nobody wrote down, by a seed.

use crate::figures::{Cell, Row, Sheet};
use crate::setting::Setting;
use attain_cases::Column;
use attain_sdk::{Date, power_of_ten};
use attain_tests::random::Random;
use serde_json::Value;

/// What the figures of a trial are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// As a company has them, with edges: the parameters' own numbers, and a unit beside them.
    Usual,
    /// Many zeros, many below zero.
    Low,
    /// Many without a value.
    Sparse,
    /// The ends of what a number can be.
    Extreme,
}

/// All of them, the usual one most often.
pub const MOODS: &[Mood] = &[Mood::Usual, Mood::Usual, Mood::Low, Mood::Sparse, Mood::Extreme];

/// Figures for a setting.
pub fn sheet(setting: &Setting<'_>, mood: Mood, random: &mut Random) -> Sheet {
    let numbers = numbers_of(&setting.parameters);
    let dice = Dice { setting, mood, numbers };
    let mut rows = match setting.own_rows() {
        Some(rows) if !rows.is_empty() && random.below(2) == 0 => dice.mutated(rows, random),
        _ => dice.made(random),
    };
    for (id, row) in (0..).zip(&mut rows) {
        row.id = id;
    }
    let mut sheet = Sheet { rows, unbound: Default::default() };
    if random.below(8) == 0 {
        let optional = setting.binding.inputs.iter().enumerate().filter(|(_, input)| !input.required);
        let left_out = optional.map(|(i, _)| i).filter(|_| random.below(2) == 0);
        sheet.unbound = left_out.collect();
        for row in &mut sheet.rows {
            for i in &sheet.unbound {
                row.cells[*i] = Cell::Missing;
            }
        }
    }
    (setting.policy.mend)(setting, &mut sheet, random);
    sheet.arranged(&setting.binding)
}

/// A decimal as its digits and how many of them come after the point.
pub fn decimal(text: &str) -> Option<(i128, u32)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if digits.is_empty() || !all_digits(digits) || !all_digits(fraction) || text.len() > 30 {
        return None;
    }
    Some((format!("{whole}{fraction}").parse().ok()?, fraction.len().try_into().ok()?))
}

/// Every number in the parameters.
fn numbers_of(value: &Value) -> Vec<(i128, u32)> {
    match value {
        Value::String(text) => decimal(text).into_iter().collect(),
        Value::Number(number) => decimal(&number.to_string()).into_iter().collect(),
        Value::Array(items) => items.iter().flat_map(numbers_of).collect(),
        Value::Object(fields) => fields.values().flat_map(numbers_of).collect(),
        Value::Null | Value::Bool(_) => Vec::new(),
    }
}

struct Dice<'s> {
    setting: &'s Setting<'s>,
    mood: Mood,
    numbers: Vec<(i128, u32)>,
}

fn one_of<'a, T>(list: &'a [T], random: &mut Random) -> Option<&'a T> {
    list.get(usize::try_from(random.below(list.len() as u64)).ok()?)
}

impl Dice<'_> {
    /// The case's rows, some twice, some cells others.
    fn mutated(&self, mut rows: Vec<Row>, random: &mut Random) -> Vec<Row> {
        rows.truncate(24);
        if random.below(3) == 0 {
            let again = rows[random.below(rows.len() as u64) as usize].clone();
            rows.push(again);
        }
        for _ in 0..random.below(7) {
            let row = random.below(rows.len() as u64) as usize;
            let input = random.below(self.setting.binding.inputs.len() as u64) as usize;
            let cell = self.cell(&self.setting.binding.inputs[input], &rows[row].cells, &rows, input, random);
            rows[row].cells[input] = cell;
        }
        rows
    }

    /// Rows from nothing.
    fn made(&self, random: &mut Random) -> Vec<Row> {
        let inputs = &self.setting.binding.inputs;
        let mut rows: Vec<Row> = Vec::new();
        for _ in 0..1 + random.below(9) {
            let mut cells: Vec<Cell> = Vec::new();
            for (i, input) in inputs.iter().enumerate() {
                let cell = self.cell(input, &cells, &rows, i, random);
                cells.push(cell);
            }
            rows.push(Row { id: 0, person: random.below(3) as u32, cells });
        }
        rows
    }

    fn cell(
        &self,
        input: &Column,
        beside: &[Cell],
        above: &[Row],
        index: usize,
        random: &mut Random,
    ) -> Cell {
        let missing = match (self.mood, input.required) {
            (Mood::Sparse, _) => 3,
            (_, true) => 24,
            (_, false) => 6,
        };
        if random.below(missing) == 0 {
            return Cell::Missing;
        }
        // Ties, and groups of more than one.
        if random.below(5) == 0
            && let Some(row) = one_of(above, random)
        {
            return row.cells[index].clone();
        }
        let known = self.setting.policy.known.get(&input.name).map_or(&[][..], Vec::as_slice);
        let known = one_of(known, random);
        match input.unit.as_str() {
            "text" => match random.below(12) {
                0 => Cell::Text("nobody knows".into()),
                _ => known
                    .cloned()
                    .unwrap_or_else(|| Cell::Text(["a", "b", "c"][random.below(3) as usize].into())),
            },
            "flag" => Cell::Number(random.below(2) as i64),
            "level" => Cell::Number(random.below(4) as i64),
            "date" => self.day(known.and_then(Cell::number), random),
            _ => Cell::of(self.number(input, known.and_then(Cell::number), beside, random)),
        }
    }

    fn day(&self, known: Option<i64>, random: &mut Random) -> Cell {
        let context = &self.setting.context;
        let ends = [context.first_day, context.last_day, context.year_first_day, context.year_last_day];
        let end = || ends.map(i64::from);
        let day = match random.below(8) {
            0 | 1 => known.unwrap_or(0),
            2 | 3 => end()[random.below(4) as usize],
            4 => end()[0] + random.below(800) as i64 - 400,
            5 => {
                // The ends of months, and a leap day.
                let (year, month) = (2023 + random.below(4) as i32, 1 + random.below(12) as u8);
                let day = [1, 15, 28, 29, 30, 31][random.below(6) as usize];
                Date::from_civil(year, month, day).map_or(0, |day| day.days().into())
            }
            6 if self.mood == Mood::Extreme => {
                // The years that a host takes.
                let ends =
                    [(1, 1, 1), (9999, 12, 31)].map(|(y, m, d)| Date::from_civil(y, m, d).unwrap().days());
                ends[random.below(2) as usize].into()
            }
            _ => end()[1] - random.below(120) as i64,
        };
        let near = day + random.below(3) as i64 - 1;
        let (first, last) =
            (Date::from_civil(1, 1, 1).unwrap().days(), Date::from_civil(9999, 12, 31).unwrap().days());
        Cell::Number(near.clamp(first.into(), last.into()))
    }

    fn number(&self, input: &Column, known: Option<i64>, beside: &[Cell], random: &mut Random) -> i64 {
        let one = power_of_ten(input.decimals);
        let near = |value: i64, random: &mut Random| value.saturating_add(random.below(3) as i64 - 1);
        if self.mood == Mood::Extreme && random.below(2) == 0 {
            return extreme(random);
        }
        if self.mood == Mood::Low {
            match random.below(4) {
                0 => return 0,
                1 => return -self.magnitude(one, random),
                _ => {}
            }
        }
        let parameter = one_of(&self.numbers, random).copied();
        match random.below(12) {
            0 => 0,
            1 => [1, -1, one, -one][random.below(4) as usize],
            2 | 3 => known.map_or(one, |known| near(known, random)),
            4 => known.unwrap_or(one),
            // On an edge of the parameters.
            5 | 6 => parameter
                .and_then(|(digits, decimals)| scaled(digits, decimals, one.into()))
                .map_or(0, |value| near(value, random)),
            // On an edge that is a multiple of something else in the row, such as the target.
            7 | 8 => {
                let other = one_of(beside, random).and_then(Cell::number);
                let product = parameter.zip(other).and_then(|((digits, decimals), other)| {
                    scaled(digits.checked_mul(other.into())?, decimals, 1)
                });
                product.map_or(one, |value| near(value, random))
            }
            9 => -self.magnitude(one, random),
            _ => self.magnitude(one, random),
        }
    }

    /// Something between a unit and ten million.
    fn magnitude(&self, one: i64, random: &mut Random) -> i64 {
        let most = 10u64.pow(1 + random.below(7) as u32);
        let whole = random.below(most) as i64;
        match random.below(3) {
            0 => whole.saturating_mul(one),
            1 => whole.saturating_mul(one).saturating_add(random.below(one.unsigned_abs()) as i64),
            _ => whole,
        }
    }
}

/// A decimal as a count of a unit that is so many parts of one; whole parts only.
fn scaled(digits: i128, decimals: u32, one: i128) -> Option<i64> {
    let value = digits.checked_mul(one)?.checked_div(10i128.checked_pow(decimals)?)?;
    i64::try_from(value).ok().filter(|value| *value != i64::MIN)
}

/// A number from the ends of what there is.
fn extreme(random: &mut Random) -> i64 {
    let size = match random.below(8) {
        0 => i64::MAX,
        1 => i64::MAX - random.below(3) as i64,
        2 => i64::MAX / (1 + random.below(12) as i64),
        3 => 1 << random.below(63),
        4 => (1 << random.below(63)) - 1,
        5 => power_of_ten(random.below(19) as u8),
        6 => 3_037_000_499 + random.below(3) as i64 - 1,
        _ => (random.next() >> (1 + random.below(62))) as i64,
    };
    if random.below(3) == 0 { -size } else { size }
}
