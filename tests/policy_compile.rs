//! What a policy document means: every error and warning of its conversion with
//! line, column and words, each beside a text that differs in that one place
//! and is accepted without a warning.

#![cfg(feature = "toml")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use certgate::policy::{Policy, Problem};

use support::policies;

/// A small policy that loads without a warning.
const BASE: &str = r#"version = 1
[edge]
preset = "nginx"
trusted_proxies = ["10.0.0.0/8"]
[authentication]
mode = "mtls"
[[identity]]
client = "{subject.cn}"
[[collections]]
name = "all"
paths = ["/all"]
[[limits]]
name = "some"
rate = { requests = 5, per = "1m" }
[[clients]]
id = "acme"
collections = ["all"]
limits = "some"
"#;

/// Every problem, errors and warnings, a line each.
fn problems(text: &str) -> Vec<String> {
    let lines = |problems: Vec<Problem>| {
        problems
            .iter()
            .map(|problem| {
                let line = problem.to_string();
                line.strip_prefix("p.toml:").unwrap_or(&line).to_owned()
            })
            .collect()
    };
    match Policy::from_toml_str(text, "p.toml") {
        Ok(loaded) => lines(loaded.warnings),
        Err(errors) => lines(errors.into_iter().collect()),
    }
}

/// Holds that `BASE` with `find` replaced by `bad` has the one problem, and
/// with `good` none.
#[track_caller]
fn check(find: &str, bad: &str, problem: &str, good: &str) {
    assert_eq!(BASE.matches(find).count(), 1, "{find}");
    assert_eq!(problems(&BASE.replace(find, bad)), [problem], "{bad}");
    assert_eq!(problems(&BASE.replace(find, good)), [""; 0], "{good}");
}

const NO_SUCH_COLLECTION: &str = "define it under [[collections]]";

#[test]
fn the_base_and_the_sketch_of_the_design_load_without_a_warning() {
    assert_eq!(problems(BASE), [""; 0]);
    assert_eq!(problems(&policies::text("sketch")), [""; 0]);
}

#[test]
fn every_policy_of_the_tests_loads() {
    for name in policies::names() {
        policies::load(&name);
    }
}

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
            "chain_header = ''",
            "4:16: error: edge.chain_header: not the name of a header",
            "chain_header = 'X-Chain'",
        ),
        (
            "certificate_header = 'x-ssl-client-verify'",
            "2:1: error: edge: certificate, chain and status need a header each",
            "certificate_header = 'x-ssl-client-verified'",
        ),
        (
            "status_header = 'X-Ok'",
            "4:17: error: edge.status_header: `status_header` and `status_value` belong together",
            "status_header = 'X-Ok'\nstatus_value = 'yes'",
        ),
        (
            "status_value = ''",
            "4:16: error: edge.status_value: the word that means verified is empty",
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
            "mode = 'mtls'\nissuers = ['CN=a,', 'CN=b']",
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
        // Two issuers need rules that name theirs, which is another error.
        let bad = bad.replace("['CN=a,', 'CN=b']", "['CN=a,']");
        check(find, &bad, problem, good);
    }
}

