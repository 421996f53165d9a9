//! What each preset does not say, and the settings that stand in for it.

use super::{BASE, check, problems};

/// `preset = "nginx"` with these lines in its place.
#[track_caller]
fn check_edge(bad: &str, problem: &str, good: &str) {
    check(r#"preset = "nginx""#, bad, problem, good);
}

/// What makes the base a policy without verified certificates.
fn pinned(preset: &str) -> String {
    BASE.replace("preset = \"nginx\"", &format!("preset = '{preset}'"))
        .replace(
            "client = \"{subject.cn}\"",
            &format!("client = '{{subject.cn}}'\nwhen.thumbprint = '{SHA256}'"),
        )
}

const SHA256: &str = "fc333548c012ddc0f2a07ce8d77218abff260e3e5324978dc9e9dd00b1c2043e";

const ANY_ISSUER: &str = "the edge verifies no certificate, so anyone can name this issuer";

#[test]
fn an_edge_that_verifies_nothing_leaves_pins() {
    const NO_PIN: &str = "the edge verifies no certificate, and this rule pins none (write `when.thumbprint`; or `when.public_key` and no other condition or issuer, with `client`, `profile` and `principal` written out; or list `certificates` or `public_keys` of a client)";
    for preset in ["azure", "aws-alb-passthrough"] {
        let pinned = pinned(preset);
        assert_eq!(problems(&pinned), [""; 0]);
        let pin = format!("when.thumbprint = '{SHA256}'");
        for unpinned in [
            "",
            "when.dns = 'a.example'",
            // The holder of a key can put any name beside it.
            &format!("when.public_key = '{SHA256}'"),
            &format!("when.public_key = '{SHA256}'\nprincipal = 'acme'"),
        ] {
            assert_eq!(
                problems(&pinned.replace(&pin, unpinned)),
                [format!("7:1: error: identity[0]: {NO_PIN}")],
                "{unpinned}"
            );
        }
        let by_key = pinned.replace("'{subject.cn}'", "'acme'").replace(
            &pin,
            &format!("when.public_key = '{SHA256}'\nprincipal = 'acme'"),
        );
        assert_eq!(problems(&by_key), [""; 0]);
        // Nor can it choose by which of two rules for its key it goes.
        for asked_too in [
            "when.subject.ou = 'admin'",
            "when.serial = '01'",
            "issuer = 'CN=ca'",
        ] {
            let text = by_key
                .replace("[[identity]]", "issuers = ['CN=ca']\n[[identity]]")
                .replace("client = 'acme'", &format!("client = 'acme'\n{asked_too}"));
            assert_eq!(
                problems(&text),
                [
                    format!("7:11: error: authentication.issuers: {ANY_ISSUER}"),
                    format!("8:1: error: identity[0]: {NO_PIN}"),
                ],
                "{asked_too}"
            );
        }
        let by_its_subject = by_key.replace("\nprincipal = 'acme'", "");
        assert_eq!(
            problems(&by_its_subject),
            [format!("7:1: error: identity[0]: {NO_PIN}")]
        );

        let refused = |line: &str, place: &str| {
            let text = pinned.replace("[edge]", &format!("[edge]\n{line}"));
            assert_eq!(
                problems(&text),
                [format!(
                    "3:{place}: this edge forwards what it is given, and verifies nothing (leave the setting out, and pin certificates in the identity rules; or verify them with `verification = \"in-process\"`)"
                )],
            );
        };
        refused(
            "verification = 'edge-always'",
            "16: error: edge.verification",
        );
        refused("status_header = 'X-Ok'", "17: error: edge.status_header");
        refused("status_value = 'yes'", "16: error: edge.status_value");
    }
}

#[test]
fn what_such_an_edge_tells_of_a_client_proves_nothing() {
    const NOTHING: &str = "the edge verifies no certificate, so what it says of one proves nothing";
    let pinned = pinned("azure");
    for (line, place) in [
        (
            "[selectors]\nset_by = 'trusted-edge'",
            "8:10: error: selectors.set_by",
        ),
        (
            "[edge.claims]\nuse = ['subject']\nsubject_header = 'X-Dn'",
            "7:1: error: edge.claims",
        ),
    ] {
        let text = pinned.replace("[[identity]]", &format!("{line}\n[[identity]]"));
        assert_eq!(problems(&text), [format!("{place}: {NOTHING}")]);
    }
    let issued = pinned.replace("[authentication]", "[authentication]\nissuers = ['CN=ca']");
    assert_eq!(
        problems(&issued),
        [
            "6:11: error: authentication.issuers: the edge verifies no certificate, so anyone can name this issuer"
        ]
    );
    let listed = pinned.replace(
        "id = \"acme\"",
        "id = 'acme'\nspiffe_ids = ['spiffe://td.example/acme']",
    );
    assert_ne!(listed, pinned);
    let found = problems(&listed);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].ends_with(
            "spiffe_ids: the edge verifies no certificate, so anyone can have this name"
        ),
        "{found:?}"
    );
    let rule = format!("[[identity]]\nclient = '{{subject.cn}}'\nwhen.thumbprint = '{SHA256}'\n");
    let without = pinned
        .replace(&rule, "")
        .replace("mode = \"mtls\"", "mode = 'bearer'");
    assert_eq!(
        problems(&without),
        [
            "3:10: error: edge.preset: this edge verifies no certificate, so identity rules have to pin them (write `when.thumbprint`; or `when.public_key` and no other condition or issuer, with `client`, `profile` and `principal` written out; or list `certificates` or `public_keys` of a client)"
        ]
    );
}

