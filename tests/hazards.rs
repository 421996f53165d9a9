//! What a policy leaves to the edge or to chance, each hazard beside the policy
//! without it.

#![cfg(feature = "toml")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use certgate::gate::Gate;
use certgate::policy::Policy;

/// Code and words of every hazard of a policy with this `[edge]` section.
fn hazards(edge: &str) -> Vec<(&'static str, String)> {
    hazards_with(edge, "")
}

/// The same, with this condition of the identity rule.
fn hazards_with(edge: &str, condition: &str) -> Vec<(&'static str, String)> {
    let text = format!(
        "version = 1\n[edge]\n{edge}\n[authentication]\nmode = 'mtls'\n[[identity]]\nclient = '{{subject.cn}}'\n{condition}\n"
    );
    let policy = match Policy::from_toml_str(&text, "policy.toml") {
        Ok(loaded) => loaded.policy,
        Err(errors) => panic!("{errors}\n{text}"),
    };
    let found = policy.hazards();
    // A gate tells what its policy does.
    assert_eq!(Gate::new(policy).unwrap().hazards(), found);
    found
        .iter()
        .map(|hazard| (hazard.code(), hazard.to_string()))
        .collect()
}

fn codes(edge: &str) -> Vec<&'static str> {
    hazards(edge).into_iter().map(|(code, _)| code).collect()
}

/// Holds that the first has this hazard alone, and the second none.
#[track_caller]
fn check(edge: &str, code: &str, words: &str, without: &str) {
    assert_eq!(
        hazards(edge),
        [(code, words.to_owned())] as [(&str, String); 1],
        "{edge}"
    );
    assert_eq!(hazards(without), [], "{without}");
}

const PROXIES: &str = "trusted_proxies = ['10.0.0.0/8']";

#[test]
fn what_each_preset_leaves_to_the_edge() {
    for (preset, setting, expected) in [
        ("nginx", "", &[] as &[&str]),
        ("ingress-nginx", "", &[]),
        (
            "traefik",
            "verification = 'edge-always'",
            &["verification_unseen"],
        ),
        (
            "traefik-info",
            "verification = 'edge-always'",
            &["verification_unseen"],
        ),
        ("haproxy", "", &[]),
        ("apache", "", &[]),
        (
            "caddy",
            "verification = 'edge-always'",
            &["verification_unseen"],
        ),
        (
            "envoy",
            "verification = 'edge-always'",
            &["verification_unseen"],
        ),
        (
            "istio",
            "verification = 'edge-always'",
            &["verification_unseen"],
        ),
        (
            "aws-alb",
            "verification = 'edge-always'",
            &["verification_unseen"],
        ),
        ("cloudflare", "", &[]),
        ("gcp", "", &[]),
        (
            "cloudfront",
            "verification = 'edge-always'",
            &["verification_unseen"],
        ),
        (
            "rfc9440",
            "verification = 'edge-always'",
            &["verification_unseen"],
        ),
    ] {
        let claims = if preset == "traefik-info" {
            "[edge.claims]\nuse = ['subject']"
        } else {
            ""
        };
        let edge = format!("preset = '{preset}'\n{PROXIES}\n{setting}\n{claims}");
        assert_eq!(codes(&edge), expected, "{preset}");
    }
    assert_eq!(codes("preset = 'direct'"), [""; 0]);
}

#[test]
fn each_preset_that_says_so_may_be_ignored() {
    for preset in [
        "nginx",
        "ingress-nginx",
        "haproxy",
        "apache",
        "cloudflare",
        "gcp",
    ] {
        check(
            &format!("preset = '{preset}'\n{PROXIES}\nverification = 'edge-always'"),
            "verification_ignored",
            "the edge says whether it verified a certificate, and the policy does not look at all of it",
            &format!("preset = '{preset}'\n{PROXIES}\nverification = 'edge-status'"),
        );
    }
}

#[test]
fn half_of_what_cloudflare_says() {
    for header in ["Cf-Cert-Verified", "cf-cert-verified"] {
        check(
            &format!(
                "preset = 'cloudflare'\n{PROXIES}\nstatus_header = '{header}'\nstatus_value = 'true'"
            ),
            "verification_ignored",
            "the edge says whether it verified a certificate, and the policy does not look at all of it",
            &format!("preset = 'cloudflare'\n{PROXIES}"),
        );
    }
}

