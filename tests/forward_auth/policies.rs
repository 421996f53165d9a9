//! The guide's policies, with what the tests need besides.

use crate::config::Config;
use crate::front::Front;

/// Acme may call `/payments` from the partners' network, as in the guide, and
/// everything else that is here; beta the payments alone.
pub(crate) fn policy(front: Front) -> Config {
    front
        .policy()
        // What stands for the partners' network here.
        .with("203.0.113.0/24", "127.0.113.0/24")
        .with(
            "id = \"pisp-partner-acme\"\ncollections = [\"payments\"]",
            "id = \"pisp-partner-acme\"\ncollections = [\"payments\", \"reports\", \"scarce\", \"here\"]",
        )
        .and(MORE)
}

const MORE: &str = r#"
[[limits]]
name = "two"
quota = { requests = 2, per = "30d" }

[[collections]]
name = "reports"
paths = ["/reports"]

[[collections]]
name = "scarce"
paths = ["/scarce"]
limits = "two"

[[collections]]
name = "here"
paths = ["/by-host"]
hosts = ["localhost"]

[[collections]]
name = "there"
paths = ["/by-host"]
hosts = ["other.example"]

[[exemptions]]
method = "GET"
path = "/health"

[expiry]
warn_days = [365]
header = "X-Certificate-Days-Left"

[limiting]
headers = ["ratelimit", "x-ratelimit"]

# The preflight of a browser brings no certificate.
[[exemptions]]
method = "OPTIONS"
path = "/payments/charges"

[[clients]]
id = "aisp-partner-beta"
collections = ["payments"]
  [[clients.profiles]]
  id = "prod"
  [[clients.profiles]]
  id = "other"
"#;

/// The same, where denials are noted only.
pub(crate) fn observing(front: Front) -> Config {
    let observed = |name: &str| {
        let literal = format!("paths = [\"/{name}\"]\n");
        let replacement = format!("{literal}observe = [\"certificates\", \"policy\"]\n");
        (literal, replacement)
    };
    ["payments", "reports"]
        .into_iter()
        .map(observed)
        .fold(policy(front), |policy, (literal, replacement)| {
            policy.with(&literal, &replacement)
        })
}
