//! A trace tells where in the configuration the rule of each step stands.

#![cfg(feature = "toml")]
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod support;

use std::time::Duration;

use certgate::decide::{StepResult, explain};
use certgate::limits::MemoryLimits;
use certgate::policy::{Document, Format, Policy};
use certgate::request::{Confirmation, Now, OwnedRequest, Peer, Timestamp, VerifiedToken};

use support::corpus::Corpus;
use support::policies;

/// The check and the place of each step that has one, and the step that denies,
/// whether or not it has.
fn rules(name: &str, times: u32) -> Vec<(&'static str, String)> {
    let corpus = Corpus::load();
    let case = corpus.find(name);
    let policy = corpus.policy(case);
    let limits = MemoryLimits::new(policy.limits()).unwrap();
    let request = case.request.request(Duration::ZERO);
    for _ in 1..times {
        let _ = explain(policy, &request, &limits);
    }
    let decision = explain(policy, &request, &limits);
    let steps = decision.findings().trace().iter();
    steps
        .filter(|step| step.rule.is_some() || matches!(step.result, StepResult::Denied(_)))
        .map(|step| {
            let place = step.rule.as_ref().map(ToString::to_string);
            (step.check, place.unwrap_or_default())
        })
        .collect()
}

/// The place of the last step of these.
fn last(name: &str) -> (&'static str, String) {
    rules(name, 1).pop().unwrap()
}

#[test]
fn every_rule_of_an_allowed_request_is_told() {
    let expected = [
        ("peer", "partner.toml:6:19: edge.trusted_proxies"),
        ("verify status", "partner.toml:5:10: edge.preset"),
        ("mode", "partner.toml:10:8: authentication.mode"),
        (
            "validity, issuer, revocation and constraints",
            "partner.toml:11:12: authentication.issuers[0]",
        ),
        ("identity", "partner.toml:13:1: identity[0]"),
        ("client", "partner.toml:34:1: clients[0]"),
        ("profile", "partner.toml:38:3: clients[0].profiles[0]"),
        (
            "address",
            "partner.toml:41:18: clients[0].profiles[0].ip_allowlist",
        ),
        ("collection", "partner.toml:22:1: collections[0]"),
        (
            "method",
            "partner.toml:40:13: clients[0].profiles[0].methods",
        ),
        ("limits", "partner.toml:34:1: clients[0]"),
    ];
    let expected = expected.map(|(check, place)| (check, place.to_owned()));
    assert_eq!(rules("partner-get", 1), expected);
}

#[test]
fn the_rule_that_denies_is_told() {
    for (case, check, place) in CASES {
        assert_eq!(last(case), (*check, (*place).to_owned()), "{case}");
    }
}

#[test]
fn an_exemption_and_a_limit_are_told() {
    let exempt = ("exemption", "partner.toml:30:1: exemptions[0]".to_owned());
    assert_eq!(last("health"), exempt);
    let limit = |times| rules("limits-rate", times).pop().unwrap();
    let client = ("limits", "limits.toml:26:1: clients[0]".to_owned());
    let refused = ("limits", "limits.toml:14:1: limits[0]".to_owned());
    assert_eq!(
        [limit(1), limit(2), limit(3)],
        [client.clone(), client, refused]
    );
}

/// Denials by every kind of rule; some of them by no rule that is written down.
const CASES: &[(&str, &str, &str)] = &[
    (
        "partner-delete",
        "method",
        "partner.toml:40:13: clients[0].profiles[0].methods",
    ),
    (
        "partner-without-certificate",
        "certificate required",
        "partner.toml:10:8: authentication.mode",
    ),
    (
        "partner-other-address",
        "address",
        "partner.toml:41:18: clients[0].profiles[0].ip_allowlist",
    ),
    (
        "partner-collection-of-another",
        "collection",
        "partner.toml:34:1: clients[0]",
    ),
    ("partner-path-in-no-collection", "collection", ""),
    (
        "partner-client-switched-off",
        "client",
        "partner.toml:55:1: clients[2]",
    ),
    (
        "partner-profile-switched-off",
        "profile",
        "partner.toml:45:3: clients[0].profiles[2]",
    ),
    (
        "partner-profile-of-another",
        "profile",
        "partner.toml:34:1: clients[0]",
    ),
    (
        "partner-profile-of-nobody",
        "profile",
        "partner.toml:34:1: clients[0]",
    ),
    (
        "partner-selecting-another-client",
        "identity",
        "partner.toml:13:1: identity[0]",
    ),
    ("pitfall-30-renewed-for-another-identity", "client", ""),
    (
        "pitfall-11-self-signed-with-the-partners-names",
        "validity, issuer, revocation and constraints",
        "partner.toml:11:11: authentication.issuers",
    ),
    (
        "mtls-an-unverified-bearer-line",
        "token required",
        "mtls.toml:9:8: authentication.mode",
    ),
    (
        "bearer-without-token",
        "token required",
        "bearer.toml:9:8: authentication.mode",
    ),
    (
        "optional-certificate-missing-where-a-binding-is-required",
        "certificate required",
        "optional.toml:11:27: authentication.binding_required_paths[0]",
    ),
    (
        "pitfall-33-no-confirmation-on-a-binding-path",
        "binding",
        "optional.toml:11:27: authentication.binding_required_paths[0]",
    ),
    (
        "required-without-confirmation",
        "binding",
        "required.toml:9:8: authentication.mode",
    ),
    (
        "direct-unverified",
        "certificate",
        "direct.toml:5:10: edge.preset",
    ),
    (
        "pitfall-09-status-none",
        "certificate",
        "mtls.toml:5:10: edge.preset",
    ),
    (
        "profile-required",
        "profile",
        "profiles.toml:21:1: clients[0]",
    ),
    ("client-id-of-nobody", "client", ""),
    (
        "edge-identity-without-rules-and-a-listed-spiffe-id",
        "identity",
        "edge-identity-listed.toml:22:1: clients[1]",
    ),
];

