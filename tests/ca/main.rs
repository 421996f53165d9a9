//! The example `ca`: what it makes is verified by openssl, loads as a credential,
//! and is the same client before and after a rotation.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "helpers of tests fail by panicking"
)]

#[expect(dead_code, reason = "a program's `main`")]
#[path = "../../examples/ca.rs"]
mod ca;
#[path = "../credential/openssl.rs"]
mod openssl;

use certgate::certificate::{AttributeType, CertInfo};
use certgate::credential::{
    Credential, CredentialError, CredentialErrorKind, CredentialParts, ValidityCheck,
};
use certgate::request::Timestamp;

use openssl::Openssl;

const DAY: i64 = 86_400;

fn now() -> Timestamp {
    certgate::adapter::SystemClock::start().now().wall
}

/// As the program is started in the directory of the test.
fn run(files: &Openssl, line: &str) -> Result<String, String> {
    run_at(files, line, now())
}

fn run_at(files: &Openssl, line: &str, now: Timestamp) -> Result<String, String> {
    let words = line.split(' ').map(|word| match word {
        "pki" => files.path("pki"),
        // A name of two words.
        _ => word.replace('_', " "),
    });
    ca::run(&words.collect::<Vec<_>>(), now).map_err(|error| error.to_string())
}

const ACME: &str = "client pki --client pisp-partner-acme --profile pisp-prod";

fn load(files: &Openssl, number: u32) -> Result<Credential, CredentialErrorKind> {
    let name = format!("pki/{number}/clients/pisp-partner-acme.pisp-prod");
    let (certificate, key) = (
        files.read(&format!("{name}.pem")),
        files.read(&format!("{name}.key")),
    );
    let trusted = files.read("pki/trusted.pem");
    let parts = CredentialParts::new(&certificate)
        .with_private_key(&key)
        .with_authorities(&trusted);
    Credential::from_parts(&parts, ValidityCheck::ValidAt(now())).map_err(CredentialError::kind)
}

/// The client and the profile that `{subject.cn}` and `{subject.ou}` give.
fn identity(certificate: &CertInfo) -> [Vec<String>; 2] {
    [
        AttributeType::COMMON_NAME,
        AttributeType::ORGANIZATIONAL_UNIT,
    ]
    .map(|attribute| {
        let values = certificate.subject().values(attribute);
        values
            .map(|value| value.matchable().unwrap().into_owned())
            .collect()
    })
}

