//! What errors say, in full: where, what, and what to do.

use std::collections::HashSet;

use certgate::credential::{Credential, CredentialParts};
use certgate::credential::{CredentialErrorKind as Kind, SecretString, ValidityCheck};
use certgate::request::Timestamp;

use crate::openssl::Openssl;
use crate::pki::{Authority, key};

#[test]
fn an_error_tells_where_it_is_and_what_to_do() {
    let Some(openssl) = Openssl::or_skip() else {
        return;
    };
    openssl.authority();
    openssl.run("genpkey -algorithm ed25519 -out client.key");
    openssl.certify("client");
    openssl.run("pkcs8 -topk8 -in client.key -out encrypted.key -passout pass:hunter2");
    openssl.run("rsa -in client.key -help");
    let (leaf, plain) = (openssl.text("client.crt"), openssl.text("client.key"));
    let encrypted = openssl.text("encrypted.key");
    let other = key().serialize_pem();
    let cut = &plain[..60];
    let hunter2 = SecretString::from("hunter2");
    let hunter3 = SecretString::from("hunter3");
    let now = ValidityCheck::ValidAt(Timestamp::from_unix_seconds(4_102_444_800));
    let unchecked = ValidityCheck::Unchecked;

    let say = |key: &str, passphrase: Option<&SecretString>, check: ValidityCheck| {
        let parts = CredentialParts::new(leaf.as_bytes()).with_private_key(key.as_bytes());
        let parts = match passphrase {
            Some(passphrase) => parts.with_passphrase(passphrase),
            None => parts,
        };
        match Credential::from_parts(&parts, check) {
            Ok(_) => "loaded".to_owned(),
            Err(error) => error.to_string(),
        }
    };
    assert_eq!(say(&encrypted, Some(&hunter2), unchecked), "loaded");
    assert_eq!(
        say(&encrypted, Some(&hunter3), unchecked),
        "client_private_key: block 1 at byte 0: the passphrase does not decrypt the private key; \
         check it, and that no line end follows it"
    );
    assert_eq!(
        say(&encrypted, None, unchecked),
        "client_private_key: block 1 at byte 0: the private key is encrypted; give its \
         passphrase, or decrypt it: openssl pkey -in FILE -out FILE.key"
    );
    assert_eq!(
        say(&format!("\n\n{cut}"), None, unchecked),
        "client_private_key: block 1 at byte 2: the block has no last line -----END …-----; it \
         was cut short: copy the whole file"
    );
    assert_eq!(
        say(&other, None, unchecked),
        "client_certificate: the private key is not that of the certificate; compare the outputs \
         of openssl pkey -in FILE.key -pubout and openssl x509 -in FILE.pem -noout -pubkey"
    );
    assert_eq!(
        say(&format!("{plain}{other}"), None, unchecked),
        "client_private_key: block 2 at byte 119: this is a second private key; leave the one of \
         the client's certificate"
    );
    assert_eq!(
        say(&plain, None, now),
        "client_certificate: block 1 at byte 0: this certificate has expired; renew it"
    );
    assert_eq!(say(&plain, None, unchecked), "loaded");
    let parts = CredentialParts::new(b"\x30\x82\x05\x00\x02\x01\x03\x30");
    assert_eq!(
        Credential::from_parts(&parts, unchecked)
            .unwrap_err()
            .to_string(),
        "client_certificate: this is PKCS #12, not PEM; convert it: openssl pkcs12 -in FILE.p12 \
         -out FILE.pem"
    );
}

#[test]
fn every_kind_has_a_code_and_a_message_of_its_own() {
    use certgate::certificate::CertificateErrorKind;

    let kinds = [
        Kind::FieldMissing,
        Kind::TypeUnknown,
        Kind::FieldGivenTwice,
        Kind::VariableUnnamed,
        Kind::VariableUnused,
        Kind::VariableUnset,
        Kind::TextOversized,
        Kind::Der,
        Kind::Pkcs12,
        Kind::Utf16,
        Kind::NoBlock,
        Kind::LineEndsEscaped,
        Kind::BoundaryMangled,
        Kind::BlockUnended,
        Kind::BlockEndsAsAnother,
        Kind::BlockEmpty,
        Kind::BlockHasHeaders,
        Kind::Base64,
        Kind::SigningRequest,
        Kind::RevocationList,
        Kind::PublicKey,
        Kind::TrustedCertificate,
        Kind::Pkcs7,
        Kind::OpenSshKey,
        Kind::ForeignBlock,
        Kind::KeyAmongAuthorities,
        Kind::CertificateBesideKey,
        Kind::NoCertificate,
        Kind::CertificateMalformed(CertificateErrorKind::Time),
        Kind::CertificateRepeated,
        Kind::SeveralLeaves,
        Kind::SeveralIssuers,
        Kind::CertificateUnrelated,
        Kind::CertificateExpired,
        Kind::CertificateNotYetValid,
        Kind::NotAnAuthority,
        Kind::NoKey,
        Kind::SeveralKeys,
        Kind::KeyMalformed,
        Kind::KeyUnsupported,
        Kind::CurveUnnamed,
        Kind::KeyInconsistent,
        Kind::KeyMismatch,
        Kind::PassphraseMissing,
        Kind::PassphraseWrong,
        Kind::PassphraseUnneeded,
        Kind::OpenSslEncryption,
        Kind::EncryptionObsolete,
        Kind::EncryptionUnsupported,
        Kind::DecryptionTooCostly,
    ];
    let codes: HashSet<_> = kinds.iter().map(|kind| kind.code()).collect();
    let messages: HashSet<_> = kinds.iter().map(ToString::to_string).collect();
    assert_eq!((codes.len(), messages.len()), (50, 50));
    for message in messages {
        assert!(!message.ends_with('.'), "{message}");
    }
    // In the manual's way: a certificate of another authority changes nothing.
    let key = key();
    let bundle = Authority::new("Root").signs("acme", &key) + &key.serialize_pem();
    assert!(crate::pki::load(bundle).is_ok());
}
