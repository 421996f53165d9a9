//! What the acceptor shows, and whom it takes.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::CryptoProvider;
use tokio_rustls::rustls::server::danger::ClientCertVerifier;
use tokio_rustls::rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use tokio_rustls::rustls::sign::SingleCertAndKey;
use tokio_rustls::rustls::version::{TLS12, TLS13};

use crate::adapter::tls::{Authorities, OverdueList, TlsCredential, TlsError};

/// What a [`TlsAcceptor`](super::TlsAcceptor) shows, and whom it takes.
///
/// `Debug` shows no key and no certificate.
pub struct TlsSettings {
    credential: TlsCredential,
    clients: ClientCertificates,
    alpn: Alpn,
    handshake_limit: Duration,
    provider: Option<Arc<CryptoProvider>>,
}

/// Whether clients need a certificate. One that these authorities did not sign,
/// that is not valid now, or that is not for TLS clients ends the handshake in
/// either case.
#[derive(Clone, Debug)]
pub enum ClientCertificates {
    /// Without one there is no connection.
    Required(Authorities),
    /// Clients are asked for one and may have none. What they get then is the
    /// policy's to say: `certificate_missing`, an exempt path, or a token.
    Requested(Authorities),
}

/// What is spoken over the connection, for ALPN (RFC 7301). A client that names
/// protocols and none of these is refused; one that names nothing is not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Alpn {
    /// HTTP/1.1 alone.
    #[default]
    Http1,
    /// HTTP/2 alone, as gRPC servers speak it.
    Http2,
    /// HTTP/2 for clients that know it. Whoever serves the connections has to
    /// speak it: axum with its feature `http2`, hyper-util's `auto` builder.
    Http2OrHttp1,
}

impl TlsSettings {
    /// How long a handshake may take, unless
    /// [`with_handshake_limit`](Self::with_handshake_limit) says otherwise.
    pub const HANDSHAKE_LIMIT: Duration = Duration::from_secs(10);

    /// Shows `credential` to clients and asks them for certificates; HTTP/1.1,
    /// and the cryptography that is installed for the process
    /// (`CryptoProvider::install_default`).
    #[must_use]
    pub fn new(credential: impl Into<TlsCredential>, clients: ClientCertificates) -> Self {
        Self {
            credential: credential.into(),
            clients,
            alpn: Alpn::default(),
            handshake_limit: Self::HANDSHAKE_LIMIT,
            provider: None,
        }
    }

    /// Says what is spoken over the connection.
    #[must_use]
    pub fn with_alpn(self, alpn: Alpn) -> Self {
        Self { alpn, ..self }
    }

    /// Ends a handshake that is not done after this long.
    #[must_use]
    pub fn with_handshake_limit(self, limit: Duration) -> Self {
        let handshake_limit = limit;
        Self {
            handshake_limit,
            ..self
        }
    }

    /// Takes this cryptography, whatever is installed for the process.
    #[must_use]
    pub fn with_provider(self, provider: Arc<CryptoProvider>) -> Self {
        let provider = Some(provider);
        Self { provider, ..self }
    }

    pub(super) fn handshake_limit(&self) -> Duration {
        self.handshake_limit
    }

    /// What rustls serves with. Each has a store of sessions of its own, in
    /// memory, so that no session outlives the authorities that it was made
    /// under; there are no tickets that another could open. A certificate is not
    /// verified again when its session is resumed, so where that could come out
    /// another way with time, none is.
    pub(super) fn into_config(self) -> Result<ServerConfig, TlsError> {
        let provider = self
            .provider
            .or_else(|| CryptoProvider::get_default().cloned())
            .ok_or(TlsError::NoProvider)?;
        let certified = self.credential.certified(&provider)?;
        let lists_may_be_overdue = self.clients.lists_may_be_overdue();
        let verifier = self.clients.verifier(&provider)?;
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map_err(|_| TlsError::ProviderUnusable)?
            .with_client_cert_verifier(verifier)
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
        config.alpn_protocols = self.alpn.protocols();
        if lists_may_be_overdue {
            config.session_storage = Arc::new(NoServerSessionStorage {});
            config.send_tls13_tickets = 0;
        }
        Ok(config)
    }
}

impl ClientCertificates {
    fn authorities(&self) -> &Authorities {
        let (Self::Required(authorities) | Self::Requested(authorities)) = self;
        authorities
    }

    fn lists_may_be_overdue(&self) -> bool {
        let revocation = self.authorities().revocation.as_ref();
        revocation.is_some_and(|lists| lists.overdue == OverdueList::Refuse)
    }

    fn verifier(
        self,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
        let authorities = self.authorities();
        let roots = Arc::new(authorities.roots.clone());
        let mut builder = WebPkiClientVerifier::builder_with_provider(roots, Arc::clone(provider));
        if let Some(revocation) = &authorities.revocation {
            builder = builder.with_crls(revocation.lists.iter().cloned());
            builder = match revocation.overdue {
                OverdueList::Refuse => builder.enforce_revocation_expiration(),
                OverdueList::Accept => builder,
            };
        }
        let builder = match self {
            Self::Required(_) => builder,
            Self::Requested(_) => builder.allow_unauthenticated(),
        };
        // There are authorities; what is left to fail are the lists.
        builder
            .build()
            .map_err(|_| TlsError::RevocationListUnusable)
    }
}

impl Alpn {
    /// Best first.
    fn protocols(self) -> Vec<Vec<u8>> {
        let names: &[&[u8]] = match self {
            Self::Http1 => &[b"http/1.1"],
            Self::Http2 => &[b"h2"],
            Self::Http2OrHttp1 => &[b"h2", b"http/1.1"],
        };
        names.iter().map(|name| name.to_vec()).collect()
    }
}

impl fmt::Debug for TlsSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsSettings")
            .field("credential", &self.credential)
            .field("clients", &self.clients)
            .field("alpn", &self.alpn)
            .field("handshake_limit", &self.handshake_limit)
            .finish_non_exhaustive()
    }
}
