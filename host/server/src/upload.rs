//! Files that come as a form (multipart/form-data): each part under its name, in bounds, or none at all.

use crate::app::App;
use crate::problem::{Problem, shown};
use crate::request::{check_length, is_kind};
use attain_service::SourceFile;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use std::error::Error;
use std::time::Duration;

/// The most parts of a form.
const PARTS_MAX: usize = 64;

/// The most bytes of a file's name.
const NAME_BYTES_MAX: usize = 255;

/// A part that a form may have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    /// Its name in the form.
    pub name: &'static str,
    /// How often it comes.
    pub times: Times,
    /// What kind of file it is, which bounds its size.
    pub holds: Holds,
    /// What it is for.
    pub doc: &'static str,
}

/// How often a part comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Times {
    /// Exactly once.
    Once,
    /// Once or not at all.
    AtMostOnce,
    /// As often as there are files.
    AnyNumber,
}

/// What kind of file a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// Figures: up to the whole upload.
    Figures,
    /// A mapping or a recipe, written by a person.
    Text,
}

/// The files of a form, in their order.
pub(crate) struct Files {
    parts: &'static [Part],
    files: Vec<(&'static str, SourceFile)>,
}

impl Files {
    /// Reads a form of these parts.
    pub(crate) async fn read(request: Request, app: &App, parts: &'static [Part]) -> Result<Files, Problem> {
        let kind = "multipart/form-data";
        match request.headers().get(header::CONTENT_TYPE) {
            Some(found) if is_kind(found, kind) => {}
            found => return Err(Problem::media_type(found, kind)),
        }
        let options = app.options();
        check_length(request.headers(), options.upload_bytes_max)?;
        let mut request = request;
        DefaultBodyLimit::max(options.upload_bytes_max).apply(&mut request);
        let form = Multipart::from_request(request, app).await;
        let mut form = form
            .map_err(|_| Problem::body("the form names no boundary between its parts in its content type"))?;
        let mut files = Files { parts, files: Vec::new() };
        loop {
            let next = tokio::time::timeout(options.silence_max, form.next_field()).await;
            let next = next.map_err(|_| Problem::silent(options.silence_max.as_secs()))?;
            let Some(mut field) = next.map_err(|error| broken(&error, options.upload_bytes_max))? else {
                break;
            };
            let (part, name) = files.expect(&field)?;
            let bytes_max = match part.holds {
                Holds::Figures => options.upload_bytes_max,
                Holds::Text => options.text_bytes_max,
            };
            let bytes = read_field(&mut field, part.name, bytes_max, options.silence_max).await?;
            files.files.push((part.name, SourceFile { name, bytes }));
        }
        files.complete()
    }

    /// Which part a field is, and its file's name.
    fn expect(&self, field: &Field<'_>) -> Result<(&'static Part, String), Problem> {
        let name = field.name().unwrap_or_default();
        let known = || self.parts.iter().map(|part| part.name).collect::<Vec<_>>().join("`, `");
        let part = self.parts.iter().find(|part| part.name == name).ok_or_else(|| {
            Problem::body(format!("the form has a part `{}`, expected `{}`", shown(name), known()))
        })?;
        let so_far = self.files.iter().filter(|(known, _)| *known == part.name).count();
        if so_far > 0 && part.times != Times::AnyNumber {
            return Err(Problem::body(format!("the form has the part `{name}` twice, expected once")));
        }
        if self.files.len() >= PARTS_MAX {
            return Err(Problem::body(format!("the form has more than {PARTS_MAX} parts")));
        }
        let file = field.file_name().unwrap_or_default();
        if file.is_empty() || file.len() > NAME_BYTES_MAX || file.chars().any(char::is_control) {
            return Err(Problem::body(format!(
                "the part `{name}` has no file name, or one that can't be taken; expected 1 to {NAME_BYTES_MAX} bytes without control characters"
            )));
        }
        Ok((part, file.to_owned()))
    }

    fn complete(self) -> Result<Files, Problem> {
        let missing = self
            .parts
            .iter()
            .find(|part| part.times == Times::Once && !self.files.iter().any(|(name, _)| *name == part.name));
        match missing {
            Some(part) => Err(Problem::body(format!("the form has no part `{}`: {}", part.name, part.doc))),
            None => Ok(self),
        }
    }

    /// Takes the file of a part that comes once.
    pub(crate) fn take(&mut self, part: &str) -> Option<SourceFile> {
        let place = self.files.iter().position(|(name, _)| *name == part)?;
        Some(self.files.remove(place).1)
    }

    /// The files that are left, in their order.
    pub(crate) fn rest(self) -> Vec<SourceFile> {
        self.files.into_iter().map(|(_, file)| file).collect()
    }
}

async fn read_field(
    field: &mut Field<'_>,
    part: &str,
    bytes_max: usize,
    silence_max: Duration,
) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    loop {
        let next = tokio::time::timeout(silence_max, field.chunk()).await;
        let next = next.map_err(|_| Problem::silent(silence_max.as_secs()))?;
        let Some(piece) = next.map_err(|error| broken(&error, bytes_max))? else { return Ok(bytes) };
        if bytes.len() + piece.len() > bytes_max {
            return Err(Problem::too_large(&format!("the part `{part}`"), bytes_max));
        }
        bytes.extend_from_slice(&piece);
    }
}

fn broken(error: &MultipartError, bytes_max: usize) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::too_large("the body", bytes_max);
    }
    let why = error.source().map_or_else(|| error.body_text(), ToString::to_string);
    Problem::body(format!("the form can't be read: {}; send it again", shown(&why)))
}