#[test]
fn both_authorities_are_trusted_while_clients_move_from_one_to_the_next() {
    let Some(files) = Openssl::or_skip() else {
        return;
    };
    run(&files, "new pki --name Example_CA").unwrap();
    run(&files, ACME).unwrap();
    let old = load(&files, 1).unwrap();
    assert_eq!(old.authorities().len(), 1);
    let (one, two) = (
        "pki/1/clients/pisp-partner-acme.pisp-prod.pem",
        "pki/2/clients/pisp-partner-acme.pisp-prod.pem",
    );
    let verify = |authorities: &str, certificate: &str| {
        files.succeeds(&format!(
            "verify -purpose sslclient -CAfile {authorities} {certificate}"
        ))
    };
    assert!(verify("pki/1/ca.pem", one));

    let said = run(&files, "rotate pki").unwrap();
    assert!(said.starts_with("Example CA 2 signs from now on, until "));
    assert!(
        said.contains(r#"issuers = ["CN=Example CA", "CN=Example CA 2"]"#),
        "{said}"
    );
    assert!(said.contains("ssl_client_certificate") && said.contains("/pki/1/ca.key"));
    run(&files, ACME).unwrap();
    let new = load(&files, 2).unwrap();

    // Both verify during the overlap, each by its own authority alone.
    assert!(verify("pki/trusted.pem", one) && verify("pki/trusted.pem", two));
    assert!(verify("pki/2/ca.pem", two));
    assert!(!verify("pki/1/ca.pem", two) && !verify("pki/2/ca.pem", one));

    let expected = [
        vec!["pisp-partner-acme".to_owned()],
        vec!["pisp-prod".to_owned()],
    ];
    assert_eq!(identity(old.certificate()), expected);
    assert_eq!(identity(new.certificate()), expected);
    assert_ne!(old.certificate(), new.certificate());
    assert_eq!(old.certificate().issuer().to_string(), "CN=Example CA");
    assert_eq!(new.certificate().issuer().to_string(), "CN=Example CA 2");
    assert_eq!(load(&files, 1).unwrap().authorities().len(), 2);
}

#[test]
fn an_authority_that_was_taken_out_stays_out() {
    let Some(files) = Openssl::or_skip() else {
        return;
    };
    run(&files, "new pki --name Example_CA").unwrap();
    run(&files, "rotate pki").unwrap();
    files.write("pki/trusted.pem", &files.text("pki/2/ca.pem"));
    let said = run(&files, "rotate pki").unwrap();
    assert!(
        said.contains(r#"issuers = ["CN=Example CA 2", "CN=Example CA 3"]"#),
        "{said}"
    );
    let trusted = files.text("pki/2/ca.pem") + &files.text("pki/3/ca.pem");
    assert_eq!(files.text("pki/trusted.pem"), trusted);
}

#[test]
fn certificates_live_as_long_as_they_are_asked_to() {
    let Some(files) = Openssl::or_skip() else {
        return;
    };
    let now = now();
    let lifetime = |name: &str| {
        let parts =
            files.text(&format!("pki/1/{name}.pem")) + &files.text(&format!("pki/1/{name}.key"));
        let credential = Credential::from_pem(parts.as_bytes(), None, ValidityCheck::Unchecked);
        let validity = credential.unwrap().certificate().validity();
        [validity.not_before, validity.not_after]
            .map(|moment| moment.unix_seconds() - now.unix_seconds())
    };
    run_at(&files, "new pki --name Example_CA", now).unwrap();
    run_at(&files, "client pki --client a --profile p", now).unwrap();
    run_at(&files, "client pki --days 7 --profile p --client b", now).unwrap();
    assert_eq!(lifetime("ca"), [-3600, 3650 * DAY]);
    assert_eq!(lifetime("clients/a.p"), [-3600, 90 * DAY]);
    assert_eq!(lifetime("clients/b.p"), [-3600, 7 * DAY]);

    let later = Timestamp::from_unix_seconds(now.unix_seconds() + 3600 * DAY);
    assert_eq!(
        run_at(&files, "client pki --client c --profile p", later).unwrap_err(),
        "the authority ends before that; take fewer days, or rotate"
    );
    run_at(&files, "client pki --client c --profile p --days 50", later).unwrap();
}

#[test]
fn nothing_is_overwritten_and_keys_are_their_owners_alone() {
    let Some(files) = Openssl::or_skip() else {
        return;
    };
    run(&files, "new pki --name Example_CA").unwrap();
    run(&files, ACME).unwrap();
    let names = [
        "pki/1/ca.pem",
        "pki/1/ca.key",
        "pki/1/clients/pisp-partner-acme.pisp-prod.pem",
        "pki/1/clients/pisp-partner-acme.pisp-prod.key",
    ];
    let before = names.map(|name| files.read(name));
    let taken = run(&files, "new pki --name Other_CA").unwrap_err();
    assert!(taken.ends_with("/pki is there and not empty"), "{taken}");
    let taken = run(&files, ACME).unwrap_err();
    assert!(taken.ends_with("; move it away first"), "{taken}");
    run(&files, "rotate pki").unwrap();
    assert_eq!(names.map(|name| files.read(name)), before);

    #[cfg(unix)]
    for (name, mode) in names.into_iter().zip([0o644, 0o600, 0o644, 0o600]) {
        use std::os::unix::fs::PermissionsExt as _;

        let permissions = std::fs::metadata(files.path(name)).unwrap().permissions();
        assert_eq!(permissions.mode() & 0o777, mode, "{name}");
    }
}

#[test]
fn what_is_not_understood_is_answered_with_the_usage() {
    let Some(files) = Openssl::or_skip() else {
        return;
    };
    for line in [
        "",
        "new",
        "new pki",
        "new pki --name",
        "make pki --name x",
        "rotate",
        "rotate pki --days 3",
        "new pki --name a --name b",
        "new pki --days 3 --name a",
        "client pki --client a",
        "client pki --profile a",
        "client pki --client a --profile b --days",
    ] {
        let usage = run(&files, line).unwrap_err();
        assert!(
            usage.starts_with("usage: ca new DIR --name NAME\n"),
            "{line}: {usage}"
        );
    }
    for (line, said) in [
        (
            "new pki --name a/b",
            "a name has 1 to 60 letters, digits, spaces, - and .",
        ),
        (
            "new pki --name a=b",
            "a name has 1 to 60 letters, digits, spaces, - and .",
        ),
        (
            "client pki --client ../a --profile b",
            "an id has 1 to 60 letters, digits, - and _",
        ),
        (
            "client pki --client a --profile b.c",
            "an id has 1 to 60 letters, digits, - and _",
        ),
        (
            "client pki --client a --profile b --days 0",
            "--days takes 1 to 3650",
        ),
        (
            "client pki --client a --profile b --days x",
            "--days takes 1 to 3650",
        ),
    ] {
        assert_eq!(run(&files, line).unwrap_err(), said, "{line}");
    }
    let none = run(&files, "rotate pki").unwrap_err();
    assert!(
        none.ends_with("pki has no authority; make one with: ca new"),
        "{none}"
    );
}
