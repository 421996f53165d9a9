//! Requests as a service gets them from its edge, and the policies that
//! certgate decides them by.

use std::fmt::Write as _;
use std::time::Duration;

use certgate::certificate::Thumbprint;
use certgate::policy::Policy;
use certgate::request::{Confirmation, HeaderLines, Now, Timestamp, VerifiedToken};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::certificates::{Certificate, ISSUER};

pub(crate) const NGINX_CERTIFICATE: &str = "x-ssl-client-cert";
pub(crate) const NGINX_STATUS: &str = "x-ssl-client-verify";
pub(crate) const TRAEFIK_CERTIFICATE: &str = "x-forwarded-tls-client-cert";
const ENVOY_CERTIFICATE: &str = "x-forwarded-client-cert";

pub(crate) const METHOD: &str = "POST";
pub(crate) const TARGET: &str = "/payments/v1/charges/ch_3MmlLrLkdIwHu7ix?expand=customer";
/// The edge.
pub(crate) const PEER: [u8; 4] = [10, 0, 0, 7];
/// 2026-04-16T09:09:22Z.
pub(crate) const NOW: i64 = 1_776_330_562;
/// More than a bench ever charges.
pub(crate) const ENOUGH: u32 = 4_000_000_000;

/// The header lines of an `http::HeaderMap`.
pub(crate) struct Lines<'m>(pub(crate) &'m HeaderMap);

impl HeaderLines for Lines<'_> {
    fn visit<'a>(&'a self, line: &mut dyn FnMut(&'a [u8], &'a [u8])) {
        for (name, value) in self.0 {
            line(name.as_str().as_bytes(), value.as_bytes());
        }
    }
}

/// The moment of the `count`th decision: one each ten microseconds.
pub(crate) fn moment(count: u64) -> Now {
    Now {
        wall: Timestamp::from_unix_seconds(NOW),
        monotonic: Duration::from_micros(10 * count),
    }
}

/// The fourteen lines behind nginx.
pub(crate) fn nginx(number: usize, certificate: &Certificate) -> HeaderMap {
    let mut lines = common(number);
    add(&mut lines, NGINX_CERTIFICATE, &certificate.escaped_pem);
    add(&mut lines, NGINX_STATUS, "SUCCESS");
    assert_eq!(lines.len(), 14);
    lines
}

/// Behind an nginx that verified nothing.
pub(crate) fn nginx_unverified(number: usize, certificate: &Certificate) -> HeaderMap {
    let mut lines = nginx(number, certificate);
    lines.insert(NGINX_STATUS, HeaderValue::from_static("NONE"));
    lines
}

/// Writes the certificate as nginx might, with another choice of upper and
/// lower case in its escapes for each `spelling`.
pub(crate) fn respell(lines: &mut HeaderMap, certificate: &Certificate, spelling: u64) {
    let mut value = certificate.escaped_pem.clone().into_bytes();
    let mut bits = spelling;
    for at in 2..value.len() {
        if value[at - 2] == b'%' && value[at].is_ascii_uppercase() {
            if bits & 1 == 1 {
                value[at].make_ascii_lowercase();
            }
            bits >>= 1;
        }
    }
    assert_eq!(bits, 0, "too few escapes to tell the spellings apart");
    lines.insert(NGINX_CERTIFICATE, HeaderValue::from_bytes(&value).unwrap());
}

/// The fourteen lines behind Envoy, which sends no verify status.
pub(crate) fn envoy(number: usize, certificate: &Certificate) -> HeaderMap {
    let mut lines = common(number);
    let element = format!(
        "By=spiffe://example.com/edge;Hash={};Cert=\"{}\";\
         Subject=\"CN={},OU=prod,O=Example Partner Services Limited,L=London,C=GB\";URI=",
        certificate.hexadecimal(),
        certificate.escaped_pem,
        certificate.client,
    );
    add(&mut lines, ENVOY_CERTIFICATE, &element);
    add(&mut lines, "x-envoy-external-address", "203.0.113.9");
    assert_eq!(lines.len(), 14);
    lines
}

