//! The edge, and what a request must prove.

use super::check;

#[test]
fn addresses_that_can_be_read_two_ways() {
    const PLACE: &str = "4:20: error: edge.trusted_proxies[0]: ";
    let find = r#"["10.0.0.0/8"]"#;
    for (bad, message, good) in [
        (
            "::ffff:10.0.0.0/104",
            "an IPv4-mapped range; write it as an IPv4 range",
            "10.0.0.0/8",
        ),
        (
            "10.0.0.1/8",
            "the address has bits after the prefix; write the network's own address",
            "10.0.0.1",
        ),
        (
            "010.0.0.1",
            "not an address or a range such as 10.0.0.0/8",
            "10.0.0.1/32",
        ),
        (
            "fe80::1%eth0",
            "not an address or a range such as 10.0.0.0/8",
            "fe80::1",
        ),
        (
            "10.0.0.0/33",
            "not an address or a range such as 10.0.0.0/8",
            "unix",
        ),
        (
            "nginx.internal",
            "not an address or a range such as 10.0.0.0/8",
            "2001:db8::/32",
        ),
    ] {
        let problem = format!("{PLACE}{message}");
        check(
            find,
            &format!("['{bad}']"),
            &problem,
            &format!("['{good}']"),
        );
    }
}

#[test]
fn proxies_that_are_trusted_too_widely_or_not_at_all() {
    check(
        r#"["10.0.0.0/8"]"#,
        "[]",
        "4:19: warning: edge.trusted_proxies: no proxy is trusted, so no certificate is ever seen (list the addresses from which the edge connects)",
        "['10.0.0.7']",
    );
    check(
        r#"["10.0.0.0/8"]"#,
        "['10.0.0.7', '0.0.0.0/1']",
        "4:32: warning: edge.trusted_proxies[1]: this trusts a large part of the internet to name clients (list the addresses from which the edge connects)",
        "['10.0.0.7', '11.0.0.0/8']",
    );
    check(
        r#"["10.0.0.0/8"]"#,
        "['2000::/15']",
        "4:20: warning: edge.trusted_proxies[0]: this trusts a large part of the internet to name clients (list the addresses from which the edge connects)",
        "['2001::/16']",
    );
    check(
        "[authentication]",
        "address_proxies = ['192.0.2.1/24']\n[authentication]",
        "5:20: error: edge.address_proxies[0]: the address has bits after the prefix; write the network's own address",
        "address_proxies = ['192.0.2.0/24']\n[authentication]",
    );
    check(
        "[authentication]",
        "address_proxies = ['192.0.2.0/24', '128.0.0.0/1']\n[authentication]",
        "5:36: warning: edge.address_proxies[1]: this lets a large part of the internet say whose address a request comes from (list the addresses from which the edge connects)",
        "address_proxies = ['192.0.2.0/24', '128.0.0.0/8']\n[authentication]",
    );
}

#[test]
fn where_the_client_s_address_comes_from() {
    let with = |line: &str| format!("{line}\n[authentication]");
    check(
        "[authentication]",
        &with("client_address = 'proxy_protocol'"),
        "5:18: error: edge.client_address: must be one of `x-forwarded-for`, `forwarded`, `proxy-protocol`, `peer` (did you mean `proxy-protocol`?)",
        &with("client_address = 'proxy-protocol'"),
    );
    for silent in ["proxy-protocol", "peer"] {
        for walked in ["x-forwarded-for", "forwarded"] {
            let proxies = |source: &str| {
                with(&format!(
                    "client_address = '{source}'\naddress_proxies = ['192.0.2.0/24']"
                ))
            };
            check(
                "[authentication]",
                &proxies(silent),
                "6:19: warning: edge.address_proxies: this `client_address` passes over no proxies (leave the setting out)",
                &proxies(walked),
            );
        }
    }
    check(
        "[[identity]]",
        "[selectors]\nclient_header = 'forwarded'\n[[identity]]",
        "8:17: error: selectors.client_header: the selecting headers and those of the edge need a name each",
        "[selectors]\nclient_header = 'forwarded-client'\n[[identity]]",
    );
}

