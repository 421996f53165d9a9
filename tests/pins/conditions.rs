//! What each condition is compared with, behind an edge that verifies.

use rcgen::string::Ia5String;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, Issuer, KeyPair,
    OtherNameValue, PublicKeyData as _, SanType, SerialNumber, date_time_ymd,
};
use sha2::{Digest as _, Sha256};

use super::{answer, certificate, hex, policy};

fn named(key: &KeyPair, names: Vec<SanType>) -> Vec<u8> {
    certificate(key, |params| params.subject_alt_names = names)
}

fn text(text: &str) -> Ia5String {
    text.try_into().unwrap()
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

    // Zero is a number, and zeros in front make no other of one.
    for (spelling, number, another) in [
        ("0", &[0_u8] as &[u8], &[1_u8] as &[u8]),
        ("00:00", &[0], &[1]),
        ("01:00", &[1, 0], &[1]),
        ("100", &[1, 0], &[0x10]),
        ("0", &[0], &[0x10]),
        ("7F", &[0x7F], &[0x7F, 0]),
    ] {
        let rule = format!(
            "issuers = ['CN=Our CA']\n[[identity]]\nclient = 'acme'\nwhen.serial = '{spelling}'"
        );
        let policy = policy("preset = 'caddy'\nverification = 'edge-always'", &rule);
        let client = |der: &[u8]| answer(&policy, "X-SSL-Client-DER", der).0;
        assert_eq!(client(&issued(&ours, number)), "acme", "{spelling}");
        assert_eq!(client(&issued(&ours, another)), "identity_unmapped");
    }
}
