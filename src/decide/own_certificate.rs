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
    let over = listing_is_over(findings);
    let failure = (over || compliance(findings) == Compliance::NotMet)
        .then_some(Reason::CertificateNotAllowed);
    trace.concluded(Stage::Policy, "client certificate", failure, || {
        let what = if over {
            "the client lists it until an earlier moment"
        } else {
            "the client's own constraints"
        };
        what.to_owned()
    })
}

/// Whether the client lists the certificate, and for a time that has ended.
fn listing_is_over(findings: &Findings<'_>) -> bool {
    let lasts = match findings.mapped_client().map(|mapped| mapped.by) {
        Some(MappedBy::Listing(lasts)) => lasts,
        Some(MappedBy::Rule(_) | MappedBy::Subject) | None => Lasts::ForEver,
    };
    lasts.is_over(findings.request().now.wall)
}

/// Whether the certificate that takes part has what the client demands. Where a
/// mode leaves it to the caller whether there is one, none demands nothing.
fn compliance(findings: &Findings<'_>) -> Compliance {
    let Some(client) = findings.policy_client() else {
        return Compliance::Met;
    };
    match (findings.mapped_client(), findings.assessed()) {
        (Some(mapped), _) => mapped.compliance,
        (None, Some(assessed)) => client.constraints.judge(&assessed.certificate),
        // The edge names the client, and tells nothing of the certificate.
        (None, None) if findings.policy().mode == Mode::Mtls && !client.constraints.is_empty() => {
            Compliance::NotMet
        }
        (None, None) => Compliance::Met,
    }
}
