//! Why a person got what they got: each step's own explanation, held against what was kept.
//!
//! Nothing is explained that doesn't add up: contributions are summed, the outputs are computed again, and
//! both must equal the kept outcome to the last unit.

use crate::align;
use crate::error::RunError;
use crate::figures::{Figures, Rows};
use crate::groups::Groups;
use crate::meter::Unmeasured;
use crate::owned::Owned;
use crate::prepare::{From, Prepared, PreparedStep, is_each};
use crate::project::{People, Pool, Values};
use crate::run::{Beside, owned};
use crate::stage::{Calls, Gathered, drawn, evaluate, groups_of};
use attain_engine::{BATCH_ROWS, Call, Limits};
use attain_model::manifest::{Grouping, Output, OutputKind, Per};
use attain_model::nearest::hint;
use attain_model::{Data, NO_VALUE};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::atomic::AtomicBool;

/// How one person's outcome came about: a part for each of their rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Who.
    pub participant: String,
    /// A part for each assignment.
    pub rows: Vec<ExplainedRow>,
}

/// One row of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedRow {
    /// Its place in the outcome.
    pub row: usize,
    /// What it is paid.
    pub payout: i64,
    /// A part for each step of the plan.
    pub steps: Vec<Explained>,
}

/// What one step says of one row: of the person's, or of one of theirs in another table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// The step's place in the plan.
    pub step: usize,
    /// Which row of its table it is about, by name, where that isn't `people`.
    pub of: Option<String>,
    /// What it read: a number for each numeric input, a text for each text; none where there is no value.
    pub inputs: Vec<Cell>,
    /// What it gave.
    pub outputs: Vec<i64>,
    /// How.
    pub steps: Vec<attain_engine::Step>,
}

/// A value that a step read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing is bound, or there is no value.
    None,
    /// A number in the input's decimals.
    Number(i64),
    /// A name.
    Text(String),
}

/// Explains one participant's rows of a kept outcome.
pub fn explain(
    prepared: &Prepared,
    figures: &Figures,
    outcome: &dyn Rows,
    limits: &Limits,
    participant: &str,
) -> Result<Explanation, RunError> {
    let people = People::new(figures.people, &prepared.population)?;
    let rows = people.rows_of(participant)?;
    if rows.is_empty() {
        return Err(RunError::Participant {
            participant: participant.to_owned(),
            hint: suggestion(&people, participant)?,
        });
    }
    let explainer = Explainer { prepared, figures, people, outcome, limits };
    let mut explained = Vec::new();
    let first = rows.start;
    for row in rows {
        let mut steps = Vec::new();
        for (place, step) in prepared.steps.iter().enumerate() {
            match &step.table {
                None => steps.push(explainer.step(place, row, participant)?),
                // Rows of another table are told with the person's first row.
                Some(table) if row == first => {
                    steps.extend(explainer.table_step(place, table, row, participant)?)
                }
                Some(_) => {}
            }
        }
        let payout = explainer.kept("payout", row..row + 1)?.first().copied().unwrap_or(NO_VALUE);
        explainer.check_payout(participant, &steps, payout)?;
        explained.push(ExplainedRow { row, payout, steps });
    }
    Ok(Explanation { participant: participant.to_owned(), rows: explained })
}

/// The nearest of the names around where the participant would stand, and of those that sort like it.
pub(crate) fn suggestion(people: &People, participant: &str) -> Result<String, RunError> {
    let mut names = BTreeSet::new();
    let lower = participant.to_lowercase();
    people.each_participant(|id| {
        if names.len() < 2000 || id.to_lowercase() == lower {
            names.insert(id.to_owned());
        }
        Ok(())
    })?;
    let same = names.iter().find(|id| id.to_lowercase() == lower);
    Ok(match same {
        Some(id) => format!("; did you mean `{id}`?"),
        None => hint(participant, names.iter().map(String::as_str)),
    })
}

struct Explainer<'a> {
    prepared: &'a Prepared,
    figures: &'a Figures<'a>,
    people: People<'a>,
    outcome: &'a dyn Rows,
    limits: &'a Limits,
}

