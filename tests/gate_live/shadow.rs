//! A policy in the shadow of the one in force tells what it would do, and does
//! nothing.

use certgate::decide::{Decision, Reason, Verdict};
use certgate::evidence::{AuditRecord, Outcome};
use certgate::gate::Gate;
use certgate::response::Rejection;

use crate::support::policy;
use crate::world::{Ask, ONE, TWO, change, gate, one, one_with, two};

#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the method itself is not general enough in its lifetimes"
)]
fn record(gate: &Gate, ask: &Ask) -> AuditRecord {
    gate.decide(&ask.request(), |concluded| concluded.audit_record())
}

/// The shadow's verdict, client and profile.
fn shadow(gate: &Gate, ask: &Ask) -> Option<(Verdict, Option<String>, Option<String>)> {
    gate.decide(&ask.request(), |concluded| {
        let forecast = concluded.shadow?;
        let text = |id: &Option<Box<str>>| id.as_deref().map(str::to_owned);
        Some((
            forecast.verdict,
            text(&forecast.client),
            text(&forecast.profile),
        ))
    })
}

#[test]
fn each_decision_tells_what_the_shadow_would_have_done() {
    let gate = gate(ONE);
    assert_eq!(shadow(&gate, &Ask::acme()), None);
    gate.set_shadow(two(), &change(0)).unwrap();
    let text = |text: &str| Some(text.to_owned());
    let two_acme = || (text("two-pisp-partner-acme"), text("two-pisp-prod"));
    // Cold and warm.
    for _ in 0..3 {
        let (client, profile) = two_acme();
        let expected = Some((Verdict::Allow, client, profile));
        assert_eq!(shadow(&gate, &Ask::acme()), expected);
    }
    let heading = Ask {
        method: "HEAD",
        ..Ask::acme()
    };
    let (client, profile) = two_acme();
    let denied = Verdict::Deny(Reason::MethodNotAllowed);
    assert_eq!(shadow(&gate, &heading), Some((denied, client, profile)));
    gate.clear_shadow(&change(0));
    assert_eq!(shadow(&gate, &heading), None);
}

#[test]
fn audit_records_have_the_shadow_s_outcome_and_reason() {
    let gate = gate(ONE);
    let heading = Ask {
        method: "HEAD",
        ..Ask::acme()
    };
    let plain = record(&gate, &heading);
    assert_eq!((plain.shadow_outcome, plain.shadow_reason), (None, None));
    gate.set_shadow(two(), &change(0)).unwrap();
    let shadowed = record(&gate, &heading);
    assert_eq!(shadowed.shadow_outcome, Some(Outcome::Deny));
    assert_eq!(shadowed.shadow_reason, Some(Reason::MethodNotAllowed));
    let json = serde_json::to_value(&shadowed).unwrap();
    assert_eq!(json["shadow_outcome"], "deny");
    assert_eq!(json["shadow_reason"], "method_not_allowed");
    // And nothing else of the record is the shadow's.
    let mut cleared = shadowed;
    cleared.id.clone_from(&plain.id);
    cleared.request_id.clone_from(&plain.request_id);
    (cleared.shadow_outcome, cleared.shadow_reason) = (None, None);
    // It was the first request with this certificate.
    cleared.measures.cache = plain.measures.cache;
    assert_eq!(cleared, plain);
    let read = record(&gate, &Ask::acme());
    assert_eq!(read.shadow_outcome, Some(Outcome::Allow));
    assert_eq!(read.shadow_reason, None);
}

