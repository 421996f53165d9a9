//! From a certificate to an authority of the policy, with every signature
//! verified, by rustls-webpki.

use core::cell::Cell;
use core::time::Duration;

use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, Error, VerifiedPath as Candidate};

use crate::certificate::{
    BasicConstraints, CertInfo, ClientCertificate, ExtendedKeyUsage, KeyUsage, ListScope, Validity,
    ValidityAt,
};
use crate::request::Timestamp;
use crate::trust::path::{
    AuthorityId, Lists, PathFault, RevokedOnPath, ToleratedOnPath, VerifiedPath,
};

use super::authorities::{Authority, AuthorityStore};
use super::candidates;
use super::lists::{RevocationLists, Rules, Standing, Subject};
use super::signature::ALGORITHMS;
use super::subject_names::{may_have_common_names, may_have_subject};

/// What verifies certificates in this process: the authorities, and what is asked
/// of a path to one of them.
#[derive(Clone, Debug)]
pub(crate) struct Verifier {
    authorities: AuthorityStore,
    /// One for each authority, in their order.
    anchors: Vec<TrustAnchor<'static>>,
    rules: ChainRules,
}

/// What a policy asks of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ChainRules {
    /// How many authorities may stand between a certificate and one of the
    /// policy's.
    pub(crate) max_intermediates: usize,
    /// How many certificates beside the client's are looked at.
    pub(crate) max_candidates: usize,
    pub(crate) revocation: WantedLists,
    pub(crate) stale: StaleLists,
    pub(crate) expired: Fault,
    pub(crate) revoked: Fault,
}

/// Whether every issuer on a path needs a revocation list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WantedLists {
    /// Of an issuer without one, nothing is revoked.
    IfListed,
    Required,
}

/// What to make of a list that is overdue, or not yet valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StaleLists {
    Deny,
    Allow,
    Warn,
}

/// What to make of a fault of the client's own certificate, if it is the only one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Denies,
    IsAllowed,
}

/// Two are equal if they take the same authorities by the same rules.
impl PartialEq for Verifier {
    fn eq(&self, other: &Self) -> bool {
        self.authorities == other.authorities && self.rules == other.rules
    }
}

impl Verifier {
    /// A verifier, unless an authority cannot be used: then it is the one of this
    /// name.
    pub(crate) fn new(authorities: AuthorityStore, rules: ChainRules) -> Result<Self, Box<str>> {
        let anchor = |authority: &Authority| {
            let der = CertificateDer::from(authority.certificate().der());
            // An anchor may have critical extensions that nobody knows. What they
            // ask for would not be done, so that it is read like any other first.
            EndEntityCert::try_from(&der).map_err(|_| Box::<str>::from(authority.name()))?;
            let anchor = webpki::anchor_from_trusted_cert(&der);
            let anchor = anchor.map(|anchor| anchor.to_owned());
            anchor.map_err(|_| Box::from(authority.name()))
        };
        Ok(Self {
            anchors: authorities
                .iter()
                .map(anchor)
                .collect::<Result<_, Box<str>>>()?,
            authorities,
            rules,
        })
    }

    pub(crate) fn authorities(&self) -> &AuthorityStore {
        &self.authorities
    }

    pub(crate) fn name_of(&self, id: AuthorityId) -> Option<&str> {
        self.authorities.at(id.0 as usize).map(Authority::name)
    }

    /// Whether a certificate that has expired may pass.
    pub(crate) fn allows_expired(&self) -> bool {
        self.rules.expired == Fault::IsAllowed
    }

    /// Whether a certificate that is revoked may pass.
    pub(crate) fn allows_revoked(&self) -> bool {
        self.rules.revoked == Fault::IsAllowed
    }

