//! Credentials as documents.

use certgate::credential::{
    CredentialDocument, CredentialError, CredentialErrorKind as Kind, CredentialField as Field,
    ValidityCheck,
};
use serde_json::{Value, json};

use crate::openssl::Openssl;
use crate::pki::{Authority, key};

struct Texts {
    leaf: String,
    key: String,
    authority: String,
}

fn texts() -> Texts {
    let root = Authority::new("Root");
    let key = key();
    Texts {
        leaf: root.signs("acme", &key),
        key: key.serialize_pem(),
        authority: root.pem(),
    }
}

fn document(value: Value) -> CredentialDocument {
    serde_json::from_value(value).unwrap()
}

/// What comes of a document whose variables are these.
fn load(value: Value, variables: &[(&str, &str)]) -> Result<usize, (Kind, Option<Field>)> {
    let environment = |name: &str| {
        let found = variables.iter().find(|(known, _)| *known == name)?;
        Some(found.1.to_owned())
    };
    match document(value).load(environment, ValidityCheck::Unchecked) {
        Ok(credential) => Ok(credential.authorities().len()),
        Err(error) => {
            let error: CredentialError = error;
            Err((error.kind(), error.field()))
        }
    }
}

/// `base` with other fields over it.
fn with(base: &Value, more: &Value) -> Value {
    let mut whole = base.clone();
    for (name, value) in more.as_object().unwrap() {
        whole[name] = value.clone();
    }
    whole
}

#[test]
fn the_payload_of_the_manual_loads() {
    let texts = texts();
    let inline = json!({
        "name": "payments-upstream-mtls",
        "type": "mtls",
        "client_certificate": texts.leaf,
        "client_private_key": texts.key,
        "ca_certificate": texts.authority,
    });
    assert_eq!(document(inline.clone()).name(), "payments-upstream-mtls");
    assert_eq!(load(inline.clone(), &[]), Ok(1));
    // As a form sends what is not used.
    let unused = json!({
        "passphrase": "", "passphrase_use_env": false, "passphrase_env_var": null,
        "client_certificate_use_env": false, "client_certificate_env_var": "",
        "client_private_key_use_env": null,
    });
    assert_eq!(load(with(&inline, &unused), &[]), Ok(1));
    let mut without = inline;
    without.as_object_mut().unwrap().remove("ca_certificate");
    assert_eq!(load(without, &[]), Ok(0));

    let named = json!({
        "name": "payments-upstream-mtls",
        "type": "mtls",
        "client_certificate_use_env": true,
        "client_certificate_env_var": "CERTIFICATE",
        "client_private_key_use_env": true,
        "client_private_key_env_var": "KEY",
        "ca_certificate_use_env": true,
        "ca_certificate_env_var": "CA",
    });
    let variables = [
        ("CERTIFICATE", &*texts.leaf),
        ("KEY", &*texts.key),
        ("CA", &*texts.authority),
    ];
    assert_eq!(load(named.clone(), &variables), Ok(1));
    for (missing, field) in [
        ("CERTIFICATE", Field::ClientCertificate),
        ("KEY", Field::ClientPrivateKey),
        ("CA", Field::CaCertificate),
    ] {
        let others: Vec<_> = variables
            .into_iter()
            .filter(|(name, _)| *name != missing)
            .collect();
        assert_eq!(
            load(named.clone(), &others),
            Err((Kind::VariableUnset, Some(field)))
        );
        let empty: Vec<_> = others.into_iter().chain([(missing, "")]).collect();
        assert_eq!(
            load(named.clone(), &empty),
            Err((Kind::VariableUnset, Some(field)))
        );
    }

    // A bundle for both.
    let bundle = texts.key.clone() + &texts.leaf;
    let base = json!({ "name": "x", "type": "mtls", "client_certificate": bundle });
    assert_eq!(load(base.clone(), &[]), Ok(0));
    assert_eq!(
        load(with(&base, &json!({ "client_private_key": bundle })), &[]),
        Ok(0)
    );
}

