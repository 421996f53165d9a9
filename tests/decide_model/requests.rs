//! The requests of the worlds.

use proptest::prelude::*;
use proptest::sample::select;

use super::world::{
    Answer, Certificate, Cnf, ForwardedFor, Header, RequestWorld, Target, Tls, Token, Validity,
};
use super::worlds::mostly;

pub(crate) fn requests() -> impl Strategy<Value = RequestWorld> {
    let edge = (
        mostly(
            8,
            &[
                "10.0.0.7",
                "::ffff:10.0.0.7",
                "203.0.113.5",
                "unix",
                "unknown",
            ],
        ),
        (
            mostly(9, HEADERS),
            mostly(2, &[Tls::None, Tls::Verified, Tls::Unverified]),
        ),
        mostly(9, STATUSES),
        mostly(3, FORWARDED_FOR),
    );
    let asked = (
        (
            mostly(3, &["GET", "POST", "DELETE", "HEAD"]),
            mostly(2, HOSTS),
        ),
        prop_oneof![2 => select(TARGETS[..4].to_vec()), 1 => select(TARGETS.to_vec())],
    );
    let token = (
        prop_oneof![1 => Just(None), 5 => token().prop_map(Some)],
        mostly(3, AUTHORIZATIONS),
    );
    let ids: &[&'static [&'static str]] = &[&[], &["acme"], &["beta"], &["acme", "acme"]];
    let profiles: &[&'static [&'static str]] =
        &[&[], &["prod"], &["test"], &["nope"], &["prod", "prod"]];
    let answers = [
        Answer::Charged,
        Answer::RateFull,
        Answer::QuotaFull,
        Answer::Unavailable,
    ];
    let selected = (mostly(8, ids), mostly(3, profiles), mostly(1, &answers));
    (edge, asked, token, selected, certificate()).prop_map(
        |(edge, asked, token, selected, certificate)| RequestWorld {
            peer: edge.0,
            method: asked.0.0,
            target: asked.1,
            host: asked.0.1,
            certificate,
            header: edge.1.0,
            tls: edge.1.1,
            status: edge.2,
            forwarded_for: edge.3,
            authorization: token.1,
            token: token.0,
            client_header: selected.0,
            profile_header: selected.1,
            limits: selected.2,
        },
    )
}

const HEADERS: &[Header] = &[
    Header::Certificate,
    Header::None,
    Header::AbsentForm,
    Header::Twice,
    Header::AbsentFormAndCertificate,
    Header::Malformed,
    Header::Oversized,
    Header::NotDer,
];

const STATUSES: &[&[&str]] = &[
    &["SUCCESS"],
    &[],
    &["NONE"],
    &["FAILED:unable to get issuer certificate"],
    &["success"],
    &["SUCCESSFUL"],
    &["SUCCESS", "SUCCESS"],
    &[""],
];

const FORWARDED_FOR: &[ForwardedFor] = &[
    (&["203.0.113.5"], Some("203.0.113.5")),
    (&["::ffff:203.0.113.5"], Some("203.0.113.5")),
    (&["192.0.2.9, 203.0.113.5"], Some("203.0.113.5")),
    (&["192.0.2.9", "203.0.113.5"], Some("203.0.113.5")),
    (&["203.0.113.5, 10.0.0.9"], Some("203.0.113.5")),
    (&["203.0.113.5, 192.0.2.9"], Some("192.0.2.9")),
    (&["203.0.113.5, nonsense"], None),
    (&["203.0.113.5, unknown, 10.0.0.9"], None),
    (&["10.0.0.9"], None),
    (&[], None),
];