#[test]
fn every_preset_says_by_itself_whether_it_verified_or_is_vouched_for() {
    const SILENT: &str = "3:10: error: edge.preset: this edge does not say whether it verified a certificate (write `verification = \"edge-always\"` if it refuses every certificate that it cannot verify, or name a `status_header` and its `status_value`)";
    for preset in [
        "traefik",
        "caddy",
        "envoy",
        "istio",
        "aws-alb",
        "cloudfront",
        "rfc9440",
    ] {
        let silent = format!("preset = '{preset}'");
        check_edge(
            &silent,
            SILENT,
            &format!("{silent}\nverification = 'edge-always'"),
        );
        check_edge(
            &silent,
            SILENT,
            &format!("{silent}\nstatus_header = 'X-Ok'\nstatus_value = 'yes'"),
        );
    }
    for preset in [
        "nginx",
        "ingress-nginx",
        "haproxy",
        "apache",
        "cloudflare",
        "gcp",
    ] {
        check_edge(
            &format!("preset = '{preset}'\nverification = 'edge-always'"),
            "4:16: warning: edge.verification: this edge reports its verify status, and `edge-always` does not look at it",
            &format!("preset = '{preset}'"),
        );
    }
}

#[test]
fn a_status_word_alone_where_there_are_two() {
    check_edge(
        "preset = 'cloudflare'\nstatus_value = 'true'",
        "4:16: error: edge.status_value: `status_header` and `status_value` belong together",
        "preset = 'cloudflare'\nstatus_header = 'X-Ok'\nstatus_value = 'true'",
    );
    check_edge(
        "preset = 'cloudflare'\nstatus_header = 'Cf-Cert-Verified'",
        "4:17: error: edge.status_header: `status_header` and `status_value` belong together",
        "preset = 'cloudflare'",
    );
    check_edge(
        "preset = 'traefik'\nverification = 'edge-status'\nstatus_value = 'yes'",
        "5:16: error: edge.status_value: `status_header` and `status_value` belong together",
        "preset = 'nginx'\nverification = 'edge-status'\nstatus_value = 'yes'",
    );
}

