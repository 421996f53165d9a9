//! The same decision as a service's author would write it, from the crates
//! that are at hand and with owned strings.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use http::HeaderMap;
use ipnet::IpNet;
use percent_encoding::percent_decode_str;
use sha2::{Digest as _, Sha256};
use x509_parser::prelude::{ASN1Time, FromDer as _, X509Certificate, X509Name};

use super::certificates::Certificate;
use super::requests::{ENOUGH, NGINX_CERTIFICATE, NGINX_STATUS, NOW, TRAEFIK_CERTIFICATE};

/// What the service has read from its configuration.
pub(crate) struct Service {
    edge: Edge,
    proxies: Vec<IpNet>,
    issuers: Vec<String>,
    collections: Vec<(String, String)>,
    clients: HashMap<String, Client>,
    rate: DefaultKeyedRateLimiter<String>,
    quota: DefaultKeyedRateLimiter<String>,
}

/// How the certificate comes.
#[derive(Clone, Copy)]
pub(crate) enum Edge {
    /// As percent-encoded PEM, with a verify status.
    Nginx,
    /// As bare base64.
    Traefik,
}

struct Client {
    collections: Vec<String>,
    profiles: HashMap<String, Profile>,
}

struct Profile {
    methods: Vec<String>,
    addresses: Vec<IpNet>,
}

/// Whom the service lets in.
pub(crate) struct Caller {
    pub(crate) client: String,
    pub(crate) _profile: String,
    pub(crate) _collection: String,
}

impl Service {
    pub(crate) fn new(edge: Edge, certificates: &[Certificate]) -> Self {
        let networks = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
        let requests = NonZeroU32::new(ENOUGH).unwrap();
        let client = || {
            let profile = Profile {
                methods: vec!["GET".to_owned(), "POST".to_owned()],
                addresses: networks(&["198.51.100.0/25", "203.0.113.0/24", "2001:db8::/32"]),
            };
            Client {
                collections: vec!["payments".to_owned(), "workflow".to_owned()],
                profiles: HashMap::from([("prod".to_owned(), profile)]),
            }
        };
        Self {
            edge,
            proxies: networks(&["10.0.0.0/8", "192.168.0.0/16"]),
            issuers: vec![
                "C=GB, O=Example Payments Ltd, CN=Another CA".to_owned(),
                "C=GB, O=Example Payments Ltd, OU=Public Key Infrastructure, \
                 CN=Example Payments Issuing CA 1"
                    .to_owned(),
            ],
            collections: vec![
                ("/payments".to_owned(), "payments".to_owned()),
                ("/workflow/start".to_owned(), "workflow".to_owned()),
                ("/execute".to_owned(), "workflow".to_owned()),
            ],
            clients: certificates
                .iter()
                .map(|certificate| (certificate.client.clone(), client()))
                .collect(),
            rate: RateLimiter::keyed(Quota::per_minute(requests)),
            quota: RateLimiter::keyed(Quota::per_hour(requests)),
        }
    }

    /// Decides a request. `bound` is the token's `x5t#S256`, in hexadecimal.
    pub(crate) fn decide(
        &self,
        peer: IpAddr,
        method: &str,
        target: &str,
        headers: &HeaderMap,
        bound: &str,
    ) -> Result<Caller, &'static str> {
        if !self.proxies.iter().any(|network| network.contains(&peer)) {
            return Err("the peer is no proxy");
        }
        let der = self.certificate(headers)?;
        let (_, certificate) =
            X509Certificate::from_der(&der).map_err(|_| "the certificate is malformed")?;
        let now = ASN1Time::from_timestamp(NOW).map_err(|_| "the clock is wrong")?;
        if !certificate.validity().is_valid_at(now) {
            return Err("the certificate is expired");
        }
        let issuer = certificate.issuer().to_string();
        if !self.issuers.contains(&issuer) {
            return Err("the issuer is not allowed");
        }
        let thumbprint: String = Sha256::digest(&der)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        if thumbprint != bound {
            return Err("the token is another certificate's");
        }
        let subject = certificate.subject();
        let id = common_name(subject).ok_or("the certificate names nobody")?;
        let profile_id = unit(subject).ok_or("the certificate names no profile")?;
        let client = self.clients.get(&id).ok_or("the client is unknown")?;
        let profile = client
            .profiles
            .get(&profile_id)
            .ok_or("the profile is unknown")?;
        let address: IpAddr = header(headers, "x-forwarded-for")?
            .rsplit(',')
            .next()
            .and_then(|hop| hop.trim().parse().ok())
            .ok_or("the address is unknown")?;
        let listed = |network: &IpNet| network.contains(&address);
        if !profile.addresses.iter().any(listed) {
            return Err("the address is not allowed");
        }
        let path = target.split('?').next().unwrap_or(target);
        let collection = self
            .collections
            .iter()
            .find(|(prefix, _)| {
                path.strip_prefix(&**prefix)
                    .is_some_and(|below| below.is_empty() || below.starts_with('/'))
            })
            .map(|(_, name)| name.clone())
            .ok_or("the collection is unknown")?;
        if !client.collections.contains(&collection) {
            return Err("the collection is not allowed");
        }
        if !profile.methods.iter().any(|allowed| allowed == method) {
            return Err("the method is not allowed");
        }
        if self.rate.check_key(&id).is_err() || self.quota.check_key(&id).is_err() {
            return Err("too many requests");
        }
        Ok(Caller {
            client: id,
            _profile: profile_id,
            _collection: collection,
        })
    }

    fn certificate(&self, headers: &HeaderMap) -> Result<Vec<u8>, &'static str> {
        match self.edge {
            Edge::Nginx => {
                if header(headers, NGINX_STATUS)? != "SUCCESS" {
                    return Err("the certificate is not verified");
                }
                let escaped = header(headers, NGINX_CERTIFICATE)?;
                let text = percent_decode_str(&escaped)
                    .decode_utf8()
                    .map_err(|_| "the header is malformed")?
                    .into_owned();
                let block = pem::parse(text).map_err(|_| "the PEM is malformed")?;
                Ok(block.into_contents())
            }
            Edge::Traefik => {
                use base64::Engine as _;
                let text = header(headers, TRAEFIK_CERTIFICATE)?;
                base64::engine::general_purpose::STANDARD
                    .decode(text)
                    .map_err(|_| "the base64 is malformed")
            }
        }
    }
}

fn header(headers: &HeaderMap, name: &str) -> Result<String, &'static str> {
    let value = headers.get(name).ok_or("a header is missing")?;
    let text = value.to_str().map_err(|_| "a header is no text")?;
    Ok(text.to_owned())
}

fn common_name(name: &X509Name<'_>) -> Option<String> {
    let attribute = name.iter_common_name().next()?;
    attribute.as_str().ok().map(str::to_owned)
}

fn unit(name: &X509Name<'_>) -> Option<String> {
    let attribute = name.iter_organizational_unit().next()?;
    attribute.as_str().ok().map(str::to_owned)
}
