//! Certificates that are valid now, and a client.

use std::net::SocketAddr;

use certgate::certificate::{CertInfo, Thumbprint};
use http::Request;
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
};

/// A client's certificate, under an authority of this name.
pub(crate) struct Holder(CertInfo);

pub(crate) const AUTHORITY: &str = "Example Root CA";

impl Holder {
    pub(crate) fn new(client: &str, authority: &str) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let mut name = DistinguishedName::new();
        name.push(DnType::CountryName, "GB");
        name.push(DnType::OrganizationName, "Example Root Trust Ltd");
        name.push(DnType::CommonName, authority);
        params.distinguished_name = name;
        let issuer = Issuer::new(params, KeyPair::generate().unwrap());

        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, client);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();
        Self(CertInfo::from_der(certificate.der().to_vec()).unwrap())
    }

    pub(crate) fn acme() -> Self {
        Self::new("pisp-partner-acme", AUTHORITY)
    }

    pub(crate) fn header(&self) -> String {
        self.0.to_rfc9440()
    }

    pub(crate) fn thumbprint(&self) -> Thumbprint {
        self.0.thumbprint()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    Http1,
    Http2,
}

/// Status and body.
pub(crate) async fn get(
    version: Version,
    address: SocketAddr,
    path: &str,
    lines: &[(&str, &str)],
) -> (u16, String) {
    let client = Client::builder(TokioExecutor::new())
        .http2_only(version == Version::Http2)
        .build_http();
    let mut request = Request::get(format!("http://{address}{path}"));
    for (name, value) in lines {
        request = request.header(*name, *value);
    }
    let request = request.body(Empty::<Bytes>::new()).unwrap();
    let (head, body) = client.request(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (
        head.status.as_u16(),
        String::from_utf8(body.to_vec()).unwrap(),
    )
}