const TARGETS: &[Target] = &[
    ("/pay", Some("/pay"), Some("/pay")),
    ("/pay/", Some("/pay/"), Some("/pay/")),
    ("/pay/out", Some("/pay/out"), Some("/pay/out")),
    ("/pay/out/", Some("/pay/out/"), Some("/pay/out/")),
    (
        "/pay/out/7?to=/../x",
        Some("/pay/out/7"),
        Some("/pay/out/7"),
    ),
    ("/p%61y/%6Fut", Some("/pay/out"), Some("/pay/out")),
    ("/pay/outer", Some("/pay/outer"), Some("/pay/outer")),
    ("/payroll", Some("/payroll"), Some("/payroll")),
    ("/PAY/out", Some("/PAY/out"), Some("/PAY/out")),
    ("/admin", Some("/admin"), Some("/admin")),
    ("/admin/", Some("/admin/"), Some("/admin/")),
    ("/admin/x", Some("/admin/x"), Some("/admin/x")),
    ("/health", Some("/health"), Some("/health")),
    ("/health/", Some("/health/"), Some("/health/")),
    ("/", Some("/"), Some("/")),
    ("/pay/out;v=1", None, Some("/pay/out")),
    ("//pay", None, None),
    ("/pay/../admin", None, None),
    ("/pay/%2e%2e/admin", None, None),
    ("/pay%2Fout", None, None),
    ("/pay%5cout", None, None),
    ("/pay/%zz", None, None),
    ("/pay%00", None, None),
    ("pay", None, None),
];

/// Without a host that can be told, or of one that no policy names.
const HOSTS: &[&[&str]] = &[
    &["api.example"],
    &["partner.example"],
    &["PARTNER.example:8443"],
    &["notpartner.example"],
    &[],
    &["partner.example", "partner.example"],
    &["partner.example", "api.example"],
    &[""],
];

const AUTHORIZATIONS: &[&[&str]] = &[
    &[],
    &["Bearer abc"],
    &["bearer abc"],
    &["Basic abc"],
    &["Basic abc", "Bearer abc"],
];

fn token() -> impl Strategy<Value = Token> {
    let cnf = [
        Cnf::None,
        Cnf::ThisCertificate,
        Cnf::ThisCertificateLooseBits,
        Cnf::OtherCertificate,
        Cnf::Hex,
        Cnf::Padded,
        Cnf::Empty,
        Cnf::NotText,
        Cnf::Jkt,
        Cnf::JktChecked,
        Cnf::JktAndThisCertificate,
    ];
    let cnf = prop_oneof![
        4 => Just(Cnf::None),
        6 => Just(Cnf::ThisCertificate),
        2 => select(cnf.to_vec()),
    ];
    let clients = [Some("acme"), Some("beta"), Some("zeta"), None];
    (mostly(4, &clients), cnf).prop_map(|(client, cnf)| Token { client, cnf })
}

pub(crate) fn certificate() -> impl Strategy<Value = Certificate> {
    let cn: &[&'static [&'static str]] = &[
        &["acme"],
        &["beta"],
        &["zeta"],
        &[],
        &["acme", "beta"],
        &["acme", "acme"],
        &["acme,CN=beta"],
        &["acme beta"],
        &["acme\u{202e}"],
        &["acme\0"],
    ];
    let ou: &[&'static [&'static str]] =
        &[&["prod"], &["test"], &[], &["prod", "test"], &["pr\u{7}od"]];
    let dns: &[&'static [&'static str]] = &[&[], &["beta.example"], &["x.example", "beta.example"]];
    let email: &[&'static [&'static str]] = &[&["ops@acme.example"], &[], &["a:b@x", "c@x"]];
    let spiffe: &[&'static [&'static str]] = &[
        &[],
        &["spiffe://td/acme"],
        &["spiffe://td/beta"],
        &["spiffe://td/other"],
        &["spiffe://td/acme", "spiffe://td/acme2"],
        &["spiffe://td/acme", "spiffe://td/beta"],
        &["spiffe://td/other", "spiffe://td/acme"],
        &["spiffe://td/../acme"],
    ];
    let validity = [
        Validity::Current,
        Validity::FirstSecond,
        Validity::LastSecond,
        Validity::Expired,
        Validity::NotYet,
    ];
    (
        mostly(4, &['A', 'B', 'C']),
        mostly(3, cn),
        mostly(3, ou),
        mostly(1, dns),
        mostly(2, email),
        mostly(1, spiffe),
        mostly(6, &validity),
    )
        .prop_map(
            |(issuer, cn, ou, dns, email, spiffe, validity)| Certificate {
                issuer,
                cn,
                ou,
                dns,
                email,
                spiffe,
                validity,
            },
        )
}
