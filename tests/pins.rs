//! Conditions of identity rules on real certificates: pins of certificates and
//! keys, serial numbers, addresses, principal names, patterns.

#![cfg(feature = "toml")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use certgate::decide::{Decision, Grant, VerificationStatus, decide};
use certgate::limits::MemoryLimits;
use certgate::policy::Policy;
use certgate::request::{Now, Peer, Request, Timestamp};
use rcgen::string::Ia5String;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, Issuer, KeyPair,
    OtherNameValue, PublicKeyData as _, SanType, SerialNumber, date_time_ymd,
};
use sha2::{Digest as _, Sha256};

/// A certificate of `acme` by CN, changed by `change`, signed by its own key.
fn certificate(key: &KeyPair, change: impl FnOnce(&mut CertificateParams)) -> Vec<u8> {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "acme");
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2027, 1, 1);
    change(&mut params);
    params.self_signed(key).unwrap().der().to_vec()
}

fn named(key: &KeyPair, names: Vec<SanType>) -> Vec<u8> {
    certificate(key, |params| params.subject_alt_names = names)
}

fn text(text: &str) -> Ia5String {
    text.try_into().unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A policy with this edge and this rule for `acme`, and a client `other`.
fn policy(edge: &str, rule: &str) -> Policy {
    let text = format!(
        "version = 1\n[edge]\n{edge}\ntrusted_proxies = ['10.0.0.7']\n[authentication]\nmode = 'mtls'\n\
         {rule}\n\
         [[collections]]\nname = 'all'\npaths = ['/']\n\
         [[clients]]\nid = 'acme'\ncollections = ['all']\n\
         [[clients]]\nid = 'other'\ncollections = ['all']\n"
    );
    Policy::from_toml_str(&text, "policy.toml").unwrap().policy
}

/// Who the holder of a certificate is, behind an edge that sends it as base64
/// in `header`: the client and the principal, or the reason of a denial.
fn answer(policy: &Policy, header: &str, der: &[u8]) -> (String, String, VerificationStatus) {
    let headers = [(header, STANDARD.encode(der))];
    let request = Request {
        peer: Peer::address("10.0.0.7".parse().unwrap()),
        method: "GET",
        target: "/",
        headers: &headers,
        token: None,
        now: Now {
            wall: Timestamp::parse_rfc3339_utc(b"2026-06-01T00:00:00Z").unwrap(),
            monotonic: Duration::ZERO,
        },
    };
    let limits = MemoryLimits::new(policy.limits()).unwrap();
    let decision = decide(policy, &request, &limits);
    let verification = decision.findings().verification();
    match &decision {
        Decision::Allow(allow) => match allow.grant() {
            Grant::Proven(identity) => (
                identity.client().to_owned(),
                identity.principal().to_owned(),
                verification,
            ),
            other => panic!("{other:?}"),
        },
        Decision::Deny(deny) => (deny.reason().code().to_owned(), String::new(), verification),
    }
}

/// Behind an edge that verifies: whom `rule` takes for acme.
#[track_caller]
fn check(when: &str, taken: &[&[u8]], others: &[&[u8]]) {
    let edge = "preset = 'caddy'\nverification = 'edge-always'";
    let policy = policy(edge, &format!("[[identity]]\nclient = 'acme'\n{when}"));
    let client = |der| answer(&policy, "X-SSL-Client-DER", der).0;
    for der in taken {
        assert_eq!(client(der), "acme", "{when}");
    }
    for der in others {
        assert_eq!(client(der), "identity_unmapped", "{when}");
    }
}

const AZURE: &str = "preset = 'azure'";
const ARR: &str = "X-ARR-ClientCert";

#[test]
fn behind_an_edge_that_verifies_nothing_only_the_pinned_certificate_counts() {
    let key = KeyPair::generate().unwrap();
    let acme = certificate(&key, |_| {});
    let pin = hex(&Sha256::digest(&acme));
    let policy = policy(
        AZURE,
        &format!("[[identity]]\nclient = '{{subject.cn}}'\nwhen.thumbprint = '{pin}'"),
    );
    let (client, principal, verification) = answer(&policy, ARR, &acme);
    assert_eq!((&*client, &*principal), ("acme", "CN=acme"));
    assert_eq!(verification, VerificationStatus::Pinned);

    // The same name and even the same key make no pinned certificate.
    let renewed = certificate(&key, |params| {
        params.serial_number = Some(SerialNumber::from(77_u64));
    });
    let forged = certificate(&KeyPair::generate().unwrap(), |_| {});
    for other in [renewed, forged] {
        let (reason, _, verification) = answer(&policy, ARR, &other);
        assert_eq!(reason, "identity_unmapped");
        assert_eq!(verification, VerificationStatus::Pinned);
    }
}

#[test]
fn behind_an_edge_that_verifies_nothing_a_pinned_key_is_who_the_rule_says() {
    let key = KeyPair::generate().unwrap();
    let acme = certificate(&key, |_| {});
    let pin = hex(&Sha256::digest(key.subject_public_key_info()));
    let policy = policy(
        AZURE,
        &format!("[[identity]]\nclient = 'acme'\nprincipal = 'acme'\nwhen.public_key = '{pin}'"),
    );
    let client = |der: &[u8]| {
        let (client, principal, _) = answer(&policy, ARR, der);
        (client, principal)
    };
    let same = ("acme".to_owned(), "acme".to_owned());
    assert_eq!(client(&acme), same);
    // Whatever else the holder of the key writes.
    let other_name = certificate(&key, |params| {
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "other");
    });
    assert_eq!(client(&other_name), same);
    let forged = certificate(&KeyPair::generate().unwrap(), |_| {});
    assert_eq!(client(&forged).0, "identity_unmapped");
    // Its dates count all the same.
    let expired = certificate(&key, |params| params.not_after = date_time_ymd(2026, 5, 1));
    assert_eq!(client(&expired).0, "certificate_expired");
}

