//! What real proxies sent decodes to exactly what their clients presented.
//! `tests/data/captures/README.md` says where the values come from.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that reads captured files"
)]

use std::path::PathBuf;

use certgate::certificate::AttributeType;
use certgate::dialect::{
    Budget, Dialect, DialectErrorClass, DialectErrorKind, Forwarded, base64_der, rfc9440,
    traefik_info, xfcc,
};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// One captured header line, or its absence.
struct Capture {
    edge: String,
    style: String,
    /// The client certificate's name, or `none`.
    cert: String,
    header: String,
    value: Vec<u8>,
}

/// The captured lines of one header in one style. `style` may end with `*`.
fn captures(edge: &str, style: &str, header: &str) -> Vec<Capture> {
    let text = std::fs::read_to_string(data().join("captures.json")).unwrap();
    let all: Vec<Value> = serde_json::from_str(&text).unwrap();
    all.iter()
        .filter(|capture| capture["value"].is_string())
        .map(|capture| Capture {
            edge: text_of(&capture["edge"]),
            style: text_of(&capture["style"]),
            cert: text_of(&capture["cert"]),
            header: text_of(&capture["header_name"]),
            value: text_of(&capture["value"]).into_bytes(),
        })
        .filter(|capture| {
            capture.edge == edge
                && capture.header.eq_ignore_ascii_case(header)
                && match style.strip_suffix('*') {
                    Some(start) => capture.style.starts_with(start),
                    None => capture.style == style,
                }
        })
        .collect()
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn data() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/captures")
}

/// What the client presented, its own certificate first; empty for `none`.
fn presented(cert: &str) -> Vec<Vec<u8>> {
    if cert == "none" {
        return Vec::new();
    }
    let folder = data().join("certs");
    let text = std::fs::read(folder.join(format!("{cert}.chain.pem"))).unwrap();
    let chain: Vec<Vec<u8>> = pem::parse_many(text)
        .unwrap()
        .into_iter()
        .map(pem::Pem::into_contents)
        .collect();
    let leaf = std::fs::read(folder.join(format!("{cert}.der"))).unwrap();
    assert_eq!(chain[0], leaf, "{cert}");
    chain
}

/// How many captures held a certificate, a chain beside it, and neither.
#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    certificates: usize,
    chains: usize,
    none: usize,
}

/// Checks that each capture decodes to the client's certificate, with its
/// chain if the edge forwards one.
fn check(dialect: Dialect, captures: &[Capture], with_chain: bool) -> Count {
    let mut count = Count::default();
    for capture in captures {
        let label = format!("{} {} {}", capture.edge, capture.style, capture.cert);
        let forwarded = dialect
            .decode(&capture.value, &Budget::default())
            .expect(&label);
        let mut sent = presented(&capture.cert).into_iter();
        let expected = sent.next().map(|leaf| Forwarded {
            leaf,
            chain: sent.filter(|_| with_chain).collect(),
        });
        assert!(forwarded == expected, "{label}: {forwarded:?}");
        let absent = dialect.is_absent(&capture.value);
        assert_eq!(absent, expected.is_none(), "{label}");
        match forwarded {
            Some(forwarded) if forwarded.chain.is_empty() => count.certificates += 1,
            Some(_) => count.chains += 1,
            None => count.none += 1,
        }
    }
    count
}

fn counted(certificates: usize, chains: usize, none: usize) -> Count {
    Count {
        certificates,
        chains,
        none,
    }
}

#[test]
fn nginx_escaped() {
    let escaped = captures("nginx", "escaped", "X-SSL-Client-Cert");
    assert_eq!(
        check(Dialect::PemEscaped, &escaped, false),
        counted(10, 0, 0)
    );
    let ingress = captures("nginx", "ingress", "ssl-client-cert");
    assert_eq!(
        check(Dialect::PemEscaped, &ingress, false),
        counted(10, 0, 0)
    );
}

#[test]
fn haproxy_der() {
    let der = captures("haproxy", "der", "x-ssl-client-der");
    assert_eq!(check(Dialect::Base64Der, &der, false), counted(11, 0, 2));
}

#[test]
fn haproxy_chain_der() {
    let mut chains = Vec::new();
    for capture in captures("haproxy", "der", "x-ssl-client-chain-der") {
        let chain = base64_der::decode_chain(&capture.value, &Budget::default()).unwrap();
        assert!(
            chain.iter().eq(presented(&capture.cert).iter().skip(1)),
            "{}",
            capture.cert
        );
        chains.push(chain.len());
    }
    chains.sort_unstable();
    assert_eq!(chains, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2]);
}

