//! `WWW-Authenticate`: how to authenticate instead.

use crate::decide::Reason;
use crate::policy::Mode;

/// The challenge of a 401.
///
/// Where tokens are taken it is `Bearer` (RFC 6750 section 3), with
/// `error="invalid_token"` where the token is at fault. Where only a
/// certificate counts it is `ClientCertificate`: no registered scheme fits,
/// and RFC 9110 section 15.5.2 wants a challenge in every 401.
pub(super) fn challenge(reason: Reason, mode: Mode, realm: &str) -> Option<String> {
    if reason.status() != 401 {
        return None;
    }
    Some(match reason {
        Reason::SenderBindingMissing
        | Reason::SenderBindingMismatch
        | Reason::SenderBindingMalformed
        | Reason::SenderBindingUnsupported => format!(
            "Bearer realm=\"{realm}\", error=\"invalid_token\", error_description=\"{}\"",
            reason.wire_code()
        ),
        Reason::TokenMissing => format!("Bearer realm=\"{realm}\""),
        _ if mode == Mode::Mtls => format!("ClientCertificate realm=\"{realm}\""),
        _ => format!("Bearer realm=\"{realm}\""),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_names_what_is_at_fault() {
        for (reason, mode, expected) in [
            (
                Reason::SenderBindingMismatch,
                Mode::BearerPlusMtlsOptional,
                Some(
                    "Bearer realm=\"r\", error=\"invalid_token\", \
                     error_description=\"sender_binding_mismatch\"",
                ),
            ),
            (
                Reason::TokenMissing,
                Mode::Bearer,
                Some("Bearer realm=\"r\""),
            ),
            (Reason::TokenMissing, Mode::Mtls, Some("Bearer realm=\"r\"")),
            (
                Reason::CertificateMissing,
                Mode::BearerPlusMtlsRequired,
                Some("Bearer realm=\"r\""),
            ),
            (
                Reason::CertificateMissing,
                Mode::Mtls,
                Some("ClientCertificate realm=\"r\""),
            ),
            (
                Reason::CertificateExpired,
                Mode::Mtls,
                Some("ClientCertificate realm=\"r\""),
            ),
            (Reason::IpNotAllowed, Mode::Mtls, None),
            (Reason::HeaderMalformed, Mode::Bearer, None),
        ] {
            assert_eq!(
                challenge(reason, mode, "r").as_deref(),
                expected,
                "{reason}"
            );
        }
    }
}
