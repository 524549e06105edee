//! A run: every step over everybody, in memory that doesn't grow with people where the rules allow it.
//!
//! Rows go through in chunks. As long as steps look at each row alone, a chunk goes through all of them and
//! its outcome leaves at once; a step that looks at a team or the company makes a stage of its own.

use crate::align;
use crate::error::RunError;
use crate::figures::Figures;
use crate::meter::{Meter, Part, timed};
use crate::outcome::{Chunk, Digests, Hashed, OutcomeColumn, Sink, payout_of};
use crate::owned::Owned;
use crate::prepare::{From, Prepared, PreparedStep, streams};
use crate::project::{People, Pool};
use crate::stage::{Calls, Given, StepError, Used, evaluate, in_order};
use attain_engine::Limits;
use attain_model::manifest::{Grouping, OutputKind};
use attain_model::plan::{Reach, Source};
use attain_model::record::{InputRecord, OutputRecord, StepRecord, TableRecord};
use attain_model::{Canonical, Data, Digest, NO_VALUE};
use std::ops::Range;
use std::sync::atomic::AtomicBool;

/// Rows that go through a stage together. Fixed: digests of inputs are made of digests of these pieces.
pub const CHUNK_ROWS: usize = 65_536;

/// How to run; nothing here changes an outcome.
#[derive(Clone, Copy)]
pub struct Settings<'a> {
    /// Threads at work, at least 1.
    pub threads: usize,
    /// The most rows of a batch, at least 1; a group is never split.
    pub batch_rows: usize,
    /// What each call may use.
    pub limits: &'a Limits,
    /// Set to stop the run.
    pub cancel: &'a AtomicBool,
    /// Told of what is done.
    pub progress: &'a (dyn Fn(Progress) + Sync),
    /// Told where the time goes.
    pub meter: &'a dyn Meter,
}

/// How far a run is.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// The step or steps at work.
    pub step: String,
    /// Rows that are through.
    pub rows: usize,
    /// Rows in all, over all stages.
    pub of: usize,
}

/// What a run gave, besides the rows that its sink took.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The plan's steps.
    pub steps: Vec<StepRecord>,
    /// The outcome's digests.
    pub outcome: TableRecord,
    /// How many rows it covers.
    pub rows: usize,
    /// How many people: rows of one person count once.
    pub participants: usize,
    /// Sum of all payouts.
    pub payout_total: i64,
}

impl Summary {
    /// Equal figures, equal digest.
    pub fn digest(&self) -> Digest {
        self.outcome.figures()
    }
}

/// What a chunk of a stage gives: for each of its steps.
struct Piece {
    given: Vec<Given>,
    ready: Option<(Chunk, Hashed)>,
}

/// Runs a prepared plan.
pub fn run(
    prepared: &Prepared,
    figures: &Figures,
    settings: &Settings,
    sink: &mut dyn Sink,
) -> Result<Summary, RunError> {
    let people = People::new(figures.people, &prepared.population)?;
    let calls = Calls {
        context: &prepared.context,
        limits: settings.limits,
        batch_rows: settings.batch_rows.max(1),
        threads: settings.threads.max(1),
        cancel: settings.cancel,
        meter: settings.meter,
    };
    let stages = stages_of(&prepared.steps, prepared);
    let mut running = Running {
        prepared,
        people,
        calls,
        settings,
        finished: prepared.steps.iter().map(|_| Vec::new()).collect(),
        by_row: prepared.steps.iter().map(|_| Vec::new()).collect(),
        aligned: prepared.aligned.iter().map(|_| None).collect(),
        inputs: prepared.steps.iter().map(|step| vec![None; step.feeds.len()]).collect(),
        used: vec![Used::default(); prepared.steps.len()],
        columns: prepared.outcome_columns(),
        through: 0,
        all_rows: 0,
    };
    running.all_rows = running.people.len() * stages.len();
    let mut assembly = Assembly::new(prepared, &running.columns, sink, settings.meter);
    for (place, stage) in stages.iter().enumerate() {
        running.align(figures, stage.clone())?;
        let last = place + 1 == stages.len();
        let assembly = if last { Some(&mut assembly) } else { None };
        match prepared.steps.get(stage.start).and_then(|step| step.table.as_deref()) {
            Some(table) => running.table_stage(figures, stage.start, table, assembly)?,
            None => running.stage(stage.clone(), assembly)?,
        }
    }
    let rows = running.people.len();
    let steps = running.records();
    assembly.finish(steps, rows)
}

