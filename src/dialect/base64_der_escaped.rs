//! Percent-encoded base64 of the DER: HAProxy's `ssl_c_der,base64,url_enc`.
//!
//! As [`base64_der`](super::base64_der), with `+`, `/` and `=` written as
//! `%2B`, `%2F` and `%3D`. `%` takes two hex digits of either case and stands
//! for that byte; what is not escaped is itself, so that a raw `+` stays `+`:
//! this is not form encoding. There is no list.

use super::text::{Escaped, Reader};
use super::{Budget, DialectError, Forwarded, strict_base64};

/// Decodes one certificate. `None` for the empty value, which HAProxy sends
/// without a certificate.
///
/// ```
/// use certgate::dialect::{Budget, base64_der_escaped};
///
/// let forwarded = base64_der_escaped::decode(b"MAMCAQE%3D", &Budget::default())?
///     .expect("a certificate");
/// assert_eq!(forwarded.leaf, [0x30, 0x03, 0x02, 0x01, 0x01]);
/// # Ok::<(), certgate::dialect::DialectError>(())
/// ```
///
/// # Errors
///
/// - The value is longer than the budget.
/// - `%` without two hex digits, or a raw control character.
/// - What the value stands for is not canonical base64.
pub fn decode(value: &[u8], budget: &Budget) -> Result<Option<Forwarded>, DialectError> {
    budget.admit(value)?;
    if value.is_empty() {
        return Ok(None);
    }
    let mut reader = Reader::<Escaped>::new(value, 0);
    let start = reader.clone();
    let mut base64 = Vec::with_capacity(value.len());
    loop {
        reader.copy_run(&mut base64);
        match reader.next()? {
            Some(symbol) => base64.push(symbol),
            None => break,
        }
    }
    match strict_base64::decode_quietly(&base64) {
        Some(leaf) => Ok(Some(Forwarded::alone(leaf))),
        None => Err(start.fault(base64.len(), |_| false)),
    }
}
