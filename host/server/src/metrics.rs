//! What is counted, for an operator to look at: requests, runs, rows, fuel, queues; never figures or names of people.
//!
//! In the text format that Prometheus reads (OpenMetrics). Labels are bounded: operations are as many as the API has,
//! and companies past a thousand share one.

use crate::app::App;
use crate::otlp::{Counts, Otlp};
use attain_model::record::RunRecord;
use axum::http::StatusCode;
use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Companies with a label of their own.
const COMPANIES: usize = 1_000;

/// Bounds of the latencies, in seconds.
const SECONDS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0, 60.0];

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    operation: &'static str,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Operation {
    operation: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Company {
    company: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Queue {
    work: &'static str,
}

/// All that is counted.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    seconds: Family<Operation, Histogram>,
    company_requests: Family<Company, Counter>,
    refused: Family<Company, Counter>,
    runs: Family<Company, Counter>,
    people: Family<Company, Counter>,
    fuel: Family<Company, Counter>,
    stored: Family<Company, Gauge>,
    inside: Family<Queue, Gauge>,
    waiting: Family<Queue, Gauge>,
    companies: Mutex<HashSet<String>>,
}

impl Metrics {
    pub(crate) fn new(otlp: Option<&Otlp>) -> Metrics {
        let mut metrics = Metrics {
            registry: Registry::with_prefix("attain"),
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            company_requests: Family::default(),
            refused: Family::default(),
            runs: Family::default(),
            people: Family::default(),
            fuel: Family::default(),
            stored: Family::default(),
            inside: Family::default(),
            waiting: Family::default(),
            companies: Mutex::default(),
        };
        let registry = &mut metrics.registry;
        registry.register("requests", "Requests answered", metrics.requests.clone());
        registry.register("request_seconds", "How long answers took", metrics.seconds.clone());
        registry.register("company_requests", "Requests of a company", metrics.company_requests.clone());
        registry.register(
            "company_refused",
            "Requests of a company that came too fast or found its queue full",
            metrics.refused.clone(),
        );
        registry.register("runs", "Runs made or asked for again", metrics.runs.clone());
        registry.register("run_people", "People of these runs", metrics.people.clone());
        registry.register("run_fuel", "Fuel of these runs", metrics.fuel.clone());
        registry.register("company_bytes", "Bytes that a company has stored", metrics.stored.clone());
        registry.register("work_at_once", "Pieces of work being done", metrics.inside.clone());
        registry.register("work_waiting", "Pieces of work that wait", metrics.waiting.clone());
        if let Some(Counts { sent, dropped }) = otlp.map(|otlp| otlp.counts.clone()) {
            registry.register("spans_sent", "Spans that the collector has", sent);
            registry.register("spans_dropped", "Spans that it didn't take in time", dropped);
        }
        metrics
    }

    /// Counts an answer.
    pub(crate) fn answered(
        &self,
        operation: &'static str,
        company: Option<&str>,
        status: StatusCode,
        took: Duration,
    ) {
        self.requests.get_or_create(&Answered { operation, status: status.as_u16() }).inc();
        self.seconds.get_or_create(&Operation { operation }).observe(took.as_secs_f64());
        if let Some(company) = company {
            let company = self.label(company);
            self.company_requests.get_or_create(&company).inc();
            if status == StatusCode::TOO_MANY_REQUESTS {
                self.refused.get_or_create(&company).inc();
            }
        }
    }

    /// Counts a run.
    pub(crate) fn ran(&self, company: &str, record: &RunRecord) {
        let company = self.label(company);
        self.runs.get_or_create(&company).inc();
        self.people.get_or_create(&company).inc_by(record.participants);
        self.fuel.get_or_create(&company).inc_by(record.steps.iter().map(|step| step.fuel).sum());
    }

    /// Companies that have a label of their own.
    pub(crate) fn known(&self) -> Vec<String> {
        self.companies.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// Says how much companies have stored.
    pub(crate) fn stored(&self, sizes: Vec<(String, u64)>) {
        for (company, bytes) in sizes {
            let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
            self.stored.get_or_create(&Company { company }).set(bytes);
        }
    }

    fn label(&self, company: &str) -> Company {
        let mut known = self.companies.lock().unwrap_or_else(PoisonError::into_inner);
        let own = known.contains(company) || known.len() < COMPANIES && known.insert(company.to_owned());
        Company { company: if own { company } else { "other" }.to_owned() }
    }

    /// The text.
    pub(crate) fn text(&self, app: &App) -> String {
        let gates = [
            ("runs", app.runs()),
            ("files", app.files()),
            ("workbooks", app.workbooks()),
            ("answers", app.answers()),
        ];
        for (work, gate) in gates {
            let (inside, waiting) = gate.load();
            let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
            self.inside.get_or_create(&Queue { work }).set(count(inside));
            self.waiting.get_or_create(&Queue { work }).set(count(waiting));
        }
        let mut text = String::new();
        // Writing to a string doesn't fail.
        _ = encode(&mut text, &self.registry);
        text
    }
}
