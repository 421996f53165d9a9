//! Stage 10: what a client and its profile demand besides the mode.

use crate::binding::Binding;
use crate::policy::Requirement;

use super::denial::Denial;
use super::named::NamedClient;
use super::trace::Trace;
use super::{Findings, Reason, Stage, VerificationStatus};

/// The name of these checks.
pub(super) const CHECK: &str = "requirements";

/// Whether the certificate is there that the client or the profile requires.
pub(super) fn certificate(findings: &Findings<'_>, trace: &mut Trace) -> Result<(), Denial> {
    let failure = (!has_own_certificate(findings)).then_some(Reason::CertificateMissing);
    check(findings, trace, Requirement::Certificate, failure)
}

/// Whether the binding is there that the client or the profile requires. It is
/// asked for itself, since it denies where a certificate is only observed.
pub(super) fn binding(findings: &Findings<'_>, trace: &mut Trace) -> Result<(), Denial> {
    let failure = (!is_bound(findings)).then_some(Reason::SenderBindingMissing);
    check(findings, trace, Requirement::Binding, failure)
}

fn check(
    findings: &Findings<'_>,
    trace: &mut Trace,
    wanted: Requirement,
    failure: Option<Reason>,
) -> Result<(), Denial> {
    let client = findings.policy_client().map(|client| &*client.requires);
    let profile = findings.policy_profile().map(|profile| &*profile.requires);
    let mut lists = [client, profile].into_iter().flatten();
    if !lists.any(|list| list.contains(&wanted)) {
        return Ok(());
    }
    let detail = || wanted.as_str().to_owned();
    trace.concluded(Stage::Policy, CHECK, failure, detail)
}

/// Whether there is a certificate of the client: one that names it, that its
/// token is bound to, or that the edge forwarded with its name. Beside a token
/// that is bound to none, a certificate that says nothing about the client may
/// be anybody's.
fn has_own_certificate(findings: &Findings<'_>) -> bool {
    let is_the_client_s = match findings.client {
        Some(NamedClient::Certificate(_) | NamedClient::Edge) => true,
        Some(NamedClient::Token) => is_bound(findings),
        None => false,
    };
    is_the_client_s && has_certificate(findings)
}

/// Whether there is a certificate, and nothing was found wrong with it.
fn has_certificate(findings: &Findings<'_>) -> bool {
    findings.assessed().is_some()
        && matches!(
            findings.verification(),
            VerificationStatus::Verified | VerificationStatus::Pinned
        )
}

pub(super) fn is_bound(findings: &Findings<'_>) -> bool {
    let thumbprint = findings.presented_thumbprint();
    let token = findings.request().token;
    has_certificate(findings)
        && token
            .is_some_and(|token| Binding::judge(token.confirmation(), thumbprint) == Binding::Match)
}
