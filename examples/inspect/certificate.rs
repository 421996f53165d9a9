//! A certificate as the members of a JSON object.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use certgate::certificate::{AttributeType, CertInfo, GeneralName};
use serde::Serialize;

use crate::support::lines::Fault;

/// Everything about a certificate that the tool shows.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CertificateView {
    pub(super) subject: String,
    pub(super) issuer: String,
    pub(super) serial: String,
    pub(super) not_before: String,
    pub(super) not_after: String,
    pub(super) sha256_fingerprint: String,
    #[serde(rename = "x5tS256")]
    pub(super) x5t_s256: String,
    pub(super) cn: Vec<String>,
    pub(super) ou: Vec<String>,
    pub(super) san: AlternativeNamesView,
    der: String,
}

/// The alternative names by type, each type in encoded order.
#[derive(Default, Serialize)]
pub(super) struct AlternativeNamesView {
    pub(super) dns: Vec<String>,
    pub(super) email: Vec<String>,
    pub(super) uri: Vec<String>,
    pub(super) ip: Vec<String>,
    pub(super) dirname: Vec<String>,
    /// `upn:text` for a user principal name; the rest as `otherName:OID:#hex`,
    /// `registeredID:OID`, `x400Address:#hex` or `ediPartyName:#hex`.
    pub(super) other: Vec<String>,
}

/// Reads the certificate at that place of those presented, 0 being the
/// client's.
pub(super) fn read_certificate(der: Vec<u8>, place: usize) -> Result<CertInfo, Fault> {
    CertInfo::from_der(der).map_err(|error| Fault {
        certificate: Some(place),
        ..Fault::new(
            "certificate_malformed",
            error.kind().code(),
            Some(error.offset()),
        )
    })
}

impl CertificateView {
    pub(super) fn new(certificate: &CertInfo) -> Self {
        let validity = certificate.validity();
        let thumbprint = certificate.thumbprint();
        Self {
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            serial: certificate.serial().to_string(),
            not_before: validity.not_before.to_string(),
            not_after: validity.not_after.to_string(),
            sha256_fingerprint: thumbprint.colon_hex(),
            x5t_s256: thumbprint.x5t_s256(),
            cn: subject_values(certificate, AttributeType::COMMON_NAME),
            ou: subject_values(certificate, AttributeType::ORGANIZATIONAL_UNIT),
            san: AlternativeNamesView::new(certificate),
            der: STANDARD.encode(certificate.der()),
        }
    }
}

impl AlternativeNamesView {
    fn new(certificate: &CertInfo) -> Self {
        let mut view = Self::default();
        for name in certificate.alternative_names() {
            match name {
                GeneralName::Dns(text) => view.dns.push(text.to_owned()),
                GeneralName::Email(text) => view.email.push(text.to_owned()),
                GeneralName::Uri(text) => view.uri.push(text.to_owned()),
                GeneralName::Ip(address) => view.ip.push(address.to_string()),
                GeneralName::DirectoryName(name) => view.dirname.push(name.to_string()),
                other => view.other.push(other_name(&other)),
            }
        }
        view
    }
}

fn other_name(name: &GeneralName<'_>) -> String {
    match *name {
        GeneralName::Other { type_id, value } => match name.upn() {
            Some(upn) => format!("upn:{upn}"),
            None => format!("otherName:{type_id}:{}", hex(value)),
        },
        GeneralName::RegisteredId(id) => format!("registeredID:{id}"),
        GeneralName::X400(der) => format!("x400Address:{}", hex(der)),
        GeneralName::EdiParty(der) => format!("ediPartyName:{}", hex(der)),
        _ => "unknown".to_owned(),
    }
}

/// The values in encoded order: most general RDN first.
fn subject_values(certificate: &CertInfo, attribute_type: AttributeType) -> Vec<String> {
    certificate
        .subject()
        .values(attribute_type)
        .map(|value| match value.text() {
            Some(text) => text.into_owned(),
            None => hex(value.as_der()),
        })
        .collect()
}

/// `#` and the digits, as RFC 4514 writes a value that has no text.
pub(super) fn hex(der: &[u8]) -> String {
    let digits: String = der.iter().map(|octet| format!("{octet:02x}")).collect();
    format!("#{digits}")
}
