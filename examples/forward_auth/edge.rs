//! What each edge says of the request that it asks about, and which answers it
//! passes on.

use http::{HeaderName, StatusCode};

use super::refused::{Fault, Refused};

/// The edge that asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edge {
    /// nginx with `auth_request`.
    Nginx,
    /// Traefik with `forwardAuth`.
    Traefik,
    /// Caddy with `forward_auth`.
    Caddy,
    /// Envoy with `ext_authz` and its HTTP service.
    Envoy,
}

/// Where the original request's method, target and host are found.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Table {
    /// In one header line each.
    Lines {
        method: &'static str,
        target: &'static str,
        host: &'static str,
    },
    /// They are those of the request that the edge sends, but for a prefix of
    /// the path.
    Own { prefix: &'static str },
}

impl Edge {
    pub(crate) const WORDS: [(&'static str, Self); 4] = [
        ("nginx", Self::Nginx),
        ("traefik", Self::Traefik),
        ("caddy", Self::Caddy),
        ("envoy", Self::Envoy),
    ];

    /// The line of the client's address, whichever edge writes it.
    pub(crate) const ADDRESS: &'static str = "x-forwarded-for";

    pub(crate) fn table(self) -> Table {
        match self {
            // The names are those of the configuration beside this file.
            Self::Nginx => Table::Lines {
                method: "x-original-method",
                target: "x-original-uri",
                host: "x-original-host",
            },
            Self::Traefik | Self::Caddy => Table::Lines {
                method: "x-forwarded-method",
                target: "x-forwarded-uri",
                host: "x-forwarded-host",
            },
            Self::Envoy => Table::Own {
                prefix: "/forward-auth",
            },
        }
    }

    /// Whether the edge writes the lines of this name, whatever a client sends.
    pub(crate) fn writes(self, name: &HeaderName) -> bool {
        let is_of_table = match self.table() {
            Table::Lines {
                method,
                target,
                host,
            } => [method, target, host].contains(&name.as_str()),
            Table::Own { .. } => false,
        };
        is_of_table || name == Self::ADDRESS
    }

    /// The status that tells this edge to deny with `status`. nginx takes 401
    /// and 403 alone for a denial, and anything else but 2xx for a failure.
    pub(crate) fn denial(self, status: StatusCode) -> StatusCode {
        match self {
            Self::Nginx if status != StatusCode::UNAUTHORIZED => StatusCode::FORBIDDEN,
            Self::Nginx | Self::Traefik | Self::Caddy | Self::Envoy => status,
        }
    }
}

impl std::str::FromStr for Edge {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let mut words = Self::WORDS.iter();
        let found = words.find(|(known, _)| *known == word);
        found
            .map(|(_, edge)| *edge)
            .ok_or_else(|| "the edge is nginx, traefik, caddy or envoy".to_owned())
    }
}

impl Table {
    /// The names by which a refusal calls method, target and host.
    pub(crate) fn names(self) -> [&'static str; 3] {
        match self {
            Self::Lines {
                method,
                target,
                host,
            } => [method, target, host],
            Self::Own { .. } => ["method", "path", "host"],
        }
    }

    /// A refusal over the target.
    pub(crate) fn bad_target(self) -> Refused {
        let [_, target, _] = self.names();
        Refused::Line(target, Fault::Malformed)
    }
}
