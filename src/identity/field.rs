//! The parts of a certificate that identity rules can look at.

use std::borrow::Cow;

use crate::certificate::{AttributeType, AttributeValue, CertInfo, GeneralName, is_matchable};

/// A part of a certificate that a rule or template names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// An attribute of the subject: `subject.cn`, `subject.ou`, …
    Subject(AttributeType),
    /// The SPIFFE ID: the URI alternative name of scheme `spiffe`.
    Spiffe,
    /// A URI alternative name: `san.uri`.
    Uri,
    /// A DNS alternative name: `san.dns`.
    Dns,
    /// An e-mail alternative name: `san.email`.
    Email,
    /// The SHA-256 of the certificate, in lower-case hexadecimal.
    Thumbprint,
}

/// What a certificate has in a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldValue<'c> {
    /// Nothing.
    Absent,
    /// Exactly one value, which rules may use.
    One(Cow<'c, str>),
    /// More than one value.
    Several,
    /// One value that no rule may match: it is no text, has control or
    /// bidirectional characters, or is an ill-formed SPIFFE ID.
    Unusable,
}

impl Field {
    /// The field of that name in a template or condition.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Some(match name {
            "spiffe" => Self::Spiffe,
            "san.uri" => Self::Uri,
            "san.dns" => Self::Dns,
            "san.email" => Self::Email,
            "thumbprint" => Self::Thumbprint,
            _ => Self::Subject(subject_attribute(name.strip_prefix("subject.")?)?),
        })
    }

    /// Every value that the certificate has in this field; `None` for a value
    /// that no rule may match.
    pub fn values(self, certificate: &CertInfo) -> impl Iterator<Item = Option<Cow<'_, str>>> {
        let subject = match self {
            Self::Subject(kind) => Some(kind),
            _ => None,
        };
        let thumbprint =
            (self == Self::Thumbprint).then(|| Some(Cow::Owned(certificate.thumbprint().hex())));
        subject
            .into_iter()
            .flat_map(|kind| certificate.subject().values(kind))
            .map(AttributeValue::matchable)
            .chain(
                certificate
                    .alternative_names()
                    .filter_map(move |name| self.alternative_name(&name)),
            )
            .chain(thumbprint)
    }

    /// What there is, for a template: a value only if it is the only one.
    pub fn value(self, certificate: &CertInfo) -> FieldValue<'_> {
        let mut values = self.values(certificate);
        match (values.next(), values.next()) {
            (None, _) => FieldValue::Absent,
            (Some(_), Some(_)) => FieldValue::Several,
            (Some(Some(value)), None) => FieldValue::One(value),
            (Some(None), None) => FieldValue::Unusable,
        }
    }

    /// Whether a value of this field is `literal`. DNS names are compared
    /// without regard to ASCII case, everything else byte for byte.
    pub(crate) fn equals(self, value: &str, literal: &str) -> bool {
        match self {
            Self::Dns => value.eq_ignore_ascii_case(literal),
            _ => value == literal,
        }
    }

    fn alternative_name<'c>(self, name: &GeneralName<'c>) -> Option<Option<Cow<'c, str>>> {
        let text = match (self, *name) {
            (Self::Spiffe, GeneralName::Uri(uri)) if SpiffeUri::is_meant(uri) => {
                return Some(SpiffeUri::usable(uri).map(Cow::Borrowed));
            }
            (Self::Uri, GeneralName::Uri(text))
            | (Self::Dns, GeneralName::Dns(text))
            | (Self::Email, GeneralName::Email(text)) => text,
            _ => return None,
        };
        Some(is_matchable(text).then_some(Cow::Borrowed(text)))
    }
}

/// URIs of scheme `spiffe`, well-formed or not.
struct SpiffeUri;

impl SpiffeUri {
    fn is_meant(uri: &str) -> bool {
        uri.get(..7)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("spiffe:"))
    }

    fn usable(uri: &str) -> Option<&str> {
        crate::certificate::SpiffeId::parse(uri).ok().map(|_| uri)
    }
}

/// The subject attributes by the names that policies use.
fn subject_attribute(name: &str) -> Option<AttributeType> {
    Some(match name {
        "cn" => AttributeType::COMMON_NAME,
        "ou" => AttributeType::ORGANIZATIONAL_UNIT,
        "o" => AttributeType::ORGANIZATION,
        "c" => AttributeType::COUNTRY,
        "l" => AttributeType::LOCALITY,
        "st" => AttributeType::STATE,
        "street" => AttributeType::STREET,
        "dc" => AttributeType::DOMAIN_COMPONENT,
        "uid" => AttributeType::USER_ID,
        "email" => AttributeType::EMAIL_ADDRESS,
        "serial_number" => AttributeType::SERIAL_NUMBER,
        _ => return None,
    })
}
