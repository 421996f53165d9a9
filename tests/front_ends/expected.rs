//! What the corpus expects of a response, to the last header.

use std::collections::BTreeMap;

use serde_json::json;

use crate::cases::corpus::{Case, Outcome};
use crate::cases::policies;
use crate::reply::Reply;
use crate::sight::{Ids, Sight};

/// The headers of the corpus that no policy takes for a client's. Everything else
/// that a case sends is gone when the service sees the request.
const KEPT: &[&str] = &[
    "authorization",
    "forwarded",
    "host",
    "user-agent",
    "x-forwarded-for",
    "x-real-ip",
];

/// Headers that an edge is told to write by the policies of some cases. By others
/// they are nobody's.
const OF_SOME_EDGES: &[&str] = &["x-issuer", "x-role"];

/// The reasons for which the token is at fault (RFC 6750, section 3.1).
const OF_THE_TOKEN: &[&str] = &[
    "sender_binding_missing",
    "sender_binding_mismatch",
    "sender_binding_malformed",
    "sender_binding_unsupported",
];

/// What is wrong with the response, if anything is.
pub(crate) fn fault(case: &Case, mut reply: Reply) -> Option<String> {
    if reply.status != case.expect.status {
        return Some(format!("{} {}", reply.status, reply.body));
    }
    let is_told = |name: &String| case.expect.told.contains_key(name);
    let headers = headers(case);
    if case.expect.outcome != Outcome::Deny {
        reply.headers.retain(|name, _| is_told(name));
    }
    if reply.headers != headers {
        return Some(format!("{:?} for {headers:?}", reply.headers));
    }
    match (case.expect.outcome, reply.sight.take()) {
        (Outcome::Deny, None) => rejected_otherwise(case, reply),
        (Outcome::Deny, Some(sight)) => Some(format!("{sight:?}")),
        (_, None) => Some(reply.body),
        (_, Some(sight)) if sight_of(case, &sight) != sight => Some(format!("{sight:?}")),
        (_, Some(_)) => None,
    }
}

/// Every header of a denial; else those that the corpus speaks of.
fn headers(case: &Case) -> BTreeMap<String, Vec<String>> {
    let expect = &case.expect;
    let line = |value: &str| Some(value.to_owned());
    let of_a_denial = [
        ("content-type", line("application/problem+json")),
        ("cache-control", line("no-store")),
        ("www-authenticate", challenge(case)),
        ("allow", expect.allow.as_ref().map(|all| all.join(", "))),
        ("retry-after", expect.retry_after.map(|s| s.to_string())),
    ];
    let told = expect.told.iter();
    let told = told.map(|(name, value)| (&**name, value.clone()));
    let lines = of_a_denial.into_iter();
    lines
        .filter(|_| expect.outcome == Outcome::Deny)
        .chain(told)
        .filter_map(|(name, value)| Some((name.to_owned(), vec![value?])))
        .collect()
}

/// What the service has to see; where the corpus does not say, what it did see.
fn sight_of(case: &Case, seen: &Sight) -> Sight {
    let expect = &case.expect;
    let ids = |seen: &Option<Ids>| {
        let principal = seen.as_ref().map(|seen| seen.principal.clone());
        Some(Ids {
            client: expect.client.clone(),
            profile: expect.profile.clone(),
            principal: expect.principal.clone().or(principal)?,
        })
    };
    let (proven, observed) = match expect.outcome {
        Outcome::Allow => (ids(&seen.proven), None),
        Outcome::Observed => (None, ids(&seen.observed)),
        Outcome::Exempt | Outcome::Unproven | Outcome::Deny => (None, None),
    };
    let is_proven = expect.outcome == Outcome::Allow;
    let has_certificate = is_proven && expect.dropped_certificate.is_none();
    let has_token = is_proven && case.request.token.is_some();
    let policy = policies::text(&case.policy).to_lowercase();
    let mut lines: Vec<String> = case
        .request
        .headers
        .iter()
        .map(|(name, _)| name.to_lowercase())
        .filter(|name| KEPT.contains(&&**name) || kept_by(&policy, name))
        .collect();
    lines.sort_unstable();
    Sight {
        proven,
        observed,
        denials: expect.observed.clone(),
        collection: expect.collection.clone().filter(|_| is_proven),
        binding: match has_token {
            true => seen.binding.clone(),
            false => "NoToken".to_owned(),
        },
        certificate: seen.certificate.clone().filter(|_| has_certificate),
        lines,
    }
}

fn rejected_otherwise(case: &Case, mut reply: Reply) -> Option<String> {
    let problem = json!({
        "type": "about:blank",
        "title": title(case.expect.status),
        "status": case.expect.status,
        "reason": case.expect.wire_code(),
    });
    // A response to HEAD has the head that it would have otherwise, and no body.
    let is_right = case.request.method == "HEAD" || reply.take_problem() == Some(problem);
    (!is_right).then_some(reply.body)
}

fn kept_by(policy: &str, name: &str) -> bool {
    OF_SOME_EDGES.contains(&name) && !policy.contains(&format!("\"{name}\""))
}

/// How to authenticate instead, for a 401.
fn challenge(case: &Case) -> Option<String> {
    if case.expect.status != 401 {
        return None;
    }
    let reason = case.expect.wire_code().unwrap();
    let by_certificate = policies::text(&case.policy).contains("mode = \"mtls\"");
    Some(if OF_THE_TOKEN.contains(&reason) {
        format!(
            "Bearer realm=\"certgate\", error=\"invalid_token\", error_description=\"{reason}\""
        )
    } else if by_certificate && reason != "token_missing" {
        "ClientCertificate realm=\"certgate\"".to_owned()
    } else {
        "Bearer realm=\"certgate\"".to_owned()
    })
}

fn title(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        405 => "Method Not Allowed",
        429 => "Too Many Requests",
        other => panic!("{other}"),
    }
}
