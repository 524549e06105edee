//! A body of any length, read as it comes: a thread reads, the client sends, and a few pieces lie between them.

use crate::app::App;
use crate::gate::Place;
use crate::problem::Problem;
use crate::request::is_kind;
use attain_service::{Service, ServiceError};
use axum::body::{Body, BodyDataStream};
use axum::extract::Request;
use axum::http::header;
use bytes::{Buf, Bytes};
use futures_util::StreamExt;
use std::io::{self, Read};
use std::time::Duration;
use tokio::sync::mpsc::{self, Receiver, Sender};

/// Pieces that lie between client and reader.
const PIECES: usize = 4;

/// Asks the service something that reads a request's body, of one media type, to its end.
///
/// What it answers before that end is answered once the client has sent everything: otherwise none would be heard.
pub(crate) async fn ask<T: Send + 'static>(
    app: &App,
    place: Place,
    request: Request,
    kind: &'static str,
    question: impl FnOnce(&Service, Receiving) -> Result<T, ServiceError> + Send + 'static,
) -> Result<T, Problem> {
    match request.headers().get(header::CONTENT_TYPE) {
        Some(found) if is_kind(found, kind) => {}
        found => return Err(Problem::media_type(found, kind)),
    }
    let (send, pieces) = mpsc::channel(PIECES);
    let stream = Body::into_data_stream(request.into_body());
    let receiving = Receiving { pieces, piece: Bytes::new(), state: State::Open };
    let asking = app.ask_in(place, move |service| question(service, receiving));
    let (sent, answer) = tokio::join!(feed(stream, send, app.options().silence_max), asking);
    match (sent, answer) {
        // What the service says then is only that nothing more came.
        (Err(problem), Err(_)) => Err(problem),
        (_, answer) => answer,
    }
}

/// What the reader gets. A channel that closes without an end is a body that broke off.
enum Piece {
    Bytes(Bytes),
    End,
}

/// Hands a body on. A reader who wants no more doesn't end it.
async fn feed(mut stream: BodyDataStream, send: Sender<Piece>, silence_max: Duration) -> Result<(), Problem> {
    loop {
        let next = tokio::time::timeout(silence_max, stream.next()).await;
        let piece = match next.map_err(|_| Problem::silent(silence_max.as_secs()))? {
            None => Piece::End,
            Some(Ok(bytes)) => Piece::Bytes(bytes),
            Some(Err(_)) => return Err(Problem::body("the body broke off; send it again")),
        };
        let ended = matches!(piece, Piece::End);
        let _ = send.send(piece).await;
        if ended {
            return Ok(());
        }
    }
}

/// A body as a reader that blocks.
pub(crate) struct Receiving {
    pieces: Receiver<Piece>,
    piece: Bytes,
    state: State,
}

#[derive(PartialEq, Eq)]
enum State {
    Open,
    End,
}

impl Read for Receiving {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() && self.state == State::Open {
            match self.pieces.blocking_recv() {
                Some(Piece::Bytes(bytes)) => self.piece = bytes,
                Some(Piece::End) => self.state = State::End,
                None => return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "nothing more came")),
            }
        }
        let read = self.piece.len().min(buffer.len());
        self.piece.copy_to_slice(buffer.get_mut(..read).unwrap_or_default());
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receiving(pieces: Vec<Piece>) -> Receiving {
        let (send, receive) = mpsc::channel(PIECES);
        pieces.into_iter().for_each(|piece| assert!(send.try_send(piece).is_ok()));
        Receiving { pieces: receive, piece: Bytes::new(), state: State::Open }
    }

    #[test]
    fn a_body_is_read_whole_and_one_that_broke_off_is_an_error() {
        let bytes = |text: &'static str| Piece::Bytes(Bytes::from_static(text.as_bytes()));
        let mut text = String::new();
        receiving(vec![bytes("ab"), bytes(""), bytes("c"), Piece::End]).read_to_string(&mut text).unwrap();
        assert_eq!(text, "abc");
        let broken = receiving(vec![bytes("ab")]).read_to_string(&mut text).unwrap_err();
        assert_eq!(broken.kind(), io::ErrorKind::UnexpectedEof);
    }
}