/// Consecutive steps that a chunk can go through at once. A step that needs more than its own row, or a sum
/// over what earlier steps gave, begins a stage of its own.
fn stages_of(steps: &[PreparedStep], prepared: &Prepared) -> Vec<Range<usize>> {
    let mut stages: Vec<Range<usize>> = Vec::new();
    for (i, step) in steps.iter().enumerate() {
        let looks_back = step.feeds.iter().any(|feed| match &feed.from {
            From::Aligned(place) => prepared.aligned.get(*place).is_some_and(|a| needs_finished(&a.source)),
            _ => false,
        });
        let alone = !streams(step);
        match stages.last_mut() {
            Some(stage) if !alone && !looks_back && steps.get(stage.start).is_some_and(streams) => {
                stage.end = i + 1
            }
            _ => stages.push(i..i + 1),
        }
    }
    stages
}

fn needs_finished(source: &Source) -> bool {
    match source {
        Source::RollUp { of, .. } => matches!(**of, Source::Output { .. }),
        Source::History { reach: Reach::YearToDate | Reach::Trailing(_), of } => {
            matches!(**of, Source::Output { .. })
        }
        _ => false,
    }
}

struct Running<'a> {
    prepared: &'a Prepared,
    people: People<'a>,
    calls: Calls<'a>,
    settings: &'a Settings<'a>,
    /// Outputs of earlier stages: by step, by output, for all rows.
    finished: align::Finished,
    /// The same of steps on another table, for the rows of that table.
    by_row: align::Finished,
    aligned: Vec<Option<Vec<i64>>>,
    /// Digests of inputs in the making: by step, by input.
    inputs: Vec<Vec<Option<Canonical>>>,
    used: Vec<Used>,
    columns: Vec<OutcomeColumn>,
    through: usize,
    all_rows: usize,
}

