//! Encrypted private keys.

use certgate::credential::{
    Credential, CredentialErrorKind as Kind, CredentialField, KeyForm, SecretString, ValidityCheck,
};

use crate::openssl::Openssl;

const PASSPHRASE: &str = "correct horse";

fn load(bundle: &str, passphrase: Option<&str>) -> Result<Credential, Kind> {
    let passphrase = passphrase.map(SecretString::from);
    Credential::from_pem(
        bundle.as_bytes(),
        passphrase.as_ref(),
        ValidityCheck::Unchecked,
    )
    .map_err(|error| {
        let known = error.field() == Some(CredentialField::ClientCertificate);
        assert!(known && error.block() == Some(2));
        error.kind()
    })
}

/// A certificate, and its key encrypted with these options of `openssl pkcs8`.
fn encrypted(openssl: &Openssl, key: &str, options: &str) -> String {
    openssl.run(&format!(
        "pkcs8 -topk8 -in {key}.key -out encrypted.key -passout file:passphrase {options}"
    ));
    openssl.text(&format!("{key}.crt")) + &openssl.text("encrypted.key")
}

fn keys() -> Option<Openssl> {
    let openssl = Openssl::or_skip()?;
    openssl.authority();
    openssl.write("passphrase", PASSPHRASE);
    // openssl reads a line for each of two passphrases from one file.
    openssl.write("again", PASSPHRASE);
    openssl.run("genrsa -out rsa.key 2048");
    openssl.run("ecparam -genkey -name prime256v1 -noout -out p256.key");
    openssl.run("genpkey -algorithm ed25519 -out ed25519.key");
    for name in ["rsa", "p256", "ed25519"] {
        openssl.certify(name);
    }
    Some(openssl)
}

#[test]
fn pbes2_is_decrypted_with_the_passphrase() {
    let Some(openssl) = keys() else {
        return;
    };
    for (key, options) in [
        ("rsa", ""),
        ("p256", ""),
        ("ed25519", ""),
        ("rsa", "-v2 aes-128-cbc -v2prf hmacWithSHA1"),
        ("p256", "-v2 aes-192-cbc -v2prf hmacWithSHA224"),
        ("ed25519", "-v2 aes-256-cbc -v2prf hmacWithSHA256"),
        ("rsa", "-v2 aes-256-cbc -v2prf hmacWithSHA384"),
        ("p256", "-v2 aes-256-cbc -v2prf hmacWithSHA512"),
        ("p256", "-v2 aes-256-cbc -iter 20000"),
        (
            "p256",
            "-v2 aes-256-cbc -scrypt -scrypt_N 1024 -scrypt_r 8 -scrypt_p 1",
        ),
    ] {
        let bundle = encrypted(&openssl, key, options);
        assert!(bundle.contains("BEGIN ENCRYPTED PRIVATE KEY"));
        let credential = load(&bundle, Some(PASSPHRASE)).unwrap();
        assert_eq!(credential.private_key().form(), KeyForm::Pkcs8);
        openssl.run(&format!(
            "pkcs8 -topk8 -nocrypt -in {key}.key -outform DER -out plain.der"
        ));
        assert_eq!(
            credential.private_key().expose_der(),
            openssl.read("plain.der")
        );

        for wrong in ["correct horse\n", "Correct horse", "x", " "] {
            assert_eq!(
                load(&bundle, Some(wrong)).err(),
                Some(Kind::PassphraseWrong),
                "{options}"
            );
        }
        assert_eq!(load(&bundle, None).err(), Some(Kind::PassphraseMissing));
        assert_eq!(load(&bundle, Some("")).err(), Some(Kind::PassphraseMissing));
    }
}

#[test]
fn a_wrong_passphrase_is_never_anything_else() {
    let Some(openssl) = keys() else {
        return;
    };
    // One in 256 leaves padding that looks right.
    let bundle = encrypted(&openssl, "ed25519", "-iter 1");
    for number in 0..600 {
        let wrong = format!("wrong {number}");
        assert_eq!(
            load(&bundle, Some(&wrong)).err(),
            Some(Kind::PassphraseWrong)
        );
    }
    assert!(load(&bundle, Some(PASSPHRASE)).is_ok());
}

#[test]
fn a_passphrase_for_a_plain_key_is_a_mistake() {
    let Some(openssl) = keys() else {
        return;
    };
    let bundle = openssl.text("p256.crt") + &openssl.text("p256.key");
    assert_eq!(
        load(&bundle, Some(PASSPHRASE)).err(),
        Some(Kind::PassphraseUnneeded)
    );
    assert!(load(&bundle, None).is_ok());
    // As a form without it sends it.
    assert!(load(&bundle, Some("")).is_ok());
}

#[test]
fn obsolete_encryption_is_refused_with_the_command_that_helps() {
    let Some(openssl) = keys() else {
        return;
    };
    for (options, kind) in [
        ("-v1 PBE-SHA1-3DES", Kind::EncryptionObsolete),
        ("-v2 des3", Kind::EncryptionObsolete),
        ("-v2 aria-256-cbc", Kind::EncryptionUnsupported),
        ("-v2 camellia-256-cbc", Kind::EncryptionUnsupported),
    ] {
        let bundle = encrypted(&openssl, "rsa", options);
        assert_eq!(
            load(&bundle, Some(PASSPHRASE)).err(),
            Some(kind),
            "{options}"
        );
        assert_eq!(load(&bundle, None).err(), Some(Kind::PassphraseMissing));
        openssl.run(
            "pkcs8 -topk8 -v2 aes-256-cbc -in encrypted.key -passin file:passphrase \
             -out converted.key -passout file:again",
        );
        let bundle = openssl.text("rsa.crt") + &openssl.text("converted.key");
        assert!(load(&bundle, Some(PASSPHRASE)).is_ok());
    }

    for cipher in ["-aes256", "-des3"] {
        openssl.run(&format!(
            "rsa -in rsa.key -traditional {cipher} -passout file:passphrase -out legacy.key"
        ));
        let legacy = openssl.text("legacy.key");
        assert!(legacy.contains("Proc-Type: 4,ENCRYPTED"));
        let bundle = openssl.text("rsa.crt") + &legacy;
        for passphrase in [Some(PASSPHRASE), None] {
            assert_eq!(
                load(&bundle, passphrase).err(),
                Some(Kind::OpenSslEncryption)
            );
        }
        openssl.run(
            "pkey -in legacy.key -passin file:passphrase -aes-256-cbc -out converted.key \
             -passout file:again",
        );
        let bundle = openssl.text("rsa.crt") + &openssl.text("converted.key");
        assert!(load(&bundle, Some(PASSPHRASE)).is_ok());
    }
}

#[test]
fn decryption_that_would_take_long_is_refused_at_once() {
    let Some(openssl) = keys() else {
        return;
    };
    for options in [
        "-iter 2000001",
        "-scrypt -scrypt_N 16384 -scrypt_r 8 -scrypt_p 17",
    ] {
        let bundle = encrypted(&openssl, "p256", options);
        let refused = load(&bundle, Some(PASSPHRASE)).err();
        assert_eq!(refused, Some(Kind::DecryptionTooCostly), "{options}");
    }
    let bundle = encrypted(&openssl, "p256", "-iter 100000");
    assert!(load(&bundle, Some(PASSPHRASE)).is_ok());
}
