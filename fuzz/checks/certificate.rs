//! Any bytes as a certificate: every accessor answers, the bytes are kept, and
//! names survive their text.

use certgate::certificate::{CertInfo, DistinguishedName, GeneralName, Name, is_matchable};

pub(crate) fn check(der: &[u8]) {
    let certificate = match CertInfo::from_der(der.to_vec()) {
        Ok(certificate) => certificate,
        Err(error) => {
            assert!(error.offset() <= der.len());
            return;
        }
    };
    assert_eq!(certificate.der(), der);
    assert!(!certificate.issuer().is_empty());
    survives_text(certificate.issuer());
    survives_text(certificate.subject());
    for name in certificate.alternative_names() {
        if let GeneralName::DirectoryName(name) = name {
            survives_text(name);
        }
        let _ = (name.upn(), name.matchable(), format!("{name:?}"));
    }
    let _ = certificate.spiffe_ids().count();
    let _ = format!(
        "{certificate:?} {:?} {} {:?} {:?} {:?} {:?}",
        certificate.version(),
        certificate.serial(),
        certificate.validity(),
        certificate.basic_constraints(),
        certificate.key_usage(),
        certificate.extended_key_usage(),
    );
    let _ = (
        certificate.public_key_sha256(),
        certificate.to_pem(),
        certificate.to_rfc9440(),
    );
    assert_eq!(CertInfo::from_der(der.to_vec()), Ok(certificate));
}

fn survives_text(name: Name<'_>) {
    let same = name;
    assert!(name == same);
    assert_eq!(name.rdns().rev().count(), name.rdns().count());
    let text = name.to_string();
    assert!(is_matchable(&text));
    let parsed = DistinguishedName::parse(&text).expect("what is printed can be read");
    assert_eq!(parsed, DistinguishedName::from_name(name));
    let matchable = name.attributes().all(|attribute| {
        attribute
            .value()
            .text()
            .is_none_or(|text| is_matchable(&text))
    });
    assert_eq!(parsed.matches(name), matchable && !name.is_empty());
}
