//! From a socket to a connection whose peer is known.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, copy, sink};
use tokio::time::timeout;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::server::TlsStream;

use crate::adapter::tls::TlsError;
use crate::request::{Connection, Peer};

use super::{HandshakeError, TlsSettings, verified_connection};

/// Accepts TLS connections, and knows whose they are. Clones are one acceptor.
#[derive(Clone)]
pub struct TlsAcceptor {
    current: Arc<ArcSwap<Generation>>,
}

/// What handshakes begin with between two reloads, sessions included.
struct Generation {
    config: Arc<ServerConfig>,
    handshake_limit: Duration,
}

impl TlsAcceptor {
    /// How long the alert of a refused handshake has to reach the client.
    const FAREWELL: Duration = Duration::from_secs(1);
    const FAREWELL_BYTES: u64 = 65_536;

    /// An acceptor with these settings.
    ///
    /// # Errors
    ///
    /// [`NoProvider`](TlsError::NoProvider),
    /// [`ProviderUnusable`](TlsError::ProviderUnusable),
    /// [`KeyUnusable`](TlsError::KeyUnusable),
    /// [`KeyMismatch`](TlsError::KeyMismatch) and
    /// [`RevocationListUnusable`](TlsError::RevocationListUnusable).
    pub fn new(settings: TlsSettings) -> Result<Self, TlsError> {
        let generation = Arc::new(Generation::new(settings)?);
        Ok(Self {
            current: Arc::new(ArcSwap::new(generation)),
        })
    }

    /// Takes other settings for every handshake that begins from now on. No
    /// session that was made before is resumed.
    ///
    /// Connections that stand go on as they are, and with them certificates of
    /// authorities that are not among the new ones. Where they must not, the
    /// policy's `issuers` and `revoked` refuse their requests.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new); the settings before stay.
    pub fn reload(&self, settings: TlsSettings) -> Result<(), TlsError> {
        let generation = Arc::new(Generation::new(settings)?);
        self.current.store(generation);
        Ok(())
    }

    /// Does the handshake on a connection from `peer`: what `accept` gives, or a
    /// [`Peer`] with the address of a PROXY protocol header. What comes back
    /// beside the stream belongs into the extensions of each request on it.
    ///
    /// It takes as long as the client makes it take, up to the handshake limit;
    /// whoever accepts connections calls it in a task for each. The runtime needs
    /// its timer.
    ///
    /// # Errors
    ///
    /// [`HandshakeError`] says why there is no connection. The client has been
    /// sent the alert.
    pub async fn accept<IO>(
        &self,
        stream: IO,
        peer: impl Into<Peer<'static>>,
    ) -> Result<(TlsStream<IO>, Connection), HandshakeError>
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        let peer = peer.into();
        let generation = self.current.load_full();
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::clone(&generation.config));
        let handshake = acceptor.accept(stream).into_fallible();
        match timeout(generation.handshake_limit, handshake).await {
            Ok(Ok(stream)) => {
                let connection = verified_connection(peer, stream.get_ref().1);
                Ok((stream, connection))
            }
            Ok(Err((error, stream))) => {
                // Who does not wait for the end is nobody to wait for.
                timeout(Self::FAREWELL, farewell(stream)).await.ok();
                Err(HandshakeError::failed(error))
            }
            Err(_) => Err(HandshakeError::timed_out()),
        }
    }

    /// What rustls serves with until the next reload, for servers that do their
    /// own accepting, with [`verified_connection`]. They keep it through reloads.
    #[must_use]
    pub fn server_config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.current.load().config)
    }
}

impl Generation {
    fn new(settings: TlsSettings) -> Result<Self, TlsError> {
        Ok(Self {
            handshake_limit: settings.handshake_limit(),
            config: Arc::new(settings.into_config()?),
        })
    }
}

/// Lets the client read the alert. A socket that is closed with bytes unread
/// takes back what was sent last.
async fn farewell<IO: AsyncRead + AsyncWrite + Unpin>(mut stream: IO) -> std::io::Result<u64> {
    stream.shutdown().await?;
    let mut rest = stream.take(TlsAcceptor::FAREWELL_BYTES);
    copy(&mut rest, &mut sink()).await
}

impl fmt::Debug for TlsAcceptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsAcceptor").finish_non_exhaustive()
    }
}