#[test]
fn an_edge_that_does_not_say_whether_it_verified() {
    check(
        r#"preset = "nginx""#,
        "preset = 'traefik'",
        "3:10: error: edge.preset: this edge does not say whether it verified a certificate (write `verification = \"edge-always\"` if it refuses every certificate that it cannot verify, or name a `status_header` and its `status_value`)",
        "preset = 'traefik'\nverification = 'edge-always'",
    );
    check(
        r#"preset = "nginx""#,
        "preset = 'envoy'\nverification = 'edge-status'",
        "4:16: error: edge.verification: this edge has no verify status of its own (name a `status_header` and its `status_value`)",
        "preset = 'envoy'\nverification = 'edge-status'\nstatus_header = 'X-Ok'\nstatus_value = 'yes'",
    );
    check(
        r#"preset = "nginx""#,
        "preset = 'nginx'\nverification = 'edge-always'",
        "4:16: warning: edge.verification: this edge reports its verify status, and `edge-always` does not look at it",
        "preset = 'nginx'\nverification = 'edge-status'",
    );
}

#[test]
fn header_names_of_the_edge() {
    let find = r#"preset = "nginx""#;
    let with = |line: &str| format!("preset = 'nginx'\n{line}");
    for (bad, problem, good) in [
        (
            "certificate_header = 'X Cert'",
            "4:22: error: edge.certificate_header: not the name of a header",
            "certificate_header = 'X-Cert'",
        ),
        (
            "certificate_header = 'X-Request-ID'",
            "2:1: error: edge: the header `x-request-id` has another meaning",
            "certificate_header = 'X-Cert'",
        ),
        (
            "status_header = 'Forwarded'\nstatus_value = 'yes'",
            "2:1: error: edge: the header `forwarded` has another meaning",
            "status_header = 'X-Forwarded'\nstatus_value = 'yes'",
        ),
        (
            "certificate_header = 'x-ssl-client-verify'",
            "2:1: error: edge: certificate, chain, status and claims need a header each",
            "certificate_header = 'x-ssl-client-verified'",
        ),
        (
            "status_header = 'X-Ok'",
            "4:17: error: edge.status_header: `status_header` and `status_value` belong together",
            "status_header = 'X-Ok'\nstatus_value = 'yes'",
        ),
        (
            "status_value = ''",
            "4:16: error: edge.status_value: the word that means verified is empty, or has spaces around it",
            "status_value = 'OK'",
        ),
        (
            "certificate_header = 'X-Client-ID'",
            "2:1: error: edge: the selecting headers and those of the edge need a name each",
            "certificate_header = 'X-Client-Cert'",
        ),
    ] {
        check(find, &with(bad), problem, &with(good));
    }
    let haproxy = |line: &str| format!("preset = 'haproxy'\n{line}");
    check(
        find,
        &haproxy("chain_header = ''"),
        "4:16: error: edge.chain_header: not the name of a header",
        &haproxy("chain_header = 'X-Chain'"),
    );
    check(
        find,
        &with("chain_header = 'X-Chain'"),
        "4:16: warning: edge.chain_header: this edge sends no chain in a header of its own, and a request with one is refused (leave the setting out)",
        &haproxy("chain_header = 'X-Chain'"),
    );
    check(
        "[[identity]]",
        "[selectors]\nclient_header = 'x-profile-id'\n[[identity]]",
        "8:17: error: selectors.client_header: the selecting headers and those of the edge need a name each",
        "[selectors]\nclient_header = 'x-client'\n[[identity]]",
    );
    check(
        "[[identity]]",
        "[selectors]\nprofile_header = 'X-SSL-Client-Cert'\n[[identity]]",
        "8:18: error: selectors.profile_header: the selecting headers and those of the edge need a name each",
        "[selectors]\nprofile_header = 'X-SSL-Profile'\n[[identity]]",
    );
    check(
        "[[identity]]",
        "[selectors]\nclient_header = 'authorization'\nprofile_header = 'X-P'\n[[identity]]",
        "8:17: error: selectors.client_header: the selecting headers and those of the edge need a name each",
        "[selectors]\nclient_header = 'X-C'\nprofile_header = 'X-P'\n[[identity]]",
    );
}

