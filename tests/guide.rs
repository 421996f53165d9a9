//! The guide: its policies load and do what its pages say, and its pages show
//! the files that the tests of the edges run.

#![cfg(feature = "toml")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests that read the source tree and fail by panicking"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use certgate::certificate::CertInfo;
use certgate::decide::{Decision, Grant, decide};
use certgate::dialect::Dialect;
use certgate::edge::{Preset, Verifies};
use certgate::limits::MemoryLimits;
use certgate::policy::{Hazard, Loaded, Policy, PolicyErrors};
use certgate::request::{Now, Peer, Request};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Every policy that loads, and its hazards.
const POLICIES: &[(&str, &[&str])] = &[
    ("apache/policy.toml", &[]),
    ("aws_alb/passthrough.toml", &["possession_unseen"]),
    ("aws_alb/policy.toml", &["verification_unseen"]),
    ("azure/policy.toml", &["possession_unseen"]),
    ("caddy/policy.toml", &["verification_unseen"]),
    ("cloudflare/policy.toml", &[]),
    ("cloudfront/policy.toml", &["verification_unseen"]),
    ("direct/policy.toml", &[]),
    ("envoy/policy.toml", &["verification_unseen"]),
    ("envoy/two-hops.toml", &["verification_unseen"]),
    ("envoy/without-cert.toml", &["verification_unseen"]),
    ("gcp/policy.toml", &[]),
    ("haproxy/policy.toml", &[]),
    ("ingress_nginx/policy.toml", &[]),
    (
        "nginx/naming.toml",
        &["header_of_the_operator", "header_of_the_operator"],
    ),
    ("nginx/policy.toml", &[]),
    ("rfc9440/policy.toml", &["verification_unseen"]),
    ("traefik/info.toml", &["verification_unseen"]),
    ("traefik/policy.toml", &["verification_unseen"]),
];

#[test]
fn every_policy_loads_without_a_warning_and_with_the_hazards_that_are_known() {
    for &(file, expected) in POLICIES {
        let hazards = policy(file).hazards();
        let codes: Vec<&str> = hazards.iter().map(Hazard::code).collect();
        assert_eq!(codes, expected, "{file}");
    }
}

#[test]
fn the_hash_of_the_outer_envoy_has_to_be_filled_in() {
    let errors = parse(&read("envoy/two-hops.toml")).unwrap_err().to_string();
    assert_eq!(
        errors,
        "policy.toml:8:22: error: edge.hop_certificates[0][0]: not a SHA-256 of a certificate in \
         hexadecimal"
    );
}

#[test]
fn no_policy_is_forgotten() {
    let known: BTreeSet<String> = POLICIES
        .iter()
        .map(|(file, _)| file)
        .map(|file| (*file).to_owned())
        .collect();
    let found = files().into_iter().filter(|file| {
        Path::new(file)
            .extension()
            .is_some_and(|ending| ending == "toml")
    });
    assert_eq!(found.collect::<BTreeSet<_>>(), known);
}

/// So that no page shows a copy that has become another than the tested file.
#[test]
fn every_file_is_shown_by_the_page_of_its_edge() {
    for file in files() {
        let (edge, _) = file.split_once('/').unwrap();
        let page = page(edge);
        let include = format!("#![doc = include_str!(\"{file}\")]\n//! ```\n");
        let in_code = format!("include_str!(\"{file}\");\n");
        let shown = page.matches(&include).count() + page.matches(&in_code).count();
        assert!(shown > 0, "{edge}.rs does not show {file}");
        let mut before: Vec<&str> = page.split(&include).collect();
        before.pop();
        for text in before {
            let fence = text.lines().next_back().unwrap();
            assert!(
                fence.strip_prefix("//! ```").is_some_and(|language| {
                    !language.is_empty() && language.bytes().all(|byte| byte.is_ascii_lowercase())
                }),
                "{file} is shown after `{fence}`"
            );
        }
    }
}

/// Variants on a page are the `[edge]` section alone.
#[test]
fn every_variant_on_a_page_loads_in_place_of_the_pages_own() {
    let mut variants = 0;
    for edge in pages() {
        for fence in page(&edge).split("//! ```toml\n//! ").skip(1) {
            let (variant, _) = fence.split_once("//! ```\n").unwrap();
            let variant = variant.replace("\n//! ", "\n").replace("\n//!\n", "\n\n");
            assert!(variant.starts_with("[edge]\n"), "{edge}: {variant}");
            let whole = read(&format!("{edge}/policy.toml"));
            let (_, rest) = whole.split_once("[authentication]").unwrap();
            load(&filled_in(&format!(
                "version = 1\n{variant}[authentication]{rest}"
            )));
            variants += 1;
        }
    }
    assert!(variants > 10, "only {variants} were found");
}

