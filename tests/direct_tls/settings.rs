//! Mistakes in certificates and keys, each with its own word.

use certgate::adapter::tls::{
    Authorities, ClientCertificates, TlsAcceptor, TlsCredential, TlsError, TlsSettings,
};
use rcgen::{CertificateParams, IsCa, KeyPair, KeyUsagePurpose};

use crate::pki::{Authority, Pki, provider};

#[test]
fn a_credential_is_read_from_pem_and_from_der() {
    let pki = Pki::new();
    let (certificate, key) = (pki.server.pem.clone(), pki.server.key.serialize_pem());
    let read = |certificates: &str, key: &str| {
        TlsCredential::from_pem(certificates.as_bytes(), key.as_bytes()).err()
    };
    let one_file = format!("{key}{certificate}{}", pki.ours.pem());
    assert_eq!(read(&certificate, &key), None);
    assert_eq!(read(&one_file, &one_file), None);
    let none = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    for (certificates, key, expected) in [
        ("", &*key, TlsError::NoCertificate),
        (&*key, &*key, TlsError::NoCertificate),
        (none, &*key, TlsError::CertificateUnusable { number: 1 }),
        (
            &format!("{certificate}{none}"),
            &*key,
            TlsError::CertificateUnusable { number: 2 },
        ),
        (&*certificate, "", TlsError::NoKey),
        (&*certificate, &*certificate, TlsError::NoKey),
        (&*certificate, &key.repeat(2), TlsError::SeveralKeys),
        (
            &*certificate,
            &key.replace("PRIVATE", "ENCRYPTED PRIVATE"),
            TlsError::KeyEncrypted,
        ),
        (&certificate[..100], &*key, TlsError::Pem),
        (&*certificate, &key[..100], TlsError::Pem),
    ] {
        assert_eq!(read(certificates, key), Some(expected));
    }

    let (chain, key) = (pki.server.chain.clone(), pki.server.key.serialize_der());
    let take = |chain: Vec<Vec<u8>>, key: Vec<u8>| TlsCredential::from_der(chain, key).err();
    assert_eq!(take(chain.clone(), key.clone()), None);
    assert_eq!(take(vec![], key.clone()), Some(TlsError::NoCertificate));
    assert_eq!(take(chain.clone(), vec![]), Some(TlsError::NoKey));
    assert_eq!(
        take(chain.clone(), b"no key".to_vec()),
        Some(TlsError::KeyUnusable)
    );
    let trailing = [chain[0].as_slice(), b"\0"].concat();
    assert_eq!(
        take(vec![chain[0].clone(), trailing], key),
        Some(TlsError::CertificateUnusable { number: 2 })
    );
}

#[test]
fn certificate_and_key_belong_together() {
    let pki = Pki::new();
    let acceptor = |credential: TlsCredential| {
        let clients = ClientCertificates::Required(pki.partners());
        let settings = TlsSettings::new(credential, clients);
        TlsAcceptor::new(settings.with_provider(provider())).err()
    };
    let with = |chain: &[Vec<u8>], key: Vec<u8>| TlsCredential::from_der(chain.to_vec(), key);
    let (chain, key) = (&pki.server.chain, pki.server.key.serialize_der());
    assert_eq!(acceptor(with(chain, key.clone()).unwrap()), None);

    let other = KeyPair::generate().unwrap().serialize_der();
    assert_eq!(
        acceptor(with(chain, other).unwrap()),
        Some(TlsError::KeyMismatch)
    );
    // The chain in the wrong order.
    let reversed = [pki.ours.der(), chain[0].clone()];
    assert_eq!(
        acceptor(with(&reversed, key.clone()).unwrap()),
        Some(TlsError::KeyMismatch)
    );
    // PKCS #8 on the outside alone.
    let mut broken = key;
    broken.truncate(broken.len() / 2);
    broken[1] = u8::try_from(broken.len() - 2).unwrap();
    if let Ok(credential) = with(chain, broken) {
        assert_eq!(acceptor(credential), Some(TlsError::KeyUnusable));
    }
}

