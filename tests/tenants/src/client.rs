//! A connection that is kept: requests and answers over it, one after the other.

use serde_json::Value;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(180);

/// A connection to a server, opened when it is first used and again when it broke.
pub struct Connection {
    address: String,
    key: String,
    stream: Option<BufReader<TcpStream>>,
}

/// What came back.
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The status, and the code of a problem beside it.
    pub fn name(&self) -> String {
        match self.json().get("code").and_then(Value::as_str) {
            Some(code) if self.status >= 400 => format!("{} {code}", self.status),
            _ => self.status.to_string(),
        }
    }
}

impl Connection {
    /// A connection to `127.0.0.1:7180` or the like, showing a key.
    pub fn new(address: &str, key: &str) -> Connection {
        Connection { address: address.to_owned(), key: key.to_owned(), stream: None }
    }

    /// Asks, and reads the whole answer.
    pub fn ask(&mut self, method: &str, path: &str, content: &str, body: &[u8]) -> io::Result<Answer> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(&self.address)?;
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(PATIENCE))?;
                stream.set_write_timeout(Some(PATIENCE))?;
                BufReader::new(stream)
            }
        };
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\ncontent-type: {content}\r\ncontent-length: {}\r\n\r\n",
            self.address,
            self.key,
            body.len()
        );
        stream.get_mut().write_all(&[head.as_bytes(), body].concat())?;
        let (mut line, mut length, mut close) = (String::new(), 0, false);
        stream.read_line(&mut line)?;
        let wrong = || io::Error::other(format!("an answer began with `{}`", line.trim_end()));
        let status = line.split_whitespace().nth(1).and_then(|code| code.parse().ok()).ok_or_else(wrong)?;
        loop {
            line.clear();
            stream.read_line(&mut line)?;
            let header = line.trim_end().to_ascii_lowercase();
            match header.split_once(": ") {
                Some(("content-length", bytes)) => length = bytes.parse().map_err(io::Error::other)?,
                Some(("connection", "close")) => close = true,
                None if header.is_empty() => break,
                _ => {}
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body)?;
        if !close {
            self.stream = Some(stream);
        }
        Ok(Answer { status, body })
    }

    /// Sends JSON.
    pub fn post(&mut self, path: &str, body: &Value) -> io::Result<Answer> {
        self.ask("POST", path, "application/json", body.to_string().as_bytes())
    }
}
