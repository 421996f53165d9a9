//! Values, beside those that real edges sent.

use certgate::certificate::{CertInfo, ValidityAt};
use certgate::dialect::{Budget, Dialect};
use certgate::request::Timestamp;
use certgate::testing::{CertificateSpec, TestingError, encode};

fn acme() -> CertInfo {
    let der = include_bytes!("../data/certificates/acme.der");
    CertInfo::from_der(der.to_vec()).unwrap()
}

/// What this edge sent for the same certificate.
fn captured(edge: &str, style: &str, header: &str) -> String {
    let captures = include_str!("../data/captures/captures.json");
    let captures: serde_json::Value = serde_json::from_str(captures).unwrap();
    let mut lines = captures.as_array().unwrap().iter();
    let line = lines.find(|line| {
        line["edge"] == edge
            && line["style"] == style
            && line["cert"] == "acme"
            && line["header_name"] == header
    });
    line.unwrap()["value"].as_str().unwrap().to_owned()
}

#[test]
fn values_are_those_that_edges_sent() {
    for (dialect, edge, style, header) in [
        (Dialect::PemEscaped, "nginx", "escaped", "X-SSL-Client-Cert"),
        (Dialect::Base64Der, "haproxy", "der", "x-ssl-client-der"),
        (
            Dialect::Base64Der,
            "traefik",
            "pem",
            "X-Forwarded-Tls-Client-Cert",
        ),
        (
            Dialect::Base64DerEscaped,
            "haproxy",
            "derurl",
            "x-ssl-client-cert",
        ),
        (Dialect::Rfc9440, "haproxy", "rfc9440", "client-cert"),
    ] {
        let value = encode(dialect, &acme());
        assert_eq!(value, captured(edge, style, header), "{edge} {style}");
    }
    // Envoy was set to write more behind it.
    let style = "SANITIZE_SET-full-servernouri";
    let envoy = captured("envoy", style, "x-forwarded-client-cert");
    assert!(envoy.starts_with(&(encode(Dialect::Xfcc, &acme()) + ";")));
}

#[test]
fn every_dialect_reads_what_is_written_in_it() {
    let made = CertificateSpec::new("acme").make().unwrap();
    for certificate in [acme(), made] {
        for dialect in Dialect::ALL {
            let value = encode(dialect, &certificate);
            let read = dialect.decode(value.as_bytes(), &Budget::default());
            let read = read.unwrap().unwrap();
            assert_eq!(read.leaf, certificate.der(), "{dialect:?}");
            assert!(read.chain.is_empty(), "{dialect:?}");
        }
    }
}

#[test]
fn a_certificate_says_what_was_asked_for() {
    let at = Timestamp::from_unix_seconds;
    let made = CertificateSpec::new("replaced")
        .subject(&[
            ("C", "GB"),
            ("O", "Acme, Inc"),
            ("OU", "prod"),
            ("CN", "acme"),
        ])
        .issuer(&[("O", "Example"), ("CN", "example-ca")])
        .dns("acme.example.com")
        .uri("spiffe://example.com/acme")
        .valid(at(1_798_761_600), at(1_798_765_200))
        .make()
        .unwrap();
    assert_eq!(
        made.subject().to_string(),
        "CN=acme,OU=prod,O=Acme\\, Inc,C=GB"
    );
    assert_eq!(made.issuer().to_string(), "CN=example-ca,O=Example");
    let validity = made.validity();
    assert_eq!(validity.not_before, at(1_798_761_600));
    assert_eq!(validity.not_after, at(1_798_765_200));
    assert_eq!(validity.at(at(1_798_765_201)), ValidityAt::Expired);
    let ids: Vec<String> = made.extension_ids().map(|id| id.to_string()).collect();
    assert!(ids.contains(&"2.5.29.17".to_owned()), "{ids:?}");
    assert!(ids.contains(&"2.5.29.37".to_owned()), "{ids:?}");
    let again = CertificateSpec::new("acme").make().unwrap();
    assert!(again.thumbprint() != CertificateSpec::new("acme").make().unwrap().thumbprint());
}

#[test]
fn what_cannot_stand_in_a_certificate_is_an_error() {
    let at = Timestamp::from_unix_seconds;
    let spec = || CertificateSpec::new("acme");
    for (spec, error) in [
        (spec().subject(&[("X", "acme")]), TestingError::Keyword),
        (spec().issuer(&[("cn", "ca")]), TestingError::Keyword),
        (spec().dns("ä.example.com"), TestingError::Certificate),
        (
            spec().subject(&[("CN", "a"), ("CN", "b")]),
            TestingError::Certificate,
        ),
        (spec().valid(at(-1), at(5)), TestingError::Certificate),
        (
            spec().valid(at(0), at(253_402_300_800)),
            TestingError::Certificate,
        ),
    ] {
        assert_eq!(spec.make().map(|_| ()), Err(error), "{spec:?}");
    }
    assert!(spec().valid(at(0), at(253_402_300_799)).make().is_ok());
}
