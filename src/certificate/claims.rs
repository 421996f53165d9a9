//! What an edge tells about a certificate without sending it.

use core::fmt;

use crate::request::Timestamp;

use super::{CertInfo, DistinguishedName, GeneralName, SpiffeId, Thumbprint, ValidityAt};

/// What a trusted edge says about a client's certificate that it does not
/// forward: a subject, a SHA-256, a SPIFFE ID.
///
/// Every field is optional, because every edge tells something else, and no
/// field was read from the certificate. It holds only what the policy takes
/// from claims. `Debug` shows which fields there are, never their values.
#[derive(Clone, Default)]
pub struct Claims {
    pub(crate) thumbprint: Option<Thumbprint>,
    pub(crate) subject: Option<DistinguishedName>,
    pub(crate) issuer: Option<DistinguishedName>,
    pub(crate) not_before: Option<Timestamp>,
    pub(crate) not_after: Option<Timestamp>,
    pub(crate) spiffe_id: ClaimedSpiffeId,
}

/// What is claimed of a certificate's SPIFFE ID. An edge that is asked for it and
/// says nothing tells that there is none.
#[derive(Clone, Default)]
pub(crate) enum ClaimedSpiffeId {
    /// Nobody is asked, or the answer could be forged.
    #[default]
    Untold,
    /// There is none.
    None,
    /// This one, which is well-formed.
    Id(Box<str>),
}

impl ClaimedSpiffeId {
    fn id(&self) -> Option<&str> {
        match self {
            Self::Id(id) => Some(id),
            Self::Untold | Self::None => None,
        }
    }
}

impl Claims {
    /// The SHA-256 of the certificate.
    #[must_use]
    pub fn thumbprint(&self) -> Option<Thumbprint> {
        self.thumbprint
    }

    /// The subject.
    #[must_use]
    pub fn subject(&self) -> Option<&DistinguishedName> {
        self.subject.as_ref()
    }

    /// The issuer.
    #[must_use]
    pub fn issuer(&self) -> Option<&DistinguishedName> {
        self.issuer.as_ref()
    }

    /// The beginning of its validity.
    #[must_use]
    pub fn not_before(&self) -> Option<Timestamp> {
        self.not_before
    }

    /// The end of its validity.
    #[must_use]
    pub fn not_after(&self) -> Option<Timestamp> {
        self.not_after
    }

    /// The SPIFFE ID.
    #[must_use]
    pub fn spiffe_id(&self) -> Option<SpiffeId<'_>> {
        SpiffeId::parse(self.spiffe_id.id()?).ok()
    }

    /// Whether it is told which SPIFFE ID there is, or that there is none.
    pub(crate) fn tells_spiffe_id(&self) -> bool {
        !matches!(self.spiffe_id, ClaimedSpiffeId::Untold)
    }

    /// Whether nothing of this contradicts the certificate that the edge sends
    /// beside it. The validity is the certificate's own.
    pub(crate) fn agree_with(&self, certificate: &CertInfo) -> bool {
        let thumbprint = self.thumbprint;
        let (subject, issuer) = (self.subject.as_ref(), self.issuer.as_ref());
        let is_a_name = |id: &str| {
            let mut names = certificate.alternative_names();
            names.any(|name| matches!(name, GeneralName::Uri(uri) if uri == id))
        };
        thumbprint.is_none_or(|claimed| claimed == certificate.thumbprint())
            && subject.is_none_or(|claimed| claimed.matches(certificate.subject()))
            && issuer.is_none_or(|claimed| claimed.matches(certificate.issuer()))
            && self.spiffe_id.id().is_none_or(is_a_name)
    }

    /// Where `now` lies, as far as the edge tells the bounds; both are
    /// inclusive.
    fn validity_at(&self, now: Timestamp) -> ValidityAt {
        if self.not_before.is_some_and(|not_before| now < not_before) {
            ValidityAt::NotYetValid
        } else if self.not_after.is_some_and(|not_after| now > not_after) {
            ValidityAt::Expired
        } else {
            ValidityAt::Valid
        }
    }
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = [
            ("thumbprint", self.thumbprint.is_some()),
            ("subject", self.subject.is_some()),
            ("issuer", self.issuer.is_some()),
            ("not_before", self.not_before.is_some()),
            ("not_after", self.not_after.is_some()),
            ("spiffe_id", self.spiffe_id.id().is_some()),
        ];
        let present = fields.iter().filter(|(_, is_there)| *is_there);
        f.write_str("Claims")?;
        f.debug_list()
            .entries(present.map(|(name, _)| name))
            .finish()
    }
}

/// A client's certificate as far as this process knows it.
#[derive(Clone, Debug)]
pub enum ClientCertificate {
    /// The certificate itself.
    Whole(CertInfo),
    /// What an edge says about it.
    Claimed(Claims),
}

impl ClientCertificate {
    /// The certificate itself, if it is known.
    #[must_use]
    pub fn whole(&self) -> Option<&CertInfo> {
        match self {
            Self::Whole(certificate) => Some(certificate),
            Self::Claimed(_) => None,
        }
    }

    /// What an edge says about it, where that is all.
    #[must_use]
    pub fn claims(&self) -> Option<&Claims> {
        match self {
            Self::Whole(_) => None,
            Self::Claimed(claims) => Some(claims),
        }
    }

    /// The SHA-256 of the certificate, computed or claimed.
    #[must_use]
    pub fn thumbprint(&self) -> Option<Thumbprint> {
        match self {
            Self::Whole(certificate) => Some(certificate.thumbprint()),
            Self::Claimed(claims) => claims.thumbprint,
        }
    }

    /// The subject as RFC 4514 text, if it is known and not empty.
    #[must_use]
    pub fn subject_text(&self) -> Option<String> {
        match self {
            Self::Whole(certificate) => {
                let subject = certificate.subject();
                (!subject.is_empty()).then(|| subject.to_string())
            }
            Self::Claimed(claims) => {
                let subject = claims.subject().filter(|subject| !subject.is_empty())?;
                Some(subject.to_string())
            }
        }
    }

    /// Whether the subject is known and not empty.
    #[must_use]
    pub fn has_subject(&self) -> bool {
        match self {
            Self::Whole(certificate) => !certificate.subject().is_empty(),
            Self::Claimed(claims) => claims.subject().is_some_and(|subject| !subject.is_empty()),
        }
    }

    /// The last second of its validity, if it is known.
    #[must_use]
    pub fn not_after(&self) -> Option<Timestamp> {
        match self {
            Self::Whole(certificate) => Some(certificate.validity().not_after),
            Self::Claimed(claims) => claims.not_after,
        }
    }

    /// Whether it is valid at `now`, both bounds inclusive. Of claims, only the
    /// bounds that the edge tells count.
    #[must_use]
    pub fn validity_at(&self, now: Timestamp) -> ValidityAt {
        match self {
            Self::Whole(certificate) => certificate.validity().at(now),
            Self::Claimed(claims) => claims.validity_at(now),
        }
    }
}
