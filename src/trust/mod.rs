//! Is this certificate acceptable, once its edge has vouched for it: issuer
//! and validity.
//!
//! The edge checked the signature chain. What is checked here whoever verified
//! is what a policy says about issuers and what the clock says about the
//! certificate's dates.

mod expiry;

use crate::certificate::{ClientCertificate, DistinguishedName, EncodedName, Name};

pub(crate) use expiry::ExpiryThresholds;
pub use expiry::ExpiryWarning;

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
    /// verified the chain. Where an edge does not tell the issuer, it is none
    /// of those that the policy names.
    #[must_use]
    pub fn judge(&self, certificate: &ClientCertificate) -> IssuerVerdict {
        if self.allowed.is_empty() {
            return IssuerVerdict::NotRestricted;
        }
        let id = match certificate {
            ClientCertificate::Whole(certificate) => self.find_encoded(certificate.issuer()),
            ClientCertificate::Claimed(claims) => {
                claims.issuer().and_then(|issuer| self.find(issuer))
            }
        };
        id.map_or(IssuerVerdict::NotAllowed, IssuerVerdict::Allowed)
    }

    /// The place of the issuer that a certificate names.
    fn find_encoded(&self, issuer: Name<'_>) -> Option<IssuerId> {
        let likely = self
            .likely
            .iter()
            .find(|(encoded, _)| encoded.as_name().as_der() == issuer.as_der());
        likely.map(|(_, id)| *id).or_else(|| self.search(issuer))
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

    /// The issuers that are named, in order.
    pub(crate) fn names(&self) -> &[DistinguishedName] {
        &self.allowed
    }

    /// The name of an issuer.
    pub(crate) fn name(&self, id: IssuerId) -> Option<&DistinguishedName> {
        self.allowed.get(id.0 as usize)
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
