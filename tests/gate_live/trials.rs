//! Requests that a policy has to decide as expected, and what two policies make
//! of the same ones.

use certgate::decide::{Difference, Expected, Reason, Trial, Verdict, compare, run_trials};
use certgate::gate::Refusal;
use certgate::policy::Policy;
use certgate::request::{Confirmation, OwnedRequest, Peer, PeerCertificate, VerifiedToken};

use crate::support::{ACME_X5T, at, policy};
use crate::world::{Ask, ONE, TWO, change, gate, one, one_with, two};

fn trial(name: &str, ask: &Ask, expect: Expected) -> Trial {
    Trial {
        name: name.to_owned(),
        request: ask.kept(),
        expect,
    }
}

fn allow(client: &str, profile: &str) -> Expected {
    Expected::Allow {
        client: Some(client.to_owned()),
        profile: Some(profile.to_owned()),
    }
}

/// An approved path and a denied one.
fn trials() -> [Trial; 2] {
    let deleting = Ask {
        method: "DELETE",
        ..Ask::acme()
    };
    let acme = allow("pisp-partner-acme", "pisp-prod");
    [
        trial("acme may read", &Ask::acme(), acme),
        trial(
            "acme may not delete",
            &deleting,
            Expected::Deny(Reason::MethodNotAllowed),
        ),
    ]
}

#[test]
fn a_policy_that_passes_its_trials_is_installed() {
    let gate = gate(TWO);
    let installed = gate.install_if(one(), &trials(), &change(0)).unwrap();
    assert_eq!(installed.in_force.version(), 2);
    assert_eq!(Ask::acme().of(&gate).0.unwrap(), "pisp-partner-acme");
}

#[test]
fn one_that_fails_a_trial_is_refused_with_what_differs() {
    let gate = gate(ONE);
    // Nobody may read any more; deleting is denied as before.
    let candidate = one_with("\"GET\", \"HEAD\"", "\"PUT\"");
    let refused = gate
        .install_if(candidate, &trials(), &change(0))
        .unwrap_err();
    let text = "acme may read: expected allow pisp-partner-acme/pisp-prod, \
                got deny method_not_allowed";
    assert_eq!(
        refused.to_string(),
        format!("version 1 of the policy stays in force: trials failed\n{text}")
    );
    let record = serde_json::to_value(&refused.record).unwrap();
    assert_eq!(record["reason"], "trials_failed");
    assert_eq!(record["details"], serde_json::json!([text]));
    let acme = serde_json::json!([{ "client": "pisp-partner-acme", "profile": "pisp-prod" }]);
    assert_eq!(record["changes"]["profiles"]["changed"], acme);
    let Refusal::Trials(mismatches) = refused.why else {
        panic!("refused for another reason");
    };
    assert_eq!(mismatches.len(), 1);
    assert_eq!(mismatches[0].trial, "acme may read");
    assert_eq!(
        mismatches[0].found.verdict,
        Verdict::Deny(Reason::MethodNotAllowed)
    );
    assert_eq!(gate.current().version(), 1);
    assert_eq!(Ask::acme().of(&gate).0.unwrap(), "pisp-partner-acme");
    assert!(gate.earlier().is_empty());
}

#[test]
fn every_part_of_an_expectation_counts() {
    let exempt = policy(&ONE.replace(
        "[[identity]]",
        "[[exemptions]]\nmethod = \"GET\"\npath = \"/payments\"\n[[identity]]",
    ));
    let plain = policy(
        ONE.replace("profile = \"{subject.ou}\"\n", "")
            .split("  [[clients.profiles]]")
            .next()
            .unwrap(),
    );
    let without_profile = Expected::Allow {
        client: Some("pisp-partner-acme".to_owned()),
        profile: None,
    };
    let acme = || allow("pisp-partner-acme", "pisp-prod");
    for (policy, expect, passes) in [
        (&one(), acme(), true),
        (&one(), allow("pisp-partner-acme", "pisp-test"), false),
        (&one(), allow("globex", "pisp-prod"), false),
        (&one(), without_profile.clone(), false),
        (&one(), Expected::Exempt, false),
        (&one(), Expected::Deny(Reason::ClientUnknown), false),
        (&plain, without_profile, true),
        (&plain, acme(), false),
        (&exempt, Expected::Exempt, true),
        (&exempt, acme(), false),
        (
            &one_with("id = \"pisp-partner-acme\"", "id = \"globex\""),
            Expected::Deny(Reason::ClientUnknown),
            true,
        ),
        (
            &one_with("id = \"pisp-partner-acme\"", "id = \"globex\""),
            Expected::Deny(Reason::ClientInactive),
            false,
        ),
    ] {
        let trials = [trial("it", &Ask::acme(), expect.clone())];
        let mismatches = run_trials(policy, &trials);
        assert_eq!(mismatches.is_empty(), passes, "{expect}: {mismatches:?}");
    }
}

