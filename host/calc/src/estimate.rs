//! What somebody would be paid if some of their figures were others: computed as a run is, and kept nowhere.
//!
//! In: a prepared plan, its figures, one participant, what to change. Out: their explanation, which adds up as that of
//! a run does. Without changes it is what a run gives them.
//!
//! Where every step looks at one person's rows alone, nothing but these is read or computed. Where a step looks at a
//! team or the company, everybody is computed again beside the changed rows.

mod person;

use crate::error::RunError;
use crate::explain::{Explanation, explain, suggestion};
use crate::figures::{Figures, InMemory, Past, ReadError, Rows};
use crate::outcome::{Chunk, Sink};
use crate::prepare::{Prepared, PreparedStep};
use crate::project::People;
use crate::run::{Settings, run};
use attain_model::manifest::Grouping;
use attain_model::nearest::hint;
use attain_model::plan::{PlanProblem, Source};
use attain_model::{Column, Data, Table, TextColumn, Type};
use person::Person;
use std::collections::BTreeMap;

/// The most rows of `people` that are computed again for one person.
const ROWS_MAX: usize = 2_000_000;

/// The most rows that may be added to a table.
const ADDED_MAX: usize = 1_000;

/// What is other than in the figures, for one participant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// By column of `people`, or `target.METRIC`, the value for each of their rows there; an empty text is no value.
    pub figures: BTreeMap<String, Vec<String>>,
    /// By table, rows that they have besides: each a text by column; a column that isn't named has no value.
    pub rows: BTreeMap<String, Vec<BTreeMap<String, String>>>,
}

/// What one participant would get.
///
/// # Errors
///
/// [`RunError::Changes`] names every change that doesn't fit the figures, [`RunError::Participant`] says that they
/// aren't in the figures or not covered; otherwise as [`run`] and [`explain`].
pub fn estimate(
    prepared: &Prepared,
    figures: &Figures,
    settings: &Settings,
    participant: &str,
    changes: &Changes,
) -> Result<Explanation, RunError> {
    let alone = prepared.steps.iter().all(looks_at_one)
        && !prepared.aligned.iter().any(|aligned| matches!(aligned.source, Source::RollUp { .. }));
    if !alone && figures.people.rows() > ROWS_MAX {
        let message = format!(
            "the plan looks at everybody together, and {} rows are too many to compute again for one estimate, at most {ROWS_MAX} are; run the plan instead",
            figures.people.rows()
        );
        return Err(RunError::Changes(vec![PlanProblem { at: "plan".to_owned(), message }]));
    }
    let view = View::new(figures, participant, alone, changes)?;
    if view.people.of_person().map_err(RunError::Read)? == 0 {
        let hint = suggestion(&People::new(figures.people, &[])?, participant)?;
        return Err(RunError::Participant { participant: participant.to_owned(), hint });
    }
    let figures = view.figures();
    let mut kept = Kept::new(prepared);
    match run(prepared, &figures, settings, &mut kept) {
        // With one person's rows alone that is all that there is to say.
        Err(RunError::Nobody(_)) if alone => return Err(not_covered(participant)),
        Err(error) => return Err(error),
        Ok(_) => {}
    }
    match explain(prepared, &figures, &InMemory::new(kept.0), settings.limits, participant) {
        Err(RunError::Participant { .. }) => Err(not_covered(participant)),
        explained => explained,
    }
}

fn looks_at_one(step: &PreparedStep) -> bool {
    matches!(step.binding.grouping, Grouping::Each | Grouping::Person)
}

fn not_covered(participant: &str) -> RunError {
    let hint = "; the plan's population doesn't cover them".to_owned();
    RunError::Participant { participant: participant.to_owned(), hint }
}

/// The figures as they would be.
struct View<'a> {
    people: Person<'a>,
    targets: Option<Person<'a>>,
    others: BTreeMap<String, Other<'a>>,
    past: Vec<Past<'a>>,
    pasts: Vec<[Option<Person<'a>>; 3]>,
}

