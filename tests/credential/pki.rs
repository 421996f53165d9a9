//! Certificates by rcgen, valid from 2020 to 2100 unless said otherwise.

use certgate::credential::{Credential, CredentialError, CredentialErrorKind, ValidityCheck};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};

pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        Self(CertifiedIssuer::self_signed(Self::params(name), key).unwrap())
    }

    pub(crate) fn below(&self, name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        Self(CertifiedIssuer::signed_by(Self::params(name), key, &self.0).unwrap())
    }

    fn params(name: &str) -> CertificateParams {
        let mut params = named(name, (2020, 2100));
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
    }

    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate of this key, in PEM.
    pub(crate) fn signs(&self, name: &str, key: &KeyPair) -> String {
        self.signs_for(name, key, (2020, 2100))
    }

    pub(crate) fn signs_for(&self, name: &str, key: &KeyPair, years: (i32, i32)) -> String {
        named(name, years).signed_by(key, &self.0).unwrap().pem()
    }
}

fn named(name: &str, (from, to): (i32, i32)) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(from, 1, 1);
    params.not_after = date_time_ymd(to, 1, 1);
    params
}

pub(crate) fn key() -> KeyPair {
    KeyPair::generate().unwrap()
}

/// A credential of a text that holds all of it.
pub(crate) fn load(bundle: impl AsRef<[u8]>) -> Result<Credential, CredentialError> {
    Credential::from_pem(bundle.as_ref(), None, ValidityCheck::Unchecked)
}

/// What is wrong with such a text, in which block, and at which byte.
pub(crate) type Fault = (CredentialErrorKind, Option<usize>, Option<usize>);

pub(crate) fn fault(bundle: impl AsRef<[u8]>) -> Fault {
    let error = load(bundle).unwrap_err();
    (error.kind(), error.block(), error.offset())
}

/// The subjects of the chain that is sent.
pub(crate) fn sent(credential: &Credential) -> Vec<String> {
    let chain = credential.chain();
    chain.map(|one| one.subject().to_string()).collect()
}
