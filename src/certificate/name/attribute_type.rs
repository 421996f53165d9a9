//! Attribute types: object identifiers with the keywords that text uses.

use core::fmt;
use core::hash::{Hash, Hasher};
use core::str::FromStr;

use super::error::{NameError, NameErrorKind};
use crate::certificate::oid::{ObjectIdentifier, is_object_identifier, octets_from_dotted};

/// The longest encoded identifier taken, in octets.
const MAX_OCTETS: usize = 39;

/// The type of a name's attribute, such as common name: an object identifier.
///
/// `Display` prints the keyword of RFC 4514 section 3 (`CN`, `L`, `ST`, `O`,
/// `OU`, `C`, `STREET`, `DC`, `UID`), else the short name that OpenSSL prints
/// (`emailAddress`, `serialNumber`, `SN`, …), else the dotted form. `FromStr`
/// reads each of these, and the long names of RFC 4519, in any case.
///
/// ```
/// use certgate::certificate::AttributeType;
///
/// assert_eq!("2.5.4.11".parse(), Ok(AttributeType::ORGANIZATIONAL_UNIT));
/// assert_eq!("commonname".parse(), Ok(AttributeType::COMMON_NAME));
/// assert_eq!(AttributeType::COMMON_NAME.to_string(), "CN");
/// ```
#[derive(Clone, Copy)]
pub struct AttributeType {
    /// Zero after `length`.
    octets: [u8; MAX_OCTETS],
    length: u8,
}

