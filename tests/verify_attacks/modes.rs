//! Where a certificate is not all: tokens, and observing.

use certgate::certificate::{CertInfo, Thumbprint};
use certgate::decide::{Decision, Grant, Reason, decide};
use certgate::evidence::AuditRecord;
use certgate::limits::MemoryLimits;
use certgate::policy::Policy;
use certgate::request::{Confirmation, Request, VerifiedToken};
use certgate::trust::PathFault;

use crate::ask::{at, edge, headers, outcome, with_request};
use crate::pki::Ca;

fn policy(root: &Ca, authentication: &str) -> Policy {
    let text = format!(
        "version = 1\n[edge]\npreset = 'rfc9440'\nverification = 'in-process'\n\
         trusted_proxies = ['10.0.0.7']\n[authentication]\n{authentication}\n\
         [[authorities]]\nname = 'one'\ncertificate = '''\n{}'''\n\
         [[identity]]\nclient = '{{subject.cn}}'\n\
         [[collections]]\nname = 'all'\npaths = ['/']\n\
         [[clients]]\nid = 'acme'\ncollections = ['all']\n",
        root.pem()
    );
    Policy::from_toml_str(&text, "policy.toml").unwrap().policy
}

/// What is decided, and for whom; why a certificate was left out; and what was noted.
type Told = (&'static str, Option<String>, Option<Reason>, Vec<Reason>);

fn decided(policy: &Policy, leaf: &[u8], chain: &[Vec<u8>], token: Option<&VerifiedToken>) -> Told {
    let limits = MemoryLimits::new(policy.limits()).unwrap();
    let headers = headers(leaf, chain);
    let request = Request {
        peer: edge(),
        method: "GET",
        target: "/",
        headers: &headers,
        token,
        now: at("2026-06-01"),
    };
    let decision = decide(policy, &request, &limits);
    let findings = decision.findings();
    let proven = match &decision {
        Decision::Allow(allow) => match allow.grant() {
            Grant::Proven(identity) => identity.client().map(str::to_owned),
            _ => None,
        },
        Decision::Deny(_) => None,
    };
    let noted = findings.observed().iter().map(|denial| denial.reason);
    (
        outcome(&decision),
        proven,
        findings.dropped_certificate(),
        noted.collect(),
    )
}

fn bound(client: &str, leaf: &[u8]) -> VerifiedToken {
    let thumbprint = Thumbprint::of(leaf).x5t_s256();
    VerifiedToken::assert_verified(Some(client), Confirmation::x5t_s256(&thumbprint))
}

fn plain(client: &str) -> VerifiedToken {
    VerifiedToken::assert_verified(Some(client), Confirmation::default())
}

const UNTRUSTED: &str = "certificate_untrusted";

#[test]
fn where_a_certificate_is_metadata_an_untrusted_one_is_left_out() {
    let (root, stranger) = (Ca::root("Root"), Ca::root("Root"));
    let policy = policy(&root, "mode = 'bearer'");
    let (leaf, forged) = (root.client("acme", 7), stranger.client("acme", 7));
    let acme = || Some("acme".to_owned());
    let dropped = Some(Reason::CertificateUntrusted);
    let told = |leaf: &[u8], token: &VerifiedToken| decided(&policy, leaf, &[], Some(token));
    assert_eq!(told(&leaf, &plain("acme")), ("allow", acme(), None, vec![]));
    assert_eq!(
        told(&forged, &plain("acme")),
        ("allow", acme(), dropped, vec![])
    );
    // It names nobody, and no token is bound to it.
    let nameless = VerifiedToken::assert_verified(None, Confirmation::default());
    assert_eq!(told(&forged, &nameless).0, "identity_unmapped");
    assert_eq!(told(&forged, &bound("acme", &forged)).0, UNTRUSTED);
    assert_eq!(
        told(&leaf, &bound("acme", &leaf)),
        ("allow", acme(), None, vec![])
    );
    assert_eq!(
        told(&leaf, &bound("acme", &forged)).0,
        "sender_binding_mismatch"
    );
}

#[test]
fn where_a_certificate_is_asked_for_an_untrusted_one_denies() {
    let (root, stranger) = (Ca::root("Root"), Ca::root("Root"));
    let (leaf, forged) = (root.client("acme", 7), stranger.client("acme", 7));
    for mode in ["bearer_plus_mtls_required", "bearer_plus_mtls_optional"] {
        let policy = policy(
            &root,
            &format!("mode = '{mode}'\nbinding_required_paths = ['/x']"),
        );
        let own = bound("acme", &leaf);
        assert_eq!(
            decided(&policy, &leaf, &[], Some(&own)).0,
            "allow",
            "{mode}"
        );
        for token in [bound("acme", &forged), plain("acme"), own] {
            assert_eq!(
                decided(&policy, &forged, &[], Some(&token)).0,
                UNTRUSTED,
                "{mode}"
            );
        }
    }
}

#[test]
fn an_observed_stranger_is_nobody() {
    let (root, stranger) = (Ca::root("Root"), Ca::root("Root"));
    let (leaf, forged) = (root.client("acme", 7), stranger.client("acme", 7));
    let noted = vec![Reason::CertificateUntrusted];
    let mtls = policy(&root, "mode = 'mtls'\nobserve = ['certificates']");
    let acme = Some("acme".to_owned());
    assert_eq!(
        decided(&mtls, &leaf, &[], None),
        ("allow", acme, None, vec![])
    );
    for _ in 0..2 {
        assert_eq!(
            decided(&mtls, &forged, &[], None),
            ("allow", None, None, noted.clone())
        );
    }
    let both = policy(
        &root,
        "mode = 'bearer_plus_mtls_required'\nobserve = ['certificates']",
    );
    let token = bound("acme", &forged);
    let told = decided(&both, &forged, &[], Some(&token));
    assert_eq!((told.0, told.3), ("sender_binding_mismatch", noted));
}

/// Numbers of revoked certificates are public, and anybody can write a certificate
/// that has one: that its number is listed does not make it that client's.
#[test]
fn a_forgery_of_a_revoked_certificate_is_told_of_nobody() {
    let (root, stranger) = (Ca::root("Root"), Ca::root("Root"));
    let policy = policy(
        &root,
        "mode = 'mtls'\n[authentication.revoked]\n\
         serials = [{ issuer = 'CN=Root', serial = '07' }]",
    );
    let limits = MemoryLimits::new(policy.limits()).unwrap();
    let told = |leaf: &[u8]| {
        with_request(leaf, &[], at("2026-06-01"), |request| {
            let record = AuditRecord::new(&decide(&policy, request, &limits), "r", 1);
            let fault = record.path_fault.map(PathFault::code);
            (record.reason.unwrap().code(), record.client_id, fault)
        })
    };
    let acme = Some("acme".to_owned());
    assert_eq!(
        told(&root.client("acme", 7)),
        ("certificate_revoked", acme, None)
    );
    assert_eq!(
        told(&stranger.client("acme", 7)),
        ("certificate_revoked", None, Some("signature"))
    );
}

/// What a client lists says whose a certificate is, and not that it is one: it is
/// verified all the same.
#[test]
fn a_listed_certificate_is_verified_too() {
    let (root, stranger) = (Ca::root("Root"), Ca::root("Root"));
    let (leaf, forged) = (root.client("acme", 7), stranger.client("acme", 7));
    let listing = |lists: &str| {
        let text = format!(
            "version = 1\n[edge]\npreset = 'rfc9440'\nverification = 'in-process'\n\
             trusted_proxies = ['10.0.0.7']\n[authentication]\nmode = 'mtls'\n\
             [[authorities]]\nname = 'one'\ncertificate = '''\n{}'''\n\
             [[collections]]\nname = 'all'\npaths = ['/']\n\
             [[clients]]\nid = 'acme'\ncollections = ['all']\n{lists}\n",
            root.pem()
        );
        Policy::from_toml_str(&text, "policy.toml").unwrap().policy
    };
    let digest = |der: &[u8]| Thumbprint::of(der).hex();
    let both = [&leaf, &forged].map(|der| digest(der));
    let by_thumbprint = listing(&format!("certificates = {both:?}"));
    let keys = [&leaf, &forged].map(|der| {
        let read = CertInfo::from_der(der.clone()).unwrap();
        digest(read.public_key_info())
    });
    let by_key = listing(&format!("public_keys = {keys:?}"));
    for policy in [by_thumbprint, by_key] {
        let acme = Some("acme".to_owned());
        assert_eq!(
            decided(&policy, &leaf, &[], None),
            ("allow", acme, None, vec![])
        );
        assert_eq!(decided(&policy, &forged, &[], None).0, UNTRUSTED);
    }
}

/// That its dates are what is found first does not hide that nobody signed it: no
/// token is bound to it, also where that is only observed.
#[test]
fn an_expired_forgery_is_nobody_s() {
    let (root, stranger) = (Ca::root("Root"), Ca::root("Root"));
    let months = ((2025, 1), (2026, 1));
    let policy = policy(
        &root,
        "mode = 'bearer_plus_mtls_required'\nobserve = ['certificates']",
    );
    let told = |leaf: &[u8]| decided(&policy, leaf, &[], Some(&bound("acme", leaf)));
    let noted = vec![Reason::CertificateExpired];
    assert_eq!(
        told(&root.client_in("acme", 7, months)),
        ("allow", None, None, noted.clone())
    );
    assert_eq!(
        told(&stranger.client_in("acme", 7, months)),
        ("sender_binding_mismatch", None, None, noted)
    );
}