#[test]
fn haproxy_rfc9440() {
    let captures = captures("haproxy", "rfc9440", "client-cert");
    assert_eq!(check(Dialect::Rfc9440, &captures, false), counted(11, 0, 2));
}

/// The armour has a space at its end, which HTTP servers trim; both are read.
#[test]
fn haproxy_pem_on_one_line() {
    let mut pemline = captures("haproxy", "pemline", "ssl_client_cert");
    assert_eq!(
        check(Dialect::PemSpaces, &pemline, false),
        counted(11, 0, 2)
    );
    for capture in &mut pemline {
        assert_eq!(capture.value.pop(), Some(b' '));
    }
    assert_eq!(
        check(Dialect::PemSpaces, &pemline, false),
        counted(11, 0, 2)
    );
}

#[test]
fn haproxy_der_escaped() {
    let derurl = captures("haproxy", "derurl", "x-ssl-client-cert");
    assert_eq!(
        check(Dialect::Base64DerEscaped, &derurl, false),
        counted(11, 0, 2)
    );
}

/// What Apache and AWS write was not captured with these certificates; the
/// values are made here of what nginx sent, in the spelling that `mod_headers`
/// and AWS's documentation have.
#[test]
fn spellings_of_the_captured_certificates() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let respelled = |spell: &dyn Fn(&str) -> String| {
        let mut captured = captures("nginx", "escaped", "X-SSL-Client-Cert");
        for capture in &mut captured {
            let value = str::from_utf8(&capture.value).unwrap();
            capture.value = spell(value).into_bytes();
        }
        captured
    };
    let unescaped = |value: &str| {
        let text = value.replace("%0A", "\n").replace("%20", " ");
        text.replace("%2B", "+")
            .replace("%2F", "/")
            .replace("%3D", "=")
    };
    let raw = |value: &str| unescaped(value).replace(' ', "%20");

    let aws = respelled(&|value| raw(value).replace('\n', "%0A"));
    assert_eq!(check(Dialect::PemEscaped, &aws, false), counted(10, 0, 0));
    assert_eq!(
        check(Dialect::PemEscapedChain, &aws, false),
        counted(10, 0, 0)
    );
    let apache = respelled(&|value| raw(value).replace('\n', "%0a"));
    assert_eq!(
        check(Dialect::PemEscaped, &apache, false),
        counted(10, 0, 0)
    );
    let spaces = respelled(&|value| unescaped(value).replace('\n', " "));
    assert_eq!(check(Dialect::PemSpaces, &spaces, false), counted(10, 0, 0));
    let base64 = respelled(&|value| STANDARD.encode(unescaped(value)));
    assert_eq!(check(Dialect::PemBase64, &base64, false), counted(10, 0, 0));
}

/// The chains that Envoy wrote, in the spelling of AWS's documentation.
#[test]
fn pem_chains_of_the_captured_clients() {
    let mut captured = captures("envoy", "SANITIZE_SET-full-required", XFCC);
    for capture in &mut captured {
        let text = str::from_utf8(&capture.value).unwrap();
        let (_, chain) = text.split_once("Chain=\"").unwrap();
        let (chain, _) = chain.split_once('"').unwrap();
        let chain = chain.replace("%2B", "+").replace("%2F", "/");
        capture.value = chain.replace("%3D", "=").into_bytes();
    }
    assert_eq!(
        check(Dialect::PemEscapedChain, &captured, true),
        counted(4, 2, 0)
    );
}

/// No captured edge sends the chain field; it is made here of what clients
/// sent, in the form of RFC 9440 section 2.3.
#[test]
fn rfc9440_chains_of_the_captured_clients() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    for (cert, length) in [("acme", 0), ("spiffe", 1), ("spiffe3", 2)] {
        let sent = presented(cert);
        let lines: Vec<String> = sent[1..]
            .iter()
            .map(|certificate| format!(":{}:", STANDARD.encode(certificate)))
            .collect();
        let joined = lines.join(", ");
        let apart = rfc9440::decode_chain(lines.iter().map(String::as_bytes), &Budget::default());
        let joined = rfc9440::decode_chain([joined.as_bytes()].into_iter(), &Budget::default());
        assert_eq!(apart.unwrap(), sent[1..]);
        assert_eq!(joined.unwrap(), sent[1..]);
        assert_eq!(sent.len(), length + 1);
    }
}