#[test]
fn a_thumbprint_or_a_key_is_that_of_the_certificate() {
    let (key, other_key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let acme = certificate(&key, |_| {});
    let renewed = certificate(&key, |params| params.not_after = date_time_ymd(2026, 9, 1));
    let other = certificate(&other_key, |_| {});
    let thumbprint = hex(&Sha256::digest(&acme));
    let colons: Vec<String> = Sha256::digest(&acme)
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect();
    for spelling in [thumbprint, colons.join(":")] {
        check(
            &format!("when.thumbprint = '{spelling}'"),
            &[&acme],
            &[&renewed, &other],
        );
    }
    let public_key = hex(&Sha256::digest(key.subject_public_key_info()));
    check(
        &format!("when.public_key = ['{public_key}']"),
        &[&acme, &renewed],
        &[&other],
    );
}

#[test]
fn addresses_and_principal_names_are_compared_as_such() {
    let key = KeyPair::generate().unwrap();
    let ip = |text: &str| named(&key, vec![SanType::IpAddress(text.parse().unwrap())]);
    let dns = named(&key, vec![SanType::DnsName(text("192.0.2.7"))]);
    check(
        "when.ip = ['192.0.2.7', '2001:db8::7']",
        &[
            &ip("192.0.2.7"),
            &ip("2001:db8::7"),
            &ip("::ffff:192.0.2.7"),
        ],
        &[&ip("192.0.2.77"), &dns, &named(&key, vec![])],
    );

    let upn = |text: &str| {
        let value = OtherNameValue::Utf8String(text.to_owned());
        let name = SanType::OtherName((vec![1, 3, 6, 1, 4, 1, 311, 20, 2, 3], value));
        named(&key, vec![name])
    };
    let email = named(&key, vec![SanType::Rfc822Name(text("ops@corp.example"))]);
    let another_kind = named(
        &key,
        vec![SanType::OtherName((
            vec![1, 3, 6, 1, 4, 1, 311, 20, 2, 4],
            OtherNameValue::Utf8String("ops@corp.example".to_owned()),
        ))],
    );
    check(
        "when.upn = 'ops@corp.example'",
        &[&upn("ops@corp.example")],
        &[
            &upn("OPS@corp.example"),
            &upn("ops@corp.example\0"),
            &email,
            &another_kind,
        ],
    );
    check(
        "when.upn = '*@corp.example'",
        &[&upn("ops@corp.example"), &upn("a.b@corp.example")],
        &[
            &upn("ops@corp.example.evil"),
            &upn("@corp.example"),
            &upn("a@b@corp.example"),
        ],
    );
}

#[test]
fn patterns_stay_within_their_part_of_a_name() {
    let key = KeyPair::generate().unwrap();
    let dns = |name: &str| named(&key, vec![SanType::DnsName(text(name))]);
    check(
        "when.dns = '*.partners.example'",
        &[&dns("acme.partners.example"), &dns("ACME.Partners.Example")],
        &[
            &dns("partners.example"),
            &dns("a.b.partners.example"),
            &dns("xpartners.example"),
        ],
    );
    let uri = |name: &str| named(&key, vec![SanType::URI(text(name))]);
    check(
        "when.spiffe = 'spiffe://td.example/ns/*/sa/api'",
        &[&uri("spiffe://td.example/ns/pay/sa/api")],
        &[
            &uri("spiffe://td.example/ns/pay/x/sa/api"),
            &uri("spiffe://td.example/ns/pay/sa/api/x"),
            &uri("spiffe://other.example/ns/pay/sa/api"),
            &uri("https://td.example/ns/pay/sa/api"),
        ],
    );
    check(
        "when.trust_domain = 'td.example'",
        &[
            &uri("spiffe://td.example/any/thing"),
            &uri("spiffe://td.example"),
        ],
        &[
            &uri("spiffe://td.example.evil/any"),
            &uri("spiffe://TD.example/any"),
            &uri("https://td.example/any"),
        ],
    );
    let cn = |name: &str| {
        certificate(&key, |params| {
            params.distinguished_name = rcgen::DistinguishedName::new();
            params.distinguished_name.push(DnType::CommonName, name);
        })
    };
    check(
        "when.subject.cn = 'acme-*'",
        &[&cn("acme-eu"), &cn("acme-eu.west/1")],
        &[&cn("acme-"), &cn("xacme-eu"), &cn("acme")],
    );
}

/// With a second SPIFFE ID nobody knows which is meant.
#[test]
fn a_trust_domain_beside_another_is_ambiguous() {
    let key = KeyPair::generate().unwrap();
    let uri = |name: &str| SanType::URI(text(name));
    let edge = "preset = 'caddy'\nverification = 'edge-always'";
    let policy = policy(
        edge,
        "[[identity]]\nclient = 'acme'\nwhen.trust_domain = 'td.example'",
    );
    let two = named(
        &key,
        vec![
            uri("spiffe://td.example/a"),
            uri("spiffe://other.example/b"),
        ],
    );
    assert_eq!(
        answer(&policy, "X-SSL-Client-DER", &two).0,
        "identity_ambiguous"
    );
    let one = named(
        &key,
        vec![uri("spiffe://td.example/a"), uri("https://other.example/b")],
    );
    assert_eq!(answer(&policy, "X-SSL-Client-DER", &one).0, "acme");
}

#[test]
fn a_serial_number_counts_for_its_issuer() {
    let authority = |name: &str| {
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
    };
    let issued = |issuer: &Issuer<'_, KeyPair>, serial: &[u8]| {
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::CommonName, "whoever");
        params.not_before = date_time_ymd(2026, 1, 1);
        params.not_after = date_time_ymd(2027, 1, 1);
        params.serial_number = Some(SerialNumber::from_slice(serial));
        let key = KeyPair::generate().unwrap();
        params.signed_by(&key, issuer).unwrap().der().to_vec()
    };
    let (ours, theirs) = (authority("Our CA"), authority("Their CA"));
    for spelling in ["00c8", "C8", "00:C8", "c8"] {
        let rule = format!(
            "issuers = ['CN=Our CA', 'CN=Their CA']\n\
             [[identity]]\nissuer = 'CN=Our CA'\nclient = 'acme'\nwhen.serial = '{spelling}'\n\
             [[identity]]\nissuer = 'CN=Their CA'\nclient = 'other'"
        );
        let policy = policy("preset = 'caddy'\nverification = 'edge-always'", &rule);
        let client = |der: &[u8]| answer(&policy, "X-SSL-Client-DER", der).0;
        assert_eq!(client(&issued(&ours, &[0xC8])), "acme", "{spelling}");
        assert_eq!(client(&issued(&ours, &[0xC9])), "identity_unmapped");
        assert_eq!(client(&issued(&theirs, &[0xC8])), "other");
    }
}
