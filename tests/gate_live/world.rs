//! Two policies that differ in everything that can be seen of a decision, and
//! requests for both.

use certgate::evidence::{ActorType, Change};
use certgate::gate::Gate;
use certgate::policy::Policy;
use certgate::request::{Now, OwnedRequest, Request, Timestamp};

use crate::support::{NEW_YEAR, at, nginx, peer, policy};

/// The first policy: acme is itself, in its profile `pisp-prod`.
pub(crate) const ONE: &str = r#"
version = 1

[edge]
preset = "nginx"
trusted_proxies = ["10.0.0.0/8"]

[authentication]
mode = "mtls"
realm = "one"

[selectors]
client_header = "X-Client-One"

[[identity]]
name = "rule-one"
client = "{subject.cn}"
profile = "{subject.ou}"
principal = "one:{subject.cn}"

[[limits]]
name = "limit-one"
rate = { requests = 1000001, per = "1h" }

[[collections]]
name = "collection-one"
paths = ["/payments"]

[[clients]]
id = "pisp-partner-acme"
collections = ["collection-one"]
limits = "limit-one"
  [[clients.profiles]]
  id = "pisp-prod"
  methods = ["GET", "HEAD"]
"#;

/// The second: the same certificate is somebody else, in every word.
pub(crate) const TWO: &str = r#"
version = 1

[edge]
preset = "nginx"
trusted_proxies = ["10.0.0.0/8"]
identity_headers = "replace"

[authentication]
mode = "mtls"
realm = "two"

[selectors]
client_header = "X-Client-Two"

[[identity]]
name = "rule-two"
client = "two-{subject.cn}"
profile = "two-{subject.ou}"
principal = "two:{subject.cn}"

[[limits]]
name = "limit-two"
rate = { requests = 2000002, per = "1h" }

[[collections]]
name = "collection-two"
paths = ["/payments"]

[[clients]]
id = "two-pisp-partner-acme"
collections = ["collection-two"]
limits = "limit-two"
  [[clients.profiles]]
  id = "two-pisp-prod"
  methods = ["GET", "POST"]
"#;

pub(crate) fn gate(text: &str) -> Gate {
    Gate::new(policy(text)).unwrap()
}

pub(crate) fn one() -> Policy {
    policy(ONE)
}

pub(crate) fn two() -> Policy {
    policy(TWO)
}

/// [`ONE`] with one text in place of another.
pub(crate) fn one_with(old: &str, new: &str) -> Policy {
    assert!(ONE.contains(old), "{old}");
    policy(&ONE.replace(old, new))
}

/// A change by Jo, this many seconds into 2027.
pub(crate) fn change(seconds: i64) -> Change {
    let at = Timestamp::from_unix_seconds(NEW_YEAR + seconds);
    Change::new(at, ActorType::User, "jo@example.com")
}

/// What nginx forwards for acme.
pub(crate) struct Ask {
    pub(crate) method: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) now: Now,
}

impl Ask {
    pub(crate) fn acme() -> Self {
        Self {
            method: "GET",
            headers: vec![
                ("X-SSL-Client-Cert", nginx("acme")),
                ("X-SSL-Client-Verify", "SUCCESS".to_owned()),
                ("X-Forwarded-For", "203.0.113.9".to_owned()),
            ],
            now: at(0),
        }
    }

    pub(crate) fn request(&self) -> Request<'_> {
        Request {
            peer: peer("10.0.0.7"),
            method: self.method,
            target: "/payments",
            headers: &self.headers,
            token: None,
            now: self.now,
        }
    }

    /// The same, kept.
    pub(crate) fn kept(&self) -> OwnedRequest {
        OwnedRequest::from(&self.request())
    }

    /// The client and the version by which the gate lets it through, or the
    /// code of the denial.
    pub(crate) fn of(&self, gate: &Gate) -> (Result<String, &'static str>, u64) {
        gate.decide(&self.request(), |concluded| {
            let record = concluded.audit_record();
            let outcome = match record.reason {
                None => Ok(record.client_id.unwrap()),
                Some(reason) => Err(reason.code()),
            };
            (outcome, record.policy_version)
        })
    }
}
