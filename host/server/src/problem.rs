//! Problem documents (RFC 9457): how every error looks to a client.
//!
//! `code` is for programs and never renamed; `detail` is for people and holds no path of this machine and no other
//! company's name.

use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};
use std::time::Duration;

/// The media type of a problem.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// Why a request wasn't answered as asked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Problem {
    /// HTTP status.
    pub status: StatusCode,
    /// The kind of problem, the same words each time.
    pub title: &'static str,
    /// A stable word for programs.
    pub code: String,
    /// What happened this time, what was expected, what to do.
    pub detail: String,
    /// Each thing that is wrong, with its place; empty where `detail` says it all.
    pub problems: Vec<Value>,
    /// How many there are, where not all are listed.
    pub problems_total: Option<u64>,
    /// Seconds after which to come again.
    pub retry_after: Option<u32>,
}

impl Problem {
    pub(crate) fn new(
        status: StatusCode,
        code: &str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Problem {
        Problem {
            status,
            title,
            code: code.to_owned(),
            detail: detail.into(),
            problems: Vec::new(),
            problems_total: None,
            retry_after: None,
        }
    }

    /// There is no such thing.
    pub(crate) fn not_found(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, "not-found", "Not found", detail)
    }

    /// The body isn't what the path takes.
    pub(crate) fn body(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, "body", "The body can't be read", detail)
    }

    /// Path or query can't be read.
    pub(crate) fn route(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, "route", "The address can't be read", detail)
    }

    /// A field says what can't be.
    pub(crate) fn invalid(at: &str, message: impl Into<String>) -> Problem {
        let message = message.into();
        let mut problem =
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "Refused", format!("{at}: {message}"));
        problem.problems.push(json!({ "at": at, "message": message }));
        problem
    }

    /// More bytes than are taken.
    pub(crate) fn too_large(what: &str, bytes_max: usize) -> Problem {
        let detail = format!("{what} has more than the {bytes_max} bytes that are taken; send less at once");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "Too large", detail)
    }

    /// The body's media type is another one.
    pub(crate) fn media_type(found: Option<&HeaderValue>, expected: &str) -> Problem {
        let found = found.and_then(|value| value.to_str().ok()).map(shown);
        let found =
            found.map_or_else(|| "no content type".to_owned(), |found| format!("content type `{found}`"));
        let detail = format!("the body has {found}, expected `{expected}`");
        Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", "Unexpected content type", detail)
    }

    /// The client was silent in the middle of its body.
    pub(crate) fn silent(seconds: u64) -> Problem {
        let detail = format!("nothing more of the body came for {seconds} seconds; send it again");
        Problem::new(StatusCode::REQUEST_TIMEOUT, "timeout", "Too slow", detail)
    }

    /// Too many wait already.
    pub(crate) fn busy(work: &str) -> Problem {
        let detail = format!("too many {work} wait already; try again in a few seconds");
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "busy", "Busy", detail);
        Problem { retry_after: Some(5), ..problem }
    }

    /// More requests a second than the company may send.
    pub(crate) fn too_fast(per_second: u64, wait: Duration) -> Problem {
        let detail = format!(
            "the company sends more than its {per_second} requests a second; wait, or ask the operator for more"
        );
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-fast", "Too fast", detail);
        let seconds = u32::try_from(wait.as_secs().saturating_add(1)).unwrap_or(u32::MAX);
        Problem { retry_after: Some(seconds), ..problem }
    }

    /// Our own failure; the log has the causes.
    pub(crate) fn internal() -> Problem {
        let detail = "the host failed; its log says why";
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "The host failed", detail)
    }

    /// The document.
    pub(crate) fn to_json(&self) -> Value {
        let kind = match self.title {
            "Refused" | "Conflict" | "The policy failed" | "The host failed" => {
                format!("urn:attain:{}", self.code)
            }
            _ => "about:blank".to_owned(),
        };
        let mut document = json!({
            "type": kind,
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": self.detail,
            "code": self.code,
        });
        if let Some(document) = document.as_object_mut() {
            if !self.problems.is_empty() {
                document.insert("problems".to_owned(), Value::Array(self.problems.clone()));
            }
            if let Some(total) = self.problems_total {
                document.insert("problems_total".to_owned(), json!(total));
            }
        }
        document
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE))];
        let mut response = (self.status, kind, self.to_json().to_string()).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// A JSON answer.
pub(crate) fn json_answer<T: Serialize>(status: StatusCode, body: &T) -> Result<Response, Problem> {
    let text = serde_json::to_vec(body).map_err(|_| Problem::internal())?;
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    Ok((status, kind, text).into_response())
}

/// The answer to a path that isn't there.
pub(crate) async fn no_such_path(uri: Uri) -> Problem {
    let detail = format!("there is no `{}` here; `/v1/openapi.json` lists every path", shown(uri.path()));
    Problem::new(StatusCode::NOT_FOUND, "route", "Not found", detail)
}

/// The answer to a path that is there, but not for this method.
pub(crate) async fn method_not_allowed(method: Method, uri: Uri) -> Problem {
    let detail = format!(
        "`{}` doesn't take {}; the header `allow` says what it takes",
        shown(uri.path()),
        shown(method.as_str())
    );
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "Method not allowed", detail)
}

/// Foreign text in a sentence: on one line, at most 100 characters, nothing invisible.
pub(crate) fn shown(text: &str) -> String {
    let mut shown: String =
        text.chars().take(100).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if text.chars().nth(100).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_the_document_of_rfc_9457() {
        let problem = Problem::invalid("plan", "`x` is not a plan");
        assert_eq!(
            problem.to_json(),
            json!({
                "type": "urn:attain:invalid",
                "title": "Refused",
                "status": 422,
                "detail": "plan: `x` is not a plan",
                "code": "invalid",
                "problems": [{ "at": "plan", "message": "`x` is not a plan" }],
            })
        );
        assert_eq!(Problem::busy("runs").into_response().headers()["retry-after"], "5");
    }

    #[test]
    fn foreign_text_stays_on_its_line() {
        assert_eq!(shown("a\r\nb"), "a\u{fffd}\u{fffd}b");
        assert_eq!(shown(&"x".repeat(1000)).chars().count(), 101);
    }
}
