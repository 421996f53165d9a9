//! Any text as a credential and as authorities: it loads, and what is loaded can be
//! written and loaded again, or there is an error with a place in the text. Without a
//! passphrase, since decrypting takes its time by design.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use certgate::credential::{Credential, CredentialError, CredentialParts, KeyForm, ValidityCheck};

pub(crate) fn check(text: &[u8]) {
    match Credential::from_pem(text, None, ValidityCheck::Unchecked) {
        Ok(credential) => loads_again(&credential),
        Err(error) => has_its_place(error, text),
    }
    let parts = CredentialParts::new(text)
        .with_private_key(text)
        .with_authorities(text);
    if let Err(error) = Credential::from_parts(&parts, ValidityCheck::Unchecked) {
        has_its_place(error, text);
    }
}

fn loads_again(credential: &Credential) {
    let key = credential.private_key();
    let label = match key.form() {
        KeyForm::Pkcs1 => "RSA PRIVATE KEY",
        KeyForm::Sec1 => "EC PRIVATE KEY",
        _ => "PRIVATE KEY",
    };
    let der = STANDARD.encode(key.expose_der());
    let mut text = format!("-----BEGIN {label}-----\n{der}\n-----END {label}-----\n");
    for certificate in credential.chain() {
        text.push_str(&certificate.to_pem());
    }
    let again = Credential::from_pem(text.as_bytes(), None, ValidityCheck::Unchecked)
        .expect("what was loaded can be loaded again");
    assert!(again.chain().eq(credential.chain()));
    assert_eq!(again.private_key().expose_der(), key.expose_der());
}

fn has_its_place(error: CredentialError, text: &[u8]) {
    assert_eq!(error.block().is_some(), error.offset().is_some());
    assert!(error.offset().is_none_or(|offset| offset < text.len()));
    assert!(!error.to_string().is_empty());
}
