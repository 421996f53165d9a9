//! From DER to the value of a certificate header: the inverse of the readers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::certificate::CertInfo;
use crate::dialect::Dialect;

/// A certificate in the form in which an edge writes it.
///
/// - [`PemEscaped`](Dialect::PemEscaped) as nginx writes it: everything but
///   unreserved characters is escaped. [`PemEscapedChain`](Dialect::PemEscapedChain)
///   is the same of a chain of one.
/// - [`PemSpaces`](Dialect::PemSpaces) as Apache does, with lines of 64 characters.
/// - [`Xfcc`](Dialect::Xfcc) as Envoy does whose own certificate has no URI, with
///   `Hash` and `Cert`.
///
/// ```
/// use certgate::dialect::{Budget, Dialect};
/// use certgate::testing::{CertificateSpec, encode};
///
/// let acme = CertificateSpec::new("acme").make()?;
/// for dialect in Dialect::ALL {
///     let value = encode(dialect, &acme);
///     let read = dialect.decode(value.as_bytes(), &Budget::default())?;
///     assert_eq!(read.expect("a certificate").leaf, acme.der());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn encode(dialect: Dialect, certificate: &CertInfo) -> String {
    let der = certificate.der();
    match dialect {
        Dialect::PemEscaped | Dialect::PemEscapedChain => escape(&certificate.to_pem(), "-._~"),
        Dialect::PemSpaces => certificate.to_pem().trim_end().replace('\n', " "),
        Dialect::PemBase64 => STANDARD.encode(certificate.to_pem()),
        Dialect::Base64Der => STANDARD.encode(der),
        Dialect::Base64DerEscaped => escape(&STANDARD.encode(der), "-._~"),
        Dialect::Rfc9440 => certificate.to_rfc9440(),
        Dialect::Xfcc => {
            let hash = certificate.thumbprint().hex();
            let pem = escape(&certificate.to_pem(), "-._~");
            format!("Hash={hash};Cert=\"{pem}\"")
        }
    }
}

/// Escapes every byte but letters, digits and `kept`.
pub(super) fn escape(text: &str, kept: &str) -> String {
    let mut escaped = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.as_bytes().contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}