#[test]
fn identity_rules() {
    let find = r#"client = "{subject.cn}""#;
    for (bad, problem, good) in [
        (
            "profile = 'x'",
            "7:1: error: identity[0]: the rule names no client (add client = \"{subject.cn}\", say)",
            "client = '{san.dns}'",
        ),
        (
            "client = '{subject.cn}{subject.ou}'",
            "8:10: error: identity[0].client: the id of a client or profile takes one placeholder",
            "client = 'x-{subject.cn}-y'",
        ),
        (
            "client = '{subject.cn'",
            "8:10: error: identity[0].client: a brace without its partner",
            "client = '{spiffe}'",
        ),
        (
            "client = '{subject.dn}'",
            "8:10: error: identity[0].client: unknown placeholder; there are {subject.cn}, {subject.ou} and the other subject attributes, {spiffe}, {san.uri}, {san.dns}, {san.email} and {thumbprint}",
            "client = '{subject.uid}'",
        ),
        (
            "client = ''",
            "8:10: error: identity[0].client: the template is empty",
            "client = '{thumbprint}'",
        ),
        (
            "client = 'other'\nwhen.dns = 'a.example'",
            "8:10: error: identity[0].client: there is no client \"other\"",
            "client = 'acme'\nwhen.dns = 'a.example'",
        ),
        (
            "client = 'acme'",
            "8:10: warning: identity[0].client: every certificate becomes this client (say under [identity.when] which certificates are meant)",
            "client = 'acme'\nwhen.subject.cn = 'acme'",
        ),
        (
            "client = '{subject.cn}'\nprincipal = '{x}'",
            "9:13: error: identity[0].principal: unknown placeholder; there are {subject.cn}, {subject.ou} and the other subject attributes, {spiffe}, {san.uri}, {san.dns}, {san.email} and {thumbprint}",
            "client = '{subject.cn}'\nprincipal = '{san.email}/{thumbprint}'",
        ),
        (
            "client = '{subject.cn}'\nwhen.dns = ['a.example', '*.example']",
            "9:26: error: identity[0].when.dns[1]: patterns are not available in this version of certgate (list the values)",
            "client = '{subject.cn}'\nwhen.dns = ['a.example', 'b.example']",
        ),
        (
            "client = '{subject.cn}'\nwhen.spiffe = 'spiffe://td/../a'",
            "9:15: error: identity[0].when.spiffe: not a SPIFFE ID",
            "client = '{subject.cn}'\nwhen.spiffe = 'spiffe://td/a'",
        ),
        (
            "client = '{subject.cn}'\nissuer = 'CN=ca'",
            "9:10: error: identity[0].issuer: this issuer is not among authentication.issuers (add it there)",
            "client = '{subject.cn}'",
        ),
    ] {
        check(find, bad, problem, good);
    }
}

#[test]
fn several_issuers_make_each_rule_name_its_own() {
    let find = "mode = \"mtls\"\n[[identity]]\n";
    check(
        find,
        "mode = 'mtls'\nissuers = ['CN=a', 'CN=b']\n[[identity]]\n",
        "8:1: error: identity[0]: the rule does not say for which issuer it is (with several issuers each rule names its own; repeat the rule for each)",
        "mode = 'mtls'\nissuers = ['CN=a', 'CN=b']\n[[identity]]\nissuer = 'CN=B'\n",
    );
}

#[test]
fn a_policy_that_no_certificate_can_pass() {
    check(
        "[[identity]]\nclient = \"{subject.cn}\"\n",
        "",
        "6:8: error: authentication.mode: no certificate can lead to a client (add an [[identity]] rule such as client = \"{subject.cn}\")",
        "[[identity]]\nclient = '{subject.uid}'\n",
    );
    // A client that lists its own SPIFFE IDs needs no rule.
    let listed = BASE
        .replace("[[identity]]\nclient = \"{subject.cn}\"\n", "")
        .replace(
            "id = \"acme\"\n",
            "id = 'acme'\nspiffe_ids = ['spiffe://td/acme']\n",
        );
    assert_eq!(problems(&listed), [""; 0]);
}

#[test]
fn a_profile_that_nobody_can_reach() {
    let clients = "limits = \"some\"\n";
    let with = |profile: &str, mode: &str| {
        BASE.replace(
            "client = \"{subject.cn}\"",
            &format!("client = '{{subject.cn}}'\nprofile = '{profile}'"),
        )
        .replace("mode = \"mtls\"", &format!("mode = '{mode}'"))
        .replace(
            clients,
            &format!("{clients}[[clients.profiles]]\nid = 'prod'\n"),
        )
    };
    assert_eq!(
        problems(&with("test", "mtls")),
        ["21:6: warning: clients[0].profiles[0].id: no identity rule leads to this profile"]
    );
    assert_eq!(problems(&with("prod", "mtls")), [""; 0]);
    assert_eq!(problems(&with("{subject.ou}", "mtls")), [""; 0]);
    // A token leads to it, and the caller selects it.
    assert_eq!(problems(&with("test", "bearer")), [""; 0]);
}

