//! An authority, a stranger's of the same name, and the certificates that they
//! issue: made anew for every test.

use std::process::Command;
use std::sync::{Arc, OnceLock};

use certgate::adapter::SystemClock;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair, date_time_ymd,
};
use tokio_rustls::rustls::RootCertStore;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::{program, subjects};

/// Who holds a client certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// `pisp-partner-acme`, profile `pisp-prod`.
    Acme,
    /// The same, with an RSA key.
    AcmeRsa,
    /// The same names, issued by an authority below the authority.
    AcmeByIntermediate,
    /// `aisp-partner-beta`, profile `prod`.
    Beta,
    /// Acme's names, issued by a stranger whose authority has the same name.
    Stranger,
    /// Acme's names, valid until yesterday.
    Expired,
    /// Acme's names and 60 alternative names.
    SixtyNames,
    /// A subject that is made of separators.
    Tricky,
    /// Beta's and acme's common name in one subject.
    TwoNames,
    /// `spiffe://td.example/partner`.
    Workload,
    /// A URI that ends one XFCC element and writes another.
    ForgedElement,
    /// A URI that writes another `URI` key.
    ForgedUri,
    /// A URI that writes a `DNS` key.
    ForgedDns,
    /// A URI that opens a quoted value.
    LoneQuote,
    /// An Envoy that is a client of another.
    OuterEnvoy,
}

impl Holder {
    pub(crate) const ALL: [Self; 15] = [
        Self::Acme,
        Self::AcmeRsa,
        Self::AcmeByIntermediate,
        Self::Beta,
        Self::Stranger,
        Self::Expired,
        Self::SixtyNames,
        Self::Tricky,
        Self::TwoNames,
        Self::Workload,
        Self::ForgedElement,
        Self::ForgedUri,
        Self::ForgedDns,
        Self::LoneQuote,
        Self::OuterEnvoy,
    ];
}

/// A certificate, its key, and who stands between it and the authority.
pub(crate) struct Credential {
    certificate: rcgen::Certificate,
    intermediate: Option<CertificateDer<'static>>,
    key: KeyPair,
}

impl Credential {
    pub(crate) fn chain(&self) -> Vec<CertificateDer<'static>> {
        let leaf = self.certificate.der().clone();
        [leaf]
            .into_iter()
            .chain(self.intermediate.clone())
            .collect()
    }

    pub(crate) fn key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::try_from(self.key.serialize_der()).unwrap()
    }

    pub(crate) fn der(&self) -> &[u8] {
        self.certificate.der()
    }

    pub(crate) fn certificate_pem(&self) -> String {
        self.certificate.pem().replace("\r\n", "\n")
    }

    pub(crate) fn key_pem(&self) -> String {
        self.key.serialize_pem().replace("\r\n", "\n")
    }
}

type Authority = CertifiedIssuer<'static, KeyPair>;

/// Every certificate of a test. Those of clients are made when they are asked
/// for.
pub(crate) struct Pki {
    authority: Authority,
    intermediate: Authority,
    stranger: Authority,
    server: Credential,
    holders: [OnceLock<Credential>; Holder::ALL.len()],
}

impl Pki {
    pub(crate) fn generate() -> Self {
        let authority = self_signed("Partner CA");
        let server = issue(server_params(), KeyPair::generate().unwrap(), &authority);
        Self {
            intermediate: below(&authority),
            // The same name and another key: as much as a stranger can have.
            stranger: self_signed("Partner CA"),
            authority,
            server,
            holders: Default::default(),
        }
    }

    pub(crate) fn authority_pem(&self) -> String {
        self.authority.pem().replace("\r\n", "\n")
    }

    pub(crate) fn roots(&self) -> Arc<RootCertStore> {
        let mut roots = RootCertStore::empty();
        roots.add(self.authority.der().clone()).unwrap();
        Arc::new(roots)
    }

    /// The edge's own certificate.
    pub(crate) fn server(&self) -> &Credential {
        &self.server
    }

