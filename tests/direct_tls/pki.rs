//! Two authorities and what they sign; valid from 2020 to 2100 unless said
//! otherwise, so that it does not matter when the tests run.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use certgate::adapter::tls::rustls::crypto::{CryptoProvider, ring};
use certgate::adapter::tls::{Authorities, ClientCertificates, TlsCredential, TlsSettings};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, SerialNumber, date_time_ymd,
};
use sha2::{Digest, Sha256};

pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// An authority, by its name.
pub(crate) struct Authority {
    pub(crate) issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A certificate, what stands above it, and its key.
pub(crate) struct Held {
    pub(crate) chain: Vec<Vec<u8>>,
    pub(crate) pem: String,
    pub(crate) key: KeyPair,
}

/// What differs from one certificate to another.
pub(crate) struct Leaf {
    pub(crate) name: &'static str,
    pub(crate) years: (i32, i32),
    pub(crate) purpose: ExtendedKeyUsagePurpose,
    pub(crate) serial: u64,
}

impl Leaf {
    pub(crate) fn of(name: &'static str) -> Self {
        Self {
            name,
            years: (2020, 2100),
            purpose: ExtendedKeyUsagePurpose::ClientAuth,
            serial: 7,
        }
    }
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let params = Self::params(name);
        let key = KeyPair::generate().unwrap();
        Self {
            issuer: CertifiedIssuer::self_signed(params, key).unwrap(),
        }
    }

    /// An authority below this one.
    pub(crate) fn below(&self, name: &str) -> Self {
        let params = Self::params(name);
        let key = KeyPair::generate().unwrap();
        Self {
            issuer: CertifiedIssuer::signed_by(params, key, &self.issuer).unwrap(),
        }
    }

    fn params(name: &str) -> CertificateParams {
        let mut params = named(name, (2020, 2100));
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        self.issuer.der().to_vec()
    }

    pub(crate) fn pem(&self) -> String {
        self.issuer.pem()
    }

    pub(crate) fn signs(&self, leaf: &Leaf) -> Held {
        let mut params = named(leaf.name, leaf.years);
        params.extended_key_usages = vec![leaf.purpose.clone()];
        params.serial_number = Some(SerialNumber::from(leaf.serial));
        params.use_authority_key_identifier_extension = true;
        self.issue(&params)
    }

    /// A certificate for TLS clients.
    pub(crate) fn client(&self, name: &'static str) -> Held {
        self.signs(&Leaf::of(name))
    }

    /// A certificate for the server at `localhost`.
    pub(crate) fn server(&self) -> Held {
        let mut params = named("localhost", (2020, 2100));
        params.subject_alt_names = vec![rcgen::SanType::DnsName("localhost".try_into().unwrap())];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        self.issue(&params)
    }

    fn issue(&self, params: &CertificateParams) -> Held {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Held {
            chain: vec![certificate.der().to_vec()],
            pem: certificate.pem(),
            key,
        }
    }
}

impl Held {
    pub(crate) fn der(&self) -> &[u8] {
        &self.chain[0]
    }

    /// The same, sent with the certificate of the authority between.
    pub(crate) fn with_chain(mut self, above: &Authority) -> Self {
        self.chain.push(above.der());
        self
    }

    /// As nginx forwards it.
    pub(crate) fn escaped_pem(&self) -> String {
        utf8_percent_encode(&self.pem, NON_ALPHANUMERIC).to_string()
    }

    pub(crate) fn rfc9440(&self) -> String {
        format!(":{}:", STANDARD.encode(self.der()))
    }

    pub(crate) fn credential(&self) -> TlsCredential {
        TlsCredential::from_der(self.chain.clone(), self.key.serialize_der()).unwrap()
    }
}

pub(crate) fn hex_sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn named(name: &str, (from, to): (i32, i32)) -> CertificateParams {
    let mut params = CertificateParams::default();
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, name);
    params.distinguished_name = subject;
    params.not_before = date_time_ymd(from, 1, 1);
    params.not_after = date_time_ymd(to, 1, 1);
    params
}

/// The server's own authority and certificate, and the partners' authority.
pub(crate) struct Pki {
    pub(crate) ours: Authority,
    pub(crate) server: Held,
    pub(crate) partners: Authority,
}

impl Pki {
    pub(crate) fn new() -> Self {
        let ours = Authority::new("Our CA");
        Self {
            server: ours.server(),
            ours,
            partners: Authority::new("Partner CA"),
        }
    }

    pub(crate) fn partners(&self) -> Authorities {
        Authorities::from_der([self.partners.der()]).unwrap()
    }

    pub(crate) fn required(&self) -> TlsSettings {
        self.settings(ClientCertificates::Required(self.partners()))
    }

    pub(crate) fn requested(&self) -> TlsSettings {
        self.settings(ClientCertificates::Requested(self.partners()))
    }

    pub(crate) fn settings(&self, clients: ClientCertificates) -> TlsSettings {
        TlsSettings::new(self.server.credential(), clients).with_provider(provider())
    }
}
