//! Where the facts come from that HTTP messages do not carry.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use http::request::Parts;

use crate::request::{Connection, Peer};

/// Where the peer of the connection is found.
#[derive(Clone)]
pub struct PeerSource(Arc<dyn Fn(&Parts) -> Peer<'_> + Send + Sync>);

impl PeerSource {
    /// A [`Connection`] in the request's extensions, else a `Peer<'static>`,
    /// put there by whoever accepted the connection. Without either the peer is
    /// unknown, and trusted by no policy.
    #[must_use]
    pub fn extension() -> Self {
        Self::from_fn(|parts| match parts.extensions.get::<Connection>() {
            Some(connection) => connection.peer(),
            None => parts
                .extensions
                .get::<Peer<'static>>()
                .copied()
                .unwrap_or(Peer::UNKNOWN),
        })
    }

    /// What `into_make_service_with_connect_info` of axum hands to requests: a
    /// `ConnectInfo<Connection>`, as `adapter::tls::TlsListener` makes it, else a
    /// `ConnectInfo<SocketAddr>`. Without either the peer is unknown, and trusted
    /// by no policy.
    #[cfg(feature = "axum")]
    #[must_use]
    pub fn connect_info() -> Self {
        use axum::extract::ConnectInfo;

        Self::from_fn(
            |parts| match parts.extensions.get::<ConnectInfo<Connection>>() {
                Some(ConnectInfo(connection)) => connection.peer(),
                None => parts
                    .extensions
                    .get::<ConnectInfo<std::net::SocketAddr>>()
                    .map_or(Peer::UNKNOWN, |connect| connect.0.into()),
            },
        )
    }

    /// A function of the request's head. It has to give the other end of the
    /// connection, never an address out of a header; what it gives may borrow
    /// from the head. With axum:
    ///
    /// ```
    /// use std::net::SocketAddr;
    ///
    /// use axum::extract::ConnectInfo;
    /// use certgate::adapter::tower::PeerSource;
    /// use certgate::request::Peer;
    ///
    /// let peer = PeerSource::from_fn(|head| {
    ///     head.extensions
    ///         .get::<ConnectInfo<SocketAddr>>()
    ///         .map_or(Peer::UNKNOWN, |connection| connection.0.into())
    /// });
    /// ```
    #[must_use]
    pub fn from_fn(peer: impl Fn(&Parts) -> Peer<'_> + Send + Sync + 'static) -> Self {
        Self(Arc::new(peer))
    }

    pub(super) fn peer<'p>(&self, parts: &'p Parts) -> Peer<'p> {
        (self.0)(parts)
    }
}

impl fmt::Debug for PeerSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PeerSource")
    }
}

/// Where the original request target is found. Rules about paths see the
/// target as the client sent it, so a router that strips a prefix before the
/// layer must not hide it.
#[derive(Clone)]
pub struct TargetSource(Source);

#[derive(Clone)]
enum Source {
    RequestUri,
    Function(Arc<TargetFunction>),
}

type TargetFunction = dyn Fn(&Parts) -> String + Send + Sync;

impl TargetSource {
    /// The URI of the request: right where no router stands before the layer.
    #[must_use]
    pub fn request_uri() -> Self {
        Self(Source::RequestUri)
    }

    /// The URI as axum's outermost router saw it, for a layer inside of
    /// `Router::nest`. Where no router of axum stands before the layer, the target
    /// is unknown and every request is denied as `path_malformed`.
    #[cfg(feature = "axum")]
    #[must_use]
    pub fn original_uri() -> Self {
        use axum::extract::OriginalUri;

        Self::from_fn(|parts| {
            let original = parts.extensions.get::<OriginalUri>();
            original.map_or_else(String::new, |uri| uri.0.path().to_owned())
        })
    }

    /// A function of the request's head, for a layer behind a router that
    /// strips prefixes. What it gives begins with `/`, or the request is denied.
    /// What [`original_uri`](Self::original_uri) does, for one:
    ///
    /// ```
    /// use axum::extract::OriginalUri;
    /// use certgate::adapter::tower::TargetSource;
    ///
    /// let target = TargetSource::from_fn(|head| {
    ///     head.extensions
    ///         .get::<OriginalUri>()
    ///         .map_or(String::new(), |original| original.0.path().to_owned())
    /// });
    /// ```
    #[must_use]
    pub fn from_fn(target: impl Fn(&Parts) -> String + Send + Sync + 'static) -> Self {
        Self(Source::Function(Arc::new(target)))
    }

    pub(super) fn target<'p>(&self, parts: &'p Parts) -> Cow<'p, str> {
        match &self.0 {
            Source::RequestUri => Cow::Borrowed(parts.uri.path()),
            Source::Function(target) => Cow::Owned(target(parts)),
        }
    }
}

impl fmt::Debug for TargetSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TargetSource")
    }
}