/// What a place points at is what the field's name says.
#[test]
fn every_place_in_the_corpus_points_at_its_field() {
    let corpus = Corpus::load();
    let mut fields = std::collections::BTreeSet::new();
    for case in &corpus.cases {
        let policy = corpus.policy(case);
        let text = policies::text(&case.policy);
        let limits = MemoryLimits::new(policy.limits()).unwrap();
        let request = case.request.request(Duration::ZERO);
        let decision = explain(policy, &request, &limits);
        for step in decision.findings().trace() {
            let Some(rule) = &step.rule else {
                assert!(
                    !matches!(
                        step.check,
                        "client" | "profile" | "method" | "address" | "collection"
                    ) || step.result == StepResult::Skipped
                        || step.reason().is_some()
                        || step.detail == "none"
                        || step.check == "method",
                    "{}: {step:?}",
                    case.name
                );
                continue;
            };
            assert_eq!(rule.source, format!("{}.toml", case.policy));
            let line = text.lines().nth(rule.line.unwrap() as usize - 1).unwrap();
            let last = rule.field.rsplit('.').next().unwrap();
            let name = last.split('[').next().unwrap();
            // A list that the preset leaves out is where its section is.
            let name = if text.contains(name) { name } else { "[edge]" };
            assert!(line.contains(name), "{}: {rule} is {line:?}", case.name);
            let at = line.chars().nth(rule.column.unwrap() as usize - 1);
            assert!(matches!(at, Some('[' | '"' | '{')), "{rule} is {line:?}");
            fields.insert(rule.field.replace(|c: char| c.is_ascii_digit(), "N"));
        }
    }
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    assert_eq!(
        fields,
        [
            "authentication.binding_required_paths[N]",
            "authentication.constraints",
            "authentication.issuers",
            "authentication.issuers[N]",
            "authentication.mode",
            "authentication.revoked",
            "clients",
            "clients[N]",
            "clients[N].constraints",
            "clients[N].ip_allowlist",
            "clients[N].methods",
            "clients[N].profiles[N]",
            "clients[N].profiles[N].ip_allowlist",
            "clients[N].profiles[N].methods",
            "clients[N].profiles[N].requires",
            "clients[N].requires",
            "collections[N]",
            "edge.client_address",
            "edge.preset",
            "edge.trusted_proxies",
            "edge.verification",
            "exemptions[N]",
            "identity[N]",
            "paths.unlisted",
            "selectors.set_by",
        ]
    );
}

#[test]
fn a_place_is_data() {
    let corpus = Corpus::load();
    let case = corpus.find("partner-get");
    let policy = corpus.policy(case);
    let limits = MemoryLimits::new(policy.limits()).unwrap();
    let request = case.request.request(Duration::ZERO);
    let decision = explain(policy, &request, &limits);
    let steps = serde_json::to_value(decision.findings().trace()).unwrap();
    let find = |check: &str| {
        let mut steps = steps.as_array().unwrap().iter();
        steps.find(|step| step["check"] == check).unwrap()
    };
    assert_eq!(
        find("method")["rule"],
        serde_json::json!({
            "source": "partner.toml",
            "line": 40,
            "column": 13,
            "field": "clients[0].profiles[0].methods",
        })
    );
    assert!(find("path").get("rule").is_none());
    // Who does not ask pays for nothing.
    let untraced = certgate::decide::decide(policy, &request, &limits);
    assert_eq!(untraced.findings().trace(), []);
}

#[test]
fn without_a_file_a_place_is_the_field_and_the_line() {
    let text = policies::text("partner");
    let document = Document::from_toml_str(&text, "").unwrap();
    let policy = Policy::from_document(&document).unwrap().policy;
    let corpus = Corpus::load();
    let request = corpus.find("partner-get").request.request(Duration::ZERO);
    let limits = MemoryLimits::new(policy.limits()).unwrap();
    let decision = explain(&policy, &request, &limits);
    let mut steps = decision.findings().trace().iter();
    let client = steps.find(|step| step.check == "client").unwrap();
    let place = client.rule.as_ref().unwrap().to_string();
    assert_eq!(place, "34:1: clients[0]");
}

