//! From tables to the columns of a batch: who is covered, and each input's values for some rows.

use crate::error::RunError;
use crate::figures::{ReadError, Rows};
use crate::ids::{SALT_COLUMNS, Salts};
use crate::population::{Filters, covered};
use crate::prepare::{Feed, From, PreparedStep};
use attain_model::manifest::{Grouping, Input};
use attain_model::{Canonical, Data, Digest, NO_VALUE, TextColumn, Type, Unit, number};
use std::borrow::Cow;
use std::ops::Range;

const PIECE: usize = 65_536;

/// The rows of `people` that a plan covers.
pub(crate) struct People<'a> {
    rows: &'a dyn Rows,
    /// Places of the covered rows; none where everybody is.
    covered: Option<Vec<u32>>,
    participant: usize,
    salts: Option<[usize; 2]>,
}

impl<'a> People<'a> {
    pub(crate) fn new(rows: &'a dyn Rows, population: &Filters) -> Result<Self, RunError> {
        let missing = || RunError::Read("table `people` has no column `participant`".into());
        let participant = rows.find("participant").ok_or_else(missing)?;
        let salts = match SALT_COLUMNS.map(|name| rows.find(name)) {
            [Some(hi), Some(lo)] => Some([hi, lo]),
            _ => None,
        };
        let covered = (!population.is_empty()).then(|| covered(rows, population)).transpose()?;
        Ok(People { rows, covered, participant, salts })
    }

    fn places(&self, names: &[&str]) -> Result<Vec<usize>, RunError> {
        let place = |name: &&str| {
            self.rows
                .find(name)
                .ok_or_else(|| RunError::Read(format!("table `people` has no column `{name}`").into()))
        };
        names.iter().map(place).collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.covered.as_ref().map_or(self.rows.rows(), Vec::len)
    }

    fn read(&self, columns: &[usize], range: Range<usize>) -> Result<Vec<Data>, ReadError> {
        let Some(covered) = &self.covered else { return self.rows.read(columns, range) };
        let wanted = covered.get(range).unwrap_or_default();
        let (Some(first), Some(last)) = (wanted.first(), wanted.last()) else {
            return self.rows.read(columns, 0..0);
        };
        let whole = self.rows.read(columns, *first as usize..*last as usize + 1)?;
        let places: Vec<usize> = wanted.iter().map(|row| (row - first) as usize).collect();
        Ok(whole.iter().map(|data| data.gather(&places)).collect())
    }

    /// Some columns of some covered rows.
    pub(crate) fn read_named(&self, names: &[&str], range: Range<usize>) -> Result<Vec<Data>, RunError> {
        self.read(&self.places(names)?, range).map_err(RunError::Read)
    }

    /// Ids and salts of some covered rows.
    pub(crate) fn ids(&self, range: Range<usize>) -> Result<(TextColumn, Salts), RunError> {
        let mut columns = vec![self.participant];
        columns.extend(self.salts.into_iter().flatten());
        let mut data = self.read(&columns, range).map_err(RunError::Read)?.into_iter();
        let Some(Data::Texts(ids)) = data.next() else {
            return Err(RunError::Read("column `participant` is not of texts".into()));
        };
        let salts = match (data.next(), data.next()) {
            (Some(Data::Numbers(hi)), Some(Data::Numbers(lo))) => Salts { hi, lo },
            _ => Salts::default(),
        };
        Ok((ids, salts))
    }

    /// Whose each row is, as cells, where one of the steps asks for a person's rows together.
    pub(crate) fn persons(
        &self,
        steps: &[PreparedStep],
        range: Range<usize>,
    ) -> Result<Option<Data>, RunError> {
        let asked = steps.iter().any(|step| step.binding.grouping == Grouping::Person);
        asked.then(|| self.ids(range).map(|(ids, _)| Data::Texts(ids))).transpose()
    }

    pub(crate) fn participant(&self, row: usize) -> Result<String, RunError> {
        let (ids, _) = self.ids(row..row + 1)?;
        Ok(ids.get(0).unwrap_or_default().to_owned())
    }

    /// Calls for the participant of each covered row, in order.
    pub(crate) fn each_participant(
        &self,
        mut take: impl FnMut(&str) -> Result<(), RunError>,
    ) -> Result<(), RunError> {
        let mut first = 0;
        while first < self.len() {
            let range = first..self.len().min(first + PIECE);
            let data = self.read(&[self.participant], range.clone()).map_err(RunError::Read)?;
            let Some(Data::Texts(ids)) = data.first() else {
                return Err(RunError::Read("column `participant` is not of texts".into()));
            };
            ids.iter().try_for_each(|id| take(id.unwrap_or_default()))?;
            first = range.end;
        }
        Ok(())
    }

