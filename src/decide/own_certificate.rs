//! Stage 10, the certificate: what its client alone demands of it. Nobody
//! learns of it who has not proven to be that client.

use crate::identity::{Lasts, MappedBy};
use crate::policy::Mode;
use crate::trust::Compliance;

use super::denial::Denial;
use super::trace::Trace;
use super::{Findings, Reason, Stage};

/// Is the certificate still one of the client's, and has it what the client
/// demands?
pub(super) fn check(findings: &Findings<'_>, trace: &mut Trace) -> Result<(), Denial> {
    const CHECK: &str = "client certificate";
    let lasts = listed_for(findings);
    let demands = findings
        .policy_client()
        .map(|own| own.constraints.is_some());
    if lasts == Lasts::ForEver && demands != Some(true) {
        trace.skipped(Stage::Policy, CHECK, || "nothing is demanded".to_owned());
        return Ok(());
    }
    let over = lasts.is_over(findings.request().now.wall);
    let failure = (over || compliance(findings) == Compliance::NotMet)
        .then_some(Reason::CertificateNotAllowed);
    trace.concluded(Stage::Policy, CHECK, failure, || {
        let what = if over {
            "the client lists it until an earlier moment"
        } else {
            "the client's own constraints"
        };
        what.to_owned()
    })
}

/// How long the client lists the certificate, if it is by a list that it is the
/// client's.
fn listed_for(findings: &Findings<'_>) -> Lasts {
    match findings.mapped_client().map(|mapped| mapped.by) {
        Some(MappedBy::Listing(lasts)) => lasts,
        Some(MappedBy::Rule(_) | MappedBy::Subject) | None => Lasts::ForEver,
    }
}

/// Whether the certificate that takes part has what the client demands. Where a
/// mode leaves it to the caller whether there is one, none demands nothing.
fn compliance(findings: &Findings<'_>) -> Compliance {
    let client = findings.policy_client();
    let Some(demanded) = client.and_then(|client| client.constraints.as_ref()) else {
        return Compliance::Met;
    };
    match (findings.mapped_client(), findings.assessed()) {
        (Some(mapped), _) => mapped.compliance,
        (None, Some(assessed)) => {
            demanded.judge(&assessed.certificate, assessed.trust.issuer_key())
        }
        // The edge names the client, and tells nothing of the certificate.
        (None, None) if findings.policy().mode == Mode::Mtls => Compliance::NotMet,
        (None, None) => Compliance::Met,
    }
}