#[test]
fn paths_and_collections() {
    let find = "paths = [\"/all\"]\n";
    for (bad, problem, good) in [
        (
            "paths = ['/all', '/%61ll/']\n",
            "11:18: error: collections[0].paths[1]: the path \"/%61ll/\" is already taken",
            "paths = ['/all', { path = '/all', match = 'exact' }]\n",
        ),
        (
            "paths = ['all']\n",
            "11:10: error: collections[0].paths[0]: not a path: the target does not begin with a slash at byte 0",
            "paths = ['/']\n",
        ),
        (
            "paths = ['/all;x']\n",
            "11:10: error: collections[0].paths[0]: not a path: path parameters are not allowed at byte 4",
            "paths = ['/all']\n[paths]\nparameters = 'allow'\n",
        ),
        (
            "paths = ['/all']\n[[collections]]\nname = 'all'\npaths = ['/b']\n",
            "13:8: error: collections[1].name: collection \"all\" is defined twice",
            "paths = ['/all']\n[[collections]]\nname = 'more'\npaths = ['/b']\n",
        ),
        (
            "paths = ['/all']\n[[collections]]\nname = ''\npaths = ['/b']\n",
            "13:8: error: collections[1].name: a collection needs a name",
            "paths = ['/all']\n[[collections]]\nname = 'b'\npaths = ['/b']\n",
        ),
        (
            "paths = ['/all']\n[[collections]]\nname = 'b'\npaths = ['/all/b']\n",
            "14:10: warning: collections[1].paths[0]: this takes a part of collection \"all\"; the longest path wins",
            "paths = ['/all']\n[[collections]]\nname = 'b'\npaths = ['/allb']\n",
        ),
        (
            "paths = ['/all']\n[[exemptions]]\nmethod = 'GET '\npath = '/health'\n",
            "13:10: error: exemptions[0].method: not a method",
            "paths = ['/all']\n[[exemptions]]\nmethod = 'GET'\npath = '/health'\n",
        ),
        (
            "paths = ['/all']\n[[exemptions]]\nmethod = 'GET'\npath = '//health'\n",
            "14:8: error: exemptions[0].path: not a path: an empty path segment at byte 1",
            "paths = ['/all']\n[[exemptions]]\nmethod = 'GET'\npath = '/health/'\n",
        ),
        (
            "paths = ['/all']\n[[exemptions]]\nmethod = 'GET'\npath = '/h'\n[[exemptions]]\nmethod = 'GET'\npath = '/%68'\n",
            "15:1: error: exemptions[1]: this exemption stands here twice",
            "paths = ['/all']\n[[exemptions]]\nmethod = 'GET'\npath = '/h'\n[[exemptions]]\nmethod = 'HEAD'\npath = '/h'\n",
        ),
    ] {
        check(find, bad, problem, good);
    }
    // A path that only parameters or letter case tell apart from another.
    let insensitive = BASE.replace("\"/all\"", "'/all', '/ALL'");
    assert_eq!(problems(&insensitive), [""; 0]);
    assert_eq!(
        problems(&format!("{insensitive}[paths]\ncase = 'insensitive'\n")),
        ["11:18: error: collections[0].paths[1]: the path \"/ALL\" is already taken"]
    );
}

#[test]
fn limits() {
    let find = "rate = { requests = 5, per = \"1m\" }\n";
    for (bad, problem, good) in [
        (
            "",
            "12:1: error: limits[0]: the limit limits nothing (give it a `rate`, a `quota`, or both)",
            "quota = { requests = 1, per = '30d' }\n",
        ),
        (
            "rate = { requests = 4294967296, per = '1m' }\n",
            "14:21: error: limits[0].rate.requests: a rate is at most 4294967295 requests",
            "rate = { requests = 4294967295, per = '1m' }\n",
        ),
        (
            "rate = { requests = 1, per = '32d' }\n",
            "14:30: error: limits[0].rate.per: the window of a rate must be from 1 second to 31 days long",
            "rate = { requests = 1, per = '31d' }\n",
        ),
        (
            "quota = { requests = 1, per = '4294967296s' }\n",
            "14:31: error: limits[0].quota.per: the period of a quota must be a whole number of seconds, at least 1",
            "quota = { requests = 1, per = '4294967295s' }\n",
        ),
        (
            "rate = { requests = 5, per = '1m' }\n[[limits]]\nname = 'some'\nrate = { requests = 6, per = '1m' }\n",
            "16:8: error: limits[1].name: limit \"some\" is defined twice",
            "rate = { requests = 5, per = '1m' }\n",
        ),
        (
            "rate = { requests = 5, per = '1m' }\n[[limits]]\nname = 'spare'\nrate = { requests = 6, per = '1m' }\n",
            "16:8: warning: limits[1].name: no client has this limit",
            "rate = { requests = 5, per = '1m' }\nquota = { requests = 6, per = '1d' }\n",
        ),
    ] {
        check(find, bad, problem, good);
    }
    assert_eq!(
        problems(
            &BASE
                .replace("name = \"some\"", "name = ''")
                .replace("limits = \"some\"", "limits = ''")
        ),
        ["13:8: error: limits[0].name: a limit needs a name"]
    );
}

