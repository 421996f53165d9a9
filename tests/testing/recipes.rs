//! The recipe of the guide for preflights and health checks.

use certgate::decide::{Reason, run_trials};
use certgate::policy::Policy;
use certgate::request::Timestamp;
use certgate::testing::{CertificateSpec, TestEdge};

#[test]
fn an_exemption_is_of_one_method_and_path_whatever_the_headers_say() {
    let text = include_str!("../../src/guide/exemptions.toml");
    let policy = Policy::from_toml_str(text, "exemptions.toml")
        .unwrap()
        .policy;
    let wall = Timestamp::from_unix_seconds(1_798_761_600);
    let edge = TestEdge::new(&policy, "10.0.0.7".parse().unwrap(), wall).unwrap();
    let acme = CertificateSpec::new("acme").make().unwrap();
    let preflight = |method, path| {
        edge.ask(method, path)
            .header("Origin", "https://app.example.com")
            .header("Access-Control-Request-Method", "POST")
            .header("User-Agent", "kube-probe/1.33")
    };
    let missing = Reason::CertificateMissing;
    let trials = [
        edge.ask("GET", "/healthz").is_exempt(),
        edge.ask("GET", "/healthz?verbose").is_exempt(),
        edge.ask("HEAD", "/healthz").is_denied(missing),
        edge.ask("GET", "/healthz/").is_denied(missing),
        edge.ask("GET", "/healthz/db").is_denied(missing),
        edge.ask("GET", "//healthz")
            .is_denied(Reason::PathMalformed),
        preflight("OPTIONS", "/payments").is_exempt(),
        preflight("OPTIONS", "/payments/7").is_denied(missing),
        preflight("POST", "/payments").is_denied(missing),
        preflight("GET", "/payments").is_denied(missing),
        preflight("options", "/payments").is_denied(missing),
        edge.ask("POST", "/payments")
            .with(&acme)
            .is_of_client("acme"),
    ];
    assert_eq!(run_trials(&policy, &trials), []);
}
