//! Requests as the edge of a policy forwards them, and what has to come of them.

use core::net::IpAddr;
use core::time::Duration;

use crate::certificate::{AttributeType, AttributeValue, CertInfo};
use crate::decide::{Expected, Reason, Trial};
use crate::edge::{ClaimHeader, Preset, Verification};
use crate::policy::Policy;
use crate::request::{Now, OwnedRequest, Peer, PeerCertificate, Timestamp, VerifiedToken};

use super::encode::escape;
use super::{TestingError, encode};

/// The edge of a policy, at one address and moment: header names, dialect and verify
/// status are those of the policy.
///
/// Where TLS ends in the process (`direct`), the certificate is that of the
/// connection. Of `traefik-info` the common name alone is written. What an edge
/// tells beside a certificate, and the secret by which it proves itself, are not
/// written: [`Ask::header`] can add them.
#[derive(Clone, Debug)]
pub struct TestEdge<'p> {
    policy: &'p Policy,
    peer: IpAddr,
    now: Now,
    carries: Carries,
}

#[derive(Clone, Debug)]
enum Carries {
    Certificate(String),
    CommonName(String),
    Connection,
}

/// A request on its way through the edge.
#[derive(Clone, Debug)]
#[must_use = "nothing is asked until it is a request or a trial"]
pub struct Ask<'e> {
    edge: &'e TestEdge<'e>,
    method: String,
    target: String,
    certificate: Option<&'e CertInfo>,
    headers: Vec<(String, String)>,
    token: Option<VerifiedToken>,
}

impl<'p> TestEdge<'p> {
    /// The edge of `policy`, connecting from `peer`, at the time `wall`. From an
    /// address that the policy does not trust it writes the same, as a stranger can.
    ///
    /// # Errors
    ///
    /// [`TestingError::SeveralHops`] and [`TestingError::ClaimsAlone`].
    pub fn new(policy: &'p Policy, peer: IpAddr, wall: Timestamp) -> Result<Self, TestingError> {
        let edge = policy.edge();
        if !edge.hops.pins.is_empty() {
            return Err(TestingError::SeveralHops);
        }
        let info = edge
            .names()
            .claims()
            .find(|(header, _)| *header == ClaimHeader::TraefikInfo);
        let carries = match (edge.names().certificate(), info) {
            (Some(name), _) => Carries::Certificate(name.to_owned()),
            (None, _) if edge.preset() == Preset::Direct => Carries::Connection,
            (None, Some((_, name))) => Carries::CommonName(name.to_owned()),
            (None, None) => return Err(TestingError::ClaimsAlone),
        };
        let monotonic = Duration::ZERO;
        Ok(Self {
            policy,
            peer,
            now: Now { wall, monotonic },
            carries,
        })
    }

    /// The header lines about a client with this certificate; none where the
    /// certificate is that of the connection.
    #[must_use]
    pub fn lines(&self, certificate: &CertInfo) -> Vec<(String, String)> {
        let edge = self.policy.edge();
        let mut lines = Vec::new();
        match &self.carries {
            Carries::Certificate(name) => {
                lines.push((name.clone(), encode(edge.dialect, certificate)));
            }
            Carries::CommonName(name) => lines.push((name.clone(), common_name(certificate))),
            Carries::Connection => {}
        }
        if let Verification::EdgeStatus(words) = edge.verification() {
            let statuses = edge.names().statuses().zip(words);
            lines.extend(statuses.map(|(name, word)| (name.to_owned(), word.to_string())));
        }
        lines
    }

    /// A request of a client without a certificate.
    pub fn ask(&'p self, method: &str, target: &str) -> Ask<'p> {
        Ask {
            edge: self,
            method: method.to_owned(),
            target: target.to_owned(),
            certificate: None,
            headers: Vec::new(),
            token: None,
        }
    }
}

/// What Traefik writes about the common name alone.
fn common_name(certificate: &CertInfo) -> String {
    let subject = certificate.subject();
    let name = subject.values(AttributeType::COMMON_NAME).next();
    let name = name.and_then(AttributeValue::matchable).unwrap_or_default();
    escape(&format!("Subject=\"CN={name}\""), "-._~ ").replace(' ', "+")
}

impl<'e> Ask<'e> {
    /// Of a client with this certificate.
    pub fn with(self, certificate: &'e CertInfo) -> Self {
        let certificate = Some(certificate);
        Self {
            certificate,
            ..self
        }
    }

    /// With one header line more, `X-Forwarded-For` say.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With a token that was verified.
    pub fn token(self, token: VerifiedToken) -> Self {
        let token = Some(token);
        Self { token, ..self }
    }

    /// The request, for [`decide`](crate::decide::decide) or a gate.
    #[must_use]
    pub fn request(&self) -> OwnedRequest {
        let edge = self.edge;
        let mut peer = Peer::address(edge.peer);
        if let (Some(certificate), Carries::Connection) = (self.certificate, &edge.carries) {
            let leaf = certificate.der();
            peer = peer.with_certificate(PeerCertificate::verified(leaf));
        }
        let request = OwnedRequest::new(peer, &self.method, &self.target, edge.now);
        let lines = self.certificate.map(|own| edge.lines(own));
        let lines = lines.iter().flatten().chain(&self.headers);
        let request = lines.fold(request, |request, (name, value)| {
            request.with_header(name, value)
        });
        match &self.token {
            Some(token) => request.with_token(token.clone()),
            None => request,
        }
    }

    /// It has to go on as this client's, where no profile applies.
    #[must_use]
    pub fn is_of_client(&self, client: &str) -> Trial {
        self.is(Expected::Allow {
            client: Some(client.to_owned()),
            profile: None,
        })
    }

    /// It has to go on as this client's under this profile.
    #[must_use]
    pub fn is_of_profile(&self, client: &str, profile: &str) -> Trial {
        self.is(Expected::Allow {
            client: Some(client.to_owned()),
            profile: Some(profile.to_owned()),
        })
    }

    /// It has to go on because its path is exempt.
    #[must_use]
    pub fn is_exempt(&self) -> Trial {
        self.is(Expected::Exempt)
    }

    /// It has to be denied for this reason.
    #[must_use]
    pub fn is_denied(&self, reason: Reason) -> Trial {
        self.is(Expected::Deny(reason))
    }

    fn is(&self, expect: Expected) -> Trial {
        Trial {
            name: format!("{} {}", self.method, self.target),
            request: self.request(),
            expect,
        }
    }
}