    /// Looks for a path from a certificate to an authority, over any of the
    /// certificates in `chain`, in whatever order, which are evidence of nothing.
    /// The certificate's own dates are for whoever asks next.
    pub(crate) fn verify(
        &self,
        certificate: &ClientCertificate,
        chain: &[Vec<u8>],
        lists: &RevocationLists,
        now: Timestamp,
    ) -> Result<VerifiedPath, PathFault> {
        let leaf = certificate.whole().ok_or(PathFault::NothingToVerify)?;
        if chain.len() > self.rules.max_candidates {
            return Err(PathFault::TooManyCertificates);
        }
        if !may_authenticate(leaf) {
            return Err(PathFault::Purpose);
        }
        let der = CertificateDer::from(leaf.der());
        let entity = EndEntityCert::try_from(&der).map_err(|error| fault_of(&error))?;
        let candidates = candidates::select(leaf, chain, &self.authorities)?;

        let found = Cell::new(None);
        let furthest = Cell::new(None);
        let check = |candidate: &Candidate<'_>| {
            match self.follow(leaf, candidate, lists, now) {
                Ok(path) => found.set(Some(path)),
                Err(fault) => {
                    furthest.set(furthest.get().max(Some(fault)));
                    return Err(Error::UnknownIssuer);
                }
            }
            Ok(())
        };
        let outcome = entity.verify_for_usage(
            ALGORITHMS,
            &self.anchors,
            &candidates,
            moment_of(leaf.validity(), now).ok_or(PathFault::Unreadable)?,
            webpki::KeyUsage::client_auth(),
            None,
            Some(&check),
        );
        match (outcome, found.get()) {
            (Ok(_), Some(path)) => Ok(path),
            (Ok(_), None) => Err(PathFault::NoAuthority),
            (Err(error), _) => Err(furthest.get().unwrap_or_else(|| fault_of(&error))),
        }
    }

    /// What else a path has to be, on which every signature is right: everything
    /// that is about this moment, and who may sign what.
    fn follow(
        &self,
        leaf: &CertInfo,
        candidate: &Candidate<'_>,
        lists: &RevocationLists,
        now: Timestamp,
    ) -> Result<VerifiedPath, PathFault> {
        let place = self
            .anchors
            .iter()
            .position(|anchor| core::ptr::eq(anchor, candidate.anchor()))
            .ok_or(PathFault::NoAuthority)?;
        let authority = self.authorities.at(place).ok_or(PathFault::NoAuthority)?;
        let intermediates = candidate
            .intermediate_certificates()
            .map(|certificate| CertInfo::from_der(certificate.der().to_vec()))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| PathFault::Unreadable)?;
        if intermediates.len() > self.rules.max_intermediates {
            return Err(PathFault::TooLong);
        }
        if !has_room_for(authority.certificate(), &intermediates) {
            return Err(PathFault::TooLong);
        }
        let issuers = || intermediates.iter().chain([authority.certificate()]);

        let mut holds = Standing::EVER;
        for (issuer, place) in issuers().zip(0..) {
            let between = intermediates.iter().take(place);
            check_issuer(issuer, leaf, between, now)?;
            holds = common(holds, issuer.validity());
        }

        let mut tolerated = ToleratedOnPath::default();
        for (subject, issuer) in [leaf].into_iter().chain(&intermediates).zip(issuers()) {
            let is_leaf = core::ptr::eq(subject, leaf);
            let standing = lists.judge(issuer, looked_up(subject, is_leaf), self.asked(), now)?;
            if standing.revoked {
                tolerated.revoked = self.tolerate(is_leaf, standing.lists)?;
            }
            if standing.lists == Lists::Stale {
                tolerated.lists = Lists::Stale;
            }
            holds = common(holds, standing.holds);
        }
        let signer = issuers().next().ok_or(PathFault::NoAuthority)?;
        Ok(VerifiedPath {
            authority: AuthorityId(u32::try_from(place).map_err(|_| PathFault::NoAuthority)?),
            issuer_key: signer.public_key_sha256(),
            holds,
            tolerated,
        })
    }

    /// Whether a revoked certificate passes: the client's own, where the policy
    /// allows it and nothing else is wrong.
    fn tolerate(&self, is_leaf: bool, lists: Lists) -> Result<RevokedOnPath, PathFault> {
        let stale_too = lists == Lists::Stale && self.rules.stale == StaleLists::Deny;
        match (is_leaf, self.rules.revoked) {
            (false, _) => Err(PathFault::AuthorityRevoked),
            (true, Fault::IsAllowed) if !stale_too => Ok(RevokedOnPath::Yes),
            (true, _) => Err(PathFault::Revoked),
        }
    }

    fn asked(&self) -> Rules {
        Rules {
            revocation: self.rules.revocation,
            stale: self.rules.stale,
        }
    }
}

