//! The encodings in which certificates are likely to have a configured name,
//! so that most names can be compared octet by octet.

use super::distinguished::{DistinguishedName, NameAttribute, NameValue};
use super::{AttributeType, Name};
use crate::certificate::reader::tag;

/// The DER of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EncodedName(Box<[u8]>);

impl EncodedName {
    pub(crate) const fn as_name(&self) -> Name<'_> {
        Name::from_checked(&self.0)
    }
}

/// The type of string for values whose attribute type does not prescribe one.
#[derive(Clone, Copy)]
enum Preferred {
    Utf8String,
    /// Where it can hold the characters; UTF8String otherwise.
    PrintableString,
}

impl DistinguishedName {
    /// Its encodings under either preference of RFC 5280 section 4.1.2.4, as
    /// far as they [`matches`](Self::matches). A certificate may well have the
    /// name in another one.
    pub(crate) fn likely_encodings(&self) -> Vec<EncodedName> {
        let mut encodings: Vec<EncodedName> = [Preferred::Utf8String, Preferred::PrintableString]
            .into_iter()
            .map(|preferred| EncodedName(self.encode(preferred).into()))
            .filter(|encoded| self.matches(encoded.as_name()))
            .collect();
        encodings.dedup();
        encodings
    }

    fn encode(&self, preferred: Preferred) -> Vec<u8> {
        let rdns: Vec<Vec<u8>> = self
            .rdns()
            .map(|rdn| {
                let mut attributes: Vec<Vec<u8>> = rdn
                    .iter()
                    .map(|attribute| attribute.encode(preferred))
                    .collect();
                // X.690 section 11.6: the elements of a SET OF are in order.
                attributes.sort();
                element(tag::SET, &attributes.concat())
            })
            .collect();
        element(tag::SEQUENCE, &rdns.concat())
    }
}

impl NameAttribute {
    fn encode(&self, preferred: Preferred) -> Vec<u8> {
        let kind = *self.attribute_type();
        let value = match self.value() {
            NameValue::Der(der) => der.to_vec(),
            NameValue::Text(text) => element(string_tag(kind, text, preferred), text.as_bytes()),
        };
        let kind = element(tag::OBJECT_IDENTIFIER, kind.as_bytes());
        element(tag::SEQUENCE, &[kind, value].concat())
    }
}

fn string_tag(kind: AttributeType, text: &str, preferred: Preferred) -> u8 {
    // RFC 5280 appendix A prescribes a type of string for these.
    let printable = [AttributeType::COUNTRY, AttributeType::SERIAL_NUMBER];
    let ia5 = [
        AttributeType::EMAIL_ADDRESS,
        AttributeType::DOMAIN_COMPONENT,
    ];
    if printable.contains(&kind) {
        return tag::PRINTABLE_STRING;
    }
    if ia5.contains(&kind) {
        return tag::IA5_STRING;
    }
    match preferred {
        Preferred::PrintableString if is_printable(text) => tag::PRINTABLE_STRING,
        Preferred::PrintableString | Preferred::Utf8String => tag::UTF8_STRING,
    }
}

/// The characters of a PrintableString (X.680 section 41.4).
fn is_printable(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii_alphanumeric() || " '()+,-./:=?".contains(c))
}

