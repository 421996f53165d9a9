//! Behind an edge that verifies nothing: whom the lists of clients let in, as
//! whom, and what the record says.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use certgate::decide::{Reason, VerificationStatus};
use certgate::gate::Gate;
use certgate::policy::Policy;
use certgate::request::{
    Confirmation, Now, Peer, PeerCertificate, Request, Timestamp, VerifiedToken,
};
use rcgen::{DnType, KeyPair, PublicKeyData as _, SerialNumber};
use sha2::{Digest as _, Sha256};

use super::{answer, answer_to, certificate, edge, hex};

const ARR: &str = "X-ARR-ClientCert";

/// Behind Azure, without a rule: `acme` lists this, and `other` nothing.
fn listing(mode: &str, lists: &str) -> Policy {
    let text = format!(
        "version = 1\n[edge]\npreset = 'azure'\ndirect_tls = 'accept'\n\
         trusted_proxies = ['10.0.0.7']\n[authentication]\nmode = '{mode}'\n\
         [[collections]]\nname = 'all'\npaths = ['/']\n\
         [[clients]]\nid = 'acme'\ncollections = ['all']\n{lists}\n\
         [[clients]]\nid = 'other'\ncollections = ['all']\n"
    );
    Policy::from_toml_str(&text, "policy.toml").unwrap().policy
}

fn certificate_of(der: &[u8], until: &str) -> String {
    let sha256 = hex(&Sha256::digest(der));
    format!("certificates = [{{ sha256 = '{sha256}', until = '{until}' }}]\n")
}

fn key_of(key: &KeyPair) -> String {
    let sha256 = hex(&Sha256::digest(key.subject_public_key_info()));
    format!("public_keys = ['{sha256}']\n")
}

#[test]
fn a_listed_certificate_is_pinned_and_its_subject_is_what_was_listed() {
    let key = KeyPair::generate().unwrap();
    let acme = certificate(&key, |_| {});
    let policy = listing("mtls", &certificate_of(&acme, "2026-06-01"));
    let (client, principal, verification) = answer(&policy, ARR, &acme);
    assert_eq!((&*client, &*principal), ("acme", "CN=acme"));
    assert_eq!(verification, VerificationStatus::Pinned);

    let renewed = certificate(&key, |params| {
        params.serial_number = Some(SerialNumber::from(77_u64));
    });
    let forged = certificate(&KeyPair::generate().unwrap(), |_| {});
    for other in [renewed, forged] {
        let (reason, _, verification) = answer(&policy, ARR, &other);
        assert_eq!(reason, "identity_unmapped");
        assert_eq!(verification, VerificationStatus::Failed);
    }
    // The tests' now is the first second of June.
    let policy = listing("mtls", &certificate_of(&acme, "2026-05-31T23:59:59Z"));
    assert_eq!(answer(&policy, ARR, &acme).0, "certificate_not_allowed");
}

#[test]
fn a_listed_key_is_its_client_whatever_stands_beside_it() {
    let key = KeyPair::generate().unwrap();
    let policy = listing("mtls", &key_of(&key));
    for name in ["acme", "other", "CN=root,O=x"] {
        let der = certificate(&key, |params| {
            params.distinguished_name = rcgen::DistinguishedName::new();
            params.distinguished_name.push(DnType::CommonName, name);
        });
        assert_eq!(
            answer(&policy, ARR, &der),
            (
                "acme".to_owned(),
                "acme".to_owned(),
                VerificationStatus::Pinned
            )
        );
    }
    // With the certificate listed as well, the key still proves no subject.
    let acme = certificate(&key, |_| {});
    let both = format!("{}{}", certificate_of(&acme, "2026-06-01"), key_of(&key));
    let (client, principal, _) = answer(&listing("mtls", &both), ARR, &acme);
    assert_eq!((&*client, &*principal), ("acme", "acme"));
}

