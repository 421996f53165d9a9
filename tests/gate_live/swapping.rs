//! Threads decide while another changes the policy.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::ScopedJoinHandle;

use certgate::decide::{Decision, Reason, Verdict};
use certgate::gate::{Concluded, Gate, PolicyInForce};
use certgate::limits::Allowances;
use certgate::response::Rejection;

use crate::world::{Ask, ONE, change, gate, one, two};

/// Everything that can be seen of an allowed request.
#[derive(Debug, PartialEq)]
struct Allowed {
    client: String,
    granted_client: String,
    profile: String,
    granted_profile: String,
    principal: String,
    rule: String,
    collection: String,
    limit: u64,
    strips: [bool; 2],
    headers: Vec<(String, String)>,
}

/// Everything that can be seen of one whose method is not allowed.
#[derive(Debug, PartialEq)]
struct Denied {
    client: String,
    rule: String,
    collection: String,
    methods: Vec<String>,
    realm: String,
}

fn allowed(concluded: &Concluded<'_>) -> Allowed {
    let Decision::Allow(allow) = concluded.decision else {
        panic!("{:?}", concluded.decision.reason());
    };
    let record = concluded.audit_record();
    let granted = concluded.granted(allow);
    let identity = granted.identity().unwrap();
    let policy = granted.in_force().policy();
    assert_eq!(granted.in_force().version(), record.policy_version);
    assert_eq!(concluded.in_force().version(), record.policy_version);
    let left = concluded.decision.allowances().map(Allowances::as_slice);
    Allowed {
        client: record.client_id.unwrap(),
        granted_client: identity.client().unwrap().to_owned(),
        profile: record.profile_id.unwrap(),
        granted_profile: identity.profile().unwrap().to_owned(),
        principal: record.principal.unwrap(),
        rule: record.identity_rule.unwrap(),
        collection: record.collection.unwrap(),
        limit: left.unwrap()[0].allowed,
        strips: [b"X-Client-One", b"X-Client-Two"].map(|name| policy.strips(name)),
        headers: granted
            .identity_headers()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
    }
}

/// What must be seen under an odd version, which is the first policy's, and
/// under an even one.
fn right(version: u64) -> Allowed {
    let texts = match version % 2 {
        1 => ["pisp-partner-acme", "pisp-prod", "one"],
        _ => ["two-pisp-partner-acme", "two-pisp-prod", "two"],
    };
    let [client, profile, name] = texts.map(str::to_owned);
    let is_one = name == "one";
    Allowed {
        granted_client: client.clone(),
        granted_profile: profile.clone(),
        principal: format!("{name}:pisp-partner-acme"),
        rule: format!("rule-{name}"),
        collection: format!("collection-{name}"),
        limit: if is_one { 1_000_001 } else { 2_000_002 },
        strips: [is_one, !is_one],
        headers: match is_one {
            true => Vec::new(),
            false => vec![
                ("x-client-two".to_owned(), client.clone()),
                ("x-profile-id".to_owned(), profile.clone()),
            ],
        },
        client,
        profile,
    }
}

fn denied(concluded: &Concluded<'_>) -> Denied {
    let Decision::Deny(deny) = concluded.decision else {
        panic!("it has a method that neither policy allows");
    };
    assert_eq!(deny.reason(), Reason::MethodNotAllowed);
    let record = concluded.audit_record();
    let rejection = Rejection::new(deny, concluded.request_id);
    let (_, allow) = rejection
        .headers()
        .find(|(name, _)| *name == "allow")
        .unwrap();
    Denied {
        client: record.client_id.unwrap(),
        rule: record.identity_rule.unwrap(),
        collection: record.collection.unwrap(),
        methods: allow.split(", ").map(str::to_owned).collect(),
        realm: deny.findings().policy().realm().to_owned(),
    }
}

