//! Spans to a collector: OTLP over HTTP, in JSON, from a thread of its own.
//!
//! Invariant: nobody waits for a collector. What it doesn't take in time is dropped and counted.

use crate::fetch;
use crate::trace::{Fact, Span};
use prometheus_client::metrics::counter::Counter;
use serde_json::{Value, json};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant, SystemTime};
use ureq::tls::{RootCerts, TlsConfig};

/// Where a collector takes traces.
const PATH: &str = "/v1/traces";

/// Spans that wait to be sent.
const WAITING: usize = 4_096;

/// Spans in one request to the collector.
const AT_ONCE: usize = 512;

/// How long a span waits for others to go with.
const TOGETHER: Duration = Duration::from_secs(1);

/// How long the collector may take for an answer.
const SEND_MAX: Duration = Duration::from_secs(5);

/// The least time between two warnings that it doesn't.
const WARN_EVERY: Duration = Duration::from_secs(60);

/// Where spans go.
#[derive(Clone, Debug)]
pub struct Otlp {
    waiting: SyncSender<Message>,
    pub(crate) counts: Counts,
}

/// What became of spans.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    /// The collector has them.
    pub sent: Counter,
    /// Nobody has them.
    pub dropped: Counter,
}

#[derive(Debug)]
enum Message {
    Span(Box<Span>),
    /// Whoever waits until all is sent.
    Finish(SyncSender<()>),
}

/// What a collector is told of itself and of who speaks.
struct Collector {
    agent: ureq::Agent,
    url: String,
    headers: Vec<(String, String)>,
    counts: Counts,
    warned: Option<Instant>,
}

impl Otlp {
    /// Sends to a collector's address, such as `http://127.0.0.1:4318`, with these headers.
    ///
    /// # Errors
    ///
    /// The system's, when it gives no thread.
    pub fn to(address: &str, headers: Vec<(String, String)>, roots: RootCerts) -> std::io::Result<Otlp> {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(SEND_MAX))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .tls_config(TlsConfig::builder().root_certs(roots).build());
        // A proxy for the web isn't for this machine.
        let config = match fetch::check(address) {
            Ok(true) => config.proxy(None).build(),
            _ => config.build(),
        };
        let counts = Counts::default();
        let collector = Collector {
            agent: config.into(),
            url: format!("{}{PATH}", address.trim_end_matches('/').trim_end_matches(PATH)),
            headers,
            counts: counts.clone(),
            warned: None,
        };
        let (waiting, coming) = sync_channel(WAITING);
        let name = "otlp".to_owned();
        std::thread::Builder::new().name(name).spawn(move || collector.serve(&coming))?;
        Ok(Otlp { waiting, counts })
    }

    /// Leaves a span to be sent, unless too many wait.
    pub(crate) fn leave(&self, span: Span) {
        if self.waiting.try_send(Message::Span(Box::new(span))).is_err() {
            self.counts.dropped.inc();
        }
    }

    /// Waits until what was left is sent, for so long.
    pub fn finish(&self, at_most: Duration) {
        let (done, finished) = sync_channel(1);
        if self.waiting.try_send(Message::Finish(done)).is_ok() {
            // Whoever hears nothing in time has waited long enough.
            _ = finished.recv_timeout(at_most);
        }
    }
}

impl Collector {
    fn serve(mut self, coming: &Receiver<Message>) {
        while let Ok(first) = coming.recv() {
            let until = Instant::now() + TOGETHER;
            let mut spans = Vec::new();
            let mut finish = None;
            let mut next = Ok(first);
            loop {
                match next {
                    Ok(Message::Span(span)) => spans.push(*span),
                    Ok(Message::Finish(done)) => finish = Some(done),
                    Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
                }
                if spans.len() >= AT_ONCE || finish.is_some() {
                    break;
                }
                next = coming.recv_timeout(until.saturating_duration_since(Instant::now()));
            }
            if !spans.is_empty() {
                self.send(&spans);
            }
            if let Some(done) = finish {
                // Whoever waited may be gone.
                _ = done.try_send(());
            }
        }
    }

    fn send(&mut self, spans: &[Span]) {
        let mut request = self.agent.post(&self.url).header("content-type", "application/json");
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let count = u64::try_from(spans.len()).unwrap_or(u64::MAX);
        match request.send(body(spans).to_string()) {
            Ok(_) => _ = self.counts.sent.inc_by(count),
            Err(error) => {
                self.counts.dropped.inc_by(count);
                if self.warned.is_none_or(|at| at.elapsed() >= WARN_EVERY) {
                    self.warned = Some(Instant::now());
                    tracing::warn!(why = %error, "the collector of traces didn't take them");
                }
            }
        }
    }
}

/// What is sent, as the OTLP specification has it in JSON: ids in hexadecimal, whole numbers as texts.
fn body(spans: &[Span]) -> Value {
    let resource = [
        ("service.name", Fact::Text("attain".to_owned())),
        ("service.version", Fact::Text(env!("CARGO_PKG_VERSION").to_owned())),
    ];
    json!({ "resourceSpans": [{
        "resource": { "attributes": facts(&resource) },
        "scopeSpans": [{
            "scope": { "name": "attain" },
            "spans": spans.iter().map(span).collect::<Vec<_>>(),
        }],
    }] })
}

fn span(span: &Span) -> Value {
    const INTERNAL: u8 = 1;
    const SERVER: u8 = 2;
    const UNSET: u8 = 0;
    const ERROR: u8 = 2;
    let began = span.began.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    json!({
        "traceId": span.place.trace,
        "spanId": span.place.span,
        "parentSpanId": span.parent.as_deref().unwrap_or_default(),
        "name": span.name,
        "kind": if span.answers { SERVER } else { INTERNAL },
        "startTimeUnixNano": began.as_nanos().to_string(),
        "endTimeUnixNano": (began + span.took).as_nanos().to_string(),
        "attributes": facts(&span.facts),
        "status": { "code": if span.failed { ERROR } else { UNSET } },
    })
}

fn facts(facts: &[(&'static str, Fact)]) -> Vec<Value> {
    let text = |text: &String| json!({ "stringValue": text });
    let value = |fact: &Fact| match fact {
        Fact::Text(word) => text(word),
        Fact::Texts(words) => {
            json!({ "arrayValue": { "values": words.iter().map(text).collect::<Vec<_>>() } })
        }
        Fact::Number(number) => json!({ "intValue": number.to_string() }),
    };
    facts.iter().map(|(name, fact)| json!({ "key": name, "value": value(fact) })).collect()
}
