//! What every handler has at hand: the service, the gates before its work, the log.

use crate::access::{Access, Sessions};
use crate::gate::{Gate, Place};
use crate::lane::Lane;
use crate::metrics::Metrics;
use crate::options::Options;
use crate::problem::Problem;
use crate::rate::Rates;
use crate::refusal;
use crate::work::Works;
use attain_model::CompanyId;
use attain_service::{Service, ServiceError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long an answer to whether the host is ready holds.
const READY: Duration = Duration::from_secs(2);

/// How far ahead of its requests a second a company may be.
const BURST: Duration = Duration::from_secs(1);

/// Shared by all requests.
#[derive(Clone)]
pub(crate) struct App(Arc<Inner>);

struct Inner {
    service: Arc<Service>,
    options: Options,
    sessions: Sessions,
    rates: Rates,
    metrics: Metrics,
    ready: Mutex<Option<(Instant, Result<(), Problem>)>>,
    runs: Gate,
    files: Gate,
    workbooks: Gate,
    answers: Gate,
    /// For companies that had more than their share of late: one answer at a time for each.
    patient: Gate,
    lane: Lane,
    works: Works,
}

impl App {
    pub(crate) fn new(service: Arc<Service>, options: Options) -> App {
        let runs = Gate::new("runs", options.runs_at_once, options.runs_waiting);
        let files = Gate::new("imports and exports", options.files_at_once, options.files_waiting);
        let workbooks = Gate::new("workbooks", options.workbooks_at_once, options.files_waiting);
        let half = options.answers_at_once / 2;
        let answers = Gate::with_each("answers", options.answers_at_once, half, options.answers_waiting);
        let patient = Gate::with_each("answers", options.answers_at_once, 1, options.answers_waiting);
        let lane = Lane::new(options.answers_at_once, options.access != Access::Local);
        let metrics = Metrics::new(options.otlp.as_ref());
        let sessions = Sessions::new(&options.access);
        App(Arc::new(Inner {
            service,
            options,
            sessions,
            rates: Rates::new(BURST),
            metrics,
            ready: Mutex::default(),
            runs,
            files,
            workbooks,
            answers,
            patient,
            lane,
            works: Works::default(),
        }))
    }

    pub(crate) fn options(&self) -> &Options {
        &self.0.options
    }

    /// Who is signed in with a browser.
    pub(crate) fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    /// Long work under way.
    pub(crate) fn works(&self) -> &Works {
        &self.0.works
    }

    /// What is counted.
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Whether the host can take something in: what it writes to find out is written once in a while only, however
    /// often somebody asks.
    pub(crate) async fn ready(&self) -> Result<(), Problem> {
        let known = self.0.ready.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, ready)) = known.filter(|(at, _)| at.elapsed() < READY) {
            return ready;
        }
        let ready = self.ask(Service::ready).await;
        *self.0.ready.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), ready.clone()));
        ready
    }

    /// Takes a request of a company; 429 `too-fast` when it has more than it may.
    pub(crate) fn take(&self, company: &CompanyId) -> Result<(), Problem> {
        let limits = self.0.service.limits_of(company).map_err(|error| self.refuse(&error))?;
        let per_second = limits.requests_per_second;
        let cost = Duration::from_nanos(1_000_000_000 / per_second.max(1));
        let taken = self.0.rates.take(company.as_str(), cost, Instant::now());
        taken.map_err(|wait| Problem::too_fast(per_second, wait))
    }

    /// The gate before runs, replays and approvals.
    pub(crate) fn runs(&self) -> &Gate {
        &self.0.runs
    }

    /// The gate before imports, publications and exports.
    pub(crate) fn files(&self) -> &Gate {
        &self.0.files
    }

    /// The gate before workbooks, which stand in memory until they are finished.
    pub(crate) fn workbooks(&self) -> &Gate {
        &self.0.workbooks
    }

    /// The gate before what is computed for one person.
    pub(crate) fn answers(&self) -> &Gate {
        &self.0.answers
    }

    /// Asks the service something on a thread that may block.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Service) -> Result<T, ServiceError> + Send + 'static,
    ) -> Result<T, Problem> {
        let service = Arc::clone(&self.0.service);
        let answer = tokio::task::spawn_blocking(move || question(&service)).await;
        self.answered(answer.ok())
    }

    /// Has something computed for one person: in the lane of short answers.
    pub(crate) async fn ask_shortly<T: Send + 'static>(
        &self,
        company: &CompanyId,
        question: impl FnOnce(&Service) -> Result<T, ServiceError> + Send + 'static,
    ) -> Result<T, Problem> {
        let over = self.0.lane.is_over(company.as_str());
        let gate = if over { &self.0.patient } else { &self.0.answers };
        let place = gate.enter(company.as_str())?.await?;
        let service = Arc::clone(&self.0.service);
        let work = move || {
            let _place = place;
            question(&service)
        };
        self.answered(self.0.lane.ask(company.as_str(), work).await)
    }

    /// Has long work done, on a thread of a lower priority. Its place is free again when the work ends, not when the
    /// client leaves.
    pub(crate) async fn ask_in<T: Send + 'static>(
        &self,
        place: Place,
        question: impl FnOnce(&Service) -> Result<T, ServiceError> + Send + 'static,
    ) -> Result<T, Problem> {
        let service = Arc::clone(&self.0.service);
        let work = move || {
            let _place = place;
            question(&service)
        };
        self.answered(self.0.lane.aside(work).await)
    }

    fn answered<T>(&self, answer: Option<Result<T, ServiceError>>) -> Result<T, Problem> {
        match answer {
            Some(answer) => answer.map_err(|error| self.refuse(&error)),
            None => {
                tracing::error!("a request stopped: it panicked, or the system gave it no thread");
                Err(Problem::internal())
            }
        }
    }

    /// The problem that an error is to a client; what is the host's own fault is logged with its causes.
    pub(crate) fn refuse(&self, error: &ServiceError) -> Problem {
        let problem = refusal::problem_of(error);
        if problem.status.is_server_error() {
            tracing::error!(code = %problem.code, why = %refusal::chain(error), "the host failed");
        }
        problem
    }
}
