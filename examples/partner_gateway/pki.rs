//! The bank's authority, an impostor of it, and the certificates that they
//! issue: made anew at every start, in memory.

use std::sync::Arc;

use certgate::adapter::SystemClock;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use sha2::{Digest, Sha256};
use tokio_rustls::rustls::RootCertStore;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::Error;

/// Who holds a client certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// `pisp-partner-acme`, profile `pisp-prod`.
    Acme,
    /// The same client and profile with its next certificate and key.
    AcmeRenewed,
    /// `pisp-partner-bulk`, which sends as much as it may.
    Bulk,
    /// `aisp-partner-beta`, which has no access to payments.
    Beta,
    /// Somebody whose own authority has the same name as the bank's, and
    /// signed him a certificate of `pisp-partner-acme`.
    Impostor,
}

impl Holder {
    pub(crate) const ALL: [Self; 5] = [
        Self::Acme,
        Self::AcmeRenewed,
        Self::Bulk,
        Self::Beta,
        Self::Impostor,
    ];

    /// The name of the holder's files.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Acme => "acme",
            Self::AcmeRenewed => "acme-renewed",
            Self::Bulk => "bulk",
            Self::Beta => "beta",
            Self::Impostor => "impostor",
        }
    }

    /// CN, OU and O of the subject.
    const fn subject(self) -> [&'static str; 3] {
        match self {
            Self::Acme | Self::AcmeRenewed | Self::Impostor => {
                ["pisp-partner-acme", "pisp-prod", "Acme Payment Services"]
            }
            Self::Bulk => ["pisp-partner-bulk", "pisp-prod", "Bulk Payment Services"],
            Self::Beta => ["aisp-partner-beta", "aisp-prod", "Beta Account Services"],
        }
    }
}

/// A certificate and its key.
pub(crate) struct Credential {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

/// Every certificate of the example.
pub(crate) struct Pki {
    authority: CertificateDer<'static>,
    authority_pem: String,
    edge: Credential,
    holders: [Credential; Holder::ALL.len()],
}

impl Pki {
    pub(crate) fn generate() -> Result<Self, Error> {
        let authority = new_authority()?;
        // The same name and another key: as much as an impostor can have.
        let impostor = new_authority()?;
        let partner = |holder: Holder| client_credential(holder, &authority);
        Ok(Self {
            edge: server_credential(&authority)?,
            holders: [
                partner(Holder::Acme)?,
                partner(Holder::AcmeRenewed)?,
                partner(Holder::Bulk)?,
                partner(Holder::Beta)?,
                client_credential(Holder::Impostor, &impostor)?,
            ],
            authority: authority.der().clone(),
            authority_pem: authority.pem(),
        })
    }

    /// The edge's own certificate.
    pub(crate) fn edge(&self) -> &Credential {
        &self.edge
    }

    pub(crate) fn of(&self, holder: Holder) -> &Credential {
        let [acme, acme_renewed, bulk, beta, impostor] = &self.holders;
        match holder {
            Holder::Acme => acme,
            Holder::AcmeRenewed => acme_renewed,
            Holder::Bulk => bulk,
            Holder::Beta => beta,
            Holder::Impostor => impostor,
        }
    }

    /// The authority alone, as trust anchor of both sides.
    pub(crate) fn roots(&self) -> Result<Arc<RootCertStore>, Error> {
        let mut roots = RootCertStore::empty();
        roots.add(self.authority.clone())?;
        Ok(Arc::new(roots))
    }

    pub(crate) fn authority_pem(&self) -> &str {
        &self.authority_pem
    }
}

impl Credential {
    pub(crate) fn chain(&self) -> Vec<CertificateDer<'static>> {
        vec![self.certificate.der().clone()]
    }

    pub(crate) fn key(&self) -> Result<PrivateKeyDer<'static>, Error> {
        Ok(PrivateKeyDer::try_from(self.key.serialize_der())?)
    }

    pub(crate) fn der(&self) -> &[u8] {
        self.certificate.der()
    }

    pub(crate) fn sha256(&self) -> [u8; 32] {
        Sha256::digest(self.der()).into()
    }

    pub(crate) fn certificate_pem(&self) -> String {
        self.certificate.pem()
    }

    pub(crate) fn key_pem(&self) -> String {
        self.key.serialize_pem()
    }
}

/// The cryptography of both ends, named so that no other default is taken.
pub(crate) fn crypto() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

type Authority = CertifiedIssuer<'static, KeyPair>;

fn new_authority() -> Result<Authority, Error> {
    let mut params = params(DAYS_OF_AUTHORITY);
    params.distinguished_name = name([
        (DnType::CountryName, "GB"),
        (DnType::OrganizationName, "Example Bank"),
        (DnType::CommonName, "Partner CA"),
    ]);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(CertifiedIssuer::self_signed(params, KeyPair::generate()?)?)
}

fn client_credential(holder: Holder, issuer: &Authority) -> Result<Credential, Error> {
    let [common_name, unit, organization] = holder.subject();
    let mut params = params(DAYS_OF_CERTIFICATE);
    params.distinguished_name = name([
        (DnType::CommonName, common_name),
        (DnType::OrganizationalUnitName, unit),
        (DnType::OrganizationName, organization),
        (DnType::CountryName, "GB"),
    ]);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    issue(params, issuer)
}

fn server_credential(issuer: &Authority) -> Result<Credential, Error> {
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let mut params = CertificateParams::new(names)?;
    set_validity(&mut params, DAYS_OF_CERTIFICATE);
    params.distinguished_name = name([(DnType::CommonName, "localhost")]);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    issue(params, issuer)
}

fn issue(mut params: CertificateParams, issuer: &Issuer<'_, KeyPair>) -> Result<Credential, Error> {
    params.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, issuer)?;
    Ok(Credential { certificate, key })
}

/// How long a certificate is valid, in days.
pub(crate) const DAYS_OF_CERTIFICATE: u32 = 365;
const DAYS_OF_AUTHORITY: u32 = 3650;

fn params(days: u32) -> CertificateParams {
    let mut params = CertificateParams::default();
    set_validity(&mut params, days);
    params
}

/// Valid since an hour ago, for as many days.
fn set_validity(params: &mut CertificateParams, days: u32) {
    let now = SystemClock::start().now().wall.unix_seconds();
    let hour_ago = u64::try_from(now).unwrap_or_default().saturating_sub(3600);
    params.not_before = date_time_ymd(1970, 1, 1) + std::time::Duration::from_secs(hour_ago);
    params.not_after = params.not_before + std::time::Duration::from_secs(u64::from(days) * 86_400);
}

fn name<const N: usize>(attributes: [(DnType, &str); N]) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    for (attribute, value) in attributes {
        name.push(attribute, value);
    }
    name
}
