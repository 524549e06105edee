//! Speaks to the API: of a server, or of the same router in this process. One code path for both.

use crate::fault::{Fault, Problem};
use crate::session::open_file;
use attain_service::{Service, ServiceError, StoreError};
use axum::body::Body;
use axum::http::Request;
use futures_util::StreamExt;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt;

/// Where a server leaves its address, inside the data directory; on a second line the process that it is, on a third
/// the key of whoever may read this.
pub const ADDRESS_FILE: &str = "server.address";

/// Address and key of the server that has a data directory open; none where another process has it open. A killed
/// server leaves its address behind, and somebody else may listen there by now: so the process must be the one that
/// holds the directory.
fn served_at(data: &Path, error: &ServiceError) -> Option<(String, String)> {
    let ServiceError::Store(StoreError::Locked { process: Some(holder), .. }) = error else { return None };
    let left = std::fs::read_to_string(data.join(ADDRESS_FILE)).ok()?;
    let mut lines = left.lines();
    let (address, process, key) = (lines.next()?, lines.next()?, lines.next()?);
    (process.parse() == Ok(*holder)).then(|| (address.to_owned(), key.to_owned()))
}

/// A way to the API.
pub enum Client {
    /// A server.
    Remote {
        /// `http://127.0.0.1:7180`, without a slash at the end.
        base: String,
        /// The key to show, where there is one.
        key: Option<String>,
        /// Keeps connections.
        agent: ureq::Agent,
    },
    /// The router in this process.
    Local {
        /// The router.
        router: axum::Router,
        /// Runs it.
        runtime: tokio::runtime::Runtime,
    },
}

/// What is asked.
pub struct Ask<'a> {
    method: &'static str,
    path: &'a str,
    content: &'static str,
    body: Sent<'a>,
    computing: bool,
}

/// What is sent along.
enum Sent<'a> {
    Bytes(Vec<u8>),
    /// A file of any size, read as it is sent.
    File(&'a Path),
}

/// How far the server is.
#[derive(Debug, Deserialize)]
pub struct Advance {
    /// The step or steps at work.
    pub step: String,
    /// Rows that are through.
    pub rows: u64,
    /// Rows in all.
    pub of: u64,
}

impl<'a> Ask<'a> {
    /// Asks to see something.
    pub fn get(path: &'a str) -> Ask<'a> {
        Ask { method: "GET", path, content: "", body: Sent::Bytes(Vec::new()), computing: false }
    }

    /// Sends bytes.
    pub fn post(path: &'a str, content: &'static str, body: Vec<u8>) -> Ask<'a> {
        Ask { method: "POST", path, content, body: Sent::Bytes(body), computing: false }
    }

    /// Sends a file.
    pub fn post_file(path: &'a str, content: &'static str, file: &'a Path) -> Ask<'a> {
        Ask { method: "POST", path, content, body: Sent::File(file), computing: false }
    }

    /// Sends JSON.
    pub fn json(path: &'a str, body: &Value) -> Ask<'a> {
        Ask::post(path, "application/json", body.to_string().into_bytes())
    }

    /// The answer comes from a computation.
    pub fn computing(mut self) -> Ask<'a> {
        self.computing = true;
        self
    }
}

/// Takes a piece of an answer's body, with the answer's status.
type Take<'a> = &'a mut dyn FnMut(u16, &[u8]) -> Result<(), Fault>;

impl Client {
    /// A server named by the person; one that is spoken to by TLS is trusted by these certificates, or by those that
    /// the web trusts.
    pub fn remote(url: &str, key: Option<String>, ca: Option<&Path>) -> Result<Client, Fault> {
        let base = url.trim_end_matches('/').to_owned();
        if !base.starts_with("http://") && !base.starts_with("https://") {
            return Err(Fault::usage(format!(
                "`{url}` is not a server's address, expected such as `http://127.0.0.1:7180` or `https://pay.example.com`"
            )));
        }
        let trusted = attain_server::trusted(ca).map_err(|error| Fault::refused(error.to_string()))?;
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(Duration::from_secs(5)))
            .tls_config(ureq::tls::TlsConfig::builder().root_certs(trusted).build())
            .build();
        Ok(Client::Remote { base, key, agent: config.into() })
    }

    /// The data directory: the router in this process, or the server that has it open.
    pub fn on_data(data: &Path, ca: Option<&Path>) -> Result<Client, Fault> {
        match crate::host::open(data, ca)? {
            Ok(service) => Client::local(Arc::new(service)),
            Err(error) => match served_at(data, &error) {
                Some((address, key)) => Client::remote(&address, Some(key), None),
                None => Err(error.into()),
            },
        }
    }

