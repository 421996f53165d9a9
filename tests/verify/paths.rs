//! From a certificate to an authority.

use certgate::decide::decide;
use certgate::limits::MemoryLimits;
use certgate::request::{Peer, Request};
use rcgen::{ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose};

use crate::ask::{ask, ask_at, at, edge, headers, outcome, policy, why};
use crate::pki::{Ca, authority};

#[test]
fn a_certificate_of_an_authority_passes_and_a_stranger_of_its_name_does_not() {
    let (root, stranger) = (Ca::root("Example CA"), Ca::root("Example CA"));
    let policy = policy(&[&root], "");
    assert_eq!(ask(&policy, &root.client("acme", 7), &[]), "allow");
    let forged = stranger.client("acme", 7);
    for chain in [
        vec![],
        vec![stranger.der()],
        vec![root.der(), stranger.der()],
    ] {
        assert_eq!(ask(&policy, &forged, &chain), "certificate_untrusted");
    }
    assert_eq!(
        why(&policy, &forged, &[], "2026-06-01"),
        "a signature that is wrong or not supported"
    );
    let other = Ca::root("Other CA").client("acme", 7);
    assert_eq!(
        why(&policy, &other, &[], "2026-06-01"),
        "no path to an authority of the policy"
    );
}

/// That the certificate is verified here makes nobody of the one who sends it.
#[test]
fn only_one_line_of_a_trusted_proxy_counts() {
    let root = Ca::root("Example CA");
    let policy = policy(&[&root], "");
    let limits = MemoryLimits::new(policy.limits()).unwrap();
    let [one, other] = [7, 8].map(|serial| headers(&root.client("acme", serial), &[]));
    let ask_as = |peer: Peer<'static>, lines: &[&[(&'static str, String)]]| {
        let headers = lines.concat();
        let request = Request {
            peer,
            method: "GET",
            target: "/",
            headers: &headers,
            token: None,
            now: at("2026-06-01"),
        };
        outcome(&decide(&policy, &request, &limits))
    };
    let stranger = Peer::address("203.0.113.9".parse().unwrap());
    assert_eq!(ask_as(edge(), &[&one]), "allow");
    assert_eq!(ask_as(edge(), &[&one, &one]), "header_ambiguous");
    assert_eq!(ask_as(edge(), &[&one, &other]), "header_ambiguous");
    for peer in [stranger, Peer::UNIX, Peer::UNKNOWN] {
        assert_eq!(ask_as(peer, &[&one]), "certificate_missing");
    }
}

#[test]
fn a_certificate_that_signs_itself_is_nobody_s() {
    let root = Ca::root("Example CA");
    let policy = policy(&[&root], "");
    let mut params = authority("acme", ((2026, 1), (2027, 1)));
    params.is_ca = IsCa::NoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    let alone = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
    assert_eq!(ask(&policy, alone.der(), &[]), "certificate_untrusted");
    assert_eq!(
        ask(&policy, alone.der(), &[alone.der().to_vec()]),
        "certificate_untrusted"
    );
    // Nor is the authority's own certificate a client's.
    assert_eq!(ask(&policy, &root.der(), &[]), "certificate_untrusted");
}

#[test]
fn the_way_is_found_in_any_order_and_among_others() {
    let root = Ca::root("Root");
    let (upper, other) = (root.below("Upper"), Ca::root("Other"));
    let lower = upper.below("Lower");
    let leaf = lower.client("acme", 7);
    let policy = policy(&[&root], "");
    let (upper, lower) = (upper.der(), lower.der());
    for chain in [
        vec![lower.clone(), upper.clone()],
        vec![upper.clone(), lower.clone()],
        vec![
            other.der(),
            upper.clone(),
            leaf.clone(),
            lower.clone(),
            root.der(),
        ],
        vec![vec![0x30, 0x00], lower.clone(), upper.clone()],
    ] {
        assert_eq!(ask(&policy, &leaf, &chain), "allow", "{}", chain.len());
    }
    for chain in [
        vec![],
        vec![lower.clone()],
        vec![upper],
        vec![lower, other.der()],
    ] {
        assert_eq!(ask(&policy, &leaf, &chain), "certificate_untrusted");
    }
}

#[test]
fn an_intermediate_may_be_the_authority() {
    let root = Ca::root("Root");
    let (partners, staff) = (root.below("Partners"), root.below("Staff"));
    let policy = policy(&[&partners], "");
    assert_eq!(ask(&policy, &partners.client("acme", 7), &[]), "allow");
    let chain = [staff.der(), partners.der(), root.der()];
    assert_eq!(
        ask(&policy, &staff.client("acme", 7), &chain),
        "certificate_untrusted"
    );
}

