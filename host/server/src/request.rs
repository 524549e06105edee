//! What comes in: parts of the path, the query, bodies; each read whole or refused as a problem.

use crate::app::App;
use crate::options::Options;
use crate::problem::{Problem, shown};
use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use std::error::Error;

/// The variable parts of the path, decoded, in their order.
pub(crate) struct Segments<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Segments<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let read = Path::<T>::from_request_parts(parts, app).await;
        read.map(|Path(value)| Segments(value)).map_err(|_| unreadable(parts.uri.path()))
    }
}

/// A path whose parts aren't texts.
pub(crate) fn unreadable(path: &str) -> Problem {
    let path = shown(path);
    Problem::route(format!("`{path}` can't be read; write a part of a path as UTF-8 with %XX"))
}

/// What stands after the `?`.
pub(crate) struct QueryOf<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for QueryOf<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let read = Query::<T>::from_request_parts(parts, app).await;
        read.map(|Query(value)| QueryOf(value)).map_err(|rejection| {
            let why = rejection.source().map_or_else(|| rejection.body_text(), ToString::to_string);
            Problem::route(format!("the query can't be read: {}", shown(&why)))
        })
    }
}

/// A JSON body; a field that it doesn't know is refused.
pub(crate) struct JsonBody<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let bytes = read_as(request, app, "application/json", app.options().text_bytes_max).await?;
        parse(&bytes).map(JsonBody)
    }
}

/// A JSON body, or none at all, which is the same as `{}`.
pub(crate) struct OptionalJson<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for OptionalJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).cloned();
        let bytes = read_body(request, app.options(), app.options().text_bytes_max).await?;
        match (bytes.is_empty(), kind) {
            (true, _) => parse(b"{}").map(OptionalJson),
            (false, Some(kind)) if is_kind(&kind, "application/json") => parse(&bytes).map(OptionalJson),
            (false, kind) => Err(Problem::media_type(kind.as_ref(), "application/json")),
        }
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes)
        .map_err(|error| Problem::body(format!("the body is not the JSON that this path takes: {error}")))
}

/// A TOML body, as text.
pub(crate) struct TomlBody(pub String);

impl FromRequest<App> for TomlBody {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let bytes = read_as(request, app, "application/toml", app.options().text_bytes_max).await?;
        String::from_utf8(bytes).map(TomlBody).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            Problem::body(format!("the body is not UTF-8 at byte {at}; save the file as UTF-8"))
        })
    }
}

/// Reads a body of one media type.
pub(crate) async fn read_as(
    request: Request,
    app: &App,
    kind: &'static str,
    bytes_max: usize,
) -> Result<Vec<u8>, Problem> {
    match request.headers().get(header::CONTENT_TYPE) {
        Some(found) if is_kind(found, kind) => read_body(request, app.options(), bytes_max).await,
        found => Err(Problem::media_type(found, kind)),
    }
}

/// Whether a content type is this one, whatever its parameters.
pub(crate) fn is_kind(found: &header::HeaderValue, kind: &str) -> bool {
    let found = found.to_str().unwrap_or_default();
    found.split(';').next().is_some_and(|found| found.trim().eq_ignore_ascii_case(kind))
}

/// Refuses a body that says itself that it is too large, before any of it is read.
pub(crate) fn check_length(headers: &HeaderMap, bytes_max: usize) -> Result<(), Problem> {
    let length =
        headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    match length.is_some_and(|length| length > bytes_max) {
        true => Err(Problem::too_large("the body", bytes_max)),
        false => Ok(()),
    }
}

async fn read_body(request: Request, options: &Options, bytes_max: usize) -> Result<Vec<u8>, Problem> {
    check_length(request.headers(), bytes_max)?;
    let mut stream = Body::into_data_stream(request.into_body());
    let mut bytes = Vec::new();
    loop {
        let next = tokio::time::timeout(options.silence_max, stream.next()).await;
        match next.map_err(|_| Problem::silent(options.silence_max.as_secs()))? {
            None => return Ok(bytes),
            Some(Err(_)) => return Err(Problem::body("the body broke off; send it again")),
            Some(Ok(piece)) if bytes.len() + piece.len() > bytes_max => {
                return Err(Problem::too_large("the body", bytes_max));
            }
            Some(Ok(piece)) => bytes.extend_from_slice(&piece),
        }
    }
}
