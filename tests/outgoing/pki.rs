//! An authority of clients and one of servers, by rcgen; valid from 2020 to 2100.

use std::sync::Arc;

use certgate::adapter::tls::Authorities;
use certgate::adapter::tls::rustls::crypto::{CryptoProvider, ring};
use certgate::credential::{Credential, CredentialParts, ValidityCheck};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair,
    SanType, date_time_ymd,
};

pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = named(name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    pub(crate) fn taken(&self) -> Authorities {
        Authorities::from_pem(self.pem().as_bytes()).unwrap()
    }

    /// The certificate and the key of a client, in one text.
    pub(crate) fn client(&self, name: &str) -> String {
        let key = KeyPair::generate().unwrap();
        named(name).signed_by(&key, &self.0).unwrap().pem() + &key.serialize_pem()
    }

    /// Those of the server at `localhost`.
    pub(crate) fn server(&self) -> String {
        let key = KeyPair::generate().unwrap();
        let mut params = named("localhost");
        params.subject_alt_names = vec![SanType::DnsName("localhost".try_into().unwrap())];
        params.signed_by(&key, &self.0).unwrap().pem() + &key.serialize_pem()
    }
}

fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2100, 1, 1);
    params
}

pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

pub(crate) fn credential(bundle: &str, servers: Option<&Authority>) -> Credential {
    let servers = servers.map(Authority::pem);
    let parts = CredentialParts::new(bundle.as_bytes());
    let parts = match &servers {
        Some(servers) => parts.with_authorities(servers.as_bytes()),
        None => parts,
    };
    Credential::from_parts(&parts, ValidityCheck::Unchecked).unwrap()
}
