//! Certificates and a key in one text or in two.

use certgate::credential::{
    Credential, CredentialErrorKind as Kind, CredentialField as Field, CredentialParts,
    ValidityCheck,
};

use crate::openssl::Openssl;
use crate::pki::{Authority, fault, key, load, sent};

#[test]
fn a_bundle_may_be_in_any_order() {
    let root = Authority::new("Root");
    let middle = root.below("Middle");
    let key = key();
    let texts = [
        middle.signs("acme", &key),
        middle.pem(),
        root.pem(),
        key.serialize_pem(),
    ];
    for order in [
        [0, 1, 2, 3],
        [3, 2, 1, 0],
        [1, 3, 0, 2],
        [2, 0, 3, 1],
        [1, 2, 3, 0],
    ] {
        let bundle: String = order.iter().map(|&at| texts[at].as_str()).collect();
        let credential = load(&bundle).unwrap();
        assert_eq!(credential.certificate().subject().to_string(), "CN=acme");
        // The root is not sent.
        assert_eq!(sent(&credential), ["CN=acme", "CN=Middle"], "{order:?}");
        // Nor is it believed, unless it is named as an authority.
        assert!(credential.authorities().is_empty());
    }
    // A certificate that signed itself is all there is to send.
    let alone = rcgen::CertificateParams::default()
        .self_signed(&key)
        .unwrap()
        .pem();
    assert_eq!(
        sent(&load(alone + &texts[3]).unwrap()),
        ["CN=rcgen self signed cert"]
    );
}

#[test]
fn every_certificate_of_a_bundle_has_its_place_in_the_chain() {
    let root = Authority::new("Root");
    let (middle, other) = (root.below("Middle"), root.below("Other"));
    let key = key();
    let (leaf, pem) = (middle.signs("acme", &key), key.serialize_pem());
    let whole = format!("{pem}{leaf}{}{}", middle.pem(), root.pem());
    assert!(load(&whole).is_ok());

    let at = whole.len();
    for (more, kind) in [
        // Of nobody on the way, or of somebody else.
        (other.pem(), Kind::CertificateUnrelated),
        (Authority::new("Root 2").pem(), Kind::CertificateUnrelated),
        (
            middle.signs("globex", &crate::pki::key()),
            Kind::CertificateUnrelated,
        ),
        // Which of the two names is meant nobody said.
        (Authority::new("Root").pem(), Kind::SeveralIssuers),
        (root.below("Middle").pem(), Kind::SeveralIssuers),
        // A renewed certificate of the same key.
        (middle.signs("acme", &key), Kind::SeveralLeaves),
        (leaf.clone(), Kind::CertificateRepeated),
        (root.pem(), Kind::CertificateRepeated),
        (pem.clone(), Kind::SeveralKeys),
        (crate::pki::key().serialize_pem(), Kind::SeveralKeys),
    ] {
        assert_eq!(fault(whole.clone() + &more), (kind, Some(5), Some(at)));
    }
    // What stands between is missing.
    let gap = format!("{pem}{leaf}{}", root.pem());
    let at = pem.len() + leaf.len();
    assert_eq!(fault(gap), (Kind::CertificateUnrelated, Some(3), Some(at)));

    assert_eq!(fault(&pem), (Kind::NoCertificate, None, None));
    assert_eq!(fault(&leaf), (Kind::NoKey, None, None));
    let foreign = crate::pki::key().serialize_pem();
    assert_eq!(fault(foreign + &leaf), (Kind::KeyMismatch, None, None));
    // A partner's certificate, whatever its names are.
    let twin = middle.signs("acme", &crate::pki::key());
    assert_eq!(fault(pem + &twin), (Kind::KeyMismatch, None, None));
}

#[test]
fn authorities_that_name_each_other_end() {
    // Cross-signed: each is the issuer of the other, by name.
    let (one, two) = (Authority::new("One"), Authority::new("Two"));
    let (crossed_one, crossed_two) = (two.below("One"), one.below("Two"));
    let key = key();
    let leaf = one.signs("acme", &key);
    let bundle = leaf + &key.serialize_pem() + &crossed_one.pem() + &crossed_two.pem();
    assert_eq!(
        sent(&load(bundle).unwrap()),
        ["CN=acme", "CN=One", "CN=Two"]
    );
}

#[test]
fn a_key_may_be_in_a_text_of_its_own() {
    let root = Authority::new("Root");
    let key = key();
    let (leaf, key) = (root.signs("acme", &key), key.serialize_pem());
    let both = leaf.clone() + &key;
    let load = |certificates: &str, key: &str| {
        let parts = CredentialParts::new(certificates.as_bytes()).with_private_key(key.as_bytes());
        Credential::from_parts(&parts, ValidityCheck::Unchecked)
    };
    assert!(load(&leaf, &key).is_ok());
    // One file for both, as other software takes it.
    assert!(load(&both, &both).is_ok());

    for (certificates, key, kind, field, block) in [
        (
            &*both,
            &*key,
            Kind::SeveralKeys,
            Field::ClientCertificate,
            Some(2),
        ),
        (
            &*leaf,
            &*both,
            Kind::CertificateBesideKey,
            Field::ClientPrivateKey,
            Some(1),
        ),
        (&*leaf, &*leaf, Kind::NoKey, Field::ClientPrivateKey, None),
        (&*leaf, "", Kind::NoBlock, Field::ClientPrivateKey, None),
        ("", &*key, Kind::NoBlock, Field::ClientCertificate, None),
        (
            &*key,
            &*key,
            Kind::NoCertificate,
            Field::ClientCertificate,
            None,
        ),
    ] {
        let error = load(certificates, key).unwrap_err();
        assert_eq!(
            (error.kind(), error.field(), error.block()),
            (kind, Some(field), block)
        );
    }
}

#[test]
fn what_openssl_writes_around_blocks_is_passed_over() {
    let Some(openssl) = Openssl::or_skip() else {
        return;
    };
    openssl.authority();
    openssl.run("genrsa -out client.key 2048");
    openssl.certify("client");
    openssl.run(
        "pkcs12 -export -in client.crt -inkey client.key -certfile ca.crt -out client.p12 \
         -passout pass:secret -name payments",
    );
    openssl.run("pkcs12 -in client.p12 -noenc -passin pass:secret -out bundle.pem");
    let bundle = openssl.text("bundle.pem");
    assert!(bundle.contains("Bag Attributes") && bundle.contains("friendlyName: payments"));
    let credential = load(&bundle).unwrap();
    assert_eq!(
        sent(&credential),
        ["C=US,O=ExampleCorp,CN=zerq-upstream-client"]
    );
    // `openssl x509 -text` before the block.
    openssl.run("x509 -in client.crt -text -out described.crt");
    let described = openssl.text("described.crt") + &openssl.text("client.key");
    assert!(described.starts_with("Certificate:\n    Data:\n"));
    assert_eq!(
        load(described).unwrap().certificate(),
        credential.certificate()
    );

    let at_start = (None, None);
    let fault = |name: &str| {
        let (kind, block, offset) = fault(openssl.read(name));
        assert_eq!((block, offset), at_start);
        kind
    };
    assert_eq!(fault("client.p12"), Kind::Pkcs12);
    openssl.run("x509 -in client.crt -outform DER -out client.der");
    assert_eq!(fault("client.der"), Kind::Der);
    openssl.run("genpkey -algorithm ed25519 -outform DER -out key.der");
    assert_eq!(fault("key.der"), Kind::Der);
}
