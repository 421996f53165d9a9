//! Damaged keys and certificates: an error or the same credential, never another, and
//! never a panic.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use certgate::credential::{Credential, SecretString, ValidityCheck};

use crate::keys::pem;
use crate::openssl::Openssl;
use crate::pki::load;

fn der(pem: &str) -> Vec<u8> {
    let lines: Vec<&str> = pem.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(lines.concat()).unwrap()
}

/// Every byte changed in two ways, left out, and doubled; and every beginning.
fn damaged(der: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..der.len()).flat_map(|at| {
        let (before, byte, after) = (&der[..at], der[at], &der[at + 1..]);
        [
            [before, &[byte ^ 1], after].concat(),
            [before, &[byte ^ 0x80], after].concat(),
            [before, after].concat(),
            [before, &[byte, byte], after].concat(),
            before.to_vec(),
        ]
    })
}

#[test]
fn a_damaged_key_is_never_the_key() {
    let Some(openssl) = Openssl::or_skip() else {
        return;
    };
    openssl.authority();
    openssl.run("genpkey -algorithm ed25519 -out ed25519.key");
    openssl.run("ecparam -genkey -name prime256v1 -noout -out p256.key");
    openssl.run("pkcs8 -topk8 -nocrypt -in p256.key -out p256pkcs8.key");
    openssl.certify("ed25519");
    openssl.certify("p256");
    for (key, certificate, label) in [
        ("ed25519", "ed25519", "PRIVATE KEY"),
        ("p256", "p256", "EC PRIVATE KEY"),
        ("p256pkcs8", "p256", "PRIVATE KEY"),
    ] {
        let certificate = openssl.text(&format!("{certificate}.crt"));
        let key = der(&openssl.text(&format!("{key}.key")));
        assert!(load(certificate.clone() + &pem(label, &key)).is_ok());
        for damaged in damaged(&key).filter(|damaged| !damaged.is_empty()) {
            if damaged == key {
                continue;
            }
            let loaded = load(certificate.clone() + &pem(label, &damaged));
            assert!(loaded.is_err(), "{damaged:02X?}");
        }
    }
}

#[test]
fn a_damaged_encrypted_key_is_the_key_or_an_error() {
    let Some(openssl) = Openssl::or_skip() else {
        return;
    };
    openssl.authority();
    openssl.run("genpkey -algorithm ed25519 -out client.key");
    openssl.certify("client");
    openssl.run("pkcs8 -topk8 -in client.key -out encrypted.key -passout pass:x -iter 1");
    let certificate = openssl.text("client.crt");
    let plain = der(&openssl.text("client.key"));
    let passphrase = SecretString::from("x");
    let load = |der: &[u8]| {
        let bundle = certificate.clone() + &pem("ENCRYPTED PRIVATE KEY", der);
        Credential::from_pem(
            bundle.as_bytes(),
            Some(&passphrase),
            ValidityCheck::Unchecked,
        )
    };
    let encrypted = der(&openssl.text("encrypted.key"));
    assert_eq!(load(&encrypted).unwrap().private_key().expose_der(), plain);
    for damaged in damaged(&encrypted).filter(|damaged| !damaged.is_empty()) {
        if let Ok(credential) = load(&damaged) {
            assert_eq!(credential.private_key().expose_der(), plain);
        }
    }
}

#[test]
fn a_damaged_certificate_is_not_that_of_the_key_unless_its_key_is_whole() {
    let key = crate::pki::key();
    let certificate = crate::pki::Authority::new("Root").signs("acme", &key);
    let (key_text, whole) = (key.serialize_pem(), der(&certificate));
    for damaged in damaged(&whole).filter(|damaged| !damaged.is_empty()) {
        if let Ok(credential) = load(key_text.clone() + &pem("CERTIFICATE", &damaged)) {
            let info = credential.certificate().public_key_info();
            assert_eq!(&info[info.len() - 65..], key.public_key_raw());
        }
    }
}
