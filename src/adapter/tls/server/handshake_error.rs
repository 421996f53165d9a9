//! Why there is no connection.

use std::error::Error;
use std::fmt;
use std::io;

use tokio_rustls::rustls;

/// A handshake that came to nothing. The connection is closed.
///
/// `Display` tells the kind; the source, where there is one, is what rustls or
/// the socket says.
#[derive(Debug)]
pub struct HandshakeError {
    kind: HandshakeErrorKind,
    source: Option<io::Error>,
}

/// Why a handshake came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HandshakeErrorKind {
    /// It was not done in time.
    TimedOut,
    /// The client has no certificate, and one is required.
    CertificateMissing,
    /// The client's certificate does not verify.
    CertificateRefused,
    /// What the client sent is no TLS, a version or cipher suite that is not
    /// spoken here, another protocol by ALPN, or its refusal of our certificate.
    Protocol,
    /// The connection broke.
    Connection,
}

impl HandshakeError {
    pub(super) fn timed_out() -> Self {
        Self {
            kind: HandshakeErrorKind::TimedOut,
            source: None,
        }
    }

    pub(super) fn failed(error: io::Error) -> Self {
        let tls = error.get_ref().and_then(|inner| inner.downcast_ref());
        Self {
            kind: match tls {
                Some(rustls::Error::NoCertificatesPresented) => {
                    HandshakeErrorKind::CertificateMissing
                }
                Some(
                    rustls::Error::InvalidCertificate(_)
                    | rustls::Error::InvalidCertRevocationList(_),
                ) => HandshakeErrorKind::CertificateRefused,
                Some(_) => HandshakeErrorKind::Protocol,
                None => HandshakeErrorKind::Connection,
            },
            source: Some(error),
        }
    }

    /// Why.
    #[must_use]
    pub fn kind(&self) -> HandshakeErrorKind {
        self.kind
    }
}

impl fmt::Display for HandshakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            HandshakeErrorKind::TimedOut => "the TLS handshake was not done in time",
            HandshakeErrorKind::CertificateMissing => "the client has no certificate",
            HandshakeErrorKind::CertificateRefused => "the client's certificate does not verify",
            HandshakeErrorKind::Protocol => "client and server do not agree on TLS",
            HandshakeErrorKind::Connection => "the connection broke in the TLS handshake",
        })
    }
}

impl Error for HandshakeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}
