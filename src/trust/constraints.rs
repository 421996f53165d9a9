//! What a certificate has to have.

use crate::certificate::{CertInfo, ClientCertificate, NamedOid};
use crate::condition::{Condition, Outcome};

use super::{IssuerVerdict, Issuers};

/// What a certificate has to have, all of it; by default nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Constraints {
    pub(crate) conditions: Box<[Condition]>,
    /// Of these the issuer is one; any issuer if there are none.
    pub(crate) issuers: Issuers,
    /// The extensions that are there, critical or not.
    pub(crate) extensions: Box<[NamedOid]>,
    /// The purposes that its extended key usage lists, each by itself.
    pub(crate) purposes: Box<[NamedOid]>,
    /// The SHA-256 of public keys, of which one verified the certificate's
    /// signature; any key if there are none.
    pub(crate) issuer_keys: Box<[[u8; 32]]>,
}

/// The SHA-256 of the key that verified a certificate's signature, where that was
/// done in this process.
pub(crate) type IssuerKey<'a> = Option<&'a [u8; 32]>;

/// Whether a certificate has what it has to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compliance {
    Met,
    NotMet,
}

impl Constraints {
    /// Whether nothing is demanded.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Judges a certificate. What its source does not tell is not met, and
    /// neither is what could be met by either of two SPIFFE IDs.
    pub(crate) fn judge(
        &self,
        certificate: &ClientCertificate,
        issuer_key: IssuerKey<'_>,
    ) -> Compliance {
        // Of what is not told there is no value, and nothing to hold.
        let holds = |condition: &Condition| condition.judge(certificate) == Outcome::Holds;
        let is_met = self.conditions.iter().all(holds)
            && self.issuers.judge(certificate) != IssuerVerdict::NotAllowed
            && (self.issuer_keys.is_empty()
                || issuer_key.is_some_and(|key| self.issuer_keys.contains(key)))
            && match certificate.whole() {
                Some(certificate) => self.extensions_are_met_by(certificate),
                None => self.extensions.is_empty() && self.purposes.is_empty(),
            };
        if is_met {
            Compliance::Met
        } else {
            Compliance::NotMet
        }
    }

    /// A certificate without an extended key usage, or with
    /// anyExtendedKeyUsage, lists no purpose: RFC 5280 section 4.2.1.12 lets
    /// whoever asks for one refuse both.
    fn extensions_are_met_by(&self, certificate: &CertInfo) -> bool {
        let has = |wanted: &NamedOid| certificate.extension_ids().any(|id| wanted.is(id));
        let lists = |wanted: &NamedOid| {
            let usage = certificate.extended_key_usage();
            usage.is_some_and(|usage| usage.purposes().any(|purpose| wanted.is(purpose)))
        };
        self.extensions.iter().all(has) && self.purposes.iter().all(lists)
    }
}
