//! What each edge sends: header names, dialect, and the word that says that
//! the certificate was verified.

use crate::dialect::Dialect;

use super::ClaimHeader;

/// A proxy that certgate knows by name.
///
/// The header names are those of the configurations in [`guide`](crate::guide);
/// a policy can override each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Preset {
    /// nginx with `$ssl_client_escaped_cert` and `$ssl_client_verify`.
    Nginx,
    /// ingress-nginx with `auth-tls-pass-certificate-to-upstream`.
    IngressNginx,
    /// Traefik's `passTLSClientCert` middleware with `pem: true`.
    Traefik,
    /// Traefik's `passTLSClientCert` middleware with `info` alone: one
    /// attribute of the subject, and no certificate.
    TraefikInfo,
    /// HAProxy with `ssl_c_der,base64`, `ssl_c_chain_der,base64` and
    /// `ssl_c_verify`.
    Haproxy,
    /// Apache httpd with `%{SSL_CLIENT_CERT}s` and `%{SSL_CLIENT_VERIFY}s`.
    Apache,
    /// Caddy with `{http.request.tls.client.certificate_der_base64}`.
    Caddy,
    /// Envoy and Istio: `x-forwarded-client-cert`.
    Envoy,
    /// An AWS Application Load Balancer in verify mode.
    AwsAlb,
    /// An AWS Application Load Balancer in passthrough mode, which verifies
    /// nothing.
    AwsAlbPassthrough,
    /// Cloudflare with the managed transform "Add TLS client auth headers" and
    /// the certificate forwarded.
    Cloudflare,
    /// A Google Cloud Application Load Balancer with custom request headers.
    Gcp,
    /// Azure App Service, which verifies nothing.
    Azure,
    /// Amazon CloudFront with viewer mTLS.
    Cloudfront,
    /// Any edge that follows RFC 9440.
    Rfc9440,
    /// No edge: TLS ends in this process.
    Direct,
}

/// The wire facts of one preset.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct PresetFacts {
    /// The header that carries the certificate, where the edge sends one.
    pub certificate: Option<CertificateHeader>,
    /// The headers that tell about a certificate without carrying it.
    pub claims: &'static [(ClaimHeader, &'static str)],
    /// Whether the edge verifies certificates, and how it says so.
    pub verifies: Verifies,
}

/// A header that carries a certificate.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CertificateHeader {
    /// Its name.
    pub name: &'static str,
    /// How the certificate is written.
    pub dialect: Dialect,
    /// The header that carries the rest of the chain, where there is one.
    pub chain: Option<&'static str>,
}

/// Whether an edge verifies the certificates that it forwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verifies {
    /// It says so on each request: every one of these headers has to be there
    /// with exactly this value.
    Says(&'static [(&'static str, &'static str)]),
    /// It can be configured to refuse what it cannot verify, and says nothing:
    /// the operator has to state that it is.
    Silently,
    /// It forwards what the client sent.
    Never,
    /// There is no edge: whoever accepted the connection says it.
    OnAccept,
}

impl PresetFacts {
    /// Every header name among them.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        let statuses = match self.verifies {
            Verifies::Says(statuses) => statuses,
            Verifies::Silently | Verifies::Never | Verifies::OnAccept => &[],
        };
        self.certificate
            .into_iter()
            .flat_map(|header| [Some(header.name), header.chain])
            .flatten()
            .chain(self.claims.iter().map(|(_, name)| *name))
            .chain(statuses.iter().map(|(name, _)| *name))
    }
}