    /// The places of a participant's rows among those covered: they stand together.
    pub(crate) fn rows_of(&self, participant: &str) -> Result<Range<usize>, RunError> {
        let edge = |after: bool| -> Result<usize, RunError> {
            let (mut low, mut high) = (0, self.len());
            while low < high {
                let middle = low + (high - low) / 2;
                let id = self.participant(middle)?;
                let before = if after { id.as_str() <= participant } else { id.as_str() < participant };
                if before { low = middle + 1 } else { high = middle }
            }
            Ok(low)
        };
        Ok(edge(false)?..edge(true)?)
    }
}

/// The values of an input for some rows.
#[derive(Clone, Debug)]
pub(crate) enum Values<'a> {
    /// Nothing is bound.
    Nothing,
    /// Numbers, in the input's decimals.
    Numbers(Cow<'a, [i64]>),
    /// Names.
    Texts(Cow<'a, TextColumn>),
}

/// What feeds are drawn from, for some rows.
pub(crate) struct Pool<'a> {
    /// How many rows.
    pub rows: usize,
    /// Columns of people by name.
    pub people: &'a [(String, Data)],
    /// Columns of the step's own table by name, where that isn't people.
    pub own: &'a [(String, Data)],
    /// Whose each row is, where a step asks for a person's rows together.
    pub persons: Option<&'a Data>,
    /// For each step, its outputs.
    pub outputs: &'a (dyn Fn(usize, usize) -> &'a [i64] + Sync),
    /// Joined sources.
    pub aligned: &'a (dyn Fn(usize) -> &'a [i64] + Sync),
}

/// Draws an input's values. `overflow` is the row whose number doesn't fit.
pub(crate) fn draw<'a>(pool: &Pool<'a>, feed: &Feed, input: &Input) -> Result<Values<'a>, usize> {
    let numbers = |values: &'a [i64]| rescaled(values, feed.kind, input.kind()).map(Values::Numbers);
    match &feed.from {
        From::Nothing => Ok(Values::Nothing),
        From::Constant(value) => Ok(Values::Numbers(Cow::Owned(vec![*value; pool.rows]))),
        From::Word(word) => {
            let column = TextColumn { dictionary: vec![word.clone()], codes: vec![0; pool.rows] };
            Ok(Values::Texts(Cow::Owned(column)))
        }
        From::Output(step, output) => numbers((pool.outputs)(*step, *output)),
        From::Aligned(place) => numbers((pool.aligned)(*place)),
        From::People(name) | From::Own(name) => {
            let columns = if matches!(feed.from, From::Own(_)) { pool.own } else { pool.people };
            match columns.iter().find(|(column, _)| column == name).map(|(_, data)| data) {
                Some(Data::Numbers(values)) => numbers(values),
                Some(Data::Texts(texts)) => Ok(Values::Texts(Cow::Borrowed(texts))),
                None => Ok(Values::Nothing),
            }
        }
    }
}

fn rescaled(values: &[i64], from: Type, to: Type) -> Result<Cow<'_, [i64]>, usize> {
    if from.decimals == to.decimals {
        return Ok(Cow::Borrowed(values));
    }
    let mut scaled = Vec::with_capacity(values.len());
    for (row, value) in values.iter().enumerate() {
        scaled.push(number::rescale(*value, from.decimals, to.decimals).ok_or(row)?);
    }
    Ok(Cow::Owned(scaled))
}

impl Values<'_> {
    /// The values as cells, for grouping and digests.
    pub(crate) fn to_data(&self, rows: usize, unit: Unit) -> Data {
        match self {
            Values::Numbers(numbers) => Data::Numbers(numbers.to_vec()),
            Values::Texts(texts) => Data::Texts(texts.clone().into_owned()),
            Values::Nothing if unit == Unit::Text => {
                Data::Texts(TextColumn { dictionary: Vec::new(), codes: vec![u32::MAX; rows] })
            }
            Values::Nothing => Data::Numbers(vec![NO_VALUE; rows]),
        }
    }

    /// The digest of these cells as one piece of an input.
    pub(crate) fn digest(&self) -> Option<Digest> {
        let mut form = Canonical::new("attain.input-piece.v1");
        match self {
            Values::Nothing => return None,
            Values::Numbers(numbers) => {
                form.count(numbers.len()).numbers(numbers);
            }
            Values::Texts(texts) => {
                form.count(texts.codes.len());
                for text in texts.iter() {
                    match text {
                        None => form.number(NO_VALUE),
                        Some(text) => form.text(text),
                    };
                }
            }
        }
        Some(form.finish())
    }
}
