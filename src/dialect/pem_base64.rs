//! Base64 of the PEM text: Apache's `expr=%{base64:%{SSL_CLIENT_CERT}}`.
//!
//! Both layers are strict. The outer base64 has one spelling (see
//! [`base64_der`](super::base64_der)); what it holds is exactly one PEM block,
//! as [`pem_escaped`](super::pem_escaped) describes it, with nothing escaped.

use super::text::Verbatim;
use super::{Budget, DialectError, Forwarded, pem, strict_base64};

/// Decodes one certificate. `None` for the empty value, which Apache sends
/// without a certificate.
///
/// ```
/// use base64::{Engine as _, engine::general_purpose::STANDARD};
/// use certgate::dialect::{Budget, pem_base64};
///
/// let pem = "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n";
/// let value = STANDARD.encode(pem);
/// let forwarded = pem_base64::decode(value.as_bytes(), &Budget::default())?
///     .expect("a certificate");
/// assert_eq!(forwarded.leaf, [0x30, 0x03, 0x02, 0x01, 0x01]);
/// # Ok::<(), certgate::dialect::DialectError>(())
/// ```
///
/// # Errors
///
/// A fault of the inner text is reported where the byte at fault begins in the
/// value.
///
/// - The value is longer than the budget.
/// - The value is not canonical base64.
/// - The text in it is not one PEM block of type CERTIFICATE and nothing else,
///   or has control characters other than line ends.
/// - The block's body is empty or not canonical base64.
pub fn decode(value: &[u8], budget: &Budget) -> Result<Option<Forwarded>, DialectError> {
    budget.admit(value)?;
    if value.is_empty() {
        return Ok(None);
    }
    let text = strict_base64::decode(value, 0)?;
    pem::decode_one::<Verbatim>(&text, 0)
        .map(Forwarded::some_alone)
        .map_err(|error| {
            error
                .kind()
                .at(strict_base64::symbol_of_byte(error.offset()))
        })
}