#[test]
fn a_field_is_given_once() {
    let texts = texts();
    let base = json!({
        "name": "x", "type": "mtls",
        "client_certificate": texts.leaf, "client_private_key": texts.key,
    });
    assert_eq!(load(base.clone(), &[]), Ok(0));
    let variables = [("V", "value")];
    for (name, field) in [
        ("client_certificate", Field::ClientCertificate),
        ("client_private_key", Field::ClientPrivateKey),
        ("passphrase", Field::Passphrase),
        ("ca_certificate", Field::CaCertificate),
    ] {
        let (use_env, env_var) = (format!("{name}_use_env"), format!("{name}_env_var"));
        for (more, kind) in [
            (
                json!({ name: "text", &use_env: true, &env_var: "V" }),
                Kind::FieldGivenTwice,
            ),
            (
                json!({ name: "text", &use_env: true }),
                Kind::FieldGivenTwice,
            ),
            (json!({ name: "text", &env_var: "V" }), Kind::VariableUnused),
            (json!({ name: "", &env_var: "V" }), Kind::VariableUnused),
            (
                json!({ name: "", &use_env: false, &env_var: "V" }),
                Kind::VariableUnused,
            ),
            (json!({ name: "", &use_env: true }), Kind::VariableUnnamed),
            (
                json!({ name: "", &use_env: true, &env_var: "" }),
                Kind::VariableUnnamed,
            ),
            (
                json!({ name: "", &use_env: true, &env_var: "W" }),
                Kind::VariableUnset,
            ),
        ] {
            assert_eq!(
                load(with(&base, &more), &variables),
                Err((kind, Some(field))),
                "{more}"
            );
        }
    }
    for (more, kind, field) in [
        (json!({ "name": "" }), Kind::FieldMissing, Field::Name),
        (json!({ "type": "basic" }), Kind::TypeUnknown, Field::Type),
        (json!({ "type": "" }), Kind::TypeUnknown, Field::Type),
        (
            json!({ "client_certificate": "" }),
            Kind::FieldMissing,
            Field::ClientCertificate,
        ),
        (
            json!({ "client_private_key": "" }),
            Kind::NoKey,
            Field::ClientPrivateKey,
        ),
        (
            json!({ "passphrase": "x" }),
            Kind::PassphraseUnneeded,
            Field::ClientPrivateKey,
        ),
    ] {
        assert_eq!(
            load(with(&base, &more), &[]),
            Err((kind, Some(field))),
            "{more}"
        );
    }
}

#[test]
fn a_passphrase_may_come_from_a_variable() {
    let Some(openssl) = Openssl::or_skip() else {
        return;
    };
    openssl.authority();
    openssl.run("genpkey -algorithm ed25519 -out client.key");
    openssl.certify("client");
    openssl.run("pkcs8 -topk8 -in client.key -out encrypted.key -passout pass:hunter2");
    let base = json!({
        "name": "x", "type": "mtls",
        "client_certificate": openssl.text("client.crt"),
        "client_private_key": openssl.text("encrypted.key"),
    });
    assert_eq!(
        load(with(&base, &json!({ "passphrase": "hunter2" })), &[]),
        Ok(0)
    );
    let named = json!({ "passphrase_use_env": true, "passphrase_env_var": "PASSPHRASE" });
    let named = with(&base, &named);
    assert_eq!(load(named.clone(), &[("PASSPHRASE", "hunter2")]), Ok(0));
    let at = Some(Field::ClientPrivateKey);
    let wrong = load(named, &[("PASSPHRASE", "hunter2\n")]);
    assert_eq!(wrong, Err((Kind::PassphraseWrong, at)));
    assert_eq!(load(base, &[]), Err((Kind::PassphraseMissing, at)));
}

#[test]
fn what_is_no_document_says_so_without_its_values() {
    let base = json!({ "name": "x", "type": "mtls", "client_certificate": "x" });
    for (more, message) in [
        (
            json!({ "passphrase": 8_675_309 }),
            "expected text in quotes",
        ),
        (
            json!({ "passphrase": -8_675_309 }),
            "expected text in quotes",
        ),
        (json!({ "passphrase": 8675.309 }), "expected text in quotes"),
        (json!({ "passphrase": true }), "expected text in quotes"),
        (
            json!({ "passphrase_use_env": "hunter2" }),
            "expected true or false, without quotes",
        ),
        (
            json!({ "passphrase_use_env": 1 }),
            "expected true or false, without quotes",
        ),
        (
            json!({ "passphrase": ["hunter2"] }),
            "invalid type: sequence, expected text in quotes",
        ),
        (
            json!({ "passphrase": { "hunter2": "hunter2" } }),
            "invalid type: map, expected text in quotes",
        ),
    ] {
        let read = serde_json::from_value::<CredentialDocument>(with(&base, &more));
        assert_eq!(read.unwrap_err().to_string(), message);
    }
    let unknown = with(&base, &json!({ "passphrase_file": "hunter2" }));
    let error = serde_json::from_value::<CredentialDocument>(unknown)
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("unknown field `passphrase_file`, expected one of `name`, `type`,"));
    assert!(!error.contains("hunter2"));
    for missing in ["name", "type"] {
        let mut without = base.clone();
        without.as_object_mut().unwrap().remove(missing);
        let error = serde_json::from_value::<CredentialDocument>(without).unwrap_err();
        assert_eq!(error.to_string(), format!("missing field `{missing}`"));
    }
}
