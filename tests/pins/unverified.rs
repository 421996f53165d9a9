//! Behind an edge that verifies nothing: whom the pins of a certificate or a key
//! let in, and what the record says of the others.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use certgate::decide::{Reason, VerificationStatus};
use certgate::request::{Confirmation, Peer, PeerCertificate, VerifiedToken};
use rcgen::{DnType, KeyPair, PublicKeyData as _, SerialNumber, date_time_ymd};
use sha2::{Digest as _, Sha256};

use super::{answer, answer_to, certificate, edge, hex, policy, policy_in_mode, with_decision};

const AZURE: &str = "preset = 'azure'";
const ARR: &str = "X-ARR-ClientCert";

#[test]
fn behind_an_edge_that_verifies_nothing_only_the_pinned_certificate_counts() {
    let key = KeyPair::generate().unwrap();
    let acme = certificate(&key, |_| {});
    let pin = hex(&Sha256::digest(&acme));
    let policy = policy(
        AZURE,
        &format!("[[identity]]\nclient = '{{subject.cn}}'\nwhen.thumbprint = '{pin}'"),
    );
    let (client, principal, verification) = answer(&policy, ARR, &acme);
    assert_eq!((&*client, &*principal), ("acme", "CN=acme"));
    assert_eq!(verification, VerificationStatus::Pinned);

    // The same name and even the same key make no pinned certificate.
    let renewed = certificate(&key, |params| {
        params.serial_number = Some(SerialNumber::from(77_u64));
    });
    let forged = certificate(&KeyPair::generate().unwrap(), |_| {});
    for other in [renewed, forged] {
        let (reason, _, verification) = answer(&policy, ARR, &other);
        assert_eq!(reason, "identity_unmapped");
        assert_eq!(verification, VerificationStatus::Failed);
    }
}

#[test]
fn behind_an_edge_that_verifies_nothing_a_pinned_key_is_who_the_rule_says() {
    let key = KeyPair::generate().unwrap();
    let acme = certificate(&key, |_| {});
    let pin = hex(&Sha256::digest(key.subject_public_key_info()));
    let policy = policy(
        AZURE,
        &format!("[[identity]]\nclient = 'acme'\nprincipal = 'acme'\nwhen.public_key = '{pin}'"),
    );
    let client = |der: &[u8]| {
        let (client, principal, _) = answer(&policy, ARR, der);
        (client, principal)
    };
    let same = ("acme".to_owned(), "acme".to_owned());
    assert_eq!(client(&acme), same);
    // Whatever else the holder of the key writes.
    let other_name = certificate(&key, |params| {
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "other");
    });
    assert_eq!(client(&other_name), same);
    let forged = certificate(&KeyPair::generate().unwrap(), |_| {});
    assert_eq!(client(&forged).0, "identity_unmapped");
    // Its dates count all the same.
    let expired = certificate(&key, |params| params.not_after = date_time_ymd(2026, 5, 1));
    assert_eq!(client(&expired).0, "certificate_expired");
}

/// The SHA-256 of a certificate as a token carries it.
fn x5t(der: &[u8]) -> Confirmation {
    let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(Sha256::digest(der));
    Confirmation::x5t_s256(&text)
}

