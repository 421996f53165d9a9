//! The side that opens connections, with a credential.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio_rustls::rustls::client::{ResolvesClientCert, Resumption, WebPkiServerVerifier};
use tokio_rustls::rustls::crypto::CryptoProvider;
use tokio_rustls::rustls::sign::{CertifiedKey, SingleCertAndKey};
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{ClientConfig, SignatureScheme};

use crate::credential::{Credential, CredentialHandle};

use super::{Authorities, OverdueList, TlsCredential, TlsError};

/// Who signs the certificates of the servers that are called.
#[derive(Clone, Debug)]
pub enum ServerAuthorities {
    /// The authorities of the credential, and nobody else. One without authorities
    /// is [`NoAuthority`](TlsError::NoAuthority).
    OfCredential,
    /// These, whatever the credential has.
    These(Authorities),
}

/// What rustls calls servers with: TLS 1.2 and 1.3. ALPN is the caller's to set, as
/// whoever speaks over the connection needs it.
impl Credential {
    /// Shows this credential to every server, whatever authorities that one names.
    /// Without `provider`, the cryptography that is installed for the process is
    /// taken.
    ///
    /// # Errors
    ///
    /// [`NoAuthority`](TlsError::NoAuthority),
    /// [`AuthorityUnusable`](TlsError::AuthorityUnusable),
    /// [`NoProvider`](TlsError::NoProvider),
    /// [`ProviderUnusable`](TlsError::ProviderUnusable),
    /// [`KeyUnusable`](TlsError::KeyUnusable) for a key that the provider does not
    /// know, and
    /// [`RevocationListUnusable`](TlsError::RevocationListUnusable).
    pub fn client_config(
        &self,
        servers: &ServerAuthorities,
        provider: Option<Arc<CryptoProvider>>,
    ) -> Result<ClientConfig, TlsError> {
        let provider = provider_or_installed(provider)?;
        let certified = TlsCredential::from(self).certified(&provider)?;
        let shown = Arc::new(SingleCertAndKey::from(certified));
        config(self, servers, provider, shown)
    }
}

/// As for a [`Credential`], with whatever credential is in use.
impl CredentialHandle {
    /// Shows the credential that is in use when a connection is opened. Sessions are
    /// not resumed, since a resumed one would go on under the credential before.
    ///
    /// The authorities stay those of now: where the servers' change, a new
    /// configuration is to be made, or [`ServerAuthorities::These`] holds both.
    ///
    /// A credential whose key the provider does not know leaves the one before in
    /// use, as one that cannot be loaded does, and nobody is told: where a provider
    /// knows fewer keys than ring, try [`Credential::client_config`] before a reload.
    /// Connections that are open go on under the credential that opened them.
    ///
    /// # Errors
    ///
    /// As [`Credential::client_config`].
    pub fn client_config(
        &self,
        servers: &ServerAuthorities,
        provider: Option<Arc<CryptoProvider>>,
    ) -> Result<ClientConfig, TlsError> {
        let provider = provider_or_installed(provider)?;
        let credential = self.current();
        let shown = ShownNow {
            handle: self.clone(),
            ready: ArcSwap::from_pointee(Ready::new(Arc::clone(&credential), &provider)?),
            provider: Arc::clone(&provider),
        };
        let mut config = config(&credential, servers, provider, Arc::new(shown))?;
        config.resumption = Resumption::disabled();
        Ok(config)
    }
}

fn provider_or_installed(
    provider: Option<Arc<CryptoProvider>>,
) -> Result<Arc<CryptoProvider>, TlsError> {
    provider
        .or_else(|| CryptoProvider::get_default().cloned())
        .ok_or(TlsError::NoProvider)
}

fn config(
    credential: &Credential,
    servers: &ServerAuthorities,
    provider: Arc<CryptoProvider>,
    shown: Arc<dyn ResolvesClientCert>,
) -> Result<ClientConfig, TlsError> {
    let verifier = match servers {
        ServerAuthorities::OfCredential => {
            let certificates = credential.authorities().iter();
            let authorities = Authorities::from_der(certificates.map(|one| one.der().to_vec()))?;
            verifier(&authorities, &provider)?
        }
        ServerAuthorities::These(authorities) => verifier(authorities, &provider)?,
    };
    Ok(ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(|_| TlsError::ProviderUnusable)?
        .with_webpki_verifier(verifier)
        .with_client_cert_resolver(shown))
}

fn verifier(
    authorities: &Authorities,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, TlsError> {
    let roots = Arc::new(authorities.roots.clone());
    let mut builder = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(provider));
    if let Some(revocation) = &authorities.revocation {
        builder = builder.with_crls(revocation.lists.iter().cloned());
        builder = match revocation.overdue {
            OverdueList::Refuse => builder.enforce_revocation_expiration(),
            OverdueList::Accept => builder,
        };
    }
    // There are authorities; what is left to fail are the lists.
    builder
        .build()
        .map_err(|_| TlsError::RevocationListUnusable)
}

/// The credential of a handle, as rustls asks for it at each handshake.
struct ShownNow {
    handle: CredentialHandle,
    ready: ArcSwap<Ready>,
    provider: Arc<CryptoProvider>,
}

/// A credential, and what the provider made of it.
struct Ready {
    credential: Arc<Credential>,
    certified: Arc<CertifiedKey>,
}

impl Ready {
    fn new(credential: Arc<Credential>, provider: &CryptoProvider) -> Result<Self, TlsError> {
        let certified = TlsCredential::from(&*credential).certified(provider)?;
        Ok(Self {
            credential,
            certified: Arc::new(certified),
        })
    }
}

impl ShownNow {
    fn certified(&self) -> Arc<CertifiedKey> {
        let ready = self.ready.load();
        let current = self.handle.current();
        if !Arc::ptr_eq(&current, &ready.credential)
            && let Ok(newer) = Ready::new(current, &self.provider)
        {
            let certified = Arc::clone(&newer.certified);
            self.ready.store(Arc::new(newer));
            return certified;
        }
        Arc::clone(&ready.certified)
    }
}

impl ResolvesClientCert for ShownNow {
    fn resolve(&self, _: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        let certified = self.certified();
        certified.key.choose_scheme(schemes)?;
        Some(certified)
    }

    fn has_certs(&self) -> bool {
        true
    }
}

impl fmt::Debug for ShownNow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ShownNow").field(&self.handle).finish()
    }
}
