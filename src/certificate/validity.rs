//! The validity period (RFC 5280 section 4.1.2.5).

use super::error::{CertificateError, CertificateErrorKind};
use super::reader::{Element, Elements, tag};
use crate::request::{CivilDate, Timestamp};

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
fn time(element: &Element<'_>) -> Result<Timestamp, CertificateError> {
    let (century, digits) = match element.tag {
        tag::UTC_TIME => (None, element.content),
        tag::GENERALIZED_TIME => match element.content.split_at_checked(2) {
            Some((century, digits)) => (Some(century), digits),
            None => return Err(element.error(CertificateErrorKind::Time)),
        },
        _ => return Err(element.error(CertificateErrorKind::UnexpectedElement)),
    };
    moment(century, digits).ok_or_else(|| element.error(CertificateErrorKind::Time))
}

fn moment(century: Option<&[u8]>, digits: &[u8]) -> Option<Timestamp> {
    let &[y1, y2, mo1, mo2, d1, d2, h1, h2, mi1, mi2, s1, s2, b'Z'] = digits else {
        return None;
    };
    let year_of_century = i64::from(number(y1, y2)?);
    let year = match century {
        Some(&[c1, c2]) => i64::from(number(c1, c2)?) * 100 + year_of_century,
        Some(_) => return None,
        None if year_of_century >= 50 => 1900 + year_of_century,
        None => 2000 + year_of_century,
    };
    let date = CivilDate {
        year,
        month: number(mo1, mo2)?,
        day: number(d1, d2)?,
    };
    let (hour, minute, second) = (number(h1, h2)?, number(mi1, mi2)?, number(s1, s2)?);
    if !exists(date) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let second_of_day = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
    let midnight = Timestamp::from_date(date).unix_seconds();
    Some(Timestamp::from_unix_seconds(midnight + second_of_day))
}

fn exists(date: CivilDate) -> bool {
    let leap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0);
    let last = match date.month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=last).contains(&date.day)
}

fn number(tens: u8, ones: u8) -> Option<u8> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| (tens - b'0') * 10 + (ones - b'0'))
}
