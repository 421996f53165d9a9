//! Revocation lists: whose they are, when they count, and what is missing.

use certgate::decide::{Tolerated, decide};
use certgate::limits::MemoryLimits;
use certgate::trust::{RevocationListError, RevocationLists};

use crate::ask::{ask, ask_at, at, lists, policy, why, with_request};
use crate::pki::{Ca, Months, pem};

const CURRENT: Months = ((2026, 5), (2026, 7));
const NOW: &str = "2026-06-01";

#[test]
fn a_number_is_revoked_for_its_issuer_alone() {
    let (one, other) = (Ca::root("One"), Ca::root("Other"));
    let list = one.revokes(&[6, 7, 300], CURRENT);
    let policy = policy(&[&one, &other], "").with_revocation_lists(lists(&[&list]));
    for (serial, expected) in [
        (7, "certificate_revoked"),
        (6, "certificate_revoked"),
        (300, "certificate_revoked"),
        (8, "allow"),
        (301, "allow"),
    ] {
        assert_eq!(ask(&policy, &one.client("acme", serial), &[]), expected);
        assert_eq!(ask(&policy, &other.client("acme", serial), &[]), "allow");
    }
}

/// As in the rotation of a key, by which an authority keeps its name.
#[test]
fn authorities_of_one_name_have_a_list_each() {
    let (old, new) = (Ca::root("Example CA"), Ca::root("Example CA"));
    let (of_old, of_new) = (old.revokes(&[7], CURRENT), new.revokes(&[8], CURRENT));
    let policy = policy(&[&old, &new], "").with_revocation_lists(lists(&[&of_old, &of_new]));
    assert_eq!(
        ask(&policy, &old.client("acme", 7), &[]),
        "certificate_revoked"
    );
    assert_eq!(ask(&policy, &old.client("acme", 8), &[]), "allow");
    assert_eq!(ask(&policy, &new.client("acme", 7), &[]), "allow");
    assert_eq!(
        ask(&policy, &new.client("acme", 8), &[]),
        "certificate_revoked"
    );
}

/// Who can write a list could else take everybody's certificates back, or give
/// them back.
#[test]
fn a_list_that_its_issuer_did_not_sign_is_no_list_and_denies() {
    let root = Ca::root("Example CA");
    let leaf = root.client("acme", 7);
    let mut torn = root.revokes(&[8], CURRENT);
    let last = torn.len() - 1;
    torn[last] ^= 1;
    let policy = policy(&[&root], "").with_revocation_lists(lists(&[&torn]));
    assert_eq!(ask(&policy, &leaf, &[]), "certificate_untrusted");
    assert_eq!(
        why(&policy, &leaf, &[], NOW),
        "a revocation list that its issuer did not sign"
    );
    // Beside one that it did, it is passed over.
    let good = root.revokes(&[8], CURRENT);
    let policy = policy.with_revocation_lists(lists(&[&torn, &good]));
    assert_eq!(ask(&policy, &leaf, &[]), "allow");
    assert_eq!(
        ask(&policy, &root.client("acme", 8), &[]),
        "certificate_revoked"
    );
}

#[test]
fn a_list_that_is_not_current_counts_as_the_policy_says() {
    let root = Ca::root("Root");
    let (good, revoked) = (root.client("acme", 8), root.client("acme", 7));
    let list = root.revokes(&[7], CURRENT);
    for (word, expected) in [
        ("deny", "certificate_untrusted"),
        ("allow", "allow"),
        ("warn", "allow"),
    ] {
        let lines = format!("[authentication.chain]\nstale_lists = '{word}'");
        let policy = policy(&[&root], &lines).with_revocation_lists(lists(&[&list]));
        for (moment, expected) in [
            ("2026-04-30T23:59:59Z", expected),
            ("2026-05-01", "allow"),
            ("2026-07-01", "allow"),
            ("2026-07-01T00:00:01Z", expected),
        ] {
            assert_eq!(
                ask_at(&policy, &good, &[], moment),
                expected,
                "{word} {moment}"
            );
            assert_eq!(
                ask_at(&policy, &revoked, &[], moment),
                "certificate_revoked"
            );
        }
        let limits = MemoryLimits::new(policy.limits()).unwrap();
        let told = |moment: &str| {
            with_request(&good, &[], at(moment), |request| {
                let decision = decide(&policy, request, &limits);
                decision.findings().tolerated().collect::<Vec<_>>()
            })
        };
        let warned: &[Tolerated] = match word {
            "warn" => &[Tolerated::StaleRevocationList],
            _ => &[],
        };
        assert_eq!(told("2026-08-01"), warned, "{word}");
        assert_eq!(told(NOW), []);
    }
    // Without a word it denies.
    let policy = policy(&[&root], "").with_revocation_lists(lists(&[&list]));
    assert_eq!(
        why(&policy, &good, &[], "2026-08-01"),
        "a revocation list that is not current"
    );
}

