//! Which of a policy's issuers a certificate names, however it encodes the name.

#![expect(clippy::expect_used, reason = "helpers of tests")]

mod certificate_support;

use certgate::certificate::{CertInfo, ClientCertificate, DistinguishedName};
use certgate::trust::{IssuerVerdict, Issuers};
use certificate_support::{Template, attribute, name, tlv};
use proptest::prelude::*;

const UTF8: u8 = 0x0C;
const PRINTABLE: u8 = 0x13;
const TELETEX: u8 = 0x14;
const IA5: u8 = 0x16;
const STRINGS: [u8; 4] = [UTF8, PRINTABLE, TELETEX, IA5];

fn issued_by(issuer: &[u8]) -> CertInfo {
    CertInfo::from_der(Template::with(|t| t.issuer = issuer.to_vec())).expect("a valid name")
}

fn configured(text: &str) -> DistinguishedName {
    let configured = DistinguishedName::parse_configured(text);
    configured.expect("a valid name").name
}

/// The place in `names` at which the issuer is found.
fn found(names: &[&str], issuer: &[u8]) -> Option<usize> {
    let names: Vec<_> = names.iter().map(|text| configured(text)).collect();
    place(&names, &issued_by(issuer))
}

fn place(names: &[DistinguishedName], certificate: &CertInfo) -> Option<usize> {
    let issuers = Issuers::new(names.to_vec());
    let verdict = issuers.judge(&ClientCertificate::Whole(certificate.clone()));
    let is_at = |name: &DistinguishedName| {
        let id = issuers.find(name).expect("it is there");
        verdict == IssuerVerdict::Allowed(id)
    };
    let place = names.iter().position(is_at);
    assert_eq!(place.is_none(), verdict == IssuerVerdict::NotAllowed);
    place
}

#[test]
fn every_type_of_string_and_every_length_is_found() {
    for text in ["Example CA", "a_b*", &"x".repeat(127), &"long ".repeat(60)] {
        for tag in STRINGS {
            let issuer = name(&[
                attribute(6, &tlv(PRINTABLE, b"GB")),
                attribute(3, &tlv(tag, text.as_bytes())),
            ]);
            let written = format!("CN={},C=GB", text.trim_end());
            assert_eq!(
                found(&[&written], &issuer),
                Some(0),
                "{written} as {tag:#x}"
            );
            assert_eq!(found(&["CN=Other", &written], &issuer), Some(1));
            assert_eq!(found(&[&format!("{written},O=x")], &issuer), None);
        }
    }
}

#[test]
fn attributes_of_one_rdn_are_found_in_any_order() {
    let unit = attribute(11, &tlv(UTF8, b"a"));
    let common_name = attribute(3, &tlv(UTF8, b"b"));
    for rdn in [[common_name.clone(), unit.clone()], [unit, common_name]] {
        let issuer = tlv(0x30, &tlv(0x31, &rdn.concat()));
        for written in ["CN=b+OU=a", "OU=a+CN=b"] {
            assert_eq!(found(&[written], &issuer), Some(0));
        }
    }
}

#[test]
fn the_first_of_several_that_match_is_the_one() {
    let issuer = name(&[attribute(3, &tlv(UTF8, b"ca"))]);
    assert_eq!(found(&["CN=CA", "CN=ca"], &issuer), Some(0));
    assert_eq!(found(&["CN=#0C026361", "CN=ca"], &issuer), Some(0));
    assert_eq!(found(&["CN=ca", "CN=#0C026361"], &issuer), Some(0));
    assert_eq!(found(&["CN=#13026361", "CN=ca"], &issuer), Some(1));
}

/// Names of few values, so that many are the same.
fn any_name() -> impl Strategy<Value = Vec<u8>> {
    let text = prop_oneof!["[aA ]{0,2}", "a{130}", "[a\u{e4}\u{0}]"];
    let value = (prop::sample::select(STRINGS.to_vec()), text)
        .prop_map(|(tag, text)| tlv(tag, text.as_bytes()));
    let attribute = (prop::sample::select(vec![3, 5, 6]), value)
        .prop_map(|(kind, value)| attribute(kind, &value));
    let rdn = prop::collection::vec(attribute, 1..3).prop_map(|rdn| tlv(0x31, &rdn.concat()));
    prop::collection::vec(rdn, 1..3).prop_map(|rdns| tlv(0x30, &rdns.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_is_the_first_that_matches(
        names in prop::collection::vec(any_name(), 1..4),
        other in any_name(),
    ) {
        let configured: Vec<_> = names
            .iter()
            .map(|name| DistinguishedName::from_name(issued_by(name).issuer()))
            .collect();
        for issuer in names.iter().chain([&other]) {
            let certificate = issued_by(issuer);
            let expected = configured
                .iter()
                .position(|name| name.matches(certificate.issuer()))
                // Equal names share the first one's place.
                .and_then(|at| configured.iter().position(|name| *name == configured[at]));
            prop_assert_eq!(place(&configured, &certificate), expected);
        }
    }
}
