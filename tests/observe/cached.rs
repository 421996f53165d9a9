//! What is observed is never remembered, and what is remembered is never taken
//! for what is observed.

use std::sync::Arc;
use std::time::Duration;

use certgate::decide::{Assessed, Decision, Grant, assess, read};
use certgate::gate::Gate;
use certgate::policy::Policy;
use certgate::request::{Request, VerifiedToken};

use crate::observing;
use crate::support::corpus::{Corpus, Message};
use crate::support::policies;

const VERIFIED: &str = "observe-certificates";
const UNVERIFIED: &str = "observe-certificates-unverified";

/// The certificate that a decision was made with, if it was accepted, and
/// whether anybody is proven.
fn decided(gate: &Gate, message: &Message) -> (Option<Arc<Assessed>>, bool) {
    gate.decide(&message.request(Duration::ZERO), |concluded| {
        let Decision::Allow(allow) = concluded.decision else {
            panic!("{:?}", concluded.decision.reason());
        };
        let is_proven = matches!(allow.grant(), Grant::Proven(_));
        (allow.findings().assessed().cloned(), is_proven)
    })
}

#[test]
fn an_unverified_certificate_is_not_learned_and_the_same_value_verified_is() {
    let corpus = Corpus::load();
    let (verified, unverified) = (corpus.find(VERIFIED), corpus.find(UNVERIFIED));
    // Both present the same value.
    let value = |message: &Message| message.headers[0].clone();
    let (verified, unverified) = (&verified.request, &unverified.request);
    assert_eq!(value(verified), value(unverified));

    let gate = Gate::new(policies::load("observe-certificates")).unwrap();
    for _ in 0..2 {
        assert!(matches!(decided(&gate, unverified), (None, false)));
    }
    let (first, is_proven) = decided(&gate, verified);
    assert!(is_proven);
    // Nobody but this decision holds what it learned, and the cache.
    assert_eq!(Arc::strong_count(&first.clone().unwrap()), 3);
    let (again, is_proven) = decided(&gate, verified);
    assert!(is_proven && Arc::ptr_eq(&first.unwrap(), &again.unwrap()));
    // It is known now, and that proves nothing of a request without the word of
    // the edge.
    for _ in 0..2 {
        assert!(matches!(decided(&gate, unverified), (None, false)));
    }
}

#[test]
fn what_another_denial_was_observed_of_is_not_learned() {
    let corpus = Corpus::load();
    let gate = Gate::new(policies::load("observe-certificates")).unwrap();
    let odd = &corpus
        .find("observe-certificates-a-selection-that-is-no-id")
        .request;
    for _ in 0..2 {
        assert!(matches!(decided(&gate, odd), (None, false)));
    }
    let (learned, is_proven) = decided(&gate, &corpus.find(VERIFIED).request);
    assert!(is_proven);
    assert_eq!(Arc::strong_count(&learned.unwrap()), 2);
    assert!(matches!(decided(&gate, odd), (None, false)));
}

#[test]
fn an_expired_certificate_is_learned_and_is_expired_at_every_request() {
    let corpus = Corpus::load();
    let gate = Gate::new(policies::load("observe-certificates")).unwrap();
    for _ in 0..2 {
        let expired = &corpus.find("observe-certificates-expired").request;
        assert!(matches!(decided(&gate, expired), (None, false)));
    }
}

#[test]
fn nothing_unproven_is_handed_out_as_a_key_or_an_assessment() {
    let corpus = Corpus::load();
    for case in &corpus.cases {
        if case.theme != "observe" {
            continue;
        }
        let policy: &Policy = corpus.policy(case);
        let request: Request<'_> = case.request.request(Duration::ZERO);
        let facts = read(policy, &request);
        let is_attested = facts.attested().is_some();
        let presented = assess(facts);
        assert!(
            is_attested || presented.assessed().is_none(),
            "{}",
            case.name
        );
        let of_stages_3_to_5 = [
            "certificate_unverified",
            "header_malformed",
            "header_oversized",
            "header_ambiguous",
            "certificate_malformed",
        ];
        let failed = case
            .expect
            .observed
            .iter()
            .any(|code| of_stages_3_to_5.contains(&&**code));
        assert!(!failed || presented.assessed().is_none(), "{}", case.name);
    }
}

/// A proxy on the way that is not the pinned one vouches for nobody, so a token
/// is bound to nothing that its certificate could show.
#[test]
fn no_token_is_bound_to_a_certificate_that_nobody_vouches_for() {
    let corpus = Corpus::load();
    let mut denied = 0;
    for case in &corpus.cases {
        if case.expect.reason.as_deref() != Some("certificate_untrusted") {
            continue;
        }
        let policy = observing(&case.policy, "['certificates', 'policy']");
        let mut request = case.request.request(Duration::ZERO);
        let presented = assess(read(&policy, &request));
        let thumbprint = presented
            .assessed()
            .unwrap()
            .certificate()
            .unwrap()
            .thumbprint();
        let cnf = certgate::request::Confirmation::x5t_s256(&thumbprint.x5t_s256());
        let token = VerifiedToken::assert_verified(Some("acme"), cnf);
        request.token = Some(&token);
        let limits = certgate::limits::MemoryLimits::new(policy.limits()).unwrap();
        let decision = certgate::decide::decide(&policy, &request, &limits);
        let reason = decision.reason().map(certgate::decide::Reason::code);
        assert_eq!(reason, Some("sender_binding_mismatch"), "{}", case.name);
        denied += 1;
    }
    assert!(denied > 0);
}
