//! Long work: its answer as JSON, or as events that tell how far it is.
//!
//! When the client leaves, the work is cancelled; its place at the gate is free when it has really ended.

use crate::app::App;
use crate::gate::Place;
use crate::problem::{Problem, json_answer};
use crate::work::{About, Listed};
use attain_service::{Progress, Service, ServiceError};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::MissedTickBehavior;
use tokio_stream::wrappers::ReceiverStream;

/// The least time between two events of progress.
const PROGRESS_EVERY: Duration = Duration::from_millis(100);

/// How often a silent stream shows that it is alive.
const ALIVE_EVERY: Duration = Duration::from_secs(10);

/// Tells work to stop, and hears how far it is.
pub(crate) struct Watched<'a> {
    /// Set when nobody waits any more.
    pub cancel: &'a AtomicBool,
    /// Told of progress, from any thread.
    pub progress: &'a (dyn Fn(Progress) + Sync),
}

/// Cancels when it is dropped: whoever waited is gone.
pub(crate) struct CancelWhenDropped(pub(crate) Arc<AtomicBool>);

impl Drop for CancelWhenDropped {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Does long work behind the gate of runs and answers in the way that the client accepts.
pub(crate) async fn answer<T, W>(
    app: App,
    about: About,
    headers: &HeaderMap,
    status: StatusCode,
    work: W,
) -> Result<Response, Problem>
where
    T: Serialize + Send + 'static,
    W: FnOnce(&Service, &Watched<'_>) -> Result<T, ServiceError> + Send + 'static,
{
    let place = app.runs().enter(&about.company)?;
    let cancel = Arc::new(AtomicBool::new(false));
    let guard = CancelWhenDropped(Arc::clone(&cancel));
    let (tell, told) = watch::channel(None);
    let listed = app.works().begin(about, Arc::clone(&cancel), told.clone());
    let work = work_in(app, place, listed, cancel, tell, work);
    if !wants_events(headers) {
        let done = work.await;
        drop(guard);
        return json_answer(status, &done?);
    }
    let (send, events) = mpsc::channel(8);
    tokio::spawn(feed(send, told, work, guard));
    let stream = Sse::new(ReceiverStream::new(events)).keep_alive(KeepAlive::new().interval(ALIVE_EVERY));
    Ok(stream.into_response())
}

async fn work_in<T, W>(
    app: App,
    place: impl Future<Output = Result<Place, Problem>>,
    listed: Listed,
    cancel: Arc<AtomicBool>,
    tell: watch::Sender<Option<Progress>>,
    work: W,
) -> Result<T, Problem>
where
    T: Send + 'static,
    W: FnOnce(&Service, &Watched<'_>) -> Result<T, ServiceError> + Send + 'static,
{
    let place = place.await?;
    let told = move |service: &Service| {
        listed.runs();
        let progress = |progress: Progress| {
            tell.send_replace(Some(progress));
        };
        let done = work(service, &Watched { cancel: &cancel, progress: &progress });
        drop(listed);
        done
    };
    app.ask_in(place, told).await
}

/// Whether the client asked for events.
fn wants_events(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|kind| {
        kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("text/event-stream"))
    })
}

/// Sends progress, a few times a second, then the answer. The last progress is always sent.
async fn feed<T: Serialize>(
    send: mpsc::Sender<Result<Event, Infallible>>,
    told: watch::Receiver<Option<Progress>>,
    work: impl Future<Output = Result<T, Problem>>,
    _guard: CancelWhenDropped,
) {
    let mut work = pin!(work);
    let mut told = Telling { told, sent: None };
    let mut ticks = tokio::time::interval(PROGRESS_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let done = loop {
        tokio::select! {
            () = send.closed() => return,
            done = &mut work => break done,
            _ = ticks.tick() => {
                if let Some(event) = told.next() && send.send(Ok(event)).await.is_err() {
                    return;
                }
            }
        }
    };
    let done = done.and_then(|answer| serde_json::to_string(&answer).map_err(|_| Problem::internal()));
    let last = match done {
        Ok(answer) => Event::default().event("done").data(answer),
        Err(problem) => Event::default().event("problem").data(problem.to_json().to_string()),
    };
    for event in told.next().into_iter().chain([last]) {
        if send.send(Ok(event)).await.is_err() {
            return;
        }
    }
}

/// Progress as it was told, and what of it the client knows.
struct Telling {
    told: watch::Receiver<Option<Progress>>,
    sent: Option<Progress>,
}

impl Telling {
    /// An event, when there is news.
    fn next(&mut self) -> Option<Event> {
        let now = self.told.borrow().clone()?;
        if self.sent.as_ref() == Some(&now) {
            return None;
        }
        let data = json!({ "step": now.step, "rows": now.rows, "of": now.of }).to_string();
        self.sent = Some(now);
        Some(Event::default().event("progress").data(data))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;
    use attain_service::{RunError, Settings};
    use futures_util::StreamExt;

    fn app() -> App {
        let service = Service::open(Settings { threads: 1, ..Settings::default() }).unwrap();
        App::new(Arc::new(service), Options { runs_at_once: 1, runs_waiting: 1, ..Options::default() })
    }

    fn about() -> About {
        let text = |text: &str| text.to_owned();
        About { company: text("acme"), operation: "run_plan", of: text("sales 2026-01"), by: text("Ann") }
    }

    /// Works until it is told to stop.
    fn endless(_: &Service, watched: &Watched<'_>) -> Result<(), ServiceError> {
        (watched.progress)(Progress { step: "s".to_owned(), rows: 1, of: 2 });
        while !watched.cancel.load(Ordering::Relaxed) {
            std::thread::yield_now();
        }
        Err(ServiceError::Run(RunError::Cancelled))
    }

    fn accepting(kind: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT, header::HeaderValue::from_static(kind))])
    }

