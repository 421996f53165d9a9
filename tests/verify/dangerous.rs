//! What is let pass where the policy says so, and nothing besides.

use certgate::decide::{Tolerated, decide};
use certgate::limits::MemoryLimits;
use certgate::policy::{Hazard, Policy};

use crate::ask::{ask_at, at, lists, policy, with_request};
use crate::pki::{Ca, Months};

const IN_2026: Months = ((2026, 1), (2027, 1));
const AFTER: &str = "2027-03-01";

fn tolerated(policy: &Policy, leaf: &[u8], moment: &str) -> Vec<Tolerated> {
    let limits = MemoryLimits::new(policy.limits()).unwrap();
    with_request(leaf, &[], at(moment), |request| {
        decide(policy, request, &limits)
            .findings()
            .tolerated()
            .collect()
    })
}

#[test]
fn an_expired_certificate_passes_if_that_is_all() {
    let (root, stranger) = (Ca::root("Root"), Ca::root("Root"));
    let strict = policy(&[&root], "");
    let lax = policy(&[&root], "dangerous_allow_expired = true");
    let leaf = root.client_in("acme", 7, IN_2026);
    assert_eq!(ask_at(&strict, &leaf, &[], AFTER), "certificate_expired");
    assert_eq!(ask_at(&lax, &leaf, &[], AFTER), "allow");
    assert_eq!(tolerated(&lax, &leaf, AFTER), [Tolerated::Expired]);
    assert_eq!(tolerated(&lax, &leaf, "2026-06-01"), []);
    assert_eq!(tolerated(&strict, &leaf, AFTER), []);

    let forged = stranger.client_in("acme", 7, IN_2026);
    assert_eq!(ask_at(&lax, &forged, &[], AFTER), "certificate_expired");
    // It is not the same as one that is not yet valid,
    assert_eq!(
        ask_at(&lax, &leaf, &[], "2025-12-31"),
        "certificate_not_yet_valid"
    );
    // that is revoked,
    let list = root.revokes(&[7], ((2027, 1), (2027, 6)));
    let lax = lax.with_revocation_lists(lists(&[&list]));
    assert_eq!(ask_at(&lax, &leaf, &[], AFTER), "certificate_expired");
    // or whose authority is not valid any more.
    let short = Ca::root_in("Short", ((2020, 1), (2027, 2)));
    let lax = policy(&[&short], "dangerous_allow_expired = true");
    let leaf = short.client_in("acme", 7, IN_2026);
    assert_eq!(ask_at(&lax, &leaf, &[], "2027-02-01"), "allow");
    assert_eq!(ask_at(&lax, &leaf, &[], AFTER), "certificate_expired");
}

#[test]
fn a_revoked_certificate_passes_if_that_is_all() {
    let root = Ca::root("Root");
    let leaf = root.client_in("acme", 7, IN_2026);
    let list = root.revokes(&[7], ((2026, 5), (2026, 7)));
    let with = |lines: &str| policy(&[&root], lines).with_revocation_lists(lists(&[&list]));
    let (strict, lax) = (with(""), with("dangerous_allow_revoked = true"));
    assert_eq!(
        ask_at(&strict, &leaf, &[], "2026-06-01"),
        "certificate_revoked"
    );
    assert_eq!(ask_at(&lax, &leaf, &[], "2026-06-01"), "allow");
    assert_eq!(tolerated(&lax, &leaf, "2026-06-01"), [Tolerated::Revoked]);
    // By a list that is not current it is not all,
    assert_eq!(
        ask_at(&lax, &leaf, &[], "2026-08-01"),
        "certificate_revoked"
    );
    // nor where the policy itself revokes it,
    let both = "dangerous_allow_revoked = true\n[authentication.revoked]\nserials = [{ issuer = \
                'CN=Root', serial = '07' }]";
    assert_eq!(
        ask_at(&with(both), &leaf, &[], "2026-06-01"),
        "certificate_revoked"
    );
    // or where it has expired as well.
    let list = root.revokes(&[7], ((2027, 1), (2027, 6)));
    let both = policy(
        &[&root],
        "dangerous_allow_revoked = true\ndangerous_allow_expired = true",
    );
    let both = both.with_revocation_lists(lists(&[&list]));
    assert_eq!(ask_at(&both, &leaf, &[], AFTER), "certificate_expired");
}

#[test]
fn an_authority_that_is_revoked_is_never_let_pass() {
    let root = Ca::root("Root");
    let below = root.below_in("Below", 5, ((2020, 1), (2040, 1)));
    let leaf = below.client("acme", 7);
    let list = root.revokes(&[5], ((2026, 5), (2026, 7)));
    let lax = policy(&[&root], "dangerous_allow_revoked = true");
    assert_eq!(ask_at(&lax, &leaf, &[below.der()], "2026-06-01"), "allow");
    let lax = lax.with_revocation_lists(lists(&[&list]));
    assert_eq!(
        ask_at(&lax, &leaf, &[below.der()], "2026-06-01"),
        "certificate_untrusted"
    );
}

#[test]
fn each_is_a_hazard() {
    let root = Ca::root("Root");
    let hazards = |lines: &str| {
        let hazards = policy(&[&root], lines).hazards();
        hazards.iter().map(Hazard::code).collect::<Vec<_>>()
    };
    assert_eq!(hazards(""), ["possession_unseen"]);
    assert_eq!(
        hazards("dangerous_allow_expired = true\ndangerous_allow_revoked = true"),
        ["possession_unseen", "allows_expired", "allows_revoked"]
    );
    assert_eq!(
        hazards("dangerous_allow_expired = false\ndangerous_allow_revoked = false"),
        ["possession_unseen"]
    );
}
