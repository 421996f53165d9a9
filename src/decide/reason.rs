//! Why a request is denied: stable codes, their stages and their status.

use core::fmt;

/// The stages of a decision, in the order in which they are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Stage {
    /// The request's own form.
    Request,
    /// Whether the peer is a trusted edge, and what it says of the certificate.
    Edge,
    /// The header that carries the certificate.
    Dialect,
    /// The certificate itself.
    Certificate,
    /// What the mode requires.
    Mode,
    /// Validity, issuer, revocation and constraints.
    Trust,
    /// The token against the certificate.
    Binding,
    /// Which client the proof names.
    Identity,
    /// What the policy says about that client.
    Policy,
    /// How much the client may still do.
    Limits,
}

/// Why a request is denied.
///
/// The code is stable and belongs into logs, metrics and tests;
/// [`wire_code`](Self::wire_code) is what the caller gets to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The request's path can be read in two ways, or in none.
    PathMalformed,
    /// The edge does not say that it verified the certificate it forwards.
    CertificateUnverified,
    /// A header does not follow its grammar.
    HeaderMalformed,
    /// A header is larger than the budget.
    HeaderOversized,
    /// A header is repeated, or sources disagree.
    HeaderAmbiguous,
    /// The forwarded bytes are not a certificate in DER.
    CertificateMalformed,
    /// A certificate is required and there is none.
    CertificateMissing,
    /// A verified token is required and there is none.
    TokenMissing,
    /// The certificate's validity has ended.
    CertificateExpired,
    /// The certificate's validity has not begun.
    CertificateNotYetValid,
    /// The policy lists the certificate as revoked.
    CertificateRevoked,
    /// Nobody who may vouch for the certificate does: a proxy on its way is not
    /// the pinned one.
    CertificateUntrusted,
    /// The certificate's issuer is not among those allowed.
    IssuerNotAllowed,
    /// The certificate does not have what the policy or its client demands, or
    /// has been replaced by another.
    CertificateNotAllowed,
    /// The token has to be bound to the certificate and is not.
    SenderBindingMissing,
    /// The token is bound to another certificate.
    SenderBindingMismatch,
    /// The token's binding cannot be read.
    SenderBindingMalformed,
    /// The token is bound by another method that nobody checked.
    SenderBindingUnsupported,
    /// Nothing that is proven names a client.
    IdentityUnmapped,
    /// What is proven names more than one.
    IdentityAmbiguous,
    /// Proofs, or a proof and a selection, name different ones.
    IdentityConflict,
    /// The client is not in the policy.
    ClientUnknown,
    /// The client is switched off.
    ClientInactive,
    /// The client has several profiles and none is named.
    ProfileRequired,
    /// The profile is not in the policy.
    ProfileUnknown,
    /// The profile is switched off.
    ProfileInactive,
    /// The profile is not this client's.
    ClientProfileMismatch,
    /// The client's address is not allowed, or unknown.
    IpNotAllowed,
    /// The path is in no collection.
    CollectionUnknown,
    /// The client has no access to the path's collection.
    CollectionNotAllowed,
    /// The collection, the client or the profile does not allow the method.
    MethodNotAllowed,
    /// Too many requests in a sliding window.
    RateLimitExceeded,
    /// Too many requests in a calendar period.
    QuotaExceeded,
    /// The limits cannot be consulted.
    LimitsUnavailable,
}

