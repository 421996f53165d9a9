//! Private keys in every form, and whether they are those of their certificates.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use certgate::credential::{CredentialError, CredentialErrorKind as Kind, KeyForm};

use crate::openssl::Openssl;
use crate::pki::{Authority, fault, load};

#[test]
fn keys_of_openssl_load_in_every_form() {
    let Some(openssl) = Openssl::or_skip() else {
        return;
    };
    openssl.authority();
    openssl.run("genrsa -out rsa.key 2048");
    openssl.run("genrsa -out rsa4096.key 4096");
    openssl.run("ecparam -genkey -name prime256v1 -out p256.key");
    openssl.run("ecparam -genkey -name secp384r1 -out p384.key");
    openssl.run("genpkey -algorithm ed25519 -out ed25519.key");
    openssl.run("rsa -in rsa.key -traditional -out rsa1.key");
    openssl.run("pkcs8 -topk8 -nocrypt -in p256.key -out p256pkcs8.key");
    openssl.run("pkcs8 -topk8 -nocrypt -in p384.key -out p384pkcs8.key");
    // Without their public keys, which are added.
    openssl.run("ec -in p256.key -no_public -out p256bare.key");
    openssl.run("pkcs8 -topk8 -nocrypt -in p256bare.key -out p256bare8.key");
    openssl.run("ec -in p256.key -out p256whole.key");
    for (name, certificate, form) in [
        ("rsa", "rsa", KeyForm::Pkcs8),
        ("rsa1", "rsa", KeyForm::Pkcs1),
        ("rsa4096", "rsa4096", KeyForm::Pkcs8),
        ("p256", "p256", KeyForm::Sec1),
        ("p256bare", "p256", KeyForm::Sec1),
        ("p256bare8", "p256", KeyForm::Sec1),
        ("p256pkcs8", "p256", KeyForm::Pkcs8),
        ("p384", "p384", KeyForm::Sec1),
        ("p384pkcs8", "p384", KeyForm::Pkcs8),
        ("ed25519", "ed25519", KeyForm::Pkcs8),
    ] {
        if name == certificate {
            openssl.certify(name);
        }
        let key = openssl.text(&format!("{name}.key"));
        let certificate = openssl.text(&format!("{certificate}.crt"));
        let credential = load(format!("{certificate}{key}")).unwrap();
        assert_eq!(credential.private_key().form(), form);
        let subject = credential.certificate().subject().to_string();
        assert_eq!(subject, "C=US,O=ExampleCorp,CN=zerq-upstream-client");
        let key = if name.starts_with("p256bare") {
            openssl.text("p256whole.key")
        } else {
            key
        };
        let block = key.rsplit_once("-----BEGIN").unwrap().1;
        let lines: Vec<&str> = block.lines().skip(1).collect();
        let der = STANDARD.decode(lines[..lines.len() - 1].concat()).unwrap();
        assert_eq!(credential.private_key().expose_der(), der);
    }
}