impl Explainer<'_> {
    fn kept(&self, column: &str, rows: Range<usize>) -> Result<Vec<i64>, RunError> {
        let place = self
            .outcome
            .find(column)
            .ok_or_else(|| RunError::Read(format!("the outcome has no column `{column}`").into()))?;
        match self.outcome.read(&[place], rows).map_err(RunError::Read)?.into_iter().next() {
            Some(Data::Numbers(numbers)) => Ok(numbers),
            _ => Err(RunError::Read(format!("column `{column}` of the outcome is not of numbers").into())),
        }
    }

    fn check_payout(&self, participant: &str, steps: &[Explained], payout: i64) -> Result<(), RunError> {
        let mut sum = 0i128;
        for explained in steps {
            let Some(step) = self.prepared.steps.get(explained.step) else { continue };
            let paid = step
                .kinds
                .iter()
                .zip(&explained.outputs)
                .filter(|(kind, value)| **kind == OutputKind::Pay && **value != NO_VALUE);
            sum += paid.map(|(_, value)| i128::from(*value)).sum::<i128>();
        }
        if sum == i128::from(payout) {
            return Ok(());
        }
        Err(RunError::Explanation {
            step: "payout".to_owned(),
            participant: participant.to_owned(),
            what: format!("the steps pay {sum} and {payout} was kept"),
        })
    }

    /// Explains one step of one row, with all rows that the policy must see for it.
    fn step(&self, place: usize, row: usize, participant: &str) -> Result<Explained, RunError> {
        let step =
            self.prepared.steps.get(place).ok_or_else(|| RunError::Read("there is no such step".into()))?;
        let range = if is_each(step) { row..row + 1 } else { 0..self.people.len() };
        let source = self.gather(step, place, range.clone())?;
        let outputs = |of: usize, output: usize| source.output(of, output);
        let aligned = |at: usize| source.aligned(at);
        let persons = self.people.persons(std::slice::from_ref(step), range.clone())?;
        let pool = Pool {
            rows: range.len(),
            people: &source.people,
            own: &[],
            persons: persons.as_ref(),
            outputs: &outputs,
            aligned: &aligned,
        };
        let values = drawn(step, &pool).map_err(|_| RunError::Number {
            step: step.name.clone(),
            participant: participant.to_owned(),
            what: "an input's value doesn't fit its decimals".to_owned(),
        })?;
        let inside = row - range.start;
        let groups = if is_each(step) {
            Groups { rows: vec![0], ends: vec![1] }
        } else {
            groups_of(step, &values, &pool)
        };
        let at = groups.rows.iter().position(|r| *r == inside).unwrap_or(0);
        let group = groups.ends.partition_point(|end| *end <= at);
        let first = group.checked_sub(1).and_then(|before| groups.ends.get(before)).copied().unwrap_or(0);
        let batch = first..groups.ends.get(group).copied().unwrap_or(range.len());
        let gathered = Gathered::new(step, &values, &groups, &batch);
        self.ask(step, &gathered, at - first, row, participant, cells(&values, inside))
    }

    fn ask(
        &self,
        step: &PreparedStep,
        gathered: &Gathered,
        at: usize,
        row: usize,
        participant: &str,
        inputs: Vec<Cell>,
    ) -> Result<Explained, RunError> {
        let mut told = self.told(step, gathered, &[at], participant)?;
        let (outputs, steps) =
            told.pop().ok_or_else(|| differs(step, participant, "it explains nothing".to_owned()))?;
        for (output, computed) in step.binding.outputs.iter().zip(&outputs) {
            let name = format!("{}.{}", step.name, output.name);
            let kept = self.kept(&name, row..row + 1)?.first().copied().unwrap_or(NO_VALUE);
            if kept != *computed {
                let what = format!("`{}` comes out as {computed} and {kept} was kept", output.name);
                return Err(differs(step, participant, what));
            }
        }
        Ok(Explained { step: self.place(step), of: None, inputs, outputs, steps })
    }

    fn place(&self, step: &PreparedStep) -> usize {
        self.prepared.steps.iter().position(|s| s.name == step.name).unwrap_or(0)
    }

    /// Evaluates a batch again and has some of its rows explained: for each its outputs, and steps that add up to
    /// them.
    fn told(
        &self,
        step: &PreparedStep,
        gathered: &Gathered,
        rows: &[usize],
        participant: &str,
    ) -> Result<Vec<Told>, RunError> {
        let call = Call {
            parameters: &step.parameters,
            context: &self.prepared.context,
            binding: &step.binding,
            limits: self.limits,
        };
        let failed = |source| RunError::Policy {
            step: step.name.clone(),
            participant: Some(participant.to_owned()),
            source,
        };
        let batch = gathered.batch(step);
        let evaluated = step.policy.evaluate(&call, &batch).map_err(failed)?;
        let wanted: Vec<u32> = rows.iter().map(|row| u32::try_from(*row).unwrap_or(u32::MAX)).collect();
        let explained = step.policy.explain(&call, &batch, &wanted).map_err(failed)?;
        if explained.len() != rows.len() {
            return Err(differs(step, participant, "it explains nothing".to_owned()));
        }
        let told = rows.iter().zip(explained).map(|(row, steps)| {
            let group = gathered.group_of(*row);
            let value = |(place, output): (usize, &Output)| {
                let from = if output.per == Per::Group { group } else { *row };
                evaluated.columns.get(place).and_then(|column| column.get(from)).copied().unwrap_or(NO_VALUE)
            };
            let outputs: Vec<i64> = step.binding.outputs.iter().enumerate().map(value).collect();
            adds_up(step, &outputs, &steps).map_err(|what| differs(step, participant, what))?;
            Ok((outputs, steps))
        });
        told.collect()
    }

    /// Explains a step on another table: each of the person's rows there, which fold to what was kept.
    fn table_step(
        &self,
        place: usize,
        table: &str,
        row: usize,
        participant: &str,
    ) -> Result<Vec<Explained>, RunError> {
        let Some(step) = self.prepared.steps.get(place) else { return Ok(Vec::new()) };
        let all = owned(self.figures, table, &self.people)?;
        // Where a person's rows are enough, the others aren't looked at.
        let alone = matches!(step.binding.grouping, Grouping::Each | Grouping::Person);
        let owned = if alone { all.of(row) } else { all };
        let beside = self.beside(step, place, &owned)?;
        let names = owned.names()?;
        let mine = owned.rows_of(row);
        let mut explained = Vec::with_capacity(mine.len());
        let order = beside.pool(owned.len(), |pool| {
            let values = drawn(step, pool).map_err(|_| RunError::Number {
                step: step.name.clone(),
                participant: participant.to_owned(),
                what: "an input's value doesn't fit its decimals".to_owned(),
            })?;
            let groups = match is_each(step) {
                true => Groups { rows: (0..owned.len()).collect(), ends: (1..=owned.len()).collect() },
                false => groups_of(step, &values, pool),
            };
            for batch in groups.batches(BATCH_ROWS as usize) {
                let seen = groups.rows.get(batch.clone()).unwrap_or_default();
                let at: Vec<usize> =
                    seen.iter().enumerate().filter(|(_, row)| mine.contains(row)).map(|(at, _)| at).collect();
                if at.is_empty() {
                    continue;
                }
                let gathered = Gathered::new(step, &values, &groups, &batch);
                for (at, (outputs, steps)) in at.iter().zip(self.told(step, &gathered, &at, participant)?) {
                    let row = seen.get(*at).copied().unwrap_or_default();
                    let of = names.as_ref().and_then(|names| names.get(row)).map(str::to_owned);
                    let of = Some(of.unwrap_or_else(|| (row - mine.start + 1).to_string()));
                    explained.push((
                        row,
                        Explained { step: place, of, inputs: cells(&values, row), outputs, steps },
                    ));
                }
            }
            Ok(groups.rows)
        })?;
        explained.sort_by_key(|(row, _)| *row);
        let explained: Vec<Explained> = explained.into_iter().map(|(_, explained)| explained).collect();
        self.folds_to_kept(step, &owned, &order, (mine.start, &explained), row, participant)?;
        Ok(explained)
    }

    /// Whether what a person's rows gave folds to what was kept.
    fn folds_to_kept(
        &self,
        step: &PreparedStep,
        owned: &Owned,
        order: &[usize],
        (start, explained): (usize, &[Explained]),
        row: usize,
        participant: &str,
    ) -> Result<(), RunError> {
        for (place, (output, fold)) in step.binding.outputs.iter().zip(&step.folds).enumerate() {
            let mut values = vec![NO_VALUE; owned.len()];
            for (slot, explained) in values.iter_mut().skip(start).zip(explained) {
                *slot = explained.outputs.get(place).copied().unwrap_or(NO_VALUE);
            }
            let folded = owned.folded(&values, *fold, order).ok();
            let computed = folded.and_then(|folded| folded.get(row).copied()).unwrap_or(NO_VALUE);
            let name = format!("{}.{}", step.name, output.name);
            let kept = self.kept(&name, row..row + 1)?.first().copied().unwrap_or(NO_VALUE);
            if kept != computed {
                let what = format!("`{}` comes out as {computed} and {kept} was kept", output.name);
                return Err(differs(step, participant, what));
            }
        }
        Ok(())
    }

    /// What a step on another table reads, from what was kept.
    fn beside(&self, step: &PreparedStep, place: usize, owned: &Owned) -> Result<Beside, RunError> {
        let people = 0..self.people.len();
        let mut kept: Vec<((usize, usize), Vec<i64>)> = Vec::new();
        let mut rows: Vec<((usize, usize), Vec<i64>)> = Vec::new();
        let mut joined: Vec<(usize, Vec<i64>)> = Vec::new();
        for feed in &step.feeds {
            match &feed.from {
                From::Output(of, output) => {
                    let Some(earlier) = self.prepared.steps.get(*of) else { continue };
                    if earlier.table == step.table {
                        let columns = self.by_row(*of, owned)?;
                        rows.extend(columns.into_iter().nth(*output).map(|column| ((*of, *output), column)));
                    } else {
                        let name = earlier
                            .binding
                            .outputs
                            .get(*output)
                            .map(|o| format!("{}.{}", earlier.name, o.name));
                        let values = self.kept(&name.unwrap_or_default(), people.clone())?;
                        kept.push(((*of, *output), values));
                    }
                }
                From::Aligned(at) => {
                    let Some(aligned) = self.prepared.aligned.get(*at) else { continue };
                    let finished = self.finished(place)?;
                    let values =
                        align::values(self.prepared, self.figures, &self.people, &finished, aligned)?;
                    joined.push((*at, values));
                }
                _ => {}
            }
        }
        fn find<K: PartialEq>(columns: &[(K, Vec<i64>)], key: K) -> Option<&[i64]> {
            columns.iter().find(|(known, _)| *known == key).map(|(_, values)| values.as_slice())
        }
        Beside::draw(
            self.prepared,
            step,
            &self.people,
            owned,
            &|of, output| find(&kept, (of, output)),
            &|of, output| find(&rows, (of, output)),
            &|at| find(&joined, at),
        )
    }

    /// What an earlier step on the same table gave its rows: computed again, since only the folds are kept.
    fn by_row(&self, place: usize, owned: &Owned) -> Result<Vec<Vec<i64>>, RunError> {
        let Some(step) = self.prepared.steps.get(place) else { return Ok(Vec::new()) };
        let all;
        let (whole, alone) = match step.binding.grouping {
            Grouping::Each | Grouping::Person => (owned, true),
            Grouping::By(_) | Grouping::All => {
                all =
                    crate::run::owned(self.figures, step.table.as_deref().unwrap_or_default(), &self.people)?;
                (&all, false)
            }
        };
        let beside = self.beside(step, place, whole)?;
        let never = AtomicBool::new(false);
        let calls = Calls {
            context: &self.prepared.context,
            limits: self.limits,
            batch_rows: BATCH_ROWS as usize,
            threads: 1,
            cancel: &never,
            meter: &Unmeasured,
        };
        let given = beside.pool(whole.len(), |pool| evaluate(&calls, step, pool, 1));
        let failed = |_| differs(step, "", "it can't be computed again".to_owned());
        let outputs = given.map_err(failed)?.outputs;
        Ok(if alone { outputs } else { outputs.iter().map(|column| owned.among(whole, column)).collect() })
    }

    fn gather(&self, step: &PreparedStep, place: usize, range: Range<usize>) -> Result<Gathering, RunError> {
        let mut gathering = Gathering::default();
        for feed in &step.feeds {
            match &feed.from {
                From::People(name) => {
                    if gathering.people.iter().all(|(known, _)| known != name) {
                        let data = self.people.read_named(&[name], range.clone())?.into_iter().next();
                        gathering.people.extend(data.map(|data| (name.clone(), data)));
                    }
                }
                From::Output(of, output) => {
                    let earlier = self.prepared.steps.get(*of);
                    let name = earlier
                        .and_then(|s| Some(format!("{}.{}", s.name, s.binding.outputs.get(*output)?.name)));
                    let values = self.kept(&name.unwrap_or_default(), range.clone())?;
                    gathering.outputs.push((*of, *output, values));
                }
                From::Aligned(at) => {
                    let Some(aligned) = self.prepared.aligned.get(*at) else { continue };
                    let finished = self.finished(place)?;
                    let values =
                        align::values(self.prepared, self.figures, &self.people, &finished, aligned)?;
                    let values = values.get(range.clone()).unwrap_or_default().to_vec();
                    gathering.aligned.push((*at, values));
                }
                From::Nothing | From::Constant(_) | From::Word(_) | From::Own(_) => {}
            }
        }
        Ok(gathering)
    }

    /// What earlier steps gave everybody, for sums over people and periods.
    fn finished(&self, before: usize) -> Result<align::Finished, RunError> {
        let mut finished = Vec::new();
        for step in self.prepared.steps.iter().take(before) {
            let columns =
                step.binding.outputs.iter().map(|output| {
                    self.kept(&format!("{}.{}", step.name, output.name), 0..self.outcome.rows())
                });
            finished.push(columns.collect::<Result<Vec<_>, _>>()?);
        }
        Ok(finished)
    }
}

