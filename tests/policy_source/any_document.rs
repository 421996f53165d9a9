//! Documents that nobody thought of, as JSON: of the right shape, and mostly
//! without sense.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::BoxedStrategy;
use serde_json::{Value, json};

type Any = BoxedStrategy<Value>;

/// Texts that some format could take for something else, and any other.
fn text() -> Any {
    const STRANGE: &[&str] = &[
        "",
        " ",
        "yes",
        "null",
        "~",
        "true",
        "1",
        "0x1F",
        "1e3",
        "<<",
        "- a",
        "a: b",
        "a #b",
        "&a",
        "*a",
        "!t",
        "{",
        "]",
        ",",
        "?",
        "|",
        "'",
        "\"",
        "\\",
        "%",
        "---",
        "\n",
        "a\r\nb",
        "\t",
        "\0",
        "\u{7f}",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "\u{ffff}",
        "😀",
        "'''",
        "\"\"\"",
        "open",
        "2026-12-31",
    ];
    prop_oneof![
        select(STRANGE).prop_map(Value::from),
        "[ -~]{0,12}".prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ]
    .boxed()
}

fn list(entry: Any, least: usize) -> Any {
    vec(entry, least..=least + 1).prop_map(Value::from).boxed()
}

fn texts() -> Any {
    list(text(), 0)
}

fn filled() -> Any {
    list(text(), 1)
}

fn one_or_more() -> Any {
    prop_oneof![text(), filled()].boxed()
}

fn word(words: &'static [&'static str]) -> Any {
    select(words).prop_map(Value::from).boxed()
}

fn words(words: &'static [&'static str]) -> Any {
    list(word(words), 1)
}

fn count() -> Any {
    prop_oneof![1..1000_i64, 1..=i64::MAX]
        .prop_map(Value::from)
        .boxed()
}

fn flag() -> Any {
    any::<bool>().prop_map(Value::from).boxed()
}

fn moment() -> Any {
    (
        0..=9999_u32,
        1..=12_u32,
        1..=28_u32,
        option::of((0..24_u32, 0..60_u32, 0..60_u32)),
    )
        .prop_map(|(year, month, day, time)| {
            let day = format!("{year:04}-{month:02}-{day:02}");
            match time {
                Some((hour, minute, second)) => {
                    format!("{day}T{hour:02}:{minute:02}:{second:02}Z").into()
                }
                None => day.into(),
            }
        })
        .boxed()
}