#[test]
fn the_shadow_charges_nothing() {
    let one_an_hour = |text: &str| {
        text.replace("requests = 1000001", "requests = 2")
            .replace("requests = 2000002", "requests = 1")
    };
    let gate = gate(&one_an_hour(ONE));
    // The same client and the same limit as in force, and others.
    for candidate in [ONE, TWO] {
        gate.set_shadow(policy(&one_an_hour(candidate)), &change(0))
            .unwrap();
        shadow(
            &gate,
            &Ask {
                method: "PUT",
                ..Ask::acme()
            },
        );
    }
    gate.set_shadow(policy(&one_an_hour(ONE)), &change(0))
        .unwrap();
    let left = || {
        gate.decide(&Ask::acme().request(), |concluded| {
            // It never says 429, whatever the policy in force says.
            assert_eq!(concluded.shadow.unwrap().verdict, Verdict::Allow);
            let left = concluded.decision.allowances().unwrap().as_slice()[0].remaining;
            (concluded.decision.status(), left)
        })
    };
    assert_eq!(left(), (200, 1));
    assert_eq!(left(), (200, 0));
    assert_eq!(left(), (429, 0));
    // Its counters are full when it is put in force, as far as they are new.
    gate.set_shadow(policy(&one_an_hour(TWO)), &change(0))
        .unwrap();
    for _ in 0..5 {
        assert_eq!(
            record(&gate, &Ask::acme()).shadow_outcome,
            Some(Outcome::Allow)
        );
    }
    gate.install(policy(&one_an_hour(TWO)), &change(0)).unwrap();
    assert!(Ask::acme().of(&gate).0.is_ok());
    assert_eq!(Ask::acme().of(&gate).0, Err("rate_limit_exceeded"));
}

#[test]
fn the_shadow_never_reaches_a_response_or_a_grant() {
    let lax = |text: &str| {
        policy(&text.replace(
            "[[identity]]",
            "[[exemptions]]\nmethod = \"DELETE\"\npath = \"/payments\"\n[[identity]]",
        ))
    };
    let asks = ["GET", "HEAD", "POST", "DELETE", "OPTIONS"].map(|method| Ask {
        method,
        ..Ask::acme()
    });
    let seen = |gate: &Gate| -> Vec<String> {
        let shown = |ask: &Ask| {
            gate.decide(&ask.request(), |concluded| match concluded.decision {
                Decision::Allow(allow) => {
                    let granted = concluded.granted(allow);
                    let headers: Vec<_> = granted.identity_headers().collect();
                    format!(
                        "{:?} {headers:?} {:?}",
                        granted.identity(),
                        granted.in_force()
                    )
                }
                Decision::Deny(deny) => format!("{:?}", Rejection::new(deny, "id")),
            })
        };
        asks.iter().map(shown).collect()
    };
    let alone = seen(&gate(ONE));
    for candidate in [
        one(),
        two(),
        lax(ONE),
        lax(TWO),
        one_with("10.0.0.0/8", "192.0.2.0/24"),
    ] {
        let gate = gate(ONE);
        gate.set_shadow(candidate, &change(0)).unwrap();
        assert_eq!(seen(&gate), alone);
    }
}

#[test]
fn the_shadow_stays_when_the_policy_changes_and_uses_no_version() {
    let gate = gate(ONE);
    gate.set_shadow(two(), &change(0)).unwrap();
    assert_eq!(gate.current().version(), 1);
    assert!(gate.earlier().is_empty());
    gate.install(one_with("\"GET\", \"HEAD\"", "\"POST\""), &change(0))
        .unwrap();
    let record = record(&gate, &Ask::acme());
    assert_eq!(record.policy_version, 2);
    assert_eq!(record.reason, Some(Reason::MethodNotAllowed));
    assert_eq!(record.shadow_outcome, Some(Outcome::Allow));
    gate.clear_shadow(&change(0));
    assert_eq!(gate.free_retired(), 0);
}

#[test]
fn a_shadow_leaves_alone_what_was_learned_under_the_policy_in_force() {
    let gate = gate(ONE);
    let learned = || {
        gate.decide(&Ask::acme().request(), |concluded| {
            let findings = concluded.decision.findings();
            std::sync::Arc::downgrade(findings.assessed().unwrap())
        })
    };
    let first = learned();
    gate.set_shadow(two(), &change(0)).unwrap();
    assert!(first.ptr_eq(&learned()));
    gate.clear_shadow(&change(0));
    assert!(first.ptr_eq(&learned()));
    assert!(first.strong_count() > 0);
}
