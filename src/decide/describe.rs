//! What a trace tells of a certificate: as much as records do.

use crate::certificate::{CertInfo, Claims, ClientCertificate};
use crate::policy::{Policy, RecordedCertificate};

use super::assess::Assessed;

/// Why the certificate has no path, where it is to have one; and the certificate by
/// its thumbprint and, where the policy says so, its names. Names are escaped as in
/// RFC 4514.
pub(super) fn describe(policy: &Policy, assessed: &Assessed) -> String {
    let certificate = identified(policy, assessed);
    match assessed.trust.path {
        Err(fault) => format!("{fault}; {certificate}"),
        Ok(_) => certificate,
    }
}

fn identified(policy: &Policy, assessed: &Assessed) -> String {
    let certificate = &assessed.certificate;
    let named = policy.recorded_certificate == RecordedCertificate::Names;
    match certificate {
        ClientCertificate::Whole(certificate) if named => {
            format!("{}, {}", by_thumbprint(certificate), by_names(certificate))
        }
        ClientCertificate::Whole(certificate) => by_thumbprint(certificate),
        ClientCertificate::Claimed(claims) if named => {
            format!("not forwarded; {claims:?}{}", values(claims))
        }
        ClientCertificate::Claimed(claims) => format!("not forwarded; {claims:?}"),
    }
}

fn by_thumbprint(certificate: &CertInfo) -> String {
    format!("thumbprint {}", certificate.thumbprint())
}

fn by_names(certificate: &CertInfo) -> String {
    let validity = certificate.validity();
    format!(
        "valid {} to {}, subject {}, issuer {}, serial {}",
        validity.not_before,
        validity.not_after,
        certificate.subject(),
        certificate.issuer(),
        certificate.serial(),
    )
}

fn values(claims: &Claims) -> String {
    let values = [
        ("subject", claims.subject().map(ToString::to_string)),
        ("issuer", claims.issuer().map(ToString::to_string)),
        ("valid to", claims.not_after().map(|end| end.to_string())),
    ];
    values
        .into_iter()
        .filter_map(|(name, value)| Some(format!(", {name} {}", value?)))
        .collect()
}
