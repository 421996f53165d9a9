//! Stages 6 to 8: what the mode requires, validity and issuer, and the token's
//! binding to the certificate.

use crate::binding::Binding;
use crate::certificate::{CertInfo, ValidityAt};
use crate::policy::{Mode, UnverifiedBearer};
use crate::request::{ThumbprintClaim, VerifiedToken};
use crate::trust::{IssuerVerdict, validity};

use super::assess::Kind;
use super::facts::{BearerLine, Denial};
use super::{Findings, Reason, Stage, identify};

/// Stage 6: is everything there that the mode requires?
pub(super) fn mode(findings: &mut Findings<'_>) -> Result<(), Denial> {
    let facts = &mut findings.facts;
    let mode = facts.policy.mode;
    let certificate_required = match mode {
        Mode::Bearer => false,
        Mode::Mtls | Mode::BearerPlusMtlsRequired => true,
        Mode::BearerPlusMtlsOptional => facts
            .path
            .as_ref()
            .is_ok_and(|path| facts.policy.requires_binding(path)),
    };
    let has_certificate = matches!(findings.presented.0, Kind::Certificate(_));
    if certificate_required && !has_certificate {
        facts
            .trace
            .denied(Reason::CertificateMissing, "certificate required", || {
                format!("mode {}", mode.as_str())
            });
        return Err(Reason::CertificateMissing.into());
    }
    let token_required = mode != Mode::Mtls
        || (facts.bearer == BearerLine::Present
            && facts.policy.unverified_bearer == UnverifiedBearer::Deny);
    if token_required && facts.request.token.is_none() {
        facts
            .trace
            .denied(Reason::TokenMissing, "token required", || {
                match facts.bearer {
                    BearerLine::Present => "a bearer token that nobody verified".to_owned(),
                    BearerLine::Absent => format!("mode {}", mode.as_str()),
                }
            });
        return Err(Reason::TokenMissing.into());
    }
    facts
        .trace
        .passed(Stage::Mode, "mode", || mode.as_str().to_owned());
    Ok(())
}

/// Stage 7: is the certificate valid now, and its issuer allowed? Where a
/// certificate is metadata, one that fails is left out.
pub(super) fn trust(findings: &mut Findings<'_>) -> Result<(), Denial> {
    let mode = findings.policy().mode;
    let Some(assessed) = findings.assessed() else {
        return Ok(());
    };
    let now = findings.request().now.wall;
    let failure = match validity(&assessed.certificate, now) {
        ValidityAt::Expired => Some(Reason::CertificateExpired),
        ValidityAt::NotYetValid => Some(Reason::CertificateNotYetValid),
        ValidityAt::Valid => {
            (assessed.issuer == IssuerVerdict::NotAllowed).then_some(Reason::IssuerNotAllowed)
        }
    };
    let detail = |certificate: &CertInfo| {
        let validity = certificate.validity();
        format!(
            "thumbprint {}, valid {} to {}, issuer {}",
            certificate.thumbprint().hex(),
            validity.not_before,
            validity.not_after,
            certificate.issuer(),
        )
    };
    let mut trace = core::mem::take(&mut findings.facts.trace);
    if let Some(assessed) = findings.assessed() {
        let detail = || detail(&assessed.certificate);
        match failure {
            None => trace.passed(Stage::Trust, "validity and issuer", detail),
            Some(reason) if mode == Mode::Bearer => {
                trace.noted(Stage::Trust, "validity and issuer", || {
                    format!("left out in mode bearer: {reason}; {}", detail())
                });
            }
            Some(reason) => trace.denied(reason, "validity and issuer", detail),
        }
    }
    findings.facts.trace = trace;
    match failure {
        None => Ok(()),
        Some(reason) if mode == Mode::Bearer => {
            findings.presented.0 = Kind::Dropped(reason);
            findings.client = identify::claimed_client(findings);
            Ok(())
        }
        Some(reason) => Err(reason.into()),
    }
}

/// Stage 8: does the token belong to the certificate's holder?
pub(super) fn binding(findings: &mut Findings<'_>) -> Result<(), Denial> {
    let Some(token) = findings.request().token else {
        findings
            .facts
            .trace
            .skipped(Stage::Binding, "binding", || "no token".to_owned());
        return Ok(());
    };
    let thumbprint = findings.certificate().map(CertInfo::thumbprint);
    let verdict = Binding::judge(token.confirmation(), thumbprint);
    let required = findings
        .facts
        .path
        .as_ref()
        .is_ok_and(|path| findings.policy().requires_binding(path));
    let failure = match (findings.presented.0.dropped(), verdict) {
        // What was left out cannot be what the token is bound to.
        (Some(reason), _) if is_bound(token) => Some(reason),
        (_, Binding::Match) => None,
        (_, Binding::Mismatch) => Some(Reason::SenderBindingMismatch),
        (_, Binding::Malformed) => Some(Reason::SenderBindingMalformed),
        (_, Binding::Unsupported) => Some(Reason::SenderBindingUnsupported),
        (_, Binding::Missing | Binding::CheckedElsewhere) => {
            required.then_some(Reason::SenderBindingMissing)
        }
    };
    let trace = &mut findings.facts.trace;
    match failure {
        None => {
            trace.passed(Stage::Binding, "binding", || verdict.name().to_owned());
            Ok(())
        }
        Some(reason) => {
            trace.denied(reason, "binding", || verdict.name().to_owned());
            Err(reason.into())
        }
    }
}

fn is_bound(token: &VerifiedToken) -> bool {
    *token.confirmation().thumbprint() != ThumbprintClaim::Absent
}

impl Kind {
    fn dropped(&self) -> Option<Reason> {
        match self {
            Self::Dropped(reason) => Some(*reason),
            _ => None,
        }
    }
}