#[test]
fn a_trial_charges_nothing() {
    let text = ONE.replace("requests = 1000001", "requests = 1");
    let gate = gate(&text);
    let [read, delete] = trials();
    let trials: Vec<Trial> = vec![read.clone(), read.clone(), read, delete];
    for _ in 0..3 {
        gate.install_if(policy(&text), &trials, &change(0)).unwrap();
    }
    // The only request of the hour is still there, and then it is not.
    assert!(Ask::acme().of(&gate).0.is_ok());
    assert_eq!(Ask::acme().of(&gate).0, Err("rate_limit_exceeded"));
    // Nor does what is used up keep a policy out.
    gate.install_if(policy(&text), &trials, &change(0)).unwrap();
    assert_eq!(Ask::acme().of(&gate).0, Err("rate_limit_exceeded"));
}

#[test]
fn a_document_with_mistakes_is_not_tried() {
    let gate = gate(ONE);
    let read = Policy::from_toml_str("version = 1", "policy.toml");
    let refused = gate.install_if(read, &trials(), &change(0)).unwrap_err();
    assert!(matches!(refused.why, Refusal::Document(_)));
}

#[test]
fn policies_are_compared_on_kept_requests() {
    let ask = |method| {
        Ask {
            method,
            ..Ask::acme()
        }
        .kept()
    };
    let stranger = OwnedRequest::new(Peer::UNKNOWN, "GET", "/payments", at(0));
    let traffic = [ask("GET"), ask("DELETE"), stranger, ask("HEAD"), ask("GET")];
    let shown = |differences: &[Difference]| -> Vec<(usize, String, String)> {
        differences
            .iter()
            .map(
                |Difference {
                     place, old, new, ..
                 }| (*place, old.to_string(), new.to_string()),
            )
            .collect()
    };
    let row = |place, old: &str, new: &str| (place, old.to_owned(), new.to_owned());

    assert_eq!(compare(&one(), &one(), &traffic), []);
    // Who is denied by both for one reason makes no difference.
    let one_acme = "allow pisp-partner-acme/pisp-prod";
    let two_acme = "allow two-pisp-partner-acme/two-pisp-prod";
    assert_eq!(
        shown(&compare(&one(), &two(), &traffic)),
        [
            row(0, one_acme, two_acme),
            row(3, one_acme, "deny method_not_allowed"),
            row(4, one_acme, two_acme),
        ]
    );
    // When can every path take a certificate bound to its token?
    let strict = one_with("mode = \"mtls\"", "mode = \"bearer_plus_mtls_required\"");
    let token =
        VerifiedToken::assert_verified(Some("pisp-partner-acme"), Confirmation::x5t_s256(ACME_X5T));
    let traffic = [ask("GET"), ask("GET").with_token(token), ask("DELETE")];
    let differences = compare(&one(), &strict, &traffic);
    assert_eq!(
        shown(&differences),
        [
            row(0, one_acme, "deny token_missing"),
            row(2, "deny method_not_allowed", "deny token_missing"),
        ]
    );
    assert_eq!(
        differences[0].new.client.as_deref(),
        Some("pisp-partner-acme")
    );
}

#[test]
fn a_kept_request_is_the_request() {
    let headers = [("A", "1"), ("a", "2"), ("B", "\u{e9}")];
    let leaf = b"leaf".to_vec();
    let peer = Peer::UNIX.with_certificate(PeerCertificate::verified(&leaf));
    let token = VerifiedToken::assert_verified(Some("SECRET"), Confirmation::default());
    let request = certgate::request::Request {
        peer,
        method: "PATCH",
        target: "/a?b",
        headers: &headers,
        token: Some(&token),
        now: at(7),
    };
    let kept = OwnedRequest::from(&request);
    let again = kept.request();
    assert_eq!(again.peer, peer);
    assert_eq!((again.method, again.target), ("PATCH", "/a?b"));
    assert_eq!(again.now, at(7));
    assert_eq!(again.token.unwrap().client(), Some("SECRET"));
    let mut lines = Vec::new();
    again
        .headers
        .visit(&mut |name, value| lines.push((name.to_vec(), value.to_vec())));
    let expected = headers.map(|(name, value)| (name.into(), value.into()));
    assert_eq!(lines, expected);
    let built = OwnedRequest::new(Peer::UNKNOWN, "GET", "/", at(0)).with_header("A", "SECRET");
    for shown in [format!("{kept:?}"), format!("{built:?}")] {
        assert!(
            !shown.contains("SECRET") && !shown.contains("/a"),
            "{shown}"
        );
    }
}