/// What a row was given, and how.
type Told = (Vec<i64>, Vec<attain_engine::Step>);

fn differs(step: &PreparedStep, participant: &str, what: String) -> RunError {
    RunError::Explanation { step: step.name.clone(), participant: participant.to_owned(), what }
}

/// Whether steps add up to the outputs that they add to, and to all that is paid.
fn adds_up(step: &PreparedStep, outputs: &[i64], steps: &[attain_engine::Step]) -> Result<(), String> {
    for (place, (output, value)) in step.binding.outputs.iter().zip(outputs).enumerate() {
        let adds = steps.iter().filter_map(|step| step.adds_to.filter(|(to, _)| usize::from(*to) == place));
        let (mut count, mut sum) = (0, 0i128);
        adds.for_each(|(_, value)| {
            count += 1;
            sum += i128::from(value);
        });
        let must = step.kinds.get(place) == Some(&OutputKind::Pay) || output.kind == OutputKind::Pay;
        let paid = if *value == NO_VALUE { 0 } else { i128::from(*value) };
        if (must || count > 0) && sum != paid {
            return Err(format!("the steps add up to {sum} and `{}` is {paid}", output.name));
        }
    }
    Ok(())
}

#[derive(Default)]
struct Gathering {
    people: Vec<(String, Data)>,
    outputs: Vec<(usize, usize, Vec<i64>)>,
    aligned: Vec<(usize, Vec<i64>)>,
}

impl Gathering {
    fn output(&self, of: usize, output: usize) -> &[i64] {
        let found = self.outputs.iter().find(|(s, o, _)| (*s, *o) == (of, output));
        found.map(|(_, _, values)| values.as_slice()).unwrap_or_default()
    }

    fn aligned(&self, at: usize) -> &[i64] {
        self.aligned.iter().find(|(a, _)| *a == at).map(|(_, values)| values.as_slice()).unwrap_or_default()
    }
}

fn cells(values: &[Values], row: usize) -> Vec<Cell> {
    let cell = |values: &Values| match values {
        Values::Nothing => Cell::None,
        Values::Numbers(numbers) => match numbers.get(row).copied().unwrap_or(NO_VALUE) {
            NO_VALUE => Cell::None,
            number => Cell::Number(number),
        },
        Values::Texts(texts) => texts.get(row).map_or(Cell::None, |text| Cell::Text(text.to_owned())),
    };
    values.iter().map(cell).collect()
}