/// Nobody verified it and no pin knows it: in mode `bearer` it is left out, as
/// one that an edge's status does not let through, and binds nothing.
#[test]
fn a_token_beside_a_certificate_that_no_rule_pins() {
    let key = KeyPair::generate().unwrap();
    let acme = certificate(&key, |_| {});
    let forged = certificate(&KeyPair::generate().unwrap(), |_| {});
    let rule = format!(
        "[[identity]]\nclient = 'acme'\nwhen.thumbprint = '{}'",
        hex(&Sha256::digest(&acme))
    );
    let bound = |client, der: &[u8]| VerifiedToken::assert_verified(client, x5t(der));
    let plain = |client| VerifiedToken::assert_verified(client, Confirmation::default());
    for (mode, der, token, outcome, verification) in [
        (
            "bearer",
            &acme,
            bound(Some("acme"), &acme),
            "acme",
            "pinned",
        ),
        ("bearer", &acme, bound(None, &acme), "acme", "pinned"),
        (
            "bearer",
            &acme,
            plain(Some("other")),
            "identity_conflict",
            "pinned",
        ),
        ("bearer", &acme, plain(None), "identity_unmapped", "pinned"),
        ("bearer", &forged, plain(Some("other")), "other", "failed"),
        (
            "bearer",
            &forged,
            bound(Some("other"), &forged),
            "certificate_unverified",
            "failed",
        ),
        (
            "bearer",
            &forged,
            bound(None, &forged),
            "certificate_unverified",
            "failed",
        ),
        (
            "bearer",
            &forged,
            bound(Some("acme"), &acme),
            "certificate_unverified",
            "failed",
        ),
        (
            "bearer_plus_mtls_optional",
            &acme,
            bound(Some("acme"), &acme),
            "acme",
            "pinned",
        ),
        (
            "bearer_plus_mtls_optional",
            &forged,
            bound(Some("acme"), &forged),
            "identity_unmapped",
            "failed",
        ),
        (
            "bearer_plus_mtls_optional",
            &forged,
            plain(Some("acme")),
            "identity_unmapped",
            "failed",
        ),
        (
            "bearer_plus_mtls_required",
            &acme,
            bound(Some("acme"), &acme),
            "acme",
            "pinned",
        ),
        (
            "bearer_plus_mtls_required",
            &acme,
            plain(Some("acme")),
            "sender_binding_missing",
            "pinned",
        ),
        (
            "bearer_plus_mtls_required",
            &forged,
            bound(Some("acme"), &forged),
            "identity_unmapped",
            "failed",
        ),
        (
            "bearer_plus_mtls_required",
            &forged,
            bound(Some("acme"), &acme),
            "sender_binding_mismatch",
            "failed",
        ),
    ] {
        let policy = policy_in_mode(mode, AZURE, &rule);
        let headers = [(ARR, STANDARD.encode(der))];
        let (who, _, found) = answer_to(&policy, edge(), &headers, Some(&token));
        let found = serde_json::to_value(found).unwrap();
        assert_eq!(
            (&*who, &found),
            (outcome, &verification.into()),
            "{mode} {token:?}"
        );
    }
}

/// What it says would be anybody's words, so a service is not shown them.
#[test]
fn a_certificate_that_is_left_out_is_not_shown() {
    let acme = certificate(&KeyPair::generate().unwrap(), |_| {});
    let forged = certificate(&KeyPair::generate().unwrap(), |_| {});
    let rule = format!(
        "[[identity]]\nclient = 'acme'\nwhen.thumbprint = '{}'",
        hex(&Sha256::digest(&acme))
    );
    let policy = policy_in_mode("bearer", AZURE, &rule);
    let token = VerifiedToken::assert_verified(Some("acme"), Confirmation::default());
    for (der, dropped) in [
        (&acme, None),
        (&forged, Some(Reason::CertificateUnverified)),
    ] {
        let headers = [(ARR, STANDARD.encode(der))];
        with_decision(&policy, edge(), &headers, Some(&token), |decision| {
            assert_eq!(decision.reason(), None);
            let findings = decision.findings();
            assert_eq!(findings.dropped_certificate(), dropped);
            assert_eq!(findings.certificate().is_none(), dropped.is_some());
        });
    }
}

/// Pins are what the edge's certificates are held to; a connection of a
/// client's own was verified by whoever accepted it, or was not.
#[test]
fn beside_such_an_edge_a_connection_is_verified_or_nothing() {
    let acme = certificate(&KeyPair::generate().unwrap(), |_| {});
    let rule = format!(
        "[[identity]]\nclient = 'acme'\nwhen.thumbprint = '{}'",
        hex(&Sha256::digest(&acme))
    );
    let policy = policy(&format!("{AZURE}\ndirect_tls = 'accept'"), &rule);
    let peer = Peer::address("203.0.113.9".parse().unwrap());
    for (certificate, outcome, verification) in [
        (
            PeerCertificate::verified(&acme),
            "acme",
            VerificationStatus::Verified,
        ),
        (
            PeerCertificate::unverified(&acme),
            "certificate_unverified",
            VerificationStatus::Failed,
        ),
    ] {
        let peer = peer.with_certificate(certificate);
        let (who, _, found) = answer_to(&policy, peer, &[], None);
        assert_eq!((&*who, found), (outcome, verification));
    }
    // A stranger's header does not exist, pinned or not.
    let (who, _, found) = answer_to(&policy, peer, &[(ARR, STANDARD.encode(&acme))], None);
    assert_eq!(
        (&*who, found),
        ("certificate_missing", VerificationStatus::None)
    );
}
