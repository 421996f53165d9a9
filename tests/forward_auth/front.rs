//! The edges of the example, with what is different about them.

use crate::config::Config;
use crate::example::Edge;
use crate::pki::{Credential, Holder, Pki};
use crate::program::{self, Running};
use crate::{files, start, wire};

/// An edge, and the files that the example ships for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Front {
    Nginx,
    Traefik,
    Caddy,
    Envoy,
}

impl Front {
    pub(crate) fn edge(self) -> Edge {
        match self {
            Self::Nginx => Edge::Nginx,
            Self::Traefik => Edge::Traefik,
            Self::Caddy => Edge::Caddy,
            Self::Envoy => Edge::Envoy,
        }
    }

    fn program(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Traefik => "traefik",
            Self::Caddy => "caddy",
            Self::Envoy => "envoy",
        }
    }

    /// The configuration that the example ships.
    pub(crate) fn config(self) -> Config {
        Config::new(match self {
            Self::Nginx => include_str!("../../examples/forward_auth/nginx.conf"),
            Self::Traefik => include_str!("../../examples/forward_auth/traefik.yaml"),
            Self::Caddy => include_str!("../../examples/forward_auth/Caddyfile"),
            Self::Envoy => include_str!("../../examples/forward_auth/envoy.yaml"),
        })
    }

    /// The policy of the guide.
    pub(crate) fn policy(self) -> Config {
        Config::new(match self {
            Self::Nginx => include_str!("../../src/guide/nginx/policy.toml"),
            Self::Traefik => include_str!("../../src/guide/traefik/policy.toml"),
            Self::Caddy => include_str!("../../src/guide/caddy/policy.toml"),
            Self::Envoy => include_str!("../../src/guide/envoy/policy.toml"),
        })
    }

    /// The header of the certificate.
    pub(crate) fn certificate_header(self) -> &'static str {
        match self {
            Self::Nginx => "X-SSL-Client-Cert",
            Self::Traefik => "X-Forwarded-Tls-Client-Cert",
            Self::Caddy => "X-SSL-Client-DER",
            Self::Envoy => "X-Forwarded-Client-Cert",
        }
    }

    /// The certificate as the edge writes it.
    pub(crate) fn certificate(self, credential: &Credential) -> String {
        match self {
            Self::Nginx => wire::pem_escaped(credential),
            Self::Traefik | Self::Caddy => wire::base64_der(credential),
            Self::Envoy => wire::xfcc(credential),
        }
    }

    /// A certificate that makes the edge write what certgate cannot read, or
    /// whose status says that it did not verify.
    pub(crate) fn forgery(self, pki: &Pki) -> String {
        let certificate = self.certificate(pki.of(Holder::Acme));
        let status = match self {
            Self::Nginx => "X-SSL-Client-Verify: SUCCESS\r\n",
            Self::Traefik | Self::Caddy | Self::Envoy => "",
        };
        format!("{}: {certificate}\r\n{status}", self.certificate_header())
    }

    /// The headers that the edge writes for certgate alone.
    pub(crate) fn told(self) -> &'static [&'static str] {
        match self {
            Self::Nginx => &[
                "X-SSL-Client-Cert",
                "X-SSL-Client-Verify",
                "X-Original-Method",
                "X-Original-URI",
                "X-Original-Host",
            ],
            Self::Traefik => &[
                "X-Forwarded-Tls-Client-Cert",
                "X-Forwarded-Method",
                "X-Forwarded-Uri",
            ],
            Self::Caddy => &["X-SSL-Client-DER", "X-Forwarded-Method", "X-Forwarded-Uri"],
            Self::Envoy => &["X-Forwarded-Client-Cert"],
        }
    }

    /// Starts the edge between `service` and the door at `door`.
    pub(crate) fn start(
        self,
        config: Config,
        pki: &Pki,
        door: std::net::SocketAddr,
        service: std::net::SocketAddr,
        port: u16,
    ) -> Option<Running> {
        let program = program::find_or_skip(self.program())?;
        let mut config = config.with("127.0.0.1:9000", &door.to_string());
        if self == Self::Envoy {
            let literal = format!("port_value: {} }}", door.port());
            config = config.with("port_value: 9000 }", &literal);
        }
        let files = files::Files::write(config, pki, service, port);
        Some(match self {
            Self::Nginx => start::nginx(&program, files),
            Self::Traefik => {
                let entry = Config::new(include_str!("../../src/guide/traefik/traefik.yml"));
                start::traefik(&program, &entry, files)
            }
            Self::Caddy => start::caddy(&program, files),
            Self::Envoy => start::envoy(&program, files),
        })
    }
}
