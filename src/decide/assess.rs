//! The second step: the forwarded certificate, and what follows from its bytes
//! and the policy alone.

use std::sync::{Arc, OnceLock};

use crate::certificate::{CertInfo, Claims, ClientCertificate};
use crate::dialect::Dialect;
use crate::edge::{Decoded, Presence, Route, Standing, TrustedEdge, Verification};
use crate::identity::NotMapped;
use crate::policy::{Policy, UnverifiedBearer};
use crate::request::{PeerCertificate, Timestamp};
use crate::trust::{Arrival, TrustVerdict};

use super::denial::Denial;
use super::facts::{BearerLine, Exemption, Facts, Selection};
use super::mapped::MappedIdentity;
use super::observe::{Noted, Part};
use super::presented::{Flaw, Presented, PresentedCertificate};
use super::source::CertificateSource;
use super::{Reason, Stage, permit};

/// A certificate and everything that follows from its bytes and the policy:
/// what a cache holds. It says nothing about this request or this edge, and of the
/// time only, where the certificate is verified in this process, how long that
/// holds.
#[derive(Debug)]
pub struct Assessed {
    pub(super) certificate: ClientCertificate,
    pub(super) trust: TrustVerdict,
    pub(super) mapping: Result<MappedIdentity, NotMapped>,
    /// The certificate once more, for whoever keeps it beyond the request.
    shared: OnceLock<Arc<CertInfo>>,
    /// The subject's text, for whoever is the first to be told it.
    subject: OnceLock<Option<Box<str>>>,
}

impl Assessed {
    /// Reads the certificate that was decoded. What stands in the chain header has
    /// to be well-formed, whether it is used or not.
    fn new(
        facts: &Facts<'_>,
        decoded: Option<Decoded>,
        connection: Option<PeerCertificate<'_>>,
    ) -> Result<Option<Self>, Denial> {
        let policy = facts.policy;
        let (forwarded, thumbprint, route) = match decoded {
            Some(Decoded::Certificate {
                forwarded,
                thumbprint,
                route,
            }) => (forwarded, thumbprint, route),
            Some(Decoded::Claims(claims)) => return Ok(Some(Self::of_claims(facts, claims))),
            None => return Ok(None),
        };
        // A list belongs where the chain has no header of its own.
        if !forwarded.chain.is_empty() && policy.edge().names().chain().is_some() {
            return Err(Reason::HeaderAmbiguous.into());
        }
        let of_header = decode_chain(facts)?;
        let certificate =
            CertInfo::from_hashed_der(forwarded.leaf, thumbprint, policy.edge().max_names)?;
        let chain = match connection {
            Some(certificate) => certificate.chain(),
            None if forwarded.chain.is_empty() => &of_header,
            None => &forwarded.chain,
        };
        let certificate = ClientCertificate::Whole(certificate);
        Ok(Some(Self::of(facts, certificate, route, chain)))
    }

    /// What an edge says about a certificate that it does not forward.
    fn of_claims(facts: &Facts<'_>, claims: Claims) -> Self {
        let certificate = ClientCertificate::Claimed(claims);
        Self::of(facts, certificate, Route::Known, &[])
    }

    fn of(
        facts: &Facts<'_>,
        certificate: ClientCertificate,
        route: Route,
        chain: &[Vec<u8>],
    ) -> Self {
        let policy = facts.policy;
        let arrival = Arrival {
            route,
            chain,
            lists: facts.lists,
            now: facts.request.now.wall,
        };
        let trust = policy.trust.judge(&certificate, arrival);
        let mapping = MappedIdentity::of(policy, &certificate, &trust);
        Self {
            certificate,
            trust,
            mapping,
            shared: OnceLock::new(),
            subject: OnceLock::new(),
        }
    }

    /// Whether the same would follow from its source at this moment.
    pub(crate) fn holds_at(&self, now: Timestamp) -> bool {
        self.trust.holds_at(now)
    }

    /// Whether a cache may keep it: anybody can write a certificate that nobody
    /// verifies, and what has no path now may have one in a moment.
    pub(super) fn may_be_kept(&self, policy: &Policy) -> bool {
        policy.trust.verifier.is_none() || self.trust.verified_path().is_some()
    }

    /// The subject as RFC 4514 text, if it is known and not empty, made once.
    pub(super) fn subject_text(&self) -> Option<&str> {
        let text = || self.certificate.subject_text().map(Into::into);
        self.subject.get_or_init(text).as_deref()
    }

    /// The certificate as far as it is known.
    #[must_use]
    pub fn client_certificate(&self) -> &ClientCertificate {
        &self.certificate
    }