/// Declares the known types: constant, object identifier, keyword printed, and
/// the other names that are read.
macro_rules! known_types {
    ($($(#[$doc:meta])* $constant:ident = $octets:expr, $keyword:literal $(, $alias:literal)*;)*) => {
        impl AttributeType {
            $($(#[$doc])* pub const $constant: Self = Self::from_checked($octets);)*
        }

        /// Each known type with its names, the printed one first.
        const KNOWN: &[(AttributeType, &[&str])] = &[
            $((AttributeType::$constant, &[$keyword $(, $alias)*]),)*
        ];
    };
}

known_types! {
    /// `CN`, commonName, 2.5.4.3.
    COMMON_NAME = b"\x55\x04\x03", "CN", "commonName";
    /// `SN`, surname, 2.5.4.4.
    SURNAME = b"\x55\x04\x04", "SN", "surname";
    /// `serialNumber`, 2.5.4.5: of the subject, not of the certificate.
    SERIAL_NUMBER = b"\x55\x04\x05", "serialNumber";
    /// `C`, countryName, 2.5.4.6.
    COUNTRY = b"\x55\x04\x06", "C", "countryName";
    /// `L`, localityName, 2.5.4.7.
    LOCALITY = b"\x55\x04\x07", "L", "localityName";
    /// `ST`, stateOrProvinceName, 2.5.4.8.
    STATE = b"\x55\x04\x08", "ST", "stateOrProvinceName";
    /// `STREET`, streetAddress, 2.5.4.9.
    STREET = b"\x55\x04\x09", "STREET", "streetAddress";
    /// `O`, organizationName, 2.5.4.10.
    ORGANIZATION = b"\x55\x04\x0A", "O", "organizationName";
    /// `OU`, organizationalUnitName, 2.5.4.11.
    ORGANIZATIONAL_UNIT = b"\x55\x04\x0B", "OU", "organizationalUnitName";
    /// `title`, 2.5.4.12.
    TITLE = b"\x55\x04\x0C", "title";
    /// `description`, 2.5.4.13.
    DESCRIPTION = b"\x55\x04\x0D", "description";
    /// `businessCategory`, 2.5.4.15.
    BUSINESS_CATEGORY = b"\x55\x04\x0F", "businessCategory";
    /// `postalAddress`, 2.5.4.16.
    POSTAL_ADDRESS = b"\x55\x04\x10", "postalAddress";
    /// `postalCode`, 2.5.4.17.
    POSTAL_CODE = b"\x55\x04\x11", "postalCode";
    /// `telephoneNumber`, 2.5.4.20.
    TELEPHONE_NUMBER = b"\x55\x04\x14", "telephoneNumber";
    /// `name`, 2.5.4.41.
    NAME = b"\x55\x04\x29", "name";
    /// `GN`, givenName, 2.5.4.42.
    GIVEN_NAME = b"\x55\x04\x2A", "GN", "givenName";
    /// `initials`, 2.5.4.43.
    INITIALS = b"\x55\x04\x2B", "initials";
    /// `generationQualifier`, 2.5.4.44.
    GENERATION_QUALIFIER = b"\x55\x04\x2C", "generationQualifier";
    /// `x500UniqueIdentifier`, 2.5.4.45.
    UNIQUE_IDENTIFIER = b"\x55\x04\x2D", "x500UniqueIdentifier";
    /// `dnQualifier`, 2.5.4.46.
    DN_QUALIFIER = b"\x55\x04\x2E", "dnQualifier";
    /// `pseudonym`, 2.5.4.65.
    PSEUDONYM = b"\x55\x04\x41", "pseudonym";
    /// `organizationIdentifier`, 2.5.4.97, as in PSD2 certificates.
    ORGANIZATION_IDENTIFIER = b"\x55\x04\x61", "organizationIdentifier";
    /// `UID`, userId, 0.9.2342.19200300.100.1.1.
    USER_ID = b"\x09\x92\x26\x89\x93\xF2\x2C\x64\x01\x01", "UID", "userId";
    /// `DC`, domainComponent, 0.9.2342.19200300.100.1.25.
    DOMAIN_COMPONENT = b"\x09\x92\x26\x89\x93\xF2\x2C\x64\x01\x19", "DC", "domainComponent";
    /// `emailAddress`, 1.2.840.113549.1.9.1.
    EMAIL_ADDRESS = b"\x2A\x86\x48\x86\xF7\x0D\x01\x09\x01", "emailAddress";
    /// `unstructuredName`, 1.2.840.113549.1.9.2.
    UNSTRUCTURED_NAME = b"\x2A\x86\x48\x86\xF7\x0D\x01\x09\x02", "unstructuredName";
    /// `jurisdictionL`, 1.3.6.1.4.1.311.60.2.1.1.
    JURISDICTION_LOCALITY = b"\x2B\x06\x01\x04\x01\x82\x37\x3C\x02\x01\x01",
        "jurisdictionL", "jurisdictionLocalityName";
    /// `jurisdictionST`, 1.3.6.1.4.1.311.60.2.1.2.
    JURISDICTION_STATE = b"\x2B\x06\x01\x04\x01\x82\x37\x3C\x02\x01\x02",
        "jurisdictionST", "jurisdictionStateOrProvinceName";
    /// `jurisdictionC`, 1.3.6.1.4.1.311.60.2.1.3.
    JURISDICTION_COUNTRY = b"\x2B\x06\x01\x04\x01\x82\x37\x3C\x02\x01\x03",
        "jurisdictionC", "jurisdictionCountryName";
}

impl AttributeType {
    /// Whether these content octets are an object identifier of at most 39
    /// octets.
    pub(super) fn is_valid(octets: &[u8]) -> bool {
        octets.len() <= MAX_OCTETS && is_object_identifier(octets)
    }

    /// The type with content octets that [`is_valid`](Self::is_valid) takes.
    pub(super) const fn from_checked(octets: &[u8]) -> Self {
        let mut kept = [0; MAX_OCTETS];
        if let Some((head, _)) = kept.split_at_mut_checked(octets.len()) {
            head.copy_from_slice(octets);
        }
        Self {
            octets: kept,
            length: octets.len() as u8,
        }
    }

    /// The content octets of the object identifier's DER.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.octets
            .get(..usize::from(self.length))
            .unwrap_or_default()
    }

    /// The keyword that `Display` prints, unless the type is printed dotted.
    #[must_use]
    pub fn keyword(&self) -> Option<&'static str> {
        let (_, names) = KNOWN.iter().find(|(known, _)| known == self)?;
        names.first().copied()
    }
}

impl PartialEq for AttributeType {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for AttributeType {}

impl Hash for AttributeType {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl fmt::Display for AttributeType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.keyword() {
            Some(keyword) => f.write_str(keyword),
            None => ObjectIdentifier::from_checked(self.as_bytes()).fmt(f),
        }
    }
}

impl fmt::Debug for AttributeType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AttributeType({self})")
    }
}

impl FromStr for AttributeType {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let named = |names: &[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(text));
        KNOWN
            .iter()
            .find_map(|(known, names)| named(names).then_some(*known))
            .or_else(|| from_dotted(text))
            .ok_or(NameError::new(NameErrorKind::AttributeType, 0))
    }
}

fn from_dotted(text: &str) -> Option<AttributeType> {
    let octets = octets_from_dotted(text)?;
    AttributeType::is_valid(&octets).then(|| AttributeType::from_checked(&octets))
}
