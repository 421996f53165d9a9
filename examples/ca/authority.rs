//! An authority and what it signs.

use std::error::Error;

use certgate::certificate::{AttributeType, CertInfo};
use certgate::request::Timestamp;
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use time::OffsetDateTime;

/// An authority that can sign.
pub(crate) struct Authority {
    pub(crate) pem: String,
    pub(crate) key: KeyPair,
    info: CertInfo,
}

/// A certificate, and its key in PEM.
pub(crate) struct Issued {
    pub(crate) pem: String,
    pub(crate) key: String,
    pub(crate) not_after: Timestamp,
}

/// How long an authority lives.
const AUTHORITY_DAYS: u32 = 3650;

/// What a certificate begins earlier than now, for clocks that are late.
const EARLIER: i64 = 3600;

const SECONDS_A_DAY: i64 = 86_400;

impl Authority {
    pub(crate) fn new(name: &str, now: Timestamp) -> Result<Self, Box<dyn Error>> {
        let mut params = valid(now, AUTHORITY_DAYS)?;
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate()?;
        let certificate = params.self_signed(&key)?;
        Self::of(certificate.pem(), certificate.der(), key)
    }

    /// One that was written down.
    pub(crate) fn read(pem: String, key: &str) -> Result<Self, Box<dyn Error>> {
        let der = pem::parse(&pem)?.into_contents();
        Self::of(pem, &der, KeyPair::from_pem(key)?)
    }

    fn of(pem: String, der: &[u8], key: KeyPair) -> Result<Self, Box<dyn Error>> {
        let info = CertInfo::from_der(der.to_vec())?;
        Ok(Self { pem, key, info })
    }

    pub(crate) fn name(&self) -> Result<String, Box<dyn Error>> {
        let mut names = self.info.subject().values(AttributeType::COMMON_NAME);
        let name = names.next().and_then(|name| name.text().map(Into::into));
        name.ok_or_else(|| "the certificate of the authority has no name".into())
    }

    pub(crate) fn not_after(&self) -> Timestamp {
        self.info.validity().not_after
    }

    /// A certificate for TLS clients, with a key made for it.
    pub(crate) fn issue(
        self,
        client: &str,
        profile: &str,
        days: u32,
        now: Timestamp,
    ) -> Result<Issued, Box<dyn Error>> {
        let mut params = valid(now, days)?;
        let name = &mut params.distinguished_name;
        name.push(DnType::OrganizationalUnitName, profile);
        name.push(DnType::CommonName, client);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate()?;
        let issuer_not_after = self.not_after();
        let certificate = params.signed_by(&key, &self.into_issuer()?)?;
        let not_after = not_after(&certificate)?;
        if not_after > issuer_not_after {
            return Err("the authority ends before that; take fewer days, or rotate".into());
        }
        Ok(Issued {
            pem: certificate.pem(),
            key: key.serialize_pem(),
            not_after,
        })
    }

    /// As rcgen signs: it needs the name of the authority and its key.
    fn into_issuer(self) -> Result<Issuer<'static, KeyPair>, Box<dyn Error>> {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::CommonName, self.name()?);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        Ok(Issuer::new(params, self.key))
    }
}

fn not_after(certificate: &Certificate) -> Result<Timestamp, Box<dyn Error>> {
    let info = CertInfo::from_der(certificate.der().to_vec())?;
    Ok(info.validity().not_after)
}

/// A certificate without a name that is valid from now on.
fn valid(now: Timestamp, days: u32) -> Result<CertificateParams, Box<dyn Error>> {
    let now = now.unix_seconds();
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.not_before = OffsetDateTime::from_unix_timestamp(now - EARLIER)?;
    let end = now + i64::from(days) * SECONDS_A_DAY;
    params.not_after = OffsetDateTime::from_unix_timestamp(end)?;
    Ok(params)
}
