//! Percent-encoded PEM of a whole chain: what AWS's Application Load Balancer
//! sends as `X-Amzn-Mtls-Clientcert` when it passes certificates through
//! ([documented], with `+`, `=` and `/` left raw).
//!
//! One block or more, the leaf first, each in the form of
//! [`pem_escaped`](super::pem_escaped), with exactly one line end between two.
//! In this mode the load balancer verifies nothing: the chain is what the
//! client sent.
//!
//! [documented]: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/mutual-authentication.html

use super::text::Escaped;
use super::{Budget, DialectError, Forwarded, pem};

/// Decodes a chain with the leaf first. `None` for the empty value.
///
/// ```
/// use certgate::dialect::{Budget, pem_escaped_chain};
///
/// let value = b"-----BEGIN%20CERTIFICATE-----%0AMAMCAQE=%0A-----END%20CERTIFICATE-----%0A\
///     -----BEGIN%20CERTIFICATE-----%0AMAMCAQI=%0A-----END%20CERTIFICATE-----%0A";
/// let forwarded = pem_escaped_chain::decode(value, &Budget::default())?.expect("a certificate");
/// assert_eq!(forwarded.leaf, [0x30, 0x03, 0x02, 0x01, 0x01]);
/// assert_eq!(forwarded.chain, [[0x30, 0x03, 0x02, 0x01, 0x02]]);
/// # Ok::<(), certgate::dialect::DialectError>(())
/// ```
///
/// # Errors
///
/// - The value is longer than the budget, or has more blocks than it has
///   certificates.
/// - `%` without two hex digits, or a raw control character.
/// - No armour, another label (a private key, say), or text around the blocks.
/// - A body that is empty or not canonical base64: see
///   [`base64_der`](super::base64_der).
pub fn decode(value: &[u8], budget: &Budget) -> Result<Option<Forwarded>, DialectError> {
    budget.admit(value)?;
    if value.is_empty() {
        return Ok(None);
    }
    pem::decode_all::<Escaped>(value, 0, budget.certificates).map(Forwarded::leaf_first)
}