impl Preset {
    /// Every preset with the word by which a policy names it.
    pub const WORDS: &'static [(&'static str, Self)] = &[
        ("nginx", Self::Nginx),
        ("ingress-nginx", Self::IngressNginx),
        ("traefik", Self::Traefik),
        ("traefik-info", Self::TraefikInfo),
        ("haproxy", Self::Haproxy),
        ("apache", Self::Apache),
        ("caddy", Self::Caddy),
        ("envoy", Self::Envoy),
        ("istio", Self::Envoy),
        ("aws-alb", Self::AwsAlb),
        ("aws-alb-passthrough", Self::AwsAlbPassthrough),
        ("cloudflare", Self::Cloudflare),
        ("gcp", Self::Gcp),
        ("azure", Self::Azure),
        ("cloudfront", Self::Cloudfront),
        ("rfc9440", Self::Rfc9440),
        ("direct", Self::Direct),
    ];

    /// What this edge sends.
    #[must_use]
    pub const fn facts(self) -> PresetFacts {
        use ClaimHeader as Claim;
        use Dialect::{Base64Der, PemEscaped, PemEscapedChain, PemSpaces, Rfc9440, Xfcc};
        use Verifies::{Never, OnAccept, Says, Silently};
        let (certificate, claims, verifies): (_, &[(ClaimHeader, &str)], _) = match self {
            Self::Nginx => (
                header("X-SSL-Client-Cert", PemEscaped),
                &[],
                Says(&[("X-SSL-Client-Verify", "SUCCESS")]),
            ),
            Self::IngressNginx => (
                header("ssl-client-cert", PemEscaped),
                &[
                    (Claim::Subject, "ssl-client-subject-dn"),
                    (Claim::Issuer, "ssl-client-issuer-dn"),
                ],
                Says(&[("ssl-client-verify", "SUCCESS")]),
            ),
            Self::Traefik => (
                header("X-Forwarded-Tls-Client-Cert", Base64Der),
                &[],
                Silently,
            ),
            Self::TraefikInfo => (
                None,
                &[(Claim::TraefikInfo, "X-Forwarded-Tls-Client-Cert-Info")],
                Silently,
            ),
            Self::Haproxy => (
                with_chain("X-SSL-Client-DER", Base64Der, "X-SSL-Client-Chain-DER"),
                &[],
                // `0` stands for "no certificate" as well, which is why it
                // counts only beside one.
                Says(&[("X-SSL-Client-Verify", "0")]),
            ),
            Self::Apache => (
                header("X-SSL-Client-Cert", PemSpaces),
                &[],
                Says(&[("X-SSL-Client-Verify", "SUCCESS")]),
            ),
            Self::Caddy => (header("X-SSL-Client-DER", Base64Der), &[], Silently),
            Self::Envoy => (header("X-Forwarded-Client-Cert", Xfcc), &[], Silently),
            Self::AwsAlb => (
                header("X-Amzn-Mtls-Clientcert-Leaf", PemEscaped),
                &[
                    (Claim::Subject, "X-Amzn-Mtls-Clientcert-Subject"),
                    (Claim::Issuer, "X-Amzn-Mtls-Clientcert-Issuer"),
                    (Claim::Validity, "X-Amzn-Mtls-Clientcert-Validity"),
                ],
                Silently,
            ),
            Self::AwsAlbPassthrough => (
                header("X-Amzn-Mtls-Clientcert", PemEscapedChain),
                &[],
                Never,
            ),
            Self::Cloudflare => (
                header("Cf-Client-Cert-Der-Base64", Base64Der),
                &[(Claim::Sha256Hex, "Cf-Client-Cert-Sha256")],
                Says(&[("Cf-Cert-Verified", "true"), ("Cf-Cert-Revoked", "false")]),
            ),
            Self::Gcp => (
                with_chain("X-Client-Cert-Leaf", Rfc9440, "X-Client-Cert-Chain"),
                &[
                    (Claim::Sha256Base64, "X-Client-Cert-Hash"),
                    (Claim::SpiffeId, "X-Client-Cert-SPIFFE"),
                    (Claim::NotBefore, "X-Client-Cert-Valid-Not-Before"),
                    (Claim::NotAfter, "X-Client-Cert-Valid-Not-After"),
                ],
                Says(&[("X-Client-Cert-Chain-Verified", "true")]),
            ),
            Self::Azure => (header("X-ARR-ClientCert", Base64Der), &[], Never),
            Self::Cloudfront => (
                header("CloudFront-Viewer-Cert-Pem", PemEscaped),
                &[
                    (Claim::Sha256Hex, "CloudFront-Viewer-Cert-Sha256"),
                    (Claim::Subject, "CloudFront-Viewer-Cert-Subject"),
                    (Claim::Issuer, "CloudFront-Viewer-Cert-Issuer"),
                    (Claim::Validity, "CloudFront-Viewer-Cert-Validity"),
                ],
                Silently,
            ),
            Self::Rfc9440 => (
                with_chain("Client-Cert", Rfc9440, "Client-Cert-Chain"),
                &[],
                Silently,
            ),
            Self::Direct => (None, &[], OnAccept),
        };
        PresetFacts {
            certificate,
            claims,
            verifies,
        }
    }
}

const fn header(name: &'static str, dialect: Dialect) -> Option<CertificateHeader> {
    Some(CertificateHeader {
        name,
        dialect,
        chain: None,
    })
}

const fn with_chain(
    name: &'static str,
    dialect: Dialect,
    chain: &'static str,
) -> Option<CertificateHeader> {
    Some(CertificateHeader {
        name,
        dialect,
        chain: Some(chain),
    })
}
