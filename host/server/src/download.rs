//! A file as it is written: a thread writes, the client reads, and a few pieces lie between them.

use crate::app::App;
use crate::gate::Place;
use crate::problem::Problem;
use attain_service::{ExportError, ServiceError};
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use std::io::{self, BufWriter, Write};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{self, error::TrySendError};

/// Bytes of a piece.
const PIECE_BYTES: usize = 64 << 10;

/// Pieces that lie between writer and reader.
const PIECES: usize = 4;

/// What the writer sends. A channel that closes without an end is a file that broke off.
enum Piece {
    Bytes(Bytes),
    Failed(ServiceError),
    End,
}

/// Takes what is written into a file.
pub(crate) type Out = BufWriter<Sending>;

/// Answers with a file of this name and media type, written by somebody on a thread of their own.
///
/// What goes wrong before the first piece is a problem; later, the answer breaks off, so that no client takes
/// half a file for a whole one.
pub(crate) async fn answer(
    app: App,
    place: Place,
    name: &str,
    kind: &'static str,
    write: impl FnOnce(Out) -> Result<Out, ServiceError> + Send + 'static,
) -> Result<Response, Problem> {
    let disposition = format!("attachment; filename=\"{name}\"");
    let (send, mut pieces) = mpsc::channel(PIECES);
    let out = Sending { send, runtime: Handle::current(), silence_max: app.options().silence_max };
    tokio::task::spawn_blocking(move || {
        let _place = place;
        write_to(write, out);
    });
    let first = match pieces.recv().await {
        Some(Piece::Bytes(first)) => first,
        Some(Piece::Failed(error)) => return Err(app.refuse(&error)),
        Some(Piece::End) | None => return Err(Problem::internal()),
    };
    let rest = stream::unfold(Some(pieces), next_piece);
    let body = Body::from_stream(stream::once(async { Ok(first) }).chain(rest));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&disposition).map_err(|_| Problem::internal())?),
    ];
    Ok((headers, body).into_response())
}

fn write_to(write: impl FnOnce(Out) -> Result<Out, ServiceError>, out: Sending) {
    let send = out.send.clone();
    let written = write(BufWriter::with_capacity(PIECE_BYTES, out));
    let ended = written.and_then(|buffer| {
        let out = buffer.into_inner().map_err(|error| ExportError::Write(error.into_error()))?;
        Ok(out.send(Piece::End).map_err(ExportError::Write)?)
    });
    if let Err(error) = ended {
        // A reader who is gone, or asleep with the channel full, sees the file break off all the same.
        let _ = send.try_send(Piece::Failed(error));
    }
}

type Pieces = mpsc::Receiver<Piece>;

async fn next_piece(pieces: Option<Pieces>) -> Option<(io::Result<Bytes>, Option<Pieces>)> {
    let mut pieces = pieces?;
    let why = match pieces.recv().await {
        Some(Piece::Bytes(bytes)) => return Some((Ok(bytes), Some(pieces))),
        Some(Piece::End) => return None,
        Some(Piece::Failed(error)) => crate::refusal::chain(&error),
        None => "its client took too long".to_owned(),
    };
    tracing::warn!(why = %why, "a file broke off");
    Some((Err(io::Error::other("the file broke off")), None))
}

/// Sends what is written to it; a client that doesn't take it for too long ends the writing.
pub(crate) struct Sending {
    send: mpsc::Sender<Piece>,
    runtime: Handle,
    silence_max: Duration,
}

impl Sending {
    fn send(&self, piece: Piece) -> io::Result<()> {
        let piece = match self.send.try_send(piece) {
            Ok(()) => return Ok(()),
            Err(TrySendError::Closed(_)) => return Err(io::ErrorKind::BrokenPipe.into()),
            Err(TrySendError::Full(piece)) => piece,
        };
        let sending = async { tokio::time::timeout(self.silence_max, self.send.send(piece)).await };
        match self.runtime.block_on(sending) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::ErrorKind::BrokenPipe.into()),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}

impl Write for Sending {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.send(Piece::Bytes(Bytes::copy_from_slice(bytes)))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
