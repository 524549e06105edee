//! A server on a host's data, spoken to as a client speaks to it: bytes over TCP.

use crate::Attain;
use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};

/// `attain serve`, ended when dropped.
pub struct Server {
    child: Child,
    /// Such as `127.0.0.1:40123`.
    address: String,
    /// What it said when it started.
    said: String,
    /// Shown with every request: that of whoever has the data directory, until another is taken.
    key: String,
}

/// What a server answered.
#[derive(Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The media type.
    pub content: String,
    /// The body.
    pub body: String,
}

impl Reply {
    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

impl Attain {
    /// Serves this host's data on a free port.
    #[track_caller]
    pub fn serve(&self) -> Server {
        self.serve_with(&["--listen", "127.0.0.1:0"])
    }

    /// Serves this host's data with these arguments; it is spoken to at the door for this machine.
    #[track_caller]
    #[expect(clippy::panic, reason = "a test can't go on without its server")]
    pub fn serve_with(&self, arguments: &[&str]) -> Server {
        let started = self
            .command([&["serve"], arguments].concat())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn();
        let mut child = started.unwrap_or_else(|error| panic!("cannot start the server: {error}"));
        // All that it says comes at once.
        let mut said = vec![0; 4096];
        let read = child.stdout.take().map_or(0, |mut out| out.read(&mut said).unwrap_or(0));
        said.truncate(read);
        let said = String::from_utf8_lossy(&said).into_owned();
        let address = said.split("http://").nth(1).and_then(|rest| rest.split([' ', '/', '\n']).next());
        assert!(address.is_some(), "the server says no address: {said}");
        let left = std::fs::read_to_string(self.folder().join("data/server.address")).unwrap_or_default();
        let key = left.lines().nth(2).unwrap_or_default().to_owned();
        Server { child, address: address.unwrap_or_default().to_owned(), said, key }
    }
}

impl Server {
    /// Where it listens, such as `http://127.0.0.1:40123`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where others reach it where that is another door, such as `https://localhost:40124`.
    pub fn outer(&self) -> Option<String> {
        let address = self.said.split("https://").nth(1)?.split([' ', '/', '\n']).next()?;
        Some(format!("https://localhost:{}", address.rsplit(':').next()?))
    }

    /// Its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// The key that is shown.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What it said when it started.
    pub fn said(&self) -> &str {
        &self.said
    }

    /// Shows this key from now on; an empty one shows none.
    pub fn with_key(&mut self, key: &str) {
        self.key = key.to_owned();
    }

    /// Reads a list or a document.
    #[track_caller]
    pub fn get(&self, path: &str) -> Value {
        let reply = self.send("GET", path, "", b"");
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        reply.json()
    }

    /// Sends a request and reads the whole answer.
    #[track_caller]
    pub fn send(&self, method: &str, path: &str, content: &str, body: &[u8]) -> Reply {
        let answered = self.exchange(method, path, content, body);
        assert!(answered.is_ok(), "{method} {path}: {answered:?}");
        reply_of(&answered.unwrap_or_default())
    }

    fn exchange(&self, method: &str, path: &str, content: &str, body: &[u8]) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(&self.address)?;
        let kind = if content.is_empty() { String::new() } else { format!("content-type: {content}\r\n") };
        let key = if self.key.is_empty() {
            String::new()
        } else {
            format!("authorization: Bearer {}\r\n", self.key)
        };
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: {}\r\n{kind}{key}\r\n",
            self.address,
            body.len()
        );
        stream.write_all(head.as_bytes())?;
        stream.write_all(body)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn reply_of(answer: &str) -> Reply {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    let field = |name: &str| {
        let fields = head.lines().filter_map(|line| line.split_once(':'));
        let found =
            fields.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next();
        found.unwrap_or_default().to_owned()
    };
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let body = if field("transfer-encoding") == "chunked" { unchunked(body) } else { body.to_owned() };
    Reply { status, content: field("content-type"), body }
}

/// The pieces of a body put together; sizes are in bytes, and the answers here are JSON.
fn unchunked(body: &str) -> String {
    let mut rest = body;
    let mut whole = String::new();
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        let Some(piece) = after.get(..size).filter(|piece| !piece.is_empty()) else { break };
        whole.push_str(piece);
        rest = after.get(size..).unwrap_or_default().trim_start_matches("\r\n");
    }
    whole
}
