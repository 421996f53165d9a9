//! The parts of a certificate that rules can look at.

use std::borrow::Cow;

use crate::certificate::{
    AttributeType, AttributeValue, CertInfo, Claims, ClientCertificate, GeneralName, NameValue,
    SpiffeId, Thumbprint, is_matchable,
};

/// A part of a certificate that a rule or template names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// An attribute of the subject: `subject.cn`, `subject.ou`, …
    Subject(AttributeType),
    /// The SPIFFE ID: the URI alternative name of scheme `spiffe`.
    Spiffe,
    /// The trust domain of the SPIFFE ID.
    TrustDomain,
    /// A URI alternative name: `san.uri`.
    Uri,
    /// A DNS alternative name: `san.dns`.
    Dns,
    /// An e-mail alternative name: `san.email`.
    Email,
    /// A user principal name: `san.upn`.
    Upn,
    /// An address among the alternative names, as its text.
    Ip,
    /// The serial number, in lower-case hexadecimal; unique for an issuer.
    Serial,
    /// The SHA-256 of the certificate, in lower-case hexadecimal.
    Thumbprint,
    /// The SHA-256 of its public key (RFC 7469), in lower-case hexadecimal.
    PublicKey,
}

/// What a certificate has in a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FieldValue<'c> {
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
    pub(crate) fn by_name(name: &str) -> Option<Self> {
        Some(match name {
            "spiffe" => Self::Spiffe,
            "san.uri" => Self::Uri,
            "san.dns" => Self::Dns,
            "san.email" => Self::Email,
            "san.upn" => Self::Upn,
            "thumbprint" => Self::Thumbprint,
            _ => Self::Subject(subject_attribute(name.strip_prefix("subject.")?)?),
        })
    }

    /// Whether the source of the certificate tells this field at all. What an
    /// edge does not tell can neither match a rule nor pass for absent.
    pub(crate) fn is_told_by(self, certificate: &ClientCertificate) -> bool {
        let ClientCertificate::Claimed(claims) = certificate else {
            return true;
        };
        match self {
            Self::Subject(_) => claims.subject().is_some(),
            Self::Spiffe | Self::TrustDomain => claims.spiffe_id().is_some(),
            Self::Thumbprint => claims.thumbprint().is_some(),
            Self::Uri
            | Self::Dns
            | Self::Email
            | Self::Upn
            | Self::Ip
            | Self::Serial
            | Self::PublicKey => false,
        }
    }

    /// What `pick` makes of the first value that it takes. It is not shown
    /// values that no rule may match.
    pub(crate) fn find_map<T>(
        self,
        certificate: &ClientCertificate,
        pick: impl FnMut(Cow<'_, str>) -> Option<T>,
    ) -> Option<T> {
        self.values(certificate).flatten().find_map(pick)
    }

    /// What there is, for a template: a value only if it is the only one.
    pub(crate) fn value(self, certificate: &ClientCertificate) -> FieldValue<'_> {
        FieldValue::only(self.values(certificate))
    }

    /// The values, from whichever source there is; `None` for one that no rule
    /// may match.
    fn values(self, certificate: &ClientCertificate) -> impl Iterator<Item = Option<Cow<'_, str>>> {
        let whole = certificate.whole();
        let attributes = match self {
            Self::Subject(kind) => whole.map(|whole| subject_values(whole, kind)),
            _ => None,
        };
        let alone = whole.and_then(|whole| self.digest_or_number(whole));
        let names = whole.filter(|_| self.is_alternative_name());
        let names = names.map(|whole| self.alternative_names(whole));
        let claimed = certificate.claims().map(|claims| self.claimed(claims));
        attributes
            .into_iter()
            .flatten()
            .chain(alone.map(Some))
            .chain(names.into_iter().flatten())
            .chain(claimed.into_iter().flatten())
    }

    fn is_alternative_name(self) -> bool {
        match self {
            Self::Spiffe
            | Self::TrustDomain
            | Self::Uri
            | Self::Dns
            | Self::Email
            | Self::Upn
            | Self::Ip => true,
            Self::Subject(_) | Self::Serial | Self::Thumbprint | Self::PublicKey => false,
        }
    }

    /// The values that an edge claims; `None` for one that no rule may match.
    fn claimed(self, claims: &Claims) -> impl Iterator<Item = Option<Cow<'_, str>>> {
        let attributes = match self {
            Self::Subject(kind) => claims.subject().map(|subject| subject.values(kind)),
            _ => None,
        };
        let alone = match self {
            Self::Spiffe => claims.spiffe_id().map(|id| Cow::Borrowed(id.as_str())),
            Self::TrustDomain => claims
                .spiffe_id()
                .map(|id| Cow::Borrowed(id.trust_domain())),
            Self::Thumbprint => claims.thumbprint().map(|sha256| Cow::Owned(sha256.hex())),
            _ => None,
        };
        let attributes = attributes.into_iter().flatten();
        attributes.map(NameValue::matchable).chain(alone.map(Some))
    }

    /// What is computed from the certificate as a whole, or identifies it.
    fn digest_or_number(self, certificate: &CertInfo) -> Option<Cow<'static, str>> {
        Some(Cow::Owned(match self {
            Self::Thumbprint => certificate.thumbprint().hex(),
            Self::PublicKey => Thumbprint::from_bytes(certificate.public_key_sha256()).hex(),
            Self::Serial => certificate.serial().to_string(),
            _ => return None,
        }))
    }

    /// The alternative names of this kind; `None` for one that no rule may
    /// match.
    fn alternative_names(
        self,
        certificate: &CertInfo,
    ) -> impl Iterator<Item = Option<Cow<'_, str>>> {
        let names = certificate.alternative_names();
        names.filter_map(move |name| self.alternative_name(&name))
    }

    fn alternative_name<'c>(self, name: &GeneralName<'c>) -> Option<Option<Cow<'c, str>>> {
        let text = match (self, *name) {
            (Self::Spiffe | Self::TrustDomain, GeneralName::Uri(uri)) if is_spiffe(uri) => {
                return Some(SpiffeId::parse(uri).ok().map(|id| {
                    Cow::Borrowed(match self {
                        Self::TrustDomain => id.trust_domain(),
                        _ => id.as_str(),
                    })
                }));
            }
            (Self::Upn, _) if name.is_upn() => return Some(name.upn().map(Cow::Borrowed)),
            (Self::Ip, GeneralName::Ip(address)) => {
                return Some(Some(Cow::Owned(address.to_canonical().to_string())));
            }
            (Self::Uri, GeneralName::Uri(text))
            | (Self::Dns, GeneralName::Dns(text))
            | (Self::Email, GeneralName::Email(text)) => text,
            _ => return None,
        };
        Some(is_matchable(text).then_some(Cow::Borrowed(text)))
    }
}

impl<'c> FieldValue<'c> {
    fn only(mut values: impl Iterator<Item = Option<Cow<'c, str>>>) -> Self {
        match (values.next(), values.next()) {
            (None, _) => Self::Absent,
            (Some(_), Some(_)) => Self::Several,
            (Some(Some(value)), None) => Self::One(value),
            (Some(None), None) => Self::Unusable,
        }
    }
}

/// The subject's attributes of this type; `None` for one that no rule may
/// match.
fn subject_values(
    certificate: &CertInfo,
    kind: AttributeType,
) -> impl Iterator<Item = Option<Cow<'_, str>>> {
    let values = certificate.subject().values(kind);
    values.map(AttributeValue::matchable)
}

/// Whether a URI's scheme is `spiffe`, well-formed or not.
pub(crate) fn is_spiffe(uri: &str) -> bool {
    let scheme = uri.split_once(':').map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("spiffe"))
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
