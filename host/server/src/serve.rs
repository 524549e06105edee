//! The API over TCP: on this machine or behind a proxy, with a limit on every connection, and an end that is no abort.

use crate::access::Access;
use crate::guard;
use crate::options::Options;
use crate::router_with;
use attain_service::Service;
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

/// How long the head of a request may take, and a connection be idle.
const HEAD_MAX: Duration = Duration::from_secs(30);

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
        "`{address}` can be reached from other machines, and what it says isn't encrypted; listen on `127.0.0.1:{}`, or say `--behind-proxy` where a proxy that speaks TLS stands before it and nobody else reaches it",
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

/// Listens on an address of this machine: `127.0.0.1:7180`, `[::1]:0`, `localhost:7180`; on others behind a proxy.
///
/// # Errors
///
/// [`ServeError`] when it isn't an address, isn't loopback, or is taken.
pub async fn bind(address: &str, behind_proxy: bool) -> Result<TcpListener, ServeError> {
    let parsed = match address.strip_prefix("localhost:") {
        Some(port) => port.parse().ok().map(|port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)),
        None => address.parse().ok(),
    };
    let address = parsed.ok_or_else(|| ServeError::NotAnAddress { address: address.to_owned() })?;
    if !address.ip().is_loopback() && !behind_proxy {
        return Err(ServeError::NotLoopback { address });
    }
    TcpListener::bind(address).await.map_err(|source| ServeError::Bind { address, source })
}

/// Serves the API until `shutdown` is done; then takes no more requests and waits for answers under way.
///
/// Answers that take longer than [`Options::stopping_max`] are broken off, and their runs cancelled.
///
/// # Errors
///
/// [`ServeError::NotLoopback`] when other machines could reach the listener and it isn't behind a proxy, or signs
/// nobody in.
pub async fn serve(
    listener: TcpListener,
    service: Arc<Service>,
    options: Options,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let address = listener.local_addr().map_err(ServeError::Listener)?;
    let exposed = options.behind_proxy && options.access != Access::Local;
    if !address.ip().is_loopback() && !exposed {
        return Err(ServeError::NotLoopback { address });
    }
    let guard = axum::middleware::from_fn_with_state(exposed, guard::check);
    let router = router_with(service, options.clone()).layer(guard);
    let seats = Arc::new(Semaphore::new(options.connections_max.clamp(1, Semaphore::MAX_PERMITS)));
    let mut server = Server { router, graceful: GracefulShutdown::new(), connections: JoinSet::new() };
    let mut shutdown = pin!(shutdown);
    loop {
        let next = tokio::select! {
            biased;
            () = &mut shutdown => break,
            next = accept(&listener, &seats) => next,
        };
        match next {
            Ok((seat, stream)) => server.take(seat, stream),
            Err(error) => {
                // The system is short of something, or the client was gone again: neither ends the server.
                tracing::warn!(why = %error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    server.stop(options.stopping_max).await;
    Ok(())
}

async fn accept(
    listener: &TcpListener,
    seats: &Arc<Semaphore>,
) -> io::Result<(OwnedSemaphorePermit, TcpStream)> {
    let seat = Arc::clone(seats).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    Ok((seat, stream))
}

struct Server {
    router: Router,
    graceful: GracefulShutdown,
    connections: JoinSet<()>,
}

impl Server {
    fn take(&mut self, seat: OwnedSemaphorePermit, stream: TcpStream) {
        while self.connections.try_join_next().is_some() {}
        // Events are small and must not wait for more to come.
        let _ = stream.set_nodelay(true);
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(HEAD_MAX).max_buf_size(HEAD_BYTES_MAX);
        let answering = TowerToHyperService::new(self.router.clone());
        let connection = self.graceful.watch(http.serve_connection(TokioIo::new(stream), answering));
        self.connections.spawn(async move {
            let _seat = seat;
            // A connection that ends early is the client's affair.
            let _ = connection.await;
        });
    }

    async fn stop(mut self, at_most: Duration) {
        let _ = tokio::time::timeout(at_most, self.graceful.shutdown()).await;
        self.connections.shutdown().await;
    }
}
