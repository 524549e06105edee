//! The API over TCP, with a limit on every connection, and an end that is no abort.

use crate::access::Access;
use crate::door::{Door, Way};
use crate::guard;
use crate::options::Options;
use crate::router_with;
use attain_service::Service;
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

/// How long the head of a request may take, and a connection be idle.
const HEAD_MAX: Duration = Duration::from_secs(30);

/// How long it may take until a connection is encrypted.
const HANDSHAKE_MAX: Duration = Duration::from_secs(10);

/// The most bytes of a request's head.
const HEAD_BYTES_MAX: usize = 64 << 10;

/// Why a server doesn't start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Not an address.
    #[error("`{address}` is not an address to listen on, expected such as `127.0.0.1:7180`")]
    NotAnAddress {
        /// As it was given.
        address: String,
    },
    /// Other machines could reach it.
    #[error(
        "`{address}` can be reached from other machines, and what it says isn't encrypted; name a certificate with `--tls-cert FILE --tls-key FILE`, listen on `127.0.0.1:{}`, or say `--behind-proxy` where a proxy that speaks TLS stands before it and nobody else reaches it",
        address.port()
    )]
    NotLoopback {
        /// The address.
        address: SocketAddr,
    },
    /// The system doesn't give the address.
    #[error(
        "cannot listen on `{address}`: {source}; name another one, such as `127.0.0.1:0` for any free port"
    )]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The listener is broken.
    #[error("the listener has no address: {0}")]
    Listener(#[source] io::Error),
}

/// Serves the API at these doors until `shutdown` is done; then takes no more requests and waits for answers under
/// way.
///
/// Answers that take longer than [`Options::stopping_max`] are broken off, and their runs cancelled. Each door has
/// [`Options::connections_max`] seats of its own, so that who crowds one leaves the others open.
///
/// # Errors
///
/// [`ServeError::NotLoopback`] when other machines could reach a door and the server signs nobody in.
pub async fn serve(
    doors: Vec<Door>,
    service: Arc<Service>,
    options: Options,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let outer = doors.iter().find(|door| door.is_outer() && !door.address().ip().is_loopback());
    if let Some(door) = outer.filter(|_| options.access == Access::Local) {
        return Err(ServeError::NotLoopback { address: door.address() });
    }
    let router = router_with(service, options.clone());
    let (stop, stopping) = watch::channel(());
    let mut keepers = JoinSet::new();
    for door in doors {
        let guard = axum::middleware::from_fn_with_state(door.is_outer(), guard::check);
        let keeper = Keeper {
            router: router.clone().layer(guard),
            way: door.way,
            seats: Arc::new(Semaphore::new(options.connections_max.clamp(1, Semaphore::MAX_PERMITS))),
            graceful: GracefulShutdown::new(),
            connections: JoinSet::new(),
        };
        keepers.spawn(keeper.keep(door.listener, stopping.clone(), options.stopping_max));
    }
    shutdown.await;
    drop(stop);
    while keepers.join_next().await.is_some() {}
    Ok(())
}

/// Who opens a door.
struct Keeper {
    router: Router,
    way: Way,
    seats: Arc<Semaphore>,
    graceful: GracefulShutdown,
    connections: JoinSet<()>,
}

impl Keeper {
    async fn keep(
        mut self,
        listener: TcpListener,
        mut stopping: watch::Receiver<()>,
        stopping_max: Duration,
    ) {
        loop {
            let next = tokio::select! {
                biased;
                _ = stopping.changed() => break,
                next = accept(&listener, &self.seats) => next,
            };
            match next {
                Ok((seat, stream)) => self.take(seat, stream),
                Err(error) => {
                    // The system is short of something, or the client was gone again: neither ends the server.
                    tracing::warn!(why = %error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
        drop(listener);
        _ = tokio::time::timeout(stopping_max, self.graceful.shutdown()).await;
        self.connections.shutdown().await;
    }

    fn take(&mut self, seat: OwnedSemaphorePermit, stream: TcpStream) {
        while self.connections.try_join_next().is_some() {}
        // Events are small and must not wait for more to come.
        let _ = stream.set_nodelay(true);
        let (router, watcher) = (self.router.clone(), self.graceful.watcher());
        let acceptor = match &self.way {
            Way::Tls(tls) => Some(tls.acceptor()),
            Way::Loopback | Way::BehindProxy => None,
        };
        self.connections.spawn(async move {
            let _seat = seat;
            let Some(acceptor) = acceptor else { return answer(stream, router, watcher).await };
            // A handshake that fails or takes too long is the client's affair.
            if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE_MAX, acceptor.accept(stream)).await {
                answer(stream, router, watcher).await;
            }
        });
    }
}

async fn accept(
    listener: &TcpListener,
    seats: &Arc<Semaphore>,
) -> io::Result<(OwnedSemaphorePermit, TcpStream)> {
    let seat = Arc::clone(seats).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    Ok((seat, stream))
}

/// Answers what comes on a connection until it ends.
async fn answer<S>(stream: S, router: Router, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_MAX).max_buf_size(HEAD_BYTES_MAX);
    let answering = TowerToHyperService::new(router);
    // A connection that ends early is the client's affair.
    let _ = watcher.watch(http.serve_connection(TokioIo::new(stream), answering)).await;
}
