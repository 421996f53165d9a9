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

/// An object identifier that a policy names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamedOid(Box<[u8]>);

impl NamedOid {
    /// Reads the dotted form, such as `1.3.6.1.5.5.7.3.2`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        octets_from_dotted(text).map(|octets| Self(octets.into()))
    }

    /// Whether it is this one.
    pub(crate) fn is(&self, other: ObjectIdentifier<'_>) -> bool {
        *self.0 == *other.as_bytes()
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

/// The content octets of an identifier in dotted form, the `numericoid` of RFC
/// 4512 section 1.4: no leading zeros.
pub(super) fn octets_from_dotted(text: &str) -> Option<Vec<u8>> {
    let mut arcs = text.split('.').map(|digits| {
        let canonical = digits.bytes().all(|digit| digit.is_ascii_digit())
            && (digits == "0" || !digits.starts_with('0'));
        canonical.then(|| digits.parse::<u128>().ok()).flatten()
    });
    let (root, second) = (arcs.next()??, arcs.next()??);
    if root > 2 || (root < 2 && second > 39) {
        return None;
    }
    let mut octets = Vec::new();
    push_arc(&mut octets, second.checked_add(root * 40)?);
    for arc in arcs {
        push_arc(&mut octets, arc?);
    }
    is_object_identifier(&octets).then_some(octets)
}

/// Seven bits an octet, the most significant first, each but the last marked.
fn push_arc(octets: &mut Vec<u8>, arc: u128) {
    let significant = (128 - arc.leading_zeros()).max(1).div_ceil(7);
    octets.extend((0..significant).rev().map(|group| {
        let more = if group == 0 { 0 } else { 0x80 };
        (arc >> (7 * group)) as u8 & 0x7F | more
    }));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dotted_form_names_one_identifier() {
        for (text, octets) in [
            ("2.5.29.37", b"\x55\x1D\x25" as &[u8]),
            ("1.3.6.1.5.5.7.3.2", b"\x2B\x06\x01\x05\x05\x07\x03\x02"),
            ("0.0", b"\x00"),
            ("1.39", b"\x4F"),
            ("2.40.128", b"\x78\x81\x00"),
            ("2.999", b"\x88\x37"),
        ] {
            let named = NamedOid::parse(text);
            assert!(
                named.is_some_and(|named| named.is(ObjectIdentifier(octets))),
                "{text}"
            );
        }
        for text in [
            "",
            "1",
            "1.",
            ".1",
            "1.2.",
            "1..2",
            "3.1",
            "1.40",
            "01.2",
            "1.02",
            "1.2.-3",
            "1.2 ",
            "1.2.x",
            "1.2.+3",
            "clientAuth",
        ] {
            assert_eq!(NamedOid::parse(text), None, "{text}");
        }
    }
}
