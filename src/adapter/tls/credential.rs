//! The certificate that this process shows, and its key.

use std::fmt;

use tokio_rustls::rustls::InconsistentKeys;
use tokio_rustls::rustls::crypto::CryptoProvider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::ParsedCertificate;
use tokio_rustls::rustls::sign::CertifiedKey;
use zeroize::Zeroizing;

use crate::credential::{Credential, KeyForm, PrivateKey};

use super::{TlsError, blocks};

/// A certificate, the chain to its authority, and its private key.
///
/// A [`Credential`](crate::credential::Credential) is one too, and can have an
/// encrypted key and a chain in any order. What is read here is passed on as it is.
///
/// `Debug` shows how many certificates there are, and nothing of the key.
pub struct TlsCredential {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKey,
    belonging: Belonging,
}

/// Whether the key is that of the first certificate.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Belonging {
    /// It is. rustls is not asked again: it reads no certificate of version 1, which
    /// is what `openssl x509 -req` makes, and which other servers take.
    Proven,
    /// The provider of cryptography has to say.
    Unknown,
}

impl TlsCredential {
    /// Reads PEM: the certificate first and then the others of its chain; the
    /// key as PKCS #8, PKCS #1 or SEC 1. Both may be the same text, since
    /// blocks of other kinds are passed over.
    ///
    /// # Errors
    ///
    /// [`NoCertificate`](TlsError::NoCertificate),
    /// [`CertificateUnusable`](TlsError::CertificateUnusable),
    /// [`NoKey`](TlsError::NoKey), [`SeveralKeys`](TlsError::SeveralKeys),
    /// [`KeyEncrypted`](TlsError::KeyEncrypted), and [`Pem`](TlsError::Pem) for
    /// a block that cannot be read. Whether key and certificate belong together
    /// is found out when they are used.
    pub fn from_pem(certificates: &[u8], key: &[u8]) -> Result<Self, TlsError> {
        Self::new(blocks::certificates(certificates)?, blocks::only_key(key)?)
    }

    /// Takes DER: the certificate first and then the others of its chain; the
    /// key as PKCS #8, PKCS #1 or SEC 1.
    ///
    /// # Errors
    ///
    /// [`NoCertificate`](TlsError::NoCertificate),
    /// [`CertificateUnusable`](TlsError::CertificateUnusable),
    /// [`NoKey`](TlsError::NoKey) for no bytes, and
    /// [`KeyUnusable`](TlsError::KeyUnusable) for none of these.
    pub fn from_der(
        certificates: impl IntoIterator<Item = Vec<u8>>,
        key: Vec<u8>,
    ) -> Result<Self, TlsError> {
        let key = Zeroizing::new(key);
        if key.is_empty() {
            return Err(TlsError::NoKey);
        }
        let form = match PrivateKeyDer::try_from(key.as_slice()) {
            Ok(PrivateKeyDer::Pkcs8(_)) => KeyForm::Pkcs8,
            Ok(PrivateKeyDer::Pkcs1(_)) => KeyForm::Pkcs1,
            Ok(PrivateKeyDer::Sec1(_)) => KeyForm::Sec1,
            _ => return Err(TlsError::KeyUnusable),
        };
        let key = PrivateKey::new(form, key);
        Self::new(certificates.into_iter().map(Into::into).collect(), key)
    }

    fn new(chain: Vec<CertificateDer<'static>>, key: PrivateKey) -> Result<Self, TlsError> {
        if chain.is_empty() {
            return Err(TlsError::NoCertificate);
        }
        for (certificate, number) in chain.iter().zip(1..) {
            if ParsedCertificate::try_from(certificate).is_err() {
                return Err(TlsError::CertificateUnusable { number });
            }
        }
        Ok(Self {
            chain,
            key,
            belonging: Belonging::Unknown,
        })
    }

    /// Certificate and key as one, if they are.
    pub(super) fn certified(self, provider: &CryptoProvider) -> Result<CertifiedKey, TlsError> {
        use tokio_rustls::rustls::Error;

        let key = provider
            .key_provider
            .load_private_key(key_der(&self.key).clone_key())
            .map_err(|_| TlsError::KeyUnusable)?;
        let certified = CertifiedKey::new(self.chain, key);
        if self.belonging == Belonging::Proven {
            return Ok(certified);
        }
        match certified.keys_match() {
            // A key that does not show its public half is in a device, say. Of
            // another certificate, it ends every handshake.
            Ok(()) | Err(Error::InconsistentKeys(InconsistentKeys::Unknown)) => Ok(certified),
            Err(_) => Err(TlsError::KeyMismatch),
        }
    }
}

/// Its chain as it is to be sent. That it was loaded says that its key is that of
/// its certificate.
impl From<&Credential> for TlsCredential {
    fn from(credential: &Credential) -> Self {
        let chain = credential.chain();
        Self {
            chain: chain.map(|one| one.der().to_vec().into()).collect(),
            key: credential.private_key().clone(),
            belonging: Belonging::Proven,
        }
    }
}

/// The key as rustls names its form.
fn key_der(key: &PrivateKey) -> PrivateKeyDer<'_> {
    let der = key.expose_der();
    match key.form() {
        KeyForm::Pkcs8 => PrivateKeyDer::Pkcs8(der.into()),
        KeyForm::Pkcs1 => PrivateKeyDer::Pkcs1(der.into()),
        KeyForm::Sec1 => PrivateKeyDer::Sec1(der.into()),
    }
}

impl fmt::Debug for TlsCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsCredential")
            .field("certificates", &self.chain.len())
            .finish_non_exhaustive()
    }
}
