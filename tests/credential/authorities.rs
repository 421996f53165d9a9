//! The authorities of the servers that are called.

use certgate::credential::{
    Credential, CredentialErrorKind as Kind, CredentialField, CredentialParts, ValidityCheck,
};

use crate::pki::{Authority, key};

#[test]
fn authorities_are_certificates_that_may_sign_others() {
    let (root, servers) = (Authority::new("Root"), Authority::new("Servers"));
    let key = key();
    let (leaf, key_text) = (root.signs("acme", &key), key.serialize_pem());
    let bundle = leaf.clone() + &key_text;
    let load = |authorities: &str| {
        let parts =
            CredentialParts::new(bundle.as_bytes()).with_authorities(authorities.as_bytes());
        Credential::from_parts(&parts, ValidityCheck::Unchecked)
    };
    let one = servers.pem();
    let names = |credential: &Credential| -> Vec<String> {
        let authorities = credential.authorities().iter();
        authorities.map(|one| one.subject().to_string()).collect()
    };
    assert_eq!(names(&load(&one).unwrap()), ["CN=Servers"]);
    let two = format!("Servers, until 2100\n{one}{}", root.pem());
    assert_eq!(names(&load(&two).unwrap()), ["CN=Servers", "CN=Root"]);

    for (text, kind, block) in [
        (String::new(), Kind::NoBlock, None),
        (one.clone() + &leaf, Kind::NotAnAuthority, Some(2)),
        (one.clone() + &key_text, Kind::KeyAmongAuthorities, Some(2)),
        (one.clone() + &one, Kind::CertificateRepeated, Some(2)),
        (
            one.clone() + &one.replace("CERTIFICATE", "TRUSTED CERTIFICATE"),
            Kind::TrustedCertificate,
            Some(2),
        ),
        (
            "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n".into(),
            Kind::NoCertificate,
            None,
        ),
    ] {
        let error = load(&text).unwrap_err();
        let field = Some(CredentialField::CaCertificate);
        assert_eq!(
            (error.kind(), error.field(), error.block()),
            (kind, field, block)
        );
    }
}
