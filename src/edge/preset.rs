//! What each edge sends: header names, dialect, and the word that says that
//! the certificate was verified.

use crate::dialect::Dialect;

/// A proxy that certgate knows by name.
///
/// The header names are those of the configurations that the guide shows; a
/// policy can override each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Preset {
    /// nginx with `$ssl_client_escaped_cert` and `$ssl_client_verify`.
    Nginx,
    /// Traefik's `passTLSClientCert` middleware with `pem: true`.
    Traefik,
    /// HAProxy with `ssl_c_der,base64` and `ssl_c_chain_der,base64`.
    Haproxy,
    /// Envoy and Istio: `x-forwarded-client-cert` with `Cert`.
    Envoy,
    /// Any edge that follows RFC 9440.
    Rfc9440,
}

/// The wire facts of one preset.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct PresetFacts {
    /// The header that carries the certificate.
    pub certificate_header: &'static str,
    /// The header that carries the rest of the chain, where there is one.
    pub chain_header: Option<&'static str>,
    /// How the certificate is written.
    pub dialect: Dialect,
    /// The header of the verify status and the one value that means verified.
    /// Without one the operator has to state that the edge always verifies.
    pub status: Option<(&'static str, &'static str)>,
}

impl Preset {
    /// Every preset with the word by which a policy names it.
    pub const WORDS: &'static [(&'static str, Self)] = &[
        ("nginx", Self::Nginx),
        ("traefik", Self::Traefik),
        ("haproxy", Self::Haproxy),
        ("envoy", Self::Envoy),
        ("rfc9440", Self::Rfc9440),
    ];

    /// What this edge sends.
    #[must_use]
    pub const fn facts(self) -> PresetFacts {
        match self {
            Self::Nginx => PresetFacts {
                certificate_header: "X-SSL-Client-Cert",
                chain_header: None,
                dialect: Dialect::PemEscaped,
                status: Some(("X-SSL-Client-Verify", "SUCCESS")),
            },
            Self::Traefik => PresetFacts {
                certificate_header: "X-Forwarded-Tls-Client-Cert",
                chain_header: None,
                dialect: Dialect::Base64Der,
                status: None,
            },
            Self::Haproxy => PresetFacts {
                certificate_header: "X-SSL-Client-DER",
                chain_header: Some("X-SSL-Client-Chain-DER"),
                dialect: Dialect::Base64Der,
                status: None,
            },
            Self::Envoy => PresetFacts {
                certificate_header: "X-Forwarded-Client-Cert",
                chain_header: None,
                dialect: Dialect::Xfcc,
                status: None,
            },
            Self::Rfc9440 => PresetFacts {
                certificate_header: "Client-Cert",
                chain_header: Some("Client-Cert-Chain"),
                dialect: Dialect::Rfc9440,
                status: None,
            },
        }
    }
}
