//! What a record tells of a certificate besides its thumbprint, where the policy
//! says so.

use serde::Serialize;

use crate::certificate::{CertInfo, Claims, ClientCertificate};
use crate::decide::Findings;
use crate::policy::{RecordedCertificate, cut};
use crate::request::Timestamp;

/// The names of a certificate, under `[evidence] certificate = "names"`. Of one
/// that the edge only tells about, what it tells.
///
/// Whatever a text has that is no plain character is escaped as in RFC 4514, and
/// a record holds its first 1,024 bytes. Where `verification` says `failed`,
/// anybody can have written them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CertificateNames {
    /// The subject (RFC 4514).
    pub subject: Option<String>,
    /// The issuer (RFC 4514).
    pub issuer: Option<String>,
    /// The serial number in lower-case hexadecimal.
    pub serial: Option<String>,
    /// The last second of its validity.
    pub not_after: Option<Timestamp>,
}

const LONGEST: usize = 1_024;

impl CertificateNames {
    /// What the policy lets a record tell of the certificate that was read.
    pub(super) fn of(findings: &Findings<'_>) -> Option<Self> {
        match findings.policy().recorded_certificate {
            RecordedCertificate::Thumbprint => None,
            RecordedCertificate::Names => Some(match findings.certificate_read()? {
                ClientCertificate::Whole(certificate) => Self::of_certificate(certificate),
                ClientCertificate::Claimed(claims) => Self::of_claims(claims),
            }),
        }
    }

    fn of_certificate(certificate: &CertInfo) -> Self {
        Self {
            subject: Some(text(&certificate.subject())),
            issuer: Some(text(&certificate.issuer())),
            serial: Some(text(&certificate.serial())),
            not_after: Some(certificate.validity().not_after),
        }
    }

    fn of_claims(claims: &Claims) -> Self {
        Self {
            subject: claims.subject().map(text),
            issuer: claims.issuer().map(text),
            serial: None,
            not_after: claims.not_after(),
        }
    }
}

fn text(value: &impl ToString) -> String {
    let mut text = value.to_string();
    let end = cut(&text, LONGEST).len();
    text.truncate(end);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_after_a_whole_character() {
        assert_eq!(text(&"a".repeat(1_024)), "a".repeat(1_024));
        assert_eq!(text(&"é".repeat(600)), "é".repeat(512));
        assert_eq!(text(&format!("a{}", "é".repeat(600))).len(), 1_023);
    }
}
