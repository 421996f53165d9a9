//! Stages 6 to 8: what the mode requires, whether the certificate is acceptable,
//! and the token's binding to it.

use std::sync::Arc;

use crate::binding::Binding;
use crate::certificate::ValidityAt;
use crate::edge::Verification;
use crate::identity::NotMapped;
use crate::policy::{Mode, UnverifiedBearer};
use crate::trust::{ExpiryWarning, PathFault, TrustFault};

use super::denial::Denial;
use super::describe::describe;
use super::facts::BearerLine;
use super::presented::PresentedCertificate;
use super::trace::Trace;
use super::{Findings, Reason, Stage, VerificationStatus, identify, permit};

/// Stage 6: is there a certificate, if the mode requires one?
pub(super) fn certificate(findings: &Findings<'_>, trace: &mut Trace) -> Result<(), Denial> {
    let mode = findings.policy().mode;
    let certificate_required = match mode {
        Mode::Bearer => false,
        // An edge that names the client in a header of its own has verified
        // the certificate that it read the name from. What else the rules ask
        // of it cannot be told then, and some edges leave a certificate out
        // where the client wants it.
        Mode::Mtls => {
            findings.facts.client_of_edge().is_none()
                || findings.policy().identity.ask_for_more_than_a_name()
        }
        Mode::BearerPlusMtlsRequired => true,
        Mode::BearerPlusMtlsOptional => findings.facts.requires_binding(),
    };
    if certificate_required && !findings.certificate.is_there() {
        trace.denied(Reason::CertificateMissing, "certificate required", || {
            format!("mode {}", mode.as_str())
        });
        return Err(Reason::CertificateMissing.into());
    }
    Ok(())
}

/// Stage 6: is there a verified token, if the mode requires one?
pub(super) fn token(findings: &Findings<'_>, trace: &mut Trace) -> Result<(), Denial> {
    let mode = findings.policy().mode;
    let bearer = findings.facts.bearer;
    let token_required = mode != Mode::Mtls
        || (bearer != BearerLine::Absent
            && findings.policy().unverified_bearer == UnverifiedBearer::Deny);
    if token_required && findings.request().token.is_none() {
        trace.denied(Reason::TokenMissing, "token required", || match bearer {
            BearerLine::Present | BearerLine::AmongOthers => {
                "a bearer token that nobody verified".to_owned()
            }
            BearerLine::Absent => format!("mode {}", mode.as_str()),
        });
        return Err(Reason::TokenMissing.into());
    }
    trace.passed(Stage::Mode, "mode", || mode.as_str().to_owned());
    Ok(())
}

/// The name of the check of stage 7.
pub(super) const TRUST: &str = "validity, issuer, revocation and constraints";

/// Stage 7: is the certificate valid now, and is there nothing else wrong with
/// it? Where a certificate is metadata, one that fails is left out.
pub(super) fn trust(findings: &mut Findings<'_>, trace: &mut Trace) -> Result<(), Denial> {
    let Some(assessed) = findings.certificate.read() else {
        return trust_in_nothing(findings, trace, TRUST);
    };
    let failure = match assessed
        .certificate
        .validity_at(findings.request().now.wall)
    {
        ValidityAt::Expired if !findings.is_expiry_tolerated() => Some(Reason::CertificateExpired),
        ValidityAt::NotYetValid => Some(Reason::CertificateNotYetValid),
        _ if is_unknown_metadata(findings) => Some(Reason::CertificateUnverified),
        _ => assessed.trust.fault.map(reason_of),
    };
    match failure {
        None => {
            trace.passed(Stage::Trust, TRUST, || {
                describe(findings.policy(), assessed)
            });
            findings.expiry = expiry_warning(findings);
        }
        Some(reason) if findings.facts.may_drop_certificate() => {
            trace.noted(Stage::Trust, TRUST, || {
                format!(
                    "left out in mode bearer: {reason}; {}",
                    describe(findings.policy(), assessed)
                )
            });
            // What proves nobody anyway stays what it is.
            if let PresentedCertificate::Assessed(assessed) = &findings.certificate {
                findings.certificate = PresentedCertificate::Dropped(reason, Arc::clone(assessed));
                findings.client = identify::claimed_client(findings);
                findings.profile = permit::claimed_profile(findings);
            }
        }
        Some(reason) => {
            trace.denied(reason, TRUST, || describe(findings.policy(), assessed));
            return Err(reason.into());
        }
    }
    Ok(())
}

/// Whether, in mode `bearer`, nobody verified the certificate and no pin knows
/// it: anyone can have written what it says, as behind an edge whose status
/// does not let it through. Where a certificate has to name a client, stage 9
/// denies it.
fn is_unknown_metadata(findings: &Findings<'_>) -> bool {
    let verification = findings.policy().edge().verification();
    let mapping = findings.assessed().map(|assessed| &assessed.mapping);
    findings.policy().mode == Mode::Bearer
        && *verification == Verification::Pinned
        && findings.verification() == VerificationStatus::Failed
        && matches!(mapping, Some(Err(NotMapped::Unmapped)))
}

fn reason_of(fault: TrustFault) -> Reason {
    match fault {
        TrustFault::Revoked | TrustFault::Path(PathFault::Revoked) => Reason::CertificateRevoked,
        TrustFault::ForeignRoute | TrustFault::Path(_) => Reason::CertificateUntrusted,
        TrustFault::IssuerNotAllowed => Reason::IssuerNotAllowed,
        TrustFault::NotAllowed => Reason::CertificateNotAllowed,
    }
}

/// In mode `mtls` an edge may name the client without a word about the
/// certificate. What a policy asks of one is not met then. Where a certificate
/// is missing or cannot be read, that was noted.
fn trust_in_nothing(
    findings: &Findings<'_>,
    trace: &mut Trace,
    check: &'static str,
) -> Result<(), Denial> {
    let policy = findings.policy();
    match policy.trust.judge_nothing().map(reason_of) {
        Some(reason) if policy.mode == Mode::Mtls && findings.noted.is_empty() => {
            trace.denied(reason, check, || {
                "the edge tells nothing of the certificate".to_owned()
            });
            Err(reason.into())
        }
        _ => Ok(()),
    }
}

/// Whether a certificate that passed ends soon.
fn expiry_warning(findings: &Findings<'_>) -> Option<ExpiryWarning> {
    let not_after = findings.assessed()?.certificate.not_after()?;
    let now = findings.request().now.wall;
    findings.policy().expiry.warn(not_after, now)
}

/// Stage 8: does the token belong to the certificate's holder?
pub(super) fn binding(findings: &Findings<'_>, trace: &mut Trace) -> Result<(), Denial> {
    let Some(token) = findings.request().token else {
        trace.skipped(Stage::Binding, "binding", || "no token".to_owned());
        return Ok(());
    };
    let thumbprint = findings.presented_thumbprint();
    let verdict = Binding::judge(token.confirmation(), thumbprint);
    let failure = match verdict {
        Binding::Match => None,
        Binding::Mismatch => Some(Reason::SenderBindingMismatch),
        Binding::Malformed => Some(Reason::SenderBindingMalformed),
        Binding::Unsupported => Some(Reason::SenderBindingUnsupported),
        Binding::Missing | Binding::CheckedElsewhere => findings
            .facts
            .requires_binding()
            .then_some(Reason::SenderBindingMissing),
    };
    trace.concluded(Stage::Binding, "binding", failure, || {
        verdict.code().to_owned()
    })
}
