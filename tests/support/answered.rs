//! Whether what came back over HTTP is what the corpus expects.

use certgate::decide::{ObservedGrant, Reason};
use certgate::gate::{Granted, ProvenIdentity};
use serde_json::Value;

use super::corpus::{Case, Outcome};

/// What an adapter answered, and what the service behind it saw.
pub trait Answered {
    fn status(&self) -> u16;
    fn reason(&self) -> Option<Reason>;
    fn header(&self, name: &str) -> Option<&str>;
    fn json(&self) -> Value;
    /// Only where the request was handed on.
    fn granted(&self) -> Option<&Granted>;
}

/// What is wrong with the answer, if anything is.
pub fn fault(case: &Case, answer: &impl Answered) -> Option<String> {
    let expect = &case.expect;
    let reason = answer.reason().map(Reason::code);
    if (answer.status(), reason) != (expect.status, expect.reason.as_deref()) {
        return Some(format!("{} {reason:?}", answer.status()));
    }
    for (name, value) in &expect.told {
        let told = answer.header(name);
        if told != value.as_deref() {
            return Some(format!("{name}: {told:?}"));
        }
    }
    match answer.granted() {
        Some(granted) => granted_otherwise(case, granted),
        None => denied_otherwise(case, answer),
    }
}

fn denied_otherwise(case: &Case, answer: &impl Answered) -> Option<String> {
    let body = answer.json();
    let told = body.get("reason").and_then(Value::as_str);
    let retry_after = answer
        .header("retry-after")
        .map(|text| text.parse().unwrap());
    let allow = answer.header("allow").map(|text| {
        let methods = text.split(", ").filter(|method| !method.is_empty());
        methods.map(str::to_owned).collect::<Vec<_>>()
    });
    let challenged = answer.header("www-authenticate").is_some();
    let right = told == case.expect.wire_code()
        && retry_after == case.expect.retry_after
        && allow == case.expect.allow
        && challenged == (case.expect.status == 401);
    (!right).then(|| format!("{told:?} {retry_after:?} {allow:?} {challenged}"))
}

fn granted_otherwise(case: &Case, granted: &Granted) -> Option<String> {
    let expect = &case.expect;
    let observed = granted.observed();
    let told = observed.map_or(&[] as &[_], ObservedGrant::denials);
    let told: Vec<&str> = told.iter().map(|denial| denial.reason.code()).collect();
    let wrong_identity = (expect.outcome == Outcome::Allow) != granted.identity().is_some();
    if told != expect.observed || wrong_identity {
        return Some(format!("{told:?} {:?}", granted.identity()));
    }
    let (client, profile, principal) = match observed.and_then(ObservedGrant::identity) {
        Some(identity) if expect.outcome == Outcome::Observed => (
            identity.client(),
            identity.profile(),
            Some(identity.principal()),
        ),
        Some(identity) => return Some(format!("{identity:?}")),
        None => {
            let identity = granted.identity();
            (
                identity.and_then(ProvenIdentity::client),
                identity.and_then(ProvenIdentity::profile),
                identity.map(ProvenIdentity::principal),
            )
        }
    };
    if expect.outcome == Outcome::Unproven {
        return None;
    }
    let right = client == expect.client.as_deref()
        && profile == expect.profile.as_deref()
        && (expect.principal.is_none() || principal == expect.principal.as_deref());
    (!right).then(|| format!("{client:?} {profile:?} {principal:?}"))
}
