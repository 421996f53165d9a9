//! What a gate remembers of certificates that it verified, and when it forgets.

use certgate::decide::{Expected, Reason, Trial, VerificationStatus};
use certgate::evidence::{ActorType, AuditRecord, CacheUse, Change};
use certgate::gate::{Concluded, Gate};
use certgate::request::{OwnedRequest, Peer, PeerCertificate, Request};

use crate::ask::{at, edge, headers, lists, policy, with_request};
use crate::pki::{Ca, Months};

const NOW: &str = "2026-06-01";

const NO_HEADERS: [(&str, &str); 0] = [];

fn change() -> Change {
    Change::new(at(NOW).wall, ActorType::System, "test")
}

fn record(gate: &Gate, leaf: &[u8], chain: &[Vec<u8>], moment: &str) -> AuditRecord {
    with_request(leaf, chain, at(moment), |request| of(gate, request))
}

fn of(gate: &Gate, request: &Request<'_>) -> AuditRecord {
    gate.decide(request, |concluded: &Concluded<'_>| {
        concluded.audit_record()
    })
}

fn told(record: &AuditRecord) -> (&'static str, CacheUse) {
    let reason = record.reason.map_or("allow", |reason| reason.code());
    (reason, record.measures.cache)
}

#[test]
fn what_was_verified_is_not_verified_twice_and_the_record_tells_by_whom() {
    let (root, stranger) = (Ca::root("Root"), Ca::root("Root"));
    let below = root.below("Below");
    let gate = Gate::new(policy(&[&Ca::root("Other"), &root], "")).unwrap();
    let (leaf, chain) = (below.client("acme", 7), [below.der()]);
    let first = record(&gate, &leaf, &chain, NOW);
    assert_eq!(told(&first), ("allow", CacheUse::Miss));
    assert_eq!(first.authority.as_deref(), Some("two"));
    assert_eq!(first.verification, VerificationStatus::Verified);
    let again = record(&gate, &leaf, &chain, NOW);
    assert_eq!(told(&again), ("allow", CacheUse::Hit));
    assert_eq!(again.authority.as_deref(), Some("two"));

    // What nobody verified is not remembered, whoever sends it again.
    let forged = stranger.client("acme", 7);
    for _ in 0..2 {
        let refused = record(&gate, &forged, &[], NOW);
        assert_eq!(told(&refused), ("certificate_untrusted", CacheUse::Unused));
        assert_eq!(refused.verification, VerificationStatus::Failed);
        assert_eq!((refused.authority, refused.client_id), (None, None));
    }
}

/// The way is a part of what is remembered.
#[test]
fn a_certificate_without_its_way_is_another() {
    let root = Ca::root("Root");
    let below = root.below("Below");
    let gate = Gate::new(policy(&[&root], "")).unwrap();
    let (leaf, chain) = (below.client("acme", 7), [below.der()]);
    for _ in 0..2 {
        assert_eq!(record(&gate, &leaf, &chain, NOW).reason, None);
        let alone = record(&gate, &leaf, &[], NOW);
        assert_eq!(told(&alone), ("certificate_untrusted", CacheUse::Unused));
    }
}

#[test]
fn nothing_outlives_an_authority_on_the_way() {
    let root = Ca::root("Root");
    let below = root.below_in("Below", 1, ((2026, 3), (2026, 9)));
    let gate = Gate::new(policy(&[&root], "")).unwrap();
    let (leaf, chain) = (below.client("acme", 7), [below.der()]);
    for (moment, expected) in [
        ("2026-08-31", ("allow", CacheUse::Miss)),
        ("2026-09-01", ("allow", CacheUse::Hit)),
        (
            "2026-09-01T00:00:01Z",
            ("certificate_untrusted", CacheUse::Unused),
        ),
        // A clock that goes back.
        ("2026-03-01", ("allow", CacheUse::Hit)),
        ("2026-02-28", ("certificate_untrusted", CacheUse::Unused)),
    ] {
        let record = record(&gate, &leaf, &chain, moment);
        assert_eq!(told(&record), expected, "{moment}");
    }
}