#[test]
fn a_key_of_another_certificate_is_refused_in_every_kind() {
    let Some(openssl) = Openssl::or_skip() else {
        return;
    };
    openssl.authority();
    for (kind, options) in [
        ("rsa", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048"),
        ("p256", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256"),
        ("p384", "-algorithm EC -pkeyopt ec_paramgen_curve:P-384"),
        ("ed25519", "-algorithm ed25519"),
    ] {
        openssl.run(&format!("genpkey {options} -out {kind}.key"));
        openssl.run(&format!("genpkey {options} -out {kind}-other.key"));
        openssl.certify(kind);
    }
    let kinds = ["rsa", "p256", "p384", "ed25519"];
    for of_certificate in kinds {
        for of_key in
            kinds
                .into_iter()
                .chain(["rsa-other", "p256-other", "p384-other", "ed25519-other"])
        {
            let certificate = openssl.text(&format!("{of_certificate}.crt"));
            let key = openssl.text(&format!("{of_key}.key"));
            let loaded = load(format!("{certificate}{key}"));
            if of_key == of_certificate {
                assert!(loaded.is_ok());
            } else {
                assert_eq!(loaded.unwrap_err().kind(), Kind::KeyMismatch, "{of_key}");
            }
        }
    }
}

#[test]
fn a_key_without_its_public_key_is_compared_all_the_same() {
    let Some(openssl) = Openssl::or_skip() else {
        return;
    };
    openssl.authority();
    for (name, curve) in [("p256", "prime256v1"), ("p384", "secp384r1")] {
        openssl.run(&format!(
            "ecparam -genkey -name {curve} -noout -out {name}.key"
        ));
        openssl.run(&format!(
            "ec -in {name}.key -no_public -out {name}-bare.key"
        ));
        openssl.run(&format!(
            "ecparam -genkey -name {curve} -noout -out {name}-other.key"
        ));
        openssl.certify(name);
        openssl.certify(&format!("{name}-other"));
        let key = openssl.text(&format!("{name}-bare.key"));
        assert!(load(openssl.text(&format!("{name}.crt")) + &key).is_ok());
        let other = openssl.text(&format!("{name}-other.crt"));
        let error = load(other + &key).unwrap_err();
        assert_eq!(error.kind(), Kind::KeyMismatch, "{name}");
    }
}

#[test]
fn the_public_key_in_the_file_of_a_key_proves_nothing() {
    let root = Authority::new("Root");
    for algorithm in [
        &rcgen::PKCS_ECDSA_P256_SHA256,
        &rcgen::PKCS_ECDSA_P384_SHA384,
        &rcgen::PKCS_ED25519,
    ] {
        let key = rcgen::KeyPair::generate_for(algorithm).unwrap();
        let other = rcgen::KeyPair::generate_for(algorithm).unwrap();
        let (certificate, point) = (root.signs("acme", &key), key.public_key_raw());
        // The other key, which says that its public key is the certificate's.
        let mut der = other.serialize_der();
        let at = der.len() - point.len();
        assert_eq!(&der[at..], other.public_key_raw());
        der[at..].copy_from_slice(point);
        let forged = pem("PRIVATE KEY", &der);
        let at = certificate.len();
        assert_eq!(
            fault(format!("{certificate}{forged}")),
            (Kind::KeyInconsistent, Some(2), Some(at))
        );
        assert!(load(certificate + &key.serialize_pem()).is_ok());
    }
}

#[test]
fn rsa_keys_whose_numbers_disagree_are_refused() {
    let Some(openssl) = Openssl::or_skip() else {
        return;
    };
    openssl.authority();
    for name in ["rsa", "other"] {
        openssl.run(&format!("genrsa -out {name}.key 2048"));
        openssl.run(&format!(
            "rsa -in {name}.key -traditional -outform DER -out {name}.der"
        ));
    }
    openssl.certify("rsa");
    let certificate = openssl.text("rsa.crt");
    let (mine, other) = (openssl.read("rsa.der"), openssl.read("other.der"));
    // SEQUENCE, version, then the modulus: 4 + 3 + 4 bytes before it, 257 of it.
    let mut forged = other;
    forged[11..268].copy_from_slice(&mine[11..268]);
    for (der, expected) in [(&forged, Some(Kind::KeyInconsistent)), (&mine, None)] {
        let bundle = certificate.clone() + &pem("RSA PRIVATE KEY", der);
        assert_eq!(load(bundle).err().map(CredentialError::kind), expected);
    }
}

#[test]
fn keys_that_are_not_supported_say_so() {
    let Some(openssl) = Openssl::or_skip() else {
        return;
    };
    openssl.authority();
    openssl.run("genrsa -out small.key 1024");
    openssl.run("genrsa -out large.key 5120");
    openssl.run("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521 -out p521.key");
    openssl.run("ecparam -genkey -name secp521r1 -noout -out p521sec1.key");
    openssl.run("ecparam -genkey -name secp256k1 -noout -out k256.key");
    openssl.run("genpkey -algorithm ed448 -out ed448.key");
    openssl.run("genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out pss.key");
    openssl.run("ecparam -genkey -name prime256v1 -param_enc explicit -noout -out explicit.key");
    openssl.run("pkcs8 -topk8 -nocrypt -in explicit.key -out explicit8.key");
    let certificate = Authority::new("Root").signs("acme", &crate::pki::key());
    let at = certificate.len();
    for (name, kind) in [
        ("small", Kind::KeyUnsupported),
        ("large", Kind::KeyUnsupported),
        ("p521", Kind::KeyUnsupported),
        ("p521sec1", Kind::KeyUnsupported),
        ("k256", Kind::KeyUnsupported),
        ("ed448", Kind::KeyUnsupported),
        ("pss", Kind::KeyUnsupported),
        ("explicit", Kind::CurveUnnamed),
        ("explicit8", Kind::CurveUnnamed),
    ] {
        let bundle = certificate.clone() + &openssl.text(&format!("{name}.key"));
        assert_eq!(fault(bundle), (kind, Some(2), Some(at)), "{name}");
    }
    // The command of the message.
    openssl.run("ec -in explicit.key -param_enc named_curve -out named.key");
    let bundle = certificate.clone() + &openssl.text("named.key");
    assert_eq!(load(bundle).unwrap_err().kind(), Kind::KeyMismatch);

    for (label, der) in [
        ("PRIVATE KEY", b"\x30\x00".as_slice()),
        ("PRIVATE KEY", b"no key"),
        ("EC PRIVATE KEY", b"\x30\x03\x02\x01\x01"),
        ("RSA PRIVATE KEY", b"\x30\x03\x02\x01\x00"),
    ] {
        let bundle = certificate.clone() + &pem(label, der);
        assert_eq!(
            fault(bundle),
            (Kind::KeyMalformed, Some(2), Some(at)),
            "{label}"
        );
    }
    // Bytes after the end, in a key that would be right.
    let key = crate::pki::key();
    let certificate = Authority::new("Root").signs("acme", &key);
    let mut der = key.serialize_der();
    der.push(0);
    let bundle = certificate + &pem("PRIVATE KEY", &der);
    assert_eq!(load(bundle).unwrap_err().kind(), Kind::KeyMalformed);
}

pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        STANDARD.encode(der)
    )
}