#[test]
fn an_edge_that_sends_no_certificate() {
    const INFO: &str = "preset = 'traefik-info'\nverification = 'edge-always'";
    let with = |rest: &str| format!("{INFO}\n{rest}");
    let claims = "[edge.claims]\nuse = ['subject']";
    // The tables of the base stand behind the lists of its own section.
    let placed = |rest: &str, section: &str| {
        (
            r#"preset = "nginx"
trusted_proxies = ["10.0.0.0/8"]
"#,
            format!(
                "{}\ntrusted_proxies = [\"10.0.0.0/8\"]\n{section}\n",
                with(rest)
            ),
        )
    };
    let (find, good) = placed("", claims);
    check(
        find,
        &placed("", "").1,
        "3:10: error: edge.preset: this edge sends no certificate, and nothing may be taken from what it tells about one (write `[edge.claims]` with `use = [\"subject\"]`)",
        &good,
    );
    check(
        find,
        &placed("certificate_header = 'X-Cert'", claims).1,
        "5:22: error: edge.certificate_header: this edge sends no certificate by itself (say in which `dialect` the header is)",
        &placed(
            "certificate_header = 'X-Cert'\ndialect = 'pem-escaped'",
            claims,
        )
        .1,
    );
    check(
        find,
        &placed("dialect = 'pem-escaped'", claims).1,
        "5:11: error: edge.dialect: this edge sends no certificate by itself (name the `certificate_header`)",
        &placed("dialect = 'pem-escaped'\ncertificate_header = 'X-Cert'", "").1,
    );
}

#[test]
fn dialects() {
    check_edge(
        "preset = 'nginx'\ndialect = 'pem_escaped'",
        "4:11: error: edge.dialect: must be one of `pem-escaped`, `pem-escaped-chain`, `pem-spaces`, `pem-base64`, `base64-der`, `base64-der-escaped`, `rfc9440`, `xfcc` (did you mean `pem-escaped`?)",
        "preset = 'nginx'\ndialect = 'pem-escaped'",
    );
    // A chain in a header of its own is written in two dialects.
    for (dialect, other) in [
        ("pem-escaped", "base64-der"),
        ("pem-escaped-chain", "rfc9440"),
        ("pem-spaces", "base64-der"),
        ("pem-base64", "rfc9440"),
        ("base64-der-escaped", "base64-der"),
        ("xfcc", "rfc9440"),
    ] {
        let chain = |dialect: &str| {
            format!("preset = 'haproxy'\ndialect = '{dialect}'\nchain_header = 'X-Chain'")
        };
        check_edge(
            &chain(dialect),
            "5:16: warning: edge.chain_header: this edge sends no chain in a header of its own, and a request with one is refused (leave the setting out)",
            &chain(other),
        );
    }
}