/// The fourteen lines behind Traefik, which sends no verify status.
pub(crate) fn traefik(number: usize, certificate: &Certificate) -> HeaderMap {
    let mut lines = common(number);
    add(&mut lines, TRAEFIK_CERTIFICATE, &certificate.base64);
    add(&mut lines, "x-forwarded-server", "edge-7c9f");
    assert_eq!(lines.len(), 14);
    lines
}

fn common(number: usize) -> HeaderMap {
    let mut lines = HeaderMap::new();
    let token = "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9".repeat(12);
    for (name, value) in [
        ("host", "api.example.com"),
        ("user-agent", "partner-client/4.2 (linux; x86_64) rustls"),
        ("accept", "application/json"),
        ("accept-encoding", "gzip, br"),
        ("content-type", "application/json"),
        ("content-length", "482"),
        ("authorization", &format!("Bearer {token}")),
        ("idempotency-key", "8e03978e-40d5-43e8-bc93-6894a57f9324"),
        ("x-request-id", &format!("req-{number:08}")),
        ("x-forwarded-for", &address(number)),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "api.example.com"),
    ] {
        add(&mut lines, name, value);
    }
    lines
}

/// An address that the allowlist has.
fn address(number: usize) -> String {
    format!("203.0.113.{}", number % 250 + 1)
}

fn add(lines: &mut HeaderMap, name: &str, value: &str) {
    let name: HeaderName = name.parse().unwrap();
    lines.append(name, HeaderValue::from_str(value).unwrap());
}

/// The token of a client, bound to its certificate (RFC 8705).
pub(crate) fn token(certificate: &Certificate) -> VerifiedToken {
    let thumbprint = Thumbprint::from_bytes(certificate.thumbprint);
    let confirmation = format!(r#"{{"x5t#S256":"{}"}}"#, thumbprint.x5t_s256());
    let confirmation: Confirmation = serde_json::from_str(&confirmation).unwrap();
    VerifiedToken::assert_verified(Some(&certificate.client), confirmation)
}

/// The token of a client, bound to nothing.
pub(crate) fn unbound_token(certificate: &Certificate) -> VerifiedToken {
    VerifiedToken::assert_verified(Some(&certificate.client), Confirmation::default())
}

/// A policy in which every client has a rate, a quota, a profile and an
/// allowlist. `edge` holds the lines that differ.
pub(crate) fn policy(edge: &str, mode: &str, certificates: &[Certificate]) -> Policy {
    let mut text = format!(
        r#"
        version = 1
        [edge]
        {edge}
        trusted_proxies = ["10.0.0.0/8", "192.168.0.0/16"]
        [authentication]
        mode = "{mode}"
        issuers = ["CN=Another CA,O=Example Payments Ltd,C=GB", "{ISSUER}"]
        [[identity]]
        issuer = "{ISSUER}"
        client = "{{subject.cn}}"
        profile = "{{subject.ou}}"
        [[limits]]
        name = "standard"
        rate = {{ requests = {ENOUGH}, per = "1m" }}
        quota = {{ requests = {ENOUGH}, per = "1d" }}
        [[collections]]
        name = "payments"
        paths = ["/payments"]
        [[collections]]
        name = "workflow"
        paths = ["/workflow/start", "/execute"]
        "#
    );
    for certificate in certificates {
        write!(
            text,
            r#"
            [[clients]]
            id = "{}"
            collections = ["payments", "workflow"]
            limits = "standard"
            [[clients.profiles]]
            id = "prod"
            methods = ["GET", "POST"]
            ip_allowlist = ["198.51.100.0/25", "203.0.113.0/24", "2001:db8::/32"]
            "#,
            certificate.client
        )
        .unwrap();
    }
    Policy::from_toml_str(&text, "bench.toml").unwrap().policy
}