    /// The router in this process over a service.
    pub fn local(service: Arc<Service>) -> Result<Client, Fault> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Fault::failed(format!("cannot start: {error}")))?;
        Ok(Client::Local { router: attain_server::router(service), runtime })
    }

    /// Asks and reads the answer as JSON.
    pub fn read<T: DeserializeOwned>(&self, ask: &Ask) -> Result<T, Fault> {
        let mut body = Vec::new();
        self.download(ask, &mut body)?;
        Ok(serde_json::from_slice(&body)?)
    }

    /// Asks and writes the answer's body as it comes.
    pub fn download(&self, ask: &Ask, out: &mut dyn Write) -> Result<(), Fault> {
        let mut problem = Vec::new();
        let status = self.send(ask, "application/json", &mut |status, piece| {
            if status < 400 {
                out.write_all(piece).map_err(Fault::from)
            } else {
                problem.extend_from_slice(piece);
                Ok(())
            }
        })?;
        if status < 400 { Ok(()) } else { Err(problem_of(status, &problem, ask.computing)) }
    }

    /// Asks for events: progress as it goes, and the answer at the end.
    pub fn follow<T: DeserializeOwned>(
        &self,
        ask: &Ask,
        advance: &mut dyn FnMut(Advance),
    ) -> Result<T, Fault> {
        let mut pending: Vec<u8> = Vec::new();
        let mut done: Option<Value> = None;
        let mut problem: Option<Problem> = None;
        let mut refused = Vec::new();
        let status = self.send(ask, "text/event-stream", &mut |status, piece| {
            if status >= 400 {
                refused.extend_from_slice(piece);
                return Ok(());
            }
            pending.extend_from_slice(piece);
            while let Some(end) = pending.windows(2).position(|pair| pair == b"\n\n") {
                let event: Vec<u8> = pending.drain(..end + 2).collect();
                let (name, data) = event_of(&String::from_utf8_lossy(&event));
                match name.as_str() {
                    "progress" => advance(serde_json::from_str(&data)?),
                    "done" => done = Some(serde_json::from_str(&data)?),
                    "problem" => problem = Some(serde_json::from_str(&data)?),
                    _ => {}
                }
            }
            Ok(())
        })?;
        if status >= 400 {
            return Err(problem_of(status, &refused, ask.computing));
        }
        match (done, problem) {
            (Some(done), _) => Ok(serde_json::from_value(done)?),
            (None, Some(problem)) => Err(Fault::of_problem(problem, ask.computing)),
            (None, None) => Err(Fault::failed("the server ended the answer in the middle; ask again")),
        }
    }

    fn send(&self, ask: &Ask, accept: &str, take: Take<'_>) -> Result<u16, Fault> {
        match self {
            Client::Remote { base, key, agent } => remote(agent, base, key.as_deref(), ask, accept, take),
            Client::Local { router, runtime } => runtime.block_on(local(router.clone(), ask, accept, take)),
        }
    }
}

fn problem_of(status: u16, body: &[u8], computing: bool) -> Fault {
    let mut problem: Problem = serde_json::from_slice(body).unwrap_or_default();
    problem.status = status;
    if problem.detail.is_empty() && problem.title.is_empty() {
        problem.detail = format!("the server answered with status {status}");
    }
    Fault::of_problem(problem, computing)
}

/// Name and data of a server-sent event.
fn event_of(text: &str) -> (String, String) {
    let field = |name: &str| {
        let lines = text.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        lines.map(|value| value.strip_prefix(' ').unwrap_or(value)).collect::<Vec<_>>().join("\n")
    };
    (field("event"), field("data"))
}

fn remote(
    agent: &ureq::Agent,
    base: &str,
    key: Option<&str>,
    ask: &Ask,
    accept: &str,
    take: Take<'_>,
) -> Result<u16, Fault> {
    let url = format!("{base}{}", ask.path);
    let bearer = key.map(|key| format!("Bearer {key}"));
    let answer = if ask.method == "GET" {
        let mut request = agent.get(&url).header("accept", accept);
        if let Some(bearer) = &bearer {
            request = request.header("authorization", bearer);
        }
        request.call()
    } else {
        let mut request = agent.post(&url).header("accept", accept).header("content-type", ask.content);
        if let Some(bearer) = &bearer {
            request = request.header("authorization", bearer);
        }
        match &ask.body {
            Sent::Bytes(bytes) => request.send(&bytes[..]),
            // What is refused without looking at the file is refused before it is sent.
            Sent::File(path) => request.header("expect", "100-continue").send(open_file(path)?),
        }
    };
    let mut answer = answer.map_err(|error| unreached(base, &error))?;
    let status = answer.status().as_u16();
    let mut body = BufReader::with_capacity(1 << 16, answer.body_mut().as_reader());
    read_pieces(&mut body, &mut |piece| take(status, piece))?;
    Ok(status)
}