#[test]
fn peers_out_of_everywhere_and_nowhere() {
    let nginx = |proxies: &str| format!("preset = 'nginx'\ntrusted_proxies = {proxies}");
    check(
        &nginx("['10.0.0.0/8', '0.0.0.0/0']"),
        "trusts_everyone",
        "every peer in 0.0.0.0/0 may name clients: list the addresses of the edge, or demand a proof of it",
        &nginx("['10.0.0.0/8', '128.0.0.0/8', '2001::/16', 'unix']"),
    );
    assert_eq!(
        codes(&nginx("['0.0.0.0/7', '10.0.0.0/8', '::/0']")),
        ["trusts_everyone", "trusts_everyone"]
    );
    check(
        &nginx("[]"),
        "trusts_nobody",
        "no proxy is trusted, so no certificate is ever seen",
        &nginx("['unix']"),
    );
    // Without an edge in front there may still be clients.
    check(
        &format!("{}\ndirect_tls = 'ignore'", nginx("[]")),
        "trusts_nobody",
        "no proxy is trusted, so no certificate is ever seen",
        &format!("{}\ndirect_tls = 'accept'", nginx("[]")),
    );
}

#[test]
fn an_operator_s_word_and_a_status() {
    check(
        &format!("preset = 'caddy'\n{PROXIES}\nverification = 'edge-always'"),
        "verification_unseen",
        "the edge does not say that it verified a certificate: check that it refuses those that it cannot verify",
        &format!("preset = 'nginx'\n{PROXIES}"),
    );
    // A status of the operator's own has to be overwritten.
    check(
        &format!("preset = 'caddy'\n{PROXIES}\nstatus_header = 'X-Ok'\nstatus_value = 'yes'"),
        "header_of_the_operator",
        "the header `x-ok` is believed: check that the edge overwrites it on every request",
        &format!("preset = 'nginx'\n{PROXIES}\nstatus_value = 'yes'"),
    );
}

/// A certificate is public; what proves a pinned one is the handshake, which
/// nothing but the edge's own header tells of.
#[test]
fn a_pin_behind_an_edge_that_verifies_nothing() {
    for preset in ["azure", "aws-alb-passthrough"] {
        let pinned = "when.thumbprint = \
                      'fc333548c012ddc0f2a07ce8d77218abff260e3e5324978dc9e9dd00b1c2043e'";
        let with_rule = |edge: &str| hazards_with(edge, pinned);
        assert_eq!(
            with_rule(&format!("preset = '{preset}'\n{PROXIES}")),
            [(
                "possession_unseen",
                "what the edge forwards is verified or pinned here, and a certificate is no secret: check that the edge overwrites its header on every request"
                    .to_owned()
            )],
            "{preset}"
        );
        assert_eq!(with_rule(&format!("preset = 'nginx'\n{PROXIES}")), []);
    }
}

#[test]
fn headers_that_no_edge_sets_by_itself() {
    let nginx = |rest: &str| format!("preset = 'nginx'\n{PROXIES}\n{rest}");
    let believed = |header: &str| {
        format!(
            "the header `{header}` is believed: check that the edge overwrites it on every request"
        )
    };
    for (bad, header, good) in [
        (
            "certificate_header = 'X-Cert'",
            "x-cert",
            "certificate_header = 'x-ssl-client-CERT'",
        ),
        (
            "[edge.claims]\nuse = ['subject']\nsubject_header = 'X-Subject'",
            "x-subject",
            "",
        ),
    ] {
        check(
            &nginx(bad),
            "header_of_the_operator",
            &believed(header),
            &nginx(good),
        );
    }
    let haproxy = |rest: &str| format!("preset = 'haproxy'\n{PROXIES}\n{rest}");
    check(
        &haproxy("chain_header = 'X-Chain'"),
        "header_of_the_operator",
        &believed("x-chain"),
        &haproxy("chain_header = 'X-SSL-Client-Chain-DER'"),
    );
    let ingress = |rest: &str| {
        format!("preset = 'ingress-nginx'\n{PROXIES}\n[edge.claims]\nuse = ['subject']\n{rest}")
    };
    check(
        &ingress("validity_header = 'X-Validity'"),
        "header_of_the_operator",
        &believed("x-validity"),
        &ingress(""),
    );
    // Under their own names, what identifies is always the operator's.
    assert_eq!(
        hazards(&nginx("[selectors]\nset_by = 'trusted-edge'")),
        [
            ("header_of_the_operator", believed("x-client-id")),
            ("header_of_the_operator", believed("x-profile-id")),
        ]
    );
    assert_eq!(
        hazards(&nginx(
            "[selectors]\nset_by = 'trusted-edge'\nclient_header = 'X-A'\nprofile_header = 'X-B'"
        )),
        [
            ("header_of_the_operator", believed("x-a")),
            ("header_of_the_operator", believed("x-b")),
        ]
    );
    assert_eq!(hazards(&nginx("[selectors]\nclient_header = 'X-A'")), []);
}