#[test]
fn clients() {
    let last = "limits = \"some\"\n";
    let other = |text: &str| format!("{last}[[clients]]\n{text}collections = ['all']\n");
    for (bad, problem, good) in [
        (
            other("id = 'acme'\n"),
            "20:6: error: clients[1].id: client \"acme\" is defined twice",
            other("id = 'Acme'\n"),
        ),
        (
            other("id = 'a b'\n"),
            "20:6: error: clients[1].id: an id has no spaces, control characters or braces",
            other("id = 'a-b'\n"),
        ),
        (
            other("id = ''\n"),
            "20:6: error: clients[1].id: an id has at least one character",
            other("id = 'a'\n"),
        ),
        (
            other(&format!("id = '{}'\n", "a".repeat(129))),
            "20:6: error: clients[1].id: an id has at most 128 bytes",
            other(&format!("id = '{}'\n", "a".repeat(128))),
        ),
        (
            other("id = 'b'\nlimits = 'gold'\n"),
            "21:10: error: clients[1].limits: there is no limit \"gold\" (define it under [[limits]])",
            other("id = 'b'\nlimits = 'some'\n"),
        ),
        (
            other("id = 'b'\nlimits = ['some', 'some']\n"),
            "21:10: error: clients[1].limits: the limits of one client must have different names",
            other("id = 'b'\nlimits = ['some']\n"),
        ),
        (
            other("id = 'b'\nspiffe_ids = ['https://td/b']\n"),
            "21:15: error: clients[1].spiffe_ids[0]: not a SPIFFE ID",
            other("id = 'b'\nspiffe_ids = ['spiffe://td/b']\n"),
        ),
        (
            other("id = 'b'\nspiffe_ids = ['spiffe://td/b', 'spiffe://td/b']\n"),
            "21:32: error: clients[1].spiffe_ids[1]: SPIFFE ID \"spiffe://td/b\" is defined twice",
            other("id = 'b'\nspiffe_ids = ['spiffe://td/b', 'spiffe://td/c']\n"),
        ),
    ] {
        check(last, &bad, problem, &good);
    }
    let collections = "collections = [\"all\"]\n";
    for (bad, problem, good) in [
        (
            "collections = ['all', 'payments']\n",
            format!(
                "17:23: error: clients[0].collections[1]: there is no collection \"payments\" ({NO_SUCH_COLLECTION})"
            ),
            "collections = ['all']\n",
        ),
        (
            "collections = ['all', 'all']\n",
            "17:23: warning: clients[0].collections[1]: this collection is listed twice".to_owned(),
            "collections = ['all']\n",
        ),
        (
            "collections = []\n",
            "16:6: warning: clients[0].id: this client can reach nothing (list its `collections`)"
                .to_owned(),
            "collections = ['all']\n",
        ),
    ] {
        check(collections, bad, &problem, good);
    }
    // Where unlisted paths are allowed, a client without collections reaches them.
    let reaches = BASE.replace(collections, "") + "[paths]\nunlisted = 'allow'\n";
    assert_eq!(problems(&reaches), [""; 0]);
}

