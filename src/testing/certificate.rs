//! Certificates that are made on the spot.

use core::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, SanType, date_time_ymd,
};

use crate::certificate::CertInfo;
use crate::request::Timestamp;

use super::TestingError;

/// What a client's certificate says. It is signed by an authority that is made for
/// it and thrown away: certgate leaves signatures to the edge.
///
/// ```
/// use certgate::testing::CertificateSpec;
///
/// let acme = CertificateSpec::new("acme")
///     .subject(&[("C", "GB"), ("O", "Acme"), ("CN", "acme")])
///     .issuer(&[("CN", "partner-ca")])
///     .uri("spiffe://example.com/acme")
///     .make()?;
/// assert_eq!(acme.subject().to_string(), "CN=acme,O=Acme,C=GB");
/// assert_eq!(acme.issuer().to_string(), "CN=partner-ca");
/// # Ok::<(), certgate::testing::TestingError>(())
/// ```
#[derive(Clone, Debug)]
pub struct CertificateSpec {
    subject: Vec<(String, String)>,
    issuer: Vec<(String, String)>,
    dns: Vec<String>,
    uris: Vec<String>,
    not_before: Timestamp,
    not_after: Timestamp,
}

impl CertificateSpec {
    /// A certificate with this common name, for client authentication, of the
    /// authority `CN=certgate testing`, valid from 2000 to 2100.
    #[must_use]
    pub fn new(common_name: &str) -> Self {
        Self {
            subject: owned(&[("CN", common_name)]),
            issuer: owned(&[("CN", "certgate testing")]),
            dns: Vec::new(),
            uris: Vec::new(),
            not_before: Timestamp::from_unix_seconds(946_684_800),
            not_after: Timestamp::from_unix_seconds(4_102_444_800),
        }
    }

    /// With this subject in place of a common name alone: keywords and values, in
    /// the order of the certificate, which is the reverse of RFC 4514.
    #[must_use]
    pub fn subject(self, name: &[(&str, &str)]) -> Self {
        let subject = owned(name);
        Self { subject, ..self }
    }

    /// Of an authority of this name, in the same form.
    #[must_use]
    pub fn issuer(self, name: &[(&str, &str)]) -> Self {
        let issuer = owned(name);
        Self { issuer, ..self }
    }

    /// With one DNS name more.
    #[must_use]
    pub fn dns(mut self, name: &str) -> Self {
        self.dns.push(name.to_owned());
        self
    }

    /// With one URI more, a SPIFFE ID say.
    #[must_use]
    pub fn uri(mut self, uri: &str) -> Self {
        self.uris.push(uri.to_owned());
        self
    }

    /// Valid from `not_before` to `not_after`, both included; from 1970 on.
    #[must_use]
    pub fn valid(self, not_before: Timestamp, not_after: Timestamp) -> Self {
        Self {
            not_before,
            not_after,
            ..self
        }
    }

    /// Makes it, with a new key and serial number each time.
    ///
    /// # Errors
    ///
    /// [`TestingError::Keyword`] and [`TestingError::Certificate`].
    pub fn make(&self) -> Result<CertInfo, TestingError> {
        let der = self.der()?;
        CertInfo::from_der(der).map_err(|_| TestingError::Certificate)
    }

    fn der(&self) -> Result<Vec<u8>, TestingError> {
        let failed = |_| TestingError::Certificate;
        let mut authority = CertificateParams::default();
        authority.distinguished_name = distinguished(&self.issuer)?;
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = Issuer::new(authority, KeyPair::generate().map_err(failed)?);

        let mut params = CertificateParams::default();
        params.distinguished_name = distinguished(&self.subject)?;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        for name in &self.dns {
            let name = name.as_str().try_into().map_err(failed)?;
            params.subject_alt_names.push(SanType::DnsName(name));
        }
        for uri in &self.uris {
            let uri = uri.as_str().try_into().map_err(failed)?;
            params.subject_alt_names.push(SanType::URI(uri));
        }
        params.not_before = date_time_ymd(1970, 1, 1) + since_1970(self.not_before)?;
        params.not_after = date_time_ymd(1970, 1, 1) + since_1970(self.not_after)?;
        let key = KeyPair::generate().map_err(failed)?;
        let certificate = params.signed_by(&key, &authority).map_err(failed)?;
        Ok(certificate.der().to_vec())
    }
}

fn owned(name: &[(&str, &str)]) -> Vec<(String, String)> {
    let attributes = name.iter();
    attributes
        .map(|(keyword, value)| ((*keyword).to_owned(), (*value).to_owned()))
        .collect()
}

fn distinguished(name: &[(String, String)]) -> Result<DistinguishedName, TestingError> {
    let mut made = DistinguishedName::new();
    for (keyword, value) in name {
        let kind = match keyword.as_str() {
            "C" => DnType::CountryName,
            "ST" => DnType::StateOrProvinceName,
            "L" => DnType::LocalityName,
            "O" => DnType::OrganizationName,
            "OU" => DnType::OrganizationalUnitName,
            "CN" => DnType::CommonName,
            _ => return Err(TestingError::Keyword),
        };
        // A second value of a type would replace the first.
        if made.get(&kind).is_some() {
            return Err(TestingError::Certificate);
        }
        made.push(kind, value.as_str());
    }
    Ok(made)
}

/// What is later than 9999 has no form in a certificate.
fn since_1970(moment: Timestamp) -> Result<Duration, TestingError> {
    const YEAR_10000: u64 = 253_402_300_800;
    let seconds = u64::try_from(moment.unix_seconds()).ok();
    let seconds = seconds.filter(|seconds| *seconds < YEAR_10000);
    seconds
        .map(Duration::from_secs)
        .ok_or(TestingError::Certificate)
}
