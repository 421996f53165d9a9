//! Authorities and what they sign. Clients' certificates are valid in 2026, those
//! of authorities from 2020 to 2040, unless said otherwise.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer,
    DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyIdMethod, KeyPair,
    KeyUsagePurpose, RevokedCertParams, SerialNumber, date_time_ymd,
};

pub(crate) struct Ca {
    pub(crate) issuer: CertifiedIssuer<'static, KeyPair>,
}

/// First and last day, of a year and a month each.
pub(crate) type Months = ((i32, u8), (i32, u8));

const AUTHORITY: Months = ((2020, 1), (2040, 1));

impl Ca {
    pub(crate) fn root(name: &str) -> Self {
        Self::root_in(name, AUTHORITY)
    }

    pub(crate) fn root_in(name: &str, months: Months) -> Self {
        let key = KeyPair::generate().unwrap();
        Self {
            issuer: CertifiedIssuer::self_signed(authority(name, months), key).unwrap(),
        }
    }

    /// An authority below this one.
    pub(crate) fn below(&self, name: &str) -> Self {
        self.below_in(name, 1, AUTHORITY)
    }

    pub(crate) fn below_in(&self, name: &str, serial: u64, months: Months) -> Self {
        let mut params = authority(name, months);
        params.serial_number = Some(SerialNumber::from(serial));
        let key = KeyPair::generate().unwrap();
        Self {
            issuer: CertifiedIssuer::signed_by(params, key, &self.issuer).unwrap(),
        }
    }

    /// A certificate of this name and number for TLS clients.
    pub(crate) fn client(&self, name: &str, serial: u64) -> Vec<u8> {
        self.client_in(name, serial, ((2026, 1), (2027, 1)))
    }

    pub(crate) fn client_in(&self, name: &str, serial: u64, months: Months) -> Vec<u8> {
        self.issue(name, |params| {
            params.serial_number = Some(SerialNumber::from(serial));
            valid(params, months);
        })
    }

    pub(crate) fn issue(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Vec<u8> {
        let mut params = named(name, ((2026, 1), (2027, 1)));
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.use_authority_key_identifier_extension = true;
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        params.signed_by(&key, &self.issuer).unwrap().der().to_vec()
    }

    /// Its list of these numbers, which is current in these months.
    pub(crate) fn revokes(&self, serials: &[u64], months: Months) -> Vec<u8> {
        self.list(serials, 1, months)
    }

    pub(crate) fn list(&self, serials: &[u64], number: u64, months: Months) -> Vec<u8> {
        let ((from, month), (to, end)) = months;
        let revoked = serials.iter().map(|serial| RevokedCertParams {
            serial_number: SerialNumber::from(*serial),
            revocation_time: date_time_ymd(2026, 1, 2),
            reason_code: None,
            invalidity_date: None,
        });
        let params = CertificateRevocationListParams {
            this_update: date_time_ymd(from, month, 1),
            next_update: date_time_ymd(to, end, 1),
            crl_number: SerialNumber::from(number),
            issuing_distribution_point: None,
            revoked_certs: revoked.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        params.signed_by(&self.issuer).unwrap().der().to_vec()
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        self.issuer.der().to_vec()
    }

    pub(crate) fn pem(&self) -> String {
        self.issuer.pem()
    }
}

pub(crate) fn authority(name: &str, months: Months) -> CertificateParams {
    let mut params = named(name, months);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn named(name: &str, months: Months) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    valid(&mut params, months);
    params
}

fn valid(params: &mut CertificateParams, ((from, month), (to, end)): Months) {
    params.not_before = date_time_ymd(from, month, 1);
    params.not_after = date_time_ymd(to, end, 1);
}

/// PEM in one block, as `src` writes it too.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let base64 = STANDARD.encode(der);
    let lines = base64
        .as_bytes()
        .chunks(64)
        .map(|line| str::from_utf8(line).unwrap());
    let lines: Vec<&str> = lines.collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}
