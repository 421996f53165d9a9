//! What a scenario is: a call, and what is expected of it.

use std::net::Ipv4Addr;
use std::ops::RangeInclusive;

use tokio_rustls::rustls::AlertDescription;

use super::pki::Holder;

/// One row of the table.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) call: Call,
    pub(crate) expected: Expected,
}

/// What is sent.
#[derive(Clone, Copy)]
pub(crate) struct Call {
    pub(crate) to: Service,
    pub(crate) route: Route,
    pub(crate) from: Ipv4Addr,
    pub(crate) certificate: Option<Holder>,
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) token: Option<&'static str>,
    pub(crate) header: Option<(&'static str, &'static str)>,
    /// The certificate that the caller puts into a `Client-Cert` line himself.
    pub(crate) forged_client_cert: Option<Holder>,
    /// How many calls like this one are sent first, all of them to be allowed.
    pub(crate) calls_before: usize,
    /// How far the service's clock runs ahead.
    pub(crate) days_ahead: u32,
}

#[derive(Clone, Copy)]
pub(crate) enum Service {
    /// Guarded by `partner.toml`.
    Payments,
    /// Guarded by `workflow.toml`.
    Workflow,
}

#[derive(Clone, Copy)]
pub(crate) enum Route {
    ThroughTheEdge,
    PastTheEdge,
}

/// What the caller gets to see, and what the audit record has to say.
pub(crate) struct Expected {
    pub(crate) answer: ExpectedAnswer,
    pub(crate) client: Option<&'static str>,
    pub(crate) profile: Option<&'static str>,
    pub(crate) collection: Option<&'static str>,
    pub(crate) limit: Option<&'static str>,
    pub(crate) client_ip: &'static str,
    pub(crate) peer: &'static str,
    /// Whose certificate's thumbprint is recorded.
    pub(crate) certificate: Option<Holder>,
}

pub(crate) enum ExpectedAnswer {
    /// The edge refuses the handshake, and nobody decides or records anything.
    Handshake(AlertDescription),
    Status {
        status: u16,
        reason: Option<&'static str>,
        header: Option<ExpectedHeader>,
    },
}

pub(crate) enum ExpectedHeader {
    Is(&'static str, &'static str),
    Seconds(&'static str, RangeInclusive<u64>),
}

/// 200, from the handler.
pub(crate) fn allowed() -> Expected {
    Expected::new(ExpectedAnswer::Status {
        status: 200,
        reason: None,
        header: None,
    })
}

/// A denial of the gate.
pub(crate) fn denied(status: u16, reason: &'static str) -> Expected {
    Expected::new(ExpectedAnswer::Status {
        status,
        reason: Some(reason),
        header: None,
    })
}

/// A handshake that the edge refuses.
pub(crate) fn refused(alert: AlertDescription) -> Expected {
    Expected::new(ExpectedAnswer::Handshake(alert))
}

impl Expected {
    /// Nobody is known yet but the edge and the address behind it.
    fn new(answer: ExpectedAnswer) -> Self {
        Self {
            answer,
            client: None,
            profile: None,
            collection: None,
            limit: None,
            client_ip: "203.0.113.42",
            peer: "127.0.0.2",
            certificate: None,
        }
    }

    /// The partner, by its certificate.
    pub(crate) fn acme(self) -> Self {
        self.client("pisp-partner-acme", "pisp-prod")
            .certificate(Holder::Acme)
    }

    pub(crate) fn client(self, client: &'static str, profile: &'static str) -> Self {
        Self {
            client: Some(client),
            profile: Some(profile),
            ..self
        }
    }

    /// A client that the proofs name, denied before its profile was looked for.
    pub(crate) fn claimed(self, client: &'static str) -> Self {
        Self {
            client: Some(client),
            ..self
        }
    }

    pub(crate) fn certificate(self, holder: Holder) -> Self {
        Self {
            certificate: Some(holder),
            ..self
        }
    }

    pub(crate) fn collection(self, collection: &'static str) -> Self {
        Self {
            collection: Some(collection),
            ..self
        }
    }

    pub(crate) fn limit(self, limit: &'static str) -> Self {
        Self {
            limit: Some(limit),
            ..self
        }
    }

    pub(crate) fn ip(self, client_ip: &'static str) -> Self {
        Self { client_ip, ..self }
    }

    pub(crate) fn peer(self, peer: &'static str) -> Self {
        Self { peer, ..self }
    }

    pub(crate) fn header(mut self, expected: ExpectedHeader) -> Self {
        if let ExpectedAnswer::Status { header, .. } = &mut self.answer {
            *header = Some(expected);
        }
        self
    }
}