/// A policy in which collection, client and profile each have lists.
const LISTS: &str = r#"version = 1
[edge]
preset = "direct"
[authentication]
mode = "bearer"
[[collections]]
name = "all"
paths = ["/"]
methods = ["GET", "PUT", "POST"]
[[clients]]
id = "acme"
collections = ["all"]
methods = ["GET", "PUT", "PATCH"]
ip_allowlist = ["10.0.0.0/8"]
[[clients.profiles]]
id = "prod"
methods = ["GET", "POST", "PATCH"]
ip_allowlist = ["10.1.0.0/16", "192.0.2.0/24"]
"#;

/// Where the check of a request by `acme` stands, and whether it is denied.
fn rule_of(policy: &Policy, check: &str, method: &str, peer: &str) -> (String, bool) {
    let limits = MemoryLimits::new(policy.limits()).unwrap();
    let now = Now {
        wall: Timestamp::from_unix_seconds(0),
        monotonic: Duration::ZERO,
    };
    let token = VerifiedToken::assert_verified(Some("acme"), Confirmation::default());
    let peer = Peer::address(peer.parse().unwrap());
    let request = OwnedRequest::new(peer, method, "/", now).with_token(token);
    let request = request.request();
    let decision = explain(policy, &request, &limits);
    let mut steps = decision.findings().trace().iter();
    let step = steps.find(|step| step.check == check).unwrap();
    let place = step.rule.as_ref().unwrap().to_string();
    (place, matches!(step.result, StepResult::Denied(_)))
}

#[test]
fn of_several_lists_the_one_that_denies_is_told() {
    let document = Document::from_toml_str(LISTS, "").unwrap();
    let policy = Policy::from_document(&document).unwrap().policy;
    for (check, method, peer, place, denied) in [
        (
            "method",
            "GET",
            "10.1.0.1",
            "17:11: clients[0].profiles[0].methods",
            false,
        ),
        (
            "method",
            "PUT",
            "10.1.0.1",
            "17:11: clients[0].profiles[0].methods",
            true,
        ),
        (
            "method",
            "POST",
            "10.1.0.1",
            "13:11: clients[0].methods",
            true,
        ),
        ("method", "PATCH", "10.1.0.1", "6:1: collections[0]", true),
        (
            "method",
            "DELETE",
            "10.1.0.1",
            "17:11: clients[0].profiles[0].methods",
            true,
        ),
        (
            "address",
            "GET",
            "10.1.0.1",
            "18:16: clients[0].profiles[0].ip_allowlist",
            false,
        ),
        (
            "address",
            "GET",
            "10.2.0.1",
            "18:16: clients[0].profiles[0].ip_allowlist",
            true,
        ),
        (
            "address",
            "GET",
            "192.0.2.1",
            "14:16: clients[0].ip_allowlist",
            true,
        ),
    ] {
        let expected = (place.to_owned(), denied);
        assert_eq!(
            rule_of(&policy, check, method, peer),
            expected,
            "{method} {peer}"
        );
    }
}

#[test]
fn what_another_file_or_a_variable_says_is_told_by_its_name() {
    let mut document = Document::from_toml_str(&policies::text("partner"), "partner.toml").unwrap();
    document.identity.clear();
    let rules = "version = 1\n\n[[identity]]\nclient = '{subject.cn}'\nprofile = '{subject.ou}'";
    let rules = document.with_identity_from(rules, "mappings.toml", Format::Toml);
    let variables = [
        ("INBOUND_AUTH_MODE", "mtls"),
        ("TRUSTED_PROXY_CIDRS", "10.0.0.0/8"),
    ];
    let unread = |_: &str| Err(std::io::ErrorKind::NotFound.into());
    let document = rules.unwrap().with_variables(variables, unread).unwrap();
    let policy = Policy::from_document(&document).unwrap().policy;
    let corpus = Corpus::load();
    let request = corpus.find("partner-get").request.request(Duration::ZERO);
    let limits = MemoryLimits::new(policy.limits()).unwrap();
    let decision = explain(&policy, &request, &limits);
    let place = |check: &str| {
        let mut steps = decision.findings().trace().iter();
        let step = steps.find(|step| step.check == check).unwrap();
        step.rule.as_ref().unwrap().to_string()
    };
    assert_eq!(place("peer"), "TRUSTED_PROXY_CIDRS: edge.trusted_proxies");
    assert_eq!(place("mode"), "INBOUND_AUTH_MODE: authentication.mode");
    assert_eq!(place("identity"), "mappings.toml:3:1: identity[0]");
    assert_eq!(place("client"), "partner.toml:34:1: clients[0]");
}
