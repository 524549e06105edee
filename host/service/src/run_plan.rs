//! A run: pinned, computed, committed whole or not at all.

use crate::Service;
use crate::caller::Caller;
use crate::error::ServiceError;
use crate::figures::Opened;
use crate::keep::{self, key};
use crate::plans::{plan_currency, schema_of};
use crate::snapshots;
use attain_calc::figures::ReadError;
use attain_calc::ids::SALT_COLUMNS;
use attain_calc::meter::timed;
use attain_calc::population::unmatched;
use attain_calc::{Chunk, OutcomeColumn, Part, Prepared, Progress, Sink, Summary, prepare};
use attain_engine::Limits;
use attain_model::nearest::hint;
use attain_model::plan::{Reach, Source};
use attain_model::record::{HistoryPin, Pins, RunRecord, RunState, SEMANTICS};
use attain_model::{Data, Digest, Period, Type, Unit};
use attain_store::{Batch, Kind, Scan, Space, TableRef, TableWriter};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;

/// From which share of what a call may use on one is told, in thousandths.
const NEAR: u64 = 700;

/// How many periods back a balance is looked for: ten years of months.
const CARRY_PERIODS: u32 = 120;

/// How a run is cut. Nothing here changes an outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// Threads at work, at most the host's number, or 2; none takes the host's.
    pub threads: Option<usize>,
    /// The most rows of a batch; none takes the engine profile's.
    pub batch_rows: Option<usize>,
}

/// A run as kept: its record, and where its outcome is.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StoredRun {
    pub record: RunRecord,
    pub outcome_table: TableRef,
}

/// A decision about a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Decision {
    pub state: RunState,
    pub by: String,
    pub at: String,
}

/// A run and where it stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunView {
    /// Its record.
    #[serde(flatten)]
    pub record: RunRecord,
    /// Where it stands.
    pub state: RunState,
    /// Who decided that, and when.
    pub decided: Option<(String, String)>,
    /// Whether it is the official run of its plan and period.
    pub official: bool,
    /// What whoever runs it should know, told when it is run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
}

/// Something about a run that may be as meant, or a mistake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// What it is about, never renamed: `near-limit`, `unapproved`, `unmatched`.
    pub code: &'static str,
    /// A sentence with the next step.
    pub message: String,
}

pub(crate) fn all_stored(space: &Space) -> Result<Vec<StoredRun>, ServiceError> {
    keep::all(space, Scan::all(Kind::Run))
}

pub(crate) fn by_id(space: &Space, id: &Digest) -> Result<Option<StoredRun>, ServiceError> {
    keep::read(space, &key(Kind::Run, &[id.0]))
}

pub(crate) fn official_key(plan: &str, period: Period) -> attain_store::Key {
    key(Kind::Official, &[plan, &period.to_string()])
}

pub(crate) fn decision(space: &Space, run: &Digest) -> Result<Option<Decision>, ServiceError> {
    keep::read(space, &key(Kind::Review, &[run.0]))
}

