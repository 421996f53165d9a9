//! Where the peer of the connection is found.

use std::fmt;
use std::sync::Arc;

use actix_web::HttpRequest;

use crate::request::{Connection, Peer};

/// Where the peer of the connection is found.
///
/// Never in `realip_remote_addr` and the rest of `ConnectionInfo`: these read
/// headers, from anybody.
#[derive(Clone)]
pub struct PeerSource(Arc<dyn Fn(&HttpRequest) -> Peer<'_> + Send + Sync>);

impl PeerSource {
    /// A [`Connection`] that `HttpServer::on_connect` put into the connection's
    /// extensions, else a `Peer<'static>` there, else the address of the socket. On a
    /// Unix domain socket there is none, so the peer is unknown and trusted by no
    /// policy, unless `on_connect` puts a [`Peer::UNIX`] there, which `listen_uds`
    /// calls and `bind_uds` does not (actix-web 4.18).
    #[must_use]
    pub fn connection() -> Self {
        Self::from_fn(|request| {
            if let Some(connection) = request.conn_data::<Connection>() {
                return connection.peer();
            }
            if let Some(peer) = request.conn_data::<Peer<'static>>() {
                return *peer;
            }
            request.peer_addr().map_or(Peer::UNKNOWN, Peer::from)
        })
    }

    /// A function of the request. It has to give the other end of the connection,
    /// never an address out of a header; what it gives may borrow from the request,
    /// of which it must not keep a clone.
    ///
    /// ```
    /// use certgate::adapter::actix::PeerSource;
    /// use certgate::request::Peer;
    ///
    /// // Behind `listen_uds` alone.
    /// let peer = PeerSource::from_fn(|_| Peer::UNIX);
    /// ```
    #[must_use]
    pub fn from_fn(peer: impl Fn(&HttpRequest) -> Peer<'_> + Send + Sync + 'static) -> Self {
        Self(Arc::new(peer))
    }

    pub(super) fn peer<'r>(&self, request: &'r HttpRequest) -> Peer<'r> {
        (self.0)(request)
    }
}

impl fmt::Debug for PeerSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PeerSource")
    }
}