/// An element with its length in the shortest form (X.690 section 10.1).
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let zeros = length.iter().take_while(|&&octet| octet == 0).count();
    let mut der = vec![tag];
    match length.get(zeros..).unwrap_or_default() {
        [] => der.push(0),
        [short @ 0..=0x7F] => der.push(*short),
        long => {
            der.push(0x80 | long.len() as u8);
            der.extend_from_slice(long);
        }
    }
    der.extend_from_slice(content);
    der
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::CertInfo;

    fn encodings(text: &str) -> Vec<Vec<u8>> {
        let name = DistinguishedName::parse_configured(text).unwrap().name;
        let encodings = name.likely_encodings().into_iter();
        encodings.map(|encoded| encoded.0.into_vec()).collect()
    }

    /// `SET { SEQUENCE { 2.5.4.<kind>, value } }` with a short value.
    fn rdn(kind: u8, tag: u8, text: &str) -> Vec<u8> {
        let length = |more: usize| u8::try_from(text.len() + more).unwrap();
        let mut der = vec![0x31, length(9), 0x30, length(7), 6, 3, 0x55, 4, kind];
        der.extend([tag, length(0)]);
        der.extend(text.as_bytes());
        der
    }

    fn sequence(rdns: &[Vec<u8>]) -> Vec<u8> {
        let content = rdns.concat();
        let mut der = vec![0x30, u8::try_from(content.len()).unwrap()];
        der.extend(content);
        der
    }

    #[test]
    fn strings_are_utf8_or_printable_where_that_can_hold_them() {
        let country = rdn(6, 0x13, "GB");
        assert_eq!(
            encodings("CN=a_b,O=Example (1),C=GB"),
            [0x0C, 0x13].map(|tag| sequence(&[
                country.clone(),
                rdn(10, tag, "Example (1)"),
                rdn(3, 0x0C, "a_b"),
            ]))
        );
        assert_eq!(encodings("CN=Lučić"), [sequence(&[rdn(3, 0x0C, "Lučić")])]);
    }

    #[test]
    fn some_types_have_one_type_of_string() {
        let dc = [
            0x30, 0x13, 0x31, 0x11, 0x30, 0x0F, 0x06, 0x0A, 0x09, 0x92, 0x26, 0x89, 0x93, 0xF2,
            0x2C, 0x64, 0x01, 0x19, 0x16, 0x01, b'a',
        ];
        assert_eq!(encodings("DC=a"), [dc]);
        let email = [
            0x30, 0x12, 0x31, 0x10, 0x30, 0x0E, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D,
            0x01, 0x09, 0x01, 0x16, 0x01, b'a',
        ];
        assert_eq!(encodings("emailAddress=a"), [email]);
        assert_eq!(
            encodings("serialNumber=1"),
            [sequence(&[rdn(5, 0x13, "1")])]
        );
    }

    #[test]
    fn attributes_of_one_rdn_are_in_the_order_of_der() {
        let same = encodings("CN=b+OU=a");
        assert_eq!(same, encodings("OU=a+CN=b"));
        // SET of CN before OU, whichever comes first in the text.
        assert_eq!(
            same[0],
            [
                &[0x30, 0x16, 0x31, 0x14][..],
                &[0x30, 0x08, 6, 3, 0x55, 4, 3, 0x0C, 1, b'b'],
                &[0x30, 0x08, 6, 3, 0x55, 4, 11, 0x0C, 1, b'a'],
            ]
            .concat()
        );
    }

    #[test]
    fn lengths_take_as_many_octets_as_they_need() {
        for (length, octets) in [
            (0, &[0][..]),
            (0x7F, &[0x7F]),
            (0x80, &[0x81, 0x80]),
            (0xFF, &[0x81, 0xFF]),
            (0x100, &[0x82, 1, 0]),
            (0x1_0000, &[0x83, 1, 0, 0]),
        ] {
            let der = element(tag::SET, &vec![0; length]);
            assert_eq!(der[1..der.len() - length], *octets, "{length}");
        }
        let long = "x".repeat(300);
        assert_eq!(encodings(&format!("CN={long}")).len(), 2);
    }

    #[test]
    fn a_real_issuer_is_among_them() {
        let der = include_bytes!("../../../tests/data/certificates/acme.der");
        let certificate = CertInfo::from_der(der.to_vec()).unwrap();
        let issuer = certificate.issuer();
        assert!(encodings(&issuer.to_string()).contains(&issuer.as_der().to_vec()));
    }

    #[test]
    fn what_does_not_match_is_no_encoding() {
        for text in ["", "CN=a\\00b", "C=Ü", "emailAddress=ü"] {
            assert!(encodings(text).is_empty(), "{text}");
        }
    }
}