impl Running<'_> {
    fn align(&mut self, figures: &Figures, stage: Range<usize>) -> Result<(), RunError> {
        let steps = self.prepared.steps.get(stage).unwrap_or_default();
        for feed in steps.iter().flat_map(|step| &step.feeds) {
            let From::Aligned(place) = feed.from else { continue };
            let (Some(source), Some(None)) = (self.prepared.aligned.get(place), self.aligned.get(place))
            else {
                continue;
            };
            let values = align::values(self.prepared, figures, &self.people, &self.finished, source)?;
            if let Some(slot) = self.aligned.get_mut(place) {
                *slot = Some(values);
            }
        }
        Ok(())
    }

    /// Runs one stage. The last one hands its rows to the assembly.
    fn stage(&mut self, stage: Range<usize>, mut assembly: Option<&mut Assembly>) -> Result<(), RunError> {
        let steps = self.prepared.steps.get(stage.clone()).unwrap_or_default();
        let streams = steps.iter().all(streams);
        let rows = self.people.len();
        let name = steps.iter().map(|step| step.name.as_str()).collect::<Vec<_>>().join(", ");
        let (progress, of) = (self.settings.progress, self.all_rows.max(1));
        let report = |through: usize| progress(Progress { step: name.clone(), rows: through, of });
        report(self.through);
        if !streams {
            let piece = self.piece(stage.clone(), 0..rows, self.calls.threads, false)?;
            self.keep(stage, piece);
            self.through += rows;
            report(self.through);
            return match assembly {
                Some(assembly) => self.assemble(assembly),
                None => Ok(()),
            };
        }
        let chunks = rows.div_ceil(CHUNK_ROWS);
        let range = |chunk: usize| chunk * CHUNK_ROWS..rows.min((chunk + 1) * CHUNK_ROWS);
        let mut inputs = std::mem::take(&mut self.inputs);
        let mut used = std::mem::take(&mut self.used);
        let mut finished: Vec<(usize, Vec<Vec<i64>>)> = Vec::new();
        let mut through = self.through;
        let last = assembly.is_some();
        let threads = self.calls.threads;
        // A single chunk is too little to share out: its batches are shared out instead.
        let inner = if chunks <= 1 { threads } else { 1 };
        let result = in_order(
            chunks,
            threads,
            |chunk| self.piece(stage.clone(), range(chunk), inner, last),
            |chunk, piece: Piece| {
                through += range(chunk).len();
                report(through);
                for (step, given) in stage.clone().zip(&piece.given) {
                    record_inputs(&mut inputs, step, &given.inputs);
                    if let Some(slot) = used.get_mut(step) {
                        *slot = slot.and(given.used);
                    }
                }
                match (&mut assembly, piece.ready) {
                    (Some(assembly), Some((chunk, hashed))) => assembly.take(&chunk, hashed),
                    _ => {
                        for (step, given) in stage.clone().zip(piece.given) {
                            append(&mut finished, step, given.outputs);
                        }
                        Ok(())
                    }
                }
            },
        );
        self.inputs = inputs;
        self.used = used;
        self.through = through;
        for (step, outputs) in finished {
            if let Some(slot) = self.finished.get_mut(step) {
                *slot = outputs;
            }
        }
        result
    }

    /// Runs a step on the rows of another table than people, all at once, and folds what it gives.
    fn table_stage(
        &mut self,
        figures: &Figures,
        place: usize,
        table: &str,
        assembly: Option<&mut Assembly>,
    ) -> Result<(), RunError> {
        let Some(step) = self.prepared.steps.get(place) else { return Ok(()) };
        let progress = |through: usize| {
            (self.settings.progress)(Progress {
                step: step.name.clone(),
                rows: through,
                of: self.all_rows.max(1),
            });
        };
        progress(self.through);
        let owned = timed(self.settings.meter, Part::Read, || owned(figures, table, &self.people))?;
        let kept = |of: usize, output: usize| self.finished.get(of)?.get(output).map(Vec::as_slice);
        let rows = |of: usize, output: usize| self.by_row.get(of)?.get(output).map(Vec::as_slice);
        let aligned = |at: usize| self.aligned.get(at)?.as_deref();
        let drawn = timed(self.settings.meter, Part::Read, || {
            Beside::draw(self.prepared, step, &self.people, &owned, &kept, &rows, &aligned)
        })?;
        let given = drawn.pool(owned.len(), |pool| evaluate(&self.calls, step, pool, self.calls.threads));
        let given = given.map_err(|error| self.explain_row_error(step, error, &owned))?;
        let order = if given.order.is_empty() { (0..owned.len()).collect() } else { given.order };
        let mut folded = Vec::with_capacity(given.outputs.len());
        for (values, fold) in given.outputs.iter().zip(&step.folds) {
            let sum = owned.folded(values, *fold, &order).map_err(|row| RunError::Number {
                step: step.name.clone(),
                participant: self.people.participant(row).unwrap_or_default(),
                what: "the sum over their rows is too large for a number".to_owned(),
            })?;
            folded.push(sum);
        }
        record_inputs(&mut self.inputs, place, &given.inputs);
        let slots = (self.finished.get_mut(place), self.by_row.get_mut(place), self.used.get_mut(place));
        if let (Some(finished), Some(by_row), Some(used)) = slots {
            (*finished, *by_row) = (folded, given.outputs);
            *used = used.and(given.used);
        }
        self.through += self.people.len();
        match assembly {
            Some(assembly) => self.assemble(assembly),
            None => Ok(()),
        }
    }

    fn explain_row_error(&self, step: &PreparedStep, error: StepError, owned: &Owned) -> RunError {
        let who = |row: usize| {
            let person =
                owned.owner(row).and_then(|first| self.people.participant(first).ok()).unwrap_or_default();
            match owned.names().ok().flatten().and_then(|names| names.get(row).map(str::to_owned)) {
                Some(name) => format!("{person}, {name}"),
                None => person,
            }
        };
        match error {
            StepError::Policy { row, source } => {
                RunError::Policy { step: step.name.clone(), participant: row.map(who), source }
            }
            StepError::Input { row, input } => RunError::Number {
                step: step.name.clone(),
                participant: who(row),
                what: format!("the value for input `{input}` doesn't fit its decimals"),
            },
            StepError::Cancelled => RunError::Cancelled,
        }
    }

    /// Computes the steps of a stage for some rows.
    fn piece(
        &self,
        stage: Range<usize>,
        range: Range<usize>,
        threads: usize,
        last: bool,
    ) -> Result<Piece, RunError> {
        let steps = self.prepared.steps.get(stage.clone()).unwrap_or_default();
        let columns = people_columns(steps);
        let names: Vec<&str> = columns.iter().map(String::as_str).collect();
        let read = timed(self.settings.meter, Part::Read, || self.people.read_named(&names, range.clone()))?;
        let people: Vec<(String, Data)> = columns.iter().cloned().zip(read).collect();
        let persons = timed(self.settings.meter, Part::Read, || self.people.persons(steps, range.clone()))?;
        let mut given: Vec<Given> = Vec::with_capacity(steps.len());
        for step in steps {
            let outputs = |of: usize, output: usize| -> &[i64] {
                if stage.contains(&of) {
                    let column = given.get(of - stage.start).and_then(|given| given.outputs.get(output));
                    return column.map(Vec::as_slice).unwrap_or_default();
                }
                let column = self.finished.get(of).and_then(|outputs| outputs.get(output));
                column.and_then(|column| column.get(range.clone())).unwrap_or_default()
            };
            let aligned = |place: usize| -> &[i64] {
                let column = self.aligned.get(place).and_then(Option::as_ref);
                column.and_then(|column| column.get(range.clone())).unwrap_or_default()
            };
            let pool = Pool {
                rows: range.len(),
                people: &people,
                own: &[],
                persons: persons.as_ref(),
                outputs: &outputs,
                aligned: &aligned,
            };
            let done = evaluate(&self.calls, step, &pool, threads);
            given.push(done.map_err(|error| self.explain_error(step, error, range.start))?);
        }
        let ready = if last { Some(self.chunk(&stage, range, &given)?) } else { None };
        Ok(Piece { given, ready })
    }

    fn explain_error(&self, step: &PreparedStep, error: StepError, first: usize) -> RunError {
        let who = |row: usize| self.people.participant(first + row).unwrap_or_default();
        match error {
            StepError::Policy { row, source } => {
                RunError::Policy { step: step.name.clone(), participant: row.map(who), source }
            }
            StepError::Input { row, input } => RunError::Number {
                step: step.name.clone(),
                participant: who(row),
                what: format!("the value for input `{input}` doesn't fit its decimals"),
            },
            StepError::Cancelled => RunError::Cancelled,
        }
    }

    fn keep(&mut self, stage: Range<usize>, piece: Piece) {
        for (step, given) in stage.zip(piece.given) {
            record_inputs(&mut self.inputs, step, &given.inputs);
            if let Some(slot) = self.used.get_mut(step) {
                *slot = slot.and(given.used);
            }
            if let Some(slot) = self.finished.get_mut(step) {
                *slot = given.outputs;
            }
        }
    }

    /// Hands all rows over, when the last stage wasn't one that streams.
    fn assemble(&self, assembly: &mut Assembly) -> Result<(), RunError> {
        let rows = self.people.len();
        let nothing = self.prepared.steps.len()..self.prepared.steps.len();
        let range = |chunk: usize| chunk * CHUNK_ROWS..rows.min((chunk + 1) * CHUNK_ROWS);
        in_order(
            rows.div_ceil(CHUNK_ROWS),
            self.calls.threads,
            |chunk| self.chunk(&nothing, range(chunk), &[]),
            |_, (chunk, hashed)| assembly.take(&chunk, hashed),
        )
    }

    /// The outcome's rows in a range: outputs of this stage, and those of earlier ones.
    fn chunk(
        &self,
        stage: &Range<usize>,
        range: Range<usize>,
        given: &[Given],
    ) -> Result<(Chunk, Hashed), RunError> {
        let (participants, salts) =
            timed(self.settings.meter, Part::Read, || self.people.ids(range.clone()))?;
        let mut outputs: Vec<Vec<i64>> = Vec::with_capacity(self.columns.len());
        for (i, step) in self.prepared.steps.iter().enumerate() {
            for output in 0..step.binding.outputs.len() {
                let column = if stage.contains(&i) {
                    given.get(i - stage.start).and_then(|given| given.outputs.get(output)).map(Vec::as_slice)
                } else {
                    let column = self.finished.get(i).and_then(|outputs| outputs.get(output));
                    column.and_then(|column| column.get(range.clone()))
                };
                outputs.push(column.unwrap_or_default().to_vec());
            }
        }
        let pays: Vec<&[i64]> = (self.columns.iter().zip(&outputs))
            .filter(|(column, _)| column.does == OutputKind::Pay)
            .map(|(_, values)| values.as_slice())
            .collect();
        let mut payout = Vec::with_capacity(range.len());
        for row in 0..range.len() {
            payout.push(payout_of(&pays, row).ok_or_else(|| RunError::Number {
                step: "payout".to_owned(),
                participant: participants.get(row).unwrap_or_default().to_owned(),
                what: "what the steps pay together is too large for a number".to_owned(),
            })?);
        }
        let chunk = Chunk { first: range.start, participants, salts, payout, outputs };
        let hashed = timed(self.settings.meter, Part::Hash, || Hashed::of(&chunk));
        Ok((chunk, hashed))
    }

    fn records(&self) -> Vec<StepRecord> {
        let steps = self.prepared.steps.iter().zip(&self.inputs).zip(&self.used);
        let record = |((step, inputs), used): ((&PreparedStep, &Vec<Option<Canonical>>), &Used)| {
            let feeds = step.binding.inputs.iter().zip(&step.feeds).zip(inputs);
            let manifest = step.policy.manifest();
            StepRecord {
                name: step.name.clone(),
                policy: format!("{}@{}", manifest.name, manifest.version),
                inputs: feeds
                    .map(|((input, feed), form)| InputRecord {
                        name: input.name.clone(),
                        from: feed.source.as_ref().map(ToString::to_string),
                        digest: form.clone().map(Canonical::finish),
                    })
                    .collect(),
                outputs: (step.binding.outputs.iter().zip(&step.kinds).enumerate())
                    .map(|(place, (output, does))| OutputRecord {
                        name: output.name.clone(),
                        kind: step.kind_of(place),
                        does: *does,
                    })
                    .collect(),
                fuel: used.fuel,
                fuel_share: used.fuel_share,
                memory_bytes: used.memory_bytes,
                memory_share: used.memory_share,
            }
        };
        steps.map(record).collect()
    }
}

