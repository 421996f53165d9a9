//! What a policy document means: every error and warning of its conversion with
//! line, column and words, each beside a text that differs in that one place
//! and is accepted without a warning.

#![cfg(feature = "toml")]

mod claims;
mod clients;
mod edge;
mod expiry;
mod hops;
mod limiting;
mod listed;
mod observe;
mod hosts;
mod open;
mod overrides;
mod owed;
mod presets;
mod proof;
mod rules;
mod trust;
#[path = "../support/mod.rs"]
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
            "11:10: error: identity[0].client: unknown placeholder; there are {subject.cn}, {subject.ou} and the other subject attributes, {spiffe}, {san.uri}, {san.dns}, {san.email}, {san.upn} and {thumbprint}",
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
