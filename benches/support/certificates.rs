//! Certificates as a company's authority issues them: one issuer, distinct
//! subjects, the usual extensions; 900 to 1,000 bytes of DER.

use certgate::certificate::CertInfo;
use rcgen::{
    BasicConstraints, CertificateParams, CrlDistributionPoint, CustomExtension, DistinguishedName,
    DnType, DnValue, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, SanType,
    date_time_ymd,
};

/// Enough that no branch predictor learns them all.
pub(crate) const CERTIFICATES: usize = 256;

/// The issuer's name, as a policy writes it.
pub(crate) const ISSUER: &str =
    "CN=Example Payments Issuing CA 1,OU=Public Key Infrastructure,O=Example Payments Ltd,C=GB";

/// One client's certificate, in the forms that edges send.
pub(crate) struct Certificate {
    pub(crate) client: String,
    pub(crate) der: Vec<u8>,
    pub(crate) thumbprint: [u8; 32],
    /// What nginx sends.
    pub(crate) escaped_pem: String,
    /// What Traefik sends.
    pub(crate) base64: String,
}

impl Certificate {
    /// The thumbprint in hexadecimal.
    pub(crate) fn hexadecimal(&self) -> String {
        let digits = self.thumbprint.iter();
        digits.map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The certificates of `client-0`, `client-1`, …, all of the unit `prod`.
pub(crate) fn issue() -> Vec<Certificate> {
    let authority = authority();
    (0..CERTIFICATES)
        .map(|number| issue_one(&authority, format!("client-{number}")))
        .collect()
}

fn authority() -> Issuer<'static, KeyPair> {
    let mut params = params(&[
        (DnType::CountryName, "GB"),
        (DnType::OrganizationName, "Example Payments Ltd"),
        (DnType::OrganizationalUnitName, "Public Key Infrastructure"),
        (DnType::CommonName, "Example Payments Issuing CA 1"),
    ]);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Issuer::new(params, KeyPair::generate().unwrap())
}

fn issue_one(authority: &Issuer<'_, KeyPair>, client: String) -> Certificate {
    let mut params = params(&[
        (DnType::CountryName, "GB"),
        (DnType::LocalityName, "London"),
        (DnType::OrganizationName, "Example Partner Services Limited"),
        (DnType::OrganizationalUnitName, "prod"),
        (DnType::CommonName, &client),
    ]);
    let dns = format!("{client}.partners.example.com");
    let uri = format!("urn:example:partner:{client}");
    params.subject_alt_names = vec![
        SanType::DnsName(dns.try_into().unwrap()),
        SanType::URI(uri.try_into().unwrap()),
    ];
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![
        KeyUsagePurpose::DigitalSignature,
        KeyUsagePurpose::KeyAgreement,
    ];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params.use_authority_key_identifier_extension = true;
    params.crl_distribution_points = vec![CrlDistributionPoint {
        uris: vec!["http://pki.example.com/crl/payments-issuing-ca-1.crl".to_owned()],
    }];
    params.custom_extensions = vec![
        authority_information_access(),
        certificate_policies("https://pki.example.com/certification-practice-statement.pdf"),
    ];
    let key = KeyPair::generate().unwrap();
    let der = params.signed_by(&key, authority).unwrap().der().to_vec();
    let info = CertInfo::from_der(der.clone()).unwrap();
    Certificate {
        client,
        thumbprint: *info.thumbprint().as_bytes(),
        escaped_pem: escape(&info.to_pem()),
        base64: info.to_rfc9440().trim_matches(':').to_owned(),
        der,
    }
}

fn params(subject: &[(DnType, &str)]) -> CertificateParams {
    let mut name = DistinguishedName::new();
    for (kind, value) in subject {
        // A country is a PrintableString by RFC 5280; the others are UTF-8.
        let value = match kind {
            DnType::CountryName => DnValue::PrintableString((*value).try_into().unwrap()),
            _ => DnValue::Utf8String((*value).to_owned()),
        };
        name.push(kind.clone(), value);
    }
    let mut params = CertificateParams::default();
    params.distinguished_name = name;
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2027, 1, 1);
    params
}

/// RFC 5280 section 4.2.2.1, with an OCSP responder and the issuer's own
/// certificate.
fn authority_information_access() -> CustomExtension {
    let access = |method: u8, uri: &str| {
        let method = [0x2B, 6, 1, 5, 5, 7, 48, method];
        der(
            0x30,
            &[der(0x06, &method), der(0x86, uri.as_bytes())].concat(),
        )
    };
    let accesses = [
        access(1, "http://ocsp.pki.example.com"),
        access(2, "http://pki.example.com/ca/payments-issuing-ca-1.cer"),
    ];
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], der(0x30, &accesses.concat()))
}

/// RFC 5280 section 4.2.1.4, with a pointer to the practice statement.
fn certificate_policies(statement: &str) -> CustomExtension {
    let pointer = [0x2B, 6, 1, 5, 5, 7, 2, 1];
    let qualifier = der(
        0x30,
        &[der(0x06, &pointer), der(0x16, statement.as_bytes())].concat(),
    );
    let policy = [0x2B, 6, 1, 4, 1, 0x82, 0x37, 1, 1];
    let information = der(0x30, &[der(0x06, &policy), der(0x30, &qualifier)].concat());
    CustomExtension::from_oid_content(&[2, 5, 29, 32], der(0x30, &information))
}

/// An element; everything here is short enough for two length octets.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut element = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short @ ..=0x7F) => element.push(short),
        Ok(long) => element.extend([0x81, long]),
        Err(_) => panic!("the element is too long"),
    }
    element.extend(content);
    element
}

/// What nginx does in `$ssl_client_escaped_cert`: everything but unreserved
/// characters becomes upper-case hexadecimal.
fn escape(pem: &str) -> String {
    let mut escaped = String::new();
    for character in pem.chars() {
        if character.is_ascii_alphanumeric() || "-._~".contains(character) {
            escaped.push(character);
        } else {
            escaped.push_str(&format!("%{:02X}", u32::from(character)));
        }
    }
    escaped
}