impl Service {
    /// Runs a plan for a period on the newest snapshot and keeps the outcome.
    ///
    /// A run's id is the digest of what it pinned: asking again with nothing changed is the same run. Asked
    /// again with a cut named, it is computed again in that cut and must agree.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Run`] names step, participant and cause; then nothing is kept.
    pub fn run(
        &self,
        caller: &Caller,
        plan: &str,
        period: &str,
        cut: Cut,
        cancel: &AtomicBool,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<RunView, ServiceError> {
        let (pins, prepared) = self.pin(caller, plan, period)?;
        let space = self.space(caller);
        let opened = Opened::open(&space, &pins)?;
        let notices = notices(&space, &prepared, &opened)?;
        let view = |record: RunRecord| {
            let notices = notices.iter().cloned().chain(near_limits(&record)).collect();
            Ok(RunView { notices, ..self.view(&space, record)? })
        };
        let id = pins.id();
        if let Some(known) = by_id(&space, &id)? {
            if cut != Cut::default() {
                let replayed = self.replay_stored(caller, &known, cut, cancel, progress)?;
                if !replayed.same {
                    return Err(ServiceError::Damaged(format!(
                        "run {} comes out otherwise than it was kept: attain replay {} names the cells",
                        id.short(),
                        id.short()
                    )));
                }
            }
            return view(known.record);
        }
        self.room(caller)?;
        let columns = prepared.outcome_columns();
        let mut sink = Keeping::new(&space, &prepared, &columns)?;
        let limits = self.limits_of(&caller.company)?;
        let settings = self.calc_settings(cut, &limits.call, cancel, progress);
        let summary = attain_calc::run(&prepared, &opened.figures(), &settings, &mut sink)?;
        let outcome_table = timed(&*self.meter, Part::Keep, || sink.writer.finish())?;
        let record = self.record_of(pins, summary);
        let stored = StoredRun { record, outcome_table };
        self.writing(caller, || {
            let place = key(Kind::Run, &[id.0]);
            if let Some(known) = by_id(&space, &id)? {
                return view(known.record);
            }
            let batch = Batch::new().require_absent(place.clone()).put(place, keep::body(&space, &stored)?);
            let object = format!("{} {}", stored.record.pins.plan, stored.record.pins.period);
            keep::commit(&space, &caller.actor, "run", &object, &id, batch)?;
            view(stored.record.clone())
        })
    }

    fn record_of(&self, pins: Pins, summary: Summary) -> RunRecord {
        RunRecord {
            format: 1,
            id: pins.id(),
            profile: self.engine.profile().digest(),
            made_at: keep::now(),
            outcome_digest: summary.digest(),
            participants: summary.participants as u64,
            payout_total: summary.payout_total,
            steps: summary.steps,
            outcome: summary.outcome,
            pins,
        }
    }

    pub(crate) fn calc_settings<'a>(
        &'a self,
        cut: Cut,
        limits: &'a Limits,
        cancel: &'a AtomicBool,
        progress: &'a (dyn Fn(Progress) + Sync),
    ) -> attain_calc::Settings<'a> {
        attain_calc::Settings {
            threads: cut.threads.unwrap_or(self.settings.threads).clamp(1, self.settings.threads.max(2)),
            batch_rows: cut.batch_rows.unwrap_or(attain_engine::BATCH_ROWS as usize).max(1),
            limits,
            cancel,
            progress,
            meter: &*self.meter,
        }
    }

    /// Names everything that a run depends on.
    pub(crate) fn pin(
        &self,
        caller: &Caller,
        plan: &str,
        period: &str,
    ) -> Result<(Pins, Prepared), ServiceError> {
        let company = self.company(caller)?;
        let calendar = Service::calendar(&company);
        let period = Period::parse(period)?;
        let space = self.space(caller);
        let record = self.plan_for(caller, &company, plan, period)?;
        let snapshot =
            snapshots::latest(&space, period)?.filter(|stored| stored.tables.contains_key("people"));
        let snapshot = snapshot.ok_or_else(|| ServiceError::NotFound {
            what: "snapshot with people for period",
            name: period.to_string(),
            hint: format!("; import one: attain snapshot import FILE --period {period}"),
        })?;
        let currency = plan_currency(&record.plan, &company)?;
        let policies = record
            .policies
            .iter()
            .map(|digest| self.load_policy(&space, digest))
            .collect::<Result<Vec<_>, _>>()?;
        let prepared = prepare(&record.plan, &policies, period, calendar, currency, &schema_of(&snapshot))
            .map_err(ServiceError::Plan)?;
        let mut history = Vec::new();
        for period in past_periods(&space, &prepared)? {
            let run: Option<Digest> = keep::read(&space, &official_key(plan, period))?;
            let stored = run.map(|run| by_id(&space, &run)).transpose()?.flatten();
            history.push(HistoryPin {
                period,
                run,
                snapshot: stored.map(|stored| stored.record.pins.snapshot),
            });
        }
        let pins = Pins {
            semantics: SEMANTICS,
            plan: record.plan.plan.clone(),
            plan_digest: record.digest,
            policies: record.policies.clone(),
            period,
            span: period.span(calendar),
            year: period.year_span(calendar),
            currency,
            snapshot: snapshot.record.id,
            history,
        };
        Ok((pins, prepared))
    }

    /// All runs, by period and time.
    pub fn runs(&self, caller: &Caller) -> Result<Vec<RunView>, ServiceError> {
        self.company(caller)?;
        let space = self.space(caller);
        let mut runs: Vec<RunRecord> = all_stored(&space)?.into_iter().map(|stored| stored.record).collect();
        runs.sort_by_key(|run| (run.pins.span.first_day, run.made_at.clone(), run.id));
        runs.into_iter().map(|run| self.view(&space, run)).collect()
    }

    /// A run by its digest, by the first 6 or more digits of it, or the newest by `plan/period`.
    pub fn run_record(&self, caller: &Caller, reference: &str) -> Result<RunView, ServiceError> {
        self.company(caller)?;
        let space = self.space(caller);
        let stored = self.find_run(&space, reference)?;
        self.view(&space, stored.record)
    }

    pub(crate) fn find_run(&self, space: &Space, reference: &str) -> Result<StoredRun, ServiceError> {
        if let Some(stored) = Digest::parse(reference).map(|id| by_id(space, &id)).transpose()?.flatten() {
            return Ok(stored);
        }
        let runs = all_stored(space)?;
        let mut found: Vec<&StoredRun> = match reference.split_once('/') {
            Some((plan, period)) => {
                let of = |run: &&StoredRun| {
                    run.record.pins.plan == plan && run.record.pins.period.to_string() == period
                };
                runs.iter().filter(of).max_by_key(|run| run.record.made_at.clone()).into_iter().collect()
            }
            None => runs
                .iter()
                .filter(|run| reference.len() >= 6 && run.record.id.to_string().starts_with(reference))
                .collect(),
        };
        match (found.pop(), found.is_empty()) {
            (Some(run), true) => Ok(run.clone()),
            (Some(_), false) => Err(ServiceError::invalid(
                "run",
                format!("`{reference}` is the beginning of {} runs; give more digits", found.len() + 1),
            )),
            (None, _) => {
                let name_of = |run: &StoredRun| match reference.contains('/') {
                    true => format!("{}/{}", run.record.pins.plan, run.record.pins.period),
                    false => run.record.id.short(),
                };
                let mut names: Vec<String> = runs.iter().map(name_of).collect();
                names.sort();
                names.dedup();
                let hint = match names.is_empty() {
                    true => "; make one: attain run PLAN --period P".to_owned(),
                    false => hint(reference, names.iter().map(String::as_str)),
                };
                Err(ServiceError::NotFound { what: "run", name: reference.to_owned(), hint })
            }
        }
    }

    pub(crate) fn view(&self, space: &Space, record: RunRecord) -> Result<RunView, ServiceError> {
        let decision = decision(space, &record.id)?;
        let official: Option<Digest> =
            keep::read(space, &official_key(&record.pins.plan, record.pins.period))?;
        Ok(RunView {
            state: decision.as_ref().map_or(RunState::Draft, |decision| decision.state),
            decided: decision.map(|decision| (decision.by, decision.at)),
            official: official == Some(record.id),
            notices: Vec::new(),
            record,
        })
    }

    /// A kept plan and its policies, ready for the period of a run.
    pub(crate) fn prepared_of(&self, caller: &Caller, run: &RunRecord) -> Result<Prepared, ServiceError> {
        let company = self.company(caller)?;
        let space = self.space(caller);
        let missing = |what: &str, digest: Digest| {
            ServiceError::Damaged(format!("the {what} {digest} is missing; restore the store from a backup"))
        };
        let plan = self.plans(caller)?.into_iter().find(|plan| plan.digest == run.pins.plan_digest);
        let plan = plan.ok_or_else(|| missing("plan", run.pins.plan_digest))?;
        let snapshot = snapshots::by_id(&space, &run.pins.snapshot)?
            .ok_or_else(|| missing("snapshot", run.pins.snapshot))?;
        let policies = run
            .pins
            .policies
            .iter()
            .map(|digest| self.load_policy(&space, digest))
            .collect::<Result<Vec<_>, _>>()?;
        prepare(
            &plan.plan,
            &policies,
            run.pins.period,
            Service::calendar(&company),
            run.pins.currency,
            &schema_of(&snapshot),
        )
        .map_err(ServiceError::Plan)
    }
}

