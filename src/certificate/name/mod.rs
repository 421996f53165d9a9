//! Distinguished names: as a certificate encodes them ([`Name`]), and as text
//! gives them ([`DistinguishedName`]).
//!
//! Names are compared here and nowhere else: `compare` says how.

mod attribute_type;
mod compare;
mod distinguished;
mod encode;
mod error;
mod parse;
mod slash;
mod text;
mod value;

use super::error::{CertificateError, CertificateErrorKind};
use super::reader::{Checked, Element, tag};
use super::walk::NameBudget;

pub use attribute_type::AttributeType;
pub use distinguished::{ConfiguredName, DistinguishedName, NameAttribute, NameValue, NameWarning};
pub(crate) use encode::EncodedName;
pub use error::{NameError, NameErrorKind};
pub use value::{AttributeValue, is_matchable};

/// A distinguished name inside a certificate, as it was encoded.
///
/// `Display` prints RFC 4514: most specific RDN first, special characters
/// escaped with a backslash, control and bidirectional characters as `\XX` of
/// their UTF-8. A value without text, and any value of a type that has no
/// keyword, is printed as `#` and the hexadecimal of its DER.
///
/// `==` follows the rule of the crate for distinguished names: types by object
/// identifier, string values by their characters with ASCII case folded, outer
/// spaces removed and runs of spaces inside collapsed, order of RDNs
/// significant, order inside one RDN not. Values that cannot be matched (see
/// [`is_matchable`]) and values without text are equal only if type of string
/// and octets are.
#[derive(Clone, Copy)]
pub struct Name<'a> {
    der: &'a [u8],
}

impl<'a> Name<'a> {
    /// A name that [`check`] has passed.
    pub(super) const fn from_checked(der: &'a [u8]) -> Self {
        Self { der }
    }

    /// The DER of the Name.
    #[must_use]
    pub const fn as_der(self) -> &'a [u8] {
        self.der
    }

    /// Whether it has no RDN at all.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.rdns().next().is_none()
    }

    /// The relative distinguished names in encoded order, which is most general
    /// first: country before common name. Text has them the other way round,
    /// as `rdns().rev()` does; each step from the back walks what is left.
    #[must_use]
    pub fn rdns(self) -> Rdns<'a> {
        let name = Checked { bytes: self.der }.next();
        Rdns {
            remaining: Checked {
                bytes: name.map_or(&[], |name| name.content),
            },
        }
    }

    /// All attributes in encoded order, most general RDN first.
    pub fn attributes(self) -> impl Iterator<Item = Attribute<'a>> + Clone {
        self.rdns().flat_map(Rdn::attributes)
    }

    /// The values of every attribute of this type, in encoded order.
    pub fn values(
        self,
        attribute_type: AttributeType,
    ) -> impl Iterator<Item = AttributeValue<'a>> + Clone {
        self.attributes()
            .filter(move |attribute| attribute.type_octets == attribute_type.as_bytes())
            .map(|attribute| attribute.value)
    }
}

/// The relative distinguished names of a [`Name`], most general first.
#[derive(Clone)]
pub struct Rdns<'a> {
    remaining: Checked<'a>,
}

impl<'a> Iterator for Rdns<'a> {
    type Item = Rdn<'a>;

    fn next(&mut self) -> Option<Rdn<'a>> {
        self.remaining.next().map(|set| Rdn {
            attributes: set.content,
        })
    }
}

impl DoubleEndedIterator for Rdns<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let last = self.remaining.clone().last()?;
        let kept = self.remaining.bytes.len() - last.der.len();
        self.remaining.bytes = self.remaining.bytes.get(..kept).unwrap_or_default();
        Some(Rdn {
            attributes: last.content,
        })
    }
}

/// One relative distinguished name: a set of one or more attributes.
#[derive(Clone, Copy)]
pub struct Rdn<'a> {
    attributes: &'a [u8],
}

impl<'a> Rdn<'a> {
    /// Its attributes, in encoded order, which means nothing.
    pub fn attributes(self) -> impl Iterator<Item = Attribute<'a>> + Clone {
        let attributes = Checked {
            bytes: self.attributes,
        };
        attributes.filter_map(|attribute| {
            let mut parts = Checked {
                bytes: attribute.content,
            };
            Some(Attribute {
                type_octets: parts.next()?.content,
                value: AttributeValue::from_element(&parts.next()?),
            })
        })
    }
}

/// One attribute of a name: a type and a value.
#[derive(Clone, Copy, Debug)]
pub struct Attribute<'a> {
    type_octets: &'a [u8],
    value: AttributeValue<'a>,
}

impl<'a> Attribute<'a> {
    /// The type.
    #[must_use]
    pub fn attribute_type(self) -> AttributeType {
        AttributeType::from_checked(self.type_octets)
    }

    /// The value.
    #[must_use]
    pub const fn value(self) -> AttributeValue<'a> {
        self.value
    }
}

/// `Name ::= SEQUENCE OF SET SIZE (1..) OF SEQUENCE { type OBJECT IDENTIFIER,
/// value ANY }`, the whole of it. Neither the order inside a SET nor the
/// characters of a value are judged: real certificates err in both.
pub(super) fn check(name: &Element<'_>, budget: &mut NameBudget) -> Result<(), CertificateError> {
    let mut rdns = name.open();
    while !rdns.is_empty() {
        let mut attributes = rdns.expect(tag::SET)?.open();
        loop {
            let attribute = attributes.expect(tag::SEQUENCE)?;
            budget.spend(&attribute)?;
            let mut parts = attribute.open();
            let attribute_type = parts.expect(tag::OBJECT_IDENTIFIER)?;
            if !AttributeType::is_valid(attribute_type.content) {
                return Err(attribute_type.error(CertificateErrorKind::ObjectIdentifier));
            }
            parts.any()?;
            parts.finish()?;
            if attributes.is_empty() {
                break;
            }
        }
    }
    Ok(())
}