    /// The certificate, unless the edge only tells about it.
    #[must_use]
    pub fn certificate(&self) -> Option<&CertInfo> {
        self.certificate.whole()
    }

    /// The same for whoever keeps it. It is copied for the first who asks, and
    /// shared by all who ask after that.
    #[must_use]
    pub fn shared_certificate(&self) -> Option<Arc<CertInfo>> {
        let certificate = self.certificate.whole()?;
        let shared = self.shared.get_or_init(|| Arc::new(certificate.clone()));
        Some(Arc::clone(shared))
    }
}

/// What stands in the chain header. Client-Cert-Chain alone may be several lines;
/// every one is read.
fn decode_chain(facts: &Facts<'_>) -> Result<Vec<Vec<u8>>, Denial> {
    let edge = facts.policy.edge();
    let lines = facts
        .trusted()
        .map_or(&[] as &[&[u8]], |edge| edge.chain_lines());
    Ok(match (edge.dialect, lines) {
        (_, []) => Vec::new(),
        (Dialect::Rfc9440, lines) => {
            crate::dialect::rfc9440::decode_chain(lines.iter().copied(), &edge.budget)?
        }
        (Dialect::Base64Der, [line]) => {
            crate::dialect::base64_der::decode_chain(line, &edge.budget)?
        }
        _ => return Err(Reason::HeaderAmbiguous.into()),
    })
}

/// Assesses the certificate that the request presents, if any.
#[must_use]
pub fn assess(facts: Facts<'_>) -> Presented<'_> {
    assess_with(facts, |_| None)
}

/// Like [`assess`], asking a cache first. It is asked only for a certificate
/// that passed the judgement of the edge, on this very request. What it gives has to
/// have been assessed from this value and under this policy, which nothing
/// here can see; so only the gate, which keeps a cache with its policy, calls
/// it.
pub(crate) fn assess_with<'a>(
    mut facts: Facts<'a>,
    cached: impl FnOnce(CertificateSource<'_>) -> Option<Arc<Assessed>>,
) -> Presented<'a> {
    let mut noted = Noted::default();
    let certificate =
        present(&mut facts, cached, &mut noted).unwrap_or_else(PresentedCertificate::Denied);
    let trace = &mut facts.trace;
    match &certificate {
        PresentedCertificate::None => {
            trace.noted(Stage::Dialect, "certificate", || "none".to_owned());
        }
        // Nothing is left out before its dates are looked at.
        PresentedCertificate::Assessed(_) | PresentedCertificate::Dropped(..) => {}
        PresentedCertificate::Unproven(..) => {
            trace.noted(Stage::Edge, "certificate", || "it proves nobody".to_owned());
        }
        PresentedCertificate::Unverified => {
            trace.noted(Stage::Edge, "certificate", || {
                "left out in mode bearer: the edge does not say that it verified it".to_owned()
            });
        }
        // The path's own step has said so.
        PresentedCertificate::Denied(denial) if denial.reason == Reason::PathMalformed => {}
        PresentedCertificate::Denied(denial) => {
            trace.denied(denial.reason, "certificate", || fault_text(*denial));
        }
    }
    Presented {
        facts,
        certificate,
        noted,
    }
}

fn fault_text(denial: Denial) -> String {
    let fault = denial.fault.map(|fault| fault.to_string());
    fault.unwrap_or_default()
}

fn present<'a>(
    facts: &mut Facts<'a>,
    cached: impl FnOnce(CertificateSource<'_>) -> Option<Arc<Assessed>>,
    noted: &mut Noted,
) -> Result<PresentedCertificate, Denial> {
    if let Err(error) = facts.path {
        return Err(error.into());
    }
    if facts.exemption == Exemption::Exempt {
        return Ok(PresentedCertificate::None);
    }
    let presence = facts.presence();
    let failure = if facts.has_unverified_identity() {
        Some(Reason::CertificateUnverified.into())
    } else {
        match presence {
            Presence::Unverified(_) if facts.may_drop_certificate() => {
                check_other_lines(facts, noted)?;
                return Ok(PresentedCertificate::Unverified);
            }
            Presence::Unverified(_) => Some(Reason::CertificateUnverified.into()),
            Presence::ChainAlone => Some(Denial::malformed_header("chain_without_certificate")),
            Presence::Repeated => Some(Reason::HeaderAmbiguous.into()),
            Presence::Attested(_) | Presence::Claimed => {
                note_verification(facts);
                None
            }
            Presence::Absent => None,
        }
    };
    let mut is_there = failure.is_some();
    if let Some(denial) = failure {
        weigh(facts, noted, denial)?;
    }
    check_other_lines(facts, noted)?;
    let read = read_certificate(facts, &presence, cached).or_else(|denial| {
        is_there = true;
        weigh(facts, noted, denial).map(|()| None)
    })?;
    if let Some(assessed) = &read
        && let Err(denial) = check_claims(facts, assessed)
    {
        weigh(facts, noted, denial)?;
    }
    Ok(match read {
        Some(assessed) if noted.is_empty() => PresentedCertificate::Assessed(assessed),
        None if !is_there => PresentedCertificate::None,
        // Something of stages 3 to 5 was noted, so it is neither proven nor
        // remembered.
        read => PresentedCertificate::Unproven(read, Flaw::Unattested),
    })
}

