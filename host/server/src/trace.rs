//! Spans: what was done when, by which company, with which end. Never a path, a name of a person or a figure.
//!
//! A request's place in a trace comes and goes in `traceparent` (W3C Trace Context): from a proxy before the host to the
//! request's span, and from that to what is done for it.

use crate::app::App;
use crate::otlp::Otlp;
use attain_model::record::RunRecord;
use attain_service::random;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use std::time::{Duration, Instant, SystemTime};

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// A span's place in a trace: both in lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The trace: 32 digits.
    pub trace: String,
    /// The span: 16 digits.
    pub span: String,
}

/// Something that was done.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    /// Where it stands.
    pub place: Place,
    /// The span that it is part of.
    pub parent: Option<String>,
    /// What it is: an operation of the API, or `run`.
    pub name: &'static str,
    /// Whether it answers somebody outside.
    pub answers: bool,
    /// When it began.
    pub began: SystemTime,
    /// How long it took.
    pub took: Duration,
    /// Whether the host failed at it.
    pub failed: bool,
    /// What else is known.
    pub facts: Vec<(&'static str, Fact)>,
}

/// What is known of a span.
#[derive(Clone, Debug)]
pub(crate) enum Fact {
    /// A word.
    Text(String),
    /// Words.
    Texts(Vec<String>),
    /// A count.
    Number(u64),
}

/// A span under way.
pub(crate) struct Begun {
    otlp: Otlp,
    place: Place,
    parent: Option<String>,
    began: SystemTime,
    at: Instant,
}

impl Begun {
    /// Begins a span within what the headers name, where anybody collects them.
    pub(crate) fn within(app: &App, headers: &HeaderMap) -> Option<Begun> {
        let otlp = app.options().otlp.clone()?;
        let (place, parent) = Place::within(headers)?;
        Some(Begun { otlp, place, parent, began: SystemTime::now(), at: Instant::now() })
    }

    /// Begins the span of a request, and leaves its place in the headers.
    pub(crate) fn answering(app: &App, headers: &mut HeaderMap) -> Option<Begun> {
        let begun = Begun::within(app, headers)?;
        begun.place.leave_in(headers);
        Some(begun)
    }

    /// A request is answered.
    pub(crate) fn answered(self, operation: &'static str, company: Option<&str>, status: StatusCode) {
        let mut facts = vec![("http.response.status_code", Fact::Number(status.as_u16().into()))];
        facts.extend(company.map(|company| ("attain.company", Fact::Text(company.to_owned()))));
        self.end(operation, true, status.is_server_error(), facts);
    }

    /// A run is made, or was there.
    pub(crate) fn ran(self, company: &str, record: &RunRecord) {
        let policies = record.pins.policies.iter().map(ToString::to_string).collect();
        let facts = vec![
            ("attain.company", Fact::Text(company.to_owned())),
            ("attain.run", Fact::Text(record.id.to_string())),
            ("attain.plan", Fact::Text(record.pins.plan_digest.to_string())),
            ("attain.policies", Fact::Texts(policies)),
            ("attain.people", Fact::Number(record.participants)),
            ("attain.fuel", Fact::Number(record.steps.iter().map(|step| step.fuel).sum())),
        ];
        self.end("run", false, false, facts);
    }

    fn end(self, name: &'static str, answers: bool, failed: bool, facts: Vec<(&'static str, Fact)>) {
        let Begun { otlp, place, parent, began, at } = self;
        otlp.leave(Span { place, parent, name, answers, began, took: at.elapsed(), failed, facts });
    }
}

impl Place {
    /// A new span's place, within what the headers name; none where the system gives no randomness.
    pub(crate) fn within(headers: &HeaderMap) -> Option<(Place, Option<String>)> {
        let span = random::<8>().ok()?;
        match Place::of(headers) {
            Some(outer) => Some((Place { trace: outer.trace, span }, Some(outer.span))),
            None => Some((Place { trace: random::<16>().ok()?, span }, None)),
        }
    }

    /// The place that the headers name.
    fn of(headers: &HeaderMap) -> Option<Place> {
        let mut parts = headers.get(TRACEPARENT)?.to_str().ok()?.split('-');
        let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let is_id = |text: &str, digits| {
            text.len() == digits
                && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
                && text.bytes().any(|b| b != b'0')
        };
        let is_one = version == "00" && flags.len() == 2 && parts.next().is_none();
        (is_one && is_id(trace, 32) && is_id(span, 16))
            .then(|| Place { trace: trace.to_owned(), span: span.to_owned() })
    }

    /// Names this place in the headers, for what is done within it.
    pub(crate) fn leave_in(&self, headers: &mut HeaderMap) {
        if let Ok(value) = HeaderValue::from_str(&format!("00-{}-{}-01", self.trace, self.span)) {
            headers.insert(TRACEPARENT, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(parent: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(TRACEPARENT, HeaderValue::from_static(parent))])
    }

    #[test]
    fn a_span_stands_within_what_the_headers_name() {
        let given = headers("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        let (place, parent) = Place::within(&given).unwrap();
        assert_eq!(place.trace, "0af7651916cd43dd8448eb211c80319c");
        assert_eq!(parent.as_deref(), Some("b7ad6b7169203331"));
        let mut left = HeaderMap::new();
        place.leave_in(&mut left);
        assert_eq!(Place::of(&left), Some(place));
    }

    #[test]
    fn what_names_no_place_begins_a_trace() {
        for none in [
            "",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
        ] {
            let (place, parent) = Place::within(&headers(none)).unwrap();
            assert_eq!((place.trace.len(), place.span.len(), parent), (32, 16, None), "{none}");
        }
    }
}