#[test]
fn profiles() {
    let last = "limits = \"some\"\n";
    let with = |text: &str| format!("{last}[[clients.profiles]]\nid = 'prod'\n{text}");
    for (bad, problem, good) in [
        (
            "[[clients.profiles]]\nid = 'prod'\n",
            "22:6: error: clients[0].profiles[1].id: profile \"prod\" is defined twice",
            "[[clients.profiles]]\nid = 'test'\n",
        ),
        (
            "[[clients.profiles]]\nid = '{x}'\n",
            "22:6: error: clients[0].profiles[1].id: an id has no spaces, control characters or braces",
            "[[clients.profiles]]\nid = 'x'\n",
        ),
        (
            "methods = ['GET', 'GET POST']\n",
            "21:19: error: clients[0].profiles[0].methods[1]: not a method",
            "methods = ['GET', 'POST']\n",
        ),
        (
            "methods = ['get']\n",
            "21:12: warning: clients[0].profiles[0].methods[0]: methods are compared byte for byte (standard methods are in upper case)",
            "methods = ['GET']\n",
        ),
        (
            "ip_allowlist = ['203.0.113.1/24']\n",
            "21:17: error: clients[0].profiles[0].ip_allowlist[0]: the address has bits after the prefix; write the network's own address",
            "ip_allowlist = ['203.0.113.0/24']\n",
        ),
        (
            "ip_allowlist = ['::ffff:203.0.113.0/120']\n",
            "21:17: error: clients[0].profiles[0].ip_allowlist[0]: an IPv4-mapped range; write it as an IPv4 range",
            "ip_allowlist = ['2001:db8::/32']\n",
        ),
        (
            "ip_allowlist = ['::/0']\n",
            "21:17: warning: clients[0].profiles[0].ip_allowlist[0]: this allows every address",
            "ip_allowlist = ['::/1']\n",
        ),
    ] {
        check(last, &with(bad), problem, &with(good));
    }
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let text = r#"version = 1
[edge]
preset = "traefik"
trusted_proxies = ["10.0.0.1/8", "0.0.0.0/0"]
[authentication]
mode = "mtls"
binding_required_paths = ["/a"]
issuers = ["CN=a", "CN=a"]
realm = "ü"
[[identity]]
client = "{x}"
[[identity]]
profile = "p"
[[limits]]
name = "unused"
[[collections]]
name = "c"
paths = ["c"]
[[exemptions]]
method = ""
path = ""
[[clients]]
id = "a"
collections = ["x"]
limits = "y"
[[clients]]
id = "a"
  [[clients.profiles]]
  id = "{"
  methods = ["("]
  ip_allowlist = ["1.2.3"]
"#;
    assert_eq!(
        problems(text),
        [
            "3:10: error: edge.preset: this edge does not say whether it verified a certificate (write `verification = \"edge-always\"` if it refuses every certificate that it cannot verify, or name a `status_header` and its `status_value`)",
            "4:20: error: edge.trusted_proxies[0]: the address has bits after the prefix; write the network's own address",
            "4:34: warning: edge.trusted_proxies[1]: this trusts a large part of the internet to name clients (list the addresses from which the edge connects)",
            "7:26: error: authentication.binding_required_paths: mode `mtls` binds no tokens (use `bearer_plus_mtls_optional` or `bearer_plus_mtls_required`)",
            "8:20: error: authentication.issuers[1]: this issuer is listed twice",
            "9:9: error: authentication.realm: a realm has printable ASCII characters without quotes and backslashes",
            "11:10: error: identity[0].client: unknown placeholder; there are {subject.cn}, {subject.ou} and the other subject attributes, {spiffe}, {san.uri}, {san.dns}, {san.email} and {thumbprint}",
            "12:1: error: identity[1]: the rule names no client (add client = \"{subject.cn}\", say)",
            "14:1: error: limits[0]: the limit limits nothing (give it a `rate`, a `quota`, or both)",
            "15:8: warning: limits[0].name: no client has this limit",
            "18:10: error: collections[0].paths[0]: not a path: the target does not begin with a slash at byte 0",
            "20:10: error: exemptions[0].method: not a method",
            "21:8: error: exemptions[0].path: not a path: the target does not begin with a slash at byte 0",
            "23:6: warning: clients[0].id: this client can reach nothing (list its `collections`)",
            "24:16: error: clients[0].collections[0]: there is no collection \"x\" (define it under [[collections]])",
            "25:10: error: clients[0].limits: there is no limit \"y\" (define it under [[limits]])",
            "27:6: error: clients[1].id: client \"a\" is defined twice",
            "27:6: warning: clients[1].id: this client can reach nothing (list its `collections`)",
            "29:8: error: clients[1].profiles[0].id: an id has no spaces, control characters or braces",
            "30:14: error: clients[1].profiles[0].methods[0]: not a method",
            "31:19: error: clients[1].profiles[0].ip_allowlist[0]: not an address or a range such as 10.0.0.0/8",
        ]
    );
}
