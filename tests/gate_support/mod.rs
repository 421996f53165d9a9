//! A policy, what nginx really sent, and the time at which it is decided.

#![allow(dead_code, reason = "each test crate uses its part")]

use std::net::IpAddr;
use std::time::Duration;

use certgate::policy::Policy;
use certgate::request::{Now, Peer, Timestamp};

/// One client, `pisp-partner-acme`, behind nginx, with a rate of 3 a minute.
pub(crate) const POLICY: &str = r#"
version = 1

[edge]
preset = "nginx"
trusted_proxies = ["10.0.0.0/8", "127.0.0.1"]

[authentication]
mode = "mtls"
issuers = ["CN=Example Root CA,O=Example Root Trust Ltd,C=GB"]
realm = "payments"

[[identity]]
name = "by-subject"
client = "{subject.cn}"
profile = "{subject.ou}"

[[limits]]
name = "three-a-minute"
rate = { requests = 3, per = "1m" }

[[collections]]
name = "payments"
paths = ["/payments"]

[[collections]]
name = "admin"
paths = ["/admin"]

[[exemptions]]
method = "GET"
path = "/healthz"

[[clients]]
id = "pisp-partner-acme"
collections = ["payments"]
limits = "three-a-minute"
  [[clients.profiles]]
  id = "pisp-prod"
  methods = ["GET", "POST"]
  ip_allowlist = ["203.0.113.0/24"]
"#;

/// The SHA-256 of the certificate that nginx forwards as `acme`.
pub(crate) const ACME_SHA256: &str =
    "fc333548c012ddc0f2a07ce8d77218abff260e3e5324978dc9e9dd00b1c2043e";

/// The same as the `x5t#S256` of a token.
pub(crate) const ACME_X5T: &str = "_DM1SMAS3cDyoHzo13IYq_8mDj5TJJeNyendALHCBD4";

/// 2027-01-01, when the certificates are valid.
pub(crate) const NEW_YEAR: i64 = 1_798_761_600;

/// 2037-01-01, when they are not any more.
pub(crate) const TEN_YEARS_ON: i64 = 2_114_380_800;

pub(crate) fn policy(text: &str) -> Policy {
    match Policy::from_toml_str(text, "policy.toml") {
        Ok(loaded) => loaded.policy,
        Err(errors) => panic!("{errors}"),
    }
}

/// [`POLICY`] with one text in place of another.
pub(crate) fn policy_with(old: &str, new: &str) -> Policy {
    assert!(POLICY.contains(old), "{old}");
    policy(&POLICY.replace(old, new))
}

/// What nginx puts into `X-SSL-Client-Cert` for this client.
pub(crate) fn nginx(cert: &str) -> String {
    let captures = include_str!("../data/captures/captures.json");
    let captures: serde_json::Value = serde_json::from_str(captures).unwrap();
    let value = captures.as_array().unwrap().iter().find(|line| {
        line["edge"] == "nginx"
            && line["style"] == "escaped"
            && line["cert"] == cert
            && line["header_name"] == "X-SSL-Client-Cert"
    });
    value.unwrap()["value"].as_str().unwrap().to_owned()
}

pub(crate) fn peer(address: &str) -> Peer<'static> {
    Peer::address(address.parse::<IpAddr>().unwrap())
}

/// The moment `seconds` after the start of 2027.
pub(crate) fn at(seconds: u64) -> Now {
    Now {
        wall: Timestamp::from_unix_seconds(NEW_YEAR + i64::try_from(seconds).unwrap()),
        monotonic: Duration::from_secs(seconds),
    }
}