#[test]
fn nothing_outlives_a_list_or_its_next_update() {
    const MAY_TO_JULY: Months = ((2026, 5), (2026, 7));
    let root = Ca::root("Root");
    let leaf = root.client("acme", 7);
    let policy = policy(&[&root], "");
    let empty = root.list(&[], 1, MAY_TO_JULY);
    let gate = Gate::new(policy.with_revocation_lists(lists(&[&empty]))).unwrap();
    let told_at = |moment: &str| told(&record(&gate, &leaf, &[], moment));
    assert_eq!(told_at(NOW), ("allow", CacheUse::Miss));
    assert_eq!(told_at("2026-07-01"), ("allow", CacheUse::Hit));
    assert_eq!(
        told_at("2026-07-01T00:00:01Z"),
        ("certificate_untrusted", CacheUse::Unused)
    );
    assert_eq!(told_at(NOW), ("allow", CacheUse::Hit));

    let revoking = root.list(&[7], 2, ((2026, 6), (2026, 7)));
    let record = gate.replace_revocation_lists(lists(&[&revoking]), &change());
    assert_eq!(record.version, 1);
    assert_eq!(record.previous_version, 1);
    assert_eq!(told_at(NOW), ("certificate_revoked", CacheUse::Unused));
}

/// Lists are of the day, and a policy that comes or goes does not take them along.
#[test]
fn lists_stay_when_the_policy_changes() {
    let root = Ca::root("Root");
    let (revoked, good) = (root.client("acme", 7), root.client("acme", 8));
    let list = root.revokes(&[7], ((2026, 5), (2026, 7)));
    let gate = Gate::new(policy(&[&root], "")).unwrap();
    let both = || {
        let of = |leaf: &[u8]| told(&record(&gate, leaf, &[], NOW)).0;
        (of(&revoked), of(&good))
    };
    assert_eq!(both(), ("allow", "allow"));
    gate.replace_revocation_lists(lists(&[&list]), &change());
    assert_eq!(both(), ("certificate_revoked", "allow"));
    gate.install(policy(&[&root], "realm = 'b'"), &change())
        .unwrap();
    assert_eq!(both(), ("certificate_revoked", "allow"));
    gate.rollback(&change()).unwrap();
    assert_eq!(both(), ("certificate_revoked", "allow"));
    assert_eq!(gate.revocation_lists().iter().len(), 1);

    // A policy that brings lists of its own replaces them.
    let other = root.revokes(&[8], ((2026, 5), (2026, 7)));
    let bringing = policy(&[&root], "").with_revocation_lists(lists(&[&other]));
    gate.install(bringing, &change()).unwrap();
    assert_eq!(both(), ("allow", "certificate_revoked"));
    gate.rollback(&change()).unwrap();
    assert_eq!(both(), ("allow", "certificate_revoked"));
}

/// A trial meets what a request would.
#[test]
fn a_trial_asks_the_lists_of_the_day() {
    let root = Ca::root("Root");
    let list = root.revokes(&[7], ((2026, 5), (2026, 7)));
    let gate = Gate::new(policy(&[&root], "")).unwrap();
    let now = at(NOW);
    let request = headers(&root.client("acme", 7), &[]).into_iter().fold(
        OwnedRequest::new(edge(), "GET", "/", now),
        |request, (name, value)| request.with_header(name, value),
    );
    let trial = Trial {
        name: "revoked".to_owned(),
        request,
        expect: Expected::Deny(Reason::CertificateRevoked),
    };
    let install = || {
        gate.install_if(
            policy(&[&root], ""),
            std::slice::from_ref(&trial),
            &change(),
        )
    };
    assert!(install().is_err());
    gate.replace_revocation_lists(lists(&[&list]), &change());
    assert!(install().is_ok());
}

