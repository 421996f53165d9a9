//! Serial numbers (RFC 5280 section 4.1.2.2).

use core::fmt;

use super::error::{CertificateError, CertificateErrorKind};
use super::reader::Element;

/// A certificate's serial number, unique only together with its issuer.
///
/// Two are equal if their octets are. `Display` prints lower-case hexadecimal
/// in whole octets, without the leading `00` that only keeps a number
/// positive. RFC 5280 asks for positive numbers of at most 20 octets, and also
/// that others be handled: zero prints as `00`, a negative number as its
/// magnitude after a minus sign, so that no two serial numbers print alike.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Serial<'a>(&'a [u8]);

impl<'a> Serial<'a> {
    pub(super) const fn from_checked(octets: &'a [u8]) -> Self {
        Self(octets)
    }

    /// The content octets of the INTEGER: big-endian two's complement in its
    /// shortest form, so that 200 is `00 C8`.
    #[must_use]
    pub const fn as_bytes(self) -> &'a [u8] {
        self.0
    }
}

impl fmt::Display for Serial<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let negative = self.0.first().is_some_and(|first| first & 0x80 != 0);
        if !negative {
            let magnitude = match self.0 {
                [0, rest @ ..] if !rest.is_empty() => rest,
                all => all,
            };
            return magnitude.iter().try_for_each(|o| write!(f, "{o:02x}"));
        }
        // The magnitude inverts every bit above the lowest one that is set.
        let last_set = self.0.iter().rposition(|&octet| octet != 0).unwrap_or(0);
        let magnitude = self.0.iter().enumerate().map(|(at, &octet)| {
            if at < last_set {
                !octet
            } else {
                octet.wrapping_neg()
            }
        });
        f.write_str("-")?;
        let mut magnitude = magnitude.skip_while(|&octet| octet == 0);
        magnitude.try_for_each(|o| write!(f, "{o:02x}"))
    }
}

impl fmt::Debug for Serial<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Serial({self})")
    }
}

/// The octets of an INTEGER in its shortest form.
pub(super) fn integer<'a>(element: &Element<'a>) -> Result<&'a [u8], CertificateError> {
    let shortest = match element.content {
        [] => false,
        [0x00, next, ..] => next & 0x80 != 0,
        [0xFF, next, ..] => next & 0x80 == 0,
        _ => true,
    };
    if shortest {
        Ok(element.content)
    } else {
        Err(element.error(CertificateErrorKind::Integer))
    }
}
