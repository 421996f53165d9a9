//! No output shows a key, a passphrase or the text of a document.

use std::fmt::{Debug, Display};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use certgate::credential::{
    Credential, CredentialDocument, CredentialHandle, CredentialParts, SecretString, ValidityCheck,
};
use serde_json::json;

use crate::openssl::Openssl;

const PASSPHRASE: &str = "MARKPASSPHRASE";
const VARIABLE: &str = "MARKVARIABLE";

/// What must not be seen: parts of the key, in every form in which it would be.
struct Secrets(Vec<String>);

impl Secrets {
    fn new(openssl: &Openssl) -> Self {
        let mut forms = vec![PASSPHRASE.to_owned(), VARIABLE.to_owned()];
        for name in ["client.key", "encrypted.key", "legacy.key"] {
            let text = openssl.text(name);
            forms.extend(
                text.lines()
                    .skip(1)
                    .filter(|line| line.len() > 20 && !line.contains(':'))
                    .map(str::to_owned),
            );
        }
        let der = openssl.read("client.der");
        for part in der.chunks_exact(12) {
            let numbers: Vec<String> = part.iter().map(u8::to_string).collect();
            forms.push(numbers.join(","));
            forms.push(part.iter().map(|byte| format!("{byte:02x}")).collect());
            forms.push(STANDARD.encode(part));
        }
        Self(forms)
    }

    fn scan(&self, output: &str) {
        let dense: String = output.chars().filter(|c| !c.is_whitespace()).collect();
        for secret in &self.0 {
            let found = output.contains(secret) || dense.contains(secret);
            assert!(!found, "{output:.500} shows {secret}");
        }
    }

    fn scan_debug(&self, value: &dyn Debug) {
        self.scan(&format!("{value:?}"));
        self.scan(&format!("{value:#?}"));
    }

    fn scan_error(&self, error: &(impl Debug + Display)) {
        self.scan_debug(error);
        self.scan(&error.to_string());
    }
}

#[test]
fn nothing_shows_a_secret() {
    let Some(openssl) = Openssl::or_skip() else {
        return;
    };
    openssl.authority();
    openssl.run("genrsa -out client.key 2048");
    openssl.run("rsa -in client.key -outform DER -out client.der");
    openssl.run("pkcs8 -topk8 -in client.key -out encrypted.key -passout pass:MARKPASSPHRASE");
    openssl.run(
        "rsa -in client.key -traditional -aes256 -passout pass:MARKPASSPHRASE -out legacy.key",
    );
    openssl.certify("client");
    let secrets = Secrets::new(&openssl);
    let leaf = openssl.text("client.crt");
    let passphrase = SecretString::from(PASSPHRASE);
    secrets.scan_debug(&passphrase);

    let mut loaded = 0;
    for name in ["client.key", "encrypted.key", "legacy.key"] {
        let bundle = leaf.clone() + &openssl.text(name);
        let ends = (0..bundle.len()).step_by(61).chain([bundle.len()]);
        for end in ends {
            // Cut, with a byte changed, and with a byte more.
            let cut = &bundle.as_bytes()[..end];
            let changed = [cut, b"~", &bundle.as_bytes()[(end + 1).min(bundle.len())..]].concat();
            for text in [cut, changed.as_slice()] {
                for passphrase in [None, Some(&passphrase)] {
                    let parts = CredentialParts::new(text);
                    secrets.scan_debug(&parts);
                    match Credential::from_pem(text, passphrase, ValidityCheck::Unchecked) {
                        Err(error) => secrets.scan_error(&error),
                        Ok(credential) => {
                            loaded += 1;
                            secrets.scan_debug(&credential);
                            secrets.scan_debug(credential.private_key());
                            secrets.scan_debug(&CredentialHandle::new(credential));
                        }
                    }
                }
            }
        }
    }
    assert!(loaded >= 2, "{loaded}");
}

#[test]
fn no_document_shows_what_is_in_it() {
    let Some(openssl) = Openssl::or_skip() else {
        return;
    };
    openssl.run("genrsa -out client.key 2048");
    openssl.run("rsa -in client.key -outform DER -out client.der");
    openssl.run("pkcs8 -topk8 -in client.key -out encrypted.key -passout pass:MARKPASSPHRASE");
    openssl.run(
        "rsa -in client.key -traditional -aes256 -passout pass:MARKPASSPHRASE -out legacy.key",
    );
    let secrets = Secrets::new(&openssl);
    let key = openssl.text("encrypted.key");
    let document = json!({
        "name": "payments", "type": "mtls",
        "client_certificate": key, "client_private_key": key, "passphrase": PASSPHRASE,
        "ca_certificate_use_env": true, "ca_certificate_env_var": VARIABLE,
    });
    let read: CredentialDocument = serde_json::from_value(document.clone()).unwrap();
    secrets.scan_debug(&read);
    let error = read.load(|_| None, ValidityCheck::Unchecked).unwrap_err();
    secrets.scan_error(&error);
    // A secret in the place of every other field, and as a number.
    for field in document.as_object().unwrap().keys() {
        for value in [
            json!(key),
            json!([key]),
            json!({ "x": key }),
            json!(PASSPHRASE),
        ] {
            let mut wrong = document.clone();
            wrong[field] = value;
            match serde_json::from_value::<CredentialDocument>(wrong) {
                Err(error) => secrets.scan_error(&error),
                Ok(read) => {
                    let loaded = read.load(|name| Some(name.to_owned()), ValidityCheck::Unchecked);
                    secrets.scan_error(&loaded.unwrap_err());
                }
            }
        }
    }
}