/// A table that has the settings with a `!`, and of the others some.
fn table(settings: Vec<(&'static str, Any)>) -> Any {
    let each: Vec<_> = settings
        .into_iter()
        .map(|(key, value)| match key.strip_prefix('!') {
            Some(key) => value
                .prop_map(move |value| Some((key.to_owned(), value)))
                .boxed(),
            None => option::of(value)
                .prop_map(move |value| Some((key.to_owned(), value?)))
                .boxed(),
        })
        .collect();
    each.prop_map(|settings| Value::Object(settings.into_iter().flatten().collect()))
        .boxed()
}

/// Such a table with a setting or more.
fn filled_table(settings: Vec<(&'static str, Any)>) -> Any {
    let is_filled = |table: &Value| table.as_object().is_some_and(|table| !table.is_empty());
    table(settings)
        .prop_filter("an empty table", is_filled)
        .boxed()
}

fn edge() -> Any {
    let product = word(&[
        "nginx",
        "ingress-nginx",
        "traefik",
        "traefik-info",
        "haproxy",
        "apache",
        "caddy",
        "envoy",
        "istio",
        "aws-alb",
        "aws-alb-passthrough",
        "cloudflare",
        "gcp",
        "azure",
        "cloudfront",
        "rfc9440",
    ]);
    prop_oneof![
        9 => table(edge_settings(("!preset", product), "!trusted_proxies")),
        1 => table(edge_settings(("!preset", word(&["direct"])), "trusted_proxies")),
    ]
    .boxed()
}

fn edge_settings(
    preset: (&'static str, Any),
    trusted_proxies: &'static str,
) -> Vec<(&'static str, Any)> {
    let claims = table(vec![
        (
            "!use",
            words(&["subject", "issuer", "thumbprint", "spiffe"]),
        ),
        ("subject_header", text()),
        ("issuer_header", text()),
        ("thumbprint_header", text()),
        ("spiffe_header", text()),
        ("validity_header", text()),
    ]);
    let proof = table(vec![
        ("secret_header", text()),
        ("secret_sha256", texts()),
        ("certificate_sha256", texts()),
    ]);
    let budget = table(vec![
        ("header_bytes", count()),
        ("certificates", count()),
        ("names", count()),
    ]);
    let dialect = word(&[
        "pem-escaped",
        "pem-escaped-chain",
        "pem-spaces",
        "pem-base64",
        "base64-der",
        "base64-der-escaped",
        "rfc9440",
        "xfcc",
    ]);
    let source = word(&["x-forwarded-for", "forwarded", "proxy-protocol", "peer"]);
    vec![
        preset,
        (trusted_proxies, texts()),
        ("address_proxies", texts()),
        ("client_address", source),
        (
            "verification",
            word(&["edge-status", "edge-always", "in-process"]),
        ),
        ("proof", proof),
        ("certificate_header", text()),
        ("chain_header", text()),
        ("status_header", text()),
        ("status_value", text()),
        ("identity_headers", word(&["strip", "replace"])),
        ("dialect", dialect),
        ("hops", count()),
        ("hop_certificates", list(one_or_more(), 1)),
        ("direct_tls", word(&["ignore", "accept"])),
        ("claims", claims),
        ("budget", budget),
    ]
}

fn observe() -> Any {
    words(&["certificates", "policy"])
}

fn requires() -> Any {
    words(&["certificate", "binding"])
}

fn conditions() -> Vec<(&'static str, Any)> {
    let attributes = [
        "cn",
        "ou",
        "o",
        "c",
        "l",
        "st",
        "street",
        "dc",
        "uid",
        "email",
        "serial_number",
    ];
    let attributes = attributes.map(|attribute| (attribute, one_or_more()));
    let mut conditions = vec![("subject", filled_table(attributes.into()))];
    let others = [
        "spiffe",
        "trust_domain",
        "uri",
        "dns",
        "email",
        "upn",
        "ip",
        "serial",
        "thumbprint",
        "public_key",
    ];
    conditions.extend(others.map(|other| (other, one_or_more())));
    conditions
}

fn constraints() -> Any {
    let mut settings = conditions();
    settings.extend([
        ("issuer", one_or_more()),
        ("required_extensions", one_or_more()),
        ("extended_key_usage", one_or_more()),
        ("issuer_key", one_or_more()),
    ]);
    filled_table(settings)
}

fn authentication() -> Any {
    let serial = table(vec![("!issuer", text()), ("!serial", text())]);
    let revoked = filled_table(vec![
        ("thumbprints", filled()),
        ("serials", list(serial, 1)),
    ]);
    let chain = table(vec![
        ("max_depth", count()),
        ("revocation", word(&["if-listed", "required"])),
        ("stale_lists", word(&["deny", "allow", "warn"])),
    ]);
    let modes = word(&[
        "bearer",
        "mtls",
        "bearer_plus_mtls_optional",
        "bearer_plus_mtls_required",
    ]);
    table(vec![
        ("!mode", modes),
        ("binding_required_paths", texts()),
        ("issuers", filled()),
        ("unverified_bearer", word(&["deny", "ignore"])),
        ("realm", text()),
        ("observe", observe()),
        ("revoked", revoked),
        ("constraints", constraints()),
        ("chain", chain),
        ("dangerous_allow_expired", flag()),
        ("dangerous_allow_revoked", flag()),
    ])
}

fn identity() -> Any {
    table(vec![
        ("name", text()),
        ("issuer", text()),
        ("client", text()),
        ("profile", text()),
        ("principal", text()),
        ("when", filled_table(conditions())),
    ])
}

fn limit() -> Any {
    let per = (1..100_000_u32, "[smhd]").prop_map(|(count, unit)| format!("{count}{unit}").into());
    let requests = table(vec![("!requests", count()), ("!per", per.boxed())]);
    table(vec![
        ("!name", text()),
        ("active", flag()),
        ("rate", requests.clone()),
        ("quota", requests),
    ])
}

fn collection() -> Any {
    let path = table(vec![
        ("!path", text()),
        ("match", word(&["prefix", "exact"])),
    ]);
    table(vec![
        ("!name", text()),
        ("!paths", list(prop_oneof![text(), path].boxed(), 1)),
        ("hosts", filled()),
        ("methods", filled()),
        ("cost", count()),
        ("limits", one_or_more()),
        ("observe", observe()),
    ])
}

fn client() -> Any {
    let digest = table(vec![("!sha256", text()), ("until", moment())]);
    let digests = list(prop_oneof![text(), digest].boxed(), 1);
    let profile = table(vec![
        ("!id", text()),
        ("active", flag()),
        ("methods", filled()),
        ("ip_allowlist", filled()),
        ("requires", requires()),
        ("limits", one_or_more()),
        ("last_rotated", moment()),
        ("token_expiry", moment()),
    ]);
    table(vec![
        ("!id", text()),
        ("active", flag()),
        ("collections", texts()),
        ("limits", one_or_more()),
        ("spiffe_ids", filled()),
        ("certificates", digests.clone()),
        ("public_keys", digests),
        ("constraints", constraints()),
        ("requires", requires()),
        ("methods", filled()),
        ("ip_allowlist", filled()),
        ("observe", observe()),
        ("profiles", list(profile, 0)),
    ])
}

/// Any document that the reader takes.
pub(crate) fn document() -> Any {
    let selectors = table(vec![
        ("client_header", text()),
        ("profile_header", text()),
        ("set_by", word(&["anyone", "trusted-edge"])),
    ]);
    let paths = table(vec![
        ("unlisted", word(&["deny", "allow"])),
        ("case", word(&["sensitive", "insensitive"])),
        ("parameters", word(&["deny", "allow"])),
    ]);
    let authority = table(vec![("!name", text()), ("!certificate", text())]);
    let exemption = table(vec![("!method", text()), ("!path", text())]);
    let clients = prop_oneof![
        5 => list(client(), 0),
        1 => Just(json!("open")),
    ];
    let expiry = table(vec![("warn_days", list(count(), 1)), ("header", text())]);
    let evidence = table(vec![("certificate", word(&["thumbprint", "names"]))]);
    let limiting = table(vec![
        ("headers", list(word(&["ratelimit", "x-ratelimit"]), 1)),
        ("when_away", word(&["deny", "allow", "local"])),
        ("local_percent", count()),
    ]);
    table(vec![
        ("!version", Just(json!(1)).boxed()),
        ("!edge", edge()),
        ("!authentication", authentication()),
        ("authorities", list(authority, 0)),
        ("selectors", selectors),
        ("paths", paths),
        ("identity", list(identity(), 0)),
        ("limits", list(limit(), 0)),
        ("collections", list(collection(), 0)),
        ("exemptions", list(exemption, 0)),
        ("clients", clients.boxed()),
        ("expiry", expiry),
        ("evidence", evidence),
        ("limiting", limiting),
    ])
}

/// Every setting in a document, such as `clients[].profiles[].id`.
pub(crate) fn settings(value: &Value, place: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                let place = format!("{place}.{key}");
                settings(value, &place, found);
                found.insert(place);
            }
        }
        Value::Array(items) => {
            for item in items {
                settings(item, &format!("{place}[]"), found);
            }
        }
        _ => {}
    }
}
