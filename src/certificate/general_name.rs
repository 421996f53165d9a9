//! Subject alternative names (RFC 5280 section 4.2.1.6), each of its type.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::error::{CertificateError, CertificateErrorKind};
use super::name::{self, Name, is_matchable};
use super::oid::{ObjectIdentifier, object_identifier};
use super::reader::{Checked, Element, tag};
use super::walk::NameBudget;

/// id-ms-san-upn, 1.3.6.1.4.1.311.20.2.3.
const USER_PRINCIPAL_NAME: &[u8] = b"\x2B\x06\x01\x04\x01\x82\x37\x14\x02\x03";

const OTHER_NAME: u8 = tag::context_constructed(0);
const RFC822_NAME: u8 = tag::context(1);
const DNS_NAME: u8 = tag::context(2);
const X400_ADDRESS: u8 = tag::context_constructed(3);
const DIRECTORY_NAME: u8 = tag::context_constructed(4);
const EDI_PARTY_NAME: u8 = tag::context_constructed(5);
const URI: u8 = tag::context(6);
const IP_ADDRESS: u8 = tag::context(7);
const REGISTERED_ID: u8 = tag::context(8);

/// One subject alternative name.
///
/// The texts are ASCII, but may hold control characters: decide by
/// [`matchable`](Self::matchable) or [`upn`](Self::upn).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GeneralName<'a> {
    /// dNSName, in the case it was written, possibly with a wildcard.
    Dns(&'a str),
    /// rfc822Name, an e-mail address.
    Email(&'a str),
    /// uniformResourceIdentifier.
    Uri(&'a str),
    /// iPAddress.
    Ip(IpAddr),
    /// directoryName.
    DirectoryName(Name<'a>),
    /// otherName, such as a Microsoft user principal name.
    Other {
        /// What kind of name.
        type_id: ObjectIdentifier<'a>,
        /// The DER of the value.
        value: &'a [u8],
    },
    /// registeredID.
    RegisteredId(ObjectIdentifier<'a>),
    /// x400Address, as the DER of the whole alternative.
    X400(&'a [u8]),
    /// ediPartyName, as the DER of the whole alternative.
    EdiParty(&'a [u8]),
}

impl<'a> GeneralName<'a> {
    /// The text of a DNS name, e-mail address or URI, if [`is_matchable`]
    /// holds for it.
    #[must_use]
    pub fn matchable(&self) -> Option<&'a str> {
        match *self {
            Self::Dns(text) | Self::Email(text) | Self::Uri(text) => Some(text),
            _ => None,
        }
        .filter(|text| is_matchable(text))
    }

    /// The user principal name: the UTF8String in an otherName of type
    /// 1.3.6.1.4.1.311.20.2.3, if [`is_matchable`] holds for it.
    #[must_use]
    pub fn upn(&self) -> Option<&'a str> {
        let Self::Other { type_id, value } = *self else {
            return None;
        };
        let value = Checked { bytes: value }.next()?;
        if type_id.as_bytes() != USER_PRINCIPAL_NAME || value.tag != tag::UTF8_STRING {
            return None;
        }
        core::str::from_utf8(value.content)
            .ok()
            .filter(|text| is_matchable(text))
    }

    /// Whether it is a user principal name, of whatever text.
    pub(crate) fn is_upn(&self) -> bool {
        matches!(self, Self::Other { type_id, .. } if type_id.as_bytes() == USER_PRINCIPAL_NAME)
    }

    /// One alternative and its syntax, a directory name's attributes excepted.
    fn read(element: &Element<'a>) -> Result<Self, CertificateError> {
        Ok(match element.tag {
            DNS_NAME => Self::Dns(ascii(element)?),
            RFC822_NAME => Self::Email(ascii(element)?),
            URI => Self::Uri(ascii(element)?),
            IP_ADDRESS => Self::Ip(ip_address(element)?),
            DIRECTORY_NAME => Self::DirectoryName(Name::from_checked(directory_name(element)?.der)),
            OTHER_NAME => {
                let mut parts = element.open();
                let type_id = object_identifier(&parts.expect(tag::OBJECT_IDENTIFIER)?)?;
                let mut wrapper = parts.expect(tag::context_constructed(0))?.open();
                parts.finish()?;
                let value = wrapper.any()?.der;
                wrapper.finish()?;
                Self::Other { type_id, value }
            }
            REGISTERED_ID => Self::RegisteredId(object_identifier(element)?),
            X400_ADDRESS => Self::X400(element.der),
            EDI_PARTY_NAME => Self::EdiParty(element.der),
            _ => return Err(element.error(CertificateErrorKind::UnexpectedElement)),
        })
    }
}

/// The subject alternative names of a certificate, in encoded order.
#[derive(Clone)]
pub struct AlternativeNames<'a> {
    remaining: Checked<'a>,
}

impl<'a> AlternativeNames<'a> {
    pub(super) const fn from_checked(names: &'a [u8]) -> Self {
        Self {
            remaining: Checked { bytes: names },
        }
    }
}

impl<'a> Iterator for AlternativeNames<'a> {
    type Item = GeneralName<'a>;

    fn next(&mut self) -> Option<GeneralName<'a>> {
        GeneralName::read(&self.remaining.next()?).ok()
    }
}

/// `GeneralNames ::= SEQUENCE SIZE (1..) OF GeneralName`
pub(super) fn check_alternative_names(
    names: &Element<'_>,
    budget: &mut NameBudget,
) -> Result<(), CertificateError> {
    let mut names = names.open();
    loop {
        let element = names.any()?;
        budget.spend(&element)?;
        GeneralName::read(&element)?;
        if element.tag == DIRECTORY_NAME {
            name::check(&directory_name(&element)?, budget)?;
        }
        if names.is_empty() {
            return Ok(());
        }
    }
}

fn ascii<'a>(element: &Element<'a>) -> Result<&'a str, CertificateError> {
    match core::str::from_utf8(element.content) {
        Ok(text) if text.is_ascii() => Ok(text),
        _ => Err(element.error(CertificateErrorKind::AlternativeName)),
    }
}

fn ip_address(element: &Element<'_>) -> Result<IpAddr, CertificateError> {
    let octets = element.content;
    let v4 = <[u8; 4]>::try_from(octets).map(|v4| IpAddr::V4(Ipv4Addr::from(v4)));
    v4.or_else(|_| <[u8; 16]>::try_from(octets).map(|v6| IpAddr::V6(Ipv6Addr::from(v6))))
        .map_err(|_| element.error(CertificateErrorKind::AlternativeName))
}

/// A Name is a CHOICE, so its tag is always explicit.
fn directory_name<'a>(element: &Element<'a>) -> Result<Element<'a>, CertificateError> {
    let mut wrapper = element.open();
    let name = wrapper.expect(tag::SEQUENCE)?;
    wrapper.finish()?;
    Ok(name)
}
