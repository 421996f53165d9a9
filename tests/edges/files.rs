//! Writes what the guide's configurations read from `/etc/certgate`.

use std::net::SocketAddr;

use crate::config::Config;
use crate::directory::Directory;
use crate::pki::{Holder, Pki};

/// How configurations name what is behind them.
const SERVICES: [&str; 3] = ["127.0.0.1:8080", "port_value: 8080 }", "port_value: 8443 }"];

/// What an edge is started with: its configuration is whole but for where it
/// listens.
pub(crate) struct Files {
    pub(crate) directory: Directory,
    pub(crate) config: Config,
    pub(crate) port: u16,
}

impl Files {
    /// Writes the files that `config` names, and puts their paths and the
    /// service's address in.
    pub(crate) fn write(config: Config, pki: &Pki, service: SocketAddr, port: u16) -> Self {
        let directory = Directory::create();
        let (server, outer) = (pki.server(), pki.of(Holder::OuterEnvoy));
        let (certificate, key) = (server.certificate_pem(), server.key_pem());
        let named = SERVICES
            .into_iter()
            .find(|literal| config.text().contains(literal));
        let literal = named.expect("the configuration names the service");
        let service = literal
            .replace("8080", &service.port().to_string())
            .replace("8443", &service.port().to_string());
        let mut config = config.with(literal, &service);
        for (name, text) in [
            ("ca.pem", pki.authority_pem()),
            ("server-and-key.pem", format!("{certificate}{key}")),
            ("server.pem", certificate),
            ("server.key", key),
            ("outer.pem", outer.certificate_pem()),
            ("outer.key", outer.key_pem()),
        ] {
            let literal = format!("/etc/certgate/{name}");
            if config.text().contains(&literal) {
                config = config.with(&literal, &directory.write(name, &text));
            }
        }
        let left = config.text().contains("/etc/");
        assert!(!left, "an unknown path in:\n{}", config.text());
        Self {
            directory,
            config,
            port,
        }
    }

    /// Puts in what stands for `literal` here.
    #[must_use]
    pub(crate) fn with(mut self, literal: &str, replacement: &str) -> Self {
        self.config = self.config.with(literal, replacement);
        self
    }

    /// Puts the port in where `literal` names another.
    #[must_use]
    pub(crate) fn listening_at(self, literal: &str) -> Self {
        let named: String = literal.chars().filter(char::is_ascii_digit).collect();
        let replacement = literal.replace(&named, &self.port.to_string());
        self.with(literal, &replacement)
    }
}
