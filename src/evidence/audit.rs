//! One audit record a decision.

use core::time::Duration;

use serde::Serialize;

use crate::decide::{
    Decision, Fault, Forecast, Grant, NamedBy, Reason, Tolerated, VerificationStatus,
};
use crate::limits::{Counted, WindowKind};
use crate::policy::cut;
use crate::request::{Timestamp, codes};
use crate::trust::{ExpiryWarning, PathFault};

use super::{CacheUse, CertificateNames, Measures};

/// What an auditor needs of one request, whether it was allowed or denied.
///
/// The thumbprint is the only content of the certificate that is kept as such,
/// unless `[evidence]` says otherwise; ids are those that the policy's rules made
/// of it. No token, no header value and no query is kept. An adapter fills in
/// `status` and `latency` when the response ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AuditRecord {
    /// The version of this schema: 1.
    pub schema: u32,
    /// This record's id.
    pub id: String,
    /// The request's id: the trusted edge's, else this record's.
    pub request_id: String,
    /// When the request came to be decided.
    pub created_at: Timestamp,
    /// The method, of which the first 64 bytes are kept.
    pub method: String,
    /// The path as it was sent, without scheme, authority, query and fragment. Of it
    /// the first 4,096 bytes are kept.
    pub path: String,
    /// Where the request was sent on to, if the service says so.
    pub target_url: Option<String>,
    /// The status of the response; absent if no response was made, because the
    /// caller went away or the service failed.
    pub status: Option<u16>,
    /// From then to the end of the response, in milliseconds, with the store of
    /// limits that the decision waited for.
    pub latency: Option<u64>,
    /// The client's address, if anybody who may be believed says it; an unknown
    /// one is on no allowlist.
    pub client_ip: Option<String>,
    /// Who opened the connection to the service.
    pub peer: String,
    /// Whether that is a trusted proxy. If not, certificate and identity
    /// headers were not looked at.
    pub peer_trusted: bool,
    /// The client that the proofs name; proven only as far as `grant` says.
    pub client_id: Option<String>,
    /// The profile that applies or was asked for.
    pub profile_id: Option<String>,
    /// The principal, where an identity rule makes one.
    pub principal: Option<String>,
    /// The collection of the path.
    pub collection: Option<String>,
    /// Allowed or denied.
    pub outcome: Outcome,
    /// What an allow gave; absent in a denial.
    pub grant: Option<GrantKind>,
    /// Why it was denied.
    pub reason: Option<Reason>,
    /// What would have denied it and was only observed, in the order of the
    /// checks; in a denial, what was observed before it.
    pub observed: Vec<Reason>,
    /// For malformed input, what is wrong and where; in an allow, of the first
    /// observed denial that tells.
    pub fault: Option<Fault>,
    /// What named the client.
    pub named_by: Option<NamedBy>,
    /// The identity rule that named the client.
    pub identity_rule: Option<String>,
    /// The limit that refused, or whose refusal was only observed.
    pub limit: Option<String>,
    /// How the request was counted; absent where it owes nothing, or was denied
    /// before its limits were asked. Other than `store` only where a shared store
    /// gave no answer.
    pub limits_counted: Option<Counted>,
    /// The version of the policy.
    pub policy_version: u64,
    /// The SHA-256 of the certificate, in lower-case hexadecimal; where the edge
    /// does not forward the certificate, as the edge tells it.
    pub thumbprint: Option<String>,
    /// Whether there is a thumbprint.
    pub mtls_thumbprint_present: bool,
    /// More of the certificate, under `[evidence] certificate = "names"`.
    pub certificate: Option<CertificateNames>,
    /// How many whole days the certificate is still valid, on the first record
    /// of it after it reached a threshold of `[expiry]`. A gate knows which is
    /// the first: see [`Concluded::audit_record`](crate::gate::Concluded::audit_record).
    pub certificate_expires_in_days: Option<u32>,
    /// Who verified the certificate.
    pub verification: VerificationStatus,
    /// The authority of the policy to which the certificate's path leads, where it
    /// is verified in this process.
    pub authority: Option<String>,
    /// Why it has none, where it is.
    pub path_fault: Option<PathFault>,
    /// What is wrong with the certificate, and let pass because the policy says so.
    pub tolerated: Vec<Tolerated>,
    /// Why a certificate was left out, where it is metadata.
    pub dropped_certificate: Option<Reason>,
    /// How the shadow would have decided, if a policy ran in the shadow of the
    /// one in force. It charges nothing, so it never denies by a limit.
    pub shadow_outcome: Option<Outcome>,
    /// Why it would have denied.
    pub shadow_reason: Option<Reason>,
    /// Why it would have denied if it did not only observe that.
    pub shadow_observed: Option<Reason>,
    /// Figures for meters, which are not written.
    #[serde(skip)]
    pub measures: Measures,
}