/// Whether an issuer on a path may sign for TLS clients now, and may give the names of
/// those below it: the client's certificate, and the authorities between.
fn check_issuer<'c>(
    issuer: &CertInfo,
    leaf: &'c CertInfo,
    between: impl Iterator<Item = &'c CertInfo>,
    now: Timestamp,
) -> Result<(), PathFault> {
    if !issuer.may_sign_certificates() {
        return Err(PathFault::Role);
    }
    if !is_for_clients(issuer) {
        return Err(PathFault::Purpose);
    }
    let mut below = [leaf].into_iter().chain(between);
    if !below.all(|certificate| may_have_subject(issuer, certificate))
        || !may_have_common_names(issuer, leaf)
    {
        return Err(PathFault::NameConstraint);
    }
    if issuer.validity().at(now) != ValidityAt::Valid {
        return Err(PathFault::AuthorityOutOfDate);
    }
    Ok(())
}

/// What a list has to be about for a certificate on a path.
fn looked_up(certificate: &CertInfo, is_leaf: bool) -> Subject<'_> {
    Subject {
        serial: certificate.serial(),
        scope: if is_leaf {
            ListScope::EndEntities
        } else {
            ListScope::Authorities
        },
    }
}

/// A TLS client signs with its key, or agrees on one with it, if the certificate
/// says what the key may do (RFC 5280 section 4.2.1.12 on id-kp-clientAuth).
fn may_authenticate(leaf: &CertInfo) -> bool {
    let may = |usage: KeyUsage| usage.digital_signature() || usage.key_agreement();
    leaf.key_usage().is_none_or(may)
}

/// Whether a certificate's extended key usage, if it has one, is for TLS clients. The
/// library asks this of every certificate but those of the policy.
fn is_for_clients(issuer: &CertInfo) -> bool {
    let usage = issuer.extended_key_usage();
    usage.is_none_or(ExtendedKeyUsage::client_auth)
}

/// Whether an authority of the policy allows so many below it (RFC 5280 section
/// 4.2.1.9). Those that it issued to itself do not count. The library asks this of
/// every certificate but those of the policy.
fn has_room_for(authority: &CertInfo, intermediates: &[CertInfo]) -> bool {
    let Some(BasicConstraints::Authority {
        path_len: Some(room),
    }) = authority.basic_constraints()
    else {
        return true;
    };
    let is_own = |certificate: &&CertInfo| certificate.issuer() == certificate.subject();
    let others = intermediates.iter().filter(|own| !is_own(own)).count();
    u32::try_from(others).is_ok_and(|others| others <= room)
}

/// The moment in a certificate's validity that is nearest to now. Before its
/// validity, and after, everything else still is as it is.
fn moment_of(validity: Validity, now: Timestamp) -> Option<UnixTime> {
    let moment = match validity.at(now) {
        ValidityAt::NotYetValid => validity.not_before,
        ValidityAt::Valid => now,
        ValidityAt::Expired => validity.not_after,
    };
    let seconds = u64::try_from(moment.unix_seconds()).ok()?;
    Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
}

/// The moments that are in both.
fn common(one: Validity, other: Validity) -> Validity {
    Validity {
        not_before: one.not_before.max(other.not_before),
        not_after: one.not_after.min(other.not_after),
    }
}

/// What the library found, where no path came as far as the checks here.
fn fault_of(error: &Error) -> PathFault {
    match error {
        Error::UnknownIssuer => PathFault::NoAuthority,
        Error::InvalidSignatureForPublicKey
        | Error::SignatureAlgorithmMismatch
        | Error::UnsupportedSignatureAlgorithmContext(_)
        | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => PathFault::Signature,
        Error::RequiredEkuNotFoundContext(_) | Error::EmptyEkuExtension => PathFault::Purpose,
        Error::CaUsedAsEndEntity | Error::EndEntityUsedAsCa => PathFault::Role,
        Error::PathLenConstraintViolated | Error::MaximumPathDepthExceeded => PathFault::TooLong,
        Error::NameConstraintViolation
        | Error::MalformedNameConstraint
        | Error::InvalidNetworkMaskConstraint
        | Error::UnsupportedNameType => PathFault::NameConstraint,
        // The certificate's own dates are passed over.
        Error::CertExpired { .. } | Error::CertNotValidYet { .. } => PathFault::AuthorityOutOfDate,
        Error::MaximumSignatureChecksExceeded
        | Error::MaximumPathBuildCallsExceeded
        | Error::MaximumNameConstraintComparisonsExceeded => PathFault::Budget,
        _ => PathFault::Unreadable,
    }
}