/// A shadow asks the same lists.
#[test]
fn a_shadow_asks_the_lists_of_the_day() {
    let root = Ca::root("Root");
    let leaf = root.client("acme", 7);
    let gate = Gate::new(policy(&[&root], "dangerous_allow_revoked = true")).unwrap();
    gate.set_shadow(policy(&[&root], ""), &change()).unwrap();
    let shadow = || {
        record(&gate, &leaf, &[], NOW)
            .shadow_reason
            .map(Reason::code)
    };
    assert_eq!(shadow(), None);
    let list = root.revokes(&[7], ((2026, 5), (2026, 7)));
    gate.replace_revocation_lists(lists(&[&list]), &change());
    assert_eq!(shadow(), Some("certificate_revoked"));
    assert_eq!(record(&gate, &leaf, &[], NOW).reason, None);
}

/// It asks those too that a policy brings: the one in force, or its own, as it would
/// in force.
#[test]
fn a_shadow_asks_the_lists_that_a_policy_brings() {
    let root = Ca::root("Root");
    let leaf = root.client("acme", 7);
    let list = root.revokes(&[7], ((2026, 5), (2026, 7)));
    let plain = || policy(&[&root], "");
    let bringing = || plain().with_revocation_lists(lists(&[&list]));
    let both = |gate: &Gate| {
        let record = record(gate, &leaf, &[], NOW);
        (
            record.reason.map(Reason::code),
            record.shadow_reason.map(Reason::code),
        )
    };
    const REVOKED: Option<&str> = Some("certificate_revoked");

    let gate = Gate::new(plain()).unwrap();
    gate.set_shadow(bringing(), &change()).unwrap();
    assert_eq!(both(&gate), (None, REVOKED));

    let gate = Gate::new(plain()).unwrap();
    gate.set_shadow(plain(), &change()).unwrap();
    assert_eq!(both(&gate), (None, None));
    gate.install(bringing(), &change()).unwrap();
    assert_eq!(both(&gate), (REVOKED, REVOKED));
    gate.rollback(&change()).unwrap();
    assert_eq!(both(&gate), (REVOKED, REVOKED));
}

/// Over direct TLS it does not matter whether whoever accepted the connection
/// verified the certificate.
#[test]
fn a_connection_s_certificate_is_verified_with_what_came_along() {
    let (root, stranger) = (Ca::root("Root"), Ca::root("Root"));
    let below = root.below("Below");
    let gate = Gate::new(direct(&root)).unwrap();
    let ask = |certificate: PeerCertificate<'_>| {
        let peer = Peer::address("203.0.113.9".parse().unwrap()).with_certificate(certificate);
        told(&of(
            &gate,
            &Request {
                peer,
                method: "GET",
                target: "/",
                headers: &NO_HEADERS,
                token: None,
                now: at(NOW),
            },
        ))
    };
    let (leaf, chain) = (below.client("acme", 7), vec![below.der()]);
    let unverified = PeerCertificate::unverified(&leaf);
    assert_eq!(ask(unverified), ("certificate_untrusted", CacheUse::Unused));
    assert_eq!(
        ask(unverified.with_chain(&chain)),
        ("allow", CacheUse::Miss)
    );
    assert_eq!(ask(unverified.with_chain(&chain)), ("allow", CacheUse::Hit));
    assert_eq!(ask(unverified), ("certificate_untrusted", CacheUse::Unused));
    let forged = stranger.client("acme", 7);
    let refused = ("certificate_untrusted", CacheUse::Unused);
    assert_eq!(ask(PeerCertificate::verified(&forged)), refused);
}

fn direct(root: &Ca) -> certgate::policy::Policy {
    let text = format!(
        "version = 1\n[edge]\npreset = 'direct'\nverification = 'in-process'\n\
         [authentication]\nmode = 'mtls'\n\
         [[authorities]]\nname = 'one'\ncertificate = '''\n{}'''\n\
         [[identity]]\nclient = '{{subject.cn}}'\n\
         [[collections]]\nname = 'all'\npaths = ['/']\n\
         [[clients]]\nid = 'acme'\ncollections = ['all']\n",
        root.pem()
    );
    let loaded = certgate::policy::Policy::from_toml_str(&text, "policy.toml").unwrap();
    assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
    loaded.policy
}