/// The rows of a step's table that belong to covered people.
pub(crate) fn owned<'a>(figures: &Figures<'a>, table: &str, people: &People) -> Result<Owned<'a>, RunError> {
    let missing = || RunError::Read(format!("the snapshot has no table `{table}`").into());
    Owned::new(table, *figures.others.get(table).ok_or_else(missing)?, people)
}

/// What a step on another table reads, for the rows of that table.
pub(crate) struct Beside {
    own: Vec<(String, Data)>,
    people: Vec<(String, Data)>,
    outputs: Vec<((usize, usize), Vec<i64>)>,
    aligned: Vec<(usize, Vec<i64>)>,
    persons: Option<Data>,
}

impl Beside {
    /// Reads them: `kept` are outputs of earlier steps for covered people, `rows` those of steps on the same table for
    /// its rows, `aligned` what is joined to people.
    pub(crate) fn draw<'a>(
        prepared: &Prepared,
        step: &PreparedStep,
        people: &People,
        owned: &Owned,
        kept: &dyn Fn(usize, usize) -> Option<&'a [i64]>,
        rows: &dyn Fn(usize, usize) -> Option<&'a [i64]>,
        aligned: &dyn Fn(usize) -> Option<&'a [i64]>,
    ) -> Result<Beside, RunError> {
        let persons = (step.binding.grouping == Grouping::Person).then(|| owned.persons());
        let mut beside =
            Beside { own: Vec::new(), people: Vec::new(), outputs: Vec::new(), aligned: Vec::new(), persons };
        for feed in &step.feeds {
            match &feed.from {
                From::Own(name) => beside.own.push((name.clone(), owned.read(name)?)),
                From::People(name) => {
                    let data = people.read_named(&[name], 0..people.len())?;
                    beside.people.extend(data.first().map(|data| (name.clone(), owned.spread(data))));
                }
                From::Output(of, output) => {
                    let same = prepared.steps.get(*of).is_some_and(|earlier| earlier.table == step.table);
                    let values = match same {
                        true => rows(*of, *output).map(<[i64]>::to_vec),
                        false => kept(*of, *output).map(|values| owned.spread_numbers(values)),
                    };
                    beside.outputs.push(((*of, *output), values.unwrap_or_default()));
                }
                From::Aligned(at) => {
                    let values = aligned(*at).map(|values| owned.spread_numbers(values));
                    beside.aligned.push((*at, values.unwrap_or_default()));
                }
                From::Nothing | From::Constant(_) | From::Word(_) => {}
            }
        }
        Ok(beside)
    }

    /// Lends them as what inputs are drawn from.
    pub(crate) fn pool<T>(&self, rows: usize, with: impl FnOnce(&Pool) -> T) -> T {
        let outputs = |of: usize, output: usize| -> &[i64] {
            let found = self.outputs.iter().find(|(known, _)| *known == (of, output));
            found.map(|(_, values)| values.as_slice()).unwrap_or_default()
        };
        let aligned = |at: usize| -> &[i64] {
            let found = self.aligned.iter().find(|(known, _)| *known == at);
            found.map(|(_, values)| values.as_slice()).unwrap_or_default()
        };
        with(&Pool {
            rows,
            people: &self.people,
            own: &self.own,
            persons: self.persons.as_ref(),
            outputs: &outputs,
            aligned: &aligned,
        })
    }
}