/// What becomes of a denial of stages 3 to 5: the end of the decision, unless
/// it is observed.
fn weigh(facts: &mut Facts<'_>, noted: &mut Noted, denial: Denial) -> Result<(), Denial> {
    let collection = permit::collection_of_path(facts);
    let switches = facts.policy.observing.switches(collection);
    noted.weigh(denial, Part::Certificates, switches.certificates)?;
    facts
        .trace
        .observed(denial.reason, "certificate", || fault_text(denial));
    Ok(())
}

/// Decodes what the edge forwards or tells, and assesses it. A cache is asked
/// for what is attested alone.
fn read_certificate<'a>(
    facts: &Facts<'a>,
    presence: &Presence<'a>,
    cached: impl FnOnce(CertificateSource<'_>) -> Option<Arc<Assessed>>,
) -> Result<Option<Arc<Assessed>>, Denial> {
    let edge = facts.trusted();
    let mut connection = None;
    let decoded = match presence {
        Presence::Attested(attested) => {
            if let Some(assessed) = facts.source().and_then(cached) {
                decode_chain(facts)?;
                return Ok(Some(assessed));
            }
            connection = attested.connection();
            attested.decode()?
        }
        Presence::Unverified(unvouched) => match unvouched.decode()? {
            Some(decoded) => Some(decoded),
            None => {
                let claims = edge.map_or(Ok(None), TrustedEdge::unvouched_claims)?;
                claims.map(Decoded::Claims)
            }
        },
        Presence::Claimed | Presence::Absent => {
            let claims = edge.map_or(Ok(None), TrustedEdge::claims)?;
            claims.map(Decoded::Claims)
        }
        Presence::ChainAlone | Presence::Repeated => None,
    };
    Ok(Assessed::new(facts, decoded, connection)?.map(Arc::new))
}

/// What the edge tells about a certificate has to agree with the one that comes
/// beside it. Where an edge tells, and leaves in a certificate that the client
/// wrote, the status is about another one than that.
fn check_claims(facts: &Facts<'_>, assessed: &Assessed) -> Result<(), Denial> {
    let (Some(edge), Some(certificate)) = (facts.trusted(), assessed.certificate()) else {
        return Ok(());
    };
    if edge.claims_beside_certificate()?.agree_with(certificate) {
        Ok(())
    } else {
        Err(Reason::HeaderAmbiguous.into())
    }
}

/// Notes how it is known that the certificate was verified.
fn note_verification(facts: &mut Facts<'_>) {
    let verification = match facts.standing {
        Standing::Direct(_) => &Verification::OnAccept,
        Standing::Trusted(_) | Standing::Stranger(_) => facts.policy.edge().verification(),
    };
    facts
        .trace
        .passed(Stage::Edge, "verify status", || match verification {
            Verification::EdgeStatus(words) => format!("the edge says {}", words.join(", ")),
            Verification::EdgeAlways => {
                "the operator says that the edge always verifies".to_owned()
            }
            Verification::InProcess => "to be verified in this process".to_owned(),
            Verification::OnAccept => "verified when the connection was accepted".to_owned(),
            Verification::Pinned => "nobody verified it; rules pin whom it proves".to_owned(),
        });
}

/// The other headers that have to be one line. What stands beside a verified
/// token is about the token, and always denies.
fn check_other_lines(facts: &mut Facts<'_>, noted: &mut Noted) -> Result<(), Denial> {
    if facts.bearer == BearerLine::AmongOthers
        && facts.request.token.is_some()
        && facts.policy.unverified_bearer == UnverifiedBearer::Deny
    {
        return Err(Reason::HeaderAmbiguous.into());
    }
    for selection in [facts.selected_client, facts.selected_profile] {
        let failure = match selection {
            Selection::Absent | Selection::Id(_) => continue,
            Selection::NoId => Denial::malformed_header("not_an_id"),
            Selection::Repeated => Reason::HeaderAmbiguous.into(),
        };
        weigh(facts, noted, failure)?;
    }
    Ok(())
}