#[test]
fn an_authority_is_a_certificate_that_may_sign_others() {
    let pki = Pki::new();
    let (partners, others) = (pki.partners.der(), Authority::new("Others").der());
    let list = |certificates: &[&[u8]]| {
        Authorities::from_der(certificates.iter().map(|der| der.to_vec())).err()
    };
    assert_eq!(list(&[&partners]), None);
    assert_eq!(list(&[&partners, &others]), None);
    assert_eq!(list(&[]), Some(TlsError::NoAuthority));
    assert_eq!(
        list(&[&partners, b"no certificate"]),
        Some(TlsError::AuthorityUnusable { number: 2 })
    );
    // Acme could sign itself a certificate of globex.
    assert_eq!(
        list(&[&partners, pki.partners.client("acme").der()]),
        Some(TlsError::NotAnAuthority { number: 2 })
    );
    for (is_ca, usages, expected) in [
        (
            IsCa::Ca(rcgen::BasicConstraints::Constrained(0)),
            vec![],
            None,
        ),
        (
            IsCa::Ca(rcgen::BasicConstraints::Constrained(0)),
            vec![KeyUsagePurpose::DigitalSignature],
            Some(TlsError::NotAnAuthority { number: 1 }),
        ),
        (
            IsCa::ExplicitNoCa,
            vec![KeyUsagePurpose::KeyCertSign],
            Some(TlsError::NotAnAuthority { number: 1 }),
        ),
        (
            IsCa::NoCa,
            vec![],
            Some(TlsError::NotAnAuthority { number: 1 }),
        ),
    ] {
        let mut params = CertificateParams::default();
        params.is_ca = is_ca;
        params.key_usages = usages;
        let certificate = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        assert_eq!(list(&[certificate.der()]), expected);
    }

    let read = |pem: &str| Authorities::from_pem(pem.as_bytes()).err();
    let pem = pki.partners.pem();
    assert_eq!(read(&pem), None);
    assert_eq!(read(&format!("Partner CA\n{pem}{}", pki.ours.pem())), None);
    assert_eq!(read(""), Some(TlsError::NoAuthority));
    assert_eq!(read(&pem[..200]), Some(TlsError::Pem));
    // OpenSSL's own kind, which would be passed over.
    let trusted = pem.replace("CERTIFICATE", "TRUSTED CERTIFICATE");
    assert_eq!(
        read(&format!("{pem}{trusted}")),
        Some(TlsError::ForeignBlock)
    );
    let key = pki.server.key.serialize_pem();
    assert_eq!(read(&format!("{pem}{key}")), Some(TlsError::ForeignBlock));
}

/// A process of its own in nextest, so that nothing is installed.
#[test]
fn somebody_has_to_choose_the_cryptography() {
    let pki = Pki::new();
    let settings = || {
        let clients = ClientCertificates::Required(pki.partners());
        TlsSettings::new(pki.server.credential(), clients)
    };
    assert_eq!(
        TlsAcceptor::new(settings()).err(),
        Some(TlsError::NoProvider)
    );
    assert!(TlsAcceptor::new(settings().with_provider(provider())).is_ok());
}

#[test]
fn nothing_shows_a_key() {
    let pki = Pki::new();
    assert_eq!(
        format!("{:?}", pki.required()),
        "TlsSettings { credential: TlsCredential { certificates: 1, .. }, clients: \
         Required(Authorities { authorities: 1, revocation_lists: 0 }), alpn: Http1, \
         handshake_limit: 10s, .. }"
    );
    let acceptor = TlsAcceptor::new(pki.required()).unwrap();
    assert_eq!(format!("{acceptor:?}"), "TlsAcceptor { .. }");
    let key = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\nsecret!\n-----END PRIVATE KEY-----\n";
    let error = TlsCredential::from_pem(pki.server.pem.as_bytes(), key.as_bytes()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the PEM text has a block that cannot be read"
    );
    assert_eq!(format!("{error:?}"), "Pem");
}
