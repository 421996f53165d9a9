//! Records to hand over.

use certgate::evidence::{ActorType, AuditRecord, Change, Evidence, PolicyChange};
use certgate::gate::Gate;
use certgate::request::{Request, Timestamp};

use crate::support::{NEW_YEAR, POLICY, at, nginx, peer, policy};

/// The record of an allowed request, with this id, made so many seconds after the
/// start of 2027.
pub(crate) fn record(id: &str, seconds: i64) -> AuditRecord {
    let headers = [
        ("X-SSL-Client-Cert", nginx("acme")),
        ("X-SSL-Client-Verify", "SUCCESS".to_owned()),
        ("X-Forwarded-For", "203.0.113.9".to_owned()),
    ];
    let request = Request {
        peer: peer("10.0.0.7"),
        method: "GET",
        target: "/payments",
        headers: &headers,
        token: None,
        now: at(0),
    };
    let gate = Gate::new(policy(POLICY)).unwrap();
    let mut record = recorded(&gate, &request);
    record.id = id.to_owned();
    record.request_id = "req-1".to_owned();
    record.created_at = Timestamp::from_unix_seconds(NEW_YEAR + seconds);
    record
}

/// The record of a gate's first policy.
pub(crate) fn started(id: &str) -> PolicyChange {
    let at = Timestamp::from_unix_seconds(NEW_YEAR);
    let change = Change::new(at, ActorType::User, "jo@example.com");
    let (_, started) = Gate::start(policy(POLICY), &change).unwrap();
    let mut record = started.record;
    record.id = id.to_owned();
    record
}

/// Ids of records, `lost N` for gaps.
pub(crate) fn told(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Request(record) => record.id.clone(),
        Evidence::Change(change) => change.id.clone(),
        Evidence::Gap(gap) => format!("lost {}", gap.lost()),
        _ => panic!("{evidence:?}"),
    }
}

/// The record of what a gate decides.
#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the method alone is not general enough for the compiler"
)]
pub(crate) fn recorded(gate: &Gate, request: &Request<'_>) -> AuditRecord {
    gate.decide(request, |concluded| concluded.audit_record())
}