/// The earlier periods that a plan looks at, in order of time. What is carried comes from each person's last official
/// run, so a plan that carries looks at all of its own.
fn past_periods(space: &Space, prepared: &Prepared) -> Result<Vec<Period>, ServiceError> {
    let mut periods = within_reach(prepared, false);
    for period in within_reach(prepared, true) {
        if keep::read::<Digest>(space, &official_key(&prepared.plan.plan, period))?.is_some() {
            periods.push(period);
        }
    }
    periods.sort();
    periods.dedup();
    Ok(periods)
}

/// The earlier periods that a plan could look at: for what it carries, or for its history.
fn within_reach(prepared: &Prepared, carries: bool) -> Vec<Period> {
    let reach = |source: &Source| match source {
        Source::History { reach, .. } if !carries => Some(*reach),
        Source::Carry(_) if carries => Some(Reach::Trailing(CARRY_PERIODS + 1)),
        _ => None,
    };
    let reaches = prepared.aligned.iter().filter_map(|aligned| reach(&aligned.source));
    reaches.flat_map(|reach| reach.periods(prepared.period, prepared.calendar).0).collect()
}

/// What whoever runs a plan should know: values of its population that nobody has, earlier periods that don't count.
fn notices(space: &Space, prepared: &Prepared, opened: &Opened) -> Result<Vec<Notice>, ServiceError> {
    let unmatched = unmatched(opened.figures().people, &prepared.population)?;
    let mut notices: Vec<Notice> = unmatched
        .into_iter()
        .map(|problem| Notice { code: "unmatched", message: problem.to_string() })
        .collect();
    let periods: Vec<String> = unapproved(space, prepared)?.iter().map(Period::to_string).collect();
    if let Some(first) = periods.first() {
        let (plan, periods) = (&prepared.plan.plan, periods.join(", "));
        let message = format!(
            "this plan looks back at {periods}, run but not approved, so nothing of it counts here; \
             approve it and run again: attain approve {plan}/{first}"
        );
        notices.push(Notice { code: "unapproved", message });
    }
    Ok(notices)
}