fn right_denial(version: u64) -> Denied {
    let ([client, name], methods) = match version % 2 {
        1 => (["pisp-partner-acme", "one"], ["GET", "HEAD"]),
        _ => (["two-pisp-partner-acme", "two"], ["GET", "POST"]),
    };
    Denied {
        client: client.to_owned(),
        rule: format!("rule-{name}"),
        collection: format!("collection-{name}"),
        methods: methods.map(str::to_owned).to_vec(),
        realm: name.to_owned(),
    }
}

/// Decides `times` requests and holds each to one policy; tells how many saw
/// another version than the one before them.
fn decide(gate: &Gate, times: usize) -> usize {
    let allowed_ask = Ask::acme();
    let denied_ask = Ask {
        method: "DELETE",
        ..Ask::acme()
    };
    let (mut latest, mut turns) = (0, 0);
    for n in 0..times {
        let version = if n % 4 == 3 {
            gate.decide(&denied_ask.request(), |concluded| {
                let version = concluded.audit_record().policy_version;
                assert_eq!(denied(concluded), right_denial(version));
                version
            })
        } else {
            gate.decide(&allowed_ask.request(), |concluded| {
                let version = concluded.audit_record().policy_version;
                assert_eq!(allowed(concluded), right(version));
                version
            })
        };
        assert!(version >= latest, "version {version} after {latest}");
        turns += usize::from(version != latest);
        latest = version;
    }
    turns
}

#[test]
fn no_decision_mixes_two_policies() {
    const THREADS: usize = 4;
    const DECISIONS: usize = 2_000;
    const CHANGES: u64 = 300;
    let gate = gate(ONE);
    let done = AtomicBool::new(false);
    let turns = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                // A fixed number, and on until the last change was made.
                turns.fetch_add(decide(&gate, DECISIONS), Ordering::Relaxed);
                while !done.load(Ordering::Acquire) {
                    turns.fetch_add(decide(&gate, 16), Ordering::Relaxed);
                }
            });
        }
        for n in 2..=CHANGES + 1 {
            let policy = if n % 2 == 0 { two() } else { one() };
            let installed = gate.install(policy, &change(0)).unwrap();
            assert_eq!(installed.in_force.version(), n);
        }
        done.store(true, Ordering::Release);
    });
    // So that the test sees what it is meant for.
    assert!(
        turns.into_inner() > 2 * THREADS,
        "nothing changed meanwhile"
    );
    assert_eq!(gate.current().version(), CHANGES + 1);
    assert_eq!(decide(&gate, 8), 1);
    assert_eq!(gate.free_retired(), 0);
}