#[test]
fn traefik_pem() {
    let pem = captures("traefik", "pem", "X-Forwarded-Tls-Client-Cert");
    assert_eq!(check(Dialect::Base64Der, &pem, true), counted(9, 2, 0));
    let both = captures("traefik", "both", "X-Forwarded-Tls-Client-Cert");
    assert_eq!(check(Dialect::Base64Der, &both, true), counted(9, 2, 0));
}

const TRAEFIK_INFO: &str = "X-Forwarded-Tls-Client-Cert-Info";

/// Of each captured value: the certificate, and the subject that it proves.
fn infos(style: &str) -> Vec<(String, Option<(AttributeType, String)>)> {
    let captured = captures("traefik", style, TRAEFIK_INFO);
    let read = captured.iter().map(|capture| {
        match traefik_info::parse(&capture.value, &Budget::default()) {
            Ok(subject) => {
                let subject =
                    subject.map(|subject| (subject.attribute_type(), subject.value().to_owned()));
                (capture.cert.clone(), subject)
            }
            Err(error) => {
                // `Müller, "Söhne" & Co; K=V + X`, and nothing is escaped.
                assert_eq!(
                    (capture.cert.as_str(), error.kind()),
                    ("tricky", DialectErrorKind::TrailingBytes)
                );
                (format!("malformed {}", capture.cert), None)
            }
        }
    });
    read.collect()
}

#[test]
fn traefik_info_of_every_field() {
    let found = infos("info");
    assert!(found.iter().all(|(_, subject)| subject.is_none()));
    let labels: Vec<&str> = found.iter().map(|(label, _)| label.as_str()).collect();
    assert_eq!(
        labels,
        [
            "acme",
            // Two certificates, and three.
            "spiffe",
            "spiffe3",
            "malformed tricky",
            "big",
            "nosubject",
            "ed25519",
            "acme",
            "acme",
            "untrusted",
            "expired",
        ]
    );
}

/// Certificates of one attribute are the only ones that prove a subject.
#[test]
fn traefik_info_of_unit_and_common_name() {
    let common_name = |name: &str| Some((AttributeType::COMMON_NAME, name.to_owned()));
    let expected = [
        ("acme", None),
        ("spiffe", None),
        ("spiffe3", None),
        // The organization, which has quotes, is not sent.
        ("tricky", None),
        ("big", None),
        ("nosubject", None),
        ("ed25519", common_name("ed25519-client")),
        ("acme", None),
        ("acme", None),
        ("untrusted", None),
        ("expired", common_name("expired-client")),
    ];
    let expected = expected.map(|(label, subject)| (label.to_owned(), subject));
    assert_eq!(infos("both"), expected);
}

/// Empty where a certificate has no names, and with empty blocks for those of a
/// chain that have none.
#[test]
fn traefik_info_of_names() {
    let found = infos("infosans");
    assert_eq!(found.len(), 11);
    assert!(found.iter().all(|(_, subject)| subject.is_none()));
    assert!(
        found
            .iter()
            .all(|(label, _)| !label.starts_with("malformed"))
    );
    let captured = captures("traefik", "infosans", TRAEFIK_INFO);
    let empty = captured.iter().filter(|capture| capture.value.is_empty());
    assert_eq!(empty.count(), 7);
}

const XFCC: &str = "x-forwarded-client-cert";

#[test]
fn envoy_with_certificate_and_chain() {
    let mut captured = captures("envoy", "SANITIZE_SET-full-*", XFCC);
    captured.extend(captures("envoy", "APPEND_FORWARD-full-*", XFCC));
    assert_eq!(check(Dialect::Xfcc, &captured, true), counted(17, 9, 0));
}

#[test]
fn envoy_with_certificate_alone() {
    let captured = captures("envoy", "SANITIZE_SET-cert-*", XFCC);
    assert_eq!(check(Dialect::Xfcc, &captured, false), counted(6, 0, 0));
}

#[test]
fn envoy_without_certificate() {
    let mut checked = 0;
    for style in ["none", "uri", "subjecturidns"] {
        for capture in captures("envoy", &format!("SANITIZE_SET-{style}-*"), XFCC) {
            let label = format!("{style} {}", capture.cert);
            let elements = xfcc::parse(&capture.value, &Budget::default()).unwrap();
            assert_eq!(elements.len(), 1, "{label}");
            let client = xfcc::client(&elements, 1).unwrap().unwrap();
            assert_eq!(client.certificate(), None, "{label}");
            assert!(client.chain().is_empty(), "{label}");
            let leaf = presented(&capture.cert).remove(0);
            assert_eq!(client.hash(), Some(Sha256::digest(leaf).into()), "{label}");
            assert_eq!(
                client.subject().is_some(),
                style == "subjecturidns",
                "{label}"
            );
            assert_eq!(
                client.uris().count(),
                usize::from(style != "none"),
                "{label}"
            );
            let decoded = Dialect::Xfcc.decode(&capture.value, &Budget::default());
            assert_eq!(decoded, Ok(None), "{label}");
            checked += 1;
        }
    }
    assert_eq!(checked, 18);
}

