//! A door: an address that a server listens on, and how what is said there is kept from others.

use crate::serve::ServeError;
use crate::tls::Tls;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use tokio::net::TcpListener;

/// How what is said at a door is kept from others.
#[derive(Clone, Debug)]
pub enum Way {
    /// It isn't: nobody but this machine reaches it.
    Loopback,
    /// By a proxy before it that speaks TLS to others.
    BehindProxy,
    /// By TLS of its own.
    Tls(Tls),
}

/// An address that is listened on.
#[derive(Debug)]
pub struct Door {
    pub(crate) listener: TcpListener,
    pub(crate) way: Way,
    address: SocketAddr,
}

impl Door {
    /// Listens on an address: `127.0.0.1:7180`, `[::1]:0`, `localhost:7180`, and others where the way allows it.
    ///
    /// # Errors
    ///
    /// [`ServeError`] when it isn't an address, others reach it and could listen, or it is taken.
    pub async fn open(address: &str, way: Way) -> Result<Door, ServeError> {
        let address = Door::address_of(address, !matches!(way, Way::Loopback))?;
        let listener =
            TcpListener::bind(address).await.map_err(|source| ServeError::Bind { address, source })?;
        let address = listener.local_addr().map_err(ServeError::Listener)?;
        Ok(Door { listener, way, address })
    }

    /// The address that a text names, where it may be listened on.
    ///
    /// # Errors
    ///
    /// [`ServeError::NotAnAddress`]; [`ServeError::NotLoopback`] where others reach it and nothing encrypts.
    pub fn address_of(address: &str, encrypted: bool) -> Result<SocketAddr, ServeError> {
        let parsed = match address.strip_prefix("localhost:") {
            Some(port) => {
                port.parse().ok().map(|port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port))
            }
            None => address.parse().ok(),
        };
        let address = parsed.ok_or_else(|| ServeError::NotAnAddress { address: address.to_owned() })?;
        if !address.ip().is_loopback() && !encrypted {
            return Err(ServeError::NotLoopback { address });
        }
        Ok(address)
    }

    /// Where it listens, with the port that it got.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether others than this machine may come, by name and encrypted.
    pub(crate) fn is_outer(&self) -> bool {
        !matches!(self.way, Way::Loopback)
    }
}
