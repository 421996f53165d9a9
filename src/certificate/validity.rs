//! The validity period (RFC 5280 section 4.1.2.5).

use super::error::{CertificateError, CertificateErrorKind};
use super::reader::{Element, Elements, tag};
use crate::request::Timestamp;

/// The period in which a certificate is valid, both bounds included.
///
/// ```
/// use certgate::certificate::{Validity, ValidityAt};
/// use certgate::request::Timestamp;
///
/// let validity = Validity {
///     not_before: Timestamp::from_unix_seconds(1_000),
///     not_after: Timestamp::from_unix_seconds(2_000),
/// };
/// assert_eq!(validity.at(Timestamp::from_unix_seconds(2_000)), ValidityAt::Valid);
/// assert_eq!(validity.at(Timestamp::from_unix_seconds(2_001)), ValidityAt::Expired);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// The first second of validity.
    pub not_before: Timestamp,
    /// The last second of validity.
    pub not_after: Timestamp,
}

/// Where a moment lies in a validity period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValidityAt {
    /// Before the first second.
    NotYetValid,
    /// From the first second to the last.
    Valid,
    /// After the last second.
    Expired,
}

impl Validity {
    /// Where `now` lies in the period. In a period that ends before it starts,
    /// no moment is [`Valid`](ValidityAt::Valid).
    #[must_use]
    pub fn at(self, now: Timestamp) -> ValidityAt {
        if now < self.not_before {
            ValidityAt::NotYetValid
        } else if now > self.not_after {
            ValidityAt::Expired
        } else {
            ValidityAt::Valid
        }
    }

    /// `Validity ::= SEQUENCE { notBefore Time, notAfter Time }`
    pub(super) fn read(fields: &mut Elements<'_>) -> Result<Self, CertificateError> {
        let mut times = fields.expect(tag::SEQUENCE)?.open();
        let not_before = time(&times.any()?)?;
        let not_after = time(&times.any()?)?;
        times.finish()?;
        Ok(Self {
            not_before,
            not_after,
        })
    }
}

/// `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`. A GeneralizedTime before 2050, which
/// a CA should have written as UTCTime, is read all the same: it can mean only
/// one moment, and such certificates exist.
pub(super) fn time(element: &Element<'_>) -> Result<Timestamp, CertificateError> {
    let moment = match element.tag {
        // Its two digits are the years 1950 to 2049.
        tag::UTC_TIME => match element.content {
            [b'5'..=b'9', ..] => moment(*b"19", element.content),
            _ => moment(*b"20", element.content),
        },
        tag::GENERALIZED_TIME => match element.content {
            &[c1, c2, ref rest @ ..] => moment([c1, c2], rest),
            _ => None,
        },
        _ => return Err(element.error(CertificateErrorKind::UnexpectedElement)),
    };
    moment.ok_or_else(|| element.error(CertificateErrorKind::Time))
}

/// A moment of a century, from `YYMMDDHHMMSSZ`.
fn moment([c1, c2]: [u8; 2], text: &[u8]) -> Option<Timestamp> {
    let &[y1, y2, mo1, mo2, d1, d2, h1, h2, mi1, mi2, s1, s2, b'Z'] = text else {
        return None;
    };
    Timestamp::from_digits(&[c1, c2, y1, y2, mo1, mo2, d1, d2, h1, h2, mi1, mi2, s1, s2])
}
