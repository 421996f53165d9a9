//! Certificates that a policy takes back, one by one.

use std::collections::{HashMap, HashSet};

use crate::certificate::{CertInfo, Claims, ClientCertificate, DistinguishedName, Thumbprint};

/// The certificates that nobody may use any more: by the SHA-256 of their DER,
/// or by issuer and serial number.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Revoked {
    thumbprints: HashSet<Thumbprint, foldhash::quality::RandomState>,
    /// The issuers of each serial number, as certificates print it.
    serials: HashMap<Box<str>, Vec<DistinguishedName>, foldhash::quality::RandomState>,
}

/// What a list of revoked certificates says about one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Revocation {
    /// It is not listed.
    NotListed,
    /// It is listed.
    Revoked,
    /// It may be listed: the source of the certificate does not tell what the
    /// list goes by.
    Untold,
}

impl Revoked {
    /// The list of these thumbprints, and of these serial numbers each of an
    /// issuer; a serial number is lower-case hexadecimal in whole octets, as
    /// certificates print it.
    pub(crate) fn new(
        thumbprints: impl IntoIterator<Item = Thumbprint>,
        serials: impl IntoIterator<Item = (Box<str>, DistinguishedName)>,
    ) -> Self {
        let mut list = Self {
            thumbprints: thumbprints.into_iter().collect(),
            ..Self::default()
        };
        for (serial, issuer) in serials {
            list.serials.entry(serial).or_default().push(issuer);
        }
        list
    }

    /// Whether nothing is listed.
    pub(crate) fn is_empty(&self) -> bool {
        self.thumbprints.is_empty() && self.serials.is_empty()
    }

    /// Looks a certificate up.
    pub(crate) fn judge(&self, certificate: &ClientCertificate) -> Revocation {
        match certificate {
            ClientCertificate::Whole(certificate) if self.lists(certificate) => Revocation::Revoked,
            ClientCertificate::Whole(_) => Revocation::NotListed,
            ClientCertificate::Claimed(claims) => self.judge_claims(claims),
        }
    }

    fn lists(&self, certificate: &CertInfo) -> bool {
        if self.thumbprints.contains(&certificate.thumbprint()) {
            return true;
        }
        // No text is made of the number where no number is listed.
        if self.serials.is_empty() {
            return false;
        }
        let issuers = self.serials.get(&*certificate.serial().to_string());
        let mut issuers = issuers.into_iter().flatten();
        issuers.any(|issuer| issuer.matches(certificate.issuer()))
    }

    /// Claims never tell a serial number, so that every certificate of an issuer
    /// of which one is listed may be that one.
    fn judge_claims(&self, claims: &Claims) -> Revocation {
        let listed = |sha256| self.thumbprints.contains(&sha256);
        let by_thumbprint = match claims.thumbprint() {
            Some(sha256) if listed(sha256) => Revocation::Revoked,
            None if !self.thumbprints.is_empty() => Revocation::Untold,
            Some(_) | None => Revocation::NotListed,
        };
        let mut issuers = self.serials.values().flatten();
        let number_is_untold = match claims.issuer() {
            Some(claimed) => issuers.any(|issuer| issuer == claimed),
            None => !self.serials.is_empty(),
        };
        match by_thumbprint {
            Revocation::NotListed if number_is_untold => Revocation::Untold,
            other => other,
        }
    }
}
