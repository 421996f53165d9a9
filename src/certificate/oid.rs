//! Object identifiers as their encoded octets (X.690 section 8.19).

use core::fmt;

use super::error::{CertificateError, CertificateErrorKind};
use super::reader::Element;

/// The most octets that one arc may take: 128 bits, seven an octet, which
/// holds the UUIDs below 2.25.
const MAX_ARC_OCTETS: usize = 19;

/// An object identifier in a certificate. `Display` prints the dotted form.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ObjectIdentifier<'a>(&'a [u8]);

impl<'a> ObjectIdentifier<'a> {
    pub(super) const fn from_checked(octets: &'a [u8]) -> Self {
        Self(octets)
    }

    /// The content octets of its DER, without tag and length.
    #[must_use]
    pub const fn as_bytes(self) -> &'a [u8] {
        self.0
    }
}

impl fmt::Display for ObjectIdentifier<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        let mut arc: u128 = 0;
        for octet in self.0 {
            arc = arc << 7 | u128::from(octet & 0x7F);
            if octet & 0x80 != 0 {
                continue;
            }
            if first {
                // The first two arcs share one number.
                let root = (arc / 40).min(2);
                write!(f, "{root}.{}", arc - root * 40)?;
                first = false;
            } else {
                write!(f, ".{arc}")?;
            }
            arc = 0;
        }
        Ok(())
    }
}

impl fmt::Debug for ObjectIdentifier<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ObjectIdentifier({self})")
    }
}

/// Whether these content octets are an object identifier: every arc in its
/// shortest form, complete, and within 128 bits.
pub(super) fn is_object_identifier(octets: &[u8]) -> bool {
    let mut arc_octets = 0;
    let mut arc_first = 0;
    for &octet in octets {
        arc_octets += 1;
        if arc_octets == 1 {
            arc_first = octet;
        }
        let too_long = arc_octets > MAX_ARC_OCTETS
            || (arc_octets == MAX_ARC_OCTETS && arc_first & 0x7F > 0x03);
        if arc_first == 0x80 || too_long {
            return false;
        }
        if octet & 0x80 == 0 {
            arc_octets = 0;
        }
    }
    arc_octets == 0 && !octets.is_empty()
}

/// The identifier in an element that is known to be an OBJECT IDENTIFIER (or
/// implicitly tagged as one).
pub(super) fn object_identifier<'a>(
    element: &Element<'a>,
) -> Result<ObjectIdentifier<'a>, CertificateError> {
    if is_object_identifier(element.content) {
        Ok(ObjectIdentifier(element.content))
    } else {
        Err(element.error(CertificateErrorKind::ObjectIdentifier))
    }
}