#[test]
fn the_host_is_the_caller_s() {
    let nginx = format!("preset = 'nginx'\n{PROXIES}");
    let with = |hosts: &str| {
        hazards_with(
            &nginx,
            &format!("[[collections]]\nname = 'a'\npaths = ['/']\n{hosts}"),
        )
    };
    assert_eq!(
        with("hosts = ['api.example.com']"),
        [(
            "host_of_the_caller",
            "collections have hosts: check that the edge refuses hosts that are not its own, and \
             passes on the one by which it chose this service"
                .to_owned()
        )]
    );
    assert_eq!(with(""), []);
}

#[test]
fn hazards_add_up() {
    assert_eq!(
        codes(
            "preset = 'traefik'\nverification = 'edge-always'\ncertificate_header = 'X-Cert'\n\
             trusted_proxies = ['0.0.0.0/0']\n[selectors]\nset_by = 'trusted-edge'"
        ),
        [
            "trusts_everyone",
            "verification_unseen",
            "header_of_the_operator",
            "header_of_the_operator",
            "header_of_the_operator",
        ]
    );
}

#[test]
fn each_use_of_observe_is_told() {
    let hazards = |text: &str| -> Vec<(&str, String)> {
        let policy = Policy::from_toml_str(text, "policy.toml").unwrap().policy;
        let hazards = policy.hazards();
        hazards
            .iter()
            .map(|hazard| (hazard.code(), hazard.to_string()))
            .collect()
    };
    let partner = include_str!("data/policies/partner.toml");
    let certificates = include_str!("data/policies/observe-certificates.toml");
    let policy = include_str!("data/policies/observe-policy.toml");
    let some = include_str!("data/policies/observe-some.toml");
    let told = |stages: &str, scope: &str| {
        let words = format!(
            "denials of `{stages}` are only noted {scope}: enforce them once the records show none"
        );
        ("observed", words)
    };
    assert_eq!(hazards(partner), []);
    assert_eq!(
        hazards(certificates),
        [told("certificates", "for every request")]
    );
    assert_eq!(hazards(policy), [told("policy", "for every request")]);
    assert_eq!(
        hazards(some),
        [
            told("certificates", "in collection \"certificates\""),
            told("policy", "in collection \"policy\""),
            told("certificates", "in collection \"both\""),
            told("policy", "in collection \"both\""),
            told("policy", "for client \"many\""),
            told("policy", "for client \"closed\""),
        ]
    );
    // Where no certificate is ever seen, it still matters what is observed.
    let nobody = "preset = 'nginx'\ntrusted_proxies = []\n[[collections]]\nname = 'all'\npaths = ['/']\nobserve = ['policy']";
    assert_eq!(codes(nobody), ["trusts_nobody", "observed"]);
}

#[test]
fn limits_that_nothing_holds_are_told() {
    let with = |section: &str| {
        let edge = format!("preset = 'nginx'\n{PROXIES}");
        hazards_with(&edge, section)
    };
    let words = "while the shared store of limits is away nothing counts: watch the records for \
                 `limits_counted` \"nowhere\"";
    assert_eq!(
        with("[limiting]\nwhen_away = 'allow'"),
        [("limits_not_held", words.to_owned())]
    );
    for section in [
        "",
        "[limiting]\nheaders = ['ratelimit']",
        "[limiting]\nwhen_away = 'deny'",
        "[limiting]\nwhen_away = 'local'\nlocal_percent = 25",
    ] {
        assert_eq!(with(section), [], "{section}");
    }
}
