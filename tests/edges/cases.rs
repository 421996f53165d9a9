//! What has to become of each client, whatever edge it comes through.

use crate::pki::Holder;

/// Who calls, and what has to become of it.
pub(crate) type Case = (Option<Holder>, &'static str);

/// Certificates that the edge verified.
pub(crate) const TAKEN: &[Case] = &[
    (Some(Holder::Acme), ACME),
    (
        Some(Holder::AcmeRsa),
        "pisp-partner-acme/pisp-prod by AcmeRsa",
    ),
    (Some(Holder::AcmeByIntermediate), "401 issuer_not_allowed"),
    (Some(Holder::Beta), BETA),
    (
        Some(Holder::SixtyNames),
        "pisp-partner-acme/pisp-prod by SixtyNames",
    ),
    (
        Some(Holder::Tricky),
        "tricky,CN=pisp-partner-acme+OU=\"a\\\";/CN=x;#=\u{e9}/prod by Tricky",
    ),
    (Some(Holder::TwoNames), "403 identity_ambiguous"),
    (Some(Holder::Workload), WORKLOAD),
    (Some(Holder::ForgedElement), UNKNOWN),
    (Some(Holder::ForgedUri), UNKNOWN),
    (Some(Holder::ForgedDns), UNKNOWN),
    (Some(Holder::LoneQuote), UNKNOWN),
];

pub(crate) const ACME: &str = "pisp-partner-acme/pisp-prod by Acme";
pub(crate) const BETA: &str = "aisp-partner-beta/prod by Beta";
pub(crate) const WORKLOAD: &str = "mesh-partner/prod by Workload";
/// How a client that is not in the policy reads on the wire.
pub(crate) const UNKNOWN: &str = "403 client_profile_mismatch";

/// No certificate, where the service is to answer that.
pub(crate) const MISSING: Case = (None, "401 certificate_missing");

/// Certificates that no edge may pass on as verified, where it refuses them in
/// the handshake.
pub(crate) const REFUSED: &[Case] = &[
    (Some(Holder::Stranger), "handshake refused"),
    (Some(Holder::Expired), "handshake refused"),
];

/// Who sends forged headers, and who they are.
pub(crate) const FORGERS: &[Case] = &[MISSING, (Some(Holder::Beta), BETA)];