#[test]
fn every_preset_has_a_page_that_tells_its_headers() {
    let overview = read("mod.rs");
    let pages: Vec<String> = pages().iter().map(|edge| page(edge)).collect();
    for &(word, preset) in Preset::WORDS {
        let word = format!("`{word}`");
        assert!(overview.contains(&word), "the overview lacks {word}");
        let page = pages
            .iter()
            .find(|page| page.lines().next().unwrap().contains(&word))
            .unwrap_or_else(|| panic!("no page begins with {word}"));
        let tells = |text: &str| {
            page.to_ascii_lowercase()
                .contains(&text.to_ascii_lowercase())
        };
        let facts = preset.facts();
        if let Some(header) = facts.certificate {
            assert!(tells(header.name), "{word} lacks {}", header.name);
        }
        if let Verifies::Says(statuses) = facts.verifies {
            for (name, value) in statuses {
                assert!(tells(name) && tells(value), "{word} lacks {name}: {value}");
                assert!(overview.contains(&format!("`{name}: {value}`")), "{name}");
            }
        }
    }
}

#[test]
fn the_readme_lists_every_preset_as_it_is() {
    let readme = include_str!("../README.md");
    for &(word, preset) in Preset::WORDS {
        let row = readme
            .lines()
            .find(|line| {
                line.starts_with("| ")
                    && line
                        .split(" | ")
                        .next()
                        .unwrap()
                        .contains(&format!(" `{word}`"))
            })
            .unwrap_or_else(|| panic!("no row for {word}"));
        let facts = preset.facts();
        if let Some(header) = facts.certificate {
            assert!(row.contains(&format!("`{}`", header.name)), "{row}");
            assert!(row.contains(&format!("`{}`", header.dialect)), "{row}");
        }
        if let Verifies::Says(statuses) = facts.verifies {
            for (name, value) in statuses {
                assert!(row.contains(&format!("`{name}: {value}`")), "{row}");
            }
        }
    }
}