#[test]
fn settings_about_an_edge_where_there_is_none() {
    const MEANT: &str = "preset `direct` has no edge in front that this could be about";
    let find = "preset = \"nginx\"\ntrusted_proxies = [\"10.0.0.0/8\"]\n";
    for (bad, places) in [
        (
            "trusted_proxies = ['10.0.0.0/8']\n",
            &["4:19: error: edge.trusted_proxies"] as &[&str],
        ),
        (
            "verification = 'edge-always'\n",
            &["4:16: error: edge.verification"],
        ),
        (
            "status_header = 'X-Ok'\nstatus_value = 'yes'\n",
            &[
                "4:17: error: edge.status_header",
                "5:16: error: edge.status_value",
            ],
        ),
        ("direct_tls = 'accept'\n", &["4:14: error: edge.direct_tls"]),
        (
            "client_address = 'proxy-protocol'\n",
            &["4:18: error: edge.client_address"],
        ),
        (
            "client_address = 'x-forwarded-for'\naddress_proxies = ['192.0.2.1']\n",
            &[
                "4:18: error: edge.client_address",
                "5:19: error: edge.address_proxies",
            ],
        ),
        (
            "certificate_header = 'X-Cert'\ndialect = 'pem-escaped'\n",
            &[
                "4:22: error: edge.certificate_header",
                "5:11: error: edge.dialect",
            ],
        ),
        (
            "chain_header = 'X-Chain'\ncertificate_header = 'X-Cert'\ndialect = 'rfc9440'\n",
            &[
                "4:16: error: edge.chain_header",
                "5:22: error: edge.certificate_header",
                "6:11: error: edge.dialect",
            ],
        ),
        (
            "[edge.claims]\nuse = ['subject']\nsubject_header = 'X-Subject'\n",
            &["4:1: error: edge.claims"],
        ),
    ] {
        let text = BASE.replace(find, &format!("preset = 'direct'\n{bad}"));
        let expected: Vec<String> = places
            .iter()
            .map(|place| format!("{place}: {MEANT}"))
            .collect();
        assert_eq!(problems(&text), expected, "{bad}");
    }
    for good in [
        "",
        "trusted_proxies = []\n",
        "client_address = 'peer'\n",
        "[edge.budget]\nnames = 32\n",
    ] {
        let text = BASE.replace(find, &format!("preset = 'direct'\n{good}"));
        assert_eq!(problems(&text), [""; 0], "{good}");
    }
    check(
        find,
        "preset = 'direct'\nhops = 1\n",
        "4:8: error: edge.hops: only `x-forwarded-client-cert` has an element for each hop",
        "preset = 'direct'\n",
    );
    // Elsewhere the proxies have to be named, if only to say that there is none.
    check(
        find,
        "preset = 'nginx'\ndirect_tls = 'accept'\n",
        "2:1: error: edge.trusted_proxies: missing required key `trusted_proxies`",
        "preset = 'nginx'\ndirect_tls = 'accept'\ntrusted_proxies = []\n",
    );
    check(
        find,
        "preset = 'nginx'\ndirect_tls = 'ignore'\ntrusted_proxies = []\n",
        "5:19: warning: edge.trusted_proxies: no proxy is trusted, so no certificate is ever seen (list the addresses from which the edge connects)",
        "preset = 'nginx'\ndirect_tls = 'accept'\ntrusted_proxies = []\n",
    );
    check(
        find,
        "preset = 'nginx'\ndirect_tls = 'yes'\ntrusted_proxies = ['10.0.0.0/8']\n",
        "4:14: error: edge.direct_tls: must be one of `ignore`, `accept`",
        "preset = 'nginx'\ndirect_tls = 'accept'\ntrusted_proxies = []\n",
    );
}

#[test]
fn a_client_has_to_be_reached_by_a_rule_or_by_the_edge() {
    check(
        "[[identity]]\nclient = \"{subject.cn}\"\n",
        "[selectors]\nset_by = 'anyone'\n",
        "6:8: error: authentication.mode: no certificate can lead to a client (add an [[identity]] rule such as client = \"{subject.cn}\")",
        "[selectors]\nset_by = 'trusted-edge'\n",
    );
}

#[test]
fn identity_headers_that_nobody_could_set() {
    let find = "preset = \"nginx\"\ntrusted_proxies = [\"10.0.0.0/8\"]\n";
    let selectors = "[selectors]\nset_by = 'trusted-edge'\n";
    check(
        find,
        &format!("preset = 'direct'\n{selectors}"),
        "5:10: error: selectors.set_by: no proxy is trusted that could set these headers",
        "preset = 'direct'\n[selectors]\nset_by = 'anyone'\n",
    );
    check(
        find,
        &format!("preset = 'nginx'\ndirect_tls = 'accept'\ntrusted_proxies = []\n{selectors}"),
        "7:10: error: selectors.set_by: no proxy is trusted that could set these headers",
        &format!(
            "preset = 'nginx'\ndirect_tls = 'accept'\ntrusted_proxies = ['unix']\n{selectors}"
        ),
    );
}
