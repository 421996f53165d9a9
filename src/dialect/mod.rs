//! From the value of a certificate header to DER bytes.
//!
//! Proxies agree on no form. Each form that this crate reads is a *dialect*,
//! one submodule each, chosen in the configuration and never guessed from the
//! value:
//!
//! | dialect | on the wire | written by |
//! |---|---|---|
//! | [`pem_escaped`] | percent-encoded PEM | nginx `$ssl_client_escaped_cert`, ingress-nginx, Apache `%{escape:…}`, Envoy `%DOWNSTREAM_PEER_CERT%`, AWS ALB `X-Amzn-Mtls-Clientcert-Leaf` |
//! | [`pem_escaped_chain`] | the same, of a whole chain | AWS ALB `X-Amzn-Mtls-Clientcert` |
//! | [`pem_spaces`] | PEM with spaces for line ends | Apache `%{SSL_CLIENT_CERT}s`, HAProxy by hand, Caddy with its line ends replaced |
//! | [`pem_base64`] | base64 of the PEM | Apache `%{base64:…}` |
//! | [`base64_der`] | bare base64 of the DER | HAProxy `ssl_c_der,base64`, Traefik `passTLSClientCert.pem`, Caddy |
//! | [`base64_der_escaped`] | the same, percent-encoded | HAProxy `ssl_c_der,base64,url_enc` |
//! | [`rfc9440`] | `:base64:` ([RFC 9440]) | anything that sends `Client-Cert` |
//! | [`xfcc`] | `Key=Value` pairs | Envoy `x-forwarded-client-cert` |
//!
//! Two more headers tell about a certificate without carrying it, and are no
//! [`Dialect`]: [`traefik_info`] reads Traefik's `passTLSClientCert.info` and
//! tells what of it can be believed, [`alb`] the validity that AWS ALB sends.
//!
//! Every reader is strict: a value that could be read in two ways, or that no
//! proxy writes, is an error. "No certificate" (`Ok(None)`) is said only by the
//! forms in which real proxies say it; a value that does not decode is never
//! taken for one. Sizes and counts are held to a [`Budget`] before the work
//! that they bound is done.
//!
//! This stage does not look inside the certificate: [`Forwarded`] holds bytes
//! as received, and whether they are one strict DER certificate is the next
//! question. Nothing here says that the header may be believed, either.
//!
//! [RFC 9440]: https://www.rfc-editor.org/rfc/rfc9440

mod error;
mod pem;
mod strict_base64;
mod text;

pub mod pem_escaped;
pub mod pem_escaped_chain;
pub mod pem_spaces;
pub mod pem_base64;
pub mod base64_der;
pub mod base64_der_escaped;
pub mod rfc9440;
pub mod xfcc;
pub mod alb;
pub mod traefik_info;

use core::fmt;
use core::str::FromStr;

pub use error::{DialectError, DialectErrorClass, DialectErrorKind};

/// Which form the value of a certificate header has.
///
/// ```
/// use certgate::dialect::{Budget, Dialect};
///
/// let dialect: Dialect = "rfc9440".parse()?;
/// assert_eq!(dialect.as_str(), "rfc9440");
///
/// let budget = Budget::default();
/// let forwarded = dialect.decode(b":MAMCAQE=:", &budget)?.expect("a certificate");
/// assert_eq!(forwarded.leaf, [0x30, 0x03, 0x02, 0x01, 0x01]);
///
/// // HAProxy's way to say that the client presented none.
/// assert!(dialect.decode(b"::", &budget)?.is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// Percent-encoded PEM, `pem-escaped`; see [`pem_escaped`].
    PemEscaped,
    /// Percent-encoded PEM of a chain, `pem-escaped-chain`; see
    /// [`pem_escaped_chain`].
    PemEscapedChain,
    /// PEM with spaces for line ends, `pem-spaces`; see [`pem_spaces`].
    PemSpaces,
    /// Base64 of the PEM, `pem-base64`; see [`pem_base64`].
    PemBase64,
    /// Bare base64 of the DER, `base64-der`; see [`base64_der`].
    Base64Der,
    /// Percent-encoded base64 of the DER, `base64-der-escaped`; see
    /// [`base64_der_escaped`].
    Base64DerEscaped,
    /// The `Client-Cert` field of RFC 9440, `rfc9440`; see [`rfc9440`].
    Rfc9440,
    /// Envoy's `x-forwarded-client-cert` from one hop, `xfcc`; see [`xfcc`].
    Xfcc,
}

impl Dialect {
    /// Every dialect, in the order of the table above.
    pub const ALL: [Self; 8] = [
        Self::PemEscaped,
        Self::PemEscapedChain,
        Self::PemSpaces,
        Self::PemBase64,
        Self::Base64Der,
        Self::Base64DerEscaped,
        Self::Rfc9440,
        Self::Xfcc,
    ];

