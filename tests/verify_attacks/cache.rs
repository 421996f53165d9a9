//! What a gate remembers, and for whom.

use certgate::evidence::{ActorType, CacheUse, Change};
use certgate::gate::{Concluded, Gate};

use crate::ask::{at, lists, policy, with_request};
use crate::pki::Ca;

fn told(gate: &Gate, leaf: &[u8], chain: &[Vec<u8>], moment: &str) -> (&'static str, CacheUse) {
    with_request(leaf, chain, at(moment), |request| {
        gate.decide(request, |concluded: &Concluded<'_>| {
            let record = concluded.audit_record();
            let reason = record.reason.map_or("allow", |reason| reason.code());
            (reason, record.measures.cache)
        })
    })
}

fn change() -> Change {
    Change::new(at("2026-06-01").wall, ActorType::System, "test")
}

const NOW: &str = "2026-06-01";

#[test]
fn strangers_push_nobody_out() {
    let (root, stranger) = (Ca::root("Root"), Ca::root("Root"));
    let gate = Gate::new(policy(&[&root], "")).unwrap();
    let leaf = root.client("acme", 7);
    assert_eq!(told(&gate, &leaf, &[], NOW), ("allow", CacheUse::Miss));
    // As many as there are places, of one key: some would fall on this one's shard.
    let forged = stranger.client("acme", 7);
    for number in 0..9_000_u32 {
        let other = [number.to_be_bytes().to_vec()];
        let refused = told(&gate, &forged, &other, NOW);
        assert_eq!(refused.1, CacheUse::Unused);
        if number % 1_000 == 0 {
            assert_eq!(told(&gate, &leaf, &[], NOW), ("allow", CacheUse::Hit));
        }
    }
}

#[test]
fn what_was_learned_under_one_policy_is_not_known_under_another() {
    let (one, two) = (Ca::root("One"), Ca::root("Two"));
    let leaf = one.client("acme", 7);
    let gate = Gate::new(policy(&[&one], "")).unwrap();
    let hit = ("allow", CacheUse::Hit);
    let refused = ("certificate_untrusted", CacheUse::Unused);
    assert_eq!(told(&gate, &leaf, &[], NOW), ("allow", CacheUse::Miss));
    assert_eq!(told(&gate, &leaf, &[], NOW), hit);
    gate.install(policy(&[&two], ""), &change()).unwrap();
    assert_eq!(told(&gate, &leaf, &[], NOW), refused);
    gate.rollback(&change()).unwrap();
    assert_eq!(told(&gate, &leaf, &[], NOW).0, "allow");
    // And lists are those of the day, also for a policy of yesterday.
    let list = one.revokes(&[7], ((2026, 5), (2026, 7)));
    gate.replace_revocation_lists(lists(&[&list]), &change());
    assert_eq!(told(&gate, &leaf, &[], NOW).0, "certificate_revoked");
    gate.install(policy(&[&one, &two], ""), &change()).unwrap();
    assert_eq!(told(&gate, &leaf, &[], NOW).0, "certificate_revoked");
    gate.rollback(&change()).unwrap();
    assert_eq!(told(&gate, &leaf, &[], NOW).0, "certificate_revoked");
}

/// Chains that differ in where one certificate ends and another begins are not the
/// same, nor are a chain and its certificates in another order.
#[test]
fn another_chain_is_looked_at_again() {
    let root = Ca::root("Root");
    let below = root.below("Below");
    let (leaf, other) = (below.client("acme", 7), root.client("acme", 8));
    let gate = Gate::new(policy(&[&root], "")).unwrap();
    let miss = ("allow", CacheUse::Miss);
    let chains = [
        vec![below.der()],
        vec![below.der(), other.clone()],
        vec![other.clone(), below.der()],
        vec![below.der(), below.der()],
    ];
    for chain in &chains {
        assert_eq!(told(&gate, &leaf, chain, NOW), miss);
        assert_eq!(told(&gate, &leaf, chain, NOW), ("allow", CacheUse::Hit));
    }
    let refused = ("certificate_untrusted", CacheUse::Unused);
    assert_eq!(told(&gate, &leaf, &[other], NOW), refused);
    assert_eq!(told(&gate, &leaf, &[], NOW), refused);
}

/// The clock jumps there and back over every date on the way.
#[test]
fn no_jump_of_the_clock_keeps_what_does_not_hold() {
    let root = Ca::root_in("Root", ((2025, 1), (2026, 9)));
    let below = root.below_in("Below", 5, ((2025, 6), (2026, 8)));
    let leaf = below.client("acme", 7);
    let gate = Gate::new(policy(&[&root], "")).unwrap();
    let list = below.revokes(&[], ((2026, 3), (2026, 7)));
    gate.replace_revocation_lists(lists(&[&list]), &change());
    for (moment, expected) in [
        ("2026-06-01", "allow"),
        ("2026-07-01T00:00:00Z", "allow"),
        ("2026-07-01T00:00:01Z", "certificate_untrusted"),
        ("2026-06-30", "allow"),
        ("2026-02-28T23:59:59Z", "certificate_untrusted"),
        ("2026-03-01T00:00:00Z", "allow"),
        ("2026-08-15", "certificate_untrusted"),
        ("2025-03-01", "certificate_not_yet_valid"),
        ("2027-03-01", "certificate_expired"),
        ("2026-06-01", "allow"),
    ] {
        for _ in 0..2 {
            assert_eq!(
                told(&gate, &leaf, &[below.der()], moment).0,
                expected,
                "{moment}"
            );
        }
    }
}