/// What each edge sends, by its preset, is who the page says; and without the
/// status, nobody.
#[test]
fn each_policy_takes_what_its_edge_sends() {
    for (file, peer) in [
        ("apache/policy.toml", "127.0.0.1"),
        ("aws_alb/passthrough.toml", "10.20.1.9"),
        ("aws_alb/policy.toml", "10.20.1.9"),
        ("azure/policy.toml", "10.20.0.9"),
        ("caddy/policy.toml", "127.0.0.1"),
        ("cloudflare/policy.toml", "127.0.0.1"),
        ("cloudfront/policy.toml", "10.20.0.9"),
        ("envoy/policy.toml", "127.0.0.1"),
        ("gcp/policy.toml", "130.211.1.9"),
        ("haproxy/policy.toml", "127.0.0.1"),
        ("ingress_nginx/policy.toml", "10.244.1.9"),
        ("nginx/policy.toml", "127.0.0.1"),
        ("rfc9440/policy.toml", "127.0.0.1"),
        ("traefik/policy.toml", "127.0.0.1"),
    ] {
        let policy = with_the_issuer_of_acme(file);
        let facts = policy.edge().preset().facts();
        let header = facts.certificate.unwrap();
        let certificate = (header.name, acme_in(header.dialect));
        let statuses: &[(&str, &str)] = match facts.verifies {
            Verifies::Says(statuses) => statuses,
            _ => &[],
        };
        let sent = |statuses: &[(&'static str, &str)]| {
            let mut lines = vec![certificate.clone()];
            lines.extend(statuses.iter().map(|&(name, word)| (name, word.to_owned())));
            lines
        };
        let ask = |lines: Vec<(&str, String)>, from: &str| answer(&policy, file, lines, from);
        assert_eq!(ask(sent(statuses), peer), "pisp-partner-acme", "{file}");
        assert_eq!(
            ask(sent(statuses), "192.0.2.1"),
            "certificate_missing",
            "{file}"
        );
        assert_eq!(ask(vec![], peer), "certificate_missing", "{file}");
        let repeated = [sent(statuses), vec![certificate.clone()]].concat();
        assert_eq!(ask(repeated, peer), "header_ambiguous", "{file}");
        for &(name, word) in statuses {
            let others = statuses.iter().copied().filter(|other| other.0 != name);
            let denied = if word == "false" { "true" } else { "false" };
            for status in [None, Some((name, denied)), Some((name, ""))] {
                let statuses: Vec<_> = others.clone().chain(status).collect();
                assert_eq!(
                    ask(sent(&statuses), peer),
                    "certificate_unverified",
                    "{file} {statuses:?}"
                );
            }
        }
    }
}

/// The client, or the reason, by what a peer sends.
fn answer(policy: &Policy, file: &str, lines: Vec<(&str, String)>, peer: &str) -> String {
    let mut addresses = "203.0.113.5".to_owned();
    if file.starts_with("gcp/") {
        addresses.push_str(", 198.51.100.10");
    }
    let mut headers = lines;
    headers.push(("X-Forwarded-For", addresses));
    let headers = headers.as_slice();
    let acme = CertInfo::from_der(ACME.to_vec()).unwrap();
    let request = Request {
        peer: Peer::address(peer.parse().unwrap()),
        method: "GET",
        target: "/payments/7",
        headers: &headers,
        token: None,
        now: Now {
            wall: acme.validity().not_before,
            monotonic: Duration::ZERO,
        },
    };
    let limits = MemoryLimits::new(policy.limits()).unwrap();
    match decide(policy, &request, &limits) {
        Decision::Allow(allow) => match allow.grant() {
            Grant::Proven(identity) => identity.client().unwrap().to_owned(),
            other => panic!("{other:?}"),
        },
        Decision::Deny(deny) => deny.reason().code().to_owned(),
    }
}

const ACME: &[u8] = include_bytes!("data/certificates/acme.der");

/// The certificate as an edge writes it.
fn acme_in(dialect: Dialect) -> String {
    let base64 = STANDARD.encode(ACME);
    let lines: Vec<&str> = base64
        .as_bytes()
        .chunks(64)
        .map(|line| str::from_utf8(line).unwrap())
        .collect();
    let pem = format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        lines.join("\n")
    );
    let escaped = utf8_percent_encode(&pem, NON_ALPHANUMERIC).to_string();
    match dialect {
        Dialect::PemEscaped | Dialect::PemEscapedChain => escaped,
        Dialect::PemSpaces => pem.replace('\n', " "),
        Dialect::Base64Der => base64,
        Dialect::Rfc9440 => format!(":{base64}:"),
        Dialect::Xfcc => {
            let acme = CertInfo::from_der(ACME.to_vec()).unwrap();
            format!("Hash={};Cert=\"{escaped}\"", acme.thumbprint())
        }
        other => panic!("no preset sends {other}"),
    }
}

fn with_the_issuer_of_acme(file: &str) -> Policy {
    let issuer = "CN=Example Root CA,O=Example Root Trust Ltd,C=GB";
    let text = read(file).replace("CN=Partner CA,O=Example Bank,C=GB", issuer);
    load(&text)
}

fn policy(file: &str) -> Policy {
    load(&filled_in(&read(file)))
}

/// With a hash where the guide leaves one open.
fn filled_in(text: &str) -> String {
    text.replace("<sha256>", &"0f".repeat(32))
}

/// A policy that has to load without a warning.
fn load(text: &str) -> Policy {
    let loaded = parse(text).unwrap_or_else(|errors| panic!("{errors}\n{text}"));
    let warnings: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(warnings, [""; 0], "{text}");
    loaded.policy
}

fn parse(text: &str) -> Result<Loaded, PolicyErrors> {
    Policy::from_toml_str(text, "policy.toml")
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide"))
}

/// A file of the guide.
fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn page(edge: &str) -> String {
    read(&format!("{edge}.rs"))
}

/// The edges that have a page, which are those that the overview declares.
fn pages() -> Vec<String> {
    let overview = read("mod.rs");
    let declared: Vec<String> = overview
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .map(ToOwned::to_owned)
        .collect();
    assert!(declared.len() > 10, "{declared:?}");
    declared
}

/// The configurations and policies, as `edge/file`.
fn files() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for edge in fs::read_dir(root()).unwrap() {
        let edge = edge.unwrap();
        if edge.path().is_dir() {
            let directory = edge.file_name().into_string().unwrap();
            for file in fs::read_dir(edge.path()).unwrap() {
                let file = file.unwrap().file_name().into_string().unwrap();
                found.insert(format!("{directory}/{file}"));
            }
        }
    }
    assert!(found.len() > 20, "{found:?}");
    found
}