/// Anybody can make a certificate, so that one which no list knows proves no
/// more than none.
#[test]
fn an_unlisted_certificate_does_not_help_a_token() {
    let acme = certificate(&KeyPair::generate().unwrap(), |_| {});
    let forged = certificate(&KeyPair::generate().unwrap(), |_| {});
    let token = |client: &str, der: Option<&[u8]>| {
        let confirmation = match der {
            Some(der) => {
                let sha256 = certgate::certificate::Thumbprint::of(der);
                Confirmation::x5t_s256(&sha256.x5t_s256())
            }
            None => Confirmation::default(),
        };
        VerifiedToken::assert_verified(Some(client), confirmation)
    };
    let plain = |client| token(client, None);
    for (mode, der, token, outcome, verification) in [
        (
            "mtls",
            &acme,
            plain("acme"),
            "acme",
            VerificationStatus::Pinned,
        ),
        (
            "mtls",
            &forged,
            plain("other"),
            "identity_unmapped",
            VerificationStatus::Failed,
        ),
        (
            "mtls",
            &acme,
            plain("other"),
            "identity_conflict",
            VerificationStatus::Pinned,
        ),
        (
            "bearer_plus_mtls_required",
            &acme,
            token("acme", Some(&acme)),
            "acme",
            VerificationStatus::Pinned,
        ),
        (
            "bearer_plus_mtls_required",
            &forged,
            token("other", Some(&forged)),
            "identity_unmapped",
            VerificationStatus::Failed,
        ),
        // Where it is metadata it is left out, and the token stands alone.
        (
            "bearer",
            &forged,
            plain("other"),
            "other",
            VerificationStatus::Failed,
        ),
        (
            "bearer",
            &forged,
            plain("acme"),
            "identity_unmapped",
            VerificationStatus::Failed,
        ),
        (
            "bearer",
            &acme,
            plain("acme"),
            "acme",
            VerificationStatus::Pinned,
        ),
    ] {
        let policy = listing(mode, &certificate_of(&acme, "2026-06-01"));
        let headers = [(ARR, STANDARD.encode(der))];
        let (who, _, found) = answer_to(&policy, edge(), &headers, Some(&token));
        assert_eq!((&*who, found), (outcome, verification), "{mode} {token:?}");
    }
}

/// A connection of a client's own was verified; its subject counts, save beside
/// a listed key, whose principal follows from the policy alone.
#[test]
fn beside_such_an_edge_a_listed_certificate_of_a_connection_is_verified() {
    let key = KeyPair::generate().unwrap();
    let acme = certificate(&key, |_| {});
    let peer = Peer::address("203.0.113.9".parse().unwrap())
        .with_certificate(PeerCertificate::verified(&acme));
    for (lists, principal) in [
        (certificate_of(&acme, "2026-06-01"), "CN=acme"),
        (key_of(&key), "acme"),
    ] {
        let (client, name, verification) = answer_to(&listing("mtls", &lists), peer, &[], None);
        assert_eq!((&*client, &*name), ("acme", principal));
        assert_eq!(verification, VerificationStatus::Verified);
    }
}

/// What a gate keeps of a certificate is not the time that its listing has left.
#[test]
fn a_listing_ends_for_a_certificate_that_a_gate_knows() {
    let acme = certificate(&KeyPair::generate().unwrap(), |_| {});
    let policy = listing("mtls", &certificate_of(&acme, "2026-06-01T12:00:00Z"));
    let gate = Gate::new(policy).unwrap();
    let headers = [(ARR, STANDARD.encode(&acme))];
    for (now, outcome) in [
        ("2026-06-01T11:59:59Z", None),
        ("2026-06-01T12:00:00Z", None),
        ("2026-06-01T12:00:01Z", Some(Reason::CertificateNotAllowed)),
        // And not the other way round, either.
        ("2026-06-01T12:00:00Z", None),
    ] {
        let request = Request {
            peer: edge(),
            method: "GET",
            target: "/",
            headers: &headers,
            token: None,
            now: Now {
                wall: Timestamp::parse_rfc3339_utc(now.as_bytes()).unwrap(),
                monotonic: Duration::ZERO,
            },
        };
        gate.decide(&request, |concluded| {
            assert_eq!(concluded.decision.reason(), outcome, "{now}");
        });
    }
}