    /// The name in configuration and audit records, which [`FromStr`] reads.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PemEscaped => "pem-escaped",
            Self::PemEscapedChain => "pem-escaped-chain",
            Self::PemSpaces => "pem-spaces",
            Self::PemBase64 => "pem-base64",
            Self::Base64Der => "base64-der",
            Self::Base64DerEscaped => "base64-der-escaped",
            Self::Rfc9440 => "rfc9440",
            Self::Xfcc => "xfcc",
        }
    }

    /// Whether `value` is a form in which real edges say, in this dialect, that
    /// the client presented no certificate:
    ///
    /// - in every dialect the empty value (HAProxy's converters, Apache's
    ///   `expr=`, Caddy's placeholders),
    /// - `::` in `rfc9440` (HAProxy and Caddy, where a template has the colons);
    ///   spaces around a structured field do not count,
    /// - `(null)` in `pem-spaces` (Apache's `%{SSL_CLIENT_CERT}s`),
    /// - armour with one or two spaces and nothing else between in `pem-spaces`
    ///   (Caddy's empty PEM; HAProxy, where a template has the armour), with or
    ///   without a space at the end.
    ///
    /// Nothing else is. These are the values for which [`decode`](Self::decode)
    /// gives `None`, except that an XFCC element which carries no certificate is
    /// not absent.
    ///
    /// ```
    /// use certgate::dialect::Dialect;
    ///
    /// assert!(Dialect::PemSpaces.is_absent(b"(null)"));
    /// assert!(!Dialect::PemEscaped.is_absent(b"(null)"));
    /// ```
    #[must_use]
    pub fn is_absent(self, value: &[u8]) -> bool {
        match self {
            Self::PemSpaces => pem_spaces::is_absent(value),
            Self::Rfc9440 => rfc9440::is_absent(value),
            Self::PemEscaped
            | Self::PemEscapedChain
            | Self::PemBase64
            | Self::Base64Der
            | Self::Base64DerEscaped
            | Self::Xfcc => value.is_empty(),
        }
    }

    /// Decodes the value of the one line of a certificate header.
    ///
    /// `None` is the dialect's form of "no certificate", as told by
    /// [`is_absent`](Self::is_absent). For [`Xfcc`](Self::Xfcc) it also stands for an element that tells about a
    /// certificate without carrying it (no `Cert`): such claims prove less than
    /// a certificate, so they are left to whoever calls [`xfcc::parse`].
    ///
    /// # Errors
    ///
    /// Each dialect's own `decode` lists the causes; for XFCC they are those of
    /// [`xfcc::parse`] and of [`xfcc::client`] with one hop.
    pub fn decode(self, value: &[u8], budget: &Budget) -> Result<Option<Forwarded>, DialectError> {
        match self {
            Self::PemEscaped => pem_escaped::decode(value, budget),
            Self::PemEscapedChain => pem_escaped_chain::decode(value, budget),
            Self::PemSpaces => pem_spaces::decode(value, budget),
            Self::PemBase64 => pem_base64::decode(value, budget),
            Self::Base64Der => base64_der::decode(value, budget),
            Self::Base64DerEscaped => base64_der_escaped::decode(value, budget),
            Self::Rfc9440 => rfc9440::decode(value, budget),
            Self::Xfcc => xfcc::decode(value, budget),
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|dialect| dialect.as_str() == name)
            .ok_or(UnknownDialect)
    }
}

/// No dialect has the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown dialect; use one of pem-escaped, pem-escaped-chain, pem-spaces, pem-base64, \
     base64-der, base64-der-escaped, rfc9440, xfcc"
)]
pub struct UnknownDialect;

/// How much one header may ask for. What exceeds it is refused before it is
/// worked on.
///
/// ```
/// use certgate::dialect::{Budget, DialectErrorClass, base64_der};
///
/// let budget = Budget { header_bytes: 4, ..Budget::default() };
/// let error = base64_der::decode(b"MAMCAQE=", &budget).unwrap_err();
/// assert_eq!(error.class(), DialectErrorClass::Oversized);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Bytes of the header's value, all its lines together: 32 KiB by default.
    pub header_bytes: usize,
    /// Certificates in one chain, the leaf included: 10 by default. With 1,
    /// no dialect accepts a chain.
    pub certificates: usize,
    /// Elements of an `x-forwarded-client-cert`: 16 by default.
    pub elements: usize,
}

impl Budget {
    /// Refuses a value longer than `header_bytes`.
    fn admit(&self, value: &[u8]) -> Result<(), DialectError> {
        if value.len() > self.header_bytes {
            return Err(DialectErrorKind::Oversized.at(self.header_bytes));
        }
        Ok(())
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            header_bytes: 32 * 1024,
            certificates: 10,
            elements: 16,
        }
    }
}

/// What a proxy forwarded: bytes that claim to be DER, not yet parsed and not
/// yet believed.
///
/// `Debug` prints lengths, never contents.
#[derive(Clone, PartialEq, Eq)]
pub struct Forwarded {
    /// The client's certificate.
    pub leaf: Vec<u8>,
    /// What came with it, in the order received, without the leaf. Clients
    /// send what they like here: candidates for a path, evidence of nothing.
    pub chain: Vec<Vec<u8>>,
}

impl Forwarded {
    /// A certificate that came alone.
    const fn alone(leaf: Vec<u8>) -> Self {
        Self {
            leaf,
            chain: Vec::new(),
        }
    }

    /// What a dialect of one certificate decodes to.
    const fn some_alone(leaf: Vec<u8>) -> Option<Self> {
        Some(Self::alone(leaf))
    }

    /// The first of `certificates` is the leaf; `None` if there is none.
    fn leaf_first(mut certificates: Vec<Vec<u8>>) -> Option<Self> {
        if certificates.is_empty() {
            return None;
        }
        let leaf = certificates.remove(0);
        Some(Self {
            leaf,
            chain: certificates,
        })
    }
}

impl fmt::Debug for Forwarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let chain: Vec<usize> = self.chain.iter().map(Vec::len).collect();
        f.debug_struct("Forwarded")
            .field("leaf_bytes", &self.leaf.len())
            .field("chain_bytes", &chain)
            .finish()
    }
}