#[test]
fn authentication() {
    let find = r#"mode = "mtls""#;
    for (bad, problem, good) in [
        (
            "mode = 'mtls'\nbinding_required_paths = ['/x']",
            "7:26: error: authentication.binding_required_paths: mode `mtls` binds no tokens (use `bearer_plus_mtls_optional` or `bearer_plus_mtls_required`)",
            "mode = 'bearer_plus_mtls_optional'\nbinding_required_paths = ['/x']",
        ),
        (
            "mode = 'bearer'\nbinding_required_paths = ['/x']",
            "7:26: error: authentication.binding_required_paths: mode `bearer` binds no tokens (use `bearer_plus_mtls_optional` or `bearer_plus_mtls_required`)",
            "mode = 'bearer'\nbinding_required_paths = []",
        ),
        (
            "mode = 'bearer_plus_mtls_optional'\nbinding_required_paths = ['/x', '/%78/']",
            "7:33: error: authentication.binding_required_paths[1]: the path \"/%78/\" is already taken",
            "mode = 'bearer_plus_mtls_optional'\nbinding_required_paths = ['/x', '/x/y']",
        ),
        (
            "mode = 'bearer_plus_mtls_optional'\nbinding_required_paths = ['/a/../x']",
            "7:27: error: authentication.binding_required_paths[0]: not a path: a dot segment at byte 3",
            "mode = 'bearer_plus_mtls_optional'\nbinding_required_paths = ['/x']",
        ),
        (
            "mode = 'mtls'\nissuers = ['CN=a,']",
            "7:12: error: authentication.issuers[0]: not a distinguished name: unknown attribute type, write it as a dotted object identifier at byte 5 (write it as `openssl x509 -nameopt RFC2253` prints it)",
            "mode = 'mtls'\nissuers = ['CN=a']",
        ),
        (
            "mode = 'mtls'\nissuers = ['CN=a', 'cn = A']",
            "7:20: error: authentication.issuers[1]: this issuer is listed twice",
            "mode = 'mtls'\nissuers = ['CN=A']",
        ),
        (
            "mode = 'mtls'\nrealm = 'a\"b'",
            "7:9: error: authentication.realm: a realm has printable ASCII characters without quotes and backslashes",
            "mode = 'mtls'\nrealm = 'payments API'",
        ),
    ] {
        check(find, bad, problem, good);
    }
}

