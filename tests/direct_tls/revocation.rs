//! Certificates that their authority has revoked.

use certgate::adapter::tls::rustls::HandshakeKind;
use certgate::adapter::tls::{
    Authorities, ClientCertificates, HandshakeErrorKind, OverdueList, TlsAcceptor, TlsError,
};
use rcgen::{
    CertificateRevocationListParams, KeyIdMethod, RevokedCertParams, SerialNumber, date_time_ymd,
};

use crate::client::{Client, TLS12, TLS13};
use crate::pki::{Authority, Leaf, Pki};
use crate::server::Server;

/// A list of the authority that revokes serial number 666.
fn list(of: &Authority, until: i32) -> String {
    let revoked = RevokedCertParams {
        serial_number: SerialNumber::from(666_u64),
        revocation_time: date_time_ymd(2021, 1, 1),
        reason_code: None,
        invalidity_date: None,
    };
    let params = CertificateRevocationListParams {
        this_update: date_time_ymd(2021, 1, 1),
        next_update: date_time_ymd(until, 1, 1),
        crl_number: SerialNumber::from(1_u64),
        issuing_distribution_point: None,
        revoked_certs: vec![revoked],
        key_identifier_method: KeyIdMethod::Sha256,
    };
    params.signed_by(&of.issuer).unwrap().pem().unwrap()
}

fn with_serial(name: &'static str, serial: u64) -> Leaf {
    Leaf {
        serial,
        ..Leaf::of(name)
    }
}

#[tokio::test]
async fn a_revoked_certificate_is_refused_and_one_that_no_list_is_about() {
    use OverdueList::{Accept, Refuse};

    let pki = Pki::new();
    let others = Authority::new("Other partners' CA");
    let good = pki.partners.signs(&with_serial("acme", 665));
    let revoked = pki.partners.signs(&with_serial("acme", 666));
    let elsewhere = others.signs(&with_serial("globex", 666));
    let (current, overdue) = (list(&pki.partners, 2100), list(&pki.partners, 2022));
    let both = current.clone() + &list(&others, 2100);
    let refused = Err(HandshakeErrorKind::CertificateRefused);
    for (lists, when_overdue, held, expected) in [
        (&current, Refuse, &good, Ok(())),
        (&current, Refuse, &revoked, refused),
        (&current, Accept, &revoked, refused),
        (&overdue, Refuse, &good, refused),
        (&overdue, Accept, &good, Ok(())),
        (&overdue, Accept, &revoked, refused),
        (&current, Accept, &elsewhere, refused),
        (&both, Refuse, &good, Ok(())),
        // The number is another authority's, which has revoked it as well.
        (&both, Refuse, &elsewhere, refused),
    ] {
        let authorities = Authorities::from_der([pki.partners.der(), others.der()]).unwrap();
        let authorities = authorities
            .with_revocation_lists(lists.as_bytes(), when_overdue)
            .unwrap();
        let settings = pki.settings(ClientCertificates::Requested(authorities));
        let mut server = Server::start(TlsAcceptor::new(settings).unwrap()).await;
        for version in [&TLS12, &TLS13] {
            let client = Client::with(&pki, held, version);
            let heard = client.listen(server.address).await;
            assert_eq!(heard.is_ok(), expected.is_ok(), "{heard:?}");
            assert_eq!(server.leaf().await.map(drop), expected);
        }
    }
}

#[tokio::test]
async fn a_session_is_not_resumed_where_a_list_may_be_overdue_by_then() {
    use HandshakeKind::{Full, Resumed};

    let pki = Pki::new();
    let acme = pki.partners.client("acme");
    let current = list(&pki.partners, 2100);
    for (when_overdue, second) in [(OverdueList::Refuse, Full), (OverdueList::Accept, Resumed)] {
        let authorities = pki
            .partners()
            .with_revocation_lists(current.as_bytes(), when_overdue)
            .unwrap();
        let settings = pki.settings(ClientCertificates::Required(authorities));
        let mut server = Server::start(TlsAcceptor::new(settings).unwrap()).await;
        for version in [&TLS12, &TLS13] {
            let client = Client::with(&pki, &acme, version).with_fresh_sessions();
            for expected in [Full, second] {
                assert_eq!(client.listen(server.address).await.unwrap(), "hello");
                let accepted = server.outcome().await.unwrap();
                assert_eq!(accepted.handshake, expected, "{when_overdue:?}");
            }
        }
    }
}

#[test]
fn lists_that_are_none_are_mistakes() {
    let pki = Pki::new();
    let with = |lists: &str| {
        pki.partners()
            .with_revocation_lists(lists.as_bytes(), OverdueList::Refuse)
    };
    assert!(with(&list(&pki.partners, 2100)).is_ok());
    assert_eq!(with("").err(), Some(TlsError::NoRevocationList));
    assert_eq!(
        with(&pki.partners.pem()).err(),
        Some(TlsError::ForeignBlock)
    );
    let broken = with("-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n").unwrap();
    let settings = pki.settings(ClientCertificates::Required(broken));
    assert_eq!(
        TlsAcceptor::new(settings).err(),
        Some(TlsError::RevocationListUnusable)
    );
}