#[test]
fn the_latest_list_counts() {
    let root = Ca::root("Root");
    let leaf = root.client("acme", 7);
    let held = root.list(&[7], 1, ((2026, 4), (2026, 12)));
    let released = root.list(&[], 2, ((2026, 5), (2026, 12)));
    let renumbered = root.list(&[7], 300, ((2026, 5), (2026, 12)));
    for (order, expected) in [
        (vec![&*held], "certificate_revoked"),
        (vec![&*held, &*released], "allow"),
        (vec![&*released, &*held], "allow"),
        (
            vec![&*released, &*renumbered, &*held],
            "certificate_revoked",
        ),
    ] {
        let policy = policy(&[&root], "").with_revocation_lists(lists(&order));
        assert_eq!(ask(&policy, &leaf, &[]), expected, "{}", order.len());
    }
}

#[test]
fn every_issuer_on_the_way_needs_a_list_where_that_is_required() {
    let root = Ca::root("Root");
    let below = root.below_in("Below", 5, ((2020, 1), (2040, 1)));
    let leaf = below.client("acme", 7);
    let chain = [below.der()];
    let (of_root, of_below) = (root.revokes(&[], CURRENT), below.revokes(&[], CURRENT));
    let ask_with = |lines: &str, given: &[&[u8]]| {
        let policy = policy(&[&root], lines).with_revocation_lists(lists(given));
        ask(&policy, &leaf, &chain)
    };
    let required = "[authentication.chain]\nrevocation = 'required'";
    assert_eq!(ask_with("", &[]), "allow");
    assert_eq!(ask_with(required, &[]), "certificate_untrusted");
    assert_eq!(ask_with(required, &[&of_root]), "certificate_untrusted");
    assert_eq!(ask_with(required, &[&of_below]), "certificate_untrusted");
    assert_eq!(ask_with(required, &[&of_below, &of_root]), "allow");
    let policy = policy(&[&root], required);
    assert_eq!(
        why(&policy, &leaf, &chain, NOW),
        "no revocation list of an issuer on the path"
    );
}

#[test]
fn what_is_no_list_is_told_with_its_number_and_nothing_is_added() {
    let root = Ca::root("Root");
    let list = root.revokes(&[7], CURRENT);
    let text = pem("X509 CRL", &list);
    let mut lists = RevocationLists::new();
    assert_eq!(lists.add(format!("{text}{text}").as_bytes()), Ok(2));
    assert_eq!(lists.add(&list), Ok(1));
    let mut wrong = |bytes: &[u8]| {
        let error: RevocationListError = lists.add(bytes).unwrap_err();
        error.to_string()
    };
    let torn = text.replace("END", "NO");
    let cut = pem("X509 CRL", &list[..list.len() - 1]);
    for (bytes, expected) in [
        (
            b"".as_slice(),
            "there is no revocation list; PEM has it between lines of X509 CRL, DER as it is",
        ),
        (
            torn.as_bytes(),
            "block 1 at byte 0: the block has no last line -----END …-----; it was cut short: copy the whole file",
        ),
        (
            format!("{text}{}", root.pem()).as_bytes(),
            "block 2 is no X509 CRL; give lists alone",
        ),
        (
            format!("{text}{cut}").as_bytes(),
            "revocation list 2: element is cut short or missing at byte 0",
        ),
        (
            &root.der(),
            "revocation list 1: unexpected element at byte 8",
        ),
    ] {
        assert_eq!(wrong(bytes), expected);
    }
    assert_eq!(lists.iter().len(), 3);
    let list = lists.iter().next().unwrap();
    assert_eq!(list.issuer().to_string(), "CN=Root");
    assert_eq!(list.this_update().to_string(), "2026-05-01T00:00:00Z");
    assert_eq!(list.next_update().to_string(), "2026-07-01T00:00:00Z");
    assert_eq!(
        list.number().map(|number| number.to_string()).as_deref(),
        Some("01")
    );
    assert_eq!(list.len(), 1);
    assert_eq!(format!("{lists:?}").matches("RevocationList {").count(), 3);
}