/// Steps that came near what they may use: with more people, or larger groups, they would be refused.
fn near_limits(record: &RunRecord) -> Vec<Notice> {
    let mut notices = Vec::new();
    for step in &record.steps {
        for (what, share, limit) in
            [("fuel", step.fuel_share, "fuel-per-row"), ("memory", step.memory_share, "memory-per-row")]
        {
            if share >= NEAR {
                let (name, percent) = (&step.name, share / 10);
                let message = format!(
                    "step `{name}` used {percent} % of the {what} that a call may use; make its policy do less, or ask the operator for more (`{limit}`)"
                );
                notices.push(Notice { code: "near-limit", message });
            }
        }
    }
    notices
}

/// The earlier periods within a plan's reach that were run and have no official run.
fn unapproved(space: &Space, prepared: &Prepared) -> Result<Vec<Period>, ServiceError> {
    let mut periods = within_reach(prepared, false);
    periods.extend(within_reach(prepared, true));
    periods.retain(|period| *period != prepared.period);
    if periods.is_empty() {
        return Ok(periods);
    }
    let runs = all_stored(space)?.into_iter().map(|stored| stored.record.pins);
    let run: BTreeSet<Period> =
        runs.filter(|pins| pins.plan == prepared.plan.plan).map(|pins| pins.period).collect();
    periods.retain(|period| run.contains(period));
    periods.sort();
    periods.dedup();
    let mut unapproved = Vec::new();
    for period in periods {
        if keep::read::<Digest>(space, &official_key(&prepared.plan.plan, period))?.is_none() {
            unapproved.push(period);
        }
    }
    Ok(unapproved)
}

/// Keeps an outcome's rows as they come.
struct Keeping {
    writer: TableWriter,
}

impl Keeping {
    fn new(space: &Space, prepared: &Prepared, columns: &[OutcomeColumn]) -> Result<Keeping, ServiceError> {
        let salt = Type { unit: Unit::Count, decimals: 0 };
        let mut kept =
            vec![("participant".to_owned(), Type::TEXT), ("payout".to_owned(), prepared.payout_type())];
        kept.extend(columns.iter().map(|column| (column.name.clone(), column.kind)));
        kept.extend(SALT_COLUMNS.map(|name| (name.to_owned(), salt)));
        Ok(Keeping { writer: TableWriter::new(space, "outcome", kept)? })
    }
}

impl Sink for Keeping {
    fn take(&mut self, chunk: &Chunk) -> Result<(), ReadError> {
        let mut pieces = vec![Data::Texts(chunk.participants.clone()), Data::Numbers(chunk.payout.clone())];
        pieces.extend(chunk.outputs.iter().map(|column| Data::Numbers(column.clone())));
        for half in [&chunk.salts.hi, &chunk.salts.lo] {
            let mut half = half.clone();
            half.resize(chunk.rows(), 0);
            pieces.push(Data::Numbers(half));
        }
        self.writer.push(&pieces).map_err(ReadError::from)
    }
}