fn unreached(base: &str, error: &ureq::Error) -> Fault {
    let why = error.to_string();
    let next = match why.contains("certificate") || matches!(error, ureq::Error::Tls(_)) {
        true => "name the certificates that you trust: --ca FILE",
        false => "start it: attain serve",
    };
    Fault::failed(format!("cannot reach the server at `{base}`: {why}; {next}"))
}

fn read_pieces(
    body: &mut BufReader<impl Read>,
    take: &mut dyn FnMut(&[u8]) -> Result<(), Fault>,
) -> Result<(), Fault> {
    loop {
        let piece = body
            .fill_buf()
            .map_err(|error| Fault::failed(format!("the server's answer broke off: {error}")))?;
        if piece.is_empty() {
            return Ok(());
        }
        let read = piece.len();
        take(piece)?;
        body.consume(read);
    }
}

async fn local(router: axum::Router, ask: &Ask<'_>, accept: &str, take: Take<'_>) -> Result<u16, Fault> {
    let mut request = Request::builder()
        .method(ask.method)
        .uri(ask.path)
        .header("accept", accept)
        .header("host", "localhost");
    if !ask.content.is_empty() {
        request = request.header("content-type", ask.content);
    }
    let body = match &ask.body {
        Sent::Bytes(bytes) => Body::from(bytes.clone()),
        Sent::File(path) => Body::from_stream(futures_util::stream::iter(Pieces(open_file(path)?))),
    };
    let request = request
        .body(body)
        .map_err(|error| Fault::refused(format!("`{}` can't be asked for: {error}", ask.path)))?;
    let answer = match router.oneshot(request).await {
        Ok(answer) => answer,
        Err(never) => match never {},
    };
    let status = answer.status().as_u16();
    let mut body = answer.into_body().into_data_stream();
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|error| Fault::failed(format!("the answer broke off: {error}")))?;
        take(status, &piece)?;
    }
    Ok(status)
}

/// A file, piece by piece.
struct Pieces(File);

impl Iterator for Pieces {
    type Item = std::io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut piece = Vec::new();
        match (&mut self.0).take(PIECE_BYTES).read_to_end(&mut piece) {
            Ok(0) => None,
            Ok(_) => Some(Ok(piece)),
            Err(error) => Some(Err(error)),
        }
    }
}

/// Bytes of a file that are sent at once.
const PIECE_BYTES: u64 = 256 << 10;

/// A part of a form: its name, a file's name, its bytes.
pub struct Part {
    /// `file`, `mapping`, `recipe` or `source`.
    pub field: &'static str,
    /// The file's name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A form of files. A file that holds the boundary's own line would end early, and then the server refuses
/// it as cut short: nothing is taken wrongly.
pub fn form(parts: &[Part]) -> (&'static str, Vec<u8>) {
    const BOUNDARY: &str = "attain-3f9a5c60b2d84e17a1c7";
    let mut body = Vec::new();
    for part in parts {
        let name: String =
            part.name.chars().map(|c| if c == '"' || c.is_control() { '_' } else { c }).collect();
        body.extend_from_slice(format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{}\"; filename=\"{name}\"\r\ncontent-type: application/octet-stream\r\n\r\n", part.field).as_bytes());
        body.extend_from_slice(&part.bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    ("multipart/form-data; boundary=attain-3f9a5c60b2d84e17a1c7", body)
}

/// A part of a path, with everything that isn't plain written as `%XX`.
pub fn escaped(part: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    part.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_by_field() {
        assert_eq!(event_of("event: done\ndata: {\"a\":1}\n\n"), ("done".into(), "{\"a\":1}".into()));
        assert_eq!(event_of(": keep-alive\n\n"), (String::new(), String::new()));
        assert_eq!(event_of("event:x\ndata: a\ndata: b\n\n"), ("x".into(), "a\nb".into()));
    }

    #[test]
    fn a_part_of_a_path_can_hold_anything() {
        assert_eq!(escaped("2017-Q1"), "2017-Q1");
        assert_eq!(escaped("王 芳/#1"), "%E7%8E%8B%20%E8%8A%B3%2F%231");
    }
}
