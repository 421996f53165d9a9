//! What became of a request, as one line of text.

use std::fmt;

use serde_json::Value;

use crate::client::Reply;
use crate::pki::{Holder, Pki};

/// What became of a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The edge ended the connection over the certificate.
    HandshakeRefused,
    /// The edge answered, and the service was not asked.
    EdgeAnswered(u16),
    /// The gate denied.
    Denied(u16, String),
    /// The gate allowed, and this is who the service took the caller for; by
    /// whose certificate, if there was one.
    Allowed {
        client: String,
        profile: String,
        certificate: Option<Holder>,
    },
}

impl Outcome {
    pub(crate) fn of(reply: Reply, pki: &Pki) -> Self {
        let (status, body) = match reply {
            Reply::Refused => return Self::HandshakeRefused,
            Reply::Response(status, body) => (status, body),
        };
        let Ok(body) = serde_json::from_str::<Value>(&body) else {
            return Self::EdgeAnswered(status);
        };
        assert_ne!(body["request_id"], "forged");
        let text = |name: &str| body[name].as_str().unwrap_or("-").to_owned();
        if status != 200 {
            return Self::Denied(status, text("reason"));
        }
        assert_is_stripped(&body);
        Self::Allowed {
            client: text("client"),
            profile: text("profile"),
            certificate: body["thumbprint"].as_str().map(|thumbprint| {
                pki.holder_of(thumbprint)
                    .expect("a certificate of the test")
            }),
        }
    }
}

/// No header or trailer that reaches the application speaks of a client.
fn assert_is_stripped(body: &Value) {
    let empty = Vec::new();
    let lines = |name: &str| body[name].as_array().unwrap_or(&empty).clone();
    for line in lines("headers").iter().chain(&lines("trailers")) {
        let name = line[0].as_str().unwrap();
        for part in ["cert", "verif", "ssl", "tls", "profile", "client-id"] {
            assert!(!name.contains(part), "{line} reached the application");
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HandshakeRefused => f.write_str("handshake refused"),
            Self::EdgeAnswered(status) => write!(f, "edge {status}"),
            Self::Denied(status, reason) => write!(f, "{status} {reason}"),
            Self::Allowed {
                client,
                profile,
                certificate: Some(holder),
            } => write!(f, "{client}/{profile} by {holder:?}"),
            Self::Allowed {
                client, profile, ..
            } => write!(f, "{client}/{profile}"),
        }
    }
}
