//! What AWS's Application Load Balancer tells about a certificate beside it,
//! in mode verify: `X-Amzn-Mtls-Clientcert-Validity` ([documented]).
//!
//! `X-Amzn-Mtls-Clientcert-Leaf` is [`pem_escaped`](super::pem_escaped), and
//! `X-Amzn-Mtls-Clientcert` of mode passthrough is
//! [`pem_escaped_chain`](super::pem_escaped_chain).
//!
//! [documented]: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/mutual-authentication.html

use crate::certificate::Validity;
use crate::request::Timestamp;

use super::{DialectError, DialectErrorKind};

/// The bytes of one moment.
const MOMENT: usize = "2023-09-21T01:50:17Z".len();

/// Reads `NotBefore=2023-09-21T01:50:17Z;NotAfter=2024-09-20T01:50:17Z`, the
/// validity period of the client's certificate, both bounds included.
///
/// The form is fixed to the byte: these two, in this order, in UTC without
/// fractions. A period that ends before it starts is read as it is; nothing is
/// valid in it.
///
/// ```
/// use certgate::dialect::alb;
///
/// let validity = alb::validity(b"NotBefore=2023-09-21T01:50:17Z;NotAfter=2024-09-20T01:50:17Z")?;
/// assert_eq!(validity.not_before.unix_seconds(), 1_695_261_017);
/// assert_eq!(validity.not_after.to_string(), "2024-09-20T01:50:17Z");
/// # Ok::<(), certgate::dialect::DialectError>(())
/// ```
///
/// # Errors
///
/// - A key is not in its place, be it missing or written in another case.
/// - A moment is not of the form above, or does not exist.
/// - Something follows.
pub fn validity(value: &[u8]) -> Result<Validity, DialectError> {
    let mut reader = Reader {
        rest: value,
        end: value.len(),
    };
    let not_before = reader.moment(b"NotBefore=")?;
    let not_after = reader.moment(b";NotAfter=")?;
    if !reader.rest.is_empty() {
        return Err(DialectErrorKind::TrailingBytes.at(reader.at()));
    }
    Ok(Validity {
        not_before,
        not_after,
    })
}

struct Reader<'a> {
    rest: &'a [u8],
    end: usize,
}

impl Reader<'_> {
    const fn at(&self) -> usize {
        self.end - self.rest.len()
    }

    /// The moment behind `key`.
    fn moment(&mut self, key: &[u8]) -> Result<Timestamp, DialectError> {
        let Some(behind) = self.rest.strip_prefix(key) else {
            return Err(DialectErrorKind::UnknownKey.at(self.at()));
        };
        self.rest = behind;
        let (moment, rest) = self
            .rest
            .split_at_checked(MOMENT)
            .and_then(|(text, rest)| Some((Timestamp::parse_rfc3339_utc(text)?, rest)))
            .ok_or(DialectErrorKind::BadTimestamp.at(self.at()))?;
        self.rest = rest;
        Ok(moment)
    }
}