impl Reason {
    /// Every reason, in the order of the stages.
    pub const ALL: &'static [Self] = &[
        Self::PathMalformed,
        Self::CertificateUnverified,
        Self::HeaderMalformed,
        Self::HeaderOversized,
        Self::HeaderAmbiguous,
        Self::CertificateMalformed,
        Self::CertificateMissing,
        Self::TokenMissing,
        Self::CertificateExpired,
        Self::CertificateNotYetValid,
        Self::CertificateRevoked,
        Self::CertificateUntrusted,
        Self::IssuerNotAllowed,
        Self::CertificateNotAllowed,
        Self::SenderBindingMissing,
        Self::SenderBindingMismatch,
        Self::SenderBindingMalformed,
        Self::SenderBindingUnsupported,
        Self::IdentityUnmapped,
        Self::IdentityAmbiguous,
        Self::IdentityConflict,
        Self::ClientUnknown,
        Self::ClientInactive,
        Self::ProfileRequired,
        Self::ProfileUnknown,
        Self::ProfileInactive,
        Self::ClientProfileMismatch,
        Self::IpNotAllowed,
        Self::CollectionUnknown,
        Self::CollectionNotAllowed,
        Self::MethodNotAllowed,
        Self::RateLimitExceeded,
        Self::QuotaExceeded,
        Self::LimitsUnavailable,
    ];

    /// The stable code, in snake case.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::PathMalformed => "path_malformed",
            Self::CertificateUnverified => "certificate_unverified",
            Self::HeaderMalformed => "header_malformed",
            Self::HeaderOversized => "header_oversized",
            Self::HeaderAmbiguous => "header_ambiguous",
            Self::CertificateMalformed => "certificate_malformed",
            Self::CertificateMissing => "certificate_missing",
            Self::TokenMissing => "token_missing",
            Self::CertificateExpired => "certificate_expired",
            Self::CertificateNotYetValid => "certificate_not_yet_valid",
            Self::CertificateRevoked => "certificate_revoked",
            Self::CertificateUntrusted => "certificate_untrusted",
            Self::IssuerNotAllowed => "issuer_not_allowed",
            Self::CertificateNotAllowed => "certificate_not_allowed",
            Self::SenderBindingMissing => "sender_binding_missing",
            Self::SenderBindingMismatch => "sender_binding_mismatch",
            Self::SenderBindingMalformed => "sender_binding_malformed",
            Self::SenderBindingUnsupported => "sender_binding_unsupported",
            Self::IdentityUnmapped => "identity_unmapped",
            Self::IdentityAmbiguous => "identity_ambiguous",
            Self::IdentityConflict => "identity_conflict",
            Self::ClientUnknown => "client_unknown",
            Self::ClientInactive => "client_inactive",
            Self::ProfileRequired => "profile_required",
            Self::ProfileUnknown => "profile_unknown",
            Self::ProfileInactive => "profile_inactive",
            Self::ClientProfileMismatch => "client_profile_mismatch",
            Self::IpNotAllowed => "ip_not_allowed",
            Self::CollectionUnknown => "collection_unknown",
            Self::CollectionNotAllowed => "collection_not_allowed",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::RateLimitExceeded => "rate_limit_exceeded",
            Self::QuotaExceeded => "quota_exceeded",
            Self::LimitsUnavailable => "limits_unavailable",
        }
    }

    /// The stage that gives this reason. What one client alone demands of a
    /// certificate is checked when the client is known, and has the reason of
    /// the stage at which everybody's is checked.
    #[must_use]
    pub const fn stage(self) -> Stage {
        match self {
            Self::PathMalformed => Stage::Request,
            Self::CertificateUnverified => Stage::Edge,
            Self::HeaderMalformed | Self::HeaderOversized | Self::HeaderAmbiguous => Stage::Dialect,
            Self::CertificateMalformed => Stage::Certificate,
            Self::CertificateMissing | Self::TokenMissing => Stage::Mode,
            Self::CertificateExpired
            | Self::CertificateNotYetValid
            | Self::CertificateRevoked
            | Self::CertificateUntrusted
            | Self::IssuerNotAllowed
            | Self::CertificateNotAllowed => Stage::Trust,
            Self::SenderBindingMissing
            | Self::SenderBindingMismatch
            | Self::SenderBindingMalformed
            | Self::SenderBindingUnsupported => Stage::Binding,
            Self::IdentityUnmapped | Self::IdentityAmbiguous | Self::IdentityConflict => {
                Stage::Identity
            }
            Self::ClientUnknown
            | Self::ClientInactive
            | Self::ProfileRequired
            | Self::ProfileUnknown
            | Self::ProfileInactive
            | Self::ClientProfileMismatch
            | Self::IpNotAllowed
            | Self::CollectionUnknown
            | Self::CollectionNotAllowed
            | Self::MethodNotAllowed => Stage::Policy,
            Self::RateLimitExceeded | Self::QuotaExceeded | Self::LimitsUnavailable => {
                Stage::Limits
            }
        }
    }

    /// The HTTP status of the denial.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self.stage() {
            Stage::Request | Stage::Dialect | Stage::Certificate => 400,
            Stage::Edge | Stage::Mode | Stage::Trust | Stage::Binding => 401,
            Stage::Identity => 403,
            Stage::Policy => match self {
                Self::MethodNotAllowed => 405,
                _ => 403,
            },
            Stage::Limits => match self {
                Self::LimitsUnavailable => 503,
                _ => 429,
            },
        }
    }

    /// The code that the caller sees. What does not exist or is switched off
    /// reads as what is not allowed, so that nobody can learn which clients,
    /// profiles and collections there are.
    #[must_use]
    pub const fn wire_code(self) -> &'static str {
        match self {
            Self::ClientUnknown
            | Self::ClientInactive
            | Self::ProfileUnknown
            | Self::ProfileInactive => Self::ClientProfileMismatch.code(),
            Self::CollectionUnknown => Self::CollectionNotAllowed.code(),
            other => other.code(),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl serde::Serialize for Reason {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of the contract: code, status, what the caller sees.
    const TABLE: &[(&str, u16, &str)] = &[
        ("path_malformed", 400, "path_malformed"),
        ("certificate_unverified", 401, "certificate_unverified"),
        ("header_malformed", 400, "header_malformed"),
        ("header_oversized", 400, "header_oversized"),
        ("header_ambiguous", 400, "header_ambiguous"),
        ("certificate_malformed", 400, "certificate_malformed"),
        ("certificate_missing", 401, "certificate_missing"),
        ("token_missing", 401, "token_missing"),
        ("certificate_expired", 401, "certificate_expired"),
        (
            "certificate_not_yet_valid",
            401,
            "certificate_not_yet_valid",
        ),
        ("certificate_revoked", 401, "certificate_revoked"),
        ("certificate_untrusted", 401, "certificate_untrusted"),
        ("issuer_not_allowed", 401, "issuer_not_allowed"),
        ("certificate_not_allowed", 401, "certificate_not_allowed"),
        ("sender_binding_missing", 401, "sender_binding_missing"),
        ("sender_binding_mismatch", 401, "sender_binding_mismatch"),
        ("sender_binding_malformed", 401, "sender_binding_malformed"),
        (
            "sender_binding_unsupported",
            401,
            "sender_binding_unsupported",
        ),
        ("identity_unmapped", 403, "identity_unmapped"),
        ("identity_ambiguous", 403, "identity_ambiguous"),
        ("identity_conflict", 403, "identity_conflict"),
        ("client_unknown", 403, "client_profile_mismatch"),
        ("client_inactive", 403, "client_profile_mismatch"),
        ("profile_required", 403, "profile_required"),
        ("profile_unknown", 403, "client_profile_mismatch"),
        ("profile_inactive", 403, "client_profile_mismatch"),
        ("client_profile_mismatch", 403, "client_profile_mismatch"),
        ("ip_not_allowed", 403, "ip_not_allowed"),
        ("collection_unknown", 403, "collection_not_allowed"),
        ("collection_not_allowed", 403, "collection_not_allowed"),
        ("method_not_allowed", 405, "method_not_allowed"),
        ("rate_limit_exceeded", 429, "rate_limit_exceeded"),
        ("quota_exceeded", 429, "quota_exceeded"),
        ("limits_unavailable", 503, "limits_unavailable"),
    ];

    #[test]
    fn codes_and_statuses_are_those_of_the_contract() {
        let listed: Vec<_> = Reason::ALL
            .iter()
            .map(|reason| (reason.code(), reason.status(), reason.wire_code()))
            .collect();
        assert_eq!(listed, TABLE);
        assert!(Reason::ALL.is_sorted_by_key(|reason| reason.stage()));
    }
}
