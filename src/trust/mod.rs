//! Is this certificate acceptable, once its edge has vouched for it: issuer
//! and validity.
//!
//! The edge checked the signature chain. What is checked here whoever verified
//! is what a policy says about issuers and what the clock says about the
//! certificate's dates.

use crate::certificate::{CertInfo, DistinguishedName, EncodedName, Name, ValidityAt};
use crate::request::Timestamp;

/// The compiled rules about issuers.
#[derive(Clone, Debug, Default)]
pub struct Issuers {
    allowed: Box<[DistinguishedName]>,
    /// What the search says of the encodings that are likely to be met.
    likely: Box<[(EncodedName, IssuerId)]>,
}

/// An issuer of the policy, by its place in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct IssuerId(pub(crate) u32);

/// What the policy says about a certificate's issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssuerVerdict {
    /// The policy names no issuers.
    NotRestricted,
    /// This one of the policy's issuers.
    Allowed(IssuerId),
    /// None of them.
    NotAllowed,
}

impl Issuers {
    /// Rules that allow these issuers, or every issuer if there are none.
    #[must_use]
    pub fn new(allowed: Vec<DistinguishedName>) -> Self {
        let mut issuers = Self {
            allowed: allowed.into_boxed_slice(),
            likely: Box::default(),
        };
        issuers.likely = issuers
            .allowed
            .iter()
            .flat_map(DistinguishedName::likely_encodings)
            .filter_map(|encoded| {
                let id = issuers.search(encoded.as_name())?;
                Some((encoded, id))
            })
            .collect();
        issuers
    }

    /// Judges the issuer by name. The name says which authority the
    /// certificate claims; that the authority signed it is for whoever
    /// verified the chain.
    #[must_use]
    pub fn judge(&self, certificate: &CertInfo) -> IssuerVerdict {
        if self.allowed.is_empty() {
            return IssuerVerdict::NotRestricted;
        }
        let issuer = certificate.issuer();
        let likely = self
            .likely
            .iter()
            .find(|(encoded, _)| encoded.as_name().as_der() == issuer.as_der());
        likely
            .map(|(_, id)| *id)
            .or_else(|| self.search(issuer))
            .map_or(IssuerVerdict::NotAllowed, IssuerVerdict::Allowed)
    }

    /// The first issuer that matches, by comparing characters.
    fn search(&self, issuer: Name<'_>) -> Option<IssuerId> {
        (0..)
            .zip(&self.allowed)
            .find(|(_, allowed)| allowed.matches(issuer))
            .map(|(place, _)| IssuerId(place))
    }

    /// The place of an issuer that is equal to `name`.
    #[must_use]
    pub fn find(&self, name: &DistinguishedName) -> Option<IssuerId> {
        (0..)
            .zip(&self.allowed)
            .find(|(_, allowed)| *allowed == name)
            .map(|(place, _)| IssuerId(place))
    }

    /// How many issuers are named.
    #[must_use]
    pub fn len(&self) -> usize {
        self.allowed.len()
    }

    /// Whether every issuer is allowed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.allowed.is_empty()
    }
}

/// Whether the certificate is valid at `now`; both bounds are inclusive
/// (RFC 5280 section 4.1.2.5).
#[must_use]
pub fn validity(certificate: &CertInfo, now: Timestamp) -> ValidityAt {
    certificate.validity().at(now)
}
