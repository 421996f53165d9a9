//! PEM on one line, with spaces for its line ends: Apache's
//! `%{SSL_CLIENT_CERT}s`, HAProxy by hand, Caddy's `certificate_pem` once the
//! configuration replaces its line ends.
//!
//! Exactly one block and one space for each line end, the last one optional,
//! since HTTP servers trim values:
//!
//! ```text
//! -----BEGIN CERTIFICATE----- MIIDnjCCAoag… AwIBAgIK… -----END CERTIFICATE-----
//! ```
//!
//! Apache and Caddy have a space after every 64 characters of base64, HAProxy's
//! base64 is one run: lines have any length here, and none is empty. Nothing
//! is escaped.

use super::text::Spaced;
use super::{Budget, DialectError, Forwarded, pem};

/// Apache's word for a variable that has no value.
const NULL: &[u8] = b"(null)";

/// Armour with nothing between: HAProxy keeps the two spaces of a template,
/// Caddy writes PEM of no bytes, which has one line end there.
const EMPTY_ARMOUR: [&[u8]; 2] = [
    b"-----BEGIN CERTIFICATE-----  -----END CERTIFICATE-----",
    b"-----BEGIN CERTIFICATE----- -----END CERTIFICATE-----",
];

/// Decodes one certificate.
///
/// `None` for the empty value, Apache's `(null)`, and armour with nothing but
/// one space or two between, as Caddy and HAProxy send it, with or without a
/// space at the end.
///
/// ```
/// use certgate::dialect::{Budget, pem_spaces};
///
/// let value = b"-----BEGIN CERTIFICATE----- MAMC AQE= -----END CERTIFICATE----- ";
/// let forwarded = pem_spaces::decode(value, &Budget::default())?.expect("a certificate");
/// assert_eq!(forwarded.leaf, [0x30, 0x03, 0x02, 0x01, 0x01]);
/// # Ok::<(), certgate::dialect::DialectError>(())
/// ```
///
/// # Errors
///
/// - The value is longer than the budget.
/// - No armour, another label (a private key, say), or text around the block.
/// - A second block, be it a certificate or not.
/// - Two spaces in a row, a control character, or armour without a space
///   beside the body.
/// - A body that is empty or not canonical base64: see
///   [`base64_der`](super::base64_der).
pub fn decode(value: &[u8], budget: &Budget) -> Result<Option<Forwarded>, DialectError> {
    budget.admit(value)?;
    if is_absent(value) {
        return Ok(None);
    }
    pem::decode_one::<Spaced>(value, 0).map(Forwarded::some_alone)
}

pub(super) fn is_absent(value: &[u8]) -> bool {
    let trimmed = value.strip_suffix(b" ").unwrap_or(value);
    value.is_empty() || value == NULL || EMPTY_ARMOUR.contains(&trimmed)
}
