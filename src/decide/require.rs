//! Stage 10: what a client and its profile demand besides the mode.

use crate::binding::Binding;
use crate::policy::Requirement;

use super::denial::Denial;
use super::named::NamedClient;
use super::trace::Trace;
use super::{Findings, Reason, Stage, VerificationStatus};

/// Whether everything is there that the client and the profile require.
pub(super) fn requirements(findings: &Findings<'_>, trace: &mut Trace) -> Result<(), Denial> {
    const CHECK: &str = "requirements";
    let client = findings.policy_client().map(|client| &*client.requires);
    let profile = findings.policy_profile().map(|profile| &*profile.requires);
    let lists = [client.unwrap_or_default(), profile.unwrap_or_default()];
    if lists.iter().all(|list| list.is_empty()) {
        trace.skipped(Stage::Policy, CHECK, || "none".to_owned());
        return Ok(());
    }
    let required = |wanted| lists.iter().any(|list| list.contains(&wanted));
    let failure = if required(Requirement::Certificate) && !has_own_certificate(findings) {
        Some(Reason::CertificateMissing)
    } else if required(Requirement::Binding) && !is_bound(findings) {
        Some(Reason::SenderBindingMissing)
    } else {
        None
    };
    trace.concluded(Stage::Policy, CHECK, failure, || {
        let words = lists.iter().flat_map(|list| list.iter());
        let words: Vec<&str> = words.map(|word| word.as_str()).collect();
        words.join(", ")
    })
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

fn is_bound(findings: &Findings<'_>) -> bool {
    let thumbprint = findings.presented_thumbprint();
    let token = findings.request().token;
    has_certificate(findings)
        && token
            .is_some_and(|token| Binding::judge(token.confirmation(), thumbprint) == Binding::Match)
}
