//! TLS under `axum::serve`.

use std::fmt;
use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::task::JoinSet;
use tokio_rustls::server::TlsStream;

use crate::request::{Connection, Peer};

use super::{HandshakeError, TlsAcceptor, verified_connection};

/// A listener for `axum::serve` whose connections are TLS. Handshakes run beside
/// each other, and a slow one holds up nobody.
///
/// `into_make_service_with_connect_info::<Connection>()` hands the peer and its
/// certificate to every request, where
/// [`PeerSource::connect_info`](crate::adapter::tower::PeerSource::connect_info)
/// finds them.
pub struct TlsListener<L: Listener> {
    inner: L,
    acceptor: TlsAcceptor,
    handshakes: JoinSet<Option<Accepted<L::Io, L::Addr>>>,
    at_once: NonZeroUsize,
    failed: Arc<OnFailure<L::Addr>>,
}

/// What `axum::serve` takes.
type Accepted<IO, A> = (TlsStream<IO>, A);

type OnFailure<A> = dyn Fn(&HandshakeError, &A) + Send + Sync;

impl<L> TlsListener<L>
where
    L: Listener,
    L::Addr: Clone + Into<Peer<'static>> + Sync + 'static,
{
    /// How many handshakes run at once, unless [`at_once`](Self::at_once) says
    /// otherwise.
    pub const AT_ONCE: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1023);

    /// Does a handshake of `acceptor` on every connection of `listener`, a
    /// `TcpListener` say.
    #[must_use]
    pub fn new(listener: L, acceptor: TlsAcceptor) -> Self {
        Self {
            inner: listener,
            acceptor,
            handshakes: JoinSet::new(),
            at_once: Self::AT_ONCE,
            failed: Arc::new(|_, _| ()),
        }
    }

    /// Runs at most so many handshakes at once, for all addresses together. While
    /// there are as many, further connections wait in the system's queue until one
    /// ends, which takes as long as the handshake limit and a second at most. Whoever
    /// opens connections faster than they end, from one address too, holds up others:
    /// how many each address may have open is for a firewall to say.
    #[must_use]
    pub fn at_once(self, handshakes: NonZeroUsize) -> Self {
        Self {
            at_once: handshakes,
            ..self
        }
    }

    /// Tells of every handshake that comes to nothing, and of whose it was. It is
    /// called on the task of the handshake, so it must not wait.
    #[must_use]
    pub fn on_failure(
        self,
        failed: impl Fn(&HandshakeError, &L::Addr) + Send + Sync + 'static,
    ) -> Self {
        Self {
            failed: Arc::new(failed),
            ..self
        }
    }

    fn begin(&mut self, stream: L::Io, address: L::Addr) {
        let (acceptor, failed) = (self.acceptor.clone(), Arc::clone(&self.failed));
        self.handshakes.spawn(async move {
            match acceptor.accept(stream, address.clone()).await {
                Ok((stream, _)) => Some((stream, address)),
                Err(error) => {
                    failed(&error, &address);
                    None
                }
            }
        });
    }
}

impl<L> Listener for TlsListener<L>
where
    L: Listener,
    L::Addr: Clone + Into<Peer<'static>> + Sync + 'static,
{
    type Io = TlsStream<L::Io>;
    type Addr = L::Addr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let has_room = self.handshakes.len() < self.at_once.get();
            tokio::select! {
                Some(done) = self.handshakes.join_next() => {
                    if let Ok(Some(accepted)) = done {
                        return accepted;
                    }
                }
                (stream, address) = self.inner.accept(), if has_room => {
                    self.begin(stream, address);
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.inner.local_addr()
    }
}

/// The peer of the connection, and its certificate.
impl<L> Connected<IncomingStream<'_, TlsListener<L>>> for Connection
where
    L: Listener,
    L::Addr: Clone + Into<Peer<'static>> + Sync + 'static,
{
    fn connect_info(stream: IncomingStream<'_, TlsListener<L>>) -> Self {
        let (_, session) = stream.io().get_ref();
        verified_connection(stream.remote_addr().clone(), session)
    }
}

impl<L: Listener + fmt::Debug> fmt::Debug for TlsListener<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsListener")
            .field("listener", &self.inner)
            .field("at_once", &self.at_once)
            .finish_non_exhaustive()
    }
}
