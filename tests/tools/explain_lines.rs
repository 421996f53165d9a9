//! `explain` on its example policy: decisions, limits and time from line to
//! line.

use std::time::Duration;

use certgate::policy::Policy;
use serde_json::{Value, json};

use crate::data::der;
use crate::explain::clock::Clock;
use crate::explain::{Explainer, Form};

/// 2026-12-01T12:00:00Z, where the system's clock stands in these tests.
const SYSTEM: i128 = 1_796_126_400 * 1_000_000_000;

fn explainer() -> Explainer {
    let text = include_str!("../../examples/explain/policy.toml");
    let loaded = Policy::from_toml_str(text, "policy.toml").unwrap();
    assert_eq!(loaded.warnings, []);
    Explainer::new(loaded.policy, || SYSTEM).unwrap()
}

/// A line from a client that is allowed, with these members besides.
fn allowed(more: &Value) -> String {
    let mut line = json!({
        "peer": "10.0.0.7",
        "path": "/payments",
        "headers": [
            ["Client-Cert", format!(":{}:", der("acme"))],
            ["X-Forwarded-For", "203.0.113.9"],
        ],
    });
    let members = more.as_object().unwrap().clone();
    line.as_object_mut().unwrap().extend(members);
    line.to_string()
}

/// The answer up to its trace.
fn verdict(explainer: &mut Explainer, line: &str) -> String {
    let answer = explainer.answer(line.as_bytes(), Form::Json);
    let (verdict, _trace) = answer.split_once(r#","trace":["#).unwrap_or((&answer, ""));
    verdict.to_owned()
}

const ACME: &str = r#""client":"pisp-partner-acme","profile":"pisp-prod","principal":"CN=pisp-partner-acme,OU=pisp-prod,O=Acme Payment Services,C=GB""#;
const NOBODY: &str = r#""client":null,"profile":null,"principal":null"#;
const ALLOW: &str = r#""outcome":"allow","status":200,"reason":null"#;

#[test]
fn the_documented_requests_are_decided_as_they_say() {
    let denied = |status: u16, reason: &str, found: &str| {
        format!(r#""outcome":"deny","status":{status},"reason":"{reason}",{found}"#)
    };
    let mut explainer = explainer();
    let lines = include_str!("../../examples/explain/requests.jsonl").lines();
    let answers: Vec<_> = lines.map(|line| verdict(&mut explainer, line)).collect();
    let in_payments_by = |found: &str| format!(r#"{found},"collection":"payments""#);
    let in_payments = in_payments_by(ACME);
    let nowhere = |found: &str| format!(r#"{found},"collection":null"#);
    let expected = [
        ("health", format!("{ALLOW},{}", nowhere(NOBODY))),
        (
            "no certificate",
            denied(401, "certificate_missing", &in_payments_by(NOBODY)),
        ),
        (
            "from a stranger",
            denied(401, "certificate_missing", &in_payments_by(NOBODY)),
        ),
        ("allowed", format!("{ALLOW},{in_payments}")),
        ("allowed again", format!("{ALLOW},{in_payments}")),
        (
            "too many",
            denied(
                429,
                "rate_limit_exceeded",
                &format!(r#"{in_payments},"retry_after":1"#),
            ),
        ),
        (
            "another address",
            denied(403, "ip_not_allowed", &in_payments),
        ),
        (
            "another method",
            denied(
                405,
                "method_not_allowed",
                &format!(r#"{in_payments},"allowed_methods":["GET","POST"]"#),
            ),
        ),
        (
            "another collection",
            denied(
                403,
                "collection_not_allowed",
                &format!(r#"{ACME},"collection":"reports""#),
            ),
        ),
        (
            "a spelling that hides the path",
            denied(
                400,
                "path_malformed",
                &format!(
                    r#"{},"fault":{{"code":"encoded_separator","at":11}}"#,
                    nowhere(NOBODY)
                ),
            ),
        ),
        (
            "a header cut short",
            denied(
                400,
                "certificate_malformed",
                &format!(
                    r#"{},"fault":{{"code":"truncated","at":0}}"#,
                    in_payments_by(NOBODY)
                ),
            ),
        ),
        (
            "ten years later",
            denied(401, "certificate_expired", &in_payments),
        ),
    ];
    assert_eq!(answers.len(), expected.len());
    for (answer, (id, rest)) in answers.iter().zip(expected) {
        assert_eq!(*answer, format!(r#"{{"id":"{id}",{rest}"#));
    }
}

#[test]
fn an_answer_ends_with_every_check() {
    let line = allowed(&json!({ "id": { "n": 1 }, "now": "2026-12-01T12:00:00Z" }));
    let answer = explainer().answer(line.as_bytes(), Form::Json);
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer.get("id"), Some(&json!({ "n": 1 })));
    let trace = answer.get("trace").and_then(Value::as_array).unwrap();
    assert_eq!(
        trace.first(),
        Some(
            &json!({ "stage": "request", "check": "path", "result": "passed", "detail": "/payments" })
        )
    );
    assert_eq!(
        trace.last(),
        Some(&json!({
            "stage": "limits", "check": "limits", "result": "passed", "detail": "1 of 2 left",
            "rule": { "source": "policy.toml", "line": 35, "column": 1, "field": "clients[0]" },
        }))
    );
}

#[test]
fn a_rate_runs_over_lines_and_a_clock_that_goes_back_frees_nothing() {
    let mut explainer = explainer();
    for (now, reason) in [
        (json!("2026-12-01T12:00:00Z"), json!(null)),
        (json!("2026-12-01T13:00:10.25+01:00"), json!(null)),
        (json!("2026-12-01T12:00:30Z"), json!("rate_limit_exceeded")),
        // A day back, and two minutes on from there: still half a minute.
        (json!("2026-11-30T12:00:00Z"), json!("rate_limit_exceeded")),
        (json!("2026-11-30T12:02:00Z"), json!("rate_limit_exceeded")),
        // A millisecond before the second request is forgotten there is room
        // for one, and then for another.
        (json!("2026-12-01T12:01:10.249Z"), json!(null)),
        (
            json!("2026-12-01T12:01:10.249Z"),
            json!("rate_limit_exceeded"),
        ),
        (json!("2026-12-01T12:01:10.250Z"), json!(null)),
        (json!("2026-12-01T12:05:00Z"), json!(null)),
        // Without `now` the system's clock counts, which stands earlier here.
        (json!(null), json!(null)),
        (json!(null), json!("rate_limit_exceeded")),
    ] {
        let line = allowed(&json!({ "now": now }));
        let answer = explainer.answer(line.as_bytes(), Form::Json);
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(answer.get("reason"), Some(&reason), "{now}");
    }
}

#[test]
fn the_wall_clock_goes_back_with_the_line() {
    let mut explainer = explainer();
    let mut reason = |now: &str| {
        let line = allowed(&json!({ "now": now }));
        let answer = explainer.answer(line.as_bytes(), Form::Json);
        let answer: Value = serde_json::from_str(&answer).unwrap();
        answer.get("reason").cloned().unwrap()
    };
    assert_eq!(reason("2036-11-18T21:51:13.999Z"), json!(null));
    assert_eq!(reason("2036-11-18T21:51:14Z"), json!("certificate_expired"));
    assert_eq!(
        reason("2026-11-21T21:51:12.999999999Z"),
        json!("certificate_not_yet_valid")
    );
    assert_eq!(reason("2026-11-21T21:51:13Z"), json!(null));
    assert_eq!(
        reason("1969-12-31T23:59:59.5Z"),
        json!("certificate_not_yet_valid")
    );
}

#[test]
fn monotonic_time_begins_with_the_first_line_and_never_goes_back() {
    let second = 1_000_000_000;
    let mut clock = Clock::new(|| SYSTEM);
    for (moment, wall, milliseconds) in [
        (Some(-second / 2), -1, 0),
        (Some(second), 1, 1_500),
        (Some(-5 * second), -5, 1_500),
        (Some(2 * second - 1_000_000), 1, 2_499),
        (None, 1_796_126_400, 1_796_126_400_500),
        (Some(0), 0, 1_796_126_400_500),
    ] {
        let now = clock.at(moment);
        assert_eq!(now.wall.unix_seconds(), wall);
        assert_eq!(now.monotonic, Duration::from_millis(milliseconds));
    }
}

#[test]
fn a_header_may_hold_any_bytes() {
    let mut explainer = explainer();
    // The bytes 3A FF 3A; and the profile `é` in Latin-1.
    let certificate = json!([["Client-Cert", { "base64": "Ov86" }]]);
    assert_eq!(
        verdict(&mut explainer, &allowed(&json!({ "headers": certificate }))),
        format!(
            r#"{{"id":null,"outcome":"deny","status":400,"reason":"header_malformed",{NOBODY},"collection":"payments","fault":{{"code":"bad_base64","at":1}}"#
        )
    );
    let profile = json!([["X-Profile-ID", { "base64": "6Q==" }]]);
    assert_eq!(
        verdict(&mut explainer, &allowed(&json!({ "headers": profile }))),
        format!(
            r#"{{"id":null,"outcome":"deny","status":400,"reason":"header_malformed",{NOBODY},"collection":"payments","fault":{{"code":"not_an_id","at":0}}"#
        )
    );
}

#[test]
fn a_token_is_held_to_the_certificate() {
    let mut explainer = explainer();
    let other = "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2";
    let own = "_DM1SMAS3cDyoHzo13IYq_8mDj5TJJeNyendALHCBD4";
    for (token, reason) in [
        (json!(null), json!(null)),
        (
            json!({ "client_id": "pisp-partner-acme", "cnf": { "x5t#S256": own } }),
            json!(null),
        ),
        (
            json!({ "cnf": { "x5t#S256": other } }),
            json!("sender_binding_mismatch"),
        ),
        (
            json!({ "cnf": { "x5t#S256": 7 } }),
            json!("sender_binding_malformed"),
        ),
        (
            json!({ "client_id": "someone-else" }),
            json!("identity_conflict"),
        ),
    ] {
        let line = allowed(&json!({ "token": token }));
        let answer = explainer.answer(line.as_bytes(), Form::Json);
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(answer.get("reason"), Some(&reason), "{token}");
    }
}

#[test]
fn a_line_that_is_no_request_is_refused_and_counts_for_nothing() {
    let mut explainer = explainer();
    for (line, id, at) in [
        (r#"{"id":1}"#, 1, 0),
        (r#"{"id":2,"peer":"10.0.0.7"}"#, 2, 0),
        (r#"{"id":3,"peer":"10.0.0.7:80","path":"/"}"#, 3, 15),
        (r#"{"id":4,"peer":"010.0.0.7","path":"/"}"#, 4, 15),
        (
            r#"{"id":5,"peer":"unix","path":"/","now":"2026-12-01"}"#,
            5,
            39,
        ),
        (
            r#"{"id":6,"peer":"unix","path":"/","now":"2026-13-01T12:00:00Z"}"#,
            6,
            39,
        ),
        (
            r#"{"id":7,"peer":"unix","path":"/","token":{"cnf":{},"cnf":{}}}"#,
            7,
            57,
        ),
        (r#"{"id":8,"peer":"unix","path":"/","path":"/a"}"#, 8, 40),
        (
            r#"{"id":9,"peer":"unix","path":"/","headers":{"Host":"x"}}"#,
            9,
            43,
        ),
    ] {
        let answer = explainer.answer(line.as_bytes(), Form::Json);
        let expected =
            format!(r#"{{"id":{id},"error":{{"code":"request_malformed","at":{at},"message":""#);
        assert!(answer.starts_with(&expected), "{line}\n{answer}");
    }
    let tree = explainer.answer(br#"{"id":"\u001b","peer":7}"#, Form::Tree);
    assert_eq!(
        tree,
        "\"\\u001b\": request_malformed at byte 22: invalid type: integer `7`, expected a string\n"
    );
}
