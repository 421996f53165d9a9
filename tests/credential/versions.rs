//! Keys in PKCS #8 of version 2, which has the public key beside the private one
//! (RFC 5958), and others that TLS libraries do not read, and what is made of them.

use certgate::credential::{Credential, CredentialError, CredentialErrorKind as Kind, KeyForm};

use crate::keys::pem;
use crate::openssl::Openssl;
use crate::pki::{Authority, load};

/// An element of DER of less than 65,536 bytes.
fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u16::try_from(content.len()).unwrap();
    let [high, low] = length.to_be_bytes();
    let head = match length {
        0..128 => vec![tag, low],
        128..256 => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    [head, content].concat()
}

/// id-ecPublicKey with the curve prime256v1.
const P256: &[u8] =
    b"\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";

/// rsaEncryption.
const RSA: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";

/// OneAsymmetricKey, with the public key beside.
fn version_2(algorithm: &[u8], private: &[u8], public: &[u8]) -> String {
    let der = element(
        0x30,
        &[
            b"\x02\x01\x01",
            algorithm,
            &element(0x04, &[private]),
            &element(0x81, &[b"\0", public]),
        ],
    );
    pem("PRIVATE KEY", &der)
}

/// ECPrivateKey as `openssl` writes it in SEC 1.
fn sec1(scalar: &[u8], point: &[u8]) -> Vec<u8> {
    let curve = element(0xa0, &[&P256[11..]]);
    let point = element(0xa1, &[&element(0x03, &[b"\0", point])]);
    element(
        0x30,
        &[b"\x02\x01\x01", &element(0x04, &[scalar]), &curve, &point],
    )
}

fn is_usable(credential: &Credential) {
    use std::sync::Arc;

    use certgate::adapter::tls::rustls::crypto::ring;
    use certgate::adapter::tls::{Authorities, ServerAuthorities};

    let servers = Authorities::from_pem(Authority::new("Servers").pem().as_bytes()).unwrap();
    let config = credential.client_config(
        &ServerAuthorities::These(servers),
        Some(Arc::new(ring::default_provider())),
    );
    assert!(config.is_ok());
}

#[test]
fn an_ec_key_of_version_2_is_one_that_tls_takes() {
    let key = crate::pki::key();
    let certificate = Authority::new("Root").signs("acme", &key);
    let (der, point) = (key.serialize_der(), key.public_key_raw());
    let at = der.windows(2).position(|two| two == [0x04, 0x20]).unwrap() + 2;
    let scalar = &der[at..at + 32];
    let bare = element(0x30, &[b"\x02\x01\x01", &element(0x04, &[scalar])]);
    for private in [&bare, &sec1(scalar, point)] {
        let credential = load(certificate.clone() + &version_2(P256, private, point)).unwrap();
        assert_eq!(credential.private_key().form(), KeyForm::Sec1);
        assert_eq!(
            credential.private_key().expose_der(),
            sec1(scalar, point),
            "as it is without the public key beside"
        );
        is_usable(&credential);
    }
    // The public key beside proves nothing.
    let other = crate::pki::key();
    let forged = version_2(P256, &bare, other.public_key_raw());
    let error = load(certificate.clone() + &forged).unwrap_err();
    assert_eq!(error.kind(), Kind::KeyInconsistent);
    let certificate = Authority::new("Root").signs("acme", &other);
    let error = load(certificate + &forged).unwrap_err();
    assert_eq!(error.kind(), Kind::KeyInconsistent);
}

#[test]
fn an_rsa_key_of_version_2_is_one_that_tls_takes() {
    let Some(openssl) = Openssl::or_skip() else {
        return;
    };
    openssl.authority();
    openssl.run("genrsa -out client.key 2048");
    openssl.run("rsa -in client.key -traditional -outform DER -out private.der");
    openssl.run("rsa -in client.key -RSAPublicKey_out -outform DER -out public.der");
    openssl.certify("client");
    let private = openssl.read("private.der");
    let key = version_2(RSA, &private, &openssl.read("public.der"));
    let credential = load(openssl.text("client.crt") + &key).unwrap();
    assert_eq!(credential.private_key().form(), KeyForm::Pkcs1);
    assert_eq!(credential.private_key().expose_der(), private);
    is_usable(&credential);
}

/// A part of PKCS #8 that nobody has thought of yet.
const LATER: &[u8] = b"\xa2\x02\x05\x00";

#[test]
fn a_key_that_only_this_reads_is_written_anew() {
    let Some(openssl) = Openssl::or_skip() else {
        return;
    };
    openssl.authority();
    openssl.run("genrsa -out client.key 2048");
    openssl.run("rsa -in client.key -traditional -outform DER -out private.der");
    openssl.certify("client");
    let rsa = openssl.read("private.der");
    let bare_rsa: &[u8] = b"\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
    // What Windows adds to keys: keyUsage.
    let attributes = b"\xa0\x0d\x30\x0b\x06\x03\x55\x1d\x0f\x31\x04\x03\x02\x00\x80";

    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
    let certificate = Authority::new("Root").signs("acme", &key);
    let der = key.serialize_der();
    let at = der
        .windows(4)
        .position(|four| four == [4, 34, 4, 32])
        .unwrap()
        + 2;
    let seed = &der[at..at + 34];
    let ed25519: &[u8] = b"\x30\x05\x06\x03\x2b\x65\x70";
    let plain = element(0x30, &[b"\x02\x01\x00", ed25519, &element(0x04, &[seed])]);

    let client = openssl.text("client.crt");
    for (certificate, algorithm, private, tail, form, expected) in [
        (&client, RSA, &*rsa, &b""[..], KeyForm::Pkcs8, None),
        (&client, RSA, &rsa, attributes, KeyForm::Pkcs8, None),
        (&client, bare_rsa, &rsa, b"", KeyForm::Pkcs1, Some(&rsa)),
        (&client, RSA, &rsa, LATER, KeyForm::Pkcs1, Some(&rsa)),
        (&certificate, ed25519, seed, b"", KeyForm::Pkcs8, None),
        (
            &certificate,
            ed25519,
            seed,
            LATER,
            KeyForm::Pkcs8,
            Some(&plain),
        ),
    ] {
        let private = element(0x04, &[private]);
        let der = element(0x30, &[b"\x02\x01\x00", algorithm, &private, tail]);
        let credential = load(certificate.clone() + &pem("PRIVATE KEY", &der)).unwrap();
        let key = credential.private_key();
        assert_eq!(key.form(), form);
        assert_eq!(key.expose_der(), expected.unwrap_or(&der));
        is_usable(&credential);
    }
}

#[test]
fn an_rsa_key_that_no_tls_takes_is_told_for_what_it_is() {
    let Some(openssl) = Openssl::or_skip() else {
        return;
    };
    openssl.authority();
    for (options, expected) in [
        ("2560", Some(Kind::KeyUnsupported)),
        ("3072", None),
        ("3000", Some(Kind::KeyUnsupported)),
        ("-3 2048", Some(Kind::KeyUnsupported)),
        ("-primes 3 2048", Some(Kind::KeyUnsupported)),
    ] {
        openssl.run(&format!("genrsa -out client.key {options}"));
        openssl.certify("client");
        let bundle = openssl.text("client.crt") + &openssl.text("client.key");
        let error = load(bundle).err().map(CredentialError::kind);
        assert_eq!(error, expected, "{options}");
    }
}
