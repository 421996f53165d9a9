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
        "[]\ndirect_tls = 'ignore'",
        "4:19: warning: edge.trusted_proxies: no proxy is trusted, so no certificate is ever seen (list the addresses from which the edge connects)",
        "[]\ndirect_tls = 'accept'",
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
fn an_allowlist_of_proxies() {
    const ALLOWLIST: &str =
        "limits = \"some\"\n[[clients.profiles]]\nid = 'p'\nip_allowlist = ['10.0.0.7']";
    let with = |source: &str| format!("client_address = '{source}'\n[authentication]");
    let base = super::BASE.replace("limits = \"some\"", ALLOWLIST);
    let peer = base.replace("[authentication]", &with("peer"));
    assert_eq!(
        super::problems(&peer),
        [
            "5:18: warning: edge.client_address: behind a trusted proxy, every `ip_allowlist` is about the address of the proxy (take the client's from where the proxy writes it)"
        ]
    );
    for source in ["x-forwarded-for", "forwarded", "proxy-protocol"] {
        let other = base.replace("[authentication]", &with(source));
        assert_eq!(super::problems(&other), [""; 0], "{source}");
    }
    // Without an allowlist, and where no proxy is in front.
    let without = super::BASE.replace("[authentication]", &with("peer"));
    assert_eq!(super::problems(&without), [""; 0]);
    let alone = peer
        .replace("[\"10.0.0.0/8\"]", "[]")
        .replace("\"mtls\"", "\"bearer\"");
    assert_eq!(super::problems(&alone), [""; 0]);
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
            "certificate_header = 'Host'",
            "2:1: error: edge: the header `host` has another meaning",
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
fn an_exemption_from_a_binding() {
    for mode in ["bearer_plus_mtls_optional", "bearer_plus_mtls_required"] {
        let with = |path: &str| {
            format!(
                "mode = '{mode}'\nbinding_required_paths = ['/execute']\n\
                 [[exemptions]]\nmethod = 'POST'\npath = '{path}'"
            )
        };
        for inside in ["/execute", "/execute/", "/execute/now", "/%65xecute"] {
            check(
                r#"mode = "mtls""#,
                &with(inside),
                "10:8: warning: exemptions[0].path: this takes a request out of the `binding_required_paths`: it needs neither certificate nor token",
                &with("/executed"),
            );
        }
    }
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
            "mode = 'bearer_plus_mtls_optional'",
            "6:8: warning: authentication.mode: no path requires a certificate, so a token that is bound to none is enough everywhere (list `binding_required_paths`)",
            "mode = 'bearer_plus_mtls_required'",
        ),
        (
            "mode = 'bearer_plus_mtls_optional'\nbinding_required_paths = []",
            "6:8: warning: authentication.mode: no path requires a certificate, so a token that is bound to none is enough everywhere (list `binding_required_paths`)",
            "mode = 'bearer_plus_mtls_optional'\nbinding_required_paths = ['/']",
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