#[test]
fn envoy_keeps_subjects_raw() {
    let all = captures("envoy", "SANITIZE_SET-subjecturidns-required", XFCC);
    let subject = |cert: &str| -> Vec<u8> {
        let capture = all.iter().find(|capture| capture.cert == cert).unwrap();
        let elements = xfcc::parse(&capture.value, &Budget::default()).unwrap();
        elements[0].subject().unwrap().to_vec()
    };
    assert_eq!(subject("nosubject"), b"");
    let tricky = subject("tricky");
    assert!(tricky.starts_with(br"CN=\ #tricky\\name\ ,OU=y+CN=x,"));
    let quoted = br#"O=M\C3\BCller\, \"S\C3\B6hne\" & Co\; K=V \+ X,"#;
    assert!(tricky.windows(quoted.len()).any(|part| part == quoted));
}

#[test]
fn envoy_two_hops() {
    let budget = Budget::default();
    let (mut clients, mut missing) = (0, 0);
    for capture in captures("envoy", "HOPA-*", XFCC) {
        let label = format!("{} {}", capture.style, capture.cert);
        let with_certificates = capture.style.contains("full");
        let elements = xfcc::parse(&capture.value, &budget).expect(&label);
        let hop = elements.last().unwrap();
        assert_eq!(hop.subject(), Some(b"CN=hop-a,O=Example,C=GB".as_slice()));
        assert_eq!(hop.certificate().is_some(), with_certificates, "{label}");

        let Some(client) = xfcc::client(&elements, 2).expect(&label) else {
            // Hop A saw no certificate, or could not ask for this one.
            assert!(
                matches!(capture.cert.as_str(), "none" | "ed25519"),
                "{label}"
            );
            assert_eq!(elements.len(), 1, "{label}");
            missing += 1;
            continue;
        };
        let sent = presented(&capture.cert);
        assert_eq!(
            client.hash(),
            Some(Sha256::digest(&sent[0]).into()),
            "{label}"
        );
        if with_certificates {
            assert_eq!(client.certificate(), Some(sent[0].as_slice()), "{label}");
            assert_eq!(client.chain(), sent, "{label}");
        } else {
            assert_eq!(client.certificate(), None, "{label}");
        }
        // The same header where one hop is trusted has no one answer.
        let error = Dialect::Xfcc.decode(&capture.value, &budget).unwrap_err();
        assert_eq!(
            error.kind(),
            DialectErrorKind::MoreElementsThanHops,
            "{label}"
        );
        assert_eq!(error.class(), DialectErrorClass::Ambiguous, "{label}");
        assert!(
            capture.value[error.offset()..].starts_with(b"By="),
            "{label}"
        );
        clients += 1;
    }
    assert_eq!((clients, missing), (12, 4));
}

#[test]
fn no_capture_is_longer_than_the_default_budget() {
    let longest = captures("envoy", "*", XFCC)
        .iter()
        .map(|capture| capture.value.len())
        .max();
    assert_eq!(longest, Some(20_317));
    assert!(20_317 <= Budget::default().header_bytes);
}

/// Which URI identifies: that of a client with one, where no DNS name stands
/// beside it (`spiffe` has two), and no certificate either.
#[test]
fn envoy_spiffe_ids() {
    let mut found = Vec::new();
    for style in ["none", "uri", "subjecturidns", "cert", "full"] {
        for capture in captures("envoy", &format!("SANITIZE_SET-{style}-required"), XFCC) {
            let elements = xfcc::parse(&capture.value, &Budget::default()).unwrap();
            if let Some(id) = elements[0].spiffe_id() {
                found.push(format!("{style} {} {id}", capture.cert));
            }
        }
    }
    assert_eq!(
        found,
        [
            "uri spiffe spiffe://prod.example.com/ns/payments/sa/api",
            "uri spiffe3 spiffe://prod.example.com/ns/payments/sa/api",
            "uri nosubject spiffe://prod.example.com/ns/empty/sa/nosubject",
            "subjecturidns nosubject spiffe://prod.example.com/ns/empty/sa/nosubject",
        ]
    );
}