/// A table of the snapshot besides people and targets.
enum Other<'a> {
    /// One whose rows belong to participants.
    Owned(Person<'a>),
    /// Any other, as it is.
    Whole(&'a dyn Rows),
}

impl<'a> View<'a> {
    fn new(
        figures: &Figures<'a>,
        participant: &'a str,
        alone: bool,
        changes: &Changes,
    ) -> Result<View<'a>, RunError> {
        let of = |rows: &'a dyn Rows| Person::new(rows, participant, alone);
        let mut problems = Vec::new();
        let mut people = of(figures.people);
        let mut targets = figures.targets.map(of);
        for (name, cells) in &changes.figures {
            let at = format!("figures.{name}");
            let (table, column) = match name.strip_prefix("target.") {
                Some(metric) => (targets.as_mut(), metric),
                None => (Some(&mut people), name.as_str()),
            };
            let changed = match table {
                Some(table) => table.change(column, cells).map_err(RunError::Read)?,
                None => Err("there are no targets to change; import them, or leave it out".to_owned()),
            };
            problems.extend(changed.err().map(|message| PlanProblem { at, message }));
        }
        let mut others = BTreeMap::new();
        for (name, rows) in &figures.others {
            let other = match rows.find("participant") {
                Some(_) => Other::Owned(of(*rows)),
                None => Other::Whole(*rows),
            };
            others.insert(name.clone(), other);
        }
        for (name, added) in &changes.rows {
            let at = format!("rows.{name}");
            let mut wrong = |at: String, message: String| problems.push(PlanProblem { at, message });
            if added.len() > ADDED_MAX {
                wrong(at, format!("has {} rows, at most {ADDED_MAX} are taken", added.len()));
                continue;
            }
            match others.get_mut(name) {
                Some(Other::Owned(table)) => {
                    for (at, message) in table.add(added).map_err(RunError::Read)?.err().unwrap_or_default() {
                        wrong(format!("rows.{name}{at}"), message);
                    }
                }
                Some(Other::Whole(_)) => {
                    wrong(at, format!("rows of `{name}` belong to nobody: it has no column `participant`"));
                }
                None => {
                    let hint = hint(name, others.keys().map(String::as_str));
                    wrong(at, format!("the figures have no table `{name}` beside people and targets{hint}"));
                }
            }
        }
        if !problems.is_empty() {
            return Err(RunError::Changes(problems));
        }
        let pasts = figures.past.iter().map(|past| match alone {
            true => [Some(of(past.people)), past.targets.map(of), Some(of(past.outcome))],
            false => [None, None, None],
        });
        let past = figures.past.iter().map(|past| Past { ..*past });
        Ok(View { people, targets, others, past: past.collect(), pasts: pasts.collect() })
    }

    fn figures(&self) -> Figures<'_> {
        fn or<'b>(one: &'b Option<Person<'_>>, whole: &'b dyn Rows) -> &'b dyn Rows {
            one.as_ref().map_or(whole, |one| one)
        }
        let past = self.past.iter().zip(&self.pasts).map(|(past, [people, targets, outcome])| Past {
            period: past.period,
            people: or(people, past.people),
            targets: past.targets.map(|whole| or(targets, whole)),
            outcome: or(outcome, past.outcome),
        });
        let mut others: BTreeMap<String, &dyn Rows> = BTreeMap::new();
        for (name, other) in &self.others {
            match other {
                Other::Owned(person) => others.insert(name.clone(), person),
                Other::Whole(rows) => others.insert(name.clone(), *rows),
            };
        }
        let targets = self.targets.as_ref().map(|targets| targets as &dyn Rows);
        Figures { people: &self.people, targets, others, past: past.collect() }
    }
}

/// Keeps an outcome in memory, for as long as it is explained.
struct Kept(Table);

impl Kept {
    fn new(prepared: &Prepared) -> Kept {
        let numbers = |name: String, kind| Column { name, kind, data: Data::Numbers(Vec::new()) };
        let texts = Data::Texts(TextColumn::default());
        let mut columns = vec![Column { name: "participant".to_owned(), kind: Type::TEXT, data: texts }];
        columns.push(numbers("payout".to_owned(), prepared.payout_type()));
        columns
            .extend(prepared.outcome_columns().into_iter().map(|column| numbers(column.name, column.kind)));
        Kept(Table { name: "outcome".to_owned(), rows: 0, columns })
    }
}

impl Sink for Kept {
    fn take(&mut self, chunk: &Chunk) -> Result<(), ReadError> {
        let numbers = std::iter::once(&chunk.payout).chain(&chunk.outputs);
        let (first, rest) = self.0.columns.split_first_mut().ok_or("an outcome has columns")?;
        let ids = Data::Texts(chunk.participants.clone());
        first.data = Data::concat([&first.data, &ids]).unwrap_or(ids);
        for (column, more) in rest.iter_mut().zip(numbers) {
            if let Data::Numbers(kept) = &mut column.data {
                kept.extend(more);
            }
        }
        self.0.rows += chunk.rows();
        Ok(())
    }
}