#[test]
fn a_path_is_as_long_as_the_policy_says() {
    let root = Ca::root("Root");
    let upper = root.below("Upper");
    let lower = upper.below("Lower");
    let leaf = lower.client("acme", 7);
    let chain = [lower.der(), upper.der()];
    let with_depth = |depth: u8| {
        let lines = format!("[authentication.chain]\nmax_depth = {depth}");
        let policy = policy(&[&root], &lines);
        (
            ask(&policy, &upper.client("acme", 7), &chain),
            ask(&policy, &leaf, &chain),
        )
    };
    assert_eq!(
        with_depth(1),
        ("certificate_untrusted", "certificate_untrusted")
    );
    assert_eq!(with_depth(2), ("allow", "certificate_untrusted"));
    assert_eq!(with_depth(3), ("allow", "allow"));
}

#[test]
fn more_certificates_than_the_budget_are_not_looked_at() {
    let root = Ca::root("Root");
    let policy = policy(&[&root], "");
    let leaf = root.client("acme", 7);
    let others: Vec<_> = (0..10).map(|_| root.der()).collect();
    assert_eq!(ask(&policy, &leaf, &others[..9]), "allow");
    assert_eq!(ask(&policy, &leaf, &others), "header_oversized");
}

#[test]
fn the_key_is_for_tls_clients() {
    let root = Ca::root("Root");
    let policy = policy(&[&root], "");
    let for_purposes = |purposes: &[ExtendedKeyUsagePurpose]| {
        let leaf = root.issue("acme", |params| {
            params.extended_key_usages = purposes.to_vec();
        });
        ask(&policy, &leaf, &[])
    };
    use ExtendedKeyUsagePurpose::{Any, ClientAuth, ServerAuth};
    assert_eq!(for_purposes(&[]), "allow");
    assert_eq!(for_purposes(&[ServerAuth, ClientAuth]), "allow");
    assert_eq!(for_purposes(&[ServerAuth]), "certificate_untrusted");
    assert_eq!(for_purposes(&[Any]), "certificate_untrusted");
    let with_usages = |usages: &[KeyUsagePurpose]| {
        let leaf = root.issue("acme", |params| params.key_usages = usages.to_vec());
        ask(&policy, &leaf, &[])
    };
    assert_eq!(with_usages(&[]), "allow");
    assert_eq!(with_usages(&[KeyUsagePurpose::KeyAgreement]), "allow");
    assert_eq!(
        with_usages(&[KeyUsagePurpose::KeyEncipherment]),
        "certificate_untrusted"
    );
}

#[test]
fn who_may_not_sign_makes_no_authority() {
    let root = Ca::root("Root");
    let policy = policy(&[&root], "");
    let below = |change: &dyn Fn(&mut rcgen::CertificateParams)| {
        let mut params = authority("Below", ((2020, 1), (2040, 1)));
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let issuer = rcgen::CertifiedIssuer::signed_by(params, key, &root.issuer).unwrap();
        let below = Ca { issuer };
        let leaf = below.client("acme", 7);
        (
            ask(&policy, &leaf, &[below.der()]),
            why_of(&policy, &leaf, &below),
        )
    };
    let (good, _) = below(&|_| {});
    assert_eq!(good, "allow");
    let role = "signed by one who may not, or an authority's own";
    for change in [
        (|params| params.is_ca = IsCa::ExplicitNoCa) as fn(&mut rcgen::CertificateParams),
        |params| params.is_ca = IsCa::NoCa,
        |params| params.key_usages = vec![KeyUsagePurpose::CrlSign],
    ] {
        assert_eq!(below(&change), ("certificate_untrusted", role.to_owned()));
    }
}

fn why_of(policy: &certgate::policy::Policy, leaf: &[u8], below: &Ca) -> String {
    if ask(policy, leaf, &[below.der()]) == "allow" {
        return String::new();
    }
    why(policy, leaf, &[below.der()], "2026-06-01")
}

#[test]
fn everybody_on_the_way_is_valid_now() {
    let root = Ca::root_in("Root", ((2020, 1), (2026, 10)));
    let below = root.below_in("Below", 1, ((2026, 3), (2026, 9)));
    let leaf = below.client_in("acme", 7, ((2026, 1), (2027, 1)));
    let policy = policy(&[&root], "");
    let chain = [below.der()];
    for (moment, expected) in [
        ("2025-12-31T23:59:59Z", "certificate_not_yet_valid"),
        ("2026-01-01", "certificate_untrusted"),
        ("2026-02-28T23:59:59Z", "certificate_untrusted"),
        ("2026-03-01", "allow"),
        ("2026-09-01", "allow"),
        ("2026-09-01T00:00:01Z", "certificate_untrusted"),
        ("2027-01-01", "certificate_untrusted"),
        ("2027-01-01T00:00:01Z", "certificate_expired"),
    ] {
        assert_eq!(ask_at(&policy, &leaf, &chain, moment), expected, "{moment}");
    }
    let direct = root.client("acme", 7);
    assert_eq!(ask_at(&policy, &direct, &[], "2026-10-01"), "allow");
    assert_eq!(
        why(&policy, &direct, &[], "2026-10-01T00:00:01Z"),
        "an authority on the path is not valid now"
    );
}