/// How a request was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It may go on.
    Allow,
    /// It may not.
    Deny,
}

codes!(Outcome {
    Allow = "allow",
    Deny = "deny",
});

/// What an allow gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GrantKind {
    /// The caller is proven, and everything about it was enforced.
    Proven,
    /// Nothing: the path is exempt from authentication.
    Exempt,
    /// The caller is proven, and what it may do would have denied it.
    Observed,
    /// Nobody is proven: an earlier check would have denied it.
    Unproven,
}

codes!(GrantKind {
    Proven = "proven",
    Exempt = "exempt",
    Observed = "observed",
    Unproven = "unproven",
});

impl AuditRecord {
    /// The version of the schema.
    pub const SCHEMA: u32 = 1;

    /// Longer methods are no known ones: strangers can write what they like.
    const LONGEST_METHOD: usize = 64;

    const LONGEST_PATH: usize = 4_096;

    /// The record of a decision. `id` is unique to it; `policy_version` is the
    /// number of the policy that was in force.
    #[must_use]
    pub fn new(decision: &Decision<'_>, id: &str, policy_version: u64) -> Self {
        let findings = decision.findings();
        let request = findings.request();
        let thumbprint = findings.thumbprint();
        let observed = findings.observed();
        let observed_fault = || observed.iter().find_map(|denial| denial.fault);
        let (grant, reason, fault, limit) = match decision {
            Decision::Allow(allow) => (
                Some(GrantKind::of(&allow.grant())),
                None,
                observed_fault(),
                allow.limit(),
            ),
            Decision::Deny(deny) => {
                let reason = deny.reason();
                (None, Some(reason), deny.fault(), deny.limit())
            }
        };
        Self {
            schema: Self::SCHEMA,
            id: id.to_owned(),
            request_id: findings.request_id().unwrap_or(id).to_owned(),
            created_at: request.now.wall,
            method: cut(request.method, Self::LONGEST_METHOD).to_owned(),
            path: path_of(request.target).to_owned(),
            target_url: None,
            status: reason.map(Reason::status),
            latency: None,
            client_ip: findings.client_address().ip().map(|ip| ip.to_string()),
            peer: request.peer.to_string(),
            peer_trusted: findings.peer_is_trusted(),
            client_id: findings.client().map(str::to_owned),
            profile_id: findings.profile().map(str::to_owned),
            principal: findings.rule_principal().map(str::to_owned),
            collection: findings.collection().map(str::to_owned),
            outcome: match decision {
                Decision::Allow(_) => Outcome::Allow,
                Decision::Deny(_) => Outcome::Deny,
            },
            grant,
            reason,
            observed: observed.iter().map(|denial| denial.reason).collect(),
            fault,
            named_by: findings.named_by(),
            identity_rule: findings.identity_rule().map(str::to_owned),
            limit: limit.map(|(name, kind)| match kind {
                WindowKind::Rate => format!("{name} (rate)"),
                WindowKind::Quota => format!("{name} (quota)"),
            }),
            limits_counted: findings.counted(),
            policy_version,
            thumbprint: thumbprint.map(|thumbprint| thumbprint.hex()),
            mtls_thumbprint_present: thumbprint.is_some(),
            certificate: CertificateNames::of(findings),
            certificate_expires_in_days: None,
            verification: findings.verification(),
            authority: findings.authority().map(str::to_owned),
            path_fault: findings.path_fault(),
            tolerated: findings.tolerated().collect(),
            dropped_certificate: findings.dropped_certificate(),
            shadow_outcome: None,
            shadow_reason: None,
            shadow_observed: None,
            measures: Measures {
                certificate_ends_in: certificate_ends_in(decision),
                ..Measures::default()
            },
        }
    }