/// `preset = "nginx"` with these lines in its place.
#[track_caller]
fn check_edge(bad: &str, problem: &str, good: &str) {
    check(r#"preset = "nginx""#, bad, problem, good);
}

#[test]
fn an_edge_that_verifies_nothing() {
    for preset in ["azure", "aws-alb-passthrough"] {
        for rest in [
            "",
            "\nverification = 'edge-always'",
            "\nstatus_header = 'X-Ok'\nstatus_value = 'yes'",
        ] {
            check_edge(
                &format!("preset = '{preset}'{rest}"),
                "3:10: error: edge.preset: this edge verifies no certificate, and this version of certgate verifies none either (let the edge verify, where it can, or end TLS in another one)",
                "preset = 'aws-alb'\nverification = 'edge-always'",
            );
        }
    }
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

/// The base with these lines for `preset` and this section behind `[edge]`.
fn edge_with(lines: &str, section: &str) -> String {
    format!("{lines}\ntrusted_proxies = [\"10.0.0.0/8\"]\n{section}\n")
}

const EDGE: &str = r#"preset = "nginx"
trusted_proxies = ["10.0.0.0/8"]
"#;

#[test]
fn what_may_be_taken_from_claims() {
    const NGINX: &str = "preset = 'nginx'";
    let claims = |lines: &str| edge_with(NGINX, &format!("[edge.claims]\n{lines}"));
    for (bad, problem, good) in [
        (
            "use = ['subject']",
            "6:7: error: edge.claims.use: this edge does not tell all of this by itself (name the `subject_header`)",
            "use = ['subject']\nsubject_header = 'X-Subject'",
        ),
        (
            "use = ['issuer']",
            "6:7: error: edge.claims.use: this edge does not tell all of this by itself (name the `issuer_header`)",
            "use = ['issuer']\nissuer_header = 'X-Issuer'",
        ),
        (
            "use = ['thumbprint']",
            "6:7: error: edge.claims.use: this edge does not tell all of this by itself (name the `thumbprint_header`)",
            "use = ['thumbprint']\nthumbprint_header = 'X-Sha256'",
        ),
        (
            "use = ['spiffe']",
            "6:7: error: edge.claims.use: this edge does not tell all of this by itself (name the `spiffe_header`)",
            "use = ['spiffe']\nspiffe_header = 'X-Spiffe'",
        ),
        (
            "use = ['subject']\nsubject_header = 'X-Subject'\nissuer_header = 'X-Issuer'",
            "8:17: error: edge.claims.issuer_header: nothing may be taken from this header (list it under `use`, or leave the setting out)",
            "use = ['subject', 'issuer']\nsubject_header = 'X-Subject'\nissuer_header = 'X-Issuer'",
        ),
        (
            "use = ['issuer']\nissuer_header = 'X-Issuer'\nsubject_header = 'X-Subject'",
            "8:18: error: edge.claims.subject_header: nothing may be taken from this header (list it under `use`, or leave the setting out)",
            "use = ['issuer']\nissuer_header = 'X-Issuer'\nvalidity_header = 'X-Validity'",
        ),
        (
            "use = ['issuer']\nissuer_header = 'X-Issuer'\nthumbprint_header = 'X-Sha256'",
            "8:21: error: edge.claims.thumbprint_header: nothing may be taken from this header (list it under `use`, or leave the setting out)",
            "use = ['issuer', 'thumbprint']\nissuer_header = 'X-Issuer'\nthumbprint_header = 'X-Sha256'",
        ),
        (
            "use = ['issuer']\nissuer_header = 'X-Issuer'\nspiffe_header = 'X-Spiffe'",
            "8:17: error: edge.claims.spiffe_header: nothing may be taken from this header (list it under `use`, or leave the setting out)",
            "use = ['issuer', 'spiffe']\nissuer_header = 'X-Issuer'\nspiffe_header = 'X-Spiffe'",
        ),
        (
            "use = []",
            "6:7: error: edge.claims.use: an empty list could be taken for everything (leave the key out, or name at least one entry)",
            "use = ['subject']\nsubject_header = 'X-Subject'",
        ),
        (
            "use = ['san']",
            "6:8: error: edge.claims.use[0]: must be one of `subject`, `issuer`, `thumbprint`, `spiffe`",
            "use = ['spiffe']\nspiffe_header = 'X-Spiffe'",
        ),
        (
            "subject_header = 'X-Subject'",
            "5:1: error: edge.claims.use: missing required key `use`",
            "subject_header = 'X-Subject'\nuse = ['subject']",
        ),
        (
            "use = ['subject']\nsubject_header = 'X Subject'",
            "7:18: error: edge.claims.subject_header: not the name of a header",
            "use = ['subject']\nsubject_header = 'X-Subject'",
        ),
        (
            "use = ['subject']\nsubject_header = 'X-Subject'\nvalidity_header = ''",
            "8:19: error: edge.claims.validity_header: not the name of a header",
            "use = ['subject']\nsubject_header = 'X-Subject'\nvalidity_header = 'X-Validity'",
        ),
    ] {
        check(EDGE, &claims(bad), problem, &claims(good));
    }
}

#[test]
fn what_each_edge_tells_by_itself() {
    let always = |preset: &str| format!("preset = '{preset}'\nverification = 'edge-always'");
    let says = |preset: &str| format!("preset = '{preset}'");
    for (preset, told, untold) in [
        (
            says("ingress-nginx"),
            ["subject", "issuer"].as_slice(),
            ["thumbprint", "spiffe"].as_slice(),
        ),
        (
            always("traefik-info"),
            &["subject"],
            &["issuer", "thumbprint", "spiffe"],
        ),
        (always("envoy"), &["thumbprint", "spiffe"], &[]),
        (
            always("aws-alb"),
            &["subject", "issuer"],
            &["thumbprint", "spiffe"],
        ),
        (
            says("cloudflare"),
            &["thumbprint"],
            &["subject", "issuer", "spiffe"],
        ),
        (
            says("gcp"),
            &["thumbprint", "spiffe"],
            &["subject", "issuer"],
        ),
        (
            always("cloudfront"),
            &["subject", "issuer", "thumbprint"],
            &["spiffe"],
        ),
        (
            says("haproxy"),
            &[],
            &["subject", "issuer", "thumbprint", "spiffe"],
        ),
        (
            says("apache"),
            &[],
            &["subject", "issuer", "thumbprint", "spiffe"],
        ),
        (
            always("caddy"),
            &[],
            &["subject", "issuer", "thumbprint", "spiffe"],
        ),
        (
            always("traefik"),
            &[],
            &["subject", "issuer", "thumbprint", "spiffe"],
        ),
        (
            always("rfc9440"),
            &[],
            &["subject", "issuer", "thumbprint", "spiffe"],
        ),
    ] {
        let uses = |word: &str, rest: &str| {
            edge_with(&preset, &format!("[edge.claims]\nuse = ['{word}']{rest}"))
        };
        let line = if preset.contains("always") { 7 } else { 6 };
        for word in untold {
            check(
                EDGE,
                &uses(word, ""),
                &format!(
                    "{line}:7: error: edge.claims.use: this edge does not tell all of this by itself (name the `{word}_header`)"
                ),
                &uses(word, &format!("\n{word}_header = 'X-Told'")),
            );
        }
        for word in told {
            assert_eq!(
                super::problems(&super::BASE.replace(EDGE, &uses(word, ""))),
                [""; 0]
            );
        }
    }
}

#[test]
fn what_a_client_can_forge_in_an_element_without_its_certificate() {
    const ENVOY: &str = "preset = 'envoy'\nverification = 'edge-always'";
    let uses = |words: &str| edge_with(ENVOY, &format!("[edge.claims]\nuse = [{words}]"));
    check(
        EDGE,
        &uses("'spiffe', 'subject'"),
        "7:18: error: edge.claims.use[1]: a client can forge this part of an XFCC element that has no `Cert` (let the edge send `Cert`, or take `spiffe` and `thumbprint`)",
        &uses("'spiffe', 'thumbprint'"),
    );
    check(
        EDGE,
        &uses("'issuer'"),
        "7:8: error: edge.claims.use[0]: a client can forge this part of an XFCC element that has no `Cert` (let the edge send `Cert`, or take `spiffe` and `thumbprint`)",
        &uses("'thumbprint'"),
    );
    let nginx = |dialect: &str| {
        edge_with(
            &format!("preset = 'ingress-nginx'\ndialect = '{dialect}'"),
            "[edge.claims]\nuse = ['subject']",
        )
    };
    check(
        EDGE,
        &nginx("xfcc"),
        "7:8: error: edge.claims.use[0]: a client can forge this part of an XFCC element that has no `Cert` (let the edge send `Cert`, or take `spiffe` and `thumbprint`)",
        &nginx("pem-spaces"),
    );
}

#[test]
fn several_hops() {
    const PIN: &str = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";
    const UNPINNED: &str = "every hop after the first needs the certificate by which it knows the proxy before it (list `hop_certificates` in the order of the elements, one entry for each hop but the first)";
    let envoy = |rest: &str| format!("preset = 'envoy'\nverification = 'edge-always'\n{rest}");
    let two = format!("hops = 2\nhop_certificates = ['{PIN}']");
    for (bad, problem, good) in [
        ("hops = 2".to_owned(), format!("5:8: error: edge.hops: {UNPINNED}"), two.clone()),
        (
            format!("hop_certificates = ['{PIN}']"),
            format!("5:20: error: edge.hop_certificates: {UNPINNED}"),
            format!("hop_certificates = ['{PIN}']\nhops = 2"),
        ),
        (
            format!("hops = 1\nhop_certificates = ['{PIN}']"),
            format!("6:20: error: edge.hop_certificates: {UNPINNED}"),
            "hops = 1".to_owned(),
        ),
        (
            format!("hops = 3\nhop_certificates = ['{PIN}']"),
            format!("6:20: error: edge.hop_certificates: {UNPINNED}"),
            format!("hops = 3\nhop_certificates = ['{PIN}', '{PIN}']"),
        ),
        (
            // Two certificates of one hop are one entry.
            format!("hops = 3\nhop_certificates = [['{PIN}', '{PIN}']]"),
            format!("6:20: error: edge.hop_certificates: {UNPINNED}"),
            format!("hops = 2\nhop_certificates = [['{PIN}', '{PIN}']]"),
        ),
        (
            "hops = 2\nhop_certificates = ['00']".to_owned(),
            "6:21: error: edge.hop_certificates[0]: not a SHA-256 of a certificate in hexadecimal".to_owned(),
            two.clone(),
        ),
        (
            format!("hops = 2\nhop_certificates = [['{PIN}', '{}']]", PIN.replace('f', "g")),
            "6:90: error: edge.hop_certificates[0][1]: not a SHA-256 of a certificate in hexadecimal".to_owned(),
            format!("hops = 2\nhop_certificates = [['{PIN}', '{PIN}']]"),
        ),
        (
            "hops = 0".to_owned(),
            "5:8: error: edge.hops: must be at least 1".to_owned(),
            "hops = 1".to_owned(),
        ),
        (
            "hop_certificates = []".to_owned(),
            "5:20: error: edge.hop_certificates: an empty list could be taken for everything (leave the key out, or name at least one entry)".to_owned(),
            two.clone(),
        ),
    ] {
        check_edge(&envoy(&bad), &problem, &envoy(&good));
    }
    let empty = super::BASE.replace(
        r#"preset = "nginx""#,
        &envoy("hops = 2\nhop_certificates = [[]]"),
    );
    assert_eq!(
        super::problems(&empty),
        [
            format!("6:20: error: edge.hop_certificates: {UNPINNED}"),
            "6:21: error: edge.hop_certificates[0]: an empty list could be taken for everything (leave the key out, or name at least one entry)".to_owned(),
        ]
    );
    check_edge(
        &format!("preset = 'nginx'\n{two}"),
        "4:8: error: edge.hops: only `x-forwarded-client-cert` has an element for each hop",
        &format!("preset = 'nginx'\ndialect = 'xfcc'\n{two}"),
    );
    check_edge(
        &format!("preset = 'envoy'\nverification = 'edge-always'\ndialect = 'pem-escaped'\n{two}"),
        "6:8: error: edge.hops: only `x-forwarded-client-cert` has an element for each hop",
        &envoy(&two),
    );
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
        let text = super::BASE.replace(find, &format!("preset = 'direct'\n{bad}"));
        let expected: Vec<String> = places
            .iter()
            .map(|place| format!("{place}: {MEANT}"))
            .collect();
        assert_eq!(super::problems(&text), expected, "{bad}");
    }
    for good in ["", "trusted_proxies = []\n", "[edge.budget]\nnames = 32\n"] {
        let text = super::BASE.replace(find, &format!("preset = 'direct'\n{good}"));
        assert_eq!(super::problems(&text), [""; 0], "{good}");
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
fn names_that_claims_and_selectors_share() {
    let claims = |lines: &str| {
        edge_with(
            "preset = 'ingress-nginx'",
            &format!("[edge.claims]\n{lines}"),
        )
    };
    for (bad, problem, good) in [
        (
            "use = ['subject']\nsubject_header = 'ssl-client-cert'",
            "2:1: error: edge: certificate, chain, status and claims need a header each",
            "use = ['subject']\nsubject_header = 'ssl-client-dn'",
        ),
        (
            "use = ['subject']\nsubject_header = 'SSL-Client-Verify'",
            "2:1: error: edge: certificate, chain, status and claims need a header each",
            "use = ['subject']\nsubject_header = 'SSL-Client-Verified'",
        ),
        (
            "use = ['subject', 'issuer']\nissuer_header = 'SSL-Client-Subject-DN'",
            "2:1: error: edge: certificate, chain, status and claims need a header each",
            "use = ['subject', 'issuer']\nissuer_header = 'SSL-Client-Subjects-Issuer'",
        ),
        (
            "use = ['subject']\nvalidity_header = 'ssl-client-subject-dn'",
            "2:1: error: edge: certificate, chain, status and claims need a header each",
            "use = ['subject']\nvalidity_header = 'ssl-client-validity'",
        ),
        (
            "use = ['subject']\nsubject_header = 'authorization'",
            "2:1: error: edge: the header `authorization` has another meaning",
            "use = ['subject']\nsubject_header = 'x-authorization'",
        ),
        (
            "use = ['subject']\nsubject_header = 'x-client-id'",
            "2:1: error: edge: the selecting headers and those of the edge need a name each",
            "use = ['subject']\nsubject_header = 'x-client'",
        ),
    ] {
        check(EDGE, &claims(bad), problem, &claims(good));
    }
    let selectors = |line: &str| {
        edge_with(
            "preset = 'ingress-nginx'",
            &format!("[edge.claims]\nuse = ['subject']\n[selectors]\n{line}"),
        )
    };
    check(
        EDGE,
        &selectors("client_header = 'SSL-Client-Subject-DN'"),
        "8:17: error: selectors.client_header: the selecting headers and those of the edge need a name each",
        // The policy takes nothing from this one.
        &selectors("client_header = 'SSL-Client-Issuer-DN'"),
    );
    check(
        EDGE,
        &selectors("set_by = 'edge'"),
        "8:10: error: selectors.set_by: must be one of `anyone`, `trusted-edge`",
        &selectors("set_by = 'trusted-edge'"),
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