fn people_columns(steps: &[PreparedStep]) -> Vec<String> {
    let feeds = steps.iter().flat_map(|step| &step.feeds);
    let mut names: Vec<String> = feeds
        .filter_map(|feed| match &feed.from {
            From::People(name) => Some(name.clone()),
            _ => None,
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

fn record_inputs(inputs: &mut [Vec<Option<Canonical>>], step: usize, digests: &[Option<Digest>]) {
    let Some(forms) = inputs.get_mut(step) else { return };
    for (form, digest) in forms.iter_mut().zip(digests) {
        if let Some(digest) = digest {
            form.get_or_insert_with(|| Canonical::new("attain.input.v1")).digest(digest);
        }
    }
}

fn append(finished: &mut Vec<(usize, Vec<Vec<i64>>)>, step: usize, outputs: Vec<Vec<i64>>) {
    match finished.iter_mut().find(|(known, _)| *known == step) {
        None => finished.push((step, outputs)),
        Some((_, known)) => known.iter_mut().zip(outputs).for_each(|(known, more)| known.extend(more)),
    }
}

/// Takes the outcome's rows in order and keeps count of them.
struct Assembly<'a> {
    digests: Digests,
    sink: &'a mut dyn Sink,
    meter: &'a dyn Meter,
    participants: usize,
    last: Option<String>,
    payout_total: i64,
}

impl<'a> Assembly<'a> {
    fn new(
        prepared: &Prepared,
        columns: &[OutcomeColumn],
        sink: &'a mut dyn Sink,
        meter: &'a dyn Meter,
    ) -> Self {
        let digests = Digests::new(prepared.payout_type(), columns);
        Assembly { digests, sink, meter, participants: 0, last: None, payout_total: 0 }
    }

    fn take(&mut self, chunk: &Chunk, hashed: Hashed) -> Result<(), RunError> {
        timed(self.meter, Part::Hash, || self.digests.add(chunk, hashed));
        let mut last = self.last.take();
        for id in chunk.participants.iter().flatten() {
            if last.as_deref() != Some(id) {
                self.participants += 1;
                last = Some(id.to_owned());
            }
        }
        self.last = last;
        let sum = chunk.payout.iter().try_fold(self.payout_total, |sum, pay| sum.checked_add(*pay));
        self.payout_total = sum.filter(|sum| *sum != NO_VALUE).ok_or_else(|| RunError::Number {
            step: "payout".to_owned(),
            participant: self.last.clone().unwrap_or_default(),
            what: "the sum of all payouts is too large for a number".to_owned(),
        })?;
        timed(self.meter, Part::Keep, || self.sink.take(chunk)).map_err(RunError::Sink)
    }

    fn finish(self, steps: Vec<StepRecord>, rows: usize) -> Result<Summary, RunError> {
        Ok(Summary {
            steps,
            outcome: self.digests.finish(),
            rows,
            participants: self.participants,
            payout_total: self.payout_total,
        })
    }
}