    /// The same record, with what another policy would have decided.
    #[must_use]
    pub fn with_shadow(self, shadow: &Forecast) -> Self {
        let reason = shadow.verdict.reason();
        Self {
            shadow_outcome: Some(reason.map_or(Outcome::Allow, |_| Outcome::Deny)),
            shadow_reason: reason,
            shadow_observed: shadow.verdict.observed(),
            ..self
        }
    }

    /// The same record, as the first that tells of this warning.
    #[must_use]
    pub(crate) fn with_expiry(self, warning: ExpiryWarning) -> Self {
        Self {
            certificate_expires_in_days: Some(warning.days_left),
            ..self
        }
    }

    /// The same record, of a decision for which the certificate was looked up so.
    #[must_use]
    pub(crate) fn with_cache(mut self, cache: CacheUse) -> Self {
        self.measures.cache = cache;
        self
    }

    /// Completes the record when the response has ended.
    pub fn complete(&mut self, status: Option<u16>, latency: Duration) {
        self.status = status;
        self.latency = Some(u64::try_from(latency.as_millis()).unwrap_or(u64::MAX));
    }
}

impl GrantKind {
    fn of(grant: &Grant<'_>) -> Self {
        match grant {
            Grant::Proven(_) => Self::Proven,
            Grant::Exempt => Self::Exempt,
            Grant::Observed(observed) => match observed.identity() {
                Some(_) => Self::Observed,
                None => Self::Unproven,
            },
        }
    }
}

/// Of an accepted certificate, if it is still valid.
fn certificate_ends_in(decision: &Decision<'_>) -> Option<Duration> {
    let Decision::Allow(allow) = decision else {
        return None;
    };
    let findings = allow.findings();
    let ends = findings.certificate()?.validity().not_after;
    let left = ends
        .unix_seconds()
        .checked_sub(findings.request().now.wall.unix_seconds())?;
    u64::try_from(left).ok().map(Duration::from_secs)
}

/// Query, fragment and the user of an authority may hold what belongs into no
/// record.
fn path_of(target: &str) -> &str {
    let end = target.find(['?', '#']).unwrap_or(target.len());
    let target = target.get(..end).unwrap_or_default();
    let path = match target.split_once("://") {
        Some((_, rest)) if !target.starts_with('/') => {
            let path = rest.find('/').and_then(|at| rest.get(at..));
            path.unwrap_or_default()
        }
        _ => target,
    };
    cut(path, AuditRecord::LONGEST_PATH)
}

#[cfg(test)]
mod tests {
    use super::path_of;

    #[test]
    fn a_path_is_kept_without_what_may_be_secret() {
        for (target, path) in [
            ("/payments", "/payments"),
            ("/payments?token=s3cret", "/payments"),
            ("/payments#s3cret?x", "/payments"),
            ("/a/http://b", "/a/http://b"),
            ("https://jo:s3cret@host/payments?x", "/payments"),
            ("https://jo:s3cret@host?x=/y", ""),
            ("https://jo:s3cret@host", ""),
            ("*", "*"),
            ("", ""),
        ] {
            assert_eq!(path_of(target), path, "{target}");
        }
    }

    #[test]
    fn a_path_is_kept_as_far_as_anybody_needs() {
        let longest = format!("/{}", "a".repeat(4_095));
        assert_eq!(path_of(&longest), longest);
        assert_eq!(path_of(&format!("{longest}b?c")), longest);
        // Whole characters alone.
        let wide = format!("/{}\u{e9}", "a".repeat(4_094));
        assert_eq!(path_of(&wide).len(), 4_095);
    }
}