/// What a shadow would decide of acme's request to read: the client of the first
/// policy or of the second, or that no shadow runs.
fn shadow_of(concluded: &Concluded<'_>) -> Option<Shadow> {
    let forecast = concluded.shadow?;
    assert_eq!(forecast.verdict, Verdict::Allow);
    let ids = [&forecast.client, &forecast.profile].map(|id| id.as_deref().unwrap());
    Some(match ids {
        ["pisp-partner-acme", "pisp-prod"] => Shadow::One,
        ["two-pisp-partner-acme", "two-pisp-prod"] => Shadow::Two,
        mixed => panic!("{mixed:?}"),
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shadow {
    One,
    Two,
}

/// Each of these leaves the first policy under an odd number and the second under
/// an even one.
fn swap(gate: &Gate, n: u64) {
    let change = change(0);
    let is_odd = gate.current().version() % 2 == 1;
    match n % 6 {
        0 if is_odd => drop(gate.install(two(), &change).unwrap()),
        0 => drop(gate.install(one(), &change).unwrap()),
        // The one before is the other one.
        1 | 4 => drop(gate.rollback(&change).unwrap()),
        2 => drop(gate.set_shadow(two(), &change).unwrap()),
        3 => drop(gate.set_shadow(one(), &change).unwrap()),
        _ => drop(gate.clear_shadow(&change)),
    }
}

/// Installs, rollbacks and shadows, while four threads decide.
#[test]
fn no_decision_mixes_two_policies_whatever_is_swapped() {
    const DECISIONS: usize = 1_000;
    const SWAPS: u64 = 240;
    let gate = gate(ONE);
    let done = AtomicBool::new(false);
    let decided = AtomicUsize::new(0);
    let seen = std::thread::scope(|scope| {
        let readers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let (ask, mut seen, mut latest) = (Ask::acme(), [0_usize; 5], 0);
                    let mut n = 0;
                    while n < DECISIONS || !done.load(Ordering::Acquire) {
                        n += 1;
                        let (version, shadow) = gate.decide(&ask.request(), |concluded| {
                            let version = concluded.audit_record().policy_version;
                            assert_eq!(allowed(concluded), right(version));
                            (version, shadow_of(concluded))
                        });
                        assert!(version >= latest, "version {version} after {latest}");
                        latest = version;
                        decided.fetch_add(1, Ordering::Relaxed);
                        seen[usize::from(version % 2 == 0)] += 1;
                        seen[2 + shadow
                            .map_or(0, |shadow| 1 + usize::from(shadow == Shadow::Two))] += 1;
                    }
                    seen
                })
            })
            .collect();
        for n in 0..SWAPS {
            swap(&gate, n);
            // Of so many decisions of four threads one began after the swap.
            let enough = decided.load(Ordering::Relaxed) + 8;
            while decided.load(Ordering::Relaxed) < enough
                && !readers.iter().any(ScopedJoinHandle::is_finished)
            {
                std::thread::yield_now();
            }
        }
        done.store(true, Ordering::Release);
        let mut sum = [0; 5];
        for reader in readers {
            for (sum, seen) in sum.iter_mut().zip(reader.join().unwrap()) {
                *sum += seen;
            }
        }
        sum
    });
    // So that the test sees what it is meant for: both policies, both shadows and
    // none.
    assert!(seen.iter().all(|&times| times > 0), "{seen:?}");
    assert_eq!(gate.current().version(), 1 + SWAPS / 2);
    assert_eq!(gate.free_retired(), 0);
}

#[test]
fn changes_at_the_same_time_get_numbers_of_their_own() {
    const THREADS: u64 = 4;
    const EACH: u64 = 50;
    let gate = gate(ONE).with_history(1_000);
    let mut versions: Vec<(u64, u64)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                let gate = &gate;
                scope.spawn(move || {
                    let change = change(0);
                    let make = |n| match (thread + n) % 3 {
                        0 => gate.rollback(&change),
                        1 => gate.install(one(), &change),
                        _ => gate.install(two(), &change),
                    };
                    (0..EACH)
                        // The first of all may be a rollback to nothing.
                        .filter_map(|n| make(n).ok())
                        .map(|made| (made.record.previous_version, made.record.version))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    versions.sort_unstable();
    let last = gate.current().version();
    assert!(last >= THREADS * (EACH - 1), "{last}");
    let expected: Vec<_> = (1..last).map(|version| (version, version + 1)).collect();
    assert_eq!(versions, expected);
    let kept: Vec<u64> = gate.earlier().iter().map(PolicyInForce::version).collect();
    assert_eq!(kept, (1..last).collect::<Vec<u64>>());
}

#[test]
fn a_change_in_the_midst_of_a_decision_leaves_it_as_it_is() {
    let gate = gate(ONE);
    gate.decide(&Ask::acme().request(), |concluded| {
        gate.install(two(), &change(0)).unwrap();
        assert_eq!(gate.current().version(), 2);
        assert_eq!(concluded.audit_record().policy_version, 1);
        assert_eq!(allowed(concluded), right(1));
        // And one within the other is the new policy's.
        gate.decide(&Ask::acme().request(), |inner| {
            assert_eq!(allowed(inner), right(2));
        });
        assert_eq!(allowed(concluded), right(1));
    });
}