    /// Goal: work for a client who left costs nobody else anything.
    /// Method: with one place, the next one gets it only when the endless work has really ended.
    #[tokio::test]
    async fn work_for_a_client_who_left_ends() {
        let app = app();
        let headers = accepting("application/json, text/event-stream;q=0.9");
        let response = answer(app.clone(), about(), &headers, StatusCode::OK, endless).await.unwrap();
        let mut events = response.into_body().into_data_stream();
        let first = events.next().await.unwrap().unwrap();
        assert_eq!(first, "event: progress\ndata: {\"of\":2,\"rows\":1,\"step\":\"s\"}\n\n");
        drop(events);
        let next = answer(app, about(), &HeaderMap::new(), StatusCode::OK, |_, _| Ok(1)).await.unwrap();
        assert_eq!(next.status(), 200);
    }

    #[tokio::test]
    async fn a_client_who_waits_for_json_and_leaves_ends_it_too() {
        let app = app();
        let waiting = tokio::spawn({
            let app = app.clone();
            async move { answer(app, about(), &HeaderMap::new(), StatusCode::OK, endless).await.map(|_| ()) }
        });
        tokio::task::yield_now().await;
        waiting.abort();
        let next = answer(app, about(), &HeaderMap::new(), StatusCode::OK, |_, _| Ok(1)).await.unwrap();
        assert_eq!(next.status(), 200);
    }

    /// Goal: work is stopped by request, whether it runs or waits, and whoever asked for it is told.
    #[tokio::test]
    async fn work_that_is_cancelled_ends_and_is_answered_so() {
        let app = app();
        let ask = |app: App| {
            tokio::spawn(
                async move { answer(app, about(), &HeaderMap::new(), StatusCode::OK, endless).await },
            )
        };
        let (first, second) = (ask(app.clone()), ask(app.clone()));
        while app.works().of("acme").len() < 2 {
            tokio::task::yield_now().await;
        }
        for id in ["1", "2"] {
            assert!(app.works().cancel("acme", id).is_some());
        }
        for asked in [first, second] {
            let problem = asked.await.unwrap().unwrap_err();
            assert_eq!((problem.status.as_u16(), problem.code.as_str()), (503, "cancelled"));
        }
        assert!(app.works().of("acme").is_empty());
    }

    #[tokio::test]
    async fn who_finds_the_queue_full_gets_no_stream_but_a_problem() {
        let app = app();
        let headers = accepting("text/event-stream");
        let first = answer(app.clone(), about(), &headers, StatusCode::OK, endless).await.unwrap();
        let second = answer(app.clone(), about(), &headers, StatusCode::OK, endless).await.unwrap();
        let third = answer(app, about(), &headers, StatusCode::OK, endless).await.unwrap_err();
        assert_eq!((third.status.as_u16(), third.code.as_str()), (429, "busy"));
        drop((first, second));
    }
}
