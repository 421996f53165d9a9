//! Who signs the certificates that are taken.

use std::fmt;

use tokio_rustls::rustls::RootCertStore;
use tokio_rustls::rustls::pki_types::{CertificateDer, CertificateRevocationListDer};

use crate::certificate::CertInfo;
use crate::credential::may_sign;

use super::{TlsError, blocks};

/// The authorities whose certificates are taken, never none.
///
/// Each is a certificate that may sign others, by its basicConstraints and, if
/// it has one, its keyUsage. A partner's own certificate is refused here: TLS
/// libraries take whatever is among their anchors for an authority, so that its
/// holder could sign himself a certificate of any other partner. The `when` of
/// identity rules and the `certificates` of clients are what pins certificates.
///
/// An authority counts for as long as it is listed, whatever its own validity.
///
/// `Debug` shows how many there are.
#[derive(Clone)]
pub struct Authorities {
    pub(super) roots: RootCertStore,
    pub(super) revocation: Option<Revocation>,
}

/// Which certificates their authorities have revoked.
#[derive(Clone)]
pub(super) struct Revocation {
    pub(super) lists: Vec<CertificateRevocationListDer<'static>>,
    pub(super) overdue: OverdueList,
}

/// What to make of a revocation list whose next update is overdue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OverdueList {
    /// Every certificate that it is about is refused, until there is a newer.
    /// TLS sessions are then not resumed, since that asks no list.
    Refuse,
    /// It still counts.
    Accept,
}

impl Authorities {
    /// Reads PEM that holds certificates and nothing else.
    ///
    /// # Errors
    ///
    /// [`NoAuthority`](TlsError::NoAuthority),
    /// [`ForeignBlock`](TlsError::ForeignBlock),
    /// [`AuthorityUnusable`](TlsError::AuthorityUnusable),
    /// [`NotAnAuthority`](TlsError::NotAnAuthority), and
    /// [`Pem`](TlsError::Pem) for a block that cannot be read.
    pub fn from_pem(pem: &[u8]) -> Result<Self, TlsError> {
        Self::new(blocks::only_certificates(pem)?)
    }

    /// Takes DER, one certificate an item.
    ///
    /// # Errors
    ///
    /// [`NoAuthority`](TlsError::NoAuthority),
    /// [`AuthorityUnusable`](TlsError::AuthorityUnusable) and
    /// [`NotAnAuthority`](TlsError::NotAnAuthority).
    pub fn from_der(certificates: impl IntoIterator<Item = Vec<u8>>) -> Result<Self, TlsError> {
        Self::new(certificates.into_iter().map(Into::into).collect())
    }

    fn new(certificates: Vec<CertificateDer<'static>>) -> Result<Self, TlsError> {
        let mut roots = RootCertStore::empty();
        for (certificate, number) in certificates.into_iter().zip(1..) {
            let unusable = TlsError::AuthorityUnusable { number };
            let read = CertInfo::from_der(certificate.to_vec()).map_err(|_| unusable)?;
            if !may_sign(&read) {
                return Err(TlsError::NotAnAuthority { number });
            }
            roots.add(certificate).map_err(|_| unusable)?;
        }
        if roots.is_empty() {
            return Err(TlsError::NoAuthority);
        }
        Ok(Self {
            roots,
            revocation: None,
        })
    }

    /// Refuses certificates that these lists revoke, and **every certificate that
    /// no list is about**: each authority on the way from a client's certificate
    /// to one of these needs its list. `lists` is PEM.
    ///
    /// # Errors
    ///
    /// [`NoRevocationList`](TlsError::NoRevocationList),
    /// [`ForeignBlock`](TlsError::ForeignBlock) and [`Pem`](TlsError::Pem). A list
    /// that cannot be read is found out when it is used.
    pub fn with_revocation_lists(
        self,
        lists: &[u8],
        overdue: OverdueList,
    ) -> Result<Self, TlsError> {
        let lists = blocks::only_revocation_lists(lists)?;
        if lists.is_empty() {
            return Err(TlsError::NoRevocationList);
        }
        Ok(Self {
            revocation: Some(Revocation { lists, overdue }),
            ..self
        })
    }
}

impl fmt::Debug for Authorities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lists = self.revocation.as_ref().map_or(0, |set| set.lists.len());
        f.debug_struct("Authorities")
            .field("authorities", &self.roots.len())
            .field("revocation_lists", &lists)
            .finish()
    }
}
