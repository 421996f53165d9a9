//! Percent-encoded PEM: nginx's `$ssl_client_escaped_cert`, Apache's
//! `expr=%{escape:%{SSL_CLIENT_CERT}}`.
//!
//! The value is percent-decoded (`%` takes two hex digits of either case, and
//! a raw `+` stays `+`: this is not form encoding) and must then be exactly one
//! PEM block:
//!
//! ```text
//! -----BEGIN CERTIFICATE-----   label CERTIFICATE, no other
//! MIIDnjCCAoagAwIBAgIK…         lines of base64 of any length, none empty
//! -----END CERTIFICATE-----     with or without a last line end
//! ```
//!
//! Lines end with LF or CRLF. Which characters an edge escapes is its own
//! affair: nginx escapes `+`, `/`, `=` and space in upper-case hex, Apache
//! writes lower-case hex and leaves `+ / =` raw. Control characters, line ends
//! among them, are always escaped, since no header value can hold them.

use super::text::Escaped;
use super::{Budget, DialectError, Forwarded, pem};

/// Decodes one certificate.
///
/// `None` for the empty value, which Apache sends without a certificate, where
/// nginx sends no header.
///
/// ```
/// use certgate::dialect::{Budget, pem_escaped};
///
/// let value = b"-----BEGIN%20CERTIFICATE-----%0AMAMCAQE%3D%0A-----END%20CERTIFICATE-----%0A";
/// let forwarded = pem_escaped::decode(value, &Budget::default())?.expect("a certificate");
/// assert_eq!(forwarded.leaf, [0x30, 0x03, 0x02, 0x01, 0x01]);
/// assert!(forwarded.chain.is_empty());
/// # Ok::<(), certgate::dialect::DialectError>(())
/// ```
///
/// # Errors
///
/// - The value is longer than the budget.
/// - `%` without two hex digits, or a raw control character.
/// - No armour, another label (a private key, say), or text around the block.
/// - A second block, be it a certificate or not.
/// - A body that is empty or not canonical base64: see
///   [`base64_der`](super::base64_der).
pub fn decode(value: &[u8], budget: &Budget) -> Result<Option<Forwarded>, DialectError> {
    budget.admit(value)?;
    if value.is_empty() {
        return Ok(None);
    }
    pem::decode_one::<Escaped>(value, 0).map(Forwarded::some_alone)
}