    pub(crate) fn of(&self, holder: Holder) -> &Credential {
        let place = Holder::ALL.iter().position(|other| *other == holder);
        self.holders[place.unwrap()].get_or_init(|| self.issue(holder))
    }

    /// Whose certificate has this thumbprint, of those that were made.
    pub(crate) fn holder_of(&self, thumbprint: &str) -> Option<Holder> {
        let mut made = Holder::ALL.into_iter().zip(&self.holders);
        made.find_map(|(holder, credential)| {
            let sha256 = hex_of_sha256(credential.get()?.der());
            (sha256 == thumbprint).then_some(holder)
        })
    }

    fn issue(&self, holder: Holder) -> Credential {
        let key = match holder {
            Holder::AcmeRsa => rsa_key(),
            _ => KeyPair::generate().unwrap(),
        };
        let issuer = match holder {
            Holder::Stranger => &self.stranger,
            Holder::AcmeByIntermediate => &self.intermediate,
            _ => &self.authority,
        };
        let days = if holder == Holder::Expired {
            (-9, -1)
        } else {
            (-1, 30)
        };
        let mut params = params(days);
        params.distinguished_name = subjects::of(holder);
        params.subject_alt_names = subjects::alternative_names(holder);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let mut credential = issue(params, key, issuer);
        if holder == Holder::AcmeByIntermediate {
            credential.intermediate = Some(self.intermediate.der().clone());
        }
        credential
    }
}

pub(crate) fn hex_of_sha256(bytes: &[u8]) -> String {
    use sha2::{Digest as _, Sha256};

    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn issue(mut params: CertificateParams, key: KeyPair, issuer: &Authority) -> Credential {
    params.use_authority_key_identifier_extension = true;
    Credential {
        certificate: params.signed_by(&key, issuer).unwrap(),
        intermediate: None,
        key,
    }
}

fn self_signed(name: &str) -> Authority {
    let key = KeyPair::generate().unwrap();
    CertifiedIssuer::self_signed(authority_params(name), key).unwrap()
}

fn below(authority: &Authority) -> Authority {
    let key = KeyPair::generate().unwrap();
    CertifiedIssuer::signed_by(authority_params("Partner CA 2"), key, authority).unwrap()
}

fn authority_params(name: &str) -> CertificateParams {
    let mut params = params((-10, 300));
    params.distinguished_name = DistinguishedName::new();
    for (attribute, value) in [
        (DnType::CountryName, "GB"),
        (DnType::OrganizationName, "Example Bank"),
        (DnType::CommonName, name),
    ] {
        params.distinguished_name.push(attribute, value);
    }
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn server_params() -> CertificateParams {
    let mut params = params((-1, 30));
    params.distinguished_name = DistinguishedName::new();
    params.subject_alt_names = ["localhost", "127.0.0.1"]
        .map(|name| CertificateParams::new([name.to_owned()]).unwrap())
        .into_iter()
        .flat_map(|params| params.subject_alt_names)
        .collect();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

/// Valid from and to these days from now.
fn params((from, to): (i64, i64)) -> CertificateParams {
    let today = SystemClock::start().now().wall.unix_seconds();
    let at = |days: i64| {
        let seconds = u64::try_from(today + days * 86_400).unwrap();
        date_time_ymd(1970, 1, 1) + std::time::Duration::from_secs(seconds)
    };
    let mut params = CertificateParams::default();
    params.not_before = at(from);
    params.not_after = at(to);
    params
}

/// ring makes no RSA keys.
fn rsa_key() -> KeyPair {
    let openssl = program::find("openssl").expect("openssl makes the RSA key");
    let made = Command::new(openssl)
        .args(["genpkey", "-quiet", "-algorithm", "RSA"])
        .args(["-pkeyopt", "rsa_keygen_bits:2048"])
        .output()
        .unwrap();
    KeyPair::from_pem(&String::from_utf8(made.stdout).unwrap()).unwrap()
}
